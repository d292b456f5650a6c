"""The range of every argument: what lies outside is refused by name, and the very edge is taken."""

import re

import numpy as np
import pytest

from momentum_edu import (
    classical_momentum,
    descend,
    diagnose,
    ema,
    escape_step,
    gradient_descent,
    heavy_ball,
    landscapes,
    nesterov,
    step_info,
    theory,
    zigzag,
)
from momentum_edu import schedules as s

TINY = 5e-324
BELOW_1 = np.nextafter(1.0, 0.0)
NO_NUMBERS = [np.inf, -np.inf, np.nan]

# What is wanted -> what is refused, and what is taken although it is as far out as can be.
RANGES = {
    "be finite and positive": ([0.0, -TINY, *NO_NUMBERS], [TINY, 1e300]),
    "be finite and not negative": ([-TINY, -1.0, *NO_NUMBERS], [0.0, 1e300]),
    "be finite": (NO_NUMBERS, [0.0, -1e300]),
    "be finite and below 1e100 in size": ([1.01e100, -1.01e100, *NO_NUMBERS], [1e100, -1e100]),
    "be finite and below 1e150 in size": ([1e150, -1e150, *NO_NUMBERS], [9.9e149, -9.9e149]),
    "lie in (0, 1)": ([0.0, 1.0, -0.5, 1.5, *NO_NUMBERS], [TINY, BELOW_1]),
    "lie in (0, 1]": ([0.0, 1.5, -0.5, *NO_NUMBERS], [TINY, 1.0]),
    "lie in [0, 1)": ([1.0, -TINY, 1.5, *NO_NUMBERS], [0.0, BELOW_1]),
}


def ema_at(step, **coefficient):
    """Ask a rule whose coefficient follows a schedule for the value at a step."""
    [(name, value)] = coefficient.items()
    rule = ema(**{"learning_rate": 0.1, name: lambda t: value})
    return getattr(rule, name)(step)


def plateau_at(step):
    return s.ReduceOnPlateau(0.1)(step)


def step_info_to(**options):
    return step_info([0.0, 0.5, 1.0], **options)


def escape(point=(0.0, 0.0), radius=1.0):
    return escape_step(descend(landscapes.saddle(1.0), [0.0, 0.1], ema(0.1), 3), point, radius)


POSITIVE, NOT_NEGATIVE, OPEN = "be finite and positive", "be finite and not negative", "lie in (0, 1)"
MODES = [theory.roots, theory.convergence_rate, theory.regime, theory.ringing_period, theory.overshoot]
NUMBERS = [
    *[(rule, {}, "learning_rate", POSITIVE) for rule in (ema, heavy_ball, classical_momentum, nesterov)],
    (gradient_descent, {}, "learning_rate", POSITIVE),
    *[
        (rule, {"learning_rate": 0.1}, "beta", "lie in [0, 1)")
        for rule in (ema, heavy_ball, classical_momentum, nesterov)
    ],
    *[(function, {"beta": 0.5}, "h", "be finite and below 1e100 in size") for function in MODES],
    *[(function, {"h": 0.5}, "beta", "lie in [0, 1)") for function in MODES],
    (theory.response, {"beta": 0.5, "steps": 0}, "h", "be finite and below 1e100 in size"),
    (theory.response, {"h": 0.5, "steps": 3}, "beta", "lie in [0, 1)"),
    (theory.ringing_band, {}, "beta", "lie in [0, 1)"),
    (theory.stability_limit, {}, "beta", "lie in [0, 1)"),
    (theory.settling_time, {}, "beta", "lie in [0, 1)"),
    (theory.settling_time, {"beta": 0.5}, "tolerance", OPEN),
    (theory.optimal, {"largest": 1e300}, "smallest", POSITIVE),
    (theory.optimal, {"smallest": TINY}, "largest", POSITIVE),
    (s.constant, {}, "value", NOT_NEGATIVE),
    (s.constant(0.1), {}, "step", NOT_NEGATIVE),
    (s.step_decay, {"factor": 0.5, "every": 3}, "initial", NOT_NEGATIVE),
    (s.step_decay, {"initial": 1.0, "every": 3}, "factor", "lie in (0, 1]"),
    (s.multistep_decay, {"milestones": [3], "factor": 0.5}, "initial", NOT_NEGATIVE),
    (s.multistep_decay, {"milestones": [3], "initial": 1.0}, "factor", "lie in (0, 1]"),
    (s.exponential_decay, {"factor": 0.5}, "initial", NOT_NEGATIVE),
    (s.exponential_decay, {"initial": 1.0}, "factor", "lie in (0, 1]"),
    (s.inverse_time_decay, {"rate": 0.5}, "initial", NOT_NEGATIVE),
    (s.inverse_time_decay, {"initial": 1.0}, "rate", NOT_NEGATIVE),
    (s.polynomial_decay, {"steps": 3}, "initial", NOT_NEGATIVE),
    (s.polynomial_decay, {"initial": 1.0, "steps": 3}, "power", POSITIVE),
    (s.polynomial_decay, {"initial": 1.0, "steps": 3}, "final", NOT_NEGATIVE),
    (s.cosine_decay, {"steps": 3}, "initial", NOT_NEGATIVE),
    (s.cosine_decay, {"initial": 1.0, "steps": 3}, "final", NOT_NEGATIVE),
    (s.cosine_restarts, {"period": 3}, "initial", NOT_NEGATIVE),
    (s.cosine_restarts, {"initial": 1.0, "period": 3}, "final", NOT_NEGATIVE),
    (s.linear, {"end": 1.0, "steps": 3}, "start", NOT_NEGATIVE),
    (s.linear, {"start": 1.0, "steps": 3}, "end", NOT_NEGATIVE),
    (s.one_cycle, {"steps": 9}, "peak", NOT_NEGATIVE),
    (s.one_cycle, {"peak": 1.0, "steps": 9}, "initial_divisor", POSITIVE),
    (s.one_cycle, {"peak": 1.0, "steps": 9}, "final_divisor", POSITIVE),
    (s.ReduceOnPlateau, {}, "initial", POSITIVE),
    (s.ReduceOnPlateau, {"initial": 1.0}, "factor", OPEN),
    (s.ReduceOnPlateau, {"initial": 1.0}, "threshold", "lie in [0, 1)"),
    (s.ReduceOnPlateau, {"initial": 1.0}, "smallest", NOT_NEGATIVE),
    (plateau_at, {}, "step", NOT_NEGATIVE),
    (step_info_to, {}, "tolerance", OPEN),
    (step_info_to, {}, "final", "be finite and below 1e150 in size"),
    (step_info_to, {}, "initial", "be finite and below 1e150 in size"),
    (escape, {}, "radius", POSITIVE),
]


