"""Exercises of lesson 08: schedules, and what they do to the first swing."""

from collections.abc import Callable
from typing import Any

import numpy as np

from momentum_edu import landscapes, theory
from momentum_edu import schedules as library
from momentum_edu.descent import descend
from momentum_edu.exercises.exercise import Case, Exercise, Mistake
from momentum_edu.rules import Rule, classical_momentum, ema

BETA = 0.9
HORIZON, FULL_FROM, CALM = 200, 60, 0.10


def warmup_rate(peak: float, warmup_steps: int, step: int) -> float:
    """Return the rate of a linear warm-up: (step + 1) / warmup_steps of the peak, then the peak."""
    return peak * min((step + 1) / warmup_steps, 1.0)


def _warmups(rng: np.random.Generator) -> list[Case]:
    length = int(rng.integers(5, 30))
    steps = (0, length // 2, length - 1, length, 3 * length)
    return [(float(rng.uniform(0.1, 2)), length, step) for step in steps]


def cosine_rate(initial: float, final: float, steps: int, step: int) -> float:
    """Return the rate of a cosine decay from initial to final, which stays there."""
    share = min(step / steps, 1.0)
    return float(final + (initial - final) * (1 + np.cos(np.pi * share)) / 2)


def _cosine(initial: float, final: float, share: float) -> float:
    return float(final + (initial - final) * (1 + np.cos(np.pi * share)) / 2)


def _decays(rng: np.random.Generator) -> list[Case]:
    length = int(rng.integers(20, 300))
    steps = (0, length // 3, length - 2, length, length + length // 2)
    return [(float(rng.uniform(0.5, 2)), float(rng.uniform(0.01, 0.2)), length, step) for step in steps]


def _overshoot(rule: Rule) -> float:
    """Return the overshoot of a run from 1 at rest, on curvature 1."""
    run = descend(landscapes.quadratic([1.0]), [1.0], rule, 600)
    return float(max(-run.w.min(), 0.0))


def overshoot_with_cosine() -> float:
    """Return the overshoot at h = 1, beta = 0.9 under a cosine decay over 300 steps."""
    return _overshoot(ema(library.cosine_decay(1.0, 300), BETA))


def overshoot_with_warmup() -> float:
    """Return the overshoot at h = 1, beta = 0.9 under a warm-up of 10 steps, in the EMA form."""
    return _overshoot(ema(library.warmup(1.0, 10), BETA))


def calm_momentum(step: int) -> float:
    """Return beta at a step: a momentum warm-up from 0 to 0.9 over 30 steps."""
    return BETA * min(step / 30, 1.0)


def _each_step(rng: np.random.Generator) -> list[Case]:
    return [(step,) for step in range(HORIZON)]


def _measured_swing(results: list[Any]) -> str:
    betas = np.array([float(beta) for beta in results])
    if not ((betas >= 0) & (betas < 1)).all():
        bad = int(np.argmax((betas < 0) | (betas >= 1)))
        return f"beta is to lie in [0, 1); at step {bad} yours is {betas[bad]:.4g}"
    if np.abs(betas[FULL_FROM:] - BETA).max() > 1e-6:
        return f"from step {FULL_FROM} on beta is to be {BETA}; at the last step yours is {betas[-1]:.4g}"
    schedule: Callable[[int], float] = lambda step: betas[min(step, HORIZON - 1)]  # noqa: E731
    found = _overshoot(ema(1.0, schedule))
    return "" if found <= CALM else f"the overshoot is {found:.3f}, and at most {CALM} is asked for"


EXERCISES = (
    Exercise(
        "warmup_rate",
        warmup_rate,
        (
            Mistake(
                "the first step has the rate zero",
                lambda peak, warmup_steps, step: peak * min(step / warmup_steps, 1.0),
                "then the first gradient is thrown away, and the peak comes one step late.",
                "Steps are counted from 0: how many have begun at step 0?",
            ),
            Mistake(
                "it never stops rising",
                lambda peak, warmup_steps, step: peak * (step + 1) / warmup_steps,
                "after the warm-up the rate is to stay at its peak.",
                "Use min(..., 1).",
            ),
            Mistake(
                "it goes down",
                lambda peak, warmup_steps, step: peak * max(1 - (step + 1) / warmup_steps, 0.0),
                "that is a decay: a warm-up begins small.",
                "The share (step + 1) / warmup_steps grows from near 0 to 1.",
            ),
        ),
        "peak times (step + 1) / warmup_steps, and never more than the peak.",
        _warmups,
    ),
    Exercise(
        "cosine_rate",
        cosine_rate,
        (
            Mistake(
                "it climbs again after the end",
                lambda initial, final, steps, step: _cosine(initial, final, step / steps),
                "beyond the last step the cosine comes back up, as PyTorch's does; here it is to stay.",
                "Let the share step / steps not grow beyond 1.",
            ),
            Mistake(
                "a whole turn of the cosine is used",
                lambda initial, final, steps, step: _cosine(initial, final, 2 * min(step / steps, 1.0)),
                "half way it is at the bottom, and in the end it is back at the top.",
                "From 1 down to -1 the cosine takes half a turn: pi, not 2 pi.",
            ),
            Mistake(
                "the final rate is forgotten",
                lambda initial, final, steps, step: _cosine(initial, 0.0, min(step / steps, 1.0)),
                "your rate ends at zero.",
                "Let the half cosine scale the distance initial - final, and add final.",
            ),
            Mistake(
                "the final rate is only added",
                lambda initial, final, steps, step: final + _cosine(initial, 0.0, min(step / steps, 1.0)),
                "at step 0 your rate is initial + final.",
                "What falls from 1 to 0 must be multiplied by initial - final.",
            ),
        ),
        "final + (initial - final) (1 + cos(pi share)) / 2, with share = step / steps, at most 1.",
        _decays,
    ),
    Exercise(
        "overshoot_with_cosine",
        overshoot_with_cosine,
        (
            Mistake(
                "cosine decay cures early overshoot",
                lambda: 0.0,
                "the first swing is over after some ten steps; by then the decay has hardly begun.",
                "What is the rate at step 10 of 300?",
            ),
            Mistake(
                "it halves with the average rate",
                lambda: float(theory.overshoot(0.5, BETA)),
                "the average rate of 300 steps counts for nothing in the first ten.",
                "What is the rate at step 10 of 300?",
            ),
            Mistake(
                "it is half of the constant rate's",
                lambda: float(theory.overshoot(1.0, BETA)) / 2,
                "the decay acts late, and the first swing is early.",
                "What is the rate at step 10 of 300?",
            ),
        ),
        "Run it: descend(landscapes.quadratic([1.0]), [1.0], ema(cosine_decay(1.0, 300), 0.9), 600).",
        tolerance=0.01,
    ),
    Exercise(
        "overshoot_with_warmup",
        overshoot_with_warmup,
        (
            Mistake(
                "a warm-up changes nothing",
                lambda: float(theory.overshoot(1.0, BETA)),
                "the warm-up covers just the steps in which the first swing builds up.",
                "While the rate is small w stays, and v still fills up with large gradients.",
            ),
            Mistake(
                "a small rate at the start means a small overshoot",
                lambda: float(theory.overshoot(0.1, BETA)),
                "so it would be if the rate stayed small; here v fills up while w waits.",
                "In the EMA form the full v is multiplied by the full rate as soon as it is there.",
            ),
            Mistake(
                "the velocity holds the rate",
                lambda: _overshoot(classical_momentum(library.warmup(1 - BETA, 10), BETA)),
                "that is Keras's form, in which early gradients keep their small rate; the EMA forgets it.",
                "In the EMA form the rate multiplies the whole v, the old gradients too.",
            ),
        ),
        "Run it: descend(landscapes.quadratic([1.0]), [1.0], ema(warmup(1.0, 10), 0.9), 600).",
        tolerance=0.01,
    ),
    Exercise(
        "calm_momentum",
        calm_momentum,
        (
            Mistake(
                "beta is constant",
                lambda step: BETA,
                "that is the swing of 0.604 which you are to tame.",
                "Begin with less momentum.",
            ),
            Mistake(
                "beta falls",
                lambda step: BETA * max(1 - step / 30, 0.0),
                "in the end there is no momentum left.",
                "Turn it round: the lag is to be small at the start.",
            ),
            Mistake(
                "the warm-up is too short",
                lambda step: BETA * min(step / 5, 1.0),
                "in five steps w has not arrived, and then the full lag is there.",
                "Take several times longer.",
            ),
            Mistake(
                "beta starts in the middle",
                lambda step: min(0.5 + 0.4 * step / 30, BETA),
                "beta = 0.5 already overshoots by a quarter.",
                "Begin at 0.",
            ),
        ),
        "Let beta rise from 0 to 0.9 over the first 30 steps or so.",
        _each_step,
        condition=_measured_swing,
        tolerance=1e-6,
    ),
)
