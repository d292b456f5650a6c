"""The rules that turn measurements on a loss curve into a kind, with the reason in words.

The thresholds were chosen on two thirds of the shipped logs (`validation.make_logs`); the last third is
kept apart.
"""

from momentum_edu.evidence import Evidence

ROSE_TO_STAY = 0.5
"""Instability: the end lies this share of the fall above the lowest level."""
EXPLAINED = 0.5
"""Ringing: the damped oscillation must explain this share of the ripple."""
NOISE = 0.01
"""Noise: its standard deviation, as a share of the fall."""
ALTERNATES = 0.85
"""Share of turning points above which a curve alternates; white noise has 2/3."""


def conclude(e: Evidence, steps_per_epoch: int | None = None) -> tuple[str, str]:
    """Return the kind and the reason."""
    if e.fall <= 0:
        return _no_fall(e)
    if e.end > e.low + ROSE_TO_STAY * e.fall:
        return "instability", (
            f"The loss rises to stay: from {e.start:.4g} it falls to {e.low:.4g}, and ends at {e.end:.4g}."
        )
    if e.noisy:
        return _noisy(e, steps_per_epoch)
    return _clean(e)


def _no_fall(e: Evidence) -> tuple[str, str]:
    if e.end > e.start + 10 * e.noise and e.end > e.start:
        return "instability", f"The loss only rises, from {e.start:.4g} to {e.end:.4g}."
    return "unclear", "The loss never falls, so there is nothing to measure its ripple by."


def _clean(e: Evidence) -> tuple[str, str]:
    if not e.swings:
        return (
            "smooth",
            f"The loss falls from {e.start:.4g} to {e.low:.4g} and never rises by more than 1 % of that.",
        )
    rises = [s.rise for s in e.swings]
    count = f"{len(rises)} times" if len(rises) > 1 else "once"
    told = f"The loss rises {count} after its first fall, first by {rises[0] / e.fall:.1%} of the whole fall"
    peak = max(e.losses[s.peak] for s in e.swings)
    if peak > e.start + 0.02 * e.fall:
        return "instability", f"{told}, and to {peak:.4g}, above where it started: ringing never does that."
    fit = e.ringing
    if fit is None:
        return "unclear", f"{told}; too few steps to fit an oscillation."
    late = e.swings[0].trough > 4 * fit.period
    if late or max(rises) > 1.5 * rises[0]:
        return "instability", f"{told}; the rises come late and do not shrink, as at the edge of stability."
    if fit.explained >= EXPLAINED and fit.decay < 1:
        return "ringing", f"{told}; a damped oscillation explains {fit.explained:.0%} of it."
    return "unclear", f"{told}; neither a damped oscillation nor a growing one fits it."


def _noisy(e: Evidence, steps_per_epoch: int | None) -> tuple[str, str]:
    share = e.noise / e.fall
    jumps = f"The loss jumps at {e.turning_share:.0%} of its steps (2/3 is noise), by {share:.1%} of its fall"
    if e.turning_share > ALTERNATES:
        return "instability", f"{jumps}: it alternates from step to step, as at the edge of stability."
    fit = e.ringing
    if e.swings and fit and fit.explained >= 0.2 and e.swings[0].trough < 3 * fit.period:
        if steps_per_epoch and abs(fit.period / steps_per_epoch - 1) < 0.05:
            return (
                "noise",
                f"{jumps}, and its pattern repeats each epoch: the batches come in the same order.",
            )
        return "ringing", (
            f"{jumps}; under the noise it rises by {e.swings[0].rise / e.fall:.1%} of its fall "
            f"near step {e.swings[0].trough}, more than the noise can."
        )
    if share >= NOISE:
        return "noise", f"{jumps}, with no period in it."
    return "smooth", f"{jumps}, too little to matter."
