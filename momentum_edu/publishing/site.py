"""The course as one folder for any web server: ``momentum-edu build site [--output DIR] [--pyodide DIR]``.

Lessons and exercises become pages from their saved outputs; nothing is executed. The pages need no network
and, to be read, no script.
"""

import argparse
import importlib.util
import io
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from momentum_edu import __version__
from momentum_edu.publishing.kernel import BuildError
from momentum_edu.publishing.lite import build_lite
from momentum_edu.publishing.notebooks import LESSON, checkout, read_notebook
from momentum_edu.publishing.site_home import home_page, lesson_map
from momentum_edu.publishing.site_pages import Forms, Page, actions, notebook_page, with_links
from momentum_edu.publishing.site_reference import reference
from momentum_edu.publishing.slides import build as build_slides

LOOK = Path(__file__).parent / "site_look"
CONFIG = {
    "project": "Momentum, measured",
    "author": "The momentum_edu authors",
    "copyright": "The momentum_edu authors; texts and figures CC BY 4.0, code BSD 3-Clause",
    "release": __version__,
    "language": "en",  # with en_GB the search stops for a translation that Sphinx lacks
    "extensions": [
        "myst_parser",
        "sphinx.ext.autodoc",
        "sphinx.ext.napoleon",
        "momentum_edu.publishing.site_sphinx",
    ],
    "myst_enable_extensions": ["dollarmath"],
    "myst_dmath_double_inline": True,  # formulas of their own inside a list's item
    "myst_heading_anchors": 3,
    "html_math_renderer": "mathml",
    "html_theme": "furo",
    "html_title": "Momentum, measured",
    "html_static_path": [str(LOOK / "static")],
    "html_css_files": ["course.css", "keys.css"],
    "html_js_files": ["keys.js"],
    "templates_path": [str(LOOK / "templates")],
    "html_theme_options": {"top_of_page_buttons": [], "navigation_with_keys": True},
    "html_copy_source": False,
    "html_show_sourcelink": False,
    "html_show_sphinx": False,
    "html_use_index": False,
    "html_domain_indices": False,
    "html_sidebars": {
        "**": [
            f"sidebar/{part}.html" for part in ("brand", "search", "scroll-start", "navigation", "scroll-end")
        ]
    },
    "autodoc_typehints": "none",
    "autodoc_member_order": "bysource",
    "napoleon_google_docstring": False,
    "napoleon_use_rtype": False,
    "napoleon_use_ivar": True,
}
MARK = ".nojekyll"
"""Tells a site from another folder, and hosts of static pages to keep the folders that begin with `_`."""
TOOLS = ("sphinx", "myst_parser", "furo", "latex2mathml", "jupyterlite_core", "sphinx_revealjs")
GUIDES = ("teachers_guide", "diagnosis", "numbers", "mutation")


def sources(root: Path) -> dict[str, str]:
    """Name the page of each file that becomes one: path in the repository -> page, in reading order."""
    found = {}
    for folder, part in (("notebooks", "lessons"), ("notebooks/exercises", "exercises")):
        for path in sorted((root / folder).glob("*.ipynb")):
            if LESSON.fullmatch(path.stem):
                found[f"{folder}/{path.name}"] = f"{part}/{path.stem}"
    return found | {f"docs/{name}.md": f"guides/{name}" for name in GUIDES}


def write_pages(root: Path, folder: Path, forms: Forms) -> None:
    """Write what Sphinx reads into `folder`: all pages, and in ``extra/pictures`` what they show."""
    pages = sources(root)
    lessons = {}
    for source, page in pages.items():
        if source.endswith(".ipynb"):
            notebook = read_notebook(root / source)
            lessons[page] = notebook
            made = notebook_page(notebook, page.replace("/", "-"), actions(page, pages.values(), forms))
        else:
            made = Page((root / source).read_text(encoding="utf-8"))
        _write(folder / f"{page}.md", with_links(made.text, source, page, pages))
        for name, content in made.pictures.items():
            _write(folder / "extra" / "pictures" / name, content)
    readme = (root / "README.md").read_text(encoding="utf-8")
    rows = lesson_map(readme, {page.removeprefix("lessons/"): notebook for page, notebook in lessons.items()})
    parts = {
        part: [page for page in pages.values() if page.startswith(part)]
        for part in ("lessons", "exercises", "guides")
    }
    _write(folder / "index.md", home_page(readme, rows, parts, forms))
    for name, text in reference().items():
        _write(folder / "reference" / f"{name}.rst", text)


