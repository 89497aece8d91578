"""Rows as the text of a CSV: CRLF after each, and cells quoted as in RFC 4180."""

import csv
import io
from collections.abc import Iterable

BOM = "\ufeff"
"""What stands before a text in UTF-8, so that spreadsheets take it for that."""


def write_rows(rows: Iterable[Iterable[object]], separator: str = ",") -> str:
    """Return rows as CSV, without a BOM; None is an empty cell, and no cell is guarded."""
    file = io.StringIO()
    csv.writer(file, delimiter=separator, lineterminator="\r\n").writerows(rows)
    return file.getvalue()
