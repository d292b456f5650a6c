"""Live pictures in a real JupyterLab: they move by key, they say so, and nothing complains."""

import random
import re

import pytest

pytestmark = pytest.mark.needs_browser

OVERSHOOT = "from momentum_edu import explorers\nexplorers.overshoot()"


def healthy(notebook):
    assert notebook.cell_errors() == []
    assert notebook.dead_widgets() == 0
    assert notebook.errors == []


def test_lesson_00_runs_and_its_picture_follows_the_arrow_keys(open_notebook, artifacts):
    notebook = open_notebook("00_start_here.ipynb")
    notebook.run_all(timeout=120)
    explorer = notebook.explorer()
    alt, svg, pixels = explorer.alt, explorer.svg(), explorer.pixels(artifacts / "lesson_00_start.png")
    assert "rises again" in explorer.status
    for _ in range(8):
        explorer.press("momentum", "ArrowLeft")
    assert "β = 0.50" in explorer.status
    assert explorer.status in explorer.alt != alt
    assert explorer.svg() != svg
    assert explorer.pixels(artifacts / "lesson_00_moved.png") != pixels
    healthy(notebook)


@pytest.fixture(scope="module")
def overshoot(open_notebook):
    """One notebook with one explorer, run once and used by several tests."""
    notebook = open_notebook("overshoot.ipynb", OVERSHOOT, device_scale_factor=1.5)
    notebook.run_all()
    return notebook


def test_every_control_of_an_explorer_works(overshoot, artifacts):
    explorer = overshoot.explorer()
    start = explorer.svg()
    explorer.pixels(artifacts / "overshoot_start.png")
    explorer.press("h =", "ArrowRight")
    explorer.press("momentum", "PageDown")
    explorer.press("steps shown", "Home")
    explorer.click("diverging")
    assert "Diverging" in explorer.status
    explorer.pixels(artifacts / "overshoot_diverging.png")
    explorer.click("Reset")
    assert explorer.svg() == start
    healthy(overshoot)


def test_playing_shows_the_steps_one_by_one_and_stops_by_itself(overshoot):
    explorer = overshoot.explorer()
    whole = explorer.svg()
    explorer.press("steps shown", "Home")
    play, shown = explorer.button("Play"), explorer.readout("steps shown")
    play.click()
    seen = set()
    while len(seen) < 8:
        seen.add(int(shown.inner_text()))
    assert max(seen) - min(seen) < 40
    explorer.click("Reset")
    explorer.wait_for(lambda: explorer.svg() == whole, "Reset to end the playing")
    overshoot.page.wait_for_timeout(300)
    assert explorer.svg() == whole
    for _ in range(3):
        explorer.press("steps shown", "ArrowLeft")
    play.click()
    explorer.wait_for(lambda: explorer.svg() == whole, "the playing to reach its end")
    overshoot.page.wait_for_timeout(300)
    assert explorer.svg() == whole
    assert shown.inner_text() == "80"
    healthy(overshoot)


def test_a_button_pressed_while_the_hand_moves_leaves_controls_and_picture_at_one_value(overshoot):
    explorer, page, rng = overshoot.explorer(), overshoot.page, random.Random(5)
    for press in range(12):
        handle = explorer.handle("h =").bounding_box()
        track = explorer.slider("h =").locator(".noUi-target").bounding_box()
        height = handle["y"] + handle["height"] / 2
        page.mouse.move(handle["x"] + handle["width"] / 2, height)
        page.mouse.down()
        for _ in range(12):
            page.mouse.move(track["x"] + rng.random() * track["width"], height)
        if press % 2:
            page.mouse.up()
        explorer.button("60 % overshoot").evaluate("button => button.click()")
        if not press % 2:  # the hand is still moving
            page.mouse.move(track["x"] + 0.4 * track["width"], height)
            page.mouse.up()
        page.wait_for_timeout(1000)
        code = explorer.box.locator("pre").inner_text()
        drawn = float(re.search(r"me\.ema\(([^,]+),", code)[1])
        assert float(explorer.readout("h =").inner_text()) == pytest.approx(drawn, rel=0.006), press
    explorer.button("Reset").click()
    healthy(overshoot)


def test_the_picture_is_whole_in_dark_theme_and_in_a_narrow_window(overshoot, artifacts):
    def whole(look):
        explorer = overshoot.explorer()
        explorer.pixels(artifacts / f"overshoot_{look}.png")
        still, moving = explorer.layers()
        assert still == pytest.approx(moving, abs=1)
        room = overshoot.page.locator(".jp-OutputArea-output").first.bounding_box()
        assert moving["x"] + moving["width"] <= room["x"] + room["width"] + 1

    whole("light")
    overshoot.command("apputils:change-theme", theme="JupyterLab Dark")
    whole("dark")
    overshoot.command("application:toggle-left-area")
    overshoot.page.set_viewport_size({"width": 480, "height": 900})
    whole("narrow")
    healthy(overshoot)


def test_the_picture_survives_a_second_run_and_a_restart_of_the_kernel(overshoot):
    overshoot.run_all()
    overshoot.explorer().press("momentum", "ArrowLeft")
    overshoot.restart()
    overshoot.explorer().handle("momentum").press("ArrowLeft")
    overshoot.run_all()
    overshoot.explorer().press("momentum", "ArrowLeft")
    healthy(overshoot)
