"""Annotations as JSON Lines: an object a line with our columns, or a text of doccano.

What doccano writes of a text is `{"text": …, "label": [[start, end, tag], …]}`, or has `entities`
in place of `label`, each an object (doccano.github.io/doccano, "Export dataset").
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from app.imports.readers.unreadable import UnreadableImport, refuse_too_many
from app.imports.rows import MOST_ROWS, FileRow, FileTable, cells_of_place, known_columns

_SPANS = ("label", "labels", "entities", "annotations")
_OF_DOCCANO = frozenset({"id", "text", "meta", "comments", "relations", *_SPANS})


def read(content: bytes) -> FileTable:
    """Read objects, one a line, or a JSON array of them; a row's number is that of its line.

    Raises: UnreadableImport.
    """
    rows: list[FileRow] = []
    unknown: dict[str, None] = {}
    for number, value in _objects(content):
        if not isinstance(value, dict):
            message = f"Line {number:,} is not a JSON object."
            raise UnreadableImport(message)
        made, more = _of_text(number, value) if _is_of_doccano(value) else _of_row(number, value)
        rows += made
        unknown |= dict.fromkeys(more)
        if len(rows) > MOST_ROWS:
            refuse_too_many()
    return FileTable(rows, list(unknown))


def _objects(content: bytes) -> Iterator[tuple[int, Any]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        message = "The file is not UTF-8, as JSON is."
        raise UnreadableImport(message) from None
    number = 1
    try:
        if text.lstrip().startswith("["):
            yield from enumerate(json.loads(text), 1)
            return
        # No other line break parts objects: they may stand in strings.
        for number, line in enumerate(text.split("\n"), 1):
            if line.strip():
                yield number, json.loads(line)
    except (ValueError, RecursionError):
        message = f"Line {number:,} is not JSON. Each line has to be one object."
        raise UnreadableImport(message) from None


def _is_of_doccano(value: Mapping[str, Any]) -> bool:
    return isinstance(value.get("text"), str) and any(name in value for name in _SPANS)


def _of_row(number: int, value: Mapping[str, Any]) -> tuple[list[FileRow], list[str]]:
    columns, unknown = known_columns(value)
    cells = {
        column: cell_of(said)
        for column, said in zip(columns, value.values(), strict=True)
        if column
    }
    return [FileRow(number, cells)], unknown


def _of_text(number: int, value: Mapping[str, Any]) -> tuple[list[FileRow], list[str]]:
    """Return a row for each span; what is said of the text beside them is said of each."""
    meta = value.get("meta")
    said = {**(meta if isinstance(meta, dict) else {}), **value}
    said = {name: each for name, each in said.items() if name.casefold() not in _OF_DOCCANO}
    ((of_text,), unknown) = _of_row(number, said)
    text = value["text"]
    rows = []
    for name in _SPANS:
        for start, end, tag in _spans(number, value.get(name), len(text)):
            cells = {
                **of_text.cells,
                "tag": tag,
                **cells_of_place(text, start, end),
            }
            rows.append(FileRow(number, cells, text))
    return rows, unknown


def _spans(number: int, spans: object, length: int) -> Iterator[tuple[int, int, str]]:
    for span in spans if isinstance(spans, list) else ():
        if isinstance(span, dict):
            found = [span.get(name) for name in ("start_offset", "end_offset", "label")]
        else:
            found = list(span) if isinstance(span, list) else []
        start, end, tag = found if len(found) == 3 else (None, None, None)  # noqa: PLR2004  (start, end, tag)
        if not (isinstance(start, int) and isinstance(end, int) and 0 <= start <= end <= length):
            message = f"Line {number:,} has a span that is not inside its text."
            raise UnreadableImport(message)
        yield start, end, str(tag)


def cell_of(value: object) -> str:
    """Return a value of JSON as a cell: lists of names with semicolons between."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list):
        return ";".join(map(cell_of, value))
    return value if isinstance(value, str) else json.dumps(value)
