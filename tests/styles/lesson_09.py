"""Two other right ways to solve each exercise of lesson 09."""

import math
from itertools import pairwise

import numpy as np


def period_loop(losses):
    peaks = [t for t in range(1, len(losses) - 1) if losses[t - 1] < losses[t] > losses[t + 1]]
    return sum(b - a for a, b in pairwise(peaks)) / (len(peaks) - 1)


def period_from_ends(losses):
    rising = np.diff(losses) > 0
    peaks = np.flatnonzero(rising[:-1] & ~rising[1:]) + 1
    return (peaks[-1] - peaks[0]) / (len(peaks) - 1)


def curvature_by_math(period, learning_rate, beta):
    a = (1 - math.sqrt(beta)) ** 2 + 4 * math.sqrt(beta) * math.sin(math.pi / period / 2) ** 2
    return a / (1 - beta) / learning_rate


def curvature_by_complex(period, learning_rate, beta):
    root = np.sqrt(beta) * np.exp(1j * np.pi / period)
    return (np.abs(1 - root) ** 2 / (learning_rate * (1 - beta))).item()


def correlation_loop(losses):
    d = [b - a for a, b in pairwise(losses)]
    return sum(a * b for a, b in pairwise(d)) / sum(a * a for a in d)


STYLES = {
    "ripple_period": [period_loop, period_from_ends],
    "curvature_from_ripple": [curvature_by_math, curvature_by_complex],
    "beta_from_peaks": [
        lambda first, second, steps: math.exp(math.log(second / first) / steps),
        lambda first, second, steps: np.power(second, 1 / steps) / np.power(first, 1 / steps),
    ],
    "step_correlation": [
        correlation_loop,
        lambda y: np.dot(np.diff(y)[1:], np.diff(y)[:-1]) / np.dot(*[np.diff(y)] * 2),
    ],
}
