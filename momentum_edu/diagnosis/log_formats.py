"""The text formats of training logs: each becomes rows of named cells."""

import codecs
import contextlib
import csv
import gzip
import json
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

NUMBER = r"[-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|nan|inf(?:inity)?)"
PRINTED = re.compile(
    rf"([A-Za-z][\w/]*(?:[ _-]?loss)?)['\"]?\s*[:=\]]?\s*[\[('\"]?\s*({NUMBER})(?![\w.])", re.IGNORECASE
)
PRINTED_LOSS = re.compile(rf"loss\w*\W{{0,4}}({NUMBER})(?![\w.])", re.IGNORECASE)
COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
WRAPPED = re.compile(
    r"\b(?:\w+\.)?(?:tensor|array|float\d+|devicearray)\("
    rf"({NUMBER})(?:,\s*\w+=(?:<\w+>|\(\)|[^,()<>]*))*\)",
    re.IGNORECASE,
)
IN_JSON = {"nan": "NaN", "inf": "Infinity", "None": "null", "True": "true", "False": "false", "'": '"'}
KERAS_BAR = re.compile(r"(\d+)/(\d+)\b.*(?:/step|ETA).* - \w*loss:")
DELIMITERS = ("\t", ",", ";")
KINDS_OF_VALUE = ("tag", "key", "metric")
"""Columns that say, in a table with one measurement a row, of what the value is."""
DECIMAL_COMMA = re.compile(r"^(\s*[-+]?\d+),(\d+(?:[eE][-+]?\d+)?\s*)$")


@dataclass(frozen=True)
class Row:
    """One line of a log: its number in the file (from 1) and its cells by name."""

    line: int
    cells: dict[str, Any]
    in_columns: bool = True
    """Whether a cell's position means something to the reader, as in a CSV."""


def decode(data: bytes, name: str) -> str:
    """Return a file's text: UTF-8, UTF-16 as PowerShell's ``>`` writes it, or either packed by gzip.

    Raises
    ------
    ValueError
        If it is no text.
    """
    if data.startswith(b"\x1f\x8b"):
        try:
            data = gzip.decompress(data)
        except (OSError, EOFError, zlib.error):
            raise ValueError(f"{name} must be a whole gzip file; it is damaged") from None
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise ValueError(f"{name} must be a text file in UTF-8, or a TensorBoard event file; it is neither")
    return text


def parse(text: str, name: str) -> list[Row]:
    """Find the format of `text` and split it into rows; `name` is for error messages.

    Raises
    ------
    ValueError
        If the text is empty or in none of the formats; with the line and column where it goes wrong.

    Examples
    --------
    >>> parse('{"step": 1, "loss": 0.5}', "log")[0].cells
    {'step': 1, 'loss': 0.5}
    >>> parse("step 10 loss 0.5", "log")[0].cells
    {'step': '10', 'loss': '0.5'}
    """
    text = _bare(text)
    lines = [
        (number, line.rstrip("\r\n"))
        for number, line in enumerate(text.splitlines(keepends=True), 1)
        if line.strip() and not _passing(line)
    ]
    if not lines:
        raise ValueError(f"{name} must hold at least one loss; it is empty")
    lines = _uncommented(lines)
    first = lines[0][1].lstrip()
    if first[0] in "{[" and (rows := _json(text, lines, name)):
        return rows
    printed = [line for _, line in lines if PRINTED_LOSS.search(line)]
    if 2 * len(printed) >= len(lines) and (rows := _printed(lines)):
        return rows
    return _by_kind(_table(lines, name))


