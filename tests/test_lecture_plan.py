"""The teacher's guide gives the slides for one lecture from two decks: the decks have those slides."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

from momentum_edu.publishing.notebooks import read_notebook
from momentum_edu.publishing.slides_outline import outline

ROOT = Path(__file__).parents[1]
ROW = re.compile(r"^\| (\d+) to (\d+) \| (\d\d) \| (\d+) to (\d+) \| (.*) \|$", re.MULTILINE)
GUIDE = (ROOT / "docs" / "teachers_guide.md").read_text(encoding="utf-8")
PLAN = [(*map(int, row[:2]), row[2], *map(int, row[3:5]), row[5]) for row in ROW.findall(GUIDE)]


def slides_of(lesson):
    [path] = (ROOT / "notebooks").glob(f"{lesson}_*.ipynb")
    return outline(read_notebook(path))


def test_the_plan_fills_45_minutes_without_gap_and_with_time_for_each_slide():
    assert PLAN[0][0] == 0
    assert PLAN[-1][1] == 45
    assert all(before[1] == after[0] for before, after in pairwise(PLAN))
    assert sum(last - first + 1 for _, _, _, first, last, _ in PLAN) <= 50


@pytest.mark.needs_site
@pytest.mark.parametrize("row", PLAN, ids=lambda row: f"{row[2]}, slides {row[3]} to {row[4]}")
def test_the_slides_of_each_row_are_the_section_that_it_names(row):
    *_, lesson, first, last, advice = row
    slides = slides_of(lesson)
    named = re.search(r"\*(?:Section (?P<number>\d)|(?P<words>Look first|Key points))\*", advice)
    heading = f"{named['number']}. " if named["number"] else named["words"]
    section = [number for number, slide in enumerate(slides, 1) if slide.where.startswith(heading)]
    aside = [number for number in section if slides[number - 1].kind == "claim"]
    wanted = [number for number in section if not aside or number < aside[0]]
    opening = [number for number, slide in enumerate(slides, 1) if not slide.where]
    shown = [number for number in range(first, last + 1) if number not in opening]
    assert shown == wanted, f"docs/teachers_guide.md: {advice!r} is on the slides {wanted} of lesson {lesson}"
    for number in map(int, re.findall(r"`G` (\d+), its verdict", advice)):
        assert number in section
        assert slides[number - 1].heading == "Verdict"


@pytest.mark.needs_site
def test_what_is_said_to_be_added_first_is_the_section_on_cross_entropy():
    first, last = map(int, re.search(r"of lesson 07 \(slides (\d+) to (\d+)\)", GUIDE).groups())
    section = [number for number, slide in enumerate(slides_of("07"), 1) if slide.where.startswith("6. ")]
    assert section == list(range(first, last + 1))
