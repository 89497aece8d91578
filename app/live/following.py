"""Following the events of all processes: a thread that reads each as soon as it is committed."""

import logging
import threading
from collections.abc import Callable, Iterator
from typing import Any, cast

from sqlalchemy.exc import SQLAlchemyError

from app.core.db import Database
from app.events.service import CHANNEL as EVENTS
from app.live.messages import Batch, Draw, newest_event, read_batch
from app.live.presence import CHANNEL as PRESENCE

POLL_SECONDS = 0.005  # between two looks at SQLite's file, 5 µs each, for what others commit
LISTEN_SECONDS = 5.0  # that PostgreSQL may be silent before one looks all the same
MEND_SECONDS = 1.0  # before the database is asked again that could not be

log = logging.getLogger(__name__)


class Follower(threading.Thread):
    """Reads what happens in the articles of `watched`, from the last event at its start on.

    Also for whom of `listening`, by their accounts, something new is in the inbox.

    `begin` hears of that event's id, `take` of every batch, `hear` of what another process says
    of who is there; all three are called in this thread.
    """

    def __init__(
        self,
        database: Database,
        *,
        watched: Callable[[], frozenset[int]],
        listening: Callable[[], frozenset[int]],
        draw: Draw,
        begin: Callable[[int], None],
        take: Callable[[Batch], None],
        hear: Callable[[str], None],
    ) -> None:
        super().__init__(name="follower", daemon=True)
        self._database = database
        self._watched = watched
        self._listening = listening
        self._draw = draw
        self._begin = begin
        self._take = take
        self._hear = hear
        self._stopped = threading.Event()
        self._position: int | None = None

    def stop(self) -> None:
        """Read no more; the thread ends by itself."""
        self._stopped.set()

    def run(self) -> None:
        """Follow until stopped, also over a failure of the database."""
        while not self._stopped.is_set():
            try:
                self._follow()
            except (SQLAlchemyError, self._database.driver_error) as error:
                log.warning("live updates wait for the database: %s", error)
                self._stopped.wait(MEND_SECONDS)
            except Exception:
                # A fault of ours in one event must not end live updates for everyone: it is passed
                # over here, and each stream reads from the database what there was.
                log.exception("live updates begin again after an error")
                self._position = None
                self._stopped.wait(MEND_SECONDS)

    def _follow(self) -> None:
        signals = _postgres_signals if self._database.is_postgresql else _sqlite_signals
        for heard in signals(self._database, self._stopped):
            if heard:
                self._hear(heard)
                continue
            with self._database.session() as session:
                if self._position is None:
                    self._position = newest_event(session)
                    self._begin(self._position)
                    continue
                batch = read_batch(
                    session,
                    after=self._position,
                    watched=self._watched(),
                    listening=self._listening(),
                    draw=self._draw,
                )
            if batch.until != self._position:
                self._position = batch.until
                self._take(batch)


def _sqlite_signals(database: Database, stopped: threading.Event) -> Iterator[str]:
    """Yield "" at once and whenever another connection has committed something."""
    connection = database.engine.raw_connection()
    try:
        cursor = connection.cursor()
        seen = None
        while not stopped.is_set():
            cursor.execute("PRAGMA data_version")
            version = cursor.fetchone()
            if version != seen:
                seen = version
                yield ""
            else:
                database.committed.wait(POLL_SECONDS)
                database.committed.clear()
    finally:
        connection.close()


def _postgres_signals(database: Database, stopped: threading.Event) -> Iterator[str]:
    """Yield "" when something was committed, and what other processes say of who is there."""
    connection = database.engine.raw_connection()
    driver = cast("Any", connection.driver_connection)  # a psycopg.Connection
    connection.detach()
    try:
        driver.autocommit = True
        driver.execute(f"LISTEN {EVENTS}")
        driver.execute(f"LISTEN {PRESENCE}")
        yield ""  # what was committed before anyone listened
        while not stopped.is_set():
            has_heard = False
            for notice in driver.notifies(timeout=LISTEN_SECONDS, stop_after=1):
                has_heard = True
                yield notice.payload if notice.channel == PRESENCE else ""
            if not has_heard:
                yield ""
    finally:
        driver.close()
