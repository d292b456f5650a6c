"""The explorer schedules against descend, train and the closed form, and its name beside the library's."""

import html
import re

import numpy as np
import pytest

import momentum_edu as me
from momentum_edu import explorers
from momentum_edu import schedules as library
from momentum_edu.explorers.scheduled import BETAS, RATES
from momentum_edu.explorers.schedules import compute, finding, schedules

BOWL = me.landscapes.quadratic([10.0])


@pytest.fixture(scope="module")
def explorer():
    return schedules()


def walked(rule, steps=40):
    return me.descend(BOWL, [1.0], rule, steps).w[:, 0]


def trained(rule, epochs=40):
    model, rng = me.networks.mlp(), np.random.default_rng(1)
    start = model.init(rng).astype(np.float32)
    return me.train(model, me.load_digits(), rule, epochs, start=start, rng=rng).epoch_loss


def test_library_and_explorer_of_one_name_are_both_there():
    assert me.schedules is library
    assert me.schedules.constant(0.3)(5) == 0.3
    assert me.explorers.schedules is schedules
    assert callable(explorers.schedules.compute)


@pytest.mark.parametrize(
    ("settings", "rule"),
    [
        ({"rate": "constant"}, me.ema(0.1, 0.9)),
        ({"rate": "warm-up", "length": 10}, me.ema(library.warmup(0.1, 10), 0.9)),
        ({"rate": "cosine decay"}, me.ema(library.cosine_decay(0.1, 40), 0.9)),
        ({"rate": "one cycle", "learning_rate": 0.2, "beta": 0.5}, me.ema(library.one_cycle(0.2, 40), 0.5)),
        (
            {"rate": "warm-up", "form": "classical_momentum", "length": 5},
            me.classical_momentum(library.warmup(0.01, 5), 0.9),
        ),
        (
            {"rate": "constant", "momentum": "warm-up from 0", "form": "heavy_ball", "length": 30},
            me.heavy_ball(0.01, library.linear(0.0, 0.9, 30)),
        ),
        (
            {"rate": "halved every n steps", "momentum": "warm-up from β/2", "length": 7},
            me.ema(library.step_decay(0.1, 0.5, 7), library.linear(0.45, 0.9, 7)),
        ),
    ],
)
def test_both_runs_are_those_of_the_library(settings, rule):
    result = compute(**settings)
    np.testing.assert_allclose(result.x, walked(rule), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(result.loss, trained(rule), rtol=1e-3)
    assert result.overshoot == pytest.approx(-walked(rule).min(), abs=1e-12)
    assert result.draw_up == pytest.approx(me.draw_up(trained(rule)), abs=2e-3)


def test_the_plateau_listens_to_each_loss():
    result = compute("halved on a plateau", learning_rate=0.1)
    torch_like = library.ReduceOnPlateau(0.1, 0.5, 2)
    for x, eta in zip(result.x, result.eta, strict=False):
        torch_like.observe(5 * x**2)
        assert eta == torch_like(0)
    again = compute("halved on a plateau").network_eta
    cuts = (np.flatnonzero(np.diff(again)) + 1).tolist()
    np.testing.assert_allclose(
        result.loss, trained(me.ema(library.multistep_decay(0.1, cuts, 0.5), 0.9)), rtol=1e-3
    )
    assert not np.array_equal(result.eta, result.network_eta)


@pytest.mark.parametrize("learning_rate", [0.05, 0.1, 0.3])
def test_constant_coefficients_give_the_closed_form_in_every_form(learning_rate):
    expected = me.theory.response(10 * learning_rate, 0.9, 40)
    for form in ("ema", "heavy_ball", "classical_momentum"):
        result = compute("constant", form=form, learning_rate=learning_rate)
        np.testing.assert_allclose(result.x, expected, atol=1e-9)


def test_presets_say_what_the_lesson_says(explorer):
    said = {}
    for button in explorer.children[2].children[1:]:
        button.click()
        said[button.description] = explorer.picture.status
    assert "Overshoot 58 % (constant: 60 %)" in said["decay: too late"]
    assert "Overshoot 85 % (constant: 60 %)" in said["rate warm-up: worse"]
    assert "Overshoot 43 % (constant: 60 %)" in said["Keras's form: better"]
    assert "Overshoot 3 % (constant: 60 %)" in said["momentum warm-up: gone"]
    assert "does not rise again (constant: by 0.21)" in said["momentum warm-up: gone"]
    assert "swings out to 22 times" in said["the cure at a large rate"]
    assert "blows up" in said["the cure at a large rate"]


@pytest.mark.parametrize(
    ("rate", "momentum"),
    [(rate, "constant") for rate in RATES] + [("constant", momentum) for momentum in BETAS[1:]],
)
def test_the_line_of_python_reproduces_the_walk(explorer, rate, momentum):
    explorer.set(rate=rate, momentum=momentum, form="classical_momentum", learning_rate=0.2, beta=0.85)
    code = html.unescape(re.search(r"<pre[^>]*>([^<]*)", explorer.picture.children[1].value)[1])
    shown = eval(code, {"me": me})
    expected = compute(rate, momentum, "classical_momentum", 0.2, 0.85, int(explorer.values["length"])).x
    np.testing.assert_allclose(shown[:, 0], expected, rtol=1e-9, atol=1e-12)


def test_a_training_that_blows_up_is_said_not_drawn(explorer):
    explorer.set(rate="constant", momentum="constant", form="ema", learning_rate=0.8, beta=0.0)
    assert "blows up" in explorer.picture.status
    assert "nan" not in explorer.picture.children[1].value


def test_words_name_both_schedules():
    settings = {"rate": "halved every n steps", "momentum": "warm-up from 0", "length": 7}
    words = finding(settings, compute(settings["rate"], length=7), compute("constant"))
    assert words.startswith("Rate: halved every 7 steps; Momentum: warm-up from 0 over 7 steps. Overshoot")


def test_one_step_is_one_step():
    settings = {"rate": "halved every n steps", "momentum": "warm-up from 0", "length": 1}
    words = finding(settings, compute(settings["rate"], length=1), compute("constant"))
    assert words.startswith("Rate: halved every step; Momentum: warm-up from 0 over 1 step. Overshoot")


def test_two_runs_without_a_rise_are_not_compared_by_number():
    settings = {"rate": "cosine decay", "momentum": "constant", "length": 10}
    words = finding(settings, compute("cosine decay", beta=0.0), compute("constant", beta=0.0))
    assert "the loss does not rise again (nor constant) and ends at" in words


@pytest.mark.parametrize(
    "wrong",
    [
        {"rate": "ramp"},
        {"momentum": "none"},
        {"form": "adam"},
        {"learning_rate": 0.0},
        {"beta": 1.0},
        {"length": 0},
    ],
)
def test_bad_input_is_refused_by_name(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        compute(**wrong)
