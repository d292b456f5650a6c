"""The diagnosis: on curves of known cause, on real runs, and its advice tried out."""

import numpy as np
import pytest

from momentum_edu import (
    descend,
    diagnose,
    draw_up,
    ema,
    heavy_ball,
    landscapes,
    load_digits,
    networks,
    schedules,
    theory,
    train,
)
from momentum_edu.diagnosis.advice import for_ringing
from momentum_edu.diagnosis.finding import curvature_from_period

DIGITS = load_digits()


def digits_run(rule, epochs=100, *, batch_size=None, model=None, seed=0):
    model = model or networks.mlp()
    rng = np.random.default_rng(seed)
    return train(model, DIGITS, rule, epochs, batch_size=batch_size, rng=rng)


def falling(steps: int = 300) -> np.ndarray:
    return 0.2 + np.exp(-np.arange(steps) / 40)


@pytest.mark.parametrize(("steps", "words"), [(13, "rises once, by"), (60, "rises 4 times, first by")])
def test_rises_are_counted_in_words(steps: int, words: str) -> None:
    losses = theory.response(1.0, 0.9, steps=steps) ** 2  # its turns are ten steps apart
    assert words in diagnose(losses).explanation


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


@pytest.mark.parametrize("seed", range(25))
def test_the_steep_first_epochs_of_a_log_are_no_noise(seed: int) -> None:
    """Means of 30 epochs of cross-entropy; noise of a known size, small against the fall."""
    losses = 1.7 / np.arange(1, 31) ** 1.5 + 0.0015 * np.random.default_rng(seed).normal(size=30)
    found = diagnose(losses)
    assert found.kind == "smooth"
    assert found.noise < 3 * 0.0015
    loud = diagnose(losses + 0.1 * np.random.default_rng(seed + 100).normal(size=30))
    assert 0.05 < loud.noise < 0.25


def test_noise_a_smooth_fall_and_a_blow_up() -> None:
    rng = np.random.default_rng(0)
    assert diagnose(falling()).kind == "smooth"
    noisy = diagnose(falling() + 0.05 * rng.standard_normal(300))
    assert noisy.kind == "noise"
    assert noisy.noise == pytest.approx(0.05, rel=0.15)
    assert diagnose(1.1 ** np.arange(60)).kind == "instability"
    assert diagnose([2.0, 1.5, 1.2] * 4, diverged=True).kind == "instability"


@pytest.mark.parametrize("steps", [60, 300, 3000])
def test_a_loss_that_only_jumps_is_noise(steps: int) -> None:
    """White noise around a level, as late in a training: at most two in twenty may be called otherwise."""
    rng = np.random.default_rng(1)
    kinds = [diagnose(2 + 0.1 * rng.standard_normal(steps)).kind for _ in range(20)]
    assert kinds.count("noise") >= 18


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


@pytest.mark.parametrize("level", [2.3, 0.0, 1.0, -1.3])
def test_a_loss_that_does_not_change_is_not_called_unstable(level: float) -> None:
    """The mean of many equal numbers may differ from them in the last place."""
    found = diagnose(np.full(100, level))
    assert found.kind == "unclear"
    assert "does not change" in found.explanation


def test_the_rounding_of_a_loss_that_has_settled_is_no_noise() -> None:
    settled = 0.3 * (1 + 2e-16 * np.random.default_rng(0).integers(-1, 2, 1000))
    losses = np.concatenate([0.3 + theory.response(1.0, 0.9, 60) ** 2, settled])
    found, rounded = diagnose(losses), diagnose(losses.round(6))
    assert found.evidence is not None
    assert not found.evidence.noisy
    assert (found.kind, found.explanation) == (rounded.kind, rounded.explanation)


def test_what_never_falls_or_rises_once_is_told_so() -> None:
    assert "from 1 it only goes up, to 1.975" in diagnose(np.linspace(1, 2, 100)).explanation
    once = diagnose(0.2 + np.exp(-np.arange(60) / 3) + 0.3 * np.exp(-(((np.arange(60) - 12) / 3) ** 2)))
    assert "rises once, by " in once.explanation
    assert diagnose([1.0]).explanation.startswith("One value is too few")


