"""The slides of every lesson show what its own text asks, finds and concludes."""

import re
from pathlib import Path

import pytest

from momentum_edu.publishing.notebooks import read_notebook
from momentum_edu.publishing.slides_outline import outline

LESSONS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
each_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)


@pytest.mark.needs_site
@each_lesson
def test_every_lesson_shows_all_it_asks_finds_and_concludes(path):
    notebook = read_notebook(path)
    made = outline(notebook)
    prose = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    alts = [
        output.metadata["image/png"]["alt"] for output in outputs if "image/png" in output.get("data", {})
    ]
    seen = [re.sub(r"^(Upper|Lower) half\. ", "", slide.picture.alt) for slide in made if slide.picture]
    assert list(dict.fromkeys(seen)) == alts
    count = {kind: sum(slide.kind == kind for slide in made) for kind in ("predict", "check", "title", "end")}
    assert count["predict"] == len(re.findall(r"^### Predict$", prose, re.MULTILINE))
    assert count["check"] == prose.count("<details>")
    assert count["title"] == count["end"] == 1
    points = prose.partition("\n## Key points\n")[2].partition("\n## ")[0]
    shown = sum("".join(slide.body).count("<li>") for slide in made if slide.kind == "points")
    assert shown == len(re.findall(r"^- ", points, re.MULTILINE))
    spoken = [slide for slide in made if slide.kind in ("title", "section", "figure", "points", "end")]
    silent = [(slide.kind, slide.heading) for slide in spoken if not slide.notes]
    assert silent == [], (
        "no speaker notes: they come from Say it in a lecture, and from the text before a figure"
    )


@pytest.mark.needs_site
@each_lesson
def test_no_verdict_is_cut_to_half_its_truth(path):
    notebook = read_notebook(path)
    prose = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    shown = " ".join("".join(slide.body) for slide in outline(notebook) if slide.kind == "statement")
    for verdict in re.findall(r"^\*\*Verdict.*?(?:\n\n|\Z)", prose, re.MULTILINE | re.DOTALL):
        for judged in re.findall(r"(?<!\*)\*((?:true|false)[^*$]*)\*", verdict, re.IGNORECASE):
            assert f"<em>{judged}</em>".replace("\n", " ") in shown.replace("\n", " ")
