"""The explorer conventions against the library's rules, its schedules, and PyTorch's own algorithm."""

import html
import re

import numpy as np
import pytest

import momentum_edu as me
from momentum_edu.explorers.conventions import CONVENTIONS, EQUAL, PLANS, compute, conventions

BOWL = me.landscapes.quadratic([1.0])


@pytest.fixture(scope="module")
def explorer():
    return conventions()


def code_of(explorer):
    return html.unescape(re.search(r"<pre[^>]*>([^<]*)", explorer.picture.children[1].value)[1])


@pytest.mark.parametrize("schedule", PLANS)
@pytest.mark.parametrize("name", [name for name in CONVENTIONS if name != "dampened"])
def test_each_walk_is_that_of_descend(name, schedule):
    plan = PLANS[schedule]
    rate, beta = plan.rate(1.3), plan.beta(0.8)
    own = rate if name == "ema" else lambda t: rate(t) * (1 - beta(t))
    run = me.descend(BOWL, [1.0], getattr(me, name)(own, beta), 60)
    result = compute(name, "ema", schedule, h=1.3, beta=0.8)
    np.testing.assert_allclose(result.first_path, run.w[:, 0], rtol=0, atol=1e-12)
    np.testing.assert_allclose(result.learning_rate, run.learning_rate if name == "ema" else rate(range(60)))


def test_dampened_is_pytorchs_algorithm():
    w, buffer, path = 1.0, None, [1.0]
    for _ in range(60):
        buffer = w if buffer is None else 0.9 * buffer + (1 - 0.9) * w
        w -= buffer
        path.append(w)
    np.testing.assert_allclose(compute("ema", "dampened").second_path, path, rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("second", "schedule", "equal"),
    [
        ("heavy_ball", "both constant", True),
        ("classical_momentum", "both constant", True),
        ("heavy_ball", "rate drops tenfold at step 5", True),
        ("heavy_ball", "rate warms up over 10 steps", True),
        ("classical_momentum", "rate drops tenfold at step 5", False),
        ("classical_momentum", "rate warms up over 10 steps", False),
        ("heavy_ball", "β drops to 0.5 at step 5", False),
        ("heavy_ball", "β warms up over 30 steps", False),
        ("classical_momentum", "β drops to 0.5 at step 5", True),
        ("classical_momentum", "β warms up over 30 steps", True),
        ("nesterov", "both constant", False),
        ("dampened", "both constant", False),
    ],
)
@pytest.mark.parametrize("beta", [0.6, 0.9])
def test_who_stays_with_the_mean_under_which_schedule(second, schedule, equal, beta):
    assert (compute("ema", second, schedule, beta=beta).gap.max() <= EQUAL) == equal


def test_the_presets_say_what_the_lesson_says(explorer):
    said = {}
    for button in explorer.children[2].children[1:]:
        button.click()
        said[button.description] = explorer.picture.status
    assert said["one path"].startswith("One path")
    assert said["rate drops: PyTorch"].startswith("One path")
    assert "EMA overshoots by 14 %, Keras's form by 129 %" in said["rate drops: Keras"]
    assert "a sum and a mean" in said["β drops: PyTorch"]
    assert said["β drops: Keras"].startswith("One path")
    assert "dampened by 233 %" in said["dampening"]
    assert "a rate 10 times as large for a sum" in said["not converted"]


@pytest.mark.parametrize("second", [name for name in CONVENTIONS if name != "ema"])
@pytest.mark.parametrize("convert", [True, False])
def test_the_line_of_python_walks_the_second_path(explorer, second, convert):
    for schedule in PLANS:
        explorer.set(first="ema", second=second, schedule=schedule, convert=convert, h=0.5, beta=0.7, step=40)
        path = eval(code_of(explorer), {"me": me, "np": np})
        expected = compute("ema", second, schedule, 0.5, 0.7, convert=convert).second_path[:41]
        np.testing.assert_allclose(path[:, 0], expected, rtol=0, atol=1e-12)


def test_a_diverging_pair_is_said(explorer):
    explorer.set(first="ema", second="nesterov", schedule="both constant", convert=False, h=10.0, beta=0.9)
    assert "diverges" in explorer.picture.status
    assert "nan" not in explorer.picture.children[1].value


@pytest.mark.parametrize(
    "wrong", [{"h": 0.0}, {"beta": 1.0}, {"first": "adam"}, {"second": ""}, {"schedule": "cosine"}]
)
def test_bad_input_is_refused_by_name(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        compute(**wrong)
