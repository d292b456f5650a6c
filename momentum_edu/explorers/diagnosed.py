"""The logs behind the explorer of diagnosis: a few shipped ones of known cause, or the reader's own."""

import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from momentum_edu import checks
from momentum_edu.diagnosis import Diagnosis, diagnose
from momentum_edu.diagnosis.logs import Log, read_log
from momentum_edu.diagnosis.shipped_logs import ShippedLog, load_logs

SHIPPED = (1221, 1222, 920, 969, 948, 1434)
"""Places in `load_logs()` of the runs to step through; all were kept apart when thresholds were chosen."""
PARTS = 100  # the log is shown in so many parts, however long it is


@dataclass(frozen=True)
class Diagnosed:
    """The beginning of a log, and what it shows.

    Attributes
    ----------
    log : Log
        All of it.
    seen : int
        So many losses from its beginning were looked at.
    found : Diagnosis
        What they show.
    """

    log: Log
    seen: int
    found: Diagnosis


def compute(
    log: Log | str | os.PathLike[str] | ArrayLike,
    learning_rate: float | None = None,
    beta: float | None = None,
    convention: str = "heavy_ball",
    seen: int | None = None,
) -> Diagnosed:
    """Diagnose a log, or as much of it as was written after its first ``seen`` losses.

    Parameters
    ----------
    log : Log, path or array (n,)
        A log that was read, a file to be read, or the losses. In an array the first value that is nan or
        inf ends the log, as it does in a file: the run has diverged there.
    learning_rate, beta : float, optional
        Of the run, in the words of ``convention``.
    convention : {"heavy_ball", "classical_momentum", "ema", "nesterov"}
        As for `momentum_edu.diagnose`.
    seen : int, optional
        All of them if left out.

    Returns
    -------
    Diagnosed

    Raises
    ------
    ValueError, TypeError, OSError
        If the log can't be read or an argument is out of range; the message names it.

    Examples
    --------
    >>> losses = shipped(1221).losses
    >>> [compute(losses, seen=seen).found.kind for seen in (9, 16, 300)]
    ['unclear', 'ringing', 'ringing']
    """
    log = log if isinstance(log, Log) else as_log(log)
    count = len(log.losses)
    seen = count if seen is None else min(count, checks.count("seen", seen, 1))
    ended = log.diverged_line is not None and seen == count
    found = diagnose(
        log.losses[:seen],
        log.steps_per_epoch,
        learning_rate=learning_rate,
        beta=beta,
        convention=convention,
        diverged=ended,
    )
    return Diagnosed(log, seen, found)


def as_log(log: str | os.PathLike[str] | ArrayLike) -> Log:
    """Read a file, or take an array of losses up to the first that is nan or inf.

    Examples
    --------
    >>> as_log([2.0, 1.0, float("nan")]).diverged_line
    3
    """
    if isinstance(log, str | os.PathLike):
        return read_log(Path(log))
    losses = checks.numbers("log", log).astype(np.float64)
    if losses.ndim != 1 or losses.size == 0 or not np.isfinite(losses[0]):
        raise ValueError(f"log must be one curve (n,) that begins with a finite loss; got {log!r:.60}")
    bad = np.flatnonzero(~np.isfinite(losses))
    if bad.size == 0:
        return Log(losses, "loss")
    return Log(losses[: bad[0]], "loss", diverged_line=int(bad[0]) + 1)


@lru_cache
def shipped(place: int) -> ShippedLog:
    """Return one of the shipped logs, read once."""
    return _all()[place]


@lru_cache
def shipped_log(place: int) -> Log:
    """Return its losses as a log: the same object each time."""
    run = shipped(place)
    return Log(run.losses, "loss", diverged_line=len(run.losses) + 1 if run.diverged else None)


@lru_cache
def _all() -> list[ShippedLog]:
    return load_logs()


def stretch(log: Log) -> int:
    """Return how many losses a picture should show: of a log that rings, the part that does.

    Examples
    --------
    >>> stretch(shipped_log(1221)) < stretch(shipped_log(920)) == 300
    True
    """
    found = compute(log).found
    count = len(log.losses)
    if found.kind != "ringing" or found.evidence is None or found.evidence.ringing is None:
        return count
    fit = found.evidence.ringing
    return min(count, fit.start + 4 * len(fit.curve))
