"""Every sentence of the explorer of passes, at hundreds of settings, against loops and roots."""

import itertools
import re

import numpy as np
import pytest
from sentences import code, curves, finding, matched, notches, rounds, shown, sweep, words_drawn

import momentum_edu as me
from momentum_edu import explorers

STEPS = 300


@pytest.fixture(scope="module")
def saddle():
    return explorers.saddle()


def settings(explorer):
    """Corners, presets, and draws over the whole range."""
    rng = np.random.default_rng(5)
    values = {name: notches(control) for name, control in explorer.controls.items()}
    some_steps = [0, 1, 2, 30, STEPS]
    for button in explorer.children[2].children:
        button.click()
        for step in some_steps:
            yield {**explorer.values, "step": step}
    ends = {name: sorted({some[0], some[-1]}) for name, some in values.items()}
    for corner in itertools.product(*ends.values()):
        yield {**dict(zip(ends, corner, strict=True)), "step": int(rng.choice(some_steps))}
    for rate, beta in ((2.0, 0.0), (1.9, 0.0), (10**0.3, 0.0), (10**0.28, 0.0), (6.0, 0.5), (38.0, 0.9)):
        for noise, run_up, beside in itertools.product((0.0, 1e-6), (0.0, 1.0), (0.0, 1e-6)):
            some = {"learning_rate": rate, "beta": beta, "noise": noise, "run_up": run_up}
            yield {**some, "side_step": beside, "curvature_ratio": 0.1, "step": STEPS}
    for _ in range(250):
        chosen = {name: some[rng.integers(len(some))] for name, some in values.items()}
        if rng.random() < 0.3:  # near the limit
            limit = 2 * (1 + chosen["beta"]) / (1 - chosen["beta"])
            chosen["learning_rate"] = min(limit * rng.choice([0.99, 1.0, 1.0001, 1.01]), 40.0)
        yield {**chosen, "step": int(rng.choice([*some_steps, rng.integers(STEPS)]))}


class Truth:
    """The two runs by plain loops, and what follows from them."""

    def __init__(self, side_step, run_up, curvature_ratio, learning_rate, beta, noise):
        self.rate, self.beta, self.noise, self.gamma = learning_rate, beta, noise, curvature_ratio
        self.start = run_up, side_step
        pushes = np.random.default_rng(0).normal(size=(STEPS, 2)) * noise
        self.plain_rate = learning_rate if beta == 0 else min(learning_rate, 1.9)
        with np.errstate(all="ignore"):
            self.mine = self.walk(learning_rate, beta, pushes)
            self.plain = self.walk(self.plain_rate, 0.0, pushes)
        self.out, self.plain_out = self.leaves(self.mine), self.leaves(self.plain)
        self.along = max(abs(self.roots(1.0)))

    def walk(self, rate, b, pushes):
        w, v, path = np.array(self.start, float), np.zeros(2), [self.start]
        for push in pushes:
            v = b * v + (1 - b) * (np.array([1, -self.gamma]) * w + push)
            w = w - rate * v
            path.append(w)
        return np.array(path)

    def leaves(self, path):
        return next((t for t, (_, y) in enumerate(path) if abs(y) > 1), None)

    def roots(self, curvature):
        """Eigenvalues of one step (w, v)."""
        b, pull = self.beta, (1 - self.beta) * curvature
        step = np.array([[1 - self.rate * pull, -self.rate * b], [pull, b]])
        return np.linalg.eigvals(step)


def blows_up(t, said):
    assert any(rounds(said["rate"], t.rate, digits) for digits in range(3, 12))
    assert rounds(said["beta"], t.beta)
    limit = 2 * (1 + t.beta) / (1 - t.beta)
    assert any(rounds(said["limit"], limit, digits) for digits in range(3, 12))
    assert ("Any" in said["who"]) == (not t.mine[:, 0].any())
    if said["where"] == "at":
        assert t.along == pytest.approx(1, abs=1e-4)
        assert "swing" in said["who"]
        assert said["rate"] == said["limit"]
    else:
        assert t.along > 1
        assert "blow" in said["who"]
        assert float(said["rate"]) > float(said["limit"])


