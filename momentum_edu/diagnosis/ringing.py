"""The period of a ringing loss, and the damped oscillation that fits it.

For one quadratic mode the loss is proportional to x_t^2, so while w goes around once (2 pi / theta steps) the
loss dips twice: its period is pi / theta, and its ripple shrinks by D = beta each step where the ripple of w
shrinks by sqrt(beta).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from momentum_edu.checks import Array
from momentum_edu.diagnosis.ripple import Swing

NEAR = np.array([0.85, 0.92, 1.0, 1.08, 1.17])
"""Periods that the fit tries, relative to the one measured."""
SHRINKS = np.array(
    [0.01, 0.03, 0.06, 0.1, 0.15, 0.2, 0.27, 0.35, 0.43, 0.52, 0.61, 0.7, 0.79, 0.87, 0.93, 0.98]
)
"""Factors a period by which the loss's ripple may shrink."""
HALF_STEP = 0.5
"""The first step already goes at full speed, so a run is at rest half a step before step 0."""
LATE, LATE_APART = 4.4, 1.5
"""A first peak later than this many times its rise, or the troughs' distance, did not begin at step 0."""
FEWEST_POINTS, MOST_POINTS = 12, 400
"""A shorter stretch says nothing with six parts to fit; a longer one is thinned."""


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
    start : int
        Step of the log at which the fitted stretch begins.
    curve, trend : array (steps,)
        The fit with and without the oscillation, one value a step from `start` on.
    """

    period: float
    decay: float
    amplitude: float
    explained: float
    start: int
    curve: Array
    trend: Array


def loss_period(losses: Array, found: Sequence[Swing]) -> float:
    """Return the period of the loss in steps, from its first extremes.

    A run that starts at rest has its first peak one period after step 0; its first two troughs are a period
    apart. Where the second is shorter, the curvature has changed on the way, and the geometric mean counts;
    where it is longer, it belongs to a lower curvature that rings more slowly, and the first counts. Where
    the first peak comes too late to have begun at step 0, only the distances between troughs and between
    peaks count, the shorter of the two, or twice the one rise.

    Examples
    --------
    >>> from momentum_edu import theory
    >>> from momentum_edu.diagnosis.ripple import swings
    >>> losses = theory.response(0.5, 0.95, steps=100) ** 2
    >>> print(f"{loss_period(losses, swings(losses, 0.01)):.1f}")
    19.9
    """
    trough, peak = _between(losses, found[0].trough), _between(losses, found[0].peak)
    from_rest = peak + HALF_STEP
    if len(found) == 1:
        return max(2.0, from_rest if peak < LATE * (peak - trough) else 2 * (peak - trough))
    apart = _between(losses, found[1].trough) - trough
    if peak > LATE * (peak - trough) or peak > LATE_APART * apart:
        return max(2.0, min(apart, _between(losses, found[1].peak) - peak))
    return max(2.0, float(np.sqrt(from_rest * min(from_rest, apart))))


def fit_ringing(losses: Array, period: float, peak: int) -> Ringing:
    """Fit trend + decay^t (a + b cos(2 pi t / period) + c sin(2 pi t / period)) around the first peak.

    The trend is a parabola. Period (near the one given) and decay are scanned, the rest is linear.

    Parameters
    ----------
    losses : array (n,)
        The log.
    period : float
        Of the loss in steps, from `loss_period`.
    peak : int
        Step of the first peak.
    """
    start = max(0, int(peak - 1.3 * period) - 1)
    stop = min(len(losses), max(int(np.ceil(peak + 1.5 * period)) + 2, start + FEWEST_POINTS))
    thin = max(1, (stop - start) // MOST_POINTS)
    t = np.arange(0, stop - start, thin, dtype=float)
    y = losses[start:stop:thin]
    periods, shrinks = np.meshgrid(np.maximum(period * NEAR, 2.0), SHRINKS, indexing="ij")
    decays = shrinks ** (1 / periods)
    remainders = _remainder(y, _ripple(t, periods, decays))
    best = np.unravel_index(int(remainders.argmin()), remainders.shape)
    tried, decay, remainder = periods[best], decays[best], remainders[best]

    parts = _ripple(t, tried, decay)
    weights = np.linalg.lstsq(parts, y, rcond=None)[0]
    around = _remainder(y, parts[:, :-2])
    everywhere = _ripple(np.arange(stop - start, dtype=float), tried, decay)
    return Ringing(
        period=float(tried),
        decay=float(decay),
        amplitude=float(np.hypot(*weights[-2:])),
        explained=float(1 - remainder / around) if around > 0 else 0.0,
        start=start,
        curve=everywhere @ weights,
        trend=everywhere[:, :-2] @ weights[:-2],
    )


def _ripple(t: Array, period: Array, decay: Array) -> Array:
    """Return the fit's parts (..., steps, 6): a parabola's three, the envelope, cosine and sine in it."""
    period, decay = period[..., np.newaxis], decay[..., np.newaxis]
    share, envelope, angle = t / (t[-1] + 1), decay**t, 2 * np.pi * t / period
    parts = [np.ones_like(t), share, share**2]
    waves = [envelope, envelope * np.cos(angle), envelope * np.sin(angle)]
    return np.stack(np.broadcast_arrays(*parts, *waves), axis=-1)


def _remainder(y: Array, parts: Array) -> Array:
    """Return the sums of squares (...) that least squares leaves."""
    basis = np.linalg.qr(parts).Q
    left = y[:, np.newaxis] - basis @ (np.swapaxes(basis, -1, -2) @ y[:, np.newaxis])
    return np.asarray(np.sum(left**2, axis=(-2, -1)))


def _between(losses: Array, step: int) -> float:
    """Return where between the steps an extreme lies: the top of the parabola through three losses."""
    if not 0 < step < len(losses) - 1:
        return float(step)
    before, here, after = losses[step - 1 : step + 2]
    bend = before - 2 * here + after
    return float(step + 0.5 * (before - after) / bend) if bend else float(step)
