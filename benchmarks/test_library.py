"""How fast the library is: importing, one run, many runs, a map of rates."""

import subprocess
import sys

import numpy as np
import pytest

from momentum_edu import descend, heavy_ball, landscapes, theory

torch = pytest.importorskip("torch", reason="PyTorch not found")
torch.set_num_threads(1)
RATE, BETA, KAPPA, START = 0.01, 0.9, 100.0, [2.0, 0.2]


def torch_walk(steps):
    """One run by torch.optim.SGD on the same ravine."""
    w = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    scale = torch.tensor([1.0, KAPPA], dtype=torch.float64)
    optimiser = torch.optim.SGD([w], lr=RATE, momentum=BETA)
    for _ in range(steps):
        optimiser.zero_grad()
        (scale * w * w).sum().div(2).backward()
        optimiser.step()
    return w.detach().numpy()


def our_walk(steps, start=START):
    return descend(landscapes.ravine(KAPPA), start, heavy_ball(RATE, BETA), steps)


def python(code):
    subprocess.run([sys.executable, "-c", code], check=True)


def test_importing(race):
    race(
        "import momentum_edu and its core",
        lambda: python("from momentum_edu import descend, ema, landscapes, schedules, step_info, theory"),
        lambda: python("import numpy"),
        "import numpy",
        wanted="at least 0.83",
        rounds=15,
    )


def test_one_run(race):
    np.testing.assert_allclose(our_walk(1000).w[-1], torch_walk(1000), atol=1e-12)
    race(
        "one run, 1000 steps, 2 dimensions",
        lambda: our_walk(1000),
        lambda: torch_walk(1000),
        "torch.optim.SGD",
        wanted="at least 25",
        rounds=9,
    )


def test_many_runs(race):
    starts = np.random.default_rng(0).normal(size=(10_000, 2))
    starts[0] = START
    np.testing.assert_allclose(our_walk(200, starts).w[-1, 0], torch_walk(200), atol=1e-12)
    race(
        "10,000 runs of 200 steps",
        lambda: our_walk(200, starts),
        lambda: torch_walk(200),
        "torch.optim.SGD one by one (one timed, times 10,000)",
        wanted="at least 2,000",
        scale=10_000,
    )


def test_many_runs_against_the_memory_traffic(race):
    starts = np.random.default_rng(0).normal(size=(10_000, 2))

    def traffic():
        """Write what a Trajectory holds, w, v, gradient and loss (112 MB), and nothing else."""
        arrays = [np.empty((201, 10_000, 2)) for _ in range(3)] + [np.empty((201, 10_000))]
        for array in arrays:
            for t in range(201):
                array[t] = starts if array.ndim == 3 else starts[:, 0]
        return arrays

    race(
        "10,000 runs of 200 steps",
        lambda: our_walk(200, starts),
        traffic,
        "writing its 112 MB of results",
        wanted="at least 0.25",
        rounds=9,
    )


def test_rate_map(race):
    h, beta = np.logspace(-3, 2, 512), np.linspace(0, 0.995, 512)[:, None]
    total, product = 1 + beta - h * (1 - beta), beta + 0 * h
    companion = np.moveaxis(np.array([[total, -product], [np.ones_like(total), 0 * total]]), (0, 1), (-2, -1))

    def eigenvalues():
        return np.abs(np.linalg.eigvals(companion)).max(axis=-1)

    np.testing.assert_allclose(theory.convergence_rate(h, beta), eigenvalues(), atol=1e-6)
    race(
        "a 512 x 512 map of the rate (wanted: < 10 ms)",
        lambda: theory.convergence_rate(h, beta),
        eigenvalues,
        "batched numpy.linalg.eigvals",
        wanted="at least 20",
        rounds=15,
        peer_rounds=3,
    )


@pytest.mark.parametrize(("what", "more"), [("runs", (20_000, 100)), ("steps", (10_000, 200))])
def test_cost_grows_linearly(race, what, more):
    def walk(runs, steps):
        return our_walk(steps, np.ones((runs, 2)))

    race(
        f"twice the {what}: {more[0]:,} x {more[1]}",
        lambda: walk(*more),
        lambda: walk(10_000, 100),
        "10,000 runs of 100 steps",
        wanted="about 0.5",
        rounds=9,
    )
