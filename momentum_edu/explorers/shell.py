"""The thin shell around every explorer: controls on top, the live picture below, nothing computed here."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from math import log10
from threading import RLock
from typing import Any, NamedTuple

import ipywidgets as widgets

from momentum_edu import spoken
from momentum_edu.ahead import Ahead, as_read
from momentum_edu.live import LivePicture
from momentum_edu.marks import Mark

_NAMED = {"description_width": "initial"}  # labels are words, never cut to fit
_ROWS = {"flex_flow": "row wrap", "align_items": "center"}
_SLIDERS = (widgets.IntSlider, widgets.FloatSlider, widgets.FloatLogSlider)
_CELL = {"flex": "1 1 340px", "max_width": "460px"}  # two in a row, or one where the window is narrow


class Frame(NamedTuple):
    """One moment of a live picture: its marks, its finding in words, and the Python that reproduces it."""

    marks: Sequence[Mark]
    status: str
    code: str


class Explorer(widgets.VBox):  # type: ignore[misc]
    """Controls and a live picture: when a control moves, compute anew and draw.

    Handlers are plain and synchronous: the page itself holds back changes while one is under way. JupyterLab
    may send the messages of two controls to two threads, so one handler waits for the other.

    Parameters
    ----------
    picture : LivePicture
        Where to draw.
    controls : mapping of str to widget
        One widget for each parameter of ``compute``.
    compute : callable
        The pure function of the controls' values.
    frame : callable
        Turns a result and the number of steps shown into a ``Frame``.
    steps : int
        How many steps there are to play.
    presets : mapping of str to dict, optional
        A button for each: its words, and the values it sets.
    interval : int
        Milliseconds between two steps while playing.
    counted : str
        What the slider of steps counts, in words.
    ahead : bool
        Whether pictures may be drawn before they are wanted: not if ``frame`` does more than return one.
    slow : bool
        Whether ``compute`` may take so long that the reader should be told.
    """

    def __init__(
        self,
        picture: LivePicture,
        controls: Mapping[str, Any],
        compute: Callable[..., Any],
        frame: Callable[[Any, int], Frame],
        *,
        steps: int,
        presets: Mapping[str, Mapping[str, Any]] | None = None,
        interval: int = 60,
        counted: str = "steps shown",
        ahead: bool = True,
        slow: bool = False,
    ) -> None:
        self.picture, self.controls = picture, dict(controls)
        self._compute, self._frame, self._lock = compute, frame, RLock()
        self._last: tuple[dict[str, Any] | None, Any] = None, None  # what was computed last, and from what
        self._quiet, self._slow, self._at = False, slow, ""
        self._step = widgets.IntSlider(
            value=steps, min=0, max=steps, description=counted, style=_NAMED, layout=_CELL
        )
        # The page counts the steps while playing: no thread and no loop here, and it ends when the page is
        # closed. The widget that counts has no words on its buttons, so it hides behind a button that has.
        self._play = widgets.Play(value=steps, min=0, max=steps, interval=interval, show_repeat=False)
        self._play.layout.display = "none"
        self._play.observe(self._count, names="value")
        self._halted = False
        self._ahead = Ahead("momentum-explorer", self._paint, self._lock) if ahead else None
        play_button = widgets.ToggleButton(description="Play", layout={"width": "auto", "flex": "none"})
        self._link = widgets.jslink((self._play, "playing"), (play_button, "value"))
        self._start = {name: control.value for name, control in self.controls.items()} | {"step": steps}
        for control in (*self.controls.values(), self._step):
            control.tooltip = ""  # or the page would show "null" where the mouse rests
            control.observe(self._update, names="value")
        self.buttons = {
            words: self._button(words, values)
            for words, values in {"Reset": self._start, **(presets or {})}.items()
        }
        super().__init__(
            [
                widgets.HBox(list(self.controls.values()), layout={"display": "contents"}),
                widgets.HBox([self._play, play_button, self._step], layout=_CELL),
                widgets.HBox(list(self.buttons.values()), layout={**_ROWS, "width": "100%"}),
                picture,
                spoken.control_names("momentum-explorer"),
                *filter(None, [self._ahead]),
            ],
            layout={**_ROWS, "max_width": picture.layout.max_width},
        )
        self.add_class("momentum-explorer")
        self._update()

    @property
    def values(self) -> dict[str, Any]:
        """The present value of each control by its name."""
        return {name: _clean(control.value) for name, control in self.controls.items()}

    def set(self, **values: Any) -> None:
        """Move some controls together, and draw once; ``step`` is the number of steps shown.

        Raises
        ------
        ValueError
            If there is no control of that name.
        """
        controls = {**self.controls, "step": self._step}
        if unknown := values.keys() - controls.keys():
            raise ValueError(f"controls are {', '.join(controls)}; got {', '.join(sorted(unknown))}")
        with self._lock:
            self._quiet = True
            try:
                for name, value in values.items():
                    controls[name].value = value
            finally:
                self._quiet = False
            self._update()

    def _button(self, words: str, values: Mapping[str, Any]) -> Any:
        button = widgets.Button(description=words, layout={"width": "auto"})

        button.on_click(lambda _button: self._press(values))
        return button

    def _press(self, values: Mapping[str, Any]) -> None:
        with self._lock:
            self._halted = self._play.playing
            self._play.playing = False
            self.set(**values)

    def _count(self, change: Any) -> None:
        with self._lock:
            if self._halted and not self._play.playing:  # a step on its way when the playing was ended
                self._play.value = self._step.value
            else:
                self._halted = False
                self._step.value = change["new"]

    def _update(self, change: Any = None) -> None:
        """Compute and draw; whatever goes wrong is shown to the reader in place of the finding."""
        with self._lock:
            if self._quiet:
                return
            self._play.value = self._step.value
            moved = change["owner"] if change and isinstance(change["owner"], _SLIDERS) else None
            self._at = as_read(moved, moved.value) if moved else ""
            if not self._ahead:
                self._draw()
                return
            self._ahead.turn_to(moved)
            if self._ahead.has_sent(self._at):  # the page shows it by itself
                self._ahead.when_calm(self._draw)
            else:
                self._draw()
            self._ahead.fill()

    def _draw(self) -> None:
        try:
            with self.picture.patience() if self._slow else nullcontext():
                frame = self._frame(self._result(self.values), self._step.value)
            self.picture.draw(*frame, self._at)
        except Exception as error:
            self.picture.fail(f"{type(error).__name__}: {error}")

    def _paint(self, moved: Any, value: Any) -> str:
        """Return what the page would show if this slider stood at ``value``."""
        controls = self.controls.items()
        values = {name: _clean(value if each is moved else each.value) for name, each in controls}
        shown = value if moved is self._step else self._step.value
        return self.picture.compose(*self._frame(self._result(values), shown), as_read(moved, value))

    def _result(self, values: dict[str, Any]) -> Any:
        """Compute, unless only the number of steps shown has changed."""
        if values != self._last[0]:
            self._last = values, self._compute(**values)
        return self._last[1]

    def _repr_mimebundle_(self, **options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        return self.picture.bundle(super()._repr_mimebundle_(**options))


def slider(words: str, value: float, low: float, high: float, step: float, digits: str = ".2f") -> Any:
    """Make a slider for a number, a whole one if its step is; ``words`` say what it is."""
    kind = widgets.IntSlider if isinstance(step, int) else widgets.FloatSlider
    return kind(
        value,
        min=low,
        max=high,
        step=step,
        description=words,
        readout_format=digits,
        style=_NAMED,
        layout=_CELL,
    )


def log_slider(words: str, value: float, low: float, high: float, step: float, digits: str = ".3g") -> Any:
    """Make a slider for a positive number on a logarithmic scale; ``step`` in decades."""
    return widgets.FloatLogSlider(
        value,
        min=log10(low),
        max=log10(high),
        step=step,
        description=words,
        readout_format=digits,
        style=_NAMED,
        layout=_CELL,
    )


def choice(words: str, options: Mapping[str, Any], value: Any) -> Any:
    """Make a list to choose one of several things from, by their names."""
    return widgets.Dropdown(
        options=list(options.items()), value=value, description=words, style=_NAMED, layout=_CELL
    )


def toggles(words: str, options: Mapping[str, Any], value: Any, hints: Sequence[str] = ()) -> Any:
    """Make a row of buttons of which one is pressed; ``hints`` are longer names, shown under the mouse."""
    row = widgets.ToggleButtons(
        options=list(options.items()), value=value, description=words, style=_NAMED, tooltips=hints
    )
    row.style.button_width = "auto"
    row.layout = {"display": "flex", **_ROWS, "margin": "2px 12px 2px 2px", "grid_gap": "0 4px"}
    return row


def ladder(words: str, options: Mapping[str, Any], value: Any) -> Any:
    """Make a slider over a few values in order, each with its name."""
    return widgets.SelectionSlider(
        options=list(options.items()), value=value, description=words, style=_NAMED, layout=_CELL
    )


def _clean(value: Any) -> Any:
    """Take the noise of binary steps from a slider's value: 0.9, not 0.9000000000000001."""
    return float(f"{value:.6g}") if isinstance(value, float) else value
