"""Every sentence of the explorer of schedules against plain loops: a parabola, a network, invented losses."""

import itertools

import numpy as np
import pytest
from sentences import code, drawn, finding, matched, notches, rounds, shown, sweep, words_drawn

import momentum_edu as me
from momentum_edu import explorers
from momentum_edu.explorers import scheduled

STEPS = 40


@pytest.fixture(scope="module")
def explorer():
    return explorers.schedules()


def rates(shape, peak, n):
    """The learning rate at each step, written out."""
    t = np.arange(STEPS)
    if shape == "warm-up":
        return np.minimum((t + 1) / n, 1) * peak
    if shape == "cosine decay":
        return peak * (1 + np.cos(np.pi * t / STEPS)) / 2
    if shape == "halved every n steps":
        return peak * 0.5 ** (t // n)
    return np.full(STEPS, peak)


def betas(shape, last, n):
    first = {"constant": last, "warm-up from 0": 0.0, "warm-up from β/2": last / 2}[shape]
    return first + (last - first) * np.minimum(np.arange(STEPS) / n, 1)


def walk(slope, w, eta, beta, form, last, height):
    """Walk by one form of the rule; ``eta`` are rates, or a largest one to be halved on plateaus."""
    v, path, losses, used = 0 * w, [w], [], []
    best, bad, rate = np.inf, 0, eta
    with np.errstate(all="ignore"):
        for t in range(STEPS):
            loss, g = height(w), slope(w)
            if np.ndim(eta) == 0:
                best, bad = (loss, 0) if loss < best * (1 - 1e-4) else (best, bad + 1)
                if bad > 2:
                    rate, bad = rate / 2, 0
            now = eta[t] if np.ndim(eta) else rate
            used.append(now)
            losses.append(loss)
            now = now * (1 if form == "ema" else 1 - last)
            if form == "ema":
                v = beta[t] * v + (1 - beta[t]) * g
                w = w - now * v
            elif form == "heavy_ball":
                v = beta[t] * v + g
                w = w - now * v
            else:
                v = beta[t] * v - now * g
                w = w + v
            path.append(w)
        losses.append(height(w))
    return path, np.array(losses), np.array(used)


class Truth:
    """The walk down the parabola, with the schedules and without, and both losses."""

    def __init__(self, runs, rate, momentum, form, learning_rate, beta, length):
        self.n, self.rate, self.momentum = length, rate, momentum
        eta = learning_rate if rate == "halved on a plateau" else rates(rate, learning_rate, length)
        if rate == "one cycle":
            eta = runs[1].eta  # its formula is long: test_schedules.py has it
        self.plan = eta, betas(momentum, beta, length), form, beta
        self.usual_plan = np.full(STEPS, learning_rate), np.full(STEPS, beta), "ema", beta
        self.x, _, self.eta = self.parabola(self.plan)
        self.usual = self.parabola(self.usual_plan)[0]
        self.loss, self.usual_loss = runs[1].loss, runs[2].loss

    def parabola(self, plan):
        path, losses, used = walk(lambda x: 10 * x, 1.0, *plan, lambda x: 5 * x * x)
        return np.array(path), losses, used


def times(printed, value):
    if printed == "over a million":
        assert value >= 0.98e6
    else:
        assert float(printed) == float(f"{float(printed):.2g}")
        assert rounds(printed, value, 2)


def amount(printed, value):
    if value < 99.99:
        assert rounds(printed, value)
    else:
        times(printed, value)


def rise(loss):
    """The largest rise above the lowest value so far, and whether the loss had fallen before."""
    rises = [value - min(loss[: t + 1]) for t, value in enumerate(loss)]
    top = int(np.argmax(rises))
    return rises[top], min(loss[: top + 1]) < loss[0]


def schedules(t, said):
    names = []
    steps = "1 step" if t.n == 1 else f"{t.n} steps"
    for what, shape in (("Rate", t.rate), ("Momentum", t.momentum)):
        if shape != "constant":
            every = "every step" if t.n == 1 else f"every {t.n} steps"
            names.append(f"{what}: {shape}{f' over {steps}' if 'warm-up' in shape else ''}")
            names[-1] = names[-1].replace("every n steps", every)
    assert said["names"] == ("; ".join(names) or "Both constant")


def swing(t, said):
    past, before = -100 * min(0.0, t.x.min()), -100 * min(0.0, t.usual.min())
    if said["past"]:
        assert rounds(said["past"], past)
        assert past <= 1000
        if said["flies"]:
            assert before > 1000
            assert abs(t.usual).argmax() > 30
        else:
            assert before <= 1000
            assert rounds(said["before"], before)
        return
    assert past > 1000
    times(said["far"], abs(t.x).max())
    assert ("flies" in said["does"]) == (abs(t.x).argmax() > 30)


def losses(t, said):
    schedules(t, said)
    swing(t, said)
    assert said["loss"]
    if said["loss"] == "blows up":
        assert not t.loss[-1] <= 1e4
        return
    assert t.loss[-1] <= 1e4
    mine, fallen = rise(t.loss)
    usual = rise(t.usual_loss)[0]
    lost = not t.usual_loss[-1] <= 1e4
    amount(said["end"], t.loss[-1])
    if said["usual_end"] == "constant: blows up":
        assert lost
    else:
        amount(said["usual_end"], t.usual_loss[-1])
    assert (said["beside"] is None) == lost
    beside = said["beside"]
    if said["rise"]:
        amount(said["rise"], mine)
        assert (said["again"] is not None) == fallen
        assert lost or amount(beside, usual) is None
        return
    assert (mine == 0) == ("does not" in said["loss"])
    assert mine < 0.005
    if beside == "nor constant":
        assert usual == 0
        assert mine == 0
    elif beside == "constant: not at all":
        assert usual == 0
    elif beside == "constant: hardly":
        assert 0 < usual < 0.005
    elif not lost:
        assert usual >= 0.005
        amount(beside.removeprefix("constant: by "), usual)


NUMBER = r"(\d+(\.\d+)?|over a million)"
FLIES = rf"On the parabola it (?P<does>flies off|swings out) to (?P<far>{NUMBER}) times the first distance"
BEFORE = r"\(constant: ((?P<before>\d+) %|(?P<flies>it flies off|it swings out))\)"
SWING = rf"(Overshoot (?P<past>\d+) % {BEFORE}|{FLIES})"
RISE = rf"(rises(?P<again> again)? by (?P<rise>{NUMBER})|(does not rise|hardly rises) again)"
BESIDE = rf"( \((?P<beside>{NUMBER}|constant: (by {NUMBER}|hardly|not at all)|nor constant)\))?"
ENDS = rf"ends at (?P<end>{NUMBER}) \((?P<usual_end>{NUMBER}|constant: blows up)\)"
LOSS = rf"{RISE}{BESIDE} and {ENDS}"
FINDINGS = {
    rf"(?P<names>[^.]+)\. {SWING}\. On the digits the loss (?P<loss>blows up|{LOSS})\.": losses,
}


def check_drawn(t, words, count):
    """The words in the picture, over the steps shown."""
    seen, lost = t.x[: count + 1], not t.loss[: count + 1][-1] <= 1e4
    up = rise(t.loss[: count + 1])[0]
    past = -t.x.min()
    for each in words:
        if each.endswith(" % past"):
            assert rounds(each[:-7], 100 * past)
            assert -seen.min() == past
        elif each.endswith(" times as far"):
            times(each[6:-13], abs(seen).max())
        elif each == "blows up":
            assert lost
        elif each.startswith("rises by "):
            amount(each[9:], up)
            assert up >= 0.005
        else:
            assert each == "green: network"
            assert t.rate == "halved on a plateau"
    assert ("blows up" in words) == lost
    assert sum("rises" in each for each in words) <= (up >= 0.005)


def check(explorer, number):
    count, runs = shown(explorer), explorer._last[1]
    truth = Truth(runs, **explorer.values)
    checker, said = matched(FINDINGS, finding(explorer))
    checker(truth, said)
    check_drawn(truth, words_drawn(explorer), count)
    close = {"rtol": 1e-6, "atol": 1e-9}
    assert drawn(explorer, "One parabola", [np.arange(count + 1), truth.x[: count + 1]], **close)
    assert drawn(explorer, "One parabola", [np.arange(count + 1), truth.usual[: count + 1]], **close)
    if number % 3 == 0:
        np.testing.assert_allclose(eval(code(explorer), {"me": me})[:, 0], truth.x[: count + 1], **close)


def settings(explorer, draws, seed=7):
    rng = np.random.default_rng(seed)
    values = {name: notches(control) for name, control in explorer.controls.items()}
    some_steps = [0, 1, 2, 5, STEPS]
    for button, step in itertools.product(explorer.children[2].children, some_steps):
        button.click()
        yield {**explorer.values, "step": step}
    ends = {name: (some[0], some[-1]) for name, some in values.items() if name not in ("rate", "momentum")}
    for corner in itertools.product(*ends.values()):
        shapes = {name: values[name][rng.integers(len(values[name]))] for name in ("rate", "momentum")}
        yield {**dict(zip(ends, corner, strict=True)), **shapes, "step": int(rng.choice(some_steps))}
    for _ in range(draws):
        chosen = {name: some[rng.integers(len(some))] for name, some in values.items()}
        yield {**chosen, "step": int(rng.choice([*some_steps, rng.integers(STEPS)]))}


def invented(rng):
    """Return a loss curve of some kind: falling, flat, rising a little, a lot, or beyond all bounds."""
    kind, fall = rng.integers(9), 0.7 * np.exp(-np.arange(STEPS + 1) / rng.uniform(3, 30))
    size = rng.choice([0.0, 0.001, 0.004, 0.0051, 0.2, 5.0, 99.996, 200.0, 2e3, 2e5, 3e7])
    bump = size * np.exp(-((np.arange(STEPS + 1) - rng.integers(STEPS)) ** 2) / 4)
    special = {0: fall, 1: fall[::-1], 2: fall * 3.0 ** np.arange(STEPS + 1), 3: 0.7 + bump, 4: 0.7 + bump}
    loss = np.array(special.get(kind, fall + bump))
    if kind == 7:
        loss[rng.integers(1, STEPS + 1) :] = np.inf
    return loss


def test_every_sentence_is_true_whatever_the_losses(explorer, monkeypatch):
    rng = np.random.default_rng(8)
    eta = scheduled._walk
    monkeypatch.setattr(
        scheduled, "_train", lambda *some: (eta(lambda x: (5 * x * x, 10 * x), 1.0, *some)[0], invented(rng))
    )
    scheduled._run.cache_clear()
    try:
        sweep(explorer, settings(explorer, 300), check)
    finally:
        scheduled._run.cache_clear()
        explorer._last = None, None


def train(plan):
    """Train 64-32-10 on the digits by back-propagation written out; return the losses."""
    digits = me.load_digits()
    images, target = digits.train_images, np.eye(10)[digits.train_labels]
    start = me.networks.mlp().init(np.random.default_rng(1))
    cuts = np.cumsum([64 * 32, 32, 320])

    def parts(w):
        a, b, c, d = np.split(w, cuts)
        hidden = np.tanh(images @ a.reshape(64, 32) + b)
        return hidden, hidden @ c.reshape(32, 10) + d - target, c.reshape(32, 10)

    def loss(w):
        return (parts(w)[1] ** 2).sum() / 2 / len(images)

    def slope(w):
        hidden, error, c = parts(w)
        error = error / len(images)
        back = error @ c.T * (1 - hidden**2)
        return np.concatenate(
            [(images.T @ back).ravel(), back.sum(0), (hidden.T @ error).ravel(), error.sum(0)]
        )

    return walk(slope, start, *plan, loss)[1]


def check_training(explorer, number):
    check(explorer, number)
    truth = Truth(explorer._last[1], **explorer.values)
    if truth.loss.max() < 2:
        np.testing.assert_allclose(truth.loss, train(truth.plan), rtol=3e-3)


def test_the_losses_are_those_of_the_network(explorer):
    some = [each for each in settings(explorer, 0) if each["step"] == STEPS][1:6]
    sweep(explorer, some, check_training)
