"""The command line: ``momentum-edu start | lab | check | diagnose | test | build``.

Each command is one function from its words to an exit code, and one row of ``COMMANDS``. What a command
needs is imported when it runs, so that ``--help`` answers at once.
"""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from momentum_edu import __version__
from momentum_edu.start import FIRST_LESSON, NO_COURSE
from momentum_edu.start import main as start_course


def open_lab(words: Sequence[str]) -> int:
    """Open JupyterLab on the first lesson, or on the notebook that is named."""
    root = course_root()
    if root is None:
        return complain(NO_COURSE)
    # Settings of this course's server only; they leave the user's own as they are.
    settings = [str(Path(__file__).parent / "lab_settings"), os.environ.get("JUPYTER_CONFIG_PATH", "")]
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, settings))

    from jupyterlab.labapp import LabApp

    print("JupyterLab starts. Leave this window open; Ctrl-C here ends it.", flush=True)
    LabApp.launch_instance([*words, f"--ServerApp.root_dir={root}"])
    return 0


def run_tests(words: Sequence[str]) -> int:
    """Run every test of the course; other words go to pytest."""
    root = course_root()
    if root is None:
        return complain(NO_COURSE)

    import pytest

    given = [str(Path(word).resolve()) if is_path(word) else word for word in words]
    os.chdir(root)
    ours = [folder for folder in ("tests", "momentum_edu") if Path(folder).is_dir()]  # in the repository only
    paths = [] if any(map(is_path, words)) else [*ours, *notebooks()]
    tally = Tally()
    code = int(pytest.main([*NBVAL, *paths, *given], plugins=[tally]))
    if tally.ran:
        print(tally.line)
    return code


NBVAL = (
    "--nbval",
    "--nbval-current-env",
    "--nbval-cell-timeout=120",
    "--runxfail",  # after a cell's time-out nbval expects the later cells to fail, and would call that a pass
)


def notebooks() -> list[str]:
    """Return the notebooks whose saved outputs must come out again: lessons and solutions."""
    return [
        str(path)
        for folder in ("notebooks", "notebooks/solutions")
        for path in sorted(Path(folder).glob("*.ipynb"))
    ]


def is_path(word: str) -> bool:
    """Tell a test file or notebook, perhaps with ``::name``, from a value of an option such as ``-k``."""
    name = word.split("::")[0]
    return (
        not word.startswith("-") and (name.endswith((".py", ".ipynb")) or "/" in name) and Path(name).exists()
    )


class Tally:
    """A pytest plugin that keeps the numbers for one plain last line."""

    ran = False
    line = ""

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Count what pytest reports."""
        counts = {key: len(reports) for key, reports in terminalreporter.stats.items()}
        failed = counts.get("failed", 0) + counts.get("error", 0)
        self.ran = True
        self.line = f"{counts.get('passed', 0)} passed, {failed} failed, {counts.get('skipped', 0)} left out"


def run_benchmarks(words: Sequence[str]) -> int:
    """Measure the library's speed as ratios against named peers; other words go to pytest."""
    root = course_root()
    if root is None or not (root / "benchmarks").is_dir():
        return complain("there are no benchmarks here: they come with the repository, not with the package")

    import pytest

    os.chdir(root)
    return int(pytest.main(["benchmarks", "-q", "--benchmark-quiet", "-p", "no:cacheprovider", *words]))


def build_product(words: Sequence[str]) -> int:
    """Make one of the course's products from its sources."""
    root = course_root()
    if root is None or not (root / "notebooks" / "source").is_dir():
        return complain("there are no sources here: they come with the repository, not with the package")
    what, *rest = words or [""]
    if what == "notebooks":
        from momentum_edu.publishing.notebooks import main as build_notebooks

        return build_notebooks(rest)
    if what == "exercises":
        from momentum_edu.publishing.exercises import main as build_exercises

        return build_exercises(rest)
    if what == "site":
        from momentum_edu.publishing.site import main as build_site

        return build_site(rest)
    if what == "slides":
        from momentum_edu.publishing.slides import main as build_slides

        return build_slides(rest)
    return complain("what is to be built? momentum-edu build notebooks, exercises, site, or slides")


