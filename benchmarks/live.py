"""From key press to painted picture in a real JupyterLab: the live picture, ``interact``, and the floor.

    python benchmarks/live.py

The task: each move of a slider computes 200 steps in two dimensions and shows the path on a ravine's
contours, and the loss beside it. Measured in the page: from the key event to the frame in which the new
picture is painted; then 40 keys 20 ms apart, and two seconds of dragging. Once on a stock server, once as
``momentum-edu lab`` sets it up. "floor" is a slider whose answer, one word in an empty picture, comes from
the kernel each time: what the way there and back needs on this machine. The live picture is mostly quicker,
since it has been sent ahead (`momentum_edu.ahead`). Other load makes the times swing; compare within one run.
"""

import shutil
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "browser"))

from playwright.sync_api import sync_playwright
from real_lab import CHROMIUM_FLAGS, Notebook, lab_server, write_notebook

COMMON = """\
import numpy as np
import momentum_edu as me

ravine = me.landscapes.ravine(20)
x, y = np.linspace(-2.2, 2.2, 80), np.linspace(-1.2, 1.2, 60)
heights = ravine.value(np.stack(np.meshgrid(x, y), axis=-1))

def walk(eta):
    return me.descend(ravine, [2.0, 1.0], me.ema(eta, beta=0.9), 200)
"""

INTERACT = """\
import matplotlib.pyplot as plt
from ipywidgets import FloatSlider, interact

def show(eta):
    run = walk(eta)
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4))
    left.contour(x, y, heights, levels=12, colors="lightgrey")
    left.plot(*run.w.T)
    left.set(xlim=(-2.2, 2.2), ylim=(-1.2, 1.2), title=f"eta = {eta:.3f}")
    right.semilogy(run.loss)
    right.set(ylim=(1e-8, 1e2))
    plt.show()

_ = interact(show, eta=FloatSlider(value=0.2, min=0.1, max=0.5, step=0.002, readout_format=".3f"))
"""

FLOOR = """\
from ipywidgets import HTML, VBox

floor = FloatSlider(value=0.2, min=0.1, max=0.5, step=0.002, readout_format=".3f")
words = HTML()

def write(change):
    value = f'{change["new"]:.3f}'
    picture = f'<svg role="img" aria-label="{value}" width="20" height="20"></svg>'
    words.value = f'<p role="status">{value}</p>{picture}'

write({"new": 0.2})
floor.observe(write, "value")
VBox([floor, words])
"""

LIVE = """\
from momentum_edu import figures
from momentum_edu.explorers.shell import Explorer, Frame, slider
from momentum_edu.live import LivePicture
from momentum_edu.marks import line

figure, (left, right) = figures.new("Path", "Loss", x=("w1", "step"), y=("w2", "loss"), size=(9, 4))
left.contour(x, y, heights, levels=12, colors="lightgrey")
left.set(xlim=(-2.2, 2.2), ylim=(-1.2, 1.2))
right.set(yscale="log", xlim=(0, 200), ylim=(1e-8, 1e2))
steps = np.arange(201)

def frame(run, shown):
    marks = [line(left, *run.w[: shown + 1].T), line(right, steps[: shown + 1], run.loss[: shown + 1])]
    return Frame(marks, f"eta = {run.learning_rate[0]:.3f}", "")

controls = {"eta": slider("eta", 0.2, 0.1, 0.5, 0.002, ".3f")}
explorer = Explorer(LivePicture(figure, "A path."), controls, walk, frame, steps=200)
explorer
"""

KERNEL = """\
import time

times = []
for i in range(300):
    start = time.perf_counter()
    explorer.controls["eta"].value = 0.2 + 0.002 * (i % 50 + 1)
    times.append(1000 * (time.perf_counter() - start))
explorer.controls["eta"].value = 0.2
print(f"{np.median(times):.2f} {np.quantile(times, 0.95):.2f}")
"""

WATCH = """(output) => {
    // The time of each key event, and of each frame in which the output's picture is new.
    const seen = window.seen = {keys: [], painted: []};
    output.addEventListener('keydown', () => seen.keys.push(performance.now()), true);
    const paint = () => requestAnimationFrame(() => {
        const channel = new MessageChannel();  // answers after the frame has been painted
        channel.port1.onmessage = () => seen.painted.push(performance.now());
        channel.port2.postMessage(0);
    });
    let picture = null, look = null;
    new MutationObserver(() => {
        const now = output.querySelector('svg[role=img]') || output.querySelector('img');
        if (!now || now === picture) return;
        picture = now;
        if (now.outerHTML === look) return;  // the same picture once more
        look = now.outerHTML;
        if (now.tagName === 'IMG' && !now.complete) now.addEventListener('load', paint); else paint();
    }).observe(output, {subtree: true, childList: true});
}"""

BURST = """([handle, count, pause]) => new Promise(done => {
    const timer = setInterval(() => {
        handle.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowRight', bubbles: true}));
        if (--count === 0) { clearInterval(timer); done(); }
    }, pause);
})"""

