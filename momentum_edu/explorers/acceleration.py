"""Acceleration: move rate, beta and condition number, and see how fast a narrow valley is descended."""

from dataclasses import dataclass

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.path import Path

from momentum_edu import checks, figures, theory
from momentum_edu.checks import Array
from momentum_edu.explorers.shell import Explorer, Frame, log_slider, slider
from momentum_edu.explorers.words import apart, short
from momentum_edu.figures import GREY, INK, MOMENTUM, PLAIN, TARGET, Role
from momentum_edu.live import LivePicture
from momentum_edu.marks import Mark, area, line, points, text

STEPS = 300
KAPPA = 1442.0  # the condition number to which beta = 0.9 belongs
BEST_RATE = KAPPA**-0.5
# The page moves a slider's value onto its nearest notch, so the notches must hit the values of the lesson.
NOTCH = 0.02  # decades
PLAIN_RATE = BEST_RATE * 10 ** (-64 * NOTCH)  # nearest to plain descent's best, 2 / (1 + KAPPA), from below
BETA_TOP = 0.993  # of the map
LEVELS = (1000, 300, 100, 30, 10, 3)  # steps to come ten times nearer
COLOURS = ("#F4FAF7", "#DDF0E7", "#BEE2D1", "#97D0B6", "#68BA96", "#369F75", "#0F7C55")
AXIS_BETAS = (0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99)
BEST = Role(INK, ":", "*")


@dataclass(frozen=True)
class Acceleration:
    """One tuning on the valley f(x, y) = (x^2 + kappa y^2) / 2, beside the best with and without momentum.

    All runs start at rest with half of the loss in each direction; the first loss is 1.

    Attributes
    ----------
    learning_rate, beta, condition_number : float
    plain_learning_rate : float
        The best one of plain gradient descent.
    best_learning_rate, best_beta : float
        The best tuning of the course's rule.
    tenfold, plain_tenfold, best_tenfold : float
        Steps in which the distance shrinks ten times, in the long run; inf where it does not.
    loss, plain_loss, best_loss : array (steps + 1,)
        inf where it leaves the range of floating-point numbers.
    """

    learning_rate: float
    beta: float
    condition_number: float
    plain_learning_rate: float
    best_learning_rate: float
    best_beta: float
    tenfold: float
    plain_tenfold: float
    best_tenfold: float
    loss: Array
    plain_loss: Array
    best_loss: Array


def compute(
    learning_rate: float = PLAIN_RATE,
    beta: float = 0.9,
    condition_number: float = KAPPA,
    steps: int = STEPS,
) -> Acceleration:
    """Work out the losses and the speeds of this tuning, of plain descent's best, and of the best of all.

    Parameters
    ----------
    learning_rate : float
        eta, positive; the flat direction has the curvature 1.
    beta : float
        Momentum coefficient in [0, 1).
    condition_number : float
        kappa, the curvature of the stiff direction, at least 1.
    steps : int
        Length of the runs.

    Returns
    -------
    Acceleration

    Raises
    ------
    ValueError
        If an argument is out of range; the message names it.

    Examples
    --------
    >>> result = compute(learning_rate=0.1, beta=0.67, condition_number=100)
    >>> print(f"{result.tenfold:.1f} steps; plain descent {result.plain_tenfold:.1f}")
    11.5 steps; plain descent 115.1
    """
    rate = checks.number("learning_rate", learning_rate, lambda x: x > 0, "be finite and positive")
    b = checks.number("beta", beta, lambda x: (x >= 0) & (x < 1), "lie in [0, 1)")
    kappa = checks.number("condition_number", condition_number, lambda x: x >= 1, "be finite and at least 1")
    plain_rate, _ = theory.optimal(1.0, kappa, "gradient_descent")
    best_rate, best_beta = theory.optimal(1.0, kappa)
    h = np.outer([rate, plain_rate, best_rate], [1.0, kappa])
    betas = np.array([[b], [0.0], [best_beta]])
    with np.errstate(all="ignore"):
        x = theory.response(h, betas, steps)  # (steps + 1, 3 tunings, 2 directions)
        losses = np.square(x).sum(axis=-1).T / 2
        losses[~np.isfinite(losses)] = np.inf
        factors = theory.convergence_rate(h, betas).max(axis=-1)
        tenfolds = np.where(factors < 1, -np.log(10) / np.log(factors), np.inf)
    tunings = rate, b, kappa, float(plain_rate), float(best_rate), float(best_beta)
    tenfold, plain_tenfold, best_tenfold = tenfolds.tolist()
    return Acceleration(*tunings, tenfold, plain_tenfold, best_tenfold, *losses)


