"""convert, tried on the libraries it speaks of."""

import numpy as np
import pytest

from momentum_edu import (
    classical_momentum,
    convert,
    descend,
    ema,
    gradient_descent,
    heavy_ball,
    landscapes,
    nesterov,
)

CURVATURES, START = [0.3, 2.0, 7.0], [1.0, -2.0, 0.5]
MAKERS = {
    "ema": ema,
    "heavy_ball": heavy_ball,
    "classical_momentum": classical_momentum,
    "nesterov": nesterov,
    "gradient_descent": lambda rate, beta: gradient_descent(rate),
}
sources = pytest.mark.parametrize("source", MAKERS)


def ours(source):
    return descend(landscapes.quadratic(CURVATURES), START, MAKERS[source](0.08, 0.85), 50).w[-1]


@pytest.mark.needs_torch
@sources
def test_torch_called_with_the_converted_arguments_walks_the_same_path(source):
    import torch

    w = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.SGD([w], **convert(0.08, 0.85, source, "pytorch"))
    for _ in range(50):
        optimiser.zero_grad()
        (torch.tensor(CURVATURES) * w * w).sum().div(2).backward()
        optimiser.step()
    np.testing.assert_allclose(w.detach().numpy(), ours(source), atol=1e-12)


@sources
@pytest.mark.parametrize("target", ["keras", "optax"])
def test_the_documented_recurrences_walk_the_same_path(source, target):
    arguments = convert(0.08, 0.85, source, target)
    assert set(arguments) == {"learning_rate", "momentum", "nesterov"}
    rate, beta = arguments["learning_rate"], arguments["momentum"]
    w, velocity = np.array(START), np.zeros(3)
    for _ in range(50):
        g = np.array(CURVATURES) * w
        if target == "keras":
            velocity = beta * velocity - rate * g
            w = w + (beta * velocity - rate * g if arguments["nesterov"] else velocity)
        else:
            velocity = beta * velocity + g
            w = w - rate * (g + beta * velocity if arguments["nesterov"] else velocity)
    np.testing.assert_allclose(w, ours(source), atol=1e-12)


def test_notes_say_where_the_equality_ends():
    def notes(source, target, beta=0.9):
        return " | ".join(convert(0.1, beta, source, target).notes)

    assert "schedule for beta the paths part" in notes("ema", "pytorch")
    assert "eta (1 - beta) at each step" in notes("ema", "keras")
    assert "Keras's velocity holds the rate" in notes("heavy_ball", "keras")
    assert "the source's velocity holds the rate" in notes("classical_momentum", "optax")
    assert notes("heavy_ball", "pytorch") == notes("classical_momentum", "keras") == ""
    assert notes("gradient_descent", "keras") == notes("ema", "pytorch", beta=0.0) == ""


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((0, 0.9), ValueError, "learning_rate must be finite and positive; got 0"),
        ((0.1, 1.0), ValueError, r"beta must lie in \[0, 1\); got 1.0"),
        ((lambda t: 0.1, 0.9), TypeError, "learning_rate must be a number; got a schedule"),
        (([0.1, 0.2], 0.9), TypeError, "learning_rate must be one number; got an array"),
        ((0.1, 0.9, "adam"), ValueError, "source must be one of 'ema', .*; got 'adam'"),
        (
            (0.1, 0.9, "ema", "jax"),
            ValueError,
            "target must be one of 'pytorch', 'keras', 'optax'; got 'jax'",
        ),
    ],
)
def test_bad_values_are_named(arguments, error, message):
    with pytest.raises(error, match=message):
        convert(*arguments)
