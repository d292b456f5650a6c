"""The site's first page: two questions, the run that rings, and the map of the lessons."""

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from momentum_edu import digits, networks, rules
from momentum_edu.publishing.guards import Notebook
from momentum_edu.publishing.site_pages import LIVE, Forms

_LOOK = Path(__file__).parent / "site_look"
_ROW = re.compile(r"^\| \[(\d\d) ([^]]+)\]\(notebooks/(\w+)\.ipynb\) \| (.+) \|$", re.MULTILINE)
_PICTURE = re.compile(r"!\[([^]]+)\]\([^)]+\)")
_IN_BROWSER = (
    '**In the browser**, with nothing installed: <a href="{}">open lesson 00</a>. Python itself runs in the '
    "page; at the first start it comes over the network, which takes some seconds. (If the first cell stays "
    "at `[*]`, the network keeps it out.) Your work stays in this browser."
)
_WIDTH, _HEIGHT, _TOP_LOSS = 720, 300, 1.8


@dataclass(frozen=True)
class Row:
    """One row of the map of lessons."""

    number: str
    title: str
    name: str
    question: str
    minutes: str


def lesson_map(readme: str, notebooks: Mapping[str, Notebook]) -> list[Row]:
    """Read the map of lessons from README, and the minutes from each lesson's opening.

    Parameters
    ----------
    readme : str
        The text of README.md.
    notebooks : mapping
        The lessons by their names.
    """
    rows = []
    for number, title, name, question in _ROW.findall(readme):
        minutes = re.search(r"\*\*Minutes\.\*\* (\d+)", notebooks[name].cells[0].source)
        rows.append(Row(number, title, name, question, minutes[1] if minutes else ""))
    return rows


def ringing() -> tuple[list[float], list[float]]:
    """Train as lesson 00 does: the loss of plain descent and with momentum, at each of 40 epochs."""
    network = networks.mlp(widths=(64, 32, 10), loss="mean_squared_error")
    start = network.init(np.random.default_rng(1))
    rule = rules.ema(learning_rate=0.1, beta=np.array([0.0, 0.9]))
    data, rng = digits.load_digits(), np.random.default_rng(0)
    history = networks.train(network, data, rule, epochs=40, start=start, rng=rng)
    plain, momentum = history.epoch_loss.T
    return plain.tolist(), momentum.tolist()


def picture(plain: Sequence[float], momentum: Sequence[float], alt: str) -> str:
    """Draw both losses as an SVG that takes its colours from the page."""
    dip = min(range(6), key=momentum.__getitem__)
    top = max(range(dip, 12), key=momentum.__getitem__)
    marks = "".join(
        f'<circle class="mark" cx="{_x(step, plain)}" cy="{_y(momentum[step])}" r="5"/>'
        for step in (dip, top)
    )
    finding = f"the loss falls to {momentum[dip]:.2f}, rises again to {momentum[top]:.2f}"
    return f"""\
<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{html.escape(alt)}">
<path class="axis" d="M40 10V{_HEIGHT - 30}H{_WIDTH - 10}"/>
<text class="small" x="48" y="20">loss</text>
<text class="small end" x="{_WIDTH - 10}" y="{_HEIGHT - 10}">epoch {len(plain) - 1}</text>
<path class="plain" pathLength="1" d="{_path(plain)}"/>
<path class="momentum" pathLength="1" d="{_path(momentum)}"/>
{marks}
<text class="finding" transform="translate({_x(top, plain)} {_y(momentum[top]) - 12})">
<tspan class="momentum-name" x="0" dy="-1.4em">With momentum</tspan>
<tspan x="0" dy="1.3em">{finding}</tspan></text>
<text class="plain-name" x="{_x(6, plain)}" y="{_y(plain[6]) + 60}">Plain gradient descent</text>
</svg>"""


def _x(step: int, losses: Sequence[float]) -> int:
    return round(40 + (_WIDTH - 60) * step / (len(losses) - 1))


def _y(loss: float) -> int:
    return round((_HEIGHT - 30) * (1 - loss / _TOP_LOSS))


def _path(losses: Sequence[float]) -> str:
    return "M" + "L".join(f"{_x(step, losses)} {_y(loss)}" for step, loss in enumerate(losses))


def cards(rows: Sequence[Row]) -> str:
    """Write the map as a list of cards."""
    items = "\n".join(
        f'<li><a href="lessons/{row.name}.html"><span class="number">{row.number}</span> '
        f'<strong>{html.escape(row.title)}</strong><span class="minutes">{row.minutes} min</span>'
        f'<span class="question">{html.escape(row.question[0].upper() + row.question[1:])}</span></a></li>'
        for row in rows
    )
    return f'<ol class="map">\n{items}\n</ol>'


def _short(page: str, rows: Sequence[Row]) -> str:
    """Name a page in the contents by its number and short title, where README's map gives one."""
    titles = {row.name: f"{row.number} {row.title}" for row in rows}
    name = page.rpartition("/")[2]
    return f"{titles[name]} <{page}>" if name in titles else page


def home_page(readme: str, rows: Sequence[Row], pages: Mapping[str, Sequence[str]], forms: Forms) -> str:
    """Fill the first page.

    Parameters
    ----------
    readme : str
        The text of README.md; the words for the picture stand there.
    rows : sequence of Row
        The map of lessons.
    pages : mapping
        The pages of each part (``lessons``, ``exercises``, ``guides``), in order.
    forms : Forms
        What else the site holds.
    """
    alt = _PICTURE.search(readme)
    assert alt is not None, "a test holds README's picture to the lesson's"
    first = f"{rows[0].name}.ipynb"
    live = f"{LIVE}{first}" if first in forms.live else ""
    words = {
        "picture": picture(*ringing(), alt[1]),
        "begin": f' <a class="button second" href="{live}">Run it in the browser</a>' if live else "",
        "browser": _IN_BROWSER.format(live) if live else "",
        "map": cards(rows),
        "slides": " Slides and handouts are linked from each lesson." if forms.slides else "",
        **{part: "\n".join(_short(page, rows) for page in found) for part, found in pages.items()},
    }
    text = (_LOOK / "home.md").read_text(encoding="utf-8")
    return re.sub(r"@(\w+)", lambda name: words[name[1]], text)
