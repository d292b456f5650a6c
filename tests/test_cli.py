"""The command line: what it answers at once, what it hands on, and that `test` cannot pass by accident."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from momentum_edu import cli

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("words", [[], ["--help"], ["-h"], ["help"]])
def test_help_names_every_command(words, capsys):
    assert cli.main(words) == 0
    out = capsys.readouterr().out
    for name, command in cli.COMMANDS.items():
        assert f"  {name} " in out
        assert command.summary in out
    assert max(map(len, out.splitlines())) <= 100


def test_help_loads_nothing_heavy():
    code = "import sys; from momentum_edu.cli import main; main(['--help']); print('now:', *sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(found.stdout.split("now:")[1].split())
    assert not loaded & {"numpy", "pytest", "jupyterlab", "jupytext", "traitlets", "asyncio"}


def test_an_unknown_command_is_named(capsys):
    assert cli.main(["lap"]) == 2
    assert capsys.readouterr().err.startswith(
        "momentum-edu: there is no command 'lap': choose from start, lab, "
    )


def test_ctrl_c_ends_a_command_in_a_word(monkeypatch, capsys):
    def interrupted(words):
        raise KeyboardInterrupt

    monkeypatch.setitem(cli.COMMANDS, "check", cli.COMMANDS["check"]._replace(run=interrupted))
    assert cli.main(["check"]) == 130
    assert capsys.readouterr().err.strip() == "stopped"


def test_an_unknown_product_is_refused(capsys):
    assert cli.main(["build"]) == 2
    assert "momentum-edu build notebooks" in capsys.readouterr().err


@pytest.fixture
def launched(monkeypatch):
    """The words that JupyterLab would start with."""
    from jupyterlab.labapp import LabApp

    words = []
    monkeypatch.setattr(LabApp, "launch_instance", words.extend)
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "of-the-user")
    return words


def test_lab_hands_its_words_on_and_keeps_to_the_course(launched):
    assert cli.main(["lab", "--no-browser", "--port", "9999"]) == 0
    assert launched == ["--no-browser", "--port", "9999", f"--ServerApp.root_dir={ROOT}"]
    settings, users = os.environ["JUPYTER_CONFIG_PATH"].split(os.pathsep)
    assert users == "of-the-user"
    # The page would keep a button's value where a move of the hand has overtaken it.
    assert "JUPYTER_WIDGETS_ECHO" not in os.environ
    config = json.loads((Path(settings) / "jupyter_server_config.json").read_text())
    assert config["LabApp"]["default_url"] == f"/lab/tree/{cli.FIRST_LESSON.as_posix()}"


def test_lab_says_where_to_start_it_when_there_are_no_lessons(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(cli, "__file__", str(tmp_path / "momentum_edu" / "cli.py"))
    monkeypatch.chdir(tmp_path)
    assert cli.main(["lab"]) == 2
    assert cli.main(["test"]) == 2
    assert cli.main(["check"]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 3
    for line in lines:
        assert line.endswith("go to the course's folder, or make one: momentum-edu start FOLDER")


def test_lessons_are_found_from_a_folder_inside_the_course(monkeypatch, tmp_path):
    monkeypatch.setattr(cli, "__file__", str(tmp_path / "site-packages" / "momentum_edu" / "cli.py"))
    monkeypatch.chdir(ROOT / "notebooks" / "source")
    assert cli.course_root() == ROOT


def test_the_course_around_here_comes_before_the_repository(launched, monkeypatch, tmp_path):
    lesson = tmp_path / cli.FIRST_LESSON
    lesson.parent.mkdir()
    lesson.touch()
    monkeypatch.chdir(lesson.parent)
    assert cli.main(["lab"]) == 0
    assert launched == [f"--ServerApp.root_dir={tmp_path}"]


def test_the_server_settings_name_things_that_exist():
    from jupyter_server.services.kernels.connection.base import BaseKernelWebsocketConnection
    from traitlets.utils.importstring import import_item

    config = json.loads((ROOT / "momentum_edu" / "lab_settings" / "jupyter_server_config.json").read_text())
    name = config["ServerApp"]["kernel_websocket_connection_class"]
    assert issubclass(import_item(name), BaseKernelWebsocketConnection)


# A course in small: one test, one module with a doctest, one lesson.
LESSON = {
    "cells": [
        {
            "cell_type": "code",
            "execution_count": 1,
            "id": "one",
            "metadata": {},
            "outputs": [{"name": "stdout", "output_type": "stream", "text": ["0.1000\n"]}],
            "source": ["print(f'{1 - 0.9:.4f}')"],
        }
    ],
    "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}
RUN_HERE = """
import sys
from pathlib import Path
from momentum_edu import cli
cli.course_root = Path.cwd
sys.exit(cli.main())
"""


@pytest.fixture
def small_course(tmp_path):
    for folder in ("tests", "momentum_edu", "notebooks/solutions"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text(
        '[tool.pytest.ini_options]\naddopts = "--doctest-modules"\nmarkers = ["needs_browser"]\n'
    )
    (tmp_path / "tests" / "conftest.py").write_text((ROOT / "tests" / "conftest.py").read_text())
    (tmp_path / "tests" / "test_one.py").write_text(
        "import pytest\n\ndef test_it(): pass\n\n@pytest.mark.needs_browser\ndef test_page(): pass\n"
    )
    (tmp_path / "momentum_edu" / "one.py").write_text('"""One.\n\n>>> 1 + 1\n2\n"""\n')
    (tmp_path / "notebooks" / "00.ipynb").write_text(json.dumps(LESSON))
    return tmp_path


def run_suite(folder, *words, **environment):
    found = subprocess.run(
        [sys.executable, "-c", RUN_HERE, "test", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        env={**os.environ, "MOMENTUM_EDU_REQUIRE": "", "PYTHONPATH": str(ROOT), **environment},
    )
    return found.returncode, found.stdout + found.stderr


def test_test_runs_tests_doctests_and_lessons_and_says_what_it_left_out(small_course):
    code, out = run_suite(small_course, PATH="/nowhere")
    assert code == 0, out
    assert "left out: 1 test (" in out
    assert out.splitlines()[-1] == "3 passed, 0 failed, 1 left out"


def test_one_wrong_thing_anywhere_fails_the_run(small_course):
    wrong = {
        "notebooks/00.ipynb": ("0.1000", "0.1001"),
        "momentum_edu/one.py": ("\n2\n", "\n3\n"),
        "tests/test_one.py": ("test_it(): pass", "test_it(): assert False"),
    }
    for file, (old, new) in wrong.items():
        text = (small_course / file).read_text()
        assert old in text
        (small_course / file).write_text(text.replace(old, new))
    code, out = run_suite(small_course, "-m", "not needs_browser")
    assert (code, out.splitlines()[-1]) == (1, "0 passed, 3 failed, 0 left out")
    for file in wrong:
        assert f"FAILED {file}::" in out


def test_without_the_repositorys_tests_the_lessons_are_run(small_course):
    for folder in ("tests", "momentum_edu"):
        shutil.rmtree(small_course / folder)
    code, out = run_suite(small_course)
    assert (code, out.splitlines()[-1]) == (0, "1 passed, 0 failed, 0 left out"), out


def test_words_go_to_pytest(small_course):
    code, out = run_suite(small_course, "tests/test_one.py", "-k", "test_it")
    assert (code, out.splitlines()[-1]) == (0, "1 passed, 0 failed, 0 left out")


def test_what_is_required_may_not_be_left_out(small_course):
    code, out = run_suite(small_course, MOMENTUM_EDU_REQUIRE="browser", PATH="/nowhere")
    assert code != 0
    assert "MOMENTUM_EDU_REQUIRE names browser" in out
