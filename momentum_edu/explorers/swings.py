"""One point of the (h, beta) map: what a rule does there, in numbers."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from momentum_edu import checks, modes, theory
from momentum_edu.checks import Array
from momentum_edu.explorers import own_rule
from momentum_edu.rules import Formula, Rule

STEPS = 80  # that the explorer shows
H_RANGE = (1e-3, 1e3)
VIEW = 1.25  # the distances, to both sides, that the phase plane and the roots are shown for
NOTCH = 0.02  # decades; the page moves a slider's value onto its nearest notch, so presets lie on one


@dataclass(frozen=True)
class Overshoot:
    """One point of the map: a run of the rule on f(x) = lambda x^2 / 2 from x = 1 at rest, h = eta lambda.

    Attributes
    ----------
    h, beta : float
    regime : str
        "monotone", "ringing", "alternating" or "diverging".
    overshoot : float
        As a fraction of the first distance.
    period : float
        Steps for one swing of x; nan where it does not ring.
    rate : float
        The larger modulus of the roots: the factor on the distance for each step in the long run.
    settling_time : float
        Steps until x is within 2 % for good; where it rings, until rate^t, the shrinking of its swings, is
        below 2 %; inf where it diverges.
    roots : complex array (2,)
    x : array (steps + 1,)
        Position.
    speed : array (steps + 1,)
        The last step taken. For the course's rule it is scaled so that x^2 + speed^2 is the energy, which
        never rises while h <= 2; for the reader's own, so that the largest step inside the picture is 1.
    plain : array (steps + 1,)
        The position under plain gradient descent at the same learning rate.
    """

    h: float
    beta: float
    regime: str
    overshoot: float
    period: float
    rate: float
    settling_time: float
    roots: NDArray[np.complexfloating[Any, Any]]
    x: Array
    speed: Array
    plain: Array


def compute(
    h: float = 1.0, beta: float = 0.9, steps: int = STEPS, rule: Rule | Formula | None = None
) -> Overshoot:
    """Work out everything the explorer shows at one point of the map.

    Parameters
    ----------
    h : float
        Learning rate times curvature, dimensionless, positive.
    beta : float
        Momentum coefficient in [0, 1).
    steps : int
        Length of the run.
    rule : Rule or callable, optional
        A rule, of which only the formula counts, or a formula(w, v, g, eta, beta) -> (w, v) that is linear in
        w, v and g and takes arrays. The course's rule if left out.

    Returns
    -------
    Overshoot

    Raises
    ------
    ValueError
        If h is not positive and finite, beta is outside [0, 1), or the rule is not linear or not finite.
    TypeError
        If the rule is no Rule and no such formula.

    Examples
    --------
    >>> result = compute(h=1.0, beta=0.9)
    >>> print(f"{result.regime}: {result.overshoot:.3f}, period {result.period:.1f} steps")
    ringing: 0.604, period 19.5 steps
    >>> from momentum_edu import nesterov
    >>> result = compute(h=0.1, beta=0.9, rule=nesterov(1.0))
    >>> print(f"{result.regime}: {result.overshoot:.3f}, period {result.period:.1f} steps")
    ringing: 0.394, period 19.8 steps
    """
    if not h > 0:
        raise ValueError(f"h must be positive; got {h}")
    checks.count("steps", steps)
    if rule is not None:
        return _own(h, beta, steps, rule)
    rate = float(theory.convergence_rate(h, beta))
    regime = str(theory.regime(h, beta))
    settled = np.inf
    if regime in ("monotone", "alternating"):  # near two equal roots x lags far behind rate^t
        steps_of_rate = np.log(0.02) / np.log(max(rate, 1e-9))
        longest = min((2 if regime == "monotone" else 5) * steps_of_rate + 2, own_rule.LONGEST)
        settled = float(np.flatnonzero(np.abs(theory.response(h, beta, int(longest))) >= 0.02)[-1] + 1)
    with np.errstate(all="ignore"):
        x = theory.response(h, beta, steps)
        return Overshoot(
            h=h,
            beta=beta,
            regime=regime,
            overshoot=float(theory.overshoot(h, beta)),
            period=float(theory.ringing_period(h, beta)),
            rate=rate,
            settling_time=_settling(regime, rate, settled),
            roots=theory.roots(h, beta),
            x=x,
            speed=np.diff(x, prepend=1.0) * np.sqrt(beta / (1 - beta) / h),
            plain=theory.response(h, 0.0, steps, "gradient_descent"),
        )


def _own(h: float, beta: float, steps: int, rule: Rule | Formula) -> Overshoot:
    total, product, _ = mode = own_rule.recurrence(rule, h, beta)
    kind, roots = str(own_rule.regime(*mode)), modes.roots(total, product)
    rate = float(np.abs(roots[0]))
    past, settled = own_rule.swing(*mode)
    with np.errstate(all="ignore"):
        x = own_rule.path(*mode, steps)
        return Overshoot(
            h=h,
            beta=beta,
            regime=kind,
            overshoot=past,
            period=2 * np.pi / float(modes.angle(total, product)) if kind == "ringing" else np.nan,
            rate=rate,
            settling_time=_settling(kind, rate, settled),
            roots=roots,
            x=x,
            speed=np.diff(x, prepend=1.0) / largest_step(x),
            plain=theory.response(h, 0.0, steps, "gradient_descent"),
        )


def largest_step(x: Array) -> float:
    """Return the largest step of a path that ends inside the picture; 1 if there is none."""
    inside = np.abs(x[1:]) <= VIEW
    return float(np.abs(np.diff(x))[inside].max(initial=0)) or 1.0


def _settling(regime: str, rate: float, settled: float) -> float:
    """Take the measured time, unless it rings, or the run was too short to settle."""
    if regime == "diverging" or (regime != "ringing" and settled < own_rule.LONGEST):
        return settled
    return float(np.log(0.02) / np.log(rate))
