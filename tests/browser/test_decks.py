"""Every deck in a real browser, cut off from the network: nothing runs over or is missing; and a handout."""

import functools
import http.server
import io
import re
import threading

import pytest
from real_lab import ROOT

from momentum_edu.publishing import slides
from momentum_edu.publishing.handouts import handout, print_pdf
from momentum_edu.publishing.notebooks import read_notebook

pytestmark = [pytest.mark.needs_browser, pytest.mark.needs_site]

LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SMALLEST_TEXT = 18  # pixels on a page of 1280 x 720

# What is seen of each slide with all its fragments: what lies outside, the smallest text, and so on.
MEASURE = """async () => {
    await Promise.all([...document.images].map(image => image.decode()));
    const seen = [];
    for (const slide of Reveal.getSlides()) {
        const {h, v} = Reveal.getIndices(slide);
        Reveal.slide(h, v);
        slide.querySelectorAll('.fragment').forEach(fragment => fragment.classList.add('visible'));
        const [page, main] = ['.page', '.main'].map(name => slide.querySelector(name));
        const room = main.getBoundingClientRect();
        const parts = [...main.querySelectorAll('*')].filter(part => !part.matches('.unseen'));
        const outside = parts.filter(part => {
            const box = part.getBoundingClientRect();
            return box.top < room.top - 1 || box.bottom > room.bottom + 1
                || box.left < room.left - 1 || box.right > room.right + 1;
        });
        const texts = [...page.querySelectorAll('*')].filter(part => !part.matches('.unseen')
            && [...part.childNodes].some(node => node.nodeType === 3 && node.data.trim()));
        seen.push({
            kind: slide.className.split(' ')[0],
            outside: outside.map(part => part.outerHTML.slice(0, 100)),
            overflow: page.scrollHeight > 720 || page.scrollWidth > 1280,
            height: room.height,
            smallest: Math.min(...texts.map(part => parseFloat(getComputedStyle(part).fontSize))),
            headings: slide.querySelectorAll('h1, h2').length,
            words: main.innerText.trim().length + main.querySelectorAll('img, math').length,
            notes: slide.querySelector('aside.notes').textContent.trim().length,
            alts: [...slide.querySelectorAll('img')].map(image => image.alt),
            widths: [...slide.querySelectorAll('img')].map(image => image.naturalWidth),
        });
    }
    Reveal.slide(0, 0);
    return seen;
}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The decks of all lessons, without handouts, in a folder that a plain server serves."""
    folder = tmp_path_factory.mktemp("site")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slides, "print_pdf", lambda page, target: None)
        slides.build(LESSONS, folder)
    return folder


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *words):
        pass


@pytest.fixture(scope="module")
def address(site):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/slides"
    server.shutdown()
    server.server_close()


@pytest.fixture
def open_deck(browser):
    """Open an address in a page that reaches nothing outside its site, and keep what goes wrong."""
    context = browser.new_context(viewport={"width": 1280, "height": 720}, reduced_motion="reduce")

    def open_one(url):
        page = context.new_page()
        page.wrong = []
        home = url.rpartition("/slides/")[0]

        def judge(route):
            if route.request.url.startswith((home, "data:", "blob:")):
                return route.continue_()
            page.wrong.append(f"asks for {route.request.url}")
            return route.abort()

        context.route("**/*", judge)  # of the speaker's window too
        page.on("pageerror", lambda error: page.wrong.append(str(error)))
        page.on("console", lambda said: page.wrong.append(said.text) if said.type == "error" else None)
        page.goto(url)
        page.wait_for_function("window.Reveal?.isReady()")
        return page

    yield open_one
    context.close()


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_no_slide_of_a_deck_runs_over_and_nothing_is_asked_of_the_network(lesson, address, open_deck):
    deck = open_deck(f"{address}/{lesson.stem}.html")
    seen = deck.evaluate(MEASURE)
    assert 15 <= len(seen) <= 75
    for number, slide in enumerate(seen, start=1):
        assert not slide["overflow"], (number, slide)
        assert slide["outside"] == [], (number, slide)
        assert slide["height"] > 500, (number, slide)
        assert slide["smallest"] >= SMALLEST_TEXT, (number, slide)
        assert slide["headings"] == 1, (number, slide)
        assert slide["words"] > 0, (number, slide)
        assert all(len(alt.split()) >= 6 for alt in slide["alts"]), (number, slide)
        assert all(slide["widths"]), (number, slide)
        if slide["kind"] in ("title", "section", "predict", "figure", "points", "end"):
            assert slide["notes"] > 0, (number, slide)
    assert deck.wrong == []


