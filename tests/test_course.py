"""``course.py`` as it is met: a process in a folder, with tools that fail in the ways that happen.

The folder is a small course of its own. ``uv`` on the path is a stand-in that makes an "environment" in
milliseconds and notes each call, so that what is tested is the door: when it works, when it does not work
again, what it says and what it leaves behind. Whole installations are tried by ``.ci/run``.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
EXECUTABLE = sys.executable
pytestmark = pytest.mark.skipif(os.name == "nt", reason="the stand-in for uv is a shell script")

UV = """#!/bin/sh
echo "$1 $2" >> "$CALLS"
case "$1 $*" in
    venv*) mkdir .venv/bin && ln -s /bin/true .venv/bin/python ;;
    *--editable*) printf '#!/bin/sh\\necho "momentum-edu: $*"\\n' > .venv/bin/momentum-edu
           chmod +x .venv/bin/momentum-edu ;;
    *) echo half > .venv/half
       %s
       rm .venv/half ;;
esac
"""
WORKING = ["venv --allow-existing", "pip install", "pip install"]


class Course:
    """A folder with ``course.py``, pins, and a stand-in for uv."""

    def __init__(self, folder: Path, tools: Path):
        self.folder, self.tools, self.calls = folder, tools, tools / "calls"
        self.venv = folder / ".venv"
        (folder / "requirements").mkdir(parents=True)
        shutil.copy(ROOT / "course.py", folder)
        shutil.copy(ROOT / "pyproject.toml", folder)
        for layer in ("course", "test", "site"):
            (folder / "requirements" / f"{layer}.txt").write_text(f"{layer}==1\n")
        tools.mkdir()
        self.uv_does("")

    def uv_does(self, trouble: str) -> None:
        (self.tools / "uv").write_text(UV % trouble)
        (self.tools / "uv").chmod(0o755)

    def edit(self, name: str, old: str, new: str) -> None:
        text = (self.folder / name).read_text()
        assert old in text
        (self.folder / name).write_text(text.replace(old, new, 1))

    def start(self, *words: str, python: tuple[str, ...] = (EXECUTABLE,), **environment: str):
        return subprocess.Popen(
            [*python, str(self.folder / "course.py"), *words],
            env={
                **os.environ,
                "PATH": f"{self.tools}:/usr/bin:/bin",
                "CALLS": str(self.calls),
                **environment,
            },
            cwd=self.tools,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # A terminal's programs hear Ctrl-C; those that a script starts in the background may not.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )

    def call(self, *words: str, **options):
        process = self.start(*words, **options)
        out, err = process.communicate(timeout=60)
        return process.returncode, out, err

    def tool_calls(self) -> list[str]:
        """What the tools were asked for since the last look."""
        calls = self.calls.read_text().splitlines() if self.calls.exists() else []
        self.calls.unlink(missing_ok=True)
        return calls

    def wait_for(self, path: Path) -> None:
        deadline = time.monotonic() + 30
        while not path.exists():
            assert time.monotonic() < deadline, f"{path} did not appear"
            time.sleep(0.02)


@pytest.fixture
def course(tmp_path) -> Course:
    return Course(tmp_path / "a course", tmp_path / "tools")


def one_line(err: str) -> str:
    lines = err.strip().splitlines()
    assert len(lines) == 1, err
    return lines[0]


def test_first_call_makes_the_environment_and_hands_the_words_over(course):
    code, out, err = course.call("lab", "--port", "9 9")
    assert (code, err) == (0, "")
    assert "momentum-edu: lab --port 9 9\n" in out
    assert course.tool_calls() == WORKING


def test_second_call_starts_at_once(course):
    course.call("lab")
    course.tool_calls()
    assert course.call("lab") == (0, "momentum-edu: lab\n", "")
    assert course.tool_calls() == []


def test_tests_need_more_than_lessons(course):
    course.call("lab")
    course.tool_calls()
    course.call("test")
    assert course.tool_calls() == ["pip install", "pip install"]
    for words in (["lab"], ["test"], ["--help"]):
        course.call(*words)
    assert course.tool_calls() == []


@pytest.mark.parametrize("product", ["site", "slides"])
def test_the_site_needs_more_than_notebooks(course, product):
    course.call("build", "notebooks")
    course.tool_calls()
    course.call("build", product)
    assert course.tool_calls() == ["pip install", "pip install"]
    for words in (["build", product], ["build", "notebooks"], ["test"], ["lab"]):
        course.call(*words)
    assert course.tool_calls() == []


@pytest.mark.parametrize(
    "change",
    [
        lambda c: (c.folder / "requirements" / "course.txt").write_text("course==2\n"),
        lambda c: c.edit("pyproject.toml", '"numpy>=', '"numpy>'),
        lambda c: c.edit("pyproject.toml", '"hatchling>=', '"hatchling>'),
        lambda c: (c.venv / "bin" / "momentum-edu").unlink(),
        lambda c: (c.venv / "bin" / "python").unlink(),
        lambda c: (c.venv / "course.json").write_text("{"),
    ],
    ids=["new pins", "new dependencies", "new build tool", "no command", "no python", "torn stamp"],
)
def test_what_is_out_of_date_or_broken_is_made_anew(course, change):
    course.call("lab")
    (course.venv / "leftover").touch()
    course.tool_calls()
    change(course)
    code, out, _ = course.call("lab")
    assert code == 0
    assert out.endswith("momentum-edu: lab\n")
    assert course.tool_calls() == WORKING
    assert not (course.venv / "leftover").exists()


def test_other_settings_in_pyproject_are_no_reason_to_begin_anew(course):
    course.call("lab")
    course.tool_calls()
    with (course.folder / "pyproject.toml").open("a") as file:
        file.write("\n[tool.other]\nline-length = 1\n")
    course.call("lab")
    assert course.tool_calls() == []


def test_a_moved_folder_is_made_anew(course):
    course.call("lab")
    moved = course.folder.with_name("moved")
    course.folder = course.folder.rename(moved)
    course.tool_calls()
    assert course.call("lab")[0] == 0
    assert course.tool_calls() == WORKING


def test_somebody_elses_environment_is_set_aside_not_deleted(course):
    course.venv.mkdir()
    (course.venv / "precious").write_text("mine")
    code, out, _ = course.call("lab")
    assert code == 0
    [aside] = course.folder.glob(".venv.*")
    assert (aside / "precious").read_text() == "mine"
    assert aside.name in out


TROUBLES = {
    "disk": ("ERROR: Could not install: [Errno 28] No space left on device", "The disk is full"),
    "uv disk": ("error: failed to copy file: No space left on device (os error 28)", "The disk is full"),
    "network": ("Failed to establish a new connection: Connection refused", "check the network"),
    "names": ("error: Failed to fetch: dns error: failed to lookup address", "check the network"),
    "hash": ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "not the one that the course names"),
    "unknown": ("error: something odd", "error: something odd"),
}


@pytest.mark.parametrize(("said", "wanted"), TROUBLES.values(), ids=TROUBLES)
def test_a_failing_installation_ends_in_one_plain_line_and_leaves_nothing(course, said, wanted):
    course.uv_does(f'echo "Collecting numpy"; echo "{said}" >&2; exit 2')
    code, _, err = course.call("lab")
    assert code == 1
    assert wanted in one_line(err)
    assert sorted(os.listdir(course.folder)) == ["course.py", "pyproject.toml", "requirements"]
    course.uv_does("")
    assert course.call("lab")[0] == 0


def test_without_a_network_what_worked_still_works(course):
    course.call("lab")
    course.uv_does("echo 'Connection refused'; rm .venv/half; exit 2")
    code, _, err = course.call("test")
    assert code == 1
    assert "check the network" in one_line(err)
    assert course.call("lab") == (0, "momentum-edu: lab\n", "")


def test_a_killed_installation_is_made_anew(course):
    course.uv_does("sleep 0.5; exit 0")
    process = course.start("lab")
    course.wait_for(course.venv / "half")
    process.kill()
    process.communicate()
    assert course.venv.exists()
    course.tool_calls()
    course.uv_does("")
    code, out, _ = course.call("lab")
    assert code == 0
    assert "half-made" in out
    assert course.tool_calls() == WORKING


def test_ctrl_c_leaves_nothing_half_made(course):
    course.uv_does("exec sleep 60")
    process = course.start("lab")
    course.wait_for(course.venv / "half")
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Stopped" in one_line(err)
    assert not course.venv.exists()


def test_two_calls_at_once_make_one_environment(course):
    course.uv_does("sleep 1")
    first = course.start("lab")
    course.wait_for(course.venv / "half")
    code, out, _ = course.call("lab")
    assert code == 0
    assert "waiting" in out
    assert out.endswith("momentum-edu: lab\n")
    first.communicate(timeout=30)
    assert first.returncode == 0
    assert course.tool_calls() == WORKING


def test_an_orphaned_installation_keeps_the_lock(course):
    course.uv_does("sleep 1.5")
    first = course.start("lab")
    course.wait_for(course.venv / "half")
    first.kill()
    code, out, _ = course.call("lab")
    assert code == 0
    assert "waiting" in out
    first.communicate()


OLD_PYTHON = (
    "import sys, runpy; sys.version_info = (3, 9, 18); runpy.run_path(sys.argv[1], run_name='__main__')"
)


def test_an_old_python_is_told_so(course):
    code, out, err = course.call("lab", python=(EXECUTABLE, "-c", OLD_PYTHON))
    assert (code, out) == (1, "")
    assert "needs Python 3.11 or later, and this is Python 3.9" in one_line(err)


def test_an_old_python_can_read_the_file():
    import ast

    ast.parse((ROOT / "course.py").read_text(), feature_version=(3, 5))
    tree = ast.parse((ROOT / "course.py").read_text())
    assert not [
        node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr | ast.AnnAssign | ast.NamedExpr)
    ]


NO_ENSUREPIP = (
    "import sys, runpy, importlib.util as u; find = u.find_spec; sys.argv = sys.argv[1:];"
    "u.find_spec = lambda name, *rest: None if name == 'ensurepip' else find(name, *rest);"
    "runpy.run_path(sys.argv[0], run_name='__main__')"
)


def test_a_python_without_ensurepip_is_told_what_to_install(course):
    (course.tools / "uv").unlink()
    code, _, err = course.call("lab", python=(EXECUTABLE, "-c", NO_ENSUREPIP))
    assert code == 1
    assert "sudo apt install python3-venv" in one_line(err)
    assert not course.venv.exists()


def test_pip_without_a_network_is_told_so(course):
    (course.tools / "uv").unlink()
    (course.folder / "requirements" / "course.txt").write_text(f"numpy==2.0 --hash=sha256:{'0' * 64}\n")
    closed = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_EXTRA_INDEX_URL": "", "PIP_NO_INDEX": ""}
    code, out, err = course.call(
        "lab", **closed, PIP_RETRIES="0", PIP_CONFIG_FILE=os.devnull, PIP_FIND_LINKS=""
    )
    assert code == 1, out
    assert "check the network" in one_line(err)
    assert not course.venv.exists()


def test_a_part_of_the_course_is_not_enough(course):
    shutil.rmtree(course.folder / "requirements")
    code, _, err = course.call("lab")
    assert code == 1
    assert "get the whole course" in one_line(err)
