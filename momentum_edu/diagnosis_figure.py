"""The picture of a diagnosis: the curve, the swings that stand out, and the fitted ringing."""

import numpy as np

from momentum_edu import figures
from momentum_edu.diagnosis import Diagnosis

TITLES = {
    "smooth": "Smooth: nothing to cure",
    "ringing": "Ringing: momentum overshoots, {period:.1f} steps a ripple",
    "noise": "Noise from mini-batches, not oscillation",
    "instability": "Instability: the rate is at or beyond its limit",
    "unclear": "Unclear: the log alone does not tell",
}
MOST_POINTS = 4000
"""A longer curve is thinned to this many points: no screen shows more."""


def draw(diagnosis: Diagnosis) -> tuple[figures.Figure, str]:
    """Draw a diagnosis; return the figure and its alternative text.

    Raises
    ------
    ValueError
        If the log was too short to measure anything.

    Examples
    --------
    >>> from momentum_edu import diagnose, theory
    >>> figure, text = draw(diagnose(0.2 + theory.response(1.0, 0.9, steps=150) ** 2))
    >>> figure.axes[0].get_title(loc="left")
    'Ringing: momentum overshoots, 9.8 steps a ripple'
    """
    e = diagnosis.evidence
    if e is None:
        raise ValueError("diagnosis must rest on a measured curve; this log was too short")
    rings = diagnosis.kind == "ringing" and e.ringing is not None
    title = TITLES[diagnosis.kind].format(period=diagnosis.period)
    whole = np.arange(len(e.losses))
    thin = whole[:: max(1, len(whole) // MOST_POINTS)]
    if not rings:
        figure, axes = figures.new(title, x="step", y="loss")
        axes.plot(thin, e.losses[thin], **{**figures.MOMENTUM.plot, "linewidth": 1.2}, label="your log")
    else:
        figure, (axes, below) = figures.new(
            title,
            "Its ripple, the trend taken away",
            x="step",
            y=("loss", "loss minus trend"),
            size=(9.2, 3.8),
        )
        assert e.ringing is not None
        fit, steps = e.ringing, np.arange(len(e.ringing.curve))
        shown = e.losses[: min(len(e.losses), 3 * len(steps))]
        axes.plot(shown, **{**figures.MOMENTUM.plot, "linewidth": 1.2}, label="your log")
        axes.plot(steps, fit.curve, **figures.PLAIN.plot, label="fitted ringing")
        axes.plot(steps, fit.trend, **figures.TARGET.plot, label="its trend")
        below.plot(steps, e.losses[: len(steps)] - fit.trend, **figures.MOMENTUM.plot, label="your log")
        below.plot(steps, fit.curve - fit.trend, **figures.PLAIN.plot, label="fitted ringing")
        below.legend(frameon=False)
    if e.swings and diagnosis.kind in ("ringing", "instability"):
        marks = [place for swing in e.swings[:20] for place in (swing.trough, swing.peak)]
        visible = [place for place in marks if place < axes.get_xlim()[1]]
        axes.plot(
            visible, e.losses[visible], "v", color=figures.BLACK, markersize=5, label="troughs and peaks"
        )
    axes.legend(frameon=False)
    return figure, f"{title}. {diagnosis.explanation}"