def test_a_pattern_that_repeats_each_epoch_is_no_ringing() -> None:
    """Twenty batches always in the same order, sorted by difficulty: a swing of 20 steps that never fades."""
    t = np.arange(400)
    losses = 0.3 + 0.7 * np.exp(-t / 100) + 0.1 * np.cos(2 * np.pi * t / 20)
    assert diagnose(losses).kind != "noise"
    told = diagnose(losses, steps_per_epoch=20)
    assert told.kind == "noise"
    assert "the batches come in the same order" in told.explanation
    ringing = 0.3 + theory.response(0.5, 0.95, 300) ** 2
    assert diagnose(ringing, steps_per_epoch=20).kind == "ringing"


def test_an_oscillation_that_never_fades_is_not_called_ringing() -> None:
    t = np.arange(600)
    assert diagnose(2 - t / 600 + 0.3 * np.cos(t / 3)).kind != "ringing"


@pytest.mark.parametrize("seed", [0, 1])
def test_the_advice_against_ringing_works(seed: int) -> None:
    """Warm-up and rate, tried on the network whose log was diagnosed: at most the predicted rise is left."""
    losses = digits_run(ema(0.1, 0.9), seed=seed).loss
    found = diagnose(losses, learning_rate=0.1, beta=0.9, convention="ema")
    assert found.kind == "ringing"
    warm_up, lower = found.advice[:2]
    betas = schedules.linear(warm_up.change["warmup_start"], 0.9, warm_up.change["warmup_steps"])
    warmed = digits_run(ema(0.1, betas), seed=seed).loss
    slower = digits_run(ema(0.1 * lower.change["learning_rate_factor"], 0.9), seed=seed).loss
    assert warm_up.effect < 0.15
    assert draw_up(warmed) / draw_up(losses) < warm_up.effect + 0.02
    assert warmed[-1] < 1.02 * losses[-1]  # at no loss in speed
    assert lower.effect < 0.6
    assert draw_up(slower) / draw_up(losses) < lower.effect + 0.02
    assert slower[-1] > losses[-1]  # and that one does cost speed


@pytest.mark.parametrize(("h", "rule"), [(6.0, "ema"), (10.0, "ema"), (3.0, "heavy_ball")])
def test_a_momentum_warm_up_that_would_blow_up_is_not_advised(h: float, rule: str) -> None:
    """It begins nearly as plain descent, which cannot stand these rates: the walk itself shows it."""
    run = {"ema": ema, "heavy_ball": heavy_ball}[rule]
    warmed = descend(landscapes.quadratic([1.0]), [1.0], run(h, schedules.linear(0.6, 0.9, 10)), 60).w[:, 0]
    assert draw_up(warmed**2) > 0.5
    assert not any("warmup_start" in line.change for line in for_ringing(h, 0.9, rule))
    assert "warmup_start" in for_ringing(1.0, 0.9, "ema")[0].change


def test_nothing_is_predicted_from_a_ripple_of_two_steps() -> None:
    """A network's run whose peaks fall between the steps: a warm-up makes it worse, the lower rate helps."""
    losses = digits_run(heavy_ball(0.126, 0.82)).loss
    found = diagnose(losses, learning_rate=0.126, beta=0.82)
    assert (found.kind, round(found.period, 2)) == ("ringing", 2.0)
    assert np.isnan([found.curvature, found.h, *(line.effect for line in found.advice)]).all()
    warmed = digits_run(heavy_ball(0.126, schedules.linear(0.0, 0.82, 80))).loss
    assert draw_up(warmed) > draw_up(losses)
    assert not any("warmup_start" in line.change for line in found.advice)
    slower = digits_run(heavy_ball(0.126 * found.advice[0].change["learning_rate_factor"], 0.82)).loss
    assert draw_up(slower) < 0.5 * draw_up(losses)


