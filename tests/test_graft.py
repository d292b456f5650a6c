"""What of a learner's notebook is validated: the answer cells and added helpers, nothing else."""

import copy
from pathlib import Path

import nbformat
import pytest

from momentum_edu.classroom.graft import graft
from momentum_edu.classroom.kernel import Limits
from momentum_edu.classroom.notebook import check_answers
from momentum_edu.classroom.reading import UnreadableError, lesson_of, read_submission

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
PRISTINE = read_submission(NOTEBOOKS / "solutions" / "03_overshoot.ipynb")
NAMES = ["largest_calm_h", "loss_period", "overshoot_fraction", "settling_factor", "gentle_rate"]


@pytest.fixture
def learners():
    return copy.deepcopy(read_submission(NOTEBOOKS / "exercises" / "03_overshoot.ipynb"))


def answer(notebook, name):
    return next(cell for cell in notebook.cells if cell.get("id") == name)


def sources(learners):
    return {part.name: part.sources for part in graft(PRISTINE, learners) if part.name}


def test_untouched_each_exercise_gets_its_stub_and_the_pristine_check(learners):
    parts = graft(PRISTINE, learners)
    assert [part.name for part in parts] == ["", *NAMES]
    for part in parts[1:]:
        assert part.sources == [answer(learners, part.name).source]
        assert part.cell.source == f'check("{part.name}", globals())'
        assert part.cell.outputs[0].text == f"{part.name}: correct\n"


def spoil_checks(learners, how):
    for cell in list(learners.cells):
        if str(cell.get("id")).endswith("-check"):
            how(learners, cell)


@pytest.mark.parametrize(
    "how",
    [
        lambda notebook, cell: notebook.cells.remove(cell),
        lambda notebook, cell: cell.update(source="print('correct')"),
        lambda notebook, cell: cell.update(source="# NBVAL_SKIP\n" + cell.source),
        lambda notebook, cell: cell.update(outputs=[], execution_count=None),
        lambda notebook, cell: cell.update(cell_type="markdown"),
        lambda notebook, cell: cell.metadata.update(tags=["raises-exception"]),
    ],
    ids=["deleted", "edited", "skipped", "cleared", "turned into text", "allowed to raise"],
)
def test_spoiled_check_cells_come_back(learners, how):
    before = graft(PRISTINE, learners)
    spoil_checks(learners, how)
    after = graft(PRISTINE, learners)
    assert [part.cell for part in after] == [part.cell for part in before]
    assert [part.sources for part in after] == [part.sources for part in before]


@pytest.mark.parametrize("bare", [False, True], ids=["as it was", "ids and metadata gone"])
def test_of_a_changed_first_cell_the_courses_own_runs_and_then_the_learners(learners, bare):
    first = next(cell for cell in learners.cells if cell.cell_type == "code")
    own, first.source = first.source, "import math"
    if bare:
        first.id, first.metadata = "abcd1234", nbformat.NotebookNode()
    parts = graft(PRISTINE, learners)
    assert (parts[0].cell.source, parts[0].sources) == (own, [])
    assert parts[1].sources[0] == "import math"
    assert [len(part.sources) for part in parts[1:]] == [2, 1, 1, 1, 1]


def test_reordered_answers_go_where_they_belong(learners):
    expected = sources(learners)
    learners.cells.reverse()
    assert sources(learners) == expected


def test_an_answer_is_found_without_ids_and_then_without_metadata(learners):
    expected = sources(learners)
    for cell in learners.cells:
        cell.pop("id", None)
    assert sources(learners) == expected
    for cell in learners.cells:
        cell.metadata = nbformat.NotebookNode()
    assert sources(learners) == expected


def test_a_deleted_answer_or_one_turned_into_text_leaves_the_exercise_empty(learners):
    learners.cells.remove(answer(learners, "loss_period"))
    answer(learners, "gentle_rate").cell_type = "markdown"
    found = sources(learners)
    assert found["loss_period"] == []
    assert found["gentle_rate"] == []
    assert found["largest_calm_h"]


def test_added_helper_cells_are_kept_before_and_after_the_answer(learners):
    place = learners.cells.index(answer(learners, "loss_period"))
    learners.cells.insert(place + 1, nbformat.v4.new_code_cell("second = 2"))
    learners.cells.insert(place, nbformat.v4.new_code_cell("first = 1"))
    found = sources(learners)
    assert found["loss_period"][0] == "first = 1"
    assert found["loss_period"][2] == "second = 2"
    assert len(found["largest_calm_h"]) == 1


