"""The live picture: the moving SVG and the still PNG both stand where Matplotlib puts the data."""

import io
import re
import time
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from momentum_edu import figures
from momentum_edu.live import LivePicture
from momentum_edu.marks import area, band, bars, horizontal, line, points, text, vertical

ROLES = [*figures.SERIES, figures.TARGET, figures.GRADIENT]


@pytest.fixture(scope="module")
def stage():
    """A linear and a semilogarithmic panel."""
    figure, (left, right) = figures.new("left", "right", x="step", y="w")
    left.set(xlim=(0, 10), ylim=(-1, 1))
    right.set(xlim=(0, 10), ylim=(1e-4, 1), yscale="log")
    return LivePicture(figure, "Two panels."), left, right


def overlay(picture):
    """Parse what is sent: it must be well-formed."""
    return ElementTree.fromstring(f"<div>{picture.children[1].value}</div>")


def corners(picture):
    """Absolute pixels of each path in the overlay, one array ``(n, 2)`` a path."""
    found = []
    for panel in overlay(picture).findall("./svg/svg"):
        for path in panel.findall("path"):
            numbers = [float(number) for number in re.findall(r"-?\d+\.\d+", path.get("d"))]
            corner = np.array([float(panel.get("x")), float(panel.get("y"))])
            found.append(np.reshape(numbers, (-1, 2)) + corner)
    return found


@pytest.mark.parametrize("panel", [1, 2])
def test_marks_stand_where_matplotlib_puts_the_data(stage, panel):
    picture, axes = stage[0], stage[panel]
    x, y = np.array([0.0, 2.5, 10.0]), np.array([0.9, 0.01, 0.5])
    picture.draw([line(axes, x, y)], status="s")
    [pixels] = corners(picture)
    picture.figure.set_dpi(figures.PIXELS_PER_INCH)
    expected = axes.transData.transform(np.c_[x, y])
    expected[:, 1] = picture.figure.bbox.height - expected[:, 1]
    np.testing.assert_allclose(pixels, expected, atol=0.11)


def test_the_still_picture_shows_each_mark_in_its_colour_at_its_place(stage):
    picture, axes, _ = stage
    squares = [points(axes, 2 + i, 0.5, role, size=20) for i, role in enumerate(figures.SERIES)]
    picture.draw(squares, status="s")
    image = np.asarray(Image.open(io.BytesIO(picture.still())).convert("RGB")).astype(float)
    picture.figure.set_dpi(2 * figures.PIXELS_PER_INCH)
    for i, role in enumerate(figures.SERIES):
        column, row = axes.transData.transform((2 + i, 0.5)).round().astype(int)
        colour = [int(role.colour[k : k + 2], 16) for k in (1, 3, 5)]
        np.testing.assert_allclose(image[image.shape[0] - row, column], colour, atol=8)


def test_gaps_split_a_line_and_nothing_infinite_is_sent(stage):
    picture, axes, right = stage
    with np.errstate(over="ignore"):
        diverging = 10.0 ** np.arange(0, 400, 4.0)
    x = np.linspace(0, 10, len(diverging))
    picture.draw([line(axes, [0, 1, 2, 3, 4], [0, 0, np.nan, 1, 1])], status="s")
    [path] = overlay(picture).findall("./svg/svg/path")
    assert path.get("d").count("M") == 2
    picture.draw([line(axes, x, diverging), line(axes, x, -diverging), line(right, x, 0 * x)], status="s")
    sent = picture.children[1].value
    assert "nan" not in sent
    assert "inf" not in sent
    assert max(np.abs(pixels).max() for pixels in corners(picture)) < 1e5
    assert picture.still().startswith(b"\x89PNG")


def test_points_and_words_outside_the_axes_are_left_out(stage):
    picture, axes, _ = stage
    picture.draw([points(axes, [1, 20], [0, 0]), text(axes, 20, 0, "far"), text(axes, 1, np.nan, "no")], "s")
    assert len(corners(picture)[0]) == 1
    assert overlay(picture).findall(".//text") == []
    picture.still()


