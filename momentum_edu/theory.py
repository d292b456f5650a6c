"""Closed forms for one quadratic mode: roots, regime, overshoot, period, settling, best tuning.

One mode is f(w) = lambda w^2 / 2, walked from x_0 = 1 at rest (v_0 = 0). Everything depends on
h = eta lambda and beta alone, through one recurrence x_(t+1) = T x_t - D x_(t-1) (`momentum_edu.modes`)
whose characteristic roots have the sum T and the product D. All arguments broadcast against each
other, and each result has their common shape.

Sources: Polyak 1964; Goh, "Why Momentum Really Works", Distill 2017 (which prints the complex roots'
modulus as 2 sqrt beta; it is sqrt beta).
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from momentum_edu import checks, modes
from momentum_edu.checks import Array
from momentum_edu.modes import RULES, recurrence


def roots(h: ArrayLike, beta: ArrayLike, rule: str = "ema") -> NDArray[np.complexfloating[Any, Any]]:
    """Return the two characteristic roots, the larger modulus first.

    Parameters
    ----------
    h : array
        eta lambda, dimensionless; negative along a direction that curves downward.
    beta : array
        Momentum coefficient in [0, 1).
    rule : {"ema", "heavy_ball", "nesterov", "gradient_descent"}
        The convention.

    Returns
    -------
    complex array (..., 2)
        Where they are complex, the one with positive imaginary part comes first; their modulus is sqrt(D).

    Raises
    ------
    ValueError
        If h is not finite, beta outside [0, 1) or the rule unknown.

    Examples
    --------
    >>> print(np.round(roots(1.0, 0.25), 12))
    [0.25+0.4330127j 0.25-0.4330127j]
    """
    total, product, _ = recurrence(h, beta, rule)
    return modes.roots(total, product)


def convergence_rate(h: ArrayLike, beta: ArrayLike, rule: str = "ema") -> Array:
    """Return the factor by which the distance shrinks each step in the long run: the larger abs(root).

    Parameters and errors as for `roots`. Returns an array (...); 1 or more means no convergence.

    Examples
    --------
    >>> print(f"{convergence_rate(1.0, 0.81):.2f}")
    0.90
    """
    total, product, _ = recurrence(h, beta, rule)
    square = total * total
    square -= 4 * product
    real = np.sqrt(np.maximum(square, 0))
    real += np.abs(total)
    real /= 2
    return np.where(square < 0, np.sqrt(np.maximum(product, 0)), real)[()]


def ringing_band(beta: ArrayLike, rule: str = "ema") -> tuple[Any, Any]:
    """Return the ends of the band of h in which the roots are complex and the path rings.

    For the EMA rule the band is (hc, 1 / hc) with hc = (1 - sqrt beta) / (1 + sqrt beta), symmetric around
    h = 1 on a logarithmic axis. At beta = 0 it is empty.

    Examples
    --------
    >>> low, high = ringing_band(0.9)
    >>> print(f"{low:.5f} {high:.2f}")
    0.02633 37.97
    """
    b = checks.beta(beta)
    checks.choice("rule", rule, RULES)
    root = np.sqrt(b)
    if rule == "ema":
        # (1 - b) / (1 + root)^2 is (1 - root) / (1 + root) without the subtraction that loses digits.
        low = (1 - b) / (1 + root) ** 2
        return low[()], (1 / low)[()]
    if rule == "heavy_ball":
        return ((1 - b) / (1 + root))[()] ** 2, ((1 + root) ** 2)[()]
    if rule == "nesterov":
        return (((1 - b) / (1 + b)) ** 2)[()], np.ones_like(b)[()]
    return np.ones_like(b)[()], np.ones_like(b)[()]


def stability_limit(beta: ArrayLike, rule: str = "ema") -> Any:
    """Return the h at and beyond which the rule no longer converges.

    ema: 2 (1 + beta) / (1 - beta); heavy_ball: 2 + 2 beta; nesterov: (2 + 2 beta) / (1 + 2 beta), less than
    the 2 of gradient_descent.

    Examples
    --------
    >>> print(f"{stability_limit(0.9):.1f} {stability_limit(0.9, 'nesterov'):.3f}")
    38.0 1.357
    """
    b = checks.beta(beta)
    checks.choice("rule", rule, RULES)
    if rule == "ema":
        return (2 * (1 + b) / (1 - b))[()]
    if rule == "heavy_ball":
        return (2 + 2 * b)[()]
    if rule == "nesterov":
        return ((2 + 2 * b) / (1 + 2 * b))[()]
    return np.full_like(b, 2.0)[()]


def regime(h: ArrayLike, beta: ArrayLike, rule: str = "ema") -> Any:
    """Name what the path does: ``"monotone"``, ``"ringing"``, ``"alternating"`` or ``"diverging"``.

    Monotone up to the lower end of `ringing_band` (included), ringing inside it, alternating (a change of
    sign at each step, in the long run) up to `stability_limit`, diverging from there and for h < 0. At h = 0
    nothing moves, which counts as monotone. Parameters and errors as for `roots`; returns strings (...).

    Examples
    --------
    >>> regime([0.02, 1.0, 37.99, 40.0], 0.9).tolist()
    ['monotone', 'ringing', 'alternating', 'diverging']
    """
    h, b = modes.broadcast(h, beta, rule)
    low, high = ringing_band(b, rule)
    cases = [(h < 0) | (h >= stability_limit(b, rule)), h <= low, h < high]
    return np.select(cases, ["diverging", "monotone", "ringing"], "alternating")[()]


def ringing_period(h: ArrayLike, beta: ArrayLike, rule: str = "ema") -> Any:
    """Return the period of w in steps, 2 pi / theta; nan where it does not ring.

    The loss goes through two dips while w goes once around: *its* period is half of this. Parameters and
    errors as for `roots`; returns an array (...).

    Examples
    --------
    >>> print(f"{ringing_period(1.0, 0.9):.1f} steps")
    19.5 steps
    """
    rings = regime(h, beta, rule) == "ringing"
    total, product, _ = recurrence(h, beta, rule)
    with np.errstate(divide="ignore"):
        return np.where(rings, 2 * np.pi / modes.angle(total, product), np.nan)[()]


def settling_time(beta: ArrayLike, tolerance: ArrayLike = 0.02) -> Any:
    """Return the steps until the ringing's envelope beta^(t/2) is below `tolerance`: 2 ln(tol) / ln(beta).

    It does not depend on the learning rate. For rules "ema" and "heavy_ball", inside their ringing bands.

    Examples
    --------
    >>> print(f"{settling_time(0.9, tolerance=0.01):.1f}")
    87.4
    """
    b = checks.beta(beta)
    tol = checks.in_range("tolerance", tolerance, lambda x: (x > 0) & (x < 1), "lie in (0, 1)")
    with np.errstate(divide="ignore"):
        return (2 * np.log(tol) / np.log(b))[()]


def response(h: ArrayLike, beta: ArrayLike, steps: int, rule: str = "ema") -> Array:
    """Return the path x_t from x_0 = 1, v_0 = 0, in closed form.

    x_t = (T - beta) s_t - D s_(t-1), where s_t = (r1^t - r2^t) / (r1 - r2). For the EMA rule in its ringing
    band that is beta^(t/2) [sin((t+1) theta) - sqrt(beta) sin(t theta)] / sin(theta).

    Parameters
    ----------
    h, beta, rule
        As for `roots`.
    steps : int
        Number of steps, at least 0.

    Returns
    -------
    array (steps + 1, ...)
        inf or nan where a diverging path leaves the range of floating-point numbers.

    Examples
    --------
    >>> print(response(1.0, 0.5, steps=4).round(4).tolist())
    [1.0, 0.5, 0.0, -0.25, -0.25]
    """
    total, product, b = recurrence(h, beta, rule)
    t = np.arange(checks.count("steps", steps) + 1, dtype=float).reshape(-1, *(1,) * total.ndim)
    x = modes.path(t, total, product, b)
    x[0] = 1.0
    return x


def overshoot(h: ArrayLike, beta: ArrayLike, rule: str = "ema") -> Any:
    """Return how far the path shoots past its target, as a fraction of its first distance.

    Exact for the discrete sequence: max(0, -min over t of x_t); inf where it diverges. The continuous
    approximation beta^(pi / (2 theta)) agrees with it where pi / theta is a whole number. Near the upper
    ends of the ringing and alternating regimes the largest swing is not the first one. Parameters and
    errors as for `roots`; returns an array (...).

    Examples
    --------
    >>> overshoot(1.0, [0.25, 0.5, 0.75]).round(6).tolist()
    [0.125, 0.25, 0.421875]
    """
    kind = regime(h, beta, rule)
    total, product, b = recurrence(h, beta, rule)
    result = np.where(kind == "diverging", np.inf, 0.0)
    rings = (kind == "ringing") & (modes.angle(total, product) > 0)  # 0 by rounding at the band's very end
    flips = kind == "alternating"
    result[rings] = modes.largest_swing_ringing(total[rings], product[rings], b[rings])
    result[flips] = modes.largest_swing_alternating(total[flips], product[flips], b[flips])
    return result[()]


def optimal(smallest: ArrayLike, largest: ArrayLike, rule: str = "ema") -> tuple[Any, Any]:
    """Return the constant (learning_rate, beta) that converges fastest on curvatures smallest to largest.

    With kappa = largest / smallest. ema: eta = 1 / sqrt(smallest largest), sqrt(beta) = (sqrt kappa - 1) /
    (sqrt kappa + 1), Polyak's tuning in this convention (heavy_ball's rate is eta (1 - beta)); nesterov:
    Lessard, Recht and Packard 2016, table 1; gradient_descent: 2 / (smallest + largest).

    Parameters
    ----------
    smallest, largest : array
        Bounds on the curvature, 0 < smallest <= largest.
    rule : {"ema", "heavy_ball", "nesterov", "gradient_descent"}
        The convention.

    Returns
    -------
    learning_rate, beta : array (...)

    Examples
    --------
    >>> eta, beta = optimal(1.0, 100.0)
    >>> print(f"{eta:.2f} {beta:.4f}")
    0.10 0.6694
    """
    small = checks.in_range("smallest", smallest, lambda x: x > 0, "be finite and positive")
    large = checks.in_range("largest", largest, lambda x: x > 0, "be finite and positive")
    checks.choice("rule", rule, RULES)
    if np.any(large < small):
        raise ValueError(f"largest must be at least smallest ({smallest!r}); got {largest!r}")
    low, high = np.sqrt(small), np.sqrt(large)
    if rule == "gradient_descent":
        return (2 / (small + large))[()], np.zeros(np.broadcast(low, high).shape)[()]
    if rule == "nesterov":
        root = np.sqrt(3 * large / small + 1)
        return (4 / (3 * large + small))[()], ((root - 2) / (root + 2))[()]
    eta = 1 / (low * high) if rule == "ema" else (2 / (low + high)) ** 2
    return eta[()], (((high - low) / (high + low)) ** 2)[()]
