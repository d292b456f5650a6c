"""Train with ``torch.optim.SGD`` and keep each step's loss; measure sharpness by power iteration."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from validation.tasks import Task

Losses = NDArray[np.float64]


def train(
    task: Task,
    rate: float,
    beta: float,
    batch: int,
    seed: int,
    steps: int,
    *,
    shuffle: int = 0,
    sharp_steps: Sequence[int] = (),
) -> tuple[Losses, dict[int, float]]:
    """Return each step's loss before the step, and the sharpness at `sharp_steps`.

    `batch` 0 is the full batch. A run stops where its loss is not finite or above a million; the rest of its
    log is nan. `seed` draws the initial weights and, with `shuffle`, the batches.
    """
    torch.manual_seed(seed)
    model = task.model()
    optimiser = torch.optim.SGD(model.parameters(), lr=rate, momentum=beta)
    order = torch.Generator().manual_seed(1000 + seed + 97 * shuffle)
    count = len(task.inputs)
    permutation, position = torch.arange(count), 0
    losses, sharp = np.full(steps, np.nan), {}
    vector: list[Tensor] = []
    for step in range(steps):
        if step in sharp_steps:
            sharp[step], vector = sharpness(model, task, vector)
        chosen = slice(None)
        if batch:
            if position + batch > count or step == 0:
                permutation, position = torch.randperm(count, generator=order), 0
            chosen = permutation[position : position + batch]
            position += batch
        optimiser.zero_grad(set_to_none=True)
        loss = task.loss(model(task.inputs[chosen]), task.targets[chosen])
        loss.backward()
        optimiser.step()
        value = loss.item()
        if not value < 1e6:
            break
        losses[step] = value
    return losses, sharp


def sharpness(model: nn.Module, task: Task, start: list[Tensor]) -> tuple[float, list[Tensor]]:
    """Return the largest Hessian eigenvalue of the full-batch loss, and its vector, by power iteration.

    A second pass with a shift follows where the eigenvalue of largest modulus is negative.
    """
    parameters = list(model.parameters())
    loss = task.loss(model(task.inputs), task.targets)
    gradient = torch.autograd.grad(loss, parameters, create_graph=True)
    generator = torch.Generator().manual_seed(0)
    vector = start or [torch.randn(p.shape, generator=generator) for p in parameters]
    iterations = 12 if start else 40

    def iterate(vector: list[Tensor], shift: float) -> tuple[float, list[Tensor]]:
        value = 0.0
        for _ in range(iterations):
            norm = torch.sqrt(sum((v * v).sum() for v in vector))
            vector = [v / norm for v in vector]
            product = torch.autograd.grad(gradient, parameters, vector, retain_graph=True)
            value = float(sum((p * v).sum() for p, v in zip(product, vector, strict=True)))
            vector = [p + shift * v for p, v in zip(product, vector, strict=True)]
        return value, vector

    value, vector = iterate(vector, 0.0)
    return iterate(vector, -value) if value < 0 else (value, vector)