def _uncommented(lines: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Leave out comments at the top, except one that names the columns, as NumPy's header does."""
    count = next((i for i, (_, line) in enumerate(lines) if not line.lstrip().startswith("#")), 0)
    if not count:
        return lines
    number, names = lines[count - 1][0], lines[count - 1][1].lstrip("# ")
    delimiter = max(DELIMITERS, key=names.count)
    delimiter = delimiter if delimiter in names else " "
    cells = _split(lines[count][1], delimiter)
    heads = len(cells) == len(_split(names, delimiter)) and all(map(_is_number, cells))
    return [*([(number, names)] if heads else []), *lines[count:]]


def _by_kind(rows: list[Row]) -> list[Row]:
    """Name the values of a table with one measurement a row by what they are of (MLflow, TensorBoard)."""
    names = {key.strip().lower(): key for key in rows[0].cells}
    kind = next((names[word] for word in KINDS_OF_VALUE if word in names), None)
    if kind is None or "value" not in names:
        return rows
    value, named = names["value"], []
    for row in rows:
        rest = {key: cell for key, cell in row.cells.items() if key not in (kind, value)}
        run = f"{rest[names['run']]}/" if "run" in names else ""
        named.append(Row(row.line, {**rest, f"{run}{row.cells[kind]}": row.cells[value]}, in_columns=False))
    return named


def _bare(text: str) -> str:
    """Take away terminals' colours, and what PyTorch, JAX and NumPy write around a number."""
    if "\x1b" in text:
        text = COLOURS.sub("", text)
    return WRAPPED.sub(r"\1", text) if "(" in text else text


def _passing(line: str) -> bool:
    """Say whether this is a state of Keras's progress bar that the next one overwrites.

    The loss in it is the mean of an epoch that is not over: it would make a saw of the curve.
    """
    if "/step" not in line and "ETA" not in line:  # quickly, for long logs
        return False
    bar = KERAS_BAR.search(line)
    return bar is not None and (line.endswith("\r") or int(bar[1]) < int(bar[2]))


def _json(text: str, lines: list[tuple[int, str]], name: str) -> list[Row]:
    """Read a JSON document or JSON lines; an empty list where it looks like a print-out in brackets."""
    as_json = re.sub(r"\b(?:nan|inf|None|True|False)\b|'", lambda word: IN_JSON[word[0]], text)
    for document in (text, as_json):  # Python's print of a dict or list is nearly JSON
        with contextlib.suppress(json.JSONDecodeError):
            return _document(json.loads(document), name)
    rows = []
    for number, line in lines:
        try:
            record = json.loads(line)
        except json.JSONDecodeError as error:
            if lines[0][1].lstrip()[0] == "[" or PRINTED_LOSS.search(line):
                return []
            raise ValueError(
                f"{name}, line {number}, column {error.colno}: must be JSON; {error.msg}"
            ) from None
        if not isinstance(record, dict):
            raise ValueError(
                f"{name}, line {number}, column 1: must be a JSON object; got {line.strip()[:40]}"
            )
        rows.append(Row(number, record, in_columns=False))
    return rows


def _document(document: Any, name: str) -> list[Row]:
    """Turn a list of numbers, a list of objects or an object of lists into rows."""
    if isinstance(document, dict):
        lists = {key: value for key, value in document.items() if isinstance(value, list)}
        for records in lists.values():
            if records and all(isinstance(record, dict) for record in records):
                return _document(records, name)  # Hugging Face's trainer_state.json has them in log_history
        if not lists:
            return [Row(1, document, in_columns=False)]
        length = max(map(len, lists.values()))
        return [
            Row(1, {key: value[i] for key, value in lists.items() if i < len(value)}, in_columns=False)
            for i in range(length)
        ]
    if not isinstance(document, list) or not document:
        raise ValueError(f"{name} must hold a JSON list or objects with losses; got {str(document)[:40]}")
    return [
        Row(1, item if isinstance(item, dict) else {"value": item}, in_columns=False) for item in document
    ]


def _printed(lines: list[tuple[int, str]]) -> list[Row]:
    """Read lines like ``epoch 3 loss 0.41``; lines without a loss are passed over."""
    rows = []
    for number, line in lines:
        if PRINTED_LOSS.search(line):
            cells = {key.strip().lower(): value for key, value in PRINTED.findall(line)}
            rows.append(Row(number, cells, in_columns=False))
    return rows if any(row.cells for row in rows) else []  # a CSV's cell "loss" before a number is no print


def _table(lines: list[tuple[int, str]], name: str) -> list[Row]:
    """Read CSV or TSV, or plain numbers one a line."""
    header_line, header = lines[0]
    delimiter = max(DELIMITERS, key=header.count)
    words = [header.split(), lines[-1][1].split()]
    if delimiter not in header and len(words[0]) == len(words[1]) and _are_alike(words[0]):
        delimiter = " "
    cells = _split(header, delimiter)
    if all(_is_number(cell) for cell in cells):
        if len(cells) > 1:
            raise ValueError(
                f"{name}, line {header_line}: must name its {len(cells)} columns in a first line"
            )
        return [Row(number, {"value": line.strip()}) for number, line in lines]
    if len(lines) == 1:
        raise ValueError(
            f"{name}, line {header_line}, column 1: must hold a loss; got {header.strip()[:60]!r}"
        )
    rows = []
    for number, line in lines[1:]:
        values = _split(line, delimiter)
        if len(values) > len(cells):
            raise ValueError(
                f"{name}, line {number}, column {len(cells) + 1}: must have the header's {len(cells)} cells; "
                f"got {len(values)}"
            )
        rows.append(Row(number, dict(zip(cells, values + [""] * (len(cells) - len(values)), strict=True))))
    if not any(_is_number(value) for row in rows for value in row.cells.values()):
        number, value = rows[0].line, next(iter(rows[0].cells.values()))
        raise ValueError(f"{name}, line {number}, column 1 ({cells[0]}): must be a number; got {value!r}")
    return rows


def _are_alike(words: list[str]) -> bool:
    """Say whether these are all names, or all numbers, and no sentence with a number in it."""
    return len({_is_number(word.strip(":=")) for word in words}) == 1


def _split(line: str, delimiter: str) -> list[str]:
    if delimiter == " ":
        return line.split()
    cells: Iterable[str] = next(csv.reader([line], delimiter=delimiter))
    if (
        delimiter != ","
    ):  # a spreadsheet that writes numbers with a comma sets semicolons or tabs between them
        cells = [DECIMAL_COMMA.sub(r"\1.\2", cell) for cell in cells]
    return [cell.strip() for cell in cells]


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
