"""The popular claims about momentum, each re-measured; the numbers are those that the lessons state.

The claims about the digits (7, 9 and 12 in a real network) are measured in test_digits_story.py.
"""

import math

import numpy as np
import pytest

from momentum_edu import (
    classical_momentum,
    descend,
    ema,
    energy,
    escape_step,
    gradient_descent,
    heavy_ball,
    landscapes,
    schedules,
    theory,
    zigzag,
)


def mode(rule, h=1.0, steps=400, start=1.0):
    """One quadratic mode from rest: x_t."""
    return descend(landscapes.quadratic([h]), [start], rule, steps).w[:, 0]


def overshoot(path):
    return max(0.0, -(path / path[0]).min())


def test_claim_1_there_is_one_update_rule():
    # EMA at eta is heavy ball at eta (1 - beta), and the form that holds the rate walks along with both...
    paths = [mode(ema(1.0, 0.9)), mode(heavy_ball(0.1, 0.9)), mode(classical_momentum(0.1, 0.9))]
    np.testing.assert_allclose(paths[0], paths[1], atol=1e-12)
    np.testing.assert_allclose(paths[0], paths[2], atol=1e-12)
    # ... under a schedule of the rate only the first two still do, under one of beta the first and the last.
    rate = schedules.warmup(1.0, 10)
    e, hb, cm = (
        mode(ema(rate, 0.9)),
        mode(heavy_ball(lambda t: 0.1 * rate(t), 0.9)),
        mode(classical_momentum(lambda t: 0.1 * rate(t), 0.9)),
    )
    np.testing.assert_allclose(e, hb, atol=1e-12)
    assert np.abs(e - cm).max() > 0.1
    beta = schedules.join([0.5, 0.95], [10])
    apart = mode(ema(1.0, beta), 0.1) - mode(heavy_ball(lambda t: 1 - beta(t), beta), 0.1)
    assert np.abs(apart).max() == pytest.approx(0.35, abs=0.01)
    together = mode(classical_momentum(lambda t: 1 - beta(t), beta), 0.1)
    np.testing.assert_allclose(mode(ema(1.0, beta), 0.1), together, atol=1e-12)
    # PyTorch's dampening = beta starts its buffer at g: v_0 = g / beta in EMA terms.
    w, v, low = 1.0, 1.0 / 0.9, 0.0
    for _ in range(200):
        v = 0.9 * v + 0.1 * w if low or w < 1 else 1.0
        w -= v
        low = min(low, w)
    assert -low == pytest.approx(2.333, abs=2e-3)
    assert overshoot(paths[0]) == pytest.approx(0.604, abs=1e-3)


def test_claim_2_beta_is_between_half_and_point_nine():
    for beta, kappa in ((0.5, 34), (0.9, 1442)):
        assert ((1 + math.sqrt(beta)) / (1 - math.sqrt(beta))) ** 2 == pytest.approx(kappa, abs=0.5)
        assert theory.optimal(1.0, ((1 + math.sqrt(beta)) / (1 - math.sqrt(beta))) ** 2)[1] == pytest.approx(
            beta
        )


def test_claim_3_it_smooths():
    rng, beta = np.random.default_rng(0), 0.9
    noise = rng.standard_normal((4000, 400))
    rule, v, w = ema(1.0, beta), np.zeros(400), np.zeros(400)
    seen = []
    for t, g in enumerate(noise):
        w, v = rule.update(w, v, g, t)
        seen.append(v)
    ratio = np.var(seen[200:])
    assert ratio == pytest.approx((1 - beta) / (1 + beta), rel=0.02)  # .0526
    # The three windows.
    weights = (1 - beta) * beta ** np.arange(2000)
    assert 1 / (1 - beta) == pytest.approx(10)
    assert (weights * np.arange(2000)).sum() == pytest.approx(9, abs=1e-6)
    assert 1 / (weights**2).sum() == pytest.approx(19, abs=1e-6)
    # The start is biased.
    v = np.zeros(1)
    for t in range(5):
        _, v = rule.update(np.zeros(1), v, np.ones(1), t)
    assert v[0] == pytest.approx(1 - beta**5)


