"""The one door to the course; it needs Python 3.11 or later and nothing else.

    python3 course.py lab      open the lessons in JupyterLab
    python3 course.py test     run every test of the course
    python3 course.py --help   what else there is: all words are handed to `momentum-edu`

The first call makes an environment of the course's own in the folder .venv; that takes a minute or three and
the network. Later calls start at once. What goes wrong, or is stopped half way, the next call mends;
deleting .venv is always safe.
"""

import sys

# First of all, and in words that even an old Python can read: hence no f-strings or type hints in this file.
if sys.version_info < (3, 11):
    sys.exit(
        "The course needs Python 3.11 or later, and this is Python {}.{}: install a newer one "
        "(python.org/downloads), then start course.py with it.".format(*sys.version_info[:2])
    )

import contextlib
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import threading
import time
import tomllib

ROOT = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(ROOT, ".venv")
BIN, EXE = ("Scripts", ".exe") if os.name == "nt" else ("bin", "")
PYTHON = os.path.join(VENV, BIN, "python" + EXE)
COMMAND = os.path.join(VENV, BIN, "momentum-edu" + EXE)
OURS = os.path.join(VENV, "made-by-course.txt")  # written first: an environment without it is not ours
STAMP = os.path.join(VENV, "course.json")  # written last: an environment without it is half-made

DISK = "The disk is full: make room (about 1 GB), then try again."
FOLDER = "{} cannot be written to: copy the course into a folder of your own, then try again.".format(ROOT)
NO_VENV = (
    "This Python has no venv module: install it (Debian: sudo apt install python3-venv), then try again."
)
NETWORK = "The packages cannot be downloaded: check the network connection (or the proxy), then try again."
ALTERED = "A downloaded package is not the one that the course names: try again, or from another network."
# What a failing tool says, and what we say instead. The first that fits counts.
TROUBLES = [
    (DISK, ["no space left", "quota exceeded", "not enough space"]),
    (FOLDER, ["permission denied", "read-only file system", "access is denied"]),
    (NO_VENV, ["ensurepip"]),
    (ALTERED, ["do not match the hashes", "hash mismatch"]),
    (NETWORK, ["connection", "resolve", "failed to fetch", "sending request", "no matching", "timed out"]),
]

# For the tools: speak at once; trust the certificates that the system trusts; do not install elsewhere.
SETTINGS = {"PYTHONUNBUFFERED": "1", "UV_SYSTEM_CERTS": "1", "UV_NATIVE_TLS": "1", "PIP_USER": "0"}


class PlainError(Exception):
    """Says in one line what to do."""


def main(words):
    layer = layer_for(words)
    try:
        if not is_ready(layer):
            with only_one_at_a_time():
                if not is_ready(layer):  # another call may have made it while this one waited
                    prepare(layer)
    except KeyboardInterrupt:
        print("\nStopped. The next call begins again.", file=sys.stderr)
        sys.exit(130)
    except PlainError as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(explain(str(error)))
    hand_over(words)


def layer_for(words):
    """Lessons need the least; what tests or writes them needs pytest as well; the site needs Sphinx."""
    if words[:2] in (["build", "site"], ["build", "slides"]):
        return "site"
    return "test" if words[:1] in (["test"], ["build"]) else "course"


def hand_over(words):
    if os.name != "nt":
        os.execv(COMMAND, [COMMAND, *words])  # this process becomes momentum-edu, so that signals reach it
    process = subprocess.Popen([COMMAND, *words])
    while True:
        with contextlib.suppress(KeyboardInterrupt):  # momentum-edu has seen Ctrl-C too, and decides
            sys.exit(process.wait())


# ---- Is the environment there? ----


def fingerprint(layer):
    """Differs when the pins, the package's own description, this Python or the folder's place do."""
    try:
        with open(os.path.join(ROOT, "pyproject.toml"), "rb") as file:
            project = tomllib.load(file)
        with open(pins(layer), "rb") as file:
            pinned = file.read()
    except FileNotFoundError as error:
        raise PlainError("{} is missing: get the whole course.".format(error.filename)) from None
    facts = (sys.version, sys.base_prefix, ROOT, project["build-system"], project["project"], pinned)
    return hashlib.sha256(repr(facts).encode()).hexdigest()


def pins(layer):
    return os.path.join(ROOT, "requirements", layer + ".txt")


def installed():
    """What .venv holds, as layer -> fingerprint; nothing where it is missing, half-made or broken."""
    try:
        with open(STAMP) as file:
            stamp = json.load(file)
    except (OSError, ValueError):
        return {}
    return stamp if os.path.exists(PYTHON) and os.path.exists(COMMAND) else {}


def is_ready(layer):
    return installed().get(layer) == fingerprint(layer)


# ---- Making it ----


