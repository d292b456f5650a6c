"""The explorers' pure functions against the library, and their thin shells without a browser."""

import html
import re

import numpy as np
import pytest
from matplotlib.colors import to_hex

import momentum_edu as me
from momentum_edu import explorers
from momentum_edu.live import LivePicture

OPENERS = {name: getattr(explorers, name) for name in explorers.__all__}


@pytest.fixture(scope="module")
def opened():
    """One explorer of each kind: drawing what stands still is the slow part."""
    return {name: opener() for name, opener in OPENERS.items()}


@pytest.fixture(params=OPENERS)
def name(request):
    return request.param


@pytest.fixture
def explorer(opened, name):
    yield opened[name]
    reset(opened[name])


@pytest.fixture
def overshoot(opened):
    yield opened["overshoot"]
    reset(opened["overshoot"])


def reset(explorer):
    button = explorer.children[2].children[0]
    assert button.description == "Reset"
    button.click()


def alarm(explorer):
    found = re.search(r'role="alert"[^>]*>([^<]*)', explorer.picture.children[1].value)
    return found and found[1]


def moved(control):
    """Values from one end of a control to the other."""
    if hasattr(control, "options"):
        return [value for _, value in control.options]
    if isinstance(control.value, str):
        return [control.value, "loss 3\nloss 2\nloss 1"]
    if hasattr(control, "base"):
        return list(control.base ** np.linspace(control.min, control.max, 9))
    return list(np.linspace(control.min, control.max, 9))


def test_each_control_moves_the_picture_from_end_to_end(explorer):
    for name, control in explorer.controls.items():
        before = control.value
        pictures = set()
        for value in moved(control):
            control.value = value
            assert alarm(explorer) is None, alarm(explorer)
            pictures.add(explorer.picture.children[1].value)
        assert len(pictures) > 1, f"{name} moves nothing"
        control.value = before


def test_reset_brings_the_first_picture_back(explorer):
    first = explorer.picture.children[1].value
    explorer.set(beta=0.5, step=3)
    assert explorer.picture.children[1].value != first
    reset(explorer)
    assert explorer.picture.children[1].value == first


def test_each_preset_shows_something_of_its_own(explorer):
    buttons = [button for button in explorer.children[2].children if button.description != "Reset"]
    findings = set()
    for button in buttons:
        button.click()
        assert alarm(explorer) is None
        findings.add(explorer.picture.status)
    assert len(findings) == len(buttons) >= 3


def test_start_and_presets_lie_on_the_notches_of_the_sliders(explorer):
    for button in explorer.buttons.values():  # or the page would move the value as soon as it is touched
        button.click()
        for name, control in explorer.controls.items():
            if hasattr(control, "step") and not isinstance(control.step, str | None):
                place = np.log10(control.value) if hasattr(control, "base") else control.value
                notches = (place - control.min) / control.step
                assert notches == pytest.approx(round(notches), abs=1e-4), (button.description, name)


def test_playing_shows_one_step_more_at_a_time_and_has_an_end(explorer):
    play, _, step = explorer.children[1].children
    assert play.max == step.max == step.value
    assert not play.show_repeat
    lengths = []
    for shown in range(4):
        step.value = shown
        lengths.append(len(explorer.picture.children[1].value))
    assert lengths == sorted(set(lengths))


def seen(explorer):
    """All that moves, but for the mark of the slider that has moved it."""
    return re.sub(' data-at="[^"]*"', "", explorer.picture.children[1].value)


def test_reset_while_playing_ignores_the_steps_that_are_on_their_way(overshoot):
    first = seen(overshoot)
    play, _, step = overshoot.children[1].children
    play.set_state({"playing": True, "value": 0})  # as the page does
    for shown in range(1, 4):
        play.set_state({"value": shown})
        assert step.value == shown
    reset(overshoot)
    assert not play.playing
    play.set_state({"value": 4})  # sent before the page heard of it
    assert seen(overshoot) == first
    assert play.value == step.value == step.max
    play.set_state({"playing": True, "value": 0})
    assert step.value == 0
    play.set_state({"playing": False, "value": step.max})
    assert seen(overshoot) == first


def test_playing_goes_on_from_where_the_slider_of_steps_is_put(overshoot):
    play, _, step = overshoot.children[1].children
    step.value = 30
    assert play.value == 30


def test_its_output_carries_words_and_a_picture_the_same_each_time(explorer, name):
    data, metadata = explorer._repr_mimebundle_()
    assert data["text/plain"] == metadata["image/png"]["alt"] == explorer.picture.alt
    other = OPENERS[name]()
    again, _ = other._repr_mimebundle_()
    assert again["image/png"] == data["image/png"]
    assert again["text/plain"] == data["text/plain"]
    other.set(beta=0.3)
    assert explorer.picture.alt == data["text/plain"] != other.picture.alt


