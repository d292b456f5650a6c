"""A live picture: what stands still is drawn once, what moves is one small SVG message a frame.

Drawing a whole Matplotlib figure takes 30 to 100 ms, most of it axes, ticks and letters. So Matplotlib draws
these once, and the moving marks lie on top as an SVG in the same place, written in under a millisecond.
"""

import base64
import contextlib
import html
import io
from collections.abc import Iterator, Sequence
from threading import Lock, Timer
from typing import Any

import ipywidgets as widgets
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.transforms import Affine2D, Bbox, TransformedBbox
from PIL import Image

from momentum_edu import figures, spoken
from momentum_edu.marks import Mark, Window

_DENSITY = 2.0  # stored pixels for each pixel on the page: sharp on dense screens and when zoomed
_WAIT = 0.3  # seconds of computing until the reader is told of it
_FOOT = 46  # pixels under the picture for the code; fixed, so that both layers stay in register
_FONT = "font-family:system-ui,-apple-system,'Segoe UI','Liberation Sans',sans-serif"
_HEAD = (
    "display:flex;align-items:flex-end;box-sizing:border-box;min-height:54px;margin:0;padding:6px 10px;"
    f"font-size:15px;line-height:1.35;font-weight:600;{_FONT}"
)
_PICTURE = "display:block;width:100%;height:auto;font-family:'DejaVu Sans',Verdana,sans-serif"
_CODE = (
    f"box-sizing:border-box;margin:0;padding:4px 10px 0;height:{_FOOT}px;overflow:auto;white-space:pre-wrap;"
    "border-bottom:4px solid white;"  # two whole lines: of a third nothing is seen until one scrolls
    f"overflow-wrap:anywhere;user-select:all;background:white;box-shadow:0 -1px white;color:{figures.GREY};"
    "font-size:12px;line-height:19px"
)


