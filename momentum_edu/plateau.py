"""The schedule that listens to the loss; `momentum_edu.schedules` is its public home."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from momentum_edu import checks


class ReduceOnPlateau:
    """Lower the value when the loss has stopped falling (PyTorch's ``ReduceLROnPlateau``, mode "min").

    The one schedule that listens: give it the loss with `observe` after each epoch, and it returns the
    current value at whatever step it is asked. It is also the one object of this library that changes:
    make a new one for each run.

    Parameters
    ----------
    initial : float
        First value, positive.
    factor : float
        What the value is multiplied by, in (0, 1).
    patience : int
        How many losses without improvement are waited for before the value is lowered.
    threshold : float
        An improvement is a loss below best * (1 - threshold).
    cooldown : int
        How many losses to wait after a reduction before counting again.
    smallest : float
        The value never goes below it.

    Examples
    --------
    >>> rate = ReduceOnPlateau(0.1, factor=0.5, patience=0)
    >>> for loss in [1.0, 0.9, 0.9]:
    ...     rate.observe(loss)
    >>> rate(3)
    0.05
    """

    def __init__(
        self,
        initial: float,
        factor: float = 0.1,
        patience: int = 10,
        *,
        threshold: float = 1e-4,
        cooldown: int = 0,
        smallest: float = 0.0,
    ) -> None:
        self.value = checks.number("initial", initial, lambda x: x > 0, "be finite and positive")
        self._factor = checks.number("factor", factor, lambda x: (x > 0) & (x < 1), "lie in (0, 1)")
        self._patience = checks.count("patience", patience)
        self._threshold = checks.number("threshold", threshold, lambda x: (x >= 0) & (x < 1), "lie in [0, 1)")
        self._cooldown = checks.count("cooldown", cooldown)
        self._smallest = checks.number("smallest", smallest, lambda x: x >= 0, "be finite and not negative")
        self._best, self._bad, self._waiting = np.inf, 0, 0

    def observe(self, loss: float) -> None:
        """Take note of the loss after an epoch; a loss of inf or nan counts as no improvement."""
        loss = float(loss)
        if loss < self._best * (1 - self._threshold):
            self._best, self._bad = loss, 0
        else:
            self._bad += 1
        if self._waiting:
            self._waiting, self._bad = self._waiting - 1, 0
        if self._bad > self._patience:
            lowered = max(self.value * self._factor, self._smallest)
            if self.value - lowered > 1e-8:  # PyTorch's eps: a smaller change is not made
                self.value = lowered
            self._waiting, self._bad = self._cooldown, 0

    def __call__(self, step: ArrayLike) -> Any:
        """Return the current value, in the shape of `step`."""
        t = checks.in_range("step", step, lambda x: x >= 0, "be finite and not negative")
        return self.value if t.ndim == 0 else np.full(t.shape, self.value)
