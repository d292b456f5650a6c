"""The built site, read as files: every link leads somewhere, nothing is fetched from elsewhere."""

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from momentum_edu.publishing.notebooks import read_notebook
from momentum_edu.publishing.site import sources

pytestmark = pytest.mark.needs_site

ROOT = Path(__file__).parents[2]
FETCHED = {("script", "src"), ("img", "src"), ("iframe", "src"), ("source", "src"), ("object", "data")}
FETCHED_LINKS = {"stylesheet", "preload", "icon", "modulepreload", "preconnect", "dns-prefetch", "prefetch"}


class Read(HTMLParser):
    """What a page links, fetches and names."""

    def __init__(self, path):
        super().__init__()
        self.links, self.fetches, self.names, self.images = [], [], set(), []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        facts = dict(attrs)
        self.names |= {facts[key] for key in ("id", "name") if facts.get(key)}
        if tag == "a" and facts.get("href"):
            self.links.append(facts["href"])
        if tag == "link" and FETCHED_LINKS & set(facts.get("rel", "").split()):
            self.fetches.append(facts["href"])
        self.fetches += [value for key, value in attrs if (tag, key) in FETCHED]
        if tag == "img":
            self.images.append(facts)


@pytest.fixture(scope="module")
def pages(whole_site):
    """Each page of text: Sphinx's, not those of the decks or of JupyterLite."""
    paths = [
        path
        for path in whole_site.rglob("*.html")
        if path.relative_to(whole_site).parts[0] not in ("lite", "slides")
    ]
    assert len(paths) > 25
    return {path: Read(path) for path in paths}


def test_there_is_a_page_for_each_notebook_and_each_guide(whole_site):
    for page in sources(ROOT).values():
        assert (whole_site / f"{page}.html").is_file()


def test_every_link_leads_somewhere(pages):
    lost = []
    for path, page in pages.items():
        for link in page.links + page.fetches:
            parts = urlsplit(link)
            if parts.scheme in ("http", "https", "mailto", "data"):
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            named = target in pages and parts.fragment not in ("", *pages[target].names)
            if not target.is_file() or named:
                lost.append(f"{path.name}: {link}")
    assert lost == []


def test_nothing_is_fetched_from_elsewhere(whole_site, pages):
    for path, page in pages.items():
        assert not [url for url in page.fetches if re.match(r"(https?:)?//", url)], path
    for path in (whole_site / "_static").rglob("*"):
        if path.suffix == ".css":
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"@import|@font-face|url\(\s*['\"]?(https?:)?//", text), path
        assert path.suffix not in (".woff", ".woff2", ".ttf"), path


@pytest.mark.parametrize("name", [name for name in sources(ROOT) if re.match(r"notebooks/\d", name)])
def test_each_lesson_has_its_pictures_words_and_neighbours(whole_site, pages, name):
    page = pages[whole_site / f"{sources(ROOT)[name]}.html"]
    outputs = [output for cell in read_notebook(ROOT / name).cells for output in cell.get("outputs", [])]
    alts = [
        output.metadata["image/png"]["alt"] for output in outputs if "image/png" in output.get("data", {})
    ]
    assert [image["alt"] for image in page.images] == alts
    stem = Path(name).stem
    assert {f"../slides/{stem}.html", f"../handouts/{stem}.pdf"} <= set(page.links)
    assert f"../lite/notebooks/index.html?path={stem}.ipynb" in page.links
    text = (whole_site / f"{sources(ROOT)[name]}.html").read_text(encoding="utf-8")
    assert 'class="next-page"' in text
    assert 'class="prev-page"' in text
    prose = "\n\n".join(
        cell.source for cell in read_notebook(ROOT / name).cells if cell.cell_type == "markdown"
    )
    formulas = re.findall(r"\$\$.+?\$\$|\$.+?\$", re.sub(r"`[^`]*`", "", prose), re.DOTALL)
    assert text.count("<math") == len(formulas)
    for part in ("Key points", "Say it in a lecture", "Go deeper"):
        assert f">{part}<" in text


def test_an_earlier_site_is_recognised_and_hosts_keep_every_folder(whole_site):
    assert (whole_site / ".nojekyll").is_file()
    assert not (whole_site / "_sources").exists() or not list((whole_site / "_sources").iterdir())


def test_attributes_that_share_a_line_keep_their_names_and_their_type(whole_site):
    text = (whole_site / "reference" / "index.html").read_text(encoding="utf-8")
    listed = re.findall(r"<li><p><strong>(.+?)</strong> \((.*?)\) ", text)
    kinds = {re.sub(r"<.*?>", "", name): re.sub(r"<.*?>", "", kind) for name, kind in listed}
    assert kinds["learning_rate, beta"] in ("callable", "array (steps, ...)")
    assert kinds["train_labels, test_labels"] == "int array (n,)"
    assert not [kind for kind in kinds.values() if re.fullmatch(r"\w+,", kind)]
