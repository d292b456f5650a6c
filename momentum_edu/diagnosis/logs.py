"""Read the losses out of a training log: CSV, TSV, JSON, JSON lines, print-outs, TensorBoard event files."""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from momentum_edu import checks
from momentum_edu.checks import Array
from momentum_edu.diagnosis.log_formats import Row, decode, parse
from momentum_edu.diagnosis.tensorboard_log import is_event_file, read_scalars

PREFERRED = (
    "loss",
    "train_loss",
    "training_loss",
    "train/loss",
    "train_loss_step",
    "loss_step",
    "batch_loss",
    "total_loss",
    "train/total_loss",
)
HELD_OUT = ("val", "test", "eval", "dev")
NOT_LOGGED = ("", "no log")
"""Cells without a number; the second is Hugging Face's."""
STEP_NAMES = ("step", "global_step", "iteration", "iter", "batch")


@dataclass(frozen=True)
class Log:
    """The losses of one run, and what else its log says.

    Attributes
    ----------
    losses : array (n,)
        Finite losses in the order of the log; those that are nan or inf are left out.
    column : str
        Where they come from.
    other_columns : tuple of str
        What else could have been taken.
    diverged_line : int or None
        Line of the first loss that is nan or inf and is followed by no other.
    gaps : int
        How many losses are nan or inf though finite ones follow.
    stride : int
        Steps between two values, 1 where the log does not say.
    steps_per_epoch : int or None
        Values an epoch, where the log numbers its epochs and has more than one value in each.
    per_epoch : bool
        True where there is one value an epoch.
    per_step : int
        Losses of the same step, as from several processes; `losses` holds their means.
    began_again : int or None
        Line where steps and epochs are first counted anew, as where a second run was appended.
    """

    losses: Array
    column: str
    other_columns: tuple[str, ...] = ()
    diverged_line: int | None = None
    gaps: int = 0
    stride: int = 1
    steps_per_epoch: int | None = None
    per_epoch: bool = False
    per_step: int = 1
    began_again: int | None = None


def read_log(path: str | os.PathLike[str], column: str | None = None) -> Log:
    """Read a log file.

    Parameters
    ----------
    path : path
        CSV or TSV with a header (Keras, Lightning), JSON lines, a JSON document (``History.history``),
        a print-out with lines like ``epoch 3 loss 0.41``, one number a line, or a TensorBoard event file;
        text in UTF-8 or UTF-16, plain or packed by gzip.
    column : str, optional
        The column, key or tag; by default the training loss, picked by name.

    Returns
    -------
    Log

    Raises
    ------
    ValueError
        If there is no loss in it, or a value is no number; the message gives file, line and column.
    OSError
        If the file can't be read.
    """
    path = Path(path)
    if is_event_file(path):
        return _log(read_scalars(path), path.name, column)
    if path.is_dir():
        raise ValueError(f"{path} must be a file; TensorBoard's is the events.out.tfevents... in its folder")
    return parse_log(decode(path.read_bytes(), path.name), column, name=path.name)


def parse_log(text: str, column: str | None = None, name: str = "log") -> Log:
    r"""Read a log from its text; parameters, result and errors as for `read_log`.

    Examples
    --------
    >>> log = parse_log("epoch,loss,val_loss\n0,2.3,2.4\n1,1.1,1.5\n")
    >>> log.column, log.losses.tolist(), log.other_columns
    ('loss', [2.3, 1.1], ('val_loss',))
    >>> parse_log("Epoch 1/2 - loss: 0.9 - acc: 0.5\nEpoch 2/2 - loss: 0.4 - acc: 0.8").losses.tolist()
    [0.9, 0.4]
    """
    return _log(parse(text, name), name, column)


def notes(log: Log) -> Iterator[str]:
    """Yield what must be borne in mind when the losses of this log are judged.

    Examples
    --------
    >>> list(notes(Log(np.array([2.0, 1.0]), "loss", stride=50)))[0][:25]
    'One value every 50 steps:'
    """
    if log.diverged_line is not None:
        yield f"Line {log.diverged_line}: the loss is no number there; what came before is looked at."
    if log.began_again is not None:
        yield (
            f"Line {log.began_again}: steps are counted anew there, as where a run was resumed or another "
            "appended. What is said below holds only for one run: if these are several, cut the file there."
        )
    if "loss" in log.column.lower() and _held_out(log.column):
        yield (
            f"'{log.column}' is not a training loss, by its name. One on held-out data also rises where the "
            "network overfits, and a lower rate does not cure that: judge the training loss."
        )
    if log.gaps:
        yield (
            f"No number (nan or inf), though the run went on: {log.gaps} of the losses. They are left out, "
            "and steps are counted without them."
        )
    if log.per_step > 1:
        yield f"{log.per_step} losses of each step, as from several processes: their mean is looked at."
    if log.stride > 1:
        yield (
            f"One value every {log.stride} steps: periods below count steps, and ripples shorter than "
            f"{2 * log.stride} steps can't be seen; they may look like longer ones."
        )
    elif log.per_epoch:
        yield (
            "One value an epoch: ringing is a matter of steps, and none shorter than two epochs can be seen "
            "here. Steps and periods below count epochs; a curvature, a guessed beta and a warm-up's length "
            "hold only where an epoch is one step. If it is not, tell how many steps an epoch has."
        )


