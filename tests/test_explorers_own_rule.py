"""The explorer of overshoot with the reader's own rule: against the closed forms, and against runs."""

import html
import re

import numpy as np
import pytest
from matplotlib.colors import to_hex

import momentum_edu as me
from momentum_edu import explorers, theory
from momentum_edu.explorers import own_rule
from momentum_edu.explorers.overshoot_picture import REGIMES
from momentum_edu.explorers.own_overshoot import stage

compute = explorers.overshoot.compute


def quasi_hyperbolic(nu):
    def formula(w, v, g, eta, beta):
        v = beta * v + (1 - beta) * g
        w = w - eta * ((1 - nu) * g + nu * v)
        return w, v

    return formula


def dampened(w, v, g, eta, beta):
    v = beta * v + 0.5 * g
    w = w - eta * v
    return w, v


def anything(seed):
    """A linear rule with coefficients that no one has chosen."""
    p, q, r, s, decay = np.random.default_rng(seed).uniform([-0.5, -1, 0, -1, 0], [1, 1, 1, 1, 0.1])

    def formula(w, v, g, eta, beta):
        v = r * beta * v + s * g
        w = (1 - decay * eta) * w - eta * (p * g + q * v)
        return w, v

    return formula


def places(count, seed=0):
    rng = np.random.default_rng(seed)
    return 10 ** rng.uniform(-3, 2, count), rng.uniform(0.01, 0.99, count)


def runs_of(formula, h, beta, steps):
    rule = me.Rule("own", lambda step: h, lambda step: beta, formula)
    return me.descend(me.landscapes.quadratic([1.0]), [1.0], rule, steps).w[..., 0].T


CLOSED_FORMS = [
    ("ema", me.ema(1.0)),
    ("heavy_ball", me.heavy_ball(1.0)),
    ("nesterov", me.nesterov(1.0)),
    ("gradient_descent", me.gradient_descent(1.0)),
    ("heavy_ball", me.classical_momentum(1.0)),
    ("ema", quasi_hyperbolic(1.0)),
    ("gradient_descent", quasi_hyperbolic(0.0)),
]


