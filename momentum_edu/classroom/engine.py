"""Check many submissions, on any ``concurrent.futures.Executor``."""

import multiprocessing
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass

from momentum_edu.classroom.collector import UNCHECKED
from momentum_edu.classroom.kernel import Limits
from momentum_edu.classroom.launch import die_with_parent
from momentum_edu.classroom.notebook import check_answers
from momentum_edu.classroom.reading import parse
from momentum_edu.exercises.check import exercises
from momentum_edu.exercises.verdict import WRONG


@dataclass(frozen=True)
class Task:
    """All that is needed to check one submission, here or on another machine."""

    learner: str
    lesson: str
    content: bytes
    pristine: bytes
    limits: Limits
    seed: int


@dataclass(frozen=True)
class Row:
    """What is known of one exercise of one learner."""

    learner: str
    lesson: str
    exercise: str
    state: str
    idea: str = ""
    reason: str = ""


def examine(task: Task) -> list[Row]:
    """Check one submission; runs in a worker."""
    verdicts = check_answers(parse(task.content), parse(task.pristine), task.lesson, task.limits, task.seed)
    return [Row(task.learner, task.lesson, one.name, one.state, one.idea, one.reason) for one in verdicts]


def rows_without_verdict(learner: str, lesson: str, state: str, reason: str) -> list[Row]:
    """Return a row for each exercise of a lesson that could not be checked."""
    names = [exercise.name for exercise in exercises(lesson)] if lesson else [""]
    return [Row(learner, lesson, name, state, reason=reason) for name in names]


def local_pool(jobs: int, folder: str) -> ProcessPoolExecutor:
    """Return worker processes that die with this one, even if it is killed; `folder` is for their files."""
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(jobs, mp_context=context, initializer=_begin, initargs=(folder,))


def _begin(folder: str) -> None:
    die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's Ctrl-C reaches all; the first process decides
    tempfile.tempdir = folder  # what a killed worker leaves there is removed by the process that started it


def run(
    tasks: list[Task], make_pool: Callable[[int], Executor], jobs: int
) -> Iterator[tuple[Task, list[Row]]]:
    """Yield each task with its rows as they are finished.

    No more than `jobs` are under way at a time. When a worker process is killed, those under way are tried
    once more, each alone, so that one submission that kills its checker costs the others nothing.
    """
    waiting, suspects = list(reversed(tasks)), []
    pool = make_pool(jobs)
    under_way: dict[Future[list[Row]], Task] = {}
    try:
        while waiting or under_way:
            while waiting and len(under_way) < jobs:
                task = waiting.pop()
                try:
                    under_way[pool.submit(examine, task)] = task
                except BrokenProcessPool:
                    waiting.append(task)
                    break
            done, _ = wait(under_way, return_when=FIRST_COMPLETED)
            for future in done:
                task, rows = under_way.pop(future), None
                try:
                    rows = future.result()
                except BrokenProcessPool:
                    suspects.append(task)
                except Exception as error:  # a row, not a crash: a lost machine, a full disk
                    rows = _failed(task, f"it could not be checked: {type(error).__name__}", UNCHECKED)
                if rows is not None:
                    yield task, rows
            if suspects and not under_way:
                pool.shutdown()
                for task in suspects:
                    yield task, _alone(task, make_pool)
                suspects, pool = [], make_pool(jobs)
    except BaseException:  # Ctrl-C, or no one asks for more: an endless answer would keep us waiting
        for worker in multiprocessing.active_children():
            worker.kill()
        raise
    finally:
        for future in under_way:
            future.cancel()
        pool.shutdown()


def _alone(task: Task, make_pool: Callable[[int], Executor]) -> list[Row]:
    with make_pool(1) as pool:
        try:
            return pool.submit(examine, task).result()
        except BrokenProcessPool:
            return _failed(task, "it killed the process that checked it")


def _failed(task: Task, reason: str, state: str = WRONG) -> list[Row]:
    return rows_without_verdict(task.learner, task.lesson, state, reason)


class Progress:
    """One line on a screen that is rewritten; in a file, a line now and then."""

    def __init__(self, total: int, write: Callable[[str], object], live: bool) -> None:
        self.total, self.write, self.live = total, write, live
        self.started = self.shown = time.monotonic()

    def show(self, done: int) -> None:
        """Show how many are done."""
        now = time.monotonic()
        bar = "#" * (30 * done // max(self.total, 1))
        line = f"[{bar:<30}] {done} of {self.total} notebooks, {now - self.started:.0f} s"
        if self.live:
            self.write(f"\r{line}" + ("\n" if done == self.total else ""))
        elif done == self.total or now - self.shown > 10:
            self.write(f"{line}\n")
            self.shown = now