def never(t, said):
    assert not t.mine[:, 1].any()
    assert (said["how"] == "from rest") == (t.start[0] == 0)
    assert t.noise == 0


def opening(t, said):
    assert ("run-up" in said["who"]) == (t.start[0] == 0)
    assert ("oise" in said["who"]) == (t.start[1] == 0)
    assert ("frees" in said["who"]) == (t.start[1] == 0 and t.out is not None)
    assert t.plain_rate < 2
    if said["plain"] == "at the same rate":
        assert t.plain_rate == t.rate
    else:
        assert t.rate > 1.9
        assert t.beta > 0


def still_in(t, said):
    opening(t, said)
    assert t.out is None
    assert (said["other"] is None) == (t.plain_out is None)
    assert said["other"] is None or int(said["other"]) == t.plain_out


def leaves(t, said):
    opening(t, said)
    assert int(said["mine"]) == t.out
    assert int(said["other"]) == t.plain_out
    order = "as fast" if t.out == t.plain_out else "faster" if t.out < t.plain_out else "slower"
    assert said["order"] == order


def alone(t, said):
    opening(t, said)
    assert int(said["mine"]) == t.out
    assert t.plain_out is None


OPENINGS = "Momentum|Noise frees it: momentum|Noise moves it off the ridge, but momentum"
WHO = rf"(?P<who>({OPENINGS})( without a run-up)?)"
PLAIN = r"plain descent (?P<plain>at the same rate|at 1\.9, its most,)"
FINDINGS = {
    r"(?P<who>It (blows up|swings for ever) along the ridge|Any run-up would (blow up|swing for ever)): "
    r"a rate of (?P<rate>\S+) at β = (?P<beta>\S+) is (?P<where>beyond|at) the limit of "
    r"(?P<limit>\S+)\.": blows_up,
    r"Exactly on the ridge the slope across is exactly 0: (?P<how>with all its speed|from rest), momentum "
    r"never leaves\.": never,
    rf"{WHO} is still in the pass after 300 steps; {PLAIN} (is too|needs (?P<other>\d+))\.": still_in,
    rf"{WHO} needs (?P<mine>\d+) steps to leave the pass, {PLAIN} (?P<other>\d+): momentum is "
    r"(?P<order>as fast|faster|slower)\.": leaves,
    rf"{WHO} needs (?P<mine>\d+) steps to leave the pass; {PLAIN} is still in it\.": alone,
}


def check_drawn(explorer, t, count):
    """The words in the picture: who is out when, who never moves, growths."""
    said = words_drawn(explorer)
    outs = [words for words in said if "out at" in words]
    want = [f" out at {out} " for out in (t.plain_out, t.out) if out is not None and out <= count]
    assert outs == want
    for words in said:
        if "for ever" in words:
            path = t.mine if words.startswith("momentum") else t.plain
            assert not path[:, 1].any(), words
            assert t.noise == 0
    across = max(abs(t.roots(-t.gamma)))
    for words in said:
        if "%" in words:
            growths = [100 * (across - 1), 100 * t.plain_rate * t.gamma]
            assert any(rounds(words[:-2], growth, 3 if growth >= 100 else 2) for growth in growths), words
    known = r"uphill|downhill| out at \d+ |(momentum|plain descent): exactly 0, for ever|[0-9.]+ %"
    assert all(re.fullmatch(known, words) for words in said), said


def check_code(explorer, t, count):
    path = eval(code(explorer), {"me": me, "np": np})
    sound = np.abs(t.mine[: count + 1]) < 1e200
    np.testing.assert_allclose(path[sound], t.mine[: count + 1][sound], rtol=1e-6, atol=1e-20)
    lines = [each.T for each in curves(explorer, "The pass from above") if each.shape == path.T.shape]
    assert any(np.allclose(each[sound], path[sound], rtol=1e-6, atol=1e-20) for each in lines)


def check(explorer, number):
    truth, count = Truth(**explorer.values), shown(explorer)
    checker, said = matched(FINDINGS, finding(explorer))
    checker(truth, said)
    check_drawn(explorer, truth, count)
    if number % 4 == 0:
        check_code(explorer, truth, count)


def test_every_sentence_is_true(saddle):
    sweep(saddle, settings(saddle), check)
