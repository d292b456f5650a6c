"""The rules that make slides, on a small lesson."""

import base64
import io
import re
from pathlib import Path

import nbformat
import nbformat.v4 as nb
import numpy as np
import pytest
from PIL import Image

from momentum_edu import cli
from momentum_edu.publishing import handouts, slides
from momentum_edu.publishing.slides_outline import outline
from momentum_edu.publishing.slides_pages import TABLE_ROWS
from momentum_edu.publishing.slides_parts import Picture, finding, halves, parts, questions

ROOT = Path(__file__).parents[1]

OPENING = """\
# 42 · Bells: why does it ring?

**Question.** What rings, and how long?

**Minutes.** 25 to read and run; 45 in a lecture.

**You need.** A bell.

**Objectives.** After this lesson you can

- hear a bell,
- count its swings,
- stop it."""

SECTION = """\
## 1. What people say: "It rings because it is large"

A fair idea, at some length.

### Predict

We strike a bell twice as large. What does it do?

- **A** It rings longer.
- **B** It rings as long."""

EXPLAIN = """\
### Explain

**B.** Size cancels out. More of why.

A paragraph of prose.

**Verdict.** *False.* Ask about the metal.

## Check yourself

**1.** What decides?

<details><summary>Answer</summary>
<p>The metal.</p>
</details>"""

CLOSING = """\
## Key points

- One bell, 2 swings.

## Say it in a lecture

**Ask the room.** "Larger bell?" Then strike it. **In a short hour** skip section 2. Keep section 1.

**What goes wrong.** People hit it too hard.

## Go deeper

- Hemony (1644), *Bells*.

## Exercises

[Exercises](exercises/42_bells.ipynb): strike one."""


def png(width=70, height=38):
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), "white").save(buffer, format="PNG")
    return base64.b64encode(buffer.getvalue()).decode()


def figure_cell(kind="display_data", source='figure, axes = figures.new("It rings", x="step")'):
    size = {"alt": "Loudness falls over 60 steps.", "width": 700, "height": 380}
    data = {"image/png": png(), "text/plain": size["alt"]}
    return nb.new_code_cell(source, outputs=[nb.new_output(kind, data, metadata={"image/png": size})])


def printing_cell(*lines):
    text = "".join(f"{line}\n" for line in lines)
    return nb.new_code_cell("print(secret)", outputs=[nb.new_output("stream", text=text)])


def lesson(*run, section=SECTION):
    guess = nb.new_code_cell('my_guess = "?"')
    cells = [nb.new_markdown_cell(text) for text in (OPENING, section)]
    run_cells = [nb.new_markdown_cell("### Run\n\nWe strike both."), *run]
    after = [nb.new_markdown_cell(text) for text in (EXPLAIN, CLOSING)]
    return nb.new_notebook(cells=[*cells, guess, *run_cells, *after])


def kinds(notebook):
    return [slide.kind for slide in outline(notebook)]


def only(notebook, kind):
    [slide] = [slide for slide in outline(notebook) if slide.kind == kind]
    return slide


def test_a_lesson_becomes_title_goals_section_prediction_figure_answer_check_points_and_end():
    wanted = "title objectives section predict figure statement check points end"
    assert kinds(lesson(figure_cell())) == wanted.split()


def test_the_section_keeps_the_claim_and_its_number_apart():
    section = only(lesson(figure_cell()), "section")
    assert section.heading == "&quot;It rings because it is large&quot;"
    assert section.body == ("<p>Section 1 · What people say</p>",)


def test_the_prediction_has_its_answers_and_the_prose_is_said_not_shown():
    slides_ = outline(lesson(figure_cell()))
    predict = next(slide for slide in slides_ if slide.kind == "predict")
    assert "twice as large" in predict.body[0]
    assert predict.body[1].count("<li>") == 2
    for said in ("A fair idea", "We strike both.", "A paragraph of prose."):
        assert not any(said in "".join(slide.body) for slide in slides_)
        assert sum(said in "".join(slide.notes) for slide in slides_) == 1


def test_a_figure_keeps_alternative_text_finding_and_size():
    page = slides.deck(lesson(figure_cell()), "42_bells")
    [image] = re.findall(r"<img [^>]*>", page)
    assert 'alt="Loudness falls over 60 steps."' in image
    assert "height:630px" in image  # as tall as the page allows: 380 pixels at its own size
    assert '<h2 class="unseen">It rings</h2>' in page


def test_code_is_left_out():
    assert "my_guess" not in slides.deck(lesson(printing_cell("2 swings")), "42_bells")
    assert "secret" not in slides.deck(lesson(printing_cell("2 swings")), "42_bells")


def test_what_is_printed_stands_above_the_answer_unless_a_figure_shows_it():
    printed = printing_cell(
        "your guess: ?; swings: 2 and 2", "your guess: ?", "claim 3, your guess ?, measured F: silence"
    )
    alone = only(lesson(printed), "statement")
    assert alone.body[0] == "<pre>swings: 2 and 2\nmeasured F: silence</pre>"
    with_figure = only(lesson(printed, figure_cell()), "statement")
    assert with_figure.body[0] == "<p>Size cancels out. More of why.</p>"


def test_answer_and_verdict_share_a_slide_while_there_is_room():
    statement = only(lesson(figure_cell()), "statement")
    assert statement.heading == "Answer: B"
    assert statement.body[1:] == ("<h3>Verdict</h3>", "<p><em>False.</em> Ask about the metal.</p>")


