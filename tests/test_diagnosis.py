"""The diagnosis: on curves of known cause, on real runs, and its advice tried out."""

import numpy as np
import pytest

from momentum_edu import diagnose, theory


def falling(steps: int = 300) -> np.ndarray:
    return 0.2 + np.exp(-np.arange(steps) / 40)


@pytest.mark.parametrize("h", [0.3, 0.5, 1.0, 2.0])
@pytest.mark.parametrize("beta", [0.8, 0.9, 0.97])
def test_the_ringing_of_one_mode_is_measured(h: float, beta: float) -> None:
    """Against the closed form: period pi / theta of the loss, sqrt(beta) a step, overshoot, curvature."""
    rate = 0.05
    found = diagnose(
        0.3 + theory.response(h, beta, 300) ** 2, learning_rate=rate, beta=beta, convention="ema"
    )
    assert found.kind == "ringing"
    assert found.period == pytest.approx(theory.ringing_period(h, beta) / 2, rel=0.03)
    assert found.weight_period == 2 * found.period
    assert found.decay_per_step == pytest.approx(np.sqrt(beta), rel=0.02)
    assert found.overshoot == pytest.approx(theory.overshoot(h, beta), rel=0.05)
    assert found.curvature == pytest.approx(h / rate, rel=0.1)
    assert found.h == pytest.approx(rate * found.curvature)


def test_noise_a_smooth_fall_and_a_blow_up() -> None:
    rng = np.random.default_rng(0)
    assert diagnose(falling()).kind == "smooth"
    noisy = diagnose(falling() + 0.05 * rng.standard_normal(300))
    assert noisy.kind == "noise"
    assert noisy.noise == pytest.approx(0.05, rel=0.15)
    assert diagnose(1.1 ** np.arange(60)).kind == "instability"
    assert diagnose([2.0, 1.5, 1.2] * 4, diverged=True).kind == "instability"


def test_the_unit_of_the_loss_does_not_matter() -> None:
    losses = 0.3 + theory.response(1.0, 0.9, 200) ** 2
    plain, scaled = diagnose(losses), diagnose(1000 * losses)
    assert (plain.kind, plain.period) == (scaled.kind, pytest.approx(scaled.period))


@pytest.mark.parametrize(
    ("losses", "message"),
    [
        ([], r"losses must be one non-empty curve \(n,\); got shape \(0,\)"),
        ([[1.0, 2.0]], r"losses must be one non-empty curve \(n,\); got shape \(1, 2\)"),
        ([1.0, 2.0, np.nan], r"losses must be finite; got nan at step 2\. .* pass losses\[:2\]"),
        ([1.0, np.inf], "losses must be finite; got inf at step 1"),
    ],
)
def test_a_bad_log_is_refused(losses: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        diagnose(losses)


def test_bad_options_are_refused() -> None:
    with pytest.raises(ValueError, match=r"beta must lie in \[0, 1\); got 1.2"):
        diagnose(falling(), beta=1.2)
    with pytest.raises(ValueError, match="learning_rate must be finite and positive; got -1"):
        diagnose(falling(), learning_rate=-1.0)
    with pytest.raises(ValueError, match="steps_per_epoch must be at least 1; got 0"):
        diagnose(falling(), 0)
    with pytest.raises(ValueError, match=r"convention must be one of 'heavy_ball', .*; got 'adam'"):
        diagnose(falling(), convention="adam")


def test_too_few_values_are_unclear() -> None:
    assert diagnose([3.0, 2.0, 1.0]).kind == "unclear"