def test_a_package_that_is_lacking_here_is_named_where_its_name_is_missed(learners):
    first = next(cell for cell in learners.cells if cell.cell_type == "code")
    first.source += "\nimport not_installed_here as nih"
    answer(learners, "loss_period").source = "def loss_period(h, beta):\n    return nih.period(h, beta)"
    said = {one.name: one for one in check_answers(learners, PRISTINE, "03_overshoot", Limits(), 1)}
    assert "NameError: name 'nih' is not defined" in said["loss_period"].reason
    lacking = "(an import raised ModuleNotFoundError: No module named 'not_installed_here')"
    assert said["loss_period"].reason.endswith(lacking)
    assert not said["gentle_rate"].reason


def test_of_a_copied_answer_cell_both_run_in_order(learners):
    cell = copy.deepcopy(answer(learners, "gentle_rate"))
    cell.id, cell.source = "abcd1234", "gentle_rate = 0.025"
    learners.cells.insert(learners.cells.index(answer(learners, "gentle_rate")) + 1, cell)
    assert sources(learners)["gentle_rate"][1] == "gentle_rate = 0.025"


def test_another_lessons_notebook_brings_no_answer():
    other = read_submission(NOTEBOOKS / "solutions" / "01_update_rule.ipynb")
    assert all(
        "def ema_step" not in text for texts in sources(other).values() for text in texts[-1:] if texts
    )
    assert lesson_of(Path("mine.ipynb"), other) == "01_update_rule"


def without_marks(notebook):
    """Do as Colab does: new ids, no metadata."""
    bare = copy.deepcopy(notebook)
    for number, cell in enumerate(bare.cells):
        cell.id, cell.metadata = f"{number:08}", nbformat.NotebookNode()
    return bare


def test_a_lesson_is_known_by_its_answers_too_where_all_marks_are_gone(learners):
    assert lesson_of(Path("Copy of 03_overshoot.ipynb"), without_marks(learners)) == "03_overshoot"
    assert lesson_of(Path("03_overshoot-Copy1.ipynb"), without_marks(learners)) == "03_overshoot"


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_a_lesson_in_place_of_its_exercises_is_named_though_both_have_one_file_name(path):
    with pytest.raises(UnreadableError, match=r"is it the lesson|no exercise notebook"):
        lesson_of(path, read_submission(path))


def test_the_exercises_of_another_lesson_are_named(learners):
    with pytest.raises(UnreadableError, match=r"named as 05_saddle_escape, .* those of 03_overshoot"):
        lesson_of(Path("05_saddle_escape.ipynb"), learners)


def test_metadata_of_any_shape_does_no_harm(learners):
    for cell, mark in zip(learners.cells, ["text", 3, None, [], {"grade_id": []}] * 9, strict=False):
        cell.metadata["nbgrader"] = mark
    assert all(texts for texts in sources(learners).values())


GOOD = (NOTEBOOKS / "exercises" / "03_overshoot.ipynb").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (b"  \n", "the file is empty"),
        (b"\x89PNG\r\n\x1a\n\x00\xff", "not text in UTF-8"),
        (b"{", "the file is no notebook"),
        (b"[" * 100_000, "the file is no notebook"),
        (b'{"nbformat": 4}', "the file is no notebook"),
        (b'{"nbformat": 9, "nbformat_minor": 0, "metadata": {}, "cells": []}', "the file is no notebook"),
        (b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [3]}', "the file is no notebook"),
        (GOOD.encode()[: len(GOOD) // 2], "the file is no notebook"),
        (GOOD.replace("{", "{\n<<<<<<< mine\n=======\n>>>>>>> theirs\n", 1).encode(), "unfinished merge"),
        (b" " * 50_000_000, "more than 20 MB"),
    ],
    ids=[
        "empty",
        "blank",
        "picture",
        "torn",
        "deep",
        "no cells",
        "future",
        "cells",
        "half",
        "merge",
        "50 MB",
    ],
)
def test_an_unreadable_file_is_named(tmp_path, content, reason):
    path = tmp_path / "03_overshoot.ipynb"
    path.write_bytes(content)
    with pytest.raises(UnreadableError, match=reason):
        read_submission(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(UnreadableError, match="No such file"):
        read_submission(tmp_path / "nothing.ipynb")


def test_a_byte_order_mark_and_older_formats_are_read(tmp_path):
    path = tmp_path / "03_overshoot.ipynb"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert list(sources(read_submission(path)).values()) == [
        [answer(PRISTINE_LEARNERS, name).source] for name in NAMES
    ]
    nbformat.write(read_submission(path), path, version=3)
    found = sources(read_submission(path))
    assert "def loss_period" in found["loss_period"][-1]


PRISTINE_LEARNERS = read_submission(NOTEBOOKS / "exercises" / "03_overshoot.ipynb")


def test_a_file_of_no_lesson_is_named(tmp_path):
    path = tmp_path / "shopping.ipynb"
    nbformat.write(nbformat.v4.new_notebook(), path)
    with pytest.raises(UnreadableError, match="no exercise notebook of the course"):
        lesson_of(path, read_submission(path))
