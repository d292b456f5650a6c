"""A class: who handed in what, what comes out, and that a killed run goes on."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from momentum_edu.classroom import class_command, engine
from momentum_edu.classroom.command import main
from momentum_edu.classroom.engine import Row, Task
from momentum_edu.classroom.journal import Journal, key
from momentum_edu.classroom.kernel import Limits
from momentum_edu.exercises.check import find

ROOT = Path(__file__).parents[1]
NOTEBOOKS = ROOT / "notebooks"
SOLVED = (NOTEBOOKS / "solutions" / "03_overshoot.ipynb").read_bytes()
UNTOUCHED = (NOTEBOOKS / "exercises" / "03_overshoot.ipynb").read_bytes()
WRONG_IDEA = SOLVED.replace(b"return np.pi / theta", b"return 2 * np.pi / theta")
NAMES = ["largest_calm_h", "loss_period", "overshoot_fraction", "settling_factor", "gentle_rate"]


def hand_in(folder, **contents):
    for learner, content in contents.items():
        (folder / learner).mkdir(parents=True, exist_ok=True)
        if content is not None:
            (folder / learner / "03_overshoot.ipynb").write_bytes(content)
    return folder


def read_rows(path):
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def states(rows, learner):
    return {row["exercise"]: row["state"] for row in rows if row["learner"] == learner}


def command(folder, *words):
    return [sys.executable, "-m", "momentum_edu.cli", "check", str(folder), "--jobs", "2", *map(str, words)]


@pytest.fixture(scope="module")
def checked(tmp_path_factory):
    """Return the folder of a class that was checked by the command itself, and what it printed."""
    root = tmp_path_factory.mktemp("class")
    killer = UNTOUCHED.replace(
        b"settling_factor = ...  # YOUR ANSWER HERE",
        b"import os, signal; os.kill(os.getppid(), signal.SIGKILL)",
    )
    assert killer != UNTOUCHED
    (root / "tmp").mkdir()
    submissions = hand_in(
        root / "submissions",
        ada=SOLVED,
        bob=WRONG_IDEA,
        cy=UNTOUCHED,
        dan=b"{",
        eve=None,
        mallory=killer,
    )
    (submissions / "ada" / "03_overshoot-Copy1.ipynb").write_bytes(UNTOUCHED)
    roster = root / "roster.csv"
    roster.write_text("email,Name\na@x,ada\nb@x,bob\nc@x,cy\nz@x,zoe\n", encoding="utf-8")
    ran = subprocess.run(
        command(submissions, "--roster", roster, "--output", root / "results.csv"),
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(root / "tmp")},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return root, ran


def test_everyone_has_a_row_for_each_exercise(checked):
    rows = read_rows(checked[0] / "results.csv")
    assert states(rows, "ada") == dict.fromkeys(NAMES, "correct")
    assert states(rows, "bob") == dict.fromkeys(NAMES, "correct") | {"loss_period": "wrong"}
    assert states(rows, "cy") == dict.fromkeys(NAMES, "not solved yet")
    assert states(rows, "dan") == dict.fromkeys(NAMES, "unreadable")
    assert states(rows, "eve") == states(rows, "zoe") == dict.fromkeys(NAMES, "missing")
    assert len(rows) == 7 * len(NAMES)


def test_who_kills_the_checker_fails_alone(checked):
    rows = read_rows(checked[0] / "results.csv")
    assert states(rows, "mallory") == dict.fromkeys(NAMES, "wrong")
    reasons = {row["reason"] for row in rows if row["learner"] == "mallory"}
    assert reasons == {"it killed the process that checked it"}


def test_no_process_and_no_folder_is_left_behind(checked):
    assert list((checked[0] / "tmp").iterdir()) == []
    assert running(checked[0]) == []


def test_the_table_and_the_csv_name_the_misconception(checked):
    root, ran = checked
    idea = find("loss_period").mistakes[0].idea
    line = next(line for line in ran.stdout.splitlines() if "loss_period" in line)
    assert line.split()[2:6] == ["1", "2", "1", "3"]
    assert line.endswith(f"{idea} (1)")
    (bobs,) = [r for r in read_rows(root / "results.csv") if r["learner"] == "bob" and r["idea"]]
    assert bobs["idea"] == idea


def test_the_junit_file_has_a_case_an_exercise(checked):
    root = ET.parse(checked[0] / "results.xml").getroot()
    suites = {suite.get("name"): suite for suite in root}
    assert set(suites) == {
        f"{name}/03_overshoot" for name in ("ada", "bob", "cy", "zoe", "dan", "eve", "mallory")
    }
    assert suites["bob/03_overshoot"].get("failures") == "1"
    assert [case.get("name") for case in suites["ada/03_overshoot"]] == NAMES


def test_there_is_a_chart_and_progress(checked):
    root, ran = checked
    assert (root / "results.png").read_bytes()[:4] == b"\x89PNG"
    assert "4 of 4 notebooks" in ran.stderr
    assert "not in the roster: dan, eve, mallory\n" in ran.stderr
    assert "does not count beside the one that does: ada/03_overshoot-Copy1.ipynb\n" in ran.stderr


def test_a_second_call_checks_nothing_twice(checked, capsys):
    root, _ = checked
    before = (root / "results.csv").read_bytes(), (root / "results.journal").read_bytes()
    words = [
        str(root / "submissions"),
        "--roster",
        str(root / "roster.csv"),
        "--output",
        str(root / "results.csv"),
    ]
    assert main(words, NOTEBOOKS) == 0
    assert "4 notebooks are checked already" in capsys.readouterr().err
    assert ((root / "results.csv").read_bytes(), (root / "results.journal").read_bytes()) == before


def running(folder):
    """Return the processes whose command or environment names a folder."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if str(folder).encode() in place.joinpath("cmdline").read_bytes():
                found.append(int(place.name))
        except OSError:
            continue
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_killed_run_leaves_no_process_and_goes_on(tmp_path):
    (tmp_path / "tmp").mkdir()
    submissions = hand_in(tmp_path / "submissions", **{f"learner{i}": SOLVED for i in range(4)})
    words = command(submissions, "--output", tmp_path / "results.csv")
    journal = tmp_path / "results.journal"
    environment = os.environ | {"TMPDIR": str(tmp_path / "tmp")}
    first = subprocess.Popen(
        words, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 120
    while not (journal.exists() and journal.read_bytes().count(b"\n")) and time.monotonic() < deadline:
        time.sleep(0.05)
    first.send_signal(signal.SIGKILL)
    first.wait()
    kept = journal.read_bytes()
    assert kept.count(b"\n") >= 1
    deadline = time.monotonic() + 20
    while running(tmp_path) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert running(tmp_path) == []

    journal.write_bytes(kept + b'{"key": "torn')
    assert not (tmp_path / "results.csv").exists()
    subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, timeout=300, check=True)
    assert journal.read_bytes().startswith(kept)
    keys = [json.loads(line)["key"] for line in journal.read_bytes().splitlines() if b"torn" not in line]
    assert len(keys) == len(set(keys)) == 4
    assert {row["state"] for row in read_rows(tmp_path / "results.csv")} == {"correct"}


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize("send", [os.kill, os.killpg], ids=["command alone", "all, as a terminal does"])
def test_ctrl_c_ends_it_at_once_and_judges_nobody(tmp_path, send):
    endless = UNTOUCHED.replace(b"settling_factor = ...  # YOUR ANSWER HERE", b"while True: pass")
    submissions = hand_in(tmp_path / "submissions", ada=SOLVED, bob=endless)
    words = command(submissions, "--output", tmp_path / "results.csv", "--timeout", "600")
    journal = tmp_path / "results.journal"
    (tmp_path / "tmp").mkdir()
    with subprocess.Popen(
        words,
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(tmp_path / "tmp")},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as ran:
        deadline = time.monotonic() + 120
        while not journal.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        try:
            send(ran.pid, signal.SIGINT)
            _, said = ran.communicate(timeout=30)
        finally:
            ran.kill()
    assert ran.returncode == 130
    assert said.rstrip().endswith("the same command goes on")
    assert [row.learner for rows in Journal(journal).rows.values() for row in rows] == ["ada"] * len(NAMES)
    deadline = time.monotonic() + 20
    while running(tmp_path) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert running(tmp_path) == []


