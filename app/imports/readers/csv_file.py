"""Annotations in a CSV: RFC 4180, with commas, semicolons or tabs between the cells."""

import csv
import io

from app.imports.readers import dna
from app.imports.readers.unreadable import NO_COLUMNS, UnreadableImport, refuse_too_many
from app.imports.rows import MOST_ROWS, FileRow, FileTable, known_columns
from app.text.cells import unguard

LONGEST_CELL = 131_072  # characters: the default of Python's csv module
_BOMS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def read(content: bytes) -> FileTable:
    """Read a CSV with a first row that names the columns, in any case and order: ours or DNA's.

    UTF-8, with or without a mark of that, or UTF-16 with one. Cells lose the apostrophe that an
    export puts before what a spreadsheet could run. A row's number is its place in the file, the
    heading being 1.

    Raises: UnreadableImport.
    """
    text = _decode(content)
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows: list[FileRow] = []
    number = 1
    try:
        heading = next(reader, [])
        of_dna = dna.columns_of(heading)
        columns, unknown = known_columns(heading) if of_dna is None else (of_dna, [])
        if of_dna is None and ("tag" not in columns or "quote" not in columns):
            raise UnreadableImport(NO_COLUMNS)
        plain = str if dna.is_written_by_dna(heading) else unguard
        for number, line in enumerate(reader, 2):
            if not any(map(str.strip, line)):
                continue
            cells = {name: plain(cell) for name, cell in zip(columns, line, strict=False) if name}
            rows.append(FileRow(number, cells if of_dna is None else dna.cells_of(cells)))
            if len(rows) > MOST_ROWS:
                refuse_too_many()
    except csv.Error:
        message = (
            f"Row {number + 1:,} cannot be read as CSV: a quotation mark is missing, or a cell has "
            f"more than {LONGEST_CELL:,} characters. Save the file as CSV again, then choose it."
        )
        raise UnreadableImport(message) from None
    return FileTable(rows, unknown)


def _decode(content: bytes) -> str:
    encoding = next((name for mark, name in _BOMS if content.startswith(mark)), "utf-8-sig")
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        message = "The file is not UTF-8. Save it as “CSV UTF-8”, then choose it again."
        raise UnreadableImport(message) from None