def test_every_opener_has_its_compute_beside_it():
    for opener in OPENERS.values():
        assert callable(opener.compute)


def test_an_error_is_shown_in_the_widget_and_goes_away(overshoot, monkeypatch):
    def breaks(**values):
        raise ValueError("beta must lie in [0, 1); got 1.2")

    with monkeypatch.context() as patch:
        patch.setattr(overshoot, "_compute", breaks)
        overshoot.controls["beta"].value = 0.5
        assert alarm(overshoot) == "ValueError: beta must lie in [0, 1); got 1.2"
    overshoot.controls["beta"].value = 0.6
    assert alarm(overshoot) is None


def test_several_controls_are_set_with_one_drawing(overshoot, monkeypatch):
    calls = []
    compute = overshoot._compute
    monkeypatch.setattr(overshoot, "_compute", lambda **values: calls.append(values) or compute(**values))
    overshoot.set(h=0.5, beta=0.5, step=7)
    assert calls == [{"h": 0.5, "beta": 0.5}]
    with pytest.raises(ValueError, match="controls are h, beta, step; got speed"):
        overshoot.set(speed=1)
    overshoot.controls["beta"].value = 0.6
    assert len(calls) == 2


@pytest.mark.parametrize(
    ("h", "beta"), [(1.0, 0.9), (0.1, 0.95), (0.01, 0.5), (0.025, 0.9), (1.8, 0.0), (5.9, 0.5), (41.0, 0.9)]
)
def test_overshoot_computes_what_the_rule_does(h, beta):
    result = explorers.overshoot.compute(h, beta, steps=60)
    run = me.descend(me.landscapes.quadratic([1.0]), [1.0], me.ema(h, beta=beta), 60)
    np.testing.assert_allclose(result.x, run.w[:, 0], rtol=1e-9, atol=1e-12)
    plain = me.descend(me.landscapes.quadratic([1.0]), [1.0], me.gradient_descent(h), 60)
    np.testing.assert_allclose(result.plain, plain.w[:, 0], rtol=1e-9, atol=1e-12)
    assert sorted(np.abs(result.roots)) == pytest.approx(
        sorted(np.abs(np.roots([1, -(1 + beta - h * (1 - beta)), beta]))), abs=1e-9
    )
    if result.regime != "diverging":
        long = me.descend(me.landscapes.quadratic([1.0]), [1.0], me.ema(h, beta=beta), 2000).w[:, 0]
        assert result.overshoot == pytest.approx(max(0.0, -long.min()), abs=1e-12)
    if result.regime == "monotone":
        assert result.settling_time == me.step_info(long, final=0.0, tolerance=0.02).settling_time


@pytest.mark.parametrize("beta", [0.3, 0.9, 0.99])
def test_the_energy_in_the_phase_plane_never_rises(beta):
    for h in (0.01, 0.3, 1.0, 2.0):
        result = explorers.overshoot.compute(h, beta)
        energy = result.x**2 + result.speed**2
        assert np.diff(energy).max() <= 1e-12
        run = me.descend(me.landscapes.quadratic([1.0]), [1.0], me.ema(h, beta=beta), len(result.x) - 1)
        np.testing.assert_allclose(energy / 2, me.energy(run, me.landscapes.quadratic([1.0])), rtol=1e-9)


@pytest.mark.parametrize(
    ("h", "beta", "words"),
    [
        (0.02, 0.9, "Monotone"),
        (1.0, 0.9, "60 % past"),
        (0.1, 0.9, "15 % past"),
        (1.8, 0.0, "Alternating"),
        (40.0, 0.9, "limit of 38"),
    ],
)
def test_overshoot_says_what_the_lesson_says(overshoot, h, beta, words):
    overshoot.set(h=h, beta=beta)
    assert words in overshoot.picture.status


@pytest.mark.parametrize(("h", "past"), [(12.589254, "107 %"), (31.622777, "216 %")])
def test_beyond_the_first_distance_the_overshoot_is_a_whole_number(overshoot, h, past):
    path = me.descend(me.landscapes.quadratic([1.0]), [1.0], me.ema(h, 0.9), 200).w
    assert f"{-100 * path.min():.0f} %" == past
    overshoot.set(h=h, beta=0.9)
    assert f"it shoots {past} past the minimum" in overshoot.picture.status
    overshoot.set(h=1000.0)
    assert "h = 1000 is beyond the limit of 38" in overshoot.picture.status


