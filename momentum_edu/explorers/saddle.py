"""Saddle: roll along a ridge into a pass, and see how long it takes to get out of it sideways."""

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from momentum_edu import figures, theory
from momentum_edu.checks import Array
from momentum_edu.explorers.escapes import SEED, STEPS, Saddle, compute
from momentum_edu.explorers.shell import Explorer, Frame, ladder, log_slider, slider
from momentum_edu.explorers.words import apart
from momentum_edu.figures import GREY, MOMENTUM, PLAIN, TARGET, Role
from momentum_edu.live import LivePicture
from momentum_edu.marks import Mark, horizontal, line, points, text

EDGE = 1.2  # of the picture of the pass, on every side
FLOOR = 2e-14  # where a distance of exactly 0 is drawn on the logarithmic axis
SIDE_STEPS = {"exactly 0": 0.0, "10⁻¹²": 1e-12, "10⁻⁹": 1e-9, "10⁻⁶": 1e-6, "10⁻³": 1e-3, "0.1": 0.1}
NOISES = {"none": 0.0, "10⁻¹²": 1e-12, "10⁻⁹": 1e-9, "10⁻⁶": 1e-6, "10⁻³": 1e-3}
BETAS = np.arange(100) / 100
LEVELS = np.array([0.01, 0.05, 0.2, 0.5])[:, np.newaxis]  # heights of the contours
ALONG = np.append(EDGE * np.linspace(-1, 1, 17) ** 3, np.nan)  # dense where they bend; nan parts them


def saddle() -> Explorer:
    """Open the explorer: roll into a pass, and see what gets a run out of it, and what does not.

    To be discovered: the run-up changes nothing in the way out. At the same rate momentum is the slower one;
    it wins by the larger rate it affords. Exactly on the ridge both stay for ever, until there is noise.

    Examples
    --------
    >>> print(saddle().picture.status)
    Momentum needs 226 steps to leave the pass, plain descent at the same rate 145: momentum is slower.
    """
    figure, axes = stage()
    picture = LivePicture(
        figure,
        "A pass between two heights seen from above with the paths of momentum and plain descent; beside it "
        "their distances from the ridge on a logarithmic axis, and the growth of that distance for each β.",
    )
    start = {"side_step": 1e-6, "run_up": 1.0, "curvature_ratio": 0.1}
    start |= {"learning_rate": 1.0, "beta": 0.9, "noise": 0.0, "step": STEPS}
    return Explorer(
        picture,
        {
            "side_step": ladder("start beside the ridge", SIDE_STEPS, 1e-6),
            "run_up": slider("run-up along the ridge", 1.0, 0.0, 1.15, 0.05),
            "curvature_ratio": log_slider("way out: curvature", 0.1, 0.01, 1.0, 0.05),
            "learning_rate": log_slider("learning rate η", 1.0, 0.01, 40.0, 0.02),
            "beta": slider("momentum β", 0.9, 0.0, 0.99, 0.01),
            "noise": ladder("gradient noise", NOISES, 0.0),
        },
        compute,
        lambda result, shown: frame(axes, result, shown),
        steps=STEPS,
        presets={
            "same rate": start,
            "no run-up": start | {"run_up": 0.0},
            "exactly on the ridge": start | {"side_step": 0.0},
            "a breath of noise": start | {"side_step": 0.0, "noise": 1e-6},
            "the rate it affords": start | {"learning_rate": 10**1.3},  # a notch of the slider,
        },
        interval=30,
    )


saddle.compute = compute  # type: ignore[attr-defined]


