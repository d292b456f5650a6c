"""Train one network, or many configurations of it at once, and keep what a lesson wants to see."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from momentum_edu import checks
from momentum_edu.checks import Array
from momentum_edu.descent import FAR
from momentum_edu.digits import Digits
from momentum_edu.rules import Rule

if TYPE_CHECKING:  # networks re-exports train
    from momentum_edu.networks import Network

SAMPLINGS = ("shuffled", "iid")
GROUP = 32  # configurations that take a step together: more would not fit the processor's cache


@dataclass(frozen=True)
class History:
    """What happened in a training; the axes "..." are the configurations, none for a single one.

    Attributes
    ----------
    loss : array (steps, ...)
        Training loss of each step's batch, at the weights before the step.
    epoch_loss : array (epochs + 1, ...)
        Loss on all training images, at the start and after each epoch.
    test_accuracy : array (epochs + 1, ...)
        Share of the test images classified rightly; nan once the weights are not finite.
    w : array (..., p)
        Final weights.
    learning_rate, beta : array (steps, ...)
        The coefficients used at each step.
    diverged : bool array (...)
        True where a loss or a final weight is not finite. Such numbers are left as they are, inf or nan.
    steps_per_epoch : int
    """

    loss: Array
    epoch_loss: Array
    test_accuracy: Array
    w: Array
    learning_rate: Array
    beta: Array
    diverged: NDArray[np.bool_]
    steps_per_epoch: int


def train(
    model: "Network",
    data: Digits,
    rule: Rule,
    epochs: int,
    *,
    batch_size: int | None = None,
    rng: np.random.Generator,
    sampling: str = "shuffled",
    start: ArrayLike | None = None,
) -> History:
    """Train `model` on the training images of `data` by `rule`, all configurations in one pass.

    Arrays in the rule make configurations: ``ema(0.1, beta=np.array([0.0, 0.9]))`` trains two. All see the
    same batches and start from the same weights, unless `start` has axes of its own. Each comes out as if
    trained alone.

    Parameters
    ----------
    model : Network
        From `momentum_edu.networks.mlp` or `softmax_regression`.
    data : Digits
        From `load_digits`, or your own.
    rule : Rule
        From `momentum_edu.rules`. The step that schedules see counts on from epoch to epoch.
    epochs : int
        Passes over the training images, at least 0.
    batch_size : int, optional
        Images in a batch; all of them if left out, so that an epoch is one step. Every batch is whole: where
        the number of images is no multiple, each epoch leaves out what remains of its shuffle.
    rng : numpy.random.Generator
        Draws the initial weights (unless `start` is given), then the batches.
    sampling : str
        "shuffled": each epoch goes through a new permutation of the images. "iid": each image of each batch
        is drawn from all images, independently, with replacement.
    start : array (..., p), optional
        Initial weights; leading axes broadcast against those of the rule's arrays. float32 weights
        make a float32 training.

    Returns
    -------
    History

    Raises
    ------
    ValueError, TypeError
        If an argument is out of range or shapes do not fit; the message names it.

    Examples
    --------
    >>> import numpy as np
    >>> from momentum_edu import ema, load_digits, networks
    >>> history = train(networks.softmax_regression(), load_digits(), ema(0.5, beta=[0.0, 0.9]), epochs=2,
    ...                 batch_size=64, rng=np.random.default_rng(0))
    >>> history.loss.shape, history.steps_per_epoch
    ((48, 2), 24)
    >>> history.diverged
    array([False, False])
    """
    epochs = checks.count("epochs", epochs)
    if not isinstance(rule, Rule):
        raise TypeError(f"rule must be a Rule, such as ema(0.1, beta=0.9); got {rule!r}")
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng must be a numpy.random.Generator; got {rng!r}")
    _keep_freed_memory()
    w = _start(model, rule, model.init(rng) if start is None else start)
    batches = draw_batches(len(data.train_images), batch_size, epochs, rng, sampling)
    steps_per_epoch = 1 if batch_size is None else len(data.train_images) // batch_size
    shape, w = w.shape[:-1], w.reshape(-1, model.size)
    rates, betas = (_values(each, len(batches), shape) for each in (rule.learning_rate, rule.beta))
    runs = []
    for first in range(0, len(w), GROUP):
        group = slice(first, first + GROUP)
        part = replace(rule, learning_rate=rates[:, group].__getitem__, beta=betas[:, group].__getitem__)
        runs.append(_train_group(model, data, part, w[group], batches, steps_per_epoch))
    ws, *series = zip(*runs, strict=True)
    loss, epoch_loss, test_accuracy = (np.concatenate(each, axis=1).reshape(-1, *shape) for each in series)
    w = np.concatenate(ws).reshape(*shape, model.size)
    sound = np.asarray(np.isfinite(w).all(axis=-1))
    with np.errstate(invalid="ignore"):
        for losses in (loss, epoch_loss):
            sound &= (losses <= FAR * np.maximum(epoch_loss[0], 1)).all(axis=0)
    rates, betas = (values.reshape(-1, *shape) for values in (rates, betas))
    return History(loss, epoch_loss, test_accuracy, w, rates, betas, ~sound, steps_per_epoch)


def draw_batches(
    count: int, batch_size: int | None, epochs: int, rng: np.random.Generator, sampling: str = "shuffled"
) -> list[Any]:
    """Return the batches of a training, in order: for each step an index into the `count` images.

    For whole batches (``batch_size=None``) each is a slice, so that nothing is copied. Parameters and errors
    as for `train`.

    Examples
    --------
    >>> import numpy as np
    >>> [len(batch) for batch in draw_batches(10, 4, epochs=2, rng=np.random.default_rng(0))]
    [4, 4, 4, 4]
    """
    checks.choice("sampling", sampling, SAMPLINGS)
    if batch_size is None:
        return [slice(None)] * epochs
    size = checks.count("batch_size", batch_size, smallest=1)
    if size > count:
        raise ValueError(f"batch_size must be at most the number of training images, {count}; got {size}")
    per_epoch = count // size
    if sampling == "iid":
        return list(rng.integers(count, size=(epochs * per_epoch, size)))
    shuffles = [rng.permutation(count)[: per_epoch * size].reshape(per_epoch, size) for _ in range(epochs)]
    return [batch for shuffle in shuffles for batch in shuffle]


def _start(model: "Network", rule: Rule, start: ArrayLike) -> Array:
    w = checks.in_range("start", start, lambda x: np.isfinite(x), "be finite")
    if w.ndim == 0 or w.shape[-1] != model.size:
        raise ValueError(f"start must have shape (..., {model.size}) for this model; got {w.shape}")
    shapes = {
        "start": w.shape[:-1],
        "learning_rate": np.shape(rule.learning_rate(0)),
        "beta": np.shape(rule.beta(0)),
    }
    try:
        batch = np.broadcast_shapes(*shapes.values())
    except ValueError:
        told = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
        raise ValueError(f"the batch axes must broadcast against each other; got {told}") from None
    if 0 in batch:
        raise ValueError(f"there must be at least one configuration; got batch axes {batch}")
    return np.array(np.broadcast_to(w, (*batch, model.size)), order="C")  # the default keeps odd strides


def _values(coefficient: Callable[[int], Any], steps: int, shape: tuple[int, ...]) -> Array:
    """Return what a rule's coefficient is at each step for each configuration, those in one axis."""
    values = np.empty((steps, *shape))
    for step in range(steps):
        values[step] = coefficient(step)
    return values.reshape(steps, math.prod(shape))


