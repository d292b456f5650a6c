"""The cause of a run's ripple, decided by control runs alone; the log's own shape is never diagnosed here.

A run of heavy ball (``torch.optim.SGD``) at rate alpha, momentum beta, batch B has these controls, from the
same initial weights: the full batch (same alpha, beta); plain descent (full batch, same alpha, beta 0); the
same run with its batches shuffled otherwise; and the same run at a tenth of the rate. "Draw-up" is the
largest rise of a loss above its lowest value so far, over the whole fall from the first value to the lowest.

Full batch:
    smooth       its draw-up is below 1 %
    instability  draw-up 2 % or more, and it blew up, or the sharpness reached the limit (2 + 2 beta) / alpha
    ringing      draw-up 2 % or more, sharpness below that limit throughout, and plain descent at the same
                 alpha draws up by less than 1 %: take momentum away and the ripple is gone
Mini-batches, where "noise" is the standard deviation between the two shuffles:
    instability  the loss blew up or went up again to stay: its last fifth lies more than half of its fall
                 above its lowest 20-step mean; at a tenth of the rate that does not happen
    ringing      the full batch rings, and its first rise is at least 3 times the noise in the first 60 steps
    noise        noise is 2 % of the fall or more, and the full batch is smooth, or rings with a first rise
                 below half the noise
    smooth       the full batch is smooth and noise is below 0.5 % of the fall
Everything else has no single known cause ("several"): two causes at once, or between two thresholds.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

SEVERAL = "several"


class Controls(NamedTuple):
    """What the controls measured; fractions of the fall where not said otherwise."""

    batch: int
    """0 for the full batch."""
    full_draw_up: float
    """Of the full-batch run; nan where it blew up."""
    plain_draw_up: float
    """Of plain full-batch descent; nan where it blew up."""
    limit_share: float
    """Largest sharpness of the full-batch run over (2 + 2 beta) / alpha."""
    first_rise: float
    """Of the full-batch run, as a loss."""
    early_noise: float
    """Standard deviation between shuffles in the first 60 steps, as a loss."""
    noise: float
    fails: bool
    fails_at_tenth: bool


def draw_up(losses: NDArray[np.float64]) -> float:
    """Return the largest rise over the whole fall; nan for a run that blew up."""
    fall = losses[0] - losses.min()
    if np.isnan(fall):
        return np.nan
    return float((losses - np.minimum.accumulate(losses)).max() / max(fall, 1e-12))


def first_extremes(losses: NDArray[np.float64]) -> tuple[int, int]:
    """Return the steps of the first trough and of the peak after it; the last step where there is none."""
    rising = np.diff(losses) > 0
    trough = int(rising.argmax()) if rising.any() else len(losses) - 1
    falling = ~rising[trough:]
    return trough, trough + int(falling.argmax()) if falling.any() else len(losses) - 1


def fall(losses: NDArray[np.float64]) -> float:
    """Return how far a noisy loss falls, from its first value to its lowest 20-step mean."""
    return float(losses[0] - _means(losses).min())


def fails(losses: NDArray[np.float64]) -> bool:
    """Say whether a run blew up, or rose again to stay."""
    if np.isnan(losses).any():
        return True
    lowest = _means(losses).min()
    return bool(losses[-len(losses) // 5 :].mean() > lowest + 0.5 * abs(losses[0] - lowest))


def cause(run: Controls) -> str:
    """Name the cause by the rule above."""
    blew_up = np.isnan(run.full_draw_up)
    full = SEVERAL
    if run.full_draw_up < 0.01:
        full = "smooth"
    elif blew_up or (run.full_draw_up >= 0.02 and run.limit_share >= 1):
        full = "instability"
    elif run.full_draw_up >= 0.02 and run.plain_draw_up < 0.01:
        full = "ringing"
    if run.batch == 0:
        return full
    if run.fails:
        return SEVERAL if run.fails_at_tenth else "instability"
    if full == "ringing" and run.first_rise >= 3 * run.early_noise:
        return "ringing"
    overwhelmed = full == "ringing" and run.first_rise < 0.5 * run.early_noise
    if run.noise >= 0.02 and (full == "smooth" or overwhelmed):
        return "noise"
    return "smooth" if full == "smooth" and run.noise < 0.005 else SEVERAL


def _means(losses: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.convolve(losses, np.full(20, 1 / 20), mode="valid")
