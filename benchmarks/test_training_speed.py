"""How fast 64 configurations train in one call, against PyTorch training them one after another.

Both sides start from the same weights, see the same batches, and measure the training loss and the test
accuracy at each epoch, as `History` does. PyTorch runs two of the 64 configurations; its time is scaled.
"""

import numpy as np
import pytest

from momentum_edu import heavy_ball, load_digits, networks, train
from momentum_edu.training import draw_batches

torch = pytest.importorskip("torch", reason="PyTorch not found")

EPOCHS = 3
RATES, BETAS = np.geomspace(0.001, 0.02, 8)[:, np.newaxis], np.linspace(0.0, 0.95, 8)
SOME = [(2, 3), (7, 7)]  # the configurations that PyTorch trains


def rng():
    return np.random.default_rng(0)


def ours(batch_size):
    rule = heavy_ball(RATES, BETAS)
    return train(networks.mlp(), load_digits(), rule, EPOCHS, batch_size=batch_size, rng=rng())


def torch_one(batch_size, rate, beta):
    """A plain PyTorch training loop, in float64; the losses of its steps and epochs, its accuracies."""
    digits, draws = load_digits(), rng()
    model = networks.mlp()
    layers = [torch.nn.Linear(64, 32, dtype=torch.float64), torch.nn.Linear(32, 10, dtype=torch.float64)]
    net = torch.nn.Sequential(layers[0], torch.nn.Tanh(), layers[1])
    with torch.no_grad():
        for layer, (weight, bias) in zip(layers, model.unpack(model.init(draws)), strict=True):
            layer.weight.copy_(torch.from_numpy(weight.T))
            layer.bias.copy_(torch.from_numpy(bias))
    images, test_images = (torch.tensor(np.array(x)) for x in (digits.train_images, digits.test_images))
    targets = torch.eye(10, dtype=torch.float64)[torch.tensor(np.array(digits.train_labels))]
    test_labels = torch.tensor(np.array(digits.test_labels))
    optimizer = torch.optim.SGD(net.parameters(), lr=rate, momentum=beta)

    def loss_of(x, y):
        return 0.5 * torch.nn.functional.mse_loss(net(x), y, reduction="sum") / len(x)

    def measure():
        with torch.no_grad():
            epoch_loss.append(loss_of(images, targets).item())
            accuracy.append((net(test_images).argmax(1) == test_labels).double().mean().item())

    losses, epoch_loss, accuracy = [], [], []
    batches = [torch.from_numpy(b) for b in draw_batches(len(images), batch_size, EPOCHS, draws)]
    for step, batch in enumerate(batches):
        if step % (len(batches) // EPOCHS) == 0:
            measure()
        optimizer.zero_grad()
        loss = loss_of(images[batch], targets[batch])
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    measure()
    return losses, epoch_loss, accuracy


@pytest.mark.parametrize("batch_size", [32, 64])
def test_64_configurations_against_torch_one_after_another(race, batch_size):
    torch.set_num_threads(1)  # more only wait for each other at this size

    def peer():
        return [torch_one(batch_size, float(RATES[i, 0]), float(BETAS[j])) for i, j in SOME]

    history = ours(batch_size)
    for (i, j), (loss, epoch_loss, accuracy) in zip(SOME, peer(), strict=True):
        np.testing.assert_allclose(history.loss[:, i, j], loss, rtol=1e-6)
        np.testing.assert_allclose(history.epoch_loss[:, i, j], epoch_loss, rtol=1e-6)
        np.testing.assert_allclose(history.test_accuracy[:, i, j], accuracy, rtol=1e-12)
    race(
        f"64 MLPs, {EPOCHS} epochs, batches of {batch_size}",
        lambda: ours(batch_size),
        peer,
        "torch one after another",
        wanted="at least 10",
        scale=64 / len(SOME),
    )
