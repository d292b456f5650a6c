"""Five small training tasks in PyTorch: the data, the model, the loss. Nothing is downloaded."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from momentum_edu import load_digits

DIGITS, ROWS, FEATURES = 500, 400, 10


@dataclass(frozen=True)
class Task:
    """A data set, how a model for it is made, its loss, and heavy-ball rates from too low to too high."""

    inputs: Tensor
    targets: Tensor
    model: Callable[[], nn.Module]
    loss: Callable[[Tensor, Tensor], Tensor]
    rates: tuple[float, ...]


def half_squared_distance(outputs: Tensor, targets: Tensor) -> Tensor:
    """Return the mean over rows of half the squared distance, the course's mean squared error."""
    return 0.5 * ((outputs - targets) ** 2).sum(dim=1).mean()


def mlp(inputs: int, hidden: int, outputs: int, activation: Callable[[], nn.Module]) -> nn.Module:
    """Return a network with one hidden layer, initialised as PyTorch does."""
    return nn.Sequential(nn.Linear(inputs, hidden), activation(), nn.Linear(hidden, outputs))


def convolutional() -> nn.Module:
    """Return a small convolutional network for the 8x8 digits."""
    return nn.Sequential(
        nn.Unflatten(1, (1, 8, 8)),
        nn.Conv2d(1, 6, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(54, 10),
    )


def table() -> tuple[Tensor, Tensor]:
    """Return generated tabular data: correlated, uncentred features and a noisy, curved target."""
    rng = np.random.default_rng(7)
    x = rng.standard_normal((ROWS, FEATURES)) @ rng.standard_normal((FEATURES, FEATURES)) / 3
    x += 0.5 * rng.standard_normal(FEATURES)
    z = np.sin(x[:, 0]) + 0.5 * x[:, 1] * x[:, 2] + 0.3 * x[:, 3] + 0.2 * rng.standard_normal(ROWS)
    return torch.tensor(x, dtype=torch.float32), torch.tensor(z / z.std(), dtype=torch.float32)


def tasks() -> dict[str, Task]:
    """Return the tasks by name."""
    data = load_digits()
    images = torch.tensor(data.train_images[:DIGITS], dtype=torch.float32)
    labels = torch.tensor(np.array(data.train_labels[:DIGITS]))
    one_hot = nn.functional.one_hot(labels, 10).float()
    x, z = table()
    high = (z > z.median()).long()
    low_rates, high_rates = (0.003, 0.01, 0.03, 0.1, 0.3), (0.01, 0.03, 0.1, 0.3, 1.0)
    entropy = nn.CrossEntropyLoss()
    return {
        "digits, tanh, squared error": Task(
            images, one_hot, lambda: mlp(64, 32, 10, nn.Tanh), half_squared_distance, low_rates
        ),
        "digits, relu, cross-entropy": Task(
            images, labels, lambda: mlp(64, 32, 10, nn.ReLU), entropy, high_rates
        ),
        "digits, convolutional, cross-entropy": Task(images, labels, convolutional, entropy, high_rates),
        "table, tanh, squared error": Task(
            x, z[:, None], lambda: mlp(FEATURES, 24, 1, nn.Tanh), nn.MSELoss(), low_rates
        ),
        "table, tanh, cross-entropy": Task(
            x, high, lambda: mlp(FEATURES, 24, 2, nn.Tanh), entropy, high_rates
        ),
    }
