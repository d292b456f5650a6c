"""What helps against ringing, noise and instability, each with the effect that theory predicts."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from momentum_edu import landscapes, rules, schedules, theory
from momentum_edu.descent import descend

ENOUGH = 0.1
"""A warm-up is long enough when it leaves this share of the loss's first rise."""


class Advice(str):
    """One sentence of advice; ``change`` and ``effect`` hold its numbers.

    Attributes
    ----------
    change : mapping
        What to alter: ``warmup_steps``, ``learning_rate_factor`` or ``batch_factor``; empty where nothing.
    effect : float
        What is predicted to be left of the trouble: of the loss's first rise (ringing) or of the noise's
        standard deviation, as a share of what it is now; nan where no number can be given.
    """

    change: Mapping[str, float]
    effect: float

    def __new__(cls, text: str, effect: float = np.nan, **change: float) -> "Advice":
        """Make a sentence with its numbers."""
        self = super().__new__(cls, text)
        self.change = MappingProxyType(change)
        self.effect = effect
        return self


def for_ringing(h: float, beta: float, rule: str) -> tuple[Advice, ...]:
    """Advise against the ringing of a mode with this h and beta under `rule` (`momentum_edu.theory`)."""
    steps, left = warm_up_steps(h, beta, rule)
    now = _overshoot(h, beta, rule)
    quarter = (_overshoot(h / 4, beta, rule) / now) ** 2
    settling = theory.settling_time(beta, 0.1) / 2
    return (
        Advice(
            f"Warm the momentum up: raise beta from 0 to {beta:.3g} in a straight line over the first "
            f"{steps} steps. Predicted: {_share(left)} of the loss's first rise "
            "remains, at the same speed later on.",
            left,
            warmup_steps=steps,
        ),
        Advice(
            f"Or take a quarter of the learning rate. Predicted: {_share(quarter)} of the first rise "
            "remains; flat directions take four times as long, and the ripple fades no sooner.",
            quarter,
            learning_rate_factor=0.25,
        ),
        Advice(
            f"Or wait: the loss's ripple falls to a tenth every {settling:.0f} steps by itself. Learning-"
            "rate decay comes too late for it, and a short learning-rate warm-up can make it worse."
        ),
        Advice(
            f"Check the convention: a rate meant for v = beta v + (1 - beta) g is {1 / (1 - beta):.3g} times "
            f"too large for PyTorch, Keras or Optax, where it must be multiplied by {1 - beta:.3g}."
        ),
    )


def for_noise() -> tuple[Advice, ...]:
    """Advise against mini-batch noise."""
    return (
        Advice(
            "Do nothing to the momentum for it: look at a running mean of the log, or at each epoch's mean."
        ),
        Advice(
            "Take a batch four times as large. Predicted: half the noise remains "
            "(its standard deviation goes with one over the square root of the batch).",
            0.5,
            batch_factor=4,
        ),
        Advice("Or lower the learning rate towards the end: it lowers the level the noise holds it at."),
    )


def for_instability(rate_factor: float = 0.25) -> tuple[Advice, ...]:
    """Advise against a rate beyond the limit."""
    return (
        Advice(
            f"Multiply the learning rate by {rate_factor:.2g}. Predicted: the loss no longer rises to stay "
            "or to spike; if it still does, the same again.",
            0.0,
            learning_rate_factor=rate_factor,
        ),
        Advice(
            "If the rate is meant to be that high: warm the learning rate up over the first epochs, or clip "
            "the gradient; both hold the first steps below the limit, neither moves it."
        ),
        Advice(
            "Check the convention: v = beta v + g (PyTorch, Keras, Optax) takes 1 / (1 - beta) times larger "
            "steps than v = beta v + (1 - beta) g at the same rate."
        ),
    )


def for_smooth() -> tuple[Advice, ...]:
    """Say that nothing has to be cured."""
    return (
        Advice(
            "Nothing has to be cured. If it is slow, the rate or beta may go up until it just begins to ring."
        ),
    )


def for_unclear() -> tuple[Advice, ...]:
    """Name the three runs that decide."""
    return (
        Advice("Log the loss of every step for the first few hundred steps."),
        Advice(
            "Make two short control runs from the same initial weights: one with beta = 0 at the same rate "
            "(ringing goes away), one with the largest batch that fits (noise goes away). What neither takes "
            "away, a tenth of the rate does: instability."
        ),
    )


def warm_up_steps(h: float, beta: float, rule: str) -> tuple[int, float]:
    """Return the length of a momentum warm-up and the share of the loss's first rise that it leaves.

    Examples
    --------
    >>> steps, left = warm_up_steps(1.0, 0.9, "ema")
    >>> steps, round(left, 3)
    (10, 0.022)
    """
    now = _overshoot(h, beta, rule)
    steps, left = 1, 1.0
    for lengths in (1, 2, 3, 5, 8):
        steps = max(2, round(lengths / (1 - beta)))
        left = (_overshoot(h, beta, rule, steps) / now) ** 2 if now > 0 else 0.0
        if left <= ENOUGH:
            break
    return steps, float(left)


def _overshoot(h: float, beta: float, rule: str, warm_up: int = 0) -> float:
    """Return the overshoot of one mode, with beta raised over `warm_up` steps."""
    if not warm_up:
        return float(theory.overshoot(h, beta, rule))
    make = {"ema": rules.ema, "heavy_ball": rules.heavy_ball, "nesterov": rules.nesterov}[rule]
    path = descend(
        landscapes.quadratic([1.0]), [1.0], make(h, beta=schedules.linear(0.0, beta, warm_up)), 20 * warm_up
    )
    return float(max(0.0, -path.w.min()))


def _share(value: float) -> str:
    return "almost nothing" if value < 0.005 else f"{value:.0%}"
