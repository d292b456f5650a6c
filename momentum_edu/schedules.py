"""The learning rate, or beta, as a function of the step.

Each function here returns a schedule: a callable that takes a step (0-based) or an array of steps and returns
the value there. Where PyTorch has a scheduler of that kind it is named, and the values are its values.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from momentum_edu import checks
from momentum_edu.plateau import ReduceOnPlateau as ReduceOnPlateau

Schedule = Callable[[Any], Any]


def constant(value: float) -> Schedule:
    """Return the schedule that is `value` at every step.

    Examples
    --------
    >>> constant(0.1)(7)
    0.1
    """
    level = _level("value", value)
    return _schedule(lambda t: np.full_like(t, level))


def step_decay(initial: float, factor: float, every: int) -> Schedule:
    """Return initial * factor^(t // every): a stair with steps of equal width (PyTorch's ``StepLR``).

    Examples
    --------
    >>> step_decay(1.0, 0.5, every=10)([0, 9, 10, 20]).tolist()
    [1.0, 1.0, 0.5, 0.25]
    """
    start, shrink, width = _level("initial", initial), _factor(factor), checks.count("every", every, 1)
    return _schedule(lambda t: start * shrink ** (t // width))


def multistep_decay(initial: float, milestones: Sequence[int], factor: float) -> Schedule:
    """Return `initial` times `factor` for each milestone reached (PyTorch's ``MultiStepLR``).

    Examples
    --------
    >>> multistep_decay(1.0, [3, 5], 0.1)([2, 3, 5]).round(3).tolist()
    [1.0, 0.1, 0.01]
    """
    start, shrink, marks = _level("initial", initial), _factor(factor), _increasing("milestones", milestones)
    return _schedule(lambda t: start * shrink ** np.searchsorted(marks, t, side="right"))


def exponential_decay(initial: float, factor: float) -> Schedule:
    """Return initial * factor^t (PyTorch's ``ExponentialLR``).

    Examples
    --------
    >>> exponential_decay(1.0, 0.5)(3)
    0.125
    """
    start, shrink = _level("initial", initial), _factor(factor)
    return _schedule(lambda t: start * shrink**t)


def inverse_time_decay(initial: float, rate: float) -> Schedule:
    """Return initial / (1 + rate t), the decay of Robbins and Monro's theory (1951).

    Examples
    --------
    >>> inverse_time_decay(1.0, 0.5)(2)
    0.5
    """
    start = _level("initial", initial)
    slowing = checks.number("rate", rate, lambda x: x >= 0, "be finite and not negative")
    return _schedule(lambda t: start / (1 + slowing * t))


def polynomial_decay(initial: float, steps: int, power: float = 1.0, final: float = 0.0) -> Schedule:
    """Fall from `initial` to `final` as (1 - t / steps)^power, then stay (PyTorch's ``PolynomialLR``).

    Examples
    --------
    >>> polynomial_decay(1.0, 10, power=2)([0, 5, 10, 99]).tolist()
    [1.0, 0.25, 0.0, 0.0]
    """
    start, end, length = _level("initial", initial), _level("final", final), checks.count("steps", steps, 1)
    bend = checks.number("power", power, lambda x: x > 0, "be finite and positive")
    return _schedule(lambda t: end + (start - end) * (1 - np.minimum(t / length, 1)) ** bend)


def cosine_decay(initial: float, steps: int, final: float = 0.0) -> Schedule:
    """Fall from `initial` to `final` along half a cosine, then stay (PyTorch's ``CosineAnnealingLR``).

    PyTorch's climbs again after `steps`; this one stays at `final`.

    Examples
    --------
    >>> cosine_decay(1.0, 100)([0, 50, 100]).round(6).tolist()
    [1.0, 0.5, 0.0]
    """
    start, end, length = _level("initial", initial), _level("final", final), checks.count("steps", steps, 1)
    return _schedule(lambda t: _half_cosine(start, end, np.minimum(t / length, 1)))


def cosine_restarts(initial: float, period: int, multiplier: int = 1, final: float = 0.0) -> Schedule:
    """Fall along half a cosine again and again (PyTorch's ``CosineAnnealingWarmRestarts``, SGDR 2017).

    The first fall takes `period` steps, each next one `multiplier` times as many as the one before.

    Examples
    --------
    >>> cosine_restarts(1.0, 10)([0, 10, 15]).round(6).tolist()
    [1.0, 1.0, 0.5]
    """
    start, end = _level("initial", initial), _level("final", final)
    length, growth = checks.count("period", period, 1), checks.count("multiplier", multiplier, 1)

    def value(t: Any) -> Any:
        if growth == 1:
            return _half_cosine(start, end, (t % length) / length)
        # Cycle n begins at length (growth^n - 1) / (growth - 1); the logarithm may land just beside it.
        cycle = np.floor(np.log1p(t / length * (growth - 1)) / np.log(growth) + 1e-9)
        begin = length * (growth**cycle - 1) / (growth - 1)
        return _half_cosine(start, end, (t - begin) / (length * growth**cycle))

    return _schedule(value)


def linear(start: float, end: float, steps: int) -> Schedule:
    """Go from `start` to `end` in equal steps, then stay (PyTorch's ``LinearLR``).

    As beta it is momentum warm-up: ``ema(0.1, beta=linear(0.0, 0.9, 30))``.

    Examples
    --------
    >>> linear(0.0, 0.9, 30)([0, 15, 30, 99]).round(6).tolist()
    [0.0, 0.45, 0.9, 0.9]
    """
    first, last, length = _level("start", start), _level("end", end), checks.count("steps", steps, 1)

    def value(t: Any) -> Any:
        done = np.minimum(t / length, 1)
        return first * (1 - done) + last * done

    return _schedule(value)


def warmup(schedule: Schedule | float, steps: int) -> Schedule:
    """Multiply a schedule by (t + 1) / steps during the first steps.

    The values of PyTorch's ``LinearLR(start_factor=1 / steps, total_iters=steps - 1)``, chained with another.

    Examples
    --------
    >>> warmup(1.0, 10)([0, 4, 9, 10]).tolist()
    [0.1, 0.5, 1.0, 1.0]
    """
    inner = _inner("schedule", schedule)
    length = checks.count("steps", steps, 1)
    return _schedule(lambda t: inner(t) * np.minimum((t + 1) / length, 1))


def one_cycle(
    peak: float,
    steps: int,
    *,
    warmup_share: float = 0.3,
    initial_divisor: float = 25.0,
    final_divisor: float = 1e4,
) -> Schedule:
    """Rise to `peak` and fall far below the start, along half cosines (PyTorch's ``OneCycleLR``, Smith 2018).

    Parameters
    ----------
    peak : float
        Largest value.
    steps : int
        Length of the cycle, at least 2; after it the last value stays.
    warmup_share : float
        Share of the steps spent rising, in (0, 1) and long enough for more than one step.
    initial_divisor, final_divisor : float
        The start is peak / initial_divisor, the end start / final_divisor.

    Returns
    -------
    schedule

    Examples
    --------
    >>> cycle = one_cycle(1.0, 11)
    >>> print(f"{cycle(0):.2f} {cycle(10):.6f}")
    0.04 0.000004
    """
    top, length = _level("peak", peak), checks.count("steps", steps, 2)
    share = checks.number("warmup_share", warmup_share, lambda x: (x > 0) & (x < 1), "lie in (0, 1)")
    low = top / checks.number("initial_divisor", initial_divisor, lambda x: x > 0, "be finite and positive")
    end = low / checks.number("final_divisor", final_divisor, lambda x: x > 0, "be finite and positive")
    turn, last = share * length - 1, length - 1
    if turn <= 0:
        raise ValueError(f"warmup_share of {length} steps must be more than one step; got {warmup_share}")

    def value(t: Any) -> Any:
        t = np.minimum(t, last)
        rising, falling = t / turn, (t - turn) / (last - turn)
        return np.where(t <= turn, _half_cosine(low, top, rising), _half_cosine(top, end, falling))

    return _schedule(value)


def join(schedules: Sequence[Schedule | float], boundaries: Sequence[int]) -> Schedule:
    """Follow one schedule after another, each from its own step 0 (PyTorch's ``SequentialLR``).

    Parameters
    ----------
    schedules : sequence of schedule or number
        At least one.
    boundaries : sequence of int
        The steps at which the next one takes over: increasing, one fewer than there are schedules.

    Returns
    -------
    schedule

    Examples
    --------
    >>> join([linear(0.0, 1.0, 10), 0.1], [10])([5, 10]).tolist()
    [0.5, 0.1]
    """
    parts = [_inner(f"schedules[{i}]", part) for i, part in enumerate(schedules)]
    starts = _increasing("boundaries", boundaries)
    if len(starts) != len(parts) - 1:
        raise ValueError(f"boundaries must be one fewer than the {len(parts)} schedules; got {len(starts)}")

    def value(t: Any) -> Any:
        result = parts[0](t)
        for start, part in zip(starts, parts[1:], strict=True):
            result = np.where(t >= start, part(np.maximum(t - start, 0)), result)
        return result

    return _schedule(value)


def _schedule(value: Callable[[Any], Any]) -> Schedule:
    def at(step: ArrayLike) -> Any:
        t = checks.in_range("step", step, lambda x: x >= 0, "be finite and not negative").astype(float)
        result = value(t)
        return float(result) if t.ndim == 0 else result

    return at


def _half_cosine(start: float, end: float, share: Any) -> Any:
    return end + (start - end) * (1 + np.cos(np.pi * share)) / 2


def _inner(name: str, schedule: Schedule | float) -> Schedule:
    if callable(schedule):
        return schedule
    wanted = "be a schedule or a number, finite and not negative"
    return constant(checks.number(name, schedule, lambda x: x >= 0, wanted))


def _increasing(name: str, values: Sequence[int]) -> Any:
    marks = np.array([checks.count(f"{name}[{i}]", mark, 1) for i, mark in enumerate(values)], dtype=float)
    if np.any(np.diff(marks) <= 0):
        raise ValueError(f"{name} must increase; got {list(values)}")
    return marks


def _level(name: str, value: float) -> float:
    return checks.number(name, value, lambda x: x >= 0, "be finite and not negative")


def _factor(factor: float) -> float:
    return checks.number("factor", factor, lambda x: (x > 0) & (x <= 1), "lie in (0, 1]")
