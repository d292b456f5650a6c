"""What can be measured from a loss curve before anything is concluded from it."""

from dataclasses import dataclass

import numpy as np

from momentum_edu.checks import Array
from momentum_edu.diagnosis.ringing import Ringing, fit_ringing, loss_period
from momentum_edu.diagnosis.ripple import (
    Swing,
    jitter,
    jumps,
    noise_level,
    roughness,
    swings,
    turning_share,
)

SMALLEST_RISE = 0.01
"""Rises below this share of the fall are not counted."""
FINEST_RISE = 0.001
"""Rises of this share of the fall are used to measure a period."""
CLEAR_RISE = 4.0
"""In a noisy curve, a rise must be this many standard deviations of the (averaged) noise."""
WIDTHS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128)
"""Steps that are averaged to look below the noise."""
EARLY_BLOCKS = 60
"""A noisy curve is searched for ringing in so many averages from its beginning."""


@dataclass(frozen=True)
class Evidence:
    """Measurements on a loss curve; losses in its own units, places in steps.

    Attributes
    ----------
    losses : array (n,)
        The log.
    start, low, end : float
        First loss (where it is noisy, the median of three), lowest level, level of the last fifteenth; where
        it is noisy, levels are means over a fifteenth of the log.
    tail : int
        Number of values that `end` is a mean of.
    noise : float
        Standard deviation of the noise from step to step.
    turning_share : float
        Share of points that are local extremes.
    noisy, alternates : bool
        Whether the curve jumps from step to step all along, and whether up and down in turns.
    swings : tuple of Swing
        The rises that stand out.
    width : int
        Steps averaged to find them; 1 where the curve is not noisy.
    period : float
        Of the loss, from the first of them; nan without any.
    ringing : Ringing or None
        The damped oscillation that fits around the first of them.
    """

    losses: Array
    start: float
    low: float
    end: float
    tail: int
    noise: float
    turning_share: float
    noisy: bool
    alternates: bool
    swings: tuple[Swing, ...]
    width: int
    period: float
    ringing: Ringing | None

    @property
    def fall(self) -> float:
        """From start to low; never negative."""
        return max(0.0, self.start - self.low)


def gather(losses: Array) -> Evidence:
    """Measure a finite loss curve of at least ten values."""
    (noisy, alternates), tail = jumps(losses), max(1, len(losses) // 15)
    level = block_means(losses, tail) if noisy else losses
    start = float(np.median(losses[:3])) if noisy else float(losses[0])
    low = float(level.min())
    width, period, ringing = 1, np.nan, None
    if noisy:
        width, found = _clear_swings(losses, start - low)
    else:
        found = swings(losses, max(SMALLEST_RISE * (start - low), 1e-9 * abs(start), 1e-300))
    if found:
        # Small dips count too once the large ones have shown that something swings.
        dips = found if noisy else swings(losses[: 4 * found[0].peak + 4], FINEST_RISE * (start - low))
        period = loss_period(losses, dips) if width == 1 else _coarse_period(found)
        ringing = fit_ringing(losses, period, found[0].peak)
        period = ringing.period if noisy else period
    return Evidence(
        losses=losses,
        start=start,
        low=low,
        end=float(losses[-tail:].mean()),
        tail=tail,
        noise=jitter(losses) if noisy else noise_level(losses),
        turning_share=turning_share(losses),
        noisy=noisy,
        alternates=alternates,
        swings=tuple(found),
        width=width,
        period=period,
        ringing=ringing,
    )


def block_means(losses: Array, width: int) -> Array:
    """Return the means of consecutive blocks of `width` values; what remains at the end is left out."""
    count = len(losses) // width
    return np.asarray(losses[: count * width].reshape(count, width).mean(axis=1))


def _clear_swings(losses: Array, fall: float) -> tuple[int, list[Swing]]:
    """Average noise away at several widths; return the width whose first swing stands out most."""
    chosen, clearest, found = 1, 0.0, list[Swing]()
    for width in WIDTHS:
        early = losses[: EARLY_BLOCKS * width]
        if len(early) < 12 * width:
            break
        noise = roughness(early) / np.sqrt(width)
        rises = swings(block_means(early, width), max(CLEAR_RISE * noise, SMALLEST_RISE * fall, 1e-300))
        if rises and rises[0].rise / noise > clearest:
            chosen, clearest = width, rises[0].rise / noise
            found = [Swing(_middle(s.trough, width), _middle(s.peak, width), s.rise) for s in rises]
    return chosen, found


def _coarse_period(found: list[Swing]) -> float:
    """Return the time of the first peak, or between two peaks: all that averages allow."""
    first = float(found[0].peak)
    return max(2.0, min(first, float(found[1].peak - found[0].peak))) if len(found) > 1 else max(2.0, first)


def _middle(block: int, width: int) -> int:
    return int((block + 0.5) * width)
