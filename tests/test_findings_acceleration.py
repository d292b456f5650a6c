"""All that the explorer acceleration says, over all its settings, against eigenvalues and plain runs."""

import re
from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest
from sweeps import NUMBER, drawn, falsified, judge, printed, roots, run, swept, walk

from momentum_edu import explorers


def tenfold(rate, beta, kappa):
    """Steps to come ten times nearer, from the slowest eigenvalue of both directions."""
    slowest = max(abs(roots("ema", rate * curvature, beta)[0]) for curvature in (1.0, kappa))
    return np.inf if slowest >= 1 - 1e-12 else -np.log(10) / np.log(slowest)


@cache
def truth(learning_rate, beta, condition_number):
    rate, kappa = learning_rate, condition_number
    ten = tenfold(rate, beta, kappa)
    steps = 300 if np.isinf(ten) else 3000
    paths = [walk("ema", rate * curvature, beta, steps) for curvature in (1.0, kappa)]
    length = min(map(len, paths))
    loss = (paths[0][:length] ** 2 + paths[1][:length] ** 2) / 2
    plain = min(tenfold(each, 0.0, kappa) for each in 2 / (1 + kappa) * np.array([0.99, 1.0, 1.01]))
    return SimpleNamespace(rate=rate, beta=beta, kappa=kappa, ten=ten, plain=plain, loss=loss)


def count(words, steps):
    """Whole steps from 20 on, tenths below."""
    return printed(words, steps) and ("." in words) == (steps < 20)


def diverging(at, beta, limit, rate):
    edge = 2 * (1 + at.beta) / (1 - at.beta) / at.kappa
    inside, outside = (tenfold(edge * factor, at.beta, at.kappa) for factor in (0.999, 1.001))
    assert np.isfinite(inside)
    assert np.isinf(outside)
    fits = printed(beta, at.beta) and close(limit, edge) and close(rate, at.rate)
    return np.isinf(at.ten) and fits and float(rate) > float(limit)


def close(words, value):
    """Whether the number is the value to three digits at least."""
    return printed(words, value) and abs(float(words) - value) <= 0.005 * value


SPEED = rf"In the long run, ten times nearer in {NUMBER} steps: "
AGAINST = rf"plain descent at its best, {NUMBER}\."


def faster(at, ten, times, plain):
    gain = at.plain / at.ten
    return count(ten, at.ten) and count(plain, at.plain) and gain > 1.05 and printed(times, gain, 2)


def alike(at, ten, plain):
    return count(ten, at.ten) and count(plain, at.plain) and 0.95 < at.plain / at.ten <= 1.05


def slower(at, ten, plain):
    return count(ten, at.ten) and count(plain, at.plain) and at.plain <= 0.95 * at.ten and np.isfinite(at.ten)


def best(at, ten):
    return count(ten, at.ten) and count(ten, at.plain) and at.beta == 0 and at.ten < 1.01 * at.plain


def hair(at, ten, plain):
    fits = count(ten, at.ten) and count(plain, at.plain) and float(ten) > float(plain)
    return fits and at.beta == 0 and at.ten < 1.02 * at.plain


PATTERNS = [
    (rf"Diverging: at β = {NUMBER} the rate must stay below {NUMBER}; it is {NUMBER}\.", diverging),
    (rf"{SPEED}{NUMBER} times as fast as {AGAINST}", faster),
    (rf"{SPEED}about as fast as {AGAINST}", alike),
    (rf"{SPEED}slower than {AGAINST}", slower),
    (rf"{SPEED}the best that plain descent can do\.", best),
    (rf"{SPEED}plain descent a hair from its best rate, where it takes {NUMBER}\.", hair),
]
RISES = [(rf"But the loss rises to {NUMBER} on the way\.", lambda at, top: printed(top, at.loss.max(), 2))]


def judge_all(status, at):
    speed, price = re.fullmatch(r"(.*?\.)(?: (But .*))?", status).groups()
    seen = {judge(PATTERNS, speed, at)}
    if np.isfinite(at.ten):
        assert bool(price) == (at.loss.max() > 1.2), (status, at)
    if price:
        assert at.loss.max() > 1.2
        seen.add(judge(RISES, price, at))
    return seen


def check_words(explorer, at, words, shown):
    for each in words:
        if match := re.fullmatch(rf" rises to {NUMBER}", each):
            assert printed(match[1], at.loss[:301].max(), 2)
            assert at.loss[: shown + 1].max() == pytest.approx(at.loss[:301].max(), rel=1e-6)
        elif each == "diverges":
            assert np.isinf(tenfold(6.0, 0.05, at.kappa))
        else:
            assert each in ("3", "10", "30", "100", "300", "1000")
    for mark in explorer.picture._marks:  # the numbers of the map stand where the tuning is so fast
        label = re.search(r">(\d+)</text>", mark.svg(np.array([[1.0, 1.0]])))
        if label:
            assert tenfold(mark.x, 1 - mark.y, at.kappa) <= int(label[1])


EXTRA = [{"learning_rate": 2 / 1443, "beta": 0.0, "condition_number": 1442.0}]


@pytest.fixture(scope="module")
def explorer():
    return explorers.acceleration()


def test_all_that_is_said_is_true(explorer):
    seen = set()
    for values, shown, status, words, code in swept(explorer, 200, 4, EXTRA):
        at = truth(**values)
        seen |= judge_all(status, at)
        check_words(explorer, at, words, shown)
        made = run(code)
        first = min(shown + 1, len(at.loss))
        np.testing.assert_allclose(made[:first], at.loss[:first], rtol=2e-4, atol=1e-9)
        mine = explorer._last[1].loss[: shown + 1]
        assert drawn(explorer, "Loss", np.arange(shown + 1), mine)
        np.testing.assert_allclose(mine[:first], at.loss[:first], rtol=1e-6, atol=1e-9)
    assert len(seen) == len(PATTERNS) + 1


def test_a_wrong_number_or_word_would_be_noticed(explorer):
    said, caught = [], 0
    kappa = 1442.0
    places = [
        (0.0266, 0.9),
        (0.026334, 0.9),
        (0.00138203, 0.9),
        (0.000263, 0.9),
        (2 / 1443, 0.0),
        (0.00138, 0.0),
    ]
    for rate, beta in places:
        explorer.set(learning_rate=rate, beta=beta, condition_number=kappa)
        at = truth(**explorer.values)
        judge_all(explorer.picture.status, at)
        said.append((explorer.picture.status, at))
        for wrong in falsified(explorer.picture.status):
            with pytest.raises(AssertionError):
                judge_all(wrong, at)
            caught += 1
    for status, at in said:
        for other, _ in said:
            if other != status:
                with pytest.raises(AssertionError):
                    judge_all(other, at)
    assert caught > 12
