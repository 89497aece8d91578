"""The server: `python -m app.server` makes everything ready, serves, and stops in 3 seconds."""

import errno
import fcntl
import gc
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
from threading import Timer
from types import FrameType
from typing import Any, NoReturn

from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError

from app import create_app
from app.articles.service.loading import load_seeds
from app.asgi import make_asgi
from app.config import BadSetting, Config
from app.core import logs
from app.core.database_urls import sqlite_path
from app.core.db import Database
from app.core.lazy import load_all
from app.core.logs import LogFormat
from app.core.migrate import UnfitDatabase, try_to_write, upgrade_with_backup
from app.core.write_faults import write_fault
from app.live.stream import Live
from app.serving import BACKLOG, Bounds, serve

UNSENT_BYTES = 1 << 17  # that the system takes from us and has not sent, for one connection
GONE_MS = 45_000  # that what was sent to a browser may stay unacknowledged
OPEN_FILES = 1 << 14  # of which each connection is one: more than there are streams
SHARE_OF_FILES = 4  # one address may have that part of them

SWITCH_SECONDS = 0.0005  # that a thread may compute while another waits: each message that is
# sent gives the interpreter away, and a page that is being drawn would keep it for 5 ms each time

LOAD_AFTER_SECONDS = 1.0  # once it answers: whoever waited for the start is answered before

SEEDS_LOCK = 7_160_310_412_377_002  # an arbitrary number, the same in every process

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
    logs.configure(LogFormat.TEXT)
    allow_open_files()
    try:
        config = Config.from_env(os.environ)
        logs.configure(config.log_format)
        _check_folder(config, echo=say)
        with _one_start_at_a_time(config.data_dir, echo=say):
            # Bound before the work, so that a port in use is told at once; listening after it,
            # so that nobody is kept waiting; and both under the lock, so that of two starts at
            # once the second finds the port taken.
            sockets = bind(config.host, config.port)
            prepare(config, echo=say)
            flask_app = create_app(config, is_serving=True)
            live = Live(flask_app)
            application = make_asgi(flask_app, live=live, trusted_proxies=config.trusted_proxies)
            listen(sockets, config.port)
    except (BadSetting, CannotStart, UnfitDatabase) as error:
        sys.stderr.write(f"{error}\n")
        _leave(1)
    _close_at_the_end(flask_app.extensions["database"])
    gc.freeze()  # what lasts as long as the process need not be looked through again and again
    serve(
        application,
        sockets,
        announce=lambda: _announce(config),
        close=live.close,
        bounds=Bounds(config.trusted_proxies, most_open=most_open()),
    )
    _leave(1)  # uvicorn comes back only where it could not serve; it has said why


def _announce(config: Config) -> None:
    say(f"Gloss is ready: {config.permalink_base}")
    loading = Timer(LOAD_AFTER_SECONDS, load_the_rest)
    loading.daemon = True
    loading.start()


def load_the_rest() -> None:
    """Import all that a start leaves out, so that nobody's first click waits for it."""
    load_all()
    gc.freeze()  # this, too, stays


def prepare(config: Config, *, echo: Echo) -> None:
    """Migrate the database, with a backup, and load the seed articles.

    Raises: CannotStart (the database cannot be reached, read or written), UnfitDatabase.
    """
    backups = config.data_dir / "backups"
    try:
        upgrade_with_backup(config.database_url, backups, echo=echo)
        database = Database(config.database_url)
        try:
            with database.alone(SEEDS_LOCK):
                try_to_write(database)
                load_seeds(database, config, echo=echo)
        except DBAPIError as error:
            fault = write_fault(error)
            if fault is None:
                raise
            echo(f"Warning: {fault}{_why(config)} Gloss starts all the same.")
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


def most_open() -> int:
    """Return how many connections one address may have: a share of the files that may be open."""
    soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return (OPEN_FILES if soft == resource.RLIM_INFINITY else soft) // SHARE_OF_FILES


def listen(sockets: list[socket.socket], port: int) -> None:
    """Let clients connect.

    Raises: CannotStart.
    """
    for opened in sockets:
        try:
            opened.listen(BACKLOG)
        except OSError as error:
            raise CannotStart(_port_sentence(port, error)) from error


def say(sentence: str) -> None:
    """Show a line of progress at once."""
    with suppress(OSError):  # nobody reads it any more
        sys.stdout.write(f"{sentence}\n")
        sys.stdout.flush()


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


def _check_folder(config: Config, *, echo: Echo) -> None:
    """Make the folder; where nothing can be written in it, what is there can still be read.

    Raises: CannotStart (there is nothing to read).
    """
    folder, file = config.data_dir, sqlite_path(config.database_url)
    reason = _cannot_write(folder)
    if not reason:
        return
    sentence = f"DATA_DIR is {folder}, where nothing can be written: {reason}."
    if file is not None and not file.exists():
        raise CannotStart(sentence)
    if file is None or file.parent != folder:  # else it is said of the database
        echo(f"Warning: {sentence} Gloss starts all the same.")


def _cannot_write(folder: Path) -> str:
    """Return why nothing can be written in a folder, in the words of the system; "" where it can.

    It is made if it is not there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"Gloss")
            file.flush()
    except OSError as error:
        return error.strerror or str(error)
    return ""


def _why(config: Config) -> str:
    """Return what the system says of the folder of a SQLite database that cannot be written."""
    file = sqlite_path(config.database_url)
    reason = _cannot_write(file.parent) if file else ""
    return f" ({file.parent}: {reason}.)" if file and reason else ""


@contextmanager
def _one_start_at_a_time(folder: Path, *, echo: Echo) -> Iterator[None]:
    try:
        lock = (folder / "start.lock").open("a")
    except OSError:  # nothing is made ready where nothing can be written
        yield
        return
    with lock:
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
