"""Exercises of lesson 05: leaving a saddle."""

from typing import Any

import numpy as np

from momentum_edu import theory
from momentum_edu.checks import Array
from momentum_edu.exercises.exercise import Case, Exercise, Mistake

BETA = 0.9
NEAR, FAR = 1e-6, 1.0
SLOW_H = 0.01  # eta gamma
GAMMA, MOST_STEPS = 0.1, 60  # the pass with curvatures 1 and -0.1


def growth_root(learning_rate: float, gamma: float, beta: float) -> float:
    """Return the factor by which the distance grows each step along the curvature -gamma."""
    total = 1 + beta + learning_rate * gamma * (1 - beta)
    return float((total + np.sqrt(total**2 - 4 * beta)) / 2)


def _root(a: float, beta: float, sign: float) -> float:
    total = 1 + beta + a
    return float((total + sign * np.sqrt(total**2 - 4 * beta)) / 2)


def _passes(rng: np.random.Generator) -> list[Case]:
    return [
        (float(rng.uniform(0.05, 2)), float(rng.uniform(0.05, 2)), float(beta))
        for beta in (0.9, *rng.uniform(0.1, 0.97, 4))
    ]


def steps_to_escape(distance: float, radius: float, growth: float) -> float:
    """Return the steps until a distance that grows by a factor each step reaches the radius."""
    return float(np.log(radius / distance) / np.log(growth))


def _distances(rng: np.random.Generator) -> list[Case]:
    return [
        (float(10 ** -rng.uniform(1, 8)), float(rng.uniform(0.5, 3)), float(rng.uniform(1.005, 1.3)))
        for _ in range(4)
    ]


def saddle_step(
    w: Array, v: Array, curvatures: Array, learning_rate: float, beta: float
) -> tuple[Array, Array]:
    """Take one EMA step on f(w) = sum of curvature_i w_i^2 / 2."""
    v = beta * v + (1 - beta) * curvatures * w
    return w - learning_rate * v, v


def _as_bowl(w: Any, v: Any, curvatures: Any, learning_rate: float, beta: float) -> Any:
    return saddle_step(w, v, np.abs(curvatures), learning_rate, beta)


def _shared(w: Any, v: Any, curvatures: Any, learning_rate: float, beta: float) -> Any:
    v = beta * v + (1 - beta) * np.sum(curvatures * w)
    return w - learning_rate * v, v


def _half(w: Any, v: Any, curvatures: Any, learning_rate: float, beta: float) -> Any:
    return saddle_step(w, v, curvatures / 2, learning_rate, beta)


def _sum(w: Any, v: Any, curvatures: Any, learning_rate: float, beta: float) -> Any:
    v = beta * v + curvatures * w
    return w - learning_rate * v, v


def _old_velocity(w: Any, v: Any, curvatures: Any, learning_rate: float, beta: float) -> Any:
    return w - learning_rate * v, saddle_step(w, v, curvatures, learning_rate, beta)[1]


def _saddles(rng: np.random.Generator) -> list[Case]:
    cases: list[Case] = []
    for d in (2, 3, 4):
        curvatures = rng.uniform(0.2, 3, d) * np.where(np.arange(d) % 2, -1, 1)
        w, v = rng.normal(size=(2, d))
        cases.append((w, v, curvatures, float(rng.uniform(0.1, 0.9)), float(rng.uniform(0.3, 0.95))))
    return cases


def _first_beyond(h: float, rule: str) -> float:
    return float(np.argmax(NEAR * theory.response(-h, BETA, 3000, rule) >= FAR))


def ema_escape_step() -> float:
    """Return the step at which the EMA rule gets from 1e-6 to 1 at eta gamma = 0.01, beta = 0.9."""
    return _first_beyond(SLOW_H, "ema")


def quick_rate() -> float:
    """Return a rate at which the EMA escapes within 60 steps and stays stable along the ridge."""
    return 20.0


def _measured_escape(results: list[Any]) -> str:
    rate = float(results[0])
    if not 0 < rate < 1e3:
        return f"a learning rate is positive and moderate; yours is {rate:.4g}"
    limit = float(theory.stability_limit(BETA))
    if rate > limit * (1 - 1e-9):  # at the limit itself the swing never dies out
        return (
            f"along the ridge the curvature is 1, and h = {rate:.4g} isn't stable: keep it below {limit:.0f}"
        )
    steps = float(np.argmax(NEAR * theory.response(-rate * GAMMA, BETA, 3000) >= FAR)) or np.inf
    return "" if steps <= MOST_STEPS else f"your rate takes {steps:.0f} steps, and {MOST_STEPS} are asked for"


