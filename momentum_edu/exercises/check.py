"""What a learner calls: check an answer, ask for a second hint, ask for the solution."""

import difflib
import inspect
import re
import sys
import textwrap
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from momentum_edu.exercises.attempt import UNDEFINED, attempt
from momentum_edu.exercises.exercise import Exercise
from momentum_edu.exercises.verdict import CORRECT, SEED, WRONG, Verdict, judge

LESSONS = {
    "01_update_rule": "update_rule",
    "02_smoothing": "smoothing",
    "03_overshoot": "overshoot",
    "04_acceleration": "acceleration",
    "05_saddle_escape": "saddle_escape",
    "06_local_minima": "local_minima",
    "07_early_epochs": "early_epochs",
    "08_schedules": "schedules",
    "09_diagnose_your_run": "diagnose_your_run",
}


class NotCorrectError(Exception):
    """Says in one line why an answer does not pass; it is shown without a traceback, broken between words."""

    def _render_traceback_(self) -> list[str]:  # IPython asks for it
        return _wrapped(str(self))


def _wrapped(text: str) -> list[str]:
    """Break a text into lines between words: JupyterLab would break it within one."""
    return textwrap.wrap(text, 80, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)


def exercises(lesson: str) -> tuple[Exercise, ...]:
    """Return the exercises of a lesson, such as ``"03_overshoot"``, in the order of its notebook."""
    module = import_module(f"momentum_edu.exercises.{LESSONS[lesson]}")
    found: tuple[Exercise, ...] = module.EXERCISES
    return found


def find(name: str) -> Exercise:
    """Return the exercise of this name.

    Raises
    ------
    ValueError
        If there is none.
    """
    known = []
    for lesson in LESSONS:
        for exercise in exercises(lesson):
            if exercise.name == name:
                return exercise
            known.append(exercise.name)
    near = difflib.get_close_matches(str(name), known, n=1)
    raise ValueError(
        f"name must be that of an exercise{f' such as {near[0]!r}' if near else ''}; got {name!r}"
    )


def check(name: str, namespace: Mapping[str, Any]) -> None:
    """Say whether an answer is right: one line, and an exception if it is not.

    Parameters
    ----------
    name : str
        The exercise.
    namespace : mapping
        Where the answer is defined: ``globals()`` in a notebook.

    Raises
    ------
    NotCorrectError
        ``NAME: not solved yet`` or ``NAME: wrong - why``.

    Examples
    --------
    >>> check("heavy_ball_rate", {"heavy_ball_rate": lambda learning_rate, beta: learning_rate * (1 - beta)})
    heavy_ball_rate: correct
    """
    exercise, answer = find(name), namespace.get(name, UNDEFINED)
    if raised := _raised(name):
        raise NotCorrectError(Verdict(name, WRONG, f"its cell raised {raised}").line)
    verdict = judge(exercise, answer)
    if verdict.state == CORRECT:
        print(verdict.line)
        return
    if exercise.curve:
        _draw(exercise, answer)
    raise NotCorrectError(verdict.line)


def hint(name: str, namespace: Mapping[str, Any] | None = None) -> None:
    """Print a second, stronger hint for the answer as it stands.

    Parameters
    ----------
    name : str
        The exercise.
    namespace : mapping, optional
        Where the answer is defined. None: where this is called.

    Examples
    --------
    >>> hint("heavy_ball_rate", {})
    Follow one constant gradient until v has settled in both forms, and compare the
      two steps.
    """
    if namespace is None:
        namespace = sys._getframe(1).f_globals
    verdict = judge(find(name), namespace.get(name, UNDEFINED))
    print(*_wrapped(verdict.stronger or verdict.line), sep="\n")


def solution(name: str) -> None:
    '''Print a solution: how the course itself computes the answer.

    Examples
    --------
    >>> solution("heavy_ball_rate")
    def heavy_ball_rate(learning_rate: float, beta: float) -> float:
        """Return the heavy ball's rate that walks the EMA's path."""
        return learning_rate * (1 - beta)
    '''
    print(inspect.getsource(find(name).reference).rstrip())


def _raised(name: str) -> str:
    """Say what ended the cell that ran last, where it was to define `name`: an older answer stands."""
    ipython = sys.modules.get("IPython")
    last = getattr(ipython and ipython.get_ipython(), "last_execution_result", None)
    defines = rf"(?m)^\s*(def\s+{name}\b|{name}\s*=)"
    if last is None or last.success or not re.search(defines, last.info.raw_cell):
        return ""
    error = last.error_before_exec or last.error_in_exec
    if isinstance(error, NotImplementedError):  # nothing was written there yet
        return ""
    kind = next(kind.__name__ for kind in type(error).__mro__ if not kind.__name__.startswith("_"))
    return f"{kind}: {getattr(error, 'msg', '') or error}"


def _draw(exercise: Exercise, answer: Any) -> None:
    """Show the learner's curve over the expected one, for the first input, where it can be drawn."""
    cases = exercise.draw(SEED)[:1]
    mine, expected = (attempt(one, cases, is_function=True)[0].value for one in (answer, exercise.reference))
    if getattr(mine, "shape", None) != expected.shape or mine.dtype.kind != "f":
        return
    from momentum_edu import figures

    figure, axes = figures.new(f"{exercise.name}: yours and the expected one", x="step", y="value")
    for curve, role, label in ((expected, figures.TARGET, "expected"), (mine, figures.MOMENTUM, "yours")):
        axes.plot(curve.reshape(len(curve), -1)[:, 0], label=label, **role.points)
    axes.legend()
    figures.show(figure, alt=f"Your result of {exercise.name} drawn over the expected one, step by step.")
