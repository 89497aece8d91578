"""Reading files in a process that may not take more than its share of memory and time.

The functions are those of `app/text/readers`, and mean the same. A file that takes too much is
refused like any other that cannot be read, and what a library does with it harms that process
alone. It hands back JSON, which is checked: nothing that could be made to run.
"""

import atexit
import logging
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import asdict
from pathlib import Path, PurePath
from threading import BoundedSemaphore, Lock
from typing import Any

from app.frozen import frozen
from app.integrations.reader_process import MOST_SECONDS, SUFFIX_BYTES, End, receive, send
from app.text.dates import DateOrder
from app.text.parsed import ParsedArticle
from app.text.parsed_json import article_from_json
from app.text.readers import Limits, Unpacked
from app.text.readers.surroundings import name_of_address
from app.text.unreadable import Unreadable

READS_AT_ONCE = 2
READ_SECONDS = 30  # of the processor, for one article
MEMORY_BYTES = 1_500_000_000  # that a process may address
PATIENCE_SECONDS = 4.0 * READ_SECONDS  # for one article, on a machine with other work
STOP_SECONDS = 2.0  # in which it ends its copies and itself
ARTICLE_BYTES = 300_000_000  # one article of 5,000,000 characters, with its file of an archive
MOST_ARTICLES = 10_000  # of one file: an archive may have no more files
MOST_INLINES = 1_000_000  # of one article: a page may have half as many elements
GROWTH = 8  # how many times as large as an archive may become is all that is handed back

_ADVICE = "Split it into several files, or save it in another format."
TOO_LONG = (
    f"The file takes more than {READ_SECONDS} seconds to read, the most that it may. {_ADVICE}"
)
TOO_LARGE = (
    f"The file takes more than {MEMORY_BYTES / 1e9:g} GB of memory to read, the most that it may."
    f" {_ADVICE}"
)
TOO_MANY = (
    f"The file takes more than {MOST_SECONDS / 60:g} minutes to read with all that is in it, the"
    " most that it may. Split it into several files."
)
CRASHED = (
    "The file could not be read: its reader crashed, as over a damaged file. Save it again, or in"
    " another format, and try that."
)
ENDED = (
    "The server ended the reading of the file, as happens where it is short of memory. Try again"
    " in a moment."
)
BUSY = (
    f"The server has too much other work: the file was not read within {PATIENCE_SECONDS:g}"
    " seconds. Try again later."
)
FAILED = "The file could not be read: its reader failed. Save it in another format, and try that."
_SENTENCES = {
    End.TOO_LONG: TOO_LONG,
    End.TOO_LARGE: TOO_LARGE,
    End.TOO_MANY: TOO_MANY,
    End.CRASHED: CRASHED,
    End.ENDED: ENDED,
}

_APP = Path(__file__).resolve().parents[1]
# Without `app/__init__.py`, which would import all of the web: a second, and 60 MB.
_PROGRAM = """
import sys, types
app = types.ModuleType("app")
app.__path__ = [sys.argv[1]]
sys.modules["app"] = app
from app.integrations.reader_process import main
main(float(sys.argv[2]))
"""
_KEPT_VARIABLES = ("LANG", "LC_ALL", "PATH", "TZ")  # the others may hold secrets

_DEFAULTS = Limits()

log = logging.getLogger(__name__)
_turns = BoundedSemaphore(READS_AT_ONCE)


def read_file(
    name: str,
    content: bytes,
    *,
    date_order: DateOrder,
    limits: Limits = _DEFAULTS,
    encoding: str = "",
) -> ParsedArticle:
    """Read a file into one article.

    Raises: Unreadable.
    """
    given = {"name": name, "encoding": encoding}
    return _read_one(_suffix(name), content, _Job("read_file", given, date_order, limits))


def read_page(
    content: bytes,
    *,
    url: str,
    content_type: str,
    date_order: DateOrder,
    limits: Limits = _DEFAULTS,
    encoding: str = "",
    name: str = "",
) -> ParsedArticle:
    """Read what was fetched from an address.

    Raises: Unreadable.
    """
    given = {"url": url, "content_type": content_type, "encoding": encoding, "name": name}
    suffix = _suffix(name_of_address(url, content_type))
    return _read_one(suffix, content, _Job("read_page", given, date_order, limits))


def read_pasted_html(
    html: str,
    *,
    date_order: DateOrder,
    limits: Limits = _DEFAULTS,
) -> ParsedArticle:
    """Read a body that was pasted from a browser.

    Raises: Unreadable.
    """
    content = html.encode(errors="surrogatepass")
    return _read_one(".html", content, _Job("read_pasted_html", {}, date_order, limits))


def unpack(
    name: str,
    content: bytes,
    *,
    date_order: DateOrder,
    limits: Limits = _DEFAULTS,
    by_chapter: bool = False,
    encoding: str = "",
) -> Iterator[Unpacked]:
    """Read every article in a file.

    Raises: Unreadable (the archive or book as a whole).
    """
    given = {"name": name, "by_chapter": by_chapter, "encoding": encoding}
    return _read(_suffix(name), content, _Job("unpack", given, date_order, limits))


