"""Ten thousand updates of one explorer in a kernel: memory, figures and widgets stay as they are.

    python benchmarks/memory.py [NAME]

Each update moves one slider to another place, as a hand does, and sends its messages to the page. What is
kept for good (imports, tables of past results) is there after the first thousand.
"""

import gc
import sys
from pathlib import Path
from typing import Any

from ipywidgets import Widget
from jupyter_client.manager import start_new_kernel
from matplotlib import pyplot
from matplotlib.figure import Figure

from momentum_edu import explorers

EVERY, UPDATES = 1000, 10_000


def resident() -> float:
    """Return the memory of this process in MB (Linux)."""
    fields = Path("/proc/self/status").read_text().split("VmRSS:")[1].split()
    return int(fields[0]) / 1024


def counts() -> tuple[int, int, int]:
    """Return the number of widgets and of figures alive, and of the figures that pyplot keeps."""
    gc.collect()
    alive = [type(thing) for thing in gc.get_objects()]
    widgets, figures = (sum(issubclass(kind, base) for kind in alive) for base in (Widget, Figure))
    return widgets, figures, len(pyplot.get_fignums())


def move(explorer: Any, update: int) -> None:
    """Move one of the sliders to another of a hundred places."""
    sliders = [control for control in explorer.controls.values() if hasattr(control, "min")]
    slider = sliders[update % len(sliders)]
    part = (37 * update % 101) / 100
    place = slider.min + part * (slider.max - slider.min)
    slider.value = slider.base**place if hasattr(slider, "base") else type(slider.value)(place)


def measure(name: str) -> None:
    """Print memory and counts after each thousand updates."""
    explorer = getattr(explorers, name)()
    print("updates     MB  widgets  figures of pyplot")
    for update in range(UPDATES + 1):
        if update % EVERY == 0:
            print(f"{update:7d}{resident():7.1f}" + "".join(f"{count:9d}" for count in counts()), flush=True)
        move(explorer, update)


def main(name: str = "overshoot") -> int:
    """Measure in a kernel of its own, as a notebook does."""
    manager, client = start_new_kernel()
    path = [str(Path(__file__).parent), str(Path(__file__).parents[1])]
    client.execute_interactive(f"import sys; sys.path[:0] = {path}; import memory; memory.measure({name!r})")
    client.stop_channels()
    manager.shutdown_kernel(now=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
