"""What is wrong with a training log: ringing, noise or instability, told from the losses alone."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from momentum_edu import checks, theory
from momentum_edu.checks import Array
from momentum_edu.diagnosis import advice
from momentum_edu.diagnosis.advice import Advice
from momentum_edu.diagnosis.evidence import Evidence, gather
from momentum_edu.diagnosis.verdict import conclude

KINDS = ("smooth", "ringing", "noise", "instability", "unclear")
THEORY = {
    "heavy_ball": "heavy_ball",
    "classical_momentum": "heavy_ball",
    "ema": "ema",
    "nesterov": "nesterov",
}
"""The rule of `momentum_edu.theory` for each convention."""
SHORTEST = 10
DIVERGED = "The next loss is no number: the run has diverged."


@dataclass(frozen=True)
class Diagnosis:
    """What a loss curve shows, why, and what helps. Numbers that do not apply are nan.

    Attributes
    ----------
    kind : str
        "smooth", "ringing" (underdamped momentum), "noise" (mini-batches), "instability" (a rate at or beyond
        the limit) or "unclear".
    period : float
        Period of the *loss's* ripple in steps. The weights swing with twice that (`weight_period`), since a
        loss near its minimum is the square of their distance.
    decay_per_step : float
        Factor by which the swing of the *weights* shrinks each step, to be compared with sqrt(beta). The
        loss's ripple shrinks by its square.
    overshoot : float
        How far the weights shoot past the minimum of the ringing mode, as a fraction of their first distance.
    noise : float
        Standard deviation of the noise from step to step, in units of the loss.
    explanation : str
        The evidence in plain words.
    advice : tuple of Advice
        What to do, each with its predicted effect; each is a string.
    curvature, h : float
        Of the mode that rings, from the period; h is learning rate times curvature. Only where learning rate
        and beta were told and the period, well above two steps, tells them.
    evidence : Evidence or None
        All that was measured, and the fit, for a picture.
    """

    kind: str
    period: float
    decay_per_step: float
    overshoot: float
    noise: float
    explanation: str
    advice: tuple[Advice, ...]
    curvature: float = np.nan
    h: float = np.nan
    evidence: Evidence | None = field(default=None, repr=False)

    @property
    def weight_period(self) -> float:
        """Period of the ringing weights in steps: twice the loss's."""
        return 2 * self.period


def diagnose(
    losses: ArrayLike,
    steps_per_epoch: int | None = None,
    *,
    learning_rate: float | None = None,
    beta: float | None = None,
    convention: str = "heavy_ball",
    diverged: bool = False,
    stride: int = 1,
) -> Diagnosis:
    """Say what a training log shows: a smooth fall, ringing, noise, instability, or nothing clear.

    Parameters
    ----------
    losses : array (n,)
        Training loss of each step, in order, finite.
    steps_per_epoch : int, optional
        To speak of epochs, and to tell an order of batches that repeats each epoch from ringing.
    learning_rate, beta : float, optional
        Of the run, in the words of `convention`. Both together turn the period into a curvature.
    convention : {"heavy_ball", "classical_momentum", "ema", "nesterov"}
        "heavy_ball" is PyTorch's and Optax's SGD, "classical_momentum" Keras's.
    diverged : bool
        True where the loss after the last of these was nan or inf.
    stride : int
        Steps from one loss to the next; what the finding says of ringing then counts steps, not losses.

    Returns
    -------
    Diagnosis

    Raises
    ------
    ValueError, TypeError
        If the log is empty, not one-dimensional or not finite, or an option is out of range.

    Examples
    --------
    >>> from momentum_edu import theory
    >>> found = diagnose(0.2 + theory.response(1.0, 0.9, steps=150) ** 2)
    >>> print(f"{found.kind}, {found.period:.1f} steps, {found.decay_per_step:.2f} a step")
    ringing, 9.8 steps, 0.95 a step
    """
    y = _checked(losses)
    if steps_per_epoch is not None:
        checks.count("steps_per_epoch", steps_per_epoch, smallest=1)
    if learning_rate is not None:
        learning_rate = checks.number(
            "learning_rate", learning_rate, lambda x: x > 0, "be finite and positive"
        )
    if beta is not None:
        beta = checks.number("beta", beta, lambda x: (x >= 0) & (x < 1), "lie in [0, 1)")
    stride = checks.count("stride", stride, smallest=1)
    rule = THEORY[checks.choice("convention", convention, tuple(THEORY))]
    if len(y) < SHORTEST and not diverged:
        values = f"{len(y)} values are" if len(y) > 1 else "One value is"
        reason = f"{values} too few to tell: at least {SHORTEST} are needed."
        return Diagnosis("unclear", np.nan, np.nan, np.nan, np.nan, reason, advice.for_unclear())
    if len(y) < SHORTEST:
        return Diagnosis("instability", np.nan, np.nan, np.nan, np.nan, DIVERGED, advice.for_instability())
    with np.errstate(over="ignore", invalid="ignore"):  # losses near the largest number overflow when squared
        evidence = gather(y)
        kind, reason = ("instability", DIVERGED) if diverged else conclude(evidence, steps_per_epoch)
    if kind == "ringing" and beta == 0:
        kind, reason = "unclear", f"{reason[:-1]}, but without momentum nothing rings."
    if kind == "ringing":
        return _ringing(evidence, reason, learning_rate, beta, rule, stride)
    lines = {
        "smooth": advice.for_smooth,
        "noise": advice.for_noise,
        "instability": advice.for_instability,
        "unclear": advice.for_unclear,
    }[kind]()
    return Diagnosis(kind, np.nan, np.nan, np.nan, evidence.noise, reason, lines, evidence=evidence)


