"""``momentum-edu diagnose LOG``: read a training log, say what it shows and what helps."""

import argparse
import os
import sys
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from momentum_edu.conventions import TARGETS, convert
from momentum_edu.diagnosis.finding import THEORY, Diagnosis, diagnose
from momentum_edu.diagnosis.logs import Log, notes, parse_log, read_log

WIDTH = 96
FOR_SGD = (
    "All this is for SGD with momentum. With Adam or its kin the kind may still be right; the numbers and "
    "the warm-up of momentum were not judged there, and may do harm."
)
LIBRARIES = {"pytorch": "torch.optim.SGD", "keras": "keras.optimizers.SGD", "optax": "optax.sgd"}


def main(words: Sequence[str]) -> int:
    """Diagnose one log; return 0, or 2 where it can't be read."""
    options = _parser().parse_args(words)
    try:
        log, in_epoch = _read(options.log, options.column), options.steps_per_epoch
        if log.per_epoch and log.stride == 1 and in_epoch and in_epoch > 1:
            log, in_epoch = replace(log, stride=in_epoch, per_epoch=False), None
        found = diagnose(
            log.losses,
            log.steps_per_epoch if in_epoch is None else in_epoch,
            learning_rate=options.learning_rate,
            beta=options.beta,
            convention=options.convention,
            diverged=log.diverged_line is not None,
            stride=log.stride,
        )
        print("\n".join(report(log, found)))
        if options.beta and options.convention != "ema" and (lines := in_code(found)):
            print("\n" + "\n".join(lines))
        if found.kind == "ringing" and not (options.learning_rate and options.beta):
            print("\nTold --learning-rate and --beta of the run, this says more, and need not guess beta.")
        elif (options.learning_rate is None) != (options.beta is None):
            print("\n--learning-rate and --beta are of use only together.")
        if options.learning_rate and options.beta is not None:
            print("\n" + "\n".join(table(options.learning_rate, options.beta, options.convention)))
        if options.picture:
            _save(found, log.stride, options.picture)
            print(f"\nThe picture is in {options.picture}")
        sys.stdout.flush()
    except BrokenPipeError:  # `| head` has read enough; there is nobody to tell
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        return _complain(f"{error.filename}: {error.strerror}")
    except ValueError as error:
        return _complain(str(error))
    return 0


def report(log: Log, found: Diagnosis) -> Iterator[str]:
    """Yield the lines of a diagnosis."""
    read = f"{len(log.losses)} losses from '{log.column}'"
    if log.other_columns:
        read += f" (also there: {', '.join(log.other_columns)}; choose with --column)"
    yield from _paragraph(read)
    for note in notes(log):
        yield from _paragraph(note)
    yield f"\n{found.kind.upper()}"
    yield from _paragraph(found.explanation)
    yield "\nWhat helps" if found.kind != "smooth" else ""
    for line in found.advice:
        yield from textwrap.wrap(line, WIDTH, initial_indent="  - ", subsequent_indent="    ")
    if found.kind in ("ringing", "instability"):
        yield ""
        yield from _paragraph(FOR_SGD)


def table(learning_rate: float, beta: float, convention: str) -> Iterator[str]:
    r"""Yield the same optimiser in the words of the three libraries, with what can't be carried over.

    Examples
    --------
    >>> print(*table(0.1, 0.9, "ema"), sep="\n")
    This optimiser elsewhere
      torch.optim.SGD(lr=0.01, momentum=0.9)
      keras.optimizers.SGD(learning_rate=0.01, momentum=0.9)
      optax.sgd(learning_rate=0.01, momentum=0.9)
      Note: a schedule for the learning rate is to be multiplied by (1 - beta) too.
      Note: under a schedule for beta the paths part: the EMA's velocity is a mean, theirs a sum.
      Note: under a schedule for beta Keras's rate is to follow it: eta (1 - beta) at each step.
      Note: under a schedule for the learning rate the paths part: Keras's velocity holds the rate.
    """
    yield "This optimiser elsewhere"
    notes: dict[str, None] = {}
    for target in TARGETS:
        words = convert(learning_rate, beta, convention, target)
        notes.update(dict.fromkeys(words.notes))
        told = ", ".join(
            f"{name}={value:.6g}" if isinstance(value, float) else f"{name}={value}"
            for name, value in words.items()
            if value is not False and name != "dampening"
        )
        yield f"  {LIBRARIES[target]}({told})"
    for note in notes:
        yield from textwrap.wrap(f"Note: {note}.", WIDTH, initial_indent="  ", subsequent_indent="        ")


