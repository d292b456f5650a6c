"""Logs as people have them, and the errors of those that can't be read."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from momentum_edu.diagnosis.logs import notes, parse_log, read_log

EVENTS = Path(__file__).parent / "logs" / "events.out.tfevents.1.example"
"""Written by TensorBoard 2.21: train/loss = 2 / (1 + t) as numbers, val/loss = 3 / (1 + t) as tensors."""

BAR = Path(__file__).parent / "logs" / "keras_bar.txt"
"""Keras 3.15, `fit` with its progress bar, 24 steps an epoch, standard output sent to a file."""
BAR_HISTORY = [
    0.56970,
    0.31957,
    0.23190,
    0.18716,
    0.13585,
    0.09508,
    0.06044,
    0.03704,
    0.02560,
    0.01839,
    0.01543,
    0.01306,
]
"""`History.history["loss"]` of the same run."""

KERAS = (
    "epoch,accuracy,loss,val_accuracy,val_loss\n0,0.1,2.3,0.2,2.2\n1,0.5,1.25,0.5,1.4\n2,0.7,0.8,0.6,1.1\n"
)
LIGHTNING = (
    "epoch,step,train_loss,val_loss\n0,49,2.3,\n0,99,1.9,\n0,99,,1.8\n1,149,1.5,\n1,199,1.2,\n1,199,,1.3\n"
)


@pytest.mark.parametrize(
    ("text", "column", "losses"),
    [
        (KERAS, "loss", [2.3, 1.25, 0.8]),
        (KERAS.replace(",", "\t"), "loss", [2.3, 1.25, 0.8]),
        (KERAS.replace(",", ";"), "loss", [2.3, 1.25, 0.8]),
        (KERAS.replace(",", ";").replace(".", ","), "loss", [2.3, 1.25, 0.8]),
        ("step\tloss\n0\t1,5\n1\t2,5e-1\n", "loss", [1.5, 0.25]),
        (KERAS.replace("\n", "\r\n"), "loss", [2.3, 1.25, 0.8]),
        (LIGHTNING, "train_loss", [2.3, 1.9, 1.5, 1.2]),
        ('"Train Loss",lr\n"0.5",1e-3\n"4e-1",1e-3\n', "Train Loss", [0.5, 0.4]),
        ("epoch 1 loss 0.41\nepoch 2 loss 0.3\n", "loss", [0.41, 0.3]),
        ("Epoch 1/2\n - loss: 0.9 - val_loss: 1.1\nEpoch 2/2\n - loss: 4.5e-1\n", "loss", [0.9, 0.45]),
        ("[1,  2000] loss: 2.173\n[1,  4000] loss: 1.842\n", "loss", [2.173, 1.842]),
        ("Train Epoch: 1 [0 (0%)]\tLoss: 2.30\nTrain Epoch: 1 [64 (1%)]\tLoss: 1.5", "loss", [2.3, 1.5]),
        ("No download\nstep=10 train_loss=0.7\nstep=20 train_loss=0.6\n", "train_loss", [0.7, 0.6]),
        ("{'loss': 0.5, 'epoch': 1}\n{'loss': '0.25', 'epoch': 2}\n{'train_loss': 4}\n", "loss", [0.5, 0.25]),
        ('{"log_history": [{"loss": 0.5}, {"loss": 0.25}, {"eval_loss": 1}]}', "loss", [0.5, 0.25]),
        ('{"step": 1, "loss": 0.5, "lr": 0.1}\n{"step": 2, "loss": 0.25}\n', "loss", [0.5, 0.25]),
        ('{"eval_loss": 1}\n{"loss": 0.5}\n{"loss": 0.25}\n', "loss", [0.5, 0.25]),
        ('{"loss": [0.5, 0.25], "val_loss": [0.6, 0.5]}', "loss", [0.5, 0.25]),
        ('[{"loss": 0.5}, {"loss": 0.25}]', "loss", [0.5, 0.25]),
        ("{'loss': [0.5, 0.25, nan], 'val_loss': [1, 2, None]}", "loss", [0.5, 0.25]),
        ("[0.5, 0.25]", "value", [0.5, 0.25]),
        ("0.5\n0.25\n", "value", [0.5, 0.25]),
    ],
)  # fmt: skip
def test_what_people_have(text: str, column: str, losses: list[float]) -> None:
    log = parse_log(text)
    assert log.column == column
    np.testing.assert_array_equal(log.losses, losses)


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("{{'step': {step}, 'loss': np.float64({loss})}}", "loss"),
        ("step: {step}, loss: Array({loss}, dtype=float32)", "loss"),
        ("{step} loss tensor({loss}, device='cuda:0', grad_fn=<MseLossBackward0>)", "loss"),
        ("tensor({loss}, grad_fn=<NllLossBackward0>)", "value"),
        ("step {step} loss tf.Tensor({loss}, shape=(), dtype=float32)", "loss"),
        ("\x1b[32mstep\x1b[0m {step} \x1b[1mloss\x1b[0m: \x1b[33m{loss}\x1b[0m", "loss"),
        ("iter: {step}  total_loss: {loss}  loss_box: 0.1  loss_cls: 0.2", "total_loss"),
    ],
)
def test_numbers_as_frameworks_and_terminals_dress_them(line: str, column: str) -> None:
    log = parse_log("\n".join(line.format(step=i, loss=loss) for i, loss in enumerate((0.5, 0.25, 0.125))))
    assert (log.column, log.losses.tolist(), log.diverged_line) == (column, [0.5, 0.25, 0.125], None)


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("Wall time,Step,Value\n1700000000.5,0,0.5\n1700000001.5,1,0.25\n", "Value"),
        ("epoch   train_loss  valid_loss  time\n0       0.5  0.6  00:12\n1  0.25  0.5  00:12", "train_loss"),
    ],
    ids=["TensorBoard's download", "fastai's table"],
)
def test_tables_of_other_kinds(text: str, column: str) -> None:
    log = parse_log(text)
    assert (log.column, log.losses.tolist()) == (column, [0.5, 0.25])


def test_a_tensorboard_event_file() -> None:
    log = read_log(EVENTS)
    assert (log.column, log.other_columns, log.stride) == ("train/loss", ("val/loss",), 10)
    np.testing.assert_allclose(log.losses, 2 / np.arange(1.0, 13), rtol=1e-7)
    np.testing.assert_allclose(read_log(EVENTS, "val/loss").losses, 3 / np.arange(1.0, 13), rtol=1e-7)


def test_a_broken_event_file_names_the_record(tmp_path: Path) -> None:
    path = tmp_path / EVENTS.name
    path.write_bytes(EVENTS.read_bytes()[:-5])
    with pytest.raises(
        ValueError, match=r"record 25: must be a whole TensorBoard event; the file ends in it"
    ):
        read_log(path)
    path.write_bytes(EVENTS.read_bytes()[:40])
    with pytest.raises(ValueError, match="record 1"):
        read_log(path)


def test_the_training_loss_is_preferred_and_others_can_be_chosen() -> None:
    assert parse_log(KERAS).other_columns == ("val_loss",)
    assert parse_log(KERAS, "val_loss").losses.tolist() == [2.2, 1.4, 1.1]
    assert parse_log("epoch,val_loss,my_loss_b\n1,2,3\n2,1,2").column == "my_loss_b"
    with pytest.raises(
        ValueError, match=r"column must be one of epoch, accuracy, .* in log; got 'perplexity'"
    ):
        parse_log(KERAS, "perplexity")


def test_a_progress_bar_is_read_where_it_ended() -> None:
    """What the bar shows before is the mean of an epoch that is not over."""
    np.testing.assert_allclose(read_log(BAR).losses, BAR_HISTORY, atol=6e-5)
    in_lines = BAR.read_text(encoding="utf-8")  # as a terminal's own record, or stdin, turns it into lines
    assert "\r" not in in_lines
    np.testing.assert_allclose(parse_log(in_lines).losses, BAR_HISTORY, atol=6e-5)


def test_each_state_of_another_progress_bar_is_a_step() -> None:
    bars = [f"50%|##  | {i}/4 [00:01<00:01,  1.2s/step, loss={1 / i:.2f}]" for i in (1, 2, 3, 4)]
    assert parse_log("\r".join(bars)).losses.tolist() == [1.0, 0.5, 0.33, 0.25]


def test_the_rhythm_of_a_log() -> None:
    rare = "epoch,step,train_loss\n2,49,2.3\n5,99,1.9\n8,149,1.5\n"  # 18 steps an epoch, each fiftieth logged
    assert [line[:25] for line in notes(parse_log(rare))] == ["One value every 50 steps:"]
    assert parse_log(KERAS).per_epoch
    lightning = parse_log(LIGHTNING)
    assert (lightning.stride, lightning.steps_per_epoch, lightning.per_epoch) == (50, 2, False)


def test_losses_of_the_same_step_from_several_processes_are_averaged() -> None:
    curve = np.array([2.0, 1.0, 1.5, 1.25])
    text = "".join(
        f"[rank{rank}]: step {step} loss {loss + shift}\n"
        for step, loss in enumerate(curve)
        for rank, shift in enumerate((-0.25, 0.0, 0.25))
    )
    log = parse_log(text)
    np.testing.assert_allclose(log.losses, curve)
    assert (log.per_step, log.stride) == (3, 1)
    assert "3 losses of each step" in next(notes(log))
    again = "".join(f"epoch {epoch} batch 100 loss {loss}\n" for epoch, loss in enumerate(curve))
    np.testing.assert_allclose(parse_log(again).losses, curve)


def test_a_run_that_blew_up_is_read_up_to_there() -> None:
    log = parse_log("loss\n2.0\n5.0\nnan\nnan\n")
    assert log.losses.tolist() == [2.0, 5.0]
    assert log.diverged_line == 4
    assert parse_log('{"loss": 1.0}\n{"loss": Infinity}').diverged_line == 2
    assert parse_log("step 1 loss 3.0\nstep 2 loss nan").diverged_line == 2


def test_a_gap_is_no_end() -> None:
    """One step whose loss is nan, as mixed precision leaves when it skips one."""
    log = parse_log("loss\n2.0\nnan\n1.5\n1.2\n")
    assert (log.losses.tolist(), log.gaps, log.diverged_line) == ([2.0, 1.5, 1.2], 1, None)
    assert "1 of the losses" in next(notes(log))
    both = parse_log("loss\n2.0\nnan\n1.5\ninf\nnan\n")
    assert (both.losses.tolist(), both.gaps, both.diverged_line) == ([2.0, 1.5], 1, 5)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "run.csv must hold at least one loss; it is empty"),
        ("\n \n", "run.csv must hold at least one loss; it is empty"),
        ("epoch,loss\n1,0.5\n2,abc\n", r"run.csv, line 3, column 2 \(loss\): must be a number; got 'abc'"),
        ("epoch,loss\na,b\n", r"run.csv, line 2, column 1 \(epoch\): must be a number; got 'a'"),
        ("epoch,loss\n", "run.csv, line 1, column 1: must hold a loss; got 'epoch,loss'"),
        ("epoch,loss\n1,0.5\n2,0.4,9\n", "run.csv, line 3, column 3: must have the header's 2 cells; got 3"),
        ("epoch,loss\n1,\n2,\n3\n", r"run.csv, column 2 \(loss\): must hold at least one finite loss"),
        ("loss\nnan\n", r"run.csv, column 1 \(loss\): must hold at least one finite loss"),
        ("1,2\n3,4\n", "run.csv, line 1: must name its 2 columns in a first line"),
        ("a,b\n1,2\n", "run.csv must have a column with 'loss' in its name, .*: it has a, b"),
        ('{"loss": 1}\n{"loss": \n', "run.csv, line 2, column 10: must be JSON"),
        ('{"loss": 1}\n3\n', "run.csv, line 2, column 1: must be a JSON object; got 3"),
        ('{"loss": "low"}\n{"loss": 1}', "run.csv, line 1, column loss: must be a number; got 'low'"),
        ('{"loss": true}\n{"loss": 1}', "run.csv, line 1, column loss: must be a number; got True"),
        ("just some words\nand more\n", "run.csv, line 2, column 1"),
        ("0.5\nabc\n", r"run.csv, line 2, column 1 \(value\): must be a number; got 'abc'"),
    ],
)
def test_errors_say_where(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "run.csv"
    path.write_text(text)
    with pytest.raises(ValueError, match=message):
        read_log(path)


@pytest.mark.parametrize(
    "content", [b"\x93NUMPY\x01\x00v\x00", b"PK\x03\x04\xff\xfe", b"\x89PNG\r\n\x1a\n\x00"]
)
def test_a_file_that_is_no_text(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model.bin"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"model.bin must be a text file in UTF-8, .*; it is neither"):
        read_log(path)


def test_text_that_is_packed_or_written_by_powershell(tmp_path: Path) -> None:
    path = tmp_path / "log"
    for content in (gzip.compress(KERAS.encode()), KERAS.replace("\n", "\r\n").encode("utf-16")):
        path.write_bytes(content)
        assert read_log(path).losses.tolist() == [2.3, 1.25, 0.8]
    path.write_bytes(gzip.compress(KERAS.encode())[:-9])
    with pytest.raises(ValueError, match="log must be a whole gzip file; it is damaged"):
        read_log(path)


def test_a_folder_says_which_file_is_meant(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"must be a file; TensorBoard's is the events.out.tfevents"):
        read_log(tmp_path)


def test_a_written_log_comes_back(tmp_path: Path) -> None:
    losses = np.random.default_rng(0).random(50)
    path = tmp_path / "log.jsonl"
    path.write_text("".join(json.dumps({"step": i, "loss": x}) + "\n" for i, x in enumerate(losses)))
    np.testing.assert_array_equal(read_log(path).losses, losses)
