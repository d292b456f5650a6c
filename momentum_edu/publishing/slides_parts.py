"""A lesson cut at its headings into parts, each with what it says, shows and prints, in order."""

import ast
import base64
import html
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from PIL import Image

from momentum_edu.publishing.guards import Notebook
from momentum_edu.publishing.slides_text import Block, blocks

_GUESS = re.compile(r"^(?:claim \d+, )?(?:your guess:? \?|you have not guessed yet)[;:,]? ?\n?", re.MULTILINE)
_GUESSES = re.compile(r"^.*(?:not guessed yet|your guess).*\n?", re.MULTILINE)
_TAGS = re.compile(r"</?details[^>]*>|<summary>.*?</summary>|</?p>", re.DOTALL)
_QUESTION = re.compile(r"\*\*\d+\.\*\*\s+")
_NUMBER = re.compile(r"<strong>\d+\.</strong>\s*")


@dataclass(frozen=True)
class Picture:
    """A still picture: PNG in base64, its size on the page in pixels, and what it says."""

    png: str
    alt: str
    width: int
    height: int
    finding: str
    live: bool

    def img(self, style: str = "") -> str:
        """Return it as an HTML element that needs no file beside it."""
        look = f' style="{style}"' if style else ""
        size = f'width="{self.width}" height="{self.height}"'
        return f'<img src="data:image/png;base64,{self.png}" alt="{html.escape(self.alt)}" {size}{look}>'


def halves(picture: Picture) -> tuple[Picture, Picture]:
    """Cut a tall picture in two, at the emptiest line of pixels that is nearest to its middle."""
    image = Image.open(io.BytesIO(base64.b64decode(picture.png))).convert("RGB")
    ink = 255 - np.asarray(image.convert("L"), dtype=int).mean(axis=1)
    lines = np.arange(int(0.4 * len(ink)), int(0.6 * len(ink)))
    empty = lines[ink[lines] == ink[lines].min()]
    cut = int(empty[np.abs(empty - len(ink) / 2).argmin()])
    upper, lower = (0, cut), (cut, image.height)
    return _strip(picture, image, upper, "Upper half"), _strip(picture, image, lower, "Lower half")


def _strip(picture: Picture, image: Image.Image, lines: tuple[int, int], name: str) -> Picture:
    buffer = io.BytesIO()
    image.crop((0, lines[0], image.width, lines[1])).save(buffer, format="PNG", optimize=True)
    return replace(
        picture,
        png=base64.b64encode(buffer.getvalue()).decode("ascii"),
        alt=f"{name}. {picture.alt}",
        height=round(picture.height * (lines[1] - lines[0]) / image.height),
        finding=f"{picture.finding} ({name.lower()})",
    )


@dataclass(frozen=True)
class Printed:
    """What a cell printed, without the learner's guess."""

    text: str

    @property
    def html(self) -> str:
        """Return it in fixed width."""
        return f"<pre>{html.escape(self.text)}</pre>"


@dataclass(frozen=True)
class Code:
    """The source of a code cell."""

    source: str


Item = Block | Picture | Printed | Code


@dataclass(frozen=True)
class Part:
    """What stands between two headings; ``heading`` is Markdown, ``level`` 1 for the lesson's title."""

    level: int
    heading: str
    items: list[Item] = field(default_factory=list)

    @property
    def text(self) -> list[Block]:
        """The part's blocks of text."""
        return [item for item in self.items if isinstance(item, Block)]


def parts(notebook: Notebook) -> list[Part]:
    """Cut an executed lesson at its headings."""
    found: list[Part] = []
    for item in _items(notebook):
        if isinstance(item, Block) and item.kind == "heading":
            found.append(Part(item.level, item.source))
        else:
            found[-1].items.append(item)
    return found


def _items(notebook: Notebook) -> Iterator[Item]:
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            yield from blocks(cell.source)
            continue
        yield Code(cell.source)
        for output in cell.outputs:
            if "image/png" in output.get("data", {}):
                yield _picture(cell.source, output)
            elif output.output_type == "stream" and (text := _without_guess(output.text)):
                yield Printed(text)


def _without_guess(printed: str) -> str:
    return _GUESSES.sub("", _GUESS.sub("", printed)).rstrip("\n")


def _picture(source: str, output: Notebook) -> Picture:
    about = output.metadata["image/png"]
    live = output.output_type == "execute_result"  # an explorer is the value of its cell
    return Picture(
        output.data["image/png"].replace("\n", ""),
        about["alt"],
        about["width"],
        about["height"],
        "Live picture" if live else finding(source),
        live,
    )


def finding(source: str) -> str:
    r"""Return the titles that a cell gives its figure, or nothing where they are computed.

    Examples
    --------
    >>> finding('figure, axes = figures.new("The loss falls", x="step")')
    'The loss falls'
    >>> finding('titles = ("Left ...", "... right")\nfigure, axes = figures.new(*titles)')
    'Left ... right'
    """
    tree = ast.parse(source)
    named = {
        target.id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "figures.new":
            return _joined([text for each in node.args for text in _texts(each, named)])
    return ""


def _joined(titles: list[str]) -> str:
    return "; ".join(titles).replace("...; ...", "...")


def _texts(node: ast.expr, named: dict[str, ast.expr]) -> list[str]:
    if isinstance(node, ast.Starred):
        return _texts(node.value, named)
    if isinstance(node, ast.Name):
        return _texts(named[node.id], {}) if node.id in named else []
    if isinstance(node, ast.Tuple | ast.List):
        return [text for each in node.elts for text in _texts(each, {})]
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def questions(part: Part) -> Iterator[tuple[str, str]]:
    """Give the pairs of question and answer of a part "Check yourself", both as HTML."""
    asked = answered = ""
    unfolded = False
    for block in part.text:
        if _QUESTION.match(block.source):
            if asked:
                yield asked, answered
            asked, answered, unfolded = _NUMBER.sub("", block.html), "", False
        elif block.kind == "html":
            unfolded = True
            text = _TAGS.sub("", block.html).strip()
            answered += f"<p>{text}</p>" if text else ""
        elif unfolded:
            answered += block.html
        elif asked:
            asked += block.html
    if asked:
        yield asked, answered
