"""The server: `python -m app.server` makes everything ready, serves, and stops in 3 seconds."""

import asyncio
import errno
import fcntl
import gc
import logging
import os
import resource
import signal
import socket
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import uvicorn
from sqlalchemy.exc import DatabaseError, OperationalError
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from app import create_app
from app.articles.service.loading import load_seeds
from app.asgi import ABORT, make_asgi
from app.config import BadSetting, Config
from app.core.db import Database
from app.core.migrate import UnfitDatabase, upgrade_with_backup
from app.live.stream import Live
from app.web.asgi_types import Asgi

GRACE_SECONDS = 2  # that a running request gets when the server stops
KEEP_ALIVE_SECONDS = 75  # longer than the minute for which proxies keep an idle connection
HEAD_LIMIT = 1 << 16  # bytes of a request's line and headers
BACKLOG = 2048  # connections that wait to be accepted
UNSENT_BYTES = 1 << 17  # that the system takes from us and has not sent, for one connection
GONE_MS = 45_000  # that what was sent to a browser may stay unacknowledged
OPEN_FILES = 1 << 14  # of which each connection is one: more than there are streams

SWITCH_SECONDS = 0.0005  # that a thread may compute while another waits: each message that is
# sent gives the interpreter away, and a page that is being drawn would keep it for 5 ms each time

Echo = Callable[[str], None]

_NOT_PERMITTED = "42501"  # PostgreSQL's code for a missing right


class CannotStart(Exception):
    """Something outside the program is in the way; the message is a sentence for the operator."""


def main() -> NoReturn:
    """Read the settings from the environment, make everything ready and serve until told to stop.

    Ends the process: 0 after SIGTERM or Ctrl-C, 1 with one line on stderr where it cannot start.
    """
    sys.setswitchinterval(SWITCH_SECONDS)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _leave_on_signal)
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    allow_open_files()
    try:
        config = Config.from_env(os.environ)
        _check_folder(config.data_dir)
        with _one_start_at_a_time(config.data_dir, echo=say):
            # Bound before the work, so that a port in use is told at once; listening after it,
            # so that nobody is kept waiting; and both under the lock, so that of two starts at
            # once the second finds the port taken.
            sockets = bind(config.host, config.port)
            prepare(config, echo=say)
            flask_app = create_app(config)
            live = Live(flask_app)
            application = make_asgi(flask_app, live=live)
            listen(sockets, config.port)
    except (BadSetting, CannotStart, UnfitDatabase) as error:
        sys.stderr.write(f"{error}\n")
        _leave(1)
    _close_at_the_end(flask_app.extensions["database"])
    gc.freeze()  # what lasts as long as the process need not be looked through again and again
    serve(
        application,
        sockets,
        announce=lambda: say(f"Gloss is ready: {config.permalink_base}"),
        close=live.close,
    )
    _leave(1)  # uvicorn comes back only where it could not serve; it has said why


def prepare(config: Config, *, echo: Echo) -> None:
    """Migrate the database, with a backup, and load the seed articles.

    Raises: CannotStart (the database cannot be reached, read or written), UnfitDatabase.
    """
    backups = config.data_dir / "backups"
    try:
        upgrade_with_backup(config.database_url, backups, echo=echo)
        database = Database(config.database_url)
        try:
            load_seeds(database, config, echo=echo)
        finally:
            database.dispose()
    except DatabaseError as error:
        if not _is_from_outside(error):
            raise
        raise CannotStart(_database_sentence(config, error.orig or error)) from error
    except sqlite3.Error as error:
        raise CannotStart(_database_sentence(config, error)) from error
    except OSError as error:
        message = f"The database cannot be copied to {backups}: {error.strerror}."
        raise CannotStart(message) from error


def bind(host: str, port: int) -> list[socket.socket]:
    """Take the port on every address of the host, without listening yet.

    Raises: CannotStart.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except socket.gaierror as error:
        message = f"HOST is {host!r}, a name that cannot be found: {error.strerror}."
        raise CannotStart(message) from error
    sockets: list[socket.socket] = []
    absent: OSError | None = None
    for family, kind, protocol, _, address in found:
        try:
            sockets.append(_bind_one(family, kind, protocol, address))
        except OSError as error:
            # `localhost` has an IPv6 address even where the machine speaks none.
            if error.errno not in {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}:
                raise CannotStart(_port_sentence(port, error)) from error
            absent = error
    if not sockets:
        message = f"HOST is {host!r}, which is not an address of this machine."
        raise CannotStart(message) from absent
    return sockets


def allow_open_files() -> None:
    """Let this process open OPEN_FILES, or as many as the system's hard limit allows.

    The soft limit is 256 or 1,024 on many systems, for the sake of programs that Gloss is none of.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, OPEN_FILES)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        with suppress(ValueError, OSError):  # the system has yet another limit
            resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))


