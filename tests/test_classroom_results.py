"""The results of a class, as a spreadsheet, a test report and a reader see them."""

import codecs
import csv
import xml.etree.ElementTree as ET

from momentum_edu.classroom.engine import Row
from momentum_edu.classroom.results import as_csv, as_junit, chart, table, unread, write_all

HOSTILE = Row("=cmd|' /C calc'!A0", "03_overshoot", "loss_period", "wrong", "", "it raised \x1b[2J\x00 <&>")


def test_what_learners_write_does_no_harm_in_a_spreadsheet_or_in_xml():
    (row,) = csv.DictReader(as_csv([HOSTILE]).splitlines())
    assert row["learner"].startswith("'=")
    case = ET.fromstring(as_junit([HOSTILE])).find(".//failure")
    assert case.get("message") == "wrong - it raised ?[2J? <&>"


def test_a_spreadsheet_shows_names_as_they_are_written(tmp_path):
    """Excel takes a CSV file for Windows's old code page unless it begins with U+FEFF."""
    (written, *_) = write_all(
        [Row("Zoë", "03_overshoot", "loss_period", "correct")], tmp_path / "results.csv"
    )
    assert written.read_bytes().startswith(codecs.BOM_UTF8)
    assert "Zoë,03_overshoot" in written.read_text(encoding="utf-8-sig")


def test_the_table_and_the_chart_count_ideas():
    rows = [
        Row(f"l{i}", "03_overshoot", "loss_period", "wrong", "too long" if i % 3 else "too short")
        for i in range(9)
    ]
    head, line = table(rows).splitlines()
    assert head.endswith("  most frequent wrong ideas")
    assert line.endswith("too long (6), too short (3)")
    bars = chart(rows).axes[1].patches
    assert [bar.get_width() for bar in bars] == [6, 3]


def test_each_file_that_could_not_be_read_is_named_once():
    rows = [
        Row("ada", "03_overshoot", name, "unreadable", reason="empty\x1b[2J")
        for name in ("loss_period", "gentle_rate")
    ]
    rows += [Row("bob", "", "", "unreadable", reason=f"{name}.ipynb: empty") for name in "xy"]
    assert unread(rows).splitlines() == [
        "unreadable: ada/03_overshoot: empty?[2J",
        "unreadable: bob: x.ipynb: empty",
        "unreadable: bob: y.ipynb: empty",
    ]
    assert unread([Row("ada", "03_overshoot", "loss_period", "correct")]) == ""
    assert table(rows).splitlines()[1].startswith("unknown ")


def test_a_chart_without_wrong_ideas_begins_at_no_learner():
    axes = chart([Row("ada", "03_overshoot", "loss_period", "correct")]).axes[1]
    assert axes.get_xlim()[0] == 0
    assert all(tick == int(tick) for tick in axes.get_xticks())
