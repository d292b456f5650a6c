"""What helps against ringing, noise and instability, each with the effect that theory predicts."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from momentum_edu import rules, schedules, theory

HARDLY = 1e-6
"""A rise too small to compare with."""
ENOUGH = 0.1
"""A warm-up is long enough when it leaves this share of the loss's first rise."""
WORTH_IT = 0.5
"""A warm-up that leaves more than this share is not advised: near its limit it can even blow up."""
NO_USE = 0.9
"""A lower rate that leaves more than this share is no help."""
SHORT, SEEN = 2.1, 0.01
"""Nothing is predicted from a mode whose loss has a shorter period, in steps, or rises by less than this."""
AMBIGUOUS = 4.5
"""A period of the loss below this, in steps, may also be that of a rate near its limit."""


class Advice(str):
    """One sentence of advice; ``change`` and ``effect`` hold its numbers.

    Attributes
    ----------
    change : mapping
        What to alter: ``warmup_start``, ``warmup_end`` and ``warmup_steps``, ``learning_rate_factor`` or
        ``batch_factor``; empty where nothing is.
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
    """Advise against the ringing of a mode with this h and beta under `rule` (`momentum_edu.theory`).

    A warm-up of momentum is among it only where it takes at least half of the first rise away. Nothing is
    predicted from a mode that does not explain the ringing (`explains`).
    """
    few = bool(theory.ringing_period(h, beta, rule) / 2 < AMBIGUOUS)
    if not explains(h, beta, rule):
        lower = (
            "Take a quarter of the learning rate: so short a ripple may mean a rate near its limit. How "
            "much of it remains can't be predicted: a period of few steps leaves the curvature open."
        )
        if not few:
            lower = (
                "A quarter of the learning rate may help or not: momentum that fades so soon hardly lifts "
                "the loss after so long a period, and something else may. A run with beta = 0 at the same "
                "rate tells."
            )
        return (Advice(lower, learning_rate_factor=0.25), *_always(beta))
    warm_up = momentum_warm_up(h, beta, rule)
    quarter = _first_rise(h / 4, beta, rule) / max(_first_rise(h, beta, rule), HARDLY)
    # Where the velocity is a sum, a small beta also means small steps.
    speed = "at the same speed later on" if rule == "ema" else "after a slower start"
    warm = Advice(
        f"Warm the momentum up: raise beta from {warm_up.start:.3g} to {beta:.3g} in a straight line "
        f"over the first {warm_up.steps} steps, and leave the learning rate as it is. Predicted: "
        f"{_share(warm_up.left)} of the loss's first rise remains, {speed}.",
        warm_up.left,
        warmup_start=warm_up.start,
        warmup_end=beta,
        warmup_steps=warm_up.steps,
    )
    helps = warm_up.left <= WORTH_IT
    doubt = (
        " But so short a ripple may come from a rate near its limit: the rise can grow then." if few else ""
    )
    lower = f"{'Or take' if helps else 'Take'} a quarter of the learning rate."
    if quarter > NO_USE:
        lower = "A quarter of the learning rate promises no help."
    rate = Advice(
        f"{lower} Predicted: {_share(quarter)} of the first rise remains; flat directions take four times as "
        f"long, and the ripple fades no sooner.{doubt}",
        quarter,
        learning_rate_factor=0.25,
    )
    return (*([warm] if helps else []), rate, *_always(beta))


def explains(h: float, beta: float, rule: str) -> bool:
    """Say whether a log that rings with this h's period can be due to this h.

    At a period of two steps (heavy ball: h = 1 + beta) every peak falls between two steps, so that one mode's
    loss does not rise, and a shorter period looks like a longer one. What rings there has another h.

    Examples
    --------
    >>> explains(1.0, 0.9, "heavy_ball"), explains(1.9, 0.9, "heavy_ball")
    (True, False)
    """
    period = theory.ringing_period(h, beta, rule) / 2
    return bool(period > SHORT and _first_rise(h, beta, rule) > SEEN)


def _always(beta: float) -> tuple[Advice, ...]:
    """Return what can be said of any ringing."""
    settling = theory.settling_time(beta, 0.1) / 2
    return (
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


def for_instability() -> tuple[Advice, ...]:
    """Advise against a rate beyond the limit."""
    return (
        Advice(
            "Multiply the learning rate by 0.25. Predicted: the loss no longer rises to stay or to spike, "
            "unless the rate is more than four times too high, as where a loss leaves all bounds: then once "
            "more, until it holds. It may ring then.",
            0.0,
            learning_rate_factor=0.25,
        ),
        Advice(
            "If the rate is meant to be that high: warm the learning rate up over the first epochs, or clip "
            "the gradient; both hold the first steps below the limit, neither moves it. Was it warmed up "
            "already? Then it may be ringing: a run with beta = 0 at the same rates tells. If that one does "
            "not rise, warm the momentum up instead."
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


class WarmUp(NamedTuple):
    """A straight rise of beta, and the share of the loss's first rise that it leaves."""

    start: float
    steps: int
    left: float


def momentum_warm_up(h: float, beta: float, rule: str) -> WarmUp:
    """Return the shortest momentum warm-up that leaves at most a tenth of the loss's first rise.

    It begins at beta = 0, or where that overshoots by itself (in the EMA form, at h near 2) at beta / 3 or
    2 beta / 3. Where none suffices it is the best of those tried.

    Examples
    --------
    >>> warm_up = momentum_warm_up(1.0, 0.9, "ema")
    >>> warm_up.start, warm_up.steps, f"{warm_up.left:.3f}"
    (0.0, 10, '0.022')
    """
    now, tried = max(_first_rise(h, beta, rule), HARDLY), []
    for start in (0.0, beta / 3, 2 * beta / 3):
        for lengths in (1, 2, 3, 5, 8):
            steps = max(2, round(lengths / (1 - beta)))
            left = _first_rise(h, beta, rule, start, steps) / now
            tried.append(WarmUp(start, steps, left))
            if left <= ENOUGH:
                return tried[-1]
    return min(tried, key=lambda warm_up: warm_up.left)


def _first_rise(h: float, beta: float, rule: str, start: float | None = None, warm_up: int = 1) -> float:
    """Return the largest rise of one mode's loss, relative to its first value, with or without a warm-up."""
    period = theory.ringing_period(h, beta, rule)
    if np.isnan(period):  # a quarter of the rate may have left the ringing band
        return 0.0
    rule_of = {"ema": rules.ema, "heavy_ball": rules.heavy_ball, "nesterov": rules.nesterov}[rule]
    step = rule_of(h).formula
    betas = schedules.linear(beta if start is None else start, beta, warm_up)
    w, v, lowest, rise = 1.0, 0.0, 1.0, 0.0
    for b in betas(np.arange(warm_up + int(period) + 1)).tolist():
        w, v = step(w, v, w, h, b)  # on w^2 / 2, whose gradient is w
        lowest = min(lowest, w * w)
        rise = max(rise, w * w - lowest)
    return rise


def _share(value: float) -> str:
    return "almost nothing" if value < 0.005 else f"{value:.0%}"
