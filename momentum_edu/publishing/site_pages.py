"""A saved notebook as a page to read: Markdown for Sphinx, its outputs as they were saved.

Text stays as it is. Code folds away: open where it computes, closed where it draws or only checks what was
said. A picture keeps its size and its alternative text.
"""

import ast
import base64
import html
import posixpath
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from momentum_edu.publishing.guards import Notebook

_LINK = re.compile(r"(?<!!)(\[[^\]]*\]\()([^)\s#]+)(#[^)\s]*)?\)")
_MOVES = (
    "This picture moves when the lesson runs, in the browser or by <code>python3 course.py lab</code>. "
    "Here it stands still."
)


@dataclass(frozen=True)
class Page:
    """One page: its Markdown, and its pictures as bytes by file name.

    Attributes
    ----------
    text : str
        MyST Markdown.
    pictures : dict of str to bytes
        PNG files that the text shows from the folder ``pictures`` beside the page's own folder.
    """

    text: str
    pictures: dict[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Forms:
    """The other forms of the course that the site holds, by the names of the lessons."""

    live: frozenset[str] = frozenset()
    slides: frozenset[str] = frozenset()
    handouts: frozenset[str] = frozenset()

    @classmethod
    def of(cls, site: Path) -> "Forms":
        """See what is there already: the course in the browser, decks, handouts."""
        files = site / "lite" / "files"
        return cls(
            frozenset(path.relative_to(files).as_posix() for path in files.rglob("*.ipynb")),
            frozenset(path.stem for path in (site / "slides").glob("*.html")),
            frozenset(path.stem for path in (site / "handouts").glob("*.pdf")),
        )


LIVE = "lite/notebooks/index.html?path="


def actions(page: str, pages: Iterable[str], forms: Forms) -> str:
    """Write the row of links under a title: the same lesson in its other forms.

    Examples
    --------
    >>> actions("exercises/01_rule", ["lessons/01_rule"], Forms())
    '<p class="actions"><a href="../lessons/01_rule.html">The lesson</a></p>'
    """
    part, name = page.split("/")
    notebook = f"{name}.ipynb" if part == "lessons" else f"{part}/{name}.ipynb"
    other, words = ("exercises", "Exercises") if part == "lessons" else ("lessons", "The lesson")
    links = []
    if notebook in forms.live:
        links.append(f'<a class="button" href="../{LIVE}{notebook}">Run it in the browser</a>')
    if f"{other}/{name}" in pages:
        links.append(f'<a href="../{other}/{name}.html">{words}</a>')
    if part == "lessons" and name in forms.slides:
        links.append(f'<a href="../slides/{name}.html">Slides</a>')
    if part == "lessons" and name in forms.handouts:
        links.append(f'<a href="../handouts/{name}.pdf">Handout (PDF)</a>')
    return f'<p class="actions">{" ".join(links)}</p>' if links else ""


def notebook_page(notebook: Notebook, name: str, actions: str = "") -> Page:
    """Turn a saved notebook into a page.

    Parameters
    ----------
    notebook : NotebookNode
        With outputs; nothing is executed.
    name : str
        Begins the file name of each picture.
    actions : str
        HTML to put under the title: other forms of the same lesson.

    Raises
    ------
    ValueError
        If a picture has no alternative text, or an output is of a kind that a page cannot show.
    """
    pictures: dict[str, bytes] = {}
    first, *cells = notebook.cells
    title, _, opening = first.source.partition("\n")
    # Predict, run, explain come again and again: they would crowd the contents.
    parts = ["---\ntocdepth: 2\n---", title, actions, f'<div class="opening">\n\n{opening.strip()}\n\n</div>']
    for cell in cells:
        if cell.cell_type == "markdown":
            parts.append(cell.source)
        elif cell.cell_type == "code":
            said, checks = _code(cell)
            parts += [said, *_outputs(cell, name, pictures), checks]
    return Page("\n\n".join(filter(None, parts)) + "\n", pictures)


def with_links(text: str, source: str, page: str, pages: Mapping[str, str]) -> str:
    """Turn links between files of the repository into links between pages.

    Parameters
    ----------
    text : str
        Markdown from `source`, a path in the repository such as ``notebooks/03_overshoot.ipynb``.
    source, page : str
        Where the text comes from, and which page it becomes, such as ``lessons/03_overshoot``.
    pages : mapping
        The page of each source.

    Raises
    ------
    ValueError
        If a link leads to no page.

    Examples
    --------
    >>> pages = {"notebooks/01.ipynb": "lessons/01", "notebooks/exercises/01.ipynb": "exercises/01"}
    >>> with_links("See [it](exercises/01.ipynb#top).", "notebooks/01.ipynb", "lessons/01", pages)
    'See [it](../exercises/01.md#top).'
    """

    def lead(link: re.Match[str]) -> str:
        words, target, place = link.groups(default="")
        if re.match(r"https?:|mailto:", target):
            return link[0]
        path = posixpath.normpath(posixpath.join(posixpath.dirname(source), target))
        if path not in pages:
            raise ValueError(f"{source} links {target}, which is no page of the site")
        return f"{words}{posixpath.relpath(pages[path], posixpath.dirname(page) or '.')}.md{place})"

    # What stands in code is no link.
    pieces = re.split(r"(^```.*?^```$|`[^`\n]+`)", text, flags=re.MULTILINE | re.DOTALL)
    return "".join(piece if number % 2 else _LINK.sub(lead, piece) for number, piece in enumerate(pieces))


def split_checks(source: str) -> tuple[str, str]:
    r"""Part the assertions of a code cell from the rest: what is said, and what decides whether it is so.

    Only assertions that stand alone, not inside a loop or a function, are taken out.

    Examples
    --------
    >>> split_checks("x = 1 + 1\nprint(x)\nassert x == 2")
    ('x = 1 + 1\nprint(x)', 'assert x == 2')
    """
    lines = source.splitlines()
    checked: set[int] = set()
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assert):
            checked |= set(range(node.lineno - 1, node.end_lineno or node.lineno))
    said = "\n".join(line for number, line in enumerate(lines) if number not in checked)
    return said.strip("\n"), "\n".join(lines[number] for number in sorted(checked))


