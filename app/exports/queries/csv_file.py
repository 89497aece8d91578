"""Annotations, or the rows of another table, as CSV, with cells that a spreadsheet cannot run."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import Enum
from functools import cache, partial
from typing import Any

from app.core.db import Database
from app.exports.queries.columns import ANNOTATIONS, ColumnKind, Table, moment_text
from app.exports.queries.rows import Selection, list_rows
from app.text.cells import guard

MIMETYPE = "text/csv"
BOM = b"\xef\xbb\xbf"
LINE_END = "\r\n"


class Separator(Enum):
    """What stands between two cells; the names are those of the address and the command."""

    COMMA = ","
    SEMICOLON = ";"  # which spreadsheets expect where a comma stands before decimals


def csv_chunks(
    database: Database,
    selection: Selection,
    *,
    with_bom: bool = True,
    separator: Separator = Separator.COMMA,
) -> Iterator[bytes]:
    """Yield the CSV of a selection in pieces, as `list_rows` gives its rows."""
    rows = list_rows(database, selection)
    yield from write_csv(ANNOTATIONS, rows, with_bom=with_bom, separator=separator)


def write_csv(
    table: Table,
    batches: Iterable[Sequence[Sequence[Any]]],
    *,
    with_bom: bool = True,
    separator: Separator = Separator.COMMA,
) -> Iterator[bytes]:
    """Yield the CSV of a table in pieces, one for each batch of its rows.

    UTF-8, CRLF, quoted as in RFC 4180, whatever the separator.
    """
    heading = separator.value.join(table.kinds) + LINE_END
    yield (BOM if with_bom else b"") + heading.encode()
    text = partial(write_text, separator=separator.value)
    of_kinds = _CELLS | {ColumnKind.TEXT: text, ColumnKind.NAMES: text}
    writers = [of_kinds[kind] for kind in table.kinds.values()]

    def write(rows: Sequence[Sequence[Any]]) -> bytes:
        lines = _lines(rows, writers, separator.value)
        return "".join(f"{line}{LINE_END}" for line in lines).encode()

    yield from map(write, batches)  # which holds no rows while a reader takes its time


def _lines(
    rows: Sequence[Sequence[Any]], writers: Sequence[Callable[[Any], str]], separator: str
) -> Iterator[str]:
    """Write the rows, a column at a time: a project has a hundred thousand of them.

    Most cells say what one above them does, such as a title: each is written once.
    """
    columns = zip(writers, zip(*rows, strict=True), strict=False)
    cells = [map(cache(write), values) for write, values in columns]
    return map(separator.join, zip(*cells, strict=True))


def write_text(text: str, separator: str) -> str:
    """Write what a person wrote: guarded and, where RFC 4180 asks for it, in quotation marks."""
    text = guard(text)
    if '"' in text:
        text = text.replace('"', '""')
    elif not (separator in text or "\n" in text or "\r" in text):
        return text
    return f'"{text}"'


def _number(number: int | None) -> str:
    return "" if number is None else str(number)


_CELLS: dict[ColumnKind, Callable[[Any], str]] = {
    ColumnKind.CODE: str,
    ColumnKind.LINK: str,
    ColumnKind.NUMBER: _number,
    ColumnKind.DAY: lambda day: str(day or ""),
    ColumnKind.MOMENT: moment_text,
    ColumnKind.YES_OR_NO: lambda is_so: "yes" if is_so else "no",
}
"""How the values of each kind are written, but for words of people: the separator matters there."""
