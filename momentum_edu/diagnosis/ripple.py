"""Measure the ripple of a loss curve: its noise, its turns and its swings."""

from typing import NamedTuple

import numpy as np

from momentum_edu.checks import Array

PARTS, SHORTEST_PART = 6, 40
"""A curve is looked at in so many parts; in shorter ones noise may turn at any share of the points."""
JUMPY, ALTERNATING = 0.42, 0.85
"""Shares of turning points above which a part of a curve jumps, or alternates; white noise has 2/3."""
REPEATED = 0.5
"""A pattern that repeats makes this share of the ripple, and keeps this share of its size."""
CHANCE, LAGS = 3.0, 8
"""Moves are random when they agree with none of so many before by more standard deviations than this."""
ROUNDING = 1e-12
"""Moves below this share of the loss are rounding."""


class Swing(NamedTuple):
    """One rise of the loss: the steps of its trough and its peak, and its height."""

    trough: int
    peak: int
    rise: float


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


def roughness(losses: Array) -> float:
    """Return the same without robustness: outliers count, and so does the curve itself where it bends.

    Examples
    --------
    >>> import numpy as np
    >>> noise = np.random.default_rng(0).normal(0, 0.1, 5000)
    >>> print(f"{roughness(np.linspace(2, 1, 5000) + noise):.2f}")
    0.10
    """
    return float(np.std(np.diff(losses, 3)) / np.sqrt(20)) if len(losses) > 3 else 0.0


def jitter(losses: Array) -> float:
    """Return the roughness, but no more than the steps upward allow: a steep fall is no noise.

    Noise steps up as far as down, the largest of many steps by more than their standard deviation, which is
    sqrt(2) times the noise's own.

    Examples
    --------
    >>> import numpy as np
    >>> steep = 2 / np.arange(1, 31) + 0.01 * (np.arange(30) % 2)
    >>> print(f"{roughness(steep):.3f}, {jitter(steep):.3f}")
    0.022, 0.005
    """
    up = float(np.diff(losses).max(initial=0.0))
    return min(roughness(losses), up / 2**0.5)


def turning_share(losses: Array) -> float:
    """Return the share of inner points that are a local extreme.

    2/3 for white noise; 2 / period for an oscillation; 1 for a curve that alternates.

    Examples
    --------
    >>> turning_share([0, 1, 0, 1, 0])
    1.0
    """
    moves = np.diff(losses)
    # Equal neighbours, as in a rounded log, decide nothing; nor does the rounding of a loss that has settled.
    moves = np.sign(moves[np.abs(moves) > ROUNDING * np.abs(losses[1:])])
    return float(np.mean(moves[1:] != moves[:-1])) if len(moves) > 1 else 0.0


def jumps(losses: Array) -> tuple[bool, bool]:
    """Say whether a curve jumps from step to step all along, as with mini-batches, and if so, in alternation.

    For the first, all but one of six parts must have more turning points than an oscillation of five steps: a
    full-batch run is smooth somewhere, even at the edge of stability. For the second, two parts must have
    more than noise ever has.

    Examples
    --------
    >>> import numpy as np
    >>> jumps(np.random.default_rng(0).random(300)), jumps(np.cos(np.arange(300) / 3))
    ((True, False), (False, False))
    """
    if len(losses) < PARTS * SHORTEST_PART:
        return turning_share(losses) > JUMPY, False
    shares = sorted(turning_share(part) for part in np.array_split(losses, PARTS))
    return shares[1] > JUMPY, shares[1] > JUMPY and shares[-2] > ALTERNATING


def wanders(losses: Array) -> bool:
    """Say whether a curve moves up and down as at random, like a running mean of noise.

    After its first third, which way it moves does not depend on the moves before. What oscillates, fading or
    growing, moves for some steps in one direction. Short curves are never said to wander.

    Examples
    --------
    >>> import numpy as np
    >>> noise = np.random.default_rng(0).normal(size=400)
    >>> mean = np.convolve(noise, np.full(20, 1 / 20), mode="valid")
    >>> wanders(mean), wanders(np.cos(np.arange(400) / 3))
    (True, False)
    """
    moves = np.diff(losses)[len(losses) // 3 :]
    up = np.sign(moves - np.median(moves))
    if len(up) < 10 * LAGS or not up.any():
        return False
    agree = [abs(float(np.mean(up[lag:] * up[:-lag]))) for lag in range(1, LAGS + 1)]
    return bool(max(agree) < CHANCE / np.sqrt(len(up)))


def repeats(losses: Array, every: int) -> bool:
    """Say whether the same pattern comes back each `every` steps and does not fade.

    Mean patterns of the first and the second half of the log, each epoch's own slope taken away, must agree.

    Examples
    --------
    >>> import numpy as np
    >>> t = np.arange(200)
    >>> repeats(np.exp(-t / 50) + 0.1 * (t % 20 == 3), 20), repeats(np.cos(t / 3.2) * 0.97**t, 20)
    (True, False)
    """
    count = len(losses) // every
    if every < 3 or count < 4:
        return False
    epochs = losses[: count * every].reshape(count, every)
    slope = np.column_stack([np.ones(every), np.arange(every)])
    bumps = epochs.T - slope @ np.linalg.lstsq(slope, epochs.T, rcond=None)[0]
    early, late = bumps[:, : count // 2].mean(axis=1), bumps[:, count // 2 :].mean(axis=1)
    explained = np.var(bumps.mean(axis=1)) / max(float(np.var(bumps)), 1e-300)
    return bool(explained > REPEATED and early @ late > REPEATED * (early @ early))


def swings(losses: Array, smallest: float) -> list[Swing]:
    """Return the rises of at least `smallest`, each from a trough to the peak before the next such fall.

    Examples
    --------
    >>> swings([3.0, 1.0, 1.1, 1.0, 2.0, 0.5], smallest=0.5)
    [Swing(trough=1, peak=4, rise=1.0)]
    """
    moves = np.diff(losses)
    moving = np.flatnonzero(moves)
    turns = moving[1:][np.diff(np.sign(moves[moving])) != 0]  # only there can a trough or a peak be
    steps = [0, *turns.tolist(), len(losses) - 1]
    values = dict(zip(steps, np.asarray(losses, dtype=float)[steps].tolist(), strict=True))
    found: list[Swing] = []
    low = high = 0
    rising = False
    for step, value in values.items():
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
