"""Read a notebook that anyone may have written, or say in plain words why it cannot be read."""

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
        If it is no exercise notebook of this course.
    """
    for lesson in LESSONS:
        if path.stem == lesson or path.stem.startswith(f"{lesson}-"):  # Jupyter's copies: 03_overshoot-Copy1
            return lesson
    ids = {cell.metadata.get("nbgrader", {}).get("grade_id") for cell in notebook.cells}
    for lesson in LESSONS:
        if ids & {exercise.name for exercise in exercises(lesson)}:
            return lesson
    raise UnreadableError("this is no exercise notebook of the course")
