"""A project archive as it is written: a ZIP, streamed, of one moment.

The parts follow one another (PKWARE's APPNOTE.TXT, 4.4.4, bit 3), so that none waits in memory or
on a disk; the manifest is the last, since only then all is counted.
"""

import hashlib
from collections.abc import Callable, Generator, Iterator, Sequence
from datetime import UTC, datetime
from json.encoder import encode_basestring
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Date,
    Integer,
    String,
    Text,
    cast,
    select,
    type_coerce,
)

from app.archives.manifest import (
    DICTIONARY,
    FORMAT,
    MANIFEST,
    VERSION,
    ArchivedFile,
    ArchiveManifest,
)
from app.archives.queries.description import TABLES, ArchivedTable
from app.archives.queries.dictionary import write_dictionary
from app.core.clock import now
from app.core.db import Database, UTCDateTime
from app.core.ids import RowIds
from app.core.migrate import noted_revisions
from app.exports.queries.pieces import Pieces
from app.projects.models import Project

MIMETYPE = "application/zip"
ROWS_AT_ONCE = 1_000
ZIP_LEVEL = 1  # at 3 the file is a tenth smaller, and takes a quarter longer

Writer = Callable[[Any], str]
"""Writes a value, as the driver gives it, in JSON."""


def archive_chunks(
    database: Database, project_id: int, permalinks: str
) -> Generator[bytes, None, None]:
    """Yield the archive of a project in pieces, in a session of its own.

    All of it is of the moment at which it begins: the transaction lasts until the last piece is
    taken, so few should be read at once. `permalinks` is what addresses of annotations begin with.
    """
    sink = Pieces()
    facts: dict[str, ArchivedFile] = {}
    with (
        database.session() as session,
        ZipFile(sink, "w", ZIP_DEFLATED, compresslevel=ZIP_LEVEL) as archive,
    ):
        options = {"isolation_level": "REPEATABLE READ"} if database.is_postgresql else {}
        connection = session.connection(execution_options=options)
        project = connection.execute(
            select(Project.slug, Project.name).where(Project.id == project_id)
        ).one()
        dictionary = write_dictionary().encode()
        archive.writestr(DICTIONARY, dictionary)
        facts[DICTIONARY] = ArchivedFile(0, len(dictionary), hashlib.sha256(dictionary).hexdigest())
        for each in TABLES.values():
            with archive.open(each.file, "w", force_zip64=True) as opened:
                part = _Part(opened)
                for lines in _lines(connection, each, project_id):
                    part.write(lines)
                    yield sink.take()
            facts[each.file] = part.fact
        manifest = ArchiveManifest(
            format=FORMAT,
            version=VERSION,
            made_at=now().isoformat(timespec="seconds"),
            revisions=sorted(noted_revisions(connection)),
            slug=project.slug,
            name=project.name,
            permalinks=permalinks,
            files=facts,
        )
        archive.writestr(MANIFEST, manifest.to_json())
    yield sink.take()


class _Part:
    """A file of the archive as it is written, with what the manifest will say of it."""

    def __init__(self, opened: IO[bytes]) -> None:
        self._opened = opened
        self._hash = hashlib.sha256()
        self._rows = self._size = 0

    def write(self, lines: Sequence[str]) -> None:
        data = "".join(lines).encode()
        self._opened.write(data)
        self._hash.update(data)
        self._rows += len(lines)
        self._size += len(data)

    @property
    def fact(self) -> ArchivedFile:
        return ArchivedFile(self._rows, self._size, self._hash.hexdigest())


def _lines(connection: Connection, each: ArchivedTable, project_id: int) -> Iterator[Sequence[str]]:
    """Yield the rows of a project in the order of their key, many at a time, a line each."""
    columns = each.columns
    query = (
        select(*map(_source, columns))
        .where(each.is_of_project())
        .order_by(*each.table.primary_key)
        .execution_options(yield_per=ROWS_AT_ONCE)
    )
    parts = ",".join(f"{encode_basestring(column.name)}:%s" for column in columns)
    line = f"{{{parts}}}\n"
    writers = [_writer(column) for column in columns]
    for rows in connection.execute(query, {"project_id": project_id}).partitions():
        values = zip(*rows, strict=True)
        cells = [map(write, some) for write, some in zip(writers, values, strict=True)]
        yield [line % row for row in zip(*cells, strict=True)]


def _source(column: Column[Any]) -> ColumnElement[Any]:
    """Return what the database is asked for: a value as its driver gives it is quicker to write."""
    if isinstance(column.type, JSON):
        return cast(column, Text)
    if isinstance(column.type, (UTCDateTime, Date, RowIds)):
        return type_coerce(column, String)
    return column


def _writer(column: Column[Any]) -> Writer:
    """Return what writes the values of a column, None for null."""
    writers: tuple[tuple[type[object], Writer], ...] = (
        (RowIds, lambda ids: f"[{ids}]"),
        (JSON, _json),
        (UTCDateTime, _moment),
        (Date, lambda day: f'"{day}"'),
        (Boolean, lambda is_so: "true" if is_so else "false"),
        (Integer, str),
        (String, encode_basestring),
    )
    write = next(write for kind, write in writers if isinstance(column.type, kind))
    return write if not column.nullable else lambda value: "null" if value is None else write(value)


def _json(written: str) -> str:
    return written.replace("\n", " ")  # a line feed in JSON stands between values alone


def _moment(at: datetime | str) -> str:
    text = at.astimezone(UTC).isoformat() if isinstance(at, datetime) else f"{at}+00:00"
    return f'"{text[:10]}T{text[11:]}"'