def stage() -> tuple[Figure, dict[str, Axes]]:
    """Draw what stands still: the axes, their names, and the legend."""
    with matplotlib.rc_context(figures.STYLE):
        figure = Figure(figsize=(9.6, 3.9), dpi=figures.PIXELS_PER_INCH, layout="constrained")
        axes = figure.subplot_mosaic("PDG", width_ratios=(1.45, 1.55, 1))
        view = axes["P"]
        view.grid(visible=False)
        view.set(title="The pass from above", xlabel="along the ridge", ylabel="across")
        view.set(xlim=(-EDGE, EDGE), ylim=(-EDGE, EDGE), aspect="equal")
        distance = axes["D"]
        distance.set(title="Distance from the ridge", xlabel="step", yscale="log")
        distance.set(xlim=(0, STEPS), ylim=(FLOOR / 2, 30), yticks=10.0 ** np.arange(-12, 1, 3))
        distance.minorticks_off()
        momentum, plain = (distance.plot([], [], **role.plot)[0] for role in (MOMENTUM, PLAIN))
        names = ["momentum", "plain descent"]
        figure.legend([momentum, plain], names, loc="outside lower center", ncols=2, frameon=False)
        growth = axes["G"]
        growth.set(title="Growth a step", xlabel="momentum β", ylabel="% a step", yscale="log")
        growth.set(xlim=(0, 1), ylim=(0.05, 500), yticks=(0.1, 1, 10, 100))
        growth.set(yticklabels=("0.1", "1", "10", "100"))
    return figure, axes


def frame(axes: dict[str, Axes], result: Saddle, shown: int) -> Frame:
    """Draw both runs, ``shown`` steps after the start."""
    marks = [
        *_contours(axes["P"], result.curvature_ratio),
        *_run_marks(axes, result.plain, result.plain_escape, shown, PLAIN),
        *_run_marks(axes, result.momentum, result.escape, shown, MOMENTUM),
        *_growth_marks(axes["G"], result),
    ]
    return Frame(marks, finding(result), _code(result, shown))


def _contours(axes: Axes, ratio: float) -> list[Mark]:
    """Draw lines of equal height: solid above the pass, which is at 0, and dashed below it."""
    beside = np.sqrt(2 * LEVELS + ratio * ALONG**2)  # x against y, where it is higher
    ahead = np.sqrt((2 * LEVELS + ALONG**2) / ratio)  # y against x, where it is lower
    run = np.tile(ALONG, 2 * len(LEVELS))
    return [
        line(axes, np.r_[beside.ravel(), -beside.ravel()], run, Role(GREY), width=0.8, opacity=0.6),
        line(axes, run, np.r_[ahead.ravel(), -ahead.ravel()], Role(GREY, "--"), width=0.8, opacity=0.6),
        horizontal(axes, 0, Role(GREY, ":"), width=1),
        *(text(axes, x, 0.05, "uphill", GREY, align="center", size=9) for x in (-0.95, 0.95)),
        *(text(axes, 0, y, "downhill", GREY, align="center", size=9) for y in (-1.14, 1.07)),
        points(axes, 0, 0, TARGET, size=10),
    ]


def _run_marks(axes: dict[str, Axes], path: Array, escape: float, shown: int, role: Role) -> list[Mark]:
    """One run: its path in the pass, its distance from the ridge, and the step at which it is out."""
    stays = not path[:, 1].any()
    x, y = path[: shown + 1].T
    thick = 2.2 if role is MOMENTUM else 1.6
    distance = np.maximum(np.abs(y), FLOOR)
    apart = (np.abs(y) < EDGE) & (np.abs(x) + np.abs(y) > 0.02)  # at the pass itself they would be a heap
    marks = [
        line(axes["P"], x, y, role, width=thick),
        points(axes["P"], x[apart], y[apart], role, size=3.5),
        points(axes["P"], x[-1], y[-1], role, size=11),
        line(axes["D"], np.arange(shown + 1), distance, role, width=thick),
        points(axes["D"], shown, distance[-1], role, size=8),
    ]
    if escape <= shown:
        foot = 1e-13 if role is MOMENTUM else 1e-11
        side = "right" if escape > 0.76 * STEPS else "left"
        words = f" out at {escape:.0f} "
        marks += [
            line(axes["D"], [escape, escape], [FLOOR, 1], role, width=1),
            text(axes["D"], escape, foot, words, role.colour, align=side, size=9, bold=True),
        ]
    elif stays:
        height = 3e-14 if role is MOMENTUM else 1e-12
        name = "momentum" if role is MOMENTUM else "plain descent"
        marks.append(text(axes["D"], 15, 3 * height, f"{name}: exactly 0, for ever", role.colour, bold=True))
    return marks


