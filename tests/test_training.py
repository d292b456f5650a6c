"""Training, step by step against torch.optim, and many configurations against one by one."""

import numpy as np
import pytest
from test_networks import torch_loss

from momentum_edu import (
    Digits,
    draw_up,
    ema,
    gradient_descent,
    heavy_ball,
    load_digits,
    nesterov,
    networks,
    train,
)
from momentum_edu.training import draw_batches


def rng(seed=0):
    return np.random.default_rng(seed)


@pytest.fixture(scope="module")
def digits():
    return load_digits()


@pytest.fixture(scope="module")
def few():
    whole = load_digits()
    return Digits(whole.train_images[:150], whole.train_labels[:150], whole.test_images, whole.test_labels)


def torch_training(model, digits, options, epochs, batch_size, rates=None):
    """The same training by torch.optim.SGD: the same first weights, the same batches in the same order."""
    import torch

    torch.set_num_threads(1)  # at this size a second thread only waits
    draws = rng()
    w = torch.tensor(model.init(draws), requires_grad=True)
    optimizer = torch.optim.SGD([w], **options)
    losses = []
    for step, batch in enumerate(draw_batches(len(digits.train_images), batch_size, epochs, draws)):
        for group in optimizer.param_groups:
            group["lr"] = rates(step) if rates else group["lr"]
        optimizer.zero_grad()
        loss = torch_loss(model, w, digits.train_images[batch], digits.train_labels[batch])
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return np.array(losses), w.detach().numpy()


@pytest.mark.needs_torch
@pytest.mark.parametrize("loss", ["cross_entropy", "mean_squared_error"])
@pytest.mark.parametrize("batch_size", [None, 32])
@pytest.mark.parametrize(
    ("rule", "options"),
    [
        (heavy_ball(0.02, 0.9), {"lr": 0.02, "momentum": 0.9}),
        (nesterov(0.02, 0.9), {"lr": 0.02, "momentum": 0.9, "nesterov": True}),
        (gradient_descent(0.05), {"lr": 0.05}),
    ],
    ids=["heavy_ball", "nesterov", "gradient_descent"],
)
def test_step_by_step_it_is_torch_optim(rule, options, batch_size, loss, few):
    model = networks.mlp(loss=loss)
    epochs = 30 if batch_size is None else 8
    theirs, their_w = torch_training(model, few, options, epochs, batch_size)
    ours = train(model, few, rule, epochs, batch_size=batch_size, rng=rng())
    np.testing.assert_allclose(ours.loss, theirs, rtol=1e-11)
    np.testing.assert_allclose(ours.w, their_w, rtol=0, atol=1e-11)


@pytest.mark.needs_torch
def test_l2_is_weight_decay_and_schedules_count_on_over_epochs(few):
    def rate(step):
        return 0.05 / (1 + step / 10)

    options = {"lr": 1.0, "momentum": 0.9, "weight_decay": 0.02}
    theirs, their_w = torch_training(networks.mlp(), few, options, 6, 50, rate)
    ours = train(networks.mlp(l2=0.02), few, heavy_ball(rate, 0.9), 6, batch_size=50, rng=rng())
    np.testing.assert_allclose(ours.w, their_w, rtol=0, atol=1e-11)
    np.testing.assert_array_equal(ours.learning_rate, [rate(step) for step in range(18)])
    assert (ours.loss > theirs).all()  # torch's decay acts in the gradient and does not show in its loss


@pytest.mark.needs_torch
def test_64_configurations_agree_with_torch_one_after_another(few):
    rates, betas = np.geomspace(0.002, 0.05, 8)[:, np.newaxis], np.linspace(0, 0.95, 8)
    ours = train(networks.mlp(), few, heavy_ball(rates, betas), 3, batch_size=32, rng=rng())
    assert ours.loss.shape == (12, 8, 8)
    for i, j in [(0, 0), (2, 7), (5, 3), (7, 7)]:
        options = {"lr": float(rates[i, 0]), "momentum": float(betas[j])}
        theirs, _ = torch_training(networks.mlp(), few, options, 3, 32)
        np.testing.assert_allclose(ours.loss[:, i, j], theirs, rtol=1e-9)


