"""Gradients and Hessians against finite differences and PyTorch; minima and saddles by their definition."""

import numpy as np
import pytest

from momentum_edu import ema, heavy_ball, landscapes
from momentum_edu.descent import descend

ALL = [
    landscapes.quadratic([0.5, 3.0, -1.0]),
    landscapes.ravine(50.0),
    landscapes.saddle(0.3),
    landscapes.double_well(0.2),
    landscapes.double_well(-0.1),
    landscapes.inflection(),
    landscapes.rosenbrock(),
    landscapes.lessard(),
]
names = pytest.mark.parametrize("landscape", ALL, ids=lambda landscape: landscape.name)


def some_points(landscape):
    low, high = np.array(landscape.view).T
    return np.random.default_rng(3).uniform(low, high, (5, 4, landscape.dimension))


@names
def test_derivatives_equal_finite_differences(landscape):
    w, h = some_points(landscape), 1e-5
    for axis in range(landscape.dimension):
        e = h * np.eye(landscape.dimension)[axis]
        slope = (landscape.value(w + e) - landscape.value(w - e)) / (2 * h)
        np.testing.assert_allclose(landscape.gradient(w)[..., axis], slope, rtol=1e-6, atol=1e-6)
        bend = (landscape.gradient(w + e) - landscape.gradient(w - e)) / (2 * h)
        np.testing.assert_allclose(landscape.hessian(w)[..., axis], bend, rtol=1e-6, atol=1e-6)


@names
def test_shapes_follow_the_batch(landscape):
    w = some_points(landscape)
    d = landscape.dimension
    assert landscape.value(w).shape == (5, 4)
    assert landscape.gradient(w).shape == (5, 4, d)
    assert landscape.hessian(w).shape == (5, 4, d, d)
    np.testing.assert_array_equal(landscape.gradient(w)[2, 3], landscape.gradient(w[2, 3]))


@names
def test_stationary_points_are_what_they_are_called(landscape):
    for point in landscape.minima:
        np.testing.assert_allclose(landscape.gradient(point), 0, atol=1e-14)
        assert np.linalg.eigvalsh(landscape.hessian(point)).min() > 0
    for point in landscape.saddles:
        np.testing.assert_allclose(landscape.gradient(point), 0, atol=1e-14)
        assert np.linalg.eigvalsh(landscape.hessian(point)).min() <= 0
    if len(landscape.minima) > 1:
        heights = landscape.value(landscape.minima)
        assert (np.diff(heights) >= 0).all()


@pytest.mark.needs_torch
def test_rosenbrock_equals_autograd():
    import torch

    def value(w):
        return (1 - w[0]) ** 2 + 100 * (w[1] - w[0] ** 2) ** 2

    valley = landscapes.rosenbrock()
    for point in some_points(valley)[0]:
        w = torch.tensor(point)
        np.testing.assert_allclose(valley.value(point), value(w).item(), rtol=1e-12)
        np.testing.assert_allclose(
            valley.gradient(point), torch.autograd.functional.jacobian(value, w), rtol=1e-12
        )
        np.testing.assert_allclose(
            valley.hessian(point), torch.autograd.functional.hessian(value, w), rtol=1e-12
        )


@pytest.mark.parametrize("tilt", [-0.38, -1e-9, 0.0, 1e-3, 0.38])
def test_double_well_minima_are_the_cubic_roots(tilt):
    well = landscapes.double_well(tilt)
    points = np.concatenate([well.minima, well.saddles]).ravel()
    np.testing.assert_allclose(np.sort(points), np.sort(np.roots([1, 0, -1, tilt]).real), atol=1e-7)


def test_heavy_ball_cycles_on_lessards_convex_function():
    path = descend(landscapes.lessard(), [3.3], heavy_ball(1 / 9, 4 / 9), 600).w.ravel()
    assert np.allclose(np.sort(path[-3:]), [-1.802, 0.647, 2.116], atol=1e-3)
    np.testing.assert_allclose(path[-3:], path[-6:-3], atol=1e-9)


def test_momentum_crosses_the_terrace_on_which_plain_descent_crawls():
    terrace = landscapes.inflection()
    with_momentum = descend(terrace, [1.0], ema(0.3, 0.9), 400).w[-1, 0]
    plain = descend(terrace, [1.0], ema(0.3, 0.0), 400).w[-1, 0]
    assert with_momentum == pytest.approx(-1, abs=0.01)
    assert 0 < plain < 0.05


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: landscapes.quadratic([]), r"curvatures must be a non-empty list .* got shape \(0,\)"),
        (lambda: landscapes.quadratic([[1.0]]), r"curvatures must be a non-empty list .* got shape \(1, 1\)"),
        (lambda: landscapes.quadratic([1, np.nan]), "curvatures must be finite; got nan"),
        (lambda: landscapes.ravine(0.5), "condition_number must be finite and at least 1; got 0.5"),
        (lambda: landscapes.saddle(-1), "curvature_ratio must be finite and positive; got -1"),
        (lambda: landscapes.double_well(0.4), "tilt must keep two valleys: .* got 0.4"),
    ],
)
def test_bad_values_are_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()
