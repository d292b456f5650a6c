"""Read scalars from a TensorBoard event file, without TensorBoard.

The file is a sequence of records, each ``length (8 bytes), checksum (4), event, checksum (4)``; an event is a
protocol buffer (tensorflow/core/util/event.proto) of which three fields matter: its step, and for each value
the tag and the number, stored either as ``simple_value`` or as a tensor of one float.
"""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from momentum_edu.diagnosis.log_formats import Row

VARINT, EIGHT_BYTES, BYTES, FOUR_BYTES = 0, 1, 2, 5
STEP, SUMMARY = 2, 5  # fields of an event
VALUE = 1  # field of a summary
TAG, SIMPLE_VALUE, TENSOR = 1, 2, 8  # fields of a value
DTYPE, CONTENT, FLOATS, DOUBLES = 1, 4, 5, 6  # fields of a tensor
DOUBLE = 2  # the dtype


def is_event_file(path: Path) -> bool:
    """Say whether TensorBoard named the file: ``events.out.tfevents....``."""
    return ".tfevents." in path.name


def read_scalars(path: Path) -> list[Row]:
    """Return a row for each event with scalars: its step, and each tag's number.

    Raises
    ------
    ValueError
        If the file breaks off or is no event file, with the record's number, or holds no scalar.
    """
    data, rows, position, record = path.read_bytes(), [], 0, 0
    while position < len(data):
        record += 1
        end = position + 12
        if end <= len(data):
            end += struct.unpack_from("<Q", data, position)[0]
        if end + 4 > len(data):
            raise ValueError(
                f"{path.name}, record {record}: must be a whole TensorBoard event; the file ends in it"
            )
        try:
            step, scalars = _event(data[position + 12 : end])
        except (IndexError, struct.error, UnicodeDecodeError):
            raise ValueError(f"{path.name}, record {record}: must be a TensorBoard event") from None
        if scalars:
            rows.append(Row(record, {"step": step, **scalars}, in_columns=False))
        position = end + 4
    if not rows:
        raise ValueError(f"{path.name} must hold at least one scalar; it has {record} events without any")
    return rows


def _event(data: bytes) -> tuple[int, dict[str, float]]:
    step, scalars = 0, {}
    for field, content in _fields(data):
        if field == STEP:
            step = content
        elif field == SUMMARY:
            for number, value in _fields(content):
                if number == VALUE:
                    scalars.update(_value(value))
    return step, scalars


def _value(data: bytes) -> dict[str, float]:
    fields = dict(_fields(data))
    if SIMPLE_VALUE in fields:
        number = struct.unpack("<f", fields[SIMPLE_VALUE])[0]
    elif TENSOR in fields:
        tensor = dict(_fields(fields[TENSOR]))
        content = tensor.get(CONTENT) or tensor.get(FLOATS) or tensor.get(DOUBLES) or b""
        kind = "<d" if tensor.get(DTYPE) == DOUBLE else "<f"
        if len(content) != struct.calcsize(kind):
            return {}  # a histogram, an image, a text
        number = struct.unpack(kind, content)[0]
    else:
        return {}
    return {fields[TAG].decode("utf-8"): number} if TAG in fields else {}


def _fields(data: bytes) -> Iterator[tuple[int, Any]]:
    """Yield (field number, content) of a protocol buffer message."""
    position = 0
    while position < len(data):
        key, position = _varint(data, position)
        field, kind = key >> 3, key & 7
        content: Any
        if kind == VARINT:
            content, position = _varint(data, position)
        elif kind in (EIGHT_BYTES, FOUR_BYTES, BYTES):
            size = 8 if kind == EIGHT_BYTES else 4
            if kind == BYTES:
                size, position = _varint(data, position)
            content = data[position : position + size]
            if len(content) < size:
                raise IndexError("the message ends in a field")
            position += size
        else:
            raise IndexError(f"unknown kind {kind}")
        yield field, content


def _varint(data: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[position]
        value |= (byte & 0x7F) << shift
        position, shift = position + 1, shift + 7
        if byte < 0x80:
            return value, position
