"""Two other right ways to solve each exercise of lesson 03."""

import cmath
import math

import numpy as np


def calm_by_discriminant(beta):
    a = 1 + beta - 2 * beta**0.5
    return a / (1 - beta)


def calm_by_heavy_ball(beta):
    return (1 - math.sqrt(beta)) ** 2 / (1 - beta)


def period_from_roots(h, beta):
    total = 1 + beta - h * (1 - beta)
    root = (total + cmath.sqrt(total**2 - 4 * beta)) / 2
    return math.pi / abs(cmath.phase(root))


def period_from_eigenvalues(h, beta):
    a = h * (1 - beta)
    values = np.linalg.eigvals([[1 + beta - a, -beta], [1, 0]])
    return np.pi / np.abs(np.angle(values)).max()


def overshoot_loop(path, target):
    worst = 0.0
    for x in path:
        beyond = (x - target) / (target - path[0])
        if beyond > worst:
            worst = beyond
    return worst


def overshoot_by_sides(path, target):
    beyond = path.max() - target if target > path[0] else target - path.min()
    return max(beyond, 0) / abs(target - path[0])


STYLES = {
    "largest_calm_h": [calm_by_discriminant, calm_by_heavy_ball],
    "loss_period": [period_from_roots, period_from_eigenvalues],
    "overshoot_fraction": [overshoot_loop, overshoot_by_sides],
    "settling_factor": [1, np.float64(1.0)],
    "gentle_rate": [0.1 / 4, np.float64(0.03)],
}
