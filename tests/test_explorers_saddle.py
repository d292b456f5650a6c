"""The explorer of passes: its runs against the library, its growth against the measured one."""

import html
import re

import numpy as np
import pytest

import momentum_edu as me
from momentum_edu import explorers, landscapes

compute = explorers.saddle.compute


@pytest.fixture(scope="module")
def opened():
    return explorers.saddle()


@pytest.fixture
def saddle(opened):
    yield opened
    opened.children[2].children[0].click()


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"side_step": 0.0},
        {"run_up": 0.0, "beta": 0.0},
        {"curvature_ratio": 0.5, "learning_rate": 0.1, "beta": 0.99},
        {"learning_rate": 20.0, "noise": 1e-6, "side_step": 0.0},
    ],
)
def test_both_runs_are_those_of_descend(changed):
    values = {"side_step": 1e-6, "run_up": 1.0, "curvature_ratio": 0.1, "learning_rate": 1.0, "beta": 0.9}
    values |= {"noise": 0.0} | changed
    result = compute(**values, steps=60)
    place, start = landscapes.saddle(values["curvature_ratio"]), [values["run_up"], values["side_step"]]
    for path, rule in (
        (result.momentum, me.ema(values["learning_rate"], values["beta"])),
        (result.plain, me.gradient_descent(min(values["learning_rate"], 1.9))),
    ):
        rng = np.random.default_rng(0)
        expected = me.descend(place, start, rule, 60, noise=values["noise"], rng=rng).w
        np.testing.assert_allclose(path, expected, rtol=1e-9, atol=1e-20)


def test_the_run_up_changes_nothing_across():
    place = landscapes.saddle(0.1)
    far, near = (me.descend(place, [x, 1e-6], me.ema(1.0, 0.9), 300).w[:, 1] for x in (1.15, 0.0))
    np.testing.assert_array_equal(far, near)
    np.testing.assert_allclose(compute(run_up=1.15).momentum[:, 1], near, rtol=1e-9)


@pytest.mark.parametrize(("rate", "beta"), [(1.0, 0.9), (1.0, 0.0), (20.0, 0.9), (0.3, 0.5)])
def test_the_growth_is_the_one_measured(rate, beta):
    result = compute(learning_rate=rate, beta=beta, steps=120)
    distance = result.momentum[:, 1]
    assert distance[-1] / distance[-2] == pytest.approx(result.growth, rel=1e-3)
    if beta == 0.0:
        np.testing.assert_allclose(result.momentum, result.plain)


def test_at_the_same_rate_momentum_is_slower_for_every_beta_and_curvature():
    for ratio in (0.02, 0.1, 1.0):
        for beta in (0.3, 0.9, 0.99):
            result = compute(curvature_ratio=ratio, beta=beta, steps=3000)
            assert result.escape > result.plain_escape
            assert result.growth < result.plain_growth


def test_a_slope_of_exactly_zero_keeps_both_for_ever_until_there_is_noise():
    still = compute(side_step=0.0, steps=2000)
    assert not still.momentum[:, 1].any()
    assert not still.plain[:, 1].any()
    assert np.isnan(still.escape)
    assert compute(side_step=0.0, noise=1e-12, steps=2000).escape < 1000


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "226 steps to leave the pass, plain descent at the same rate 145: momentum is slower"),
        ({"learning_rate": 20.0}, "36 steps to leave the pass, plain descent at 1.9, its most, 80"),
        ({"side_step": 0.0}, "never leaves"),
        ({"side_step": 0.0, "noise": 1e-6}, "Noise frees it: momentum needs 220 steps"),
        (
            {"side_step": 0.0, "noise": 1e-12},
            "Noise moves it off the ridge, but momentum is still in the pass",
        ),
        ({"learning_rate": 0.1}, "still in the pass after 300 steps"),
        ({"learning_rate": 20.0, "beta": 0.5}, "beyond the limit of 6"),
        ({"learning_rate": 1.0, "beta": 0.99}, "plain descent at the same rate needs 145"),
        ({"run_up": 0.0}, "without a run-up needs 226"),
        ({"beta": 0.0}, "as fast"),
    ],
)
def test_the_finding_in_words(saddle, values, words):
    saddle.set(**values)
    assert words in saddle.picture.status


@pytest.mark.parametrize("values", [{}, {"side_step": 0.0, "noise": 1e-6, "step": 50}, {"run_up": 0.0}])
def test_the_line_of_python_reproduces_the_path(saddle, values):
    saddle.set(**values)
    code = html.unescape(re.search(r"<pre[^>]*>([^<]*)", saddle.picture.children[1].value)[1])
    shown = eval(code, {"me": me, "np": np})
    expected = compute(**saddle.values).momentum[: len(shown)]
    assert len(shown) == values.get("step", 300) + 1
    np.testing.assert_allclose(shown, expected, rtol=1e-9, atol=1e-20)


@pytest.mark.parametrize(
    "wrong",
    [
        {"side_step": np.nan},
        {"run_up": np.inf},
        {"curvature_ratio": 0.0},
        {"learning_rate": -1.0},
        {"beta": 1.0},
        {"noise": -1.0},
        {"steps": -1},
    ],
)
def test_bad_input_is_refused_by_name(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        compute(**wrong)
