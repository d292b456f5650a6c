"""The picture of a diagnosis: the curve, the swings that stand out, and the fitted ringing."""

import numpy as np

from momentum_edu import figures
from momentum_edu.diagnosis.evidence import Evidence
from momentum_edu.diagnosis.finding import Diagnosis

TITLES = {
    "smooth": "Smooth: nothing to cure",
    "ringing": "Ringing, {period:.1f} steps a ripple",
    "noise": "Noise from mini-batches, not oscillation",
    "instability": "Instability: the rate is at or beyond its limit",
    "unclear": "Unclear: the log alone does not tell",
}
THIN = {**figures.MOMENTUM.plot, "linewidth": 1.2}
MOST_POINTS, MOST_MARKS = 4000, 20
"""A longer curve is thinned to so many points, since no screen shows more; so many swings are marked."""
HIGHEST = 1e30
"""Matplotlib can draw no axis near the largest numbers."""
EXPLOSION = 100
"""A curve that rises to this many times its start is drawn on a logarithmic axis."""


def draw(diagnosis: Diagnosis, stride: int = 1) -> tuple[figures.Figure, str]:
    """Draw a diagnosis; return the figure and its alternative text.

    Parameters
    ----------
    diagnosis : Diagnosis
        Of a log that was long enough to measure something.
    stride : int
        Steps from one logged loss to the next.

    Raises
    ------
    ValueError
        If the log was too short to measure anything.

    Examples
    --------
    >>> from momentum_edu import diagnose, theory
    >>> figure, text = draw(diagnose(0.2 + theory.response(1.0, 0.9, steps=150) ** 2))
    >>> figure.axes[0].get_title(loc="left")
    'Ringing, 9.8 steps a ripple'
    """
    evidence = diagnosis.evidence
    if evidence is None:
        raise ValueError("diagnosis must rest on a measured curve; this log was too short")
    title = TITLES[diagnosis.kind].format(period=diagnosis.period)
    count = "step" if stride == 1 else f"logged loss, one every {stride} steps"
    if diagnosis.kind == "ringing":
        figure, axes = _with_fit(evidence, title, count)
    else:
        figure, axes = figures.new(title, x=count, y="loss")
        steps = np.arange(0, len(evidence.losses), max(1, len(evidence.losses) // MOST_POINTS))
        shown = np.clip(evidence.losses[steps], -HIGHEST, HIGHEST)
        axes.plot(steps, shown, **THIN, label="your log")
        if shown.min() > 0 and shown.max() > EXPLOSION * shown[0]:
            axes.set_yscale("log")
    if diagnosis.kind in ("ringing", "instability"):
        y = evidence.losses
        extremes = [place for swing in evidence.swings[:MOST_MARKS] for place in (swing.trough, swing.peak)]
        marks = [place for place in extremes if place < axes.get_xlim()[1] and abs(y[place]) <= HIGHEST]
        axes.plot(marks, y[marks], "v", color=figures.BLACK, ms=5, label="troughs and peaks")
    axes.legend(frameon=False)
    return figure, f"{title}. {diagnosis.explanation}"


def _with_fit(evidence: Evidence, title: str, count: str) -> tuple[figures.Figure, figures.Axes]:
    """Draw the stretch that rings with its fit, and beside it the ripple alone."""
    fit = evidence.ringing
    assert fit is not None  # ringing rests on it
    figure, (axes, ripple) = figures.new(
        title, "The ripple, its trend taken away", x=count, y=("loss", "loss minus trend"), size=(9.2, 3.8)
    )
    steps = fit.start + np.arange(len(fit.curve))
    log = evidence.losses[: fit.start + 3 * len(steps)]
    axes.plot(log, **THIN, label="your log")
    axes.plot(steps, fit.curve, **figures.PLAIN.plot, label="fitted ringing")
    axes.plot(steps, fit.trend, **figures.TARGET.plot, label="its trend")
    ripple.plot(steps, evidence.losses[steps] - fit.trend, **THIN, label="your log")
    ripple.plot(steps, fit.curve - fit.trend, **figures.PLAIN.plot, label="fitted ringing")
    ripple.legend(frameon=False)
    return figure, axes