@pytest.mark.parametrize("batch_size", [None, 40])
def test_many_configurations_equal_one_by_one_bit_for_bit(batch_size, few):
    # 7 x 5 configurations make more than one group, and a group that is not full.
    model = networks.mlp(loss="cross_entropy", l2=1e-3)
    rates, betas = np.geomspace(0.01, 1, 7)[:, np.newaxis], np.array([0.0, 0.5, 0.9, 0.95, 0.99])
    together = train(model, few, ema(rates, betas), 4, batch_size=batch_size, rng=rng())
    assert together.w.shape == (7, 5, model.size)
    for i, j in np.ndindex(7, 5):
        alone = train(model, few, ema(rates[i, 0], betas[j]), 4, batch_size=batch_size, rng=rng())
        for name in ("loss", "epoch_loss", "test_accuracy", "learning_rate", "beta"):
            np.testing.assert_array_equal(
                getattr(together, name)[:, i, j], getattr(alone, name), err_msg=name
            )
        np.testing.assert_array_equal(together.w[i, j], alone.w)


def test_starts_of_their_own_broadcast_against_the_rule(few):
    model = networks.softmax_regression()
    starts = np.array([model.init(rng(seed)) for seed in range(3)])
    both = train(model, few, ema(0.5, np.array([[0.0], [0.9]])), 3, rng=rng(), start=starts)
    assert both.w.shape == (2, 3, model.size)
    for seed in range(3):
        alone = train(model, few, ema(0.5, 0.9), 3, rng=rng(), start=starts[seed])
        np.testing.assert_array_equal(both.epoch_loss[:, 1, seed], alone.epoch_loss)


def test_a_schedule_of_arrays_makes_configurations(few):
    model = networks.softmax_regression()
    both = train(model, few, ema(lambda step: np.array([0.1, 0.5]) / (1 + step), 0.9), 3, rng=rng())
    alone = train(model, few, ema(lambda step: 0.5 / (1 + step), 0.9), 3, rng=rng())
    np.testing.assert_array_equal(both.epoch_loss[:, 1], alone.epoch_loss)
    np.testing.assert_array_equal(both.learning_rate, [[0.1, 0.5], [0.05, 0.25], [0.1 / 3, 0.5 / 3]])


def test_the_history_is_what_it_says(few):
    model = networks.mlp()
    history = train(model, few, ema(0.1, 0.9), 4, batch_size=40, rng=rng())
    assert history.steps_per_epoch == 3  # 150 images: 30 are left out of each epoch
    assert history.loss.shape == history.beta.shape == (12,)
    assert history.epoch_loss.shape == history.test_accuracy.shape == (5,)
    draws = rng()
    first = model.init(draws)
    batch = draw_batches(150, 40, 4, draws)[0]
    assert history.loss[0] == model.loss(first, few.train_images[batch], few.train_labels[batch])
    for index, w in ((0, first), (-1, history.w)):
        assert history.epoch_loss[index] == model.loss(w, few.train_images, few.train_labels)
        assert history.test_accuracy[index] == model.accuracy(w, few.test_images, few.test_labels)


def test_a_whole_batch_makes_one_step_an_epoch(few):
    history = train(networks.mlp(), few, ema(0.1, 0.9), 5, rng=rng())
    np.testing.assert_array_equal(history.loss, history.epoch_loss[:-1])
    one_batch = train(networks.mlp(), few, ema(0.1, 0.9), 5, batch_size=150, rng=rng())
    np.testing.assert_allclose(one_batch.epoch_loss, history.epoch_loss, rtol=1e-12)
    large_batch = train(networks.mlp(), few, ema(0.1, 0.9), 5, batch_size=100, rng=rng())
    assert (large_batch.epoch_loss[:-1] != large_batch.loss).all()


def test_no_epochs_leave_the_start(few):
    history = train(networks.mlp(), few, ema(0.1, 0.9), 0, batch_size=50, rng=rng())
    np.testing.assert_array_equal(history.w, networks.mlp().init(rng()))
    assert history.loss.shape == (0,)
    assert history.epoch_loss.shape == (1,)
    assert not history.diverged


def test_diverging_configurations_are_flagged_and_disturb_no_other(few):
    model = networks.mlp()
    rates = np.array([0.1, 1e3, 0.05, 1e100, 3.0])
    history = train(model, few, gradient_descent(rates), 40, rng=rng())  # warnings are errors in these tests
    assert history.diverged.tolist() == [False, True, False, True, True]
    assert np.isnan(history.test_accuracy[-1, 3])
    assert not np.isfinite(history.epoch_loss[-1, 3])
    for index in (0, 2):
        alone = train(model, few, gradient_descent(rates[index]), 40, rng=rng())
        np.testing.assert_array_equal(history.loss[:, index], alone.loss)
        np.testing.assert_array_equal(history.w[index], alone.w)


