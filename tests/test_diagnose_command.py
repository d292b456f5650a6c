"""The command: what it prints, the picture it draws, and how it refuses."""

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from momentum_edu import diagnose, theory
from momentum_edu.cli import main
from momentum_edu.diagnosis.command import in_code, table
from momentum_edu.diagnosis.picture import draw

LOGS = Path(__file__).parent / "logs"


@pytest.mark.parametrize("name", ["keras.csv", "keras.txt"])
def test_a_log_written_by_keras(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """60 epochs of Keras 3.15 on the digits, full batch, SGD(0.1, momentum=0.95): CSVLogger and print-out."""
    words = ["diagnose", str(LOGS / name), "--learning-rate", "0.1", "--beta", "0.95"]
    assert main([*words, "--convention", "classical_momentum"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("60 losses from 'loss' (also there: val_loss; choose with --column)")
    assert "\nRINGING\n" in printed
    assert "where sqrt(beta) is 0.975" in printed
    assert "raise beta from 0 to 0.95" in " ".join(printed.split())
    assert "keras.optimizers.SGD(learning_rate=0.1, momentum=0.95)" in printed
    assert ("One value an epoch" in printed) == (name == "keras.csv")
    assert ("Steps and periods below count epochs" in printed) == (name == "keras.csv")
    assert max(map(len, printed.splitlines())) <= 96


def test_the_picture_shows_the_fit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log, picture = tmp_path / "log.txt", tmp_path / "out.png"
    np.savetxt(log, 0.2 + theory.response(1.0, 0.9, 150) ** 2)
    assert main(["diagnose", str(log), "--picture", str(picture)]) == 0
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert str(picture) in capsys.readouterr().out


def test_the_axis_says_what_it_counts() -> None:
    for losses in (0.2 + theory.response(1.0, 0.9, 150) ** 2, np.exp(-np.arange(100) / 20)):
        found = diagnose(losses)
        for stride, words in ((1, "step"), (10, "logged loss, one every 10 steps")):
            figure, _ = draw(found, stride)
            assert {axes.get_xlabel() for axes in figure.axes} == {words}


def test_one_of_rate_and_beta_is_not_left_without_a_word(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "log.txt"
    np.savetxt(log, np.exp(-np.arange(100) / 20))
    told = ["--learning-rate", "0.1", "--beta", "0.9"]
    for words, said in ((told[:2], True), (told[2:], True), (told, False), ([], False)):
        assert main(["diagnose", str(log), *words]) == 0
        assert ("only together" in capsys.readouterr().out) == said


@pytest.mark.skipif(os.name == "nt", reason="no such pipe on Windows")
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_who_has_had_enough_hears_no_complaint(unbuffered: str) -> None:
    words = [sys.executable, "-m", "momentum_edu.cli", "diagnose", str(LOGS / "keras.csv")]
    read, write = os.pipe()
    os.close(read)
    environment = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    done = subprocess.run(words, stdout=write, stderr=subprocess.PIPE, text=True, env=environment)
    os.close(write)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_warm_up_in_code_is_the_one_that_is_advised() -> None:
    """The line for PyTorch is run; the path of beta is the one that the advice names."""
    found = diagnose(0.2 + theory.response(0.1, 0.9, 150, "heavy_ball") ** 2, beta=0.9)
    change = found.advice[0].change
    code = "\n".join(line[4:] for line in in_code(found)[2:4])
    optimizer, betas = SimpleNamespace(param_groups=[{}]), []
    for step in range(30):
        exec(code, {"optimizer": optimizer, "step": step})
        betas.append(optimizer.param_groups[0]["momentum"])
    expected = np.interp(range(30), [0, change["warmup_steps"]], [change["warmup_start"], 0.9])
    np.testing.assert_allclose(betas, expected, atol=1e-12)
    assert in_code(diagnose(np.exp(-np.arange(100) / 20))) == []


def test_a_ringing_log_asks_for_what_it_was_not_told(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["diagnose", str(LOGS / "keras.csv")]
    told = ["--learning-rate", "0.1", "--beta", "0.95"]
    seen = []
    for more in ([], told[:2], told[2:], told, [*told, "--convention", "ema"]):
        assert main([*words, *more]) == 0
        printed = capsys.readouterr().out
        seen.append(("Told --learning-rate and --beta" in printed, "The warm-up in code" in printed))
    assert seen == [(True, False), (True, False), (True, True), (False, True), (False, False)]


def test_advice_that_moves_the_rate_or_beta_says_for_which_optimiser_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    t = np.arange(200)
    for losses, said in ((0.2 + theory.response(0.5, 0.9, 150) ** 2, True), (np.exp(-t / 20), False)):
        np.savetxt(tmp_path / "log.txt", losses)
        assert main(["diagnose", str(tmp_path / "log.txt")]) == 0
        assert ("With Adam or its kin" in capsys.readouterr().out.replace("\n", " ")) == said


def test_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    import io

    text = "".join(f"step {t} loss {2 / (1 + t)}\n" for t in range(20)) + "step 20 loss nan\n"
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    assert main(["diagnose", "-"]) == 0
    printed = capsys.readouterr().out
    assert "Line 21: the loss is no number there" in printed
    assert "INSTABILITY" in printed


def test_what_it_refuses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("epoch,loss\n1,low\n2,0.5\n")
    assert main(["diagnose", str(bad)]) == 2
    assert "bad.csv, line 2, column 2 (loss): must be a number; got 'low'" in capsys.readouterr().err
    assert main(["diagnose", str(tmp_path / "none.csv")]) == 2
    assert "none.csv: No such file" in capsys.readouterr().err
    assert main(["diagnose", str(LOGS / "keras.csv"), "--beta", "1.5"]) == 2
    assert "beta must lie in [0, 1); got 1.5" in capsys.readouterr().err


def test_the_table_names_what_can_not_be_carried_over() -> None:
    lines = list(table(0.1, 0.9, "nesterov"))
    assert "  torch.optim.SGD(lr=0.1, momentum=0.9, nesterov=True)" in lines
    assert any("Keras's velocity holds the rate" in line for line in lines)


@pytest.mark.parametrize("every", [2, 3])
def test_a_log_with_gaps_between_its_steps_tells_the_same_curvature(
    every: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    losses = 0.2 + theory.response(0.1, 0.9, 200, "heavy_ball") ** 2  # rate .05, curvature 2
    log = tmp_path / "log.csv"
    kept = range(0, 200, every)
    log.write_text("step,loss\n" + "".join(f"{step},{losses[step]:.6f}\n" for step in kept))
    assert main(["diagnose", str(log), "--learning-rate", "0.05", "--beta", "0.9"]) == 0
    words = " ".join(capsys.readouterr().out.split())
    period = theory.ringing_period(0.1, 0.9, "heavy_ball") / 2
    assert float(words.split("The loss's period is ")[1].split()[0]) == pytest.approx(period, rel=0.05)
    assert float(words.split("a curvature of ")[1].split()[0]) == pytest.approx(2, rel=0.1)
    assert 'group["momentum"] = 0.9 * min(step / 20, 1)' in words
