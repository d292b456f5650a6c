"""Locked in: what a hostile notebook tries, and what comes of it."""

import copy
import os
import socket
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from momentum_edu.classroom import sandbox
from momentum_edu.classroom.kernel import Limits, WatchedKernel
from momentum_edu.classroom.notebook import check_notebook
from momentum_edu.classroom.reading import read_submission
from momentum_edu.classroom.sandbox import missing

pytestmark = pytest.mark.needs_sandbox
NOTEBOOKS = Path(__file__).parents[1] / "notebooks"


@pytest.fixture(scope="module")
def kernel():
    """Return one kernel that is locked in; each test runs its own cell in it."""
    kernel = WatchedKernel(None, Limits(sandbox=True, memory=2_000_000_000))
    yield kernel
    kernel.stop()


def test_the_network_is_not_there(kernel):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        source = f"import socket\nsocket.create_connection(('127.0.0.1', {port}), timeout=2)"
        assert "refused" in kernel.run(source, 10).error
    lookup = "import socket\nsocket.getaddrinfo('example.org', 80)"
    assert kernel.run(lookup, 20).error.startswith("gaierror")


@pytest.mark.parametrize("place", ["/etc/passwd", "/root/x", "/home/x", "/usr/x", str(NOTEBOOKS / "x"), "/x"])
def test_nothing_can_be_written_outside(kernel, place):
    before = Path(place).read_bytes() if Path(place).exists() else None
    kernel.run(f"open({place!r}, 'w').write('hostile')", 10)
    assert (Path(place).read_bytes() if Path(place).exists() else None) == before


def test_the_package_itself_cannot_be_changed(kernel):
    source = "import momentum_edu.exercises.verdict as v\nopen(v.__file__, 'a').write('# hostile')"
    assert kernel.run(source, 10).error.startswith("OSError: [Errno 30] Read-only file system")


def test_its_own_folder_can_be_written(kernel):
    assert kernel.run("open('note.txt', 'w').write('mine')", 10).error == ""


@pytest.mark.parametrize("place", ["/etc/shadow", "/root/.bashrc", str(NOTEBOOKS / "solutions")])
def test_files_of_others_are_not_there(kernel, place):
    assert kernel.run(f"import os\nos.stat({place!r})", 10).error.startswith("FileNotFoundError")


def test_the_solutions_that_an_installed_package_carries_are_not_there(monkeypatch, tmp_path):
    package, folder = tmp_path / "momentum_edu", tmp_path / "of its own"
    for file in (package / "course" / "solutions" / "03.ipynb", package / "py.typed"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    folder.mkdir()
    monkeypatch.setattr(sandbox, "PACKAGE", package)
    look = f"find {package}; touch {package}/course/mine || echo none can be put there"
    command = sandbox.locked_in(["/bin/sh", "-c", look], folder)
    seen = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    assert seen[-1] == "none can be put there"
    assert sorted(seen[:-1]) == [str(package), str(package / "course"), str(package / "py.typed")]


def test_other_submissions_are_not_there(kernel, tmp_path):
    (tmp_path / "03_overshoot.ipynb").write_text("{}")
    reply = kernel.run(f"open({str(tmp_path / '03_overshoot.ipynb')!r})", 10)
    assert reply.error.startswith("FileNotFoundError")


def test_other_processes_are_not_there(kernel):
    reply = kernel.run("import os", 10, "str(len([p for p in os.listdir('/proc') if p.isdigit()]))")
    assert 1 <= int(reply.value) < 10


def test_the_environment_holds_nothing_of_the_owner(kernel, monkeypatch):
    reply = kernel.run("import os", 10, "' '.join(os.environ)")
    assert "HOME" in reply.value.split()
    assert not {"SSH_AUTH_SOCK", "USER", "PYTEST_CURRENT_TEST", "LOGNAME"} & set(reply.value.split())


def test_memory_is_limited(kernel):
    assert "MemoryError" in kernel.run("b = bytearray(3_000_000_000)", 20).error


def test_files_cannot_fill_the_disk(kernel):
    source = "with open('big', 'wb') as f:\n    for _ in range(300): f.write(bytes(1_000_000))"
    assert kernel.run(source, 30).error.startswith("OSError: [Errno 27] File too large")


def test_a_fork_bomb_is_stopped_and_no_child_outlives_its_notebook():
    source = """
import subprocess
started = []
for _ in range(200):
    started.append(subprocess.Popen(["sleep", "987.123"], start_new_session=True))"""
    kernel = WatchedKernel(None, Limits(sandbox=True))
    error = kernel.run(source, 30).error
    if os.geteuid() != 0:  # Linux lets root start any number
        assert error.startswith("BlockingIOError")
    assert "987.123" in running()
    kernel.stop()
    assert "987.123" not in running()


def running():
    return subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout


def test_locked_in_the_verdicts_are_the_same(tmp_path):
    notebook = copy.deepcopy(read_submission(NOTEBOOKS / "exercises" / "03_overshoot.ipynb"))
    answers = {
        "largest_calm_h": "def largest_calm_h(beta):\n    return (1 - beta**0.5) / (1 + beta**0.5)",
        "loss_period": "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\nos._exit(1)",
        "overshoot_fraction": "while True:\n    print('x' * 100_000)",
        "settling_factor": "settling_factor = 10",
    }
    for cell in notebook.cells:
        cell.source = answers.get(cell.id, cell.source)
    path = tmp_path / "03_overshoot.ipynb"
    nbformat.write(notebook, path)
    limits = Limits(seconds=5, sandbox=True)
    _, verdicts = check_notebook(path, NOTEBOOKS / "solutions", limits, seed=3)
    told = {verdict.name: verdict.line.partition(": ")[2] for verdict in verdicts}
    assert told["largest_calm_h"] == "correct"
    assert told["loss_period"] == "wrong - it ended the kernel: exit, crash or out of memory"
    assert told["overshoot_fraction"] in (
        "wrong - it writes without end",
        "wrong - endless loop? It ran for more than 5 s",
    )
    assert told["settling_factor"].startswith("wrong - ten times smaller means ten times slower")
    assert told["gentle_rate"] == "not solved yet"


def test_where_it_is_missing_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert "apt install bubblewrap" in missing()
    monkeypatch.setattr(sys, "platform", "darwin")
    assert "needs Linux" in missing()
