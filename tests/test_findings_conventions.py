"""All that the explorer conventions says, over all its settings, against walks in plain numbers."""

import re
from types import SimpleNamespace

import numpy as np
import pytest
from sweeps import NUMBER, PERCENT, drawn, falsified, judge, percent, printed, roots, run, swept

from momentum_edu import explorers

NAMES = {
    "ema": "EMA",
    "heavy_ball": "heavy ball",
    "classical_momentum": "Keras's form",
    "nesterov": "Nesterov",
    "dampened": "dampened",
}
SUMS = ("heavy_ball", "classical_momentum", "nesterov")
STEPS = 60
EXACT = np.longdouble


def planned(schedule, h, beta):
    """The learning rate and beta at each step, from the words."""
    rates, betas = [h] * STEPS, [beta] * STEPS
    if schedule == "rate drops tenfold at step 5":
        rates[5:] = [h / 10] * (STEPS - 5)
    elif schedule == "rate warms up over 10 steps":
        rates[:10] = [h * (t + 1) / 10 for t in range(10)]
    elif schedule == "β drops to 0.5 at step 5":
        betas[5:] = [0.5] * (STEPS - 5)
    elif schedule == "β warms up over 30 steps":
        betas[:30] = [beta * t / 30 for t in range(30)]
    else:
        assert schedule == "both constant"
    return rates, betas


def walk(form, rates, betas):
    """Each form's two lines, with more digits than the library's."""
    w, v, path = EXACT(1), EXACT(0), [EXACT(1)]
    for step, (eta, beta) in enumerate(zip(rates, betas, strict=True)):
        g, eta, beta = w, EXACT(eta), EXACT(beta)
        if form == "ema" or form == "dampened":
            v = g if form == "dampened" and step == 0 else beta * v + (1 - beta) * g
            w = w - eta * v
        elif form == "heavy_ball":
            v = beta * v + g
            w = w - eta * v
        elif form == "classical_momentum":
            v = beta * v - eta * g
            w = w + v
        else:
            v = beta * v + g
            w = w - eta * (g + beta * v)
        path.append(w)
    return np.array(path)


def truth(first, second, schedule, convert, beta, h):
    rates, betas = planned(schedule, h, beta)
    converted = [rate * (1 - each) for rate, each in zip(rates, betas, strict=True)]
    given = {name: converted if convert and name in SUMS else rates for name in NAMES}
    paths = [walk(name, given[name], betas) for name in (first, second)]
    size = np.maximum(1, np.maximum.accumulate(np.maximum(*map(np.abs, paths))))
    return SimpleNamespace(
        pair=(first, second),
        names=[NAMES[first], NAMES[second]],
        paths=paths,
        gap=np.abs(paths[0] - paths[1]),
        parted=np.abs(paths[0] - paths[1]) > 1e-12 * size,
        flies=[flies_off(name, given[name][-1], betas[-1]) for name in (first, second)],
        rates=rates,
        betas=betas,
        given=given,
        convert=convert,
    )


def flies_off(form, rate, beta):
    """Whether it never comes to rest at the rate and beta in which the schedule ends."""
    form = {"dampened": "ema", "classical_momentum": "heavy_ball"}.get(form, form)
    return abs(roots(form, rate, beta)[0]) >= 1 - 1e-12


def past(path):
    return max(0.0, -float(path.min()))


def does(at, index, words):
    """Whether "overshoots by 60 %" or "does not overshoot" holds of one of the two within the steps."""
    if match := re.fullmatch(rf"overshoots by {PERCENT}", words):
        return not at.flies[index] and percent(match[1], past(at.paths[index])) and past(at.paths[index]) > 0
    return words == "does not overshoot" and not at.flies[index] and past(at.paths[index]) < 2e-12


def one_path(at, first, second, steps, words):
    return (
        [first, second] == at.names and int(steps) == STEPS and each_does(at, words) and not at.parted.any()
    )


def each_does(at, words):
    if words == "neither overshoots":
        return all(does(at, index, "does not overshoot") for index in (0, 1))
    return all(does(at, index, words.removeprefix("each ")) for index in (0, 1))


