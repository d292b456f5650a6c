"""The closed forms near the ends of the regimes, where a later swing is the largest, against simulation."""

import numpy as np
import pytest

from momentum_edu import theory

BETAS = [0.0, 0.3, 0.6, 0.9, 0.97]
SHARES = np.linspace(0.003, 0.997, 41)
RULES = theory.RULES


def simulate(h, beta, rule, steps):
    """Many modes at once by the rules' two lines; independent of the recurrence that the library solves."""
    x, v = np.ones_like(h), np.zeros_like(h)
    path = [x]
    for _ in range(steps):
        g = h * x
        v = beta * v + ((1 - beta) * g if rule == "ema" else g)
        step = {"nesterov": g + beta * v, "gradient_descent": g}.get(rule, v)
        x = x - step
        path.append(x)
    return np.array(path)


def worst(path):
    return np.maximum(-path.min(axis=0), 0)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("beta", BETAS)
def test_the_largest_swing_near_the_upper_ends_of_the_regimes(beta, rule):
    low, high = theory.ringing_band(beta, rule)
    limit = theory.stability_limit(beta, rule)
    # Close below the upper end of ringing each dip is a little deeper than the one before, for a while.
    near = np.concatenate([high * (1 - np.logspace(-6, -0.5, 30)), high + SHARES * (limit - high)])
    h = near[(near > low) & (near < limit)]
    path = simulate(h, beta, rule, 3000)
    np.testing.assert_allclose(theory.overshoot(h, beta, rule), worst(path), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(
        theory.response(h, beta, 100, rule), path[:101], rtol=0, atol=1e-9 * np.abs(path).max()
    )


def test_the_largest_swing_is_often_a_later_one():
    # What the test above is about: at beta = .9 not the first dip, nor the first odd step.
    _, high = theory.ringing_band(0.9)
    ringing = simulate(np.array([0.999 * high]), 0.9, "ema", 200)
    alternating = simulate(np.array([high + 0.01]), 0.9, "ema", 200)
    assert ringing.argmin() > 3
    assert alternating.argmin() > 3


@pytest.mark.parametrize("rule", RULES)
def test_one_rounding_below_the_limit_the_swing_is_finite(rule):
    beta = np.linspace(0, 0.9, 91)
    h = np.nextafter(theory.stability_limit(beta, rule), 0)
    path = simulate(h, 0 if rule == "gradient_descent" else beta, rule, 3000)
    np.testing.assert_allclose(theory.overshoot(h, beta, rule), worst(path), rtol=1e-9)


@pytest.mark.parametrize("rule", RULES)
def test_single_precision_is_answered_in_double_precision(rule):
    h, beta = np.float32([0.03, 0.7, 1.3]), np.float32([0.2, 0.6, 0.9])
    for function in (
        theory.roots,
        theory.convergence_rate,
        theory.ringing_period,
        theory.overshoot,
        lambda h, beta, rule: theory.response(h, beta, 9, rule),
    ):
        single, double = function(h, beta, rule), function(h.astype(float), beta.astype(float), rule)
        np.testing.assert_array_equal(single, double)
        assert single.dtype == double.dtype


def test_beta_of_zero_settles_at_once():
    assert str(theory.settling_time(0.0, 0.01)) == "0.0"  # and not -0.0
    assert theory.settling_time(0.81) == pytest.approx(2 * np.log(0.02) / np.log(0.81))


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("beta", [0.25, 0.81])
def test_each_end_belongs_to_one_regime(beta, rule):
    low, high = theory.ringing_band(beta, rule)
    limit = theory.stability_limit(beta, rule)
    expected = ["monotone", "monotone", "alternating", "diverging"]
    ends = [0.0, low, high, limit]
    if low == high:  # nothing rings: monotone up to the one end that there is
        expected[2] = "monotone"
    assert theory.regime(ends, beta, rule).tolist() == expected
    assert theory.overshoot(limit, beta, rule) == np.inf


@pytest.mark.parametrize("rule", RULES)
def test_optimal_of_a_grid_is_that_of_each_pair(rule):
    smallest, largest = np.array([0.5, 1.0, 2.0]), np.array([[3.0], [9.0]])
    rates, betas = theory.optimal(smallest, largest, rule)
    assert rates.shape == betas.shape == (2, 3)
    for i, j in np.ndindex(2, 3):
        pair = theory.optimal(smallest[j], largest[i, 0], rule)
        assert (rates[i, j], betas[i, j]) == pytest.approx(pair, rel=1e-14)


@pytest.mark.parametrize("rule", RULES)
def test_the_ends_have_the_shape_of_beta(rule):
    betas = np.array([[0.0, 0.25, 0.81]])
    low, high = theory.ringing_band(betas, rule)
    limit = theory.stability_limit(betas, rule)
    assert low.shape == high.shape == limit.shape == (1, 3)
    for i, beta in enumerate(betas[0]):
        assert theory.ringing_band(beta, rule) == pytest.approx((low[0, i], high[0, i]))
        assert theory.stability_limit(beta, rule) == pytest.approx(limit[0, i])
