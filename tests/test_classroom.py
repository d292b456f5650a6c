"""One notebook through the graft and nbval: what is said, and that nothing passes that should not."""

import copy
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from momentum_edu.classroom.command import main
from momentum_edu.classroom.kernel import Limits
from momentum_edu.classroom.notebook import check_answers, check_notebook
from momentum_edu.classroom.reading import read_submission
from momentum_edu.exercises.check import LESSONS, exercises, find

ROOT = Path(__file__).parents[1]
NOTEBOOKS = ROOT / "notebooks"
SOLVED = read_submission(NOTEBOOKS / "solutions" / "03_overshoot.ipynb")
LEARNERS = read_submission(NOTEBOOKS / "exercises" / "03_overshoot.ipynb")
NAMES = ["largest_calm_h", "loss_period", "overshoot_fraction", "settling_factor", "gentle_rate"]


def written(folder, answers, base=LEARNERS):
    """Write a notebook with these answers in place of the stubs."""
    notebook = copy.deepcopy(base)
    for cell in notebook.cells:
        if cell.id in answers:
            cell.source = answers[cell.id]
    path = folder / "03_overshoot.ipynb"
    nbformat.write(notebook, path)
    return path


def lines(path, **limits):
    _, verdicts = check_notebook(path, NOTEBOOKS / "solutions", Limits(**limits), seed=12345)
    return {verdict.name: verdict.line.partition(": ")[2] for verdict in verdicts}


def plain_nbval(path):
    """Return the check cells that plain nbval passes."""
    options = ["--nbval", "--nbval-current-env", "--runxfail", "--nbval-cell-timeout=30"]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "-v", "-p", "no:cacheprovider", path.name],
        cwd=path.parent,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    states = re.findall(r"::Cell (\d+) (PASSED|FAILED)", ran.stdout)
    code = [cell for cell in LEARNERS.cells if cell.cell_type == "code"]
    assert len(states) == len(code), ran.stdout
    return {code[int(number)].id: state == "PASSED" for number, state in states}, ran.returncode


def test_untouched_says_not_solved_yet_of_each_and_nothing_else(capsys):
    path = NOTEBOOKS / "exercises" / "03_overshoot.ipynb"
    assert main([str(path)], NOTEBOOKS) == 1
    assert capsys.readouterr().out.splitlines() == [f"{name}: not solved yet" for name in NAMES]


def test_solved_is_correct_and_exits_with_0(capsys):
    assert main([str(NOTEBOOKS / "solutions" / "03_overshoot.ipynb")], NOTEBOOKS) == 0
    assert capsys.readouterr().out.splitlines() == [f"{name}: correct" for name in NAMES]


def answers_of_many_kinds(lesson):
    """Return an answer for each exercise, wrong in various ways or right, and what is to be said of it."""
    answers, expected = {}, {}
    for number, exercise in enumerate(exercises(lesson), start=int(lesson[:2])):
        name, kind, call = exercise.name, number % 5, "" if exercise.cases else "()"
        look = f"from momentum_edu.exercises.check import find as look\n{name} = look({name!r})"
        if kind < 3:
            mistake = exercise.mistakes[kind]
            answers[name] = f"{look}.mistakes[{kind}].answer{call}"
            expected[name] = f"wrong - {mistake.idea}: {mistake.hint}"
        elif kind == 3:
            answers[name], expected[name] = f"{look}.reference{call}", "correct"
        elif exercise.cases:
            answers[name] = f"def {name}(*arguments):\n    arguments"
            expected[name] = "wrong - it returns nothing: write return"
        else:
            answers[name] = f"{name} = ["
            expected[name] = "wrong - its cell raised SyntaxError"
    return answers, expected


@pytest.mark.parametrize("lesson", LESSONS)
def test_in_each_lesson_each_kind_of_answer_is_told_apart(tmp_path, lesson):
    answers, expected = answers_of_many_kinds(lesson)
    learners = read_submission(NOTEBOOKS / "exercises" / f"{lesson}.ipynb")
    path = written(tmp_path, answers, learners).rename(tmp_path / f"{lesson}.ipynb")
    said = lines(path)
    assert {name: said[name][: len(text)] for name, text in expected.items()} == expected
    assert list(said) == list(expected)


def test_plain_nbval_fails_the_checks_of_an_untouched_notebook_and_nothing_else(tmp_path):
    plain, code = plain_nbval(written(tmp_path, {}))
    assert code == 1
    assert {cell for cell, passed in plain.items() if not passed} == {f"{name}-check" for name in NAMES}


