"""Valleys of a curve: a run with its energy ledger, and which starts get into another valley."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from momentum_edu import checks
from momentum_edu.checks import Array

STEPS = 400  # that the explorer shows
MAP_STEPS = 400
VIEW = (-1.9, 1.9)
BETA_EDGES = 1 - 10 ** -np.linspace(0, 2.1, 22)  # of the map's rows: finer where it matters, towards 1
Curve = Callable[[Any], Any]


@dataclass(frozen=True)
class LocalMinimum:
    """One run of the course's rule on a curve f with a tilt, and plain descent at the same rate beside it.

    Attributes
    ----------
    x, plain : array (steps + 1,)
        The two paths.
    height, energy : array (steps + 1,)
        f, and E = f + beta / (2 eta (1 - beta)) (last move)^2, along the run with momentum.
    minima, barriers : array (k,)
        The valleys and the tops between them, from left to right, inside the view.
    barrier_height : float
        The lower of the tops beside the valley in which the run starts; inf if there is none.
    crossed, plain_crossed : bool
        Whether the run ends in another valley than the one it starts in.
    guaranteed : bool
        Whether the rate is at most 2 / L, L being the largest curvature where the run can get to without
        climbing above its start: then its energy never rises, whatever beta is.
    """

    x: Array
    plain: Array
    height: Array
    energy: Array
    minima: Array
    barriers: Array
    barrier_height: float
    crossed: bool
    plain_crossed: bool
    guaranteed: bool


class Basins(NamedTuple):
    """A map over the starts and beta, cell by cell."""

    edges: Array  # (m + 1,) between the starts
    across: NDArray[np.bool_]  # (21, m) ends in another valley
    lost: NDArray[np.bool_]  # (21, m) blows up
    below: NDArray[np.bool_]  # (m,) starts below the lower of the tops beside its valley


def double_well(x: Any) -> Any:
    """Return the two valleys x^4 / 4 - x^2 / 2; with a tilt t they are ``landscapes.double_well(t)``."""
    square = x * x
    return square * (square / 4 - 0.5)


def double_well_slope(x: Any) -> Any:
    """Return the slope of `double_well`."""
    return x * (x * x - 1)  # a power would be ten times slower


def slope_of(function: Curve) -> Curve:
    """Return the slope of a function of one variable by central finite differences, good to nine digits.

    Examples
    --------
    >>> print(f"{slope_of(np.sin)(0.0):.9f}")
    1.000000000
    """

    def slope(x: Any) -> Any:
        step = 1e-5 * (1 + abs(x))  # far out a fixed step would drown in rounding
        return (function(x + step) - function(x - step)) / (2 * step)

    return slope


def compute(
    start: float = 1.7,
    tilt: float = 0.15,
    learning_rate: float = 0.1,
    beta: float = 0.95,
    *,
    function: Curve = double_well,
    gradient: Curve | None = None,
    view: tuple[float, float] = VIEW,
    steps: int = STEPS,
) -> LocalMinimum:
    """Walk from ``start``, at rest, on function(x) + tilt x, with the course's rule and without momentum.

    Parameters
    ----------
    start : float
        Where the ball is put down.
    tilt : float
        Slope added to the function.
    learning_rate, beta : float
        Of the course's rule.
    function, gradient : callable
        f(x) and its slope, for numbers and arrays; without a slope it is taken by finite differences.
    view : (float, float)
        Where valleys and barriers are looked for.
    steps : int
        How many to take.

    Returns
    -------
    LocalMinimum

    Raises
    ------
    ValueError
        If an argument is out of range; the message names it.

    Examples
    --------
    >>> high, low = compute(start=1.7), compute(start=1.2, beta=0.99)
    >>> high.crossed, low.crossed
    (True, False)
    """
    for name, value in (("start", start), ("tilt", tilt)):
        checks.number(name, value, np.isfinite, "be finite")
    checks.learning_rate(learning_rate)
    checks.beta(beta)
    count = checks.count("steps", steps)
    slope = gradient or (double_well_slope if function is double_well else slope_of(function))
    x, plain = (_walk(slope, tilt, start, learning_rate, b, count) for b in (beta, 0.0))
    with np.errstate(all="ignore"):
        height = function(x) + tilt * x
        move = np.diff(x, prepend=start)
        energy = height + beta / (2 * learning_rate * (1 - beta)) * move**2
    grid = np.linspace(*view, 801)
    heights = function(grid) + tilt * grid
    minima, barriers = _valleys(grid, heights)
    sides = np.searchsorted(barriers, [start, x[-1], plain[-1]])
    top = float(_lower_top(sides[:1], function(barriers) + tilt * barriers)[0])
    crossed, plain_crossed = (sides[1:] != sides[0]) & np.isfinite([x[-1], plain[-1]])
    safe = learning_rate * _largest_curvature(grid, heights, start, height[0]) <= 2
    told = bool(crossed), bool(plain_crossed), bool(safe)
    return LocalMinimum(x, plain, height, energy, minima, barriers, top, *told)


def _largest_curvature(x: Array, height: Array, start: float, level: float) -> float:
    """Return the largest curvature on the stretch around ``start`` where nothing is higher than ``level``."""
    higher = np.r_[0, np.flatnonzero(height > level), len(x) - 1]
    after = np.searchsorted(x[higher[1:-1]], start) + 1
    stretch = height[higher[after - 1] : higher[after] + 1]
    return float(np.diff(stretch, 2).max(initial=0.0) / (x[1] - x[0]) ** 2)


def basins(
    tilt: float, learning_rate: float, function: Curve, gradient: Curve, view: tuple[float, float]
) -> Basins:
    """Find which starts get into another valley, for each beta in the middle of a row of the map."""
    edges = np.linspace(*view, 81)
    x, beta = np.meshgrid((edges[1:] + edges[:-1]) / 2, (BETA_EDGES[1:] + BETA_EDGES[:-1]) / 2)
    grid = np.linspace(*view, 801)
    _, barriers = _valleys(grid, function(grid) + tilt * grid)
    home, v = np.searchsorted(barriers, x), np.zeros_like(x)
    below = (function(x) + tilt * x < _lower_top(home, function(barriers) + tilt * barriers))[0]
    pull = (1 - beta) * learning_rate
    with np.errstate(all="ignore"):
        for _ in range(MAP_STEPS):  # v holds the rate here: the same path, one product less
            g = gradient(x)
            g += tilt
            g *= pull
            v *= beta
            v += g
            x -= v
    lost = ~(np.abs(x) < 1e6)
    return Basins(edges, (np.searchsorted(barriers, x) != home) & ~lost, lost, below)


def _walk(slope: Curve, tilt: float, start: float, rate: float, beta: float, steps: int) -> Array:
    w, v, path = float(start), 0.0, [float(start)]
    for _ in range(steps):
        try:
            v = beta * v + (1 - beta) * (float(slope(w)) + tilt)
        except OverflowError:  # a power of a plain number that is far away
            v = np.inf
        w -= rate * v
        if not abs(w) < 1e50:  # far away: what follows is no number
            w = np.inf
        path.append(w)
    return np.array(path)


def _lower_top(side: Any, tops: Array) -> Any:
    """Return the lower of the two tops beside each valley; inf where there is none."""
    walled = np.r_[np.inf, tops, np.inf]
    return np.minimum(walled[side], walled[side + 1])


def _valleys(x: Array, height: Array) -> tuple[Array, Array]:
    inner, before, after = height[1:-1], height[:-2], height[2:]
    bend = before - 2 * inner + after
    turn = x[1:-1] + (x[1] - x[0]) * (before - after) / np.where(bend == 0, np.inf, 2 * bend)  # a parabola's
    return turn[(inner < before) & (inner <= after)], turn[(inner > before) & (inner >= after)]


def check_function(name: str, function: Curve, view: tuple[float, float]) -> Array:
    """Check that the reader's function takes a number and an array, and return its values over the view."""
    grid = np.linspace(*view, 801)
    try:
        values, one = np.asarray(function(grid), dtype=float), np.asarray(function(view[0]), dtype=float)
    except Exception as error:
        kind = type(error).__name__
        raise TypeError(f"{name} must take a number x and an array of x; it raised {kind}: {error}") from None
    if values.shape != grid.shape or one.shape != ():
        got = f"{values.shape} for {grid.shape}, {one.shape} for a number"
        raise ValueError(f"{name} must return one value for each x; got {got}")
    if not np.isfinite(values).all():
        where = grid[~np.isfinite(values)][0]
        raise ValueError(f"{name} must be finite in the view; it is not at x = {where:g}")
    return values
