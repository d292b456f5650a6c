"""The story of the course in a real network: the MLP on the digits rings in its first epochs, and why.

Five seeds, full batch, learning rate 0.1, beta 0.9, 60 epochs of one step. The numbers in the comments were
measured; the tests hold the order of things, and the numbers as rounded in the lessons.
"""

import numpy as np
import pytest

from momentum_edu import descend, draw_up, ema, load_digits, networks, schedules, theory, train

RATE, BETA, EPOCHS = 0.1, 0.9, 60
MODEL = networks.mlp()  # 64-32-10, tanh, mean squared error
STARTS = np.array([MODEL.init(np.random.default_rng(seed)) for seed in range(5)])
SCHEDULES = {
    "plain": (RATE, 0.0),
    "momentum": (RATE, BETA),
    "cosine decay": (schedules.cosine_decay(RATE, 300), BETA),
    "rate warm-up": (schedules.warmup(RATE, 10), BETA),
    "momentum warm-up": (RATE, schedules.linear(0.0, BETA, 30)),
}


def at(coefficient, step):
    return coefficient(step) if callable(coefficient) else coefficient


@pytest.fixture(scope="module")
def losses():
    """Epoch losses (EPOCHS + 1, 5) of each schedule, all trained in one call."""
    rule = ema(
        lambda step: np.array([[at(rate, step)] for rate, _ in SCHEDULES.values()]),
        lambda step: np.array([[at(beta, step)] for _, beta in SCHEDULES.values()]),
    )
    history = train(MODEL, load_digits(), rule, EPOCHS, rng=np.random.default_rng(0), start=STARTS)
    return {name: history.epoch_loss[:, index] for index, name in enumerate(SCHEDULES)}


def test_plain_descent_falls_smoothly(losses):
    assert draw_up(losses["plain"]).max() < 0.01  # 0 in four seeds, 0.007 in one


def test_momentum_draws_the_loss_up_again(losses):
    rises = draw_up(losses["momentum"])
    assert rises.min() > 0.015  # 0.035, 0.208, 0.020, 0.439, 0.029
    assert rises.mean() == pytest.approx(0.146, abs=0.005)
    assert np.argmax(np.diff(losses["momentum"], axis=0) > 0, axis=0).max() < 10  # in the first epochs


def test_cosine_decay_changes_nothing(losses):
    np.testing.assert_allclose(draw_up(losses["cosine decay"]), draw_up(losses["momentum"]), rtol=0.02)


def test_a_learning_rate_warm_up_makes_it_worse(losses):
    worse = draw_up(losses["rate warm-up"])
    assert (worse > 2 * draw_up(losses["momentum"])).all()
    assert worse.mean() == pytest.approx(0.357, abs=0.01)


def test_a_momentum_warm_up_removes_it_at_no_loss_of_speed(losses):
    assert draw_up(losses["momentum warm-up"]).max() < 1e-3
    for epoch in (10, 30, 60):
        assert losses["momentum warm-up"][epoch].mean() < losses["momentum"][epoch].mean()
        assert losses["momentum warm-up"][epoch].mean() < 1.01 * losses["plain"][epoch].mean()


def ripple_period(signal):
    """The period of the strongest oscillation between 3 and 20 steps: the peak of a fine spectrum."""
    frequency = np.fft.rfftfreq(4096)
    power = np.abs(np.fft.rfft((signal - signal.mean()) * np.hanning(len(signal)), 4096))
    power[(frequency < 1 / 20) | (frequency > 1 / 3)] = 0
    return 1 / frequency[power.argmax()]


def test_the_ripple_has_the_period_that_the_sharpness_predicts(losses):
    digits = load_digits()
    images, labels = digits.train_images, digits.train_labels

    def gradient(w):
        return MODEL.gradient(w, images, labels)

    start_sharpness = networks.sharpness(MODEL, STARTS, images, labels, rng=np.random.default_rng(0))
    assert start_sharpness.mean() == pytest.approx(21.6, abs=0.2)  # 22.0, 21.5, 19.7, 22.7, 22.1
    ratios = []
    for seed, start in enumerate(STARTS):
        path = descend(gradient, start, ema(RATE, BETA), 40)
        curvature, mode = networks.top_mode(MODEL, path.w[15], images, labels, rng=np.random.default_rng(0))
        assert curvature == pytest.approx(20, rel=0.12)
        predicted = theory.ringing_period(RATE * curvature, BETA)  # 13.1 to 14.1 steps
        # Along its stiffest direction the network does what one quadratic mode does,
        assert ripple_period(path.gradient[2:] @ mode) == pytest.approx(predicted, rel=0.06)
        # and the loss ripples twice as fast. (Second differences take away the slow fall.)
        ratios.append(ripple_period(np.diff(losses["momentum"][2:40, seed], 2)) / (predicted / 2))
    # Softer modes ripple along in the loss, more slowly: 1.10, 0.97, 1.21, 1.36, 1.25 times the prediction.
    assert min(ratios) > 0.9
    assert max(ratios) < 1.4
    assert ratios[1] == pytest.approx(1, abs=0.06)


def test_with_cross_entropy_it_hides_or_turns_round():
    model = networks.mlp(loss="cross_entropy")
    rule = ema(np.array([[[RATE]], [[2.0]]]), np.array([[0.0], [BETA]]))
    history = train(model, load_digits(), rule, 30, rng=np.random.default_rng(0), start=STARTS)
    rises = draw_up(history.epoch_loss)
    assert rises[0].max() < 1e-6  # learning rate 0.1: no ringing, with momentum or without
    assert rises[1, 0].min() > 5  # learning rate 2: plain descent spikes, by 6 to 16,
    assert rises[1, 1].max() < 1e-3  # and momentum at the same learning rate does not
