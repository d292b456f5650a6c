"""The parts of the site, none of it built: pages from notebooks, links, formulas, reference, first page."""

import re
from pathlib import Path
from xml.etree import ElementTree

import nbformat.v4 as nb
import pytest

import momentum_edu
from momentum_edu.publishing.formulas import mathml
from momentum_edu.publishing.notebooks import read_notebook
from momentum_edu.publishing.site import build_site, sources
from momentum_edu.publishing.site_home import lesson_map, ringing
from momentum_edu.publishing.site_pages import Forms, actions, notebook_page, split_checks, with_links
from momentum_edu.publishing.site_reference import MODULES, reference

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
NOTEBOOKS = [path for path in sources(ROOT) if path.endswith(".ipynb")]
PNG = "iVBORw0KGgo="


def picture(alt="A curve that falls."):
    return nb.new_output(
        "display_data", {"image/png": PNG}, metadata={"image/png": {"alt": alt, "width": 700}}
    )


def page(*cells):
    opening = nb.new_markdown_cell("# 01 · A title\n\n**Question.** Why?")
    return notebook_page(nb.new_notebook(cells=[opening, *cells]), "lessons-01")


def test_text_stays_and_the_opening_stands_under_the_title():
    text = page(nb.new_markdown_cell("Some $x^2$.")).text
    assert re.search(r'# 01 · A title\n\n<div class="opening">\n\n\*\*Question\.\*\* Why\?\n\n</div>', text)
    assert text.endswith("Some $x^2$.\n")


def test_a_picture_keeps_its_alternative_text_and_size_and_its_code_is_folded():
    made = page(nb.new_code_cell("draw()", outputs=[picture('Loss < 1, and "more".')]))
    assert list(made.pictures) == ["lessons-01-1.png"]
    assert made.pictures["lessons-01-1.png"].startswith(b"\x89PNG")
    words = 'alt="Loss &lt; 1, and &quot;more&quot;." width="700"'
    assert f'<img src="../pictures/lessons-01-1.png" {words}>' in made.text
    assert '<details class="code">\n<summary>Code of the picture</summary>' in made.text
    assert "figcaption" not in made.text


def test_a_live_picture_says_that_it_moves_elsewhere():
    text = page(nb.new_code_cell("explorers.overshoot()", outputs=[picture()])).text
    assert "This picture moves when the lesson runs" in text


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        (picture(alt=""), "no alternative text"),
        (nb.new_output("display_data", {"application/json": {}}), "cannot show an output of kind"),
    ],
)
def test_what_a_reader_could_not_see_is_refused(output, reason):
    with pytest.raises(ValueError, match=reason):
        page(nb.new_code_cell("1", outputs=[output]))


def test_code_is_open_and_its_checks_come_folded_after_the_result():
    printed = nb.new_output("stream", text="a < b\n\nc\n")
    text = page(nb.new_code_cell("print(x)\nassert x\nassert y == 1", outputs=[printed])).text
    open_code = '<details class="code" open>\n<summary>Code</summary>\n\n```python\nprint(x)\n```'
    result = '<pre class="result">a &lt; b\n\nc</pre>'
    checks = "<summary>2 checks decide this</summary>\n\n```python\nassert x\nassert y == 1\n```"
    assert 0 < text.index(open_code) < text.index(result) < text.index(checks)


def test_checks_that_need_their_place_stay_there():
    loop = "for x in y:\n    assert x"
    assert split_checks(loop) == (loop, "")
    assert split_checks("assert (\n    x\n)\ny = 1") == ("y = 1", "assert (\n    x\n)")


@pytest.mark.parametrize("name", [path for path in NOTEBOOKS if "exercises" in path])
def test_an_exercise_page_shows_stubs_and_no_solution(name):
    text = notebook_page(read_notebook(ROOT / name), "x").text
    source = (
        (ROOT / "notebooks" / "source" / name.removeprefix("notebooks/"))
        .with_suffix(".py")
        .read_text("utf-8")
    )
    regions = re.findall(r"### BEGIN SOLUTION\n(.*?)\n *### END SOLUTION", source, re.DOTALL)
    assert regions
    assert text.count("<summary>Your answer</summary>") == len(regions)
    for solution in regions:
        assert solution.strip() not in text


