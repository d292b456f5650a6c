"""A lesson on paper: its text, formulas, figures and what its cells print, as a tagged PDF in A4.

The code stays in the notebook, and so do the lecturer's notes; answers to the questions stand at the end.
"""

import html
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from momentum_edu.publishing.guards import Notebook
from momentum_edu.publishing.kernel import BuildError
from momentum_edu.publishing.slides_parts import Code, Item, Part, Picture, Printed, parts, questions
from momentum_edu.publishing.slides_text import Block, inline

BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "msedge",
)
FLAGS = (
    "--headless",
    "--disable-gpu",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-pdf-header-footer",  # page numbers come from the style sheet; the browser's would show a path
    "--export-tagged-pdf",
    "--generate-pdf-document-outline",
)
SECONDS = 120
PAPER = 174  # millimetres between the margins
MILLIMETRES = 0.19  # on paper for each pixel of a picture
LOOK = Path(__file__).parent / "slides_look" / "handout.css"

PAGE = """\
<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<title>{title}</title>
<style>
{style}
</style>
</head>
<body>
{body}
</body>
</html>
"""


def handout(notebook: Notebook, name: str) -> str:
    """Return an executed lesson as one page of HTML that is made for print.

    Parameters
    ----------
    notebook : NotebookNode
        The executed lesson.
    name : str
        Its file name without ending, such as ``03_overshoot``.
    """
    cut = parts(notebook)
    title = html.escape(cut[0].heading, quote=False)
    style = LOOK.read_text(encoding="utf-8").replace("LESSON", cut[0].heading.partition(":")[0])
    where = f"Code, live pictures and notes for lecturers: <code>notebooks/{name}.ipynb</code>"
    heading = f'<h1>{inline(cut[0].heading)}</h1><p class="small">{where}</p>'
    body = "\n".join([heading, *_elements(cut[0].items), *(each for part in cut[1:] for each in _part(part))])
    return PAGE.format(title=title, style=style, body=body)


def _part(part: Part) -> Iterator[str]:
    heading = f"<h{part.level}>{inline(part.heading)}</h{part.level}>"
    if part.heading == "Say it in a lecture":
        return
    if part.heading == "Check yourself":
        yield heading
        yield from _questions(part)
    elif part.heading == "Predict":
        # The cell for the guess ends the question.
        stop = next((n for n, item in enumerate(part.items) if isinstance(item, Code)), len(part.items))
        yield f'<div class="predict">{heading}{"".join(_elements(part.items[:stop]))}</div>'
        yield from _elements(part.items[stop:])
    elif part.heading != "Run" or list(_elements(part.items)):
        yield heading
        yield from _elements(part.items)


def _elements(items: Iterable[Item]) -> Iterator[str]:
    for item in items:
        if isinstance(item, Picture):
            yield item.img(f"width:{min(PAPER, MILLIMETRES * item.width):.0f}mm")
        elif isinstance(item, Block | Printed):
            yield item.html


def _questions(part: Part) -> Iterator[str]:
    pairs = list(questions(part))
    yield "<ol>{}</ol>".format("".join(f"<li>{asked}</li>" for asked, _ in pairs))
    answers = "".join(f"<li>{answered}</li>" for _, answered in pairs)
    yield f'<div class="answers"><h3>Answers</h3><ol>{answers}</ol></div>'


def browser() -> str:
    """Find the browser that prints.

    Raises
    ------
    BuildError
        When none of `BROWSERS` is on the path.
    """
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        raise BuildError(
            "handouts are printed by Chromium, Chrome or Edge: install one, so that it is on the PATH"
        )
    return found


def print_pdf(page: str, target: Path) -> None:
    """Print a page of HTML to a PDF file.

    Raises
    ------
    BuildError
        When there is no browser, or it writes nothing within `SECONDS`.
    """
    program = browser()
    with tempfile.TemporaryDirectory() as folder:
        source, written = Path(folder) / "handout.html", Path(folder) / "handout.pdf"
        source.write_text(page, encoding="utf-8")
        command = [program, *FLAGS, f"--user-data-dir={folder}/profile", f"--print-to-pdf={written}"]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command.append("--no-sandbox")  # as root it does not start with one
        try:
            subprocess.run([*command, source.as_uri()], capture_output=True, timeout=SECONDS, check=False)
        except subprocess.TimeoutExpired as error:
            raise BuildError(f"{target.name}: {program} took longer than {SECONDS} s") from error
        if not written.exists():
            raise BuildError(f"{target.name}: {program} printed nothing")
        shutil.copyfile(written, target)