# As a mouse does it: a move before each frame, here of 3 pixels, so that each gives the slider another value.
# Through the automation some 20 to 40 a second would arrive.
DRAG = """([handle, seconds]) => new Promise(done => {
    const box = handle.getBoundingClientRect();
    const x = box.x + box.width / 2, y = box.y + box.height / 2, begun = performance.now();
    const send = (kind, place) => handle.firstElementChild.dispatchEvent(new MouseEvent(kind, {
        clientX: place, clientY: y, buttons: kind === 'mouseup' ? 0 : 1,
        bubbles: true, cancelable: true,
    }));
    let moves = 0;
    const move = () => {
        const passed = (performance.now() - begun) / 1000;
        if (passed < seconds) {
            send('mousemove', x - 60 * (1 - Math.abs((++moves % 40) / 20 - 1)));
            requestAnimationFrame(move);
        } else done([moves, passed, send('mouseup', x)]);
    };
    send('mousedown', x);
    requestAnimationFrame(move);
})"""


class Output:
    """One cell's output with a slider and a picture, watched."""

    def __init__(self, notebook: Notebook, cell: int, patience: float) -> None:
        self.page, self.patience = notebook.page, patience
        self.area = self.page.locator(".jp-CodeCell").nth(cell).locator(".jp-Cell-outputArea")
        self.area.scroll_into_view_if_needed()
        self.handle = self.area.locator(".noUi-handle").first
        self.area.evaluate(WATCH)
        self.handle.focus()

    def take(self) -> tuple[list[float], list[float]]:
        """Hand over the times seen since the last call."""
        seen = self.page.evaluate(
            "() => { const now = {...window.seen}; seen.keys = []; seen.painted = []; return now; }"
        )
        return seen["keys"], seen["painted"]

    def single(self, count: int) -> list[float]:
        """Press one key at a time; return the milliseconds to the next picture."""
        delays = []
        for i in range(count):
            self.take()
            self.handle.press("ArrowRight")
            self.page.wait_for_function("window.seen.painted.length")
            self.page.wait_for_timeout(self.patience + 7 * (i % 5))  # not in step with the screen
            keys, painted = self.take()
            delays.append(painted[0] - keys[0])
        return delays

    def burst(self) -> tuple[float, int, str, str]:
        """Press 40 keys 20 ms apart; return the time to the last picture, how many, what is shown and set."""
        self.take()
        self.handle.evaluate("handle => handle.focus()")
        self.page.evaluate(BURST, [self.handle.element_handle(), 40, 20])
        self.page.wait_for_timeout(8 * self.patience)
        keys, painted = self.take()
        readout = self.area.locator(".widget-readout").first.inner_text()
        return painted[-1] - keys[-1], len(painted), self.shown(), readout

    def shown(self) -> str:
        """The finding, where there is one in words."""
        words = self.area.locator("[role=status]")
        return words.inner_text() if words.count() else ""

    def drag(self, seconds: float = 2.0) -> tuple[float, float]:
        """Drag the handle to and fro; return the pictures and the moves a second."""
        self.take()
        moves, passed, _ = self.page.evaluate(DRAG, [self.handle.element_handle(), seconds])
        painted = self.take()[1]
        self.page.wait_for_timeout(self.patience)
        return len(painted) / passed, moves / passed


def measure(notebook: Notebook, cell: int, presses: int, patience: float) -> dict[str, float]:
    """Measure one way of showing the picture."""
    output = Output(notebook, cell, patience)
    output.single(3)
    single = output.single(presses)
    settled, pictures, shown, readout = output.burst()
    drag, moves = output.drag()
    if shown and readout not in shown:
        raise AssertionError(f"after a burst the slider says {readout} and the picture {shown}")
    return {
        "median": statistics.median(single),
        "p95": statistics.quantiles(single, n=20)[-1],
        "settled": settled,
        "pictures": pictures,
        "drag": drag,
        "moves": moves,
    }


def measure_server(browser: Any, server: str) -> None:
    """Measure all ways on one server and print their rows."""
    with (
        tempfile.TemporaryDirectory() as folder,
        lab_server(Path(folder), course_settings=server == "lab") as address,
    ):
        write_notebook(Path(folder, "work", "live.ipynb"), COMMON, INTERACT, FLOOR, LIVE, KERNEL)
        page = browser.new_page(viewport={"width": 1280, "height": 1400})
        notebook = Notebook(page, address, "live.ipynb")
        notebook.run_all()
        kernel = page.locator(".jp-CodeCell").nth(4).locator(".jp-OutputArea-output").inner_text()
        rows = {
            "interact": measure(notebook, 1, 10, 500),
            "floor": measure(notebook, 2, 60, 150),
            "live": measure(notebook, 3, 60, 150),
        }
        page.close()
    for way, row in rows.items():
        numbers = (
            f"{row[name]:>10.1f}" for name in ("median", "p95", "settled", "pictures", "drag", "moves")
        )
        print(f"{server:<8}{way:<10}{''.join(numbers)}")
    interact, floor, live = (row["median"] for row in rows.values())
    print(
        f"{server}: {interact / live:.1f} times faster than interact, {floor / live:.1f} times the floor; "
        f"in the kernel {kernel.strip()} ms (median, p95)"
    )


def main() -> int:
    """Measure all ways on both servers and print a table."""
    print("                    ms: median       p95   settled   of 40   drag: pictures a second, of moves")
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        for server in ("stock", "lab"):
            measure_server(browser, server)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
