"""The rules against PyTorch, against the recurrences that Keras and Optax document, and by their laws."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from momentum_edu import (
    classical_momentum,
    descend,
    ema,
    gradient_descent,
    heavy_ball,
    landscapes,
    nesterov,
    schedules,
)

CURVATURES = [0.3, 2.0, 7.0]
START = [1.0, -2.0, 0.5]
STEPS = 60


def torch_path(steps, schedule=None, **options):
    """The points that torch.optim.SGD visits on the same bowl, the rate set before each step."""
    import torch

    scale = torch.tensor(CURVATURES, dtype=torch.float64)
    w = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.SGD([w], **options)
    points = [w.detach().numpy().copy()]
    for t in range(steps):
        if schedule is not None:
            optimiser.param_groups[0]["lr"] = schedule(t)
        optimiser.zero_grad()
        (scale * w * w).sum().div(2).backward()
        optimiser.step()
        points.append(w.detach().numpy().copy())
    return np.array(points)


def our_path(rule, steps=STEPS):
    return descend(landscapes.quadratic(CURVATURES), START, rule, steps).w


@pytest.mark.needs_torch
@pytest.mark.parametrize(
    ("rule", "options"),
    [
        (gradient_descent(0.1), {"lr": 0.1}),
        (heavy_ball(0.05, 0.9), {"lr": 0.05, "momentum": 0.9}),
        (ema(0.5, 0.9), {"lr": 0.5 * (1 - 0.9), "momentum": 0.9}),
        (nesterov(0.05, 0.8), {"lr": 0.05, "momentum": 0.8, "nesterov": True}),
        (classical_momentum(0.05, 0.7), {"lr": 0.05, "momentum": 0.7}),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_equals_torch_at_a_constant_rate(rule, options):
    np.testing.assert_allclose(our_path(rule), torch_path(STEPS, **options), rtol=0, atol=1e-12)


@pytest.mark.needs_torch
def test_under_a_changing_rate_the_form_that_holds_the_rate_parts_from_torch():
    rate = schedules.cosine_decay(0.05, STEPS)
    theirs = torch_path(STEPS, rate, lr=0.05, momentum=0.9)
    np.testing.assert_allclose(our_path(heavy_ball(rate, 0.9)), theirs, rtol=0, atol=1e-12)
    scaled = our_path(ema(lambda t: rate(t) / (1 - 0.9), 0.9))
    np.testing.assert_allclose(scaled, theirs, rtol=0, atol=1e-12)
    assert np.abs(our_path(classical_momentum(rate, 0.9)) - theirs).max() > 0.01


@pytest.mark.needs_torch
def test_torch_dampening_is_not_the_ema():
    theirs = torch_path(STEPS, lr=0.5, momentum=0.9, dampening=0.9)
    assert np.abs(our_path(ema(0.5, 0.9)) - theirs).max() > 0.1
    np.testing.assert_allclose(theirs[1], np.array(START) * (1 - 0.5 * np.array(CURVATURES)), atol=1e-12)


def documented(library, steps, rate, beta, use_nesterov=False):
    """Keras's and Optax's SGD as their documentation writes the recurrences."""
    scale, w = np.array(CURVATURES), np.array(START)
    velocity, points = np.zeros(3), [w]
    for t in range(steps):
        g, eta = scale * w, rate(t)
        if library == "keras":  # velocity = momentum * velocity - learning_rate * g
            velocity = beta * velocity - eta * g
            w = w + (beta * velocity - eta * g if use_nesterov else velocity)
        else:  # optax.trace: f = decay * f + g; updates are -learning_rate * f (or of g + decay * f)
            velocity = beta * velocity + g
            w = w - eta * (g + beta * velocity if use_nesterov else velocity)
        points.append(w)
    return np.array(points)


def test_equals_the_recurrences_of_keras_and_optax():
    rate = schedules.exponential_decay(0.05, 0.97)
    for rule, library in ((classical_momentum, "keras"), (heavy_ball, "optax")):
        np.testing.assert_allclose(
            our_path(rule(rate, 0.9)), documented(library, STEPS, rate, 0.9), atol=1e-13
        )
    path = our_path(nesterov(rate, 0.9))
    np.testing.assert_allclose(path, documented("optax", STEPS, rate, 0.9, use_nesterov=True), atol=1e-13)
    constant = our_path(nesterov(0.05, 0.9))
    keras = documented("keras", STEPS, lambda t: 0.05, 0.9, use_nesterov=True)
    np.testing.assert_allclose(constant, keras, atol=1e-12)


@given(
    beta=st.floats(0, 0.99),
    gradients=st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=30),
)
def test_ema_velocity_is_the_unrolled_mean_and_never_exceeds_the_largest_gradient(beta, gradients):
    rule, v, w = ema(0.1, beta), np.zeros(1), np.zeros(1)
    for t, g in enumerate(gradients):
        w, v = rule.update(w, v, np.array([g]), t)
    n = len(gradients)
    weights = (1 - beta) * beta ** np.arange(n - 1, -1, -1)
    np.testing.assert_allclose(v[0], weights @ np.array(gradients), atol=1e-9)
    np.testing.assert_allclose(weights.sum(), 1 - beta**n, atol=1e-12)
    assert abs(v[0]) <= np.abs(gradients).max() + 1e-9


def test_update_is_pure_and_keeps_shape_and_dtype():
    w, v, g = (np.full((4, 3), x, dtype=np.float32) for x in (1.0, 2.0, 3.0))
    rates = np.array([0.1, 0.2, 0.3, 0.4])
    for rule in (ema(rates, rates), heavy_ball(rates), classical_momentum(rates), nesterov(rates)):
        new_w, new_v = rule.update(w, v, g, 0)
        assert new_w.shape == new_v.shape == (4, 3)
        assert new_w.dtype == new_v.dtype == np.float32
        assert (w == 1).all()
        assert (v == 2).all()
        assert (g == 3).all()
        np.testing.assert_array_equal(rule.init(w), np.zeros((4, 3), np.float32), strict=True)


def test_update_uses_the_coefficients_of_its_own_step():
    rule = ema(lambda t: 0.1 * (t + 1), lambda t: 0.2 * t)
    w, v = rule.update(np.array([1.0]), np.array([2.0]), np.array([3.0]), step=3)
    np.testing.assert_allclose((v, w), ([0.6 * 2 + 0.4 * 3], [1 - 0.4 * 2.4]), rtol=1e-15)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ema(0.0), r"learning_rate must be finite and positive; got 0.0"),
        (lambda: ema(-1), r"learning_rate must be finite and positive; got -1"),
        (lambda: heavy_ball(float("nan")), r"learning_rate must be finite and positive; got nan"),
        (lambda: nesterov([0.1, np.inf]), r"learning_rate must be finite and positive; got inf"),
        (lambda: ema(0.1, 1.2), r"beta must lie in \[0, 1\); got 1.2"),
        (lambda: ema(0.1, 1.0), r"beta must lie in \[0, 1\); got 1.0"),
        (lambda: ema(0.1, [0.5, -0.1]), r"beta must lie in \[0, 1\); got -0.1"),
        (lambda: ema(0.1, lambda t: 2.0).beta(3), r"beta at step 3 must lie in \[0, 1\); got 2.0"),
        (
            lambda: ema(lambda t: -t).learning_rate(7),
            r"learning_rate at step 7 must be .*not negative; got -7",
        ),
    ],
)
def test_bad_values_are_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_bad_types_are_named():
    with pytest.raises(TypeError, match="learning_rate must be real numbers; got 'fast'"):
        ema("fast")
    with pytest.raises(TypeError, match="beta at step 2 must be real numbers; got None"):
        ema(0.1, lambda t: None).beta(2)
