"""Schedules: shape the learning rate and beta over the steps, and see what becomes of the first swing.

The function here is named like the library's module `momentum_edu.schedules`; both are meant to be used.
"""

from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from momentum_edu import figures
from momentum_edu.checks import Array
from momentum_edu.explorers.scheduled import BETAS, CURVATURE, FACTOR, RATES, STEPS, Scheduled, compute
from momentum_edu.explorers.shell import Explorer, Frame, slider, toggles
from momentum_edu.figures import GREY, INK, MOMENTUM, VELOCITY, Role
from momentum_edu.live import LivePicture
from momentum_edu.marks import Mark, band, horizontal, line, points, text

CONSTANT = Role(GREY, "--", "s")
NAMED_FORMS = {"EMA": "ema", "heavy ball": "heavy_ball", "Keras": "classical_momentum"}
FORM_HINTS = ("the course's form", "PyTorch's form", "the velocity holds the rate")


def schedules() -> Explorer:
    """Open the explorer: choose a shape for the learning rate and for beta, and see the first swing change.

    To be discovered: decay leaves the first swing as it is; a short warm-up of the rate makes it worse, or
    better in the form whose velocity holds the rate; a warm-up of beta takes it away, unless plain descent
    could not stand the rate.

    Examples
    --------
    >>> print(schedules().values["rate"])
    warm-up
    """
    figure, axes = stage()
    picture = LivePicture(
        figure,
        "Four panels: learning rate and β over the steps; the path on a parabola; the training loss of a "
        "network on the digits. A grey dashed line shows the run with both constant.",
    )
    usual = {"form": "ema", "learning_rate": 0.1, "beta": 0.9, "step": STEPS}

    def preset(rate: str, momentum: str, length: int, **others: Any) -> dict[str, Any]:
        return {"rate": rate, "momentum": momentum, "length": length, **usual, **others}

    return Explorer(
        picture,
        {
            "rate": toggles("learning rate", {name: name for name in RATES}, "warm-up"),
            "momentum": toggles("momentum", {name: name for name in BETAS}, "constant"),
            "form": toggles("form of the rule", NAMED_FORMS, "ema", FORM_HINTS),
            "learning_rate": slider("largest rate", 0.1, 0.05, 0.8, 0.05),
            "beta": slider("largest β", 0.9, 0.0, 0.95, 0.05),
            "length": slider("n, steps of a warm-up", 10, 1, STEPS, 1, "d"),
        },
        _both,
        lambda runs, shown: frame(axes, runs, shown),
        steps=STEPS,
        presets={
            "decay: too late": preset("cosine decay", "constant", 10),
            "rate warm-up: worse": preset("warm-up", "constant", 10),
            "Keras's form: better": preset("warm-up", "constant", 10, form="classical_momentum"),
            "momentum warm-up: gone": preset("constant", "warm-up from 0", 30),
            "the cure at a large rate": preset("constant", "warm-up from 0", 30, learning_rate=0.3),
        },
        interval=120,
    )


schedules.compute = compute  # type: ignore[attr-defined]


def _both(**settings: Any) -> tuple[dict[str, Any], Scheduled, Scheduled]:
    """The chosen run, and beside it the one with both coefficients constant (where all forms agree)."""
    constant = {"learning_rate": settings["learning_rate"], "beta": settings["beta"]}
    return settings, compute(**settings), compute("constant", length=1, **constant)


def stage() -> tuple[Figure, dict[str, Axes]]:
    """Draw what stands still: empty axes and one legend."""
    with matplotlib.rc_context(figures.STYLE):
        figure = Figure(figsize=(9.6, 4.4), dpi=figures.PIXELS_PER_INCH, layout="constrained")
        axes = figure.subplot_mosaic("RXL;BXL", width_ratios=(1, 1.45, 1.45))
        axes["R"].set(title="Learning rate", ylabel="part of the largest", ylim=(0, 1.12))
        axes["B"].set(title="Momentum", xlabel="step", ylabel="β", ylim=(0, 1.12))
        axes["X"].set(title="One parabola", xlabel="step", ylabel="distance x", ylim=(-1.3, 1.15))
        axes["L"].set(title="A network on the digits", xlabel="epoch (one step each)", ylabel="training loss")
        axes["L"].set(ylim=(0, 2.2))
        for panel in axes.values():
            panel.set(xlim=(0, STEPS), xticks=range(0, STEPS + 1, 10))
        axes["R"].tick_params(labelbottom=False)
        handles = [axes["L"].plot([], [], **look)[0] for look in (MOMENTUM.points, CONSTANT.plot)]
        names = ["as scheduled", "both constant"]
        axes["L"].legend(handles, names, loc="upper right", frameon=False, fontsize=10)
    return figure, axes


