"""Early epochs: a real network on the digits, and how much of its loss comes back in the first epochs."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from momentum_edu import diagnostics, digits, figures, networks, rules
from momentum_edu.checks import Array
from momentum_edu.explorers.shell import Explorer, Frame, ladder, slider, toggles
from momentum_edu.figures import GREY, INK, MOMENTUM, PLAIN, Role
from momentum_edu.live import LivePicture
from momentum_edu.marks import Mark, band, line, points, text

EPOCHS = 40
VISIBLE = 0.005  # a smaller rise is hardly one
MOST = 0.4  # rise of the loss, on the panel that shows it for each beta
SEED = 1
BETAS = tuple(round(0.05 * i, 2) for i in range(20))  # trained together; the slider only looks them up
LOSSES = {"mean squared error": "mean_squared_error", "cross-entropy": "cross_entropy"}
BATCHES = {"all images": 0, "256 images": 256, "64 images": 64}


@dataclass(frozen=True)
class EarlyEpochs:
    """Training runs of one network from the same initial weights, one for each beta.

    Attributes
    ----------
    beta : array (...)
    epoch_loss : array (epochs + 1, ...)
        Loss on all training images, at the start and after each epoch.
    draw_up : array (...)
        The largest rise of the loss from its lowest value so far; inf where it diverges.
    """

    beta: Array
    epoch_loss: Array
    draw_up: Array


def compute(
    learning_rate: float = 0.1,
    beta: ArrayLike = 0.9,
    *,
    loss: str = "mean_squared_error",
    batch_size: int | None = None,
    epochs: int = EPOCHS,
    seed: int = SEED,
) -> EarlyEpochs:
    """Train the network 64-32-10 on the digits by the course's rule, all values of beta in one pass.

    In float32, which gives the same curves to four digits in a third of the time.

    Parameters
    ----------
    learning_rate : float
        eta, positive.
    beta : array (...)
        Momentum coefficients in [0, 1).
    loss : str
        "mean_squared_error" or "cross_entropy".
    batch_size : int, optional
        Images in a batch; all of them if left out.
    epochs : int
        Passes over the training images.
    seed : int
        Of the generator that draws the initial weights and the batches.

    Returns
    -------
    EarlyEpochs

    Raises
    ------
    ValueError
        If an argument is out of range; the message names it.

    Examples
    --------
    >>> result = compute(beta=[0.0, 0.9], epochs=10)
    >>> print(result.draw_up.round(2))
    [0.   0.21]
    """
    rng = np.random.default_rng(seed)
    model = networks.mlp(loss=loss)
    history = networks.train(
        model,
        _digits(),
        rules.ema(learning_rate, beta),
        epochs,
        batch_size=batch_size,
        rng=rng,
        start=model.init(rng).astype(np.float32),
    )
    losses = np.where(np.isnan(history.epoch_loss), np.inf, history.epoch_loss)
    return EarlyEpochs(np.asarray(beta, dtype=float), losses, np.asarray(diagnostics.draw_up(losses)))


def early_epochs(*, network_controls: bool = False) -> Explorer:
    """Open the explorer: move beta, and see how much of the loss comes back in the first epochs.

    To be discovered: plain descent falls smoothly; the more momentum, the further the loss swings back.

    Parameters
    ----------
    network_controls : bool
        Also choose the learning rate, the loss and the batch size. A new choice takes a second to train.

    Examples
    --------
    >>> print(early_epochs().picture.status)
    β = 0.90: the loss falls to 0.81, rises again by 0.21, and ends at 0.29.
    """
    figure, axes = stage(top=2.6 if network_controls else 1.8)
    picture = LivePicture(
        figure,
        "The loss of a network on the digits over the first epochs, with and without momentum; beside it how "
        "far the loss rises again for each β.",
    )
    controls: dict[str, Any] = {"beta": slider("momentum β", 0.9, 0.0, 0.95, 0.05)}
    if network_controls:
        rates = {str(rate): rate for rate in (0.02, 0.05, 0.1, 0.2, 0.5)}
        controls["learning_rate"] = ladder("learning rate", rates, 0.1)
        controls["loss"] = toggles("loss", LOSSES, "mean_squared_error")
        controls["batch_size"] = toggles("batch", BATCHES, 0)  # None would be none of them
    train_all = lru_cache(partial(compute, beta=BETAS))

    def runs(beta: float, batch_size: int = 0, **network: Any) -> tuple[float, dict[str, Any], EarlyEpochs]:
        network["batch_size"] = batch_size or None
        return beta, network, train_all(**network)

    return Explorer(
        picture,
        controls,
        runs,
        lambda chosen, shown: frame(axes, chosen, shown),
        steps=EPOCHS,
        presets={
            "plain descent": {"beta": 0.0, "step": EPOCHS},
            "the usual 0.9": {"beta": 0.9, "step": EPOCHS},
            "more: 0.95": {"beta": 0.95, "step": EPOCHS},
        },
        interval=120,
        slow=network_controls,
    )


early_epochs.compute = compute  # type: ignore[attr-defined]


def stage(top: float) -> tuple[Figure, tuple[Axes, Axes]]:
    """Draw what stands still: empty axes, for losses up to ``top``."""
    with matplotlib.rc_context(figures.STYLE):
        figure = Figure(figsize=(9.6, 3.9), dpi=figures.PIXELS_PER_INCH, layout="constrained")
        left, right = figure.subplots(1, 2, width_ratios=(2.2, 1))
        left.set(title="Loss of a network on the digits", xlabel="epoch", ylabel="training loss")
        left.set(xlim=(0, EPOCHS), ylim=(0, top))
        momentum, plain = (left.plot([], [], **look)[0] for look in (MOMENTUM.points, PLAIN.plot))
        left.legend([momentum, plain], ["with momentum", "plain descent"], loc="upper right", frameon=False)
        right.set(title="Largest rise, for each β", xlabel="momentum β", ylabel="rise of the loss")
        right.set(xlim=(0, 1), ylim=(0, MOST))
    return figure, (left, right)


def frame(axes: tuple[Axes, Axes], chosen: tuple[float, Mapping[str, Any], EarlyEpochs], shown: int) -> Frame:
    """Draw the run of one beta over ``shown`` epochs; chosen are beta, the network, all its runs."""
    beta, network, runs = chosen
    left, right = axes
    one = int(np.argmin(np.abs(runs.beta - beta)))
    epochs = np.arange(shown + 1.0)
    loss, plain = runs.epoch_loss[: shown + 1, one], runs.epoch_loss[: shown + 1, 0]
    marks = [
        *_rise_marks(left, epochs, loss),
        line(left, epochs, plain, PLAIN, width=1.6),
        line(left, epochs, loss, width=2.4),
        points(left, epochs, loss, size=5),
        *_all_marks(right, runs, one, network.get("batch_size") is None),
    ]
    return Frame(marks, finding(beta, runs.epoch_loss[:, one]), _code(beta, **network))


def _all_marks(axes: Axes, runs: EarlyEpochs, one: int, seen_at_once: bool) -> list[Mark]:
    """Draw the rise of each beta, and say of the chosen one how far it is, or that there is none."""
    beta, rise = runs.beta[one], runs.draw_up[one]
    words = "no rise" if rise == 0 else "hardly a ripple" if rise < VISIBLE else f"{rise:.2f}"
    if _diverges(runs.epoch_loss[:, one]):
        words = "diverges"
    height = float(np.clip(rise, 0, 0.92 * MOST)) + 0.015
    side, across = ("right", beta - 0.05) if beta > 0.5 else ("left", beta + 0.04)
    marks = [
        line(axes, runs.beta, runs.draw_up, Role(INK), width=1.2),
        points(axes, runs.beta, runs.draw_up, Role(INK), size=4),
        points(axes, beta, rise, size=11),
        text(axes, across, height, words, align=side, bold=True),
    ]
    # With one step an epoch, the loss is seen too rarely to show each small swing: that makes the dents.
    whole = np.isfinite(runs.draw_up).all() and runs.draw_up.max() < MOST
    if whole and seen_at_once and (np.diff(runs.draw_up) < -VISIBLE).any():
        marks += [
            text(axes, 0.03, 0.92 * MOST, "uneven, because the loss", GREY, size=9),
            text(axes, 0.03, 0.86 * MOST, "is seen once an epoch", GREY, size=9),
        ]
    return marks


def _rise_marks(axes: Axes, epochs: Array, loss: Array) -> list[Mark]:
    """Fill what lies above the lowest loss so far, and measure it where it is highest."""
    if _diverges(loss):
        return []
    lowest = np.minimum.accumulate(loss)
    top, rise, again = _rise(loss)
    if rise < VISIBLE:
        return []
    words = text(axes, top + 0.6, loss[top] + 0.06, f"rises{again} by {rise:.2f}", bold=True)
    return [
        band(axes, epochs, lowest, loss, opacity=0.3),
        line(axes, epochs, lowest, Role(GREY, ":"), width=1.5),
        line(axes, [top, top], [lowest[top], loss[top]], Role(INK), width=2),
        words,
    ]


def finding(beta: float, loss: Array) -> str:
    """Say in words and numbers what this loss curve does.

    Examples
    --------
    >>> finding(0.5, np.array([2.0, 1.0, 0.5]))
    'β = 0.50: the loss falls at every epoch, from 2.00 to 0.50.'
    """
    if _diverges(loss):
        return f"β = {beta:.2f}: the training diverges; the loss grows beyond all bounds."
    top, rise, again = _rise(loss)
    start, end = f"{loss[0]:.2f}", f"{loss[-1]:.2f}"
    if rise == 0:
        falls = "falls at every epoch" if (np.diff(loss) < 0).all() else "never rises"
        return f"β = {beta:.2f}: the loss {falls}, from {start} to {end}."
    if rise < VISIBLE:
        return f"β = {beta:.2f}: the loss falls from {start} to {end}, with hardly a ripple."
    swing = f"falls to {loss[:top].min():.2f}, rises again" if again else f"rises from {start}"
    return f"β = {beta:.2f}: the loss {swing} by {rise:.2f}, and ends at {end}."


def _diverges(loss: Array) -> bool:
    return not loss[-1] <= 1e4


def _rise(loss: Array) -> tuple[int, float, str]:
    """Return the epoch up to which the loss rises most, how far, and whether it rises again or at once."""
    rises = loss - np.minimum.accumulate(loss)
    top = int(np.argmax(rises))
    return top, float(rises[top]), " again" if loss[: top + 1].argmin() else ""


def _code(
    beta: float, learning_rate: float = 0.1, loss: str = "mean_squared_error", batch_size: int | None = None
) -> str:
    model = "me.networks.mlp()" if loss == "mean_squared_error" else f'me.networks.mlp(loss="{loss}")'
    batch = "" if batch_size is None else f"batch_size={batch_size}, "
    rule = f"me.ema({learning_rate}, beta={beta})"
    rng = f"rng=np.random.default_rng({SEED})"
    return f"me.train({model}, me.load_digits(), {rule}, {EPOCHS}, {batch}{rng}).epoch_loss"


@lru_cache
def _digits() -> digits.Digits:
    return digits.load_digits()
