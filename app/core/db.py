"""The database: one engine a process, explicit transactions, the same rules on both dialects."""

from collections.abc import Sized
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, cast

from sqlalchemy import (
    Connection,
    Dialect,
    Engine,
    Insert,
    MetaData,
    Table,
    bindparam,
    create_engine,
    event,
    inspect,
    make_url,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import DeclarativeBase, Session, make_transient_to_detached, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import DateTime, TypeDecorator

from app.core.memory import KEEPS, KEPT_CHARACTERS, MEMORY, Memory

BUSY_TIMEOUT_MS = 10_000
WRITES = "gloss_writes"
HAS_TURN = "gloss_has_turn"
ID = "id"
LARGEST_NUMBER = 2**31 - 1  # what both databases hold as an integer
POOL_SIZE = 24  # the page threads, the download threads and a few to spare
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
    """An engine and its sessions. `url` is any SQLAlchemy URL of SQLite or PostgreSQL."""

    def __init__(self, url: str) -> None:
        self.engine = _make_engine(url)
        memory: Memory[Sized] = Memory(KEPT_CHARACTERS, len)
        self._reading = sessionmaker(
            self.engine, expire_on_commit=False, info={MEMORY: memory, KEEPS: True}
        )
        self._writing = sessionmaker(
            self.engine.execution_options(**{WRITES: True}),
            expire_on_commit=False,
            info={MEMORY: memory, KEEPS: False},
        )

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

    def dispose(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


def insert_unless_taken(session: Session, row: Base) -> bool:
    """Insert a new row with an `id`, unless it breaks a rule of uniqueness; say whether it did not.

    One statement: a savepoint around a flush would be three, and take four times as long. On
    PostgreSQL it waits for who inserts the same at the moment.
    """
    mapper = inspect(type(row))
    statement = _insert_unless_taken(type(row), session.get_bind().dialect.name)
    values = {
        attribute.columns[0].name: getattr(row, attribute.key)
        for attribute in mapper.column_attrs
        if attribute.key != ID
    }
    row_id = session.execute(statement, values).scalar()
    if row_id is None:
        return False
    setattr(row, ID, row_id)
    make_transient_to_detached(row)  # as if it had been read
    session.add(row)
    return True


@cache
def _insert_unless_taken(model: type[Base], dialect: str) -> Insert:
    table = cast("Table", model.__table__)
    names = [column.name for column in table.c if column.name != ID]
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    new = insert(table).on_conflict_do_nothing().returning(table.c[ID])
    statement: Insert = new.values({name: bindparam(name) for name in names})
    return statement


def driver_url(url: str) -> str:
    """Name the driver that we install in a plain `postgresql:` or `postgres:` URL.

    Raises: sqlalchemy.exc.ArgumentError (not a database URL).
    """
    parsed = make_url(url)
    if parsed.drivername in {"postgres", "postgresql"}:
        parsed = parsed.set(drivername="postgresql+psycopg")
    return parsed.render_as_string(hide_password=False)


def sqlite_path(url: str) -> Path | None:
    """Return the file of a SQLite URL, or None for another database or one in memory."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or parsed.database in {None, "", ":memory:"}:
        return None
    return Path(str(parsed.database))


def _make_engine(url: str) -> Engine:
    parsed = make_url(driver_url(url))
    if parsed.get_backend_name() == "postgresql":
        parsed = parsed.set(query={**KEEP_ALIVE, **parsed.query})
    engine = create_engine(
        parsed,
        pool_size=POOL_SIZE,
        max_overflow=POOL_SIZE,
        pool_pre_ping=True,
        pool_use_lifo=True,  # each connection to SQLite that is used keeps 2 MB of pages
    )
    if engine.dialect.name == "sqlite":
        turns = _Turns()
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", turns.begin)
        event.listen(engine.pool, "checkin", turns.end)
    return engine


def _prepare_sqlite(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    # The driver would start a transaction only at the first write, and a SAVEPOINT before
    # that would commit: it is told to leave transactions alone, and `_begin` starts them.
    connection.isolation_level = None
    # SQLite's own folds ASCII alone: "É" would not be found by "é".
    connection.create_function("lower", 1, _lower, deterministic=True)
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    cursor.close()


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


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
            connection.exec_driver_sql("BEGIN")
            return
        if not connection.info.get(HAS_TURN, False):
            # Without a turn in time SQLite itself decides, and says that it is busy.
            connection.info[HAS_TURN] = self._turn.acquire(timeout=BUSY_TIMEOUT_MS / 1_000)
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    def end(self, _connection: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
        """Let the next one write."""
        if record.info.pop(HAS_TURN, False):
            self._turn.release()
