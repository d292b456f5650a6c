"""The closed forms against brute-force simulation, over the whole (h, beta) plane."""

import math

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from momentum_edu import theory

RULES = theory.RULES
betas = st.one_of(st.floats(0, 0.98), st.sampled_from([0.0, 0.25, 0.5, 0.75, 0.9, 0.99]))
rules = st.sampled_from(RULES)


def simulate(h, beta, rule, steps):
    """One mode by the rule's two lines; independent of the recurrence that the library solves."""
    h, x, v, path = float(h), 1.0, 0.0, [1.0]  # Python floats overflow to inf in silence
    for _ in range(steps):
        g = h * x
        if rule == "ema":
            v = beta * v + (1 - beta) * g
            x -= v
        elif rule == "heavy_ball":
            v = beta * v + g
            x -= v
        elif rule == "nesterov":
            v = beta * v + g
            x -= g + beta * v
        else:
            x -= g
        path.append(x)
    return np.array(path)


@st.composite
def stable_modes(draw):
    """(h, beta, rule), dense near the ends of the regimes."""
    rule, beta = draw(rules), draw(betas)
    limit = float(theory.stability_limit(beta, rule))
    low, high = (float(x) for x in theory.ringing_band(beta, rule))
    near = st.sampled_from([low, high, math.sqrt(low * high), 1.0]).flatmap(
        lambda edge: st.sampled_from([-1e-3, -1e-6, -1e-9, -1e-13, 0.0, 1e-13, 1e-9, 1e-6, 1e-3]).map(
            lambda shift: edge * (1 + shift)
        )
    )
    anywhere = st.floats(-8, 0).map(lambda power: limit * 10**power) | st.floats(0, 1).map(
        lambda x: limit * x
    )
    h = draw(near | anywhere)
    assume(0 <= h < limit * (1 - 1e-12))
    return h, beta, rule


@settings(max_examples=400, deadline=None)
@given(stable_modes())
@example((0.0, 0.9, "ema"))
@example((1.0, 0.0, "ema"))
@example((1.0, 0.5, "nesterov"))
@example((1 - 6e-8, 0.98, "nesterov"))
@example((0.002584538893673319, 0.99, "ema"))
@example((float(theory.ringing_band(0.99)[0]) * (1 + 1e-13), 0.99, "ema"))  # the roots are equal by rounding
@example((97.98979485566376, 0.9600000000000001, "ema"))
def test_response_and_overshoot_equal_simulation(mode):
    h, beta, rule = mode
    steps = int(60 / (1 - beta)) + 50  # a late first dip must not be cut off: sqrt(beta)^steps < 1e-13
    path = simulate(h, beta, rule, steps)
    scale = np.abs(path).max()
    np.testing.assert_allclose(theory.response(h, beta, steps, rule), path, rtol=0, atol=1e-9 * scale)
    assert theory.overshoot(h, beta, rule) == pytest.approx(max(0.0, -path.min()), abs=1e-9 * scale)


@settings(max_examples=300, deadline=None)
@given(stable_modes())
def test_roots_solve_the_characteristic_equation_of_the_rules_own_matrix(mode):
    h, beta, rule = mode
    # The step (v, x) -> (v, x) as a matrix: its columns are the images of the unit vectors.
    matrix = {
        "ema": [[beta, (1 - beta) * h], [-beta, 1 - (1 - beta) * h]],
        "heavy_ball": [[beta, h], [-beta, 1 - h]],
        "nesterov": [[beta, h], [-(beta**2), 1 - h - beta * h]],
        "gradient_descent": [[0, 0], [0, 1 - h]],
    }[rule]
    first, second = theory.roots(h, beta, rule)
    assert abs(first) >= abs(second) * (1 - 1e-15)
    assert first + second == pytest.approx(np.trace(matrix), abs=1e-12)
    assert first * second == pytest.approx(np.linalg.det(matrix), abs=1e-12)
    assert theory.convergence_rate(h, beta, rule) == pytest.approx(abs(first), abs=1e-7)


@settings(max_examples=300, deadline=None)
@given(stable_modes())
def test_the_regime_is_what_the_path_does(mode):
    h, beta, rule = mode
    low, high = theory.ringing_band(beta, rule)
    assume(min(abs(h / low - 1), abs(h / high - 1) if high else 1) > 1e-3 or h == 0)
    kind = theory.regime(h, beta, rule)
    first, second = theory.roots(h, beta, rule)
    path = simulate(h, beta, rule, 400)
    if kind == "monotone":
        assert abs(first.imag) < 1e-9
        assert (np.diff(path) <= 1e-15).all()
        assert path.min() >= -1e-15
    elif kind == "ringing":
        assert first.imag > 0
        assert second == pytest.approx(first.conjugate(), abs=1e-15)
        assert math.isclose(theory.ringing_period(h, beta, rule), 2 * math.pi / np.angle(first), rel_tol=1e-9)
    else:
        assert kind == "alternating"
        assert first.real < 0
        tail = path[10:60][np.abs(path[10:60]) > 1e-250]
        assume(len(tail) > 4 and abs(second) < 0.9 * abs(first))
        assert (np.sign(tail[1:]) == -np.sign(tail[:-1])).all()
    if kind != "ringing":
        assert math.isnan(theory.ringing_period(h, beta, rule))


@settings(max_examples=100, deadline=None)
@given(beta=betas, rule=rules, factor=st.floats(1.01, 10))
def test_beyond_the_limit_it_diverges(beta, rule, factor):
    h = theory.stability_limit(beta, rule) * factor
    assert theory.regime(h, beta, rule) == "diverging"
    assert theory.overshoot(h, beta, rule) == math.inf
    assert theory.convergence_rate(h, beta, rule) > 1
    path = simulate(h, beta, rule, 60)
    assert np.abs(path[-20:]).max() > 1
    assert theory.regime(-0.01, beta, rule) == "diverging"