def curvature_from_period(
    period: float, learning_rate: float, beta: float, rule: str = "heavy_ball"
) -> float:
    """Return the curvature that makes a loss ring with this period.

    The loss's period is pi / theta, and cos(theta) = (1 + beta - a) / (2 sqrt beta) with a = learning_rate
    curvature for the heavy ball and (1 - beta) times that for the EMA; Nesterov's rule has cos(theta) =
    (1 + beta) sqrt(1 - h) / (2 sqrt beta). Periods below 2 steps can't be told from longer ones.

    Parameters
    ----------
    period : float
        Of the loss, in steps, at least 2.
    learning_rate, beta : float
        In the convention of `rule`; beta above 0.
    rule : {"heavy_ball", "ema", "nesterov"}
        As in `momentum_edu.theory`.

    Examples
    --------
    >>> from momentum_edu import theory
    >>> period = theory.ringing_period(0.1 * 20.0, 0.9, "ema") / 2
    >>> print(f"{curvature_from_period(period, 0.1, 0.9, 'ema'):.1f}")
    20.0
    """
    cosine = np.cos(np.pi / period)
    if rule == "nesterov":
        h = 1 - 4 * beta * cosine**2 / (1 + beta) ** 2
    else:
        h = 1 + beta - 2 * np.sqrt(beta) * cosine
        h = h / (1 - beta) if rule == "ema" else h
    return float(h / learning_rate)


def _ringing(
    evidence: Evidence, reason: str, learning_rate: float | None, beta: float | None, rule: str, stride: int
) -> Diagnosis:
    fit = evidence.ringing
    assert fit is not None  # a verdict of ringing rests on it
    period, shrinks = evidence.period * stride, float(fit.decay ** (1 / stride))
    decay = float(np.sqrt(shrinks))
    momentum = beta if beta else shrinks
    rule = rule if beta else "heavy_ball"
    h = curvature_from_period(period, 1.0, momentum, rule)
    overshoot = float(theory.overshoot(h, momentum, rule))
    known = learning_rate and beta and advice.explains(h, momentum, rule)
    curvature = h / learning_rate if learning_rate and known else np.nan
    compared = f", where sqrt(beta) is {np.sqrt(beta):.3f}" if beta else ""
    text = (
        f"{reason} The loss's period is {period:.1f} steps, so the weights swing with "
        f"{2 * period:.1f}; each step leaves {decay:.3f} of their swing{compared}."
    )
    if not beta:
        text += (
            f" Beta was not told: {momentum:.3g} is guessed from that, as a rule too low, and what is "
            "predicted below rests on it."
        )
    if np.isfinite(curvature):
        limit = theory.stability_limit(momentum, rule)
        text += (
            f" If the rate was constant, a curvature of {curvature:.3g} explains that period: h = rate x "
            f"curvature = {h:.3g}, inside the ringing band that begins at "
            f"{theory.ringing_band(momentum, rule)[0]:.3g} (limit {limit:.3g})."
        )
    return Diagnosis(
        "ringing",
        period,
        decay,
        overshoot,
        evidence.noise,
        text,
        advice.for_ringing(h, momentum, rule),
        curvature,
        h if np.isfinite(curvature) else np.nan,
        evidence,
    )


def _checked(losses: ArrayLike) -> Array:
    y = checks.numbers("losses", losses)
    if y.ndim != 1 or y.size == 0:
        raise ValueError(f"losses must be one non-empty curve (n,); got shape {y.shape}")
    bad = np.flatnonzero(~np.isfinite(y))
    if bad.size:
        raise ValueError(
            f"losses must be finite; got {y[bad[0]]} at step {bad[0]}. A run whose loss is no number has "
            f"diverged: its rate is beyond the limit. To look at what came before, pass losses[:{bad[0]}]"
        )
    return y.astype(np.float64)
