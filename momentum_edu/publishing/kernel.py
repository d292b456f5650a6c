"""Run a notebook from top to bottom in a kernel that knows nothing of the machine's owner."""

import os
import re
import subprocess
import tempfile
from pathlib import Path

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from momentum_edu.publishing.guards import Notebook, place

CELL_TIMEOUT = 120  # seconds


class BuildError(Exception):
    """A notebook that must not be published; the message says where and why."""


def execute(notebook: Notebook, folder: Path) -> None:
    """Run all cells, in place, in a fresh kernel of this interpreter, with `folder` as working directory.

    Raises
    ------
    BuildError
        When a cell raises, runs longer than `CELL_TIMEOUT`, or the kernel dies.
    """
    # A first run builds the font cache and says so on stderr: here, not in a lesson.
    import matplotlib.font_manager  # noqa: F401

    with tempfile.TemporaryDirectory() as profile:
        environment = os.environ | {
            "IPYTHONDIR": profile,  # no start-up file of the user's
            "OMP_NUM_THREADS": "1",  # for matrices this small a second thread costs more than it brings
            "MPLBACKEND": "module://matplotlib_inline.backend_inline",
            "PYTHONHASHSEED": "0",
            "PYTHONPATH": str(Path(__file__).parents[2]),  # the package that builds is the one that is shown
        }
        # Without folders to look in, "python3" can only mean this interpreter, not one the user registered.
        specs = KernelSpecManager(kernel_dirs=[])
        reached = "before its first cell"

        def note(cell: Notebook, cell_index: int) -> None:
            nonlocal reached
            reached = place(cell, cell_index + 1)

        client = NotebookClient(
            notebook,
            km=AsyncKernelManager(kernel_name="python3", kernel_spec_manager=specs),
            timeout=CELL_TIMEOUT,
            resources={"metadata": {"path": str(folder)}},
            record_timing=False,
            store_widget_state=False,
            coalesce_streams=True,
            on_cell_start=note,
        )
        try:
            client.execute(env=environment, stderr=subprocess.DEVNULL, cleanup_kc=True)
        except CellExecutionError as error:
            raise BuildError(f"{reached}: {error.ename}: {error.evalue or _line(error.traceback)}") from error
        except CellTimeoutError as error:
            raise BuildError(f"{reached}: took longer than {CELL_TIMEOUT} s") from error
        except DeadKernelError as error:
            raise BuildError(f"{reached}: the kernel died") from error


def _line(traceback: str) -> str:
    """Return the cell's line that raised: an assertion seldom says more."""
    found = re.search(r"^-+> \d+ (.*)$", re.sub(r"\x1b\[[\d;]*m", "", traceback), re.MULTILINE)
    return found[1].strip() if found else ""
