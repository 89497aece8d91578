"""Annotations, or another table, as XLSX: XlsxWriter makes the book, and the rows are streamed in.

The format is Office Open XML (ECMA-376, part 1, SpreadsheetML): a ZIP, whose parts are written one
after the other, so that none waits in memory or on a disk.
"""

import html
import io
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import chain
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

from app.core.db import Database
from app.exports.queries.columns import ANNOTATIONS, ColumnKind, Table
from app.exports.queries.pieces import Pieces
from app.exports.queries.rows import Selection, list_rows
from app.exports.queries.xlsx_cells import CellWriter, cell_writer

MIMETYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

# What Excel takes (support.microsoft.com, "Excel specifications and limits").
ROWS_A_SHEET = 1_048_576 - 1  # without the heading
LINKS_A_SHEET = 65_530

# A part of more than 2 GiB would need ZIP64, which Excel does not read in a ZIP that is streamed.
BYTES_A_SHEET = 3 << 29
ZIP_LEVEL = 3  # at 6 the file is a tenth smaller, and takes half as long again

_WIDTHS = {  # in characters
    ColumnKind.TEXT: 30,
    ColumnKind.CODE: 12,
    ColumnKind.LINK: 40,
    ColumnKind.NUMBER: 11,
    ColumnKind.DAY: 12,
    ColumnKind.MOMENT: 19,
    ColumnKind.YES_OR_NO: 12,
    ColumnKind.NAMES: 30,
}
_LOOKS: Mapping[ColumnKind, Mapping[str, object]] = {
    ColumnKind.LINK: {"font_color": "#0563C1", "underline": 1},
    ColumnKind.DAY: {"num_format": "yyyy-mm-dd"},
    ColumnKind.MOMENT: {"num_format": "yyyy-mm-dd hh:mm:ss"},
}

_ABOUT = "docProps/core.xml"
_WHEN_MADE = re.compile(rb"<dcterms:(created|modified)[^>]*>[^<]*</dcterms:\1>")
_DIMENSION = re.compile('<dimension ref="[^"]*"/>')
_STYLE = re.compile(r'<c r="[A-Z]+2"(?: s="(\d+)")?')  # none is the first of all, 0
_LAST_OF_FOOT = "<pageMargins"  # what follows the hyperlinks
_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_HYPERLINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"

_Rows = Sequence[Sequence[Any]]


def xlsx_chunks(
    database: Database,
    selection: Selection,
    *,
    rows_a_sheet: int = ROWS_A_SHEET,
    links_a_sheet: int = LINKS_A_SHEET,
) -> Iterator[bytes]:
    """Yield the XLSX of a selection in pieces, as `list_rows` gives its rows."""
    rows = list_rows(database, selection)
    yield from write_xlsx(ANNOTATIONS, rows, rows_a_sheet=rows_a_sheet, links_a_sheet=links_a_sheet)


def write_xlsx(
    table: Table,
    rows: Iterable[_Rows],
    *,
    rows_a_sheet: int = ROWS_A_SHEET,
    links_a_sheet: int = LINKS_A_SHEET,
) -> Iterator[bytes]:
    """Yield the XLSX of a table in pieces, one for each batch of its rows.

    What one sheet cannot hold goes on in the next, with a heading and a filter of its own. A sheet
    has no room for more than `links_a_sheet` links: further ones are calls of HYPERLINK.
    """
    sink = Pieces()
    beginning = _make_workbook(table, [0, 0])
    with ZipFile(sink, "w", ZIP_DEFLATED, compresslevel=ZIP_LEVEL) as archive:
        # Programs know the kind of a file by the name of its first part.
        _write_part(archive, "_rels/.rels", beginning["_rels/.rels"])
        batches = iter(rows)
        rows_by_sheet: list[int] = []
        rest: _Rows = ()
        while rest or not rows_by_sheet:
            sheet = _Sheet(table, archive, len(rows_by_sheet) + 1, beginning, links_a_sheet)
            for _step in sheet.write(chain([rest], batches), rows_a_sheet):
                yield sink.take()
            sheet.write_addresses()
            rest = sheet.rest
            rows_by_sheet.append(sheet.rows)
        for name, content in _make_workbook(table, rows_by_sheet).items():
            if name != "_rels/.rels" and not name.startswith("xl/worksheets/"):
                _write_part(archive, name, content)
    yield sink.take()


def _write_part(archive: ZipFile, name: str, content: bytes) -> None:
    """Write a part whole and undated, unlike `writestr`: the same rows are the same file."""
    with archive.open(name, "w") as part:
        part.write(content)