EXERCISES = (
    Exercise(
        "growth_root",
        growth_root,
        (
            Mistake(
                "the stable root is taken",
                lambda learning_rate, gamma, beta: _root(learning_rate * gamma * (1 - beta), beta, -1),
                "that part of the motion dies out; the other one carries w away.",
                "Of the two roots one is above 1. Which sign stands before the square root?",
            ),
            Mistake(
                "(1 - beta) is missing",
                lambda learning_rate, gamma, beta: _root(learning_rate * gamma, beta, 1),
                "so fast grows the heavy ball at this rate, not the EMA.",
                "In the EMA form a = eta lambda (1 - beta), here with a negative lambda.",
            ),
            Mistake(
                "it is plain descent's growth",
                lambda learning_rate, gamma, beta: 1 + learning_rate * gamma,
                "without momentum the distance grows so; the velocity's lag slows it down.",
                "Solve r^2 - (1 + beta - a) r + beta = 0, with a = -eta gamma (1 - beta).",
            ),
        ),
        "Put x_t = r^t into x_(t+1) = (1 + beta - a) x_t - beta x_(t-1), with a = -eta gamma (1 - beta).",
        _passes,
    ),
    Exercise(
        "steps_to_escape",
        steps_to_escape,
        (
            Mistake(
                "growth is taken as a straight line",
                lambda distance, radius, growth: (radius - distance) / (distance * (growth - 1)),
                "the farther it is, the faster it goes: growth multiplies.",
                "distance * growth^t = radius.",
            ),
            Mistake(
                "the start is forgotten",
                lambda distance, radius, growth: float(np.log(radius) / np.log(growth)),
                "you start from distance 1; a point that begins nearer to the saddle stays longer.",
                "What matters is how many times farther the radius is than the start.",
            ),
            Mistake(
                "growth - 1 stands for its logarithm",
                lambda distance, radius, growth: float(np.log(radius / distance) / (growth - 1)),
                "that is close for a growth just above 1, and wrong for the rest.",
                "Take the logarithm of both sides of distance * growth^t = radius.",
            ),
            Mistake(
                "the steps are rounded up",
                lambda distance, radius, growth: float(np.ceil(steps_to_escape(distance, radius, growth))),
                "the radius is crossed between two steps, and the number that is asked for says where.",
                "Do not count steps in a loop: solve for t, and leave out ceil and int.",
            ),
        ),
        "Solve distance * growth^t = radius for t.",
        _distances,
    ),
    Exercise(
        "saddle_step",
        saddle_step,
        (
            Mistake(
                "the negative curvature's sign is dropped",
                _as_bowl,
                "that is a bowl: there is no way down to escape by.",
                "The gradient is curvature times w, with the curvature's own sign.",
            ),
            Mistake(
                "the directions share one velocity",
                _shared,
                "each direction has its own gradient; the modes do not know of each other.",
                "Leave the sum out: curvatures * w is the gradient, component by component.",
            ),
            Mistake(
                "the 1/2 of the function is kept in its gradient",
                _half,
                "the derivative of lambda w^2 / 2 has no 1/2 left.",
                "Differentiate once: the square brings a factor 2.",
            ),
            Mistake(
                "(1 - beta) is missing",
                _sum,
                "that is the heavy ball: its velocity is a sum of gradients, the EMA's a mean.",
                "v = beta * v + (1 - beta) * gradient.",
            ),
            Mistake(
                "the old velocity is used",
                _old_velocity,
                "w moves before v has heard of the gradient.",
                "Compute the new v first, then move w with it.",
            ),
        ),
        "The gradient is curvatures * w. After that it is the course's rule.",
        _saddles,
        returns=("w", "v"),
    ),
    Exercise(
        "ema_escape_step",
        ema_escape_step,
        (
            Mistake(
                "the EMA escapes as plain descent does",
                lambda: _first_beyond(SLOW_H, "gradient_descent"),
                "that is plain descent's time; the EMA's velocity lags behind a gradient that keeps growing.",
                "Its growth root is below 1 + eta gamma. Compute it.",
            ),
            Mistake(
                "(1 - beta) is missing",
                lambda: _first_beyond(SLOW_H, "heavy_ball"),
                "so quick is the heavy ball at this rate: its steps are ten times larger.",
                "Use a = -eta gamma (1 - beta).",
            ),
            Mistake(
                "momentum escapes ten times faster",
                lambda: _first_beyond(SLOW_H, "gradient_descent") * (1 - BETA),
                "at the same rate the EMA's steps are no larger than the gradient allows.",
                "Speed of approach does not help either: the directions are decoupled.",
            ),
        ),
        "theory.response(-0.01, 0.9, 3000) is the path from 1; look for the first step beyond a million.",
        tolerance=0.01,
    ),
    Exercise(
        "quick_rate",
        quick_rate,
        (
            Mistake(
                "the rate stays below plain descent's limit",
                lambda: 1.9,
                "momentum affords more than h = 2; that is what makes it quick here.",
                "The EMA is stable up to h = 2 (1 + beta) / (1 - beta).",
            ),
            Mistake(
                "the rate stays below the heavy ball's limit",
                lambda: 0.99 * float(theory.stability_limit(BETA, "heavy_ball")),
                "2 + 2 beta is the heavy ball's limit; in the EMA form it is ten times that.",
                "The EMA is stable up to h = 2 (1 + beta) / (1 - beta).",
            ),
            Mistake(
                "only the way out is looked at",
                lambda: 1 / GAMMA / (1 - BETA),
                "on the way out anything goes, but along the ridge this rate diverges.",
                "Along the ridge the curvature is 1: keep the rate below 38.",
            ),
        ),
        "On the way out h is -0.1 eta, along the ridge eta: try rates between 2 and 38.",
        condition=_measured_escape,
        tolerance=0.002,
    ),
)
