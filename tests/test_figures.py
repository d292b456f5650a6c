"""Still figures: the house style stays local, and every figure carries its alternative text."""

import base64

import matplotlib
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from momentum_edu import figures


@pytest.fixture
def shown(monkeypatch):
    """What ``display`` was given."""
    calls = []
    monkeypatch.setattr(
        "IPython.display.display", lambda data, metadata, raw: calls.append((data, metadata, raw))
    )
    return calls


def test_show_displays_a_png_with_its_alternative_text_as_plain_text_and_as_metadata(shown):
    figure, axes = figures.new("The loss falls", x="step", y="loss")
    axes.plot([3, 2, 1], **figures.MOMENTUM.plot)
    figures.show(figure, "The loss falls from 3 to 1 in two steps.")
    [(data, metadata, raw)] = shown
    assert raw
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    assert data["text/plain"] == "The loss falls from 3 to 1 in two steps."
    assert metadata["image/png"]["alt"] == data["text/plain"]
    assert (metadata["image/png"]["width"], metadata["image/png"]["height"]) == (700, 380)


def test_show_refuses_a_figure_without_alternative_text(shown):
    figure, _ = figures.new("Untold")
    with pytest.raises(ValueError, match="alt must say in words"):
        figures.show(figure, "  ")
    assert not shown


def test_the_same_figure_gives_the_same_bytes():
    def draw():
        figure, axes = figures.new("Twice", x="step")
        axes.plot(np.arange(5.0))
        figures.settle(figure)
        return figures.png(figure)

    assert draw() == draw()


def test_the_house_style_leaves_the_global_settings_alone():
    before = dict(matplotlib.rcParams)
    _, axes = figures.new("Local")
    assert dict(matplotlib.rcParams) == before
    assert not axes.spines["top"].get_visible()


def test_a_settled_figure_keeps_its_layout_at_any_density():
    figure, axes = figures.new("Fixed", x="step", y="a long label")
    figures.settle(figure)
    position = axes.get_position().bounds
    figures.png(figure, density=3.0)
    assert axes.get_position().bounds == position


def test_one_panel_for_each_title_and_one_label_for_all_or_for_each():
    figure, panels = figures.new("a", "b", "c", x="step", y=["p", "q", "r"], rows=2)
    assert [axes.get_title(loc="left") for axes in panels] == ["a", "b", "c"]
    assert [axes.get_ylabel() for axes in panels] == ["p", "q", "r"]
    assert [axes.get_xlabel() for axes in panels] == ["step"] * 3
    assert len(figure.axes) == 3
    with pytest.raises(ValueError, match="y must be one label or 3"):
        figures.new("a", "b", "c", y=["p", "q"])


def contrast_with_white(colour):
    """Contrast ratio of WCAG 2."""
    channels = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return 1.05 / (0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2] + 0.05)


def test_colour_is_never_the_only_carrier():
    looks = [(role.style, role.marker) for role in figures.SERIES]
    assert len(set(looks)) == len({role.marker for role in figures.SERIES}) == len(figures.SERIES)


def test_text_and_main_curves_stand_out_from_the_paper():
    assert contrast_with_white(figures.INK) > 7
    assert contrast_with_white(figures.GREY) > 4.5
    assert min(contrast_with_white(role.colour) for role in (figures.MOMENTUM, figures.PLAIN)) > 3