def _code(cell: Any) -> tuple[str, str]:
    said, checks = split_checks(cell.source)
    if _only_imports(said):
        title, is_open = "Imports", False
    elif any("image/png" in output.get("data", {}) for output in cell.outputs):
        title, is_open = "Code of the picture", False
    else:
        task = cell.metadata.get("nbgrader", {})
        title = "Your answer" if task.get("solution") else "Its check" if task.get("grade") else "Code"
        is_open = True
    count = len(re.findall(r"^assert\b", checks, re.MULTILINE))
    decides = f"{count} checks decide this" if count > 1 else "A check decides this"
    return _fold(title, said, is_open=is_open), _fold(decides, checks, is_open=False)


def _only_imports(source: str) -> bool:
    return all(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.parse(source).body)


def _fold(title: str, code: str, *, is_open: bool) -> str:
    if not code:
        return ""
    state = " open" if is_open else ""
    return (
        f'<details class="code"{state}>\n<summary>{title}</summary>\n\n```python\n{code}\n```\n\n</details>'
    )


def _outputs(cell: Any, name: str, pictures: dict[str, bytes]) -> list[str]:
    parts = []
    for output in cell.outputs:
        data = output.get("data", {})
        if "image/png" in data:
            file = f"{name}-{len(pictures) + 1}.png"
            pictures[file] = base64.b64decode(data["image/png"])
            moves = cell.source.lstrip().startswith("explorers.")
            parts.append(_picture(file, output.metadata.get("image/png", {}), moves=moves))
        elif "text" in output or "text/plain" in data:
            text = html.escape((output.get("text") or data["text/plain"]).rstrip("\n"))
            parts.append(f'<pre class="result">{text}</pre>')
        else:
            raise ValueError(f"{name}: a page cannot show an output of kind {sorted(data)}")
    return parts


def _picture(file: str, facts: Mapping[str, Any], *, moves: bool) -> str:
    if not facts.get("alt"):
        raise ValueError(f"{file}: the picture has no alternative text")
    size = "".join(f' {side}="{facts[side]}"' for side in ("width", "height") if side in facts)
    caption = f"<figcaption>{_MOVES}</figcaption>" if moves else ""
    alt = html.escape(facts["alt"])
    return f'<figure><img src="../pictures/{file}" alt="{alt}"{size}>{caption}</figure>'