def prepare(layer):
    begun = time.monotonic()
    before = installed()
    if before.get("course") != fingerprint("course"):
        before = {}  # other pins or another Python: begin anew, so that nothing old is left over
    try:
        if before:
            os.remove(STAMP)
        else:
            make_venv()
        install(layer)
        if not before:  # else the first cell of the first lesson would stop for it, with a strange remark
            run("Looking for fonts", [PYTHON, "-c", "import matplotlib.font_manager"])
        write_stamp({**before, "course": fingerprint("course"), layer: fingerprint(layer)})
    except BaseException as error:
        if before and str(error) == NETWORK:
            write_stamp(before)  # both tools download all before they install: what worked still works
        else:
            shutil.rmtree(VENV, ignore_errors=True)
        raise
    say("Ready after {:.0f} s.".format(time.monotonic() - begun))


def make_venv():
    if os.path.exists(OURS):
        say("Removing an environment that is out of date or half-made ...")
        shutil.rmtree(VENV)
    elif os.path.lexists(VENV):
        aside = "{}.{:.0f}".format(VENV, time.time())
        os.rename(VENV, aside)
        say("Found a .venv that is not the course's; it is now called {}.".format(os.path.basename(aside)))
    os.mkdir(VENV)
    with open(OURS, "w") as file:
        file.write("course.py made this folder and may remove it. Deleting it is safe.\n")
    # Not the Python of an environment that happens to be active: that may be the very one just removed.
    python = getattr(sys, "_base_executable", sys.executable)
    if uv():
        command = [uv(), "venv", "--allow-existing", "--no-project", "--python", python, VENV]
    elif importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip"):
        command = [python, "-m", "venv", VENV]
    else:
        raise PlainError(NO_VENV)
    run("Making an environment in .venv", command)


def install(layer):
    pip = [uv(), "pip", "install", "--python", PYTHON]
    if not uv():
        pip = [PYTHON, "-m", "pip", "install", "--progress-bar=off", "--no-compile"]
    with open(pins(layer)) as file:
        count = file.read().count("==")
    # The pins are complete, so nothing is to be resolved; the package's build tool is among them.
    run("Installing packages", [*pip, "--no-deps", "--require-hashes", "-r", pins(layer)], count)
    run("Adding the course itself", [*pip, "--no-deps", "--no-build-isolation", "--editable", ROOT])


def uv():
    return shutil.which("uv")


def write_stamp(stamp):
    with open(STAMP + ".new", "w") as file:
        json.dump(stamp, file)
    os.replace(STAMP + ".new", STAMP)  # all or nothing


@contextlib.contextmanager
def only_one_at_a_time():
    """Hold a lock on this very file: no lock file is left behind, and a killed call holds nothing."""
    with open(os.path.abspath(__file__), "r+b") as file:
        os.set_inheritable(file.fileno(), True)  # a pip that outlives its killed course.py keeps the lock
        if not lock(file):
            say("Another call is preparing the environment; waiting for it ...")
            while not lock(file):
                time.sleep(0.2)
        yield


def lock(file):
    try:
        if os.name == "nt":
            import msvcrt

            file.seek(1 << 30)  # beyond the end, where a lock keeps nobody from reading
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        pass  # a network folder that knows no locks: go on without
    return True


# ---- Running a tool, and saying how far it is ----


def run(title, command, count=0):
    """Run a tool quietly, show one line of progress, and raise what its failure means."""
    begun = time.monotonic()
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=dict(os.environ, **SETTINGS),
        text=True,
        errors="replace",
        close_fds=False,  # hands on the lock
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    lines = []
    reader = threading.Thread(target=lambda: lines.extend(process.stdout), daemon=True)
    reader.start()
    live = sys.stdout.isatty()
    shown = -10.0
    try:
        while reader.is_alive():
            seconds = time.monotonic() - begun
            if live:
                rewrite("{}: {:.0f} s {}".format(title, seconds, detail(lines, count)))
            elif seconds - shown >= 10:  # in a file or a log, a line now and then
                say("{}: {:.0f} s {}".format(title, seconds, detail(lines, count)))
                shown = seconds
            reader.join(0.2)
    except BaseException:
        process.terminate()
        raise
    finally:
        code = process.wait()
        if live:
            print()
    if code:
        raise PlainError(explain("".join(lines)))


def detail(lines, count):
    """Say what pip is doing; uv is too quick for that."""
    names = [line.split()[1].split("==")[0] for line in lines if line.startswith("Collecting")]
    if lines and "Retrying" in lines[-1]:
        return "(no answer from the network yet)"
    if any(line.startswith("Installing collected") for line in lines):
        return "({} packages fetched, unpacking)".format(len(names))
    count -= sum(line.startswith("Ignoring") for line in lines)  # what is for other systems
    return "({} of {}: {})".format(len(names), count, names[-1]) if names else ""


def explain(output):
    """Return the plain line for a tool's output; its own last error where there is none."""
    small = output.lower()
    for answer, signs in TROUBLES:
        if any(sign in small for sign in signs) and (answer != FOLDER or ROOT in output):
            return answer
    lines = [line.strip() for line in output.splitlines() if line.strip()] or ["no reason given"]
    errors = [line for line in lines if "Error: " in line] or [
        line for line in lines if "error" in line.lower()
    ]
    return "The environment could not be made: {}".format((errors or lines)[-1])


def say(text):
    print(text.rstrip(), flush=True)


def rewrite(text):
    width = shutil.get_terminal_size().columns - 1
    print("\r" + text[:width].ljust(width), end="", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
