"""Pictures sent ahead: they are those that the kernel would send, and the page forgets them in time."""

import asyncio
import re
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from ipywidgets import FloatLogSlider, FloatSlider, IntSlider

from momentum_edu import explorers, figures, nesterov
from momentum_edu.ahead import as_read, near
from momentum_edu.explorers.overshoot import finding
from momentum_edu.explorers.shell import Explorer, Frame, slider
from momentum_edu.live import LivePicture
from momentum_edu.marks import points


def in_a_kernel(work):
    """Run a coroutine in a loop of its own: a browser that is open for other tests has one in this thread."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work).result()


def sent_while(explorer, *moves):
    """Make these moves in a running loop, as a kernel has one, and return all that was sent, in order."""
    store, moving = explorer._ahead.children[0], explorer.picture.children[1]
    messages = []
    store.observe(lambda change: messages.append(("ahead", change["new"])), names="value")
    moving.observe(lambda change: messages.append(("picture", change["new"])), names="value")

    async def kernel():
        for move in moves:
            move()
            while explorer._ahead._busy:
                await asyncio.sleep(0.001)

    in_a_kernel(kernel())
    return messages


def pictures(messages):
    """Value at the slider -> picture, of all that were sent ahead."""
    templates = "".join(value for kind, value in messages if kind == "ahead")
    found = re.findall(r"<template>(.*?)</template>", templates, re.DOTALL)
    return {re.search(r'data-at="([^"]*)"', picture)[1]: picture for picture in found}


@pytest.mark.parametrize(
    ("open_explorer", "name"),
    [
        (explorers.overshoot, "h"),
        (explorers.overshoot, "beta"),
        (lambda: explorers.overshoot(nesterov(1.0)), "beta"),
        (explorers.smoothing, "noise"),
    ],
)
def test_the_pictures_sent_ahead_are_those_that_the_kernel_would_send(open_explorer, name):
    explorer, asked = open_explorer(), open_explorer()
    moved, same = explorer.controls[name], asked.controls[name]
    start = same.value = near(moved, 1)[-1]
    kept = pictures(sent_while(explorer, lambda: setattr(moved, "value", start)))
    around = near(moved, 10)
    assert len(kept) > len(around) > 10
    for value in around[1:]:
        same.value = value
        answer = asked.picture.children[1].value
        assert kept[as_read(same, value)] == answer
        assert f'data-at="{as_read(same, value)}"' in answer


def test_the_steps_are_sent_ahead_too():
    explorer = explorers.overshoot()
    kept = pictures(sent_while(explorer, lambda: setattr(explorer._step, "value", 30)))
    assert {"29", "30", "31"} <= kept.keys()
    assert len(set(kept.values())) == len(kept)


def test_when_another_control_moves_the_page_is_told_to_forget_before_the_next_picture():
    explorer = explorers.overshoot()
    h, beta = explorer.controls["h"], explorer.controls["beta"]
    messages = sent_while(
        explorer,
        lambda: setattr(h, "value", 1.1),
        lambda: setattr(beta, "value", 0.8),
        lambda: explorer.set(h=1),
    )
    ages = [
        int(re.search(r'data-age="(\d+)"', value)[1]) if kind == "ahead" else None for kind, value in messages
    ]
    shown = [place for place, (kind, _) in enumerate(messages) if kind == "picture"]
    assert len(shown) == 3
    assert set(ages[shown[0] + 1 : shown[1] - 1]) == {0}
    assert ages[shown[1] - 1] == 1
    assert "<template>" not in messages[shown[1] - 1][1]
    assert set(ages[shown[1] + 1 : shown[2] - 1]) == {1}
    assert messages[shown[2] - 1][1] == '<div data-age="2" data-of="momentum β" data-most="150"></div>'
    assert messages[shown[2] :] == messages[-1:]  # nothing is sent ahead of a button


def test_while_the_hand_moves_the_kernel_keeps_silent_on_what_the_page_has_and_then_says_the_same():
    explorer, asked = explorers.overshoot(), explorers.overshoot()
    h, moving = explorer.controls["h"], explorer.picture.children[1]
    values = [near(h, 24)[i] for i in (1, 3, 5, 7, 9)]
    seen = []

    async def kernel():
        h.value = values[0]
        while explorer._ahead._busy:
            await asyncio.sleep(0.001)
        moving.observe(lambda change: seen.append(change["new"]), names="value")
        for value in values[1:]:
            h.value = value
        assert seen == []
        await asyncio.sleep(0.3)

    in_a_kernel(kernel())
    assert explorer.picture.status == finding(explorers.overshoot.compute(values[-1], 0.9))
    for value in values:
        asked.controls["h"].value = value
    assert seen == [asked.picture.children[1].value]


def test_what_the_page_has_let_go_of_is_sent_again():
    explorer = explorers.overshoot()
    h = explorer.controls["h"]
    far = [10.0 ** (0.02 * notch) for notch in (1, *range(-140, 141, 20), 0)]
    messages = sent_while(explorer, *(lambda value=value: setattr(h, "value", value) for value in far))
    templates = re.findall(
        r'data-at="([^"]*)"', "".join(value for kind, value in messages if kind == "ahead")
    )
    kept = {}
    for at in templates:  # as the page does
        kept[at] = None
        if len(kept) > 150:
            del kept[next(iter(kept))]
    assert len(templates) > len(set(templates)) > 250
    assert {as_read(h, value) for value in near(h, 20)} <= kept.keys()


def test_where_nothing_runs_in_the_meantime_nothing_is_sent():
    explorer = explorers.overshoot()
    with ThreadPoolExecutor(1) as thread:  # where there is surely no loop
        thread.submit(setattr, explorer.controls["h"], "value", 1.1).result()
    assert explorer._ahead.children[0].value == ""
    assert not explorer._ahead._busy


def test_a_value_that_fails_is_left_to_the_kernel_to_explain():
    def compute(eta):
        if eta > 0.55:
            raise ZeroDivisionError("not there")
        return eta

    figure, axes = figures.new("Where it is", x="step", y="w")
    picture = LivePicture(figure, "A point.")

    def frame(eta, shown):
        return Frame([points(axes, 0.5, eta)], f"{eta:.2f}", "")

    eta = slider("eta", 0.4, 0.0, 1.0, 0.1)
    explorer = Explorer(picture, {"eta": eta}, compute, frame, steps=1)
    kept = pictures(sent_while(explorer, lambda: setattr(eta, "value", 0.3)))
    assert sorted(kept) == ["0.00", "0.10", "0.20", "0.30", "0.40", "0.50"]
    assert "alert" not in "".join(kept.values())

    async def kernel():
        eta.value = 0.6
        assert "ZeroDivisionError: not there" in picture.children[1].value  # at once

    in_a_kernel(kernel())


@pytest.mark.parametrize(
    "made",
    [
        FloatSlider(0.3, min=-1, max=1, step=0.05, readout_format=".3g"),
        IntSlider(7, min=1, max=40),
        FloatLogSlider(1.0, min=-3, max=3, step=0.02, readout_format=".3g"),
    ],
)
def test_what_is_near_can_be_chosen_lies_nearest_and_reads_differently(made):
    everything, around = near(made, 10**6), near(made, 5)
    assert around == everything[:11]
    assert around[0] == pytest.approx(made.value)
    low, high = (made.base**end if hasattr(made, "base") else end for end in (made.min, made.max))
    assert min(everything) == pytest.approx(low)
    assert max(everything) == pytest.approx(high)
    for value in everything:
        made.value = value
        assert made.value == pytest.approx(value)
    assert len({as_read(made, value) for value in everything}) == len(everything)


def test_playing_and_reset_may_come_from_two_threads():
    """JupyterLab sends the messages of two widgets to two threads of the kernel."""
    explorer, fresh = explorers.overshoot(), explorers.overshoot()
    faults = []

    def in_a_thread(moves):
        async def kernel():
            asyncio.get_running_loop().set_exception_handler(lambda _loop, fault: faults.append(fault))
            for move in moves:
                move()
                await asyncio.sleep(0.003)
            while (loop := explorer._ahead._busy) and loop is asyncio.get_running_loop():
                await asyncio.sleep(0.001)

        asyncio.run(kernel())

    def play(step):
        explorer._play.set_state({"playing": True, "value": step})

    def reset():
        explorer.buttons["Reset"]._handle_button_msg(None, {"event": "click"}, [])

    plays = [lambda step=step: play(step) for step in range(1, 40)] * 4
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(2) as threads:
            for each in [threads.submit(in_a_thread, plays), threads.submit(in_a_thread, [reset] * 120)]:
                each.result()
    finally:
        sys.setswitchinterval(before)
    assert faults == []
    reset()
    explorer._step.value = fresh._step.value = 7
    assert explorer.picture.children[1].value == fresh.picture.children[1].value
