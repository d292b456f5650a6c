"""The committed exercise notebooks: generated, solved on one side, unsolved on the other, checked on both."""

import re
from pathlib import Path

import nbformat
import pytest

from momentum_edu.exercises.check import LESSONS, exercises
from momentum_edu.publishing.exercises import exercise_problems, main, read_solved, sources, unsolved
from momentum_edu.publishing.guards import output_problems
from momentum_edu.publishing.notebooks import differences, read_notebook

ROOT = Path(__file__).parents[1]
each_lesson = pytest.mark.parametrize("source", sources(ROOT), ids=lambda path: path.stem)


def saved(kind, source):
    return ROOT / "notebooks" / kind / f"{source.stem}.ipynb"


def text_of(notebook):
    return nbformat.writes(notebook) + "\n"


def test_each_lesson_has_its_exercises():
    stems = [source.stem for source in sources(ROOT)]
    assert stems == list(LESSONS)
    for kind in ("exercises", "solutions"):
        assert sorted(path.stem for path in (ROOT / "notebooks" / kind).glob("*.ipynb")) == stems


@each_lesson
def test_the_solved_notebook_is_that_of_the_source_and_leaves_nothing_unseen(source):
    solved = read_notebook(saved("solutions", source))
    assert differences(solved, read_solved(source), outputs=False) == []
    assert output_problems(solved) == []
    assert exercise_problems(solved, source.stem) == []


@each_lesson
def test_links_into_the_course_lead_somewhere(source):
    place = saved("exercises", source)
    text = "\n".join(cell.source for cell in read_notebook(place).cells if cell.cell_type == "markdown")
    targets = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", text)
    assert targets
    assert [target for target in targets if not (place.parent / target).exists()] == []


@each_lesson
def test_the_learners_version_comes_from_the_solved_one_byte_for_byte(source):
    learners = unsolved(read_notebook(saved("solutions", source)))
    assert saved("exercises", source).read_text(encoding="utf-8") == text_of(learners)


@each_lesson
def test_no_solution_is_left_in_the_learners_version(source):
    answers, inside = [], False
    for line in source.read_text(encoding="utf-8").splitlines():
        inside = (inside or "BEGIN SOLUTION" in line) and "END SOLUTION" not in line
        if inside and "BEGIN SOLUTION" not in line and line.strip():
            answers.append(line.strip())
    learners = read_notebook(saved("exercises", source))
    shown = [line.strip() for cell in learners.cells for line in cell.source.splitlines()]
    assert answers
    assert not set(answers) & set(shown)
    assert "SOLUTION" not in saved("exercises", source).read_text(encoding="utf-8")


@each_lesson
def test_check_cells_keep_the_solved_output_and_answer_cells_hold_a_stub(source):
    learners = {cell.id: cell for cell in read_notebook(saved("exercises", source)).cells}
    for exercise in exercises(source.stem):
        checked, answer = learners[f"{exercise.name}-check"], learners[exercise.name]
        assert [output.text for output in checked.outputs] == [f"{exercise.name}: correct\n"]
        assert checked.execution_count is not None
        assert checked.source == f'check("{exercise.name}", globals())'
        assert checked.metadata.nbgrader.locked
        stub = "# YOUR CODE HERE" if exercise.cases else f"{exercise.name} = ...  # YOUR ANSWER HERE"
        assert stub in answer.source


def test_building_anew_changes_no_byte(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for folder in ("source/exercises", "solutions", "exercises"):
        (tmp_path / "notebooks" / folder).mkdir(parents=True)
    source = next(path for path in sources(ROOT) if path.stem == "03_overshoot")
    (tmp_path / "notebooks/source/exercises/03_overshoot.py").write_bytes(source.read_bytes())
    assert main(["03"]) == 0
    for kind in ("solutions", "exercises"):
        built = tmp_path / "notebooks" / kind / "03_overshoot.ipynb"
        assert built.read_bytes() == saved(kind, source).read_bytes()


def test_a_source_whose_solution_is_wrong_is_not_built(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "notebooks/source/exercises"
    folder.mkdir(parents=True)
    (tmp_path / "notebooks/solutions").mkdir()
    text = next(path for path in sources(ROOT) if path.stem == "03_overshoot").read_text(encoding="utf-8")
    (folder / "03_overshoot.py").write_text(text.replace("return np.pi / theta", "return 2 * np.pi / theta"))
    assert main([]) == 1
    assert "loss_period: wrong - the period of w is given" in capsys.readouterr().err
    assert list((tmp_path / "notebooks/solutions").iterdir()) == []
