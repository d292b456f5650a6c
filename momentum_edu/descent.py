"""Walk down a landscape by an update rule and keep the whole path."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from momentum_edu import checks
from momentum_edu.checks import Array
from momentum_edu.landscapes import Landscape
from momentum_edu.rules import Rule

FAR = 1e10  # a run that gets this many times farther than it started has diverged, finite or not


@dataclass(frozen=True)
class Trajectory:
    """The path of one or many runs: index 0 is the start, index t the state after t steps.

    Attributes
    ----------
    w : array (steps + 1, ..., d)
        Points.
    v : array (steps + 1, ..., d)
        Velocities, in the convention of the rule.
    gradient : array (steps, ..., d)
        The gradient used at each step, noise included.
    loss : array (steps + 1, ...) or None
        Values of the landscape; None when only a gradient was given.
    learning_rate, beta : array (steps, ...)
        The coefficients used at each step.
    diverged : bool array (...)
        True where a number of the run is not finite, or the run got 1e10 times farther from the origin than
        it started (or than 1). Its numbers are left as they came: large, inf or nan.
    step : int array (steps + 1,)
        The step each kept point belongs to: 0, 1, 2, ... or every `keep_every`-th.
    rule : str
        Name of the rule.
    """

    w: Array
    v: Array
    gradient: Array
    loss: Array | None
    learning_rate: Array
    beta: Array
    diverged: Any
    step: Any
    rule: str


def descend(
    landscape: Landscape | Callable[[Array], Array],
    start: ArrayLike,
    rule: Rule,
    steps: int,
    *,
    noise: float = 0.0,
    rng: "np.random.Generator | None" = None,  # in quotes: numpy.random loads only when noise is asked for
    keep_every: int = 1,
) -> Trajectory:
    """Take `steps` steps of `rule` from `start`, for one run or a whole batch at once.

    Parameters
    ----------
    landscape : Landscape or callable
        What to descend on. A callable is taken as the gradient: w (..., d) -> g (..., d).
    start : array (..., d)
        Starting points. The last axis is the dimension, axes before it are independent runs. Arrays in
        the rule's learning rate or beta add runs too, by broadcasting against these axes.
    rule : Rule
        From `momentum_edu.rules`, for example ``ema(0.1, beta=0.9)``.
    steps : int
        Number of steps, at least 0.
    noise : float
        Standard deviation of Gaussian noise added to each component of each gradient.
    rng : numpy.random.Generator, optional
        Where the noise comes from; needed when `noise` is not 0.
    keep_every : int
        Keep only every k-th point, to save memory. Then `w`, `v`, `loss` hold the steps in `step`, and
        `gradient` the gradients taken at the kept points except a last one at which no step was taken.

    Returns
    -------
    Trajectory
        A run that diverges is no error: it is flagged in `diverged`.

    Raises
    ------
    ValueError, TypeError
        If shapes don't broadcast, the gradient has the wrong shape, or an argument is out of range.

    Examples
    --------
    >>> from momentum_edu import descend, ema, landscapes
    >>> path = descend(landscapes.ravine(100), [2.0, 0.2], ema(0.1, beta=0.9), steps=300)
    >>> path.w.shape, bool(path.diverged)
    ((301, 2), False)
    """
    steps, keep_every = checks.count("steps", steps), checks.count("keep_every", keep_every, smallest=1)
    if not isinstance(rule, Rule):
        raise TypeError(f"rule must be a Rule, such as ema(0.1, beta=0.9); got {rule!r}")
    noise = checks.number("noise", noise, lambda x: x >= 0, "be finite and not negative")
    if noise > 0 and not isinstance(rng, np.random.Generator):
        raise ValueError(f"rng must be a numpy.random.Generator when noise is not 0; got {rng!r}")
    gradient_at = landscape.gradient if isinstance(landscape, Landscape) else landscape
    if not callable(gradient_at):
        raise TypeError(f"landscape must be a Landscape or a gradient function; got {landscape!r}")

    w = _start(landscape, start, rule)
    v = rule.init(w)
    kept, taken = steps // keep_every + 1, -(-steps // keep_every)
    ws, vs = np.empty((kept, *w.shape), w.dtype), np.empty((kept, *w.shape), w.dtype)
    gs = np.empty((taken, *w.shape), w.dtype)
    rates, betas = [], []
    ws[0], vs[0] = w, v
    with np.errstate(all="ignore"):
        for t in range(steps):
            g = gradient_at(w)
            if t == 0:
                _check_gradient(g, w)
            if rng is not None and noise > 0:
                g = g + noise * rng.standard_normal(w.shape).astype(w.dtype, copy=False)
            eta, beta = rule.learning_rate(t), rule.beta(t)
            w, v = rule.step(w, v, g, eta, beta)
            rates.append(eta)
            betas.append(beta)
            if t % keep_every == 0:
                gs[t // keep_every] = g
            if (t + 1) % keep_every == 0:
                ws[(t + 1) // keep_every], vs[(t + 1) // keep_every] = w, v
        loss = _values(landscape, ws) if isinstance(landscape, Landscape) else None
        diverged = _diverged(ws, w)
    batch = w.shape[:-1]
    return Trajectory(
        w=ws,
        v=vs,
        gradient=gs,
        loss=loss,
        learning_rate=_stack(rates, batch),
        beta=_stack(betas, batch),
        diverged=diverged,
        step=np.arange(kept) * keep_every,
        rule=rule.name,
    )


def _start(landscape: Any, start: ArrayLike, rule: Rule) -> Array:
    w = checks.in_range("start", start, np.isfinite, "be finite")
    if w.ndim == 0:
        raise ValueError("start must have a last axis, the dimension: (..., d); got a single number")
    if isinstance(landscape, Landscape) and w.shape[-1] != landscape.dimension:
        raise ValueError(
            f"start must end in the landscape's dimension {landscape.dimension}; got shape {w.shape}"
        )
    shapes = {"start": w.shape[:-1], "learning_rate": np.shape(rule.learning_rate(0))}
    shapes["beta"] = np.shape(rule.beta(0))
    try:
        batch = np.broadcast_shapes(*shapes.values())
    except ValueError:
        told = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
        raise ValueError(f"the batch axes must broadcast against each other; got {told}") from None
    return np.array(np.broadcast_to(w, (*batch, w.shape[-1])), order="C")


def _check_gradient(g: Any, w: Array) -> None:
    if np.shape(g) != w.shape:
        raise ValueError(f"the gradient must have the shape of the point, {w.shape}; got {np.shape(g)}")
    if not isinstance(g, np.ndarray):
        raise TypeError(f"the gradient must be a NumPy array; got {g!r}")


def _values(landscape: Landscape, ws: Array) -> Array:
    # A large batch is valued point by point of the path, so that what is at work stays in the cache.
    if ws[0].size < 1000:
        return landscape.value(ws)
    loss = np.empty(ws.shape[:-1], ws.dtype)
    for t, w in enumerate(ws):
        loss[t] = landscape.value(w)
    return loss


def _diverged(ws: Array, last: Array) -> Any:
    # What is not finite stays not finite, so the last point stands for all before it.
    finite = np.isfinite(last).all(axis=-1)
    size = np.maximum(ws.max(axis=0), -ws.min(axis=0)).max(axis=-1)
    reach = np.maximum(np.abs(ws[0]).max(axis=-1), 1)
    return ~(finite & (size <= FAR * reach))


def _stack(values: list[Any], batch: tuple[int, ...]) -> Array:
    if values and all(value is values[0] for value in values):  # constant: one number, seen many times
        return np.broadcast_to(np.asarray(values[0], float), (len(values), *batch))
    stacked = [np.broadcast_to(value, batch) for value in values]
    return np.stack(stacked).astype(float, copy=False) if stacked else np.empty((0, *batch))
