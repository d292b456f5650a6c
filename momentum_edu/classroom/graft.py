"""Put a learner's answers into the pristine notebook.

What is validated is never the learner's file but the course's own notebook, with the learner's answer cells
in place of the solutions. So a check cell that was deleted, edited, skipped or cleared is back.
"""

from dataclasses import dataclass, field
from typing import Any

from momentum_edu.classroom.reading import Notebook, defined, mark_of


@dataclass
class Part:
    """What runs together: cells of the learner, and the course's cell after them.

    Attributes
    ----------
    name : str
        The exercise, or "" for a cell that only prepares.
    cell : NotebookNode
        The check cell, or the preparing cell.
    sources : list of str
        The learner's cells: helpers and the answer, in the learner's order.
    """

    name: str
    cell: Any
    sources: list[str] = field(default_factory=list)


def graft(pristine: Notebook, learners: Notebook) -> list[Part]:
    """Return the parts of the pristine notebook, each exercise with the learner's cells.

    Answer cells are matched by nbgrader's metadata, then by the cell's id, then by the name they define.
    Cells that the learner added are kept, with the exercise that comes next; so is a preparing cell that the
    learner changed, by an import say, and the course's own runs before it. All others are the course's, and
    are taken from the pristine notebook.
    """
    parts: list[Part] = []
    for cell in pristine.cells:
        mark = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "code" and not mark.get("solution"):
            parts.append(Part(cell.id.removesuffix("-check") if mark.get("grade") else "", cell))
    by_name = {part.name: part for part in parts if part.name}
    ours = {cell.id: cell.source.strip() for cell in pristine.cells}

    added: list[str] = []
    for cell in learners.cells:
        if cell.cell_type != "code":
            continue
        key = _key(cell, set(by_name), ours)
        name = key.removesuffix("-check")
        if name in by_name:
            by_name[name].sources += added
            added = []
            if key == name:
                by_name[name].sources.append(cell.source)
        elif key not in ours or cell.source.strip() != ours[key]:
            added.append(cell.source)
    return parts


def _key(cell: Any, names: set[str], ours: dict[str, str]) -> str:
    marked, given = str(mark_of(cell).get("grade_id", "")), str(cell.get("id", ""))
    for key in (marked, given):
        if key in names or key in ours:
            return key
    by_name = [name for name in defined(cell.source) if name in names]
    by_text = [key for key, source in ours.items() if source == cell.source.strip()]
    return str((by_name + by_text + [""])[0])