def test_what_is_printed_after_the_answer_stands_with_what_it_leads_to():
    notebook = lesson(figure_cell())
    answer, verdict = EXPLAIN.split("A paragraph of prose.")
    notebook.cells[-2:-1] = [
        nb.new_markdown_cell(answer),
        printing_cell("9 %"),
        nb.new_markdown_cell(verdict),
    ]
    assert kinds(notebook).count("statement") == 1  # the figure has shown it
    del notebook.cells[4]
    shown = [slide.body[0] for slide in outline(notebook) if slide.kind == "statement"]
    assert shown == ["<p>Size cancels out. More of why.</p>", "<pre>9 %</pre>"]


def test_what_announces_a_list_stands_with_it_once():
    reasons = EXPLAIN.replace("More of why.", "There are two reasons:\n\n- size,\n- metal.")
    notebook = lesson(figure_cell())
    notebook.cells[-2].source = reasons
    shown = only(notebook, "statement").body
    assert shown[:2] == ("<p>Size cancels out.</p>", "<p>There are two reasons:</p>")
    assert "<li>size</li>" in shown[2]
    notebook.cells[-2].source = reasons.replace("Size cancels out. ", "")
    assert only(notebook, "statement").body[:2] == ("<p>There are two reasons:</p>", shown[2])


def test_the_lecturers_notes_go_to_the_title_and_what_names_a_section_to_that_section():
    title, section = only(lesson(figure_cell()), "title"), only(lesson(figure_cell()), "section")
    assert "Larger bell?" in title.notes[0]
    assert "hit it too hard" in title.notes[1]
    assert section.notes[0] == "<p><strong>In a short hour</strong> skip section 2. Keep section 1.</p>"


def test_the_answer_to_a_question_comes_with_the_next_key():
    check = only(lesson(figure_cell()), "check")
    assert check.body == ("<p>What decides?</p>", '<div class="fragment"><p>The metal.</p></div>')


def test_answers_in_markdown_are_read_like_answers_in_html():
    text = "## Check yourself\n\n**1.** What?\n\nAnd why?\n\n"
    text += "<details><summary>Answer</summary>\n\nThe *metal*.\n\n</details>"
    [part] = parts(nb.new_notebook(cells=[nb.new_markdown_cell(text)]))
    assert list(questions(part)) == [("<p>What?</p><p>And why?</p>", "<p>The <em>metal</em>.</p>")]


def test_a_long_table_is_cut_into_equal_pages_each_with_its_head():
    rows = "\n".join(f"| {number} | row |" for number in range(TABLE_ROWS + 2))
    section = SECTION.replace("### Predict", f"| Sign | Meaning |\n|---|---|\n{rows}\n\n### Predict")
    tables = [
        slide.body[0] for slide in outline(lesson(figure_cell(), section=section)) if slide.kind == "table"
    ]
    assert [table.count("<tr>") - 1 for table in tables] == [TABLE_ROWS // 2 + 1] * 2
    assert all("Meaning" in table for table in tables)


def test_a_live_picture_says_where_it_lives_and_links_only_to_what_is_there(tmp_path, monkeypatch):
    monkeypatch.setattr(slides, "print_pdf", lambda page, target: None)
    monkeypatch.setattr(slides, "copy_reveal", lambda target: target.mkdir(parents=True))
    notebook = lesson(figure_cell("execute_result", "explorers.overshoot()"))
    for output in notebook.cells[4].outputs:
        output.execution_count = 1
    path = tmp_path / "42_bells.ipynb"
    path.write_text(nbformat.writes(notebook))
    slides.build([path], tmp_path / "alone")
    (tmp_path / "whole" / "lite").mkdir(parents=True)
    slides.build([path], tmp_path / "whole")
    alone, whole = ((tmp_path / name / "slides/42_bells.html").read_text() for name in ("alone", "whole"))
    assert "Live, with sliders: in lesson 42" in alone
    assert 'href="../lite' not in alone
    assert (
        '<a href="../lite/notebooks/index.html?path=42_bells.ipynb" target="_blank">open lesson 42</a>'
        in whole
    )


def test_a_tall_picture_is_cut_where_nothing_is_drawn_and_loses_no_line():
    pixels = np.zeros((100, 40, 3), dtype=np.uint8)
    pixels[47:49] = 255  # the only white lines near the middle
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format="PNG")
    whole = Picture(base64.b64encode(buffer.getvalue()).decode(), "All.", 40, 100, "It", live=False)
    upper, lower = halves(whole)
    read = [np.asarray(Image.open(io.BytesIO(base64.b64decode(half.png)))) for half in (upper, lower)]
    assert np.array_equal(np.concatenate(read), pixels)
    assert upper.height in (47, 48)
    assert (upper.alt, lower.finding) == ("Upper half. All.", "It (lower half)")


def test_computed_titles_are_not_guessed():
    assert finding("figure, panels = figures.new(*[f'{n}' for n in range(3)])") == ""


def test_without_a_browser_the_decks_are_there_and_one_line_says_what_to_install(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(handouts.shutil, "which", lambda name: None)
    monkeypatch.setattr(slides, "copy_reveal", lambda target: target.mkdir(parents=True))
    monkeypatch.setattr(slides, "deck", lambda notebook, name, live: "<aside>")
    monkeypatch.setattr(slides, "handout", lambda notebook, name: "")
    monkeypatch.chdir(ROOT)
    assert cli.main(["build", "slides", "00", "--output", str(tmp_path)]) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert (tmp_path / "slides" / "00_start_here.html").exists()
    with pytest.raises(Exception, match="Chromium, Chrome or Edge: install one"):
        handouts.browser()


def test_without_the_packages_one_line_says_what_to_install(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(slides.importlib.util, "find_spec", lambda name: None)
    monkeypatch.chdir(ROOT)
    assert cli.main(["build", "slides", "--output", str(tmp_path)]) == 1
    assert (
        capsys.readouterr().err == "slides need two packages more: pip install sphinx-revealjs latex2mathml\n"
    )
