"""All that the explorer overshoot says, over all its settings, against eigenvalues and plain runs."""

import re
from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest
from sweeps import NUMBER, PERCENT, drawn, falsified, judge, percent, printed, roots, run, swept, walk

import momentum_edu as me
from momentum_edu import explorers

SETTLES = rf"stays within 2 % from step {NUMBER} on"
SHRINKS = rf"swings once in {NUMBER} steps, and the swing fades to 2 % in about {NUMBER} steps?"
GROWS = rf"each step multiplies the distance by {NUMBER} in the end"


@cache
def truth(form, h, beta):
    """What a rule does at one point of the map: its eigenvalues, and a run until nothing is left."""
    values = roots(form, h, beta)
    rate = abs(values[0])
    steps = 300 if rate >= 1 else 100 + int(min(np.log(1e-11) / np.log(max(rate, 1e-9)), 110_000))
    x = walk(form, h, beta, steps)
    far = np.flatnonzero(np.abs(x) >= 0.02)
    kind = "diverging" if rate >= 1 - 1e-12 else "ringing" if abs(values[0].imag) > 1e-9 else ""
    if not kind:
        kind = "alternating" if values[0].real < 0 else "monotone"
    past = max(0.0, -x.min())
    return SimpleNamespace(
        h=h, beta=beta, roots=values, rate=rate, x=x, kind=kind, settled=far[-1] + 1, past=past
    )


def monotone(at, settled):
    return at.kind == "monotone" and at.x.min() > -1e-12 and printed(settled, at.settled)


def ringing(at, past, period, shrinks):
    """The period is that of the eigenvalues' angle; the crossings of the run agree with it."""
    if at.kind != "ringing":
        return False
    angle = abs(np.angle(at.roots[0]))
    x = at.x[: np.flatnonzero(np.abs(at.x) > 1e-9)[-1]]
    crossings = np.flatnonzero((x[:-1] > 0) != (x[1:] > 0))
    if len(crossings) > 3:
        half = (crossings[-1] - crossings[0]) / (len(crossings) - 1)
        assert abs(half - np.pi / angle) <= 2 / (len(crossings) - 1)
    fits = printed(period, 2 * np.pi / angle) and printed(shrinks, np.log(0.02) / np.log(at.rate))
    return percent(past, max(at.past, 1e-99)) and fits  # what rings passes it, be it unmeasurably


def alternating(at, settled):
    seen = at.x[np.abs(at.x) > 1e-250]
    every = (seen[:-1] * seen[1:] < 0).all()
    return at.kind == "alternating" and every and printed(settled, at.settled)


def diverging(at, h, limit, grows):
    edge = 2 * (1 + at.beta) / (1 - at.beta)
    assert abs(roots("ema", edge, at.beta)[0]) == pytest.approx(1, abs=1e-7)
    beyond = float(h) > float(limit) and printed(h, at.h, 3) and printed(limit, edge, 3)
    return at.kind == "diverging" and beyond and multiplies(at, grows)


def multiplies(at, grows):
    last = abs(at.x[-1] / at.x[-2])
    assert last == pytest.approx(at.rate, rel=0.1)
    return printed(grows, at.rate, 3) and (float(grows) > 1) == (at.rate > 1 + 1e-9)


PATTERNS = [
    (rf"Monotone: it never passes the minimum, and {SETTLES}\.", monotone),
    (rf"Ringing: it shoots {PERCENT} past the minimum, {SHRINKS}\.", ringing),
    (rf"Alternating: it jumps across the minimum at every step, and {SETTLES}\.", alternating),
    (rf"Diverging: h = {NUMBER} is beyond the limit of {NUMBER}; {GROWS}\.", diverging),
    (
        rf"At the limit, h = {NUMBER}: in the end it jumps across the minimum for ever\.",
        lambda at, h: (
            printed(h, at.h, 3)
            and at.rate == pytest.approx(1, abs=1e-7)
            and (at.x[-20:-1] * at.x[-19:] < 0).all()
        ),
    ),
]


def own_alternating(at, past, settled):
    late = at.x[np.abs(at.x) > 1e-250][-6:]
    flips = (late[:-1] * late[1:] < 0).all()
    return at.kind == "alternating" and flips and percent(past, at.past) and printed(settled, at.settled)


def first_past(at, past, settled):
    return at.kind == "monotone" and percent(past, at.past) and printed(settled, at.settled)


def stands(at, past):
    still = at.rate == 0 and np.abs(at.x[3:]).max() < 1e-14
    return still and (at.past < 1e-12 if past is None else percent(past, at.past))


