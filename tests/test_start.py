"""`momentum-edu start` as one meets it who has only the wheel: installed in an empty place, far from here."""

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from momentum_edu.exercises.check import LESSONS as WITH_EXERCISES
from momentum_edu.exercises.check import exercises

ROOT = Path(__file__).parents[1]
BIN = "Scripts" if os.name == "nt" else "bin"
LESSONS = [f"notebooks/{path.name}" for path in sorted((ROOT / "notebooks").glob("*.ipynb"))]
EXERCISE = Path("notebooks", "exercises", "03_overshoot.ipynb")
SOLUTION = Path("notebooks", "solutions", "03_overshoot.ipynb")


@pytest.fixture(scope="session")
def python(wheel, tmp_path_factory):
    """An environment with the wheel, and without this repository; what the wheel needs is lent to it."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, symlinks=os.name != "nt")
    program = folder / BIN / Path(sys.executable).name
    words = [sys.executable, "-m", "pip", "--python", str(program), "install", "--no-deps", "--no-index"]
    subprocess.run([*words, str(wheel)], check=True, capture_output=True)
    ask = [str(program), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    found = subprocess.run(ask, check=True, capture_output=True, text=True).stdout.strip()
    # Path files within a folder that a path file names are not read: the repository stays out of sight.
    (Path(found) / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return program


@pytest.fixture
def call(python, tmp_path):
    def call(*words, cwd=tmp_path, first=(), **options):
        command = [*first, str(python.with_name("momentum-edu")), *words]
        done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, **options)
        return done.returncode, done.stdout, done.stderr

    return call


def files_below(folder):
    return {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}


def test_it_works_with_the_wheel_alone(python, tmp_path):
    script = "import momentum_edu as m; print(m.__file__); print(m.load_digits().train_images.shape[1])"
    words = [str(python), "-c", script]
    run = subprocess.run(words, cwd=tmp_path, check=True, capture_output=True, text=True)
    where, pixels = run.stdout.splitlines()
    assert Path(where).is_relative_to(python.parents[1])
    assert pixels == "64"


def test_the_folder_gets_lessons_exercises_solutions_and_guides(call, tmp_path):
    code, out, err = call("start", "course")
    assert (code, err) == (0, "")
    found = files_below(tmp_path / "course")
    door = found.pop("course.py")
    folders = ("notebooks", "notebooks/exercises", "notebooks/solutions")
    wanted = {f"{folder}/{path.name}" for folder in folders for path in (ROOT / folder).glob("*.ipynb")}
    assert found.keys() == wanted | {"docs/diagnosis.md", "docs/teachers_guide.md"}
    assert len(wanted) >= 11 + 9 + 9
    for name, path in found.items():
        assert path.read_bytes() == (ROOT / name).read_bytes(), name
    assert door.read_bytes() != (ROOT / "course.py").read_bytes()  # that one needs the repository
    assert [line.strip() for line in out.splitlines()[-2:]] == ["cd course", "momentum-edu lab"]


def test_no_link_in_the_folder_is_dead(call, tmp_path):
    call("start", "course")
    count = 0
    for path in files_below(tmp_path / "course").values():
        if path.suffix == ".ipynb":
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
            text = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
        else:
            text = path.read_text(encoding="utf-8")
        for target in re.findall(r"\]\((?!https?://|#|attachment:)([^)\s]+)\)", text):
            assert (path.parent / target).is_file(), f"{path.name} links {target}"
            count += 1
        for named in re.findall(r"`((?:notebooks|docs)/[\w/.]+\.(?:ipynb|md))`", text):
            assert (tmp_path / "course" / named).is_file(), f"{path.name} names {named}"
    assert count > 40


def test_check_tells_the_solved_from_the_unsolved_there(call, tmp_path):
    call("start", "course")
    course = tmp_path / "course"
    code, out, _ = call("check", str(EXERCISE), cwd=course)
    assert code == 1
    assert {line.partition(": ")[2] for line in out.splitlines()} == {"not solved yet"}
    shutil.copy(course / SOLUTION, course / EXERCISE)
    code, out, _ = call("check", EXERCISE.name, cwd=course / EXERCISE.parent)
    assert code == 0
    assert {line.partition(": ")[2] for line in out.splitlines()} == {"correct"}
    shutil.rmtree(course / SOLUTION.parent)  # the package's own are what counts
    for path in (course / EXERCISE.parent).glob("*.ipynb"):
        if path.name[:2] not in ("03", "04"):  # each costs a second or more
            path.unlink()
    code, out, _ = call("check", cwd=course)
    assert code == 1
    rows = {line.split()[0]: line.split(maxsplit=1)[1] for line in out.splitlines()}
    assert rows["03_overshoot"].split() == ["5", "0", "0"]
    assert rows["04_acceleration"].split() == ["0", "0", "5"]
    assert "cannot be opened" in rows["05_saddle_escape"]
    count = sum(len(exercises(lesson)) for lesson in WITH_EXERCISES)
    assert out.splitlines()[-1] == f"5 of {count} exercises are correct"


def test_a_class_is_checked_where_no_course_is(call, tmp_path):
    (tmp_path / "class" / "ada").mkdir(parents=True)
    shutil.copy(ROOT / SOLUTION, tmp_path / "class" / "ada")
    code, out, _ = call("check", "class", "--jobs", "1")
    assert code == 0, out
    rows = (tmp_path / "results.csv").read_text().splitlines()
    assert len(rows) == 1 + 5
    assert all(",correct," in row for row in rows[1:])


def test_diagnose_works_there(call, tmp_path):
    call("start", "course")
    code, out, _ = call("diagnose", str(ROOT / "tests" / "logs" / "keras.csv"), cwd=tmp_path / "course")
    assert code == 0
    assert "losses from" in out


def test_the_words_of_the_lessons_work_there(call, python, tmp_path):
    call("start", "course")
    for named in ("course.py", str(tmp_path / "course" / "course.py")):
        words = [str(python), named, "diagnose", "nothing.csv"]
        done = subprocess.run(words, cwd=tmp_path / "course", capture_output=True, text=True)
        assert done.returncode == 2
        assert done.stderr.startswith("momentum-edu diagnose: ")
    bare = [sys.executable, "-S", "course.py", "lab"]  # a Python without any packages
    done = subprocess.run(bare, cwd=tmp_path / "course", capture_output=True, text=True)
    assert done.returncode == 1
    assert "activate the environment" in one_line(done.stderr)


def test_what_needs_the_repository_says_so_there(call, tmp_path):
    call("start", "course")
    for words in (["build", "slides", "03"], ["build", "site"], ["benchmark"]):
        code, out, err = call(*words, cwd=tmp_path / "course")
        assert (code, out) == (2, "")
        assert "with the repository" in one_line(err)


def one_line(err):
    lines = err.strip().splitlines()
    assert len(lines) == 1, err
    return lines[0]


def test_a_second_call_keeps_what_was_edited_says_so_and_adds_what_is_missing(call, tmp_path):
    call("start", "my course")
    course = tmp_path / "my course"
    (course / EXERCISE).write_text("my own work")
    (course / "docs" / "diagnosis.md").unlink()
    (course / "notes.txt").write_text("mine")
    code, out, err = call("start", "my course")
    assert (code, err) == (0, "")
    assert out.startswith("1 file is new")
    assert [line.strip() for line in out.splitlines() if ".ipynb" in line] == [EXERCISE.as_posix()]
    assert '  cd "my course"' in out.splitlines()
    assert (course / EXERCISE).read_text() == "my own work"
    assert (course / "notes.txt").read_text() == "mine"
    assert (course / "docs" / "diagnosis.md").read_bytes() == (ROOT / "docs" / "diagnosis.md").read_bytes()
    (course / EXERCISE).unlink()
    call("start", ".", cwd=course)
    assert (course / EXERCISE).read_bytes() == (ROOT / EXERCISE).read_bytes()
    code, out, _ = call("start", ".", cwd=course)
    assert code == 0
    assert "every file" in out
    assert "cd " not in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "momentum-edu start FOLDER"),
        (["a", "b"], "momentum-edu start FOLDER"),
        (["--force"], "momentum-edu start FOLDER"),
        ([""], "momentum-edu start FOLDER"),
        (["file"], "file is a file"),
        (["file/course"], "file"),
        (["taken"], "notebooks"),
        (["odd"], "course.py"),
        (["n" * 300], "nnn"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line_and_nothing_is_written(call, tmp_path, words, said):
    (tmp_path / "taken").mkdir()
    (tmp_path / "odd" / "course.py").mkdir(parents=True)
    for name in ("file", "taken/notebooks"):
        (tmp_path / name).write_text("mine")
    before = sorted(tmp_path.rglob("*"))
    code, out, err = call("start", *words)
    assert (code, out) == (2, "")
    assert one_line(err).startswith("momentum-edu start: ")
    assert said in err
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.skipif(os.name == "nt", reason="Windows has no limit on the size of files")
def test_a_disk_that_takes_no_more_leaves_nothing_half_written(call, tmp_path):
    (tmp_path / "course" / "notebooks").mkdir(parents=True)
    (tmp_path / "course" / "notebooks" / "mine.ipynb").write_text("mine")
    before = sorted(tmp_path.rglob("*"))
    for folder in ("course", "new/course"):
        # Files of 400 kB at most: lessons 00 and 01 fit, lesson 02 does not.
        code, out, err = call("start", folder, first=["sh", "-c", 'ulimit -f 800; exec "$@"', "sh"])
        assert (code, out) == (2, "")
        assert "File too large" in one_line(err)
        assert sorted(tmp_path.rglob("*")) == before


def test_the_repository_can_start_a_course_too(tmp_path):
    words = [sys.executable, "-m", "momentum_edu.cli", "start", str(tmp_path / "course")]
    subprocess.run(words, cwd=ROOT, check=True, capture_output=True)
    for name in LESSONS:
        assert (tmp_path / "course" / name).read_bytes() == (ROOT / name).read_bytes()
