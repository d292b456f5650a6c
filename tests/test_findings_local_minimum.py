"""Every sentence of the explorer of valleys, on two valleys and on curves of one's own, against loops."""

import itertools

import numpy as np
import pytest
from sentences import code, drawn, finding, matched, notches, rounds, shown, sweep, words_drawn

import momentum_edu as me
from momentum_edu import explorers

STEPS, LONG = 400, 4000
TITLE = "The curve and the ball"
# name: f, its slope, its curvature, the view
CURVES = {
    "wells": (lambda x: x**4 / 4 - x**2 / 2, lambda x: x * (x * x - 1), lambda x: 3 * x**2 - 1, (-1.9, 1.9)),
    "waves": (
        lambda x: np.cos(3 * x) + 0.1 * x**2,
        lambda x: -3 * np.sin(3 * x) + 0.2 * x,
        lambda x: -9 * np.cos(3 * x) + 0.2,
        (-4.0, 4.0),
    ),
    "bowl": (lambda x: 2 * x**2, lambda x: 4 * x, lambda x: 4 + 0 * x, (-3.0, 3.0)),
    "slide": (np.sin, np.cos, lambda x: -np.sin(x), (0.0, 3.0)),
}


@pytest.fixture(scope="module")
def opened():
    own = {name: explorers.local_minimum(*CURVES[name][:2], CURVES[name][3]) for name in list(CURVES)[1:]}
    return {"wells": explorers.local_minimum(), **own}


def settings(explorer, draws, seed=6):
    rng = np.random.default_rng(seed)
    values = {name: notches(control) for name, control in explorer.controls.items()}
    some_steps = [0, 1, 2, 25, STEPS]
    for button, step in itertools.product(explorer.children[2].children, some_steps):
        button.click()
        yield {**explorer.values, "step": step}
    ends = {name: (some[0], some[-1]) for name, some in values.items()}
    for corner in itertools.product(*ends.values()):
        yield {**dict(zip(ends, corner, strict=True)), "step": int(rng.choice(some_steps))}
    middle = {"start": (0.0, 1.0, -1.0, 0.02, -0.02), "tilt": (0.0,), "learning_rate": (0.01, 1.0, 2.0)}
    for corner in itertools.product(*middle.values(), (0.0, 0.9)):
        yield {**dict(zip((*middle, "beta"), corner, strict=True)), "step": STEPS}
    for _ in range(draws):
        chosen = {name: some[rng.integers(len(some))] for name, some in values.items()}
        if rng.random() < 0.3:
            chosen["beta"] = rng.choice([0.0, 0.01, 0.05])
        if rng.random() < 0.2:
            chosen["learning_rate"] = rng.uniform(0.8, 2.0)
        yield {**chosen, "step": int(rng.choice([*some_steps, rng.integers(STEPS)]))}


class Truth:
    """The run and plain descent by plain loops, and the tops found on a fine grid."""

    def __init__(self, curve, start, tilt, learning_rate, beta):
        f, slope, bend, self.view = CURVES[curve]
        self.height, self.slope = lambda x: f(x) + tilt * x, lambda x: slope(x) + tilt
        self.start, self.rate, self.beta = start, learning_rate, beta
        with np.errstate(all="ignore"):
            self.later = np.array(self.walk(beta, LONG))
            self.mine, self.plain = self.later[: STEPS + 1], np.array(self.walk(0.0, STEPS))
            self.energy = self.height(self.mine)
            factor = beta / (2 * learning_rate * (1 - beta))
            self.energy[1:] += factor * np.diff(self.mine) ** 2
        x = np.linspace(*self.view, 20001)
        y = self.height(x)
        top = 1 + np.flatnonzero((y[1:-1] > y[:-2]) & (y[1:-1] >= y[2:]))
        self.tops = x[top]
        home = np.searchsorted(self.tops, start)
        walls = np.r_[np.inf, y[top], np.inf]
        self.barrier = min(walls[home], walls[home + 1])
        self.above = self.height(start) - self.barrier
        reach = self.connected(x, y, self.height(start))
        self.largest = max(bend(reach).max(), 1e-9)

    def walk(self, betas, steps):
        """Paths for a beta or an array; the explorer's to the last digit, for some are chaotic."""
        x, v = float(self.start) + 0 * betas, 0 * betas
        path = [x]
        for _ in range(steps):
            v = betas * v + (1 - betas) * self.slope(x)
            x = x - self.rate * v
            path.append(x)
            if np.ndim(x) == 0 and not abs(x) < 1e50:
                return path + [np.inf] * (steps + 1 - len(path))
        return path

    def connected(self, x, y, level):
        """Where one can get to from the start without climbing above it."""
        low = y <= level + 1e-12
        at = np.abs(x - self.start).argmin()
        left = at - next((k for k in range(1, at + 1) if not low[at - k]), at + 1) + 1
        right = at + next((k for k in range(1, len(x) - at) if not low[at + k]), len(x) - at)
        return x[max(left, 0) : max(right, at + 1)]

    def way(self, path):
        if not abs(path[-1]) < 1e6:
            return "blows up"
        away = np.searchsorted(self.tops, path) != np.searchsorted(self.tops, path[0])
        return "crosses" if away[-1] else "comes back" if away.any() else "stays"

    def ends(self, said):
        if said["end"] is None:
            assert rounds(said["at"], self.mine[-1])
            assert np.ptp(self.mine[-50:]) > 1e-6 or abs(self.slope(self.mine[-1])) > 1e-6
            return
        assert rounds(said["end"], self.later[-1]), f"in the end at {self.later[-1]}"
        assert abs(self.slope(self.later[-1])) < 1e-5
        assert self.way(self.later[STEPS:]) == "stays"