@pytest.mark.parametrize(("name", "rule"), CLOSED_FORMS)
def test_regimes_and_roots_are_those_of_the_closed_forms(name, rule):
    h, beta = places(3000)
    total, product, b = own_rule.recurrence(rule, h, beta)
    roots = theory.roots(h, beta, name)
    np.testing.assert_allclose(total, roots.sum(axis=-1).real, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(product, roots.prod(axis=-1).real, rtol=1e-11, atol=1e-12)
    assert own_rule.regime(total, product, b).tolist() == theory.regime(h, beta, name).tolist()


@pytest.mark.parametrize(("name", "rule"), CLOSED_FORMS)
def test_all_that_is_computed_is_that_of_the_closed_forms(name, rule):
    for h, beta in zip(*places(60, seed=1), strict=True):
        result = compute(h, beta, rule=rule)
        assert result.regime == theory.regime(h, beta, name)
        np.testing.assert_allclose(result.roots, theory.roots(h, beta, name), rtol=1e-10, atol=1e-12)
        assert result.rate == pytest.approx(theory.convergence_rate(h, beta, name), rel=1e-10, abs=1e-12)
        assert result.overshoot == pytest.approx(theory.overshoot(h, beta, name), rel=1e-12, abs=1e-12)
        assert result.period == pytest.approx(theory.ringing_period(h, beta, name), nan_ok=True)
        np.testing.assert_allclose(result.x, theory.response(h, beta, 80, name), rtol=1e-9, atol=1e-12)


def test_the_courses_rule_is_the_same_as_no_rule():
    for h, beta in zip(*places(60, seed=2), strict=True):
        own, course = compute(h, beta, rule=me.ema(1.0)), compute(h, beta)
        assert own.regime == course.regime
        assert own.overshoot == pytest.approx(course.overshoot, rel=1e-12, abs=1e-12)
        assert own.settling_time == pytest.approx(course.settling_time, rel=1e-9)
        np.testing.assert_allclose(own.plain, course.plain)


@pytest.mark.parametrize("beta", [0.0, 0.01, 0.3, 0.9])
@pytest.mark.parametrize(("name", "rule"), CLOSED_FORMS)
def test_at_h_1_where_roots_may_vanish_rounding_decides_nothing(name, rule, beta):
    result = compute(1.0, beta, rule=rule)
    assert result.regime == theory.regime(1.0, beta, name)
    np.testing.assert_allclose(result.roots, theory.roots(1.0, beta, name), atol=1e-12)


@pytest.mark.parametrize(
    "formula", [dampened, quasi_hyperbolic(0.7), quasi_hyperbolic(0.2), *map(anything, range(12))]
)
def test_it_does_what_the_rule_does_when_it_is_run(formula):
    h, beta = places(12, seed=3)
    for *place, run in zip(h, beta, runs_of(formula, h, beta, 4000), strict=True):
        result = compute(*place, rule=formula)
        with np.errstate(all="ignore"):
            np.testing.assert_allclose(result.x[:40], run[:40], rtol=1e-8, atol=1e-11)
        size = np.abs(run)
        if result.regime == "diverging":
            assert not size[-1] < size[1000]
            assert result.overshoot == result.settling_time == np.inf
            continue
        assert result.overshoot == pytest.approx(max(0.0, -run.min()), rel=1e-9, abs=1e-12)
        tail = np.sign(run[np.flatnonzero(size > 1e-200)][-60:])  # the long run, before rounding has it
        crossed = np.mean(tail[1:] != tail[:-1])
        law = "monotone" if crossed == 0 else "alternating" if crossed == 1 else "ringing"
        turns = np.angle(result.roots[0]) * (len(tail) - 2) / np.pi  # half turns that the tail has room for
        if result.regime != "ringing" or 1 < turns < len(tail) - 3:
            assert result.regime == law
        if result.regime == "monotone" and size[-1] < 0.02:
            assert result.settling_time == np.flatnonzero(size >= 0.02)[-1] + 1


def test_the_roots_are_the_eigenvalues_of_two_steps():
    for seed in range(20):
        formula = anything(seed)
        first, second = (np.array(formula(w, v, w, 0.7, 0.8)) for w, v in ((1.0, 0.0), (0.0, 1.0)))
        wanted = np.linalg.eigvals(np.stack([first, second], axis=1))
        roots = compute(0.7, 0.8, rule=formula).roots
        np.testing.assert_allclose(np.poly(roots), np.poly(wanted), atol=1e-12)
        assert np.abs(roots).tolist() == pytest.approx(sorted(np.abs(wanted), reverse=True))


def test_a_velocity_that_never_reaches_the_weight_has_no_root():
    def idle(w, v, g, eta, beta):
        return w - eta * g, 5 * v + g

    assert compute(0.5, 0.9, rule=idle).roots.tolist() == [0.5, 0]
    assert compute(0.5, 0.9, rule=idle).regime == "monotone"


def test_a_formula_may_work_in_place_and_the_rules_coefficients_do_not_count():
    def in_place(w, v, g, eta, beta):
        v *= beta
        g *= 1 - beta
        v += g
        w -= eta * v
        return w, v

    for rule in (in_place, me.ema(np.array([3.0, 4.0]), beta=lambda step: 0.1)):
        np.testing.assert_allclose(compute(0.3, 0.8, rule=rule).x, theory.response(0.3, 0.8, 80))


def test_the_map_has_the_colour_of_the_regime_at_each_point():
    _, axes = stage(me.nesterov(1.0), "nesterov")
    areas = {to_hex(area.get_facecolor()[0]): area.get_paths()[0] for area in axes["M"].collections}
    seen = set()
    for h in (0.002, 0.05, 0.5, 1.15, 3.0, 300.0):
        for beta in (0.05, 0.3, 0.6, 0.93):
            [colour] = [colour for colour, path in areas.items() if path.contains_point((h, beta))]
            regime = str(theory.regime(h, beta, "nesterov"))
            assert colour == REGIMES[regime][0].lower()
            seen.add(regime)
    assert seen == set(REGIMES)


@pytest.fixture(scope="module")
def nesterov():
    return explorers.overshoot(me.nesterov(1.0))


def test_the_picture_says_whose_rule_it_is_and_claims_nothing_of_the_courses(nesterov):
    assert nesterov.picture.figure.axes[0].get_title(loc="left") == "Regimes of nesterov"
    nesterov.set(h=0.1, beta=0.9)
    assert "nesterov goes 39 % past" in nesterov.picture.status
    assert "The course's rule there: ringing, 15 % past." in nesterov.picture.status
    envelope = 'opacity="0.12"'
    assert envelope in explorers.overshoot().picture.children[1].value
    assert envelope not in nesterov.picture.children[1].value
    nesterov.set(h=2.0)
    status = nesterov.picture.status
    assert "Diverging: with nesterov each step multiplies the distance by 2.29 in the end" in status
    assert "limit" not in status


@pytest.mark.parametrize(
    ("rule", "h", "beta", "words"),
    [
        (me.nesterov(1.0), 1.2, 0.9, "Alternating: in the end nesterov jumps across"),
        (me.nesterov(1.0), 1.0, 0.9, "nesterov goes 90 % past the minimum, and then stands on it"),
        (me.gradient_descent(1.0), 1.0, 0.9, "gradient_descent never passes the minimum, and then stands"),
        (me.heavy_ball(1.0), 0.001, 0.9, "Monotone: heavy_ball never passes the minimum"),
        (quasi_hyperbolic(0.7), 10**0.4, 0.95, "Monotone in the end: formula first goes 10 % past"),
        (lambda w, v, g, eta, beta: (w - eta * g, v), 0.5, 0.0, "Monotone: your rule never passes"),
    ],
)
def test_the_finding_in_words(rule, h, beta, words):
    explorer = explorers.overshoot(rule)
    explorer.set(h=h, beta=beta)
    assert words in explorer.picture.status


@pytest.mark.parametrize(
    "rule",
    [
        me.nesterov(1.0),
        me.gradient_descent(1.0),
        me.Rule("my own", lambda step: 1.0, lambda step: 0.0, quasi_hyperbolic(0.7)),
        dampened,
        quasi_hyperbolic(0.3),
        lambda w, v, g, eta, beta: (w - eta * (g + v), beta * v + g),
    ],
)
def test_the_line_of_python_reproduces_the_run(rule):
    explorer = explorers.overshoot(rule)
    explorer.set(h=0.1, beta=0.4, step=23)
    code = html.unescape(re.search(r"<pre[^>]*>([^<]*)", explorer.picture.children[1].value)[1])
    made = eval(code, {"me": me, "rule": rule, "dampened": dampened})
    assert len(made) == 24
    np.testing.assert_allclose(made[:, 0], compute(0.1, 0.4, rule=rule).x[:24], rtol=1e-9, atol=1e-12)


def for_one_number(w, v, g, eta, beta):
    return (w - eta * g, v) if beta > 0.5 else (w, v)


NO_FORMULAS = {
    "three values": lambda w, v, g, eta, beta: (w, v, g),
    "no v": lambda w, v, g, eta, beta: w - eta * g,
    "nothing": lambda w, v, g, eta, beta: None,
    "complex": lambda w, v, g, eta, beta: (w, v * 1j),
    "no shape": lambda w, v, g, eta, beta: (w - eta * g, 0),
    "not finite": lambda w, v, g, eta, beta: (w - g / beta, v),
    "sign": lambda w, v, g, eta, beta: (w - eta * np.sign(g), v),
    "normalised": lambda w, v, g, eta, beta: (w - eta * g / (np.abs(g) + 1e-8), v),
    "clipped": lambda w, v, g, eta, beta: (w - eta * np.clip(g, -9, 9), v),
    "shifted": lambda w, v, g, eta, beta: (w - eta * g + 1e-3, v),
}


@pytest.mark.parametrize(
    ("wrong", "error", "words"),
    [
        ("nesterov", TypeError, r"a Rule, such as me.nesterov\(1.0\), or a formula.*; got 'nesterov'"),
        (me.nesterov, TypeError, "a Rule, such as.*that takes arrays; it raised TypeError: nesterov"),
        (for_one_number, TypeError, "takes arrays; it raised ValueError"),
        (NO_FORMULAS["three values"], TypeError, "return two arrays.*3 values"),
        (NO_FORMULAS["no v"], TypeError, r"return two arrays, \(w, v\); it returned ndarray"),
        (NO_FORMULAS["nothing"], TypeError, "return two arrays.*NoneType"),
        (NO_FORMULAS["complex"], TypeError, "real numbers; its w and v are float64 and complex128"),
        (
            NO_FORMULAS["no shape"],
            ValueError,
            r"shape in which it gets them; got .* and \(\) for .*, 1\)",
        ),
        (NO_FORMULAS["not finite"], ValueError, "finite numbers; at h = 0.001, beta = 0 it takes"),
        (NO_FORMULAS["sign"], ValueError, "linear in w, v and g.*add up to"),
        (NO_FORMULAS["normalised"], ValueError, "linear in w, v and g.*add up to"),
        (NO_FORMULAS["clipped"], ValueError, "linear in w, v and g.*add up to"),
        (NO_FORMULAS["shifted"], ValueError, "linear in w, v and g.*add up to"),
    ],
)
def test_what_is_no_linear_rule_is_refused_by_name(wrong, error, words):
    with pytest.raises(error, match=f"^rule must .*{words}"):
        explorers.overshoot(wrong)


def test_the_error_of_a_rule_that_is_not_linear_says_what_was_found():
    def clipped(w, v, g, eta, beta):
        return w - eta * np.clip(g, -1, 1), v

    found = r"at h = 0.5, beta = 0.9 it takes \(w, v\) = \(-2, 3\) to \(-1.5, 3\), .* add up to \(-1, 3\)"
    with pytest.raises(ValueError, match=found):
        compute(0.5, 0.9, rule=clipped)


@pytest.mark.parametrize("wrong", [{"h": 0.0}, {"h": np.inf}, {"beta": 1.0}, {"steps": -1}])
def test_bad_numbers_are_refused_by_name(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        compute(**wrong, rule=me.nesterov(1.0))
