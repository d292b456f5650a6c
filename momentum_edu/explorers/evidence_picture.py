"""What the explorer of diagnosis draws and says: the curve, its ripple, what decides, and what helps."""

import html

import matplotlib
import numpy as np
from matplotlib import ticker
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from momentum_edu import figures
from momentum_edu.diagnosis import Diagnosis
from momentum_edu.diagnosis.evidence import Evidence
from momentum_edu.diagnosis.logs import Log, notes
from momentum_edu.diagnosis.ringing import Ringing
from momentum_edu.diagnosis.verdict import FITS, FITS_NOISE
from momentum_edu.explorers.diagnosed import Diagnosed, compute
from momentum_edu.figures import BLACK, GREY, INK, MOMENTUM, PLAIN, TARGET, Role
from momentum_edu.marks import Mark, line, points, text

MOST_POINTS, MOST_MARKS = 1500, 20
EXPLOSION, HIGHEST = 100, 1e30  # as in the diagnosis's own picture
TURNS_OF_NOISE = 2 / 3  # the share of points of white noise that are extremes
METERS = ("steps that turn", "largest rise", "explained by\na damped wave")
EXTREME = Role(BLACK, "-", "v")
FIT = Role(PLAIN.colour, "--", "s")


def stage() -> tuple[Figure, dict[str, Axes]]:
    """Draw what stands still as long as the log is the same."""
    with matplotlib.rc_context(figures.STYLE):
        figure = Figure(figsize=(9.6, 4.6), dpi=figures.PIXELS_PER_INCH, layout="constrained")
        axes = figure.subplot_mosaic("CR;CM", width_ratios=(1.5, 1), height_ratios=(1.35, 1))
        axes["C"].set(xlabel="step", ylabel="loss")
        axes["R"].set(title="The ripple, its trend taken away", xlabel="step")
        axes["M"].set(title="What decides", xlim=(0, 1.2), ylim=(2.6, -0.6), yticks=range(3))
        axes["M"].set_yticklabels(METERS, fontsize=9.5)
        axes["M"].set_xticks((0, 0.5, 1), ("0", "50 %", "100 %"))
        axes["M"].grid(visible=False)
        for row, place, words in ((0, TURNS_OF_NOISE, "noise"), (2, FITS, "enough")):
            axes["M"].plot([place, place], [row - 0.38, row + 0.38], "-", color=INK, linewidth=1.5)
            axes["M"].text(place + 0.02, row - 0.3, words, fontsize=8.5, color=GREY)
        looks = {
            "the log": {**MOMENTUM.plot, "linewidth": 1.4},
            "damped wave, fitted": FIT.plot,
            "its trend": TARGET.plot,
            "troughs and peaks": {"color": BLACK, "marker": "v", "linestyle": "none"},
        }
        handles = [axes["C"].plot([], [], **look)[0] for look in looks.values()]
        axes["C"].legend(handles, looks, loc="upper right", frameon=False, fontsize=10)
    return figure, axes


def set_limits(axes: dict[str, Axes], log: Log, count: int) -> None:
    """Fit the axes to the first ``count`` losses of a log."""
    shown = np.clip(log.losses[:count], -HIGHEST, HIGHEST)
    low, high = float(shown.min()), float(shown.max())
    explodes = low > 0 and high > EXPLOSION * shown[0]
    room = 0.06 * (high - low) or 0.5
    part = f"The first {count} of {len(log.losses)} steps" if count < len(log.losses) else "The log"
    axes["C"].set_title(part, loc="left", fontweight="bold")
    axes["C"].set_yscale("log" if explodes else "linear")
    axes["C"].set(xlim=(-0.01 * count, max(1, count) * 1.01))
    axes["C"].set_ylim((low / 1.3, high * 1.6) if explodes else (low - room, high + 2 * room))
    fit = _wave(compute(log).found.evidence)
    if fit is None:
        axes["R"].set(xlim=(0, count), ylim=(-1, 1), yticks=[0])
        return
    ripple = log.losses[fit.start : fit.start + len(fit.curve)] - fit.trend
    tall = 1.25 * float(np.abs(ripple).max()) or 1.0
    axes["R"].yaxis.set_major_locator(ticker.MaxNLocator(4))
    axes["R"].set(xlim=(fit.start, fit.start + len(fit.curve)), ylim=(-tall, tall))


