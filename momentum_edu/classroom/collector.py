"""nbval's collector for a grafted notebook: one item an exercise, its verdict reached outside the kernel."""

from collections import OrderedDict
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from nbval.plugin import IPyNbCell, IPyNbFile, NbCellError

from momentum_edu.classroom.graft import Part
from momentum_edu.classroom.kernel import PATIENCE, KernelEndedError, Limits, WatchedKernel
from momentum_edu.exercises.check import find
from momentum_edu.exercises.verdict import CORRECT, UNSOLVED, WRONG, Verdict, decide
from momentum_edu.exercises.wire import pack_cases, unpack_outcomes

UNCHECKED = "not checked"
"""The state of an exercise where the check itself failed: no kernel, a full disk. The answer may be right."""


class GraftedFile(IPyNbFile):  # type: ignore[misc]
    """A grafted notebook: nbval's, but its cells come from memory and its kernel is watched."""

    parts: list[Part]
    limits: Limits
    seed: int
    folder: Path | None
    kernel: WatchedKernel | None
    survived: list[str]
    """The learner's cells that have run to their end: what a later exercise may build on."""
    lacking: str = ""
    """What an import of the learner's raised: a package that this machine lacks."""

    def setup(self) -> None:
        """Start the kernel; nbval's cleaning patterns stay empty."""
        self.sanitize_patterns: OrderedDict[str, str] = OrderedDict()
        self.kernel, self.survived = None, []
        self.ready_kernel()

    def ready_kernel(self) -> WatchedKernel:
        """Return a living kernel in which the course's own preparing cells have run, and what survived."""
        if self.kernel is None or not self.kernel.is_alive():
            self.teardown()
            self.kernel = WatchedKernel(self.folder, self.limits)
            for part in self.parts:
                if not part.name:
                    self.kernel.run(part.cell.source, max(PATIENCE, self.limits.seconds))
            try:
                for source in self.survived:
                    self.kernel.run(source, self.limits.seconds)
            except KernelEndedError:  # once is no more than luck
                self.survived = []
                return self.ready_kernel()
        return self.kernel

    def collect(self) -> Iterator["ExerciseItem"]:
        """Yield one item an exercise, named after it."""
        for number, part in enumerate(self.parts):
            if part.name:
                yield ExerciseItem.from_parent(
                    self,
                    name=part.name,
                    cell_num=number,
                    cell=part.cell,
                    options={"skip": False, "check": True, "check_exception": False},
                    part=part,
                )

    def teardown(self) -> None:
        """Leave no kernel behind."""
        if self.kernel is not None:
            self.kernel.stop()


class ExerciseItem(IPyNbCell):  # type: ignore[misc]
    """One exercise: the learner's cells, the pristine check cell, and the question asked from outside."""

    def __init__(self, *, part: Part, **options: Any) -> None:
        super().__init__(**options)
        self.part = part
        self.verdict = Verdict(part.name, UNCHECKED, "it could not be run")

    def setup(self) -> None:
        """Nothing is expected to fail because an earlier exercise did."""

    def runtest(self) -> None:
        """Run the exercise and raise unless it is correct."""
        self.verdict = self._judge()
        if self.verdict.state != CORRECT:
            raise NbCellError(self.cell_num, self.verdict.line, self.cell.source)

    def _judge(self) -> Verdict:
        kernel, seconds = self.parent.ready_kernel(), self.parent.limits.seconds
        exercise = find(self.name)
        raised = ""
        try:
            for source in self.part.sources:
                raised = kernel.run(source, seconds).error or raised
                if raised.startswith(("ModuleNotFoundError", "ImportError")):
                    self.parent.lacking = raised
                self.parent.survived.append(source)
            verdict = self._ask(kernel, seconds)
            if verdict.state == CORRECT:
                super().runtest()  # the check cell, its output compared with the saved one
        except KernelEndedError as error:
            return Verdict(self.name, WRONG, str(error), stronger=exercise.stronger)
        except NbCellError as error:
            if not kernel.is_alive() or "Timeout" in str(error):
                kernel.stop()
                return Verdict(self.name, WRONG, f"endless loop? It ran for more than {seconds:g} s")
            return Verdict(self.name, WRONG, "the answer is right, but its check cell did not say so")
        # nbgrader's stub of a number raises this: it is no broken answer, but none at all.
        if verdict.state == UNSOLVED and raised and not raised.startswith("NotImplementedError"):
            return Verdict(self.name, WRONG, f"its cell raised {raised}", stronger=exercise.stronger)
        if self.parent.lacking and "NameError" in verdict.reason:
            return replace(verdict, reason=f"{verdict.reason} (an import raised {self.parent.lacking})")
        return verdict

    def _ask(self, kernel: WatchedKernel, seconds: float) -> Verdict:
        """Try the answer on inputs that no notebook has seen, and judge the results here."""
        exercise = find(self.name)
        cases = exercise.draw(self.parent.seed)
        expression = (
            "__import__('momentum_edu.exercises.wire', fromlist=['wire']).reply("
            f"{pack_cases(cases)!r}, globals().get({self.name!r}, "
            "__import__('momentum_edu.exercises.attempt', fromlist=['attempt']).UNDEFINED), "
            f"is_function={exercise.cases is not None})"
        )
        reply = kernel.run("", seconds, expression)
        if reply.error:
            return Verdict(self.name, WRONG, f"it raised {reply.error}", stronger=exercise.stronger)
        return decide(exercise, cases, unpack_outcomes(reply.value))


class Plugin:
    """What gives pytest the grafted notebook in place of the file, and keeps the verdicts."""

    def __init__(
        self,
        parts: list[Part],
        limits: Limits,
        seed: int,
        folder: Path | None,
        report: Callable[[Verdict], object],
    ) -> None:
        self.parts, self.limits, self.seed, self.folder, self.report = parts, limits, seed, folder, report

    def pytest_collect_file(self, file_path: Path, parent: Any) -> Any:
        """Collect the grafted notebook where pytest was pointed at the pristine one."""
        collected = GraftedFile.from_parent(parent, path=file_path)
        collected.parts, collected.limits, collected.seed = self.parts, self.limits, self.seed
        collected.folder = self.folder
        return collected

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Hand on the verdict of a finished exercise."""
        if report.when == "call" and hasattr(report, "verdict"):
            self.report(report.verdict)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: Any, call: Any) -> Generator[None, Any, Any]:
        """Put the verdict on pytest's report."""
        report = yield
        if isinstance(item, ExerciseItem) and call.when == "call":
            report.verdict = item.verdict
        return report
