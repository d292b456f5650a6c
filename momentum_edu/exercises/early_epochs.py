"""Exercises of lesson 07: the first epochs of a real network."""

from functools import cache
from typing import Any

import numpy as np

from momentum_edu import networks
from momentum_edu.checks import Array
from momentum_edu.diagnostics import draw_up
from momentum_edu.digits import load_digits
from momentum_edu.exercises.exercise import Case, Exercise, Mistake
from momentum_edu.rules import ema

RATE, STEPS = 0.1, 60
CALM, LEAST_BETA = 0.02, 0.5


def largest_rise(losses: Array) -> float:
    """Return the largest rise of the loss above its lowest value so far."""
    return float((losses - np.minimum.accumulate(losses)).max())


def _curves(rng: np.random.Generator) -> list[Case]:
    """Draw falling curves that ring, one that never rises and one that ends high."""
    t = np.arange(40)
    ringing = [
        np.exp(-t / 15) * (1 + rng.uniform(0.5, 0.9) * np.cos(t / rng.uniform(1, 3))) for _ in range(3)
    ]
    climbing = np.array([1.0, 0.4, 0.5, 0.3, 0.6, 0.55, 0.9, 0.85]) * rng.uniform(1, 3)
    return [*((curve + rng.uniform(0, 2),) for curve in ringing), (climbing,), (np.linspace(2, 1, 9),)]


def sharpness(hessian: Array) -> float:
    """Return the largest eigenvalue of a symmetric matrix."""
    return float(np.linalg.eigvalsh(hessian)[-1])


def _dominant(hessian: Any) -> float:
    values = np.linalg.eigvalsh(hessian)
    return float(values[np.argmax(np.abs(values))])


def _hessians(rng: np.random.Generator) -> list[Case]:
    """Draw symmetric matrices; in the first the eigenvalue of largest size is negative."""
    cases: list[Case] = []
    for values in ([-9.0, 4.0, 1.0], [0.5, 7.0], [20.0, 3.0, -2.0, 0.1], [-30.0, 12.0, -1.0, 2.0]):
        q, _ = np.linalg.qr(rng.normal(size=(len(values), len(values))))
        cases.append((q @ np.diag(values) @ q.T,))
    return cases


def ripple_in_epochs(sharpness: float, learning_rate: float, beta: float, steps_per_epoch: int) -> float:
    """Return the period of the loss's ripple in epochs."""
    a = learning_rate * sharpness * (1 - beta)
    theta = np.arccos((1 + beta - a) / (2 * np.sqrt(beta)))
    return float(np.pi / theta / steps_per_epoch)


def _networks(rng: np.random.Generator) -> list[Case]:
    return [
        (float(rng.uniform(5, 40)), float(rng.uniform(0.02, 0.2)), float(rng.uniform(0.85, 0.97)), count)
        for count in (24, 1, 5, 100)
    ]


def mode_coordinate(path: Array, direction: Array, minimum: Array) -> Array:
    """Return how far each point lies from the minimum along a direction, with its sign."""
    unit = direction / np.sqrt((direction**2).sum())
    return np.asarray((path - minimum) @ unit)


def _paths(rng: np.random.Generator) -> list[Case]:
    return [(*(rng.normal(size=shape) for shape in ((6, d), (d,), (d,))),) for d in (3, 2, 10)]


def calm_beta() -> float:
    """Return a beta at which the network's loss hardly rises."""
    return 0.7


@cache
def _draw_up_at(beta: float) -> float:
    """Train the digits network of the lesson for 60 full-batch steps."""
    rng = np.random.default_rng(0)
    history = networks.train(networks.mlp(), load_digits(), ema(RATE, beta), STEPS, rng=rng)
    return float(draw_up(history.epoch_loss))


def _measured_draw_up(results: list[Any]) -> str:
    beta = float(results[0])
    if not LEAST_BETA <= beta < 1:
        return f"beta is to lie in [{LEAST_BETA}, 1); yours is {beta:.4g}"
    found = _draw_up_at(beta)
    return (
        ""
        if found < CALM
        else f"at your beta the loss rises by {found:.3f}, and less than {CALM} is asked for"
    )


