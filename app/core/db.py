"""The database: one engine a process, explicit transactions, the same rules on both dialects."""

import re
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sized
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from threading import Event, Lock
from time import monotonic
from typing import Any, TypeVarTuple, cast

from sqlalchemy import (
    ColumnElement,
    Connection,
    Dialect,
    Engine,
    MetaData,
    Result,
    String,
    Table,
    bindparam,
    create_engine,
    event,
    func,
    inspect,
    literal_column,
    make_url,
    select,
)
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, InvalidatePoolError
from sqlalchemy.orm import (
    DeclarativeBase,
    InstrumentedAttribute,
    Session,
    make_transient_to_detached,
    sessionmaker,
)
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection
from sqlalchemy.sql.selectable import TypedReturnsRows
from sqlalchemy.types import DateTime, TypeDecorator

from app.core.database_urls import driver_url
from app.core.memory import KEEPS, KEPT_CHARACTERS, MEMORY, Memory
from app.core.prepared import Prepared
from app.core.sqlite_files import Opener
from app.core.sqlite_functions import add_functions

Columns = TypeVarTuple("Columns")
IdColumn = ColumnElement[int] | InstrumentedAttribute[int] | InstrumentedAttribute[int | None]

BUSY_TIMEOUT_MS = 10_000
WRITES = "gloss_writes"
HAS_TURN = "gloss_has_turn"
IDLE_SINCE = "gloss_idle_since"
IDLE_SECONDS = 5.0  # in the pool, after which a connection to PostgreSQL is asked whether it lives
ID = "id"
_PLAIN_WORD = re.compile(r"[a-z_.]+")
LARGEST_NUMBER = 2**31 - 1  # what both databases hold as an integer
POOL_SIZE = 24  # the page threads, the download threads and a few to spare
POOL_SECONDS = 10  # for one of the connections, where all are lent
# A connection to PostgreSQL over which nothing comes is asked after, and given up within a minute:
# one that listens for what others do would wait for hours behind a firewall that dropped it. See
# https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-KEEPALIVES-IDLE.
KEEP_ALIVE = {
    "keepalives_idle": "20",  # seconds
    "keepalives_interval": "10",  # seconds
    "keepalives_count": "3",
    "tcp_user_timeout": "45000",  # ms that what was sent may stay unacknowledged
}


class UTCDateTime(TypeDecorator[datetime]):
    """A moment in UTC: aware in Python; SQLite keeps it without a zone, PostgreSQL with one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive time; hand SQLite the bare UTC one.

        Raises: ValueError (the time has no zone).
        """
        if value is None:
            return None
        if value.tzinfo is None:
            message = "a time without a zone cannot be stored"
            raise ValueError(message)
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the time back in UTC, with its zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The parent of every model; names every constraint, so that a migration can."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UTCDateTime}  # noqa: RUF012  (SQLAlchemy reads it so)


