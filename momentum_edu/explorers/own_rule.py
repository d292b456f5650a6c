"""The reader's own rule on f(w) = w^2 / 2. If it is linear in w, v and g, it is a 2x2 matrix, measured here.

As for the rules of `momentum_edu.modes`, w then follows x_(t+1) = T x_t - D x_(t-1) with x_0 = 1 and
x_1 = T - b, where T and D are the matrix's trace and determinant, and b is what v keeps of itself.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from momentum_edu import checks, modes, rules
from momentum_edu.checks import Array
from momentum_edu.rules import Formula, Rule

PROBES = ((-2.0, 3.0), (1e-3, -2e-3), (500.0, 200.0))  # (w, v) at which a linear rule has no choice any more
WANTED = "rule must be a Rule, such as me.nesterov(1.0), or a formula(w, v, g, eta, beta) -> (w, v)"
LONGEST = 100_000  # steps of a run in which the overshoot is looked for


def read(rule: Any) -> tuple[str, Formula]:
    """Return the name and the formula of a Rule or of a formula.

    Examples
    --------
    >>> read(rules.nesterov(1.0))[0]
    'nesterov'
    """
    if isinstance(rule, Rule):
        return rule.name, rule.formula
    if not callable(rule):
        raise TypeError(f"{WANTED}; got {rule!r}")
    name = getattr(rule, "__name__", "")
    return (name if name.isidentifier() else "your rule"), rule


def recurrence(rule: Any, h: ArrayLike, beta: ArrayLike) -> tuple[Array, Array, Array]:
    """Measure T, D and b by taking the rule's step from (w, v) = (1, 0) and from (0, 1), with eta = h.

    Parameters
    ----------
    rule : Rule or callable
        Only its formula counts: eta and beta are given here.
    h, beta : array
        Learning rate times curvature, positive, and momentum coefficient in [0, 1); they broadcast.

    Returns
    -------
    T, D, b : array (...)
        Where v never gets into w, or w never into v, w walks alone: x_t = T^t, and D = b = 0.

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range, or the rule takes no arrays, returns anything but a finite w and v of
        their shape, or is not linear in w, v and g.

    Examples
    --------
    >>> total, product, b = recurrence(rules.heavy_ball(1.0), 0.5, 0.25)
    >>> print(total, product, b)
    0.75 0.25 0.25
    """
    h = checks.in_range("h", h, lambda x: x > 0, "be finite and positive")
    beta = checks.beta(beta).astype(float)
    h, beta = (each[..., np.newaxis] for each in np.broadcast_arrays(h.astype(float), beta))
    formula = read(rule)[1]
    columns = np.array([_step(formula, w, v, h, beta) for w, v in ((1.0, 0.0), (0.0, 1.0))])
    for probe in PROBES:
        _check_linear(columns, probe, _step(formula, *probe, h, beta), h, beta)
    (a, c), (b, d) = columns[..., 0]  # w = a w + b v, v = c w + d v
    size = (1 + np.abs(a)) * (1 + np.abs(d)) + np.abs(b * c)
    reach, total, product = (_rounded(each, size) for each in (b * c, a + d, a * d - b * c))
    alone = reach == 0
    return np.where(alone, a, total), np.where(alone, 0, product), np.where(alone, 0, d)


def _rounded(value: Array, size: Array) -> Array:
    """Take for zero what rounding has left of it, in a sum of terms of this size."""
    return np.where(np.abs(value) <= 1e-15 * size, 0, value)


def _step(formula: Formula, w: float, v: float, h: Array, beta: Array) -> Array:
    """Take one step everywhere from (w, v), and return the new w and v, shape (2, ..., 1)."""
    # Arrays of their own, for a formula may work in place.
    at, velocity, slope = (np.full(h.shape, value) for value in (w, v, w))
    try:
        with np.errstate(all="ignore"):
            result = formula(at, velocity, slope, h.copy(), beta.copy())
    except Exception as error:
        raise TypeError(f"{WANTED} that takes arrays; it raised {type(error).__name__}: {error}") from None
    if not isinstance(result, tuple | list) or len(result) != 2:
        got = f"{len(result)} values" if isinstance(result, tuple | list) else type(result).__name__
        raise TypeError(f"rule must return two arrays, (w, v); it returned {got}")
    new = [np.asarray(each) for each in result]
    if any(each.dtype.kind not in "biuf" for each in new):
        raise TypeError(f"rule must return real numbers; its w and v are {new[0].dtype} and {new[1].dtype}")
    if any(each.shape != h.shape for each in new):
        got = f"{new[0].shape} and {new[1].shape} for {h.shape}"
        raise ValueError(f"rule must return w and v in the shape in which it gets them; got {got}")
    both = np.array(new, dtype=float)
    if not np.isfinite(both).all():
        where, what = _first(~np.isfinite(both).all(axis=0), h, beta, both)
        raise ValueError(f"rule must give finite numbers; {where} it takes (w, v) = ({w:g}, {v:g}) to {what}")
    return both


def _check_linear(columns: Array, probe: tuple[float, float], got: Array, h: Array, beta: Array) -> None:
    expected = columns[0] * probe[0] + columns[1] * probe[1]
    size = (1 + np.abs(columns[0])) * abs(probe[0]) + (1 + np.abs(columns[1])) * abs(probe[1])
    wrong = (np.abs(got - expected) > 1e-9 * size).any(axis=0)
    if wrong.any():
        where, found = _first(wrong, h, beta, got)
        _, wanted = _first(wrong, h, beta, expected)
        raise ValueError(
            "rule must be linear in w, v and g, because the roots and regimes hold for no other; "
            f"{where} it takes (w, v) = ({probe[0]:g}, {probe[1]:g}) to {found}, "
            f"while its steps from (1, 0) and (0, 1) add up to {wanted}"
        )


def _first(wrong: Any, h: Array, beta: Array, both: Array) -> tuple[str, str]:
    """Say where the first wrong step is taken, and where a step leads from there."""
    w, v = both[:, wrong][:, 0]
    return f"at h = {h[wrong][0]:g}, beta = {beta[wrong][0]:g}", f"({w:.6g}, {v:.6g})"


def regime(total: Array, product: Array, b: Array) -> Any:
    """Name what the path does in the long run, with the meanings of ``theory.regime``; strings (...).

    Examples
    --------
    >>> regime(*recurrence(rules.nesterov(1.0), [0.001, 0.1, 1.2, 1.4], 0.9)).tolist()
    ['monotone', 'ringing', 'alternating', 'diverging']
    """
    square, size = total**2 - 4 * product, total**2 + 4 * np.abs(product)
    diverges = np.abs(modes.roots(total, product)[..., 0]) >= 1 - 1e-12
    # With two roots of zero the first step decides: it ends at the minimum, or past it.
    flips = (total < 0) | ((total == 0) & ((product != 0) | (b > 0)))
    cases = [diverges, square < -1e-12 * size, flips]
    return np.select(cases, ["diverging", "ringing", "alternating"], "monotone")[()]


def path(total: Array, product: Array, b: Array, steps: int) -> Array:
    """Return x_t from x_0 = 1 at rest, shape (steps + 1,), for one T, D and b."""
    x = modes.path(np.arange(steps + 1.0), total, product, b)
    x[0] = 1.0
    return x


def swing(total: Array, product: Array, b: Array) -> tuple[float, float]:
    """Return how far the run goes past its target, and when it is within 2 % for good; inf if it diverges.

    Both as fractions of the first distance. It runs until the larger root has forgotten twelve digits, but no
    longer than `LONGEST`.

    Examples
    --------
    >>> past, settled = swing(*recurrence(rules.ema(1.0), 1.0, 0.5))
    >>> print(f"{past:.3f}, {settled:.0f} steps")
    0.250, 10 steps
    """
    if regime(total, product, b) == "diverging":
        return np.inf, np.inf
    rate = max(float(np.abs(modes.roots(total, product)[0])), 1e-3)
    x = path(total, product, b, min(int(np.log(1e-12) / np.log(rate)) + 2, LONGEST))
    return max(0.0, -float(x.min())), float(np.flatnonzero(np.abs(x) >= 0.02)[-1] + 1)


def code(rule: Any, h: float, beta: float) -> str:
    """Write the Python that makes the rule with these coefficients; a name stands for what is the reader's.

    Examples
    --------
    >>> code(rules.nesterov(1.0), 0.1, 0.9)
    'me.nesterov(0.1, beta=0.9)'
    """
    name, formula = read(rule)
    home, full_name = (getattr(formula, each, "") for each in ("__module__", "__qualname__"))
    if home == rules.__name__ and full_name == f"{name}.<locals>.formula":
        return f"me.{name}({h})" if name == "gradient_descent" else f"me.{name}({h}, beta={beta})"
    own = "rule.formula" if isinstance(rule, Rule) else name if name == full_name else "rule"
    return f"me.Rule({name!r}, lambda t: {float(h)}, lambda t: {float(beta)}, {own})"
