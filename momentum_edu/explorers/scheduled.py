"""The runs behind the explorer of schedules: a parabola and a network under the same two schedules."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from momentum_edu import checks, diagnostics, networks, rules, schedules
from momentum_edu.checks import Array
from momentum_edu.digits import load_digits

STEPS = 40  # of the walk on the parabola, and epochs of the training: all images in each step
CURVATURE = 10.0  # of the parabola: learning rate 0.1 is h = 1
SEED = 1
FACTOR, PATIENCE = 0.5, 2  # of the plateau schedule

RATES = ("constant", "warm-up", "cosine decay", "halved every n steps", "one cycle", "halved on a plateau")
BETAS = ("constant", "warm-up from 0", "warm-up from β/2")
FORMS = ("ema", "heavy_ball", "classical_momentum")


@dataclass(frozen=True)
class Scheduled:
    """One walk on a parabola of curvature 10 from 1 at rest, and one training on the digits.

    Attributes
    ----------
    eta, beta : array (steps,)
        The coefficients used at each step on the parabola; eta in the course's terms whatever the form.
    x : array (steps + 1,)
        Position on the parabola.
    overshoot : float
        As a fraction of the first distance.
    network_eta : array (steps,)
        The learning rate in the training: another one only where it listens to the loss.
    loss : array (steps + 1,)
        Training loss of the network, at the start and after each epoch; inf once it has diverged.
    draw_up : float
        The largest rise of this loss from its lowest value so far.
    """

    eta: Array
    beta: Array
    x: Array
    overshoot: float
    network_eta: Array
    loss: Array
    draw_up: float


def compute(
    rate: str = "warm-up",
    momentum: str = "constant",
    form: str = "ema",
    learning_rate: float = 0.1,
    beta: float = 0.9,
    length: int = 10,
    steps: int = STEPS,
) -> Scheduled:
    """Walk down a parabola and train a network, both under the same two schedules.

    The network (64-32-10, mean squared error, all images in each step, float32) is trained when a setting is
    asked for the first time, and remembered.

    Parameters
    ----------
    rate, momentum : str
        Shape of the learning rate and of beta over the steps: one of ``RATES`` and of ``BETAS``.
    form : str
        "ema", "heavy_ball" or "classical_momentum". The last two take learning_rate * (1 - beta), so that at
        constant coefficients all three walk the same path.
    learning_rate, beta : float
        The largest values of the schedules.
    length : int
        Steps of a warm-up, or between two halvings.
    steps : int
        Steps on the parabola, and epochs of the training.

    Returns
    -------
    Scheduled

    Raises
    ------
    ValueError
        If an argument is out of range; the message names it.

    Examples
    --------
    >>> print(f"{compute(rate='constant').overshoot:.3f} {compute(rate='warm-up').overshoot:.3f}")
    0.604 0.849
    """
    checks.choice("rate", rate, RATES)
    checks.choice("momentum", momentum, BETAS)
    checks.choice("form", form, FORMS)
    checks.learning_rate(learning_rate, "learning_rate")
    checks.beta(beta, "beta")
    return _run(rate, momentum, form, learning_rate, beta, checks.count("length", length, 1), steps)


@lru_cache(maxsize=2000)
def _run(*settings: Any) -> Scheduled:
    def parabola(x: float) -> tuple[float, float]:
        return CURVATURE * x * x / 2, CURVATURE * x

    etas, betas, xs, _ = _walk(parabola, 1.0, *settings)
    path = np.array(xs)
    network_eta, loss = _train(*settings)
    return Scheduled(
        eta=etas,
        beta=betas,
        x=path,
        overshoot=max(0.0, -float(path.min())),
        network_eta=network_eta,
        loss=loss,
        draw_up=float(diagnostics.draw_up(loss)),
    )


def _walk(
    slope: Callable[[Any], tuple[Any, Any]],
    w: Any,
    rate: str,
    momentum: str,
    form: str,
    learning_rate: float,
    beta: float,
    length: int,
    steps: int,
) -> tuple[Array, Array, list[Any], list[Any]]:
    """Walk by the rule's own formula; ``slope`` gives loss and gradient, which may be plain numbers."""
    formula = getattr(rules, form)(learning_rate, beta).formula
    scale = 1.0 if form == "ema" else 1 - beta
    eta, at = _rate(rate, learning_rate, length, steps), np.arange(steps)
    betas = _beta(momentum, beta, length)(at)
    listens = isinstance(eta, schedules.ReduceOnPlateau)
    etas = at * 0.0 if listens else eta(at)
    v, ws, losses = 0 * w, [w], []
    with np.errstate(all="ignore"):
        for t, b in enumerate(betas.tolist()):
            loss, g = slope(w)
            if listens:
                eta.observe(loss)
                etas[t] = eta.value
            w, v = formula(w, v, g, scale * float(etas[t]), b)
            ws.append(w)
            losses.append(loss)
    return etas, betas, ws, losses


def _train(*settings: Any) -> tuple[Array, Array]:
    images, labels = _digits()
    model = networks.mlp()
    start = model.init(np.random.default_rng(SEED)).astype(np.float32)
    etas, _, ws, losses = _walk(lambda w: model.loss_and_gradient(w, images, labels), start, *settings)
    with np.errstate(all="ignore"):
        loss = np.array([*losses, model.loss(ws[-1], images, labels)], dtype=float)
    return etas, np.where(np.isnan(loss), np.inf, loss)


@lru_cache
def _digits() -> tuple[Array, Any]:
    digits = load_digits()
    return digits.train_images.astype(np.float32), digits.train_labels


def _rate(shape: str, peak: float, length: int, steps: int) -> Any:
    make: dict[str, Callable[[], Any]] = {
        "constant": lambda: schedules.constant(peak),
        "warm-up": lambda: schedules.warmup(peak, length),
        "cosine decay": lambda: schedules.cosine_decay(peak, steps),
        "halved every n steps": lambda: schedules.step_decay(peak, FACTOR, length),
        "one cycle": lambda: schedules.one_cycle(peak, steps),
        "halved on a plateau": lambda: schedules.ReduceOnPlateau(peak, FACTOR, PATIENCE),
    }
    return make[shape]()


def _beta(shape: str, last: float, length: int) -> schedules.Schedule:
    first = {"constant": last, "warm-up from 0": 0.0, "warm-up from β/2": last / 2}[shape]
    return schedules.linear(first, last, length)
