"""The pages of the site in a real browser that reaches no other machine: whole, legible, usable by all."""

from pathlib import Path

import pytest
from real_lite import file_server, stay_at_home

from momentum_edu.publishing.site import sources

pytestmark = [pytest.mark.needs_browser, pytest.mark.needs_site]

ROOT = Path(__file__).parents[2]
PAGES = [
    "index.html",
    "search.html",
    "reference/index.html",
    "reference/theory.html",
    "reference/landscapes.html",
]
PAGES += [f"{page}.html" for page in sources(ROOT).values()]
SHORT = "lessons/00_start_here.html"
LESSON, EXERCISE = "lessons/03_overshoot.html", "exercises/03_overshoot.html"
SIZES = {"desk": (1280, 900), "phone": (390, 844)}
WINDOWS = {**SIZES, "zoomed": (640, 450)}  # a desk at 200 %

TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
BROKEN = "[...document.images].filter(i => !i.naturalWidth || !i.alt.trim()).map(i => i.src)"
# What is seen of a block but lies outside of the text's column, and cannot be scrolled to.
CUT = """[...document.querySelectorAll('article :is(p, table, figure, img, svg, math, li)')].filter(e => {
    const box = e.getBoundingClientRect(), scrolls = e.closest('[tabindex="0"]');
    return box.width && !scrolls && (box.right > innerWidth + 1 || box.left < -1);
}).map(e => e.outerHTML.slice(0, 80))"""


class Site:
    """The site on a server of files, in one browser window, with all that went wrong."""

    def __init__(self, context, address):
        self.address, self.errors = address, []
        self.elsewhere = stay_at_home(context, address)
        self.page = context.new_page()
        self.page.on("console", lambda message: message.type == "error" and self.errors.append(message.text))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("requestfailed", self._note_failure)
        self.page.on("response", lambda answer: answer.status >= 400 and self.errors.append(answer.url))

    def _note_failure(self, request):
        if request.failure != "net::ERR_ABORTED":  # the reader went on before the search had read all pages
            self.errors.append(f"failed: {request.url}, {request.failure}")

    def open(self, name, size="desk"):
        width, height = SIZES[size]
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.goto(f"{self.address}/{name}")
        return self.page


@pytest.fixture(scope="module")
def address(whole_site):
    with file_server(whole_site) as address:
        yield address


@pytest.fixture
def visit(address, browser):
    """Open the site in a window of its own; in the end nothing was in error or asked elsewhere."""
    opened = []

    def start(**options):
        context = browser.new_context(reduced_motion="reduce", **options)
        opened.append((context, Site(context, address)))
        return opened[-1][1]

    yield start
    for context, site in opened:
        context.close()
        assert (site.errors, site.elsewhere) == ([], [])


def test_every_page_is_whole_on_a_desk_and_on_a_phone(visit, artifacts):
    site = visit()
    for name in PAGES:
        page = site.open(name)
        assert page.get_by_role("heading", level=1).count() == 1, name
        for size, (width, height) in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            assert (page.evaluate(TOO_WIDE), page.evaluate(CUT)) == (0, []), f"{name}, {size}"
            if name in ("index.html", LESSON, EXERCISE):
                page.screenshot(
                    path=artifacts / f"site_{Path(name).stem}_{Path(name).parent.name}_{size}.png"
                )
        assert page.evaluate(BROKEN) == [], name


def test_a_lesson_is_read_without_scripts(visit):
    page = visit(java_script_enabled=False).open("index.html")
    page.get_by_role("link", name="Begin with lesson 00").click()
    assert page.get_by_role("heading", level=1).inner_text().startswith("00 · Start here")
    assert page.locator("math").count() > 3
    picture = page.locator("details.code", has_text="Code of the picture").first
    assert not picture.locator("pre").is_visible()
    picture.locator("summary").click()
    assert picture.locator("pre").is_visible()
    page.get_by_role("link", name="Next").click()
    assert page.get_by_role("heading", level=1).inner_text().startswith("01 ·")


