"""The process that reads files: one that waits, and for each file a copy of it that has limits.

`app/integrations/reading.py` starts it with a socket as its standard input. It imports the readers
alone. The one that waits reads no file itself, so that none can change how the next one is read.
"""

import json
import os
import resource
import select
import signal
import socket
import struct
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import suppress
from enum import StrEnum
from importlib import import_module
from typing import Any, NoReturn

from app.frozen import frozen
from app.text import readers
from app.text.dates import DateOrder
from app.text.parsed_json import article_to_json
from app.text.readers import Limits, Unpacked, Unreadable

MOST_SECONDS = 600.0  # for all articles of one file
NICENESS = 5  # pages come first
LOOK_SECONDS = 0.5  # between two looks at the copies
NO_MEMORY = 3  # the exit code of a copy that has none left
SUFFIX_BYTES = 16
PART = 2_000  # rows of one message: to take in more at once would keep pages waiting

# What a kind of file needs is imported once, and not by each copy.
_NEEDED = {
    ".docx": "docx",
    ".epub": "epub",
    ".htm": "html",
    ".html": "html",
    ".markdown": "markdown",
    ".md": "markdown",
    ".mht": "web_archive",
    ".mhtml": "web_archive",
    ".pdf": "pdf",
    ".txt": "plain",
    ".xhtml": "html",
}
_WITH_PAGES = frozenset({"html", "web_archive"})
_LENGTHS = struct.Struct(">QQ")  # of the JSON and of the bytes of a message


class End(StrEnum):
    """Why a copy ended before it had handed back all."""

    TOO_LONG = "too long"  # one article took more than its time of the processor
    TOO_LARGE = "too large"
    TOO_MANY = "too many"  # all articles took more than MOST_SECONDS
    CRASHED = "crashed"
    ENDED = "ended"  # by the system, or whoever else may


@frozen
class _Copy:
    """A copy that reads a file: its socket, and when its time is over."""

    connection: socket.socket
    until: float


def main(most_seconds: float) -> None:
    """Wait for sockets, on each of which a file comes, until the server has ended.

    A copy that has not read all that is in its file after `most_seconds` is ended.
    """
    server = socket.socket(fileno=sys.stdin.fileno())
    copies: dict[int, _Copy] = {}
    while True:
        is_ready, _, _ = select.select([server], [], [], LOOK_SECONDS if copies else None)
        _end_copies(copies, time.monotonic())
        if not is_ready:
            continue
        suffix, descriptors, _, _ = socket.recv_fds(server, SUFFIX_BYTES, 1)
        if not descriptors:
            _end_copies(copies, float("inf"))
            return
        needed = _NEEDED.get(suffix.decode(errors="replace"))
        if needed is not None:
            import_module(f"app.text.readers.{needed}")
        if needed in _WITH_PAGES:
            import_module("trafilatura")
        connection = socket.socket(fileno=descriptors[0])
        copy = os.fork()
        if copy == 0:
            for other in (server, *(each.connection for each in copies.values())):
                other.close()
            _read_and_leave(connection)
        copies[copy] = _Copy(connection, time.monotonic() + most_seconds)


def send(connection: socket.socket, words: object, content: bytes = b"") -> None:
    """Send a message: a value that JSON knows, and bytes.

    Raises: OSError (nobody takes it).
    """
    written = json.dumps(words).encode()
    connection.sendall(_LENGTHS.pack(len(written), len(content)))
    connection.sendall(written)
    connection.sendall(content)


def receive(connection: socket.socket, most: int) -> tuple[Any, bytes, int]:
    """Return the next message, of at most so many bytes, and how many it had.

    Raises: EOFError (none comes any more), ValueError (it is none, or larger), OSError.
    """
    lengths = _LENGTHS.unpack(_receive_all(connection, _LENGTHS.size))
    if sum(lengths) > most:
        message = f"{sum(lengths)} bytes are too many"
        raise ValueError(message)
    written, content = (_receive_all(connection, length) for length in lengths)
    return json.loads(written), content, sum(lengths)


