"""Two other right ways to solve each exercise of lesson 01: loops, and everything at once."""

import numpy as np


def ema_step_loop(w, v, g, learning_rate, beta):
    new_w, new_v = np.empty(len(w)), []
    for i in range(len(w)):
        new_v.append(beta * v[i] + (1.0 - beta) * g[i])
        new_w[i] = w[i] - learning_rate * new_v[i]
    return new_w, new_v


def ema_step_difference(w, v, g, learning_rate, beta):
    moved = v + (1 - beta) * (g - v)
    return [w - learning_rate * moved, moved]


def nesterov_loop(w, v, g, learning_rate, beta):
    pairs = []
    for wi, vi, gi in zip(w, v, g, strict=True):
        vi = beta * vi + gi
        pairs.append((wi - learning_rate * gi - learning_rate * beta * vi, vi))
    return tuple(np.array(pairs).T)


def nesterov_expanded(w, v, g, learning_rate, beta):
    return w - learning_rate * ((1 + beta) * g + beta**2 * v), beta * v + g


def weights_loop(beta, steps):
    weights = []
    for k in range(steps):
        weights.append((1 - beta) * beta ** (steps - 1 - k))
    return weights


def weights_by_recurrence(beta, steps):
    weights = np.zeros(steps)
    for k in range(steps):
        weights = weights * beta
        weights[k] = 1 - beta
    return weights


STYLES = {
    "ema_step": [ema_step_loop, ema_step_difference],
    "heavy_ball_rate": [
        lambda learning_rate, beta: learning_rate - beta * learning_rate,
        lambda eta, b: np.float64(eta) * np.subtract(1, b),
    ],
    "velocity_weights": [weights_loop, weights_by_recurrence],
    "condition_number_of": [
        lambda beta: ((1 + beta**0.5) / (1 - beta**0.5)) ** 2,
        lambda beta: (1 + np.sqrt(beta)) ** 4 / (1 - beta) ** 2,
    ],
    "nesterov_step": [nesterov_loop, nesterov_expanded],
}
