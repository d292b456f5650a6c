"""Two other right ways to solve each exercise of lesson 05."""

import numpy as np

from momentum_edu import ema, theory


def growth_by_eigenvalues(learning_rate, gamma, beta):
    a = -learning_rate * gamma * (1 - beta)
    return np.abs(np.linalg.eigvals([[1 + beta - a, -beta], [1, 0]])).max()


def growth_by_theory(learning_rate, gamma, beta):
    return theory.roots(-learning_rate * gamma, beta)[0].real


def step_loop(w, v, curvatures, learning_rate, beta):
    new_w, new_v = [], []
    for i in range(len(w)):
        new_v.append(beta * v[i] + (1 - beta) * curvatures[i] * w[i])
        new_w.append(w[i] - learning_rate * new_v[i])
    return np.array(new_w), np.array(new_v)


def step_by_library(w, v, curvatures, learning_rate, beta):
    return ema(learning_rate, beta).update(w, v, np.diag(curvatures) @ w, 0)


STYLES = {
    "growth_root": [growth_by_eigenvalues, growth_by_theory],
    "steps_to_escape": [
        lambda distance, radius, growth: (np.log2(radius) - np.log2(distance)) / np.log2(growth),
        lambda distance, radius, growth: np.log(radius / distance) / np.log1p(growth - 1),
    ],
    "saddle_step": [step_loop, step_by_library],
    "ema_escape_step": [1511, 1510.5],
    "quick_rate": [10, np.float64(37.0)],
}
