"""The sharpness, against the dense Hessian by PyTorch's autograd and against linear algebra."""

import numpy as np
import pytest
from test_networks import torch_loss

from momentum_edu import load_digits, networks


@pytest.fixture(scope="module")
def some_digits():
    digits = load_digits()
    return digits.train_images[:60, 20:28], digits.train_labels[:60]


def dense_hessian(model, w, images, labels):
    import torch

    def loss(w):
        return torch_loss(model, w, images, labels)

    return torch.autograd.functional.hessian(loss, torch.tensor(w), vectorize=True).numpy()


@pytest.mark.needs_torch
@pytest.mark.parametrize("loss", ["cross_entropy", "mean_squared_error"])
def test_sharpness_is_the_dense_hessians_largest_eigenvalue(loss, some_digits):
    model = networks.mlp((8, 5, 10), loss=loss, l2=0.003)
    rng = np.random.default_rng(0)
    w = np.array([model.init(rng) for _ in range(2)])
    values, directions = networks.top_mode(model, w, *some_digits, rng=rng)
    assert values.shape == (2,)
    for one, value, direction in zip(w, values, directions, strict=True):
        hessian = dense_hessian(model, one, *some_digits)
        assert value == pytest.approx(np.linalg.eigvalsh(hessian)[-1], rel=1e-8)
        assert np.linalg.norm(direction) == pytest.approx(1, rel=1e-12)
        np.testing.assert_allclose(hessian @ direction, value * direction, atol=1e-5 * value)


@pytest.mark.needs_torch
def test_a_dominant_negative_eigenvalue_is_not_taken_for_it(some_digits):
    # Large weights: the outputs are far off, and the loss curves down four times as much as up.
    model = networks.mlp((8, 3, 10))
    w = 3 * model.init(np.random.default_rng(1))
    eigenvalues = np.linalg.eigvalsh(dense_hessian(model, w, *some_digits))
    assert -eigenvalues[0] > 3 * eigenvalues[-1] > 0
    value = networks.sharpness(model, w, *some_digits, rng=np.random.default_rng(0))
    assert value == pytest.approx(eigenvalues[-1], rel=1e-8)


def test_least_squares_has_the_data_matrixs_eigenvalue():
    digits = load_digits()
    model = networks.softmax_regression(loss="mean_squared_error", l2=0.5)
    rng = np.random.default_rng(0)
    value = networks.sharpness(model, model.init(rng), digits.train_images, digits.train_labels, rng=rng)
    data = np.column_stack([digits.train_images, np.ones(1536)])
    assert value == pytest.approx(np.linalg.eigvalsh(data.T @ data / 1536)[-1] + 0.5, rel=1e-9)


def test_a_flat_loss_has_sharpness_zero():
    model = networks.softmax_regression(2, 1)  # one class: the loss is 0 whatever the weights
    value = networks.sharpness(
        model, np.zeros(3), np.ones((4, 2)), np.zeros(4, int), rng=np.random.default_rng(0)
    )
    assert value == 0


def test_bad_input_is_named():
    model, images, labels = networks.softmax_regression(2, 2), np.ones((1, 2)), np.array([0])
    with pytest.raises(ValueError, match="w must be finite; got nan"):
        networks.sharpness(model, np.full(6, np.nan), images, labels, rng=np.random.default_rng(0))
    with pytest.raises(ValueError, match=r"w must have shape"):
        networks.sharpness(model, np.zeros(5), images, labels, rng=np.random.default_rng(0))
    with pytest.raises(TypeError, match=r"rng must be a numpy\.random\.Generator; got 3"):
        networks.sharpness(model, np.zeros(6), images, labels, rng=3)
