"""The formats of files of annotations: one description, from which all of them are offered.

Pages, addresses, the audit and `annotations export` take them from here: a new one is a module that
writes it, and an entry.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from sqlalchemy.orm import Session

from app.core.db import Database
from app.core.errors import NotFound
from app.exports.file_types import LINKED_DATA
from app.exports.queries import (
    csv_file,
    dna_file,
    jsonl_file,
    markdown_file,
    qdpx_file,
    xlsx_file,
)
from app.exports.queries.csv_file import Separator, csv_chunks
from app.exports.queries.dna_file import Omissions, dna_chunks
from app.exports.queries.json_ld import json_ld_chunks
from app.exports.queries.jsonl_file import jsonl_chunks
from app.exports.queries.markdown_file import markdown_chunks
from app.exports.queries.qdpx_file import qdpx_chunks
from app.exports.queries.rows import Selection
from app.exports.queries.xlsx_file import xlsx_chunks
from app.frozen import frozen


@frozen
class ExportFormat:
    """A format: how it is called, what it is good for, and what writes it.

    `extension` has no dot: addresses and names of files end in it, and commands ask for it. Where
    names of files end otherwise, `ending` says how. `chunks` yields the file of a selection in
    pieces, as `list_rows` gives its rows. What `is_binary` is not for a terminal. `omissions` finds
    what a file leaves out of a selection, None where it has everything.
    """

    name: str
    extension: str
    mimetype: str
    purpose: str
    chunks: Callable[[Database, Selection], Iterator[bytes]]
    ending: str = ""
    is_binary: bool = False
    omissions: Callable[[Session, Selection], Omissions] | None = None


_FORMATS = (
    ExportFormat(
        name="CSV",
        extension="csv",
        mimetype=csv_file.MIMETYPE,
        purpose="a table, for any spreadsheet and for R or pandas",
        chunks=csv_chunks,
    ),
    ExportFormat(
        name="XLSX",
        extension="xlsx",
        mimetype=xlsx_file.MIMETYPE,
        purpose="the same table, for Excel and LibreOffice",
        chunks=xlsx_chunks,
        is_binary=True,
    ),
    ExportFormat(
        name="JSON Lines",
        extension="jsonl",
        mimetype=jsonl_file.MIMETYPE,
        purpose="an object a line, for programs",
        chunks=jsonl_chunks,
    ),
    ExportFormat(
        name="Markdown",
        extension="md",
        mimetype=markdown_file.MIMETYPE,
        purpose="quotes by article, for Obsidian and the like",
        chunks=markdown_chunks,
    ),
    ExportFormat(
        name="JSON-LD",
        extension="jsonld",
        mimetype=LINKED_DATA,
        purpose="W3C Web Annotations, for annotation tools",
        chunks=json_ld_chunks,
    ),
    ExportFormat(
        name="REFI-QDA",
        extension="qdpx",
        mimetype=qdpx_file.MIMETYPE,
        purpose="codes and coded passages, for NVivo, MAXQDA, ATLAS.ti, QualCoder",
        chunks=qdpx_chunks,
        is_binary=True,
    ),
    ExportFormat(
        name="CSV for DNA",
        extension="dna",
        ending="dna.csv",
        mimetype=dna_file.MIMETYPE,
        purpose="statements, for Discourse Network Analyzer and rDNA",
        chunks=dna_chunks,
        omissions=dna_file.find_omissions,
    ),
)
FORMATS: Mapping[str, ExportFormat] = {each.extension: each for each in _FORMATS}
"""The formats by their extension, in the order in which they are offered."""


def find_format(extension: str) -> ExportFormat:
    """Return the format whose files end so.

    Raises: NotFound.
    """
    if extension not in FORMATS:
        known = ", ".join(f".{each}" for each in FORMATS)
        message = f"There is no such file of annotations. Ask for one of these: {known}."
        raise NotFound(message)
    return FORMATS[extension]


def csv_format(separator: Separator, *, with_bom: bool = True) -> ExportFormat:
    """Return the format CSV with a separator between its cells, and with or without a BOM."""
    chunks = partial(csv_chunks, with_bom=with_bom, separator=separator)
    return replace(FORMATS["csv"], chunks=chunks)


def omissions_in_words(
    database: Database, file_format: ExportFormat, selection: Selection
) -> Sequence[str]:
    """Return what a file of a selection leaves out, in sentences; none where it has everything."""
    if file_format.omissions is None:
        return ()
    with database.session() as session:
        return file_format.omissions(session, selection).sentences
