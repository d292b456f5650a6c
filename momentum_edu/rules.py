"""The update rules, each a pair of pure functions: `init` makes a velocity, `update` takes one step.

Four conventions for momentum are in use. At a constant learning rate and beta they describe the same
paths once the rate is converted (`momentum_edu.convert`); under a schedule they part.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from momentum_edu import checks
from momentum_edu.checks import Array

Coefficient = ArrayLike | Callable[[int], ArrayLike]
Formula = Callable[[Any, Any, Any, Any, Any], tuple[Any, Any]]


@dataclass(frozen=True)
class Rule:
    """An update rule: a formula and its two coefficients as functions of the step.

    Attributes
    ----------
    name : str
        The convention's name, for example ``"ema"``.
    learning_rate, beta : callable
        ``rule.learning_rate(step)`` is the value used at that step (0-based), a float or an array that
        broadcasts against the batch axes.
    formula : callable
        ``formula(w, v, g, eta, beta) -> (w, v)``, the two lines of the rule as they stand in its docstring.

    Examples
    --------
    >>> import numpy as np
    >>> rule = ema(learning_rate=1.0, beta=0.9)
    >>> w = np.array([1.0])
    >>> v = rule.init(w)
    >>> w, v = rule.update(w, v, g=w, step=0)
    >>> print(f"w = {w[0]:.2f}, v = {v[0]:.2f}")
    w = 0.90, v = 0.10
    """

    name: str
    learning_rate: Callable[[int], Any]
    beta: Callable[[int], Any]
    formula: Formula

    def init(self, w: Array) -> Array:
        """Return the velocity before the first step: zeros in the shape of `w` (..., d)."""
        return np.zeros_like(w)

    def update(self, w: Array, v: Array, g: Array, step: int) -> tuple[Array, Array]:
        """Take one step: point, velocity, gradient, all (..., d), to the next point and velocity."""
        return self.step(w, v, g, self.learning_rate(step), self.beta(step))

    def step(self, w: Array, v: Array, g: Array, learning_rate: Any, beta: Any) -> tuple[Array, Array]:
        """Take one step with these coefficients, numbers or arrays in the shape of the batch (...)."""
        w, v = self.formula(w, v, g, _against(w, learning_rate), _against(w, beta))
        return w, v


def ema(learning_rate: Coefficient, beta: Coefficient = 0.9) -> Rule:
    """Momentum as an exponential moving average of gradients: the rule of this course.

    ::

        v = beta v + (1 - beta) g
        w = w - eta v

    The velocity is a weighted mean of past gradients, so it never exceeds the largest of them. Often
    confused with PyTorch's ``SGD(momentum=beta, dampening=beta)``, whose first velocity is g and not
    (1 - beta) g.

    Parameters
    ----------
    learning_rate : float, array or schedule
        eta, positive. An array broadcasts against the batch axes; a schedule is a callable of the step.
    beta : float, array or schedule
        Momentum coefficient in [0, 1), dimensionless.

    Returns
    -------
    Rule

    Raises
    ------
    ValueError
        If a rate is not finite and positive or a beta is outside [0, 1).

    Examples
    --------
    >>> ema(0.1, beta=0.9).name
    'ema'
    """

    def formula(w: Array, v: Array, g: Array, eta: Array, beta: Array) -> tuple[Array, Array]:
        v = beta * v + (1 - beta) * g
        w = w - eta * v
        return w, v

    return _rule("ema", learning_rate, beta, formula)


def heavy_ball(learning_rate: Coefficient, beta: Coefficient = 0.9) -> Rule:
    """Polyak's heavy ball (1964), as PyTorch's ``SGD(momentum=beta)`` and Optax's ``sgd`` write it.

    ::

        v = beta v + g
        w = w - eta v

    The velocity is a *sum*: a constant gradient is magnified 1 / (1 - beta) times. `ema` at eta is this
    rule at eta (1 - beta). Parameters, returns and errors as for `ema`.

    Examples
    --------
    >>> heavy_ball(0.01).name
    'heavy_ball'
    """

    def formula(w: Array, v: Array, g: Array, eta: Array, beta: Array) -> tuple[Array, Array]:
        v = beta * v + g
        w = w - eta * v
        return w, v

    return _rule("heavy_ball", learning_rate, beta, formula)


def classical_momentum(learning_rate: Coefficient, beta: Coefficient = 0.9) -> Rule:
    """Momentum whose velocity holds the learning rate (Sutskever et al. 2013; Keras's ``SGD``).

    ::

        v = beta v - eta g
        w = w + v

    The velocity is a displacement. At a constant rate the path is `heavy_ball`'s; when the rate changes,
    this rule still carries the steps taken at the old rate. Parameters, returns and errors as for `ema`.

    Examples
    --------
    >>> classical_momentum(0.01).name
    'classical_momentum'
    """

    def formula(w: Array, v: Array, g: Array, eta: Array, beta: Array) -> tuple[Array, Array]:
        v = beta * v - eta * g
        w = w + v
        return w, v

    return _rule("classical_momentum", learning_rate, beta, formula)


def nesterov(learning_rate: Coefficient, beta: Coefficient = 0.9) -> Rule:
    """Nesterov's momentum (1983), as PyTorch's ``SGD(momentum=beta, nesterov=True)`` writes it.

    ::

        v = beta v + g
        w = w - eta (g + beta v)

    The step looks one velocity ahead. It is stable only for eta lambda < (2 + 2 beta) / (1 + 2 beta), which
    is less than plain descent's 2. Parameters, returns and errors as for `ema`.

    Examples
    --------
    >>> nesterov(0.01).name
    'nesterov'
    """

    def formula(w: Array, v: Array, g: Array, eta: Array, beta: Array) -> tuple[Array, Array]:
        v = beta * v + g
        w = w - eta * (g + beta * v)
        return w, v

    return _rule("nesterov", learning_rate, beta, formula)


def gradient_descent(learning_rate: Coefficient) -> Rule:
    """Plain gradient descent (Cauchy 1847), the baseline; its velocity is the gradient just used.

    ::

        w = w - eta g

    Parameters, returns and errors as for `ema`.

    Examples
    --------
    >>> gradient_descent(0.1).beta(0)
    0.0
    """

    def formula(w: Array, v: Array, g: Array, eta: Array, beta: Array) -> tuple[Array, Array]:
        w = w - eta * g
        return w, g

    return _rule("gradient_descent", learning_rate, 0.0, formula)


def _rule(name: str, learning_rate: Coefficient, beta: Coefficient, formula: Formula) -> Rule:
    rate = _as_schedule("learning_rate", learning_rate, checks.learning_rate, _scheduled_rate)
    return Rule(name, rate, _as_schedule("beta", beta, checks.beta, checks.beta), formula)


def _scheduled_rate(value: ArrayLike, name: str) -> Array:
    # A schedule may touch zero (the first step of a warm-up, the last of a decay); a constant may not.
    return checks.in_range(name, value, lambda x: x >= 0, "be finite and not negative")


def _as_schedule(
    name: str,
    value: Coefficient,
    check_constant: Callable[[ArrayLike, str], Array],
    check_scheduled: Callable[[ArrayLike, str], Array],
) -> Callable[[int], Any]:
    if callable(value):
        schedule = value

        def scheduled(step: int) -> Any:
            return _plain(check_scheduled(schedule(step), f"{name} at step {step}"))

        return scheduled
    constant = _plain(check_constant(value, name))
    return lambda step: constant


def _plain(value: Array) -> Any:
    # A Python float neither slows a small step down nor turns a float32 path into float64.
    return float(value) if value.ndim == 0 else value


def _against(w: Array, coefficient: Any) -> Any:
    """Give a batch-shaped coefficient the last axis of `w`, and its dtype."""
    if isinstance(coefficient, float):
        return coefficient
    return coefficient[..., np.newaxis].astype(w.dtype, copy=False)
