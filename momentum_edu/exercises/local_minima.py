"""Exercises of lesson 06: local minima and the energy that it takes to leave them."""

from typing import Any

import numpy as np

from momentum_edu import landscapes
from momentum_edu.checks import Array
from momentum_edu.descent import descend
from momentum_edu.exercises.exercise import Case, Exercise, Mistake
from momentum_edu.rules import ema, gradient_descent

TILT, START = 0.1, 1.3
JUMP_START, NEAR = 1.5, 0.05


def momentum_energy(heights: Array, path: Array, learning_rate: float, beta: float) -> Array:
    """Return height plus kinetic energy at each point of an EMA path that starts at rest."""
    moves2 = (np.diff(path, axis=0) ** 2).sum(axis=-1)
    kinetic = beta / (2 * learning_rate * (1 - beta)) * moves2
    return np.asarray(heights + np.concatenate([[0.0], kinetic]))


def _energy(heights: Any, path: Any, factor: float, power: float = 1.0) -> Any:
    moves2 = (np.diff(path, axis=0) ** 2).sum(axis=-1)
    return heights + np.concatenate([[0.0], factor * moves2**power])


def _runs(rng: np.random.Generator) -> list[Case]:
    cases: list[Case] = []
    for curvatures in ([1.0, 3.0], [2.0], [0.5, 1.0, 4.0]):
        rate, beta = float(rng.uniform(0.1, 0.4)), float(rng.uniform(0.5, 0.95))
        bowl = landscapes.quadratic(curvatures)
        run = descend(bowl, rng.normal(size=len(curvatures)), ema(rate, beta), 15)
        cases.append((bowl.value(run.w), run.w, rate, beta))
    return cases


def lowest_crossing_start(tilt: float) -> float:
    """Return the start right of the right valley that is as high as the barrier."""
    well = landscapes.double_well(tilt)
    barrier = float(well.saddles[0, 0])
    level = barrier**4 / 4 - barrier**2 / 2 + tilt * barrier
    return _rightmost(tilt, level)


def _rightmost(tilt: float, level: float) -> float:
    """Return the largest x with x^4/4 - x^2/2 + tilt x = level."""
    roots = np.roots([0.25, 0.0, -0.5, tilt, -level])
    return float(roots[np.abs(roots.imag) < 1e-6].real.max())


def _barrier(tilt: float) -> float:
    return float(landscapes.double_well(tilt).saddles[0, 0])


def _right_valley(tilt: float) -> float:
    return float(landscapes.double_well(tilt).minima.max())


def _left_valley(tilt: float) -> float:
    return float(landscapes.double_well(tilt).minima.min())


def _tilts(rng: np.random.Generator) -> list[Case]:
    return [(float(tilt),) for tilt in rng.uniform(0.02, 0.2, 4)]


def resting_place() -> float:
    """Return where a run from 1.3 at rest ends, with eta = 0.1 and beta = 0.99."""
    run = descend(landscapes.double_well(TILT), [START], ema(0.1, 0.99), 4000)
    return float(run.w[-1, 0])


def kinked_slope(x: Array) -> Array:
    """Return f'(x): 25 x below 1, x + 24 from 1 to 2, 25 x - 24 from 2 on."""
    return np.where(x < 1, 25 * x, np.where(x < 2, x + 24, 25 * x - 24))


def _places(rng: np.random.Generator) -> list[Case]:
    return [(np.concatenate([[1.0, 2.0], rng.uniform(-3, 4, n), [-0.5, 1.5, 2.5]]),) for n in (6, 1, 20)]


def jumping_rate() -> float:
    """Return a rate at which plain descent leaves the right valley and settles in the left one."""
    return 0.8


def _measured_end(results: list[Any]) -> str:
    rate = float(results[0])
    if not 0 < rate < 10:
        return f"a learning rate is positive and moderate; yours is {rate:.4g}"
    run = descend(landscapes.double_well(TILT), [JUMP_START], gradient_descent(rate), 400)
    if np.abs(run.w[-20:, 0] - _left_valley(TILT)).max() < NEAR:
        return ""
    ends = "it does not settle" if np.ptp(run.w[-20:, 0]) > NEAR else f"it settles at {run.w[-1, 0]:.3f}"
    return f"at your rate {ends}, and the left valley is at {_left_valley(TILT):.3f}"


