"""What can be measured from a loss curve before anything is concluded from it."""

from dataclasses import dataclass

import numpy as np

from momentum_edu.checks import Array
from momentum_edu.ripple import Ringing, Swing, first_period, fit_ringing, noise_level, swings, turning_share

NOISY = 0.4
"""Share of turning points above which a curve jumps from step to step: between 2/period and noise's 2/3."""
SMALLEST_RISE = 0.01
"""Rises below this share of the fall are not counted."""
CLEAR_RISE = 5.0
"""In a noisy curve, a rise must be this many standard deviations of the (averaged) noise."""


@dataclass(frozen=True)
class Evidence:
    """Measurements on a loss curve; losses in its own units, places in steps.

    Attributes
    ----------
    losses : array (n,)
        The log.
    start, low, end : float
        First loss; lowest and last level, as means over 1/15 of the log where it is noisy.
    fall : float
        From start to low; never negative.
    noise : float
        Standard deviation of the noise from step to step.
    turning_share : float
        Share of points that are local extremes.
    noisy : bool
        Whether the curve jumps from step to step.
    width : int
        Steps averaged to find the swings; 1 where the curve is not noisy.
    swings : tuple of Swing
        The rises that stand out.
    ringing : Ringing or None
        The damped oscillation that fits the first of them.
    """

    losses: Array
    start: float
    low: float
    end: float
    fall: float
    noise: float
    turning_share: float
    noisy: bool
    width: int
    swings: tuple[Swing, ...]
    ringing: Ringing | None


def gather(losses: Array) -> Evidence:
    """Measure a finite loss curve of at least ten values."""
    noise, share = noise_level(losses), turning_share(losses)
    noisy = share > NOISY
    level = block_means(losses, max(1, len(losses) // 15)) if noisy else losses
    start = float(np.median(losses[:3])) if noisy else float(losses[0])
    low = float(min(level.min(), start))
    end = float(losses[-max(1, len(losses) // 15) :].mean())
    width, found = _clear_swings(losses, max(start - low, losses.max() - low, 1e-300)) if noisy else (
        1, swings(losses, SMALLEST_RISE * max(start - low, 1e-12 * abs(start), 1e-300)))  # fmt: skip
    ringing = None
    if found:
        period = first_period(found)
        stretch = losses[: int(min(len(losses), found[0].peak + 2.5 * period + 4))]
        if len(stretch) >= 8:
            ringing = fit_ringing(stretch, period)
    return Evidence(losses, start, low, end, start - low, noise, share, noisy, width, tuple(found), ringing)


def block_means(losses: Array, width: int) -> Array:
    """Return the means of consecutive blocks of `width` values; what remains at the end is left out."""
    count = len(losses) // width
    return np.asarray(losses[: count * width].reshape(count, width).mean(axis=1))


def _clear_swings(losses: Array, fall: float) -> tuple[int, list[Swing]]:
    """Average away noise at ever larger widths; return the width whose first swing stands out most."""
    best, found, width = 0.0, [], 1
    chosen = 1
    while len(losses) // width >= 12:
        level = block_means(losses, width)
        smallest = max(CLEAR_RISE * noise_level(losses[: 60 * width]) / np.sqrt(width), SMALLEST_RISE * fall)
        rises = swings(level, smallest)
        if rises and rises[0].rise / smallest > best:
            best, chosen = rises[0].rise / smallest, width
            found = [Swing(_middle(s.trough, width), _middle(s.peak, width), s.rise) for s in rises]
        width *= 2
    return chosen, found


def _middle(block: int, width: int) -> int:
    return int((block + 0.5) * width)
