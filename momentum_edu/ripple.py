"""Measure the ripple of a loss curve: its noise, its swings, and the damped oscillation that fits it.

For one quadratic mode the loss is proportional to x_t^2, so while w goes around once (2 pi / theta steps) the
loss dips twice: its period is pi / theta, and its ripple shrinks by D = beta each step where the ripple of w
shrinks by sqrt(beta).
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from momentum_edu.checks import Array

PERIODS = np.linspace(0.6, 1.5, 91)
"""Where the fit looks, relative to the first estimate."""
DECAYS = np.array([0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.88, 0.91, 0.94, 0.96, 0.975, 0.985, 0.992])
"""Factors a step that the fit tries for the loss's ripple."""
TRENDS = (0.3, 1.5)
"""Time constants of the trend under the ripple, relative to the fitted stretch."""


class Swing(NamedTuple):
    """One rise of the loss: the steps of its trough and its peak, and its height."""

    trough: int
    peak: int
    rise: float


@dataclass(frozen=True)
class Ringing:
    """A damped oscillation fitted to a stretch of a loss curve.

    Attributes
    ----------
    period : float
        Of the loss, in steps.
    decay : float
        Factor by which the loss's ripple shrinks each step.
    amplitude : float
        Of the ripple at the beginning of the stretch, in units of the loss.
    explained : float
        Share of the curve's variance around its trend that the oscillation explains, 0 to 1.
    curve, trend : array (steps,)
        The fit with and without the oscillation, from step 0 of the log.
    """

    period: float
    decay: float
    amplitude: float
    explained: float
    curve: Array
    trend: Array


def noise_level(losses: Array) -> float:
    """Return the standard deviation of what jumps from step to step, as a robust estimate.

    Third differences of a smooth curve vanish; those of white noise have a standard deviation sqrt(20) times
    the noise's own.

    Examples
    --------
    >>> import numpy as np
    >>> noise = np.random.default_rng(0).normal(0, 0.1, 5000)
    >>> print(f"{noise_level(np.linspace(2, 1, 5000) + noise):.2f}")
    0.10
    """
    if len(losses) < 4:
        return 0.0
    return float(1.4826 * np.median(np.abs(np.diff(losses, 3))) / np.sqrt(20))


def turning_share(losses: Array) -> float:
    """Return the share of inner points that are a local extreme.

    2/3 for white noise; 2 / period for an oscillation; 1 for a curve that alternates.

    Examples
    --------
    >>> turning_share([0, 1, 0, 1, 0])
    1.0
    """
    moves = np.sign(np.diff(losses))
    moves = moves[moves != 0]  # equal neighbours, as in a rounded log, decide nothing
    return float(np.mean(moves[1:] != moves[:-1])) if len(moves) > 1 else 0.0


def swings(losses: Array, smallest: float) -> list[Swing]:
    """Return the rises of at least `smallest`, each from a trough to the peak before the next such fall.

    Examples
    --------
    >>> swings([3.0, 1.0, 1.1, 1.0, 2.0, 0.5], smallest=0.5)
    [Swing(trough=1, peak=4, rise=1.0)]
    """
    found: list[Swing] = []
    low = high = 0
    rising = False
    values = np.asarray(losses, dtype=float).tolist()
    for step, value in enumerate(values):
        if rising:
            if value > values[high]:
                high = step
            elif values[high] - value >= smallest:
                found.append(Swing(low, high, values[high] - values[low]))
                low, rising = step, False
        elif value < values[low]:
            low = step
        elif value - values[low] >= smallest:
            high, rising = step, True
    if rising:
        found.append(Swing(low, high, values[high] - values[low]))
    return found


def first_period(found: list[Swing]) -> float:
    """Estimate the loss's period from its swings: between peaks and between troughs, or twice one rise."""
    if len(found) == 1:
        return max(2.0, 2.0 * (found[0].peak - found[0].trough))
    near = found[: max(2, min(4, len(found)))]
    gaps = np.diff([[s.trough, s.peak] for s in near], axis=0)
    return float(max(2.0, np.median(gaps)))


def fit_ringing(losses: Array, estimate: float) -> Ringing:
    """Fit trend + decay^t (a + b cos(2 pi t / period) + c sin(2 pi t / period)) to the curve.

    The trend is a constant and two slow exponentials. Period and decay are scanned, the rest is linear.

    Parameters
    ----------
    losses : array (n,)
        The stretch that rings, from its first fall to where the ripple is gone.
    estimate : float
        Period of the loss in steps, from `first_period`; the scan goes from 0.6 to 1.5 times that.
    """
    t = np.arange(len(losses), dtype=float)
    periods = np.maximum(estimate * PERIODS, 2.0)
    angles = 2 * np.pi * t[:, None] / periods
    waves = np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    slow = np.column_stack([np.ones_like(t), *(np.exp(-t / (share * len(t))) for share in TRENDS)])
    best = (-1.0, 0, 0.9)
    for decay in DECAYS:
        envelope = decay**t
        basis, _ = np.linalg.qr(np.column_stack([slow, envelope]))
        rest = losses - basis @ (basis.T @ losses)
        ripple = envelope[:, None, None] * waves
        ripple = ripple - np.tensordot(basis, np.tensordot(basis.T, ripple, 1), 1)
        gram = np.einsum("tpi,tpj->pij", ripple, ripple) + 1e-12 * np.eye(2)
        match = np.einsum("tpi,t->pi", ripple, rest)
        gain = np.einsum("pi,pi->p", match, np.linalg.solve(gram, match[..., None])[..., 0])
        gain -= rest @ rest  # least squares: the smallest remainder wins over all decays
        place = int(gain.argmax())
        if best[0] == -1.0 or gain[place] > best[0]:
            best = (float(gain[place]), place, float(decay))
    _, place, decay = best
    return _at(losses, t, slow, float(periods[place]), decay)


def _at(losses: Array, t: Array, slow: Array, period: float, decay: float) -> Ringing:
    envelope = decay**t
    waves = envelope[:, None] * np.column_stack(
        [np.cos(2 * np.pi * t / period), np.sin(2 * np.pi * t / period)]
    )
    without = np.column_stack([slow, envelope])
    full = np.column_stack([without, waves])
    weights = np.linalg.lstsq(full, losses, rcond=None)[0]
    plain = without @ np.linalg.lstsq(without, losses, rcond=None)[0]
    curve = full @ weights
    left, around = np.sum((losses - curve) ** 2), np.sum((losses - plain) ** 2)
    explained = 1 - left / around if around > 0 else 0.0
    trend = curve - waves @ weights[-2:]
    return Ringing(period, decay, float(np.hypot(*weights[-2:])), float(explained), curve, trend)