def label(value):
    return getattr(value, "__name__", None) if callable(value) else str(value) if value else None


@pytest.mark.filterwarnings(
    "ignore::RuntimeWarning"
)  # numbers at the edge may overflow; here only the range counts
@pytest.mark.parametrize(("function", "others", "argument", "wanted"), NUMBERS, ids=label)
def test_a_number_out_of_range_is_refused_and_the_edge_is_taken(function, others, argument, wanted):
    refused, taken = RANGES[wanted]
    for value in refused:
        said = re.escape(f"{argument} must {wanted}; got {value}")
        with pytest.raises(ValueError, match=f"^{said}$"):
            function(**others, **{argument: value})
    for value in taken:
        function(**others, **{argument: value})


COUNTS = [
    (theory.response, {"h": 1.0, "beta": 0.5}, "steps", 0),
    (s.step_decay, {"initial": 1.0, "factor": 0.5}, "every", 1),
    (s.polynomial_decay, {"initial": 1.0}, "steps", 1),
    (s.cosine_decay, {"initial": 1.0}, "steps", 1),
    (s.cosine_restarts, {"initial": 1.0}, "period", 1),
    (s.cosine_restarts, {"initial": 1.0, "period": 3}, "multiplier", 1),
    (s.linear, {"start": 0.0, "end": 1.0}, "steps", 1),
    (s.warmup, {"schedule": 1.0}, "steps", 1),
    (s.one_cycle, {"peak": 1.0, "warmup_share": BELOW_1}, "steps", 2),
    (s.ReduceOnPlateau, {"initial": 1.0}, "patience", 0),
    (s.ReduceOnPlateau, {"initial": 1.0}, "cooldown", 0),
]