def _receive_all(connection: socket.socket, length: int) -> bytes:
    received = bytearray()
    while len(received) < length:
        piece = connection.recv(min(1 << 20, length - len(received)))
        if not piece:
            raise EOFError
        received += piece
    return bytes(received)


def _end_copies(copies: dict[int, _Copy], moment: float) -> None:
    """Forget the copies that have ended, say why, and end those whose time is over at a moment."""
    for pid, copy in list(copies.items()):
        is_late = copy.until < moment
        if is_late:
            os.kill(pid, signal.SIGKILL)  # it is a child of ours, so nobody else has its id yet
        ended, status = os.waitpid(pid, 0 if is_late else os.WNOHANG)
        if ended:
            del copies[pid]
            _tell_end(copy, os.waitstatus_to_exitcode(status), is_late=is_late)


def _tell_end(copy: _Copy, code: int, *, is_late: bool) -> None:
    """Tell who asked why a copy ended, if it could not do so itself, and close the connection."""
    end = End.CRASHED
    if code == NO_MEMORY:
        end = End.TOO_LARGE
    elif code == -signal.SIGXCPU:
        end = End.TOO_LONG
    elif is_late:
        end = End.TOO_MANY
    elif code == -signal.SIGKILL:
        end = End.ENDED
    with copy.connection, suppress(OSError):  # nobody listens any more where all was handed back
        if code:
            copy.connection.settimeout(LOOK_SECONDS)
            send(copy.connection, {"end": end, "signal": -code})


def _read_and_leave(connection: socket.socket) -> NoReturn:
    """Read the file that comes, send what was found, and end this copy."""
    code = 0
    try:
        os.nice(NICENESS)
        _limit(resource.RLIMIT_CORE, 0, 0)
        job, content, _ = receive(connection, sys.maxsize)
        _limit(resource.RLIMIT_AS, job["most_bytes"], job["most_bytes"])
        _allow_seconds(job["most_seconds"])
        _read(connection, job, content)
    except (EOFError, OSError):
        pass  # whoever asked has gone
    except MemoryError:
        code = NO_MEMORY  # to say more would need some
    except Exception:  # noqa: BLE001  (an error of ours, which the server logs)
        with suppress(OSError):
            send(connection, {"failed": traceback.format_exc()})
    finally:
        os._exit(code)


def _read(connection: socket.socket, job: dict[str, Any], content: bytes) -> None:
    try:
        for found in _found(job, content):
            is_file = found.content == content
            article = found.article and article_to_json(found.article)
            for kind in ("blocks", "inlines"):
                rows = article.pop(kind) if article else []
                for start in range(0, len(rows), PART):
                    send(connection, {"rows": rows[start : start + PART], "kind": kind})
            words = {
                "name": found.name,
                "problem": found.problem,
                "article": article,
                "is_file": is_file,
                "has_content": found.content is not None,
            }
            send(connection, words, b"" if is_file else found.content or b"")
            _allow_seconds(job["most_seconds"])
        send(connection, {"is_over": True})
    except Unreadable as error:
        send(connection, {"refused": str(error)})


def _found(job: dict[str, Any], content: bytes) -> Iterator[Unpacked]:
    given = {
        **job["given"],
        "date_order": DateOrder(job["date_order"]),
        "limits": Limits(**job["limits"]),
    }
    if job["reader"] == "unpack":
        yield from readers.unpack(content=content, **given)
    elif job["reader"] == "read_pasted_html":
        yield Unpacked(
            "", content, readers.read_pasted_html(content.decode(errors="surrogatepass"), **given)
        )
    elif job["reader"] == "read_page":
        yield Unpacked("", content, readers.read_page(content, **given))
    else:
        yield Unpacked("", content, readers.read_file(content=content, **given))


def _allow_seconds(seconds: int) -> None:
    """Give the next article its time of the processor; the system ends a copy that takes more."""
    until = int(time.process_time()) + seconds
    _limit(resource.RLIMIT_CPU, until, int(MOST_SECONDS))


def _limit(what: int, soft: int, hard: int) -> None:
    with suppress(ValueError, OSError):  # macOS knows no limit of memory
        resource.setrlimit(what, (soft, hard))