def frame(axes: dict[str, Axes], runs: tuple[dict[str, Any], Scheduled, Scheduled], shown: int) -> Frame:
    """Draw the schedules, and ``shown`` steps under them; runs are the settings, theirs, the constant one."""
    settings, run, constant = runs
    steps = np.arange(shown + 1.0)
    marks: list[Mark] = []
    for name, values, top in (("R", run.eta, settings["learning_rate"]), ("B", run.beta, 1.0)):
        whole = np.arange(len(values))
        marks.append(line(axes[name], whole, values / top, Role(GREY, ":"), width=1.5))
        marks.append(line(axes[name], whole[: shown + 1], values[: shown + 1] / top, width=2.4))
        marks.append(points(axes[name], [min(shown, STEPS - 1)], [values[min(shown, STEPS - 1)] / top]))
    if np.any(run.network_eta != run.eta):
        relative = run.network_eta[: shown + 1] / settings["learning_rate"]
        marks.append(line(axes["R"], np.arange(len(relative)), relative, VELOCITY, width=2))
        marks.append(text(axes["R"], 39, 0.92, "green: network", VELOCITY.colour, align="right", size=9))
    marks += [horizontal(axes["X"], 0), *_swing_marks(axes["X"], run, shown)]
    marks += _rise_marks(axes["L"], run.loss[: shown + 1])
    for panel, drawn, grey in (("X", run.x, constant.x), ("L", run.loss, constant.loss)):
        marks.append(line(axes[panel], steps, grey[: shown + 1], CONSTANT, width=1.6))
        marks.append(line(axes[panel], steps, drawn[: shown + 1], width=2.2))
        marks.append(points(axes[panel], steps, drawn[: shown + 1], size=4.5))
    return Frame(marks, finding(settings, run, constant), _code(settings, run, shown))


def _swing_marks(axes: Axes, run: Scheduled, shown: int) -> list[Mark]:
    """Measure the overshoot where it is deepest."""
    deepest = int(np.argmin(run.x))
    if run.overshoot < 0.005 or deepest > shown:
        return []
    if run.overshoot > 1.2:
        farthest = _times(np.abs(run.x[: shown + 1]).max())
        return [text(axes, 38, -1.18, f"up to {farthest} times as far", align="right", bold=True)]
    words = f"{100 * run.overshoot:.0f} % past"
    return [
        line(axes, [deepest, deepest], [0, -run.overshoot], Role(INK), width=2),
        text(axes, deepest + 1, -run.overshoot - 0.12, words, bold=True),
    ]


def _rise_marks(axes: Axes, loss: Array) -> list[Mark]:
    """Fill what lies above the lowest loss so far, and measure it where it is highest."""
    if _blows_up(loss):
        return [text(axes, 20, 0.9, "blows up", align="center", bold=True)]
    lowest = np.minimum.accumulate(loss)
    rises = loss - lowest
    top = int(np.argmax(rises))
    if rises[top] < 0.005:
        return []
    rise, height = rises[top], min(float(loss[top]), 1.66)
    return [
        band(axes, np.arange(len(loss)), lowest, loss, opacity=0.3),
        line(axes, [top, top], [lowest[top], loss[top]], Role(INK), width=2),
        text(axes, top + 1.2, height + 0.04, f"rises by {_short(rise)}", bold=True),
    ]


