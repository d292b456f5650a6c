"""Exercises of lesson 01: the update rule in its conventions."""

from typing import Any

import numpy as np

from momentum_edu.checks import Array
from momentum_edu.exercises.exercise import Case, Exercise, Mistake


def ema_step(w: Array, v: Array, g: Array, learning_rate: float, beta: float) -> tuple[Array, Array]:
    """Take one step of the course's rule."""
    v = beta * v + (1 - beta) * g
    return w - learning_rate * v, v


def _without_factor(w: Any, v: Any, g: Any, learning_rate: float, beta: float) -> Any:
    v = beta * v + g
    return w - learning_rate * v, v


def _uphill(w: Any, v: Any, g: Any, learning_rate: float, beta: float) -> Any:
    v = beta * v + (1 - beta) * g
    return w + learning_rate * v, v


def _old_velocity(w: Any, v: Any, g: Any, learning_rate: float, beta: float) -> Any:
    return w - learning_rate * v, beta * v + (1 - beta) * g


def _swapped(w: Any, v: Any, g: Any, learning_rate: float, beta: float) -> Any:
    v = (1 - beta) * v + beta * g
    return w - learning_rate * v, v


def nesterov_step(w: Array, v: Array, g: Array, learning_rate: float, beta: float) -> tuple[Array, Array]:
    """Take one step of Nesterov's rule."""
    v = beta * v + g
    return w - learning_rate * (g + beta * v), v


def _ahead_without_gradient(w: Any, v: Any, g: Any, learning_rate: float, beta: float) -> Any:
    v = beta * v + g
    return w - learning_rate * beta * v, v


def _nesterov_averaged(w: Any, v: Any, g: Any, learning_rate: float, beta: float) -> Any:
    v = beta * v + (1 - beta) * g
    return w - learning_rate * (g + beta * v), v


def _steps(rng: np.random.Generator) -> list[Case]:
    betas = [0.9, 0.3, *rng.uniform(0.1, 0.95, 3)]
    return [
        (*rng.normal(size=(3, d)), rng.uniform(0.05, 0.8), float(beta))
        for d, beta in zip([3, 2, 1, 4, 3], betas, strict=True)
    ]


def heavy_ball_rate(learning_rate: float, beta: float) -> float:
    """Return the heavy ball's rate that walks the EMA's path."""
    return learning_rate * (1 - beta)


def _rates(rng: np.random.Generator) -> list[Case]:
    return [(float(rng.uniform(0.01, 2)), float(beta)) for beta in (0.9, *rng.uniform(0.1, 0.98, 4))]


def velocity_weights(beta: float, steps: int) -> Array:
    """Return the weights of the gradients in v, oldest first."""
    ages = np.arange(steps)[::-1]
    return (1 - beta) * beta**ages


def _weights(rng: np.random.Generator) -> list[Case]:
    return [
        (float(beta), int(steps))
        for beta, steps in zip(rng.uniform(0.2, 0.95, 4), (5, 2, 9, 30), strict=True)
    ]


def condition_number_of(beta: float) -> float:
    """Return the condition number for which beta is best."""
    root = np.sqrt(beta)
    return float(((1 + root) / (1 - root)) ** 2)


def _betas(rng: np.random.Generator) -> list[Case]:
    return [(float(beta),) for beta in (0.9, 0.5, *rng.uniform(0.05, 0.99, 3))]


