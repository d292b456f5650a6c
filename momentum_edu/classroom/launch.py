"""Start a kernel that dies with its parent and within limits: ``python -m momentum_edu.classroom.launch``.

The first word is the memory limit in bytes, the second the number of processes (0: no limit); the rest go to
ipykernel.
"""

import contextlib
import ctypes
import runpy
import sys


def limit(memory: int, processes: int) -> None:
    """Limit this process, and all that it starts, where the system knows how."""
    with contextlib.suppress(ImportError, OSError, ValueError):  # Windows has no such limits
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000_000, 100_000_000))
        if processes:
            resource.setrlimit(resource.RLIMIT_NPROC, (processes, processes))


def die_with_parent() -> None:
    """Ask Linux to kill this process when the one that started it ends."""
    if sys.platform == "linux":
        set_parent_death_signal, sigkill = 1, 9
        ctypes.CDLL(None).prctl(set_parent_death_signal, sigkill)


if __name__ == "__main__":
    limit(int(sys.argv[1]), int(sys.argv[2]))
    die_with_parent()
    sys.argv[1:3] = []
    runpy.run_module("ipykernel_launcher", run_name="__main__")
