"""Small argument checks: each error names the argument, the value and what is wanted."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.floating[Any]]


def numbers(name: str, value: ArrayLike, wanted: str = "numbers") -> Array:
    """Return `value` as a floating array; float32 stays float32, everything else becomes float64."""
    try:
        array = np.asarray(value)
        if array.dtype != np.float32:
            array = array.astype(np.float64, casting="same_kind" if array.dtype.kind in "biuf" else "unsafe")
        if np.asarray(value).dtype.kind not in "biuf":
            raise TypeError
    except (TypeError, ValueError):
        raise TypeError(f"{name} must be {wanted}; got {value!r}") from None
    return array


def in_range(name: str, value: ArrayLike, allowed: Callable[[Array], Any], wanted: str) -> Array:
    """Return `value` as an array all of whose elements are finite and `allowed`, or raise ValueError."""
    array = numbers(name, value, wanted)
    good = np.isfinite(array) & allowed(array)
    if not np.all(good):
        raise ValueError(f"{name} must {wanted}; got {array[~good].flat[0] if array.ndim else value}")
    return array


def learning_rate(value: ArrayLike, name: str = "learning_rate") -> Array:
    """Check a learning rate: finite and positive."""
    return in_range(name, value, lambda x: x > 0, "be finite and positive")


def beta(value: ArrayLike, name: str = "beta") -> Array:
    """Check a momentum coefficient: in [0, 1)."""
    return in_range(name, value, lambda x: (x >= 0) & (x < 1), "lie in [0, 1)")


def count(name: str, value: object, smallest: int = 0) -> int:
    """Check a whole number of steps or samples."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise TypeError(f"{name} must be a whole number; got {value!r}")
    if value < smallest:
        raise ValueError(f"{name} must be at least {smallest}; got {value}")
    return int(value)


def choice(name: str, value: object, allowed: tuple[str, ...]) -> str:
    """Check a name from a short list."""
    if value not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, allowed))}; got {value!r}")
    return str(value)
