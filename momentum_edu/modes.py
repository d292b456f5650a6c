"""The recurrence of one quadratic mode, and its solution in forms that lose no digits.

Two steps of any of the rules on f(w) = lambda w^2 / 2 make

    x_(t+1) = T x_t - D x_(t-1),        x_0 = 1,  x_1 = T - beta,

with h = eta lambda and

    rule                T                    D
    ema                 1 + beta - a         beta          with a = h (1 - beta)
    heavy_ball          1 + beta - h         beta
    nesterov            (1 + beta) (1 - h)   beta (1 - h)
    gradient_descent    1 - h                0             (beta plays no part)

`momentum_edu.theory` is the public face of these.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from momentum_edu import checks
from momentum_edu.checks import Array

RULES = ("ema", "heavy_ball", "nesterov", "gradient_descent")
HUGE = np.float64(1e100)  # may be compared with float32


def broadcast(h: ArrayLike, beta: ArrayLike, rule: str) -> tuple[Array, Array]:
    """Check h, beta and rule, and bring the first two to one shape and to float64."""
    checks.choice("rule", rule, RULES)
    h = checks.in_range("h", h, lambda x: np.abs(x) <= HUGE, "be finite and below 1e100 in size")
    b = checks.beta(beta)
    if rule == "gradient_descent":
        b = np.zeros_like(b)
    try:
        h, b = np.broadcast_arrays(np.asarray(h, float), np.asarray(b, float))
    except ValueError:
        raise ValueError(f"h and beta must broadcast; got shapes {h.shape} and {b.shape}") from None
    return h, b


def recurrence(h: ArrayLike, beta: ArrayLike, rule: str) -> tuple[Array, Array, Array]:
    """Return T, D and beta, all of one shape."""
    h, b = broadcast(h, beta, rule)
    if rule == "nesterov":
        return np.asarray((1 + b) * (1 - h)), np.asarray(b * (1 - h)), b
    a = h * (1 - b) if rule == "ema" else h
    return np.asarray(1 + b - a), b, b


def roots(total: Array, product: Array) -> NDArray[np.complexfloating[Any, Any]]:
    """Return the two roots (..., 2) that have this sum and this product, the larger modulus first."""
    root = np.sqrt((total**2 - 4 * product).astype(complex))
    first = np.where(total < 0, total - root, total + root) / 2
    with np.errstate(all="ignore"):
        second = np.where(first == 0, 0, product / first)  # subtracting would lose digits
    swap = first.imag < 0
    return np.stack([np.where(swap, second, first), np.where(swap, first, second)], axis=-1)


def angle(total: Array, product: Array) -> Array:
    """Return theta in [0, pi], the angle of the complex roots; 0 or pi where they are real."""
    return np.arctan2(np.sqrt(np.maximum(4 * product - total**2, 0)), total)


def path(t: Array, total: Array, product: Array, b: Array) -> Array:
    """Return x_t = (T - beta) s_t - D s_(t-1) for t >= 1."""
    with np.errstate(all="ignore"):
        return (total - b) * _ladder(t, total, product) - product * _ladder(t - 1, total, product)


def _ladder(t: Array, total: Array, product: Array) -> Array:
    """Return s_t = (r1^t - r2^t) / (r1 - r2) for t >= 0; t r^(t-1) where the roots are equal."""
    square = total**2 - 4 * product
    # Roots with a negative real part are mirrored: sign^(t-1) times the ladder of their mirror image.
    sign = np.where((total < 0) & (t % 2 == 0), -1.0, 1.0)

    theta = np.arctan2(np.sqrt(np.maximum(-square, 0)), np.abs(total))
    ringing = np.sqrt(np.maximum(product, 0)) ** (t - 1) * np.sin(t * theta) / np.sin(theta)

    gap = np.sqrt(np.maximum(square, 0))
    large = np.maximum((np.abs(total) + gap) / 2, 1e-300)
    ratio = product / large / large  # the smaller root over the larger one, in [-1, 1]
    log_ratio = np.log1p(-gap / large)  # the same as a logarithm, exact where the roots nearly agree
    near = np.where(gap > 0, np.expm1(t * log_ratio) / np.expm1(log_ratio), t)
    far = (1 - ratio**t) / (1 - ratio)
    real = large ** (t - 1) * np.where(ratio > 0.5, near, far)
    return sign * np.where(square < 0, ringing, real)


def largest_swing_ringing(total: Array, product: Array, b: Array) -> Array:
    """Return max over t of -x_t where the roots are complex.

    x_t is a cosine under an envelope, amplitude * sqrt(D)^t, so each of its dips is deepest at one of the two
    whole steps beside the continuous minimum. Sampling can make a later dip the deepest: look on until
    the envelope is below the best found.
    """
    theta, modulus = angle(total, product), np.sqrt(product)
    sine = ((total - b) / modulus - np.cos(theta)) / np.sin(theta)
    amplitude = np.hypot(1, sine)
    first = np.pi + np.arctan2(sine, 1) + np.arctan(np.log(modulus) / theta)
    best = np.zeros_like(total)
    left = np.arange(total.size)
    dip = 0
    while left.size:
        t = np.floor((first[left] + 2 * np.pi * dip) / theta[left])
        for step in (np.maximum(t, 1), t + 1):
            best[left] = np.maximum(best[left], -path(step, total[left], product[left], b[left]))
        left = left[amplitude[left] * modulus[left] ** t > best[left]]
        dip += 1
    return best


def largest_swing_alternating(total: Array, product: Array, b: Array) -> Array:
    """Return max over t of -x_t where both roots are real and the larger is negative.

    For roots -p, -q the odd steps follow one hump, c1 p^t - c2 q^t, whose top lies next to an odd t. For
    Nesterov's rule the second root may be positive; q is cut to almost nothing then, and the first step goes
    farthest.
    """
    gap = np.sqrt(np.maximum(total**2 - 4 * product, 0))
    p = np.clip((np.abs(total) + gap) / 2, 1e-300, 1 - 1e-16)  # rounding may reach 1 just inside the limit
    q = np.maximum(product / p, 1e-300)
    log_ratio = np.maximum(np.log(p / q), 1e-12)
    top = (np.log1p((p - q) / (1 + q)) + np.log1p(log_ratio / -np.log(p))) / log_ratio - 1
    odd = np.maximum(2 * np.floor((top - 1) / 2) + 1, 1)
    here, next_one = (-path(t, total, product, b) for t in (odd, odd + 2))
    return np.maximum(np.maximum(here, next_one), 0.0)