def listen(sockets: list[socket.socket], port: int) -> None:
    """Let clients connect.

    Raises: CannotStart.
    """
    for opened in sockets:
        try:
            opened.listen(BACKLOG)
        except OSError as error:
            raise CannotStart(_port_sentence(port, error)) from error


def serve(
    application: Asgi,
    sockets: list[socket.socket],
    *,
    announce: Callable[[], None],
    close: Callable[[], None] = lambda: None,
) -> None:
    """Serve until SIGTERM or Ctrl-C; `announce` is called once requests are answered.

    `close` ends what would go on by itself, when the server begins to stop.

    When told to stop, refuses new requests, gives the running ones GRACE_SECONDS and hands the
    signal on to the handler that stood before.
    """
    _Server(
        uvicorn.Config(
            application,
            http=_Protocol,
            ws="none",
            loop="asyncio",
            lifespan="on",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            backlog=BACKLOG,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=GRACE_SECONDS,
        ),
        announce,
        close,
    ).run(sockets)


def say(sentence: str) -> None:
    """Show a line of progress at once."""
    with suppress(OSError):  # nobody reads it any more
        sys.stdout.write(f"{sentence}\n")
        sys.stdout.flush()


class _Server(uvicorn.Server):
    def __init__(
        self, config: uvicorn.Config, announce: Callable[[], None], close: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._announce = announce
        self._close = close

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._announce()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._close()
        await super().shutdown(sockets)


class _Protocol(HttpToolsProtocol):
    """One connection. What uvicorn's own lacks: a limit, an abort, and an end for each request."""

    _head_size: int | None = None  # bytes of a request whose headers are not complete yet
    _running: RequestResponseCycle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # ours is always a full one
        # It tells each request how to drop its connection, which ASGI has no message for.
        self.app_state = {**self.app_state, ABORT: transport.abort}
        super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        # With requests that were sent before the answer to this one, it tells the last alone.
        if self._running is not None and not self._running.response_complete:
            self._running.disconnected = True
            self._running.message_event.set()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._head_size is not None:
            self._head_size += len(data)
            if self._head_size > HEAD_LIMIT:
                self.send_400_response("The request's headers are too large.")

    def on_message_begin(self) -> None:
        self._head_size = 0
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        # What follows a body would pass for a proxy's own header, and has no limit.
        if self._head_size is not None:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._head_size = None
        super().on_headers_complete()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:  # noqa: ANN401  (uvicorn's own type is private)
        self._running = cycle
        super()._start_asgi_task(cycle, app)


def _bind_one(family: int, kind: int, protocol: int, address: tuple[Any, ...]) -> socket.socket:
    opened = socket.socket(family, kind, protocol)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        # Else the system takes megabytes from us for a slow reader and tells us of no progress
        # until a third of them is sent: at 30 kB/s it would pass for a stalled one.
        with suppress(AttributeError, OSError):  # a system that does not know it
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)
        # Who has closed a laptop is gone in a minute, not when TCP gives up. Linux alone knows it.
        with suppress(AttributeError, OSError):
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, GONE_MS)
        opened.bind(address)
    except OSError:
        opened.close()
        raise
    return opened


def _port_sentence(port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is in use; stop what uses it, or set PORT to another."
    if error.errno in {errno.EACCES, errno.EPERM}:
        return f"Port {port} is not open to this account; set PORT to 1024 or above."
    return f"Port {port} cannot be used: {error.strerror}; set PORT to another."


def _check_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        message = f"DATA_DIR is {folder}, where nothing can be written: {error.strerror}."
        raise CannotStart(message) from error


@contextmanager
def _one_start_at_a_time(folder: Path, *, echo: Echo) -> Iterator[None]:
    with (folder / "start.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            echo("Another start is making the same folder ready; waiting for it.")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _is_from_outside(error: DatabaseError) -> bool:
    is_missing_right = getattr(error.orig, "sqlstate", None) == _NOT_PERMITTED
    return type(error) in {DatabaseError, OperationalError} or is_missing_right


def _database_sentence(config: Config, error: BaseException) -> str:
    reason = " ".join(str(error).split())
    return f"The database {config.shown_database_url} cannot be used: {reason}"


def _close_at_the_end(database: Database) -> None:
    """Close the database when the server has stopped: SQLite then puts all of it in one file."""

    def close_and_leave(_number: int, _frame: FrameType | None) -> NoReturn:
        database.dispose()
        _leave(0)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, close_and_leave)


def _leave_on_signal(_number: int, _frame: FrameType | None) -> NoReturn:
    _leave(0)


def _leave(code: int) -> NoReturn:
    # Threads whose request was cut would keep an ordinary exit waiting.
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