@pytest.mark.parametrize("h", [0.0275, 1.0, 36.0])
def test_the_swing_fades_to_2_per_cent_in_the_steps_told(overshoot, h):
    overshoot.set(h=h, beta=0.9)
    told = int(re.search(r"the swing fades to 2 % in about (\d+) steps", overshoot.picture.status)[1])
    long = me.descend(me.landscapes.quadratic([1.0]), [1.0], me.ema(h, 0.9), 1500).w[:, 0]
    size = np.log(np.maximum(np.abs(long), 1e-300))
    tops = np.array([size[t : t + 500].max() for t in (200, 400, 600)])  # whole swings fit into each
    assert np.exp(np.diff(tops).mean() / 200) ** told == pytest.approx(0.02, abs=0.002)


def test_the_map_has_the_colour_of_the_regime_at_each_point():
    from momentum_edu.explorers.overshoot import stage

    _, axes = stage()
    areas = {to_hex(area.get_facecolor()[0]): area.get_paths()[0] for area in axes["M"].collections}
    named = {}
    for h in (0.005, 0.3, 1.0, 1.9, 3.0, 30.0, 300.0):
        for beta in (0.05, 0.3, 0.6, 0.9):
            [colour] = [c for c, path in areas.items() if path.contains_point((h, beta))]
            named.setdefault(str(me.theory.regime(h, beta)), set()).add(colour)
    assert len(named) == 4
    assert all(len(colours) == 1 for colours in named.values())
    assert len(set.union(*named.values())) == 4


SHOWN = {
    "smoothing": lambda result: result.path,
    "overshoot": lambda result: result.x[:, np.newaxis],
    "conventions": lambda result: result.second_path[:, np.newaxis],
    "acceleration": lambda result: result.loss,
    "saddle": lambda result: result.momentum,
    "local_minimum": lambda result: result.x[:, np.newaxis],
    "schedules": lambda result: result.x[:, np.newaxis],
    "early_epochs": lambda result: result.epoch_loss,
}


@pytest.mark.parametrize("preset", [0, 1, -1])
@pytest.mark.parametrize("name", SHOWN)
def test_the_line_of_python_reproduces_what_is_shown(opened, name, preset):
    explorer = opened[name]
    list(explorer.buttons.values())[preset].click()
    explorer.set(step=23)
    made = eval(code_of(explorer), {"me": me, "np": np})
    shown = SHOWN[name](OPENERS[name].compute(**explorer.values))
    reset(explorer)
    whole = name == "early_epochs"  # a training is run to its end
    assert len(made) == (len(shown) if whole else 24)
    np.testing.assert_allclose(made, shown[: len(made)], rtol=2e-4 if whole else 1e-8, atol=1e-12)


def code_of(explorer):
    return html.unescape(re.search(r"<pre[^>]*>([^<]*)", explorer.picture.children[1].value)[1])


def test_early_epochs_line_of_python_names_the_network_too():
    from momentum_edu.explorers.early_epochs import _code

    network = {"learning_rate": 0.2, "loss": "cross_entropy", "batch_size": 600}
    losses = eval(_code(0.8, **network), {"me": me, "np": np})
    shown = explorers.early_epochs.compute(beta=0.8, **network).epoch_loss
    np.testing.assert_allclose(shown, losses, rtol=2e-4)


def test_early_epochs_trains_each_beta_as_if_alone_and_momentum_rings():
    together = explorers.early_epochs.compute(beta=[0.0, 0.9], epochs=12)
    alone = explorers.early_epochs.compute(beta=0.9, epochs=12)
    np.testing.assert_allclose(together.epoch_loss[:, 1], alone.epoch_loss, rtol=1e-6)
    assert together.draw_up[0] == 0
    assert together.draw_up[1] == pytest.approx(me.draw_up(alone.epoch_loss))
    assert 0.15 < together.draw_up[1] < 0.25


def test_a_diverging_training_is_said_and_drawn():
    from momentum_edu.explorers.early_epochs import frame, stage

    figure, axes = stage(top=1.8)
    picture = LivePicture(figure, "")
    runs = explorers.early_epochs.compute(0.5, [0.0, 0.5], epochs=40)
    picture.draw(*frame(axes, (0.0, {}, runs), 40))
    assert "diverges" in picture.status
    assert "nan" not in picture.children[1].value


@pytest.mark.parametrize("wrong", [{"h": 0.0}, {"h": np.nan}, {"beta": 1.0}])
def test_overshoot_refuses_bad_input_by_name(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        explorers.overshoot.compute(**wrong)