EXERCISES = (
    Exercise(
        "momentum_energy",
        momentum_energy,
        (
            Mistake(
                "1 / (1 - beta) is missing",
                lambda heights, path, learning_rate, beta: _energy(heights, path, beta / (2 * learning_rate)),
                "that is the heavy ball's ledger; the EMA's rate stands for eta (1 - beta) there.",
                "Replace the heavy ball's rate by eta (1 - beta).",
            ),
            Mistake(
                "the 1/2 is missing",
                lambda heights, path, learning_rate, beta: _energy(
                    heights, path, beta / (learning_rate * (1 - beta))
                ),
                "kinetic energy is half of mass times speed squared.",
                "The mass is beta / (eta (1 - beta)).",
            ),
            Mistake(
                "the step length is not squared",
                lambda heights, path, learning_rate, beta: _energy(
                    heights, path, beta / (2 * learning_rate * (1 - beta)), 0.5
                ),
                "energy grows with the square of the speed.",
                "Square the distance between neighbouring points.",
            ),
            Mistake(
                "beta is missing",
                lambda heights, path, learning_rate, beta: _energy(
                    heights, path, 1 / (2 * learning_rate * (1 - beta))
                ),
                "without momentum nothing is carried on, and your ledger has energy even at beta = 0.",
                "Only the share beta of a step is carried into the next one.",
            ),
        ),
        "heights[t] + beta / (2 eta (1 - beta)) * |path[t] - path[t-1]|^2, and no kinetic energy at t = 0.",
        _runs,
        curve=True,
    ),
    Exercise(
        "lowest_crossing_start",
        lowest_crossing_start,
        (
            Mistake(
                "the barrier's own place is given",
                _barrier,
                "a ball that is put down there rolls to either side; you were asked for one further right.",
                "Which other x has the same height as the barrier?",
            ),
            Mistake(
                "the barrier is mirrored in the valley",
                lambda tilt: 2 * _right_valley(tilt) - _barrier(tilt),
                "the valley's right wall is steeper than its left one: equal distance is not equal height.",
                "Compare heights, not distances: f(x) = f(barrier).",
            ),
            Mistake(
                "height zero is taken for the barrier's",
                lambda tilt: _rightmost(tilt, 0.0),
                "the tilt has lifted the barrier above zero.",
                "Compute the height at well.saddles[0] first.",
            ),
        ),
        "Solve x^4/4 - x^2/2 + tilt x = f(barrier) and take the largest solution; np.roots can.",
        _tilts,
    ),
    Exercise(
        "resting_place",
        resting_place,
        (
            Mistake(
                "beta = 0.99 always crosses",
                lambda: _left_valley(TILT),
                "momentum spends energy and never earns any: it can't get above the height it started from.",
                "Compare f(1.3) with the height of the barrier.",
            ),
            Mistake(
                "it stops on the barrier",
                lambda: _barrier(TILT),
                "to come to rest up there it would have to get there first.",
                "Compare f(1.3) with the height of the barrier.",
            ),
            Mistake(
                "it stays where it is",
                lambda: START,
                "the slope is not zero at the start.",
                "It rolls down, swings, and loses energy until it rests at the bottom. Of which valley?",
            ),
        ),
        "It ends at the bottom of one of the two valleys; the energy at the start decides which.",
        tolerance=0.01,
    ),
    Exercise(
        "kinked_slope",
        kinked_slope,
        (
            Mistake(
                "one slope is used for all",
                lambda x: 25.0 * x,
                "between 1 and 2 the slope grows 25 times more slowly.",
                "Three pieces: np.where within np.where, or three masks.",
            ),
            Mistake(
                "the middle piece starts at zero again",
                lambda x: np.where(x < 1, 25 * x, np.where(x < 2, x, 25 * x - 24)),
                "the slope of a convex function never falls: at x = 1 it must be 25 from both sides.",
                "Add to the middle piece what makes it meet the first one at x = 1.",
            ),
            Mistake(
                "the last piece is not lowered",
                lambda x: np.where(x < 1, 25 * x, np.where(x < 2, x + 24, 25 * x)),
                "at x = 2 your slope jumps from 26 to 50.",
                "Subtract what makes the last piece meet the middle one at x = 2.",
            ),
        ),
        "25 x below 1, x + 24 from 1 to 2, 25 x - 24 from 2 on.",
        _places,
    ),
    Exercise(
        "jumping_rate",
        jumping_rate,
        (
            Mistake(
                "the usual small rate is taken",
                lambda: 0.1,
                "with small steps plain descent just rolls down to the nearest bottom.",
                "Make one step so large that it lands on the far side of the barrier.",
            ),
            Mistake(
                "one over the valley's curvature is taken",
                lambda: 1 / (3 * _right_valley(TILT) ** 2 - 1),
                "that rate leads straight to the bottom of the valley it is in.",
                "Go up from there, in small steps.",
            ),
            Mistake(
                "the valley's own stability limit is taken",
                lambda: 2 / (3 * _right_valley(TILT) ** 2 - 1),
                "it does get out, and then it never comes to rest in the other valley either.",
                "The left valley is steeper, so it needs a smaller rate than that to settle.",
            ),
        ),
        "Try rates between 0.6 and 1, and look at where the run is after 400 steps.",
        condition=_measured_end,
        tolerance=0.002,
    ),
)