def test_every_kind_of_mark_can_be_drawn_in_both_ways(stage):
    picture, axes, right = stage
    marks = [
        *(points(axes, [1, 2], [0, 0.5], role) for role in ROLES),
        *(line(right, [1, 2], [0.1, 0.5], role, opacity=0.5) for role in ROLES),
        area(axes, [0, 1, 1], [0, 0, 1]),
        band(right, [0, 1, 2], 0.01, [0.1, 0.2, 0.1]),
        bars(axes, [1, 2], [0.5, np.nan], 0.5),
        vertical(right, 3),
        horizontal(axes, 0.5),
        text(axes, 5, 0, "a < b & c", align="center", bold=True),
    ]
    picture.draw(marks, status="Everything.")
    assert len(overlay(picture).findall("./svg/svg")) == len(marks)
    assert picture.still().startswith(b"\x89PNG")


def test_the_picture_has_a_name_that_changes_and_says_it_politely(stage):
    picture, axes, _ = stage
    for status in ('It "rings" & <grows>.', "It has settled."):
        picture.draw([line(axes, [0, 1], [0, 1])], status, code="ema(0.1)  # <b>")
        root = overlay(picture)
        assert root.find("./p[@class='momentum-finding']").text == status
        assert root.find("./svg[@role='img']").get("aria-label") == f"Two panels. {status}" == picture.alt
        assert root.find("./pre").text == "ema(0.1)  # <b>"


def test_a_failure_is_said_and_the_next_picture_takes_it_away(stage):
    picture, axes, _ = stage
    picture.draw([line(axes, [0, 1], [0, 1])], "fine")
    picture.fail("ValueError: beta must lie in [0, 1); got 1.2")
    assert "got 1.2" in overlay(picture).find("./p[@role='alert']").text
    assert overlay(picture).find("./svg/svg/path") is not None
    picture.draw([], "fine again")
    assert overlay(picture).find("./p[@role='alert']") is None


def test_the_reader_is_told_of_computing_that_takes_long(stage):
    picture, axes, _ = stage
    picture.draw([line(axes, [0, 1], [0, 1])], "before")
    before = picture.children[1].value
    with picture.patience():
        pass
    time.sleep(0.5)
    assert picture.children[1].value == before
    with picture.patience():
        deadline = time.monotonic() + 10
        while picture.children[1].value == before and time.monotonic() < deadline:
            time.sleep(0.01)
        assert overlay(picture).find("./p").text == "Computing …"
        assert overlay(picture).find("./svg/svg/path") is not None
    picture.draw([], "after")
    assert overlay(picture).find("./p").text == "after"


def test_one_change_sends_one_small_message(stage):
    picture, axes, right = stage
    sent = []
    for child in (picture, *picture.children):
        child.observe(lambda change: sent.append(change["name"]))
    steps = np.arange(201)
    path = np.exp(-steps / 50) * np.cos(steps / 7)
    picture.draw([line(axes, steps / 20, path), line(right, steps / 20, path**2)], "A 200-step path.")
    assert sent == ["value"]
    assert len(picture.children[1].value) < 10_000


def test_its_output_carries_a_still_picture_and_the_alternative_text(stage):
    picture, axes, _ = stage
    picture.draw([line(axes, [0, 1], [0, 1])], "A line.")
    data, metadata = picture._repr_mimebundle_()
    assert data["text/plain"] == "Two panels. A line." == metadata["image/png"]["alt"]
    assert {"image/png", "application/vnd.jupyter.widget-view+json"} <= set(data)


def test_redraw_follows_new_limits():
    figure, axes = figures.new("moving axes")
    axes.set(xlim=(0, 1), ylim=(0, 1))
    picture = LivePicture(figure, "")
    picture.draw([points(axes, 0.5, 0.5)], "s")
    middle, before = corners(picture)[0][0], picture.children[0].value
    axes.set(xlim=(0, 0.5))
    picture.redraw()
    picture.draw([points(axes, 0.25, 0.5)], "s")
    np.testing.assert_allclose(corners(picture)[0][0], middle, atol=5)
    assert picture.children[0].value != before
