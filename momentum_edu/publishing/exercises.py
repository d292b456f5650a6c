"""Exercise notebooks from their solved sources: ``momentum-edu build exercises [NAMES...] [--check]``.

An exercise notebook is edited in one place, the solved script ``notebooks/source/exercises/NAME.py``. From
it come ``notebooks/solutions/NAME.ipynb``, executed, and ``notebooks/exercises/NAME.ipynb``, where a stub
stands in place of what lies between the markers of nbgrader. In both, each check cell keeps the saved
output of the solved state, so plain nbval passes the second only once it is solved.
"""

import argparse
import copy
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nbformat

from momentum_edu.exercises.check import exercises
from momentum_edu.publishing.guards import Notebook, output_problems
from momentum_edu.publishing.kernel import BuildError, execute
from momentum_edu.publishing.notebooks import (
    LESSON,
    checkout,
    chosen,
    differences,
    read_notebook,
    read_source,
    tidy,
    write,
)

_REGION = re.compile(r"^( *)### BEGIN SOLUTION\n(.*?)^ *### END SOLUTION(?:\n|\Z)", re.MULTILINE | re.DOTALL)


def read_solved(script: Path) -> Notebook:
    """Read a solved source, with nbgrader's metadata on its answer and check cells.

    In the script a cell that opens with ``# %% answer="NAME"`` holds the answer of an exercise, one with
    ``# %% check="NAME"`` its check.
    """
    notebook = read_source(script)
    for cell in notebook.cells:
        if name := cell.metadata.pop("answer", ""):
            cell.id = name
            cell.metadata["nbgrader"] = _nbgrader(name, solution=True)
        elif name := cell.metadata.pop("check", ""):
            cell.id = f"{name}-check"
            cell.metadata["nbgrader"] = _nbgrader(cell.id, solution=False) | {"points": 1}
            cell.metadata |= {"editable": False, "deletable": False}
    return notebook


def _nbgrader(grade_id: str, *, solution: bool) -> dict[str, Any]:
    return {
        "schema_version": 3,
        "grade_id": grade_id,
        "solution": solution,
        "grade": not solution,
        "locked": not solution,
        "task": False,
    }


def unsolved(notebook: Notebook) -> Notebook:
    """Return the learner's version: a stub in place of each solution, all outputs as they are."""
    learners = copy.deepcopy(notebook)
    for cell in learners.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            before, indent, after = _around(cell.source)
            cell.source = f"{before}{_stub(indent, cell.id)}{after}".rstrip("\n")
    return learners


def _around(source: str) -> tuple[str, str, str]:
    """Return what stands before the solution, its indentation, and what stands after it."""
    region = _REGION.search(source)
    assert region is not None, "make() has found one"
    return source[: region.start()], region[1], source[region.end() :]


def _stub(indent: str, name: str) -> str:
    if not indent:
        return f"{name} = ...  # YOUR ANSWER HERE\n"
    return f"{indent}# YOUR CODE HERE\n{indent}raise NotImplementedError\n"


def make(script: Path, folder: Path) -> Notebook:
    """Read, execute, tidy and examine one solved notebook; `folder` is where it runs.

    Raises
    ------
    BuildError
        With one line a finding, when it must not be published.
    """
    notebook = read_solved(script)
    execute(notebook, folder)
    tidy(notebook)
    nbformat.validate(notebook)
    if problems := output_problems(notebook) + exercise_problems(notebook, script.stem):
        raise BuildError("\n  ".join(problems))
    return notebook


def exercise_problems(notebook: Notebook, lesson: str) -> list[str]:
    """Say where a solved notebook does not hold the lesson's exercises, each with its answer and check."""
    wanted = [part for exercise in exercises(lesson) for part in (exercise.name, f"{exercise.name}-check")]
    found = [cell.id for cell in notebook.cells if "nbgrader" in cell.metadata]
    problems = [] if found == wanted else [f"answer and check cells must be {wanted}; got {found}"]
    for cell in notebook.cells:
        parts = cell.metadata.get("nbgrader", {})
        if parts.get("solution") and len(_REGION.findall(cell.source)) != 1:
            problems.append(f"{cell.id}: one solution must stand between the markers")
        if parts.get("grade"):
            name = cell.id.removesuffix("-check")
            if [output.get("text") for output in cell.outputs] != [f"{name}: correct\n"]:
                problems.append(f"{cell.id}: its saved output must be the solved state's alone")
    return problems


def sources(root: Path) -> list[Path]:
    """List the sources of the exercise notebooks in the checkout `root`, in the order of the course."""
    folder = root / "notebooks" / "source" / "exercises"
    return sorted(path for path in folder.glob("*.py") if LESSON.fullmatch(path.stem))


def main(argv: Sequence[str] | None = None) -> int:
    """Build the named exercise notebooks, or all; return 0, or 1 when one failed or differs (--check)."""
    parser = argparse.ArgumentParser(prog="momentum-edu build exercises", description=main.__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="a lesson, such as 03_overshoot or 03 (default: all)"
    )
    parser.add_argument("--check", action="store_true", help="write nothing; say what differs")
    options = parser.parse_args(argv)
    try:
        root = checkout(Path.cwd())
        scripts = chosen(sources(root), options.names)
    except (FileNotFoundError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return max([_build_one(script, root / "notebooks", check=options.check) for script in scripts], default=0)


def _build_one(script: Path, folder: Path, *, check: bool) -> int:
    try:
        solved = make(script, folder / "solutions")
    except BuildError as error:
        print(f"exercises/{script.stem}: not built\n  {error}", file=sys.stderr)
        return 1
    state = 0
    for kind, notebook in (("solutions", solved), ("exercises", unsolved(solved))):
        target = folder / kind / f"{script.stem}.ipynb"
        found = differences(read_notebook(target), notebook) if target.exists() else ["not built yet"]
        if found and check:
            print("\n  ".join([f"{kind}/{script.stem}: differs", *found]))
            state = 1
        elif found:
            write(notebook, target)
            print(f"{kind}/{script.stem}: written")
        else:
            print(f"{kind}/{script.stem}: up to date")
    return state