def test_any_executor_will_do_and_a_crash_is_a_row(monkeypatch):
    def examine(task):
        if task.learner == "b":
            raise MemoryError
        return [Row(task.learner, task.lesson, "loss_period", "correct")]

    monkeypatch.setattr(engine, "examine", examine)
    tasks = [Task(name, "03_overshoot", b"", b"", Limits(), 1) for name in "abc"]
    done = {task.learner: rows for task, rows in engine.run(tasks, ThreadPoolExecutor, jobs=2)}
    assert [row.state for row in done["a"] + done["c"]] == ["correct", "correct"]
    assert {(row.state, row.reason) for row in done["b"]} == {
        ("not checked", "it could not be checked: MemoryError")
    }


def test_what_could_not_be_checked_is_tried_again(tmp_path, monkeypatch, capsys):
    def examine(task):
        if fails:
            raise OSError
        return [Row(task.learner, task.lesson, "loss_period", "correct")]

    monkeypatch.setattr(engine, "examine", examine)
    monkeypatch.setattr(class_command, "local_pool", lambda jobs, folder: ThreadPoolExecutor(jobs))
    words = [str(hand_in(tmp_path / "in", ada=SOLVED)), "--output", str(tmp_path / "results.csv")]
    fails = True
    assert main(words, NOTEBOOKS) == 1
    assert "1 notebooks could not be checked; the same command tries" in capsys.readouterr().err
    assert {row["state"] for row in read_rows(tmp_path / "results.csv")} == {"not checked"}
    fails = False
    assert main(words, NOTEBOOKS) == 0
    assert {row["state"] for row in read_rows(tmp_path / "results.csv")} == {"correct"}