def in_code(found: Diagnosis) -> list[str]:
    r"""Return a warm-up of momentum that is advised as lines of code; none where it is not.

    For rules whose velocity is a sum: there the rate stays as it is. Keras takes the momentum as a constant
    when it compiles the step.

    Examples
    --------
    >>> from momentum_edu import theory
    >>> print(*in_code(diagnose(0.2 + theory.response(0.5, 0.9, 150) ** 2, beta=0.9)), sep="\n")
    The warm-up in code
      PyTorch, before each step (counted from 0):
        for group in optimizer.param_groups:
            group["momentum"] = 0.9 * min(step / 20, 1)
      Optax: optax.inject_hyperparams(optax.sgd)(rate, optax.linear_schedule(0, 0.9, 20))
      Keras: set model.optimizer.momentum in a callback; it is heeded only with run_eagerly=True.
    """
    change = next((line.change for line in found.advice if "warmup_start" in line.change), None)
    if change is None:
        return []
    start, end, steps = (change[f"warmup_{word}"] for word in ("start", "end", "steps"))
    schedule = f"optax.linear_schedule({start:.3g}, {end:.3g}, {steps})"
    rise = f"{end - start:.3g} * min(step / {steps}, 1)"
    return [
        "The warm-up in code",
        "  PyTorch, before each step (counted from 0):",
        "    for group in optimizer.param_groups:",
        f'        group["momentum"] = {f"{start:.3g} + " if start else ""}{rise}',
        f"  Optax: optax.inject_hyperparams(optax.sgd)(rate, {schedule})",
        "  Keras: set model.optimizer.momentum in a callback; it is heeded only with run_eagerly=True.",
    ]


def _read(path: str, column: str | None) -> Log:
    return parse_log(sys.stdin.read(), column, "standard input") if path == "-" else read_log(path, column)


def _save(found: Diagnosis, stride: int, path: Path) -> None:
    from momentum_edu import figures  # Matplotlib, only where a picture is wanted
    from momentum_edu.diagnosis.picture import draw

    path.write_bytes(figures.png(draw(found, stride)[0]))


def _complain(message: str) -> int:
    print(f"momentum-edu diagnose: {message}", file=sys.stderr)
    return 2


def _paragraph(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="momentum-edu diagnose",
        description="Say what a training log shows: smooth, ringing, noise, instability, or unclear.",
    )
    parser.add_argument("log", help="CSV, TSV, JSON lines, print-out or TensorBoard event file; - for stdin")
    parser.add_argument("--column", help="the loss's column, key or tag; by default found by name")
    parser.add_argument(
        "--learning-rate",
        type=float,
        help="of the run; with --beta it gives the curvature, if it is constant",
    )
    parser.add_argument("--beta", type=float, help="the momentum coefficient of the run")
    parser.add_argument(
        "--convention", choices=sorted(THEORY), default="heavy_ball", help="heavy_ball is PyTorch"
    )
    parser.add_argument(
        "--steps-per-epoch",
        type=int,
        help="where the log does not say; told one value an epoch, periods then count steps",
    )
    parser.add_argument(
        "--picture", type=Path, metavar="OUT.png", help="draw the curve and the fitted ringing"
    )
    return parser
