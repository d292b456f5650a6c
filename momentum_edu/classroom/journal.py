"""What has been checked so far, on disk: a run that is killed goes on where it was.

One line of JSON a submission, appended and flushed when it is finished. A line that was torn by a crash is
skipped, and its submission checked again.
"""

import contextlib
import dataclasses
import hashlib
import json
import os
from pathlib import Path

from momentum_edu import __version__
from momentum_edu.classroom.collector import UNCHECKED
from momentum_edu.classroom.engine import Row, Task


class Journal:
    """The results of finished tasks, by what they depend on."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows: dict[str, list[Row]] = {}
        if path.exists():
            for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
                with contextlib.suppress(ValueError, TypeError, KeyError):
                    entry = json.loads(line)
                    rows = [Row(**row) for row in entry["rows"]]
                    if all(row.state != UNCHECKED for row in rows):  # those are tried again
                        self.rows[entry["key"]] = rows

    def add(self, task: Task, rows: list[Row]) -> None:
        """Keep the rows of a finished task, safe from a crash."""
        self.rows[key(task)] = rows
        entry = {"key": key(task), "rows": [dataclasses.asdict(row) for row in rows]}
        with self.path.open("a+b") as file:
            # After a torn line begin a new one.
            torn = file.tell() and (file.seek(-1, os.SEEK_END), file.read(1))[1] != b"\n"
            file.write((b"\n" if torn else b"") + json.dumps(entry).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())


def key(task: Task) -> str:
    """Return what a result depends on: the same key means the same result."""
    parts = (task.learner, task.lesson, repr(task.limits), __version__)
    digest = hashlib.sha256("\0".join(parts).encode())
    digest.update(hashlib.sha256(task.content).digest() + hashlib.sha256(task.pristine).digest())
    return digest.hexdigest()