@pytest.mark.needs_cluster
@pytest.mark.filterwarnings("ignore")
def test_a_dask_cluster_gives_the_same_results(tmp_path, checked):
    from distributed import LocalCluster

    submissions = hand_in(tmp_path / "submissions", ada=SOLVED, bob=WRONG_IDEA)
    with LocalCluster(n_workers=1, threads_per_worker=2, dashboard_address=None) as cluster:
        words = [str(submissions), "--output", str(tmp_path / "results.csv"), "--jobs", "2"]
        assert main([*words, "--cluster", cluster.scheduler_address], NOTEBOOKS) == 0
    local = [row for row in read_rows(checked[0] / "results.csv") if row["learner"] in ("ada", "bob")]
    assert read_rows(tmp_path / "results.csv") == local


def test_the_journal_depends_on_everything_that_the_result_depends_on(tmp_path):
    task = Task("ada", "03_overshoot", b"answer", b"course", Limits(), 1)
    others = [
        Task("bob", "03_overshoot", b"answer", b"course", Limits(), 1),
        Task("ada", "03_overshoot", b"changed", b"course", Limits(), 1),
        Task("ada", "03_overshoot", b"answer", b"newer", Limits(), 1),
        Task("ada", "03_overshoot", b"answer", b"course", Limits(seconds=1), 1),
    ]
    assert len({key(one) for one in [task, *others]}) == 5
    journal = Journal(tmp_path / "j")
    journal.add(task, [Row("ada", "03_overshoot", "loss_period", "correct")])
    assert Journal(tmp_path / "j").rows == journal.rows


def test_notebooks_in_no_learners_folder_are_named_and_no_old_result_is_overwritten(tmp_path, capsys):
    """All files in one folder, as a learning platform packs them, and not one folder a learner."""
    folder, output = tmp_path / "submissions", tmp_path / "results.csv"
    folder.mkdir()
    (folder / "ada_03_overshoot.ipynb").write_bytes(SOLVED)
    output.write_text("of last week")
    assert main([str(folder), "--output", str(output)], None) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "in no learner's folder, so not looked at: ada_03_overshoot.ipynb" in said.err
    assert "nobody has handed in" in said.err
    assert output.read_text() == "of last week"


def test_wrong_calls_are_named(tmp_path, capsys):
    assert main([str(tmp_path), "--jobs", "0"], NOTEBOOKS) == 2
    assert "--jobs must be at least 1; got 0" in capsys.readouterr().err
    assert main([str(tmp_path), "--roster", str(tmp_path / "none.csv")], NOTEBOOKS) == 2
    assert "none.csv" in capsys.readouterr().err
    assert main([str(tmp_path), str(tmp_path)], NOTEBOOKS) == 2
