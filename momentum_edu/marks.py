"""The moving marks of a live picture: lines, points, areas and words at data coordinates of some axes.

Each mark can be drawn in two ways: as SVG in the live picture, and as a Matplotlib artist in the still one.
Values far outside the axes (a diverging run) are clipped; ``nan`` leaves a gap.
"""

import html
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.markers import MarkerStyle
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.patheffects import withStroke
from matplotlib.text import Text
from numpy.typing import ArrayLike, NDArray

from momentum_edu.figures import INK, MOMENTUM, PIXELS_PER_INCH, TARGET, Role

Pixels = NDArray[np.float64]

_PT = PIXELS_PER_INCH / 72  # pixels in a typographic point, Matplotlib's unit of line width and letter size
_FAR = 20.0  # clip at so many widths of the axes: far enough to keep the direction of a line that leaves
_DASHES = {"-": (), "--": (3.7, 1.6), "-.": (6.4, 1.6, 1.0, 1.6), ":": (1.0, 1.65)}  # as Matplotlib's


@dataclass(frozen=True)
class Window:
    """Where some axes lie in the picture (pixels from its top left corner) and what they show."""

    left: float
    top: float
    width: float
    height: float
    limits: tuple[Pixels, Pixels]
    scales: tuple[Callable[[Pixels], Pixels], Callable[[Pixels], Pixels]]

    @classmethod
    def of(cls, axes: Axes, width: float, height: float) -> "Window":
        """Read the window of laid-out axes off a picture of ``width`` by ``height`` pixels."""
        box = axes.get_position()
        scales = (axes.xaxis.get_transform().transform, axes.yaxis.get_transform().transform)
        limits = (scales[0](np.array(axes.get_xlim())), scales[1](np.array(axes.get_ylim())))
        return cls(
            box.x0 * width, (1 - box.y1) * height, box.width * width, box.height * height, limits, scales
        )

    def pixels(self, x: ArrayLike, y: ArrayLike) -> Pixels:
        """Turn data coordinates into pixels from the top left corner, shape ``(n, 2)``, never infinite."""
        points = np.empty((np.size(x), 2))
        with np.errstate(all="ignore"):
            for axis, values in enumerate((x, y)):
                low, high = self.limits[axis]
                scaled = self.scales[axis](np.asarray(values, dtype=float).ravel())
                points[:, axis] = np.clip((scaled - low) / (high - low), -_FAR, _FAR)
        points[:, 1] = 1 - points[:, 1]
        return points * (self.width, self.height)

    def place(self, mark: "Mark") -> Pixels:
        """Find the pixels of a mark; of one that cannot be cut, such as words, only those inside the axes."""
        pixels = self.pixels(mark.x, mark.y)
        if not mark.clipped:
            outside = ((pixels < -1) | (pixels > (self.width + 1, self.height + 1))).any(axis=1)
            pixels[outside] = np.nan
        return pixels


@dataclass(frozen=True)
class Mark:
    """Something drawn at data coordinates: how its pixels become SVG, and a Matplotlib artist."""

    axes: Axes
    x: ArrayLike
    y: ArrayLike
    svg: Callable[[Pixels], str]
    artist: Callable[[Pixels], Artist]
    clipped: bool = True


def line(
    axes: Axes, x: ArrayLike, y: ArrayLike, role: Role = MOMENTUM, *, width: float = 2.0, opacity: float = 1.0
) -> Mark:
    """Draw a line through the points (x, y), shapes ``(n,)``; ``width`` in points."""
    dashes = " ".join(f"{part * width * _PT:.1f}" for part in _DASHES[role.style])
    look = f'fill="none" stroke="{role.colour}" stroke-width="{width * _PT:.1f}" stroke-linejoin="round"'
    look += f' stroke-dasharray="{dashes}"' if dashes else ""
    look += f' opacity="{opacity}"' if opacity < 1 else ""

    def artist(pixels: Pixels) -> Artist:
        look: Any = {"color": role.colour, "linestyle": role.style, "linewidth": width, "alpha": opacity}
        return Line2D(*pixels.T, **look)

    return Mark(axes, x, y, lambda pixels: f'<path d="{_path(pixels)}" {look}/>', artist)


def points(
    axes: Axes, x: ArrayLike, y: ArrayLike, role: Role = MOMENTUM, *, size: float = 6.0, opacity: float = 1.0
) -> Mark:
    """Draw the role's marker at each point (x, y), shapes ``(n,)`` or numbers; ``size`` in points across."""
    across = size * _PT
    if role.marker == "o":  # a dot is a line of no length with round ends: the shortest way to say it
        look = f'stroke="{role.colour}" stroke-width="{across:.1f}" stroke-linecap="round"'
        shape = "h0"
    else:
        look = f'fill="{role.colour}"'
        corners = _marker(role.marker) * across
        shape = "m{:.1f} {:.1f}l".format(*corners[0]) + _numbers(np.diff(corners, axis=0)) + "z"
    look += f' opacity="{opacity}"' if opacity < 1 else ""

    def svg(pixels: Pixels) -> str:
        path = "".join(f"M{a:.1f} {b:.1f}{shape}" for a, b in _finite(pixels).tolist())
        return f'<path d="{path}" {look}/>'

    def artist(pixels: Pixels) -> Artist:
        look: Any = {"color": role.colour, "linestyle": "none", "alpha": opacity}
        return Line2D(*pixels.T, marker=role.marker, markersize=size, markeredgewidth=0, **look)

    return Mark(axes, x, y, svg, artist, clipped=False)


