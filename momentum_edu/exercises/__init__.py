"""The exercises as data, and the check that knows how people go wrong.

One module a lesson holds its exercises: the reference, the inputs, and the typical wrong answers, each
computed from the wrong idea itself. A notebook needs three names: ``check``, ``hint``, ``solution``.
"""

from momentum_edu.exercises.check import NotCorrectError, check, hint, solution

__all__ = ["NotCorrectError", "check", "hint", "solution"]
