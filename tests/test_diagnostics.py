"""The diagnostics against python-control, closed forms and properties."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from momentum_edu import (
    classical_momentum,
    descend,
    draw_up,
    ema,
    energy,
    escape_step,
    gradient_descent,
    heavy_ball,
    landscapes,
    nesterov,
    step_info,
    theory,
    zigzag,
)

control = pytest.importorskip("control", reason="python-control not found")


def theirs(signal, final=None, tolerance=0.02, rise=(0.1, 0.9)):
    return control.step_info(
        np.asarray(signal),
        np.arange(len(signal)),
        yfinal=final,
        SettlingTimeThreshold=tolerance,
        RiseTimeLimits=rise,
    )


def same(ours, control_info):
    pairs = [
        (ours.rise_time, control_info["RiseTime"]),
        (ours.settling_time, control_info["SettlingTime"]),
        (100 * ours.overshoot, control_info["Overshoot"]),
        (100 * ours.undershoot, control_info["Undershoot"]),
        (abs(ours.peak), control_info["Peak"]),
        (ours.peak_time, control_info["PeakTime"]),
        (ours.final, control_info["SteadyStateValue"]),
    ]
    for mine, reference in pairs:
        assert mine == pytest.approx(float(reference), abs=1e-9, nan_ok=True)


@settings(max_examples=150, deadline=None)
@given(
    h=st.floats(0.03, 20),
    beta=st.floats(0.1, 0.95),
    sign=st.sampled_from([1.0, -1.0, 3.5]),
    tolerance=st.sampled_from([0.01, 0.02, 0.05]),
)
def test_step_info_equals_python_control_on_steps_from_zero(h, beta, sign, tolerance):
    assume(theory.convergence_rate(h, beta) < 0.99)
    signal = sign * (1 - theory.response(h, beta, 400))
    same(step_info(signal, final=sign, tolerance=tolerance), theirs(signal, sign, tolerance))
    same(step_info(signal, tolerance=tolerance), theirs(signal, tolerance=tolerance))


@settings(max_examples=100, deadline=None)
@given(
    arrays(np.float64, st.integers(2, 30), elements=st.floats(-10, 10, width=32)),
    st.sampled_from([-2.0, 0.5, 3.0]),
)
def test_step_info_equals_python_control_from_zero_on_any_signal(signal, final):
    ours = step_info(signal, final=final, initial=0.0)
    if not (np.sign(final) * signal >= 0.9 * abs(final)).any():
        assert math.isnan(ours.rise_time)  # python-control has an IndexError there
    elif (np.abs(signal / final - 1) < 0.02).all():
        assert ours.settling_time == 0  # and here
    else:
        same(ours, theirs(signal, final))


def test_step_info_where_python_control_stumbles():
    down = theory.response(1.0, 0.9, 300)  # from 1 to a final value of 0
    info = step_info(down, final=0.0)
    assert info.overshoot == pytest.approx(theory.overshoot(1.0, 0.9), abs=1e-12)
    assert info.peak_time == 9
    assert info.settling_time <= theory.settling_time(0.9, 0.02) + 2
    mirrored, scaled = step_info(-down, final=0.0), step_info(5 - 3 * down, final=5.0)
    for other in (mirrored, scaled):
        assert other.overshoot == pytest.approx(info.overshoot, abs=1e-12)
        assert (other.rise_time, other.settling_time) == (info.rise_time, info.settling_time)

    never = step_info([0.0, 0.1, 0.2], final=1.0)
    assert math.isnan(never.rise_time)
    assert math.isnan(never.settling_time)
    assert never.overshoot == 0
    wrong_way = step_info([0.0, -0.5, 1.0, 1.0], final=1.0)
    assert wrong_way.undershoot == 0.5
    nowhere = step_info([2.0, 2.0, 2.0])
    assert nowhere.settling_time == 0
    assert math.isnan(nowhere.overshoot)
    assert step_info([7.0]).settling_time == 0


@given(arrays(np.float64, st.integers(1, 40), elements=st.floats(-1e6, 1e6)))
def test_draw_up_equals_its_definition(losses):
    worst = max(losses[j] - losses[i] for i in range(len(losses)) for j in range(i, len(losses)))
    assert draw_up(losses) == pytest.approx(worst, abs=1e-9)
    assert draw_up(losses + 3.0) == pytest.approx(worst, abs=1e-6)
    assert draw_up(np.sort(losses)[::-1]) == 0


def test_draw_up_of_many_curves_and_of_a_blow_up():
    assert draw_up([[3.0, 1.0], [1.0, 2.0], [2.5, 0.0]]).tolist() == [1.5, 1.0]
    assert draw_up([3.0, 1.0, np.inf, np.inf]) == np.inf
    assert draw_up([np.inf, 1.0, 1.5]) == 0.5
    assert draw_up([3.0, 1.0, 2.5, 0.5]) != 0.5 - 3.0  # last minus first is another thing


def test_zigzag_of_known_paths():
    straight = zigzag([[0.0, 0.0], [1.0, 1.0], [3.0, 3.0]])
    assert straight.length_ratio == pytest.approx(1)
    assert straight.turn_share == 0
    corner = zigzag([[0.0, 0.0], [3.0, 0.0], [3.0, 4.0]])
    assert corner.length_ratio == pytest.approx(7 / 5)
    assert corner.turn_share == 0
    assert zigzag([[0.0], [1.0], [0.0]]).length_ratio == np.inf
    both = zigzag(np.array([[[0.0], [0.0]], [[2.0], [1.0]], [[1.0], [2.0]]]))
    assert both.turn_share.tolist() == [1, 0]
    assert np.isnan(zigzag([[1.0], [1.0]]).length_ratio)


def test_plain_descent_zigzags_where_h_is_between_1_and_2_and_momentum_does_not():
    valley = landscapes.ravine(100)
    plain = descend(valley, [2.0, 0.2], gradient_descent(0.018), 60)
    smooth = descend(valley, [2.0, 0.2], ema(0.018, 0.9), 60)
    assert zigzag(plain.w).turn_share > 0.1
    assert zigzag(smooth.w).turn_share < 0.02


def test_escape_step_equals_the_growth_of_the_unstable_mode():
    pass_ = landscapes.saddle(1.0)
    start, eta = 1e-6, 0.01
    path = descend(pass_, [[0.0, start], [0.0, 0.0]], gradient_descent(eta), 2000)
    expected = math.ceil(math.log(1 / start) / math.log(1 + eta))
    steps = escape_step(path, [0.0, 0.0], 1.0)
    assert steps[0] == expected == 1389
    assert math.isnan(steps[1])  # a gradient of exactly zero along the escape direction: for ever
    assert escape_step(path, [9.0, 9.0], 1.0).tolist() == [0, 0]
    thin = descend(pass_, [0.0, start], gradient_descent(eta), 2000, keep_every=10)
    assert escape_step(thin, [0.0, 0.0], 1.0) == 1390


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), beta=st.floats(0, 0.98), share=st.floats(0.05, 1.0))
def test_energy_never_rises_on_random_smooth_functions(seed, beta, share):
    rng = np.random.default_rng(seed)
    waves, phases, heights = rng.normal(size=(6, 2)), rng.uniform(0, 6.28, 6), rng.normal(size=6)
    # f = sum of height cos(wave . w + phase): no curvature exceeds the sum of |height| |wave|^2.
    steepest = (np.abs(heights) * (waves**2).sum(axis=1)).sum()

    hills = landscapes.Landscape(
        "hills",
        lambda w: (heights * np.cos(w @ waves.T + phases)).sum(axis=-1),
        lambda w: -(heights * np.sin(w @ waves.T + phases)) @ waves,
        lambda w: np.zeros((*w.shape, 2)),
        np.zeros((0, 2)),
        np.zeros((0, 2)),
        ((-3.0, 3.0), (-3.0, 3.0)),
    )
    path = descend(hills, rng.normal(size=(5, 2)), ema(2 * share / steepest, beta), 200)
    ledger = energy(path, hills)
    scale = np.abs(heights).sum()
    assert np.diff(ledger, axis=0).max() <= 1e-12 * scale
    assert (path.loss <= path.loss[0] + 1e-12 * scale).all()  # never above the height it started from


def test_energy_is_the_documented_sum_and_the_same_in_all_conventions():
    well, eta, beta = landscapes.double_well(0.1), 0.2, 0.9
    path = descend(well, [1.6], ema(eta, beta), 50)
    moves = np.diff(path.w, axis=0)[:, 0]
    expected = path.loss[1:] + beta / (2 * eta * (1 - beta)) * moves**2
    np.testing.assert_allclose(energy(path, well)[1:], expected, atol=1e-13)
    for rule in (heavy_ball, classical_momentum):
        other = descend(well, [1.6], rule(eta * (1 - beta), beta), 50)
        np.testing.assert_allclose(energy(other, well), energy(path, well), atol=1e-12)
    plain = descend(well, [1.6], gradient_descent(0.1), 50)
    np.testing.assert_array_equal(energy(plain, well), plain.loss)
    thin = descend(well, [1.6], ema(eta, beta), 50, keep_every=7)
    np.testing.assert_allclose(energy(thin, well), energy(path, well)[::7], atol=1e-14)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: step_info([]), ValueError, r"signal must be one non-empty curve .*; got shape \(0,\)"),
        (
            lambda: step_info([[1.0]]),
            ValueError,
            r"signal must be one non-empty curve .*; got shape \(1, 1\)",
        ),
        (lambda: step_info([1.0, np.nan]), ValueError, "signal must be finite .*; got nan"),
        (lambda: step_info([1, 2], final=np.inf), ValueError, "final must be finite .*; got inf"),
        (lambda: step_info([1, 2], tolerance=0), ValueError, r"tolerance must lie in \(0, 1\); got 0"),
        (lambda: step_info([1, 2], rise=(0.9, 0.1)), ValueError, r"rise must be two increasing fractions"),
        (lambda: step_info([1, 2], rise=0.5), ValueError, r"rise must be two increasing fractions; got 0.5"),
        (lambda: step_info(["a"]), TypeError, "signal must be real numbers"),
        (lambda: draw_up([]), ValueError, "losses must hold at least one value"),
        (lambda: draw_up([1.0, np.nan]), ValueError, "losses must not be nan; got nan"),
        (lambda: zigzag([1.0, 2.0]), ValueError, r"path must have the shape .*; got \(2,\)"),
    ],
)
def test_bad_values_are_named(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_bad_values_of_paths_are_named():
    bowl = landscapes.quadratic([1.0, 2.0])
    path = descend(bowl, [1.0, 1.0], nesterov(0.1), 3)
    with pytest.raises(ValueError, match=r"point must have the shape \(2,\); got \(3,\)"):
        escape_step(path, [0, 0, 0], 1.0)
    with pytest.raises(ValueError, match="radius must be finite and positive; got -1"):
        escape_step(path, [0, 0], -1)
    with pytest.raises(ValueError, match=r"trajectory.rule must be one of .*; got 'nesterov'"):
        energy(path, bowl)


@settings(max_examples=150, deadline=None)
@given(arrays(np.float64, st.integers(0, 12), elements=st.floats()), st.none() | st.floats())
def test_fuzz_step_info(signal, final):
    before = signal.copy()
    try:
        info = step_info(signal, final)
    except ValueError as error:
        assert "must" in str(error)  # noqa: PT017
    else:
        assert np.isfinite(signal).all()
        assert not info.overshoot < 0
        assert not info.undershoot < 0
        assert info.peak in signal
    np.testing.assert_array_equal(signal, before)
