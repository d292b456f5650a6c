"""Overshoot: pick a point of the (h, beta) map, and see the path, the roots and the phase plane there."""

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from momentum_edu import figures, theory
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
from momentum_edu.explorers.own_overshoot import own_overshoot
from momentum_edu.explorers.shell import Explorer, Frame, log_slider, slider
from momentum_edu.explorers.swings import H_RANGE, NOTCH, STEPS, Overshoot, compute
from momentum_edu.explorers.words import apart, short
from momentum_edu.figures import INK, MOMENTUM, PLAIN
from momentum_edu.live import LivePicture
from momentum_edu.marks import band, horizontal, line
from momentum_edu.rules import Formula, Rule


def overshoot(rule: Rule | Formula | None = None) -> Explorer:
    """Open the explorer: move h and beta, and see which of the four regimes the point lies in.

    To be discovered: what decides is where (h, beta) lies, and ringing fills a band that is symmetric around
    h = 1 and grows with beta. A smaller learning rate lowers the overshoot but hardly shortens the ringing.
    With a rule of your own, all of this is measured for it, and shown with the course's rule beside it.

    Parameters
    ----------
    rule : Rule or callable, optional
        ``me.nesterov(1.0)``, say, whose coefficients then come from the sliders; or a formula of your own,
        ``formula(w, v, g, eta, beta) -> (w, v)``, linear in w, v and g. The course's rule if left out.

    Raises
    ------
    TypeError, ValueError
        If the rule is neither, takes no arrays, gives no finite numbers in their shape, or is not linear.

    Examples
    --------
    >>> overshoot().values
    {'h': 1.0, 'beta': 0.9}
    """
    if rule is not None:
        return own_overshoot(rule)
    figure, axes = stage()
    picture = LivePicture(
        figure,
        "A map of the regimes over h and beta with a movable point; beside it the path of that point over "
        "the steps, its two roots in the unit circle, and its distance against its velocity.",
    )
    return Explorer(
        picture,
        {
            "h": log_slider("h = rate × curvature", 1.0, *H_RANGE, NOTCH),
            "beta": slider("momentum β", 0.9, 0.0, 0.99, 0.01),
        },
        compute,
        lambda result, shown: frame(axes, result, shown),
        steps=STEPS,
        presets={
            "60 % overshoot": {"h": 1.0, "beta": 0.9, "step": STEPS},
            "ten times smaller rate": {"h": 0.1, "beta": 0.9, "step": STEPS},
            "no ringing": {"h": 10**-1.6, "beta": 0.9, "step": STEPS},
            "plain descent, zig-zag": {"h": 10**0.26, "beta": 0.0, "step": STEPS},
            "a little momentum": {"h": 10**0.26, "beta": 0.2, "step": STEPS},
            "diverging": {"h": 10**1.62, "beta": 0.9, "step": STEPS},
        },
    )


overshoot.compute = compute  # type: ignore[attr-defined]


def stage() -> tuple[Figure, dict[str, Axes]]:
    """Draw what stands still: the map of the regimes, the unit circles, and empty axes."""
    names = {"with momentum": MOMENTUM, "plain descent, same rate": PLAIN}
    figure, axes = panels("Map of the regimes", names)
    with matplotlib.rc_context(figures.STYLE):
        _draw_map(axes["M"])
    return figure, axes


def _draw_map(axes: Axes) -> None:
    """Colour the four regimes, with a hatching of its own for each, and write their names into them."""
    beta = np.linspace(0, 0.99, 200)
    low, high = theory.ringing_band(beta)
    least, most = np.full_like(beta, H_RANGE[0]), np.full_like(beta, H_RANGE[1])
    edges = [least, low, high, theory.stability_limit(beta), most]
    for left, right, (colour, hatch) in zip(edges, edges[1:], REGIMES.values(), strict=False):
        axes.fill_betweenx(beta, left, right, facecolor=colour, edgecolor="white", hatch=hatch, linewidth=0.8)
    box = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 2}
    for h, height, words in ((0.01, 0.4, "monotone"), (1.0, 0.72, "ringing"), (90.0, 0.4, "diverging")):
        axes.text(h, height, words, ha="center", va="center", color=INK, size=11, bbox=box)
    arrow = {"arrowstyle": "->", "color": INK}
    axes.annotate(
        "alternating", (1.9, 0.04), (90, 0.09), ha="center", va="center", bbox=box, arrowprops=arrow
    )


def frame(axes: dict[str, Axes], result: Overshoot, shown: int) -> Frame:
    """Draw one point of the map, ``shown`` steps after the start."""
    x, speed, plain = (each[: shown + 1] for each in (result.x, result.speed, result.plain))
    envelope = []
    if result.regime == "ringing":  # which the path cannot leave
        along = np.arange(STEPS + 1)
        height = abs(result.roots[0] - result.beta) / abs(result.roots[0].imag) * result.rate**along
        envelope = [band(axes["P"], along, -height, height, opacity=0.12)]
    marks = [
        *map_marks(axes["M"], result),
        *envelope,
        horizontal(axes["P"], 0),
        line(axes["P"], np.arange(len(x)), plain, PLAIN, width=1.5),
        *path_marks(axes["P"], result, x),
        *root_marks(axes["R"], result),
        *phase_marks(axes["V"], x, speed),
    ]
    rule = f"me.ema({result.h}, beta={result.beta})"
    code = f"me.descend(me.landscapes.quadratic([1.0]), [1.0], {rule}, {shown}).w"
    return Frame(marks, finding(result), code)


def finding(result: Overshoot) -> str:
    """Say in words and numbers what happens at this point of the map.

    Examples
    --------
    >>> finding(compute(h=40.0, beta=0.9))
    'Diverging: h = 40 is beyond the limit of 38; each step multiplies the distance by 1.5 in the end.'
    """
    limit = float(theory.stability_limit(result.beta))
    if np.isclose(result.h, limit, rtol=1e-12, atol=0):
        return f"At the limit, h = {short(limit)}: in the end it jumps across the minimum for ever."
    if result.regime == "monotone":
        return f"Monotone: it never passes the minimum, and {settles(result)}."
    if result.regime == "ringing":
        swings = f"swings once in {result.period:.1f} steps, and {settles(result)}"
        return f"Ringing: it shoots {past(result)} the minimum, {swings}."
    if result.regime == "alternating":
        return f"Alternating: it jumps across the minimum at every step, and {settles(result)}."
    h, limit_words = apart(result.h, limit)
    return f"Diverging: h = {h} is beyond the limit of {limit_words}; {grows(result)}."
