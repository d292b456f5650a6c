"""Two small models in NumPy, softmax regression and a multilayer perceptron, with exact gradients.

All weights and biases of a model lie in one flat vector w (..., p): layer after layer, each its weight
matrix (inputs, outputs) row by row, then its biases. So the update rules work on it unchanged. Axes before
the last are a batch of configurations, each with weights of its own, computed in one call.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from momentum_edu import backprop, checks
from momentum_edu.checks import Array
from momentum_edu.curvature import sharpness, top_mode
from momentum_edu.training import History, draw_batches, train

__all__ = [
    "History",
    "Network",
    "draw_batches",
    "mlp",
    "sharpness",
    "softmax_regression",
    "top_mode",
    "train",
]

Labels = NDArray[np.integer[Any]]
LOSSES = {"cross_entropy": backprop.cross_entropy, "mean_squared_error": backprop.squared_error}


@dataclass(frozen=True)
class Network:
    """Layers of weights with tanh between them; without a hidden layer it is softmax regression.

    Made by `softmax_regression` or `mlp`. All methods are pure: the weights w (..., p) are an argument.
    Images are (n, inputs), labels (n,) whole numbers below the last width.

    Attributes
    ----------
    widths : tuple of int
        Number of inputs, of units in each hidden layer, of classes.
    loss_name : str
        "cross_entropy", the mean over images of -log softmax(outputs)[label], or "mean_squared_error", the
        mean over images of half the squared distance between the outputs and the one-hot label.
    l2 : float
        Adds l2 / 2 |w|^2 to the loss (biases too), so l2 * w to the gradient: PyTorch's ``weight_decay``.
    """

    widths: tuple[int, ...]
    loss_name: str
    l2: float = 0.0

    def __post_init__(self) -> None:
        if len(self.widths) < 2:
            raise ValueError(f"widths must name at least inputs and classes; got {self.widths}")
        for width in self.widths:
            checks.count("each of widths", width, smallest=1)
        checks.choice("loss", self.loss_name, tuple(LOSSES))
        checks.in_range("l2", self.l2, lambda x: x >= 0, "be finite and not negative")

    @property
    def size(self) -> int:
        """The number p of weights and biases."""
        return sum((inputs + 1) * outputs for inputs, outputs in pairwise(self.widths))

    def init(self, rng: np.random.Generator) -> Array:
        """Draw initial weights (p,): normal with variance 1 / inputs of the layer (LeCun), biases zero."""
        if not isinstance(rng, np.random.Generator):
            raise TypeError(f"rng must be a numpy.random.Generator; got {rng!r}")
        w = np.zeros(self.size)
        for weight, _ in self.unpack(w):
            weight[:] = rng.standard_normal(weight.shape) / np.sqrt(weight.shape[0])
        return w

    def unpack(self, w: Array) -> list[tuple[Array, Array]]:
        """Return each layer's weights (..., inputs, outputs) and biases (..., outputs), as views into `w`."""
        return backprop.unpack(w, self.widths)

    def outputs(self, w: Array, images: Array) -> Array:
        """Return the outputs (..., n, classes) before any softmax."""
        w, images = self._checked(w, images)
        layers = self.unpack(w)
        parts = [backprop.activations(layers, images[block])[-1] for block in backprop.blocks(len(images))]
        return np.concatenate(parts, axis=-2)

    def predict(self, w: Array, images: Array) -> Labels:
        """Return the class with the largest output for each image (..., n)."""
        return np.asarray(np.argmax(self.outputs(w, images), axis=-1))

    def accuracy(self, w: Array, images: Array, labels: Labels) -> Array:
        """Return the share of images classified rightly (...); nan where an output is not finite."""
        outputs = self.outputs(w, images)
        right = np.mean(np.argmax(outputs, axis=-1) == self._checked_labels(labels, images), axis=-1)
        return np.where(np.isfinite(outputs).all(axis=(-2, -1)), right, np.nan)

    def loss(self, w: Array, images: Array, labels: Labels) -> Array:
        """Return the loss (...)."""
        w, images = self._checked(w, images)
        one_hot = self._one_hot(labels, images)
        layers, total = self.unpack(w), np.zeros(w.shape[:-1], w.dtype)
        for block in backprop.blocks(len(images)):
            outputs = backprop.activations(layers, images[block])[-1]
            total += LOSSES[self.loss_name](outputs, one_hot[block])[0]
        return self._with_l2(total / len(images), w)

    def gradient(self, w: Array, images: Array, labels: Labels) -> Array:
        """Return the gradient of the loss (..., p)."""
        return self.loss_and_gradient(w, images, labels)[1]

    def loss_and_gradient(self, w: Array, images: Array, labels: Labels) -> tuple[Array, Array]:
        """Return the loss (...) and its gradient (..., p) by back-propagation, in one pass."""
        w, images = self._checked(w, images)
        one_hot = self._one_hot(labels, images)
        layers, total = self.unpack(w), np.zeros(w.shape[:-1], w.dtype)
        gradient, part = np.empty_like(w), np.empty_like(w)
        for block in backprop.blocks(len(images)):
            into = part if block.start else gradient
            *entering, outputs = backprop.activations(layers, images[block])
            loss, slope = LOSSES[self.loss_name](outputs, one_hot[block])
            backprop.backwards(layers, entering, slope / len(images), into=self.unpack(into))
            total += loss
            if block.start:
                gradient += part
        if self.l2:
            gradient += self.l2 * w
        return self._with_l2(total / len(images), w), gradient

    def _with_l2(self, loss: Array, w: Array) -> Array:
        return loss + 0.5 * self.l2 * (w * w).sum(axis=-1) if self.l2 else loss

    def _checked(self, w: Array, images: Array) -> tuple[Array, Array]:
        w, images = _floats("w", w), _floats("images", images)
        if w.ndim == 0 or w.shape[-1] != self.size:
            raise ValueError(f"w must have shape (..., {self.size}) for widths {self.widths}; got {w.shape}")
        if images.ndim != 2 or images.shape[1] != self.widths[0] or len(images) == 0:
            raise ValueError(f"images must have shape (n, {self.widths[0]}), n > 0; got {images.shape}")
        # In one memory order, so that sums come out the same to the last bit.
        return np.ascontiguousarray(w), np.ascontiguousarray(images, w.dtype)

    def _checked_labels(self, labels: ArrayLike, images: Array) -> Labels:
        labels = np.asarray(labels)
        if labels.dtype.kind not in "iu":
            raise TypeError(f"labels must be whole numbers; got dtype {labels.dtype}")
        if labels.shape != (len(images),):
            raise ValueError(f"labels must have shape ({len(images)},) like images; got {labels.shape}")
        last = self.widths[-1] - 1
        if labels.min() < 0 or labels.max() > last:
            raise ValueError(f"labels must lie in 0..{last}; got {labels.min()} to {labels.max()}")
        return labels

    def _one_hot(self, labels: ArrayLike, images: Array) -> Array:
        return np.eye(self.widths[-1], dtype=images.dtype)[self._checked_labels(labels, images)]


