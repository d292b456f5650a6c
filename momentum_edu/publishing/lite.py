"""The course in the browser: a JupyterLite site whose Python (Pyodide) runs in the page itself.

No server computes anything: any web server that hands out files will do, without special headers. What a
learner changes stays in the browser's own store, and can be downloaded. The course's package is there when a
kernel starts, with no cell that installs it.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import zipfile
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import Any

from momentum_edu.publishing.kernel import BuildError
from momentum_edu.publishing.notebooks import LESSON, checkout

# Loaded by name from Pyodide's own list, with what they need; jedi completes names while one types.
PACKAGES = ("micropip", "numpy", "matplotlib", "ipython", "jedi")
# Not on that list. They come from the environment that builds, so they fit the widgets' scripts in the page.
REPACKED = ("comm", "ipywidgets")
CORE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
LOCK = "pyodide-lock.json"

APPS = ("lab", "notebooks", "tree")  # links from notebook to notebook lead over tree
KERNEL = "@jupyterlite/pyodide-kernel-extension"
EXTENSIONS = ("@jupyter-widgets/jupyterlab-manager", KERNEL)
# Pyodide resolves addresses of wheels from where the kernel's own script lies in the site.
_TO_SITE = "../" * len(Path("extensions", KERNEL, "static").parts)


def build_lite(output: Path, pyodide: Path | None) -> None:
    """Write the course as a JupyterLite site.

    Parameters
    ----------
    output : Path
        Folder to write; what is in it is deleted first.
    pyodide : Path or None
        An unpacked Pyodide distribution of the kernel's version, with NumPy, Matplotlib and IPython. What is
        needed of it is copied, and the site asks nothing of any other. None: the page loads Pyodide from its
        public distribution, and only that.

    Raises
    ------
    BuildError
        When JupyterLite or the package cannot be built, or `pyodide` lacks a file.
    """
    root = checkout(Path(__file__).resolve().parent)
    packages = _needed_of(pyodide) if pyodide else {}
    shutil.rmtree(output, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        lite = Path(folder)
        wheels = _make_wheels(root, lite / "wheels")
        _copy_notebooks(root / "notebooks", lite / "files")
        _write_json(lite / "jupyter_lite_config.json", {"LiteBuildConfig": _build_settings()})
        _write_json(lite / "jupyter-lite.json", _page_settings(wheels, self_hosted=pyodide is not None))
        _run(["jupyterlite_core", "build", f"--lite-dir={lite}", f"--output-dir={output.resolve()}"], lite)
        shutil.copytree(lite / "wheels", output / "static" / "wheels")
    if pyodide:
        _copy_pyodide(pyodide, packages, output / "static" / "pyodide")


def _page_settings(wheels: list[str], *, self_hosted: bool) -> dict[str, Any]:
    """Return what the page reads at its start: where Pyodide is, and what a kernel loads."""
    kernel: dict[str, Any] = {
        "loadPyodideOptions": {
            "packages": [*PACKAGES, *(f"{_TO_SITE}static/wheels/{name}" for name in wheels)]
        }
    }
    if self_hosted:
        kernel |= {"pyodideUrl": "./static/pyodide/pyodide.mjs", "disablePyPIFallback": True}
    return {
        "jupyter-lite-schema-version": 0,
        "jupyter-config-data": {
            "appName": "Momentum, measured",
            "litePluginSettings": {f"{KERNEL}:kernel": kernel},
        },
    }


def _build_settings() -> dict[str, Any]:
    """Return the build's settings: nothing of the user's environment but the extensions named here."""
    installed = Path(sys.prefix) / "share" / "jupyter" / "labextensions"
    return {
        "apps": list(APPS),
        "federated_extensions": [str(installed / name) for name in EXTENSIONS],
        "ignore_sys_prefix": ["federated_extensions"],
        "no_sourcemaps": True,
        "no_unused_shared_packages": True,
    }


def _copy_notebooks(notebooks: Path, target: Path) -> None:
    """Copy the lessons, and the exercises beside them, so that their links to each other hold."""
    for folder in (Path(), Path("exercises")):
        (target / folder).mkdir(parents=True)
        for notebook in sorted((notebooks / folder).glob("*.ipynb")):
            if LESSON.fullmatch(notebook.stem):
                shutil.copy(notebook, target / folder)


def _make_wheels(root: Path, target: Path) -> list[str]:
    """Make the wheels that Pyodide's distribution lacks; return their names."""
    _run(["hatchling", "build", "-t", "wheel", "-d", str(target)], root)
    [ours] = target.glob("*.whl")
    leave_out(ours, "momentum_edu/course/")  # the page has the notebooks already
    kernel = Path(sys.prefix) / "share" / "jupyter" / "labextensions" / KERNEL / "static" / "pypi"
    for name in ("piplite", "pyodide_kernel", "ipykernel"):
        for wheel in kernel.glob(f"{name}-*.whl"):
            shutil.copy(wheel, target)
    for name in REPACKED:
        repack(distribution(name), target)
    return sorted(wheel.name for wheel in target.glob("*.whl"))


