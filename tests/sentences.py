"""Read what an explorer says: its finding, the words in its picture, its line of Python, its curves.

The sweeps (``test_findings_*.py``) set an explorer to many settings and hold each sentence against the truth
computed in the test. A sentence that no pattern knows fails.
"""

import html
import re

import numpy as np

BAD = re.compile(
    r"\bnan\b|\binf\b|-0\.0*(?![0-9])|[0-9]e[+-]?[0-9]+ ?(%|times)|  |\.\."
    r"|(?<![.\d])1 (steps|values|times|epochs)\b"
)


def words_drawn(explorer):
    """The words written in the picture."""
    page = explorer.picture.children[1].value
    return [html.unescape(words) for words in re.findall(r"<text[^>]*>([^<]*)</text>", page)]


def finding(explorer):
    """The finding, after a look at its grammar; what went wrong, if anything did, is no finding."""
    said = explorer.picture.status
    assert 'role="alert"' not in explorer.picture.children[1].value, said
    for words in (said, *words_drawn(explorer)):
        assert not BAD.search(words), words
    assert said[0].isupper() or said[0] == "β", said
    assert said.endswith("."), said
    return said


def code(explorer):
    """The line of Python under the picture."""
    return html.unescape(re.search(r"<pre[^>]*>([^<]*)", explorer.picture.children[1].value)[1])


def curves(explorer, title):
    """The marks on the axes of that title: a list of arrays (2, n)."""
    marks = [mark for mark in explorer.picture._marks if mark.axes.get_title(loc="left") == title]
    return [np.array([np.ravel(mark.x), np.ravel(mark.y)], float) for mark in marks if np.size(mark.x)]


def drawn(explorer, title, path, **close):
    """Whether this curve (2, n) is drawn on the axes of that title."""
    return any(
        curve.shape == np.shape(path) and np.allclose(curve, path, equal_nan=True, **close)
        for curve in curves(explorer, title)
    )


def matched(patterns, words):
    """Return the checker of the one pattern that fits, and what it caught."""
    found = [(check, match) for pattern, check in patterns.items() if (match := re.fullmatch(pattern, words))]
    assert len(found) == 1, f"{len(found)} patterns know: {words}"
    return found[0]


def rounds(printed, value, digits=None):
    """Whether a printed number is ``value`` to its rounding; ``digits`` counts what .3g would keep."""
    if digits is not None:
        largest = max(abs(value), abs(float(printed)), 1e-300)
        unit = 10.0 ** (np.floor(np.log10(largest)) + 1 - digits)
        return abs(value - float(printed)) <= 0.5 * unit * (1 + 1e-6)
    decimals = len(printed.partition(".")[2])
    return abs(value - float(printed)) <= 0.5 * 10.0**-decimals * (1 + 1e-6)


def notches(control):
    """Every value that a slider can take by hand, the ends included."""
    if hasattr(control, "options"):
        return [value for _, value in control.options]
    count = round((control.max - control.min) / control.step)
    places = control.min + control.step * np.arange(count + 1)
    return [float(control.base**place if hasattr(control, "base") else place) for place in places]


def shown(explorer):
    """The number of steps shown."""
    return explorer._step.value


def sweep(explorer, settings, check):
    """Hold what is said at each setting against the truth; name all that fail, with what was said."""
    false = []
    for number, setting in enumerate(settings):
        explorer.set(**setting)
        try:
            check(explorer, number)
        except AssertionError as wrong:
            why = " ".join(str(wrong).split())[:300]
            words = [explorer.picture.status, *words_drawn(explorer)]
            false.append(f"{' | '.join(words)}\n    {explorer.values}, {shown(explorer)} shown\n    {why}")
    assert not false, "\n".join([f"{len(false)} of {number + 1} are false:", *false[:40]])