def _write(path: Path, content: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)


def run_sphinx(source: Path, output: Path) -> None:
    """Build the pages.

    Raises
    ------
    BuildError
        With Sphinx's own words, if it warns of anything: a link that leads nowhere, a formula it cannot read.
    """
    from sphinx.application import Sphinx

    warnings = io.StringIO()
    config = CONFIG | {"html_extra_path": [str(source / "extra")], "exclude_patterns": ["extra"]}
    with tempfile.TemporaryDirectory() as trees:
        app = Sphinx(
            source,
            None,
            output,
            trees,
            "html",
            confoverrides=config,
            status=None,
            warning=warnings,
            freshenv=True,
        )
        app.build()
    if app.statuscode or warnings.getvalue():
        raise BuildError(warnings.getvalue().replace(str(source), "").strip() or "Sphinx failed")


def build_site(root: Path, output: Path, pyodide: Path | None) -> None:
    """Write the whole site: pages, the course in the browser, slides and handouts.

    Parameters
    ----------
    root : Path
        The checkout.
    output : Path
        Folder to write; an earlier site in it is replaced.
    pyodide : Path or None
        Passed on to `build_lite`.

    Raises
    ------
    BuildError
        When a part cannot be built, or `output` holds something that is no site.
    """
    found = {path.name for path in output.iterdir()} if output.exists() else set()
    if MARK not in found and not found <= {"slides", "handouts"}:
        raise BuildError(f"output must be a new or empty folder, or an earlier site; got {output}")
    with tempfile.TemporaryDirectory() as folder:
        pages, site = Path(folder, "pages"), Path(folder, "site")
        build_lite(site / "lite", pyodide)
        _build_slides(root, site)
        write_pages(root, pages, Forms.of(site))
        run_sphinx(pages, site)
        (site / MARK).touch()
        shutil.rmtree(output, ignore_errors=True)
        output.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(site, output)


def _build_slides(root: Path, site: Path) -> None:
    try:
        build_slides(
            [root / source for source, page in sources(root).items() if page.startswith("lessons")], site
        )
    except BuildError as error:
        print(f"without handouts: {error}")  # they need a browser; the rest of the site does not


def main(argv: Sequence[str] | None = None) -> int:
    """Build the course's site: one folder that any web server can hand out."""
    parser = argparse.ArgumentParser(prog="momentum-edu build site", description=main.__doc__)
    parser.add_argument(
        "--output",
        type=Path,
        metavar="DIR",
        help="where to write it (default: site in the course's folder)",
    )
    parser.add_argument(
        "--pyodide",
        type=Path,
        metavar="DIR",
        help="an unpacked Pyodide distribution; the site then needs no other (default: Pyodide's public one)",
    )
    options = parser.parse_args(argv)
    started = time.perf_counter()
    try:
        if missing := [name for name in TOOLS if importlib.util.find_spec(name) is None]:
            raise BuildError(f"{', '.join(missing)} not found: `python3 course.py build site` installs it")
        root = checkout(Path.cwd())
        output = (options.output or root / "site").resolve()
        build_site(root, output, options.pyodide)
    except (FileNotFoundError, ValueError, BuildError) as error:
        print(f"site: not built\n  {error}", file=sys.stderr)
        return 1
    size = sum(path.stat().st_size for path in output.rglob("*") if path.is_file()) / 1e6
    print(f"site: {size:.0f} MB in {output} ({time.perf_counter() - started:.0f} s)")
    print(f"look at it: {Path(sys.executable).name} -m http.server --directory {output}")
    return 0
