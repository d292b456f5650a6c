"""The explorer of valleys: its runs and energy against the library, its map against single runs."""

import html
import re
from importlib import import_module

import numpy as np
import pytest

import momentum_edu as me
from momentum_edu import explorers, landscapes
from momentum_edu.explorers import valleys

local_minimum = import_module("momentum_edu.explorers.local_minimum")  # the package's name is the function's

compute = explorers.local_minimum.compute


@pytest.fixture(scope="module")
def opened():
    return explorers.local_minimum()


@pytest.fixture
def explorer(opened):
    yield opened
    opened.children[2].children[0].click()


@pytest.mark.parametrize("tilt", [0.15, -0.2, 0.0])
@pytest.mark.parametrize(("rate", "beta"), [(0.1, 0.95), (0.3, 0.9), (0.8, 0.0)])
def test_the_run_and_its_energy_are_those_of_the_library(tilt, rate, beta):
    well = landscapes.double_well(tilt)
    result = compute(1.7, tilt, rate, beta, steps=200)
    run = me.descend(well, [1.7], me.ema(rate, beta), 200)
    np.testing.assert_allclose(result.x, run.w[:, 0], atol=1e-9)
    np.testing.assert_allclose(result.energy, me.energy(run, well), atol=1e-9)
    np.testing.assert_allclose(result.height, run.loss, atol=1e-9)
    plain = me.descend(well, [1.7], me.gradient_descent(rate), 200).w[:, 0]
    np.testing.assert_allclose(result.plain, plain, atol=1e-9)
    np.testing.assert_allclose(result.minima, np.sort(well.minima[:, 0]), atol=5e-5)
    np.testing.assert_allclose(result.barriers, well.saddles[:, 0], atol=5e-5)
    assert result.barrier_height == pytest.approx(well.value(well.saddles)[0], abs=1e-5)


@pytest.mark.parametrize("rate", [0.1, 0.3])
def test_no_start_below_the_barrier_gets_out_whatever_beta(rate):
    for tilt in (-0.15, 0.0, 0.15, 0.16, 0.17, 0.3):
        atlas = valleys.basins(tilt, rate, valleys.double_well, valleys.double_well_slope, valleys.VIEW)
        assert atlas.below.any()
        assert atlas.across.any()
        assert not atlas.across[:, atlas.below].any()


@pytest.mark.parametrize("tilt", [-0.2, 0.0, 0.15])
def test_whatever_beta_is_said_only_where_it_is_true(tilt):
    betas = np.linspace(0, 0.99, 34)[:, np.newaxis]
    well, doubtful = landscapes.double_well(tilt), 0
    for start in np.arange(-1.4, 1.25, 0.13):
        for rate in (0.2, 0.5, 1.0, 1.4, 1.9):
            here = compute(start, tilt, rate, 0.9, steps=100)
            if "whatever β" not in local_minimum.finding(here, rate):
                doubtful += 1
                continue
            with np.errstate(all="ignore"):
                ends = me.descend(well, np.full((34, 1), start), me.ema(rate, betas[:, 0]), 400).w[-1, :, 0]
            home = start > well.saddles[0, 0]
            assert ((ends > well.saddles[0, 0]) == home).all(), (start, rate)
    assert doubtful > 10


@pytest.mark.parametrize("tilt", [-0.2, 0.15])
def test_the_guarantee_ends_where_the_lesson_says(tilt):
    well = landscapes.double_well(tilt)
    start = 1.2
    reach = np.linspace(-1.6, 1.6, 4001)[:, np.newaxis]
    low = reach[(well.value(reach) <= well.value(np.array([start]))) & (reach[:, 0] > well.saddles[0, 0])]
    limit = 2 / well.hessian(low)[:, 0, 0].max()
    assert compute(start, tilt, 0.98 * limit).guaranteed
    assert not compute(start, tilt, 1.02 * limit).guaranteed


def test_the_map_shows_what_single_runs_do():
    atlas = valleys.basins(0.15, 0.3, valleys.double_well, valleys.double_well_slope, valleys.VIEW)
    starts = (atlas.edges[1:] + atlas.edges[:-1]) / 2
    betas = (valleys.BETA_EDGES[1:] + valleys.BETA_EDGES[:-1]) / 2
    well = landscapes.double_well(0.15)
    rule = me.ema(0.3, np.repeat(betas[::5, np.newaxis], len(starts), axis=1))
    ends = me.descend(well, starts[:, np.newaxis], rule, valleys.MAP_STEPS).w[-1, ..., 0]
    top = well.saddles[0, 0]
    np.testing.assert_array_equal(atlas.across[::5], (ends > top) != (starts > top))


