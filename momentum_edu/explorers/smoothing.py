"""Smoothing: a noisy gradient goes in, a velocity comes out; what becomes of the path and of its noise."""

from dataclasses import dataclass

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from momentum_edu import checks, figures, landscapes, rules, theory
from momentum_edu.checks import Array
from momentum_edu.explorers.shell import Explorer, Frame, slider
from momentum_edu.explorers.words import percent
from momentum_edu.figures import GRADIENT, GREY, INK, MOMENTUM, PLAIN, TARGET, VELOCITY, Role
from momentum_edu.live import LivePicture
from momentum_edu.marks import Mark, bars, horizontal, line, points, text

STEPS = 100
SEED = 0
KAPPA = 10.0  # how much steeper the ravine is across than along
START = (2.0, 0.5)
SLOPE = 5.0  # of the signal: the slope across the ravine at the start
PERIODS = np.geomspace(2, 200, 80)


@dataclass(frozen=True)
class Smoothing:
    """One learning rate, beta and noise: the filter, a run in the ravine, and the noise that stays.

    Attributes
    ----------
    h, beta, noise : float
    gradient, velocity : array (steps,)
        A constant slope of 5 with noise, and the velocity that the rule makes of it.
    gain : array (80,)
        How much of a swing gets through the filter, by the swing's period (`PERIODS`, steps); 1 is all.
    path, plain : array (steps + 1, 2)
        The walk in the ravine with momentum, and by plain descent at the same rate in the same noise.
    step_variance, weight_variance : float
        In the long run, across the ravine: variance of the steps and of the position, each as a fraction of
        plain descent's; nan where one of the two diverges.
    """

    h: float
    beta: float
    noise: float
    gradient: Array
    velocity: Array
    gain: Array
    path: Array
    plain: Array
    step_variance: float
    weight_variance: float


def compute(
    h: float = 0.1, beta: float = 0.9, noise: float = 3.0, *, steps: int = STEPS, seed: int = SEED
) -> Smoothing:
    """Send a noisy slope through the velocity, and walk down a noisy ravine with and without momentum.

    Parameters
    ----------
    h : float
        Learning rate times the curvature across the ravine, positive.
    beta : float
        Momentum coefficient in [0, 1).
    noise : float
        Standard deviation of the noise in each component of each gradient, not negative.
    steps : int
        Length of the signal and of the walks.
    seed : int
        Of the generator that draws the noise: the same for the slope, for both walks, and in `descend`.

    Returns
    -------
    Smoothing

    Raises
    ------
    ValueError
        If an argument is out of range; the message names it.

    Examples
    --------
    >>> result = compute(h=0.1, beta=0.9)
    >>> print(f"steps {result.step_variance:.3f}, weight {result.weight_variance:.3f}")
    steps 0.050, weight 0.953
    """
    h = checks.number("h", h, lambda x: x > 0, "be finite and positive")
    beta = checks.number("beta", beta, lambda x: (x >= 0) & (x < 1), "lie in [0, 1)")
    noise = checks.number("noise", noise, lambda x: x >= 0, "be finite and not negative")
    draws = noise * np.random.default_rng(seed).standard_normal((steps, 2))
    _, velocity = _walk(0.0, 0.0, 1.0, beta, SLOPE + draws[:, 1])
    curvatures = landscapes.ravine(KAPPA).hessian(np.zeros(2)).diagonal()
    path, plain = (
        np.stack(
            [_walk(START[axis], curvatures[axis], h / KAPPA, b, draws[:, axis])[0] for axis in (0, 1)],
            axis=-1,
        )
        for b in (beta, 0.0)
    )
    share = (1 - beta) / (1 + beta)
    stable = h < 2 and h < theory.stability_limit(beta)
    floor = (2 - h) / (2 - h * share) if stable else np.nan
    return Smoothing(
        h=h,
        beta=beta,
        noise=noise,
        gradient=SLOPE + draws[:, 1],
        velocity=velocity[1:],
        gain=(1 - beta) / np.abs(1 - beta * np.exp(-2j * np.pi / PERIODS)),
        path=path,
        plain=plain,
        step_variance=share * floor,
        weight_variance=floor,
    )


def _walk(w: float, curvature: float, eta: float, beta: float, extra: Array) -> tuple[Array, Array]:
    """Walk by the course's rule in one coordinate; ``extra`` is added to the gradient of each step.

    In plain numbers: for one run that is many times faster than in arrays.
    """
    formula = rules.ema(eta, beta).formula
    v, curvature = 0.0, float(curvature)
    ws, vs = [w], [v]
    for more in extra.tolist():
        w, v = formula(w, v, curvature * w + more, eta, beta)
        ws.append(w)
        vs.append(v)
    return np.array(ws), np.array(vs)


