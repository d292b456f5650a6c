"""Ways out of a saddle: two runs that start beside its ridge, and how fast each leaves it."""

from dataclasses import dataclass

import numpy as np

from momentum_edu import checks, theory
from momentum_edu.checks import Array

STEPS = 300
SEED = 0
PLAIN_LIMIT = 1.9  # plain descent blows up along the ridge, where the curvature is 1, from a rate of 2 on


@dataclass(frozen=True)
class Saddle:
    """Two runs on f(x, y) = (x^2 - gamma y^2) / 2: along the ridge, y = 0, down to the pass, and away.

    Attributes
    ----------
    curvature_ratio, learning_rate, beta, noise : float
    plain_rate : float
        The rate of plain descent: the same, but beside momentum at most 1.9, since it blows up from 2 on.
    momentum, plain : array (steps + 1, 2)
        The two paths.
    escape, plain_escape : float
        The first step at which abs(y) is above 1; nan if there is none.
    growth, plain_growth : float
        The factor on y for each step, in the long run.
    """

    curvature_ratio: float
    learning_rate: float
    beta: float
    noise: float
    plain_rate: float
    momentum: Array
    plain: Array
    escape: float
    plain_escape: float
    growth: float
    plain_growth: float


def compute(
    side_step: float = 1e-6,
    run_up: float = 1.0,
    curvature_ratio: float = 0.1,
    learning_rate: float = 1.0,
    beta: float = 0.9,
    noise: float = 0.0,
    steps: int = STEPS,
) -> Saddle:
    """Walk from (run_up, side_step) into the pass and out of it, with the course's rule and without.

    Parameters
    ----------
    side_step : float
        Distance from the ridge at the start; at 0 the slope across is exactly 0.
    run_up : float
        Distance from the pass, along the ridge.
    curvature_ratio : float
        gamma > 0, the downward curvature across the ridge relative to the upward one along it, which is 1.
    learning_rate, beta : float
        Of the course's rule.
    noise : float
        Standard deviation of the noise on each component of each gradient; both runs get the same.
    steps : int
        How many to take.

    Returns
    -------
    Saddle

    Raises
    ------
    ValueError
        If an argument is out of range; the message names it.

    Examples
    --------
    >>> result = compute()
    >>> print(f"plain descent: {result.plain_escape:.0f} steps; momentum: {result.escape:.0f}")
    plain descent: 145 steps; momentum: 226
    """
    checks.in_range("side_step", side_step, np.isfinite, "be finite")
    checks.in_range("run_up", run_up, np.isfinite, "be finite")
    checks.in_range("curvature_ratio", curvature_ratio, lambda x: x > 0, "be finite and positive")
    checks.learning_rate(learning_rate)
    checks.beta(beta)
    checks.in_range("noise", noise, lambda x: x >= 0, "be finite and not negative")
    pushes = noise * np.random.default_rng(SEED).standard_normal((checks.count("steps", steps), 2))
    along, across = pushes.T.tolist()
    plain_rate = min(learning_rate, PLAIN_LIMIT) if beta else learning_rate  # without beta, the same run
    momentum, plain = (
        np.array([_walk(run_up, 1.0, rate, b, along), _walk(side_step, -curvature_ratio, rate, b, across)]).T
        for rate, b in ((learning_rate, beta), (plain_rate, 0.0))
    )
    growth = float(theory.convergence_rate(-learning_rate * curvature_ratio, beta))
    escapes = _first_outside(momentum[:, 1]), _first_outside(plain[:, 1])
    setting = curvature_ratio, learning_rate, beta, noise, plain_rate
    return Saddle(*setting, momentum, plain, *escapes, growth, 1 + plain_rate * curvature_ratio)


def _walk(start: float, curvature: float, rate: float, beta: float, pushes: list[float]) -> list[float]:
    """Run the course's rule along one axis, from rest, with a push added to each gradient."""
    w, v, path = float(start), 0.0, [float(start)]
    for push in pushes:
        v = beta * v + (1 - beta) * (curvature * w + push)
        w -= rate * v
        path.append(w)
    return path


def _first_outside(distance: Array) -> float:
    outside = np.flatnonzero(~(np.abs(distance) <= 1))
    return float(outside[0]) if outside.size else float("nan")
