"""The largest curvature of a network's loss, without ever forming the Hessian."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from momentum_edu import checks
from momentum_edu.checks import Array

if TYPE_CHECKING:  # networks re-exports sharpness
    from momentum_edu.networks import Network

TOLERANCE = 1e-6  # residual |H q - lambda q| over the largest |eigenvalue|; the error of lambda is its square
STEP = 1e-5  # of the finite difference: balances its own error, STEP**2, against rounding, 1e-16 / STEP


def sharpness(
    model: "Network", w: Array, images: Array, labels: NDArray[np.integer[Any]], *, rng: np.random.Generator
) -> Array:
    """Return the sharpness: the largest eigenvalue of the loss's Hessian (...), in loss per weight squared.

    Found by Lanczos' method, the power iteration that remembers: it takes the best combination of all the
    vectors the power iteration went through. The power iteration alone finds the eigenvalue of the largest
    *modulus*, which may be a negative one; Lanczos finds both ends of the spectrum and this is the upper. It
    is positive, except at a maximum. Products with the Hessian are central differences of the exact
    gradient, good to about nine digits.

    Parameters
    ----------
    model : Network
        From `mlp` or `softmax_regression`.
    w : array (..., p)
        Weights, finite.
    images, labels : array (n, inputs), int array (n,)
        Where the loss is taken.
    rng : numpy.random.Generator
        Draws the first vector.

    Returns
    -------
    float array (...)

    Raises
    ------
    ValueError
        If shapes do not fit or `w` is not finite.

    Notes
    -----
    Lanczos 1950; Cohen et al. 2021 (edge of stability) for its part in training.

    Examples
    --------
    >>> from momentum_edu import load_digits, networks
    >>> digits, rng = load_digits(), np.random.default_rng(0)
    >>> model = networks.softmax_regression(loss="mean_squared_error")
    >>> value = sharpness(model, model.init(rng), digits.train_images, digits.train_labels, rng=rng)
    >>> print(f"{value:.2f}")
    11.47
    """
    return top_mode(model, w, images, labels, rng=rng)[0]


def top_mode(
    model: "Network", w: Array, images: Array, labels: NDArray[np.integer[Any]], *, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Return the sharpness (...) and its direction (..., p), a unit vector whose sign is arbitrary.

    Parameters and errors as for `sharpness`.
    """
    w = checks.in_range("w", w, np.isfinite, "be finite").astype(np.float64)
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng must be a numpy.random.Generator; got {rng!r}")
    first = rng.standard_normal(w.shape[-1:])

    def one(w: Array) -> tuple[Any, Array]:
        def times_hessian(q: Array) -> Array:
            ahead = model.gradient(w + STEP * q, images, labels)
            behind = model.gradient(w - STEP * q, images, labels)
            return (ahead - behind) / (2 * STEP)

        return _lanczos(times_hessian, first / np.linalg.norm(first))

    pairs = [one(each) for each in w.reshape(-1, w.shape[-1])]
    values: Array = np.array([value for value, _ in pairs]).reshape(w.shape[:-1])
    return values, np.array([direction for _, direction in pairs]).reshape(w.shape)


def _lanczos(times: Any, q: Array) -> tuple[float, Array]:
    """Return the largest eigenvalue of the symmetric map `times` and its eigenvector."""
    basis: list[Array] = [q]
    diagonal: list[float] = []
    beside: list[float] = []
    while True:
        q = times(basis[-1])
        diagonal.append(float(q @ basis[-1]))
        stack = np.array(basis)
        for _ in range(2):  # once leaves rounding errors that grow into copies of eigenvalues found before
            q = q - (stack @ q) @ stack
        length = float(np.linalg.norm(q))
        small = np.diag(diagonal) + np.diag(beside, 1) + np.diag(beside, -1)
        values, vectors = np.linalg.eigh(small)
        residual = length * abs(vectors[-1, -1])
        if residual <= TOLERANCE * np.abs(values).max() or len(basis) == len(q):
            return float(values[-1]), vectors[:, -1] @ stack
        basis.append(q / length)
        beside.append(length)
