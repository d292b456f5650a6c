"""The explorer smoothing against the rule, the landscapes, long runs, and sine waves."""

import numpy as np
import pytest

import momentum_edu as me
from momentum_edu.explorers.smoothing import KAPPA, PERIODS, SLOPE, START, compute, finding, smoothing


@pytest.fixture(scope="module")
def explorer():
    return smoothing()


@pytest.mark.parametrize(("h", "beta", "noise"), [(0.1, 0.9, 3.0), (1.8, 0.3, 0.0), (2.5, 0.99, 1.0)])
def test_both_walks_are_those_of_descend_in_the_same_noise(h, beta, noise):
    result = compute(h, beta, noise)
    for path, rule in (
        (result.path, me.ema(h / KAPPA, beta)),
        (result.plain, me.gradient_descent(h / KAPPA)),
    ):
        rng = np.random.default_rng(0)
        run = me.descend(me.landscapes.ravine(KAPPA), START, rule, len(path) - 1, noise=noise, rng=rng)
        np.testing.assert_allclose(path, run.w, rtol=1e-9, atol=1e-12)


def test_the_velocity_is_the_weighted_mean_of_the_gradients_so_far():
    result = compute(beta=0.9)
    weights = 0.1 * 0.9 ** np.arange(len(result.gradient))
    np.testing.assert_allclose(result.velocity[-1], weights @ result.gradient[::-1], rtol=1e-12)
    quiet = compute(beta=0.9, noise=0.0).velocity
    np.testing.assert_allclose(quiet, SLOPE * (1 - 0.9 ** np.arange(1, 101)), rtol=1e-12)


@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9])
def test_the_gain_is_what_a_sine_wave_keeps(beta):
    gain, steps = compute(beta=beta).gain, np.arange(4000)
    assert gain[0] == pytest.approx((1 - beta) / (1 + beta))
    for at in (0, 20, 60):
        wave = np.cos(2 * np.pi * steps / PERIODS[at])
        run = me.descend(ready(wave), [0.0], me.ema(1.0, beta), len(steps))
        late = run.v[1001:, 0]
        projection = 2 * np.abs(np.mean(late * np.exp(-2j * np.pi * steps[1000:] / PERIODS[at])))
        if at == 0:
            projection /= 2  # at period 2 the wave and its mirror image are one
        assert projection == pytest.approx(gain[at], rel=0.01, abs=2e-3)


def ready(wave):
    """A gradient that does not look where it stands: it plays the wave."""
    values = iter(np.r_[wave, 0.0])
    return lambda w: np.full_like(w, next(values))


@pytest.mark.parametrize(("h", "beta"), [(0.1, 0.9), (1.0, 0.5), (1.8, 0.3)])
def test_the_noise_that_stays_is_that_of_a_long_run(h, beta):
    result, bowl, start = compute(h, beta), me.landscapes.quadratic([1.0]), np.zeros((4000, 1))
    variance = {}
    for name, rule in (("plain", me.gradient_descent(h)), ("momentum", me.ema(h, beta))):
        run = me.descend(bowl, start, rule, 160, noise=1.0, rng=np.random.default_rng(1))
        late = run.w[120:, :, 0]
        variance[name] = late.var(), np.diff(late, axis=0).var()
    ratios = np.divide(variance["momentum"], variance["plain"])
    np.testing.assert_allclose(ratios, [result.weight_variance, result.step_variance], rtol=0.06)


def test_no_ratio_is_given_where_a_run_diverges():
    assert np.isnan(compute(h=2.2, beta=0.5).weight_variance)
    assert "plain descent diverges; momentum overshoots" in finding(compute(h=2.2, beta=0.5))
    assert "momentum diverges too" in finding(compute(h=2.5, beta=0.0))
    assert "for ever" in finding(compute(h=2.0, beta=0.5))
    assert "plain descent zig-zags for ever; so does momentum." in finding(compute(h=2.0, beta=0.0))


def test_a_hundred_per_cent_is_written_as_such(explorer):
    explorer.set(beta=0.0)  # then there is no momentum, and all of the noise is kept
    assert (
        "the steps keep 100 % of plain descent's noise variance, the weight 100 %" in explorer.picture.status
    )
    explorer.set(beta=0.02)
    assert "the weight 100 %" in explorer.picture.status
    assert "e+02" not in explorer.picture.children[1].value
    explorer.children[2].children[0].click()


def test_presets_say_what_the_lesson_says(explorer):
    said = {}
    for button in explorer.children[2].children[1:]:
        button.click()
        said[button.description] = explorer.picture.status
    assert "steps keep 5 %" in said["calm steps, restless weight"]
    assert "weight 95 %" in said["calm steps, restless weight"]
    assert "zig-zags by 80 %" in said["zig-zag removed"]
    assert "overshoots by 31 %" in said["zig-zag removed"]
    assert "overshoots by 70 %" in said["zig-zag traded for a swing"]
    assert "descent does not swing; momentum overshoots by 48 %" in said["swing out of nothing"]


def test_a_little_momentum_ends_a_zig_zag_only_where_there_is_one_to_end(explorer):
    """By hand: at h = 1.8 beta 0.3 goes less far past than plain descent; at 1.1 further."""

    def farthest(h, beta):
        w, v, lowest = 1.0, 0.0, 0.0
        for _ in range(40):
            v = beta * v + (1 - beta) * w
            w -= h * v
            lowest = min(lowest, w)
        return -lowest

    for h in (1.8, 1.1):
        explorer.set(h=h, beta=0.3, noise=0.0)
        plain, momentum = farthest(h, 0.0), farthest(h, 0.3)
        told = f"zig-zags by {100 * plain:.0f} %; momentum overshoots by {100 * momentum:.0f} %"
        assert told in explorer.picture.status
        assert (momentum < plain) == (h == 1.8)
    explorer.children[2].children[0].click()


def test_the_line_of_python_reproduces_the_path(explorer):
    import html
    import re

    explorer.set(beta=0.8, h=0.4, noise=2.0, step=30)
    code = html.unescape(re.search(r"<pre[^>]*>([^<]*)", explorer.picture.children[1].value)[1])
    path = eval(code, {"me": me, "np": np})
    np.testing.assert_allclose(path, compute(h=0.4, beta=0.8, noise=2.0).path[:31], rtol=1e-9)


@pytest.mark.parametrize("wrong", [{"h": 0.0}, {"beta": 1.0}, {"noise": -1.0}, {"h": np.nan}])
def test_bad_input_is_refused_by_name(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        compute(**wrong)