@given(beta=betas)
def test_the_ringing_band_is_symmetric_on_a_logarithmic_axis(beta):
    low, high = theory.ringing_band(beta)
    assert low * high == pytest.approx(1, abs=1e-12)
    assert low == pytest.approx((1 - math.sqrt(beta)) / (1 + math.sqrt(beta)), abs=1e-12)
    assert theory.ringing_band(beta, "heavy_ball") == pytest.approx(
        ((1 - math.sqrt(beta)) ** 2, (1 + math.sqrt(beta)) ** 2), abs=1e-12
    )


def test_exact_fractions():
    np.testing.assert_allclose(
        theory.overshoot(1.0, [1 / 4, 1 / 2, 3 / 4]), [1 / 8, 1 / 4, 27 / 64], atol=1e-13
    )
    np.testing.assert_allclose(theory.response(1.0, 0.5, 4), [1, 0.5, 0, -0.25, -0.25], atol=1e-15)
    assert theory.convergence_rate(1.0, 0.81) == pytest.approx(0.9, abs=1e-15)
    assert theory.settling_time(0.9, 0.01) == pytest.approx(2 * math.log(0.01) / math.log(0.9))
    assert theory.settling_time(0.0, 0.01) == 0


def test_equal_roots_are_handled():
    for rule in ("ema", "heavy_ball"):
        for edge in theory.ringing_band(0.81, rule):
            first, second = theory.roots(edge, 0.81, rule)
            assert abs(first - second) < 1e-6
            np.testing.assert_allclose(
                theory.response(edge, 0.81, 100, rule), simulate(edge, 0.81, rule, 100), atol=1e-10
            )


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("kappa", [1.0, 3.0, 100.0, 1442.0])
def test_optimal_tuning_beats_a_numerical_search(rule, kappa):
    from scipy.optimize import minimize

    curvatures = np.array([0.5, 0.5 * kappa])

    def worst(p):
        eta, beta = math.exp(p[0]), 1 / (1 + math.exp(-p[1]))
        return theory.convergence_rate(eta * curvatures, min(beta, 1 - 1e-12), rule).max()

    eta, beta = theory.optimal(*curvatures, rule)
    ours = theory.convergence_rate(eta * curvatures, beta, rule).max()
    start = [math.log(eta) + 0.1, math.log((beta + 1e-3) / (1 - beta)) + 0.2]
    found = minimize(
        worst, start, method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12, "maxiter": 4000}
    )
    # At the optimum roots coincide, where rounding moves a root by the square root of epsilon.
    assert ours <= found.fun + 1e-6
    root = math.sqrt(kappa)
    expected = {
        "ema": (root - 1) / (root + 1),
        "heavy_ball": (root - 1) / (root + 1),
        "nesterov": 1 - 2 / math.sqrt(3 * kappa + 1),
        "gradient_descent": (kappa - 1) / (kappa + 1),
    }[rule]
    assert ours == pytest.approx(expected, abs=1e-6)


def test_everything_broadcasts():
    h, beta = np.logspace(-3, 2, 7), np.linspace(0, 0.99, 5)[:, None]
    for rule in RULES:
        assert theory.roots(h, beta, rule).shape == (5, 7, 2)
        assert theory.response(h, beta, 9, rule).shape == (10, 5, 7)
        for function in (theory.regime, theory.overshoot, theory.convergence_rate, theory.ringing_period):
            grid = function(h, beta, rule)
            assert grid.shape == (5, 7)
            assert grid[2, 3] == function(h[3], beta[2, 0], rule) or grid[2, 3] != grid[2, 3]


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: theory.roots(np.nan, 0.9), ValueError, "h must be finite .*; got nan"),
        (lambda: theory.overshoot(1.0, 1.0), ValueError, r"beta must lie in \[0, 1\); got 1.0"),
        (lambda: theory.regime([1, 2], [0.1, 0.2, 0.3]), ValueError, r"got shapes \(2,\) and \(3,\)"),
        (lambda: theory.regime(1, 0.9, "adam"), ValueError, "rule must be one of 'ema', .*; got 'adam'"),
        (lambda: theory.roots("x", 0.9), TypeError, "h must be real numbers; got 'x'"),
        (lambda: theory.response(1, 0.9, -1), ValueError, "steps must be at least 0; got -1"),
        (lambda: theory.settling_time(0.9, 2), ValueError, r"tolerance must lie in \(0, 1\); got 2"),
        (lambda: theory.optimal(0, 1), ValueError, "smallest must be finite and positive; got 0"),
        (lambda: theory.optimal(2, 1), ValueError, r"largest must be at least smallest \(2\); got 1"),
    ],
)
def test_bad_values_are_named(make, error, message):
    with pytest.raises(error, match=message):
        make()


@settings(max_examples=200, deadline=None)
@given(h=st.floats(), beta=st.floats(), rule=rules)
def test_fuzz_an_answer_or_a_named_error(h, beta, rule):
    try:
        results = [f(h, beta, rule) for f in (theory.overshoot, theory.convergence_rate)]
        theory.roots(h, beta, rule), theory.ringing_period(h, beta, rule), theory.response(h, beta, 20, rule)
    except ValueError as error:
        assert "must" in str(error)  # noqa: PT017
        assert not (abs(h) <= 1e100 and 0 <= beta < 1)
    else:
        assert not np.isnan(results).any()
