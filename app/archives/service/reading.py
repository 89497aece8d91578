"""Opening a project archive that somebody brings: checked whole before anything of it is used.

Nothing is unpacked to a disk: a file is read through, as far as the manifest says and no further.
"""

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, NoReturn

from app.archives.manifest import (
    DICTIONARY,
    FORMAT,
    MANIFEST,
    MANIFEST_LIMIT,
    VERSION,
    ArchivedFile,
    ArchiveManifest,
)
from app.archives.queries.description import TABLES, ArchivedTable
from app.core.errors import Invalid
from app.core.migrate import known_revisions
from app.frozen import frozen
from app.text.zip_faults import BROKEN_ZIP, ENCRYPTED_FLAG, METHODS

LINE_LIMIT = 64_000_000  # bytes: of the longest text, each character of which takes several
VALUES_LIMIT = 20_000  # bytes of a line without its words: lists and numbers take far more memory
DIRECTORY_LIMIT = 100_000  # bytes
_END, _LOCATOR = 22, 20  # bytes of the two records at the end of a ZIP, of which the second is rare
_PIECE = 1 << 20


class UnfitArchive(Invalid):
    """A file that cannot be imported; nothing was."""

    def __init__(self, message: str) -> None:
        super().__init__("file", f"{message} Nothing was imported.")


NO_ARCHIVE = "This is not a project archive of Gloss, or it is damaged."


def refuse(what: str) -> NoReturn:
    """Say what is wrong in an archive that is one.

    Raises: UnfitArchive.
    """
    message = f"The archive is damaged, or was changed by hand: {what}."
    raise UnfitArchive(message)


@frozen
class Most:
    """How much an archive may hold: rows of all files together, and bytes of them unpacked."""

    rows: int
    unpacked: int


@frozen
class ProjectArchive:
    """An archive whose every file is as its manifest says."""

    manifest: ArchiveManifest
    _opened: zipfile.ZipFile

    def count(self, table: ArchivedTable) -> int:
        """Return how many rows a table has."""
        return self._fact(table).rows

    def rows(self, table: ArchivedTable) -> Iterator[dict[str, Any]]:
        """Yield the rows of a table, each by the names of its columns.

        Raises: UnfitArchive (a line is no such row).
        """
        fact = self._fact(table)
        if not fact.rows:
            return
        with self._opened.open(table.file) as packed, io.BufferedReader(packed, _PIECE) as lines:  # type: ignore[type-var]  # it reads, which is all that is needed
            for number in range(1, fact.rows + 1):
                try:
                    row = _decode(lines.readline(LINE_LIMIT))
                except BROKEN_ZIP:  # too deep JSON is a RecursionError, which is a RuntimeError
                    row = None
                if type(row) is not dict:
                    refuse(f"line {number:,} of {table.file} is not a row")
                yield row

    def _fact(self, table: ArchivedTable) -> ArchivedFile:
        return self.manifest.files.get(table.file, ArchivedFile(0, 0, ""))


@contextmanager
def opened_archive(file: IO[bytes], most: Most | None = None) -> Iterator[ProjectArchive]:
    """Open an archive and compare each file in it with its length, its hash and its rows.

    Raises: UnfitArchive (it is none, it is damaged, a newer version made it, or it holds more than
    `most`).
    """
    if most is not None:
        _check_directory(file)
    try:
        packed = zipfile.ZipFile(file)
    except BROKEN_ZIP:
        raise UnfitArchive(NO_ARCHIVE) from None
    with packed:
        manifest = _read_manifest(packed)
        _check_size(manifest, most)
        _check_names(packed, manifest)
        for name, fact in manifest.files.items():
            _check_file(packed, name, fact)
        yield ProjectArchive(manifest, packed)


def _check_directory(file: IO[bytes]) -> None:
    """Refuse a directory of more files than an archive has, which would be read into memory.

    It says how long it is at its end (PKWARE's APPNOTE.TXT, 4.3.16), and of small files there.

    Raises: UnfitArchive.
    """
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - _END - _LOCATOR))
    end = file.read(_END + _LOCATOR)
    is_plain = end[-_END:].startswith(b"PK\5\6") and not end.startswith(b"PK\6\7")
    if not is_plain or int.from_bytes(end[-_END + 12 : -_END + 16], "little") > DIRECTORY_LIMIT:
        raise UnfitArchive(NO_ARCHIVE)


def _read_manifest(packed: zipfile.ZipFile) -> ArchiveManifest:
    try:
        with packed.open(MANIFEST) as opened:
            written = opened.read(MANIFEST_LIMIT)
        manifest = ArchiveManifest.from_json(written)
    except (*BROKEN_ZIP, KeyError, TypeError, AttributeError):
        raise UnfitArchive(NO_ARCHIVE) from None
    if manifest.format != FORMAT:
        raise UnfitArchive(NO_ARCHIVE)
    known = {DICTIONARY, *(each.file for each in TABLES.values())}
    if (
        manifest.version > VERSION
        or not set(manifest.revisions) <= known_revisions()
        or not manifest.files.keys() <= known
    ):
        message = "A newer version of Gloss made this archive. Import it with that version."
        raise UnfitArchive(message)
    return manifest


def _check_size(manifest: ArchiveManifest, most: Most | None) -> None:
    rows = sum(fact.rows for fact in manifest.files.values())
    size = sum(fact.size for fact in manifest.files.values())
    if most is not None and (rows > most.rows or size > most.unpacked):
        message = (
            f"The archive holds {rows:,} rows in {size / 1_000_000:,.0f} MB, and at most"
            f" {most.rows:,} rows in {most.unpacked / 1_000_000:,.0f} MB are imported here."
            " Whoever runs the server can import it by a command."
        )
        raise UnfitArchive(message)


def _check_names(packed: zipfile.ZipFile, manifest: ArchiveManifest) -> None:
    members = packed.infolist()
    names = [member.filename for member in members]
    if sorted(names) != sorted([MANIFEST, *manifest.files]):
        refuse("it does not hold the files that its manifest names")
    for member in members:
        if member.compress_type not in METHODS or member.flag_bits & ENCRYPTED_FLAG:
            refuse(f"{member.filename} is packed in another way")


def _check_file(packed: zipfile.ZipFile, name: str, fact: ArchivedFile) -> None:
    digest = hashlib.sha256()
    size = rows = 0
    last = b""
    try:
        with packed.open(name) as opened:
            while size <= fact.size and (piece := opened.read(_PIECE)):
                digest.update(piece)
                size += len(piece)
                rows += piece.count(b"\n")
                last = piece
    except BROKEN_ZIP:
        refuse(f"{name} cannot be unpacked")
    is_whole = not last or last.endswith(b"\n")
    is_counted = name == DICTIONARY or (rows == fact.rows and is_whole)
    if size != fact.size or digest.hexdigest() != fact.sha256 or not is_counted:
        refuse(f"{name} is not what the manifest says")


def _decode(line: bytes) -> object:
    """Return the value of a line of JSON.

    Raises: ValueError (it is none, or of more values than a row has), RecursionError.
    """
    if len(line) > VALUES_LIMIT and len(_WORDS.sub(b'""', line)) > VALUES_LIMIT:
        message = "too many values"
        raise ValueError(message)
    return _JSON.decode(line.decode())


def _refuse_constant(name: str) -> NoReturn:
    message = f"{name} is not JSON"
    raise ValueError(message)


# Possessive, and an end that may be missing: no line takes longer than its length.
_WORDS = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
_JSON = json.JSONDecoder(parse_constant=_refuse_constant)  # one: each line is read by it
