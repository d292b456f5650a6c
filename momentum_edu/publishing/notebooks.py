"""Lessons from their sources: ``momentum-edu build notebooks [NAMES...] [--check]``.

A lesson is edited in one place, the jupytext percent script ``notebooks/source/NAME.py``. This module turns
it into ``notebooks/NAME.ipynb``: read, executed in a fresh kernel, tidied, examined, and only then written.
"""

import argparse
import hashlib
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import jupytext
import nbformat

from momentum_edu.publishing.guards import WIDGET_VIEW, Notebook, form_problems, output_problems, place
from momentum_edu.publishing.kernel import BuildError, execute

LESSON = re.compile(r"\d\d_\w+")
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    # No version in it: it would differ from machine to machine. JupyterLite blocks the page without the rest.
    "language_info": {
        "codemirror_mode": {"name": "ipython", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
    },
}


def read_source(script: Path) -> Notebook:
    """Read a percent script as a notebook without outputs.

    Parameters
    ----------
    script : Path
        A jupytext percent script.

    Returns
    -------
    NotebookNode
        nbformat 4.5. A cell's id follows from its own content, and for twins from their order, so an edit
        elsewhere leaves it alone.
    """
    notebook = jupytext.read(script, fmt="py:percent")
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    notebook.metadata = METADATA
    seen: Counter[str] = Counter()
    for cell in notebook.cells:
        digest = hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()[:12]
        seen[digest] += 1
        cell.id = digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"
    return notebook


def tidy(notebook: Notebook) -> None:
    """Take out, in place, what differs from run to run or shows nothing without a kernel.

    A live picture leaves its still image and its text: that is what a reader sees before running anything.
    """
    notebook.metadata = METADATA
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for count, cell in enumerate(code, start=1):
        cell.execution_count = count
        cell.metadata.pop("execution", None)
        for output in cell.outputs:
            if "execution_count" in output:
                output.execution_count = count
            if "data" in output:
                output.data.pop(WIDGET_VIEW, None)
                output.metadata.pop(WIDGET_VIEW, None)


def make(script: Path, folder: Path) -> Notebook:
    """Read, execute, tidy and examine one lesson; `folder` is where it runs.

    Raises
    ------
    BuildError
        With one line a finding, when the lesson must not be published.
    """
    notebook = read_source(script)
    execute(notebook, folder)
    tidy(notebook)
    nbformat.validate(notebook)
    problems = output_problems(notebook) + form_problems(notebook)
    if not notebook.cells[0].source.startswith(f"# {script.stem[:2]} "):
        problems.append(f"the title must begin with the number of the file: # {script.stem[:2]} ...")
    if problems:
        raise BuildError("\n  ".join(problems))
    return notebook


def differences(saved: Notebook, rebuilt: Notebook, *, outputs: bool = True) -> list[str]:
    """Say in what two notebooks differ, one line a finding; pixels of pictures are not compared.

    Parameters
    ----------
    saved, rebuilt : NotebookNode
        The committed notebook and the one made from its source now.
    outputs : bool
        False compares sources, ids and metadata only, for a `rebuilt` that was not executed.
    """
    found = [] if saved.metadata == rebuilt.metadata else ["notebook metadata differ"]
    if (saved.nbformat, saved.nbformat_minor) != (rebuilt.nbformat, rebuilt.nbformat_minor):
        found.append("notebook format differs")
    if len(saved.cells) != len(rebuilt.cells):
        found.append(f"{len(saved.cells)} cells saved, {len(rebuilt.cells)} in the source")
    for number, (old, new) in enumerate(zip(saved.cells, rebuilt.cells, strict=False), start=1):
        fields = [
            field for field in ("cell_type", "source", "id", "metadata") if old.get(field) != new.get(field)
        ]
        if outputs and _without_pixels(old) != _without_pixels(new):
            fields.append("outputs")
        if fields:
            found.append(f"{place(new, number)}: {', '.join(fields)} differ")
    return found


def _without_pixels(cell: Notebook) -> tuple[object, list[dict[str, object]]]:
    outputs = []
    for output in cell.get("outputs", []):
        plain = dict(output)
        if "data" in output:
            plain["data"] = {
                kind: "" if kind == "image/png" else content for kind, content in output.data.items()
            }
        outputs.append(plain)
    return cell.get("execution_count"), outputs


def read_notebook(path: Path) -> Notebook:
    """Read a saved notebook."""
    return nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]


def write(notebook: Notebook, target: Path) -> None:
    """Write a notebook whole or not at all."""
    part = target.with_suffix(".part")
    text = nbformat.writes(notebook) + "\n"  # type: ignore[no-untyped-call]
    try:
        part.write_text(text, encoding="utf-8", newline="\n")
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)


def lessons(root: Path) -> list[Path]:
    """List the sources of the lessons in the checkout `root`, in the order of the course."""
    return sorted(
        path for path in (root / "notebooks" / "source").glob("*.py") if LESSON.fullmatch(path.stem)
    )


def checkout(start: Path) -> Path:
    """Find the checkout that `start` lies in: the nearest folder upwards with ``notebooks/source`` in it.

    Raises
    ------
    FileNotFoundError
        When there is none.
    """
    for folder in (start, *start.parents):
        if (folder / "notebooks" / "source").is_dir():
            return folder
    raise FileNotFoundError(f"no notebooks/source in {start} or above it: call this inside the repository")


def main(argv: Sequence[str] | None = None) -> int:
    """Build the named lessons, or all; return 0, or 1 when one failed or, with ``--check``, differs."""
    parser = argparse.ArgumentParser(prog="momentum-edu build notebooks", description=main.__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="a lesson, such as 00_start_here or 00 (default: all)"
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing; say what differs from the saved lessons"
    )
    options = parser.parse_args(argv)
    try:
        root = checkout(Path.cwd())
        scripts = chosen(lessons(root), options.names)
    except (FileNotFoundError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return max([_build_one(script, root / "notebooks", check=options.check) for script in scripts], default=0)


def chosen(scripts: list[Path], names: Sequence[str]) -> list[Path]:
    """Return the scripts that are named, by stem or number; all of them without a name."""
    known = ", ".join(script.stem for script in scripts)
    for name in names:
        if not any(name in (script.stem, script.stem[:2]) for script in scripts):
            raise ValueError(f"name must be one of {known}; got {name}")
    return [script for script in scripts if not names or {script.stem, script.stem[:2]} & set(names)]


def _build_one(script: Path, folder: Path, *, check: bool) -> int:
    target = folder / f"{script.stem}.ipynb"
    started = time.perf_counter()
    try:
        notebook = make(script, folder)
    except BuildError as error:
        print(f"{script.stem}: not built\n  {error}", file=sys.stderr)
        return 1
    seconds = f"{time.perf_counter() - started:.1f} s"
    # Where only pixels differ the saved file stays: they vary with the platform. Delete it to draw them anew.
    found = differences(read_notebook(target), notebook) if target.exists() else ["not built yet"]
    if not found:
        print(f"{script.stem}: up to date ({seconds})")
        return 0
    if check:
        print("\n  ".join([f"{script.stem}: differs ({seconds})", *found]))
        return 1
    write(notebook, target)
    print(f"{script.stem}: written ({seconds})")
    return 0