def smoothing() -> Explorer:
    """Open the explorer: move beta, and see the velocity calm down while the weight hardly does.

    To be discovered: more momentum makes smaller steps but leaves the weight as far from the minimum. It
    takes a zig-zag away where plain descent has one (h above 1), and makes a swing where it has none.

    Examples
    --------
    >>> smoothing().values
    {'beta': 0.9, 'h': 0.1, 'noise': 3.0}
    """
    figure, axes = stage()
    picture = LivePicture(
        figure,
        "Four panels: a noisy gradient and the velocity made of it; how much of a swing gets through, by its "
        "period; paths in a ravine with and without momentum; the noise that stays in the steps and in the "
        "weight.",
    )
    return Explorer(
        picture,
        {
            "beta": slider("momentum β", 0.9, 0.0, 0.99, 0.01),
            "h": slider("h = learning rate × curvature", 0.1, 0.05, 2.5, 0.05),
            "noise": slider("noise in the gradient", 3.0, 0.0, 6.0, 0.1, ".1f"),
        },
        compute,
        lambda result, shown: frame(axes, result, shown),
        steps=STEPS,
        presets={
            "calm steps, restless weight": {"beta": 0.9, "h": 0.1, "noise": 3.0, "step": STEPS},
            "more momentum": {"beta": 0.98, "h": 0.1, "noise": 3.0, "step": STEPS},
            "zig-zag removed": {"beta": 0.3, "h": 1.8, "noise": 0.0, "step": STEPS},
            "zig-zag traded for a swing": {"beta": 0.9, "h": 1.8, "noise": 0.0, "step": STEPS},
            "swing out of nothing": {"beta": 0.9, "h": 0.5, "noise": 0.0, "step": STEPS},
            "too fast for plain descent": {"beta": 0.5, "h": 2.2, "noise": 0.0, "step": STEPS},
        },
    )


smoothing.compute = compute  # type: ignore[attr-defined]


def stage() -> tuple[Figure, dict[str, Axes]]:
    """Draw what stands still: the ravine's contours, plain descent's bars, and empty axes."""
    with matplotlib.rc_context(figures.STYLE):
        figure = Figure(figsize=(9.6, 5.0), dpi=figures.PIXELS_PER_INCH, layout="constrained")
        axes = figure.subplot_mosaic("VVG;RRB", width_ratios=(1, 1, 1.05))
        signal, gain, ravine, noise = (axes[name] for name in "VGRB")
        signal.set(title="Gradient in, velocity out", xlabel="step", ylabel="slope")
        signal.set(xlim=(0, STEPS), ylim=(-6, 16))
        handles = [
            signal.plot([], [], **role.points)[0] for role in (Role(GRADIENT.colour, "none"), VELOCITY)
        ]
        names = ["gradient: 5 plus noise", "velocity"]
        signal.legend(handles, names, loc="upper right", ncols=2, frameon=False, fontsize=10)
        gain.set(title="What gets through", xlabel="period of a swing (steps)", ylabel="part of it in v")
        gain.set(xscale="log", xlim=(2, 200), ylim=(0, 1.2), xticks=(2, 5, 10, 20, 50, 100, 200))
        gain.set_xticklabels(["2", "5", "10", "20", "50", "100", "200"])
        gain.minorticks_off()
        _draw_ravine(ravine)
        noise.set(
            title="Noise in the long run", ylabel="variance (plain = 1)", xlim=(-0.6, 1.6), ylim=(0, 1.4)
        )
        noise.bar([0, 1], [1, 1], 0.7, facecolor="#DDEEF8", edgecolor=PLAIN.colour, linestyle="--")
        noise.set_xticks([0, 1], ["of the steps", "of the weight"])
        noise.grid(visible=False)
    return figure, axes


