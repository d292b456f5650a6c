"""Objective functions to walk on: value, gradient, curvature, known minima and saddles."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from momentum_edu import checks
from momentum_edu.checks import Array

View = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Landscape:
    """A function to descend on. The last axis of a point is its dimension d; axes before it are a batch.

    Attributes
    ----------
    name : str
    value : callable
        w (..., d) -> f(w) (...).
    gradient : callable
        w (..., d) -> gradient (..., d).
    hessian : callable
        w (..., d) -> matrix of second derivatives (..., d, d).
    minima : array (k, d)
        Known local minima, the lowest first.
    saddles : array (k, d)
        Known stationary points that are no minima; in one dimension the tops of barriers and inflections.
    view : tuple of (low, high)
        A good window for a picture, one pair for each dimension.
    """

    name: str
    value: Callable[[Array], Array]
    gradient: Callable[[Array], Array]
    hessian: Callable[[Array], Array]
    minima: Array
    saddles: Array
    view: View

    @property
    def dimension(self) -> int:
        """The dimension d of a point."""
        return len(self.view)


def quadratic(curvatures: ArrayLike) -> Landscape:
    """Return the bowl (or saddle) f(w) = 1/2 sum of lambda_i w_i^2, with its axes along the coordinates.

    Parameters
    ----------
    curvatures : array (d,)
        The Hessian's eigenvalues lambda_i; negative ones make a saddle.

    Returns
    -------
    Landscape

    Raises
    ------
    ValueError
        If `curvatures` is empty, not one-dimensional or not finite.

    Examples
    --------
    >>> import numpy as np
    >>> bowl = quadratic([1.0, 100.0])
    >>> bowl.value(np.array([2.0, 0.1])).item()
    2.5
    """
    scale = checks.in_range("curvatures", curvatures, np.isfinite, "be finite")
    if scale.ndim != 1 or scale.size == 0:
        raise ValueError(f"curvatures must be a non-empty list of numbers (d,); got shape {scale.shape}")
    d = scale.size
    origin, nowhere = np.zeros((1, d)), np.zeros((0, d))
    bowl = bool(np.all(scale >= 0))

    def value(w: Array) -> Array:
        return np.asarray((w * w) @ (scale / 2))  # a product: ten times faster than a sum along a short axis

    def gradient(w: Array) -> Array:
        return scale.astype(w.dtype, copy=False) * w

    def hessian(w: Array) -> Array:
        return np.broadcast_to(np.diag(scale), (*np.shape(w), d)).copy()

    return Landscape(
        "quadratic",
        value,
        gradient,
        hessian,
        minima=origin if bowl else nowhere,
        saddles=nowhere if bowl else origin,
        view=((-1.2, 1.2),) * d,
    )


def ravine(condition_number: float) -> Landscape:
    """Return the long valley f(x, y) = (x^2 + kappa y^2) / 2: flat along x, kappa times steeper across.

    Parameters
    ----------
    condition_number : float
        kappa, the ratio of the largest to the smallest curvature, at least 1.

    Returns
    -------
    Landscape

    Examples
    --------
    >>> ravine(100).hessian(np.zeros(2)).diagonal().tolist()
    [1.0, 100.0]
    """
    kappa = checks.number("condition_number", condition_number, lambda x: x >= 1, "be finite and at least 1")
    height = 2.5 / np.sqrt(kappa)
    bowl = quadratic([1.0, kappa])
    view = ((-2.5, 2.5), (-height, height))
    return Landscape("ravine", bowl.value, bowl.gradient, bowl.hessian, bowl.minima, bowl.saddles, view)


def saddle(curvature_ratio: float = 1.0) -> Landscape:
    """Return the pass f(x, y) = (x^2 - gamma y^2) / 2: down along x to the pass, then down along y and away.

    Parameters
    ----------
    curvature_ratio : float
        gamma > 0, the downward curvature relative to the upward one.

    Returns
    -------
    Landscape

    Examples
    --------
    >>> saddle(0.1).gradient(np.array([1.0, 1.0])).tolist()
    [1.0, -0.1]
    """
    gamma = checks.number("curvature_ratio", curvature_ratio, lambda x: x > 0, "be finite and positive")
    hill = quadratic([1.0, -gamma])
    return Landscape("saddle", hill.value, hill.gradient, hill.hessian, hill.minima, hill.saddles, hill.view)


def double_well(tilt: float = 0.0) -> Landscape:
    """Return two valleys with a barrier between them, f(x) = x^4/4 - x^2/2 + tilt x.

    With a positive tilt the left valley is the deeper one.

    Parameters
    ----------
    tilt : float
        Slope added to the symmetric wells; for abs(tilt) >= 2 / (3 sqrt 3) = 0.385 one valley is gone.

    Returns
    -------
    Landscape

    Examples
    --------
    >>> double_well(0.0).minima.ravel().tolist()
    [-1.0, 1.0]
    """
    limit = 2 / (3 * np.sqrt(3))
    t = checks.number(
        "tilt", tilt, lambda x: abs(x) < limit, "keep two valleys: abs(tilt) < 2 / (3 sqrt 3) = 0.385"
    )
    # The three stationary points solve x^3 - x + t = 0: Viete's form is exact to rounding for any tilt.
    angle = np.arccos(np.clip(-t / limit, -1, 1)) / 3
    points = 2 / np.sqrt(3) * np.cos(angle - 2 * np.pi * np.arange(3) / 3)
    right, barrier, left = np.sort(points)[::-1]

    def value(w: Array) -> Array:
        x = w[..., 0]
        return x**4 / 4 - x**2 / 2 + t * x

    def gradient(w: Array) -> Array:
        return w**3 - w + t

    def hessian(w: Array) -> Array:
        return (3 * w**2 - 1)[..., np.newaxis]

    wells = np.array([[left], [right]] if t >= 0 else [[right], [left]]).round(15) + 0.0
    saddles = np.array([[barrier]]).round(15) + 0.0
    return Landscape("double well", value, gradient, hessian, wells, saddles, ((-1.7, 1.7),))


def inflection() -> Landscape:
    """Return the terrace f(x) = x^4/4 + x^3/3: from the right it flattens at x = 0, then falls to x = -1.

    At 0 the slope and the curvature are both zero, as on x^3, but the function has a minimum to end in.

    Returns
    -------
    Landscape

    Examples
    --------
    >>> inflection().gradient(np.array([0.0])).item()
    0.0
    """

    def value(w: Array) -> Array:
        x = w[..., 0]
        return x**4 / 4 + x**3 / 3

    def gradient(w: Array) -> Array:
        return w**3 + w**2

    def hessian(w: Array) -> Array:
        return (3 * w**2 + 2 * w)[..., np.newaxis]

    minimum, terrace = np.array([[-1.0]]), np.array([[0.0]])
    return Landscape("inflection", value, gradient, hessian, minimum, terrace, ((-1.5, 1.2),))


def rosenbrock() -> Landscape:
    """Return Rosenbrock's curved valley f(x, y) = (1 - x)^2 + 100 (y - x^2)^2 (Rosenbrock 1960).

    Returns
    -------
    Landscape

    Examples
    --------
    >>> rosenbrock().value(np.array([1.0, 1.0])).item()
    0.0
    """

    def value(w: Array) -> Array:
        x, y = w[..., 0], w[..., 1]
        return (1 - x) ** 2 + 100 * (y - x**2) ** 2

    def gradient(w: Array) -> Array:
        x, y = w[..., 0], w[..., 1]
        return np.stack([2 * (x - 1) - 400 * x * (y - x**2), 200 * (y - x**2)], axis=-1)

    def hessian(w: Array) -> Array:
        x, y = w[..., 0], w[..., 1]
        xx, xy, yy = 2 - 400 * y + 1200 * x**2, -400 * x, np.full_like(x, 200)
        return np.stack([np.stack([xx, xy], axis=-1), np.stack([xy, yy], axis=-1)], axis=-1)

    valley, nowhere = np.array([[1.0, 1.0]]), np.zeros((0, 2))
    return Landscape("rosenbrock", value, gradient, hessian, valley, nowhere, ((-2.0, 2.0), (-1.0, 3.0)))


def lessard() -> Landscape:
    """Return the convex function on which a well-tuned heavy ball never converges.

    Its slope is 25 x for x < 1, x + 24 for 1 <= x < 2, and 25 x - 24 from there. The heavy ball at
    alpha = 1/9, beta = 4/9, Polyak's best for curvatures 1 to 25, started from 3.3, ends in a cycle of three
    points (Lessard, Recht and Packard 2016, SIAM J. Optim. 26, section 4.6).

    Returns
    -------
    Landscape

    Examples
    --------
    >>> lessard().gradient(np.array([[0.5], [1.5], [3.0]])).ravel().tolist()
    [12.5, 25.5, 51.0]
    """

    def value(w: Array) -> Array:
        x = w[..., 0]
        middle = x**2 / 2 + 24 * x - 12
        return np.where(x < 1, 12.5 * x**2, np.where(x < 2, middle, 12.5 * x**2 - 24 * x + 36))

    def gradient(w: Array) -> Array:
        return np.where(w < 1, 25 * w, np.where(w < 2, w + 24, 25 * w - 24))

    def hessian(w: Array) -> Array:
        return np.where((w < 1) | (w >= 2), 25.0, 1.0)[..., np.newaxis]

    minimum, nowhere = np.array([[0.0]]), np.zeros((0, 1))
    return Landscape("lessard", value, gradient, hessian, minimum, nowhere, ((-3.5, 3.5),))
