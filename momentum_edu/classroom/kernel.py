"""A kernel for code of unknown authors: limited, watched, and gone when it should be."""

import ast
import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager
from nbval.kernel import RunningKernel

from momentum_edu.exercises.wire import printable

PACKAGE = Path(__file__).parents[2]
FLOOD = 5_000_000  # characters of output of one notebook
PATIENCE = 60  # seconds for what the course itself does; a machine may be busy
ENDED = "it ended the kernel: exit, crash or out of memory"


@dataclass(frozen=True)
class Limits:
    """How much a notebook may use: seconds a cell, bytes of memory; and whether it is locked in."""

    seconds: float = 20.0
    memory: int = 4_000_000_000
    sandbox: bool = False


class KernelEndedError(Exception):
    """The kernel is gone; the message says why, as the rest of a sentence about the answer."""


@dataclass(frozen=True)
class Reply:
    """How a cell ended: what was raised, as one line or "", and the value of the expression asked for."""

    error: str = ""
    value: str = ""


class WatchedKernel(RunningKernel):  # type: ignore[misc]
    """nbval's kernel, but its death, its silence and its floods are noticed at once."""

    def __init__(self, folder: Path | None, limits: Limits) -> None:
        # Names of Unix sockets are short, so the folder is the system's own.
        self.folder = Path(tempfile.mkdtemp(prefix="check-"))
        self.km: Any = None
        try:
            self._start(folder or self.folder, limits)
        except BaseException:
            self.stop()
            raise

    def _start(self, folder: Path, limits: Limits) -> None:
        inner = [sys.executable, "-m", "momentum_edu.classroom.launch", str(limits.memory)]
        inner += [
            "64" if limits.sandbox else "0",
            "-f",
            "{connection_file}",
            "--HistoryManager.enabled=False",
        ]
        if limits.sandbox:
            from momentum_edu.classroom.sandbox import locked_in

            inner = locked_in(inner, self.folder)
        self.km = KernelManager(connection_file=str(self.folder / "connection.json"))
        self.km._kernel_spec = KernelSpec(argv=inner, language="python", display_name="check")
        if os.name != "nt":
            self.km.transport, self.km.ip = "ipc", str(self.folder / "socket")
        self.heard = 0
        self.km.start_kernel(
            cwd=str(folder),
            env=_environment(self.folder),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.kc = self.km.client()
        self.kc.start_channels()
        self._await_answer(PATIENCE)

    def _await_answer(self, seconds: float) -> None:
        """Ask until an answer comes on both channels: a publisher does not hear of its listeners at once."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            request = self.kc.kernel_info()
            with contextlib.suppress(Empty):
                self.get_message("shell", max(end - time.monotonic(), 0.01))
                self.await_idle(request, 0.05)
                return
        raise KernelEndedError("the kernel did not start")

    def get_message(self, stream: str, timeout: float | None = None) -> Any:
        """Wait for a message in short looks, so that a dead kernel is noticed."""
        receive = self.kc.get_iopub_msg if stream == "iopub" else self.kc.get_shell_msg
        end = time.monotonic() + (timeout if timeout is not None else 3600)
        while True:
            with contextlib.suppress(Empty):
                message = receive(timeout=min(0.3, max(end - time.monotonic(), 0.01)))
                self.heard += len(message["content"].get("text", "")) if stream == "iopub" else 0
                if self.heard > FLOOD:
                    self.stop()
                    raise KernelEndedError("it writes without end")
                return message
            if not self.is_alive():
                self.stop()
                raise KernelEndedError(ENDED)
            if time.monotonic() >= end:
                raise Empty

    def run(self, source: str, seconds: float, expression: str = "") -> Reply:
        """Run a cell to its end.

        Raises
        ------
        KernelEndedError
            If it runs too long, ends the kernel or floods its output. The kernel is gone then.
        """
        asked = {"asked": expression} if expression else {}
        request = self.kc.execute(source, store_history=False, allow_stdin=False, user_expressions=asked)
        end = time.monotonic() + seconds
        try:
            while True:
                message = self.get_message("shell", timeout=max(end - time.monotonic(), 0.01))
                if message["parent_header"].get("msg_id") == request:
                    break
            self.await_idle(request, 5)
        except Empty:
            self.stop()
            raise KernelEndedError(f"endless loop? It ran for more than {seconds:g} s") from None
        content = message["content"]
        # `exit()` lets the cell end well, and the kernel a moment later: in the next exercise's time.
        if any(part.get("source") == "ask_exit" for part in content.get("payload", [])):
            self.stop()
            raise KernelEndedError(ENDED)
        if content["status"] != "ok":
            # Python 3.13 has a name of its own for a statement that breaks off; learners know the old one.
            name = str(content.get("ename")).replace("_IncompleteInputError", "SyntaxError")
            text = re.sub(r"\(\d+\.py, line (\d+)\)$", r"(line \1)", str(content.get("evalue")))
            return Reply(error=printable(f"{name}: {text}"))
        answer = content.get("user_expressions", {}).get("asked", {})
        if answer and answer.get("status") != "ok":
            return Reply(error=printable(f"{answer.get('ename')}: {answer.get('evalue')}"))
        return Reply(value=_unquote(answer.get("data", {}).get("text/plain", "")))

    def is_alive(self) -> bool:
        """Tell whether the kernel's process is there."""
        return self.km is not None and bool(self.km.is_alive())

    def stop(self) -> None:
        """End the kernel and its children, and remove its folder."""
        if self.km is not None:
            if hasattr(self, "kc"):
                self.kc.stop_channels()
            with contextlib.suppress(Exception):
                self._kill()
            with contextlib.suppress(Exception):
                self.km.shutdown_kernel(now=True)
            self.km.context.destroy(linger=0)
            self.km = None
        shutil.rmtree(self.folder, ignore_errors=True)

    def _kill(self) -> None:
        """Kill the kernel and its children at once; Jupyter's own way looks only each .1 s."""
        if os.name != "nt":
            process = self.km.provisioner.process
            os.killpg(os.getpgid(process.pid), signal.SIGKILL)
            process.wait(5)


def _environment(home: Path) -> dict[str, str]:
    """Return what a kernel may know of the machine: nothing of its owner's."""
    kept = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "TEMP", "TMP", "VIRTUAL_ENV")
    return {name: os.environ[name] for name in kept if name in os.environ} | {
        "HOME": str(home),
        "IPYTHONDIR": str(home / "ipython"),
        "MPLCONFIGDIR": str(home / "matplotlib"),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "PYTHONPATH": str(PACKAGE),
        "PYTHONDONTWRITEBYTECODE": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }


def _unquote(text: str) -> str:
    """Return the string whose repr this is, "" if it is none."""
    try:
        value = ast.literal_eval(text) if len(text) < FLOOD else ""
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return ""
    return value if isinstance(value, str) else ""
