"""Losses, gradients and Hessians of the models, against PyTorch, and batches against one by one."""

import numpy as np
import pytest

from momentum_edu import backprop, load_digits, networks

LOSSES = ("cross_entropy", "mean_squared_error")
MODELS = [
    pytest.param(make, loss, l2, id=f"{make.__name__}-{loss}-l2={l2}")
    for make in (networks.softmax_regression, networks.mlp)
    for loss in LOSSES
    for l2 in (0.0, 0.01)
]


@pytest.fixture(scope="module")
def some_digits():
    digits = load_digits()
    return digits.train_images[:300], digits.train_labels[:300]  # more than two blocks, not a whole number


def torch_loss(model, w, images, labels):
    """The same loss in PyTorch's own functions, of a flat weight tensor in our layout."""
    import torch
    from torch.nn import functional

    images, labels = torch.tensor(np.array(images)), torch.tensor(np.array(labels))
    x, start = images, 0
    for depth, (inputs, outputs) in enumerate(zip(model.widths, model.widths[1:], strict=False)):
        x = torch.tanh(x) if depth else x
        weight = w[start : start + inputs * outputs].reshape(inputs, outputs)
        start += inputs * outputs
        x = functional.linear(x, weight.T, w[start : start + outputs])
        start += outputs
    if model.loss_name == "cross_entropy":
        loss = functional.cross_entropy(x, labels)
    else:
        one_hot = functional.one_hot(labels, model.widths[-1]).to(x.dtype)
        loss = 0.5 * functional.mse_loss(x, one_hot, reduction="sum") / len(x)
    return loss + 0.5 * model.l2 * (w**2).sum()


@pytest.mark.needs_torch
@pytest.mark.parametrize(("make", "loss", "l2"), MODELS)
def test_loss_and_gradient_are_autograds(make, loss, l2, some_digits):
    import torch

    model = make(loss=loss, l2=l2)
    w = model.init(np.random.default_rng(0)) + 0.01  # biases too
    theirs_w = torch.tensor(w, requires_grad=True)
    theirs = torch_loss(model, theirs_w, *some_digits)
    theirs.backward()
    value, gradient = model.loss_and_gradient(w, *some_digits)
    assert value == pytest.approx(theirs.item(), rel=1e-13)
    np.testing.assert_allclose(gradient, theirs_w.grad.numpy(), rtol=0, atol=1e-14)
    assert model.loss(w, *some_digits) == value
    np.testing.assert_array_equal(model.gradient(w, *some_digits), gradient)


@pytest.mark.needs_torch
def test_a_deep_network_has_autograds_gradient(some_digits):
    import torch

    model = networks.mlp((64, 7, 5, 10), loss="cross_entropy")
    w = model.init(np.random.default_rng(0))
    theirs_w = torch.tensor(w, requires_grad=True)
    torch_loss(model, theirs_w, *some_digits).backward()
    np.testing.assert_allclose(model.gradient(w, *some_digits), theirs_w.grad.numpy(), rtol=0, atol=1e-14)


def test_the_gradient_is_the_slope_of_the_loss(some_digits):
    # The same check where PyTorch is missing: central differences along random directions.
    model = networks.mlp(loss="cross_entropy", l2=0.1)
    rng = np.random.default_rng(0)
    w, directions = model.init(rng), rng.standard_normal((5, model.size))
    step = 1e-5
    slopes = (
        model.loss(w + step * directions, *some_digits) - model.loss(w - step * directions, *some_digits)
    ) / (2 * step)
    np.testing.assert_allclose(directions @ model.gradient(w, *some_digits), slopes, rtol=1e-7)


@pytest.mark.parametrize(("make", "loss", "l2"), MODELS)
def test_many_configurations_equal_one_by_one_bit_for_bit(make, loss, l2, some_digits):
    model = make(loss=loss, l2=l2)
    rng = np.random.default_rng(0)
    w = np.asfortranarray([model.init(rng) for _ in range(20)]).reshape(4, 5, -1, order="F")  # not contiguous
    value, gradient = model.loss_and_gradient(w, *some_digits)
    accuracy = model.accuracy(w, *some_digits)
    assert value.shape == accuracy.shape == (4, 5)
    for index in np.ndindex(4, 5):
        one_value, one_gradient = model.loss_and_gradient(w[index], *some_digits)
        assert value[index] == one_value
        np.testing.assert_array_equal(gradient[index], one_gradient)
        assert accuracy[index] == model.accuracy(w[index], *some_digits)


