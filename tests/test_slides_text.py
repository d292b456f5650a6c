"""Markdown cut into blocks and sentences, and its formulas as MathML."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from momentum_edu.publishing.notebooks import read_notebook
from momentum_edu.publishing.slides_pages import list_pages
from momentum_edu.publishing.slides_text import blocks, lead, sentences, tail

LESSONS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))


def test_sentences_are_not_cut_inside_brackets_emphasis_or_quotations():
    text = '*One. Two.* "Three? Four." (Five. Six.) It is 0.5 here. Seven'
    assert sentences(text) == ["*One. Two.*", '"Three? Four."', "(Five. Six.)", "It is 0.5 here.", "Seven"]
    assert lead("A b. C d. E f.", 4) == "A b. C d."
    assert tail("A b. C d. E f.", 4) == "C d. E f."


def test_what_is_cut_short_does_not_end_in_a_question_that_the_rest_would_answer():
    assert lead("One two. Why? Where? For a reason of many words.", 5) == "One two."
    assert lead("One two. Why? Because.", 5) == "One two. Why? Because."
    assert lead("Why? For a reason of many words.", 3) == "Why?"


def test_links_into_the_course_become_words_and_links_outside_stay():
    [block] = blocks("[here](01_update_rule.ipynb) and [there](https://distill.pub/2017/momentum)")
    assert block.html == '<p>here and <a href="https://distill.pub/2017/momentum">there</a></p>'


@pytest.mark.needs_site
@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_every_formula_becomes_sound_mathml(path):
    text = "\n\n".join(cell.source for cell in read_notebook(path).cells if cell.cell_type == "markdown")
    html = "".join(block.html for block in blocks(text))
    formulas = re.findall(r"<math .*?</math>", html, re.DOTALL)
    assert len(formulas) == len(re.findall(r"\$\$.+?\$\$|\$[^$]+\$", text, re.DOTALL))
    for formula in formulas:
        assert "\\" not in "".join(ElementTree.fromstring(formula).itertext()), formula


def test_a_long_list_is_shared_out_evenly_and_its_numbers_go_on():
    [block] = blocks("\n".join(f"{number}. {'word ' * 30}" for number in range(1, 5)))
    pages = list_pages(block, room=95)  # three would fit on the first
    assert [page.count("<li>") for page in pages] == [2, 2]
    assert [page[:14] for page in pages] == ["<ol><li>word w", '<ol start="3">']
    [single] = list_pages(block, room=500)
    assert single.count("<li>") == 4


@pytest.mark.needs_site
def test_named_functions_are_set_apart_and_bars_are_set_tight():
    [block] = blocks(r"$2\sqrt\beta\cos\theta$ and $a/b$")
    between = [re.sub(r"<[^>]*>", "", each) for each in re.split(r"<mspace[^>]*>", block.html)]
    assert [len(each) for each in between[:2]] == [len("2&#x003B2;"), len("cos")]
    assert '<mo lspace="0" rspace="0" stretchy="false">&#x0002F;</mo>' in block.html
