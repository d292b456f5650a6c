"""Overshoot: pick a point of the (h, beta) map, and see the path, the roots and the phase plane there."""

from dataclasses import dataclass
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from momentum_edu import figures, theory
from momentum_edu.checks import Array
from momentum_edu.explorers.shell import Explorer, Frame, log_slider, slider
from momentum_edu.figures import GREY, INK, MOMENTUM, PLAIN, TARGET, Role
from momentum_edu.live import LivePicture
from momentum_edu.marks import Mark, band, horizontal, line, points, text, vertical

STEPS = 80  # that the explorer shows
H_RANGE = (1e-3, 1e3)
NOTCH = 0.02  # decades; the page moves a slider's value onto its nearest notch, so presets lie on one


@dataclass(frozen=True)
class Overshoot:
    """One point of the map: a run of the rule on f(x) = lambda x^2 / 2 from x = 1 at rest, h = eta lambda.

    Attributes
    ----------
    h, beta : float
    regime : str
        "monotone", "ringing", "alternating" or "diverging".
    overshoot : float
        As a fraction of the first distance.
    period : float
        Steps for one swing of x; nan where it does not ring.
    rate : float
        The larger modulus of the roots: the factor on the distance for each step in the long run.
    settling_time : float
        Steps until x is below 2 % where it is monotone, until rate^t is below 2 % where it swings; inf where
        it diverges.
    roots : complex array (2,)
    x : array (steps + 1,)
        Position.
    speed : array (steps + 1,)
        The last step taken, scaled so that x^2 + speed^2 is the energy; it never rises while h <= 2.
    plain : array (steps + 1,)
        The position under plain gradient descent at the same learning rate.
    """

    h: float
    beta: float
    regime: str
    overshoot: float
    period: float
    rate: float
    settling_time: float
    roots: NDArray[np.complexfloating[Any, Any]]
    x: Array
    speed: Array
    plain: Array


def compute(h: float = 1.0, beta: float = 0.9, steps: int = STEPS) -> Overshoot:
    """Work out everything the explorer shows at one point of the map.

    Parameters
    ----------
    h : float
        Learning rate times curvature, dimensionless, positive.
    beta : float
        Momentum coefficient in [0, 1).
    steps : int
        Length of the run.

    Returns
    -------
    Overshoot

    Raises
    ------
    ValueError
        If h is not positive and finite, or beta is outside [0, 1).

    Examples
    --------
    >>> result = compute(h=1.0, beta=0.9)
    >>> print(f"{result.regime}: {result.overshoot:.3f}, period {result.period:.1f} steps")
    ringing: 0.604, period 19.5 steps
    """
    if not h > 0:
        raise ValueError(f"h must be positive; got {h}")
    rate = float(theory.convergence_rate(h, beta))
    regime = str(theory.regime(h, beta))
    settling = np.inf if rate >= 1 else 1.0 if rate == 0 else np.log(0.02) / np.log(rate)
    if regime == "monotone" and rate > 0:  # near two equal roots x lags far behind rate^t
        settling = np.argmax(theory.response(h, beta, int(2 * settling) + 2) < 0.02)
    with np.errstate(all="ignore"):
        x = theory.response(h, beta, steps)
        return Overshoot(
            h=h,
            beta=beta,
            regime=regime,
            overshoot=float(theory.overshoot(h, beta)),
            period=float(theory.ringing_period(h, beta)),
            rate=rate,
            settling_time=float(settling),
            roots=theory.roots(h, beta),
            x=x,
            speed=np.diff(x, prepend=1.0) * np.sqrt(beta / (1 - beta) / h),
            plain=theory.response(h, 0.0, steps, "gradient_descent"),
        )


def overshoot() -> Explorer:
    """Open the explorer: move h and beta, and see which of the four regimes the point lies in.

    To be discovered: what decides is where (h, beta) lies, and ringing fills a band that is symmetric around
    h = 1 and grows with beta. A smaller learning rate lowers the overshoot but hardly shortens the ringing.

    Examples
    --------
    >>> overshoot().values
    {'h': 1.0, 'beta': 0.9}
    """
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
    with matplotlib.rc_context(figures.STYLE):
        figure = Figure(figsize=(9.6, 4.7), dpi=figures.PIXELS_PER_INCH, layout="constrained")
        axes = figure.subplot_mosaic("MPP;MRV", width_ratios=(1.75, 1, 1))
        _draw_map(axes["M"])
        path = axes["P"]
        path.set(title="Path", xlabel="step", ylabel="distance x", xlim=(0, STEPS), ylim=(-1.4, 1.2))
        momentum, plain = (path.plot([], [], **role.plot)[0] for role in (MOMENTUM, PLAIN))
        names = ["with momentum", "plain descent, same rate"]
        path.legend([momentum, plain], names, loc="lower right", ncols=2, frameon=False, fontsize=10)
        _draw_circle(axes["R"], "Roots", "real", "imaginary")
        _draw_circle(axes["V"], "Phase plane", "distance x", "velocity, scaled")
    return figure, axes


def _draw_circle(axes: Axes, title: str, across: str, up: str) -> None:
    circle = np.exp(1j * np.linspace(0, 2 * np.pi, 200))
    axes.plot(circle.real, circle.imag, color=GREY, linewidth=1)
    axes.set(title=title, xlabel=across, ylabel=up, xlim=(-1.25, 1.25), ylim=(-1.25, 1.25))
    axes.set(aspect="equal", xticks=(-1, 0, 1), yticks=(-1, 0, 1))