@pytest.mark.parametrize(("h", "expected"), [(1.0, 1.0 / (2 - 0.1 / 1.9)), (0.1, 1.9 / (2 - 0.01 / 1.9))])
def test_claim_3_a_smoother_velocity_does_not_mean_a_lower_noise_floor(h, expected):
    rng, bowl = np.random.default_rng(1), landscapes.quadratic([h])
    start = np.zeros((4000, 1))
    plain, smooth = (
        descend(bowl, start, rule, 600, noise=1.0, rng=rng, keep_every=20).w[15:].var()
        for rule in (gradient_descent(1.0), ema(1.0, 0.9))
    )
    assert smooth / plain == pytest.approx(expected, rel=0.05)


def test_claim_4_it_avoids_zigzag():
    valley = landscapes.ravine(100)
    for eta, plain_turns in ((0.018, True), (0.005, False)):
        plain = descend(valley, [2.0, 0.2], gradient_descent(eta), 60)
        smooth = descend(valley, [2.0, 0.2], ema(eta, 0.9), 60)
        across_plain, across_smooth = plain.w[:, 1], smooth.w[:, 1]
        assert (zigzag(plain.w).turn_share > 0.1) == plain_turns
        assert (across_plain.min() < 0) == plain_turns
        assert across_smooth.min() < 0  # for h < 1 momentum creates the ringing
    assert theory.stability_limit(0.9) == pytest.approx(38)
    assert not descend(valley, [1.0, 1.0], ema(0.379, 0.9), 4000).diverged
    assert descend(valley, [1.0, 1.0], gradient_descent(0.021), 4000).diverged


def test_claim_5_it_accelerates():
    plain, smooth = mode(gradient_descent(1.0), 0.001, 6000), mode(ema(1.0, 0.9), 0.001, 6000)
    ahead = np.flatnonzero(np.abs(smooth[1:]) < np.abs(plain[1:]))[0] + 1
    assert ahead == pytest.approx(1005, abs=3)
    gain = math.log(theory.convergence_rate(0.001, 0.9)) / math.log(1 - 0.001)
    assert 1 < gain < 2
    # At the same rate it runs about beta / (1 - beta) steps late.
    late = np.interp(-0.9, -smooth, np.arange(6001)) - np.interp(-0.9, -plain, np.arange(6001))
    assert late == pytest.approx(9, abs=1)
    # The price of the best tuning: the stiff direction first rises.
    kappa = 1442.0
    eta, beta = theory.optimal(1.0, kappa)
    peak = np.abs(mode(ema(eta * (1 - 1e-12), beta), kappa, 400)).max()
    assert peak == pytest.approx(13.98, abs=0.01)
    assert peak == pytest.approx(math.sqrt(kappa) / math.e, rel=0.01)
    assert theory.convergence_rate(eta * kappa, beta) == pytest.approx(math.sqrt(beta), abs=1e-6)


def test_claim_6_it_reaches_the_global_minimum():
    path = descend(landscapes.lessard(), [3.3], heavy_ball(1 / 9, 4 / 9), 900).w.ravel()
    np.testing.assert_allclose(np.sort(path[-3:]), [-1.802, 0.647, 2.116], atol=1e-3)
    np.testing.assert_allclose(path[-3:], path[-6:-3], atol=1e-12)


def test_claim_7_it_escapes_local_minima():
    well = landscapes.double_well(0.15)
    right, barrier = well.minima[1, 0], well.saddles[0, 0]
    top = well.value(np.array([barrier]))
    starts = np.linspace(barrier + 0.01, 1.9, 100)[:, None]
    path = descend(well, starts, ema(0.1, 0.95), 6000)
    assert np.diff(energy(path, well), axis=0).max() <= 1e-12
    below = path.loss[0] < top
    np.testing.assert_allclose(path.w[-1, below, 0], right, atol=1e-3)  # from below: never over it
    crossed = path.w[-1, :, 0] < barrier
    assert crossed.sum() > 5
    assert not below[crossed].any()
    # It leaves the good basin as well as the bad one.
    mirror = landscapes.double_well(-0.15)
    ends = descend(mirror, np.linspace(1.0, 2.2, 121)[:, None], ema(0.1, 0.99), 6000).w[-1, :, 0]
    assert (ends < mirror.saddles[0, 0]).sum() > 5
    # The confounder: at a larger learning rate plain descent jumps the barrier too.
    for eta, jumps in ((0.1, False), (0.8, True)):
        plain = descend(well, starts, gradient_descent(eta), 400).w[-1, :, 0]
        assert (plain < barrier).any() == jumps


