"""Two other right ways to solve each exercise of lesson 08."""

import math

import numpy as np

from momentum_edu import schedules


def warmup_by_cases(peak, warmup_steps, step):
    if step < warmup_steps:
        return peak * (step + 1) / warmup_steps
    return peak


def cosine_by_cases(initial, final, steps, step):
    if step >= steps:
        return final
    return final + (initial - final) * math.cos(math.pi * step / (2 * steps)) ** 2


STYLES = {
    "warmup_rate": [warmup_by_cases, lambda peak, n, step: schedules.warmup(peak, n)(step)],
    "cosine_rate": [cosine_by_cases, lambda a, b, n, step: schedules.cosine_decay(a, n, final=b)(step)],
    "overshoot_with_cosine": [0.603, 0.6],
    "overshoot_with_warmup": [0.849, np.float64(0.85)],
    "calm_momentum": [
        schedules.linear(0.0, 0.9, 20),
        lambda step: 0 if step < 25 else 0.9 * min(step / 50, 1),
    ],
}
