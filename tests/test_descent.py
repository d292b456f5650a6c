"""descend: shapes, batches, noise, divergence and its errors."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from momentum_edu import descend, ema, gradient_descent, landscapes, nesterov, schedules

BOWL = landscapes.quadratic([1.0, 4.0])


def test_a_single_run_equals_the_recurrence_by_hand():
    path = descend(BOWL, [1.0, 2.0], ema(0.5, 0.8), 3)
    w, v = np.array([1.0, 2.0]), np.zeros(2)
    for t in range(3):
        g = np.array([1.0, 4.0]) * w
        np.testing.assert_allclose(path.gradient[t], g, atol=1e-15)
        v = 0.8 * v + 0.2 * g
        w = w - 0.5 * v
        np.testing.assert_allclose(path.w[t + 1], w, atol=1e-15)
        np.testing.assert_allclose(path.v[t + 1], v, atol=1e-15)
        np.testing.assert_allclose(path.loss[t + 1], (w**2 * [1, 4]).sum() / 2, atol=1e-15)


def test_a_batch_equals_its_runs_one_by_one_bit_for_bit():
    rng = np.random.default_rng(0)
    starts, rates = rng.normal(size=(3, 1, 2)), np.array([0.1, 0.2, 0.3, 0.4])
    together = descend(BOWL, starts, ema(rates, 0.9), 50)
    assert together.w.shape == (51, 3, 4, 2)
    assert together.loss.shape == (51, 3, 4)
    assert together.learning_rate.shape == together.beta.shape == (50, 3, 4)
    assert together.diverged.shape == (3, 4)
    for i in range(3):
        for j in range(4):
            alone = descend(BOWL, starts[i, 0], ema(rates[j], 0.9), 50)
            np.testing.assert_array_equal(together.w[:, i, j], alone.w)
            np.testing.assert_allclose(together.loss[:, i, j], alone.loss, rtol=1e-14)


def test_schedules_are_used_and_recorded():
    path = descend(BOWL, [1.0, 1.0], ema(schedules.linear(0.1, 0.5, 4), schedules.linear(0, 0.9, 3)), 6)
    np.testing.assert_allclose(path.learning_rate, [0.1, 0.2, 0.3, 0.4, 0.5, 0.5])
    np.testing.assert_allclose(path.beta, [0, 0.3, 0.6, 0.9, 0.9, 0.9])


def test_a_bare_gradient_will_do_and_float32_stays():
    path = descend(lambda w: 2 * w, np.ones(3, np.float32), ema(0.1, 0.9), 5)
    assert path.loss is None
    assert path.w.dtype == path.v.dtype == np.float32
    assert descend(BOWL, [1, 2], ema(0.1), 1).w.dtype == np.float64


def test_noise_is_the_generators_and_has_the_asked_spread():
    start = np.zeros((2000, 2))
    path = descend(BOWL, start, gradient_descent(0.1), 3, noise=0.5, rng=np.random.default_rng(7))
    again = descend(BOWL, start, gradient_descent(0.1), 3, noise=0.5, rng=np.random.default_rng(7))
    np.testing.assert_array_equal(path.w, again.w)
    assert path.gradient[0].std() == pytest.approx(0.5, rel=0.05)


def test_keep_every_keeps_every_kth_point():
    full = descend(BOWL, [[1.0, 2.0]], ema(0.3, 0.9), 10)
    thin = descend(BOWL, [[1.0, 2.0]], ema(0.3, 0.9), 10, keep_every=3)
    assert thin.step.tolist() == [0, 3, 6, 9]
    np.testing.assert_array_equal(thin.w, full.w[::3])
    np.testing.assert_array_equal(thin.v, full.v[::3])
    np.testing.assert_array_equal(thin.loss, full.loss[::3])
    np.testing.assert_array_equal(thin.gradient, full.gradient[::3])
    assert thin.learning_rate.shape == (10, 1)


def test_divergence_is_flagged_and_leaves_the_others_alone():
    path = descend(BOWL, [[1.0, 1.0], [1.0, 1.0]], gradient_descent(np.array([0.1, 3.0])), 2000)
    assert path.diverged.tolist() == [False, True]
    assert not np.isfinite(path.w[-1, 1]).all()
    assert np.isfinite(path.w[:, 0]).all()
    np.testing.assert_allclose(path.w[-1, 0], 0, atol=1e-30)
    assert descend(BOWL, [1.0, 1.0], gradient_descent(0.9), 60).diverged  # 2.6^60, still finite


def test_zero_steps_is_the_start():
    path = descend(BOWL, [1.0, 2.0], ema(0.1), 0)
    assert path.w.tolist() == [[1.0, 2.0]]
    assert path.gradient.shape == (0, 2)
    assert path.learning_rate.shape == (0,)
    assert path.loss.tolist() == [8.5]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"steps": -1}, ValueError, "steps must be at least 0; got -1"),
        ({"steps": 2.5}, TypeError, "steps must be a whole number; got 2.5"),
        ({"keep_every": 0}, ValueError, "keep_every must be at least 1; got 0"),
        ({"start": [1.0, np.nan]}, ValueError, "start must be finite; got nan"),
        ({"start": 1.0}, ValueError, "start must have a last axis"),
        ({"start": [1.0, 2.0, 3.0]}, ValueError, r"landscape's dimension 2; got shape \(3,\)"),
        ({"start": [[1.0, 2.0], [3.0]]}, TypeError, "start must be numbers in one rectangular array"),
        ({"start": ["a", "b"]}, TypeError, "start must be real numbers"),
        (
            {"start": np.ones((3, 2)), "rule": ema([0.1, 0.2])},
            ValueError,
            r"must broadcast .*; got start \(3,\), learning_rate \(2,\), beta \(\)",
        ),
        ({"landscape": lambda w: w.sum()}, ValueError, r"gradient must have the shape .* \(2,\); got \(\)"),
        ({"landscape": lambda w: [0.0, 0.0]}, TypeError, "gradient must be a NumPy array"),
        ({"landscape": 3}, TypeError, "landscape must be a Landscape or a gradient function; got 3"),
        ({"rule": "ema"}, TypeError, "rule must be a Rule"),
        ({"noise": 0.1}, ValueError, "rng must be a numpy.random.Generator when noise is not 0; got None"),
        ({"noise": -1.0}, ValueError, "noise must be finite and not negative; got -1.0"),
        ({"rule": ema(lambda t: 0.1 - t)}, ValueError, "learning_rate at step 1 must be finite and not neg"),
    ],
)
def test_bad_input_is_named(arguments, error, message):
    good = {"landscape": BOWL, "start": [1.0, 2.0], "rule": ema(0.1), "steps": 5}
    with pytest.raises(error, match=message):
        descend(**{**good, **arguments})


anything = st.floats(width=64) | st.integers(-3, 10**20) | st.none() | st.text(max_size=3)


@settings(max_examples=150)
@given(
    start=arrays(np.float64, st.sampled_from([(2,), (3, 2), (1,), ()]), elements=st.floats(width=64)),
    rate=anything,
    beta=anything,
    steps=st.integers(-2, 30) | st.floats(),
)
def test_fuzz_only_documented_errors_and_nothing_mutated(start, rate, beta, steps):
    before = start.copy()
    try:
        path = descend(BOWL, start, ema(rate, beta), steps)
    except (ValueError, TypeError) as error:
        assert any(name in str(error) for name in ("start", "learning_rate", "beta", "steps"))  # noqa: PT017
    else:
        assert np.isfinite(start).all()
        assert np.all(path.diverged | np.isfinite(path.w).all(axis=(0, -1)))
    np.testing.assert_array_equal(start, before)


def test_nesterov_under_zero_gradient_stays():
    path = descend(BOWL, [0.0, 0.0], nesterov(0.1), 5)
    assert (path.w == 0).all()