def both_fly(at, first, second):
    return [first, second] == at.names and all(at.flies) and not at.parted.any()


def twice(at, steps, name, words):
    same = at.pair[0] == at.pair[1] and name == at.names[0]
    return same and int(steps) == STEPS and does(at, 0, words)


def part(at, step, gap=None):
    if at.pair[0] == at.pair[1] or (gap is None) != any(at.flies) or not at.parted.any():
        return False
    return int(step) == int(np.argmax(at.parted)) and (gap is None or printed(gap, float(at.gap.max()), 2))


def instead(at, old, new):
    """Whether the two stay together over the step at which they part, if this form took the other's place."""
    begins = int(np.argmax(at.parted))
    one, two = (walk(new if name == old else name, at.given[name], at.betas) for name in at.pair)
    return np.abs(one - two)[: begins + 1].max() <= 1e-12 * max(1.0, float(np.abs(one[: begins + 1]).max()))


def larger_rate(at, up_to, times, ahead):
    """The number is as much larger for a sum; converted, all but Nesterov's is the mean while beta stays."""
    if at.convert or len({*at.pair} & {*SUMS}) != 1 or bool(ahead) != ("nesterov" in at.pair):
        return False
    factors = [1 / (1 - beta) for beta in at.betas]
    converted = [rate * (1 - beta) for rate, beta in zip(at.rates, at.betas, strict=True)]
    [total] = {*at.pair} & {*SUMS}
    if len(set(at.betas)) == len(set(at.rates)) == 1:
        one, two = walk(total, converted, at.betas), walk("ema", at.rates, at.betas)
        assert (np.abs(one - two).max() < 1e-12 * np.abs(two).max()) == (not ahead)
    return bool(up_to) == (min(factors) < max(factors)) and printed(times, max(factors), 3)


def looks_ahead(at):
    """The paths part at the very first step whose velocity is looked ahead with."""
    first = 1 + int(np.argmax(np.array(at.betas) > 0))
    return "nesterov" in at.pair and max(at.betas) > 0 and int(np.argmax(at.parted)) == first


def first_velocity(at):
    return "dampened" in at.pair and at.betas[0] > 0 and instead(at, "dampened", "ema")


def holds_old_rate(at):
    changes = len(set(at.rates)) > 1
    return changes and "classical_momentum" in at.pair and instead(at, "classical_momentum", "heavy_ball")


def holds_old_product(at):
    changes = at.convert and len(set(at.betas)) > 1 and len(set(at.rates)) == 1
    return changes and "classical_momentum" in at.pair and instead(at, "classical_momentum", "heavy_ball")


def weigh_differently(at):
    """A sum and a mean: with Keras's form, which converted is a mean, for the sum they would be one."""
    pair = {*at.pair} == {"heavy_ball", "ema"} or {*at.pair} == {"heavy_ball", "dampened"}
    return pair and len(set(at.betas)) > 1 and instead(at, "heavy_ball", "classical_momentum")


FORM = "(" + "|".join(NAMES.values()) + ")"
ANY = "(overshoots by .*|does not overshoot)"
WHOLE = [
    (
        rf"One path: {FORM} and {FORM} stay equal to 12 digits; in {NUMBER} steps "
        r"(each .*|neither overshoots)\.",
        one_path,
    ),
    (
        rf"One path: {FORM} and {FORM} stay equal to 12 digits; each diverges: this rate is too large\.",
        both_fly,
    ),
    (rf"Twice the same: in {NUMBER} steps {FORM} {ANY}\.", twice),
    (
        rf"Twice the same: {FORM} diverges: this rate is too large\.",
        lambda at, name: at.pair[0] == at.pair[1] and name == at.names[0] and all(at.flies),
    ),
]


def part_a_little(at, step):
    return at.gap.max() < 1e-4 and part(at, step, "0.0")


