"""Exercises of lesson 02: the velocity as a filter."""

from typing import Any

import numpy as np

from momentum_edu.checks import Array
from momentum_edu.exercises.exercise import Case, Exercise, Mistake

BETA = 0.95


def smooth(gradients: Array, beta: float) -> Array:
    """Return the velocity after each gradient, from v = 0."""
    v, velocities = np.zeros_like(gradients[0]), []
    for g in gradients:
        v = beta * v + (1 - beta) * g
        velocities.append(v)
    return np.array(velocities)


def _smooth(gradients: Any, first: Any, old: float, new: float) -> Any:
    """Smooth with any start and weights."""
    velocities = [first]
    for g in gradients:
        velocities.append(old * velocities[-1] + new * g)
    return np.array(velocities)


def _gradients(rng: np.random.Generator) -> list[Case]:
    shapes = [(12,), (8, 3), (1, 2), (30,)]
    return [(1 + rng.normal(size=shape), float(rng.uniform(0.6, 0.95))) for shape in shapes]


def unbiased(velocities: Array, beta: float) -> Array:
    """Divide the start's bias out; velocities[0] is v_1."""
    t = np.arange(1, len(velocities) + 1)
    return velocities / (1 - beta**t)


def _velocities(rng: np.random.Generator) -> list[Case]:
    return [(rng.normal(size=count), float(rng.uniform(0.6, 0.97))) for count in (10, 4, 25, 2)]


def variance_left(beta: float) -> float:
    """Return Var v / Var g for white noise, long after the start."""
    return (1 - beta) / (1 + beta)


def _betas(rng: np.random.Generator) -> list[Case]:
    return [(float(beta),) for beta in (0.9, *rng.uniform(0.05, 0.98, 4))]


def averaging_window() -> float:
    """Return how many equally weighted gradients are as quiet as v at beta = 0.95."""
    return 1 / variance_left(BETA)


def noise_floor_ratio(h: float, beta: float) -> float:
    """Return the stationary variance of w relative to plain descent's at the same rate."""
    return (2 - h) / (2 - h * (1 - beta) / (1 + beta))


def _floors(rng: np.random.Generator) -> list[Case]:
    return [(float(h), float(rng.uniform(0.3, 0.95))) for h in (1.5, *rng.uniform(0.05, 1.9, 4))]


