"""The panels of the explorer of overshoot, for the course's rule and for the reader's own."""

from collections.abc import Mapping

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from momentum_edu import figures
from momentum_edu.checks import Array
from momentum_edu.explorers.swings import H_RANGE, STEPS, VIEW, Overshoot
from momentum_edu.explorers.words import apart, percent, short
from momentum_edu.figures import GREY, INK, MOMENTUM, TARGET, Role
from momentum_edu.marks import Mark, horizontal, line, points, text, vertical

REGIMES = {
    "monotone": ("#DDEEF8", None),
    "ringing": ("#FBE3C8", "//"),
    "alternating": ("#D9A5C5", None),
    "diverging": ("#D9D9D9", "xx"),
}
"""The colour and the hatching of each regime."""


def panels(title: str, paths: Mapping[str, Role]) -> tuple[Figure, dict[str, Axes]]:
    """Draw the axes: a map with this title, a path with these names, and two unit circles."""
    with matplotlib.rc_context(figures.STYLE):
        figure = Figure(figsize=(9.6, 4.7), dpi=figures.PIXELS_PER_INCH, layout="constrained")
        axes = figure.subplot_mosaic("MPP;MRV", width_ratios=(1.75, 1, 1))
        axes["M"].set(title=title, xlabel="h = learning rate × curvature", ylabel="momentum β")
        axes["M"].set(xscale="log", xlim=H_RANGE, ylim=(0, 0.99))
        axes["M"].grid(visible=False)
        path = axes["P"]
        path.set(title="Path", xlabel="step", ylabel="distance x", xlim=(0, STEPS), ylim=(-1.4, 1.2))
        lines = [path.plot([], [], **role.plot)[0] for role in paths.values()]
        path.legend(lines, list(paths), loc="lower right", ncols=2, frameon=False, fontsize=10)
        _draw_circle(axes["R"], "Roots", "real", "imaginary")
        _draw_circle(axes["V"], "Phase plane", "distance x", "velocity, scaled")
    return figure, axes


def _draw_circle(axes: Axes, title: str, across: str, up: str) -> None:
    circle = np.exp(1j * np.linspace(0, 2 * np.pi, 200))
    axes.plot(circle.real, circle.imag, color=GREY, linewidth=1)
    axes.set(title=title, xlabel=across, ylabel=up, xlim=(-VIEW, VIEW), ylim=(-VIEW, VIEW))
    axes.set(aspect="equal", xticks=(-1, 0, 1), yticks=(-1, 0, 1))


def map_marks(axes: Axes, result: Overshoot, role: Role = MOMENTUM) -> list[Mark]:
    """Mark the point of the map."""
    h, beta = result.h, result.beta
    return [vertical(axes, h), horizontal(axes, beta), points(axes, h, beta, role, size=11)]


def path_marks(axes: Axes, result: Overshoot, x: Array, role: Role = MOMENTUM) -> list[Mark]:
    """Draw the path as far as it is shown, and its deepest point past the minimum."""
    steps = np.arange(len(x))
    marks = [line(axes, steps, x, role), points(axes, steps, x, role, size=4)]
    past = np.flatnonzero(np.isclose(-result.x, result.overshoot, rtol=1e-9))
    if 0.005 < result.overshoot <= 1.2 and past.size and past[0] < len(x):
        marks.append(line(axes, [past[0]] * 2, [0, -result.overshoot], Role(INK), width=1.5))
        words = f"{percent(result.overshoot)} past"
        marks.append(text(axes, past[0] + 1.5, -max(result.overshoot, 0.15) - 0.25, words, bold=True))
    return marks


def root_marks(axes: Axes, result: Overshoot, role: Role = MOMENTUM) -> list[Mark]:
    """Draw the roots, and the circle of the larger one: its radius is the factor for each step."""
    circle = result.rate * np.exp(1j * np.linspace(0, 2 * np.pi, 61))
    outside = [
        text(axes, -1.2, 0.15, f"◂ root at -{short(-root)}", size=9)
        for root in result.roots.real
        if root < -VIEW
    ]
    outside += [
        text(axes, 1.2, 0.15, f"root at {short(root)} ▸", align="right", size=9)
        for root in result.roots.real
        if root > VIEW
    ]
    return [
        *outside,
        line(axes, circle.real, circle.imag, Role(role.colour, "--"), width=1.2),
        points(axes, result.roots.real, result.roots.imag, role, size=8),
        text(axes, 0, -0.45, f"{apart(result.rate, 1)[0]} a step", align="center", size=9),
    ]


def phase_marks(axes: Axes, x: Array, speed: Array, role: Role = MOMENTUM) -> list[Mark]:
    """Draw the distance against the velocity, as far as it is shown."""
    return [
        line(axes, x, speed, role, width=1.2),
        points(axes, x, speed, role, size=3.5),
        points(axes, 0, 0, TARGET, size=9),
        points(axes, x[-1], speed[-1], role, size=8),
    ]


def past(result: Overshoot) -> str:
    """Say how far past the minimum it goes: what rings always does, be it less than a run can measure."""
    least = 1e-99 if result.regime == "ringing" else 0.0
    return f"{percent(max(result.overshoot, least))} past"


def settles(result: Overshoot) -> str:
    """Say when the run comes to rest."""
    steps = f"{result.settling_time:.0f}"
    if result.regime == "ringing":  # the swing's own fading: near the ends of the band it is higher than 1
        return f"the swing fades to 2 % in about {steps} step{'s' * (steps != '1')}"
    return f"stays within 2 % from step {steps} on"


def grows(result: Overshoot) -> str:
    """Say how fast the run moves away."""
    return f"each step multiplies the distance by {apart(result.rate, 1)[0]} in the end"