def test_claim_8_its_inertia_carries_it_across_saddle_points():
    pass_, eta, gamma = landscapes.saddle(1.0), 0.01, 1.0
    starts = [[1.0, 1e-6], [0.0, 1e-6], [1.0, 0.0]]
    steps = {
        name: escape_step(descend(pass_, starts, rule, 2500), [0, 0], 1.0)
        for name, rule in {
            "plain": gradient_descent(eta / gamma),
            "ema": ema(eta, 0.9),
            "heavy ball": heavy_ball(eta, 0.9),
        }.items()
    }
    assert [steps[name][1] for name in steps] == [1389, pytest.approx(1511, abs=1), pytest.approx(226, abs=1)]
    for times in steps.values():
        assert math.isnan(times[2])  # a gradient of exactly zero: for ever
    freed = descend(pass_, [[0.0, 0.0]], ema(eta, 0.9), 2500, noise=1e-6, rng=np.random.default_rng(0))
    assert escape_step(freed, [0, 0], 1.0)[0] < 2500
    # The modes decouple: the speed of approach changes nothing along the way out.
    fast = descend(pass_, [[5.0, 1e-6], [0.0, 1e-6]], ema(eta, 0.9), 800)
    np.testing.assert_array_equal(fast.w[:, 0, 1], fast.w[:, 1, 1])


def test_claim_9_early_oscillation_comes_from_large_gradients():
    for scale in (1e-3, 1.0, 1e3):
        run = descend(landscapes.quadratic([1.0]), [scale], ema(1.0, 0.9), 200)
        assert overshoot(run.w[:, 0]) == pytest.approx(0.60372, abs=1e-5)
        assert np.abs(run.v).max() <= np.abs(run.gradient).max()
    low, high = theory.ringing_band(0.9)
    assert (round(low, 5), round(high, 2)) == (0.02633, 37.97)


def test_claim_10_the_oscillation_dies_because_momentum_loses_influence():
    run = descend(landscapes.quadratic([1.0]), [1.0], ema(1.0, 0.9), 400)
    inherited, fresh = 0.9 * run.v[:-1, 0], 0.1 * run.gradient[:, 0]
    # Seen over a whole number of half-periods, momentum's share of the step is the same early and late.
    share = np.abs(inherited) / (np.abs(inherited) + np.abs(fresh))
    period = theory.ringing_period(1.0, 0.9)
    windows = [share[int(k * period) : int((k + 6) * period)].mean() for k in (1, 6, 12)]
    assert max(windows) - min(windows) < 0.02
    envelope = np.hypot(run.w[:-1, 0], run.w[1:, 0])
    decay = (envelope[340] / envelope[40]) ** (1 / 300)
    assert decay == pytest.approx(math.sqrt(0.9), abs=2e-3)


def test_claim_11_a_smaller_learning_rate_reduces_them():
    assert theory.overshoot([1.0, 0.1], 0.9).round(3).tolist() == [0.604, 0.153]
    settled = []
    for h in (1.0, 0.3, 0.1):
        x = np.abs(mode(ema(1.0, 0.9), h))
        settled.append(np.flatnonzero(x > 0.01)[-1] + 1)
    assert theory.settling_time(0.9, 0.01) == pytest.approx(87.4, abs=0.05)
    assert max(settled) - min(settled) < 0.25 * 87
    assert all(abs(t - 87) < 25 for t in settled)


def test_claim_12_learning_rate_scheduling_cures_them():
    def measured(rate=1.0, beta=0.9, rule=ema):
        return overshoot(mode(rule(rate, beta)))

    warm = schedules.warmup(1.0, 10)
    assert measured() == pytest.approx(0.6037, abs=1e-4)
    assert measured(schedules.cosine_decay(1.0, 300)) == pytest.approx(0.6033, abs=1e-4)
    assert measured(warm) == pytest.approx(0.849, abs=1e-3)
    assert measured(lambda t: 0.1 * warm(t), rule=classical_momentum) == pytest.approx(0.428, abs=1e-3)
    assert measured(beta=schedules.linear(0, 0.9, 30)) == pytest.approx(0.03, abs=1e-3)
