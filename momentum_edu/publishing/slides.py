"""Slides and handouts of the lessons: ``momentum-edu build slides [NAME ...] [--output DIR]``.

Both are made from the executed notebooks, without executing anything. ``DIR/slides/NAME.html`` is a deck for
reveal.js, which stands beside it in the folder; ``DIR/handouts/NAME.pdf`` is for paper. Nothing asks the
network for anything.
"""

import argparse
import html
import importlib.util
import re
import shutil
import sys
import time
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from momentum_edu.publishing.guards import Notebook
from momentum_edu.publishing.handouts import handout, print_pdf
from momentum_edu.publishing.kernel import BuildError
from momentum_edu.publishing.notebooks import checkout, chosen, lessons, read_notebook
from momentum_edu.publishing.slides_draft import Slide
from momentum_edu.publishing.slides_outline import outline
from momentum_edu.publishing.slides_parts import Picture
from momentum_edu.publishing.slides_text import words

WIDTH, HEIGHT = 1280, 720
ROOM = (1250, 630)  # pixels for a picture
LINE = 36  # pixels for the line below a live one
LARGE, DENSE = 32, 62  # words up to which text is set larger, and from which on smaller
LOOK = Path(__file__).parent / "slides_look"
REVEAL = ("LICENSE", "dist/reset.css", "dist/reveal.css", "dist/reveal.js", "plugin/notes/notes.js")

PAGE = """\
<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} (slides)</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="reveal/dist/reset.css">
<link rel="stylesheet" href="reveal/dist/reveal.css">
<link rel="stylesheet" href="deck.css">
</head>
<body>
<div class="reveal"><div class="slides">
{columns}
</div></div>
<script src="reveal/dist/reveal.js"></script>
<script src="reveal/plugin/notes/notes.js"></script>
<script>
Reveal.initialize({{
  width: {width}, height: {height}, margin: 0, center: false, hash: true, transition: "none",
  navigationMode: "linear", slideNumber: "c/t", pdfSeparateFragments: false, plugins: [RevealNotes]
}});
</script>
</body>
</html>
"""


def deck(notebook: Notebook, name: str, *, live: str | None = None) -> str:
    """Return the slides of a lesson as one page of HTML.

    Parameters
    ----------
    notebook : NotebookNode
        The executed lesson.
    name : str
        Its file name without ending, such as ``03_overshoot``.
    live : str, optional
        Where the lesson runs in the browser: live pictures then link to it.
    """
    slides = outline(notebook)
    lesson = short_title(slides[0])
    columns = [
        "<section>\n{}\n</section>".format("\n".join(_section(slide, lesson, name, live) for slide in column))
        for _, column in groupby(slides, key=lambda slide: slide.where)
    ]
    title = html.escape(html.unescape(re.sub(r"<[^>]*>", "", slides[0].heading)))
    return PAGE.format(title=title, columns="\n".join(columns), width=WIDTH, height=HEIGHT)


def short_title(slide: Slide) -> str:
    """Return number and name of the lesson, from its title slide.

    >>> short_title(Slide("title", "03 · Overshoot: why does it run past?"))
    '03 · Overshoot'
    """
    return slide.heading.partition(":")[0]


def _section(slide: Slide, lesson: str, name: str, live: str | None) -> str:
    where = "" if slide.kind in ("section", "points", "check", "end") else slide.where
    return f"""\
<section class="{slide.kind}">
<div class="page">
<p class="where">{html.escape(where.replace("**", ""), quote=False)}</p>
<div class="main{_size(slide)}">
{_main(slide, lesson, name, live)}
</div>
<footer>Momentum, measured · {lesson}</footer>
</div>
<aside class="notes">
{"".join(slide.notes)}
</aside>
</section>"""


def _size(slide: Slide) -> str:
    count = words("".join(slide.body))
    return " large" if count <= LARGE else " dense" if count > DENSE else ""


