"""The builder: what it writes, what it refuses, and what nbval makes of it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from momentum_edu.publishing import notebooks
from momentum_edu.publishing.guards import WIDGET_VIEW, output_problems
from momentum_edu.publishing.notebooks import main, read_notebook, read_source, write

PACKAGE = Path(notebooks.__file__).parents[2]


@pytest.fixture
def lesson(checkout, tmp_path, monkeypatch):
    """Return the saved lesson in a copy of the checkout that a test may change, and stand in that copy."""
    shutil.copytree(checkout, tmp_path / "copy")
    monkeypatch.chdir(tmp_path / "copy")
    return tmp_path / "copy" / "notebooks" / "01_form.ipynb"


def change(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def source_of(lesson):
    return lesson.parent / "source" / "01_form.py"


def test_a_built_lesson_is_valid_and_has_unique_ids(checkout):
    notebook = read_notebook(checkout / "notebooks" / "01_form.ipynb")
    nbformat.validate(notebook)
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    assert not any(
        WIDGET_VIEW in output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", [])
    )


def test_an_edit_leaves_the_ids_of_other_cells_alone(lesson):
    before = [cell.id for cell in read_source(source_of(lesson)).cells]
    change(source_of(lesson), "# %%\nages", "# %%\nx = 1\n\n# %%\nx = 1\n\n# %%\nages")
    after = [cell.id for cell in read_source(source_of(lesson)).cells]
    assert set(before) < set(after)
    assert len(set(after)) == len(after) == len(before) + 2


def test_pixels_alone_leave_the_file_as_it_is(lesson, capsys):
    change(lesson, '"AAAA"', '"BBBB"')
    before = lesson.read_bytes()
    assert main([]) == 0
    assert lesson.read_bytes() == before
    assert "01_form: up to date" in capsys.readouterr().out


def test_check_names_a_changed_number_and_writes_nothing(lesson, capsys):
    change(lesson, "mean lag: 9.00 steps", "mean lag: 9.10 steps")
    before = lesson.read_bytes()
    assert main(["01_form", "--check"]) == 1
    assert lesson.read_bytes() == before
    assert re.search(r"cell \d+ \(ages = .*\): outputs differ", capsys.readouterr().out)


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("beta = 0.9\nassert beta > 1", "AssertionError: assert beta > 1"),
        ("np.log(np.zeros(1))[0] * 0", "wrote to stderr"),
        ("import os\n\nos._exit(1)", "the kernel died"),
    ],
    ids=["an error", "an assertion", "a warning", "a dead kernel"],
)
def test_a_lesson_that_must_not_be_published_leaves_the_saved_one_alone(lesson, capsys, cell, reason):
    change(source_of(lesson), "# %%\nages", f"# %%\n{cell}\n\n# %%\nages")
    before = lesson.read_bytes()
    assert main([]) == 1
    told = capsys.readouterr().err
    assert "01_form: not built" in told
    assert f"cell 7 ({cell.splitlines()[0]}): " in told
    assert reason in told
    assert lesson.read_bytes() == before
    assert [path.name for path in lesson.parent.iterdir() if path.is_file()] == ["01_form.ipynb"]


def test_a_title_with_the_number_of_another_lesson_is_not_built(lesson, capsys):
    change(source_of(lesson), "# # 01", "# # 99")
    assert main([]) == 1
    assert "the title must begin with the number of the file: # 01" in capsys.readouterr().err


def test_an_unknown_name_is_answered_with_the_known_ones(lesson, capsys):
    assert main(["07"]) == 1
    assert "name must be one of 01_form; got 07" in capsys.readouterr().err


def test_outside_the_repository_it_says_where_to_stand(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main([]) == 1
    assert "call this inside the repository" in capsys.readouterr().err


def test_nbval_sees_a_changed_number_but_not_cleared_outputs(lesson):
    """Strict nbval passes the built lesson; what it does not see is what the guards are for."""
    changed = read_notebook(lesson)
    outputs = [output for cell in changed.cells for output in cell.get("outputs", [])]
    number = next(output for output in outputs if "mean lag: 9.00" in output.get("text", ""))
    number.text = number.text.replace("9.00", "9.10")
    picture = next(output for output in outputs if "image/png" in output.get("data", {}))
    picture.data["text/plain"] = picture.data["text/plain"].replace("age 7", "age 8")
    write(changed, lesson.with_name("changed.ipynb"))

    cleared = read_notebook(lesson)
    for cell in cleared.cells:
        if cell.cell_type == "code":
            cell.execution_count, cell.outputs = None, []
    write(cleared, lesson.with_name("cleared.ipynb"))

    assert nbval(lesson.parent, "01_form", "changed", "cleared") == {"changed": 2}
    assert output_problems(cleared) != []


def nbval(folder, *names):
    """Run strict nbval over notebooks as the course's test command does; return the failures of each."""
    options = [
        "--nbval",
        "--nbval-current-env",
        "--nbval-cell-timeout=60",
        "--runxfail",
        "-p",
        "no:cacheprovider",
    ]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rf", *options, *[f"{name}.ipynb" for name in names]],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(PACKAGE)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    failed = re.findall(r"^FAILED (\w+)\.ipynb", ran.stdout, re.MULTILINE)
    assert ran.returncode in (0, 1), ran.stdout + ran.stderr
    assert re.search(r"\d+ passed", ran.stdout), ran.stdout
    return {name: failed.count(name) for name in failed}
