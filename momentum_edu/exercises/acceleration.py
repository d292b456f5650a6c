"""Exercises of lesson 04: the right tuning, what it gains, what it costs."""

import math
from typing import Any

import numpy as np

from momentum_edu import theory
from momentum_edu.exercises.exercise import Case, Exercise, Mistake

KAPPA = 100.0  # of the ravine with curvatures 1 and 100
STEPS, LEFT = 100, 1e-4
SLOW_H, SLOW_BETA = 0.001, 0.9
PEAK_KAPPA = 400.0


def best_tuning(smallest: float, largest: float) -> tuple[float, float]:
    """Return the best constant learning rate and beta of the EMA rule."""
    root = np.sqrt(largest / smallest)
    return float(1 / np.sqrt(smallest * largest)), float(((root - 1) / (root + 1)) ** 2)


def _root_ratio(smallest: float, largest: float) -> float:
    root = np.sqrt(largest / smallest)
    return float((root - 1) / (root + 1))


def _heavy_ball_rate(smallest: float, largest: float) -> float:
    return float((2 / (np.sqrt(smallest) + np.sqrt(largest))) ** 2)


def _ravines(rng: np.random.Generator) -> list[Case]:
    lows = rng.uniform(0.1, 3, 4)
    return [(float(low), float(low * kappa)) for low, kappa in zip(lows, (100, 7, 900, 30), strict=True)]


def steps_needed(condition_number: float, tolerance: float) -> float:
    """Return the steps at the best momentum until the slowest factor is down to tolerance."""
    root = np.sqrt(condition_number)
    return float(np.log(tolerance) / np.log((root - 1) / (root + 1)))


def _demands(rng: np.random.Generator) -> list[Case]:
    return [(float(rng.uniform(5, 2000)), float(10 ** -rng.uniform(1, 8))) for _ in range(4)]


def break_even_step() -> float:
    """Return the first step at which EMA momentum is nearer than plain descent at the same rate."""
    momentum = theory.response(SLOW_H, SLOW_BETA, 3000)
    plain = theory.response(SLOW_H, 0.0, 3000, "gradient_descent")
    return float(np.argmax(momentum < plain))


def stiff_peak() -> float:
    """Return how high the stiff direction rises at the best tuning, in first distances."""
    rate, beta = theory.optimal(1.0, PEAK_KAPPA)
    return float(np.abs(theory.response(rate * PEAK_KAPPA, beta, 500)).max())


def ravine_tuning() -> tuple[float, float]:
    """Return a learning rate and a beta that are quick on the ravine: the best ones."""
    return best_tuning(1.0, KAPPA)


def _measured_distance(results: list[Any]) -> str:
    rate, beta = (float(part) for part in results[0])
    if not (0 < rate < 1e3 and 0 <= beta < 1):
        return f"a rate is positive and beta lies in [0, 1); got {rate:.4g} and {beta:.4g}"
    left = np.abs(theory.response(np.array([rate, rate * KAPPA]), beta, STEPS))[-1].max()
    if left < LEFT:
        return ""
    return f"after {STEPS} steps {left:.2g} of the first distance is left, and {LEFT:g} is asked for"