def leave_out(wheel: Path, folder: str) -> None:
    """Take a folder out of a wheel, and out of the wheel's list of its files."""
    with zipfile.ZipFile(wheel) as archive:
        kept = {name: archive.read(name) for name in archive.namelist() if not name.startswith(folder)}
    [record] = [name for name in kept if name.endswith(".dist-info/RECORD")]
    rows = kept[record].splitlines(keepends=True)
    kept[record] = b"".join(row for row in rows if not row.startswith(folder.encode()))
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in kept.items():
            archive.writestr(name, content)


def repack(installed: Distribution, target: Path) -> Path:
    """Write an installed pure-Python distribution as a wheel again, without asking any index for it."""
    name = installed.metadata["Name"].replace("-", "_")
    wheel = target / f"{name}-{installed.version}-py3-none-any.whl"
    files = [file for file in installed.files or () if ".." not in file.parts and file.suffix != ".pyc"]
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(files):
            archive.write(str(file.locate()), file.as_posix())
    return wheel


def _needed_of(pyodide: Path) -> dict[str, Any]:
    """Return what Pyodide's list says of the packages that the course needs, after a look at its files."""
    if not (pyodide / LOCK).is_file():
        raise BuildError(f"pyodide must be an unpacked Pyodide distribution; {pyodide} has no {LOCK}")
    listed = json.loads((pyodide / LOCK).read_text(encoding="utf-8"))["packages"]
    needed: dict[str, Any] = {}
    waiting = list(PACKAGES)
    while waiting:
        name = waiting.pop()
        if name not in listed:
            raise BuildError(f"pyodide must hold {name}; it is not in {pyodide / LOCK}")
        if name not in needed:
            needed[name] = listed[name]
            waiting += listed[name]["depends"]
    for file in (*CORE, *(package["file_name"] for package in needed.values())):
        if not (pyodide / file).is_file():
            raise BuildError(f"pyodide must hold {file}; it is not in {pyodide}")
    return needed


def _copy_pyodide(source: Path, packages: dict[str, Any], target: Path) -> None:
    """Copy the interpreter and these packages, with a list that names no others."""
    target.mkdir(parents=True)
    for name in (*CORE, *(package["file_name"] for package in packages.values())):
        shutil.copy(source / name, target)
    lock = json.loads((source / LOCK).read_text(encoding="utf-8"))
    _write_json(target / LOCK, {**lock, "packages": dict(sorted(packages.items()))})


def _write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def _run(words: list[str], folder: Path) -> None:
    """Run a module of this interpreter; what it says is shown only if it fails."""
    done = subprocess.run([sys.executable, "-m", *words], cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise BuildError(f"{words[0]} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