@pytest.mark.parametrize(("function", "others", "argument", "smallest"), COUNTS, ids=label)
def test_a_count_below_the_smallest_is_refused_and_the_smallest_is_taken(
    function, others, argument, smallest
):
    with pytest.raises(ValueError, match=f"^{argument} must be at least {smallest}; got {smallest - 1}$"):
        function(**others, **{argument: smallest - 1})
    with pytest.raises(TypeError, match=f"^{argument} must be a whole number; got 2.5$"):
        function(**others, **{argument: 2.5})
    function(**others, **{argument: smallest})


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: ema_at(3, learning_rate=-TINY),
            "learning_rate at step 3 must be finite and not negative; got -5e-324",
        ),
        (
            lambda: ema_at(3, learning_rate=np.inf),
            "learning_rate at step 3 must be finite and not negative; got inf",
        ),
        (lambda: ema_at(4, beta=1.0), "beta at step 4 must lie in [0, 1); got 1.0"),
        (lambda: s.multistep_decay(1, [3, 3], 0.1), "milestones must increase; got [3, 3]"),
        (
            lambda: s.multistep_decay(1, [2**64 - 9999, 2**63], 0.1),
            f"milestones must increase; got [{2**64 - 9999}, {2**63}]",
        ),
        (lambda: s.multistep_decay(1, [3, 0], 0.1), "milestones[1] must be at least 1; got 0"),
        (lambda: s.join([1, 2], [0]), "boundaries[0] must be at least 1; got 0"),
        (lambda: s.join([1, 2, 3], [5, 4]), "boundaries must increase; got [5, 4]"),
        (
            lambda: s.join([1, np.nan], [5]),
            "schedules[1] must be a schedule or a number, finite and not negative; got nan",
        ),
        (lambda: s.join([], []), "boundaries must be one fewer than the 0 schedules; got 0"),
        (
            lambda: s.warmup(-1.0, 5),
            "schedule must be a schedule or a number, finite and not negative; got -1.0",
        ),
        (lambda: s.one_cycle(1, 9, warmup_share=0.0), "warmup_share must lie in (0, 1); got 0.0"),
        (lambda: s.one_cycle(1, 9, warmup_share=1.0), "warmup_share must lie in (0, 1); got 1.0"),
        (
            lambda: s.one_cycle(1, 4, warmup_share=0.25),  # a quarter of 4 steps is one step
            "warmup_share of 4 steps must be more than one step; got 0.25",
        ),
        (lambda: step_info_to(rise=(-0.1, 0.5)), "rise must lie in [0, 1]; got -0.1"),
        (lambda: step_info_to(rise=(0.1, 1.5)), "rise must lie in [0, 1]; got 1.5"),
        (lambda: step_info_to(rise=(0.5, 0.5)), "rise must be two increasing fractions; got (0.5, 0.5)"),
        (lambda: step_info([1.0, 1e150]), "signal must be finite and below 1e150 in size; got 1e+150"),
        (lambda: zigzag([[np.inf]]), "path must be finite; got inf"),
        (lambda: zigzag(np.zeros((0, 2))), "path must have the shape (steps + 1, ..., d); got (0, 2)"),
        (lambda: escape(point=[0.0, np.nan]), "point must be finite; got nan"),
        (lambda: theory.optimal(2.0, 1.0), "largest must be at least smallest (2.0); got 1.0"),
        (lambda: theory.regime([1, 2], [0.1] * 3), "h and beta must broadcast; got shapes (2,) and (3,)"),
    ],
)
def test_what_is_wrong_is_said_in_full(make, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        make()


def test_edges_that_are_taken():
    assert ema_at(0, learning_rate=0.0) == 0.0  # a schedule may touch zero
    assert s.multistep_decay(8, [3, 4], 0.5)(4) == 2
    assert s.join([0, 1], [3])(2) == 0
    step_info_to(rise=(0.0, 1.0))
    theory.optimal(2.0, 2.0)


@pytest.mark.parametrize(
    "function", [*MODES, lambda h, beta, rule: theory.response(h, beta, 3, rule)], ids=label
)
def test_an_unknown_rule_is_refused(function):
    said = "rule must be one of 'ema', 'heavy_ball', 'nesterov', 'gradient_descent'; got 'adam'"
    for call in (
        lambda: function(1.0, 0.5, "adam"),
        lambda: theory.ringing_band(0.5, "adam"),
        lambda: theory.stability_limit(0.5, "adam"),
        lambda: theory.optimal(1.0, 2.0, "adam"),
    ):
        with pytest.raises(ValueError, match=f"^{said}$"):
            call()


class Attached:
    """A tensor that needs a gradient: PyTorch refuses NumPy with these words."""

    def __array__(self, *_: object, **__: object) -> np.ndarray:
        raise RuntimeError("Can't call numpy() on Tensor that requires grad.")


@pytest.mark.parametrize(
    "losses",
    [
        [f"{1 / (step + 1):.4f}" for step in range(3000)],  # as csv.reader has them
        np.full(500, 1j),
        {"loss": [0.5] * 500},
        [[0.1] * 300, [0.2] * 200],
        Attached(),
    ],
    ids=["strings", "complex", "mapping", "ragged", "tensor"],
)
def test_a_wrong_log_is_told_in_one_short_line(losses: object) -> None:
    with pytest.raises(TypeError, match=r"^losses must be ") as caught:
        diagnose(losses)
    assert len(str(caught.value)) < 160
    assert "\n" not in str(caught.value)
