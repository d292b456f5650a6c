"""Still pictures in one house style: a palette safe for colour-blind eyes, and alternative text.

Colour never carries a meaning alone: each role has its own line style and marker as well.

Figures are made without pyplot, so nothing is registered globally and nothing has to be closed.
"""

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

# Okabe & Ito, "Color Universal Design", 2008, by name.
BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
YELLOW, BLUE, VERMILION, PURPLE = "#F0E442", "#0072B2", "#D55E00", "#CC79A7"
INK, GREY, PALE = "#222222", "#6E6E6E", "#E4E4E4"

PIXELS_PER_INCH = 100
"""Size of a picture on the page; it is stored at a higher density, for sharp screens."""


@dataclass(frozen=True)
class Role:
    """How one kind of thing is drawn everywhere in the course: colour, line style and marker together.

    Examples
    --------
    >>> MOMENTUM.plot
    {'color': '#D55E00', 'linestyle': '-', 'linewidth': 2.0}
    >>> PLAIN.points["marker"]
    's'
    """

    colour: str
    style: str = "-"
    marker: str = "o"

    @property
    def plot(self) -> dict[str, Any]:
        """Keyword arguments for ``axes.plot``: a line."""
        return {"color": self.colour, "linestyle": self.style, "linewidth": 2.0}

    @property
    def points(self) -> dict[str, Any]:
        """Keyword arguments for ``axes.plot``: a line with a marker at each point."""
        return {**self.plot, "marker": self.marker, "markersize": 4.0}


PLAIN = Role(BLUE, "--", "s")
"""Plain gradient descent: blue, dashed, squares."""
MOMENTUM = Role(VERMILION, "-", "o")
"""The course's rule, ``ema``: vermilion, solid, circles."""
HEAVY_BALL = Role(ORANGE, "-.", "D")
"""The heavy ball: orange, dash-dotted, diamonds."""
NESTEROV = Role(PURPLE, ":", "^")
"""Nesterov's rule: purple, dotted, triangles."""
VELOCITY = Role(GREEN, "-.", "v")
"""The velocity v: green, dash-dotted, triangles that point down."""
GRADIENT = Role(SKY, "-", "X")
"""The gradient g: sky blue, crosses."""
TARGET = Role(GREY, ":", "*")
"""A minimum, a limit, a reference line: grey, dotted, a star."""
SERIES = (MOMENTUM, PLAIN, VELOCITY, HEAVY_BALL, NESTEROV, Role(BLACK, "-", "P"))
"""For curves without a role of their own: six that differ in colour, style and marker."""

STYLE: Any = {
    "figure.facecolor": "white",
    "axes.facecolor": "white",
    "savefig.facecolor": "white",
    "font.size": 11,
    "axes.titlesize": 12,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 8,
    "axes.labelsize": 11,
    "axes.labelcolor": INK,
    "axes.edgecolor": GREY,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.prop_cycle": cycler(
        color=[role.colour for role in SERIES], linestyle=[role.style for role in SERIES]
    ),
    "grid.color": PALE,
    "grid.linewidth": 0.8,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "text.color": INK,
}


def new(
    *titles: str,
    x: str | Sequence[str] = "",
    y: str | Sequence[str] = "",
    size: tuple[float, float] | None = None,
    rows: int = 1,
) -> tuple[Figure, Any]:
    """Make a figure in the house style, one panel for each title.

    Parameters
    ----------
    *titles : str
        What each panel shows; a title states the finding. Panels fill row by row.
    x, y : str or sequence of str
        Labels of the axes: one for all panels, or one for each.
    size : (float, float), optional
        Width and height in inches; by default 7 x 3.8 for one panel, else 4.6 wide for each.
    rows : int
        Rows of panels.

    Returns
    -------
    (Figure, Axes) for one panel, (Figure, array of Axes, shape ``(panels,)``) for several.

    Examples
    --------
    >>> figure, axes = new("The loss falls", x="step", y="loss")
    >>> axes.get_xlabel()
    'step'
    >>> figure, (left, right) = new("Plain", "Momentum", x="step", y=("loss", "velocity"))
    >>> right.get_ylabel()
    'velocity'
    """
    count = max(1, len(titles))
    columns = -(-count // rows)
    width, height = size or ((7.0, 3.8) if count == 1 else (4.6 * columns, 3.6 * rows))
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(width, height), dpi=PIXELS_PER_INCH, layout="constrained")
        FigureCanvasAgg(figure)
        panels = figure.subplots(rows, columns, squeeze=False).ravel()
        for spare in panels[count:]:
            spare.remove()
        panels = panels[:count]
        for axes, title, x_label, y_label in zip(
            panels, titles or ("",), _each(x, count, "x"), _each(y, count, "y"), strict=True
        ):
            axes.set(title=title, xlabel=x_label, ylabel=y_label)
    return figure, panels[0] if count == 1 else panels


def show(figure: Figure, alt: str) -> None:
    """Show a still figure with its alternative text, which nbval compares and page builders carry on.

    Parameters
    ----------
    figure : Figure
        Made by ``new`` or in any other way.
    alt : str
        What there is to see, in words and numbers, for those who cannot see it. Round the numbers: the text
        is compared each time the notebooks are tested.

    Raises
    ------
    ValueError
        If ``alt`` is empty.
    """
    from IPython.display import display

    settle(figure)
    data, metadata = bundle(compact(Image.open(io.BytesIO(png(figure)))), alt, figure)
    display(data, metadata=metadata, raw=True)  # type: ignore[no-untyped-call]


def bundle(image: bytes, alt: str, figure: Figure) -> tuple[dict[str, str], dict[str, Any]]:
    """Pack a picture of ``figure`` and its alternative text as Jupyter output: data and metadata.

    Examples
    --------
    >>> figure, _ = new("Empty")
    >>> data, metadata = bundle(b"...", "An empty plot.", figure)
    >>> data["text/plain"], metadata["image/png"]
    ('An empty plot.', {'alt': 'An empty plot.', 'width': 700, 'height': 380})
    """
    if not alt.strip():
        raise ValueError(f"alt must say in words what the picture shows; got {alt!r}")
    width, height = (round(inches * PIXELS_PER_INCH) for inches in figure.get_size_inches())
    data = {"image/png": base64.b64encode(image).decode("ascii"), "text/plain": alt}
    return data, {"image/png": {"alt": alt, "width": width, "height": height}}


def settle(figure: Figure) -> None:
    """Lay the figure out once and keep that: a constrained layout made anew costs 80 ms at each drawing."""
    figure.draw_without_rendering()
    figure.set_layout_engine("none")


def png(figure: Figure, density: float = 1.5) -> bytes:
    """Draw a figure as PNG with ``density`` stored pixels for each pixel on the page."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=density * PIXELS_PER_INCH)
    return buffer.getvalue()


def compact(picture: Image.Image) -> bytes:
    """Write a picture as PNG with a palette: three times smaller, for what is stored in a notebook."""
    buffer = io.BytesIO()
    flat = picture.convert("RGB").quantize(256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    flat.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _each(label: str | Sequence[str], count: int, name: str) -> Sequence[str]:
    labels = [label] * count if isinstance(label, str) else label
    if len(labels) != count:
        raise ValueError(f"{name} must be one label or {count}, one for each title; got {len(labels)}")
    return labels


__all__ = ["Axes", "Figure", "Role", "bundle", "compact", "new", "png", "settle", "show"]