def _train_group(
    model: "Network", data: Digits, rule: Rule, w: Array, batches: list[Any], steps_per_epoch: int
) -> tuple[Array, Array, Array, Array]:
    """Train configurations (k, p); return w, then losses, epoch losses and accuracies, time first."""
    images, labels = data.train_images.astype(w.dtype, copy=False), data.train_labels
    steps, epochs = len(batches), len(batches) // steps_per_epoch
    loss = np.empty((steps, len(w)))
    epoch_loss, test_accuracy = np.empty((2, epochs + 1, len(w)))
    v = rule.init(w)
    with np.errstate(all="ignore"):  # a diverging configuration is flagged, not warned of at every step
        for step, batch in enumerate(batches):
            loss[step], g = model.loss_and_gradient(w, images[batch], labels[batch])
            if step % steps_per_epoch == 0:
                epoch, whole = step // steps_per_epoch, isinstance(batch, slice)
                epoch_loss[epoch] = loss[step] if whole else model.loss(w, images, labels)
                test_accuracy[epoch] = model.accuracy(w, data.test_images, data.test_labels)
            w, v = rule.update(w, v, g, step)
        epoch_loss[-1] = model.loss(w, images, labels)
        test_accuracy[-1] = model.accuracy(w, data.test_images, data.test_labels)
    return w, loss, epoch_loss, test_accuracy


def _keep_freed_memory() -> None:
    # Once a block this large has been freed, glibc's malloc keeps what it gets back. Otherwise it returns
    # memory to the system and fetches it again, page by page, at every step, which doubles the time.
    np.empty(32_000_000, np.uint8)
