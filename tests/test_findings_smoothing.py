"""All that the explorer smoothing says, over all its settings, against plain runs and covariances."""

import re
from types import SimpleNamespace

import numpy as np
import pytest
from sweeps import NUMBER, PERCENT, drawn, falsified, judge, percent, printed, run, swept

from momentum_edu import explorers


def walk(start, curvature, eta, beta, noise):
    w, v, path, velocity = start, 0.0, [start], []
    for more in noise.tolist():
        v = beta * v + (1 - beta) * (curvature * w + more)
        w = w - eta * v
        path.append(w)
        velocity.append(v)
    return np.array(path), np.array(velocity)


def kept(h, beta):
    """Long-run variances of the steps and of w in noise of variance 1, from the covariance's own equation."""
    step = np.array([[1 - h * (1 - beta), -h * beta], [1 - beta, beta]])  # of (w, v)
    push = (1 - beta) * np.array([[-h], [1.0]])
    whole = np.eye(4) - np.kron(step, step)
    covariance = np.linalg.solve(whole, (push @ push.T).ravel()).reshape(2, 2)
    return h * h * covariance[1, 1], covariance[0, 0]


def truth(h, beta, noise):
    quiet = np.zeros(4000)
    plain, momentum = (walk(1.0, 1.0, h, b, quiet)[0][:3000] for b in (0.0, beta))
    if h < 2:
        shares = np.divide(kept(h, beta), kept(h, 0.0))
    else:
        shares = None
    return SimpleNamespace(h=h, beta=beta, noise=noise, plain=plain, momentum=momentum, shares=shares)


def swings(path):
    """How far a run goes past the minimum, and whether at every step; None if it leaves."""
    early, late = (np.abs(path[start : start + 50]).max() for start in (900, 2900))
    if not np.isfinite(late) or late > max(1e-9, 0.9 * early):
        return None, None
    live = path[: np.flatnonzero(np.abs(path) > 1e-12)[-1] + 1]
    return max(0.0, -path.min()), len(live) > 1 and bool((live[:-1] * live[1:] < 0).all())


def heading(at, beta, h, steps=None, weight=None):
    fits = printed(beta, at.beta) and printed(h, at.h)
    if steps is None:
        return fits and (at.noise == 0 or at.h >= 2)
    return (
        fits and at.noise > 0 and at.h < 2 and percent(steps, at.shares[0]) and percent(weight, at.shares[1])
    )


def calm(at):
    return swings(at.plain)[0] == 0


def zigzags(at, past):
    far, sides = swings(at.plain)
    return sides and percent(past, far) and abs(at.plain[-1]) < 1e-3


def for_ever(at):
    return (at.plain[::2] == 1).all() and (at.plain[1::2] == -1).all()


def plain_diverges(at):
    return swings(at.plain)[0] is None


def momentum_calm(at):
    return at.momentum.min() > -1e-14


def both_calm(at):
    return calm(at) and momentum_calm(at)


def momentum_moves(at, verb, past):
    far, sides = swings(at.momentum)
    return far is not None and percent(past, far) and sides == (verb == "zig-zags")


PLAIN = [
    ("plain descent does not swing", calm),
    (f"plain descent zig-zags by {PERCENT}", zigzags),
    ("plain descent zig-zags for ever", for_ever),
    ("plain descent diverges", plain_diverges),
]
MOMENTUM = [
    (r"nor does momentum\.", both_calm),
    (r"momentum does not swing\.", lambda at: not calm(at) and momentum_calm(at)),
    (r"momentum diverges too\.", lambda at: plain_diverges(at) and swings(at.momentum)[0] is None),
    (r"so does momentum\.", lambda at: for_ever(at) and (at.momentum == at.plain).all()),
    (rf"momentum (overshoots|zig-zags) by {PERCENT}\.", momentum_moves),
]
HEADING = [
    (
        rf"β = {NUMBER}, h = {NUMBER}: the steps keep {PERCENT} of plain descent's noise variance, "
        rf"the weight {PERCENT}\. Across",
        heading,
    ),
    (rf"β = {NUMBER}, h = {NUMBER}: across", heading),
]


def judge_all(status, at):
    start, apart, plain, momentum = re.fullmatch(
        r"(.*cross) the ravine(, the noise apart,)? (.*); (.*)", status
    ).groups()
    assert bool(apart) == (at.noise > 0)
    return {judge(HEADING, start, at), judge(PLAIN, plain, at), judge(MOMENTUM, momentum, at)}


def check_words(at, words):
    through, *others = words
    gain = re.fullmatch(rf"zig-zag, period 2: {PERCENT}", through)[1]
    flips = (-1.0) ** np.arange(6000)
    assert percent(gain, abs(walk(0.0, 0.0, 1.0, at.beta, flips)[1][-1]))
    if at.h > 2:
        assert others == ["plain descent diverges"]
    elif at.h == 2:
        assert others == ["plain descent never settles"]
    else:
        assert len(others) == 2
        assert all(printed(each, share, 2) for each, share in zip(others, at.shares, strict=True))


EXTRA = [
    {"h": h, "beta": beta} for h in (0.95, 1.0, 1.05, 1.95, 2.0, 2.05) for beta in (0.0, 0.01, 0.02, 0.5)
]


@pytest.fixture(scope="module")
def explorer():
    return explorers.smoothing()


def test_all_that_is_said_is_true(explorer):
    seen = set()
    for values, shown, status, words, code in swept(explorer, 110, 3, EXTRA):
        at = truth(**values)
        seen |= judge_all(status, at)
        check_words(at, words)
        made = run(code)
        noise = values["noise"] * np.random.default_rng(0).standard_normal((shown, 2))
        for axis, start, curvature in ((0, 2.0, 1.0), (1, 0.5, 10.0)):
            path, _ = walk(start, curvature, at.h / 10, at.beta, noise[:, axis])
            np.testing.assert_allclose(made[:, axis], path, rtol=1e-6, atol=1e-9)
        assert drawn(explorer, "Paths in a ravine", *made.T)
        signal = 5 + noise[:, 1]
        velocity = np.r_[0, walk(0.0, 0.0, 1.0, at.beta, signal)[1]]
        assert drawn(explorer, "Gradient in, velocity out", np.arange(shown + 1), velocity)
    assert seen >= {pattern for pattern, _ in (*HEADING, *PLAIN, *MOMENTUM)} - {MOMENTUM[1][0]}


def test_a_wrong_number_or_word_would_be_noticed(explorer):
    caught = 0
    places = [
        (0.1, 0.9, 3.0),
        (1.8, 0.3, 0.0),
        (2.2, 0.5, 0.0),
        (2.0, 0.5, 1.0),
        (0.05, 0.1, 0.0),
        (1.8, 0.0, 1.0),
    ]
    said = []
    for h, beta, noise in places:
        explorer.set(h=h, beta=beta, noise=noise)
        status, at = explorer.picture.status, truth(h, beta, noise)
        judge_all(status, at)
        said.append((status.partition(": ")[2].rpartition("cross ")[2], at))
        for wrong in falsified(status):
            with pytest.raises(AssertionError):
                judge_all(wrong, at)
            caught += 1
    for status, at in said:
        for words, other in said:
            if words != status:
                start = f"β = {at.beta:.2f}, h = {at.h:.2f}: a"
                with pytest.raises(AssertionError):
                    judge_all(
                        f"{start}cross {words}",
                        SimpleNamespace(**vars(at) | {"noise": other.noise, "h": at.h}),
                    )
    assert caught > 15