def _draw_map(axes: Axes) -> None:
    """Colour the four regimes, with a hatching of its own for each, and write their names into them."""
    beta = np.linspace(0, 0.99, 200)
    low, high = theory.ringing_band(beta)
    least, most = np.full_like(beta, H_RANGE[0]), np.full_like(beta, H_RANGE[1])
    edges = [least, low, high, theory.stability_limit(beta), most]
    looks = [("#DDEEF8", None), ("#FBE3C8", "//"), ("#D9A5C5", None), ("#D9D9D9", "xx")]
    for left, right, (colour, hatch) in zip(edges, edges[1:], looks, strict=False):
        axes.fill_betweenx(beta, left, right, facecolor=colour, edgecolor="white", hatch=hatch, linewidth=0.8)
    axes.set(title="Map of the regimes", xlabel="h = learning rate × curvature", ylabel="momentum β")
    axes.set(xscale="log", xlim=H_RANGE, ylim=(0, 0.99))
    axes.grid(visible=False)
    box = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 2}
    for h, height, words in ((0.01, 0.4, "monotone"), (1.0, 0.72, "ringing"), (90.0, 0.4, "diverging")):
        axes.text(h, height, words, ha="center", va="center", color=INK, size=11, bbox=box)
    arrow = {"arrowstyle": "->", "color": INK}
    axes.annotate(
        "alternating", (1.9, 0.04), (90, 0.09), ha="center", va="center", bbox=box, arrowprops=arrow
    )


def frame(axes: dict[str, Axes], result: Overshoot, shown: int) -> Frame:
    """Draw one point of the map, ``shown`` steps after the start."""
    steps = np.arange(shown + 1.0)
    x, speed = result.x[: shown + 1], result.speed[: shown + 1]
    marks = [
        vertical(axes["M"], result.h),
        horizontal(axes["M"], result.beta),
        points(axes["M"], result.h, result.beta, size=11),
        *_path_marks(axes["P"], result, steps, x),
        *_root_marks(axes["R"], result),
        line(axes["V"], x, speed, width=1.2),
        points(axes["V"], x, speed, size=3.5),
        points(axes["V"], 0, 0, TARGET, size=9),
        points(axes["V"], x[-1], speed[-1], size=8),
    ]
    rule = f"me.ema({result.h}, beta={result.beta})"
    code = f"me.descend(me.landscapes.quadratic([1.0]), [1.0], {rule}, {shown}).w"
    return Frame(marks, finding(result), code)


def _path_marks(axes: Axes, result: Overshoot, steps: Array, x: Array) -> list[Mark]:
    """The path, the envelope it cannot leave while it rings, and its deepest point past the minimum."""
    marks = [
        horizontal(axes, 0),
        line(axes, steps, result.plain[: len(steps)], PLAIN, width=1.5),
        line(axes, steps, x),
        points(axes, steps, x, size=4),
    ]
    if result.regime == "ringing":
        along = np.arange(STEPS + 1)
        height = abs(result.roots[0] - result.beta) / abs(result.roots[0].imag) * result.rate**along
        marks.insert(0, band(axes, along, -height, height, opacity=0.12))
    past = np.flatnonzero(np.isclose(-result.x, result.overshoot, rtol=1e-9))
    if 0.005 < result.overshoot <= 1.2 and past.size and past[0] < len(steps):
        marks.append(line(axes, [past[0]] * 2, [0, -result.overshoot], Role(INK), width=1.5))
        words = f"{100 * result.overshoot:.0f} % past"
        marks.append(text(axes, past[0] + 1.5, -result.overshoot - 0.25, words, bold=True))
    return marks


def _root_marks(axes: Axes, result: Overshoot) -> list[Mark]:
    """The roots, and the circle of the larger one: its radius is the factor for each step."""
    circle = result.rate * np.exp(1j * np.linspace(0, 2 * np.pi, 61))
    outside = [
        text(axes, -1.2, 0.15, f"◂ root at {root:.3g}", size=9) for root in result.roots.real if root < -1.25
    ]
    return [
        *outside,
        line(axes, circle.real, circle.imag, Role(MOMENTUM.colour, "--"), width=1.2),
        points(axes, result.roots.real, result.roots.imag, size=8),
        text(axes, 0, -0.4 if outside else -0.1, f"{result.rate:.3g} a step", align="center", size=9),
    ]


def finding(result: Overshoot) -> str:
    """Say in words and numbers what happens at this point of the map.

    Examples
    --------
    >>> finding(compute(h=40.0, beta=0.9))
    'Diverging: h = 40 is beyond the limit of 38; each step multiplies the distance by 1.5 in the end.'
    """
    settles = f"comes within 2 % in about {result.settling_time:.0f} steps"
    if result.regime == "monotone":
        return f"Monotone: it never passes the minimum, and {settles}."
    if result.regime == "ringing":
        past = f"shoots {100 * result.overshoot:.2g} % past the minimum"
        return f"Ringing: it {past}, swings once in {result.period:.1f} steps, and {settles}."
    if result.regime == "alternating":
        return f"Alternating: it jumps across the minimum at every step, and {settles}."
    limit = theory.stability_limit(result.beta)
    grows = f"each step multiplies the distance by {result.rate:.3g} in the end"
    return f"Diverging: h = {result.h:.3g} is beyond the limit of {limit:.3g}; {grows}."