EXERCISES = (
    Exercise(
        "largest_rise",
        largest_rise,
        (
            Mistake(
                "the last loss is compared with the first",
                lambda losses: losses[-1] - losses[0],
                "a curve that rises in between and comes down again would show nothing.",
                "Compare each loss with the lowest one before it.",
            ),
            Mistake(
                "only single steps are looked at",
                lambda losses: max(np.diff(losses).max(), 0.0),
                "a rise may take many steps.",
                "Compare each loss with the lowest one before it, however long ago.",
            ),
            Mistake(
                "the highest and the lowest loss are compared",
                lambda losses: losses.max() - losses.min(),
                "the highest usually comes first: that is a fall.",
                "The low point must come before the high one.",
            ),
        ),
        "np.minimum.accumulate(losses) is the lowest loss so far, at each step.",
        _curves,
    ),
    Exercise(
        "sharpness",
        sharpness,
        (
            Mistake(
                "the eigenvalue of largest size is taken",
                _dominant,
                "power iteration finds it, and here it may be negative: a way down, not a sharp valley.",
                "Shift the matrix, or take the largest of all eigenvalues with its sign.",
            ),
            Mistake(
                "the sign is dropped",
                lambda hessian: abs(_dominant(hessian)),
                "a large downward curvature is no sharpness.",
                "Take the largest eigenvalue with its sign.",
            ),
            Mistake(
                "the largest entry of the diagonal is taken",
                lambda hessian: float(np.diag(hessian).max()),
                "the diagonal tells the curvature along the axes only; a slanted valley is sharper.",
                "np.linalg.eigvalsh gives the eigenvalues of a symmetric matrix.",
            ),
            Mistake(
                "the trace is taken",
                lambda hessian: float(np.trace(hessian)),
                "the trace adds all curvatures up, downward ones too.",
                "np.linalg.eigvalsh gives the eigenvalues of a symmetric matrix.",
            ),
        ),
        "np.linalg.eigvalsh returns them in increasing order.",
        _hessians,
    ),
    Exercise(
        "ripple_in_epochs",
        ripple_in_epochs,
        (
            Mistake(
                "steps are given for epochs",
                lambda sharpness, learning_rate, beta, steps_per_epoch: ripple_in_epochs(
                    sharpness, learning_rate, beta, 1
                ),
                "momentum counts in steps; a log counts in epochs.",
                "How many steps does an epoch have?",
            ),
            Mistake(
                "the period of w is given",
                lambda sharpness, learning_rate, beta, steps_per_epoch: (
                    2 * ripple_in_epochs(sharpness, learning_rate, beta, steps_per_epoch)
                ),
                "while w goes once around, the loss goes through two dips.",
                "The loss's period is pi / theta steps.",
            ),
            Mistake(
                "epochs are multiplied in",
                lambda sharpness, learning_rate, beta, steps_per_epoch: (
                    steps_per_epoch * ripple_in_epochs(sharpness, learning_rate, beta, 1)
                ),
                "with more steps in an epoch the ripple fills a smaller part of it.",
                "Divide the period in steps by the steps of an epoch.",
            ),
        ),
        "pi / theta is the period in steps, with a = eta * sharpness * (1 - beta) in the angle.",
        _networks,
    ),
    Exercise(
        "mode_coordinate",
        mode_coordinate,
        (
            Mistake(
                "the direction is not of length 1",
                lambda path, direction, minimum: (path - minimum) @ direction,
                "a longer arrow for the same direction would give larger coordinates.",
                "Divide the direction by its length.",
            ),
            Mistake(
                "the whole distance is taken",
                lambda path, direction, minimum: np.linalg.norm(path - minimum, axis=1),
                "a distance has no sign, and it mixes all directions: no mode can be seen in it.",
                "Project: take the inner product with the direction.",
            ),
            Mistake(
                "the minimum is forgotten",
                lambda path, direction, minimum: path @ direction / np.linalg.norm(direction),
                "at the minimum the coordinate must be 0.",
                "Subtract the minimum from each point first.",
            ),
        ),
        "(point - minimum) times the unit vector along the direction, for each row of path.",
        _paths,
        curve=True,
    ),
    Exercise(
        "calm_beta",
        calm_beta,
        (
            Mistake(
                "the usual beta is taken",
                lambda: 0.9,
                "that is the beta whose early rise this lesson shows.",
                "Less lag, less overshoot: go down.",
            ),
            Mistake(
                "more smoothing is taken for a smoother loss",
                lambda: 0.99,
                "a smoother v lags longer behind the gradient, and the lag is what makes the loss rise.",
                "Less lag, less overshoot: go down.",
            ),
            Mistake(
                "momentum is switched off",
                lambda: 0.0,
                "that is calm indeed, but you were asked to keep some momentum.",
                "Look between 0.5 and 0.9.",
            ),
        ),
        "Train with ema(0.1, beta=np.linspace(0.5, 0.9, 5)) in one call, and take draw_up of epoch_loss.",
        condition=_measured_draw_up,
        tolerance=0.002,
    ),
)
