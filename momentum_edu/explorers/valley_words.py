"""What the explorer of valleys says of a run: where the ball ends, and whether its energy allowed more."""

import numpy as np

from momentum_edu.checks import Array
from momentum_edu.explorers.valleys import LocalMinimum

NEAR, LAST = 0.005, 50  # settled: so near a valley's bottom, over so many steps
FAR = 1e6  # a ball that is farther away has blown up, as in the map


def finding(result: LocalMinimum, learning_rate: float) -> str:
    """Say in words and numbers where the ball ends, and whether its energy allowed more.

    Examples
    --------
    >>> from momentum_edu.explorers.valleys import compute
    >>> print(finding(compute(start=1.2, beta=0.99), 0.1))
    Put down 0.03 below the barrier's top, momentum can't get over it, whatever β is. Plain descent stays too.
    """
    if not abs(result.x[-1]) < FAR:
        return f"It blows up: from this start, a rate of {learning_rate:.3g} is too large."
    if not np.ptp(result.x):
        return "Put down where the slope is exactly 0, the ball stays, whatever β is."
    end, is_plain = _end(result), np.array_equal(result.x, result.plain)  # plain: beta is 0
    who = "plain descent (β = 0)" if is_plain else "momentum"
    if not np.isfinite(result.barrier_height):
        return f"There is no barrier here: {who} {end}."
    above = result.energy[0] - result.barrier_height
    height = "just" if abs(above) < NEAR else f"{abs(above):.2f}"
    where = f"Put down {height} {'above' if above > 0 else 'below'} the barrier's top, {who}"
    does = _way(result.x, result.barriers)
    if is_plain:
        verb = {"crosses": "jumps over it", "comes back": "jumps over it and back", "stays": "stays,"}[does]
        return f"{where} {verb} and {end}."
    other = _way(result.plain, result.barriers)
    plain = f"Plain descent {other}{' too' if other == does else ''}."
    if does == "stays" and above > 0:
        stays = "is not over it yet" if end.startswith("has not") else "loses too much on the way"
        return f"{where} {stays} and {end}. {plain}"
    if does == "stays":
        most = "can't get over it, whatever β is"
        if not result.guaranteed:
            most = "does not get over it with this β (the rate is beyond 2 / L)"
        return f"{where} {most}. {plain}"
    back = " and back" if does == "comes back" else ""
    if above > 0:
        return f"{where} {'rolls' if result.guaranteed else 'gets'} over it{back} and {end}. {plain}"
    if result.energy.max() > result.energy[0] + 1e-9:
        return f"{where} gets over it{back} and {end}: at this rate its energy rises. {plain}"
    return f"{where} jumps over it{back} and {end}. {plain}"


def _way(path: Array, barriers: Array) -> str:
    """Name the way of a ball: out of its valley, out and back, or neither."""
    if not abs(path[-1]) < FAR:
        return "blows up"
    side = np.searchsorted(barriers, path)
    left = side != side[0]
    return "crosses" if left[-1] else "comes back" if left.any() else "stays"


def _end(result: LocalMinimum) -> str:
    """Say where the ball ends, if it has settled."""
    last = result.x[-LAST:]
    for place in result.minima:
        if (np.abs(last - place) < NEAR).all():
            return f"ends at {_number(place)}"
    if np.ptp(last) < 1e-6 and not (np.abs(last[-1] - result.barriers) < NEAR).any():  # outside the view
        return f"ends at {_number(last[-1])}"
    beside = result.minima[
        np.searchsorted(result.barriers, result.minima) == np.searchsorted(result.barriers, last[-1])
    ]
    low = result.guaranteed and result.energy[-1] < result.barrier_height
    if low and beside.size == len(result.barriers) == 1:
        return f"is caught in the valley at {_number(beside[0])}"
    return f"has not settled after {len(result.x) - 1} steps (it is at {_number(last[-1])})"


def _number(value: float) -> str:
    return f"{round(float(value), 2) + 0.0:.2f}" if abs(value) < 1000 else f"{value:.0e}"
