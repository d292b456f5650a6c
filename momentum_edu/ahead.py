"""Pictures sent ahead: while the kernel rests, it sends those near a slider's present place to the page.

The way from the page to the kernel and back takes 20 ms and more, however quickly a picture is drawn, and
longer if the kernel is far away. So the page keeps the pictures that are likely to be wanted next and shows
them by itself, by a few lines of script; when the hand rests, the kernel's own answer follows and is the same
picture. A picture that has not been sent ahead comes from the kernel at once, as ever.
"""

import asyncio
import contextlib
import html
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import ipywidgets as widgets

from momentum_edu import spoken

_REACH = 24  # notches to each side of where the slider stands
_BATCH = 4  # pictures in a message
_KEPT = 150  # pictures at the most that the page keeps, a few megabytes
_CALM = 0.1  # seconds after the last move until the kernel's own answer follows
_REST = 0.004  # seconds at least between two pictures, for what the page asks in the meantime
# A picture says in data-at what is to be read beside the slider: one that says something else is an answer
# of the kernel that has been overtaken.
_SHOW = """\
const kept = new Map();
let batch, age;
const tell = () => {
    const now = root.querySelector('.momentum-ahead div[data-age]');
    if (now && now !== batch) {
        if (now.dataset.age !== age) kept.clear();
        for (const picture of now.children)
            kept.set(picture.content.querySelector('svg').dataset.at, picture.content);
        while (kept.size > now.dataset.most) kept.delete(kept.keys().next().value);
        [batch, age] = [now, now.dataset.age];
    }
    if (!kept.size) return;
    const moved = [...root.querySelectorAll('.widget-slider')].find(
        slider => slider.querySelector('label').textContent === batch.dataset.of);
    const picture = kept.get(moved?.querySelector('.widget-readout').textContent);
    const layer = root.querySelector('.momentum-moving .widget-html-content');
    const at = shown => shown.querySelector('svg')?.dataset.at;
    if (picture && layer && at(layer) !== at(picture)) {
        layer.replaceChildren(picture.cloneNode(true));
        root.dataset.ahead = at(picture);
    }
};"""


class Ahead(widgets.VBox):  # type: ignore[misc]
    """An unseen widget that hands the page the pictures near the present place of the slider that moves.

    Parameters
    ----------
    root : str
        The class of the element that holds the sliders and the picture.
    paint : callable
        ``paint(slider, value)`` returns the picture, as HTML, that the slider would give at ``value`` if all
        other controls stayed as they are; its ``data-at`` is ``as_read(slider, value)``.
    lock : lock
        Held by whoever calls a method of this one: JupyterLab may send the messages of two controls to two
        threads. What is done later takes it by itself.
    """

    def __init__(
        self, root: str, paint: Callable[[Any, Any], str], lock: AbstractContextManager[Any]
    ) -> None:
        self._paint, self._lock, self._age = paint, lock, 0
        self._slider: Any = None
        self._busy: asyncio.AbstractEventLoop | None = None  # where the next picture will be drawn
        self._timer: asyncio.TimerHandle | None = None
        self._drawn: dict[str, bool] = {}  # whether it went well, by what is read beside the slider, in order
        self._ready: dict[str, str] = {}  # drawn, not yet sent
        self._store = widgets.HTML().add_class("momentum-ahead")
        super().__init__([self._store, spoken.script(root, _SHOW)], layout={"display": "none"})

    def turn_to(self, slider: Any) -> None:
        """Let the page forget what it keeps, unless this slider is still the one that moves."""
        if slider is self._slider:
            return
        if self._drawn:
            self._age += 1
            self._drawn.clear()
            self._ready.clear()
            self._send()
        self._slider = slider

    def has_sent(self, at: str) -> bool:
        """Tell whether the page has the picture for what is read beside the slider."""
        return self._drawn.get(at, False) and at not in self._ready

    def when_calm(self, draw: Callable[[], None]) -> None:
        """Call ``draw`` when the slider has not moved for a moment."""
        if self._timer:
            self._timer.cancel()
        try:
            self._timer = asyncio.get_running_loop().call_later(_CALM, self._locked, draw)
        except RuntimeError:
            draw()

    def _locked(self, act: Callable[[], None]) -> None:
        with self._lock:
            act()

    def fill(self) -> None:
        """Send the pictures that are missing, one by one, whenever there is nothing else to do."""
        if self._slider is None or (self._busy and self._busy.is_running()):
            return
        with contextlib.suppress(RuntimeError):  # outside a kernel nothing goes on in the meantime
            self._come_back(asyncio.get_running_loop(), _REST)

    def _come_back(self, loop: asyncio.AbstractEventLoop, rest: float) -> None:
        self._busy = loop
        loop.call_later(rest, self._locked, lambda: self._next(loop))

    def _next(self, loop: asyncio.AbstractEventLoop) -> None:
        self._busy = None
        around = ((value, as_read(self._slider, value)) for value in near(self._slider, _REACH))
        missing = next(((value, at) for value, at in around if at not in self._drawn), None)
        if missing:
            value, at = missing
            begun = loop.time()
            self._drawn[at] = False
            if len(self._drawn) > _KEPT:  # the page lets go of its oldest too
                del self._drawn[next(iter(self._drawn))]
            with contextlib.suppress(Exception):  # what is wrong with a value is said when it is chosen
                self._ready[at] = f"<template>{self._paint(self._slider, value)}</template>"
                self._drawn[at] = True
            self._come_back(loop, max(_REST, loop.time() - begun))  # rest for as long as it took
        if len(self._ready) >= (_BATCH if missing else 1):
            self._send()

    def _send(self) -> None:
        facts = (
            f'data-age="{self._age}" data-of="{html.escape(self._slider.description)}" data-most="{_KEPT}"'
        )
        self._store.value = f"<div {facts}>{''.join(self._ready.values())}</div>"
        self._ready.clear()


def near(slider: Any, reach: int) -> list[float]:
    """Return the values that a slider can take near its present one, the nearest first.

    Examples
    --------
    >>> near(widgets.IntSlider(4, min=0, max=5), 2)
    [4, 5, 3, 2]
    """
    if slider is None:
        return []
    count = round((slider.max - slider.min) / slider.step) + 1
    notches = [slider.min + i * slider.step for i in range(count)]
    if isinstance(slider, widgets.FloatLogSlider):
        notches = [slider.base**notch for notch in notches]
    here = min(range(count), key=lambda i: abs(notches[i] - slider.value))
    around = range(max(here - reach, 0), min(here + reach + 1, count))
    return [notches[i] for i in sorted(around, key=lambda i: (abs(i - here), -i))]


def as_read(slider: Any, value: float) -> str:
    """Write a value as the page does beside a slider (by d3-format), for the forms d, .2f and .3g.

    Examples
    --------
    >>> slider = widgets.FloatSlider(readout_format=".3g")
    >>> [as_read(slider, value) for value in (-0.5, 0.1, 100.0, 1e-7)]
    ['−0.500', '0.100', '100', '1.00e-7']
    """
    form = slider.readout_format
    written = format(abs(value), f"#{form}" if form.endswith("g") else form).removesuffix(".")
    sign = "\N{MINUS SIGN}" if value < 0 and float(written) else ""
    return sign + re.sub(r"e([+-])0", r"e\1", written)
