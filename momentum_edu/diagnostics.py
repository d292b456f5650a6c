"""Numbers measured from curves and paths: step response, draw-up, zigzag, escape, energy."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from momentum_edu import checks
from momentum_edu.checks import Array
from momentum_edu.descent import Trajectory
from momentum_edu.landscapes import Landscape

HUGE = np.float64(
    1e150
)  # differences and ratios of smaller numbers stay numbers; may be compared with float32


@dataclass(frozen=True)
class StepInfo:
    """How a signal goes from its first value to its final one. What never happens is nan."""

    rise_time: float  # steps from the first time past rise[0] of the way to the first past rise[1]
    settling_time: float  # the step from which on it stays within the tolerance
    overshoot: float  # how far it shoots past the final value, as a fraction of the way
    undershoot: float  # how far it goes the wrong way, behind its start, as a fraction of the way
    peak: float  # the value farthest from the start
    peak_time: float  # and its step
    final: float  # the final value used


class Zigzag(NamedTuple):
    """How crooked a path is: length over net distance (at least 1), and the share of sharp turns (0 to 1)."""

    length_ratio: Any
    turn_share: Any


def step_info(
    signal: ArrayLike,
    final: float | None = None,
    tolerance: float = 0.02,
    rise: tuple[float, float] = (0.1, 0.9),
    *,
    initial: float | None = None,
) -> StepInfo:
    """Measure a step response as control engineers do: rise time, settling time, overshoot, peak.

    The meanings are python-control's ``step_info``, with three differences: the way is measured from the
    signal's first value (python-control takes 0: pass ``initial=0.0`` for that), a final value of 0 is one
    like any other, and fractions are not percent.

    Parameters
    ----------
    signal : array (steps + 1,)
        One value a step.
    final : float, optional
        Where the signal is going; its last value if not given.
    tolerance : float
        Half-width of the settling band, as a fraction of the way; in (0, 1).
    rise : (float, float)
        The two fractions of the way between which the rise time is taken, 0 <= low < high <= 1.
    initial : float, optional
        Where the way begins; the first value if not given.

    Returns
    -------
    StepInfo

    Raises
    ------
    ValueError
        If the signal is empty, not one-dimensional or not finite, or an option is out of range.

    Examples
    --------
    >>> from momentum_edu import theory
    >>> info = step_info(theory.response(1.0, 0.9, steps=200), final=0.0)
    >>> print(f"overshoot {info.overshoot:.3f}, peak at step {info.peak_time:.0f}")
    overshoot 0.604, peak at step 9
    """
    y = _curve("signal", signal)
    start = y[0] if initial is None else _level("initial", initial)
    end = y[-1] if final is None else _level("final", final)
    tol = checks.number("tolerance", tolerance, lambda x: (x > 0) & (x < 1), "lie in (0, 1)")
    limits = checks.in_range("rise", rise, lambda x: (x >= 0) & (x <= 1), "lie in [0, 1]")
    if limits.shape != (2,) or limits[0] >= limits[1]:
        raise ValueError(f"rise must be two increasing fractions; got {rise}")

    peak_time = int(np.abs(y - start).argmax())
    if end == start:  # no way to go: nothing is a fraction of it
        settled = 0.0 if np.all(y == end) else np.nan
        return StepInfo(np.nan, settled, np.nan, np.nan, float(y[peak_time]), float(peak_time), float(end))
    with np.errstate(over="ignore"):
        way = (y - start) / (end - start)  # 0 at the start, 1 at the final value, up or down
    return StepInfo(
        rise_time=_first(way >= limits[1]) - _first(way >= limits[0]),
        settling_time=_last_entry(np.abs(way - 1) < tol),
        overshoot=float(max(way.max() - 1, 0)),
        undershoot=float(max(-way.min(), 0)),
        peak=float(y[peak_time]),
        peak_time=float(peak_time),
        final=float(end),
    )


def draw_up(losses: ArrayLike) -> Any:
    """Return the largest rise of a loss curve from its lowest value so far; 0 if it never rises.

    It answers "how much did it get worse again?", which last minus first does not.

    Parameters
    ----------
    losses : array (steps + 1, ...)
        One or more curves, time along the first axis. inf is allowed and gives inf.

    Returns
    -------
    float or array (...)

    Raises
    ------
    ValueError
        If the curve is empty or holds nan.

    Examples
    --------
    >>> draw_up([3.0, 1.0, 2.5, 0.5, 1.0])
    1.5
    """
    y = checks.in_range("losses", losses, lambda x: ~np.isnan(x), "not be nan", finite=False)
    if y.ndim == 0 or y.shape[0] == 0:
        raise ValueError(f"losses must hold at least one value along the first axis; got shape {y.shape}")
    with np.errstate(invalid="ignore"):
        rises = y - np.minimum.accumulate(y, axis=0)
    rises[np.isnan(rises)] = 0.0  # inf from inf on is no rise
    worst = rises.max(axis=0)
    return _plain(worst)


def zigzag(path: ArrayLike) -> Zigzag:
    """Measure how crooked a path is.

    Parameters
    ----------
    path : array (steps + 1, ..., d)
        Points, time along the first axis, for example ``trajectory.w``.

    Returns
    -------
    Zigzag
        ``length_ratio``: path length over the distance between its ends (inf for a closed path, nan where
        nothing moved); ``turn_share``: the share of steps that turn by more than 90 degrees from the step
        before (nan with fewer than two moves). Floats, or arrays (...).

    Raises
    ------
    ValueError
        If the path has no time axis or is not finite.

    Examples
    --------
    >>> zigzag([[0, 0], [1, 1], [2, 0], [3, 1]]).turn_share
    0.0
    >>> zigzag([[0.0], [2.0], [1.0], [3.0]]).turn_share
    1.0
    """
    w = checks.in_range("path", path, np.isfinite, "be finite")
    if w.ndim < 2 or w.shape[0] == 0:
        raise ValueError(f"path must have the shape (steps + 1, ..., d); got {w.shape}")
    moves = np.diff(w, axis=0)
    length = np.linalg.norm(moves, axis=-1).sum(axis=0)
    net = np.linalg.norm(w[-1] - w[0], axis=-1)
    turns = (moves[1:] * moves[:-1]).sum(axis=-1)
    moved = np.any(moves[1:] != 0, axis=-1) & np.any(moves[:-1] != 0, axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return Zigzag(_plain(length / net), _plain((turns < 0).sum(axis=0) / moved.sum(axis=0)))


def escape_step(trajectory: Trajectory, point: ArrayLike, radius: float) -> Any:
    """Return the first step at which a run is farther than `radius` from `point`; nan if it never is.

    Parameters
    ----------
    trajectory : Trajectory
        From `descend`.
    point : array (d,)
        For example a saddle: ``landscape.saddles[0]``.
    radius : float
        Positive.

    Returns
    -------
    float or array (...)
        Steps; 0 for a run that starts outside.

    Examples
    --------
    >>> from momentum_edu import descend, gradient_descent, landscapes
    >>> pass_ = landscapes.saddle(1.0)
    >>> path = descend(pass_, [0.0, 1e-3], gradient_descent(0.1), 200)
    >>> escape_step(path, pass_.saddles[0], radius=1.0)
    73.0
    """
    centre = checks.in_range("point", point, np.isfinite, "be finite")
    if centre.shape != trajectory.w.shape[-1:]:
        raise ValueError(f"point must have the shape {trajectory.w.shape[-1:]}; got {centre.shape}")
    reach = checks.number("radius", radius, lambda x: x > 0, "be finite and positive")
    with np.errstate(all="ignore"):
        # A run that overflowed is far away, not near: nan distances count as outside.
        outside = ~(np.linalg.norm(trajectory.w - centre, axis=-1) <= reach)
    steps = np.where(outside.any(axis=0), trajectory.step[outside.argmax(axis=0)], np.nan)
    return _plain(steps)


def energy(trajectory: Trajectory, landscape: Landscape) -> Array:
    """Return the energy of a run, potential plus kinetic, which momentum can spend but never earn.

    For the EMA rule E_t = f(w_t) + beta / (2 eta (1 - beta)) |w_t - w_(t-1)|^2. For eta <= 2 / L, with L the
    largest curvature, it never rises, so a run from rest never gets above the height it started from
    (O'Neill and Wright 2019; Danilova et al. 2018). The factor is beta / (2 rate) for heavy_ball and
    classical_momentum, whose rate is eta (1 - beta), and 0 for gradient_descent.

    Parameters
    ----------
    trajectory : Trajectory
        From `descend`.
    landscape : Landscape
        The one it ran on.

    Returns
    -------
    array (steps + 1, ...)

    Raises
    ------
    ValueError
        For a Nesterov run, which keeps no such ledger.

    Examples
    --------
    >>> from momentum_edu import descend, ema, landscapes
    >>> well = landscapes.double_well(0.1)
    >>> path = descend(well, [1.6], ema(0.1, beta=0.9), 500)
    >>> bool((np.diff(energy(path, well)) <= 1e-15).all())
    True
    """
    checks.choice(
        "trajectory.rule", trajectory.rule, ("ema", "heavy_ball", "classical_momentum", "gradient_descent")
    )
    with np.errstate(all="ignore"):
        height = np.array(landscape.value(trajectory.w))
        if trajectory.rule == "gradient_descent":
            return height
        taken = trajectory.step[1:] - 1  # the step that led to each kept point
        eta, beta = trajectory.learning_rate[taken], trajectory.beta[taken]
        speed2 = (trajectory.v[1:] ** 2).sum(axis=-1)  # |move|^2 is eta^2 of it, but for classical_momentum
        scale = {"ema": eta / (1 - beta), "heavy_ball": eta, "classical_momentum": 1 / eta}[trajectory.rule]
        height[1:] += beta * scale * speed2 / 2
    return height


def _curve(name: str, values: ArrayLike) -> Array:
    y = checks.in_range(name, values, lambda x: np.abs(x) < HUGE, "be finite and below 1e150 in size")
    if y.ndim != 1 or y.size == 0:
        raise ValueError(f"{name} must be one non-empty curve (steps + 1,); got shape {y.shape}")
    return np.asarray(y, float)


def _level(name: str, value: float) -> float:
    return checks.number(name, value, lambda x: np.abs(x) < HUGE, "be finite and below 1e150 in size")


def _plain(value: Any) -> Any:
    return float(value) if np.ndim(value) == 0 else value


def _first(happened: Any) -> float:
    return float(happened.argmax()) if happened.any() else np.nan


def _last_entry(inside: Any) -> float:
    """Return the first index from which on `inside` is true to the end."""
    if not inside[-1]:
        return np.nan
    outside = np.flatnonzero(~inside)
    return float(outside[-1] + 1) if outside.size else 0.0