PARTING = [
    (rf"They part at step {NUMBER}, by less than 0\.0001", part_a_little),
    (rf"They part at step {NUMBER}", part),
    (rf"They part at step {NUMBER}, by up to {NUMBER}", part),
]
REASONS = [
    (
        rf"the same number is a rate (up to )?{NUMBER} times as large for a sum"
        r"(, and Nesterov's step looks ahead)?",
        larger_rate,
    ),
    (r"Nesterov's step looks ahead, so it is another rule", looks_ahead),
    (r"PyTorch's first velocity is g, not \(1 − β\) g", first_velocity),
    (r"Keras's velocity still holds the old rate", holds_old_rate),
    (r"Keras's velocity still holds the old rate times \(1 − β\)", holds_old_product),
    (r"a sum and a mean weigh the past differently once β changes", weigh_differently),
]


def outcome(at, steps, first, words, second, others):
    if others.startswith("by "):
        others = "overshoots " + others
    return [first, second] == at.names and int(steps) == STEPS and does(at, 0, words) and does(at, 1, others)


def neither(at, steps, first, second):
    return [first, second] == at.names and int(steps) == STEPS and each_does(at, "neither overshoots")


def one_flies(at, name):
    index = [each[0].upper() + each[1:] for each in at.names].index(name)
    return at.flies[index] and not at.flies[1 - index]


OUTCOMES = [
    (rf"In {NUMBER} steps {FORM} {ANY}, {FORM} ((?:overshoots )?by .*|does not overshoot)\.", outcome),
    (rf"In {NUMBER} steps {FORM} does not overshoot, nor does {FORM}\.", neither),
    (r"Both diverge: this rate is too large for them\.", lambda at: all(at.flies)),
    (r"(EMA|Heavy ball|Keras's form|Nesterov|Dampened) diverges: this rate is too large for it\.", one_flies),
]


def judge_all(status, at):
    if not status.startswith("They"):
        return {judge(WHOLE, status, at)}
    parting, reason, end = re.fullmatch(r"(.*?): (.*?)\. (.*)", status).groups()
    return {judge(PARTING, parting, at), judge(REASONS, reason, at), judge(OUTCOMES, end, at)}


@pytest.fixture(scope="module")
def explorer():
    return explorers.conventions()


def test_all_that_is_said_is_true(explorer):
    seen = set()
    for values, shown, status, words, code in swept(explorer, 130, 5):
        at = truth(**values)
        seen |= judge_all(status, at)
        assert words == ["below: rounding only"]
        made = run(code)[:, 0]
        index = 1 if values["first"] == "ema" else 0
        np.testing.assert_allclose(made, at.paths[index][: shown + 1].astype(float), rtol=1e-6, atol=1e-9)
        assert drawn(explorer, "Two paths", np.arange(shown + 1), made)
        farthest = np.maximum.accumulate(np.abs(at.gap[: shown + 1]).astype(float))
        mine = next(
            np.asarray(mark.y)
            for mark in reversed(explorer.picture._marks)
            if mark.axes.get_yscale() == "log" and np.size(mark.y) == shown + 1
        )
        np.testing.assert_allclose(
            mine, farthest, rtol=1e-6, atol=1e-12 * max(1, float(np.abs(at.paths).max()))
        )
    missing = {pattern for pattern, _ in (*WHOLE, *PARTING, *REASONS, *OUTCOMES)} - seen
    assert not missing


def test_a_wrong_number_or_word_would_be_noticed(explorer):
    said, caught = [], 0
    for words, button in explorer.buttons.items():
        button.click()
        at = truth(**explorer.values)
        judge_all(explorer.picture.status, at)
        said.append((explorer.picture.status, at, words))
        for wrong in falsified(explorer.picture.status):
            if "digits" not in wrong or "12 digits" in wrong:
                with pytest.raises(AssertionError):
                    judge_all(wrong, at)
                caught += 1
    for status, at, _ in said:
        for other, *_ in said:
            if other != status:
                with pytest.raises(AssertionError):
                    judge_all(other, at)
    reasons = {status.partition(": ")[2].partition(". ")[0] for status, *_ in said if "part" in status}
    for status, at, _ in said:
        for reason in reasons - {status.partition(": ")[2].partition(". ")[0]}:
            with pytest.raises(AssertionError):
                judge(REASONS, reason, at)
    assert caught > 15
