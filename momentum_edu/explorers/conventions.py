"""Conventions: two ways to write momentum, one schedule; see where their paths part."""

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from momentum_edu import figures, theory
from momentum_edu.checks import Array
from momentum_edu.explorers.forms import CONVENTIONS, EQUAL, PLANS, STEPS, Conventions, compute
from momentum_edu.explorers.shell import Explorer, Frame, log_slider, slider, toggles
from momentum_edu.explorers.words import percent, short
from momentum_edu.figures import INK, MOMENTUM, PLAIN, Role
from momentum_edu.live import LivePicture
from momentum_edu.marks import Mark, horizontal, line, points, text

FLOOR = 1e-17  # the bottom of the logarithmic axis
FIRST, SECOND = Role(MOMENTUM.colour, "-", "o"), Role(PLAIN.colour, "--", "s")


def conventions() -> Explorer:
    """Open the explorer: pick two conventions and a schedule, and see whether their paths part.

    To be discovered: with converted rates the three common forms walk one path, to the last digit. A schedule
    of the rate parts off the form whose velocity holds the rate; one of beta parts off the form that sums.

    Examples
    --------
    >>> print(conventions().picture.status)
    One path: EMA and heavy ball stay equal to 12 digits; in 60 steps each overshoots by 60 %.
    """
    figure, axes = stage()
    picture = LivePicture(
        figure,
        "The learning rate and beta over the steps; beside them the paths of two conventions on a parabola; "
        "beside these the distance between the two paths, on a log axis.",
    )
    names = dict(zip(("EMA", "heavy ball", "Keras", "Nesterov", "dampened"), CONVENTIONS, strict=True))
    words = [convention.words for convention in CONVENTIONS.values()]
    plans = dict(
        zip(("constant", "rate drops", "rate warms up", "β drops", "β warms up"), PLANS, strict=True)
    )
    constant, drop, sink = "both constant", "rate drops tenfold at step 5", "β drops to 0.5 at step 5"
    shown = {
        "one path": ("heavy_ball", constant, True),
        "rate drops: PyTorch": ("heavy_ball", drop, True),
        "rate drops: Keras": ("classical_momentum", drop, True),
        "β drops: PyTorch": ("heavy_ball", sink, True),
        "β drops: Keras": ("classical_momentum", sink, True),
        "dampening": ("dampened", constant, True),
        "not converted": ("heavy_ball", constant, False),
    }
    presets = {
        words: {"first": "ema", "second": second, "schedule": schedule, "convert": convert}
        | {"h": 1.0 if convert else 0.1, "beta": 0.9, "step": STEPS}
        for words, (second, schedule, convert) in shown.items()
    }
    return Explorer(
        picture,
        {
            "first": toggles("first", names, "ema", words),
            "second": toggles("second", names, "heavy_ball", words),
            "schedule": toggles("schedule", plans, constant, list(PLANS)),
            "convert": toggles(
                "rate", {"converted": True, "as it is": False}, True, ["a sum gets the rate times (1 − β)"]
            ),
            "beta": slider("momentum β", 0.9, 0.0, 0.98, 0.01),
            "h": log_slider("h = learning rate × curvature", 1.0, 0.01, 10, 0.05),
        },
        compute,
        lambda result, shown: frame(axes, result, shown),
        steps=STEPS,
        presets=presets,
    )


conventions.compute = compute  # type: ignore[attr-defined]


def stage() -> tuple[Figure, dict[str, Axes]]:
    """Draw what stands still: empty axes with their names."""
    with matplotlib.rc_context(figures.STYLE):
        figure = Figure(figsize=(9.6, 4.4), dpi=figures.PIXELS_PER_INCH, layout="constrained")
        axes = figure.subplot_mosaic("EPG;BPG", width_ratios=(1, 1.9, 1.25))
        axes["E"].set(title="Learning rate", ylabel="share of h", xlim=(0, STEPS), ylim=(0, 1.1))
        axes["B"].set(title="Momentum", xlabel="step", ylabel="β", xlim=(0, STEPS), ylim=(0, 1.1))
        axes["P"].set(title="Two paths", xlabel="step", ylabel="weight w", xlim=(0, STEPS), ylim=(-2.6, 2))
        handles = [
            axes["P"].plot([], [], **look)[0]
            for look in (FIRST.plot | {"linewidth": 6, "alpha": 0.45}, SECOND.points)
        ]
        axes["P"].legend(handles, ["first", "second"], loc="upper right", ncols=2, frameon=False)
        axes["G"].set(title="Farthest apart so far", xlabel="step", ylabel="distance (log axis)")
        axes["G"].set(yscale="log", xlim=(0, STEPS), ylim=(FLOOR, 100), yticks=[1e-16, 1e-12, 1e-8, 1e-4, 1])
        axes["G"].minorticks_off()
    return figure, axes


def frame(axes: dict[str, Axes], result: Conventions, shown: int) -> Frame:
    """Draw the first ``shown`` steps of both walks, and the whole schedule."""
    steps, times = np.arange(shown + 1.0), np.arange(len(result.learning_rate))
    first, second = result.first_path[: shown + 1], result.second_path[: shown + 1]
    gap = np.maximum.accumulate(np.maximum(result.gap[: shown + 1], FLOOR))
    marks = [
        line(axes["E"], times, result.learning_rate / result.h, Role(INK)),
        line(axes["B"], times, result.momentum, Role(INK)),
        horizontal(axes["P"], 0),
        line(axes["P"], steps, first, FIRST, width=6, opacity=0.45),
        line(axes["P"], steps, second, SECOND, width=1.5),
        points(axes["P"], steps, second, SECOND, size=4),
        horizontal(axes["G"], EQUAL),
        text(axes["G"], 2, 2 * EQUAL, "below: rounding only", size=9),
        line(axes["G"], steps, gap, Role(INK), width=1.8),
        *_farthest(axes["P"], result, shown),
    ]
    which = "second" if result.first == "ema" else "first"
    return Frame(marks, finding(result), _code(result, which, shown))


