"""Find out who handed in what: ``submissions/NAME/*.ipynb``."""

import csv
import io
import unicodedata
from dataclasses import dataclass, field, replace
from pathlib import Path

from momentum_edu.classroom.reading import UnreadableError, lesson_of, parse, read_bytes
from momentum_edu.exercises.check import LESSONS

UNPACKED = ("__MACOSX", ".")
"""How the folders begin that no learner made: a Mac's, in an archive, and hidden ones."""


@dataclass(frozen=True)
class Submission:
    """One learner's work on one lesson.

    Attributes
    ----------
    learner, lesson : str
        Whose it is, and on what; the lesson is "" where a file does not tell.
    state : str
        "handed in", "missing" or "unreadable".
    reason : str
        Why it is unreadable, or what lies there instead.
    beside : tuple of str
        Other notebooks of the learner's on this lesson, which do not count.
    content : bytes
        The notebook as it was handed in.
    """

    learner: str
    lesson: str
    state: str = "handed in"
    reason: str = ""
    beside: tuple[str, ...] = ()
    content: bytes = field(default=b"", repr=False)


def read_roster(path: Path) -> list[str]:
    """Return the learners that a CSV file names, in its order: its column ``name``, or else its first.

    Spreadsheets separate columns by commas, in much of Europe by semicolons, or by tabs.

    Raises
    ------
    ValueError
        If it is no text in UTF-8, names nobody, or somebody twice.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"the roster must be saved as CSV in UTF-8; {path} is not") from None
    separator = max(",;\t", key=text.partition("\n")[0].count)
    table = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    rows = [row for row in table if any(cell.strip() for cell in row)]
    headed = bool(rows) and "name" in [cell.strip().lower() for cell in rows[0]]
    column = [cell.strip().lower() for cell in rows[0]].index("name") if headed else 0
    names = [_composed(row[column].strip()) for row in rows[headed:] if len(row) > column]
    names = [name for name in names if name]
    if not names:
        raise ValueError(f"the roster must name learners, one a line; {path} names nobody")
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"the roster must name each learner once; {path} names {twice[0]!r} twice")
    return names


def collect(folder: Path, roster: list[str] | None) -> list[Submission]:
    """Return one submission for each learner and each lesson that anyone handed in; nobody is left out.

    Learners are those of the roster and all who have a folder. Links are not followed: they could lead to a
    file of someone else's.
    """
    folders = {
        _composed(place.name): place
        for place in sorted(folder.iterdir())
        if place.is_dir() and not place.is_symlink() and not place.name.startswith(UNPACKED)
    }
    learners = [*(roster or []), *(name for name in folders if name not in (roster or []))]
    found = [
        submission
        for learner in learners
        if learner in folders
        for submission in _of_one(learner, folders[learner])
    ]
    lessons = [lesson for lesson in LESSONS if any(one.lesson == lesson for one in found)]
    handed_in = {one.learner for one in found}
    instead = {name: _instead(place) for name, place in folders.items() if name not in handed_in}
    by_key = {(one.learner, one.lesson): one for one in found}
    everyone = [
        by_key.get((learner, lesson), Submission(learner, lesson, "missing", instead.get(learner, "")))
        for learner in learners
        for lesson in lessons
    ]
    return everyone + [one for one in found if not one.lesson]


def _composed(name: str) -> str:
    """Write accents as one letter with its mark: a Mac's folders hold them apart, a roster does not."""
    return unicodedata.normalize("NFC", name)


def _instead(folder: Path) -> str:
    """Name what lies in a folder without a notebook: a wrong ending, another folder."""
    names = sorted(place.name for place in folder.iterdir() if not place.name.startswith(UNPACKED))
    return f"no .ipynb in the folder, but {', '.join(names)}"[:200] if names else ""


def _of_one(learner: str, folder: Path) -> list[Submission]:
    found: dict[str, Submission] = {}
    paths = [path for path in folder.iterdir() if path.suffix.lower() == ".ipynb"]
    both = [(path, _read(learner, path)) for path in paths]
    # What can be read beats what can't, and an exact name beats Jupyter's copies of it.
    both.sort(key=lambda pair: (pair[1].state == "unreadable", pair[0].stem not in LESSONS, pair[0].name))
    for path, one in both:
        if first := found.get(one.lesson or path.name):
            one = replace(first, beside=(*first.beside, path.name))
        found[one.lesson or path.name] = one
    return list(found.values())


def _read(learner: str, path: Path) -> Submission:
    lesson = path.stem if path.stem in LESSONS else ""
    try:
        if path.is_symlink():
            raise UnreadableError("this is a link, and links are not followed")
        content = read_bytes(path)
        lesson = lesson_of(path, parse(content))
    except UnreadableError as error:
        reason = f"{error}" if lesson else f"{path.name}: {error}"
        return Submission(learner, lesson, "unreadable", reason)
    return Submission(learner, lesson, content=content)
