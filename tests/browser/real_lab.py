"""A real JupyterLab and a real browser: started in a folder of their own, driven as a learner would."""

import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import matplotlib

ROOT = Path(__file__).resolve().parents[2]
COURSE_SETTINGS = ROOT / "momentum_edu" / "lab_settings"
TOKEN = "for-this-test-only"

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

KNOWN_NOISE = (
    # JupyterLab's own, not the course's: it asks for things that a first start in an empty home lacks,
    "the server responded with a status of 404 (Not Found)",
    # and for addresses outside, where there is no network.
    "net::ERR_NAME_NOT_RESOLVED",
    "net::ERR_INTERNET_DISCONNECTED",
    # What builds the course for the browser brings an extension that is of no use in JupyterLab itself.
    "Shared module @jupyterlite/",
)


@contextlib.contextmanager
def lab_server(folder: Path, *, course_settings: bool = True) -> Iterator[str]:
    """Run JupyterLab on ``folder / "work"`` with a home of its own; give its address.

    With ``course_settings`` it is set up as ``momentum-edu lab`` does it, otherwise as it comes.
    """
    work, home = folder / "work", folder / "home"
    for path in (work, home):
        path.mkdir(parents=True, exist_ok=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")}
    environment |= {
        "HOME": str(home),
        "IPYTHONDIR": str(home / "ipython"),
        "MPLCONFIGDIR": matplotlib.get_configdir(),  # has the list of fonts, which takes seconds to make
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
    }
    if course_settings:
        environment["JUPYTER_CONFIG_PATH"] = str(COURSE_SETTINGS)
    options = [
        "--no-browser",
        "--allow-root",
        f"--port={port}",
        "--ServerApp.port_retries=0",
        f"--ServerApp.root_dir={work}",
        f"--IdentityProvider.token={TOKEN}",
        "--LabApp.expose_app_in_browser=True",
        "--LabApp.news_url=None",
    ]
    with (folder / "server.log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options], env=environment, cwd=work, stdout=log, stderr=log
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for(server, address, folder / "server.log")
            yield address
        finally:
            server.terminate()
            try:
                server.wait(timeout=10)
            except subprocess.TimeoutExpired:
                server.kill()


def _wait_for(server: "subprocess.Popen[bytes]", address: str, log: Path, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and server.poll() is None:
        with contextlib.suppress(urllib.error.URLError, OSError):
            urllib.request.urlopen(f"{address}/api/status?token={TOKEN}", timeout=2).close()
            return
        time.sleep(0.1)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()[-3000:]}")


def write_notebook(path: Path, *cells: str) -> None:
    """Write a notebook of code cells."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = {
        "cells": [
            {
                "cell_type": "code",
                "id": f"c{i}",
                "source": cell,
                "metadata": {},
                "outputs": [],
                "execution_count": None,
            }
            for i, cell in enumerate(cells)
        ],
        "metadata": {"kernelspec": kernel},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    path.write_text(json.dumps(notebook))


CELLS = "window.jupyterapp.shell.currentWidget.content.model.cells"
KERNEL = "window.jupyterapp.shell.currentWidget.sessionContext.session?.kernel"


class Notebook:
    """One notebook open in the browser."""

    def __init__(self, page: Any, address: str, name: str) -> None:
        self.page, self.errors = page, []
        page.on("console", self._note_message)
        page.on("pageerror", lambda error: self._note(str(error)))
        page.goto(f"{address}/lab/tree/{name}?reset&token={TOKEN}")
        page.wait_for_function("window.jupyterapp?.shell.currentWidget?.context?.isReady")
        page.wait_for_function(f"{KERNEL}?.status === 'idle'")

    def _note_message(self, message: Any) -> None:
        if message.type == "error":
            self._note(message.text)

    def _note(self, words: str) -> None:
        if not any(noise in words for noise in KNOWN_NOISE):
            self.errors.append(words)

    def command(self, name: str, **arguments: Any) -> None:
        """Run one of JupyterLab's commands, as its menus do."""
        self.page.evaluate(
            "([name, arguments]) => window.jupyterapp.commands.execute(name, arguments)", [name, arguments]
        )

    def run_all(self, timeout: float = 60) -> None:
        """Run all cells and wait until every one has run."""
        self.command("notebook:run-all-cells")
        self.page.wait_for_function(
            f"""() => {KERNEL}.status === 'idle' &&
                [...{CELLS}].filter(cell => cell.type === 'code' && cell.sharedModel.getSource().trim())
                .every(cell => cell.executionCount !== null && cell.executionState !== 'running')""",
            timeout=timeout * 1000,
        )

    def restart(self) -> None:
        """Restart the kernel, without the question that the menu asks."""
        self.page.evaluate(f"{KERNEL}.restart()")
        self.page.wait_for_function(f"{KERNEL}?.status === 'idle'")

    def cell_errors(self) -> list[str]:
        """Tracebacks in the notebook's outputs."""
        return self.page.evaluate(
            f"""() => [...{CELLS}].filter(cell => cell.type === 'code')
                .flatMap(cell => cell.outputs.toJSON())
                .filter(output => output.output_type === 'error')
                .map(output => `${{output.ename}}: ${{output.evalue}}`)"""
        )

    def dead_widgets(self) -> int:
        """Outputs where a widget should be and only an error is."""
        return (
            self.page.get_by_text("Error displaying widget").count()
            + self.page.get_by_text("Loading widget...").count()
        )

    def explorer(self, number: int = 0) -> "ExplorerOnPage":
        """Scroll to one of the notebook's live pictures."""
        box = self.page.locator(".jp-OutputArea-output", has=self.page.locator("svg[role=img]")).nth(number)
        box.scroll_into_view_if_needed()
        return ExplorerOnPage(self.page, box)


class ExplorerOnPage:
    """A live picture on the page and the controls above it."""

    def __init__(self, page: Any, box: Any) -> None:
        self.page, self.box = page, box
        self.picture = box.locator("svg[role=img]")

    @property
    def alt(self) -> str:
        """The picture's accessible name."""
        return self.picture.get_attribute("aria-label")

    @property
    def status(self) -> str:
        """The line that says what is seen."""
        return self.box.locator(".momentum-finding, [role=alert]").inner_text()

    def svg(self) -> str:
        """The moving layer."""
        return self.picture.inner_html()

    def layer(self) -> str:
        """All that moves: the finding, the picture and the line of Python."""
        moving = self.box.locator(".momentum-moving").inner_html()
        return re.sub(' data-at="[^"]*"', "", moving)  # says which slider has moved it

    def words(self) -> str:
        """The finding as it is written, with its spaces that don't break."""
        return self.box.locator(".momentum-finding").text_content()

    def pixels(self, path: Path | None = None) -> bytes:
        """A screenshot of the whole explorer."""
        return self.box.screenshot(path=path, animations="disabled")

    def layers(self) -> tuple[dict[str, float], dict[str, float]]:
        """Where the still and the moving layer lie on the page: they must be in register."""
        return self.box.locator("img:visible").bounding_box(), self.picture.bounding_box()

    def slider(self, label: str) -> Any:
        """The slider with this label."""
        return self.box.locator(".widget-slider").filter(has_text=label)

    def handle(self, label: str) -> Any:
        """The handle of a slider."""
        return self.slider(label).locator(".noUi-handle")

    def readout(self, label: str) -> Any:
        """The number beside a slider."""
        return self.slider(label).locator(".widget-readout")

    def button(self, words: str) -> Any:
        """The button with these words, or this hint."""
        return self.box.get_by_role("button", name=words, exact=True).or_(
            self.box.get_by_title(words, exact=True)
        )

    def press(self, label: str, key: str) -> None:
        """Press a key on a slider and wait for the picture to follow."""
        before = self.svg()
        self.handle(label).press(key)
        self.wait_for_change(before)

    def click(self, words: str) -> None:
        """Click a button and wait for the picture to follow."""
        before = self.svg()
        self.button(words).click()
        self.wait_for_change(before)

    def wait_for_change(self, before: str) -> None:
        """Wait until the moving layer differs from ``before``."""
        self.wait_for(lambda: self.svg() != before, "the picture to move")

    def wait_for(self, condition: Callable[[], bool], what: str, seconds: float = 10) -> None:
        """Wait until a condition holds."""
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError(f"waited {seconds} s for {what}")
            self.page.wait_for_timeout(20)


def copy_lessons(folder: Path) -> None:
    """Copy the lessons, not their sources, into a server's working folder."""
    (folder / "work").mkdir(parents=True, exist_ok=True)
    for lesson in (ROOT / "notebooks").glob("*.ipynb"):
        shutil.copy(lesson, folder / "work")