def _farthest(axes: Axes, result: Conventions, shown: int) -> list[Mark]:
    """Join the two paths by a bar where they are farthest apart."""
    gap = result.gap[: shown + 1]
    if not np.isfinite(gap).all() or gap.max() < 0.01:
        return []
    at = int(gap.argmax())
    ends = result.first_path[at], result.second_path[at]
    return [line(axes, [at, at], ends, Role(INK), width=2), points(axes, [at, at], ends, Role(INK), size=6)]


def finding(result: Conventions) -> str:
    """Say in words and numbers whether the two paths are one, and if not, why.

    Examples
    --------
    >>> print(finding(compute("ema", "dampened")))
    They part at step 1, by up to 2.3: PyTorch's first velocity is g, not (1 − β) g. In 60 steps EMA \
overshoots by 60 %, dampened by 233 %.
    """
    one, two = (CONVENTIONS[name].short for name in (result.first, result.second))
    if result.first == result.second:
        return f"Twice the same: {_what_it_does(result, one, f'{one} does not overshoot')}."
    size = np.maximum(np.abs(result.first_path), np.abs(result.second_path))
    parted = result.gap > EQUAL * np.maximum(1, np.maximum.accumulate(size))
    if not parted.any():
        does = _what_it_does(result, "each", "neither overshoots")
        return f"One path: {one} and {two} stay equal to 12 digits; {does}."
    start = f"They part at step {int(np.argmax(parted))}"
    lost = [_diverges(result, name) for name in (result.first, result.second)]
    if any(lost):
        who = "Both diverge" if all(lost) else f"{_capital(one if lost[0] else two)} diverges"
        it = "them" if all(lost) else "it"
        return f"{start}: {_reason(result)}. {who}: this rate is too large for {it}."
    does = f"In {len(result.gap) - 1} steps {_overshoots(one, result.first_path)}"
    past, other = (_past(path) for path in (result.first_path, result.second_path))
    if past == other == 0:
        does += f", nor does {two}"
    else:
        does += (
            f", {two} by {percent(other)}" if past and other else f", {_overshoots(two, result.second_path)}"
        )
    gap = float(result.gap.max())
    apart = f"up to {short(gap, 2)}" if gap >= 1e-4 else "less than 0.0001"
    return f"{start}, by {apart}: {_reason(result)}. {does}."


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]


def _past(path: Array) -> float:
    """Return the farthest past the minimum, nothing where it is rounding."""
    past = -float(path.min())
    return past if past > EQUAL else 0.0


def _overshoots(name: str, path: Array) -> str:
    past = _past(path)
    return f"{name} overshoots by {percent(past)}" if past else f"{name} does not overshoot"


def _what_it_does(result: Conventions, name: str, calm: str) -> str:
    if _diverges(result, result.first):
        return f"{name} diverges: this rate is too large"
    does = _overshoots(name, result.first_path) if _past(result.first_path) else calm
    return f"in {len(result.gap) - 1} steps {does}"


def _diverges(result: Conventions, name: str) -> bool:
    """Whether this form never comes to rest at the rate and beta in which the schedule ends."""
    convention = CONVENTIONS[name]
    h, beta = float(result.learning_rate[-1]), float(result.momentum[-1])
    if result.convert and not convention.is_mean:
        h *= 1 - beta
    rule = "heavy_ball" if convention.rule == "classical_momentum" else convention.rule
    return bool(theory.regime(h, beta, rule) == "diverging")


def _reason(result: Conventions) -> str:
    pair, beta = {result.first, result.second}, result.momentum
    if len({CONVENTIONS[name].is_mean for name in pair}) == 2 and not result.convert:
        up_to = "up to " if np.ptp(beta) > 0 else ""
        larger = f"the same number is a rate {up_to}{1 / (1 - beta.max()):.3g} times as large for a sum"
        return f"{larger}, and Nesterov's step looks ahead" if "nesterov" in pair else larger
    if "nesterov" in pair:
        return "Nesterov's step looks ahead, so it is another rule"
    if "dampened" in pair and beta[0] > 0:
        return "PyTorch's first velocity is g, not (1 − β) g"
    if np.ptp(result.learning_rate) > 0:
        return "Keras's velocity still holds the old rate"
    if pair == {"heavy_ball", "classical_momentum"}:
        return "Keras's velocity still holds the old rate times (1 − β)"
    return "a sum and a mean weigh the past differently once β changes"


def _code(result: Conventions, which: str, shown: int) -> str:
    """Write the line of Python that walks the path of the pair that is not the course's own form."""
    name = getattr(result, which)
    plan, convention = PLANS[result.schedule], CONVENTIONS[name]
    rate = plan.rate_code.format(result.h) or f"{result.h}"
    beta = plan.beta_code.format(result.beta) or f"{result.beta}"
    if result.convert and not convention.is_mean:
        now = f"{rate}{'(t)' * bool(plan.rate_code)} * (1 - {beta}{'(t)' * bool(plan.beta_code)})"
        rate = f"lambda t: {now}" if plan.rate_code or plan.beta_code else now
    if name == "dampened":
        beta = f"lambda t: {beta}{'(t)' * bool(plan.beta_code)} * (t > 0)"
    rule = f"me.{convention.rule}({rate}, beta={beta})"
    return f"me.descend(me.landscapes.quadratic([1.0]), [1.0], {rule}, {shown}).w"
