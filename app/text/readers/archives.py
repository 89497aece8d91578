"""Opening ZIP files, and those that Word and EPUB files are, without trusting them."""

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from app.text.limits import Limits, in_megabytes
from app.text.normalise import normalise
from app.text.readers.guessing import guess_encoding
from app.text.unreadable import Unreadable
from app.text.zip_faults import BROKEN_ZIP, ENCRYPTED_FLAG, METHODS

_CHUNK = 1 << 16
_SMALL = 1_000_000  # bytes that any file may unpack to, whatever its ratio
_MAX_NAME = 200
_UTF8_FLAG = 0x800
_DOS = "cp437"  # what names are in unless they say otherwise (APPNOTE.TXT, appendix D)


class Elements:
    """How many elements were found in a file so far, in all the files in it together."""

    def __init__(self) -> None:
        self._count = 0

    def add(self, count: int, limits: Limits) -> None:
        """Add those of a part.

        Raises: Hostile (they are more than a file may have with all that is in it).
        """
        self._count += count
        self.check(limits)

    def check(self, limits: Limits) -> None:
        """Refuse a file that has more than it may have.

        Raises: Hostile.
        """
        if self._count > limits.archive_elements:
            message = (
                f"The files in it have more than {limits.archive_elements:,} elements together, "
                "the most that can be read. Split it into several files."
            )
            raise Hostile(message)


class Archive:
    """An open ZIP file whose members are read one at a time, within the limits."""

    def __init__(self, opened: zipfile.ZipFile, limits: Limits, elements: Elements) -> None:
        self._opened = opened
        self._limits = limits
        self._unpacked = 0
        self.elements = elements
        self.members = [member for member in opened.infolist() if not member.is_dir()]
        self._by_name = {member.filename: member for member in self.members}
        self._codec = _codec_of_names(self.members)

    def read(self, name: str) -> bytes:
        """Return a member's bytes.

        Raises: Unreadable (missing, encrypted, damaged, or too much in all); see `unpack`.
        """
        member = self._by_name.get(name)
        if member is None:
            message = f"The file is broken: it lacks its part {display_name(name)}. Save it again."
            raise Unreadable(message)
        return self.unpack(member)

    def name_of(self, member: zipfile.ZipInfo) -> str:
        """Return a member's name in its own letters, also where the archive is an old one."""
        written = _bytes_of_name(member)
        return member.filename if written is None else written.decode(self._codec, errors="replace")

    def has(self, name: str) -> bool:
        """Tell whether there is a member of a name."""
        return name in self._by_name

    def unpack(self, member: zipfile.ZipInfo) -> bytes:
        """Return a member's bytes. What it says of its own size is not believed.

        Raises: Hostile (it unpacks to too much, to too much for its size, or all that was unpacked
        has too many elements), Unreadable (encrypted, damaged).
        """
        if member.flag_bits & ENCRYPTED_FLAG:
            message = "The file is protected by a password. Save it without one, and try that."
            raise Unreadable(message)
        if member.compress_type not in METHODS:
            message = "The file is packed in a way that cannot be read. Pack it again as plain ZIP."
            raise Unreadable(message)
        out = io.BytesIO()
        try:
            with self._opened.open(member) as source:
                while chunk := source.read(_CHUNK):
                    self._count(chunk, out.tell() + len(chunk), member)
                    out.write(chunk)
        except BROKEN_ZIP as error:
            message = "The file is damaged and cannot be unpacked. Save it again, and try that."
            raise Unreadable(message) from error
        return out.getvalue()

    def _count(self, chunk: bytes, size: int, member: zipfile.ZipInfo) -> None:
        self._unpacked += len(chunk)
        self.elements.add(chunk.count(b"<"), self._limits)
        if self._unpacked > self._limits.unpacked_bytes:
            most = in_megabytes(self._limits.unpacked_bytes)
            message = (
                f"The file unpacks to more than {most}, the most that can be read. "
                "Split it into several files."
            )
            raise Hostile(message)
        if size > _SMALL and size > self._limits.ratio * max(member.compress_size, 1):
            message = (
                f"The file unpacks to more than {self._limits.ratio} times its size, the most "
                "that can be read. Upload what is in it one by one."
            )
            raise Hostile(message)


class Hostile(Unreadable):
    """An archive that is refused as a whole, whatever else is in it."""


@contextmanager
def open_archive(
    content: bytes, limits: Limits, elements: Elements | None = None
) -> Iterator[Archive]:
    """Open a ZIP file in memory; nothing of it is ever written to disk.

    `elements` counts those of what it lies in, too.

    Raises: Hostile (too many files), Unreadable (damaged).
    """
    try:
        opened = zipfile.ZipFile(io.BytesIO(content))
    except BROKEN_ZIP as error:
        message = "The file is damaged and cannot be unpacked. Save it again, and try that."
        raise Unreadable(message) from error
    with opened:
        if len(opened.infolist()) > limits.archive_files:
            message = (
                f"The file holds more than {limits.archive_files:,} files, the most that can be "
                "read. Split it into several."
            )
            raise Hostile(message)
        yield Archive(opened, limits, elements or Elements())


def _bytes_of_name(member: zipfile.ZipInfo) -> bytes | None:
    """Return the bytes of a name that does not say how they are meant; None where it does."""
    if member.flag_bits & _UTF8_FLAG or member.filename.isascii():
        return None
    try:
        return member.filename.encode(_DOS)
    except UnicodeEncodeError:
        return None


def _codec_of_names(members: Sequence[zipfile.ZipInfo]) -> str:
    """Guess the encoding of the names in an old archive, from all of them together."""
    names = b"\n".join(filter(None, map(_bytes_of_name, members)))
    try:
        names.decode()
    except UnicodeDecodeError:
        return next(
            (codec for codec, _ in guess_encoding(names, is_old=True) if _fits(names, codec)), _DOS
        )
    return "utf-8"


def _fits(content: bytes, codec: str) -> bool:
    try:
        content.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def names_in(content: bytes) -> frozenset[str]:
    """Return the names in a ZIP file, none where it is damaged."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as opened:
            return frozenset(opened.namelist())
    except BROKEN_ZIP:
        return frozenset()


def display_name(name: str) -> str:
    """Reduce a path in an archive to the name of a file, which is shown and never opened."""
    last = re.split(r"[/\\]", normalise(name))[-1]
    shown = "".join(char for char in last if char.isprintable()).strip(" .")
    return shown[-_MAX_NAME:] or "file"
