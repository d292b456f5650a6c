"""``momentum-edu check``: one notebook, the whole course, or a class."""

import argparse
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path

from momentum_edu.classroom.kernel import Limits
from momentum_edu.classroom.notebook import check_notebook
from momentum_edu.classroom.reading import UnreadableError
from momentum_edu.exercises.check import LESSONS
from momentum_edu.exercises.verdict import CORRECT, UNSOLVED, WRONG, Verdict

PASSED, FAILED, MISUSED = 0, 1, 2


def main(words: Sequence[str], notebooks: Path) -> int:
    """Check what the words name; `notebooks` is the course's folder of that name.

    Returns
    -------
    int
        0 if every check passed, 1 if not, 2 for a wrong call.
    """
    parser = argparse.ArgumentParser(
        prog="momentum-edu check",
        description="Say of each exercise whether it is solved: of one notebook, or of the course so far.",
    )
    parser.add_argument("paths", nargs="*", type=Path, metavar="NOTEBOOK", help="default: the whole course")
    parser.add_argument("--timeout", type=float, default=20.0, metavar="SECONDS", help="for each cell (20)")
    options = parser.parse_args(words)
    limits = Limits(seconds=options.timeout)
    if options.paths:
        return max([_one(path, notebooks / "solutions", limits) for path in options.paths])
    return _progress(notebooks, limits)


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


def _progress(notebooks: Path, limits: Limits) -> int:
    """Print a table of the learner's own notebooks, a row a lesson."""
    everything: list[Verdict] = []
    print(f"{'lesson':<22}{'correct':>8}{'wrong':>8}{'not yet':>9}")
    for lesson in LESSONS:
        path = notebooks / "exercises" / f"{lesson}.ipynb"
        try:
            _, verdicts = check_notebook(
                path, notebooks / "solutions", limits, secrets.randbits(32), path.parent
            )
        except UnreadableError as error:
            print(f"{lesson:<22}{error}")
            everything.append(Verdict(lesson, WRONG))
            continue
        everything += verdicts
        counts = [sum(verdict.state == state for verdict in verdicts) for state in (CORRECT, WRONG, UNSOLVED)]
        print(f"{lesson:<22}{counts[0]:>8}{counts[1]:>8}{counts[2]:>9}", flush=True)
    done = sum(verdict.state == CORRECT for verdict in everything)
    print(f"{done} of {len(everything)} exercises are correct")
    return _code(everything)


def _code(verdicts: Sequence[Verdict]) -> int:
    return PASSED if verdicts and all(verdict.state == CORRECT for verdict in verdicts) else FAILED