def _draw_ravine(axes: Axes) -> None:
    x, y = np.meshgrid(np.linspace(-0.8, 2.3, 120), np.linspace(-1, 1, 80))
    height = landscapes.ravine(KAPPA).value(np.stack([x, y], axis=-1))
    axes.contour(
        x, y, height, levels=np.array([0.1, 0.4, 0.9, 1.6, 2.5, 3.6]), colors="#C9C9C9", linewidths=1
    )
    axes.set(title="Paths in a ravine", xlabel="along", ylabel="across", xlim=(-0.8, 2.3), ylim=(-1, 1))
    axes.plot(0, 0, TARGET.marker, color=GREY, markersize=11)
    axes.grid(visible=False)
    handles = [axes.plot([], [], **look)[0] for look in (MOMENTUM.points, PLAIN.plot)]
    names = ["with momentum", "plain descent, same rate"]
    axes.legend(handles, names, loc="upper left", frameon=False, fontsize=10)


def frame(axes: dict[str, Axes], result: Smoothing, shown: int) -> Frame:
    """Draw the first ``shown`` steps of the signal and of both paths; the other panels have no time."""
    steps = np.arange(1.0, shown + 1)
    path, plain = result.path[: shown + 1].T, result.plain[: shown + 1].T
    # Where plain descent has left the picture for good, its line would come back only to hide the rest.
    plain = plain[:, np.maximum.accumulate(np.abs(plain[1])) < 3]
    marks = [
        horizontal(axes["V"], SLOPE),
        points(axes["V"], steps, result.gradient[:shown], Role(GRADIENT.colour), size=4.5),
        line(axes["V"], np.r_[0, steps], np.r_[0, result.velocity[:shown]], VELOCITY, width=2.6),
        line(axes["G"], PERIODS, result.gain, VELOCITY, width=2.4),
        points(axes["G"], PERIODS[0], result.gain[0], VELOCITY, size=10),
        text(axes["G"], 2.2, 1.06, f"zig-zag, period 2: {percent(result.gain[0])}", bold=True),
        line(axes["R"], plain[0], plain[1], PLAIN, width=1.3),
        line(axes["R"], path[0], path[1], width=1.8),
        points(axes["R"], path[0], path[1], size=4),
        points(axes["R"], path[0, -1], path[1, -1], size=8),
        *_noise_marks(axes["B"], result),
    ]
    rule = f"me.ema({result.h / KAPPA:g}, beta={result.beta})"
    noise = f"noise={result.noise}, rng=np.random.default_rng({SEED})"
    where = f"me.landscapes.ravine({KAPPA:g}), {list(START)}"
    return Frame(marks, finding(result), f"me.descend({where}, {rule}, {shown}, {noise}).w")


def _noise_marks(axes: Axes, result: Smoothing) -> list[Mark]:
    heights = (result.step_variance, result.weight_variance)
    if not np.isfinite(heights).all():
        words = "diverges" if result.h > 2 else "never settles"
        return [text(axes, 0.5, 1.15, f"plain descent {words}", align="center", bold=True)]
    numbers = [
        text(axes, at, height + 0.05, f"{height:.2g}", INK, align="center", size=12, bold=True)
        for at, height in enumerate(heights)
    ]
    return [bars(axes, [0, 1], heights, 0.5), *numbers]


def finding(result: Smoothing) -> str:
    """Say in words and numbers what momentum does to the noise, and to the way across the ravine.

    Examples
    --------
    >>> print(finding(compute(h=0.1, beta=0.9)))
    β = 0.90, h = 0.10: the steps keep 5 % of plain descent's noise variance, the weight 95 %. Across the \
ravine, the noise apart, plain descent does not swing; momentum overshoots by 15 %.
    """
    start = f"β = {result.beta:.2f}, h = {result.h:.2f}: "
    across = "across the ravine, the noise apart," if result.noise else "across the ravine"
    if result.noise and np.isfinite(result.weight_variance):
        steps, weight = percent(result.step_variance), percent(result.weight_variance)
        start += f"the steps keep {steps} of plain descent's noise variance, the weight {weight}. "
        across = across.capitalize()
    if result.h >= 2:
        plain = "plain descent diverges" if result.h > 2 else "plain descent zig-zags for ever"
    else:
        plain = (
            "plain descent does not swing"
            if result.h <= 1
            else f"plain descent zig-zags by {100 * (result.h - 1):.0f} %"
        )
    return f"{start}{across} {plain}; {_swing(result.h, result.beta)}."


def _swing(h: float, beta: float) -> str:
    past = float(theory.overshoot(h, beta))
    if not np.isfinite(past):
        return "momentum diverges too" if h > 2 else "so does momentum"
    kind = str(theory.regime(h, beta))
    if past == 0:
        return "nor does momentum" if h <= 1 else "momentum does not swing"
    verb = "zig-zags" if kind == "alternating" else "overshoots"
    return f"momentum {verb} by {percent(past)}"