def check_exercises(words: Sequence[str]) -> int:
    """Check exercise notebooks: one, or the whole course."""
    from momentum_edu.classroom.command import main as check

    root = course_root()
    return check(words, root and root / "notebooks")


def diagnose_log(words: Sequence[str]) -> int:
    """Say what a training log shows and what helps."""
    from momentum_edu.diagnosis.command import main as diagnose

    return diagnose(words)


class Command(NamedTuple):
    """What the command line knows of one command."""

    run: Callable[[Sequence[str]], int]
    summary: str


COMMANDS = {
    "start": Command(start_course, "put the course into a folder of your own"),
    "lab": Command(open_lab, "open the lessons in JupyterLab (options go to JupyterLab)"),
    "check": Command(check_exercises, "say which exercises are solved, and what is wrong with the others"),
    "diagnose": Command(diagnose_log, "say what a training log shows, and what helps"),
    "test": Command(run_tests, "run every test of the course, lessons too (options go to pytest)"),
    "benchmark": Command(run_benchmarks, "measure speed as ratios (needs pytest-benchmark and PyTorch)"),
    "build": Command(build_product, "make notebooks, exercises, slides or the site from their sources"),
}

EXAMPLES = """\
examples:
  momentum-edu start course                     all lessons and exercises in a new folder
  momentum-edu lab                              start with lesson 00
  momentum-edu lab --no-browser --port 9999     only print the address
  momentum-edu check                            how far you are in the course
  momentum-edu check notebooks/exercises/03_overshoot.ipynb
  momentum-edu diagnose log.csv --learning-rate 0.1 --beta 0.9 --picture diagnosis.png
  momentum-edu test                             everything
  momentum-edu test -k rules                    the tests of the update rules
  momentum-edu build notebooks                  all lessons from notebooks/source
  momentum-edu build exercises 03               the exercises of lesson 03 and their solutions
  momentum-edu build slides 03                  its slides and its handout, in site/
  momentum-edu build site                       all of it as one folder for any web server"""


def help_text() -> str:
    """Return what ``--help`` prints."""
    rows = "\n".join(f"  {name:<11}{command.summary}" for name, command in COMMANDS.items())
    return f"""\
momentum-edu {__version__}: a measured course on momentum in gradient descent

usage: momentum-edu COMMAND ...
In the course's folder `python3 course.py COMMAND ...` does the same, in any terminal.

{rows}

{EXAMPLES}"""


def course_root() -> Path | None:
    """Return the folder with the lessons: this one, one around it, or else the repository of the package."""
    here = Path.cwd()
    for folder in (here, *here.parents, Path(__file__).resolve().parents[1]):
        if (folder / FIRST_LESSON).is_file():
            return folder
    return None


def complain(message: str) -> int:
    """Say in one line what is wrong, and return the exit code of a wrong call."""
    print(f"momentum-edu: {message}", file=sys.stderr)
    return 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command that the words name.

    Parameters
    ----------
    argv : sequence of str, optional
        The words after ``momentum-edu``; by default those of this process.

    Returns
    -------
    int
        The exit code: 0 where all is well.

    Examples
    --------
    >>> main(["--version"])
    momentum-edu 1.0.0
    0
    """
    words = list(sys.argv[1:] if argv is None else argv)
    if not words or words[0] in ("-h", "--help", "help"):
        print(help_text())
        return 0
    if words[0] == "--version":
        print(f"momentum-edu {__version__}")
        return 0
    if words[0] not in COMMANDS:
        return complain(f"there is no command {words[0]!r}: choose from {', '.join(COMMANDS)}")
    # For the course's small matrices a second BLAS thread costs more than it brings; kernels inherit this.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    try:
        return COMMANDS[words[0]].run(words[1:])
    except KeyboardInterrupt:
        print("\nstopped", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
