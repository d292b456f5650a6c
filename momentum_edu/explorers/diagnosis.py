"""Diagnosis: put a training log in, and see what it shows, by which evidence, and what helps.

The function here is named like the library's package `momentum_edu.diagnosis`; both are meant to be used.
"""

import os
from functools import lru_cache
from math import ceil
from typing import Any, NamedTuple

import ipywidgets as widgets
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from momentum_edu.diagnosis.logs import Log, parse_log
from momentum_edu.explorers import evidence_picture as pictured
from momentum_edu.explorers.diagnosed import (
    PARTS,
    SHIPPED,
    Diagnosed,
    as_log,
    compute,
    shipped,
    shipped_log,
    stretch,
)
from momentum_edu.explorers.shell import Explorer, Frame, ladder, slider, toggles
from momentum_edu.live import LivePicture

OWN = -1  # the place of the reader's own log
CONVENTIONS = {
    "PyTorch, Optax": "heavy_ball",
    "Keras": "classical_momentum",
    "EMA": "ema",
    "Nesterov": "nesterov",
}
HINTS = ("v = βv + g", "v = βv − ηg", "v = βv + (1−β)g, the course's form", "with nesterov=True")
ASK = "Paste a log: CSV with a header, JSON lines, one loss a line, or lines like 'epoch 3 loss 0.41'."
LARGEST_FILE = 1_000_000  # bytes: a longer text in a field makes a page slow


class Chosen(NamedTuple):
    """The log to show, if there is one yet; how to get it in Python; what is known of the run."""

    log: Log | None
    source: str
    cause: str
    settings: dict[str, Any]


class WordedPicture(LivePicture):
    """A live picture with words below it, which go when something goes wrong."""

    def __init__(self, figure: Figure, description: str) -> None:
        self.words = widgets.HTML()
        super().__init__(figure, description)

    def fail(self, message: str) -> None:
        """Say that something went wrong, and leave no words on the log before."""
        self.words.value = ""
        super().fail(message)


def diagnosis(log: str | os.PathLike[str] | ArrayLike | None = None) -> Explorer:
    """Open the explorer: paste a log, or step through shipped ones of known cause, and see the diagnosis.

    To be discovered: three measurements decide, and the verdict comes with the log: a short piece is unclear.
    Ringing has a period, and with rate and beta the period tells the curvature. Noise has none.

    Parameters
    ----------
    log : path or array (n,), optional
        Your own log, to begin with.

    Raises
    ------
    ValueError, TypeError, OSError
        If the log can't be read; the message says where.

    Examples
    --------
    >>> print(diagnosis([0.9**t for t in range(40)]).picture.status)
    Smooth: the loss falls from 1 to 0.01642 and never rises by 1 % of that.
    """
    given = None if log is None else as_log(log)
    source = f"read_log({os.fspath(log)!r}).losses" if isinstance(log, str | os.PathLike) else "losses"
    figure, axes = pictured.stage()
    picture = WordedPicture(
        figure,
        "The losses of a training log over the steps, with troughs and peaks; its ripple without the trend, "
        "and the damped wave that fits best; three measurements that decide.",
    )
    controls = _controls(SHIPPED[0] if given is None else OWN)
    read = lru_cache(8)(parse_log)
    on_screen, count = given, 0

    def choose(which: int, text: str, **settings: Any) -> Chosen:
        settings["learning_rate"] = settings["learning_rate"] or None
        if which != OWN:
            return Chosen(shipped_log(which), f"load_logs()[{which}].losses", shipped(which).cause, settings)
        if text.strip():
            return Chosen(read(text, name="your log"), "losses", "", settings)
        return Chosen(given, source, "", settings)

    def draw(chosen: Chosen, shown: int) -> Frame:
        nonlocal on_screen, count
        if chosen.log is None:
            picture.words.value = ""
            return Frame([], ASK, "me.diagnose(losses)")
        if chosen.log is not on_screen or not count:
            on_screen, count = chosen.log, stretch(chosen.log)
            pictured.set_limits(axes, chosen.log, count)
            figure.set_layout_engine("constrained")
            picture.redraw()
        # A share of the part that is drawn; in the end the whole log.
        seen = max(1, ceil(count * shown / PARTS)) if shown < PARTS else None
        result = compute(chosen.log, seen=seen, **chosen.settings)
        picture.words.value = pictured.advice(result)
        status = pictured.finding(result, chosen.cause)
        return Frame(pictured.frame_marks(axes, result, count), status, _code(chosen, result))

    explorer = Explorer(
        picture,
        controls,
        choose,
        draw,
        steps=PARTS,
        presets=_presets(),
        interval=120,
        counted="% shown",
        ahead=False,
    )
    explorer.children[0].children += (_open_a_file(controls["text"], picture),)
    explorer.children += (picture.words,)
    return explorer


