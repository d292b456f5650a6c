"""The explorer of acceleration: its runs against `descend`, its map against the roots and measured speeds."""

import html
import re

import numpy as np
import pytest
from matplotlib.path import Path

import momentum_edu as me
from momentum_edu import explorers, landscapes
from momentum_edu.explorers.acceleration import LEVELS, finding, reach

compute = explorers.acceleration.compute


@pytest.fixture(scope="module")
def opened():
    return explorers.acceleration()


@pytest.fixture
def acceleration(opened):
    yield opened
    opened.children[2].children[0].click()


def largest_root(eta, beta, kappa):
    """The slower of the two directions, by NumPy's polynomial roots."""
    return max(
        np.abs(np.roots([1, -(1 + beta - eta * curvature * (1 - beta)), beta])).max()
        for curvature in (1.0, kappa)
    )


@pytest.mark.parametrize(
    ("eta", "beta", "kappa"),
    [(0.001386, 0.9, 1442.0), (0.0263, 0.9, 1442.0), (0.1, 0.67, 100.0), (0.5, 0.0, 2.0), (0.03, 0.5, 200.0)],
)
def test_the_three_losses_are_those_of_descend(eta, beta, kappa):
    result = compute(eta, beta, kappa, steps=80)
    valley, start = landscapes.ravine(kappa), [1.0, kappa**-0.5]
    for loss, rule in (
        (result.loss, me.ema(eta, beta)),
        (result.plain_loss, me.gradient_descent(2 / (1 + kappa))),
        (result.best_loss, me.ema(result.best_learning_rate, result.best_beta)),
    ):
        expected = me.descend(valley, start, rule, 80).loss
        np.testing.assert_allclose(loss, expected, rtol=1e-7, atol=1e-15)
        assert loss[0] == pytest.approx(1)


@pytest.mark.parametrize("kappa", [3.0, 100.0, 1442.0])
def test_no_tuning_near_the_optima_is_faster(kappa):
    result = compute(condition_number=kappa)
    r = 10 ** (-1 / result.best_tenfold)
    assert r == pytest.approx((np.sqrt(kappa) - 1) / (np.sqrt(kappa) + 1), abs=1e-6)
    for way in np.linspace(0, 2 * np.pi, 12, endpoint=False):
        eta = result.best_learning_rate * np.exp(0.02 * np.cos(way))
        beta = 1 - (1 - result.best_beta) * np.exp(0.02 * np.sin(way))
        assert largest_root(eta, beta, kappa) > r
    for factor in (0.99, 1.01):
        worse = compute(result.plain_learning_rate * factor, 0.0, kappa)
        assert worse.tenfold > result.plain_tenfold


def test_the_speed_is_the_one_measured():
    run = me.descend(landscapes.ravine(50.0), [1.0, 0.1], me.ema(0.05, 0.5), 400)
    tenfold = -200 / np.log10(np.abs(run.w[400, 0] / run.w[200, 0]))
    assert compute(0.05, 0.5, 50.0).tenfold == pytest.approx(tenfold, rel=1e-6)


@pytest.mark.parametrize("kappa", [1.0, 20.0, 1442.0])
def test_the_fields_of_the_map_hold_the_tunings_of_that_speed(kappa):
    rng = np.random.default_rng(0)
    tunings = list(zip(10 ** rng.uniform(-3.5, 0.5, 150), 1 - 10 ** rng.uniform(-1.9, 0, 150), strict=True))
    for level in (np.inf, *LEVELS):
        eta, beta = reach(level, kappa)
        # On the axes of the map, where the corners are joined by straight lines.
        field = Path(np.log10([eta, 1 - beta]).T) if eta.size else None
        limit, seen = 10 ** (-1 / level), 0
        for tuning in tunings:
            root = largest_root(*tuning, kappa)
            if abs(root - limit) > 0.01 * (1 - limit) + 1e-3:
                inside = field is not None and field.contains_point(np.log10([tuning[0], 1 - tuning[1]]))
                assert inside == (root < limit), (level, tuning)
                seen += 1
        assert seen > 80


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "1644 steps: about as fast as plain descent at its best, 1660"),
        ({"beta": 0.97}, "1587 steps: about as fast as plain descent at its best, 1660"),
        ({"learning_rate": 0.026334}, "44 steps: 38 times as fast as plain descent at its best, 1660."),
        ({"learning_rate": 0.026334}, "But the loss rises to 98 on the way."),
        ({"learning_rate": 0.22, "condition_number": 20.0}, "44 steps: slower than plain descent"),
        ({"learning_rate": 0.1, "beta": 0.67, "condition_number": 100.0}, "10 times as fast"),
        ({"learning_rate": 0.0266}, "Diverging: at β = 0.90 the rate must stay below 0.0264"),
        ({"learning_rate": 0.26334, "condition_number": 14.42, "beta": 0.34}, "4.4 steps: 3.8 times"),
        ({"beta": 0.0}, "1665 steps: plain descent a hair from its best rate, where it takes 1660."),
    ],
)
def test_the_finding_in_words(acceleration, values, words):
    acceleration.set(**values)
    assert words in acceleration.picture.status


def test_plain_descent_at_exactly_its_best_rate_is_called_so():
    words = finding(compute(2 / 1443, 0.0, 1442.0))
    assert words == "In the long run, ten times nearer in 1660 steps: the best that plain descent can do."


def test_presets_lie_on_the_notches_of_the_sliders(acceleration):
    # The page would move any other value, and the lesson's numbers with it.
    for button in acceleration.children[2].children:
        button.click()
        for name in ("learning_rate", "condition_number"):
            control = acceleration.controls[name]
            notch = (np.log10(control.value) - control.min) / control.step
            assert notch == pytest.approx(round(notch), abs=1e-9)


@pytest.mark.parametrize(
    "values", [{}, {"learning_rate": 0.1, "beta": 0.67, "condition_number": 100.0, "step": 40}]
)
def test_the_line_of_python_reproduces_the_loss(acceleration, values):
    acceleration.set(**values)
    code = html.unescape(re.search(r"<pre[^>]*>([^<]*)", acceleration.picture.children[1].value)[1])
    shown = eval(code, {"me": me, "np": np})
    assert len(shown) == values.get("step", 300) + 1
    np.testing.assert_allclose(shown, compute(**acceleration.values).loss[: len(shown)], rtol=1e-7)


@pytest.mark.parametrize(
    "wrong",
    [
        {"learning_rate": 0.0},
        {"learning_rate": np.nan},
        {"beta": 1.0},
        {"condition_number": 0.5},
        {"steps": -1},
    ],
)
def test_bad_input_is_refused_by_name(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        compute(**wrong)
