"""Try an answer on inputs and bring what it gives into plain data, which can leave the learner's process."""

import contextlib
import io
import warnings
from dataclasses import dataclass
from decimal import Decimal
from numbers import Rational
from typing import Any

import numpy as np

from momentum_edu.exercises.exercise import Case

UNDEFINED = type("Undefined", (), {"__repr__": lambda self: "nothing"})()
"""What stands for a name that the notebook does not define."""


@dataclass(frozen=True)
class Foreign:
    """Something that is neither numbers nor words, known only by its kind."""

    kind: str


@dataclass(frozen=True)
class Outcome:
    """What an answer did with one input.

    Attributes
    ----------
    value : None, bool, int, float, complex, str, ndarray, Foreign or tuple of these
    unsolved : str
        "untouched" or "undefined" where nothing was tried, else "".
    error : str
        What was raised, as one line.
    printed : bool
        True where it wrote to the screen.
    changed : int
        Position of the first argument that it changed, or -1.
    """

    value: Any = None
    unsolved: str = ""
    error: str = ""
    printed: bool = False
    changed: int = -1


def attempt(answer: Any, cases: list[Case], *, is_function: bool) -> list[Outcome]:
    """Return what `answer` gives for each case; after the first failure no more are tried."""
    if answer is UNDEFINED:
        return [Outcome(unsolved="undefined")]
    if answer is ... or answer is None:
        return [Outcome(unsolved="untouched")]
    if not is_function:
        return [Outcome(plain(answer))]
    if not callable(answer):
        return [Outcome(Foreign(f"no function but {kind_of(answer)}"))] * len(cases)
    outcomes = []
    for case in cases:
        outcomes.append(_call(answer, case))
        if outcomes[-1].error or outcomes[-1].unsolved or outcomes[-1].value is None:
            break
    return outcomes


def _call(answer: Any, case: Case) -> Outcome:
    arguments = [_copy(argument) for argument in case]
    screen = io.StringIO()
    try:
        # Warnings on the way are no part of the answer: what comes out is.
        with contextlib.redirect_stdout(screen), np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            value = plain(answer(*arguments))
    except NotImplementedError:
        return Outcome(unsolved="untouched")
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # SystemExit too: an answer that calls exit() is a wrong one
        return Outcome(error=f"it raised {type(error).__name__}: {_line(error)}")
    if value is Ellipsis:
        return Outcome(unsolved="untouched")
    changed = [i for i, (now, was) in enumerate(zip(arguments, case, strict=True)) if not _same(now, was)]
    return Outcome(value, printed=bool(screen.getvalue()), changed=changed[0] if changed else -1)


def _copy(argument: Any) -> Any:
    return argument.copy() if isinstance(argument, np.ndarray) else argument


def _same(now: Any, was: Any) -> bool:
    return np.array_equal(now, was, equal_nan=True) if isinstance(was, np.ndarray) else bool(now == was)


def _line(error: BaseException) -> str:
    try:
        text = " ".join(str(error).split())
    except Exception:
        text = ""
    return text[:160] or "no message"


def kind_of(value: Any) -> str:
    """Name what kind of thing this is, for a reader.

    >>> kind_of({}), kind_of(3.0)
    ('a dict', 'a float')
    """
    name = type(value).__name__
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"


def plain(value: Any, depth: int = 3) -> Any:
    """Return `value` as plain data: numbers, words, arrays and tuples of these, or `Foreign`."""
    if value is None or value is Ellipsis or type(value) in (bool, int, float, complex):
        return value
    if isinstance(value, str):
        return str(value)[:200]
    if isinstance(value, np.ndarray | np.generic):
        array = np.array(value, subok=False)
        if array.dtype.kind == "U" and array.ndim == 0:
            return str(array)[:200]
        return array if array.dtype.kind in "biufc" else Foreign(f"an array of {array.dtype}")
    if isinstance(value, Rational | Decimal):
        return float(value)
    if isinstance(value, list | tuple) and depth > 0 and len(value) <= 100_000:
        return tuple(plain(part, depth - 1) for part in value)
    return Foreign(kind_of(value))
