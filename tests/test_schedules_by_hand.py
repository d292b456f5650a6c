"""The schedules' values worked out by hand from their formulas; no PyTorch needed."""

import numpy as np
import pytest

from momentum_edu import schedules as s

# cos(pi / 3) = 1/2: a half cosine has fallen by 1/4, 1/2, 3/4 after 1/3, 1/2, 2/3 of its way.
BY_HAND = {
    "constant": (lambda: s.constant(0.3), {0: 0.3, 99: 0.3}),
    "constant at zero": (lambda: s.constant(0), {0: 0, 99: 0}),
    "step_decay": (lambda: s.step_decay(8, 0.5, 3), {0: 8, 2: 8, 3: 4, 5: 4, 6: 2}),
    "step_decay that does not fall": (lambda: s.step_decay(8, 1, 1), {0: 8, 5: 8}),
    "multistep_decay": (lambda: s.multistep_decay(8, [1, 2, 5], 0.5), {0: 8, 1: 4, 2: 2, 4: 2, 5: 1, 9: 1}),
    "multistep_decay with no step": (lambda: s.multistep_decay(8, [], 0.5), {0: 8, 9: 8}),
    "exponential_decay": (lambda: s.exponential_decay(8, 0.5), {0: 8, 1: 4, 3: 1}),
    "inverse_time_decay": (lambda: s.inverse_time_decay(6, 0.5), {0: 6, 1: 4, 2: 3, 4: 2}),
    "inverse_time_decay that does not fall": (lambda: s.inverse_time_decay(6, 0), {0: 6, 9: 6}),
    "polynomial_decay": (lambda: s.polynomial_decay(8, 4), {0: 8, 1: 6, 2: 4, 4: 0, 9: 0}),
    "polynomial_decay, root": (lambda: s.polynomial_decay(10, 4, 0.5, 2), {0: 10, 3: 6, 4: 2, 9: 2}),
    "polynomial_decay in one step": (lambda: s.polynomial_decay(8, 1), {0: 8, 1: 0}),
    "cosine_decay": (lambda: s.cosine_decay(8, 6), {0: 8, 2: 6, 3: 4, 4: 2, 6: 0, 99: 0}),
    "cosine_decay to 2": (lambda: s.cosine_decay(10, 6, 2), {0: 10, 2: 8, 3: 6, 4: 4, 6: 2, 99: 2}),
    "cosine_decay in one step": (lambda: s.cosine_decay(8, 1), {0: 8, 1: 0}),
    "cosine_restarts": (lambda: s.cosine_restarts(8, 6), {0: 8, 2: 6, 3: 4, 4: 2, 6: 8, 8: 6, 600: 8}),
    "cosine_restarts every step": (lambda: s.cosine_restarts(8, 1), {0: 8, 1: 8}),
    # Falls of 3, 6 and 12 steps begin at 0, 3 and 9.
    "cosine_restarts, growing": (
        lambda: s.cosine_restarts(10, 3, 2, final=2),
        {0: 10, 1: 8, 2: 4, 3: 10, 5: 8, 6: 6, 7: 4, 9: 10, 13: 8, 15: 6, 17: 4},
    ),
    "linear": (lambda: s.linear(2, 10, 4), {0: 2, 1: 4, 2: 6, 4: 10, 9: 10}),
    "linear in one step": (lambda: s.linear(2, 10, 1), {0: 2, 1: 10}),
    "warmup": (lambda: s.warmup(8, 4), {0: 2, 1: 4, 3: 8, 4: 8, 9: 8}),
    "warmup of a decay": (lambda: s.warmup(s.exponential_decay(8, 0.5), 2), {0: 4, 1: 4, 2: 2}),
    "warmup in one step": (lambda: s.warmup(8, 1), {0: 8, 1: 8}),
    # From peak / 25 up to the peak at step .3 * 100 - 1, down to peak / 25 / 10000 at the last step, 99.
    "one_cycle": (
        lambda: s.one_cycle(1, 100),
        {0: 0.04, 14.5: 0.52, 29: 1, 64: (1 + 4e-6) / 2, 99: 4e-6, 1000: 4e-6},
    ),
    "one_cycle of other shares": (
        lambda: s.one_cycle(8, 5, warmup_share=0.4, initial_divisor=2, final_divisor=0.5),
        {0: 4, 1: 8, 2.5: 8, 4: 8},
    ),
    "one_cycle that starts high": (
        lambda: s.one_cycle(4, 10, warmup_share=0.5, initial_divisor=0.5, final_divisor=4),
        {0: 8, 2: 6, 4: 4, 6.5: 3, 9: 2},
    ),
    "join": (lambda: s.join([0.3, s.linear(0, 1, 4), 2], [5, 7]), {0: 0.3, 4: 0.3, 5: 0, 6: 0.25, 7: 2}),
    "join of one": (lambda: s.join([s.linear(0, 1, 4)], []), {0: 0, 1: 0.25}),
    "join at once": (lambda: s.join([0.3, s.linear(0, 1, 4)], [1]), {0: 0.3, 1: 0, 2: 0.25}),
}


@pytest.mark.parametrize("name", BY_HAND)
def test_equals_the_values_worked_out_by_hand(name):
    make, expected = BY_HAND[name]
    schedule = make()
    steps, values = list(expected), list(expected.values())
    np.testing.assert_allclose(schedule(steps), values, rtol=1e-14, atol=1e-14)
    for step, value in expected.items():
        one = schedule(step)
        assert isinstance(one, float)
        assert one == pytest.approx(value, rel=1e-14, abs=1e-14)
