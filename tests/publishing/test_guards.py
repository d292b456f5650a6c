"""Each guard bites: a sound notebook is broken in one way, and that way is named."""

import copy

import pytest

from momentum_edu.publishing.guards import WIDGET_VIEW, form_problems, output_problems
from momentum_edu.publishing.notebooks import differences, read_notebook, read_source


@pytest.fixture(scope="module")
def sound(checkout):
    return read_notebook(checkout / "notebooks" / "01_form.ipynb")


@pytest.fixture
def notebook(sound):
    return copy.deepcopy(sound)


def cell_with(notebook, text):
    return next(cell for cell in notebook.cells if text in cell.source)


def picture(notebook):
    return cell_with(notebook, "figures.show").outputs[0]


def printed(notebook):
    return cell_with(notebook, "mean_lag =").outputs[0]


def clear(notebook):
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.execution_count, cell.outputs = None, []


def error_output(notebook):
    printed(notebook).update(output_type="error", ename="ValueError", evalue="no", traceback=[])


def code_as_markdown(notebook):
    cell_with(notebook, "assert").cell_type = "markdown"


def remove(text):
    def removed(notebook):
        notebook.cells.remove(cell_with(notebook, text))

    return removed


def replace(old, new):
    def replaced(notebook):
        cell = cell_with(notebook, old)
        cell.source = cell.source.replace(old, new)

    return replaced


BROKEN_OUTPUTS = {
    "all outputs cleared": (clear, "not run in order"),
    "one cell not run": (
        lambda nb: cell_with(nb, "beta = 0.9\n").update(execution_count=None),
        "not run in order",
    ),
    "run out of order": (lambda nb: cell_with(nb, "beta = 0.9\n").update(execution_count=9), "is 9, not 3"),
    "marked to be skipped": (replace("my_guess = ", "# NBVAL_SKIP\nmy_guess = "), "to be skipped"),
    "tagged as raising": (
        lambda nb: cell_with(nb, "assert").metadata.update(tags=["raises-exception"]),
        "to be skipped or to raise",
    ),
    "an error kept": (error_output, "raised ValueError: no"),
    "a warning kept": (
        lambda nb: printed(nb).update(name="stderr", text="Warning: x"),
        "wrote to stderr: Warning",
    ),
    "a path shown": (
        lambda nb: printed(nb).update(text="see /home/ada/digits.csv"),
        "path of this machine: /home/ada",
    ),
    "a Windows path shown": (
        lambda nb: printed(nb).update(text="see C:\\Users\\ada"),
        "path of this machine: C:",
    ),
    "an address shown": (
        lambda nb: picture(nb).data.update({"text/plain": "f at 0x7f3a"}),
        "address: 0x7f3a",
    ),
    "a picture without words": (
        lambda nb: picture(nb).metadata.clear(),
        "alternative text is no sentence: ''",
    ),
    "a picture with a file name": (
        lambda nb: picture(nb).metadata["image/png"].update(alt="weights.png"),
        "alternative text is no sentence: 'weights.png'",
    ),
    "a picture that nbval cannot see": (
        lambda nb: picture(nb).data.pop("text/plain"),
        "picture without a text",
    ),
    "a picture known by its size only": (
        lambda nb: picture(nb).data.update({"text/plain": "<Figure size 640x480 with 1 Axes>"}),
        "picture without a text",
    ),
    "a figure that is not shown": (
        lambda nb: picture(nb).update(data={"text/plain": "<Figure size 640x480 with 1 Axes>"}),
        "a figure is shown by figures.show",
    ),
    "a dead widget": (
        lambda nb: picture(nb).data.update({WIDGET_VIEW: {"model_id": "1"}}),
        "keeps a widget view",
    ),
}

BROKEN_FORM = {
    "no title": (replace("# 01", "01"), "begin with the lesson's title"),
    "no question": (replace("**Question.**", "**Why?**"), "must say, in this order: Question."),
    "no minutes": (replace("**Minutes.**", "**Time.**"), "Minutes."),
    "needs left out": (replace("**You need.**", "**Need.**"), "You need."),
    "two objectives": (replace("- rely on", "and rely on"), "3 to 5 objectives; got 2"),
    "nothing predicted": (
        replace("### Predict", "### Try"),
        "must follow one another; got ['Run', 'Explain']",
    ),
    "nothing explained": (replace("### Explain", "### And so"), "got ['Predict', 'Run']"),
    "run before predict": (replace("### Predict", "### Run"), "got ['Run', 'Run', 'Explain']"),
    "a key point without a number": (replace("here 1 of 1", "here"), "a key point has no number"),
    "no key points": (remove("## Key points"), "the last sections must be"),
    "no lecturer's notes": (remove("## Say it in a lecture"), "the last sections must be"),
    "no usual mistake": (replace("**What goes wrong.**", "Mistakes:"), "must have **What goes wrong.**"),
    "nothing deeper": (remove("## Go deeper"), "the last sections must be"),
    "no way to the exercises": (remove("## Exercises"), "the last sections must be"),
    "a long cell": (
        replace("beta = 0.9\n", "beta = 0.9\n" * 19),
        "cell 6 (beta = 0.9) has 22 lines, more than 20",
    ),
    "only one-line cells": (
        lambda nb: [cell.update(source="x = 1") for cell in nb.cells[2:] if cell.cell_type == "code"],
        "the median code cell has 1",
    ),
    "an import further down": (
        replace("ages = ", "import math\n\nages = "),
        "imports belong in the first code cell",
    ),
    "nothing asserted": (replace("assert abs(mean_lag - 9) < 1e-6", ""), "nothing is asserted"),
    "the deciding cell turned into text": (code_as_markdown, "nothing is asserted"),
}


def test_the_sound_notebook_is_sound(sound):
    assert output_problems(sound) == []
    assert form_problems(sound) == []


@pytest.mark.parametrize(("harm", "named"), BROKEN_OUTPUTS.values(), ids=BROKEN_OUTPUTS)
def test_broken_outputs_are_named(notebook, harm, named):
    harm(notebook)
    assert any(named in problem for problem in output_problems(notebook))


@pytest.mark.parametrize(("harm", "named"), BROKEN_FORM.values(), ids=BROKEN_FORM)
def test_a_broken_form_is_named(notebook, harm, named):
    harm(notebook)
    assert any(named in problem for problem in form_problems(notebook))


@pytest.mark.parametrize(
    ("harm", "named"),
    [
        (remove("mean_lag ="), "13 cells saved, 14 in the source"),
        (replace("< 1e-6", "< 1e6"), "source differ"),
        (code_as_markdown, "cell_type differ"),
        (lambda nb: nb.cells[3].metadata.update(tags=["nbval-skip"]), "metadata differ"),
        (lambda nb: nb.metadata.kernelspec.update(name="mine"), "notebook metadata differ"),
    ],
    ids=["deciding cell deleted", "assertion loosened", "turned into text", "cell tagged", "other kernel"],
)
def test_a_notebook_that_left_its_source_is_named(checkout, notebook, harm, named):
    source = read_source(checkout / "notebooks" / "source" / "01_form.py")
    assert differences(notebook, source, outputs=False) == []
    harm(notebook)
    assert any(named in problem for problem in differences(notebook, source, outputs=False))
