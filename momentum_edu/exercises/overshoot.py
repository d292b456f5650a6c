"""Exercises of lesson 03: regimes, overshoot, period, settling."""

from typing import Any

import numpy as np

from momentum_edu import theory
from momentum_edu.checks import Array
from momentum_edu.exercises.exercise import Case, Exercise, Mistake

CURVATURE, BETA = 4.0, 0.9
LOWEST, HIGHEST = 0.10, 0.20


def largest_calm_h(beta: float) -> float:
    """Return the largest h = eta lambda at which the path does not ring."""
    root = np.sqrt(beta)
    return float((1 - root) / (1 + root))


def _betas(rng: np.random.Generator) -> list[Case]:
    return [(float(beta),) for beta in (0.9, *rng.uniform(0.05, 0.99, 4))]


def loss_period(h: float, beta: float) -> float:
    """Return the period of the loss in steps, inside the ringing band."""
    a = h * (1 - beta)
    theta = np.arccos((1 + beta - a) / (2 * np.sqrt(beta)))
    return float(np.pi / theta)


def _angle(cosine: float) -> float:
    """Return the angle, nan where a wrong formula has none: so does the learner's own line."""
    with np.errstate(invalid="ignore"):
        return float(np.arccos(cosine))


def _ringing(rng: np.random.Generator) -> list[Case]:
    """Draw points of the ringing band, on both sides of h = 1."""
    betas = rng.uniform(0.5, 0.97, 5)
    places = np.array([0.5, 0.2, 0.65, 0.4, 0.8])  # 0 and 1 are the band's ends, on a logarithmic axis
    calm = (1 - np.sqrt(betas)) / (1 + np.sqrt(betas))
    return [
        (float(c ** (1 - 2 * place)), float(beta)) for c, place, beta in zip(calm, places, betas, strict=True)
    ]


def overshoot_fraction(path: Array, target: float) -> float:
    """Return how far the path goes past its target, as a fraction of its first distance."""
    way = (path - path[0]) / (target - path[0])
    return float(max(way.max() - 1, 0))


def _paths(rng: np.random.Generator) -> list[Case]:
    """Draw ringing paths up and down, one that dips behind its start, one that stays short of its target."""
    cases: list[Case] = []
    for start, target in ((2.0, -1.0), (-3.0, 0.5), (0.2, 5.0)):
        h, beta = rng.uniform(0.2, 2.0), rng.uniform(0.8, 0.95)
        cases.append((target + (start - target) * theory.response(h, beta, 60), target))
    wrong_way = np.array([1.0, 1.0 + rng.uniform(0.7, 0.9), 0.4, -0.3, 0.05, 0.02])
    return [*cases, (wrong_way, 0.0), (2.0 + theory.response(0.02, 0.9, 40), 1.9)]


def settling_factor() -> float:
    """Return how many times longer the ringing lasts at a tenth of the rate (beta = 0.9, h from 1 to 0.1)."""
    slow, fast = theory.settling_time(0.9, 0.01), theory.settling_time(0.9, 0.01)  # eta is no argument
    return float(slow / fast)


def gentle_rate() -> float:
    """Return a rate whose overshoot lies in the middle of what is asked for."""
    h = np.geomspace(0.03, 1, 100)
    best = np.argmin(np.abs(theory.overshoot(h, BETA) - (LOWEST + HIGHEST) / 2))
    return float(h[best] / CURVATURE)


def _measured_overshoot(results: list[Any]) -> str:
    rate = float(results[0])
    if not 0 < rate < 1e6:
        return f"a learning rate is positive and moderate; yours is {rate:.4g}"
    found = float(theory.overshoot(rate * CURVATURE, BETA))
    if LOWEST <= found <= HIGHEST:
        return ""
    return (
        f"at your rate h = {rate * CURVATURE:.4g} and the overshoot is {found:.3f}, not {LOWEST} to {HIGHEST}"
    )


