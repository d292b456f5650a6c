"""The shipped logs: 300-step runs of PyTorch whose cause is known from control runs.

Made by ``python -m validation.make_logs`` in the course's repository, whose ``validation/causes.py`` states
the rule by which each cause was decided.
"""

import csv
from dataclasses import dataclass
from importlib.resources import files

import numpy as np

from momentum_edu.checks import Array

HELD_OUT_SEEDS = (3, 4)
"""Runs of these seeds were kept apart when the thresholds of the diagnosis were chosen."""


@dataclass(frozen=True)
class ShippedLog:
    """One run of ``torch.optim.SGD`` and what its control runs measured.

    Attributes
    ----------
    losses : array (n,)
        Loss of each step, four significant digits; up to where the run blew up.
    task : str
    rate, beta : float
        Learning rate and momentum in PyTorch's words.
    batch : int
        0 for the full batch.
    seed : int
    cause : str
        "smooth", "ringing", "noise", "instability", or "several" where no single cause is known.
    sharpness : float
        Largest Hessian eigenvalue of the full-batch run, the mean from step 0 to its first peak.
    diverged : bool
        True where the loss was not finite in the end.
    """

    losses: Array
    task: str
    rate: float
    beta: float
    batch: int
    seed: int
    cause: str
    sharpness: float
    diverged: bool

    @property
    def held_out(self) -> bool:
        """Whether the run was kept apart when the thresholds were chosen."""
        return self.seed in HELD_OUT_SEEDS


def load_logs() -> list[ShippedLog]:
    """Return all shipped logs, in the order of the grid.

    Examples
    --------
    >>> logs = load_logs()
    >>> len(logs), logs[0].task
    (1500, 'digits, tanh, squared error')
    """
    folder = files("momentum_edu") / "data"
    with (folder / "logs.npz").open("rb") as file:
        packed = np.load(file)
        digits, exponents = packed["digits"], packed["exponents"]
    curves = np.where(digits < 0, np.nan, digits * 10.0**exponents)
    rows = csv.DictReader((folder / "logs.csv").read_text().splitlines())
    return [_log(row, curve) for row, curve in zip(rows, curves, strict=True)]


def _log(row: dict[str, str], curve: Array) -> ShippedLog:
    finite = np.isfinite(curve)
    return ShippedLog(
        losses=curve[finite],
        task=row["task"],
        rate=float(row["rate"]),
        beta=float(row["beta"]),
        batch=int(row["batch"]),
        seed=int(row["seed"]),
        cause=row["cause"],
        sharpness=float(row["sharpness"]),
        diverged=not finite.all(),
    )