MIXED = {
    "largest_calm_h": "def largest_calm_h(beta):\n    return (1 - beta**0.5) ** 2 / (1 - beta)",
    "loss_period": """
def loss_period(h, beta):
    theta = np.arccos((1 + beta - h * (1 - beta)) / (2 * np.sqrt(beta)))
    return 2 * np.pi / theta""",
    "overshoot_fraction": "def overshoot_fraction(path, target):\n    print(path.max())",
    "gentle_rate": "gentle_rate = (",
}


def test_right_wrong_broken_and_untouched_side_by_side_and_plain_nbval_agrees(tmp_path):
    path = written(tmp_path, MIXED)
    said = lines(path)
    mistake = find("loss_period").mistakes[0]
    assert said == {
        "largest_calm_h": "correct",
        "loss_period": f"wrong - {mistake.idea}: {mistake.hint}",
        "overshoot_fraction": "wrong - it prints its result: return it",
        "settling_factor": "not solved yet",
        "gentle_rate": said["gentle_rate"],
    }
    assert said["gentle_rate"].startswith("wrong - its cell raised SyntaxError")
    assert said["gentle_rate"].endswith(" (line 1)")
    plain, code = plain_nbval(path)
    assert code == 1
    assert {name: plain[f"{name}-check"] for name in NAMES} == {
        name: state == "correct" for name, state in said.items()
    }


SWALLOWS = "while True:\n    try:\n        while True: pass\n    except BaseException: pass"


def test_loops_and_dead_kernels_cost_only_their_own_exercise(tmp_path):
    path = written(
        tmp_path,
        {
            "largest_calm_h": SWALLOWS,
            "loss_period": "def loss_period(h, beta):\n    while True:\n        pass",
            "overshoot_fraction": "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
            "settling_factor": "settling_factor = 1.0",
            "gentle_rate": "gentle_rate = 0.025\n1 / 0",
        },
    )
    assert lines(path, seconds=2) == {
        "largest_calm_h": "wrong - endless loop? It ran for more than 2 s",
        "loss_period": "wrong - endless loop? It ran for more than 2 s",
        "overshoot_fraction": "wrong - it ended the kernel: exit, crash or out of memory",
        "settling_factor": "correct",
        "gentle_rate": "correct",
    }


def test_a_busy_machine_is_not_the_learners_fault():
    """The course's own first cell, which loads NumPy, may take longer than an answer may."""
    pristine = copy.deepcopy(SOLVED)
    first = next(cell for cell in pristine.cells if cell.cell_type == "code")
    first.source = f"import time; time.sleep(4)\n{first.source}"
    verdicts = check_answers(SOLVED, pristine, "03_overshoot", Limits(seconds=3), seed=1)
    assert [verdict.state for verdict in verdicts] == ["correct"] * len(NAMES)


def test_where_no_kernel_starts_nobody_is_called_wrong(monkeypatch):
    def full(self):
        raise OSError("no space left on device")

    monkeypatch.setattr("momentum_edu.classroom.collector.GraftedFile.ready_kernel", full)
    verdicts = check_answers(SOLVED, SOLVED, "03_overshoot", Limits(), seed=1)
    assert {verdict.line.partition(": ")[2] for verdict in verdicts} == {"not checked - it could not be run"}


def test_exit_costs_the_exercise_in_which_it_stands_and_no_other(tmp_path):
    ended = "wrong - it ended the kernel: exit, crash or out of memory"
    right = {"settling_factor": "settling_factor = 1.0", "gentle_rate": "gentle_rate = 0.025"}
    at_the_end = MIXED["largest_calm_h"] + "\nexit()"
    in_the_call = "def loss_period(h, beta):\n    quit()"
    said = lines(written(tmp_path, {"largest_calm_h": at_the_end, "loss_period": in_the_call, **right}))
    assert said == {
        "largest_calm_h": ended,
        "loss_period": ended,
        "overshoot_fraction": "not solved yet",
        "settling_factor": "correct",
        "gentle_rate": "correct",
    }


@pytest.mark.parametrize("twice", ["", "os._exit(1)"], ids=["harmless", "kills the second time"])
def test_a_helper_outlives_the_end_of_an_exercise_after_it(tmp_path, twice):
    """What the learner's cells before it defined is there again, unless it is what ends the kernel."""
    place = tmp_path / "been here"
    learners = copy.deepcopy(LEARNERS)
    first = next(cell for cell in learners.cells if cell.cell_type == "code")
    first.source += (
        f"\nimport math, os\nif os.path.exists({str(place)!r}):\n    pass\n    {twice}"
        f"\nopen({str(place)!r}, 'w').close()\n"
    )
    answers = {
        "largest_calm_h": "import os\nos._exit(0)",
        "loss_period": """def loss_period(h, beta):
    return math.pi / math.acos((1 + beta - h * (1 - beta)) / (2 * math.sqrt(beta)))""",
        "settling_factor": "settling_factor = 1.0",
    }
    said = lines(written(tmp_path, answers, learners))
    assert said["largest_calm_h"] == "wrong - it ended the kernel: exit, crash or out of memory"
    assert (said["loss_period"] == "correct") == (twice == "")
    assert said["settling_factor"] == "correct"