def frame_marks(axes: dict[str, Axes], result: Diagnosed, count: int) -> list[Mark]:
    """Draw the losses seen so far, of ``count`` in the picture, and what was measured on them."""
    found, evidence = result.found, result.found.evidence
    losses = np.clip(result.log.losses[: result.seen], -HIGHEST, HIGHEST)
    steps = np.arange(0, result.seen, max(1, count // MOST_POINTS))
    marks = [line(axes["C"], steps, losses[steps], width=1.4)]
    if len(losses) < 100:
        marks.append(points(axes["C"], steps, losses[steps], size=3.5))
    if evidence is None:
        return marks
    fit = _wave(evidence)
    if fit is not None:
        along = fit.start + np.arange(len(fit.curve))
        ripple = losses[along] - fit.trend
        if found.kind == "ringing":
            marks.append(line(axes["C"], along, fit.trend, TARGET, width=1.5))
            marks.append(line(axes["C"], along, fit.curve, FIT, width=1.8))
        marks.append(line(axes["R"], axes["R"].get_xlim(), [0, 0], TARGET, width=1.2))
        marks.append(line(axes["R"], along, ripple, width=1.4))
        marks.append(points(axes["R"], along, ripple, size=3))
        marks.append(line(axes["R"], along, fit.curve - fit.trend, FIT, width=1.8))
    else:
        words = "no damped wave fits" if evidence.swings else "no rise stands out"
        marks.append(text(axes["R"], sum(axes["R"].get_xlim()) / 2, 0, words, GREY, align="center"))
    extremes = [place for swing in evidence.swings[:MOST_MARKS] for place in (swing.trough, swing.peak)]
    marks.append(points(axes["C"], extremes, losses[extremes], EXTREME, size=7))
    return marks + _period(axes["C"], found) + _meters(axes["M"], evidence)


def _wave(evidence: Evidence | None) -> Ringing | None:
    """Return the damped wave, where it explains enough of the ripple to be worth a look."""
    fit = evidence.ringing if evidence else None
    return fit if fit is not None and fit.explained >= FITS_NOISE else None


def _period(axes: Axes, found: Diagnosis) -> list[Mark]:
    """Measure the period of a ringing loss from its first peak on."""
    if found.kind != "ringing" or found.evidence is None:
        return []
    peak = found.evidence.swings[0].peak
    low, high = axes.get_ylim()
    height = found.evidence.losses[peak] + 0.05 * (high - low)
    ends, tick = [peak, peak + found.period], 0.02 * (high - low)
    explained = f": curvature {found.curvature:.3g}" if np.isfinite(found.curvature) else ""
    return [
        line(axes, ends, [height, height], Role(INK), width=2),
        *(line(axes, [end, end], [height - tick, height + tick], Role(INK), width=2) for end in ends),
        text(axes, peak, height + 1.5 * tick, f"{found.period:.1f} steps{explained}", bold=True),
    ]


def _meters(axes: Axes, evidence: Evidence) -> list[Mark]:
    """Show the three measurements as bars."""
    fall = evidence.fall or np.nan
    rise = max((swing.rise for swing in evidence.swings), default=0.0) / fall
    explained = evidence.ringing.explained if evidence.ringing else np.nan
    marks = []
    for row, value in enumerate((evidence.turning_share, rise, explained)):
        if not np.isfinite(value):
            none = "no fall to measure by" if row == 1 else "no ripple to explain"
            marks.append(text(axes, 0.02, row + 0.12, none, GREY, size=9))
            continue
        reach = min(max(value, 0.0), 1.08)
        marks.append(line(axes, [0, reach], [row, row], width=9, opacity=0.85))
        times = f"{float(f'{value:.2g}'):g}" if value < 9.9e5 else "over a million"
        words = f"{100 * value:.0f} %" if value < 10 else f"{times} times the fall"
        marks.append(text(axes, reach + 0.02 if value < 10 else 0.02, row + 0.12, words, size=10, bold=True))
    return marks


def finding(result: Diagnosed, cause: str = "") -> str:
    """Say in one line what the log shows and why; ``cause`` is what control runs found.

    Examples
    --------
    >>> print(finding(compute([3.0, 2.0, 1.0])))
    Unclear: 3 values are too few to tell: at least 10 are needed.
    """
    found = result.found
    reason = found.explanation.partition(". ")[0].rstrip(".")
    if found.kind == "ringing":
        reason += f". Every {found.period:.1f} steps"
        if np.isfinite(found.curvature):
            reason += f": a curvature of {found.curvature:.3g} does that (h = {found.h:.3g})"
    told = f" Known cause: {cause}." if cause else ""
    return f"{found.kind.capitalize()}: {reason[0].lower()}{reason[1:]}.{told}"


def advice(result: Diagnosed) -> str:
    """Write the evidence and the advice as HTML."""
    found = result.found
    lines = "".join(f"<li>{html.escape(line)}</li>" for line in found.advice)
    said = " ".join([*notes(result.log), found.explanation])
    look = f"background:white;color:{INK};padding:4px 10px;line-height:1.45;font-size:14px"
    return (
        f'<div style="{look}"><p style="margin:0"><b>Evidence.</b> {html.escape(said)}</p>'
        f'<p style="margin:4px 0 0"><b>What helps, and what is predicted</b></p>'
        f'<ul style="margin:0 0 0 1.2em">{lines}</ul></div>'
    )
