"""The rules that turn measurements on a loss curve into a kind, with the reason in words.

The thresholds were chosen on two thirds of the shipped logs (`validation.make_logs`); the last third is
kept apart.
"""

import numpy as np

from momentum_edu.diagnosis.evidence import CLEAR_RISE, FINEST_RISE, Evidence
from momentum_edu.diagnosis.ripple import noise_level, repeats, swings, wanders

ROSE_TO_STAY = 0.5
"""Instability: the end lies this share of the fall above the lowest level."""
CLEARLY = 6.0
"""The same, at least so many standard deviations of the mean that the end is."""
EXPLODES = 10.0
"""Instability: the loss rises above its start by this many times its whole fall."""
FITS = 0.8
"""Ringing: the damped oscillation explains this share of the ripple."""
FITS_NOISE = 0.65
"""The same, of a curve that noise covers."""
EARLY, EARLY_NOISY = 4.5, 2.5
"""Ringing from rest: the first trough comes before this many times the rise after it."""
GROWS = 1.5
"""Instability: later rises exceed the early ones by this factor."""
MANY, FADES = 12, 0.8
"""Of many rises, the last quarter's must lie below this share of the first quarter's, or nothing fades."""
LARGE, SMALL = 0.2, 0.15
"""Rises, as shares of the fall: without a fitting oscillation, instability's and ringing's."""
RISE_UNDER_NOISE, RISE_UNDER_AVERAGE, WIDE = 0.05, 0.5, 4
"""Rises, as shares of the fall, that chance does not make: in little noise, in means of four steps."""
NOISE = 0.01
"""Noise: its standard deviation, as a share of the fall."""
SOON = 16
"""Ringing without a fit: so many periods after its first rise it is over."""
ALONE, GONE = 8, 0.75
"""A bad batch: one value, so many steps from the next such; then this share of the rise is gone."""
HALF_WAY = 0.5
"""A rise that has lost less than this share of itself at the end of the log is not over."""
NOT_DOWN = (
    ", and is not half way down again at the end: what rings comes down. Log on; and if this loss is on "
    "held-out data, it rises so where the network overfits."
)
FLAT = 1e-9
"""Changes below this share of the loss's size are rounding."""


def conclude(e: Evidence, steps_per_epoch: int | None = None) -> tuple[str, str]:
    """Return the kind and the reason."""
    if np.ptp(e.losses) <= FLAT * np.abs(e.losses).max():
        return "unclear", (
            "The loss does not change: no step reaches it. Look at the gradient first: is it zero, or cut "
            "off, or is the rate zero?"
        )
    if (risen := _rose_to_stay(e)) is not None:
        return "instability", risen
    if e.fall <= 0 and e.noisy:
        return "noise", "The loss does not fall; it only jumps from step to step."
    if e.fall <= 0:
        return (
            "unclear",
            "The loss never falls below its start, so there is nothing to measure its ripple by.",
        )
    if steps_per_epoch and repeats(e.losses, steps_per_epoch):
        return "noise", "The ripple repeats each epoch and does not fade: the batches come in the same order."
    if e.noisy:
        return _noisy(e)
    kind, reason = _clean(e)
    if kind == "instability" and _lone_spikes(e):
        reason += (
            " Each rise is one value, and the next is back: a bad batch does that too, and then a lower rate "
            "does not help."
        )
    return kind, reason


def _rose_to_stay(e: Evidence) -> str | None:
    top = float(e.losses[1:].max())  # a high first loss alone is no rise
    # A loss that is never negative has a zero to measure by; another has only its own size.
    size = 0.1 * e.start if e.losses.min() >= 0 else float(np.median(np.abs(e.losses)))
    if top > e.start + EXPLODES * max(e.fall, size):
        return f"The loss explodes, from {e.start:.4g} to {top:.4g}."
    if e.end > e.low + max(ROSE_TO_STAY * e.fall, CLEARLY * e.noise / np.sqrt(e.tail)):
        falls = "it only goes up, to" if (np.diff(e.losses) >= 0).all() else "it gets no lower, and ends at"
        if e.fall > 0:
            falls = f"it falls to {e.low:.4g}, and ends at"
        return f"The loss rises to stay: from {e.start:.4g} {falls} {e.end:.4g}."
    return None


