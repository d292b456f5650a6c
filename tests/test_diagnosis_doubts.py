"""Where another cause makes the same curve, the diagnosis says so; checked by making that cause."""

import re

import numpy as np
import pytest

from momentum_edu import descend, diagnose, draw_up, heavy_ball, landscapes, load_digits, nesterov
from momentum_edu.diagnosis.shipped_logs import load_logs

LOGS = load_logs()
NOISY = [log.losses for log in LOGS if log.batch and log.cause == "noise" and not log.held_out]


def smoothed(losses: np.ndarray, width: int) -> np.ndarray:
    return np.convolve(losses, np.full(width, 1 / width), mode="valid")


@pytest.mark.parametrize("width", [10, 20, 50])
def test_a_running_mean_of_noise_is_seldom_called_unstable_or_ringing(width: int) -> None:
    """Real runs under noise, each value a mean of the last ones, as progress bars show them."""
    kinds = [diagnose(smoothed(losses, width)).kind for losses in NOISY]
    assert np.mean([kind in ("ringing", "instability") for kind in kinds]) < 0.08


def test_runs_on_all_images_are_not_taken_for_running_means() -> None:
    runs = [diagnose(log.losses) for log in LOGS if not log.batch and log.cause in ("ringing", "smooth")]
    assert not any("running mean" in found.explanation for found in runs)


