"""What an exercise is: a reference, inputs to try, and the wrong ideas that people bring."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Case = tuple[Any, ...]
Cases = Callable[[np.random.Generator], list[Case]]


@dataclass(frozen=True)
class Mistake:
    """A typical wrong answer.

    Attributes
    ----------
    idea : str
        The wrong idea in a few words; the teacher's table counts these.
    answer : callable
        Computes what the idea gives, from the arguments of the reference.
    hint : str
        A sentence that names the idea, not the solution.
    stronger : str
        A second hint, for those who ask.
    """

    idea: str
    answer: Callable[..., Any]
    hint: str
    stronger: str


@dataclass(frozen=True)
class Exercise:
    """One exercise: a function to write, a number to predict, a rate to find or a schedule to design.

    Attributes
    ----------
    name : str
        Unique in the course; the name that the learner defines.
    reference : callable
        A right answer. For a number it takes no arguments and returns it.
    mistakes : tuple of Mistake
        At least three.
    stronger : str
        The second hint where no typical idea explains the answer.
    cases : callable, optional
        ``cases(rng)`` draws the inputs on which a function is tried. None: the answer is a value.
    condition : callable, optional
        Where many answers are right, ``condition(results)`` decides instead of equality with the reference.
        It takes one result a case and returns what is wrong with them, with the measurement, or "".
    tolerance : float
        Relative to the largest component of a result.
    returns : tuple of str
        What the parts of the result are called, where there are several.
    curve : bool
        The result is a curve: a wrong one is drawn over the expected one.
    """

    name: str
    reference: Callable[..., Any]
    mistakes: tuple[Mistake, ...]
    stronger: str
    cases: Cases | None = None
    condition: Callable[[list[Any]], str] | None = None
    tolerance: float = 1e-7
    returns: tuple[str, ...] = ()
    curve: bool = False

    @property
    def arguments(self) -> tuple[str, ...]:
        """The names of the reference's arguments."""
        return tuple(inspect.signature(self.reference).parameters)

    def draw(self, seed: int) -> list[Case]:
        """Draw the inputs; a value is tried once, on none."""
        return self.cases(np.random.default_rng(seed)) if self.cases else [()]