class Database:
    """An engine and its sessions. `url` is any SQLAlchemy URL of SQLite or PostgreSQL.

    Where `is_serving` pages, no statement on PostgreSQL is waited for without end.
    """

    def __init__(self, url: str, *, is_serving: bool = False) -> None:
        self.engine = _make_engine(url, is_serving=is_serving)
        memory: Memory[Sized] = Memory(KEPT_CHARACTERS, len)
        self._reading = sessionmaker(
            self.engine, expire_on_commit=False, info={MEMORY: memory, KEEPS: True}
        )
        self._writing = sessionmaker(
            self.engine.execution_options(**{WRITES: True}),
            expire_on_commit=False,
            info={MEMORY: memory, KEEPS: False},
        )
        self.committed = Event()
        """Set by each commit in this process, for the one thread that waits for it."""
        event.listen(self._writing, "after_commit", lambda _session: self.committed.set())

    def session(self) -> Session:
        """Open a session that reads; close it with `with`."""
        return self._reading()

    def writing(self) -> Session:
        """Open a session that means to write; close it with `with`.

        On SQLite it takes its turn to write at its first statement. One that reads first and
        writes later would be refused at once when another has written in between.
        """
        return self._writing()

    @property
    def is_postgresql(self) -> bool:
        """Say whether it is PostgreSQL; else it is SQLite."""
        return self.engine.dialect.name == "postgresql"

    @property
    def driver_error(self) -> type[Exception]:
        """Return what the database's driver raises where it is used without SQLAlchemy."""
        dbapi = cast("Any", self.engine.dialect.loaded_dbapi)
        return cast("type[Exception]", dbapi.Error)

    @contextmanager
    def alone(self, lock: int) -> Iterator[None]:
        """Wait on PostgreSQL for whoever holds a lock, on any machine, and hold it until the end.

        On SQLite it does nothing: whoever shares the file waits for its turn to write.
        """
        if not self.is_postgresql:
            yield
            return
        with self.engine.connect() as connection:
            connection.execute(select(func.pg_advisory_xact_lock(lock)))
            yield

    def dispose(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


def read_columns(
    session: Session,
    query: TypedReturnsRows[*Columns],
    values: Mapping[str, object] | None = None,
) -> Result[*Columns]:
    """Execute a query of columns, not of whole objects, without what the ORM does for objects.

    That would take longer than the query itself where there are few rows.
    """
    session.flush()
    return session.connection().execute(query, values)


def is_one_of(
    column: ColumnElement[str] | InstrumentedAttribute[str], words: Collection[str]
) -> ColumnElement[bool]:
    """Return the condition that a column is one of a few words of ours, which stand in the query.

    A list of bound values is put into its query again each time that this runs.

    Raises: ValueError (one of them is no plain word).
    """
    for word in words:
        if not _PLAIN_WORD.fullmatch(word):
            message = f"{word!r} is no plain word"
            raise ValueError(message)
    return column.in_([literal_column(f"'{word}'", String) for word in sorted(words)])


def insert_unless_taken(session: Session, row: Base) -> bool:
    """Insert a new row with an `id`, unless it breaks a rule of uniqueness; say whether it did not.

    One statement: a savepoint around a flush would be three, and take four times as long. On
    PostgreSQL it waits for who inserts the same at the moment.
    """
    given = vars(row)  # one that is new has there all that it was given
    values = {name: given.get(key) for name, key in _columns_of(type(row))}
    row_id = _insert(session, type(row), values, unless_taken=True)
    if row_id is None:
        return False
    setattr(row, ID, row_id)
    make_transient_to_detached(row)  # as if it had been read
    session.add(row)
    return True


def insert_for_good(session: Session, model: type[Base], values: Mapping[str, object]) -> int:
    """Insert a new row that is never changed, of values by column, and return its `id`.

    The session does not hold it. An object of the model, and a flush that looks at all that it
    might have to write, would take three times as long.
    """
    return cast("int", _insert(session, model, values, unless_taken=False))


def _insert(
    session: Session, model: type[Base], values: Mapping[str, object], *, unless_taken: bool
) -> int | None:
    """Insert a row by a statement that is put together once; return its id, None for no row."""
    statement = _insert_of(model, session.get_bind().dialect.name, unless_taken=unless_taken)
    rows = statement.run(session, values)
    return rows[0][0] if rows else None


@cache
def _insert_of(model: type[Base], dialect: str, *, unless_taken: bool) -> Prepared:
    table = cast("Table", model.__table__)
    insert = import_module(f"sqlalchemy.dialects.{dialect}").insert  # the other is never loaded
    new = insert(table).on_conflict_do_nothing() if unless_taken else insert(table)
    names = [name for name, _key in _columns_of(model)]
    return Prepared(new.returning(table.c[ID]).values({name: bindparam(name) for name in names}))


@cache
def _columns_of(model: type[Base]) -> list[tuple[str, str]]:
    """Return the columns of a model but its id, each with the name of its attribute."""
    attributes = inspect(model).column_attrs
    return [(one.columns[0].name, one.key) for one in attributes if one.key != ID]


def _make_engine(url: str, *, is_serving: bool) -> Engine:
    parsed = make_url(driver_url(url))
    if parsed.get_backend_name() == "postgresql":
        parsed = parsed.set(query={**KEEP_ALIVE, **parsed.query})
    engine = create_engine(
        parsed,
        pool_size=POOL_SIZE,
        max_overflow=POOL_SIZE,
        pool_timeout=POOL_SECONDS,
        pool_use_lifo=True,  # each connection to SQLite that is used keeps 2 MB of pages
    )
    if engine.dialect.name == "sqlite":
        turns = _Turns()
        event.listen(engine, "do_connect", Opener().connect)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", turns.begin)
        event.listen(engine.pool, "checkin", turns.end)
    else:
        event.listen(engine, "connect", _prepare_postgresql)
        if is_serving:
            from app.core.patience import Connector  # noqa: PLC0415 loaded when needed

            event.listen(engine, "do_connect", Connector().connect)
        idle = _IdleConnections(engine.dialect)
        event.listen(engine.pool, "checkin", idle.begin)
        event.listen(engine.pool, "checkout", idle.end)
    return engine


def _prepare_postgresql(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    # To compile a query takes 20 to 50 ms, each time that it runs, and none here gains by it: the
    # conditions on what is seen are many, and the rows few.
    connection.autocommit = True  # what is set in a transaction goes when that is rolled back
    cursor = connection.cursor()
    cursor.execute("SET jit = off")
    cursor.close()
    connection.autocommit = False


def _prepare_sqlite(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    # The driver would start a transaction only at the first write, and a SAVEPOINT before
    # that would commit: it is told to leave transactions alone, and `_begin` starts them.
    connection.isolation_level = None
    add_functions(connection)
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    cursor.close()


class _IdleConnections:
    """Has the pool replace connections that broke while they were idle, as when a server restarted.

    The pool's own `pool_pre_ping` would ask each time: two journeys to the database for each tag.
    """

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect

    def begin(self, _connection: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
        """Note since when a connection is idle in the pool."""
        record.info[IDLE_SINCE] = monotonic()

    def end(
        self,
        connection: DBAPIConnection,
        record: ConnectionPoolEntry,
        _lent: PoolProxiedConnection,
    ) -> None:
        """Look whether a connection that was idle for long still answers.

        Raises: sqlalchemy.exc.InvalidatePoolError (it does not: the pool makes new ones).
        """
        since = record.info.get(IDLE_SINCE)
        if since is None or monotonic() - since < IDLE_SECONDS:
            return
        dialect = cast("Any", self._dialect)
        try:
            dialect.do_ping(connection)
        except dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error


def _execute_plainly(connection: Connection, statement: str) -> None:
    # SQLAlchemy makes sixty calls to run a statement that has no values and no rows.
    try:
        connection.connection.cursor().execute(statement)
    except sqlite3.Error as error:
        raise DBAPIError.instance(statement, None, error, sqlite3.Error) from error


class _Turns:
    """Lets the threads of this process write to SQLite one after another.

    SQLite would let them all try again and again, each after a pause that grows to 100 ms: whoever
    is unlucky for ten seconds is refused. Here the next one goes on at once. A turn lasts until the
    connection is back in the pool: then what was written is committed, or given up.
    """

    def __init__(self) -> None:
        self._turn = Lock()

    def begin(self, connection: Connection) -> None:
        """Begin a transaction, in its turn if it means to write."""
        if not connection.get_execution_options().get(WRITES, False):
            _execute_plainly(connection, "BEGIN")
            return
        if not connection.info.get(HAS_TURN, False):
            # Without a turn in time SQLite itself decides, and says that it is busy.
            connection.info[HAS_TURN] = self._turn.acquire(timeout=BUSY_TIMEOUT_MS / 1_000)
        _execute_plainly(connection, "BEGIN IMMEDIATE")

    def end(self, _connection: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
        """Let the next one write."""
        if record.info.pop(HAS_TURN, False):
            self._turn.release()
