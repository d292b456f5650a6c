"""What every test may use: markers for what a learner's machine need not have.

``@pytest.mark.needs_torch`` and the like (``MISSING`` names them all) skip a test where something is not
there; the closing lines say how many and why. A machine that must leave nothing out (CI) says so, and then a
missing one is an error: ``MOMENTUM_EDU_REQUIRE=torch,browser``.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

# Doctests are looked for in every file; two files of this name would be in each other's way.
collect_ignore_glob = ["conftest.py", "*/conftest.py"]

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium_path() -> str | None:
    """Where the machine's own Chromium is, or None."""
    return next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)


def missing_torch() -> str | None:
    return None if importlib.util.find_spec("torch") else "PyTorch not found"


def missing_browser() -> str | None:
    if importlib.util.find_spec("playwright") is None:
        return "Playwright not found"
    return None if chromium_path() else "Chromium not found"


def missing_pyodide() -> str | None:
    if importlib.util.find_spec("jupyterlite_pyodide_kernel") is None:
        return "JupyterLite not found"
    if not (Path(__file__).parents[2] / "shared" / "pyodide").is_dir():
        return "Pyodide's wheels not found beside the project"
    return None if shutil.which("npm") else "npm not found"


def missing_site() -> str | None:
    build = ("latex2mathml", "sphinx_revealjs", "myst_parser", "furo", "jupyterlite_core")
    wanted = (*build, "pypdf", "axe_playwright_python")
    missing = [name for name in wanted if importlib.util.find_spec(name) is None]
    return f"{', '.join(missing)} not found" if missing else None


def missing_cluster() -> str | None:
    return None if importlib.util.find_spec("distributed") else "Dask's distributed not found"


def missing_sandbox() -> str | None:
    return None if shutil.which("bwrap") else "bubblewrap not found"


MISSING = {
    "torch": missing_torch(),
    "browser": missing_browser(),
    "pyodide": missing_pyodide(),
    "site": missing_site(),
    "cluster": missing_cluster(),
    "sandbox": missing_sandbox(),
}


def pytest_configure() -> None:
    for group in filter(None, os.environ.get("MOMENTUM_EDU_REQUIRE", "").split(",")):
        if group not in MISSING:
            raise pytest.UsageError(f"MOMENTUM_EDU_REQUIRE may name {', '.join(MISSING)}; got {group}")
        if MISSING[group]:
            raise pytest.UsageError(f"{MISSING[group]}, and MOMENTUM_EDU_REQUIRE names {group}")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for group, reason in MISSING.items():
        for item in items:
            if reason and item.get_closest_marker(f"needs_{group}"):
                item.add_marker(pytest.mark.skip(reason=reason))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = Counter(report.longrepr[2].removeprefix("Skipped: ") for report in skipped)
    for reason, count in sorted(reasons.items()):
        terminalreporter.write_line(f"left out: {count} {'test' if count == 1 else 'tests'} ({reason})")


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of Chromium; use it in tests marked ``needs_browser``."""
    path = chromium_path()
    assert path is not None, "mark the test with @pytest.mark.needs_browser"
    return path


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as it is built from this folder."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=Path(__file__).parents[1], check=True, capture_output=True)
    [path] = folder.glob("*.whl")
    return path


@pytest.fixture(scope="session")
def whole_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as the command builds it; use it in tests marked ``needs_site``."""
    folder = tmp_path_factory.mktemp("whole") / "site"
    command = [sys.executable, "-m", "momentum_edu.cli", "build", "site", "--output", str(folder)]
    done = subprocess.run(command, cwd=Path(__file__).parents[1], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder
