"""Reference pages: what is public, found by asking the package, described by its own docstrings."""

from collections.abc import Sequence
from importlib import import_module
from inspect import getdoc, isclass
from types import ModuleType

import momentum_edu

MODULES = ("schedules", "theory", "landscapes", "networks", "figures", "explorers")
"""Modules that are public as such; the rest is reached through ``momentum_edu`` itself."""


def public_names(module: ModuleType) -> list[str]:
    """List the functions and classes that a module gives to its users, in the order it gives them.

    Examples
    --------
    >>> from momentum_edu import theory
    >>> "overshoot" in public_names(theory), "np" in public_names(theory)
    (True, False)
    """
    if listed := getattr(module, "__all__", ()):
        return [name for name in listed if _is_ours(getattr(module, name), momentum_edu.__name__)]
    # Without a list: what is defined here, and classes given on. Functions from elsewhere are mere helpers.
    return [
        name
        for name, thing in vars(module).items()
        if not name.startswith("_")
        and _is_ours(thing, momentum_edu.__name__ if isclass(thing) else module.__name__)
    ]


def _is_ours(thing: object, home: str) -> bool:
    return callable(thing) and f"{getattr(thing, '__module__', '')}.".startswith(f"{home}.")


def reference() -> dict[str, str]:
    """Write the pages: reStructuredText by name. ``index`` has what stands on ``momentum_edu`` itself."""
    modules = [import_module(f"momentum_edu.{name}") for name in MODULES]
    own = public_names(momentum_edu)
    pages = {name: _page(name, module, own) for name, module in zip(MODULES, modules, strict=True)}
    pages["index"] = "\n".join(
        [
            _title("Reference"),
            "``import momentum_edu as me`` gives the names on this page. Modules have their own:",
            "\n.. toctree::\n   :maxdepth: 1\n",
            *(f"   {name}" for name in MODULES),
            "",
            *_entries("momentum_edu", momentum_edu, own),
        ]
    )
    return pages


def _page(name: str, module: ModuleType, elsewhere: Sequence[str]) -> str:
    summary = (getdoc(module) or "").partition("\n\n")[0].replace("\n", " ")
    names = [found for found in public_names(module) if found not in elsewhere]
    return "\n".join([_title(name), summary, "", *_entries(module.__name__, module, names)])


def _entries(path: str, module: ModuleType, names: Sequence[str]) -> list[str]:
    # The double colon says where the module ends: some functions share their name with a module.
    return [
        f".. auto{'class' if isclass(getattr(module, name)) else 'function'}:: {path}::{name}\n"
        for name in names
    ]


def _title(text: str) -> str:
    return f"{text}\n{'=' * len(text)}\n"
