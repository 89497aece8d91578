"""Annotations as JSON Lines (jsonlines.org): an object a line, with a value for each column.

Its media type is the one that jsonlines.org and the registry of OpenAPI name; none is registered.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from json import JSONEncoder
from typing import Any

from app.core.db import Database
from app.core.names import SEPARATOR
from app.exports.queries.columns import COLUMNS, ColumnKind, moment_text
from app.exports.queries.rows import Selection, list_rows

MIMETYPE = "application/jsonl"

_NAMES = [column.name for column in COLUMNS]
_encode = JSONEncoder(ensure_ascii=False).encode


def jsonl_chunks(database: Database, selection: Selection) -> Iterator[bytes]:
    """Yield the JSON Lines of a selection in pieces, as `list_rows` gives its rows.

    UTF-8; what people wrote stands there as they wrote it.
    """
    for rows in list_rows(database, selection):
        yield "".join(f"{line}\n" for line in _lines(rows)).encode()


def _lines(rows: Sequence[Sequence[Any]]) -> Iterator[str]:
    columns = zip(COLUMNS, zip(*rows, strict=True), strict=False)
    values = [map(_VALUES[column.kind], of_column) for column, of_column in columns]
    return (_encode(dict(zip(_NAMES, row, strict=True))) for row in zip(*values, strict=True))


_VALUES: Mapping[ColumnKind, Callable[[Any], object]] = {
    ColumnKind.TEXT: lambda text: text,
    ColumnKind.CODE: lambda word: word or None,
    ColumnKind.LINK: lambda address: address,
    ColumnKind.NUMBER: lambda number: number,
    ColumnKind.DAY: lambda day: str(day) if day else None,
    ColumnKind.MOMENT: moment_text,
    ColumnKind.YES_OR_NO: bool,
    ColumnKind.NAMES: lambda names: names.split(SEPARATOR) if names else [],
}
"""What stands for the values of each kind."""