CHEATS = {
    "the check function": "import momentum_edu.exercises as e\ncheck = e.check = lambda *a: print('correct')",
    "the judge": """
import momentum_edu.exercises.verdict as v, momentum_edu.exercises.check as c
c.judge = v.judge = v.decide = lambda *a, **k: v.Verdict("largest_calm_h", "correct")""",
    "the reference": """
import dataclasses, momentum_edu.exercises.check as c
find = c.find
c.find = lambda name: dataclasses.replace(find(name), reference=globals()[name])""",
    "the library": "theory.overshoot = lambda *a: 0.15",
    "the wire": """
import momentum_edu.exercises.wire as w, json
w.reply = lambda cases, *a, **k: json.dumps([{"value": {"float": "0x1p-2"}, "unsolved": "", "error": "",
    "printed": False, "changed": -1}] * len(json.loads(cases)))""",
    "import itself": "__builtins__.__import__ = lambda *a, **k: None",
    "comparison": "np.isclose = np.array_equal = lambda *a, **k: np.array(True)",
    "the exception": "import momentum_edu.exercises.check as c\nc.NotCorrectError = print",
    "printing": "import builtins\nbuiltins.print = lambda *a, **k: None",
}


@pytest.mark.parametrize("cheat", CHEATS.values(), ids=CHEATS)
def test_who_patches_what_judges_does_not_pass(tmp_path, cheat):
    stub = "\ndef largest_calm_h(beta):\n    return 0.25"
    path = written(tmp_path, {"largest_calm_h": cheat + stub})
    assert lines(path, seconds=4)["largest_calm_h"].startswith("wrong - ")


def test_an_answer_that_knows_only_the_notebooks_inputs_does_not_pass(tmp_path):
    answer = """
from momentum_edu.exercises.check import LESSONS, exercises, find
from momentum_edu.exercises.verdict import SEED
known = {case: find("largest_calm_h").reference(*case) for case in find("largest_calm_h").draw(SEED)}
def largest_calm_h(beta):
    return known.get((beta,), 0.5)"""
    path = written(tmp_path, {"largest_calm_h": answer})
    assert lines(path)["largest_calm_h"].startswith("wrong - for beta=")
    assert plain_nbval(path)[0]["largest_calm_h-check"]  # which is why the verdict is reached outside


def test_an_unreadable_notebook_is_one_line_and_exit_1(tmp_path, capsys):
    path = tmp_path / "03_overshoot.ipynb"
    path.write_text("")
    assert main([str(path)], NOTEBOOKS) == 1
    assert capsys.readouterr().err == f"{path}: the file is empty\n"


def test_the_stub_that_nbgrader_writes_for_a_number_is_not_solved_yet(tmp_path):
    stub = "# YOUR CODE HERE\nraise NotImplementedError()"
    said = lines(written(tmp_path, {"settling_factor": stub, "gentle_rate": "gentle_rate = 0.025"}))
    assert said["settling_factor"].startswith("not solved yet")
    assert said["gentle_rate"] == "correct"


def test_no_kernel_and_no_folder_is_left_behind(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    lines(written(tmp_path, {"gentle_rate": "import os; os._exit(0)"}))
    assert [entry.name for entry in tmp_path.iterdir()] == ["03_overshoot.ipynb"]
    commands = [entry.read_bytes() for entry in Path("/proc").glob("[0-9]*/cmdline") if entry.exists()]
    assert not any(str(tmp_path).encode() in command for command in commands)


def test_without_a_file_there_is_a_table_of_the_course(tmp_path, monkeypatch, capsys):
    for kind in ("exercises", "solutions"):
        (tmp_path / kind).mkdir()
        for lesson in ("01_update_rule", "03_overshoot"):
            (tmp_path / kind / f"{lesson}.ipynb").write_bytes(
                (NOTEBOOKS / kind / f"{lesson}.ipynb").read_bytes()
            )
    written(tmp_path / "exercises", MIXED)
    (tmp_path / "exercises" / "01_update_rule.ipynb").write_text("")
    monkeypatch.setattr("momentum_edu.classroom.command.LESSONS", ["01_update_rule", "03_overshoot"])
    assert main([], tmp_path) == 1
    assert [line.split() for line in capsys.readouterr().out.splitlines()] == [
        ["lesson", "correct", "wrong", "not", "yet"],
        ["01_update_rule", "the", "file", "is", "empty"],
        ["03_overshoot", "1", "3", "1"],
        ["1", "of", "10", "exercises", "are", "correct"],
    ]
