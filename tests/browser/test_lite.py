"""The course in the browser: a Python of the page itself, files from one folder, nothing from elsewhere."""

import contextlib
import json
import statistics
import time

import pytest
from offline_pyodide import PUBLIC_LOCK, assemble
from real_lite import LiteNotebook, expose, file_server, milliseconds, stand_in_for, stay_at_home

from momentum_edu.exercises.check import find
from momentum_edu.exercises.verdict import judge
from momentum_edu.publishing.lite import PACKAGES, build_lite

pytestmark = [pytest.mark.needs_browser, pytest.mark.needs_pyodide]

EXERCISES = "exercises/03_overshoot.ipynb"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A site that brings its own Pyodide."""
    folder = tmp_path_factory.mktemp("site") / "lite"
    build_lite(folder, assemble())
    expose(folder)
    return folder


@contextlib.contextmanager
def learner(browser, site):
    """Open notebooks in one browser, its store empty at first; in the end nothing was asked elsewhere."""
    with file_server(site) as address:
        context = browser.new_context(viewport={"width": 1280, "height": 1000})
        elsewhere = stay_at_home(context, address)
        yield context, lambda name: LiteNotebook(context.new_page(), address, name)
        context.close()
    assert elsewhere == []


@pytest.fixture(scope="module")
def open_lesson(browser, site):
    """Open a lesson of the site that brings its own Pyodide."""
    with learner(browser, site) as (_, open_one):
        yield open_one


@pytest.fixture(scope="module")
def open_exercise(browser, tmp_path_factory):
    """Open a notebook of the site that takes Pyodide from its public distribution; ours stands in for it."""
    from jupyterlite_pyodide_kernel.constants import PYODIDE_CDN_URL

    folder = tmp_path_factory.mktemp("public") / "lite"
    build_lite(folder, None)
    expose(folder)
    with learner(browser, folder) as (context, open_one):
        stand_in_for(context, f"{PYODIDE_CDN_URL}/", assemble())
        yield open_one


@pytest.fixture(scope="module")
def times(site, artifacts):
    """Seconds and megabytes, to be read in artifacts/ and asserted nowhere: they are the machine's."""
    size = sum(path.stat().st_size for path in site.rglob("*") if path.is_file())
    found = {"size of the site, MB": round(size / 1e6, 1)}
    yield found
    (artifacts / "lite_times.json").write_text(json.dumps(found, indent=1) + "\n")


def run_lesson_00(open_lesson, times, cache):
    """Open the lesson and start all its cells; note the times to the kernel and to the first figure."""
    started = time.perf_counter()
    notebook = open_lesson("00_start_here.ipynb")
    notebook.wait_for_kernel()
    times[f"{cache}: kernel ready, s"] = round(time.perf_counter() - started, 1)
    notebook.start_all()
    notebook.wait_for_figure()
    times[f"{cache}: first figure, s"] = round(time.perf_counter() - started, 1)
    return notebook, started


def test_lesson_00_runs_in_the_page_and_its_picture_follows_the_arrow_keys(open_lesson, times, artifacts):
    notebook, started = run_lesson_00(open_lesson, times, "cold")
    notebook.wait_for_end()
    times["cold: whole lesson, s"] = round(time.perf_counter() - started, 1)
    explorer = notebook.explorer()
    start = explorer.pixels(artifacts / "lite_lesson_00_start.png")
    assert "rises again" in explorer.status
    steps = [milliseconds(explorer, "momentum", "ArrowLeft") for _ in range(8)]
    times["slider step, median ms"] = round(statistics.median(steps))
    assert "β = 0.50" in explorer.status
    assert explorer.pixels(artifacts / "lite_lesson_00_moved.png") != start
    assert notebook.cell_errors() == []
    assert notebook.dead_widgets() == 0
    assert notebook.errors == []
    notebook.page.close()


def test_a_second_visit_shows_its_first_figure(open_lesson, times, artifacts):
    notebook, _ = run_lesson_00(open_lesson, times, "warm")
    notebook.page.screenshot(path=artifacts / "lite_second_visit.png")
    assert notebook.cell_errors() == []
    notebook.page.close()


def test_an_exercise_goes_from_unsolved_to_correct_and_is_kept(open_exercise, artifacts):
    notebook = open_exercise(EXERCISES)
    notebook.wait_for_kernel()
    name = "settling_factor"
    notebook.run_cell("import numpy as np")
    notebook.run_cell(f"{name} =")
    assert notebook.check(name) == f"{name}: not solved yet"
    notebook.answer(name, "settling_factor = 10")
    assert notebook.check(name) == judge(find(name), 10).line  # the words of another Python
    notebook.page.screenshot(path=artifacts / "lite_exercise_wrong.png")
    notebook.answer(name, "settling_factor = 1")
    assert notebook.check(name) == f"{name}: correct"
    notebook.page.keyboard.press("Control+s")
    notebook.page.wait_for_function("!window.jupyterapp.shell.currentWidget.content.model.dirty")
    with notebook.page.expect_download() as download:
        notebook.command("docmanager:download")
    assert "settling_factor = 1" in download.value.path().read_text()

    notebook.page.close()
    again = open_exercise(EXERCISES)
    assert again.source(f"{name} =") == "settling_factor = 1"
    again.page.get_by_text("settling_factor = 1").scroll_into_view_if_needed()
    again.page.screenshot(path=artifacts / "lite_exercise_kept.png")
    assert again.errors == []
    again.page.close()


def test_the_public_distribution_has_the_packages_that_the_site_asks_for():
    public = json.loads((assemble() / PUBLIC_LOCK).read_text())["packages"]
    assert set(PACKAGES) <= set(public)
