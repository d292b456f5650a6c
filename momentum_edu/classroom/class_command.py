"""``momentum-edu check FOLDER``: check a class, with progress, and go on where a killed run stopped."""

import argparse
import contextlib
import secrets
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

from momentum_edu.classroom.collector import UNCHECKED
from momentum_edu.classroom.engine import Progress, Row, Task, local_pool, rows_without_verdict, run
from momentum_edu.classroom.journal import Journal, key
from momentum_edu.classroom.kernel import Limits
from momentum_edu.classroom.results import table, unread, write_all
from momentum_edu.classroom.submissions import Submission, collect, read_roster

DONE, FAILED, MISUSED, STOPPED = 0, 1, 2, 130


def check_class(options: argparse.Namespace, solutions: Path, limits: Limits) -> int:
    """Check all submissions of a folder, write the results and print the table.

    Returns
    -------
    int
        0 when everyone has a result, whatever it is; 1 when some could not be checked, 2 for a wrong call,
        130 when stopped by Ctrl-C.
    """
    try:
        roster = read_roster(options.roster) if options.roster else None
        if options.jobs < 1:
            raise ValueError(f"--jobs must be at least 1; got {options.jobs}")
        journal = Journal(options.output.with_suffix(".journal"))
    except (ValueError, OSError) as error:
        print(f"momentum-edu check: {error}", file=sys.stderr)
        return MISUSED

    submissions = collect(options.paths[0], roster)
    if loose := sorted(path.name for path in options.paths[0].glob("*.ipynb")):
        print(f"in no learner's folder, so not looked at: {', '.join(loose)}", file=sys.stderr)
    if not submissions:
        wanted = f"{options.paths[0] / 'NAME' / '*.ipynb'}"
        print(f"momentum-edu check: nobody has handed in; wanted is {wanted}", file=sys.stderr)
        return MISUSED
    if strangers := sorted({one.learner for one in submissions} - set(roster or [])) if roster else []:
        print(f"not in the roster: {', '.join(strangers)}", file=sys.stderr)
    if aside := [f"{one.learner}/{name}" for one in submissions for name in one.beside]:
        print(f"does not count beside the one that does: {', '.join(aside)}", file=sys.stderr)
    pristine = {
        one.lesson: (solutions / f"{one.lesson}.ipynb").read_bytes() for one in submissions if one.lesson
    }
    seed = secrets.randbits(32)
    tasks = {
        number: Task(one.learner, one.lesson, one.content, pristine[one.lesson], limits, seed)
        for number, one in enumerate(submissions)
        if one.state == "handed in"
    }
    new = [task for task in tasks.values() if key(task) not in journal.rows]
    if len(new) < len(tasks):
        print(f"{len(tasks) - len(new)} notebooks are checked already", file=sys.stderr)
    try:
        with _pools(options.cluster) as make_pool:
            _check(new, make_pool, options.jobs, journal)
    except (OSError, ImportError) as error:  # no Dask, or no cluster at this address
        print(f"momentum-edu check: {error}", file=sys.stderr)
        return MISUSED
    if any(key(task) not in journal.rows for task in new):
        print(f"stopped; what is done is in {journal.path}: the same command goes on", file=sys.stderr)
        return STOPPED

    rows = [
        row
        for number, one in enumerate(submissions)
        for row in (journal.rows[key(tasks[number])] if number in tasks else _unchecked(one))
    ]
    print("\n".join(part for part in (table(rows), unread(rows)) if part))
    print("written:", ", ".join(str(path) for path in write_all(rows, options.output)))
    if failed := len({(row.learner, row.lesson) for row in rows if row.state == UNCHECKED}):
        print(f"{failed} notebooks could not be checked; the same command tries them again", file=sys.stderr)
        return FAILED
    return DONE


def _check(tasks: list[Task], make_pool: Callable[[int], Executor], jobs: int, journal: Journal) -> None:
    if not tasks:
        return
    progress = Progress(len(tasks), sys.stderr.write, sys.stderr.isatty())
    progress.show(0)
    try:
        for done, (task, rows) in enumerate(run(tasks, make_pool, jobs), start=1):
            journal.add(task, rows)
            progress.show(done)
    except KeyboardInterrupt:
        print(file=sys.stderr)


def _unchecked(one: Submission) -> list[Row]:
    return rows_without_verdict(one.learner, one.lesson, one.state, one.reason)


@contextlib.contextmanager
def _pools(cluster: str | None) -> Iterator[Callable[[int], Executor]]:
    """Give what makes executors: processes here, or the workers of a Dask cluster."""
    if cluster is None:
        with tempfile.TemporaryDirectory(prefix="check-", ignore_cleanup_errors=True) as folder:
            yield lambda jobs: local_pool(jobs, folder)
        return
    try:
        from distributed import Client
    except ImportError:
        raise ImportError("--cluster needs Dask: pip install 'momentum-edu[cluster]'") from None
    client: Any = Client(cluster, timeout=30)  # type: ignore[no-untyped-call]
    try:
        yield lambda _jobs: client.get_executor(retries=0)
    finally:
        client.close()