def test_float32_weights_make_a_float32_training(few):
    model = networks.mlp()
    rule = ema(0.1, np.array([0.5, 0.9]))
    single = train(model, few, rule, 20, rng=rng(), start=model.init(rng()).astype(np.float32))
    double = train(model, few, rule, 20, rng=rng())
    assert single.w.dtype == np.float32
    np.testing.assert_allclose(single.epoch_loss, double.epoch_loss, rtol=1e-5)


def test_shuffled_batches_go_once_through_all_images():
    for epoch in np.array(draw_batches(100, 20, 3, rng())).reshape(3, 100):
        assert sorted(epoch) == list(range(100))
    one, other = np.array(draw_batches(100, 100, 2, rng()))
    assert (one != other).mean() > 0.9
    assert (one != np.arange(100)).mean() > 0.9
    assert len(np.unique(draw_batches(103, 20, 1, rng()))) == 100


def test_iid_batches_are_drawn_with_replacement():
    drawn = np.array(draw_batches(100, 20, 500, rng(), "iid"))
    assert drawn.shape == (2500, 20)
    # Of 100 draws with replacement from 100 images, 1 - (1 - 1/100)^100 = 0.634 are different ones.
    different = [len(np.unique(epoch)) / 100 for epoch in drawn.reshape(500, 100)]
    assert np.mean(different) == pytest.approx(1 - 0.99**100, abs=0.01)
    counts = np.bincount(drawn.ravel(), minlength=100)
    assert ((counts - 500) ** 2 / 500).sum() < 150  # chi-square with 99 degrees of freedom: mean 99, sd 14


def test_it_learns(digits):
    history = train(networks.mlp(loss="cross_entropy"), digits, ema(0.5, 0.9), 20, batch_size=64, rng=rng())
    assert history.test_accuracy[0] < 0.3
    assert history.test_accuracy[-1] > 0.95
    assert draw_up(history.epoch_loss) < 0.1


MODEL = networks.mlp()


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"epochs": -1}, ValueError, "epochs must be at least 0; got -1"),
        ({"epochs": 2.5}, TypeError, "epochs must be a whole number; got 2.5"),
        ({"batch_size": 0}, ValueError, "batch_size must be at least 1; got 0"),
        (
            {"batch_size": 151},
            ValueError,
            "batch_size must be at most the number of training images, 150; got 151",
        ),
        ({"sampling": "random"}, ValueError, "sampling must be one of 'shuffled', 'iid'; got 'random'"),
        ({"rng": 0}, TypeError, r"rng must be a numpy\.random\.Generator; got 0"),
        ({"rule": "ema"}, TypeError, "rule must be a Rule.*; got 'ema'"),
        (
            {"start": np.zeros(5)},
            ValueError,
            r"start must have shape \(\.\.\., 2410\) for this model; got \(5,\)",
        ),
        ({"start": np.full(2410, np.inf)}, ValueError, "start must be finite; got inf"),
        (
            {"rule": ema(np.ones(3), np.zeros(2))},
            ValueError,
            r"batch axes must broadcast.*learning_rate \(3,\), beta \(2,\)",
        ),
        ({"rule": ema(0.1, np.zeros(0))}, ValueError, r"at least one configuration; got batch axes \(0,\)"),
        (
            {"rule": ema(lambda step: 0.1 - step)},
            ValueError,
            "learning_rate at step 1 must be finite and not neg",
        ),
    ],
)
def test_bad_input_is_named(arguments, error, message, few):
    given = {"rule": ema(0.1), "epochs": 3, "rng": rng(), **arguments}
    with pytest.raises(error, match=message):
        train(MODEL, few, **given)


def test_data_of_another_width_is_named(few):
    narrow = Digits(few.train_images[:, :9], few.train_labels, few.test_images[:, :9], few.test_labels)
    with pytest.raises(ValueError, match=r"images must have shape \(n, 64\), n > 0; got \(150, 9\)"):
        train(MODEL, narrow, ema(0.1), 1, rng=rng())
