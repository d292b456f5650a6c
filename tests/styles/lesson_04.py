"""Two other right ways to solve each exercise of lesson 04."""

import math

import numpy as np

from momentum_edu import theory


def tuning_with_roots(smallest, largest):
    low, high = math.sqrt(smallest), math.sqrt(largest)
    return [1 / (low * high), ((high - low) / (high + low)) ** 2]


def steps_from_beta(condition_number, tolerance):
    _, beta = theory.optimal(1.0, condition_number)
    return 2 * math.log10(tolerance) / math.log10(beta)


def steps_from_hyperbolic(condition_number, tolerance):
    return -np.log(tolerance) / (2 * np.arctanh(1 / np.sqrt(condition_number)))


STYLES = {
    "best_tuning": [tuning_with_roots, lambda small, large: theory.optimal(small, large)],
    "steps_needed": [steps_from_beta, steps_from_hyperbolic],
    "break_even_step": [1005, 1000.0],
    "stiff_peak": [7.37, 20 / math.e],
    "ravine_tuning": [(0.1, 0.67), np.array([0.1, 0.7])],
}