def _log(rows: list[Row], name: str, column: str | None) -> Log:
    names = list(dict.fromkeys(key for row in rows for key in row.cells))
    chosen = _choose(names, name, column)
    with_loss = [row for row in rows if not _empty(row.cells.get(chosen)) and not _validates(row, chosen)]
    values = np.array([_number(row, chosen, name) for row in with_loss])
    per_step, first = _same_step(with_loss)
    if per_step > 1:
        values = np.add.reduceat(values, first) / np.diff([*first, len(values)])
        with_loss = [with_loss[i] for i in first]
    finite = np.isfinite(values)
    if not finite.any():
        raise ValueError(f"{name}, column {_place(rows, chosen)}: must hold at least one finite loss")
    went_on = int(np.flatnonzero(finite)[-1]) + 1
    diverged_line = with_loss[went_on].line if went_on < len(values) else None
    gaps = int(np.sum(~finite[:went_on]))
    others = tuple(key for key in names if key != chosen and "loss" in key.lower())
    rhythm = _rhythm([row for row, good in zip(with_loss, finite, strict=True) if good])
    began_again = _began_again(with_loss)
    return Log(values[finite], chosen, others, diverged_line, gaps, *rhythm, per_step, began_again)


def _choose(names: list[str], name: str, column: str | None) -> str:
    if column is not None:
        if column not in names:
            raise ValueError(f"column must be one of {', '.join(names)} in {name}; got {column!r}")
        return column
    plain = {key.strip().lower().replace(" ", "_").replace("-", "_"): key for key in reversed(names)}
    for preferred in PREFERRED:
        if preferred in plain:
            return plain[preferred]
    losses = [key for key in plain if "loss" in key]
    training = [key for key in losses if not _held_out(key)]
    if training or losses:
        return plain[(sorted(training) or sorted(losses))[0]]
    if "value" in plain:  # as TensorBoard saves a curve: Wall time, Step, Value
        return plain["value"]
    if len(names) == 1:
        return names[0]
    raise ValueError(
        f"{name} must have a column with 'loss' in its name, or column (--column) must name another: it has "
        f"{', '.join(names)}"
    )


def _number(row: Row, column: str, name: str) -> float:
    value = row.cells[column]
    try:
        if isinstance(value, bool):
            raise TypeError
        return float(value)
    except (TypeError, ValueError):
        place = _place([row], column)
        raise ValueError(
            f"{name}, line {row.line}, column {place}: must be a number; got {value!r}"
        ) from None


def _place(rows: list[Row], column: str) -> str:
    """Name a column by its number and its name, where it has both."""
    position = list(rows[0].cells).index(column) + 1 if column in rows[0].cells else None
    return f"{position} ({column})" if position and rows[0].in_columns else column


def _rhythm(rows: list[Row]) -> tuple[int, int | None, bool]:
    """Return stride, steps per epoch, and whether there is one value an epoch."""
    stride = 1
    steps = _counter(rows, STEP_NAMES)
    if len(steps) > 1:
        forward = np.diff(steps)
        forward = forward[forward > 0]
        stride = max(1, round(float(np.median(forward)))) if forward.size else 1
    epochs = _counter(rows, ("epoch",))
    if len(epochs) < 2 or not np.all(epochs == np.floor(epochs)):
        return stride, None, False
    sizes = Counter(epochs.tolist())
    usual = Counter(sizes.values()).most_common(1)[0][0]
    if usual > 1 and len(sizes) > 1:
        return stride, int(usual), False
    return stride, None, len(sizes) == len(epochs)


def _same_step(rows: list[Row]) -> tuple[int, list[int]]:
    """Return how many rows in a row have the same step, usually, and where each such group begins."""
    steps, epochs = _counter(rows, STEP_NAMES), _counter(rows, ("epoch",))
    if len(steps) < 2:
        return 1, []
    new = np.diff(steps) != 0
    if len(epochs):
        new |= np.diff(epochs) != 0
    first = [0, *(np.flatnonzero(new) + 1).tolist()]
    return (round(float(np.median(np.diff([*first, len(rows)])))), first) if len(first) > 1 else (1, [])


def _began_again(rows: list[Row]) -> int | None:
    """Return the line where epochs, or without epochs the steps, first go back by more than a little."""
    counts = _counter(rows, ("epoch",))
    most = len(counts)
    if not most:  # more often, steps are counted from 0 in each epoch
        counts, most = _counter(rows, STEP_NAMES[:-1]), 2
    back = np.flatnonzero(np.diff(counts) < -0.1 * counts.max(initial=0)) + 1
    return rows[back[0]].line if 0 < len(back) <= most else None


def _counter(rows: list[Row], names: tuple[str, ...]) -> Array:
    """Return the numbers of the first column with one of these names; empty where a row has none."""
    present = {key.strip().lower(): key for key in rows[0].cells} if rows else {}
    for name in names:
        if name in present:
            try:
                return checks.numbers(name, [float(row.cells[present[name]]) for row in rows])
            except (KeyError, TypeError, ValueError):
                break
    return np.empty(0)


def _empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and value.strip().lower() in NOT_LOGGED)


def _held_out(key: str) -> bool:
    return any(word in key.lower() for word in HELD_OUT)


def _validates(row: Row, chosen: str) -> bool:
    """Say whether a loss is nan only since the row holds a validation's, as a table joined from two does."""
    return _is(np.isnan, row.cells[chosen]) and any(
        key != chosen and "loss" in key.lower() and _held_out(key) and _is(np.isfinite, cell)
        for key, cell in row.cells.items()
    )


def _is(like: Callable[[float], Any], cell: Any) -> bool:
    try:
        return bool(like(float(cell)))
    except (TypeError, ValueError):
        return False
