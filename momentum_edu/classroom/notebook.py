"""Check one exercise notebook through nbval."""

import contextlib
import io
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from momentum_edu.classroom.collector import UNCHECKED, Plugin
from momentum_edu.classroom.graft import graft
from momentum_edu.classroom.kernel import Limits
from momentum_edu.classroom.reading import Notebook, lesson_of, read_submission
from momentum_edu.exercises.check import exercises
from momentum_edu.exercises.verdict import Verdict

# pytest wants a file to point at; the notebook that is collected in its place comes from memory.
POINTER = Path(__file__).parents[1] / "py.typed"
_ONE_AT_A_TIME = threading.Lock()
OPTIONS = (
    *("-q", "--runxfail", "--noconftest", "--color=no", "-p", "nbval.plugin", "-p", "no:cacheprovider"),
    # What looks for forgotten objects in tests' own code costs a tenth of a second a notebook.
    *("-p", "no:unraisableexception", "-p", "no:threadexception", "-p", "no:faulthandler"),
)


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
    pristine = read_submission(solutions / f"{lesson}.ipynb")
    return lesson, check_answers(learners, pristine, lesson, limits, seed, folder)


def check_answers(
    learners: Notebook, pristine: Notebook, lesson: str, limits: Limits, seed: int, folder: Path | None = None
) -> list[Verdict]:
    """Graft the learner's answers into the pristine notebook, hand it to nbval, and return the verdicts."""
    verdicts: dict[str, Verdict] = {}
    plugin = Plugin(
        graft(pristine, learners),
        limits,
        seed,
        folder,
        lambda verdict: verdicts.setdefault(verdict.name, verdict),
    )
    screen = io.StringIO()
    here = [*OPTIONS, "-c", os.devnull, f"--rootdir={POINTER.parent}", str(POINTER)]
    with _alone(), contextlib.redirect_stdout(screen), contextlib.redirect_stderr(screen):
        pytest.main(here, plugins=[plugin])
    names = [exercise.name for exercise in exercises(lesson)]
    return [verdicts.get(name, Verdict(name, UNCHECKED, "it could not be run")) for name in names]


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Let one check run at a time, and keep pytest from loading what happens to be installed."""
    name = "PYTEST_DISABLE_PLUGIN_AUTOLOAD"
    with _ONE_AT_A_TIME:  # pytest, the screen and the environment belong to the whole process
        before = os.environ.get(name)
        os.environ[name] = "1"
        try:
            yield
        finally:
            os.environ.pop(name) if before is None else os.environ.update({name: before})
