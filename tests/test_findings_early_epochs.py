"""Every sentence of the explorer of early epochs, over real trainings and over invented losses."""

import itertools
from importlib import import_module

import numpy as np
import pytest
from sentences import code, drawn, finding, matched, rounds, shown, sweep, words_drawn

import momentum_edu as me

early_epochs = import_module("momentum_edu.explorers.early_epochs")  # the package's name is the function's
EPOCHS, TITLE = 40, "Loss of a network on the digits"


def rise(loss):
    """The largest rise above the lowest value so far, its lowest value, and whether the loss fell before."""
    rises = [value - min(loss[: t + 1]) for t, value in enumerate(loss)]
    top = int(np.argmax(rises))
    lowest = min(loss[: top + 1])
    return rises[top], lowest, lowest < loss[0]


def opening(t, said):
    assert rounds(said["beta"], t["beta"])
    for name, value in (("start", t["loss"][0]), ("end", t["loss"][-1])):
        if said.get(name):
            assert rounds(said[name], value)
    assert t["loss"][-1] <= 1e4


def diverges(t, said):
    assert rounds(said["beta"], t["beta"])
    assert not t["loss"][-1] <= 1e4


def falls(t, said):
    opening(t, said)
    assert all(after < before for before, after in itertools.pairwise(t["loss"]))


def never_rises(t, said):
    opening(t, said)
    assert all(after <= before for before, after in itertools.pairwise(t["loss"]))


def ripples(t, said):
    opening(t, said)
    assert 0 < rise(t["loss"])[0] < 0.005
    assert t["loss"][-1] < t["loss"][0]


def swings(t, said):
    opening(t, said)
    height, lowest, fallen = rise(t["loss"])
    assert fallen
    assert rounds(said["low"], lowest)
    assert rounds(said["rise"], height)
    assert height >= 0.005


def rises(t, said):
    opening(t, said)
    height, _, fallen = rise(t["loss"])
    assert not fallen
    assert rounds(said["rise"], height)


BETA = r"β = (?P<beta>\d\.\d\d): the "
START, END, LOW, RISE = (rf"(?P<{name}>\d+\.\d\d)" for name in ("start", "end", "low", "rise"))
FINDINGS = {
    rf"{BETA}training diverges; the loss grows beyond all bounds\.": diverges,
    rf"{BETA}loss falls at every epoch, from {START} to {END}\.": falls,
    rf"{BETA}loss never rises, from {START} to {END}\.": never_rises,
    rf"{BETA}loss falls from {START} to {END}, with hardly a ripple\.": ripples,
    rf"{BETA}loss falls to {LOW}, rises again by {RISE}, and ends at {END}\.": swings,
    rf"{BETA}loss rises from {START} by {RISE}, and ends at {END}\.": rises,
}


def check_drawn(said, runs, loss, count, batch):
    """The words in the picture: the rise so far, the rise of this beta, and why the line has dents."""
    so_far, whole = rise(loss[: count + 1]), rise(loss)[0]
    lost = not loss[-1] <= 1e4
    for words in said:
        if words.startswith("rises"):
            assert rounds(words.split(" by ")[1], so_far[0])
            assert ("again" in words) == so_far[2]
            assert so_far[0] >= 0.005
        elif words == "no rise":
            assert whole == 0
        elif words == "hardly a ripple":
            assert 0 < whole < 0.005
        elif words == "diverges":
            assert lost
        elif words[0].isdigit():
            assert rounds(words, whole)
            assert not lost
        else:
            assert words in ("uneven, because the loss", "is seen once an epoch")
            heights = [rise(each)[0] for each in runs.epoch_loss.T]
            assert any(after < before - 0.004 for before, after in itertools.pairwise(heights))
            assert batch == 0


def check(explorer, number):
    (_, _, runs), count = explorer._last[1], shown(explorer)
    beta = explorer.values["beta"]
    [[one]] = np.nonzero(np.isclose(runs.beta, beta))
    loss = runs.epoch_loss[:, one]
    checker, said = matched(FINDINGS, finding(explorer))
    checker({"beta": beta, "loss": loss}, said.groupdict())
    check_drawn(words_drawn(explorer), runs, loss, count, explorer.values.get("batch_size", 0))
    assert drawn(explorer, TITLE, [np.arange(count + 1), loss[: count + 1]])
    assert drawn(explorer, TITLE, [np.arange(count + 1), runs.epoch_loss[: count + 1, 0]])


def invented(rng):
    """Return a loss curve of some kind: falling, flat in part, with a bump, or without end."""
    t, kind = np.arange(EPOCHS + 1), rng.integers(8)
    fall = 2 * np.exp(-t / rng.uniform(5, 30))
    size = rng.choice([0.0, 0.002, 0.0049, 0.0051, 0.3, 20.0])
    curves = {
        0: fall,
        1: np.maximum(fall, 0.9),
        2: fall + size * (t == rng.integers(1, EPOCHS)),
        3: np.where(t > 0, fall + size, fall[0]),
        4: np.where(t > 20, fall[20] + size, fall),  # rises and stays
        5: fall * rng.uniform(1.2, 9) ** t,
        6: np.where(t > rng.integers(1, 30), np.inf, fall),
    }
    return curves.get(kind, np.maximum(fall, 0.5) + size * np.sin(t) ** 2)


def settings(explorer, draws):
    rng = np.random.default_rng(10)
    betas, some_steps = np.round(np.arange(20) * 0.05, 2), [0, 1, 2, 5, EPOCHS]
    for button, step in itertools.product(explorer.children[2].children, some_steps):
        button.click()
        yield {**explorer.values, "step": step}
    options = {n: [v for _, v in c.options] for n, c in explorer.controls.items() if n != "beta"}
    for _ in range(draws):
        chosen = {name: some[rng.integers(len(some))] for name, some in options.items()}
        yield {
            **chosen,
            "beta": rng.choice(betas),
            "step": int(rng.choice([*some_steps, rng.integers(EPOCHS)])),
        }


def test_every_sentence_is_true_whatever_the_losses(monkeypatch):
    rng = np.random.default_rng(11)

    def compute(beta, **network):
        losses = np.array([invented(rng) for _ in beta]).T
        with np.errstate(invalid="ignore"):
            ups = np.nan_to_num([rise(loss)[0] for loss in losses.T], nan=np.inf)
        return early_epochs.EarlyEpochs(np.array(beta), losses, ups)

    monkeypatch.setattr(early_epochs, "compute", compute)
    explorer = early_epochs.early_epochs(network_controls=True)
    sweep(explorer, settings(explorer, 300), check)


@pytest.mark.parametrize("network", [{}, {"learning_rate": 0.02}, {"learning_rate": 0.5, "batch_size": 256}])
def test_every_sentence_on_a_trained_network_is_true(network):
    explorer = early_epochs.early_epochs(network_controls=bool(network))
    betas = np.round(np.arange(20) * 0.05, 2)
    some = [{**network, "beta": b, "step": step} for b in betas for step in (0, 1, 10, EPOCHS)]
    sweep(explorer, some, check)
    explorer.set(beta=0.9, step=EPOCHS)
    again = eval(code(explorer), {"me": me, "np": np})
    assert drawn(explorer, TITLE, [np.arange(EPOCHS + 1), again], rtol=2e-2)