def reach(tenfold: float, condition_number: float) -> tuple[Array, Array]:
    """Return the outline (eta, beta) of all tunings that come ten times nearer in at most `tenfold` steps.

    Both roots of z^2 - (1 + beta - a) z + beta have a modulus of at most r where beta <= r^2 and
    abs(1 + beta - a) <= r + beta / r (Jury's test for z / r), with a = (1 - beta) h. So the flat direction
    asks for a rate above a limit, and the stiff one for a rate below another.

    Parameters
    ----------
    tenfold : float
        Steps; inf for all tunings that converge.
    condition_number : float
        kappa; the curvatures are 1 and kappa.

    Returns
    -------
    eta, beta : array (n,)
        Corners of a polygon; empty where no tuning is so fast.

    Examples
    --------
    >>> eta, beta = reach(30, condition_number=100)
    >>> print(f"beta up to {beta.max():.3f}")
    beta up to 0.858
    >>> reach(10, condition_number=100)[0].size
    0
    """
    r = 10 ** (-1 / tenfold)
    q = condition_number * (1 - r) / (1 + r)
    low, high = r * max(0.0, (q - 1) / (q + 1)), r * r  # of beta: where the two limits meet, and Jury's
    if low > high:
        return np.empty(0), np.empty(0)
    beta = 1 - np.geomspace(1 - low, max(1 - high, 1e-3), 30)
    least = np.maximum((1 - r) * (1 - beta / r) / (1 - beta), 1e-9)
    most = (1 + r) * (1 + beta / r) / (1 - beta) / condition_number
    return np.r_[least, most[::-1]], np.r_[beta, beta[::-1]]


def acceleration() -> Explorer:
    """Open the explorer: move the rate, beta and the condition number, and look for the fastest tuning.

    To be discovered: at plain descent's own rate momentum changes next to nothing; it opens the way to much
    larger rates, and there it is fast. Each condition number has a beta of its own, and the fastest tuning
    first makes the loss rise.

    Examples
    --------
    >>> acceleration().values
    {'learning_rate': 0.00138203, 'beta': 0.9, 'condition_number': 1442.0}
    """
    figure, axes = stage()
    picture = LivePicture(
        figure,
        "A map over learning rate and beta of how many steps it takes to come ten times nearer, with a "
        "movable point and both optima; beside it the loss of that point, of plain descent at its best, "
        "and of momentum at its best.",
    )
    rates, kappas = (BEST_RATE * 10**-2.4, BEST_RATE * 10**2.56), (KAPPA / 1000, KAPPA * 10**0.82)
    plain = {"learning_rate": PLAIN_RATE, "beta": 0.0, "condition_number": KAPPA, "step": STEPS}
    rounder = plain | {"learning_rate": 10 * BEST_RATE, "condition_number": KAPPA / 100}
    return Explorer(
        picture,
        {
            "learning_rate": log_slider("learning rate η", PLAIN_RATE, *rates, NOTCH),
            "beta": slider("momentum β", 0.9, 0.0, 0.99, 0.01),
            "condition_number": log_slider("condition number κ", KAPPA, *kappas, NOTCH, ".4g"),
        },
        compute,
        lambda result, shown: frame(axes, result, shown),
        steps=STEPS,
        presets={
            "plain descent at its best": plain,
            "momentum, same rate": plain | {"beta": 0.9},
            "the rate it affords": plain | {"beta": 0.9, "learning_rate": BEST_RATE},
            "rounder valley, β = 0.9": rounder | {"beta": 0.9},
            "its own β": rounder | {"beta": 0.34},
            "too large": plain | {"beta": 0.9, "learning_rate": BEST_RATE * 10**NOTCH},
        },
        interval=30,
    )


acceleration.compute = compute  # type: ignore[attr-defined]


def stage() -> tuple[Figure, tuple[Axes, Axes]]:
    """Draw what stands still: the axes, their names, and the legends."""
    with matplotlib.rc_context(figures.STYLE):
        figure = Figure(figsize=(9.6, 4.7), dpi=figures.PIXELS_PER_INCH, layout="constrained")
        map_, losses = figure.subplots(1, 2, width_ratios=(1, 1))
        map_.set(title="Steps to come ten times nearer", xlabel="learning rate η", ylabel="momentum β")
        map_.set(xscale="log", yscale="log", xlim=(1e-4, 10), ylim=(1.12, 1 - BETA_TOP))
        map_.set_yticks([1 - beta for beta in AXIS_BETAS], [f"{beta:g}" for beta in AXIS_BETAS])
        map_.minorticks_off()
        map_.grid(visible=False)
        map_.set_facecolor("#D9D9D9")
        losses.set(title="Loss", xlabel="step", ylabel="loss (first loss = 1)", yscale="log")
        losses.set(xlim=(0, STEPS), ylim=(1e-6, 1e4), yticks=10.0 ** np.arange(-6, 5, 2))
        losses.minorticks_off()
        handles = [
            losses.plot([], [], **role.points | {"markersize": 8})[0] for role in (MOMENTUM, PLAIN, BEST)
        ]
        names = ["your point", "plain descent at its best", "momentum at its best"]
        losses.legend(handles, names, loc="upper right", frameon=False, fontsize=10)
    return figure, (map_, losses)


