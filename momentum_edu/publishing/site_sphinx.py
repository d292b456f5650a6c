"""What Sphinx lacks for these pages: formulas as MathML, and what is wide can be scrolled by key."""

import re
from typing import Any

from momentum_edu.publishing.formulas import mathml

_NAMES = re.compile(r"^(:(?:ivar|vartype) )(\w+(?:, \w+)+)(?=:)")


def setup(app: Any) -> dict[str, Any]:
    """Register with Sphinx."""
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    app.connect("autodoc-process-docstring", _take_bars_literally)
    app.connect("autodoc-process-docstring", _keep_names_together, priority=900)  # what napoleon has made
    app.connect("html-page-context", _open_to_all, priority=900)  # after the theme has done its part
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _inline(translator: Any, node: Any) -> None:
    _write(translator, mathml(node.astext()))


def _block(translator: Any, node: Any) -> None:
    _write(translator, mathml(node.astext(), block=True))


def _write(translator: Any, text: str) -> None:
    from docutils.nodes import SkipNode

    translator.body.append(text)
    raise SkipNode


def _take_bars_literally(app: Any, what: str, name: str, thing: Any, options: Any, lines: list[str]) -> None:
    """Keep ``|w|`` in prose from being read as a substitution."""
    lines[:] = [
        line if line.lstrip().startswith((">>>", "...")) else line.replace("|", "\\|") for line in lines
    ]


def _keep_names_together(app: Any, what: str, name: str, thing: Any, options: Any, lines: list[str]) -> None:
    """Close the gaps in ``:ivar rate, beta:``, where Sphinx would take the first name for a type."""
    lines[:] = [_NAMES.sub(lambda field: field[1] + field[2].replace(" ", ""), line) for line in lines]


def _open_to_all(app: Any, page: str, template: str, context: dict[str, Any], tree: Any) -> None:
    """Let what is too wide be scrolled by key, and give the contents' headings the level they lack."""
    body = context.get("body", "")
    for tag, rest in (("<pre", ""), ("<div", ' class="table-wrapper'), ("<div", ' class="math-wrapper')):
        body = body.replace(f"{tag}{rest}", f'{tag} tabindex="0"{rest}')
    context["body"] = body.replace("<strong>,</strong>", ", ")  # between names: see _keep_names_together
    headings = context.get("furo_navigation_tree", "")
    context["furo_navigation_tree"] = headings.replace('role="heading"', 'role="heading" aria-level="2"')
