"""Check one exercise notebook through nbval."""

import contextlib
import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from momentum_edu.classroom.collector import Plugin
from momentum_edu.classroom.graft import graft
from momentum_edu.classroom.kernel import Limits
from momentum_edu.classroom.reading import lesson_of, read_submission
from momentum_edu.exercises.check import exercises
from momentum_edu.exercises.verdict import WRONG, Verdict

OPTIONS = ("-q", "--runxfail", "--noconftest", "-p", "nbval.plugin", "-p", "no:cacheprovider", "--color=no")


def check_notebook(
    path: Path, solutions: Path, limits: Limits, seed: int, folder: Path | None = None
) -> tuple[str, list[Verdict]]:
    """Check a learner's notebook and return its lesson and one verdict an exercise.

    Parameters
    ----------
    path : Path
        The learner's notebook, in whatever state.
    solutions : Path
        The folder of the solved notebooks: what the answers are grafted into.
    limits : Limits
        Time and memory.
    seed : int
        Draws the inputs on which the verdict rests.
    folder : Path, optional
        Where it runs; an empty folder of its own by default.

    Raises
    ------
    UnreadableError
        If there is nothing to check.
    """
    learners = read_submission(path)
    lesson = lesson_of(path, learners)
    target = solutions / f"{lesson}.ipynb"
    verdicts: dict[str, Verdict] = {}
    plugin = Plugin(
        graft(read_submission(target), learners),
        limits,
        seed,
        folder,
        lambda verdict: verdicts.setdefault(verdict.name, verdict),
    )
    screen = io.StringIO()
    with _without_other_plugins(), contextlib.redirect_stdout(screen), contextlib.redirect_stderr(screen):
        pytest.main([*OPTIONS, "-c", os.devnull, f"--rootdir={target.parent}", str(target)], plugins=[plugin])
    names = [exercise.name for exercise in exercises(lesson)]
    return lesson, [verdicts.get(name, Verdict(name, WRONG, "it could not be run")) for name in names]


@contextlib.contextmanager
def _without_other_plugins() -> Iterator[None]:
    """Keep pytest from loading what happens to be installed: faster, and the same on each machine."""
    name = "PYTEST_DISABLE_PLUGIN_AUTOLOAD"
    before = os.environ.get(name)
    os.environ[name] = "1"
    try:
        yield
    finally:
        os.environ.pop(name) if before is None else os.environ.update({name: before})
