"""Logs that would give a curve which no run had, if they were read as they stand."""

import json
from pathlib import Path

import numpy as np
import pytest

from momentum_edu import diagnose, theory
from momentum_edu.cli import main
from momentum_edu.diagnosis.logs import notes, parse_log, read_log

FALL = 0.2 + np.exp(-np.arange(60) / 20)


def said(text: str) -> str:
    return " ".join(notes(parse_log(text)))


def test_the_measurements_of_a_long_table_are_kept_apart() -> None:
    """MLflow's and TensorBoard's tables: a row each. A mean of loss and accuracy is neither."""
    mlflow = "run_id,key,value,step\n" + "".join(
        f"a1,loss,{loss},{step}\na1,acc,{1 - loss / 2},{step}\n" for step, loss in enumerate(FALL)
    )
    log = parse_log(mlflow)
    np.testing.assert_array_equal(log.losses, FALL)
    assert (log.column, log.per_step) == ("loss", 1)
    np.testing.assert_array_equal(parse_log(mlflow, "acc").losses, 1 - FALL / 2)
    board = "run,tag,step,value\n" + "".join(
        f"validation,epoch_loss,{step},{loss + 1}\ntrain,epoch_loss,{step},{loss}\n"
        for step, loss in enumerate(FALL)
    )
    log = parse_log(board)
    np.testing.assert_array_equal(log.losses, FALL)
    assert (log.column, log.other_columns) == ("train/epoch_loss", ("validation/epoch_loss",))


@pytest.mark.parametrize("as_json", [True, False])
def test_a_nan_beside_a_validation_loss_is_no_divergence(as_json: bool) -> None:
    """Two logs joined to one table, as pandas does: the rows of the one have nan in the other's column."""
    rows: list[dict[str, float]] = []
    for step, loss in enumerate(FALL):
        rows.append({"step": step, "train_loss": loss, "val_loss": np.nan})
        if step % 10 == 9:
            rows.append({"step": step, "train_loss": np.nan, "val_loss": loss + 0.1})
    text = "".join(json.dumps(row) + "\n" for row in rows)
    if not as_json:
        text = "step,train_loss,val_loss\n" + "".join(",".join(map(str, row.values())) + "\n" for row in rows)
    log = parse_log(text)
    np.testing.assert_array_equal(log.losses, FALL)
    assert (log.diverged_line, log.gaps) == (None, 0)
    assert parse_log("loss,val_loss\n2,2\n3,3\nnan,nan\n").diverged_line == 4


def test_a_second_run_in_the_same_file_is_pointed_at() -> None:
    rows = [f"{step},{loss}\n" for step, loss in enumerate(FALL)]
    for head in ("epoch,loss\n", "step,loss\n"):
        assert said(head + "".join(rows)) == said(head + "".join(rows[:30] + rows[30:]))
        assert "Line 62: steps are counted anew" in said(head + "".join(rows + rows))
        assert "Line 42: steps are counted anew" in said(head + "".join(rows[:40] + rows[20:]))
        assert "anew" not in said(head + "".join(rows))
    each_epoch = "".join(f"{step % 10},{loss}\n" for step, loss in enumerate(FALL))
    assert "anew" not in said("step,loss\n" + each_epoch)
    told = "".join(f"{step // 30},{step % 30},{loss}\n" for step, loss in enumerate(FALL))
    assert "anew" not in said("epoch,step,loss\n" + told)


def test_a_loss_on_held_out_data_is_no_training_loss() -> None:
    """A network that overfits shows it there, at any rate."""
    rising = "".join(f"{step},{loss}\n" for step, loss in enumerate([2.0, 1.0, 1.5]))
    for name, held_out in (("val_loss", True), ("Test Loss", True), ("loss", False), ("Value", False)):
        assert ("also rises where the network overfits" in said(f"epoch,{name}\n{rising}")) == held_out


@pytest.mark.parametrize("header", ["step loss", "run 3\nstep loss", ""])
def test_comments_at_the_top(header: str, tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    table = np.column_stack([np.arange(60), FALL]) if "step" in header else FALL
    np.savetxt(log, table, header=header or "only numbers")
    np.testing.assert_array_equal(read_log(log).losses, FALL)


def test_a_cell_of_hugging_faces_that_holds_no_log() -> None:
    table = "Epoch\tTraining Loss\tValidation Loss\n1\tNo log\t0.9\n2\t0.5\t0.6\n3\t0.25\t0.5\n"
    assert parse_log(table).losses.tolist() == [0.5, 0.25]


def test_steps_an_epoch_turn_epochs_into_steps(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One mode, kept each third step as if that were an epoch: its curvature is known."""
    log = tmp_path / "log.csv"
    kept = 0.2 + theory.response(1.0, 0.97, 300)[::3] ** 2
    log.write_text("epoch,loss\n" + "".join(f"{epoch},{loss}\n" for epoch, loss in enumerate(kept)))
    words = ["diagnose", str(log), "--learning-rate", "0.01", "--beta", "0.97"]
    assert main([*words, "--steps-per-epoch", "3"]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "One value every 3 steps" in printed
    assert "One value an epoch" not in printed
    found = diagnose(kept, learning_rate=0.01, beta=0.97, stride=3)
    assert found.curvature == pytest.approx(3.0, rel=0.1)
    assert f"a curvature of {found.curvature:.3g} explains" in printed
    assert main([*words, "--steps-per-epoch", "0"]) == 2
