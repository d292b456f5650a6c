"""The diagnosis judged on the shipped logs of real PyTorch, and the rule that named their causes."""

import csv
import re
from pathlib import Path

import numpy as np
import pytest

from momentum_edu.diagnosis.shipped_logs import load_logs
from validation import causes, mutants, report

ROOT = Path(__file__).parents[1]
LOGS = load_logs()


@pytest.fixture(scope="module")
def kept_apart() -> report.Score:
    return report.score([log for log in LOGS if log.held_out])


def test_there_are_enough_logs_and_two_fifths_are_kept_apart() -> None:
    known = [log for log in LOGS if log.cause != causes.SEVERAL]
    assert len(known) > 1000
    assert {log.cause for log in known if log.held_out} == {"smooth", "ringing", "noise", "instability"}
    assert np.mean([log.held_out for log in LOGS]) == pytest.approx(0.4)


def test_the_runs_kept_apart_are_diagnosed_rightly(kept_apart: report.Score) -> None:
    assert kept_apart.share(right=True) >= 0.90
    assert kept_apart.share(right=False) < 0.02


def test_the_curvature_of_those_found_ringing_is_near_the_sharpness(kept_apart: report.Score) -> None:
    found = [ratio for ratio in kept_apart.curvature_ratios if np.isfinite(ratio)]
    assert np.mean(np.abs(np.array(found) - 1) < 0.25) >= 0.8


def test_the_document_gives_these_numbers(kept_apart: report.Score) -> None:
    text = (ROOT / "docs" / "diagnosis.md").read_text(encoding="utf-8")
    assert report.table(kept_apart) in re.sub(r"(?m)^    ", "", text)


def test_the_shipped_causes_follow_from_the_controls() -> None:
    with (ROOT / "momentum_edu" / "data" / "logs.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            values = {name: float(row[name]) for name in causes.Controls._fields}
            run = causes.Controls(**{**values, "batch": int(row["batch"])})
            assert causes.cause(run) == row["cause"]


@pytest.mark.needs_torch
@pytest.mark.parametrize("place", [123, 800, 1210])
def test_a_shipped_log_can_be_made_again(place: int) -> None:
    import torch

    from validation import runs, tasks

    torch.set_num_threads(1)
    log = LOGS[place]
    again, _ = runs.train(tasks.tasks()[log.task], log.rate, log.beta, log.batch, log.seed, 40)
    np.testing.assert_allclose(log.losses[:40], again, rtol=2e-3)


def test_the_mutants_that_are_explained_are_those_of_lines_that_there_are() -> None:
    text = (ROOT / "docs" / "mutation.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\w+) \| (\d+) \| (\d+) \| (\d+) \|$", text, re.MULTILINE)
    assert len(rows) == 7
    counts = np.array([row[1:] for row in rows], int)
    np.testing.assert_array_equal(counts[-1], counts[:-1].sum(axis=0))
    np.testing.assert_array_equal(counts[:, 0], counts[:, 1] + counts[:, 2])
    assert counts[-1, 2] == len(re.findall(r"^\+ ", text, re.MULTILINE))
    code = "".join((ROOT / "momentum_edu" / f"{module}.py").read_text() for module, *_ in rows[:-1])
    for line in re.findall(r"^- (.+)$", text, re.MULTILINE):
        assert line in code, f"docs/mutation.md explains a line that is gone: {line}"


def test_mutants_are_counted_by_module_and_one_that_runs_for_ever_is_noticed() -> None:
    found = [("rules.x_ema", "killed"), ("rules.x_init", "survived")]
    found += [("modes.x_path", "timeout"), ("modes.x_angle", "no tests")]
    listing = "\n".join(f"    momentum_edu.{name}__mutmut_1: {status}" for name, status in found)
    rows = mutants.table(mutants.statuses(listing)).splitlines()[2:]
    assert rows == ["| modes | 2 | 1 | 1 |", "| rules | 2 | 1 | 1 |", "| all | 4 | 2 | 2 |"]
