"""What every test may use: two markers for what a learner's machine need not have.

``@pytest.mark.needs_torch`` and ``@pytest.mark.needs_browser`` skip a test, with the reason, where
PyTorch, or Playwright and Chromium, are missing. The closing lines name what was left out. A machine
that must leave nothing out (CI) says so: ``MOMENTUM_EDU_REQUIRE=torch,browser`` turns it into a failure.
"""

import importlib.util
import os
import shutil
from collections.abc import Callable
from typing import Any

import pytest

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


OPTIONAL: dict[str, Callable[[], str | None]] = {"torch": missing_torch, "browser": missing_browser}
LEFT_OUT = pytest.StashKey[dict[str, tuple[str, int]]]()


def required_groups() -> set[str]:
    """The optional groups that this run must not leave out."""
    named = {name.strip() for name in os.environ.get("MOMENTUM_EDU_REQUIRE", "").split(",")} - {""}
    if unknown := named - OPTIONAL.keys():
        raise pytest.UsageError(f"MOMENTUM_EDU_REQUIRE knows {', '.join(OPTIONAL)}; got {', '.join(unknown)}")
    return named


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    required = required_groups()
    left_out = config.stash.setdefault(LEFT_OUT, {})
    for group, missing in OPTIONAL.items():
        members = [item for item in items if item.get_closest_marker(f"needs_{group}")]
        if not members or not (reason := missing()):
            continue
        if group in required:
            raise pytest.UsageError(f"{reason}, but MOMENTUM_EDU_REQUIRE names {group}: install it first")
        left_out[group] = (reason, len(members))
        for item in members:
            item.add_marker(pytest.mark.skip(reason=reason))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    for group, (reason, count) in terminalreporter.config.stash.get(LEFT_OUT, {}).items():
        terminalreporter.write_line(f"left out: {count} {group} tests ({reason})")


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of Chromium; use it in tests marked ``needs_browser``."""
    path = chromium_path()
    assert path is not None, "mark the test with @pytest.mark.needs_browser"
    return path
