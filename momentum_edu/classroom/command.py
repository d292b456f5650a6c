"""``momentum-edu check``: one notebook, the whole course, or a class."""

import argparse
import os
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path

from momentum_edu.classroom.kernel import Limits
from momentum_edu.classroom.notebook import check_notebook
from momentum_edu.classroom.reading import UnreadableError
from momentum_edu.classroom.sandbox import missing
from momentum_edu.exercises.check import LESSONS, exercises
from momentum_edu.exercises.verdict import CORRECT, UNSOLVED, WRONG, Verdict
from momentum_edu.start import NO_COURSE, shipped

PASSED, FAILED, MISUSED = 0, 1, 2


def main(words: Sequence[str], notebooks: Path | None) -> int:
    """Check what the words name; `notebooks` is the folder of that name here, if there is one.

    Returns
    -------
    int
        0 if every check passed, 1 if not, 2 for a wrong call.
    """
    options = _options(words)
    limits = Limits(seconds=options.timeout, sandbox=options.sandbox)
    if options.sandbox and (reason := missing()):
        print(reason, file=sys.stderr)
        return MISUSED
    # Answers are put into the solutions that this package came with, not into a learner's copy of them.
    solutions = shipped() / "notebooks" / "solutions"
    if not options.paths:
        if notebooks is None:
            print(f"momentum-edu check: {NO_COURSE}", file=sys.stderr)
            return MISUSED
        return _progress(notebooks / "exercises", solutions, limits)
    if any(path.is_dir() for path in options.paths):
        from momentum_edu.classroom.class_command import check_class

        if len(options.paths) > 1:
            print("give one folder of submissions, or notebooks", file=sys.stderr)
            return MISUSED
        return check_class(options, solutions, limits)
    return max(_one(path, solutions, limits) for path in options.paths)


def _options(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="momentum-edu check",
        description="Say of each exercise whether it is solved: of notebooks, of the course so far, or of a "
        "class, whose notebooks lie in FOLDER/NAME/*.ipynb.",
    )
    parser.add_argument(
        "paths", nargs="*", type=Path, metavar="NOTEBOOK | FOLDER", help="default: the course"
    )
    parser.add_argument("--timeout", type=float, default=20.0, metavar="SECONDS", help="for each cell (20)")
    parser.add_argument("--sandbox", action="store_true", help="lock each notebook in (Linux, bubblewrap)")
    for_class = parser.add_argument_group("for a class")
    for_class.add_argument("--roster", type=Path, help="CSV file with a column 'name': who should hand in")
    for_class.add_argument(
        "--output", type=Path, default=Path("results.csv"), help="CSV; .xml and .png come beside it"
    )
    for_class.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at a time")
    for_class.add_argument("--cluster", metavar="ADDRESS", help="check on a Dask cluster (extra: cluster)")
    return parser.parse_args(words)


def _one(path: Path, solutions: Path, limits: Limits) -> int:
    """Print a line an exercise."""
    try:
        _, verdicts = check_notebook(path, solutions, limits, secrets.randbits(32), path.parent)
    except UnreadableError as error:
        print(f"{path}: {error}", file=sys.stderr)
        return FAILED
    for verdict in verdicts:
        print(verdict.line)
    return _code(verdicts)


def _progress(folder: Path, solutions: Path, limits: Limits) -> int:
    """Print a table of the learner's own notebooks, a row a lesson."""
    everything: list[Verdict] = []
    print(f"{'lesson':<22}{'correct':>8}{'wrong':>8}{'not yet':>9}", flush=True)
    for lesson in LESSONS:
        path = folder / f"{lesson}.ipynb"
        try:
            _, verdicts = check_notebook(path, solutions, limits, secrets.randbits(32), path.parent)
        except UnreadableError as error:
            print(f"{lesson:<22}{error}")
            everything += [Verdict(exercise.name, WRONG) for exercise in exercises(lesson)]
            continue
        everything += verdicts
        counts = [sum(verdict.state == state for verdict in verdicts) for state in (CORRECT, WRONG, UNSOLVED)]
        print(f"{lesson:<22}{counts[0]:>8}{counts[1]:>8}{counts[2]:>9}", flush=True)
    done = sum(verdict.state == CORRECT for verdict in everything)
    print(f"{done} of {len(everything)} exercises are correct")
    return _code(everything)


def _code(verdicts: Sequence[Verdict]) -> int:
    return PASSED if verdicts and all(verdict.state == CORRECT for verdict in verdicts) else FAILED