NAME = r"(?:nesterov|heavy_ball|gradient_descent|mixed)"
OWN_PATTERNS = [
    (rf"Monotone: {NAME} never passes the minimum, and {SETTLES}", monotone),
    (rf"Monotone in the end: {NAME} first goes {PERCENT} past the minimum, and {SETTLES}", first_past),
    (rf"Ringing: {NAME} goes {PERCENT} past the minimum, {SHRINKS}", ringing),
    (
        rf"Alternating: in the end {NAME} jumps across the minimum at every step; it goes {PERCENT} past it, "
        rf"and {SETTLES}",
        own_alternating,
    ),
    (rf"Diverging: with {NAME} {GROWS}", lambda at, grows: at.kind == "diverging" and multiplies(at, grows)),
    (
        rf"Both roots are 0: {NAME} (?:never passes|goes {PERCENT} past) the minimum, and then stands on it",
        stands,
    ),
]
COURSE_PATTERNS = [
    (
        rf"The course's rule there: diverging, a factor of {NUMBER} a step\.",
        lambda at, grows: at.kind == "diverging" and multiplies(at, grows),
    ),
    (
        r"The course's rule there: monotone, never past it\.",
        lambda at: at.kind == "monotone" and at.x.min() > -1e-12,
    ),
    (
        rf"The course's rule there: (ringing|alternating), {PERCENT} past\.",
        lambda at, kind, past: at.kind == kind and percent(past, max(at.past, 1e-99)),
    ),
]


def check_words(at, words, shown):
    """The words in the picture: how far past, if it is shown already; the factor; roots outside."""
    for each in words:
        if match := re.fullmatch(rf"{PERCENT} past", each):
            assert percent(match[1], at.past), (each, at)
            assert -at.x[: shown + 1].min() == pytest.approx(at.past), (each, at)
        elif match := re.fullmatch(rf"{NUMBER} a step", each):
            assert printed(match[1], at.rate, 3), (each, at)
            assert (float(match[1]) < 1) == (at.kind != "diverging"), (each, at)
        elif match := re.fullmatch(rf"(◂ )?root at (-?){NUMBER}( ▸)?", each):
            outside = [root.real for root in at.roots if abs(root.real) > 1.25]
            assert any(
                printed(match[3], abs(root), 3) and (root < 0) == bool(match[2]) == bool(match[1])
                for root in outside
            ), (each, at)
        else:
            raise AssertionError(f"unknown words: {each}")
    assert sum(each.endswith("a step") for each in words) == 1


EXTRA = [
    {"h": h, "beta": beta} for h, beta in ((1.0, 0.0), (2.0, 0.0), (6.0, 0.5), (38.0, 0.9), (398.107, 0.99))
]


@pytest.fixture(scope="module")
def explorer():
    return explorers.overshoot()


def test_all_that_is_said_of_the_courses_rule_is_true(explorer):
    seen = set()
    for values, shown, status, words, code in swept(explorer, 200, 1, EXTRA):
        at = truth("ema", values["h"], values["beta"])
        seen.add(judge(PATTERNS, status, at))
        check_words(at, words, shown)
        made = run(code)[:, 0]
        assert len(made) == shown + 1
        with np.errstate(invalid="ignore"):
            first = min(shown + 1, len(at.x))  # what flies off leaves the range of numbers
            np.testing.assert_allclose(made[:first], at.x[:first], rtol=1e-7, atol=1e-10)
        assert drawn(explorer, "Path", np.arange(shown + 1), made)
    assert len(seen) == len(PATTERNS)


def mixed(w, v, g, eta, beta):
    """A mean of the course's rule and plain descent."""
    v = beta * v + (1 - beta) * g
    return w - eta * (0.3 * g + 0.7 * v), v


OWN = {
    "nesterov": me.nesterov(1.0),
    "heavy_ball": me.heavy_ball(1.0),
    "gradient_descent": me.gradient_descent(1.0),
}
OWN["mixed"] = mixed


# At the last two, a rule rings so slowly that no run shows it: it passes the minimum by less than rounding.
PLACES = ((1.0, 0.0), (1.0, 0.9), (0.0954993, 0.53), (0.251189, 0.41))
BARELY = [{"h": h, "beta": beta} for h, beta in PLACES]


@pytest.mark.parametrize("name", OWN)
def test_all_that_is_said_of_a_rule_of_ones_own_is_true(name):
    explorer = explorers.overshoot(OWN[name])
    for values, shown, status, words, code in swept(explorer, 40, 2, BARELY):
        own, course = (truth(form, values["h"], values["beta"]) for form in (name, "ema"))
        said, beside = re.fullmatch(r"(.*)\. (The course's rule there: .*)", status).groups()
        assert re.search(rf"\b{name}\b", said)
        judge(OWN_PATTERNS, said, own)
        judge(COURSE_PATTERNS, beside, course)
        check_words(own, words, shown)
        made = run(code, mixed=mixed)[:, 0]
        first = min(shown + 1, len(own.x))
        with np.errstate(invalid="ignore"):
            np.testing.assert_allclose(made[:first], own.x[:first], rtol=1e-6, atol=1e-9)
        assert drawn(explorer, "Path", np.arange(shown + 1), made)


def test_a_wrong_number_or_word_would_be_noticed(explorer):
    at = {h: truth("ema", h, 0.9) for h in (0.02, 1.0, 37.98, 40.0)}
    caught = 0
    for h, each in at.items():
        explorer.set(h=h, beta=0.9)
        judge(PATTERNS, explorer.picture.status, each)
        for wrong in falsified(explorer.picture.status):
            with pytest.raises(AssertionError):
                judge(PATTERNS, wrong, each)
            caught += 1
        for other in at.values():
            if other is not each:
                with pytest.raises(AssertionError):
                    judge(PATTERNS, explorer.picture.status, other)
    assert caught >= 9
