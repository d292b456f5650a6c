"""Two other right ways to solve each exercise of lesson 06."""

import numpy as np

from momentum_edu import landscapes


def energy_loop(heights, path, learning_rate, beta):
    result = [heights[0]]
    for t in range(1, len(path)):
        squared = sum((path[t][i] - path[t - 1][i]) ** 2 for i in range(len(path[t])))
        result.append(heights[t] + squared * beta / (1 - beta) / learning_rate / 2)
    return result


def energy_with_velocity(heights, path, learning_rate, beta):
    v = np.diff(path, axis=0, prepend=path[:1]) / learning_rate
    return heights + learning_rate * beta / (2 * (1 - beta)) * np.einsum("td,td->t", v, v)


def crossing_by_bisection(tilt):
    well = landscapes.double_well(tilt)
    level = well.value(well.saddles)[0]
    low, high = well.minima.max(), 3.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if well.value(np.array([middle])) < level else (low, middle)
    return low


def crossing_by_newton(tilt):
    well = landscapes.double_well(tilt)
    level, x = well.value(well.saddles)[0], 2.0
    for _ in range(30):
        x -= (x**4 / 4 - x**2 / 2 + tilt * x - level) / (x**3 - x + tilt)
    return x


def slope_loop(x):
    return [25 * one if one < 1 else one + 24 if one < 2 else 25 * one - 24 for one in x]


def slope_by_clipping(x):
    return 25 * np.minimum(x, 1) + np.clip(x - 1, 0, 1) + 25 * np.maximum(x - 2, 0)


STYLES = {
    "momentum_energy": [energy_loop, energy_with_velocity],
    "lowest_crossing_start": [crossing_by_bisection, crossing_by_newton],
    "resting_place": [0.9456, np.float64(0.95)],
    "kinked_slope": [slope_loop, slope_by_clipping],
    "jumping_rate": [0.79, np.float64(0.81)],
}