class _Sheet:
    """A sheet as it is written: how many `rows` it has yet, and the `rest` it has no room for."""

    def __init__(
        self,
        table: Table,
        archive: ZipFile,
        number: int,
        beginning: Mapping[str, bytes],
        links: int,
    ) -> None:
        self.rows = 0
        self.rest: _Rows = ()
        self._table = table
        self._archive = archive
        self._name = f"sheet{number}.xml"
        self._head, styles, _foot = _parts_of_sheet(beginning, 1 if number == 1 else 2)
        kinds = list(table.kinds.values())
        self._letters = _letters(len(kinds))
        self._links = [index for index, kind in enumerate(kinds) if kind is ColumnKind.LINK]
        self._last_linked_row = 1 + (links // len(self._links) if self._links else 0)
        self._writers: list[CellWriter] = [
            cell_writer(kind, letters, style, self._last_linked_row)
            for kind, letters, style in zip(kinds, self._letters, styles, strict=True)
        ]
        self._addresses: list[bytes] = []  # packed, since there are many and they are alike

    def write(self, batches: Iterator[_Rows], most: int) -> Iterator[None]:
        """Write rows until there are `most`, or none is left; yield after each step."""
        with self._archive.open(f"xl/worksheets/{self._name}", "w") as part:
            size = part.write(self._head.encode())
            for batch in batches:
                fitting = batch[: most - self.rows] if size < BYTES_A_SHEET else ()
                if fitting:
                    size += part.write(self._rows(fitting).encode())
                self.rest = batch[len(fitting) :]
                yield
                if self.rest:
                    break
            self._write_foot(part)

    def _rows(self, rows: _Rows) -> str:
        """Write rows, a column at a time: a project has a million of them."""
        numbers = range(self.rows + 2, self.rows + 2 + len(rows))
        columns = list(zip(*rows, strict=True))
        self._note_addresses(numbers, columns)
        self.rows += len(rows)
        cells = [
            map(writer, numbers, values)
            for writer, values in zip(self._writers, columns, strict=True)
        ]
        lines = map("".join, zip(*cells, strict=True))
        return "".join(
            f'<row r="{number}">{line}</row>' for number, line in zip(numbers, lines, strict=True)
        )

    def _note_addresses(self, numbers: range, columns: Sequence[Sequence[Any]]) -> None:
        linked = range(numbers.start, min(numbers.stop, self._last_linked_row + 1))
        letters = self._letters
        targets = "".join(
            f'<Relationship Id="{letters[index]}{row}" Type="{_HYPERLINK}"'
            f' Target="{html.escape(address)}" TargetMode="External"/>'
            for index in self._links
            for row, address in zip(linked, columns[index], strict=False)
        )
        if targets:
            self._addresses.append(zlib.compress(targets.encode()))

    def _write_foot(self, part: IO[bytes]) -> None:
        _head, _styles, foot = _parts_of_sheet(_make_workbook(self._table, [self.rows]), 1)
        before, last, after = foot.partition(_LAST_OF_FOOT)
        part.write(before.encode())
        linked = range(2, min(self.rows + 1, self._last_linked_row) + 1)
        if linked:
            letters = self._letters
            refs = (f"{letters[index]}{row}" for index in self._links for row in linked)
            links = "".join(f'<hyperlink ref="{ref}" r:id="{ref}"/>' for ref in refs)
            part.write(f"<hyperlinks>{links}</hyperlinks>".encode())
        part.write(f"{last}{after}".encode())

    def write_addresses(self) -> None:
        """Write where the links lead, as a part of its own."""
        if not self._addresses:
            return
        with self._archive.open(f"xl/worksheets/_rels/{self._name}.rels", "w") as part:
            part.write(b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n')
            part.write(f'<Relationships xmlns="{_RELATIONSHIPS}">'.encode())
            for packed in self._addresses:
                part.write(zlib.decompress(packed))
            part.write(b"</Relationships>")


@cache
def _letters(columns: int) -> Sequence[str]:
    """Return how spreadsheets call so many columns: A, B and so on."""
    from xlsxwriter.utility import xl_col_to_name  # noqa: PLC0415 loaded when needed

    return [xl_col_to_name(number) for number in range(columns)]


def _make_workbook(table: Table, rows_by_sheet: Sequence[int]) -> Mapping[str, bytes]:
    """Return the parts of a workbook by their names, with sheets of so many rows.

    Of the rows there is but the first, a model: each of its cells has the style of its column.
    """
    from xlsxwriter import Workbook  # noqa: PLC0415 loaded when needed

    content = io.BytesIO()
    # So texts stand in their cells, and not in a part of their own.
    workbook = Workbook(content, {"constant_memory": True, "in_memory": True})
    heading = workbook.add_format({"bold": True})
    looks = [workbook.add_format(_LOOKS.get(kind, {})) for kind in table.kinds.values()]
    last = len(looks) - 1
    for number, rows in enumerate(rows_by_sheet, 1):
        sheet = workbook.add_worksheet(table.name if number == 1 else f"{table.name} {number}")
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, rows, last)
        for index, (name, kind) in enumerate(table.kinds.items()):
            sheet.set_column(index, index, _WIDTHS[kind])
            sheet.write_string(0, index, name, heading)
        for index, look in enumerate(looks):
            sheet.write_number(1, index, 0, look)
    workbook.close()
    with ZipFile(content) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return {**parts, _ABOUT: _WHEN_MADE.sub(b"", parts[_ABOUT])}


def _parts_of_sheet(workbook: Mapping[str, bytes], number: int) -> tuple[str, list[str], str]:
    """Return what stands before the rows of a sheet, the style of each column, and the rest."""
    text = workbook[f"xl/worksheets/sheet{number}.xml"].decode()
    head, _, rest = text.partition('<row r="2"')
    model, end, foot = rest.partition("</sheetData>")
    styles = [style or "0" for style in _STYLE.findall(model)]
    # How many rows there will be nobody knows yet.
    return _DIMENSION.sub("", head), styles, end + foot
