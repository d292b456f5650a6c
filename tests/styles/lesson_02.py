"""Two other right ways to solve each exercise of lesson 02."""

import math

import numpy as np


def smooth_by_weights(gradients, beta):
    t = np.arange(len(gradients))
    ages = t[:, None] - t
    weights = np.where(ages >= 0, (1 - beta) * beta ** np.maximum(ages, 0), 0.0)
    return np.tensordot(weights, gradients, axes=1)


def smooth_in_place(gradients, beta):
    velocities = np.zeros_like(gradients)
    velocities[0] = (1 - beta) * gradients[0]
    for t in range(1, len(gradients)):
        velocities[t] = velocities[t - 1] + (1 - beta) * (gradients[t] - velocities[t - 1])
    return velocities


def unbiased_loop(velocities, beta):
    power, result = 1.0, []
    for v in velocities:
        power *= beta
        result.append(v / (1 - power))
    return result


def unbiased_by_product(velocities, beta):
    return velocities / (1 - np.cumprod(np.full(len(velocities), beta)))


STYLES = {
    "smooth": [smooth_by_weights, smooth_in_place],
    "unbiased": [unbiased_loop, unbiased_by_product],
    "variance_left": [
        lambda beta: (1 - beta) ** 2 / (1 - beta**2),
        lambda beta: sum(((1 - beta) * beta**k) ** 2 for k in range(3000)),
    ],
    "averaging_window": [39, 1.95 / 0.05],
    "noise_floor_ratio": [
        lambda h, beta: (1 + beta) * (2 - h) / (2 * (1 + beta) - h * (1 - beta)),
        lambda h, beta: math.fsum([2, -h]) / (2 - h * (2 / (1 + beta) - 1)),
    ],
}