def test_formulas_are_drawn_by_the_browser_itself(visit):
    page = visit().open(LESSON)
    heights = page.evaluate(
        "[...document.querySelectorAll('mfrac')].map(f => f.getBoundingClientRect().height)"
    )
    line = page.evaluate("document.querySelector('math mi').getBoundingClientRect().height")
    assert heights
    assert min(heights) > 1.3 * line  # numerator stands above denominator, not beside it


def test_the_search_finds_the_lesson(visit):
    page = visit().open("index.html")
    page.get_by_placeholder("Search").first.fill("overshoot")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="03 · Overshoot").first.click()
    assert page.url.split("?")[0].endswith(LESSON)


def test_the_theme_is_the_readers_and_is_remembered(visit, artifacts):
    def ground(page):
        return page.evaluate("getComputedStyle(document.body).backgroundColor")

    page = visit(color_scheme="light").open(LESSON)
    light = ground(page)
    while page.evaluate("document.body.dataset.theme") != "dark":
        page.locator(".theme-toggle-content button").click()
    assert ground(page) != light
    page.screenshot(path=artifacts / "site_lesson_dark.png")
    page.reload()
    assert page.evaluate("document.body.dataset.theme") == "dark"
    assert ground(visit(color_scheme="dark").open(LESSON)) == ground(page)


FOCUSED = """() => {
    const box = document.activeElement.getBoundingClientRect();
    return [document.activeElement.outerHTML.slice(0, 80), box.left > -1 && box.right < innerWidth + 1];
}"""


@pytest.mark.parametrize("size", WINDOWS)
def test_keys_reach_what_is_seen_and_the_two_buttons_that_show_more(visit, size):
    site = visit()
    page = site.open(LESSON)
    page.set_viewport_size(dict(zip(("width", "height"), WINDOWS[size], strict=True)))
    drawers = {"On this page": ("Toggle table of contents sidebar", "Key points")}
    if size != "desk":
        drawers["Course"] = ("Toggle site navigation sidebar", "00 Start here")
    for drawer, (words, link) in drawers.items():
        inside = page.locator(f"aside[aria-label='{drawer}']").get_by_role("link", name=link).first
        assert not inside.is_visible()
        switch = page.get_by_role("checkbox", name=words)
        switch.press("Space")
        inside.wait_for(state="visible")
        switch.press("Space")
        inside.wait_for(state="hidden")
        switch.press("Space")
        inside.focus()
        page.keyboard.press("Escape")
        inside.wait_for(state="hidden")
        assert switch.evaluate("box => box === document.activeElement")
    page.reload()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent").strip() == "Skip to content"
    seen = set()
    for _ in range(25):
        page.keyboard.press("Tab")
        element, is_inside = page.evaluate(FOCUSED)
        assert is_inside, element
        seen.add(element)
    assert len(seen) > 20


def test_on_paper_there_is_what_was_open_and_no_navigation(visit):
    page = visit().open(LESSON)
    page.emulate_media(media="print")
    assert page.locator("details.code[open] pre").first.is_visible()
    for away in (".sidebar-drawer", ".skip-to-content", ".related-pages", "details.code:not([open])"):
        assert page.locator(away).count(), away
        assert not page.locator(away).first.is_visible(), away
    assert page.pdf(format="A4").startswith(b"%PDF")


@pytest.fixture(scope="session")
def axe():
    import axe_playwright_python

    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


AXE = """() => axe.run({resultTypes: ['violations']}).then(found => found.violations
    .filter(v => ['serious', 'critical'].includes(v.impact))
    .map(v => v.id + ': ' + v.nodes[0].html.slice(0, 120)))"""
LOOKS = {
    "light": [
        ("index.html", "desk"),
        (LESSON, "desk"),
        (EXERCISE, "phone"),
        ("reference/index.html", "desk"),
    ],
    "dark": [("index.html", "phone"), (SHORT, "desk")],
}


@pytest.mark.parametrize("theme", LOOKS)
def test_nothing_keeps_a_reader_out(visit, axe, theme):
    site = visit(color_scheme=theme)
    for name, size in LOOKS[theme]:
        page = site.open(name, size)
        page.evaluate(axe)
        assert page.evaluate(AXE) == [], f"{name}, {size}"