EXERCISES = (
    Exercise(
        "ema_step",
        ema_step,
        (
            Mistake(
                "(1 - beta) is missing",
                _without_factor,
                "your velocity is a sum of gradients, and this course's rule keeps a mean.",
                "The two weights of a mean add up to 1. The old v has beta; what is left for g?",
            ),
            Mistake(
                "the sign is turned",
                _uphill,
                "the gradient points uphill, and your step follows it.",
                "Compare the sign in front of the learning rate with the rule's second line.",
            ),
            Mistake(
                "the old velocity is used",
                _old_velocity,
                "w moves before v has heard of the new gradient.",
                "The two lines of the rule are in an order: which v stands in the second one?",
            ),
            Mistake(
                "beta and 1 - beta are swapped",
                _swapped,
                "at beta = 0.9 your velocity forgets nine tenths of itself in a step.",
                "beta is what is kept of the old v. Try beta = 0: the rule must become plain descent.",
            ),
        ),
        "Write the rule's two lines one below the other, and return both of their left-hand sides.",
        _steps,
        returns=("w", "v"),
    ),
    Exercise(
        "heavy_ball_rate",
        heavy_ball_rate,
        (
            Mistake(
                "the conversion goes the wrong way",
                lambda learning_rate, beta: learning_rate / (1 - beta),
                "the heavy ball adds gradients up, so at the same rate its steps are the larger ones.",
                "Under a constant gradient g the EMA's v settles at g, the heavy ball's at g / (1 - beta).",
            ),
            Mistake(
                "the rate is taken over unchanged",
                lambda learning_rate, beta: learning_rate,
                "that would make the heavy ball's steps larger than the EMA's.",
                "Under a constant gradient g the EMA's v settles at g, the heavy ball's at g / (1 - beta).",
            ),
            Mistake(
                "beta stands for 1 - beta",
                lambda learning_rate, beta: learning_rate * beta,
                "at beta = 0 the two rules are one rule, and your rate would be 0.",
                "Test your formula at beta = 0, where nothing needs converting.",
            ),
        ),
        "Follow one constant gradient until v has settled in both forms, and compare the two steps.",
        _rates,
    ),
    Exercise(
        "velocity_weights",
        velocity_weights,
        (
            Mistake(
                "the order is turned round",
                lambda beta, steps: (1 - beta) * beta ** np.arange(steps),
                "your largest weight belongs to the oldest gradient.",
                "The newest gradient stands last and has just been multiplied by (1 - beta) only.",
            ),
            Mistake(
                "(1 - beta) is missing",
                lambda beta, steps: beta ** np.arange(steps)[::-1],
                "those are the heavy ball's weights: they add up to more than 1.",
                "The newest gradient enters v with the factor (1 - beta), not 1.",
            ),
            Mistake(
                "each weight is one step too old",
                lambda beta, steps: (1 - beta) * beta ** np.arange(1, steps + 1)[::-1],
                "the newest gradient has not yet been multiplied by beta.",
                "Write v_2 out: v_2 = beta (1 - beta) g_1 + (1 - beta) g_2.",
            ),
        ),
        "Write v_3 out in g_1, g_2 and g_3 by putting the rule into itself twice.",
        _weights,
        curve=True,
    ),
    Exercise(
        "condition_number_of",
        condition_number_of,
        (
            Mistake(
                "beta stands for sqrt(beta)",
                lambda beta: ((1 + beta) / (1 - beta)) ** 2,
                "what shrinks by beta is the distance over two steps, not one.",
                "The complex roots have the modulus sqrt(beta), and the formula is made of that modulus.",
            ),
            Mistake(
                "sqrt(kappa) is given for kappa",
                lambda beta: (1 + np.sqrt(beta)) / (1 - np.sqrt(beta)),
                "that is the square root of the condition number: one square is missing.",
                "Polyak's formula holds sqrt(kappa). Solve it for kappa, the square included.",
            ),
            Mistake(
                "the fraction is upside down",
                lambda beta: ((1 - np.sqrt(beta)) / (1 + np.sqrt(beta))) ** 2,
                "a condition number is never below 1.",
                "More momentum suits a longer ravine: kappa must grow with beta.",
            ),
        ),
        "Start from sqrt(beta) = (sqrt(kappa) - 1) / (sqrt(kappa) + 1) and solve for sqrt(kappa) first.",
        _betas,
    ),
    Exercise(
        "nesterov_step",
        nesterov_step,
        (
            Mistake(
                "nothing looks ahead",
                _without_factor,
                "that is the heavy ball: it steps along v alone.",
                "The step uses the gradient once more: g plus beta times a velocity. Which velocity?",
            ),
            Mistake(
                "the gradient is missing in the step",
                _ahead_without_gradient,
                "beta v is only where momentum alone would carry w next.",
                "Look ahead by beta v, and correct by g: the step is the sum of both.",
            ),
            Mistake(
                "(1 - beta) has slipped in",
                _nesterov_averaged,
                "Nesterov's velocity here is a sum, as PyTorch keeps it, not a mean.",
                "Only the EMA form weighs g by (1 - beta).",
            ),
        ),
        "Two lines: renew v as the heavy ball does, then step along g + beta v with the new v.",
        _steps,
        returns=("w", "v"),
    ),
)
