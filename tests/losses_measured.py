"""Losses to be diagnosed, and what is measured on them in plain NumPy."""

import re
from itertools import pairwise

import numpy as np
from sentences import rounds


def climbs(losses, least):
    """The rises of at least ``least``, from each trough to the peak after it: (trough, peak, height)."""
    found, low, high = [], 0, None
    for step, value in enumerate(losses):
        if high is None:
            low = step if value < losses[low] else low
            high = step if value - losses[low] >= least else None
        elif value > losses[high]:
            high = step
        elif losses[high] - value >= least:
            found.append((low, high, losses[high] - losses[low]))
            low, high = step, None
    return found if high is None else [*found, (low, high, losses[high] - losses[low])]


class Truth:
    """What is measured on the losses seen."""

    def __init__(self, settings, result):
        self.set = settings
        self.y, self.found, self.log = result.log.losses[: result.seen], result.found, result.log
        y, n = self.y, len(self.y)
        self.whole = n == len(self.log.losses)
        self.fall = y[0] - y.min()  # where it does not jump
        self.climbs = climbs(y, max(0.01 * self.fall, 1e-9 * abs(y[0]), 1e-300))
        self.rises = [height / self.fall if self.fall else np.inf for *_, height in self.climbs]
        tail = max(1, n // 15)
        self.means = y[: n // tail * tail].reshape(-1, tail).mean(1)
        self.drop = np.median(y[:3]) - self.means.min()  # where it jumps
        self.end = y[-tail:].mean()
        moves = [b - a for a, b in pairwise(y) if abs(b - a) > 1e-12 * abs(b)]
        turns = [(a < 0) != (b < 0) for a, b in pairwise(moves)]
        self.turning = np.mean(turns) if turns else 0.0
        with np.errstate(all="ignore"):
            self.noise = np.std(y[3:] - 3 * y[2:-1] + 3 * y[1:-2] - y[:-3]) / np.sqrt(20) if n > 3 else 0.0
            self.noise = min(self.noise, max([0.0, *(y[1:] - y[:-1])]) / np.sqrt(2))  # a steep fall is none


def percent(printed, share):
    assert rounds(printed, 100 * share), f"{printed} % for {share:.5f}"


def four(printed, value):
    assert rounds(printed, value, 4), f"{printed} for {value}"


def invented(rng):
    """Return losses: of one mode, with noise or none, that climb, jump, lie flat, or end in no number."""
    n, kind = int(rng.choice([1, 2, 9, 10, 11, 30, 100, 400])), rng.integers(15)
    t = np.arange(n)
    fall, noise = np.exp(-t / rng.uniform(3, 60)), rng.standard_normal(n)
    b, h = rng.uniform(0.3, 0.98), rng.uniform(0.05, 1.9)
    x, before, mode = 1.0, 1.0, []
    for _ in t:
        mode.append(x * x)
        x, before = (1 + b - h) * x - b * before, x
    curves = [
        fall,
        np.array(mode),
        np.array(mode) + rng.choice([1e-4, 0.01, 0.1]) * noise,
        fall + rng.choice([1e-4, 0.003, 0.05, 1.0]) * noise,
        np.cumsum(abs(noise)) + 1,
        1 - 0.5 * fall + 0.001 * noise,
        np.full(n, 0.7) + rng.choice([0, 1e-12]) * noise,
        fall + 0.3 * (t % 17 == 5),
        np.where(t == 1, 1.2, fall),
        fall + 0.02 * np.sin(t / 3) ** 2 * rng.choice([1, 30]),
        1.1 ** np.minimum(t, 60) * rng.choice([0.01, 1]) + fall,
        1 + 0.05 * np.sin(t / 5) ** 2,
        np.where(t < 3, 0.99, 1 + 0.01 * noise),
        0.5 + 0.5 * fall + 0.003 * 1.04 ** np.minimum(t, 90) * np.sin(t / 2),
        1 + 0.05 * np.exp(-((t - n / 2) ** 2) / 9),
    ]
    return np.array(curves[kind])


def pasted(losses, rng):
    """Write losses as a reader might: one a line, with an epoch before each, or ending in nan."""
    every = rng.choice([0, 0, 0, 20])
    if every:
        losses = losses + 0.1 * np.ptp(losses) * (np.arange(len(losses)) % every == 3)
    lines = [f"{k // every},{loss:.9g}" if every else f"{loss:.9g}" for k, loss in enumerate(losses)]
    return "\n".join(
        [*["epoch,loss"][: int(every > 0)], *lines, *["nan"] * (not every and rng.random() < 0.1)]
    )


def check_drawn(t, words):
    """The three measurements, the period, and what is not there."""
    shares = [t.turning]
    fall = t.found.evidence.fall if t.found.evidence else np.nan
    if t.found.evidence:
        shares += [swing.rise / fall for swing in t.found.evidence.swings if fall]
        shares += [0.0 if fall else np.nan]
        shares += [t.found.evidence.ringing.explained] if t.found.evidence.ringing else []
    for each in words:
        if each.endswith(" %"):
            assert any(rounds(each[:-2], 100 * share) for share in shares), f"{each} {shares}"
        elif each.endswith(" times the fall"):
            assert fall > 0
            assert any(share >= 9 for share in shares)
        elif match := re.fullmatch(r"(\S+) steps(: curvature (\S+))?", each):
            assert rounds(match[1], t.found.period)
            assert match[2] is None or rounds(match[3], t.found.curvature, 3)
        elif each == "no fall to measure by":
            assert not t.y.min() < t.y[0] or t.drop <= 0
        elif each == "no rise stands out":
            assert not t.found.evidence.swings
        else:
            assert each in ("no ripple to explain", "no damped wave fits"), each
