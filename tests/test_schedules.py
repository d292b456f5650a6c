"""The schedules against torch.optim.lr_scheduler, value for value, and by their laws."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from momentum_edu import schedules as s

STEPS = np.arange(40)


def torch_values(make, initial):
    """The rate that a torch scheduler sets before each step."""
    import torch

    optimiser = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=initial)
    scheduler = make(torch.optim.lr_scheduler, optimiser)
    values = []
    for _ in STEPS:
        values.append(optimiser.param_groups[0]["lr"])
        optimiser.step()
        scheduler.step()
    return np.array(values)


CASES = {
    "step_decay": (lambda: s.step_decay(0.5, 0.3, 7), lambda m, o: m.StepLR(o, 7, 0.3)),
    "multistep_decay": (
        lambda: s.multistep_decay(0.5, [3, 4, 20], 0.2),
        lambda m, o: m.MultiStepLR(o, [3, 4, 20], 0.2),
    ),
    "exponential_decay": (lambda: s.exponential_decay(0.5, 0.9), lambda m, o: m.ExponentialLR(o, 0.9)),
    "inverse_time_decay": (
        lambda: s.inverse_time_decay(0.5, 0.2),
        lambda m, o: m.LambdaLR(o, lambda t: 1 / (1 + 0.2 * t)),
    ),
    "polynomial_decay": (
        lambda: s.polynomial_decay(0.5, 25, power=2),
        lambda m, o: m.PolynomialLR(o, 25, power=2),
    ),
    "cosine_decay": (lambda: s.cosine_decay(0.5, 39, 0.01), lambda m, o: m.CosineAnnealingLR(o, 39, 0.01)),
    "cosine_restarts": (
        lambda: s.cosine_restarts(0.5, 6, final=0.02),
        lambda m, o: m.CosineAnnealingWarmRestarts(o, 6, eta_min=0.02),
    ),
    "cosine_restarts, growing": (
        lambda: s.cosine_restarts(0.5, 3, 2),
        lambda m, o: m.CosineAnnealingWarmRestarts(o, 3, T_mult=2),
    ),
    "linear": (lambda: s.linear(0.05, 0.5, 15), lambda m, o: m.LinearLR(o, 0.1, 1.0, total_iters=15)),
    "warmup": (lambda: s.warmup(0.5, 10), lambda m, o: m.LinearLR(o, 0.1, 1.0, total_iters=9)),
    "one_cycle": (
        lambda: s.one_cycle(0.5, 41),
        lambda m, o: m.OneCycleLR(o, 0.5, total_steps=41, cycle_momentum=False),
    ),
    "join": (
        lambda: s.join([s.linear(0.05, 0.5, 5), s.exponential_decay(0.5, 0.8), 0.5], [6, 20]),
        lambda m, o: m.SequentialLR(
            o, [m.LinearLR(o, 0.1, 1.0, 5), m.ExponentialLR(o, 0.8), m.ConstantLR(o, 1.0)], [6, 20]
        ),
    ),
}


@pytest.mark.needs_torch
@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning")
@pytest.mark.parametrize("name", CASES)
def test_equals_torch(name):
    ours, theirs = CASES[name]
    np.testing.assert_allclose(ours()(STEPS), torch_values(theirs, initial=0.5), rtol=0, atol=1e-12)


@pytest.mark.needs_torch
@pytest.mark.parametrize("options", [{}, {"cooldown": 3}, {"smallest": 0.03}, {"threshold": 0.1}])
def test_reduce_on_plateau_equals_torch(options):
    import torch

    losses = np.random.default_rng(1).uniform(0.2, 1, 60).cumsum() ** -0.2
    losses[30:] = losses[30] + 0.01 * np.sin(np.arange(30))
    losses[45] = np.nan
    ours = s.ReduceOnPlateau(0.5, 0.4, 2, **options)
    optimiser = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.5)
    theirs = torch.optim.lr_scheduler.ReduceLROnPlateau(
        optimiser,
        factor=0.4,
        patience=2,
        threshold=options.get("threshold", 1e-4),
        cooldown=options.get("cooldown", 0),
        min_lr=options.get("smallest", 0.0),
    )
    seen = set()
    for t, loss in enumerate(losses):
        ours.observe(loss)
        theirs.step(loss)
        assert ours(t) == pytest.approx(optimiser.param_groups[0]["lr"], abs=1e-15)
        seen.add(ours(t))
    assert len(seen) > 2
    assert ours(np.arange(3)).tolist() == [ours(0)] * 3


@pytest.mark.parametrize("name", CASES)
def test_one_step_equals_an_array_of_steps(name):
    schedule = CASES[name][0]()
    values = schedule(STEPS)
    assert values.shape == STEPS.shape
    for t in STEPS:
        one = schedule(int(t))
        assert isinstance(one, float)
        assert one == pytest.approx(values[t], abs=1e-15)
    assert schedule(STEPS.reshape(8, 5)).shape == (8, 5)


def test_what_pytorch_has_no_name_for():
    assert s.constant(0.3)(STEPS).tolist() == [0.3] * 40
    assert s.cosine_decay(1.0, 10, 0.1)(25) == pytest.approx(0.1)
    assert s.one_cycle(1.0, 10)(10**6) == s.one_cycle(1.0, 10)(9)


@given(
    start=st.floats(0, 1e3),
    end=st.floats(0, 1e3),
    steps=st.integers(1, 10**6),
    t=st.integers(0, 10**9),
)
def test_ramps_stay_between_their_ends(start, end, steps, t):
    low, high = min(start, end), max(start, end)
    slack = 1e-12 * max(high, 1)
    for schedule in (
        s.linear(start, end, steps),
        s.polynomial_decay(start, steps, 1.5, end),
        s.cosine_decay(start, steps, end),
    ):
        assert low - slack <= schedule(t) <= high + slack
        assert schedule(0) == pytest.approx(start, abs=slack)
        assert schedule(steps) == pytest.approx(end, abs=slack)


@given(period=st.integers(1, 50), multiplier=st.integers(1, 4), cycle=st.integers(0, 8))
def test_restarts_restart_exactly(period, multiplier, cycle):
    begin = sum(period * multiplier**n for n in range(cycle))
    schedule = s.cosine_restarts(1.0, period, multiplier)
    assert schedule(begin) == 1.0
    length = period * multiplier**cycle
    if length > 1:
        assert schedule(begin + length - 1) == pytest.approx((1 + math.cos(math.pi * (1 - 1 / length))) / 2)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: s.constant(-1), ValueError, "value must be finite and not negative; got -1"),
        (lambda: s.constant("x"), TypeError, "value must be real numbers; got 'x'"),
        (lambda: s.constant([1.0, 2.0]), TypeError, "value must be one number; got an array of shape"),
        (lambda: s.step_decay(1, 0.5, 0), ValueError, "every must be at least 1; got 0"),
        (lambda: s.step_decay(1, 1.5, 3), ValueError, r"factor must lie in \(0, 1\]; got 1.5"),
        (lambda: s.multistep_decay(1, [5, 3], 0.1), ValueError, r"milestones must increase; got \[5, 3\]"),
        (
            lambda: s.multistep_decay(1, [2.5], 0.1),
            TypeError,
            r"milestones\[0\] must be a whole number; got 2.5",
        ),
        (lambda: s.inverse_time_decay(1, -1), ValueError, "rate must be finite and not negative; got -1"),
        (lambda: s.polynomial_decay(1, 10, 0), ValueError, "power must be finite and positive; got 0"),
        (lambda: s.cosine_decay(np.nan, 10), ValueError, "initial must be finite and not negative; got nan"),
        (lambda: s.linear(0, 1, 2.0), TypeError, "steps must be a whole number; got 2.0"),
        (lambda: s.warmup("x", 3), TypeError, "schedule must be real numbers; got 'x'"),
        (
            lambda: s.one_cycle(1, 2),
            ValueError,
            "warmup_share of 2 steps must be more than one step; got 0.3",
        ),
        (lambda: s.one_cycle(1, 9, warmup_share=1), ValueError, r"warmup_share must lie in \(0, 1\); got 1"),
        (
            lambda: s.join([0.1, 0.2], []),
            ValueError,
            "boundaries must be one fewer than the 2 schedules; got 0",
        ),
        (lambda: s.constant(1)(-1), ValueError, "step must be finite and not negative; got -1"),
        (lambda: s.constant(1)("a"), TypeError, "step must be real numbers; got 'a'"),
        (lambda: s.ReduceOnPlateau(0), ValueError, "initial must be finite and positive; got 0"),
        (lambda: s.ReduceOnPlateau(1, 1), ValueError, r"factor must lie in \(0, 1\); got 1"),
    ],
)
def test_bad_values_are_named(make, error, message):
    with pytest.raises(error, match=message):
        make()


@given(st.data())
def test_fuzz_a_schedule_is_finite_or_refused(data):
    number = st.floats() | st.integers(-2, 50)
    name = data.draw(
        st.sampled_from(["step_decay", "exponential_decay", "linear", "cosine_decay", "cosine_restarts"])
    )
    arguments = {
        "step_decay": 3,
        "exponential_decay": 2,
        "linear": 3,
        "cosine_decay": 2,
        "cosine_restarts": 2,
    }[name]
    try:
        schedule = getattr(s, name)(*(data.draw(number) for _ in range(arguments)))
        value = schedule(data.draw(st.integers(0, 10**6)))
    except (ValueError, TypeError) as error:
        assert "must" in str(error)  # noqa: PT017
    else:
        assert np.isfinite(value)
        assert value >= 0