def _growth_marks(axes: Axes, result: Saddle) -> list[Mark]:
    """Growth for each beta at this rate, as far as the run stands the rate along the ridge."""
    growth = theory.convergence_rate(-result.learning_rate * result.curvature_ratio, BETAS)
    stands = result.learning_rate < theory.stability_limit(BETAS)
    mine, plain = 100 * (result.growth - 1), 100 * (result.plain_growth - 1)
    return [
        horizontal(axes, plain, PLAIN, width=1.6),
        line(axes, BETAS, np.where(stands, 100 * (growth - 1), np.nan), MOMENTUM),
        points(axes, result.beta, mine, MOMENTUM, size=11),
        text(axes, 0.05, plain * 1.25, _share(plain), PLAIN.colour),
        text(axes, min(result.beta, 0.93), mine / 2.2, _share(mine), MOMENTUM.colour, align="right"),
    ]


def _share(percent: float) -> str:
    return f"{percent:.2g} %" if percent < 99.5 else f"{percent:.0f} %"


def finding(result: Saddle) -> str:
    """Say in words and numbers which run gets out of the pass, and when.

    Examples
    --------
    >>> print(finding(compute(side_step=0.0)))
    Exactly on the ridge the slope across is exactly 0: with all its speed, momentum never leaves.
    """
    limit = float(theory.stability_limit(result.beta))
    at_limit = abs(result.learning_rate / limit - 1) < 1e-5  # to the digits that are said
    if result.learning_rate > limit or at_limit:
        does, place = ("swing for ever", "at") if at_limit else ("blow up", "beyond")
        opening = f"It {does.replace(' ', 's ', 1)} along the ridge"
        if not result.momentum[:, 0].any():
            opening = f"Any run-up would {does}"
        numbers = result.learning_rate, limit
        rate, most = (f"{number:g}" for number in numbers) if at_limit else apart(*numbers)
        return f"{opening}: a rate of {rate} at β = {result.beta:.2f} is {place} the limit of {most}."
    start, end = result.momentum[0], result.momentum[-1]
    if start[1] == 0 and end[1] == 0:
        speed = "with all its speed" if start[0] else "from rest"
        return f"Exactly on the ridge the slope across is exactly 0: {speed}, momentum never leaves."
    opening = "Momentum"
    if start[1] == 0:
        opening = "Noise moves it off the ridge, but " if np.isnan(result.escape) else "Noise frees it: "
        opening += "momentum"
    opening += "" if start[0] else " without a run-up"
    same = result.plain_rate == result.learning_rate
    plain = "plain descent at " + ("the same rate" if same else f"{result.plain_rate:g}, its most,")
    mine, other = result.escape, result.plain_escape
    if np.isnan(mine):
        is_too = "is too" if np.isnan(other) else f"needs {other:.0f}"
        return f"{opening} is still in the pass after {len(result.plain) - 1} steps; {plain} {is_too}."
    if np.isnan(other):
        return f"{opening} needs {mine:.0f} steps to leave the pass; {plain} is still in it."
    ahead = "as fast" if mine == other else "faster" if mine < other else "slower"
    return f"{opening} needs {mine:.0f} steps to leave the pass, {plain} {other:.0f}: momentum is {ahead}."


def _code(result: Saddle, shown: int) -> str:
    start = [float(value) for value in result.momentum[0]]
    rule = f"me.ema({result.learning_rate}, beta={result.beta})"
    noise = f", noise={result.noise}, rng=np.random.default_rng({SEED})" if result.noise else ""
    return f"me.descend(me.landscapes.saddle({result.curvature_ratio}), {start}, {rule}, {shown}{noise}).w"
