"""Two forms of momentum under one schedule: what each makes of the same learning rate and beta."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from momentum_edu import checks, rules, schedules
from momentum_edu.checks import Array

STEPS = 60
EQUAL = 1e-12  # paths that differ by no more than this differ by rounding only


class Convention(NamedTuple):
    """A way to write momentum: its name, long and short, the library's rule, whether velocity is a mean."""

    words: str
    short: str
    rule: str
    is_mean: bool


CONVENTIONS = {
    "ema": Convention("the EMA form", "EMA", "ema", True),
    "heavy_ball": Convention("the heavy ball (PyTorch)", "heavy ball", "heavy_ball", False),
    "classical_momentum": Convention(
        "velocity holds the rate (Keras)", "Keras's form", "classical_momentum", False
    ),
    "nesterov": Convention("Nesterov", "Nesterov", "nesterov", False),
    "dampened": Convention("PyTorch with dampening = β", "dampened", "ema", True),
}

Value = Callable[[float], schedules.Schedule]


class Plan(NamedTuple):
    """A schedule: what it makes of a learning rate and of a beta, and the Python for it where they change."""

    rate: Value = schedules.constant
    beta: Value = schedules.constant
    rate_code: str = ""
    beta_code: str = ""


def _rate(value: Value, code: str) -> Plan:
    return Plan(rate=value, rate_code=f"me.schedules.{code}")


def _beta(value: Value, code: str) -> Plan:
    return Plan(beta=value, beta_code=f"me.schedules.{code}")


PLANS = {
    "both constant": Plan(),
    "rate drops tenfold at step 5": _rate(
        lambda h: schedules.multistep_decay(h, [5], 0.1), "multistep_decay({}, [5], 0.1)"
    ),
    "rate warms up over 10 steps": _rate(lambda h: schedules.warmup(h, 10), "warmup({}, 10)"),
    "β drops to 0.5 at step 5": _beta(lambda beta: schedules.join([beta, 0.5], [5]), "join([{}, 0.5], [5])"),
    "β warms up over 30 steps": _beta(lambda beta: schedules.linear(0, beta, 30), "linear(0, {}, 30)"),
}


@dataclass(frozen=True)
class Conventions:
    """Two walks on f(x) = x^2 / 2 from 1 at rest, in two conventions and under one schedule.

    Beside the arguments: both paths and the distance between them (steps + 1,), and what the schedule makes
    of `h` and `beta` at each step (steps,).
    """

    first: str
    second: str
    schedule: str
    h: float
    beta: float
    convert: bool
    first_path: Array
    second_path: Array
    gap: Array
    learning_rate: Array
    momentum: Array


def compute(
    first: str = "ema",
    second: str = "heavy_ball",
    schedule: str = "both constant",
    h: float = 1.0,
    beta: float = 0.9,
    *,
    convert: bool = True,
    steps: int = STEPS,
) -> Conventions:
    """Walk down one parabola in two conventions.

    Parameters
    ----------
    first, second : {"ema", "heavy_ball", "classical_momentum", "nesterov", "dampened"}
        The conventions; "dampened" is PyTorch's ``momentum=beta, dampening=beta``.
    schedule : str
        One of `PLANS`.
    h : float
        Learning rate times curvature in EMA terms, positive.
    beta : float
        Momentum coefficient in [0, 1).
    convert : bool
        Give those whose velocity is a sum the rate times (1 - beta), at each step; otherwise all get the
        same number.
    steps : int
        Length of the walks.

    Returns
    -------
    Conventions

    Raises
    ------
    ValueError
        If an argument is out of range or a name unknown; the message names it.

    Examples
    --------
    >>> float(compute().gap.max()) < 1e-12
    True
    >>> print(round(compute("ema", "classical_momentum", "rate drops tenfold at step 5").gap.max(), 2))
    1.15
    """
    checks.choice("first", first, tuple(CONVENTIONS))
    checks.choice("second", second, tuple(CONVENTIONS))
    checks.choice("schedule", schedule, tuple(PLANS))
    h = checks.number("h", h, lambda x: x > 0, "be finite and positive")
    beta = checks.number("beta", beta, lambda x: (x >= 0) & (x < 1), "lie in [0, 1)")
    plan, times = PLANS[schedule], np.arange(steps)
    rates, betas = plan.rate(h)(times), plan.beta(beta)(times)
    one, other = (_walk(name, rates, betas, convert) for name in (first, second))
    with np.errstate(invalid="ignore"):
        gap = np.abs(one - other)
    return Conventions(first, second, schedule, h, beta, convert, one, other, gap, rates, betas)


def _walk(name: str, rates: Array, betas: Array, convert: bool) -> Array:
    """Walk by one convention, in plain numbers: for one run that is many times faster than in arrays."""
    convention = CONVENTIONS[name]
    formula = getattr(rules, convention.rule)(1.0).formula
    if convert and not convention.is_mean:
        rates = rates * (1 - betas)
    w, v, path = 1.0, 0.0, [1.0]
    for step, (rate, beta) in enumerate(zip(rates.tolist(), betas.tolist(), strict=True)):
        if name == "dampened" and step == 0:
            beta = 0.0  # its first velocity is g, whatever beta is
        w, v = formula(w, v, w, rate, beta)
        path.append(w)
    return np.array(path)
