"""The course in the browser alone: a server of files, and a page that reaches no other machine."""

import contextlib
import functools
import http.server
import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from real_lab import CELLS, KERNEL, ExplorerOnPage, Notebook

WAIT = 900_000  # milliseconds; a quiet machine needs a twentieth


class _Files(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *words: Any) -> None:
        """Say nothing for each file."""


@contextlib.contextmanager
def file_server(folder: Path) -> Iterator[str]:
    """Hand out the files of a folder, as ``python3 -m http.server`` does; give the address."""
    handler = functools.partial(_Files, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def expose(site: Path) -> None:
    """Let a test see the page's application, as real_lab does of JupyterLab."""
    path = site / "jupyter-lite.json"
    settings = json.loads(path.read_text())
    settings["jupyter-config-data"]["exposeAppInBrowser"] = True
    path.write_text(json.dumps(settings))


def stay_at_home(context: Any, address: str) -> list[str]:
    """Block whatever goes elsewhere, service workers' requests too; return the list that names it."""
    elsewhere: list[str] = []

    def decide(route: Any) -> None:
        url = route.request.url
        if url.startswith((address, "data:", "blob:")):
            route.continue_()
        else:
            elsewhere.append(url)
            route.abort()

    context.route("**/*", decide)
    return elsewhere


def stand_in_for(context: Any, address: str, folder: Path) -> None:
    """Answer what goes to another machine's folder with the files of one here."""

    def answer(route: Any) -> None:
        file = folder / route.request.url.removeprefix(address)
        route.fulfill(path=file, headers={"Access-Control-Allow-Origin": "*"})

    context.route(f"{address}*", answer)


class LiteNotebook(Notebook):
    """One notebook open in JupyterLite, alone on its page."""

    def __init__(self, page: Any, address: str, name: str) -> None:
        self.page, self.errors = page, []
        page.set_default_timeout(WAIT)
        page.on("console", self._note_message)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.goto(f"{address}/notebooks/index.html?path={name}")
        page.wait_for_function("window.jupyterapp?.shell.currentWidget?.context?.isReady")

    def wait_for_kernel(self) -> None:
        """Wait until Python has been loaded; the notebook can be read long before."""
        self.page.wait_for_function(f"{KERNEL}?.status === 'idle'")

    def _note_message(self, message: Any) -> None:
        # JupyterLite looks in the folder's listing for files that only the browser's store has.
        if "404 (File not found)" not in message.text:
            super()._note_message(message)

    def start_all(self) -> None:
        """Clear what is shown, and start to run all cells, without waiting for them."""
        self.command("notebook:clear-all-cell-outputs")
        self.page.evaluate("void window.jupyterapp.commands.execute('notebook:run-all-cells')")

    def wait_for_figure(self) -> None:
        """Wait for the first figure."""
        self.page.wait_for_selector(".jp-OutputArea-output img")

    def wait_for_end(self) -> None:
        """Wait until every cell has run, or one has raised: the others then never will."""
        self.page.wait_for_function(
            f"""() => {{
                const code = [...{CELLS}].filter(cell => cell.type === 'code')
                const raised = cell => cell.outputs.toJSON().some(output => output.output_type === 'error')
                const ran = cell => cell.executionCount !== null && cell.executionState !== 'running'
                return {KERNEL}.status === 'idle' && (code.some(raised) || code.every(ran))
            }}"""
        )

    def answer(self, name: str, line: str) -> None:
        """Type a line in place of what the answer cell of an exercise holds, and run it."""
        cell = self._cell(f"{name} =")
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(line)
        self._run(cell)

    def check(self, name: str) -> str:
        """Run the check cell of an exercise; return what it says, on one line."""
        return " ".join(self.run_cell(f'check("{name}", globals())').split())

    def run_cell(self, source: str) -> str:
        """Run the first cell that holds this text; return what it shows."""
        cell = self._cell(source)
        cell.locator(".cm-content").click()
        self._run(cell)
        return "\n".join(cell.locator(".jp-OutputArea-output").all_inner_texts()).strip()

    def source(self, beginning: str) -> str:
        """Return the whole text of the first cell that holds this."""
        return str(self._cell(beginning).locator(".cm-content").inner_text())

    def _cell(self, source: str) -> Any:
        text = self.page.locator(".cm-content", has_text=source)
        return self.page.locator(".jp-CodeCell").filter(has=text).first

    def _run(self, cell: Any) -> None:
        self.page.keyboard.press("Control+Enter")
        self.page.wait_for_timeout(100)
        cell.locator(".jp-InputPrompt", has_text=re.compile(r"\[\d+\]")).wait_for()
        self.page.wait_for_function(f"{KERNEL}.status === 'idle'")


def milliseconds(explorer: ExplorerOnPage, label: str, key: str) -> float:
    """Press a key on a slider; return the time until the picture has changed, by the page's own clock."""
    explorer.box.evaluate(
        """box => { window.moved = new Promise(done => {
            let pressed
            const note = () => { pressed = performance.now() }
            box.addEventListener("keydown", note, {capture: true, once: true})
            const watch = new MutationObserver(() => {
                watch.disconnect()
                requestAnimationFrame(() => done(performance.now() - pressed))
            })
            watch.observe(box.querySelector("svg[role=img]").parentElement, {childList: true, subtree: true})
        })}"""
    )
    explorer.handle(label).press(key)
    return float(explorer.page.evaluate("window.moved"))