def _clean(e: Evidence) -> tuple[str, str]:
    fit = e.ringing
    if fit is None:
        return "smooth", f"The loss falls from {e.start:.4g} to {e.low:.4g} and never rises by 1 % of that."
    rises = [s.rise / e.fall for s in e.swings]
    first, largest, count = e.swings[0], max(rises), len(rises)
    times = f"{count} times, first" if count > 1 else "once,"
    began = "After its first fall" if first.trough else "From its start"
    told = f"{began} the loss rises {times} by {rises[0]:.1%} of the whole fall"
    above = (max(e.losses[s.peak] for s in e.swings) - e.start) / e.fall
    late = e.losses[len(e.losses) // 3 :]
    if wanders(e.losses) and len(swings(late, FINEST_RISE * e.fall)) >= 3:
        return "unclear", (
            f"{told}, but its moves up and down follow no order, like those of a running mean of noise. "
            "A log of each step's own loss is needed."
        )
    early = [s.rise / e.fall for s in e.swings if s.peak <= first.peak + 6 * e.period]
    if largest > GROWS * max(early):
        return "instability", f"{told}, later by {largest:.1%}: ringing fades, this grows."
    quarter = count // 4
    if count >= MANY and max(rises[-quarter:]) > FADES * max(rises[:quarter]):
        return (
            "unclear",
            f"{told}, and at the end still by {max(rises[-quarter:]):.1%}: it swings without fading.",
        )
    begins = first.trough <= EARLY * (first.peak - first.trough)
    if fit.explained >= FITS and begins and above <= 0:
        if _stays_up(e):
            return "unclear", f"{told}{NOT_DOWN}"
        return "ringing", f"{told}; a damped oscillation explains {fit.explained:.0%} of that ripple."
    if above > -0.1:
        height = "above" if above > 0 else "almost to"
        return "instability", (
            f"{told}, and {height} where it began: ringing loses height from the first swing on."
        )
    if largest >= LARGE:
        return "instability", f"{told}, the most by {largest:.1%}; no damped oscillation fits these spikes."
    soon = first.trough <= 2 * EARLY * (first.peak - first.trough)
    over = e.swings[-1].peak - first.peak <= SOON * e.period
    if largest <= SMALL and count > 1 and soon and over:
        small = "small, follow each other closely and fade"
        if rises[-1] >= rises[0]:
            small = "small and follow each other closely"
        return "ringing", f"{told}; the rises are {small}."
    return "unclear", f"{told}; neither a damped oscillation nor a growing one fits it."


def _stays_up(e: Evidence) -> bool:
    """Say whether the loss rises once, and has not come half way down again at the end of the log."""
    return len(e.swings) == 1 and e.end > e.low + HALF_WAY * e.swings[0].rise


def _lone_spikes(e: Evidence) -> bool:
    """Say whether each rise is one value high, gone at the next, and far from the others and the start."""
    peaks = [s.peak for s in e.swings]
    return bool(np.all(np.diff([0, *peaks]) >= ALONE)) and all(
        s.peak == s.trough + 1
        and s.peak + 1 < len(e.losses)
        and e.losses[s.peak] - e.losses[s.peak + 1] >= GONE * s.rise
        for s in e.swings
    )


def _noisy(e: Evidence) -> tuple[str, str]:
    share = e.noise / e.fall
    told = (
        f"The loss turns at {e.turning_share:.0%} of its steps (2/3 is noise) and jumps by {share:.1%} of "
        "its fall"
    )
    if e.alternates:
        return "instability", f"{told}: it alternates from step to step, as at the edge of stability."
    fit = e.ringing
    if fit is not None and fit.explained >= FITS_NOISE:
        first = e.swings[0]
        around = e.losses[max(0, first.peak - e.width // 2) :][: e.width]  # the mean that is the peak
        if around.mean() - e.losses[0] > CLEAR_RISE * e.noise:
            return "instability", (
                f"{told}; under the noise it rises above where it began, by step {first.peak}: ringing loses "
                "height from the first swing on."
            )
        if first.trough <= EARLY_NOISY * (first.peak - first.trough):
            rises = f"{told}; under the noise it rises by {first.rise / e.fall:.1%} of its fall from step "
            if _stays_up(e):
                return "unclear", f"{rises}{first.trough} on{NOT_DOWN}"
            return "ringing", f"{rises}{first.trough} to {first.peak}, more than the noise can."
    rise = e.swings[0].rise / e.fall if e.swings else 0.0
    clear = rise > CLEARLY * share / np.sqrt(e.width)
    if (clear and e.width >= WIDE and rise > RISE_UNDER_AVERAGE) or (
        share < NOISE and rise > RISE_UNDER_NOISE
    ):
        return "unclear", f"{told}; yet its mean rises by {rise:.0%} of its fall, more than the noise can."
    if share >= NOISE:
        return "noise", f"{told}, with no period in it.{_high(e)}"
    return "smooth", f"{told}, too little to matter."


def _high(e: Evidence) -> str:
    """Return a doubt where a noisy loss stands far above where it began, as steps too large throw it."""
    top = int(e.losses.argmax())
    above = float(e.losses[top] - e.losses[0])
    if above <= max(RISE_UNDER_AVERAGE * e.fall, CLEARLY * noise_level(e.losses)):
        return ""
    return (
        f" But at step {top} it stands {above / e.fall:.0%} of its fall above where it began: a batch can do "
        "that, and so can too high a rate. Then a tenth of the rate takes it away."
    )
