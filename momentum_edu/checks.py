"""Small argument checks: each error names the argument, the value and what is wanted."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.floating[Any]]
LONGEST = 80
"""A wrong value is told in at most so many characters."""


def numbers(name: str, value: ArrayLike) -> Array:
    """Return `value` as a floating array; float32 stays float32, all other numbers become float64."""
    try:
        array = np.asarray(value)
    except ValueError:  # a ragged list
        raise TypeError(f"{name} must be numbers in one rectangular array; got {_short(value)}") from None
    except RuntimeError as error:  # a tensor that PyTorch does not hand out
        raise TypeError(f"{name} must be real numbers; {error}") from None
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{name} must be real numbers; got {_short(value)}")
    return array if array.dtype == np.float32 else array.astype(np.float64)


def in_range(
    name: str, value: ArrayLike, allowed: Callable[[Array], Any], wanted: str, *, finite: bool = True
) -> Array:
    """Return `value` as an array whose elements all are `allowed` (and finite), or raise ValueError."""
    array = numbers(name, value)
    good = allowed(array) & (np.isfinite(array) if finite else True)
    if not np.all(good):
        raise ValueError(f"{name} must {wanted}; got {array[~good].flat[0] if array.ndim else array}")
    return array


def learning_rate(value: ArrayLike, name: str = "learning_rate") -> Array:
    """Check a learning rate: finite and positive."""
    return in_range(name, value, lambda x: x > 0, "be finite and positive")


def beta(value: ArrayLike, name: str = "beta") -> Array:
    """Check a momentum coefficient: in [0, 1)."""
    return in_range(name, value, lambda x: (x >= 0) & (x < 1), "lie in [0, 1)")


def number(name: str, value: float, allowed: Callable[[Array], Any], wanted: str) -> float:
    """Return `value` as one allowed, finite float."""
    array = in_range(name, value, allowed, wanted)
    if array.ndim:
        raise TypeError(f"{name} must be one number; got an array of shape {array.shape}")
    return float(array)


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


def _short(value: object) -> str:
    """Write a value in one line, of a long one its beginning."""
    line = " ".join(repr(value).split())
    return line if len(line) <= LONGEST else f"{line[:LONGEST]} ..."
