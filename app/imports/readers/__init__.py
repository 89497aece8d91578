"""Readers of files of annotations: each makes rows of bytes, by the columns of our own export."""

from collections.abc import Callable, Mapping
from pathlib import PurePath

from app.frozen import frozen
from app.imports.readers import csv_file, json_ld, json_lines, qdpx_file
from app.imports.readers.unreadable import UnreadableImport
from app.imports.rows import FileTable

__all__ = ["FORMATS", "ImportFormat", "UnreadableImport", "format_of", "read"]


@frozen
class ImportFormat:
    """A format: what a person calls it, the endings of its files, and what reads it."""

    name: str
    endings: tuple[str, ...]
    read: Callable[[bytes], FileTable]


def _read_xlsx(content: bytes) -> FileTable:
    from app.imports.readers import xlsx_file  # noqa: PLC0415  loaded when needed

    return xlsx_file.read(content)


FORMATS: Mapping[str, ImportFormat] = {
    "csv": ImportFormat("CSV, also of DNA", (".csv", ".tsv", ".txt"), csv_file.read),
    "xlsx": ImportFormat("XLSX", (".xlsx",), _read_xlsx),
    "jsonl": ImportFormat(
        "JSON Lines, also of doccano", (".jsonl", ".ndjson", ".json"), json_lines.read
    ),
    "jsonld": ImportFormat("JSON-LD of the W3C", (".jsonld",), json_ld.read),
    "qdpx": ImportFormat("REFI-QDA project", (".qdpx",), qdpx_file.read),
}
"""By the names that the command and the form have for them."""


def format_of(name: str, content: bytes) -> str:
    """Return the format of a file by the end of its name, of JSON by what is in it.

    Raises: UnreadableImport (it is none of them).
    """
    ending = PurePath(name).suffix.lower()
    if ending == ".json" and b'"@context"' in content:
        return "jsonld"
    for key, one in FORMATS.items():
        if ending in one.endings:
            return key
    message = f"The file is in no format that is read here: {', '.join(_names())}."
    raise UnreadableImport(message)


def read(content: bytes, file_format: str) -> FileTable:
    """Read a file in a format of FORMATS.

    Raises: UnreadableImport.
    """
    if not content:
        message = "The file is empty. Choose another one."
        raise UnreadableImport(message)
    table = FORMATS[file_format].read(content)
    if not table.rows:
        message = "There are no annotations in the file."
        raise UnreadableImport(message)
    return table


def _names() -> list[str]:
    return [one.name for one in FORMATS.values()]
