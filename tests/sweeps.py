"""For the sweeps over the explorers' settings: draw settings, read what is said, and test printed numbers.

Every sentence must match one of an explorer's patterns, each with a checker that works the claim out anew.
"""

import itertools
import re
from math import floor, log10

import numpy as np
from sentences import code, notches, words_drawn

import momentum_edu as me

NUMBER = r"(\d+(?:\.\d+)?)"
PERCENT = r"(less than 0\.01|\d+(?:\.\d+)?) %"
NEVER = re.compile(r"nan|inf\b|\de[+-]?\d|-0(?:\.0*)?(?![\d.])|(?<![\d.])1 (steps|times)\b|None|--|  ")


def settings(explorer, count, seed, extra=()):
    """Settings all over the controls' range: every preset and option, all corners, and drawn ones."""
    rng = np.random.default_rng(seed)
    values = {name: notches(control) for name, control in explorer.controls.items()}
    last = explorer._step.max
    steps = [0, 1, 2, 7, last - 1, last]
    ends = {name: each if len(each) <= 5 else [each[0], each[-1]] for name, each in values.items()}
    corners = [dict(zip(ends, corner, strict=True)) for corner in itertools.product(*ends.values())]
    if len(corners) > count:
        corners = [corners[at] for at in rng.choice(len(corners), count, replace=False)]
    drawn = []
    for _ in range(count):
        one = {name: each[rng.integers(len(each))] for name, each in values.items()}
        low = {name: each[rng.integers(min(3, len(each)))] for name, each in values.items()}
        drawn.append(one | {"beta": low["beta"]} if rng.random() < 0.15 else one)
    for one in [*extra, *corners, *drawn]:
        yield {"step": steps[rng.integers(len(steps))]} | one


def swept(explorer, count, seed, extra=()):
    """Go through presets and settings; return for each the values, what is said, and what is written."""
    for button in explorer.buttons.values():
        button.click()
        for step in (0, 1, explorer._step.max):
            explorer.set(step=step)
            yield said(explorer)
    for one in settings(explorer, count, seed, extra):
        explorer.set(**one)
        yield said(explorer)
    explorer.buttons["Reset"].click()


def said(explorer):
    """The present values, number of steps, finding, words in the picture, and line of Python."""
    page, words = explorer.picture.children[1].value, words_drawn(explorer)
    assert 'role="alert"' not in page, (explorer.values, explorer.picture.status)
    for each in (explorer.picture.status, *words):
        assert not NEVER.search(each), (explorer.values, each)
    return explorer.values, explorer._step.value, explorer.picture.status, words, code(explorer)


def judge(patterns, sentence, truth):
    """Find the one pattern that the sentence matches, and let its checker decide; return the pattern."""
    matching = [(pattern, checker) for pattern, checker in patterns if re.fullmatch(pattern, sentence)]
    assert len(matching) == 1, f"{len(matching)} patterns match: {sentence}"
    [(pattern, checker)] = matching
    assert checker(truth, *re.fullmatch(pattern, sentence).groups()), f"false: {sentence} ({truth})"
    return pattern


def falsified(sentence):
    """The sentence with one of its numbers changed a little: the last digit by two."""
    for found in re.finditer(r"(?<![\w.])\d+(?:\.\d+)?", sentence):
        digits = found[0].rstrip("0") or found[0]
        digits = digits.rstrip(".")
        wrong = digits[:-1] + str((int(digits[-1]) + 2) % 10) + found[0][len(digits) :]
        yield sentence[: found.start()] + wrong + sentence[found.end() :]


def printed(words, value, digits=None):
    """Whether the number in these words is the value, to the last digit printed, or to so many digits."""
    decimals = len(words.partition(".")[2])
    unit = 10.0**-decimals
    if digits and value > 0:
        unit = max(unit, 10.0 ** (floor(log10(value) + 1e-9) + 1 - digits)) if decimals == 0 else unit
    return abs(float(words) - value) <= 0.5 * unit * (1 + 1e-6) + 1e-9 * abs(value)


def percent(words, part):
    """Whether these words in front of the sign are the share in per cent, with two digits at least."""
    if words.startswith("less"):
        return 0 < part < 1e-4
    enough = part == 0 or part >= 0.095 or len(words.replace(".", "").lstrip("0")) >= 1
    return enough and printed(words, 100 * part) and (part == 0) == (float(words) == 0)


def drawn(explorer, axes_title, *columns):
    """Whether a mark in the axes of this title goes through these points: their columns x and y."""
    return any(
        np.shape(mark.x) == np.shape(columns[0])
        and np.allclose(mark.x, columns[0], rtol=1e-6, atol=1e-9)
        and np.allclose(mark.y, columns[1], rtol=1e-6, atol=1e-9, equal_nan=True)
        for mark in explorer.picture._marks
        if mark.axes.get_title(loc="left") == axes_title
    )


def run(line, **names):
    """What the line of Python under the picture gives."""
    return eval(line, {"me": me, "np": np, **names})


def matrix(form, h, beta):
    """One step of (w, v) on the parabola w^2 / 2, taken from the lines of the rule."""
    if form == "ema":  # v = beta v + (1 - beta) w, w = w - h v
        return np.array([[1 - h * (1 - beta), -h * beta], [1 - beta, beta]])
    if form == "heavy_ball":  # v = beta v + w, w = w - h v
        return np.array([[1 - h, -h * beta], [1, beta]])
    if form == "nesterov":  # v = beta v + w, w = w - h (w + beta v)
        return np.array([[1 - h * (1 + beta), -h * beta * beta], [1, beta]])
    if form == "mixed":  # v as in ema, w = w - h (0.3 w + 0.7 v)
        return np.array([[1 - h * (1 - 0.7 * beta), -0.7 * h * beta], [1 - beta, beta]])
    return np.array([[1 - h, 0.0], [0.0, 0.0]])  # gradient_descent


def roots(form, h, beta):
    """Its eigenvalues, the larger first; those that rounding leaves of zero are zero."""
    values = np.linalg.eigvals(matrix(form, h, beta)).astype(complex)
    values = values[np.argsort(-np.abs(values))]
    return np.where(np.abs(values) < 3e-8, 0, values)


def walk(form, h, beta, steps):
    """Walk from w = 1 at rest, in plain numbers."""
    (a, b), (c, d) = matrix(form, h, beta).tolist()
    w, v, path = 1.0, 0.0, [1.0]
    for _ in range(steps):
        w, v = a * w + b * v, c * w + d * v
        path.append(w)
        if abs(w) > 1e140:
            break
    return np.array(path)