def frame(axes: tuple[Axes, Axes], result: Acceleration, shown: int) -> Frame:
    """Draw the map of this condition number, and the losses of the first ``shown`` steps."""
    map_, losses = axes
    steps = np.arange(shown + 1.0)
    runs = ((result.plain_loss, PLAIN), (result.best_loss, BEST), (result.loss, MOMENTUM))
    marks = [*_map_marks(map_, result)]
    for loss, role in runs:
        marks.append(line(losses, steps, loss[: shown + 1], role, width=2.4 if role is MOMENTUM else 2))
        marks.append(points(losses, steps[-1], loss[shown], role, size=8))
    top = int(np.argmax(result.loss))
    if 1.2 < result.loss[top] < 1e3 and top <= shown:
        words = f" rises to {short(result.loss[top], 2)}"
        marks.append(text(losses, top + 6, result.loss[top] * 1.1, words, MOMENTUM.colour, bold=True))
    start = f"[1, {result.condition_number:g} ** -0.5]"
    rule = f"me.ema({result.learning_rate:g}, beta={result.beta})"
    valley = f"me.landscapes.ravine({result.condition_number:g})"
    return Frame(marks, finding(result), f"me.descend({valley}, {start}, {rule}, {shown}).loss")


def _map_marks(axes: Axes, result: Acceleration) -> list[Mark]:
    """Draw the fields of equal speed, the two optima, and the chosen point."""
    marks: list[Mark] = []
    for level, colour in zip((np.inf, *LEVELS), COLOURS, strict=True):
        eta, beta = reach(level, result.condition_number)
        if eta.size:
            marks += [
                area(axes, eta, 1 - beta, colour, opacity=1),
                line(axes, eta, 1 - beta, Role(GREY), width=0.6),
            ]
            across, height = result.best_learning_rate, 1.3 * (1 - beta.max())
            if level < np.inf and Path(np.c_[eta, 1 - beta]).contains_point((across, height)):
                marks.append(text(axes, across, height, f"{level}", align="center", size=9))
    across, up = result.learning_rate, 1 - result.beta
    return [
        *marks,
        text(axes, 6, 0.95, "diverges", INK, align="right"),
        line(axes, [across, across], axes.get_ylim(), TARGET, width=1.2),
        line(axes, axes.get_xlim(), [up, up], TARGET, width=1.2),
        points(axes, result.best_learning_rate, 1 - result.best_beta, BEST, size=14),
        points(axes, result.plain_learning_rate, 1.0, PLAIN, size=10),
        points(axes, across, up, size=11),
    ]


def finding(result: Acceleration) -> str:
    """Say in words and numbers how fast this tuning is, compared with what, and at what price.

    Examples
    --------
    >>> print(finding(compute(beta=0.9)))
    In the long run, ten times nearer in 1644 steps: about as fast as plain descent at its best, 1660.
    """
    if np.isinf(result.tenfold):
        limit = float(theory.stability_limit(result.beta)) / result.condition_number
        rate, below = apart(result.learning_rate, limit)
        return f"Diverging: at β = {result.beta:.2f} the rate must stay below {below}; it is {rate}."
    gain = result.plain_tenfold / result.tenfold
    plain = f"plain descent at its best, {_count(result.plain_tenfold)}"
    if result.beta == 0 and gain > 0.99:
        best, mine = _count(result.plain_tenfold), _count(result.tenfold)
        words = f"plain descent a hair from its best rate, where it takes {best}"
        words = "the best that plain descent can do" if best == mine else words
    elif gain > 1.05:
        words = f"{gain:.2g} times as fast as {plain}"
    else:
        words = f"{'about as fast as' if gain > 0.95 else 'slower than'} {plain}"
    rise = result.loss.max()
    price = f" But the loss rises to {short(rise, 2)} on the way." if rise > 1.2 else ""
    return f"In the long run, ten times nearer in {_count(result.tenfold)} steps: {words}.{price}"


def _count(steps: float) -> str:
    return f"{steps:.0f}" if steps >= 20 else f"{steps:.1f}"
