"""The results of a class: a table for the teacher, CSV, JUnit XML and a bar chart."""

import csv
import io
import os
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import astuple, fields
from itertools import groupby
from pathlib import Path

from momentum_edu import figures
from momentum_edu.classroom.collector import UNCHECKED
from momentum_edu.classroom.engine import Row
from momentum_edu.exercises.verdict import CORRECT, UNSOLVED, WRONG

STATES = (CORRECT, WRONG, UNSOLVED, "missing", "unreadable", UNCHECKED)


def write_all(rows: Sequence[Row], output: Path) -> list[Path]:
    """Write ``output`` as CSV, and beside it ``.xml`` and ``.png``; return the three paths."""
    # Excel takes a CSV file without the mark for its system's old code page: "ZoÃ«".
    texts = {output: as_csv(rows).encode("utf-8-sig"), output.with_suffix(".xml"): as_junit(rows)}
    if rows:
        texts[output.with_suffix(".png")] = figures.png(chart(rows))
    for path, content in texts.items():
        part = path.with_name(path.name + ".part")
        part.write_bytes(content)
        os.replace(part, path)
    return list(texts)


def as_csv(rows: Iterable[Row]) -> str:
    """Return a line a learner and exercise."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([field.name for field in fields(Row)])
    writer.writerows([_harmless(cell) for cell in astuple(row)] for row in rows)
    return text.getvalue()


def _harmless(cell: str) -> str:
    # A spreadsheet would run a cell that begins so as a formula.
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def as_junit(rows: Iterable[Row]) -> bytes:
    """Return JUnit XML: a suite a learner and lesson, a case an exercise."""
    root = ET.Element("testsuites")
    for (learner, lesson), group in groupby(rows, key=lambda row: (row.learner, row.lesson)):
        cases = list(group)
        bad = sum(row.state != CORRECT for row in cases)
        suite = ET.SubElement(root, "testsuite", name=f"{_legal(learner)}/{lesson}", tests=str(len(cases)))
        suite.set("failures", str(bad))
        for row in cases:
            case = ET.SubElement(
                suite, "testcase", classname=f"{_legal(learner)}.{lesson}", name=row.exercise
            )
            if row.state != CORRECT:
                message = f"{row.state} - {row.reason}" if row.reason else row.state
                ET.SubElement(case, "failure", message=_legal(message))
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _legal(text: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def by_exercise(rows: Iterable[Row]) -> dict[tuple[str, str], Counter[str]]:
    """Count the states of each (lesson, exercise), in the order of the course."""
    counts: dict[tuple[str, str], Counter[str]] = {}
    for row in rows:
        counts.setdefault((row.lesson, row.exercise), Counter())[row.state] += 1
    return dict(sorted(counts.items(), key=lambda item: item[0][0]))


def misconceptions(rows: Iterable[Row]) -> Counter[tuple[str, str]]:
    """Count the wrong ideas: (exercise, idea) -> how many have it."""
    return Counter((row.exercise, row.idea) for row in rows if row.idea)


def table(rows: Sequence[Row], ideas: int = 2) -> str:
    """Return, for each exercise, how many passed and which misconceptions were most frequent."""
    lines = [
        f"{'lesson':<22}{'exercise':<24}{'correct':>8}{'wrong':>7}{'open':>6}{'missing':>9}  "
        "most frequent wrong ideas"
    ]
    seen = misconceptions(rows)
    for (lesson, exercise), counts in by_exercise(rows).items():
        lesson = lesson or "unknown"
        top = [(n, idea) for (name, idea), n in seen.most_common() if name == exercise][:ideas]
        lines.append(
            f"{lesson:<22}{exercise:<24}{counts[CORRECT]:>8}{counts[WRONG]:>7}{counts[UNSOLVED]:>6}"
            f"{sum(counts[state] for state in STATES[3:]):>9}  "
            + ", ".join(f"{idea} ({n})" for n, idea in top)
        )
    return "\n".join(line.rstrip() for line in lines)


def unread(rows: Sequence[Row]) -> str:
    """Return a line for each file that was handed in and could not be read, "" if there is none."""
    files = {(row.learner, row.lesson, row.reason): row for row in rows if row.state == "unreadable"}
    return "\n".join(
        f"unreadable: {_legal('/'.join(filter(None, (row.learner, row.lesson))))}: {_legal(row.reason)}"
        for row in files.values()
    )


def chart(rows: Sequence[Row]) -> figures.Figure:
    """Draw how each exercise went, and the ten most frequent misconceptions."""
    counts, seen = by_exercise(rows), misconceptions(rows).most_common(10)
    height = 1.5 + 0.3 * max(len(counts), len(seen))
    figure, (left, right) = figures.new(
        "How each exercise went",
        "The most frequent wrong ideas",
        x="learners",
        size=(15.0, height),
    )
    places = range(len(counts))
    start = [0] * len(counts)
    colours = (figures.GREEN, figures.VERMILION, figures.YELLOW, figures.PALE, figures.GREY, figures.BLUE)
    for state, colour, hatch in zip(STATES, colours, ("", "//", "..", "", "xx", "--"), strict=True):
        widths = [tally[state] for tally in counts.values()]
        if any(widths):
            left.barh(places, widths, left=start, color=colour, hatch=hatch, edgecolor="white", label=state)
        start = [a + b for a, b in zip(start, widths, strict=True)]
    left.set_yticks(places, [exercise or "unknown" for _, exercise in counts])
    left.invert_yaxis()
    figure.legend(loc="outside lower left", ncols=len(STATES))
    right.barh(range(len(seen)), [n for _, n in seen], color=figures.ORANGE)
    right.set_yticks(range(len(seen)), [f"{exercise}: {idea}" for (exercise, idea), _ in seen])
    for axes in (left, right):  # there is no half learner
        axes.xaxis.get_major_locator().set_params(integer=True)
    right.set_xlim(0, 1.05 * max((n for _, n in seen), default=1))
    right.set_ylim(max(len(seen), 5) - 0.5, -0.5)
    return figure
