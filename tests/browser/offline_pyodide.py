"""A Pyodide of our own to test with, where the public one is out of reach.

Its core comes from npm; NumPy, Matplotlib and what they need from wheels that lie beside the project
(``../shared/pyodide``, with a README); the rest from the package index. It is put together once, in the
user's cache folder.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from momentum_edu.publishing.lite import PACKAGES

VERSION = "314.0.6"  # the one that belongs to the pinned kernel
PUBLIC_LOCK = "public-lock.json"  # the list of what Pyodide's own distribution holds
PARTS = Path(__file__).resolve().parents[3] / "shared" / "pyodide"


def assemble() -> Path:
    """Return the folder of a whole Pyodide; a first call takes half a minute."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "momentum-edu"
    whole = cache / f"pyodide-{VERSION}"
    if whole.is_dir():
        return whole
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as folder:
        work = Path(folder)
        _run([shutil.which("npm") or "npm", "pack", "--silent", f"pyodide@{VERSION}"], work)
        shutil.unpack_archive(work / f"pyodide-{VERSION}.tgz", work, filter="data")
        words = ["made", "--core", "package", "--wheels", str(PARTS / "wheels"), "--root", *PACKAGES]
        _run([sys.executable, str(PARTS / "assemble.py"), *words], work)
        shutil.copy(work / "package" / "pyodide-lock.json", work / "made" / PUBLIC_LOCK)
        (work / "made").rename(whole)
    return whole


def _run(words: list[str], folder: Path) -> None:
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{words[:2]} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
