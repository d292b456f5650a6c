"""Local minimum: a ball on a curve, its energy standing on it, and a map of the starts that get across."""

from functools import lru_cache
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from momentum_edu import figures
from momentum_edu.explorers import valleys
from momentum_edu.explorers.shell import Explorer, Frame, log_slider, slider
from momentum_edu.explorers.valley_words import finding
from momentum_edu.explorers.valleys import STEPS, VIEW, Curve, LocalMinimum, compute, slope_of
from momentum_edu.figures import GREY, INK, MOMENTUM, PLAIN, TARGET, Role
from momentum_edu.live import LivePicture
from momentum_edu.marks import Mark, area, band, horizontal, line, points, text


def local_minimum(
    function: Curve | None = None, gradient: Curve | None = None, view: tuple[float, float] = VIEW
) -> Explorer:
    """Open the explorer: put a ball down on a curve with valleys, and see from where it gets out of one.

    To be discovered: what decides is the height of the start. From below the barrier's top no beta gets
    across, at rates up to 2 / L. From above, many do, out of a good valley as well as a bad one; a large rate
    alone does too.

    Parameters
    ----------
    function : callable, optional
        Your own curve: takes an array of x and returns as many values. Two valleys if left out.
    gradient : callable, optional
        Its slope; by finite differences if left out.
    view : (float, float)
        The part of the curve to show.

    Raises
    ------
    TypeError, ValueError
        If the function or its slope takes no numbers and arrays, or is not finite in the view.

    Examples
    --------
    >>> print(local_minimum().picture.status)
    Put down 0.89 above the barrier's top, momentum rolls over it and ends at -1.07. Plain descent stays.
    """
    own = function is not None
    curve = function or valleys.double_well
    slope = gradient or (slope_of(curve) if own else valleys.double_well_slope)
    height = valleys.check_function("function", curve, view)
    valleys.check_function("gradient", slope, view)
    low, high = float(height.min()), float(height.max())
    figure, axes = stage(view, (low, high), by_differences=own and gradient is None)
    picture = LivePicture(
        figure,
        "A ball on a curve with valleys, its energy standing on it; its energy over the steps; and a map of "
        "the starts and β from which it gets into another valley.",
    )
    width = view[1] - view[0]
    most = 0.35 if not own else float(f"{(high - low) / width / 2:.1g}")
    look_up = lru_cache(16)(lambda tilt, rate: valleys.basins(tilt, rate, curve, slope, view))
    begin, notch = view[0] + 180 * width / 190, width / 190
    controls = {
        "start": slider("start", begin, *view, notch),
        "tilt": slider("tilt", 0.15 if not own else 0.0, -most, most, most / 35, ".3g"),
        "learning_rate": log_slider("learning rate η", 0.1, 0.01, 2.0, 0.02),
        "beta": slider("momentum β", 0.95, 0.0, 0.99, 0.01),
    }

    def run(start: float, tilt: float, learning_rate: float, beta: float) -> Any:
        setting = start, tilt, learning_rate, beta
        result = compute(*setting, function=curve, gradient=slope, view=view)
        return setting, result, look_up(tilt, learning_rate)

    def draw(found: Any, shown: int) -> Frame:
        setting, result, atlas = found
        return frame(axes, result, atlas, setting, shown, curve, own)

    calm = {"tilt": 0.15, "learning_rate": 0.1, "beta": 0.95, "step": STEPS}
    presets = {
        "from above": calm | {"start": 1.7},
        "from below": calm | {"start": 1.2, "beta": 0.99},
        "out of the good valley": calm | {"start": 1.84, "tilt": -0.15, "beta": 0.99},
        "a large rate alone": calm | {"start": 1.46, "learning_rate": 10**-0.1, "beta": 0.0},
    }
    return Explorer(picture, controls, run, draw, steps=STEPS, presets=None if own else presets, interval=30)


local_minimum.compute = compute  # type: ignore[attr-defined]
local_minimum.slope_of = slope_of  # type: ignore[attr-defined]


def stage(
    view: tuple[float, float], heights: tuple[float, float], by_differences: bool
) -> tuple[Figure, dict[str, Axes]]:
    """Draw what stands still: the axes and their names."""
    low, high = heights
    floor, roof = low - 0.25 * (high - low), high + 0.05 * (high - low)
    with matplotlib.rc_context(figures.STYLE):
        figure = Figure(figsize=(9.6, 5.2), dpi=figures.PIXELS_PER_INCH, layout="constrained")
        axes = figure.subplot_mosaic("CE;ME", width_ratios=(1.35, 1), height_ratios=(1.5, 1))
        slopes = " (slope by finite differences)" if by_differences else ""
        axes["C"].set(title=f"The curve and the ball{slopes}", ylabel="height", xlim=view, ylim=(floor, roof))
        axes["C"].grid(visible=False)
        axes["M"].set(title="Starts that get out (grey: below the barrier)", xlabel="start x")
        axes["M"].set_yscale("function", functions=(lambda b: -np.log10(1 - b), lambda y: 1 - 10.0**-y))
        axes["M"].set(ylabel="momentum β", xlim=view, ylim=(0, valleys.BETA_EDGES[-1]))
        axes["M"].set(yticks=(0, 0.5, 0.9, 0.99), yticklabels=("0", "0.5", "0.9", "0.99"))
        axes["M"].grid(visible=False)
        energy = axes["E"]
        energy.set(title="Energy over the steps", xlabel="step", xlim=(0, STEPS), ylim=(floor, roof))
        names = {
            "energy of the ball": MOMENTUM.plot,
            "its height": {**Role(INK).plot, "linewidth": 1.2},
            "the barrier's top": TARGET.plot,
            "height of plain descent": {**PLAIN.plot, "linewidth": 1.2},
        }
        handles = [energy.plot([], [], **look)[0] for look in names.values()]
        figure.legend(handles, names, loc="outside lower center", ncols=4, frameon=False, fontsize=9.5)
    return figure, axes


