"""Every sentence of the explorer of diagnosis: shipped runs, pasted ones and invented ones, measured anew."""

import re
from functools import lru_cache
from importlib import import_module

import numpy as np
import pytest
from losses_measured import Truth, check_drawn, climbs, four, invented, pasted, percent
from sentences import code, finding, matched, rounds, shown, sweep, words_drawn

import momentum_edu as me
from momentum_edu.diagnosis.shipped_logs import load_logs
from momentum_edu.live import Window

explorer_of = import_module("momentum_edu.explorers.diagnosis")  # the package's name is the function's
WIDTHS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128)


@pytest.fixture(scope="module")
def explorer():
    """An explorer that measures its axes anew for each log, but draws what stands still only once."""
    opened = explorer_of.diagnosis()
    picture = opened.picture

    def measure():
        sides = picture._width, picture._height
        picture._windows = {axes: Window.of(axes, *sides) for axes in picture.figure.axes}

    picture.redraw = measure
    return opened


def explorer_result(explorer):
    """What the explorer's frame was made from."""
    chosen, count = explorer._last[1], explorer_of.stretch(explorer._last[1].log)
    part = shown(explorer)
    seen = max(1, -(-count * part // 100)) if part < 100 else None
    return explorer_of.compute(chosen.log, seen=seen, **chosen.settings)


def too_few(t, said):
    assert len(t.y) < 10
    assert (said["n"] or "1") == str(len(t.y))


def smooth(t, said):
    four(said["a"], t.y[0])
    four(said["b"], t.y.min())
    assert t.fall > 0
    assert max(t.y - np.minimum.accumulate(t.y)) < 0.01 * t.fall + 1e-9 * abs(t.y[0])


def jumping(t, said):
    percent(said["turn"], t.turning)
    percent(said["jump"], t.noise / t.drop)
    rest = said["rest"]
    if "too little" in rest:
        assert t.noise < 0.01 * t.drop
    if "alternates" in rest:
        assert t.turning > 0.6
    if "no period" in rest:
        assert t.noise >= 0.01 * t.drop
    if match := re.search(r"rises by (\S+)%( of its fall from step (\d+) to (\d+))?", rest):
        found = []
        for width in WIDTHS:
            means = t.y[: len(t.y) // width * width].reshape(-1, width).mean(1)
            places = [int((k + 0.5) * width) for k in range(len(means))]
            for low, high in [(int(match[3]), int(match[4]))] if match[2] else []:
                if low in places and high in places:
                    found.append(means[places.index(high)] - means[places.index(low)])
            for least in (0.01 * t.drop, 4 * t.noise / np.sqrt(width)):
                found += [height for *_, height in climbs(means, least)]
        assert any(rounds(match[1], 100 * each / t.drop) for each in found), found


def only_jumps(t, said):
    assert t.drop <= 0


def told(t, said):
    """After its first fall the loss rises so many times, first by so much."""
    assert (t.climbs[0][0] > 0) == (said["begun"] == "after its first fall")
    count = int(said["count"]) if said["count"] else 1
    assert len(t.climbs) == count
    percent(said["first"], t.rises[0])


def not_down(t, said):
    told(t, said)
    [(trough, peak)] = [climb[:2] for climb in t.climbs]
    tail = max(1, len(t.y) // 15)
    assert t.y[-tail:].mean() > (t.y[trough] + t.y[peak]) / 2


def explained(t, said):
    told(t, said)
    assert (said["plain"] is not None) == (t.set["beta"] == 0)
    fit = t.found.evidence.ringing
    y = t.y[fit.start : fit.start + len(fit.curve)]
    k, envelope = np.arange(len(y)), fit.decay ** np.arange(len(y))
    turn = 2 * np.pi * k / fit.period
    trend = [np.ones(len(y)), k / len(y), (k / len(y)) ** 2, envelope]
    left = []
    for parts in (trend, [*trend, envelope * np.cos(turn), envelope * np.sin(turn)]):
        columns = np.array(parts).T
        left.append(((y - columns @ np.linalg.lstsq(columns, y, rcond=None)[0]) ** 2).sum())
    percent(said["share"], 1 - left[1] / left[0])


def ringing(t, said):
    """Every so many steps, by a curvature that makes the eigenvalues of one step turn so far."""
    period = t.found.period
    assert rounds(said["period"], period)
    known = t.set["learning_rate"] > 0 and t.set["beta"] > 0
    if said["h"] is None:
        return
    assert known
    b, h, rule = t.set["beta"], t.found.h, t.set["convention"]
    assert rounds(said["h"], h, 3)
    assert rounds(said["curvature"], h / t.set["learning_rate"], 3)
    pull = {"ema": h * (1 - b)}.get(rule, h)
    ahead = b * h if rule == "nesterov" else 0.0  # Nesterov's rule looks ahead: its step (x, x before)
    step = np.array([[1 + b - pull - ahead, -b * (1 - h) if rule == "nesterov" else -b], [1, 0]])
    angle = abs(np.angle(np.linalg.eigvals(step))).max()
    assert np.pi / angle == pytest.approx(period, rel=1e-6)


def later(t, said):
    told(t, said)
    percent(said["later"], max(t.rises))
    assert max(t.rises) > 1.4 * t.rises[0]


def without_fading(t, said):
    told(t, said)
    percent(said["late"], max(t.rises[-(len(t.rises) // 4) :]))
    assert len(t.rises) >= 12


def began(t, said):
    told(t, said)
    top = max(t.y[peak] for _, peak, _ in t.climbs)
    if said["how"] == "above":
        assert top > t.y[0]
    else:
        assert t.y[0] - 0.1 * t.fall <= top <= t.y[0]


def spikes(t, said):
    told(t, said)
    percent(said["most"], max(t.rises))


def small(t, said):
    told(t, said)
    assert (said["plain"] is not None) == (t.set["beta"] == 0)
    assert max(t.rises) <= 0.15
    assert (said["fade"] is not None) == (t.rises[-1] < t.rises[0])


def explodes(t, said):
    four(
        said["a"],
        t.y[0] if t.found.evidence.width == 1 and not t.found.evidence.noisy else np.median(t.y[:3]),
    )
    four(said["b"], t.y.max())
    assert t.y.max() > t.y[0]


def stays_up(t, said):
    noisy = t.found.evidence.noisy
    start, low = (np.median(t.y[:3]), t.means.min()) if noisy else (t.y[0], t.y.min())
    four(said["a"], start)
    four(said["c"], t.end)
    if said["b"]:
        four(said["b"], low)
    elif said["how"] == "only goes up":
        assert (np.diff(t.y) >= 0).all()
    else:
        assert low >= start
    assert t.end > low


def no_number(t, said):
    assert t.whole
    assert t.log.diverged_line is not None


def no_fall(t, said):
    assert (t.y >= t.y[0]).all()


def flat(t, said):
    assert np.ptp(t.y) <= 1e-9 * abs(t.y).max()


def repeats(t, said):
    every = t.log.steps_per_epoch
    rows = t.y[: len(t.y) // every * every].reshape(-1, every)
    halves = [part.mean(0) - part.mean() for part in np.array_split(rows, 2)]
    assert np.corrcoef(halves)[0, 1] > 0.3


AFTER = r"(?P<begun>after its first fall|from its start) the loss rises ((?P<count>\d+) times, first|once,)"
AFTER += r" by (?P<first>\S+)% of the whole fall"
FEW = r"(one value is|(?P<n>\d+) values are) too few to tell: at least 10 are needed"
EVERY = r"\. Every (?P<period>\S+) steps(: a curvature of (?P<curvature>\S+) does that \(h = (?P<h>\S+)\))?"
REASONS = {
    rf"Unclear: {FEW}": too_few,
    r"Smooth: the loss falls from (?P<a>\S+) to (?P<b>\S+) and never rises by 1 % of that": smooth,
    r"\w+: the loss turns at (?P<turn>\S+)% of its steps \(2/3 is noise\) and jumps by (?P<jump>\S+)% of its "
    r"fall(?P<rest>[,:;].+?)": jumping,
    r"Noise: the loss does not fall; it only jumps from step to step": only_jumps,
    rf"(Ringing|Unclear): {AFTER}; a damped oscillation explains (?P<share>\S+)% of that ripple"
    r"(?P<plain>, but without momentum nothing rings)?": explained,
    rf"Unclear: {AFTER}, and is not half way down again at the end: what rings comes down": not_down,
    rf"Unclear: {AFTER}, but its moves up and down follow no order, like those of a running mean of "
    r"noise": told,
    rf"Instability: {AFTER}, later by (?P<later>\S+)%: ringing fades, this grows": later,
    rf"Unclear: {AFTER}, and at the end still by (?P<late>\S+)%: it swings without fading": without_fading,
    rf"Instability: {AFTER}, and (?P<how>above|almost to) where it began: ringing loses height from the "
    r"first swing on": began,
    rf"Instability: {AFTER}, the most by (?P<most>\S+)%; no damped oscillation fits these spikes": spikes,
    rf"(Ringing|Unclear): {AFTER}; the rises are small(, follow each other closely and (?P<fade>fade)| and "
    r"follow each other closely)(?P<plain>, but without momentum nothing rings)?": small,
    rf"Unclear: {AFTER}; neither a damped oscillation nor a growing one fits it": told,
    r"Instability: the loss explodes, from (?P<a>\S+) to (?P<b>\S+)": explodes,
    r"Instability: the loss rises to stay: from (?P<a>\S+) it (falls to (?P<b>\S+), and ends at|(?P<how>only "
    r"goes up), to|gets no lower, and ends at) (?P<c>\S+)": stays_up,
    r"Instability: the next loss is no number: the run has diverged": no_number,
    r"Unclear: the loss never falls below its start, so there is nothing to measure its ripple by": no_fall,
    r"Unclear: the loss does not change: no step reaches it": flat,
    r"Noise: the ripple repeats each epoch and does not fade: the batches come in the same order": repeats,
}
FINDINGS = {
    reason + rf"(?P<every>{EVERY})?\.( Known cause: (?P<cause>.+)\.)?": c for reason, c in REASONS.items()
}


def check(explorer, number):
    t = Truth(explorer.values, explorer_result(explorer))
    checker, said = matched(FINDINGS, finding(explorer))
    checker(t, said)
    assert (said["every"] is not None) == explorer.picture.status.startswith("Ringing")
    if said["every"]:
        ringing(t, said)
    place = explorer.values["which"]
    assert said["cause"] == (load_logs_once()[place].cause if place >= 0 else None)
    check_drawn(t, words_drawn(explorer))
    if number % 5 == 0:
        check_code(explorer, t)


@lru_cache
def load_logs_once():
    return load_logs()


def check_code(explorer, t):
    setup, _, last = code(explorer).rpartition("\n")
    names = {"me": me, "losses": t.log.losses}
    exec(setup, names)
    again = eval(last, names)
    assert (again.kind, again.explanation) == (t.found.kind, t.found.explanation)


def shipped_settings(explorer):
    rng = np.random.default_rng(12)
    parts = [0, 1, 3, 5, 10, 30, 99, 100]
    for button in explorer.children[2].children:
        button.click()
        yield {**explorer.values, "step": shown(explorer)}
    for place in explorer_of.SHIPPED:
        own = explorer_of._of_run(place)
        for part in [*parts, *rng.integers(100, size=4)]:
            yield {"which": place, "step": int(part), **own}
        for convention in explorer_of.CONVENTIONS.values():
            for beta in (0.0, 0.5, 0.9, 0.995):
                rate = float(rng.choice([0.0, 0.001, 0.1, 1000.0]))
                yield {
                    "which": place,
                    "step": 100,
                    "beta": beta,
                    "learning_rate": rate,
                    "convention": convention,
                }


def test_every_sentence_on_a_shipped_run_is_true(explorer):
    sweep(explorer, shipped_settings(explorer), check)


def test_every_sentence_on_a_pasted_run_is_true(explorer):
    rng = np.random.default_rng(13)
    runs = [invented(rng) for _ in range(120)]
    runs += [each.losses for each in rng.choice(np.array(load_logs_once(), dtype=object), 60)]

    def settings():
        for losses in runs:
            text = pasted(losses, rng)
            known = {
                "beta": float(rng.choice([0.0, 0.5, 0.9])),
                "learning_rate": float(rng.choice([0, 0.05])),
            }
            part = int(rng.choice([100, 100, 100, 99, rng.integers(100)]))
            yield {"which": -1, "text": text, **known, "step": part}

    sweep(explorer, settings(), check)