def test_the_slope_by_finite_differences():
    x = np.linspace(-3, 3, 50)
    np.testing.assert_allclose(explorers.local_minimum.slope_of(np.sin)(x), np.cos(x), atol=1e-9)


def test_a_function_of_the_readers_own():
    def waves(x):
        return np.cos(3 * x) + 0.1 * x**2

    own = explorers.local_minimum(waves, view=(-4, 4))
    assert "finite differences" in own.picture.figure.axes[0].get_title(loc="left")
    own.set(start=3.5, beta=0.97)
    assert "below the barrier" in own.picture.status
    code = html.unescape(re.search(r"<pre[^>]*>([^<]*)", own.picture.children[1].value)[1])
    shown = eval(code, {"me": me, "np": np, "function": waves})
    expected = compute(**own.values, function=waves).x
    np.testing.assert_allclose(shown[:, 0], expected, atol=1e-6)


@pytest.mark.parametrize(
    ("wrong", "error", "words"),
    [
        (lambda x: 1.0, ValueError, "one value for each x"),
        (lambda x: np.log(x - 10), ValueError, "finite in the view"),
        (lambda x: 1.0 if x > 0 else 0.0, TypeError, "a number x and an array of x; it raised ValueError"),
        (lambda x: np.array([a * a for a in x]), TypeError, "a number x and .* it raised TypeError"),
        (lambda x: np.atleast_1d(x) ** 2, ValueError, r"one value for each x; got .* \(1,\) for a number"),
    ],
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_function_that_cannot_be_used_is_refused(wrong, error, words):
    with pytest.raises(error, match=words):
        explorers.local_minimum(wrong)
    with pytest.raises(error, match=f"gradient must.*{words}"):
        explorers.local_minimum(np.cos, wrong)


def test_what_goes_wrong_on_the_way_is_shown_in_the_widget():
    def moody(x):
        if np.min(x) > 3.2:
            raise RuntimeError("not here")
        return np.cos(3 * x)

    own = explorers.local_minimum(moody, view=(-4, 3))
    own.set(start=3.0, beta=0.99, learning_rate=2.0)
    assert own.picture.status == "RuntimeError: not here"
    own.set(start=0.0, learning_rate=0.01)
    assert "Put down" in own.picture.status


def test_a_power_that_overflows_is_a_run_that_blows_up():
    own = explorers.local_minimum(lambda x: x**8 - x**2, view=(-1.5, 1.5))
    own.set(learning_rate=2.0, beta=0.0)
    assert "blows up" in own.picture.status


def test_the_first_place_of_the_ball_lies_on_a_notch_of_its_slider():
    start = explorers.local_minimum(np.cos, view=(-5, 9)).controls["start"]
    notches = (start.value - start.min) / start.step
    assert notches == pytest.approx(round(notches), abs=1e-6)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "rolls over it and ends at -1.07. Plain descent stays"),
        ({"start": 1.2, "beta": 0.99}, "can't get over it, whatever β is"),
        ({"start": 1.3, "beta": 0.5}, "loses too much on the way and ends at 0.91"),
        ({"start": 1.84, "beta": 0.99, "tilt": -0.15}, "caught in the valley at -0.91. Plain descent stays"),
        ({"start": 1.46, "learning_rate": 0.8, "beta": 0.0}, "plain descent (β = 0) jumps over it and ends"),
        ({"start": 1.46, "learning_rate": 0.1, "beta": 0.0}, "plain descent (β = 0) stays, and ends at 0.91"),
        ({"start": 0.08, "learning_rate": 1.4, "beta": 0.9}, "with this β (the rate is beyond 2 / L). Plain"),
        ({"start": 1.9, "learning_rate": 2.0, "beta": 0.0}, "blows up"),
    ],
)
def test_the_finding_in_words(explorer, values, words):
    explorer.set(**values)
    assert words in explorer.picture.status


@pytest.mark.parametrize("values", [{}, {"start": 1.2, "tilt": -0.3, "step": 30}])
def test_the_line_of_python_reproduces_the_run(explorer, values):
    explorer.set(**values)
    code = html.unescape(re.search(r"<pre[^>]*>([^<]*)", explorer.picture.children[1].value)[1])
    shown = eval(code, {"me": me})
    assert len(shown) == values.get("step", valleys.STEPS) + 1
    np.testing.assert_allclose(shown[:, 0], compute(**explorer.values).x[: len(shown)], atol=1e-9)


@pytest.mark.parametrize(
    "wrong", [{"start": np.nan}, {"tilt": np.inf}, {"learning_rate": 0.0}, {"beta": 1.0}, {"steps": -1}]
)
def test_bad_input_is_refused_by_name(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        compute(**wrong)
