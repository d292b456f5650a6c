"""Read a notebook that anyone may have written, or say in plain words why it cannot be read."""

import re
import warnings
from pathlib import Path
from typing import Any

import nbformat

from momentum_edu.exercises.check import LESSONS, exercises

Notebook = Any  # nbformat.NotebookNode carries no types

LARGEST = 20_000_000
"""Bytes; a notebook of exercises has some 20,000."""


class UnreadableError(Exception):
    """A file that is no notebook; the message says why."""


def read_submission(path: Path) -> Notebook:
    """Read a notebook of any format version as version 4.

    Raises
    ------
    UnreadableError
        If the file is missing, empty, too large, damaged or of a version that does not exist yet.
    """
    return parse(read_bytes(path))


def read_bytes(path: Path) -> bytes:
    """Read a file of a learner's; raise UnreadableError if it cannot be or is too large."""
    try:
        if not path.is_file() and path.exists():  # a pipe would keep us waiting for ever
            raise UnreadableError("this is no file")
        if path.stat().st_size > LARGEST:
            raise UnreadableError(f"the file has more than {LARGEST // 1_000_000} MB: clear its outputs")
        return path.read_bytes()
    except OSError as error:
        raise UnreadableError(f"the file cannot be opened: {error.strerror}") from None


def parse(content: bytes) -> Notebook:
    """Make a notebook of a file's bytes, or raise UnreadableError."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableError("the file is not text in UTF-8") from None
    if not text.strip():
        raise UnreadableError("the file is empty")
    if "\n<<<<<<< " in text and "\n>>>>>>> " in text:
        raise UnreadableError("the file holds an unfinished merge (<<<<<<<): settle it first")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # missing ids and the like: the graft looks at metadata first
            notebook = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]
        for cell in notebook.cells:
            cell.source.splitlines(), cell.metadata.get("nbgrader"), cell.cell_type.strip()
    except Exception as error:
        told = " ".join(str(error).split())[:100]
        raise UnreadableError(f"the file is no notebook: {type(error).__name__}: {told}") from None
    return notebook


def lesson_of(path: Path, notebook: Notebook) -> str:
    """Tell to which lesson a notebook belongs: by its file name, else by the answer cells in it.

    Raises
    ------
    UnreadableError
        If it is no exercise notebook of this course, or holds none of the answers that its name promises: a
        lesson and its exercises have the same file name.
    """
    # Jupyter's copies: 03_overshoot-Copy1
    named = next((one for one in LESSONS if path.stem == one or path.stem.startswith(f"{one}-")), "")
    held = _held(notebook)
    if not held:
        told = f"there is no answer to {named}'s exercises in it: is it the lesson?" if named else ""
        raise UnreadableError(told or "this is no exercise notebook of the course")
    if named and named not in held:
        raise UnreadableError(f"it is named as {named}, and the exercises in it are those of {held[0]}")
    return named or held[0]


def _held(notebook: Notebook) -> list[str]:
    """Return the lessons whose exercises the cells are marked for; without marks, by the names they define.

    A lesson may define a name that an exercise has, so without marks half of the names are wanted.
    """
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    keys = {str(key) for cell in code for key in (mark_of(cell).get("grade_id", ""), cell.get("id", ""))}
    marked = {key.removesuffix("-check") for key in keys}
    written = {name for cell in code for name in defined(cell.source)}
    names = {lesson: {exercise.name for exercise in exercises(lesson)} for lesson in LESSONS}
    return [lesson for lesson in LESSONS if marked & names[lesson]] or [
        lesson for lesson in LESSONS if 2 * len(written & names[lesson]) >= len(names[lesson])
    ]


def mark_of(cell: Any) -> Any:
    """Return nbgrader's metadata of a cell; anyone may have written anything there."""
    mark = cell.metadata.get("nbgrader", {})
    return mark if isinstance(mark, dict) else {}


def defined(source: str) -> list[str]:
    r"""Return the names that a cell defines, functions and values, in its order.

    >>> defined("def half(x):\n    y = x\n    return y / 2\nanswer = half(3)")
    ['half', 'answer']
    """
    pairs = re.findall(r"^(?:def +(\w+) *\(|(\w+) *=(?!=))", source, re.MULTILINE)
    return [name for pair in pairs for name in pair if name]