diagnosis.compute = compute  # type: ignore[attr-defined]


def _controls(first: int) -> dict[str, Any]:
    """Make the controls; a shipped run tells its rate and beta, and a pasted log turns to one's own."""
    runs = {f"run {number}": place for number, place in enumerate(SHIPPED, start=1)}
    rate = widgets.BoundedFloatText(min=0, max=1000, step=0.001, description="learning rate (0: not known)")
    rate.style.description_width = "initial"
    rate.layout.width = "270px"
    pasted = widgets.Textarea(placeholder=ASK, description="log", continuous_update=False, rows=3)
    pasted.layout.flex, pasted.layout.height = "1 1 440px", "68px"
    controls = {
        "which": ladder("which log", {**runs, "your own": OWN}, first),
        "beta": slider("momentum β", 0.9, 0.0, 0.995, 0.005, ".3f"),
        "learning_rate": rate,
        "convention": toggles("in the words of", CONVENTIONS, "heavy_ball", HINTS),
        "text": pasted,
    }

    def tell(place: int) -> None:
        for name, value in _of_run(place).items():
            controls[name].value = value

    def turn(text: str) -> None:
        if text.strip():
            controls["which"].value = OWN

    controls["which"].observe(lambda change: tell(change["new"]), names="value")
    pasted.observe(lambda change: turn(change["new"]), names="value")
    tell(first)
    return controls


def _presets() -> dict[str, dict[str, Any]]:
    whole = {
        "it rings": 1221,
        "ringing under noise": 1222,
        "only noise": 920,
        "too large a rate": 948,
        "it does not guess": 1434,
    }
    presets = {name: {"which": place, "step": PARTS, **_of_run(place)} for name, place in whole.items()}
    return {**presets, "too early to tell": {**presets["it rings"], "step": 5}}


def _of_run(place: int) -> dict[str, Any]:
    """Return what is known of a run, by control; of the reader's own nothing, until it is told."""
    if place == OWN:
        return {"learning_rate": 0.0, "beta": 0.9, "convention": "heavy_ball"}
    run = shipped(place)
    return {"learning_rate": run.rate, "beta": run.beta, "convention": "heavy_ball"}


def _open_a_file(pasted: Any, picture: LivePicture) -> Any:
    """Make a button that puts a file's text into the field."""
    button = widgets.FileUpload(description="Open a file", layout={"width": "auto"})

    def put(change: Any) -> None:
        for file in change["new"][:1]:
            if file["size"] > LARGEST_FILE:
                picture.fail(f"{file['name']} is large: open it by explorers.diagnosis({file['name']!r})")
            else:
                pasted.value = bytes(file["content"]).decode("utf-8-sig", errors="replace")

    button.observe(put, names="value")
    return button


def _code(chosen: Chosen, result: Diagnosed) -> str:
    """Write the Python that reproduces the diagnosis."""
    part = "" if result.seen == len(result.log.losses) else f"[:{result.seen}]"
    whole = not part and result.log.diverged_line is not None
    options = {
        "steps_per_epoch": result.log.steps_per_epoch,
        **chosen.settings,
        "diverged": whole or None,
    }
    told = "".join(f", {name}={value!r}" for name, value in options.items() if value is not None)
    home = chosen.source.partition("(")[0]
    modules = {"load_logs": "shipped_logs", "read_log": "logs"}
    brought = f"from momentum_edu.diagnosis.{modules[home]} import {home}\n" if home in modules else ""
    return f"{brought}me.diagnose({chosen.source}{part}{told})"
