"""What a saved notebook must keep to, so that a test of it means something.

nbval compares outputs only where there is something to compare: a cell without an execution count, a picture
without text, a skipped cell all pass unseen. Each function here takes a notebook and returns what is wrong
with it, one plain line a finding, and an empty list for a sound one. Nothing is executed.
"""

import ast
import re
from statistics import median
from typing import Any

Notebook = Any  # nbformat.NotebookNode carries no types

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
OPENING = ("Question.", "Minutes.", "You need.", "Objectives.")
CLOSING = ("Key points", "Say it in a lecture", "Go deeper", "Exercises")
RHYTHM = ("Predict", "Run", "Explain")
LECTURE = ("Ask the room.", "What goes wrong.", "In a short hour")
LONGEST_CELL = 20  # lines of code
MEDIAN_CELL = (3, 5)  # lines of code

_PATH = re.compile(r"(?<![\w/:.<])/[\w.-]+/[\w./-]+|(?<!\w)[A-Za-z]:\\\w+")
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{4,}")
_SKIPPED = re.compile(r"NBVAL_|PYTEST_VALIDATE_IGNORE_OUTPUT|nbval-|raises-exception|skip-execution")
_OBJECT = re.compile(r"<.*>", re.DOTALL)
_BARE_REPR = re.compile(r"<.*>|\w+\(.*\)", re.DOTALL)
_HEADING = re.compile(r"^(#+)\s+(.*?)\s*$", re.MULTILINE)


def place(cell: Any, number: int) -> str:
    """Name a cell by its number (from 1) and its first line.

    >>> place({"source": "import numpy"}, 3)
    'cell 3 (import numpy)'
    """
    lines = str(cell["source"]).strip().splitlines()
    return f"cell {number} ({lines[0][:60] if lines else 'empty'})"


def output_problems(notebook: Notebook) -> list[str]:
    """Say where the saved outputs could pass a test unseen, or would not replay elsewhere."""
    problems = []
    expected_count = 0
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type != "code":
            continue
        expected_count += 1
        found = []
        if cell.execution_count != expected_count:
            found.append(f"execution count is {cell.execution_count}, not {expected_count}: not run in order")
        if _SKIPPED.search(f"{cell.source}\n{cell.metadata}"):
            found.append("is marked to be skipped or to raise")
        for output in cell.outputs:
            found += _one_output(output)
        problems += [f"{place(cell, number)}: {problem}" for problem in found]
    return problems


def _one_output(output: Any) -> list[str]:
    if output.output_type == "error":
        return [f"raised {output.ename}: {output.evalue}"]
    if output.output_type == "stream":
        if output.name == "stderr":
            return [f"wrote to stderr: {output.text.strip()}"]
        return _unstable(output.text)
    problems = []
    if set(output.data) == {"text/plain"} and _OBJECT.fullmatch(output.data["text/plain"]):
        problems.append(
            f"shows {output.data['text/plain']}; a figure is shown by figures.show(figure, alt=...)"
        )
    for kind, content in output.data.items():
        if kind.startswith("text/") or kind == "image/svg+xml":
            problems += _unstable(str(content))
    if WIDGET_VIEW in output.data:
        problems.append("keeps a widget view, which no reader without a kernel can see")
    if "image/png" in output.data:
        problems += _picture(output)
    return problems


def _unstable(text: str) -> list[str]:
    problems = [f"shows a path of this machine: {found}" for found in _PATH.findall(text)]
    return problems + [f"shows a memory address: {found}" for found in _ADDRESS.findall(text)]


def _picture(output: Any) -> list[str]:
    problems = []
    alt = output.metadata.get("image/png", {}).get("alt", "")
    if not (alt[:1].isupper() and alt.endswith(".") and len(alt.split()) >= 6):
        problems.append(f"has a picture whose alternative text is no sentence: {alt!r}")
    # nbval does not compare pixels, so the numbers behind a picture must stand in its text.
    text = output.data.get("text/plain", "")
    if not text or _BARE_REPR.fullmatch(text):
        problems.append(f"has a picture without a text that says what it shows: {text[:60]!r}")
    return problems


def form_problems(notebook: Notebook) -> list[str]:
    """Say where a lesson leaves the common form (``notebooks/source/template.py``)."""
    prose = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    code = {number: cell for number, cell in enumerate(notebook.cells, 1) if cell.cell_type == "code"}
    return _opening(notebook.cells[0]) + _rhythm(prose) + _closing(prose) + _code(code)


def _opening(cell: Any) -> list[str]:
    if cell.cell_type != "markdown" or not cell.source.startswith("# "):
        return ["the first cell must be text and begin with the lesson's title (# ...)"]
    problems = []
    where = [cell.source.find(f"**{name}**") for name in OPENING]
    if -1 in where or where != sorted(where):
        problems.append(f"the first cell must say, in this order: {', '.join(OPENING)}")
    objectives = cell.source.partition("**Objectives.**")[2]
    count = len(re.findall(r"^- ", objectives, re.MULTILINE))
    if not 3 <= count <= 5:
        problems.append(f"a lesson has 3 to 5 objectives; got {count}")
    return problems


def _rhythm(prose: str) -> list[str]:
    beats = [title for _, title in _HEADING.findall(prose) if title in RHYTHM]
    if not beats:
        return ["nothing is predicted: ### Predict, ### Run, ### Explain are missing"]
    wanted = list(RHYTHM) * (len(beats) // len(RHYTHM) or 1)
    return [] if beats == wanted else [f"predict, run, explain must follow one another; got {beats}"]


def _closing(prose: str) -> list[str]:
    titles = [title for level, title in _HEADING.findall(prose) if level == "##"]
    if tuple(titles[-len(CLOSING) :]) != CLOSING:
        return [f"the last sections must be: {', '.join(CLOSING)}; got {titles[-len(CLOSING) :]}"]
    points = _section(prose, "Key points")
    bullets = re.findall(r"^- (.*(?:\n(?!- |\n).*)*)", points, re.MULTILINE)
    problems = [] if bullets else ["there are no key points"]
    problems += [f"a key point has no number: {text}" for text in bullets if not re.search(r"\d", text)]
    lecture = _section(prose, "Say it in a lecture")
    missing = [words for words in LECTURE if not re.search(rf"\*\*{words}".replace(" ", r"\s+"), lecture)]
    return problems + [f"Say it in a lecture must have **{words}**" for words in missing]


def _section(prose: str, title: str) -> str:
    after = prose.partition(f"\n## {title}\n")[2]
    return after.partition("\n## ")[0]


def _code(cells: dict[int, Any]) -> list[str]:
    if not cells:
        return ["there is no code"]
    problems = []
    lengths = [sum(bool(line.strip()) for line in cell.source.splitlines()) for cell in cells.values()]
    for (number, cell), count in zip(cells.items(), lengths, strict=True):
        if count > LONGEST_CELL:
            problems.append(f"{place(cell, number)} has {count} lines, more than {LONGEST_CELL}")
    low, high = MEDIAN_CELL
    if not low <= median(lengths) <= high:
        problems.append(f"the median code cell has {median(lengths)} lines, wanted {low} to {high}")
    trees = [ast.parse(cell.source) for cell in cells.values()]
    imports = [[isinstance(node, ast.Import | ast.ImportFrom) for node in ast.walk(tree)] for tree in trees]
    if not any(imports[0]) or any(any(found) for found in imports[1:]):
        problems.append("imports belong in the first code cell, all of them and nowhere else")
    if not any(isinstance(node, ast.Assert) for tree in trees for node in ast.walk(tree)):
        problems.append("nothing is asserted: no claim is decided")
    return problems
