"""Annotations in an XLSX: the sheets whose first row names the columns."""

import io
import re
from collections.abc import Iterator
from datetime import date, datetime, time

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from app.imports.readers.json_lines import cell_of
from app.imports.readers.unreadable import NO_COLUMNS, UnreadableImport, refuse_too_many
from app.imports.readers.zip_file import refuse_too_large
from app.imports.rows import MOST_ROWS, FileRow, FileTable, known_columns
from app.text.cells import unguard
from app.text.zip_faults import BROKEN_ZIP

MOST_COLUMNS = 200  # of a sheet that are looked at
# What XML has no character for, as Excel writes it (ECMA-376, part 1, 22.9.2.19, ST_Xstring);
# but not what no text has, which is NUL and half a pair of surrogates.
_ESCAPED = re.compile("_x(?!0000|D[89A-F])([0-9A-F]{4})_", re.IGNORECASE)
_BROKEN = (*BROKEN_ZIP, InvalidFileException, KeyError, TypeError, SyntaxError)


def read(content: bytes) -> FileTable:
    """Read every sheet whose first row names the columns; a row's number is that of its sheet.

    Cells lose the apostrophe that an export puts before what a spreadsheet could run.

    Raises: UnreadableImport.
    """
    refuse_too_large(content)
    rows: list[FileRow] = []
    unknown: dict[str, None] = {}
    is_known = False
    try:
        for sheet in _sheets(content):
            columns, more = known_columns(next(sheet, []))
            if "tag" not in columns or "quote" not in columns:
                continue
            is_known = True
            unknown |= dict.fromkeys(more)
            for number, line in enumerate(sheet, 2):
                if not any(line):
                    continue
                pairs = zip(columns, line, strict=False)
                cells = {name: unguard(cell) for name, cell in pairs if name}
                rows.append(FileRow(number, cells))
                if len(rows) > MOST_ROWS:
                    refuse_too_many()
    except _BROKEN:
        message = "The file cannot be read as XLSX. Save it again as an Excel workbook, or as CSV."
        raise UnreadableImport(message) from None
    if not is_known:
        raise UnreadableImport(NO_COLUMNS)
    return FileTable(rows, list(unknown))


def _sheets(content: bytes) -> Iterator[Iterator[list[str]]]:
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    try:
        for sheet in book.worksheets:
            lines = sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS)
            yield ([_cell(value) for value in line] for line in lines)
    finally:
        book.close()


def _cell(value: object) -> str:
    """Return a cell as text; times have no zone in a workbook, and are taken for UTC."""
    if isinstance(value, str):
        return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value)
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, (datetime, date)) else cell_of(value)