class LivePicture(widgets.GridBox):  # type: ignore[misc]
    """A figure that stands still, with marks on top of it that move at every call of ``draw``.

    Parameters
    ----------
    figure : Figure
        What stands still, with its axis limits set. It is laid out and drawn once.
    description : str
        What the picture shows, whatever the marks are: the first half of its alternative text.

    Examples
    --------
    >>> from momentum_edu import figures
    >>> from momentum_edu.marks import line, points
    >>> figure, axes = figures.new("A line that moves", x="step", y="w")
    >>> _ = axes.set(xlim=(0, 10), ylim=(-1, 1))
    >>> picture = LivePicture(figure, "The parameter w against the step.")
    >>> picture.draw([line(axes, [0, 10], [1, 0]), points(axes, 10, 0)], status="w has reached 0.")
    >>> picture.alt
    'The parameter w against the step. w has reached 0.'
    """

    def __init__(self, figure: Figure, description: str) -> None:
        self.figure, self.description, self.status = figure, description, ""
        self._width, self._height = (
            float(side) * figures.PIXELS_PER_INCH for side in figure.get_size_inches()
        )
        self._marks: Sequence[Mark] = ()
        self._code = ""
        flat = {"margin": "0", "grid_area": "1 / 1 / 2 / 2"}
        self._still = widgets.HTML(layout=widgets.Layout(align_self="flex-end", **flat))
        self._moving = widgets.HTML(layout=widgets.Layout(align_self="flex-end", **flat))
        self._moving.add_class("momentum-moving")
        super().__init__(
            [self._still, self._moving, spoken.announcer("momentum-picture")],
            layout=widgets.Layout(
                width="100%",
                max_width=f"{self._width:.0f}px",
                grid_template_columns="100%",
                overflow="hidden",
            ),
        )
        self.add_class("momentum-picture")
        self.redraw()

    def redraw(self) -> None:
        """Draw anew what stands still: needed only when the axis limits or the figure have changed."""
        figures.settle(self.figure)
        self._png = figures.png(self.figure, _DENSITY)
        self._windows: dict[Axes, Window] = {
            axes: Window.of(axes, self._width, self._height) for axes in self.figure.axes
        }
        source = f"data:image/png;base64,{base64.b64encode(self._png).decode('ascii')}"
        size = f"display:block;width:100%;height:auto;margin:0 0 {_FOOT}px"
        self._still.value = f'<img alt="" src="{source}" width="{self._width:.0f}" style="{size}">'

    def draw(self, marks: Sequence[Mark], status: str, code: str = "", at: str = "") -> None:
        """Show these marks, and say in words and numbers what is seen.

        Parameters
        ----------
        marks : sequence of Mark
            Made by ``line``, ``points``, ``text`` and the like; later ones lie on top.
        status : str
            The finding, in one or two sentences: the headline, announced politely by screen readers.
        code : str
            A line of Python that reproduces what is seen, to be copied.
        at : str
            What is to be read beside the slider that has moved, if one has.
        """
        self.status, self._marks, self._code = status, marks, code
        self._moving.value = self.compose(marks, status, code, at)

    def compose(self, marks: Sequence[Mark], status: str, code: str = "", at: str = "") -> str:
        """Write these marks and words as the page is to show them, without showing them; as for ``draw``."""
        words = html.escape(status).replace(" %", "\N{NO-BREAK SPACE}%")
        # The shadow covers the hair of background that shows between the layers at odd zooms.
        paper = f"background:white;box-shadow:0 1px white;color:{figures.INK}"
        head = f'<p class="momentum-finding" style="{_HEAD};{paper}">{words}</p>'
        return self._lay(head, marks, status, code, f'data-at="{html.escape(at)}"')

    @contextlib.contextmanager
    def patience(self) -> Iterator[None]:
        """Tell the reader of what is computed inside, if it takes long; the last picture stays, faded."""
        lock, done = Lock(), False
        words = "Computing \N{HORIZONTAL ELLIPSIS}"
        paper = f"background:white;color:{figures.GREY}"
        head = f'<p class="momentum-finding" style="{_HEAD};{paper}">{words}</p>'

        def tell() -> None:
            with lock:
                if not done:
                    self._moving.value = self._lay(head, self._marks, words, self._code, 'opacity="0.35"')

        timer = Timer(_WAIT, tell)
        try:
            timer.start()
        except RuntimeError:  # a browser has no threads
            tell()
        try:
            yield
        finally:
            timer.cancel()
            with lock:
                done = True

    def fail(self, message: str) -> None:
        """Say that something went wrong, in place of the headline; the last picture stays, faded."""
        self.status = message
        alarm = f"background:#FDECE3;color:#7A2E00;border-left:6px solid {figures.VERMILION}"
        words = f'<p role="alert" style="{_HEAD};{alarm}">{html.escape(message)}</p>'
        self._moving.value = self._lay(words, self._marks, message, self._code, 'opacity="0.35"')

    @property
    def alt(self) -> str:
        """The alternative text: the description, then the present status."""
        return self._alt(self.status)

    def _alt(self, status: str) -> str:
        return f"{self.description} {status}"

    def still(self) -> bytes:
        """Draw the present picture as PNG, for places where no widget can run."""
        size = self._width / figures.PIXELS_PER_INCH, self._height / figures.PIXELS_PER_INCH
        layer = Figure(figsize=size, dpi=_DENSITY * figures.PIXELS_PER_INCH, facecolor="none")
        canvas: Any = FigureCanvasAgg(layer)
        to_figure = Affine2D().scale(1 / self._width, -1 / self._height).translate(0, 1) + layer.transFigure
        for order, mark in enumerate(self._marks):
            window = self._windows[mark.axes]
            artist = mark.artist(window.place(mark) + np.array([window.left, window.top]))
            artist.set(transform=to_figure, zorder=order)
            layer.add_artist(artist)
            if mark.clipped:
                corners = Bbox(mark.axes.get_position().get_points())
                artist.set_clip_box(TransformedBbox(corners, layer.transFigure))
        canvas.draw()
        ground = Image.open(io.BytesIO(self._png)).convert("RGBA")
        moving = Image.fromarray(np.asarray(canvas.buffer_rgba()))
        return figures.compact(Image.alpha_composite(ground, moving))

    def bundle(self, widget: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Add the still picture and its alternative text to a widget's Jupyter output."""
        data, metadata = figures.bundle(self.still(), self.alt, self.figure)
        return {**widget, **data}, metadata

    def _repr_mimebundle_(self, **options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        return self.bundle(super()._repr_mimebundle_(**options))

    def _write(self, mark: Mark) -> str:
        window = self._windows[mark.axes]
        place = f'x="{window.left:.1f}" y="{window.top:.1f}"'
        size = f'width="{window.width:.1f}" height="{window.height:.1f}"'
        overflow = "hidden" if mark.clipped else "visible"
        return f'<svg {place} {size} overflow="{overflow}">{mark.svg(window.place(mark))}</svg>'

    def _lay(self, head: str, marks: Sequence[Mark], status: str, code: str, more: str) -> str:
        """Headline, marks and code go out as one message, so that they always belong together."""
        label = f'role="img" aria-label="{html.escape(self._alt(status))}"'
        box = f'viewBox="0 0 {self._width:.0f} {self._height:.0f}"'
        drawn = "".join(self._write(mark) for mark in marks)
        return (
            f'{head}<svg {label} {box} {more} style="{_PICTURE}">{drawn}</svg>'
            f'<pre style="{_CODE}">{html.escape(code)}</pre>'
        )
