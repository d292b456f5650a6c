"""Inputs and outcomes as JSON, so that an answer can be tried in one process and judged in another.

Nothing but plain data comes back: no pickle, no code.
"""

import dataclasses
import json
from typing import Any

import numpy as np

from momentum_edu.exercises.attempt import Foreign, Outcome, attempt
from momentum_edu.exercises.exercise import Case


def pack(value: Any) -> Any:
    """Turn plain data into what JSON can say.

    >>> unpack(pack((np.array([1.5, np.nan]), True, "a")))
    (array([1.5, nan]), True, 'a')
    """
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return {"float": value.hex()}
    if isinstance(value, complex):
        return {"foreign": "a complex number"}
    if isinstance(value, np.ndarray):
        if value.dtype.kind == "c":
            return {"foreign": "complex128 values"}
        return {"dtype": value.dtype.str, "shape": list(value.shape), "hex": value.tobytes().hex()}
    if isinstance(value, tuple):
        return {"tuple": [pack(part) for part in value]}
    return {"foreign": value.kind if isinstance(value, Foreign) else "something else"}


def unpack(value: Any) -> Any:
    """Turn what `pack` made back; raise ValueError, TypeError or KeyError for anything else."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if "float" in value:
        return float.fromhex(value["float"])
    if "tuple" in value:
        return tuple(unpack(part) for part in value["tuple"])
    if "foreign" in value:
        return Foreign(str(value["foreign"])[:60])
    dtype = np.dtype(str(value["dtype"]))
    if dtype.kind not in "biuf":
        raise ValueError(f"dtype must be numeric; got {dtype}")
    flat = np.frombuffer(bytes.fromhex(value["hex"]), dtype)
    return flat.reshape([int(length) for length in value["shape"]]).copy()


def printable(text: Any) -> str:
    r"""Return one line of printable characters: what a learner's code says may hold anything.

    >>> printable("\x1b[2J gone\n=1+1")
    '[2J gone =1+1'
    """
    line = " ".join(str(text)[:1000].split())
    return "".join(letter for letter in line if letter.isprintable())[:200]


def pack_cases(cases: list[Case]) -> str:
    """Return inputs as JSON."""
    return json.dumps([pack(case) for case in cases])


def reply(cases: str, answer: Any, *, is_function: bool) -> str:
    """Try an answer on packed inputs and return the outcomes as JSON; runs where the answer is."""
    outcomes = attempt(answer, [unpack(case) for case in json.loads(cases)], is_function=is_function)
    return json.dumps([{**dataclasses.asdict(outcome), "value": pack(outcome.value)} for outcome in outcomes])


def unpack_outcomes(text: str) -> list[Outcome]:
    """Return the outcomes that a reply holds, or none where it is damaged or forged in form."""
    try:
        return [
            Outcome(
                unpack(one["value"]),
                str(one["unsolved"])[:20],
                printable(one["error"]),
                bool(one["printed"]),
                int(one["changed"]),
            )
            for one in json.loads(text)
        ]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError):
        return []
