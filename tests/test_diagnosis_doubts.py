"""Where another cause makes the same curve, the diagnosis says so; checked by making that cause."""

import numpy as np
import pytest

from momentum_edu import descend, diagnose, draw_up, landscapes, nesterov
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
