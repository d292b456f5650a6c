"""The explorer diagnosis against `diagnose`, and its shell: pasting, opening, redrawing, refusing."""

import datetime
import html
import re
import threading

import numpy as np
import pytest

import momentum_edu as me
from momentum_edu.diagnosis.logs import parse_log
from momentum_edu.explorers.diagnosed import SHIPPED, as_log, shipped, stretch
from momentum_edu.explorers.diagnosis import OWN, compute, diagnosis

RINGING = 0.3 + me.theory.response(1.0, 0.9, 200) ** 2


@pytest.fixture(scope="module")
def opened():
    return diagnosis()


@pytest.fixture
def explorer(opened):
    opened.children[2].children[0].click()
    return opened


def prints(losses):
    return "\n".join(f"epoch {t} loss {loss:.6g}" for t, loss in enumerate(losses))


@pytest.mark.parametrize("place", SHIPPED)
@pytest.mark.parametrize("seen", [9, 40, None])
def test_compute_is_diagnose_on_the_beginning_of_the_log(place, seen):
    run = shipped(place)
    result = compute(run.losses, run.rate, run.beta, seen=seen)
    expected = me.diagnose(run.losses[:seen], learning_rate=run.rate, beta=run.beta)
    assert result.found.explanation == expected.explanation
    assert result.found.advice == expected.advice
    assert result.seen == len(run.losses[:seen])


def test_the_curvature_of_one_mode_comes_out_in_each_convention():
    """Against the closed form: h = 1 in the EMA form at rate 0.05 is curvature 20."""
    for convention, rate in (("ema", 0.05), ("heavy_ball", 0.005), ("classical_momentum", 0.005)):
        assert compute(RINGING, rate, 0.9, convention).found.curvature == pytest.approx(20, rel=0.15)


def test_a_log_that_ends_in_nan_has_diverged_there_and_not_before():
    log = [2.0, 1.5, 1.2, 1.0, 0.9, 0.8, 0.7, 0.65, 0.6, 0.58, 0.56, 0.55, np.nan, 1.0]
    assert len(as_log(log).losses) == 12
    assert compute(log).found.kind == "instability"
    assert compute(log, seen=12 - 1).found.kind == "smooth"


@pytest.mark.parametrize("bad", [[], [[1.0, 2.0]], [np.nan, 1.0], "no_such_file.csv"])
def test_a_log_that_is_none_is_refused(bad):
    with pytest.raises((ValueError, OSError), match=r"log must be one curve|no_such_file"):
        diagnosis(bad)


def test_the_verdict_comes_with_the_log(explorer):
    kinds = []
    for part in (3, 30, 100):
        explorer.set(step=part)
        kinds.append(explorer.picture.status.partition(":")[0])
    assert kinds == ["Unclear", "Ringing", "Ringing"]


def test_each_preset_shows_its_kind_and_tells_the_known_cause(explorer):
    kinds = {}
    for button in explorer.children[2].children[1:]:
        button.click()
        kinds[button.description] = explorer.picture.status.partition(":")[0]
        assert f"Known cause: {shipped(explorer.values['which']).cause}." in explorer.picture.status
    assert kinds == {
        "it rings": "Ringing",
        "ringing under noise": "Ringing",
        "only noise": "Noise",
        "too large a rate": "Instability",
        "it does not guess": "Unclear",
        "too early to tell": "Unclear",
    }


def test_a_shipped_run_brings_its_rate_and_beta(explorer):
    for place in SHIPPED:
        explorer.controls["which"].value = place
        assert explorer.values["learning_rate"] == shipped(place).rate
        assert explorer.values["beta"] == shipped(place).beta


def test_the_background_is_redrawn_when_the_log_changes_and_only_then(explorer, monkeypatch):
    before, drawn = explorer.picture.children[0].value, []
    redraw = explorer.picture.redraw
    monkeypatch.setattr(explorer.picture, "redraw", lambda: drawn.append(1) or redraw())
    explorer.set(beta=0.5, learning_rate=0.1, step=20)
    assert drawn == []
    explorer.set(which=SHIPPED[2], step=100)
    assert drawn == [1]
    assert explorer.picture.children[0].value != before
    low, high = explorer.picture.figure.axes[0].get_ylim()
    losses = shipped(SHIPPED[2]).losses
    assert low < losses.min() < losses.max() < high < 2 * losses.max()


def test_a_change_on_another_thread_waits_for_the_new_background(explorer, monkeypatch):
    order, redraw, draw = [], explorer.picture.redraw, explorer.picture.draw

    def note(*frame, **how):
        order.append("marks")
        draw(*frame, **how)

    other = threading.Thread(target=lambda: explorer.set(beta=0.5))

    def redraw_while_another_comes():
        other.start()
        other.join(timeout=0.3)
        redraw()
        order.append("background")

    monkeypatch.setattr(explorer.picture, "redraw", redraw_while_another_comes)
    monkeypatch.setattr(explorer.picture, "draw", note)
    explorer.set(which=SHIPPED[3])
    other.join()
    assert order[0] == "background"
    assert "marks" in order[1:]
    assert order.count("background") == 1