@pytest.mark.parametrize("beta", [0.8, 0.9, 0.98])
def test_a_short_ripple_is_said_to_be_ambiguous(beta: float) -> None:
    """A mode near its limit rings with the same period as one far from it: theta and pi - theta."""
    for h, short in ((0.5, True), (0.05, False)):
        far, near = (theory.ringing_period(one, beta, "heavy_ball") for one in (h, 2 + 2 * beta - h))
        assert 1 / far + 1 / near == pytest.approx(0.5)
        text = next(line for line in for_ringing(h, beta, "heavy_ball") if "quarter" in line)
        assert ("near its limit" in text) == (far / 2 < 4.5) == short


@pytest.mark.parametrize("rule", ["ema", "heavy_ball", "nesterov"])
@pytest.mark.parametrize("period", [2.0, 2.01, 2.1, 2.5, 4.0, 20.0])
def test_no_advice_leaves_many_times_what_was_there(rule: str, period: float) -> None:
    for beta in (0.5, 0.7, 0.9, 0.97):
        h = curvature_from_period(period, 1.0, beta, rule)
        shares = [line.effect for line in for_ringing(h, beta, rule)]
        assert not any(share > 2 for share in shares), (beta, shares)


def test_the_advice_against_noise_works() -> None:
    """Four times the batch, as often round the data in steps: half the noise."""
    model = networks.softmax_regression()
    small = diagnose(digits_run(ema(0.1, 0.9), 6, batch_size=16, model=model).loss)
    larger = next(line for line in small.advice if "batch_factor" in line.change)
    factor = int(larger.change["batch_factor"])
    large = diagnose(digits_run(ema(0.1, 0.9), 6 * factor, batch_size=16 * factor, model=model).loss)
    assert small.kind == large.kind == "noise"
    assert large.noise / small.noise == pytest.approx(larger.effect, rel=0.2)


def test_the_advice_against_instability_works() -> None:
    losses = digits_run(heavy_ball(0.35, 0.9), 200).loss
    finite = losses[np.isfinite(losses)]
    found = diagnose(finite, diverged=len(finite) < len(losses))
    assert found.kind == "instability"
    factor = found.advice[0].change["learning_rate_factor"]
    calmer = digits_run(heavy_ball(0.35 * factor, 0.9), 200).loss
    assert np.isfinite(calmer).all()
    assert diagnose(calmer).kind != "instability"


def test_a_rate_far_beyond_the_limit_takes_the_advice_against_instability_twice() -> None:
    rate, judged = 1.4, []
    for _ in range(3):
        with np.errstate(all="ignore"):
            losses = digits_run(heavy_ball(rate, 0.9), 200).loss
        finite = losses[np.isfinite(losses)]
        judged.append(diagnose(finite, diverged=len(finite) < len(losses)))
        if judged[-1].kind != "instability":
            break
        rate *= judged[-1].advice[0].change["learning_rate_factor"]
    assert len(judged) == 3
    assert judged[-1].kind != "instability"
    assert "more than four times too high" in judged[0].advice[0]


def test_the_curvature_is_that_of_the_network() -> None:
    """Against the sharpness, by power iteration on differences of the gradient, at the first weights."""
    losses = digits_run(ema(0.1, 0.9)).loss
    model, rng = networks.mlp(), np.random.default_rng(0)
    w, data = model.init(rng), (DIGITS.train_images, DIGITS.train_labels)
    direction = rng.standard_normal(w.size)
    for _ in range(40):
        direction /= np.linalg.norm(direction)
        step = 1e-4 * direction
        product = (model.gradient(w + step, *data) - model.gradient(w - step, *data)) / 2e-4
        sharpness, direction = direction @ product, product
    found = diagnose(losses, learning_rate=0.1, beta=0.9, convention="ema")
    assert found.curvature == pytest.approx(sharpness, rel=0.25)