def frame(
    axes: dict[str, Axes], result: LocalMinimum, atlas: Any, setting: Any, shown: int, curve: Curve, own: bool
) -> Frame:
    """Draw one run, ``shown`` steps after the start."""
    start, tilt, rate, beta = setting
    steps = np.arange(shown + 1)
    with np.errstate(all="ignore"):
        plain_height = curve(result.plain[: shown + 1]) + tilt * result.plain[: shown + 1]
    height, energy = result.height[: shown + 1], result.energy[: shown + 1]
    top = [horizontal(axes["E"], result.barrier_height)] if np.isfinite(result.barrier_height) else []
    marks = [
        *_curve_marks(axes["C"], result, tilt, shown, curve, plain_height[-1]),
        *_map_marks(axes["M"], atlas, start, beta),
        *top,
        band(axes["E"], steps, height, energy, opacity=0.3),
        line(axes["E"], steps, plain_height, PLAIN, width=1.2),
        line(axes["E"], steps, height, Role(INK), width=1.2),
        line(axes["E"], steps, energy, MOMENTUM, width=2.2),
        points(axes["E"], shown, energy[-1], MOMENTUM, size=8),
    ]
    return Frame(marks, finding(result, rate), _code(setting, shown, own))


def _curve_marks(
    axes: Axes, result: LocalMinimum, tilt: float, shown: int, curve: Curve, plain_height: float
) -> list[Mark]:
    """The curve, the height of the start, the ball, and on it a bar that reaches up to its energy."""
    x = np.linspace(*axes.get_xlim(), 121)
    height = curve(x) + tilt * x
    ball, energy = (result.x[shown], result.height[shown]), result.energy[shown]
    reach = 0.012 * (x[-1] - x[0])
    bar = [ball[0] - reach, ball[0] + reach, ball[0] + reach, ball[0] - reach]
    past = slice(0, shown + 1)
    marks = [
        band(axes, x, axes.get_ylim()[0], height, GREY, opacity=0.2),
        line(axes, x, height, Role(INK), width=1.5),
        horizontal(axes, result.energy[0], Role(GREY, "--"), width=1.2),
        text(
            axes, x[1], result.energy[0] + 0.02 * np.ptp(axes.get_ylim()), "height of the start", GREY, size=9
        ),
        line(axes, result.x[past], result.energy[past], MOMENTUM, width=1.2),
        points(axes, result.x[past][::2], result.height[past][::2], MOMENTUM, size=4, opacity=0.5),
        area(axes, bar, [ball[1], ball[1], energy, energy], opacity=0.75),
        line(axes, [bar[0] - reach, bar[1] + reach], [energy, energy], MOMENTUM, width=2.5),
        points(axes, result.plain[shown], plain_height, PLAIN, size=10),
        points(axes, *ball, MOMENTUM, size=14),
    ]
    if np.isfinite(result.barrier_height):
        marks.insert(2, horizontal(axes, result.barrier_height))
        marks.append(
            text(
                axes,
                x[-2],
                result.barrier_height + 0.02 * np.ptp(axes.get_ylim()),
                "barrier",
                GREY,
                align="right",
                size=9,
            )
        )
    return marks


def _map_marks(axes: Axes, atlas: valleys.Basins, start: float, beta: float) -> list[Mark]:
    """The starts that get across, for each beta, and those that lie below the barrier's top."""
    everywhere = np.broadcast_to(atlas.below, atlas.across.shape)
    return [
        _cells(axes, atlas.edges, everywhere, GREY, 0.25),
        _cells(axes, atlas.edges, atlas.across, MOMENTUM.colour, 0.75),
        _cells(axes, atlas.edges, atlas.lost, INK, 0.9),
        points(axes, start, beta, MOMENTUM, size=14),
        points(axes, start, beta, Role("white"), size=6),
    ]


def _cells(axes: Axes, edges: Any, chosen: Any, colour: str, opacity: float) -> Mark:
    """Fill the chosen cells of the map: each row's runs of them as rectangles."""
    padded = np.pad(chosen, ((0, 0), (1, 1)))
    row, left = np.nonzero(padded[:, 1:] & ~padded[:, :-1])
    _, right = np.nonzero(padded[:, :-1] & ~padded[:, 1:])
    a, b, gap = edges[left], edges[right], np.full(len(row), np.nan)
    low, high = valleys.BETA_EDGES[row], valleys.BETA_EDGES[row + 1]
    return area(
        axes,
        np.stack([a, b, b, a, gap], axis=-1),
        np.stack([low, low, high, high, gap], axis=-1),
        colour,
        opacity=opacity,
    )


def _code(setting: Any, shown: int, own: bool) -> str:
    start, tilt, rate, beta = setting
    place = f"me.landscapes.double_well({tilt})"
    if own:
        place = f"lambda x: me.explorers.local_minimum.slope_of(function)(x) + {tilt}"
    return f"me.descend({place}, [{start}], me.ema({rate}, beta={beta}), {shown}).w"