def test_a_pasted_log_turns_to_ones_own_and_back(explorer):
    explorer.controls["text"].value = prints(RINGING)
    assert explorer.values["which"] == OWN
    assert explorer.picture.status.startswith("Ringing: ")
    assert "Known cause" not in explorer.picture.status
    assert explorer.values["learning_rate"] == 0
    assert "curvature" not in explorer.picture.status  # that needs the reader's rate
    explorer.set(learning_rate=0.1, convention="ema")
    assert "curvature" in explorer.picture.status
    explorer.controls["which"].value = SHIPPED[0]
    assert "Known cause" in explorer.picture.status


def test_a_pasted_log_that_diverges_says_so_in_the_end_only(explorer):
    explorer.controls["text"].value = prints([*RINGING, np.nan])
    assert explorer.picture.status.startswith("Instability: the next loss is no number")
    assert "Line 202" in explorer.picture.words.value
    explorer.set(step=99)
    assert explorer.picture.status.startswith("Ringing")


@pytest.mark.parametrize(
    ("pasted", "message"),
    [
        ("hello", "your log, line 1, column 1: must hold a loss; got 'hello'"),
        ("loss\n0.5\nabc", "your log, line 3, column 1 (loss): must be a number; got 'abc'"),
        ("loss\nnan", "must hold at least one finite loss"),
    ],
)
def test_a_bad_paste_is_answered_and_no_old_advice_stands_below(explorer, pasted, message):
    assert "What helps" in explorer.picture.words.value
    explorer.controls["text"].value = pasted
    assert message in explorer.picture.status
    assert 'role="alert"' in explorer.picture.children[1].value
    assert explorer.picture.words.value == ""
    explorer.controls["text"].value = prints(RINGING)
    assert explorer.picture.status.startswith("Ringing")


def test_an_empty_field_asks_for_a_log(explorer):
    explorer.set(which=OWN)
    assert explorer.picture.status.startswith("Paste a log")
    assert 'role="alert"' not in explorer.picture.children[1].value


def test_a_file_is_opened_and_a_large_one_is_not_put_into_the_field(explorer):
    upload = explorer.children[0].children[-1]
    file = {"name": "log.csv", "type": "", "size": 9, "last_modified": datetime.datetime(2026, 1, 1)}
    upload.value = (file | {"content": memoryview(b"loss\n" + b"\n".join(b"%.4f" % x for x in RINGING))},)
    assert explorer.picture.status.startswith("Ringing")
    upload.value = (file | {"content": memoryview(b"loss\n1"), "size": 10**7},)
    assert "explorers.diagnosis('log.csv')" in explorer.picture.status


def test_a_log_given_as_a_file_is_shown_first(tmp_path):
    path = tmp_path / "run.csv"
    path.write_text("epoch,loss\n" + "\n".join(f"{t},{x:.6g}" for t, x in enumerate(RINGING)))
    own = diagnosis(path)
    assert own.values["which"] == OWN
    assert own.picture.status.startswith("Ringing")
    assert "One value an epoch" in own.picture.words.value
    assert f"read_log({str(path)!r})" in html.unescape(own.picture.children[1].value)


@pytest.mark.parametrize("values", [{}, {"step": 30, "beta": 0.9}, {"which": SHIPPED[4]}])
def test_the_lines_of_python_reproduce_the_verdict(explorer, values):
    explorer.set(**values)
    code = html.unescape(re.search(r"<pre[^>]*>([^<]*)", explorer.picture.children[1].value)[1])
    setup, _, last = code.rpartition("\n")
    names = {"me": me}
    exec(setup, names)
    found = eval(last, names)
    assert html.escape(found.explanation) in explorer.picture.words.value
    assert all(html.escape(line) in explorer.picture.words.value for line in found.advice)


def test_a_million_steps_are_drawn_thinned():
    rng = np.random.default_rng(0)
    own = diagnosis(np.exp(-np.arange(1_000_000) / 3e5) + 0.05 * rng.standard_normal(1_000_000))
    assert own.picture.status.startswith("Noise")
    assert len(own.picture.children[1].value) < 60_000


def test_an_explosion_gets_a_logarithmic_axis():
    own = diagnosis(2.0 ** np.arange(60))
    assert own.picture.figure.axes[0].get_yscale() == "log"
    assert own.picture.status.startswith("Instability: the loss explodes")


def test_a_ringing_log_is_shown_where_it_rings():
    late = np.concatenate([RINGING, np.full(5000, RINGING[-1])])
    assert 30 < stretch(as_log(late)) < 300
    assert stretch(parse_log(prints(RINGING[:8]))) == 8