def fitted(rate: float, bad_step: int | None) -> np.ndarray:
    """Return the losses of plain descent on a line through points, in one step of them with wrong targets."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 3))
    right = x @ [1.0, -2.0, 0.5] + 0.1 * rng.normal(size=200)
    w, losses = np.zeros(3), []
    for step in range(150):
        error = x @ w - (right - 3 * x[:, 0] if step == bad_step else right)
        losses.append(0.5 * np.mean(error**2))
        w = w - rate * x.T @ error / len(x)
    return np.array(losses)


def test_one_bad_batch_is_named_beside_instability() -> None:
    """The spike is in the data: at a quarter of the rate it is as high, far from its limit."""
    spoilt, lower = fitted(0.1, 90), fitted(0.025, 90)
    assert draw_up(fitted(0.1, None)) == 0
    assert lower[90] - lower[89] > 0.9 * (spoilt[90] - spoilt[89])
    assert "a bad batch does that too" in diagnose(spoilt).explanation
    unstable = [log for log in LOGS if not log.held_out and not log.batch and log.cause == "instability"]
    assert not any("bad batch" in diagnose(log.losses).explanation for log in unstable)


def test_without_momentum_nothing_is_called_ringing() -> None:
    losses = next(log.losses for log in LOGS if log.cause == "ringing" and not log.batch)
    assert diagnose(losses).kind == "ringing"
    found = diagnose(losses, beta=0.0)
    assert found.kind == "unclear"
    assert not any("warmup_start" in line.change for line in found.advice)


def test_a_lower_rate_that_makes_it_worse_is_not_recommended() -> None:
    """Nesterov damps steep directions more: a quarter of the rate swings further."""
    valley = landscapes.quadratic([1.0])
    runs = [descend(valley, [1.0], nesterov(rate, 0.97), 150).w[:, 0] ** 2 / 2 for rate in (0.24, 0.06)]
    found = diagnose(0.2 + runs[0], learning_rate=0.24, beta=0.97, convention="nesterov")
    assert found.kind == "ringing"
    lower = next(line for line in found.advice if "learning_rate_factor" in line.change)
    assert lower.effect > 0.9
    assert draw_up(runs[1]) > draw_up(runs[0])
    assert lower.startswith("A quarter of the learning rate promises no help")


def relu_network(rate: float, beta: float, batch: int, steps: int = 150) -> np.ndarray:
    """Return the losses of a network on the digits, squared error, in plain NumPy; 0 takes all images."""
    digits, rng = load_digits(), np.random.default_rng(0)
    images, labels = digits.train_images, np.eye(10)[digits.train_labels]
    weights = [rng.normal(size=(64, 64)) / 14, np.zeros(64), rng.normal(size=(64, 10)) / 14, np.zeros(10)]
    velocity, losses = [np.zeros_like(w) for w in weights], []
    for _ in range(steps):
        taken = rng.choice(len(images), batch, replace=False) if batch else slice(None)
        x, y = images[taken], labels[taken]
        a, b, c, d = weights
        hidden = np.maximum(x @ a + b, 0)
        error = hidden @ c + d - y
        losses.append(np.mean(np.sum(error**2, axis=1)))
        out = 2 * error / len(x)
        back = (out @ c.T) * (hidden > 0)
        slopes = [x.T @ back, back.sum(0), hidden.T @ out, out.sum(0)]
        velocity = [beta * v + slope for v, slope in zip(velocity, slopes, strict=True)]
        weights = [w - rate * v for w, v in zip(weights, velocity, strict=True)]
    return np.array(losses)


@pytest.mark.parametrize(("rate", "batch"), [(0.5, 64), (0.6, 32), (0.6, 128)])
def test_what_rises_above_its_start_under_mini_batches_is_not_ringing(rate: float, batch: int) -> None:
    """Controls: it rises so without momentum and noise too, and at a tenth of the rate it does not."""
    losses, plain, tenth = (
        relu_network(rate, 0.9, batch),
        relu_network(rate, 0.0, 0),
        relu_network(rate / 10, 0.9, batch),
    )
    assert losses.max() > 1.5 * losses[0]
    assert plain.max() > 1.5 * plain[0]
    assert tenth.max() == tenth[0]
    found = diagnose(losses)
    assert found.kind == "instability"
    assert "above where it began" in found.explanation


def test_noise_that_stands_far_above_its_start_names_the_other_cause() -> None:
    """Above the limit for 0.4 (no momentum, no noise: it rises as well), well below it for 0.04."""
    assert relu_network(0.4, 0.0, 0).max() > 1.5 * relu_network(0.4, 0.0, 0)[0]
    high, low = diagnose(relu_network(0.4, 0.9, 128)), diagnose(relu_network(0.04, 0.9, 128))
    assert high.kind == "noise"
    assert low.kind == "noise"
    assert "so can too high a rate" in high.explanation
    assert "too high a rate" not in low.explanation


def test_a_long_period_is_not_called_short() -> None:
    """At this beta no mode of so long a period rises by a hundredth."""
    t = np.arange(200)
    found = diagnose(
        0.2 + 2 * np.exp(-t / 6) + 0.1 * np.exp(-t / 60) * (1 - np.cos(np.pi * t / 40)), beta=0.9
    )
    assert found.kind == "ringing"
    assert found.period > 40
    h, w, v, losses = 1.9 - 2 * np.sqrt(0.9) * np.cos(np.pi / found.period), 1.0, 0.0, [1.0]
    for _ in range(int(2 * found.period)):
        v = 0.9 * v + w
        w -= h * v
        losses.append(w * w)
    assert draw_up(losses) < 0.01
    assert not any("so short" in line or "few steps" in line for line in found.advice)


@pytest.mark.parametrize("slow", [15, 40])
@pytest.mark.parametrize("noise", [0.0, 0.01])
def test_a_loss_that_rises_once_and_stays_is_not_called_ringing(slow: float, noise: float) -> None:
    """As on held-out data where a network overfits; the same rise that comes down again is no such thing."""
    t, rng = np.arange(120), np.random.default_rng(0)
    fall = 0.2 + 0.8 * np.exp(-t / 12) + noise * rng.normal(size=t.size)
    late = np.maximum(t - 20, 0)
    found = diagnose(fall + 0.3 * (1 - np.exp(-late / slow)), beta=0.9)
    assert found.kind == "unclear"
    assert "held-out" in found.explanation
    back = diagnose(fall + 0.3 * np.exp(-late / 40) * np.sin(late / 10), beta=0.9)
    assert back.kind == "ringing"


def test_a_guessed_beta_is_said_to_be_a_guess() -> None:
    """Two modes ring together: the guess is below the run's beta, and not stated as if it were that."""
    losses = descend(landscapes.quadratic([1.0, 0.6]), [1.0, 1.0], heavy_ball(0.01, 0.98), 300).loss
    told, guessed = diagnose(losses, learning_rate=0.01, beta=0.98), diagnose(losses)
    assert told.kind == guessed.kind == "ringing"
    assert "guess" not in told.explanation
    [said] = re.findall(r"Beta was not told: (\S+) is guessed", guessed.explanation)
    assert float(said) == pytest.approx(guessed.decay_per_step**2, rel=5e-3)
    assert float(said) < 0.98
