"""The diagnostics where a step more or less decides: exact ties, pauses, batches, single steps, overflow."""

import cmath
import itertools
import math

import numpy as np
import pytest

from momentum_edu import (
    classical_momentum,
    descend,
    ema,
    energy,
    escape_step,
    gradient_descent,
    heavy_ball,
    landscapes,
    schedules,
    step_info,
    zigzag,
)

control = pytest.importorskip("control", reason="python-control not found")


def test_what_lies_exactly_on_a_limit_counts_as_in_python_control():
    signal = [0.0, 0.125, 0.5, 0.875, 1.5, 1.0625, 1.03125, 1.0]
    rise, tolerance = (0.125, 0.875), 0.0625
    theirs = control.step_info(
        np.array(signal), np.arange(8), SettlingTimeThreshold=tolerance, RiseTimeLimits=rise
    )
    ours = step_info(signal, tolerance=tolerance, rise=rise)
    assert (ours.rise_time, ours.settling_time) == (theirs["RiseTime"], theirs["SettlingTime"]) == (2, 6)


def test_a_signal_may_be_settled_from_the_start_or_have_nowhere_to_go():
    assert step_info([1.0, 1.001, 1.0], initial=0.0).settling_time == 0
    back = step_info([2.0, 3.5, 1.0, 2.0])
    assert (back.peak, back.peak_time, back.final) == (3.5, 1, 2)
    assert np.isnan([back.rise_time, back.settling_time, back.overshoot, back.undershoot]).all()


def test_step_info_in_single_precision_and_at_its_range():
    signal = np.float32([0.1, 0.3, 1.7, 0.8, 1.2])
    start, highest, end = (float(signal[i]) for i in (0, 2, 4))
    assert step_info(signal).overshoot == pytest.approx((highest - end) / (end - start), rel=1e-14)
    assert step_info([0.0, 1.0, 1e-310]).overshoot == math.inf  # 1e310 times the way


def crookedness(points):
    """The definition, for one path in the plane, by complex numbers: a turn is the angle of a quotient."""
    moves = [complex(*b) - complex(*a) for a, b in itertools.pairwise(points)]
    net = abs(complex(*points[-1]) - complex(*points[0]))
    turns = [abs(cmath.phase(b / a)) for a, b in itertools.pairwise(moves) if a and b]
    sharp = [turn > math.pi / 2 for turn in turns]
    return sum(map(abs, moves)) / net, sum(sharp) / len(sharp)


def test_zigzag_of_a_batch_is_each_paths_own_and_a_pause_is_no_turn():
    walk = np.random.default_rng(3).normal(size=(40, 3, 2)).cumsum(axis=0)
    walk[10:13, 0] = walk[10, 0]  # run 0 rests in the middle, run 1 at the start, run 2 at the end
    walk[:5, 1] = walk[0, 1]
    walk[35:, 2] = walk[35, 2]
    lengths, turns = zigzag(walk)
    for run in range(3):
        assert (lengths[run], turns[run]) == pytest.approx(crookedness(walk[:, run].tolist()), rel=1e-12)
    along_x = walk.copy()
    along_x[..., 1] = 0.0
    lengths, turns = zigzag(along_x)
    for run in range(3):
        assert (lengths[run], turns[run]) == pytest.approx(crookedness(along_x[:, run].tolist()), rel=1e-12)


def test_zigzag_of_a_point_is_nothing():
    assert np.isnan(zigzag([[1.0, 2.0]])).all()


def test_escape_is_measured_from_the_point_itself():
    bowl = landscapes.quadratic([1.0, 1.0])
    path = descend(bowl, [[3.0, 4.0], [1.0, 1.0]], gradient_descent(0.5), 4)
    # From (3, 4) the distance to (3, 4) is 5 (1 - 2^-t): 0, 2.5, 3.75, ...; exactly 2.5 is not yet out.
    assert escape_step(path, [3.0, 4.0], 2.0)[0] == 1
    assert escape_step(path, [3.0, 4.0], 2.5)[0] == 2
    with pytest.raises(ValueError, match=r"point must have the shape \(2,\); got \(3,\)"):
        escape_step(path, [0.0, 0.0, 0.0], 1.0)


def test_a_run_that_overflowed_is_far_away_and_asked_in_silence():
    bowl = landscapes.quadratic([1.0])
    path = descend(bowl, [1.0], gradient_descent(1e140), 4)  # -1e140, 1e280, then beyond all numbers
    assert escape_step(path, [0.0], 1e150) == 2
    wild = descend(bowl, [1.0], heavy_ball(1e200, 0.5), 4)
    assert not np.isfinite(energy(wild, bowl)[-1])


@pytest.mark.parametrize("rule", [ema, heavy_ball, classical_momentum])
@pytest.mark.parametrize("steps", [0, 1, 2, 9])
def test_energy_under_schedules_is_made_of_each_steps_own_coefficients(rule, steps):
    well = landscapes.double_well(0.1)
    rate, beta = schedules.linear(0.01, 0.05, 7), schedules.linear(0.3, 0.9, 5)
    path = descend(well, [1.6], rule(rate, beta), steps)
    expected = [well.value(path.w[0])]
    for t in range(steps):
        eta = rate(t) if rule is ema else rate(t) / (1 - beta(t))
        move = path.w[t + 1, 0] - path.w[t, 0]
        expected.append(well.value(path.w[t + 1]) + beta(t) / (2 * eta * (1 - beta(t))) * move**2)
    np.testing.assert_allclose(energy(path, well), expected, rtol=1e-13)
