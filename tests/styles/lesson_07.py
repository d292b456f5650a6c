"""Two other right ways to solve each exercise of lesson 07."""

import math

import numpy as np

from momentum_edu import draw_up, theory


def rise_loop(losses):
    lowest, worst = losses[0], 0.0
    for loss in losses:
        lowest = min(lowest, loss)
        worst = max(worst, loss - lowest)
    return worst


def sharpness_by_shifted_power(hessian):
    shift = np.abs(hessian).sum()
    x = np.arange(1.0, len(hessian) + 1)
    for _ in range(20_000):
        x = hessian @ x + shift * x
        x /= np.linalg.norm(x)
    return x @ hessian @ x


def ripple_by_theory(sharpness, learning_rate, beta, steps_per_epoch):
    return theory.ringing_period(learning_rate * sharpness, beta) / 2 / steps_per_epoch


def ripple_by_hand(sharpness, learning_rate, beta, steps_per_epoch):
    a = learning_rate * sharpness * (1 - beta)
    total = 1 + beta - a
    theta = math.atan2(math.sqrt(4 * beta - total * total), total)
    return math.pi / (theta * steps_per_epoch)


def coordinate_loop(path, direction, minimum):
    length = math.sqrt(sum(x * x for x in direction))
    return [sum((w - m) * u for w, m, u in zip(p, minimum, direction, strict=True)) / length for p in path]


def coordinate_by_einsum(path, direction, minimum):
    return np.einsum("td,d->t", path - minimum, direction) / np.linalg.norm(direction)


STYLES = {
    "largest_rise": [rise_loop, draw_up],
    "sharpness": [sharpness_by_shifted_power, lambda hessian: np.linalg.eig(hessian)[0].real.max()],
    "ripple_in_epochs": [ripple_by_theory, ripple_by_hand],
    "mode_coordinate": [coordinate_loop, coordinate_by_einsum],
    "calm_beta": [0.5, np.float64(0.65)],
}