def finding(settings: dict[str, Any], run: Scheduled, constant: Scheduled) -> str:
    """Say in words and numbers what the schedules do to the swing, beside constant coefficients.

    Examples
    --------
    >>> settings = {"rate": "cosine decay", "momentum": "constant", "length": 10}
    >>> print(finding(settings, compute("cosine decay"), compute("constant")))
    Rate: cosine decay. Overshoot 58 % (constant: 60 %). On the digits the loss rises again by 0.20 (0.21) \
and ends at 0.39 (0.29).
    """
    n = settings["length"]
    steps = "1 step" if n == 1 else f"{n} steps"
    every = "every step" if n == 1 else f"every {steps}"
    names = [
        f"{what}: {shape}{f' over {steps}' if 'warm-up' in shape else ''}".replace("every n steps", every)
        for what, shape in (("Rate", settings["rate"]), ("Momentum", settings["momentum"]))
        if shape != "constant"
    ]
    swing = _swing(run)
    if not swing.startswith("On"):
        usual = _swing(constant).removeprefix("Overshoot ")
        swing += f" (constant: {'it flies off' if usual.startswith('On') else usual})"
    return f"{'; '.join(names) or 'Both constant'}. {swing}. On the digits the loss {_losses(run, constant)}."


def _swing(run: Scheduled) -> str:
    """Say how far past the minimum, or how far off the run on the parabola goes."""
    if run.overshoot <= 10:
        return f"Overshoot {100 * run.overshoot:.0f} %"
    distance = np.abs(run.x)
    flies = "flies off" if distance.argmax() > STEPS - 10 else "swings out"
    return f"On the parabola it {flies} to {_times(distance.max())} times the first distance"


def _losses(run: Scheduled, constant: Scheduled) -> str:
    """Say how far the loss rises from its lowest value, and where it ends, beside the constant run's."""
    if _blows_up(run.loss):
        return "blows up"
    lost, rise, usual = _blows_up(constant.loss), run.draw_up, constant.draw_up
    end = f"ends at {_short(run.loss[-1])} ({'constant: blows up' if lost else _short(constant.loss[-1])})"
    if rise >= 0.005:
        top = int(np.argmax(run.loss - np.minimum.accumulate(run.loss)))
        again = " again" if run.loss[: top + 1].argmin() else ""  # not if it rises from the start
        beside = "" if lost else f" ({_short(usual)})"
        return f"rises{again} by {_short(rise)}{beside} and {end}"
    verb = "hardly rises" if rise else "does not rise"
    told = (
        f"constant: by {_short(usual)}" if usual >= 0.005 else "constant: hardly" if usual else "nor constant"
    )
    if rise and not usual:
        told = "constant: not at all"
    return f"{verb} again{'' if lost else f' ({told})'} and {end}"


def _blows_up(loss: Array) -> bool:
    return not loss[-1] <= 1e4


def _short(value: float) -> str:
    return f"{value:.2f}" if value < 99.995 else _times(value)


def _times(value: float) -> str:
    """Write a large number to two digits, without an exponent."""
    return f"{float(f'{value:.2g}'):g}" if value < 9.9e5 else "over a million"


def _code(settings: dict[str, Any], run: Scheduled, shown: int) -> str:
    form, last, length = settings["form"], settings["beta"], settings["length"]
    peak = settings["learning_rate"] * (1.0 if form == "ema" else 1 - last)
    peak = float(f"{peak:.6g}")
    cuts = (np.flatnonzero(np.diff(run.eta)) + 1).tolist()
    rate = {
        "constant": f"{peak}",
        "warm-up": f"me.schedules.warmup({peak}, {length})",
        "cosine decay": f"me.schedules.cosine_decay({peak}, {STEPS})",
        "halved every n steps": f"me.schedules.step_decay({peak}, {FACTOR}, {length})",
        "one cycle": f"me.schedules.one_cycle({peak}, {STEPS})",
        "halved on a plateau": f"me.schedules.multistep_decay({peak}, {cuts}, {FACTOR})",
    }[settings["rate"]]
    beta = {
        "constant": f"{last}",
        "warm-up from 0": f"me.schedules.linear(0.0, {last}, {length})",
        "warm-up from β/2": f"me.schedules.linear({float(f'{last / 2:.6g}')}, {last}, {length})",
    }[settings["momentum"]]
    parabola = f"me.landscapes.quadratic([{CURVATURE}]), [1.0]"
    return f"me.descend({parabola}, me.{form}({rate}, beta={beta}), {shown}).w"
