"""What README says is so: its links lead somewhere, its map is complete, its picture is the lesson's."""

import re
import runpy
from pathlib import Path

from momentum_edu.exercises.check import LESSONS, exercises

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_link_in_the_documents_leads_somewhere():
    for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"):
        for target in re.findall(r"\]\(([^)]+)\)", (ROOT / name).read_text(encoding="utf-8")):
            assert target.startswith("https://") or (ROOT / target).exists(), f"{name} links {target}"


def test_the_map_links_every_lesson_that_there_is_and_no_other():
    linked = re.findall(r"\]\((notebooks/[^)]+)\)", README)
    there = [f"notebooks/{path.name}" for path in sorted((ROOT / "notebooks").glob("*.ipynb"))]
    assert linked == there, (
        f"README's map lacks {set(there) - set(linked) or 'nothing'}, or has another order"
    )
    rows = re.findall(r"^\| \[(\d\d) .+\]\(notebooks/\1_", README, re.MULTILINE)
    assert rows == [f"{number:02}" for number in range(len(linked))], "each row has its lesson's number"


def test_the_words_for_the_picture_are_those_of_the_lesson():
    figure = runpy.run_path(str(ROOT / "docs" / "picture.py"))["first_figure"]()
    [words] = re.findall(r"!\[(.+)\]\(docs/ringing\.png\)", README)
    assert words == figure["metadata"]["image/png"]["alt"], "run docs/picture.py and put its words in README"
    assert (ROOT / "docs" / "ringing.png").read_bytes().startswith(b"\x89PNG")


def test_the_guide_counts_the_exercises_that_there_are():
    guide = (ROOT / "docs" / "teachers_guide.md").read_text(encoding="utf-8")
    count = sum(len(exercises(lesson)) for lesson in LESSONS)
    assert f"lesson from {min(LESSONS)[:2]} to {max(LESSONS)[:2]}, hold {count} exercises" in guide


def test_readme_is_one_page():
    assert (
        len(re.sub(r"^\|.*", "", README, flags=re.MULTILINE).split()) < 600
    )  # the map grows with the course


def test_pins_are_installed_without_the_one_package_that_they_leave_out():
    for name in ("CONTRIBUTING.md", ".ci/run", ".github/workflows/site.yml"):
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
            assert "--require-hashes" not in line or "--no-deps" in line, (
                f"pip refuses this in {name}: {line}"
            )