EXERCISES = (
    Exercise(
        "largest_calm_h",
        largest_calm_h,
        (
            Mistake(
                "the heavy-ball boundary is used",
                lambda beta: (1 - np.sqrt(beta)) ** 2,
                "that is where eta lambda of the heavy ball begins to ring; the EMA's h is another number.",
                "The heavy ball's a is the EMA's h (1 - beta). Which h makes it (1 - sqrt(beta))^2?",
            ),
            Mistake(
                "beta stands for sqrt(beta)",
                lambda beta: (1 - beta) / (1 + beta),
                "two equal roots have the product beta, so each of them is something else.",
                "The roots' modulus is sqrt(beta): put it where you put beta.",
            ),
            Mistake(
                "the upper end of the band is given",
                lambda beta: (1 + np.sqrt(beta)) / (1 - np.sqrt(beta)),
                "beyond that h the path changes sign at each step: it is where ringing ends.",
                "The band's two ends are each other's inverse. The calm one is below 1.",
            ),
            Mistake(
                "the rule of thumb is given",
                lambda beta: (1 - beta) / 4,
                "it comes close only for beta near 1; asked for is the limit itself.",
                "Where the two roots become one, (1 + beta - a)^2 = 4 beta. Solve it for a, then for h.",
            ),
        ),
        "It rings where the roots are complex: set their square root to zero, with a = h (1 - beta).",
        _betas,
    ),
    Exercise(
        "loss_period",
        loss_period,
        (
            Mistake(
                "the period of w is given",
                lambda h, beta: 2 * np.pi / _angle((1 + beta - h * (1 - beta)) / (2 * np.sqrt(beta))),
                "while w goes once around, the loss goes through two dips.",
                "The loss is w squared: it is small both times that w passes zero.",
            ),
            Mistake(
                "(1 - beta) is missing in the angle",
                lambda h, beta: np.pi / _angle((1 + beta - h) / (2 * np.sqrt(beta))),
                "that is the angle of a heavy ball at the same rate.",
                "The angle's formula is written in a = h (1 - beta), not in h.",
            ),
            Mistake(
                "sqrt(beta) is left out of the angle",
                lambda h, beta: np.pi / _angle((1 + beta - h * (1 - beta)) / 2),
                "the roots do not lie on the unit circle: their modulus is less than 1.",
                "Half the roots' sum is modulus times cos(theta). What is the modulus?",
            ),
        ),
        "cos(theta) = (1 + beta - a) / (2 sqrt(beta)); theta is the angle that w turns by in one step.",
        _ringing,
    ),
    Exercise(
        "overshoot_fraction",
        overshoot_fraction,
        (
            Mistake(
                "it is measured from the last value",
                lambda path, target: max(((path - path[0]) / (path[-1] - path[0])).max() - 1, 0),
                "a run that is cut short has not arrived: its last value is not its target.",
                "The argument target says where the path is going. Use it in place of path[-1].",
            ),
            Mistake(
                "going the wrong way is counted",
                lambda path, target: max(
                    ((path - path[0]) / (target - path[0])).max() - 1,
                    -((path - path[0]) / (target - path[0])).min(),
                ),
                "a dip behind the start is undershoot, a thing of its own.",
                "Measure beyond the target only, not behind the start.",
            ),
            Mistake(
                "it is an absolute distance",
                lambda path, target: (
                    max(((path - path[0]) / (target - path[0])).max() - 1, 0) * abs(target - path[0])
                ),
                "a fraction has no unit: how long was the first distance?",
                "Divide by the distance between the start and the target.",
            ),
        ),
        "Rescale the path so that it starts at 0 and its target is 1; what is its largest value then?",
        _paths,
    ),
    Exercise(
        "settling_factor",
        settling_factor,
        (
            Mistake(
                "ten times smaller means ten times slower",
                lambda: 10.0,
                "so it is for plain descent far below h = 1; here the ringing sets the time.",
                "Which quantities stand in the envelope beta^(t/2)? Look for the learning rate among them.",
            ),
            Mistake(
                "the period is taken for the settling time",
                lambda: float(theory.ringing_period(0.1, 0.9) / theory.ringing_period(1.0, 0.9)),
                "the swings do get longer, but there are fewer of them until the path has settled.",
                "Settling is a matter of the envelope beta^(t/2), whatever swings beneath it.",
            ),
            Mistake(
                "a smaller overshoot settles sooner",
                lambda: float(theory.overshoot(0.1, 0.9) / theory.overshoot(1.0, 0.9)),
                "the first swing is smaller, and still each later one fades at the same pace.",
                "The pace is sqrt(beta) per step inside the whole ringing band.",
            ),
        ),
        "Compare 2 ln(0.01) / ln(beta) at both rates.",
        tolerance=0.05,
    ),
    Exercise(
        "gentle_rate",
        gentle_rate,
        (
            Mistake(
                "the curvature is forgotten",
                lambda: gentle_rate() * CURVATURE,
                "that is h itself; this valley is four times as curved as the one on the map.",
                "h = eta lambda. You know h and lambda.",
            ),
            Mistake(
                "the curvature is multiplied in",
                lambda: gentle_rate() * CURVATURE**2,
                "a steeper valley needs a smaller rate, and yours is larger.",
                "Solve h = eta lambda for eta.",
            ),
            Mistake(
                "it is the heavy ball's rate",
                lambda: gentle_rate() * (1 - BETA),
                "in the EMA form that rate is ten times too cautious.",
                "The EMA's rate is the heavy ball's divided by (1 - beta).",
            ),
        ),
        "Find h first: theory.overshoot(h, 0.9) for a few h between 0.03 and 1. Then eta.",
        condition=_measured_overshoot,
        tolerance=0.02,
    ),
)