def test_keys_go_through_the_deck_and_show_answers_one_by_one(address, open_deck):
    deck = open_deck(f"{address}/03_overshoot.html")
    for key in ("ArrowRight", "PageDown", "Space"):
        deck.keyboard.press(key)
    assert deck.evaluate("Reveal.getSlidePastCount()") == 3
    deck.keyboard.press("ArrowLeft")
    assert deck.evaluate("Reveal.getSlidePastCount()") == 2
    assert re.fullmatch(r"3\s*/\s*\d+", deck.locator(".slide-number").inner_text())
    deck.evaluate("""() => {
        const {h, v} = Reveal.getIndices(document.querySelector('section.check'));
        Reveal.slide(h, v);
    }""")
    answer = deck.locator("section.check.present .fragment")
    assert answer.evaluate("part => getComputedStyle(part).visibility") == "hidden"
    deck.keyboard.press("ArrowRight")
    answer.wait_for(state="visible")  # it fades in
    assert deck.wrong == []


def test_the_speaker_sees_the_lecturers_notes(address, open_deck):
    deck = open_deck(f"{address}/03_overshoot.html")
    with deck.expect_popup() as opened:
        deck.keyboard.press("s")
    notes = opened.value.locator(".speaker-controls-notes .value")
    notes.get_by_text("Ask the room.").wait_for()
    assert "Less overshoot?" in notes.inner_text()
    assert deck.wrong == []


def test_reveal_comes_in_the_version_that_was_looked_at_and_with_its_licence(site, address, open_deck):
    deck = open_deck(f"{address}/00_start_here.html")
    assert deck.evaluate("Reveal.VERSION").startswith("5.2.")
    assert "Permission is hereby granted" in (site / "slides" / "reveal" / "LICENSE").read_text()


def test_a_deck_opens_from_the_folder_without_a_server(site, open_deck):
    deck = open_deck(f"{site.as_uri()}/slides/00_start_here.html")
    assert "Why does the loss rise again" in deck.locator("section.present h1").inner_text()
    assert deck.wrong == []


def test_a_deck_prints_one_page_a_slide(address, open_deck):
    pypdf = pytest.importorskip("pypdf")
    deck = open_deck(f"{address}/00_start_here.html")
    count = deck.evaluate("Reveal.getTotalSlides()")
    printed = open_deck(f"{address}/00_start_here.html?print-pdf")
    printed.wait_for_function(f"document.querySelectorAll('.pdf-page').length === {count}")
    paper = io.BytesIO(printed.pdf(prefer_css_page_size=True))
    assert len(pypdf.PdfReader(paper).pages) == count
    assert printed.wrong == []


def test_pictures_of_slides_are_kept_to_be_looked_at(address, open_deck, artifacts):
    deck = open_deck(f"{address}/03_overshoot.html")
    for kind in ("title", "section", "predict", "figure", "statement", "formula", "table", "points"):
        deck.evaluate(
            """kind => {
                const {h, v} = Reveal.getIndices(document.querySelector(`section.${kind}`));
                Reveal.slide(h, v);
            }""",
            kind,
        )
        assert len(deck.screenshot(path=artifacts / f"slide_{kind}.png")) > 5_000


def test_a_handout_is_a_tagged_pdf_with_every_picture_whole(tmp_path):
    pypdf = pytest.importorskip("pypdf")
    notebook = read_notebook(LESSONS[0])
    target = tmp_path / "handout.pdf"
    print_pdf(handout(notebook, LESSONS[0].stem), target)
    reader = pypdf.PdfReader(target)
    title = notebook.cells[0].source.partition("\n")[0].removeprefix("# ")
    assert reader.metadata.title == title
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert 5 <= len(reader.pages) <= 12
    assert all(float(page.mediabox.width) == pytest.approx(595, abs=1) for page in reader.pages)
    text = "\n".join(page.extract_text() for page in reader.pages)
    assert "Key points" in text
    assert f"1 / {len(reader.pages)}" in text
    assert "Say it in a lecture" not in text
    assert "file:" not in text
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    alts = [
        output.metadata["image/png"]["alt"] for output in outputs if "image/png" in output.get("data", {})
    ]
    assert sum(len(page.images) for page in reader.pages) == len(alts)  # one cut in two would count twice
    things = [reader.get_object(number) for number in range(1, int(reader.trailer["/Size"]))]
    assert [thing["/Alt"] for thing in things if isinstance(thing, dict) and "/Alt" in thing] == alts
    assert target.stat().st_size < 3e6