@frozen
class _Job:
    """Which reader is called, and with what beside the content."""

    reader: str
    given: Mapping[str, object]
    date_order: DateOrder
    limits: Limits


def _read_one(suffix: str, content: bytes, job: _Job) -> ParsedArticle:
    (found,) = _read(suffix, content, job)
    if found.article is None:
        raise Unreadable(found.problem)
    return found.article


def _read(suffix: str, content: bytes, job: _Job) -> Iterator[Unpacked]:
    with _turns, closing(process.connect(suffix)) as connection:
        connection.settimeout(PATIENCE_SECONDS)
        answer = Answer(connection, content, job.limits)
        try:
            bounds = {"most_seconds": READ_SECONDS, "most_bytes": MEMORY_BYTES}
            with suppress(ConnectionError):  # it has ended: what is heard of it says why
                send(connection, {**asdict(job), **bounds}, content)
            while found := answer.next_article():
                yield found
        except TimeoutError:
            raise Unreadable(BUSY) from None
        except (EOFError, OSError):  # the process that waits was ended, too
            raise Unreadable(ENDED) from None
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            log.error("a reader gave what is no article: %r", error)  # noqa: TRY400  (its own words)
            raise Unreadable(FAILED) from None


class Answer:
    """What a copy of the process hands back of one file, within bounds, whatever it may send."""

    def __init__(self, connection: socket.socket, content: bytes, limits: Limits) -> None:
        self._connection = connection
        self._content = content
        self._most_rows = {"blocks": limits.blocks, "inlines": MOST_INLINES}
        self._bytes_left = GROWTH * limits.unpacked_bytes
        self._articles_left = MOST_ARTICLES

    def next_article(self) -> Unpacked | None:
        """Return the next article with all its rows, None where there is none any more.

        Raises: Unreadable; EOFError, OSError; ValueError, TypeError, KeyError, AttributeError (it
        is none, or there is more than there can be).
        """
        rows: dict[str, list[list[Any]]] = {kind: [] for kind in self._most_rows}
        article_left = ARTICLE_BYTES
        while True:
            words, inner, size = receive(self._connection, min(article_left, self._bytes_left))
            article_left -= size
            self._bytes_left -= size
            if "rows" not in words:
                break
            kind = words["kind"]
            rows[kind] += words["rows"]
            if len(rows[kind]) > self._most_rows[kind]:
                message = f"there are more than {self._most_rows[kind]} {kind}"
                raise ValueError(message)
        if "is_over" in words:
            return None
        _raise_what_ended(words)
        self._articles_left -= 1
        if self._articles_left < 0:
            message = f"there are more than {MOST_ARTICLES} articles"
            raise ValueError(message)
        article = article_from_json({**words["article"], **rows}) if words["article"] else None
        given = self._content if words["is_file"] else inner
        name, problem = str(words["name"]), str(words["problem"])
        return Unpacked(name, given if words["has_content"] else None, article, problem)


def _raise_what_ended(words: dict[str, Any]) -> None:
    """Raise what a copy says of itself, or the process that waits says of it, if it has ended.

    Raises: Unreadable; ValueError (no such end is known).
    """
    if "refused" in words:
        raise Unreadable(str(words["refused"]))
    if "failed" in words:
        log.error("a reader failed: %s", words["failed"])
        raise Unreadable(FAILED)
    if "end" in words:
        end = End(words["end"])
        if end is End.CRASHED:
            log.error("a reader ended by the signal %s", words["signal"])
        raise Unreadable(_SENTENCES[end])


def _suffix(name: str) -> str:
    return PurePath(name).suffix.lower()


class _Process:
    """The process that waits; it is started when the first file comes, and kept."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None

    @property
    def pid(self) -> int | None:
        """The id of the process, None where it is not started."""
        return self._process.pid if self._process else None

    def connect(self, suffix: str) -> socket.socket:
        """Return a socket on which a file of a kind may be sent to a copy of the process."""
        ours, theirs = socket.socketpair()
        message = suffix.encode(errors="replace")[:SUFFIX_BYTES] or b"."
        with closing(theirs), self._lock:
            try:
                socket.send_fds(self._started(), [message], [theirs.fileno()])
            except OSError:  # it was ended from outside
                self._stop()
                socket.send_fds(self._started(), [message], [theirs.fileno()])
        return ours

    def stop(self) -> None:
        """End the process."""
        with self._lock:
            self._stop()

    def _started(self) -> socket.socket:
        if self._socket is None:
            self._socket, theirs = socket.socketpair()
            with closing(theirs):
                self._process = subprocess.Popen(  # noqa: S603  (what it runs is ours)
                    [sys.executable, "-I", "-c", _PROGRAM, str(_APP), str(MOST_SECONDS)],
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    env={name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ},
                    start_new_session=True,  # Ctrl-C is the server's to answer
                )
        return self._socket

    def _stop(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        if self._process is not None:
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:  # a process of ours that was forked holds the socket
                self._process.kill()
                self._process.wait()
            self._process = None


process = _Process()
atexit.register(process.stop)