EXERCISES = (
    Exercise(
        "smooth",
        smooth,
        (
            Mistake(
                "(1 - beta) is missing",
                lambda gradients, beta: _smooth(gradients, 0 * gradients[0], beta, 1.0)[1:],
                "your v is a sum: under a constant gradient of 1 it would settle at 1 / (1 - beta).",
                "A mean of gradients never exceeds the largest. Which weight does the new one need?",
            ),
            Mistake(
                "v begins at the first gradient",
                lambda gradients, beta: _smooth(gradients[1:], gradients[0], beta, 1 - beta),
                "the rule starts from v = 0, and that shows in all the first steps.",
                "v_1 is (1 - beta) g_1, not g_1 as with PyTorch's dampening.",
            ),
            Mistake(
                "beta and 1 - beta are swapped",
                lambda gradients, beta: _smooth(gradients, 0 * gradients[0], 1 - beta, beta)[1:],
                "your v follows the noise: nearly all of it is the newest gradient.",
                "A large beta means a long memory: beta belongs to the old v.",
            ),
            Mistake(
                "the start is counted in",
                lambda gradients, beta: _smooth(gradients, 0 * gradients[0], beta, 1 - beta),
                "there is one velocity more than there are gradients: v_0 = 0 is among them.",
                "Collect v after each gradient, not before the first.",
            ),
        ),
        "Start with zeros in the shape of one gradient; renew v with each gradient and keep it.",
        _gradients,
        curve=True,
    ),
    Exercise(
        "unbiased",
        unbiased,
        (
            Mistake(
                "the exponent is one too small",
                lambda velocities, beta: velocities / (1 - beta ** np.arange(len(velocities))),
                "the first velocity would be divided by zero: the array starts with v_1, not v_0.",
                "Try one step: v_1 = (1 - beta) g_1 must come back as g_1.",
            ),
            Mistake(
                "the exponent is one too large",
                lambda velocities, beta: velocities / (1 - beta ** np.arange(2, len(velocities) + 2)),
                "after one step you divide by 1 - beta^2.",
                "Try one step: v_1 = (1 - beta) g_1 must come back as g_1.",
            ),
            Mistake(
                "the bias is multiplied in",
                lambda velocities, beta: velocities * (1 - beta ** np.arange(1, len(velocities) + 1)),
                "early velocities are too small already, and yours become smaller still.",
                "The expected v_t is (1 - beta^t) g. How does one get g back from it?",
            ),
            Mistake(
                "the same factor is used at each step",
                lambda velocities, beta: velocities / (1 - beta),
                "that turns the mean into a sum; the bias fades with t.",
                "The factor depends on the step: it tends to 1.",
            ),
        ),
        "The expected v_t is (1 - beta^t) g, and the array's first entry has t = 1.",
        _velocities,
        curve=True,
    ),
    Exercise(
        "variance_left",
        variance_left,
        (
            Mistake(
                "only the newest gradient counts",
                lambda beta: (1 - beta) ** 2,
                "that is the newest gradient's share alone; the older ones still add to the variance.",
                "Add the squares of all the weights (1 - beta) beta^k, k = 0, 1, 2, ...",
            ),
            Mistake(
                "a weight is taken for a variance",
                lambda beta: 1 - beta,
                "that is the newest gradient's weight; variances add with squared weights, of all gradients.",
                "The sum of beta^(2k) is 1 / (1 - beta^2); what stands in front of it?",
            ),
            Mistake(
                "it is the standard deviation",
                lambda beta: float(np.sqrt((1 - beta) / (1 + beta))),
                "you have taken a square root: asked for is the ratio of the variances.",
                "Leave the root out.",
            ),
        ),
        "Var v is Var g times the sum of the squared weights (1 - beta)^2 beta^(2k): a geometric series.",
        _betas,
    ),
    Exercise(
        "averaging_window",
        averaging_window,
        (
            Mistake(
                "1 / (1 - beta) is given",
                lambda: 1 / (1 - BETA),
                "after so many steps a weight has fallen to 1/e of the newest; it says nothing of noise.",
                "The mean of n gradients has the variance 1/n. Which n gives (1 - beta) / (1 + beta)?",
            ),
            Mistake(
                "the mean lag is given",
                lambda: BETA / (1 - BETA),
                "that is how old a gradient in v is on average, not how many are averaged.",
                "The mean of n gradients has the variance 1/n. Which n gives (1 - beta) / (1 + beta)?",
            ),
            Mistake(
                "the half-life is given",
                lambda: float(np.log(0.5) / np.log(BETA)),
                "that is when a weight has halved; the many small ones behind it count as well.",
                "Three windows are in use; this one compares variances.",
            ),
        ),
        "Set 1/n equal to the variance that v keeps, (1 - beta) / (1 + beta).",
        tolerance=0.01,
    ),
    Exercise(
        "noise_floor_ratio",
        noise_floor_ratio,
        (
            Mistake(
                "the velocity's variance is taken for that of w",
                lambda h, beta: (1 - beta) / (1 + beta),
                "v is that much quieter; but w adds up many of its steps, and these stay correlated.",
                "The ratio depends on h, and tends to 1 as h goes to 0.",
            ),
            Mistake(
                "the fraction is upside down",
                lambda h, beta: (2 - h * (1 - beta) / (1 + beta)) / (2 - h),
                "that would make momentum noisier than plain descent.",
                "At h near 2 plain descent's floor is huge, so the ratio is small there.",
            ),
            Mistake(
                "(1 - beta) is not divided by (1 + beta)",
                lambda h, beta: (2 - h) / (2 - h * (1 - beta)),
                "the averaged noise enters with its variance, not with one weight.",
                "Replace (1 - beta) by the factor of exercise 3.",
            ),
        ),
        "Divide plain descent's 1 / (2 - h) into momentum's 1 / (2 - h (1 - beta) / (1 + beta)).",
        _floors,
    ),
)