def _main(slide: Slide, lesson: str, name: str, live: str | None) -> str:
    body = "\n".join(slide.body)
    if slide.picture is not None:
        heading = html.escape(slide.heading or slide.picture.alt.partition(". ")[0], quote=False)
        return f'<h2 class="unseen">{heading}</h2>\n{_picture(slide.picture, name, live)}'
    if slide.kind == "title":
        question = slide.heading.partition(": ")[2]
        heading = question[0].upper() + question[1:]
        licence = f'<p class="below">Notebook: {name} · texts and figures CC BY 4.0</p>'
        return f'<p class="above">Lesson {lesson}</p>\n<h1>{heading}</h1>\n{body}\n{licence}'
    if slide.kind in ("section", "claim"):
        return f'<div class="above">{body}</div>\n<h2>{slide.heading}</h2>'
    if slide.kind in ("formula", "table") and slide.where:  # it says so at the top of the page
        return f'<h2 class="unseen">{slide.heading}</h2>\n{body}'
    return f"<h2>{slide.heading}</h2>\n{body}"


def _picture(picture: Picture, name: str, live: str | None) -> str:
    """Return the picture as large as the page allows, and below a live one where it moves."""
    height = ROOM[1] - LINE if picture.live else ROOM[1]
    scale = min(ROOM[0] / picture.width, height / picture.height)
    size = f"width:{picture.width * scale:.0f}px;height:{picture.height * scale:.0f}px"
    if not picture.live:
        return picture.img(size)
    where = f"lesson {name[:2]}"
    link = f'<a href="{live}" target="_blank">open {where}</a>' if live else f"in {where}"
    return f'{picture.img(size)}\n<p class="live">Live, with sliders: {link}</p>'


def copy_reveal(target: Path) -> None:
    """Copy what a deck needs of reveal.js, with its licence, from the package that carries it.

    Raises
    ------
    BuildError
        When the package is not installed.
    """
    spec = importlib.util.find_spec("sphinx_revealjs")
    if spec is None or spec.origin is None or importlib.util.find_spec("latex2mathml") is None:
        raise BuildError("slides need two packages more: pip install sphinx-revealjs latex2mathml")
    source = Path(spec.origin).parent / "_static" / "revealjs"
    for part in REVEAL:
        (target / part).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / part, target / part)


def build(notebooks: Sequence[Path], folder: Path) -> None:
    """Write the deck and the handout of each notebook to ``folder/slides`` and ``folder/handouts``.

    Raises
    ------
    BuildError
        When a package or the browser is missing; without a browser the decks are there all the same.
    """
    slides, handouts = folder / "slides", folder / "handouts"
    copy_reveal(slides / "reveal")
    shutil.copyfile(LOOK / "deck.css", slides / "deck.css")
    runs = (folder / "lite").is_dir()
    for path in notebooks:
        live = f"../lite/notebooks/index.html?path={path.name}" if runs else None
        page = deck(read_notebook(path), path.stem, live=live)
        target = slides / f"{path.stem}.html"
        target.write_text(page, encoding="utf-8", newline="\n")
        print(f"{target}: {page.count('<aside')} slides")
    handouts.mkdir(exist_ok=True)
    for path in notebooks:
        started = time.perf_counter()
        target = handouts / f"{path.stem}.pdf"
        print_pdf(handout(read_notebook(path), path.stem), target)
        print(f"{target}: written ({time.perf_counter() - started:.1f} s)")


def main(argv: Sequence[str] | None = None) -> int:
    """Build slides and handouts of the named lessons, or of all; return 0, or 1 when something is missing."""
    parser = argparse.ArgumentParser(prog="momentum-edu build slides", description=main.__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="a lesson, such as 03_overshoot or 03 (default: all)"
    )
    parser.add_argument("--output", type=Path, default=Path("site"), metavar="DIR", help="default: site")
    options = parser.parse_args(argv)
    try:
        root = checkout(Path.cwd())
        scripts = chosen(lessons(root), options.names)
        build([root / "notebooks" / f"{script.stem}.ipynb" for script in scripts], options.output)
    except (FileNotFoundError, ValueError, BuildError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0
