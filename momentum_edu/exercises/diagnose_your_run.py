"""Exercises of lesson 09: reading a training log."""

from typing import Any

import numpy as np

from momentum_edu.checks import Array
from momentum_edu.exercises.exercise import Case, Exercise, Mistake


def ripple_period(losses: Array) -> float:
    """Return the mean distance between neighbouring peaks, in steps."""
    inner = losses[1:-1]
    peaks = np.flatnonzero((inner > losses[:-2]) & (inner > losses[2:]))
    return float(np.diff(peaks).mean())


def _peaks(losses: Any) -> Any:
    inner = losses[1:-1]
    return np.flatnonzero((inner > losses[:-2]) & (inner > losses[2:]))


def _turns(losses: Any) -> Any:
    """Return where the curve turns, peaks and dips alike."""
    slopes = np.diff(losses)
    return np.flatnonzero(slopes[1:] * slopes[:-1] < 0)


def _logs(rng: np.random.Generator) -> list[Case]:
    t = np.arange(60)
    return [
        (0.3 * np.exp(-t / 40) * (1.5 + np.cos(2 * np.pi * t / rng.uniform(7, 16) + rng.uniform(0, 3))),)
        for _ in range(4)
    ]


def curvature_from_ripple(period: float, learning_rate: float, beta: float) -> float:
    """Return the curvature whose mode makes the loss ripple with this period, in steps."""
    theta = np.pi / period
    a = 1 + beta - 2 * np.sqrt(beta) * np.cos(theta)
    return float(a / (learning_rate * (1 - beta)))


def _ripples(rng: np.random.Generator) -> list[Case]:
    return [
        (float(rng.uniform(4, 25)), float(rng.uniform(0.02, 0.5)), float(rng.uniform(0.8, 0.98)))
        for _ in range(4)
    ]


def beta_from_peaks(first: float, second: float, steps: int) -> float:
    """Return the beta whose envelope lets a peak of the loss shrink so, heights above the final loss."""
    return float((second / first) ** (1 / steps))


def _heights(rng: np.random.Generator) -> list[Case]:
    return [
        (float(first := rng.uniform(0.1, 2)), float(first * rng.uniform(0.1, 0.7)), int(steps))
        for steps in rng.integers(4, 30, 4)
    ]


def step_correlation(losses: Array) -> float:
    """Return the correlation of each change with the next: near -1/2 for noise, positive for ringing."""
    d = np.diff(losses)
    return float((d[1:] * d[:-1]).sum() / (d**2).sum())


def _correlation(d: Any, lag: int) -> float:
    return float((d[lag:] * d[:-lag]).sum() / (d**2).sum())


def _curves(rng: np.random.Generator) -> list[Case]:
    t = np.arange(50)
    ringing = np.exp(-t / 20) * (1.2 + np.cos(t / 2)) + rng.uniform(0, 1)
    return [(1 + 0.1 * rng.normal(size=50),), (ringing,), (ringing + 0.05 * rng.normal(size=50),)]


EXERCISES = (
    Exercise(
        "ripple_period",
        ripple_period,
        (
            Mistake(
                "peaks and dips are both counted",
                lambda losses: float(np.diff(_turns(losses)).mean()),
                "from a peak to the next dip is only half a period.",
                "Keep the points that are higher than both neighbours.",
            ),
            Mistake(
                "the period of w is given",
                lambda losses: 2 * ripple_period(losses),
                "you were asked for the loss, and it ripples twice while w goes once around.",
                "Leave the factor 2 out.",
            ),
            Mistake(
                "the length is divided by the number of peaks",
                lambda losses: len(losses) / len(_peaks(losses)),
                "what lies before the first peak and after the last one is no whole period.",
                "Take the distances between neighbouring peaks, and their mean.",
            ),
        ),
        "Find the steps whose loss is higher than both neighbours'; np.diff gives their distances.",
        _logs,
    ),
    Exercise(
        "curvature_from_ripple",
        curvature_from_ripple,
        (
            Mistake(
                "the loss's period is taken for that of w",
                lambda period, learning_rate, beta: curvature_from_ripple(period / 2, learning_rate, beta),
                "w needs two of the loss's periods to go once around.",
                "In one period of the loss w turns by pi, not by 2 pi.",
            ),
            Mistake(
                "(1 - beta) is missing",
                lambda period, learning_rate, beta: (
                    curvature_from_ripple(period, learning_rate, beta) * (1 - beta)
                ),
                "a / eta is the curvature for the heavy ball.",
                "In the EMA form a = eta lambda (1 - beta).",
            ),
            Mistake(
                "the learning rate is forgotten",
                lambda period, learning_rate, beta: curvature_from_ripple(period, 1.0, beta),
                "that is h, not the curvature.",
                "h = eta lambda.",
            ),
            Mistake(
                "sqrt(beta) is left out",
                lambda period, learning_rate, beta: float(
                    (1 + beta - 2 * np.cos(np.pi / period)) / (learning_rate * (1 - beta))
                ),
                "the roots lie inside the unit circle: their modulus is not 1.",
                "1 + beta - a = 2 sqrt(beta) cos(theta).",
            ),
        ),
        "theta = pi / period, then a from cos(theta) = (1 + beta - a) / (2 sqrt(beta)), then lambda.",
        _ripples,
    ),
    Exercise(
        "beta_from_peaks",
        beta_from_peaks,
        (
            Mistake(
                "the loss is taken for w",
                lambda first, second, steps: float((second / first) ** (2 / steps)),
                "w shrinks by sqrt(beta) in a step; the loss is its square.",
                "By which factor does the square of w shrink in a step?",
            ),
            Mistake(
                "sqrt(beta) is given",
                lambda first, second, steps: float((second / first) ** (0.5 / steps)),
                "that is the factor for w; the loss itself shrinks by another one.",
                "The loss goes as w squared, so its factor per step is sqrt(beta) squared.",
            ),
            Mistake(
                "the steps between the peaks are ignored",
                lambda first, second, steps: second / first,
                "so much is left after all those steps, not after one.",
                "Take the root of the order of the number of steps.",
            ),
            Mistake(
                "shrinking is taken as a straight line",
                lambda first, second, steps: 1 - (1 - second / first) / steps,
                "each step takes the same share, not the same amount.",
                "factor^steps = second / first.",
            ),
        ),
        "The loss's envelope is beta^t: solve beta^steps = second / first.",
        _heights,
    ),
    Exercise(
        "step_correlation",
        step_correlation,
        (
            Mistake(
                "the losses themselves are correlated",
                lambda losses: _correlation(losses, 1),
                "neighbouring losses are always alike; what tells noise from ringing is how they change.",
                "Take np.diff first.",
            ),
            Mistake(
                "changes two steps apart are compared",
                lambda losses: _correlation(np.diff(losses), 2),
                "you skip one: each change is to be compared with the next.",
                "Pair d[1:] with d[:-1].",
            ),
            Mistake(
                "the sign is dropped",
                lambda losses: (
                    float(np.abs(np.diff(losses)[1:] * np.diff(losses)[:-1]).sum())
                    / float((np.diff(losses) ** 2).sum())
                ),
                "it is the sign that tells: noise turns back, ringing goes on.",
                "Leave abs out.",
            ),
        ),
        "d = np.diff(losses); the sum of d[1:] * d[:-1] over the sum of d squared.",
        _curves,
    ),
)