def _floats(name: str, value: ArrayLike) -> Array:
    array = np.asarray(value)
    return array if array.dtype in (np.float32, np.float64) else checks.numbers(name, value)


def softmax_regression(
    inputs: int = 64, classes: int = 10, *, loss: str = "cross_entropy", l2: float = 0.0
) -> Network:
    """Return softmax regression: one linear layer. Its loss is convex.

    With ``loss="mean_squared_error"`` there is no softmax: it is linear least squares (ridge, with l2), and
    its loss exactly quadratic.

    Parameters
    ----------
    inputs, classes : int
        Numbers of pixels and of classes.
    loss : str
        "cross_entropy" or "mean_squared_error"; see `Network`.
    l2 : float
        Strength of the L2 penalty l2 / 2 |w|^2.

    Returns
    -------
    Network

    Raises
    ------
    ValueError
        If a width is below 1, the loss unknown or l2 negative.

    Examples
    --------
    >>> softmax_regression().size
    650
    """
    return Network((inputs, classes), loss, l2)


def mlp(
    widths: tuple[int, ...] = (64, 32, 10), *, loss: str = "mean_squared_error", l2: float = 0.0
) -> Network:
    """Return a multilayer perceptron with tanh hidden layers and linear outputs.

    Parameters
    ----------
    widths : tuple of int
        Inputs, hidden units of each layer, classes.
    loss : str
        "mean_squared_error" or "cross_entropy"; see `Network`.
    l2 : float
        Strength of the L2 penalty l2 / 2 |w|^2.

    Returns
    -------
    Network

    Raises
    ------
    ValueError
        If a width is below 1, the loss unknown or l2 negative.

    Examples
    --------
    >>> import numpy as np
    >>> model = mlp()
    >>> w = model.init(np.random.default_rng(0))
    >>> model.loss_and_gradient(w, np.ones((5, 64)), np.arange(5))[1].shape
    (2410,)
    """
    return Network(tuple(widths), loss, l2)
