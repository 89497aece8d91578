"""Workbooks as their readers see them."""

import io
import zipfile

from openpyxl import load_workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.worksheet.worksheet import Worksheet


def sheets_of(content: bytes) -> list[Worksheet]:
    """Return the sheets of an XLSX."""
    return [sheet for sheet in load_workbook(io.BytesIO(content)).worksheets]  # noqa: C416  (typed)


def records_of(content: bytes) -> list[dict[str, Cell | MergedCell]]:
    """Return the rows of all sheets of an XLSX: their cells, by the names in the first row."""
    records = []
    for sheet in sheets_of(content):
        heading, *rows = sheet.iter_rows()
        names = [str(cell.value) for cell in heading]
        records += [dict(zip(names, row, strict=True)) for row in rows]
    return records


def text_of(content: bytes) -> str:
    """Return all that stands in an XLSX, but for when it was made."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [name for name in archive.namelist() if name != "docProps/core.xml"]
        return "\n".join(archive.read(name).decode() for name in names)
