"""Overshoot for the reader's own rule: its regimes, path, roots and phase plane, the course's beside them."""

from typing import Any, NamedTuple

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from momentum_edu import figures, theory
from momentum_edu.explorers import own_rule
from momentum_edu.explorers.overshoot_picture import (
    REGIMES,
    grows,
    map_marks,
    panels,
    past,
    path_marks,
    phase_marks,
    root_marks,
    settles,
)
from momentum_edu.explorers.shell import Explorer, Frame, log_slider, slider
from momentum_edu.explorers.swings import H_RANGE, NOTCH, STEPS, Overshoot, compute, largest_step
from momentum_edu.explorers.words import apart
from momentum_edu.figures import BLACK, MOMENTUM, Role
from momentum_edu.live import LivePicture
from momentum_edu.marks import horizontal, line, points
from momentum_edu.rules import Formula, Rule

OWN, COURSE = Role(BLACK), Role(MOMENTUM.colour, "--")


class Pair(NamedTuple):
    """The reader's rule and the course's at one point of the map."""

    own: Overshoot
    course: Overshoot


def own_overshoot(rule: Rule | Formula) -> Explorer:
    """Open the explorer for a rule; what it must be, ``overshoot`` says."""
    name = own_rule.read(rule)[0]
    name = name if len(name) <= 26 else f"{name[:25]}…"
    figure, axes = stage(rule, name)
    picture = LivePicture(
        figure,
        f"A map of the regimes of {name} over h and beta with a movable point; beside it the path of that "
        "point over the steps, its two roots in the unit circle, and its distance against its velocity, each "
        "with those of the course's rule.",
    )
    controls = {  # a sum of gradients, as most libraries keep it, rings here, and a mean does too
        "h": log_slider("h = rate × curvature", 0.1, *H_RANGE, NOTCH),
        "beta": slider("momentum β", 0.9, 0.0, 0.99, 0.01),
    }
    return Explorer(
        picture,
        controls,
        lambda h, beta: Pair(compute(h, beta, rule=rule), compute(h, beta)),
        lambda pair, shown: frame(axes, pair, shown, rule, name),
        steps=STEPS,
    )


def stage(rule: Rule | Formula, name: str) -> tuple[Figure, dict[str, Axes]]:
    """Draw what stands still: the map of the rule's regimes, and over it the ends of the course's ringing."""
    beta, h = np.linspace(0, 0.99, 199), np.geomspace(*H_RANGE, 721)
    kinds = own_rule.regime(*own_rule.recurrence(rule, h, beta[:, np.newaxis]))
    figure, axes = panels(f"Regimes of {name}", {name: OWN, "the course's rule": COURSE})
    with matplotlib.rc_context({**figures.STYLE, "hatch.color": "white"}):
        for kind, (colour, hatch) in REGIMES.items():
            here = np.where(kinds == kind, 1.0, 0.0)
            if here.any():
                axes["M"].contourf(h, beta, here, [0.5, 1.5], colors=[colour], hatches=[hatch])
        for edge in theory.ringing_band(beta):
            [course] = axes["M"].plot(edge, beta, **COURSE.plot | {"linewidth": 1.2})
        boxes = [
            Patch(facecolor=colour, hatch=hatch, edgecolor="white") for colour, hatch in REGIMES.values()
        ]
        names = [*REGIMES, "ends of the course's ringing"]
        figure.legend([*boxes, course], names, loc="outside lower left", ncols=5, frameon=False, fontsize=10)
    return figure, axes


def frame(axes: dict[str, Axes], pair: Pair, shown: int, rule: Any, name: str) -> Frame:
    """Draw both rules at one point of the map, ``shown`` steps after the start."""
    own, course = pair
    x, beside = own.x[: shown + 1], course.x[: shown + 1]
    speed = np.diff(course.x, prepend=1.0)[: shown + 1] / largest_step(own.x)
    marks = [
        *map_marks(axes["M"], own, OWN),
        horizontal(axes["P"], 0),
        line(axes["P"], np.arange(len(x)), beside, COURSE, width=1.5),
        *path_marks(axes["P"], own, x, OWN),
        *root_marks(axes["R"], own, OWN),
        points(axes["R"], course.roots.real, course.roots.imag, COURSE, size=5),
        line(axes["V"], beside, speed, COURSE, width=1.2),
        *phase_marks(axes["V"], x, own.speed[: shown + 1], OWN),
    ]
    made = own_rule.code(rule, own.h, own.beta)
    code = f"me.descend(me.landscapes.quadratic([1.0]), [1.0], {made}, {shown}).w"
    return Frame(marks, finding(pair, name), code)


def finding(pair: Pair, name: str) -> str:
    """Say in words and numbers what the rule does at this point of the map, and what the course's does.

    Examples
    --------
    >>> from momentum_edu import nesterov
    >>> print(finding(Pair(compute(0.1, rule=nesterov(1.0)), compute(0.1)), "nesterov"))
    Ringing: nesterov goes 39 % past the minimum, swings once in 19.8 steps, and the swing fades to \
2 % in about 37 steps. The course's rule there: ringing, 15 % past.
    """
    own, course = pair
    if own.regime == "diverging":
        words = f"Diverging: with {name} {grows(own)}"
    elif own.rate == 0:
        goes = f"goes {past(own)} the minimum" if own.overshoot else "never passes the minimum"
        words = f"Both roots are 0: {name} {goes}, and then stands on it"
    elif own.regime == "ringing":
        swings = f"swings once in {own.period:.1f} steps"
        words = f"Ringing: {name} goes {past(own)} the minimum, {swings}, and {settles(own)}"
    elif own.regime == "alternating":
        words = f"Alternating: in the end {name} jumps across the minimum at every step; it "
        words += f"goes {past(own)} it, and {settles(own)}"
    elif own.overshoot > 1e-9:
        words = f"Monotone in the end: {name} first goes {past(own)} the minimum, and {settles(own)}"
    else:
        words = f"Monotone: {name} never passes the minimum, and {settles(own)}"
    beside = "never past it" if course.regime == "monotone" else past(course)
    if course.regime == "diverging":
        beside = f"a factor of {apart(course.rate, 1)[0]} a step"
    return f"{words}. The course's rule there: {course.regime}, {beside}."
