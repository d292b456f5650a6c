"""One server and one browser for all browser tests; screenshots are kept in artifacts/."""

from pathlib import Path

import pytest
from real_lab import CHROMIUM_FLAGS, ROOT, Notebook, copy_lessons, lab_server, write_notebook


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    """Address and working folder of a JupyterLab set up as the course does it."""
    folder = tmp_path_factory.mktemp("lab")
    copy_lessons(folder)
    with lab_server(folder) as address:
        yield address, folder / "work"


@pytest.fixture(scope="session")
def browser(chromium):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def open_notebook(lab, browser):
    """Open a lesson by its name, or a new notebook of the given cells, in a page of its own."""
    contexts = []
    address, folder = lab

    def open_one(name, *cells, width=1280, height=1000, **options):
        if cells:
            write_notebook(folder / name, *cells)
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        return Notebook(context.new_page(), address, name)

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def artifacts() -> Path:
    """Where screenshots are kept, to be looked at."""
    folder = ROOT / "artifacts" / "browser"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
