"""Lock a kernel in with bubblewrap: no network, nothing to write but one folder, no sight of other processes.

It needs Linux and the program ``bwrap`` (Debian, Ubuntu, Fedora: package bubblewrap).
"""

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

PACKAGE = Path(__file__).parents[1]
SYSTEM = (
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/etc/alternatives",
    "/etc/ld.so.cache",
    "/nix",
)


def missing() -> str:
    """Say why there is no sandbox here, "" if there is one."""
    if sys.platform != "linux":
        return "--sandbox needs Linux: check in a virtual machine or a container instead"
    if shutil.which("bwrap") is None:
        return "--sandbox needs bubblewrap: install it (Debian: sudo apt install bubblewrap)"
    return ""


def locked_in(command: Sequence[str], folder: Path) -> list[str]:
    """Return the command that runs `command` locked in, with `folder` as the one place to write.

    What is there to read: the system's programs, this Python and the course's package. Not there: the
    network, home folders, other submissions, the solutions, other processes.
    """
    seen = [*SYSTEM, *sorted({sys.prefix, sys.base_prefix}), str(PACKAGE)]
    binds = [word for place in seen for word in ("--ro-bind-try", place, place)]
    # The installed package carries the solutions (momentum_edu.start); an empty folder covers them.
    course = str(PACKAGE / "course")
    hidden = ["--tmpfs", course, "--remount-ro", course] if Path(course).is_dir() else []
    return [
        "bwrap",
        *("--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"),
        *("--hostname", "check", "--unsetenv", "JPY_PARENT_PID"),
        *("--proc", "/proc", "--dev", "/dev", "--size", "100000000", "--tmpfs", "/tmp"),
        *binds,
        *hidden,
        *("--bind", str(folder), str(folder), "--chdir", str(folder)),
        *command,
    ]
