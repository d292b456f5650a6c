"""The committed lessons: made from their sources, sound in form, and nothing in them that a test cannot see.

Their outputs are compared by nbval, which ``momentum-edu test`` runs over ``notebooks/``.
"""

import re
from pathlib import Path

import pytest

from momentum_edu.publishing.guards import form_problems, output_problems
from momentum_edu.publishing.notebooks import differences, lessons, read_notebook, read_source

ROOT = Path(__file__).parents[1]
SOURCES = lessons(ROOT)
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))

each_lesson = pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)


def saved(source: Path):
    return read_notebook(ROOT / "notebooks" / f"{source.stem}.ipynb")


def test_each_lesson_has_a_source_and_each_source_a_lesson():
    assert [path.stem for path in NOTEBOOKS] == [path.stem for path in SOURCES]
    assert "00_start_here" in [path.stem for path in SOURCES]
    numbers = [path.stem[:2] for path in SOURCES]
    assert numbers == sorted(set(numbers)), "no two lessons have one number"


@each_lesson
def test_sources_ids_and_metadata_are_those_of_the_source(source):
    assert differences(saved(source), read_source(source), outputs=False) == []


@each_lesson
def test_saved_outputs_leave_nothing_unseen(source):
    assert output_problems(saved(source)) == []


@each_lesson
def test_a_lesson_keeps_to_the_form(source):
    assert form_problems(saved(source)) == []


@each_lesson
def test_each_lesson_shows_a_picture_and_prints_a_number(source):
    outputs = [output for cell in saved(source).cells for output in cell.get("outputs", [])]
    assert any("image/png" in output.get("data", {}) for output in outputs)
    assert any(character.isdigit() for output in outputs for character in output.get("text", ""))


@each_lesson
def test_links_into_the_course_lead_somewhere(source):
    text = "\n".join(cell.source for cell in saved(source).cells if cell.cell_type == "markdown")
    targets = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", text)
    dead = [target for target in targets if not (ROOT / "notebooks" / target).exists()]
    assert dead == [], f"{source.name} links what is not there"


def test_the_template_keeps_to_the_form():
    assert form_problems(read_source(ROOT / "notebooks" / "source" / "template.py")) == []
