"""Decide: not solved yet, wrong and why, or correct."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from momentum_edu.exercises.attempt import Foreign, Outcome, attempt
from momentum_edu.exercises.exercise import Case, Exercise, Mistake

UNSOLVED, WRONG, CORRECT = "not solved yet", "wrong", "correct"
SEED = 20


@dataclass(frozen=True)
class Verdict:
    """The state of one exercise.

    Attributes
    ----------
    name : str
        The exercise.
    state : str
        "not solved yet", "wrong" or "correct".
    reason : str
        Why, for a reader; may be empty.
    idea : str
        The typical wrong idea, where the answer is just what that idea gives.
    stronger : str
        The second hint.
    """

    name: str
    state: str
    reason: str = ""
    idea: str = ""
    stronger: str = ""

    @property
    def line(self) -> str:
        """The one line that is shown.

        >>> Verdict("ema_step", "wrong", "the sign is turned: ...").line
        'ema_step: wrong - the sign is turned: ...'
        """
        return f"{self.name}: {self.state}" + (f" - {self.reason}" if self.reason else "")


def judge(exercise: Exercise, answer: Any, seed: int = SEED) -> Verdict:
    """Try an answer and decide, all in this process."""
    cases = exercise.draw(seed)
    return decide(exercise, cases, attempt(answer, cases, is_function=exercise.cases is not None))


def decide(exercise: Exercise, cases: list[Case], outcomes: list[Outcome]) -> Verdict:
    """Decide from what an answer did; `outcomes` may come from another process."""

    def wrong(reason: str, mistake: Mistake | None = None) -> Verdict:
        idea, stronger = (mistake.idea, mistake.stronger) if mistake else ("", exercise.stronger)
        return Verdict(exercise.name, WRONG, reason, idea, stronger)

    if unsolved := next((outcome.unsolved for outcome in outcomes if outcome.unsolved), ""):
        reason = f"there is no {exercise.name}: run its cell first" if unsolved == "undefined" else ""
        return Verdict(exercise.name, UNSOLVED, reason, stronger=exercise.stronger)
    for case, outcome in zip(cases, outcomes, strict=False):
        if problem := _conduct(exercise, case, outcome):
            return wrong(problem)
    if len(outcomes) != len(cases):
        return wrong("it did not answer for every input")

    results = [outcome.value for outcome in outcomes]
    expected = _expected(exercise.reference, exercise, cases)
    differences = [
        difference(want, got, exercise.tolerance, exercise.returns)
        for want, got in zip(expected, results, strict=True)
    ]
    if not any(differences):
        return Verdict(exercise.name, CORRECT)
    if exercise.condition and not _misshapen(exercise, expected, results):
        if not (failed := exercise.condition(results)):
            return Verdict(exercise.name, CORRECT)
        differences = [failed]
    for mistake in exercise.mistakes:
        given = _expected(mistake.answer, exercise, cases)
        pairs = zip(given, results, strict=True)
        if not any(difference(want, got, exercise.tolerance, exercise.returns) for want, got in pairs):
            return wrong(f"{mistake.idea}: {mistake.hint}", mistake)
    first = next(i for i, found in enumerate(differences) if found)
    if exercise.cases is None:  # a prediction is not given away
        seen, comma, _ = differences[first].partition(", expected ")
        return wrong(f"{seen}, and that is not it" if comma else seen)
    return wrong(_for(exercise, cases[first]) + differences[first])


def _conduct(exercise: Exercise, case: Case, outcome: Outcome) -> str:
    """Say what an answer did that no answer may do."""
    if outcome.error:
        return _for(exercise, case) + outcome.error
    if outcome.value is None:
        return "it prints its result: return it" if outcome.printed else "it returns nothing: write return"
    if outcome.changed >= 0:
        argument = exercise.arguments[outcome.changed]
        return f"it changes its argument {argument} in place: compute a new array instead"
    return ""


def _expected(answer: Any, exercise: Exercise, cases: list[Case]) -> list[Any]:
    value = answer if exercise.cases else answer()
    outcomes = attempt(value, cases, is_function=exercise.cases is not None)
    return [outcome.value for outcome in outcomes] + [None] * (len(cases) - len(outcomes))


def _misshapen(exercise: Exercise, expected: list[Any], results: list[Any]) -> bool:
    """Tell whether a result is not even of the right shape, so that no condition can be measured on it."""
    pairs = zip(expected, results, strict=True)
    return any(difference(want, got, np.inf, exercise.returns) for want, got in pairs)


def difference(expected: Any, got: Any, tolerance: float, names: tuple[str, ...] = ()) -> str:
    """Say how a result differs from what is expected, "" if it does not; type and shape come first."""
    if isinstance(expected, tuple):
        return _difference_of_parts(expected, got, tolerance, names)
    if isinstance(expected, str | bool):
        wanted = "a word" if isinstance(expected, str) else "True or False"
        if isinstance(got, np.ndarray) and got.ndim == 0 and got.dtype == bool:
            got = bool(got)
        if type(got) is not type(expected):
            return f"it gives {show(got)}, and {wanted} is asked for"
        return "" if got == expected else f"it gives {show(got)}, expected {show(expected)}"
    return _difference_of_numbers(np.asarray(expected), got, tolerance)


def _difference_of_parts(expected: Any, got: Any, tolerance: float, names: tuple[str, ...]) -> str:
    wanted = f"{len(expected)} results are asked for" + (f" ({', '.join(names)})" if names else "")
    kind = "results"
    if isinstance(got, np.ndarray) and got.ndim:
        got, kind = tuple(got), "numbers in one array" if got.ndim == 1 else "rows in one array"
    if not isinstance(got, tuple):
        return f"it gives {show(got)}, and {wanted}"
    if len(got) != len(expected):
        return f"it gives {len(got)} {kind}, and {wanted}"
    labels = names or tuple(f"result {i}" for i in range(1, len(expected) + 1))
    found = [
        (label, difference(want, part, tolerance))
        for label, want, part in zip(labels, expected, got, strict=True)
    ]
    turned = zip(expected, got[::-1], strict=True)
    if any(text for _, text in found) and not any(difference(*pair, tolerance) for pair in turned):
        return "the results come in another order" + (f" than {', '.join(names)}" if names else "")
    return next((f"{label}: {text}" for label, text in found if text), "")


def _difference_of_numbers(expected: Any, got: Any, tolerance: float) -> str:
    if isinstance(got, tuple) and expected.ndim:
        try:
            got = np.asarray(got)
        except (ValueError, TypeError):
            return "its rows have different lengths"
    if not isinstance(got, np.ndarray | float | int | complex) or isinstance(got, bool):
        wanted = "an array of numbers" if expected.ndim else "a number"
        return f"it gives {show(got)}, and {wanted} is asked for"
    values = np.asarray(got)
    if values.dtype.kind not in "iuf":
        return f"it gives {values.dtype} values, and real numbers are asked for"
    if values.dtype.kind == "f" and tolerance < np.finfo(values.dtype).eps:
        return f"it gives {values.dtype} values, half the digits: float64 is asked for"
    if values.shape != expected.shape:
        return f"it gives {_shape(values)}, and {_shape(expected)} is asked for"
    broken = ~np.isfinite(values) & np.isfinite(expected)
    if broken.any():
        return f"it gives {values[broken].flat[0]}, expected {show(expected)}"
    if np.isinf(tolerance):
        return ""
    finite = expected[np.isfinite(expected)]
    scale = np.abs(finite).max(initial=0.0) or 1.0
    same = np.isclose(values, expected, rtol=0, atol=tolerance * scale, equal_nan=True)
    if same.all():
        return ""
    apart = f" ({np.max(np.abs(values - expected)):.2g} apart)" if show(values) == show(expected) else ""
    return f"it gives {show(values)}, expected {show(expected)}{apart}"


def _shape(values: Any) -> str:
    return f"the shape {values.shape}" if values.ndim else "one number"


def _for(exercise: Exercise, case: Case) -> str:
    told = [f"{name}={show(value)}" for name, value in zip(exercise.arguments, case, strict=True)]
    return f"for {', '.join(told)}: " if told else ""


def show(value: Any) -> str:
    """Return a value in a few characters.

    >>> show(np.linspace(0, 1, 100)), show(0.123456789)
    ('[0 0.0101 0.0202 ... 0.9798 0.9899 1]', '0.1235')
    """
    if isinstance(value, Foreign):
        return value.kind
    if isinstance(value, tuple):
        return f"({', '.join(show(part) for part in value[:3])}{', ...' if len(value) > 3 else ''})"
    if isinstance(value, float | np.floating):
        return f"{value:.4g}"
    if not isinstance(value, np.ndarray):
        return repr(value)[:60]
    form = {"float_kind": lambda x: f"{x:.4g}"}
    return " ".join(np.array2string(value, threshold=6, formatter=form).split())  # type: ignore[arg-type]