def blows_up(t, said):
    assert rounds(said["rate"], t.rate, 3)
    assert not abs(t.mine[-1]) < 1e6


def still(t, said):
    assert abs(t.slope(t.start)) < 1e-15
    assert (t.mine == t.start).all()


def no_barrier(t, said):
    assert np.isinf(t.barrier)
    assert ("β = 0" in said["who"]) == (t.beta == 0)
    t.ends(said)


def opening(t, said):
    assert np.isfinite(t.barrier)
    assert said["side"] == ("above" if t.above > 0 else "below") or abs(t.above) < 1e-7
    if said["height"] == "just":
        assert abs(t.above) < 0.00501
    else:
        assert rounds(said["height"], abs(t.above) + 1e-6) or rounds(said["height"], abs(t.above) - 1e-6)


def plain(t, said):
    opening(t, said)
    assert t.beta == 0
    verbs = {"stays,": "stays", "jumps over it": "crosses", "jumps over it and back": "comes back"}
    assert verbs[said["verb"]] == t.way(t.mine)
    t.ends(said)


def momentum(t, said):
    opening(t, said)
    assert t.beta > 0
    mine, other = t.way(t.mine), t.way(t.plain)
    assert said["plain"] == other
    assert (said["too"] is not None) == (mine == other)
    return mine


def over(t, said):
    mine = momentum(t, said)
    assert mine == ("comes back" if said["back"] else "crosses")
    t.ends(said)
    if said["verb"] == "rolls":
        assert t.above > 0
        assert t.rate * t.largest <= 2.01
    if said["verb"] == "jumps":
        assert t.above <= 0
    if said["verb"] == "gets":
        assert t.above > 0 or "rises" in said["why"]
    if said["why"]:
        assert t.energy.max() > t.energy[0]
        assert t.rate * t.largest > 1.99


def loses(t, said):
    assert momentum(t, said) == "stays"
    assert t.above > 0
    t.ends(said)
    assert t.way(t.later) == "stays" or "yet" in said["verb"]


def never(t, said):
    assert momentum(t, said) == "stays"
    assert t.above <= 1e-7
    assert t.rate * t.largest <= 2.01
    with np.errstate(all="ignore"):
        paths = np.array(t.walk(np.r_[np.linspace(0, 0.99, 23), 0.995, 0.999], 600))
    assert (np.searchsorted(t.tops, paths) == np.searchsorted(t.tops, t.start)).all()


def not_with_this(t, said):
    assert momentum(t, said) == "stays"
    assert t.above <= 1e-7
    assert t.rate * t.largest > 1.99


WHERE = r"Put down (?P<height>just|\d+\.\d\d) (?P<side>above|below) the barrier's top, "
SETTLED = r"(ends|is caught in the valley) at (?P<end>\S+)"
END = rf"({SETTLED}|has not settled after 400 steps \(it is at (?P<at>\S+)\))"
PLAIN = r" Plain descent (?P<plain>stays|crosses|comes back|blows up)(?P<too> too)?\."
FINDINGS = {
    r"It blows up: from this start, a rate of (?P<rate>\S+) is too large\.": blows_up,
    r"Put down where the slope is exactly 0, the ball stays, whatever β is\.": still,
    rf"There is no barrier here: (?P<who>momentum|plain descent \(β = 0\)) {END}\.": no_barrier,
    rf"{WHERE}plain descent \(β = 0\) (?P<verb>stays,|jumps over it( and back)?) and {END}\.": plain,
    rf"{WHERE}momentum (?P<verb>rolls|gets|jumps) over it(?P<back> and back)? and {END}"
    rf"(?P<why>: at this rate its energy rises)?\.{PLAIN}": over,
    rf"{WHERE}momentum (?P<verb>loses too much on the way|is not over it yet) and {END}\.{PLAIN}": loses,
    rf"{WHERE}momentum can't get over it, whatever β is\.{PLAIN}": never,
    rf"{WHERE}momentum does not get over it with this β \(the rate is beyond 2 / L\)\.{PLAIN}": not_with_this,
}


def check(explorer, number, curve="wells"):
    truth, count = Truth(curve, **explorer.values), shown(explorer)
    checker, said = matched(FINDINGS, finding(explorer))
    checker(truth, said)
    known = {"height of the start"} | ({"barrier"} if np.isfinite(truth.barrier) else set())
    assert set(words_drawn(explorer)) <= known
    path = truth.mine[: count + 1]
    if np.abs(path).max() < 10 and number % 3 == 0:
        names = {"me": me, "function": CURVES[curve][0]}
        tame = 3 if truth.rate * truth.largest > 1.5 else count + 1  # a wild path parts from itself
        np.testing.assert_allclose(eval(code(explorer), names)[:tame, 0], path[:tame], atol=1e-5)
        if tame > count:
            assert drawn(explorer, TITLE, [path, truth.energy[: count + 1]], atol=1e-5)


@pytest.mark.parametrize(("curve", "draws"), [("wells", 170), ("waves", 40), ("bowl", 10), ("slide", 30)])
def test_every_sentence_is_true(opened, curve, draws):
    explorer = opened[curve]
    sweep(explorer, settings(explorer, draws), lambda *what: check(*what, curve))