def test_known_values():
    # By hand: equal outputs give log(classes); outputs 0 leave the one-hot label, half its square.
    images, labels = np.ones((3, 64)), np.array([0, 4, 9])
    w = np.zeros(650)
    assert networks.softmax_regression().loss(w, images, labels) == pytest.approx(np.log(10), rel=1e-15)
    assert networks.softmax_regression(loss="mean_squared_error").loss(w, images, labels) == 0.5
    assert networks.softmax_regression(loss="mean_squared_error", l2=0.2).loss(w + 1, images, labels) == (
        pytest.approx(0.5 * (9 * 65**2 + 64**2) + 0.1 * 650, rel=1e-14)
    )


def test_accuracy_counts_right_answers():
    model = networks.softmax_regression(2, 2)
    w = np.array([1.0, 0, 0, 1, 0, 0])  # output = image
    images = np.array([[1.0, 0], [0, 1], [3, 2], [2, 3]])
    assert model.predict(w, images).tolist() == [0, 1, 0, 1]
    assert model.accuracy(w, images, np.array([0, 1, 1, 1])) == 0.75
    with np.errstate(all="ignore"):
        assert np.isnan(model.accuracy(w * np.inf, images, np.array([0, 1, 1, 1])))


def test_initial_weights_have_lecuns_variance():
    model = networks.mlp((400, 100, 10))
    (first, first_bias), (second, _) = model.unpack(model.init(np.random.default_rng(0)))
    assert first.var() == pytest.approx(1 / 400, rel=0.03)
    assert second.var() == pytest.approx(1 / 100, rel=0.15)
    assert not first_bias.any()


def test_tanh_is_numpys():
    x = np.concatenate([np.linspace(-30, 30, 10001), [-1e9, -400, 400, 1e9, -np.inf, np.inf]])
    ours = x.copy()
    backprop._tanh_in_place(ours)
    np.testing.assert_allclose(ours, np.tanh(x), rtol=0, atol=4e-16)


def test_float32_stays_float32(some_digits):
    model = networks.mlp(loss="cross_entropy", l2=0.1)
    w = model.init(np.random.default_rng(0))
    value, gradient = model.loss_and_gradient(w.astype(np.float32), *some_digits)
    assert value.dtype == gradient.dtype == np.float32
    np.testing.assert_allclose(gradient, model.gradient(w, *some_digits), atol=1e-6)


def test_nothing_is_changed(some_digits):
    model = networks.mlp()
    w = model.init(np.random.default_rng(0))
    before = w.copy()
    model.loss_and_gradient(w, *some_digits)
    np.testing.assert_array_equal(w, before)


W, IMAGES, LABELS = np.zeros(650), np.zeros((3, 64)), np.array([0, 1, 2])


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda m: networks.mlp((64,)),
            ValueError,
            r"widths must name at least inputs and classes; got \(64,\)",
        ),
        (lambda m: networks.mlp((64, 0, 10)), ValueError, "each of widths must be at least 1; got 0"),
        (lambda m: networks.mlp(loss="hinge"), ValueError, "loss must be one of .* got 'hinge'"),
        (lambda m: networks.mlp(l2=-1.0), ValueError, "l2 must be finite and not negative; got -1.0"),
        (lambda m: m.init(0), TypeError, "rng must be a numpy.random.Generator; got 0"),
        (
            lambda m: m.loss(W[:9], IMAGES, LABELS),
            ValueError,
            r"w must have shape \(\.\.\., 650\).* got \(9,\)",
        ),
        (lambda m: m.loss(1.0, IMAGES, LABELS), ValueError, r"w must have shape"),
        (lambda m: m.loss(W, IMAGES[:, 1:], LABELS), ValueError, r"images must have shape .*; got \(3, 63\)"),
        (lambda m: m.loss(W, IMAGES[:0], LABELS[:0]), ValueError, r"images must have shape .* n > 0; got"),
        (lambda m: m.loss(W, IMAGES, LABELS[:2]), ValueError, r"labels must have shape \(3,\) .* got \(2,\)"),
        (lambda m: m.loss(W, IMAGES, LABELS + 8), ValueError, "labels must lie in 0..9; got 8 to 10"),
        (
            lambda m: m.loss(W, IMAGES, LABELS + 0.5),
            TypeError,
            "labels must be whole numbers; got dtype float64",
        ),
        (lambda m: m.loss(W, [["a"] * 64], LABELS), TypeError, "images must be real numbers"),
    ],
)
def test_bad_input_is_named(call, error, message):
    with pytest.raises(error, match=message):
        call(networks.softmax_regression())