EXERCISES = (
    Exercise(
        "best_tuning",
        best_tuning,
        (
            Mistake(
                "kappa stands for sqrt(kappa)",
                lambda smallest, largest: (
                    best_tuning(smallest, largest)[0],
                    ((largest - smallest) / (largest + smallest)) ** 2,
                ),
                "your beta is made of plain descent's rate; momentum's gain is that the root stands there.",
                "sqrt(beta) = (sqrt(kappa) - 1) / (sqrt(kappa) + 1).",
            ),
            Mistake(
                "the heavy ball's rate is not divided by (1 - beta)",
                lambda smallest, largest: (
                    _heavy_ball_rate(smallest, largest),
                    best_tuning(smallest, largest)[1],
                ),
                "Polyak's rate is for v = beta v + g; this course's v is (1 - beta) times as large.",
                "In the EMA form the best rate is simpler: a geometric mean of the curvatures stands in it.",
            ),
            Mistake(
                "sqrt(beta) is given for beta",
                lambda smallest, largest: (best_tuning(smallest, largest)[0], _root_ratio(smallest, largest)),
                "that is the factor by which the distance shrinks in one step.",
                "The roots' product is beta, and both have the modulus that you found.",
            ),
            Mistake(
                "it is plain descent's best rate",
                lambda smallest, largest: (2 / (smallest + largest), best_tuning(smallest, largest)[1]),
                "at that rate momentum has little to gain: it affords a larger one.",
                "Plain descent must stay below h = 2; momentum need not.",
            ),
        ),
        "eta is one over the geometric mean of the two curvatures; beta follows from sqrt(kappa).",
        _ravines,
        returns=("learning_rate", "beta"),
    ),
    Exercise(
        "steps_needed",
        steps_needed,
        (
            Mistake(
                "it is plain descent's rate",
                lambda condition_number, tolerance: float(
                    np.log(tolerance) / np.log((condition_number - 1) / (condition_number + 1))
                ),
                "that is the best plain descent can do, without momentum.",
                "Momentum puts sqrt(kappa) where plain descent has kappa.",
            ),
            Mistake(
                "beta stands for sqrt(beta)",
                lambda condition_number, tolerance: steps_needed(condition_number, tolerance) / 2,
                "you let the distance shrink by beta in each step, and that takes two steps.",
                "The modulus of the complex roots is sqrt(beta).",
            ),
            Mistake(
                "the logarithms have different bases",
                lambda condition_number, tolerance: steps_needed(condition_number, tolerance) / np.log(10),
                "one of your logarithms is decimal, the other natural.",
                "In a ratio of logarithms any base will do, if it is one base.",
            ),
        ),
        "Solve rate^t = tolerance for t, with rate = (sqrt(kappa) - 1) / (sqrt(kappa) + 1).",
        _demands,
    ),
    Exercise(
        "break_even_step",
        break_even_step,
        (
            Mistake(
                "momentum leads once v is up to speed",
                lambda: SLOW_BETA / (1 - SLOW_BETA),
                "by then it moves as fast as plain descent, but it still is some nine steps behind.",
                "It catches up only slowly: its gain per step is of the order of h. How long is 1/h?",
            ),
            Mistake(
                "momentum leads from the start",
                lambda: 1.0,
                "the first EMA step is a tenth of plain descent's.",
                "Compare x_1: 1 - h for plain descent, 1 - h (1 - beta) for the EMA.",
            ),
            Mistake(
                "the heavy ball's h is used",
                lambda: 1 / (SLOW_H * (1 - SLOW_BETA)),
                "(1 - beta) does not slow the EMA down: its v settles at the gradient.",
                "Look at 1/h, with the h of the question.",
            ),
        ),
        "Plot theory.response at beta = 0.9 and at beta = 0 over 3000 steps, and look for the crossing.",
        tolerance=0.02,
    ),
    Exercise(
        "stiff_peak",
        stiff_peak,
        (
            Mistake(
                "it never rises",
                lambda: 1.0,
                "both roots are equal there: the distance first grows as t times the envelope.",
                "Compute theory.response(h, beta, 500) at h = eta * 400 and look at its largest size.",
            ),
            Mistake(
                "sqrt(kappa) is not divided by e",
                lambda: float(np.sqrt(PEAK_KAPPA)),
                "the peak comes about sqrt(kappa)/2 steps in, and by then the envelope is down to 1/e.",
                "The peak is near sqrt(kappa) / e.",
            ),
            Mistake(
                "kappa stands for sqrt(kappa)",
                lambda: PEAK_KAPPA / math.e,
                "a peak that high would be worth no tuning at all.",
                "At the best tuning h of the stiff direction is sqrt(kappa), not kappa.",
            ),
        ),
        "Compute theory.response(h, beta, 500) at the best tuning; h = eta * 400.",
        tolerance=0.02,
    ),
    Exercise(
        "ravine_tuning",
        ravine_tuning,
        (
            Mistake(
                "it is plain descent's best rate",
                lambda: (2 / (1 + KAPPA), ravine_tuning()[1]),
                "momentum at that rate crawls along the valley.",
                "Let the rate go up: the EMA is stable far beyond h = 2.",
            ),
            Mistake(
                "the heavy ball's rate is not divided by (1 - beta)",
                lambda: (_heavy_ball_rate(1.0, KAPPA), ravine_tuning()[1]),
                "in the EMA form that rate is much too small.",
                "Divide it by (1 - beta), or take one over the geometric mean of the curvatures.",
            ),
            Mistake(
                "kappa stands for sqrt(kappa)",
                lambda: (ravine_tuning()[0], ((KAPPA - 1) / (KAPPA + 1)) ** 2),
                "so heavy a ball rings for hundreds of steps.",
                "sqrt(beta) = (sqrt(kappa) - 1) / (sqrt(kappa) + 1).",
            ),
        ),
        "theory.optimal(1.0, 100.0) is the benchmark: come near it.",
        condition=_measured_distance,
        tolerance=0.01,
        returns=("learning_rate", "beta"),
    ),
)