def area(
    axes: Axes, x: ArrayLike, y: ArrayLike, colour: str = MOMENTUM.colour, *, opacity: float = 0.25
) -> Mark:
    """Fill the polygon with the corners (x, y), shapes ``(n,)``; ``nan`` separates polygons."""

    def artist(pixels: Pixels) -> Artist:
        outlines = [Path(piece, closed=False) for piece in _pieces(pixels)]
        path = Path.make_compound_path(*outlines) if outlines else Path(np.empty((0, 2)))
        return PathPatch(path, facecolor=colour, linewidth=0, alpha=opacity)

    return Mark(
        axes, x, y, lambda pixels: f'<path d="{_path(pixels)}" fill="{colour}" opacity="{opacity}"/>', artist
    )


def bars(axes: Axes, x: ArrayLike, heights: ArrayLike, width: float, colour: str = MOMENTUM.colour) -> Mark:
    """Draw a bar ``width`` wide from 0 to each of ``heights``, centred on ``x``, shapes ``(n,)``."""
    at, tops = np.broadcast_arrays(
        np.atleast_1d(np.asarray(x, float)), np.atleast_1d(np.asarray(heights, float))
    )
    left, right, none, gap = at - width / 2, at + width / 2, np.zeros(at.shape), np.full(at.shape, np.nan)
    corners_x = np.stack([left, left, right, right, gap], axis=-1)
    corners_y = np.stack([none, tops, tops, none, gap], axis=-1)
    return area(axes, corners_x, corners_y, colour, opacity=0.85)


def band(
    axes: Axes,
    x: ArrayLike,
    low: ArrayLike,
    high: ArrayLike,
    colour: str = MOMENTUM.colour,
    *,
    opacity: float = 0.25,
) -> Mark:
    """Fill between the curves ``low`` and ``high`` (numbers or shape ``(n,)``) over ``x``, shape ``(n,)``."""
    along, below, above = np.broadcast_arrays(np.asarray(x, float), low, high)
    return area(axes, np.r_[along, along[::-1]], np.r_[below, above[::-1]], colour, opacity=opacity)


def vertical(axes: Axes, x: float, role: Role = TARGET, *, width: float = 1.5) -> Mark:
    """Draw a guide from bottom to top of the axes at ``x``."""
    return line(axes, [x, x], axes.get_ylim(), role, width=width)


def horizontal(axes: Axes, y: float, role: Role = TARGET, *, width: float = 1.5) -> Mark:
    """Draw a guide from left to right through the axes at ``y``."""
    return line(axes, axes.get_xlim(), [y, y], role, width=width)


def text(
    axes: Axes,
    x: float,
    y: float,
    words: str,
    colour: str = INK,
    *,
    align: str = "left",
    size: float = 10.0,
    bold: bool = False,
) -> Mark:
    """Write words at the point (x, y), on a white rim; ``align`` is the side that stands there."""
    anchor = {"left": "start", "center": "middle", "right": "end"}[align]
    weight = "bold" if bold else "normal"
    look = f'fill="{colour}" font-size="{size * _PT:.1f}" font-weight="{weight}" text-anchor="{anchor}"'
    rim = 'stroke="white" stroke-width="4" stroke-linejoin="round" paint-order="stroke"'

    def svg(pixels: Pixels) -> str:
        return "".join(
            f'<text x="{a:.1f}" y="{b:.1f}" {look} {rim}>{html.escape(words)}</text>'
            for a, b in _finite(pixels)
        )

    def artist(pixels: Pixels) -> Artist:
        effects = [withStroke(linewidth=3, foreground="white")]
        x, y = pixels[0] if np.isfinite(pixels).all() else (-1e4, -1e4)
        look: Any = {"color": colour, "size": size, "weight": weight, "path_effects": effects}
        return Text(x, y, words, ha=align, va="baseline", **look)

    return Mark(axes, x, y, svg, artist, clipped=False)


def _path(pixels: Pixels) -> str:
    return "".join("M" + _numbers(piece) for piece in _pieces(pixels))


def _numbers(pixels: Pixels) -> str:
    return ("%.1f %.1f " * len(pixels)) % tuple(pixels.ravel().tolist())


def _finite(pixels: Pixels) -> Pixels:
    return pixels[np.isfinite(pixels).all(axis=1)]


def _pieces(pixels: Pixels) -> list[Pixels]:
    """Split at the gaps."""
    finite = np.isfinite(pixels).all(axis=1)
    if finite.all():
        return [pixels] if len(pixels) else []
    edges = np.flatnonzero(np.diff(np.r_[False, finite, False]))
    return [pixels[start:stop] for start, stop in edges.reshape(-1, 2)]


@lru_cache
def _marker(name: str) -> Pixels:
    """Return the outline of one of Matplotlib's filled markers, one unit across, y downwards."""
    style = MarkerStyle(name)
    [outline] = style.get_path().transformed(style.get_transform()).to_polygons()
    return np.asarray(outline)[:-1] * (1, -1)