def test_links_lead_to_pages_and_what_stands_in_code_is_none():
    pages = {"notebooks/01_a.ipynb": "lessons/01_a", "docs/g.md": "guides/g"}
    text = "[a](../notebooks/01_a.ipynb) `[a](b)` [out](https://example.org/x) ![p](q.png)\n```\n[a](b)\n```"
    changed = text.replace("../notebooks/01_a.ipynb", "../lessons/01_a.md")
    assert with_links(text, "docs/g.md", "guides/g", pages) == changed
    with pytest.raises(ValueError, match=r"docs/g\.md links lost\.md, which is no page"):
        with_links("[a](lost.md)", "docs/g.md", "guides/g", pages)


def test_other_forms_are_linked_where_they_are():
    name, pages = "03_overshoot", ["lessons/03_overshoot", "exercises/03_overshoot"]
    live = frozenset([f"{name}.ipynb", f"exercises/{name}.ipynb"])
    row = actions(pages[0], pages, Forms(live, frozenset([name]), frozenset([name])))
    assert re.findall('href="([^"]+)"', row) == [
        "../lite/notebooks/index.html?path=03_overshoot.ipynb",
        "../exercises/03_overshoot.html",
        "../slides/03_overshoot.html",
        "../handouts/03_overshoot.pdf",
    ]
    assert "path=exercises/03_overshoot.ipynb" in actions(pages[1], pages, Forms(live))
    assert actions("lessons/00_start_here", [], Forms()) == ""


GREEK = {
    "beta": "β",
    "eta": "η",
    "kappa": "κ",
    "lambda": "λ",
    "theta": "θ",
    "gamma": "γ",
    "mu": "μ",
    "pi": "π",
}


def formulas():
    found = set()
    for name in NOTEBOOKS:
        for cell in read_notebook(ROOT / name).cells:
            if cell.cell_type == "markdown":
                text = re.sub(r"`[^`]*`", "", cell.source)
                found |= {
                    first or second
                    for first, second in re.findall(r"\$\$(.+?)\$\$|\$(.+?)\$", text, re.DOTALL)
                }
    return sorted(found)


@pytest.mark.needs_site
def test_every_formula_of_the_course_becomes_mathml_with_all_its_parts():
    assert len(formulas()) > 150
    for formula in formulas():
        tree = ElementTree.fromstring(mathml(formula).replace("&nbsp;", " "))
        tags = [element.tag.rpartition("}")[2] for element in tree.iter()]
        shown = "".join(tree.itertext())
        assert "\\" not in shown, formula
        assert tags.count("mfrac") == formula.count(r"\frac"), formula
        assert tags.count("msqrt") == formula.count(r"\sqrt"), formula
        for name, letter in GREEK.items():
            assert shown.count(letter) == len(re.findall(rf"\\{name}(?![a-z])", formula)), formula
        levels = [tag for tag in tags if tag in ("msub", "msup", "msubsup", "munder", "munderover")]
        both = sum(tag in ("msubsup", "munderover") for tag in levels)
        assert len(levels) + both == formula.count("_") + formula.count("^"), formula


def test_the_reference_names_all_that_is_public_once():
    named = re.findall(r"^\.\. auto\w+:: (\S+)$", "\n".join(reference().values()), re.MULTILINE)
    assert len(named) == len(set(named))
    names = {name.rpartition("::")[2] for name in named}
    assert set(momentum_edu.__all__) - {"__version__", *MODULES} <= names
    assert {"overshoot", "ReduceOnPlateau", "one_cycle", "rosenbrock", "mlp", "early_epochs", "show"} <= names
    assert not names & {"recurrence", "Axes", "Figure", "import_module"}


def test_the_map_is_the_readmes_with_the_lessons_own_minutes():
    lessons = {path.stem: read_notebook(path) for path in (ROOT / "notebooks").glob("*.ipynb")}
    rows = lesson_map(README, lessons)
    assert [row.name for row in rows] == sorted(lessons)
    for row in rows:
        assert f"**Minutes.** {row.minutes} " in lessons[row.name].cells[0].source
        assert row.question in README


def test_the_first_picture_shows_the_run_that_readme_tells_of():
    words = re.search(r"!\[(.+)\]", README)[1]
    plain, momentum = ringing()
    told = [float(number) for number in re.findall(r"\d\.\d\d", words)]
    assert [round(x, 2) for x in (plain[0], plain[-1], momentum[4], momentum[6])] == told


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(Exception, match="output must be a new or empty folder, or an earlier site"):
        build_site(ROOT, tmp_path, None)
    assert (tmp_path / "thesis.txt").read_text() == "mine"
