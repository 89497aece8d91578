"""Brings a database to the newest revision of its tables, all of it or nothing."""

import filecmp
import re
import shutil
import sqlite3
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import (
    Connection,
    NullPool,
    String,
    column,
    create_engine,
    event,
    inspect,
    literal,
    make_url,
    select,
    table,
    text,
    update,
)
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from app.core.database_urls import driver_url, sqlite_path
from app.core.sqlite_files import Opener, connect
from app.core.sqlite_functions import add_functions

if TYPE_CHECKING:
    from alembic.config import Config

    from app.core.db import Database

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
VERSION_TABLE = "alembic_version"
INDEX = "search_index"  # with the tables in it, which hold rows before anything is searched
CONNECT_SECONDS = 10
WAIT_SECONDS = 60  # for another process that migrates the same database
POSTGRES_LOCK = 7_160_310_412_377_001  # an arbitrary number, the same in every process

_POSTGRES_UNKNOWN = frozenset({"42P01", "42703"})  # a table, a column
_REVISION = re.compile(r"""^((?:down_)?revision)\b[^=]*= ["'](\w+)["']""", re.MULTILINE)


class DatabaseState(StrEnum):
    """How a database stands to this code."""

    EMPTY = "empty"
    BEHIND = "behind"
    CURRENT = "current"
    NEWER = "newer"


class UnfitDatabase(Exception):
    """The database cannot be used; the message is a sentence that says what to do."""


class DatabaseNewer(UnfitDatabase):
    """The database has a revision that this code does not know."""


class DatabaseForeign(UnfitDatabase):
    """The database holds tables, and they are another program's."""


class BrokenReferences(UnfitDatabase):
    """After the migration some rows point at rows that are not there; nothing was changed."""


def alembic_config(migrations: Path = MIGRATIONS) -> "Config":
    """Return Alembic's settings for a folder of migrations, without an ini file.

    Its `env.py` takes either a connection or a database URL from its attributes. A migration that
    takes long tells `echo` among them, if it is there, how far it is: a sentence each time.
    """
    from alembic.config import Config  # noqa: PLC0415 loaded when needed: to migrate, not to start

    config = Config()
    # Alembic would take a % in the path for the start of a variable.
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def state(database_url: str, *, migrations: Path = MIGRATIONS) -> DatabaseState:
    """Tell how the database stands to this code.

    Raises: DatabaseForeign, sqlalchemy.exc.DBAPIError (it cannot be reached or read).
    """
    with migrating(database_url) as connection:
        return _state(connection, migrations)


def is_misunderstood(error: DBAPIError) -> bool:
    """Say whether the database knows no such table or column, or cannot read the statement."""
    is_sqlite = getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR
    return is_sqlite or getattr(error.orig, "sqlstate", None) in _POSTGRES_UNKNOWN


def lacks_tables(database: "Database", tables: Collection[str]) -> bool:
    """Say whether the database answers, and has not these tables as this code knows them.

    Waits for nobody: another process may be migrating it.
    """
    try:
        with database.engine.connect() as connection:
            there = set(inspect(connection).get_table_names())
            is_current = _state(connection, MIGRATIONS) is DatabaseState.CURRENT
            return not is_current or not there.issuperset(tables)
    except DatabaseForeign:
        return True
    except DBAPIError:
        return False


def upgrade(
    database_url: str, *, echo: Callable[[str], None] | None = None, migrations: Path = MIGRATIONS
) -> None:
    """Migrate the database to the newest revision, in one transaction.

    Several processes may call this at once: one migrates, the others wait and find it done. Whoever
    ends it in the middle leaves the database as it was. `echo` is told how far it is, a line each.

    Raises: UnfitDatabase, sqlalchemy.exc.DBAPIError (it cannot be reached or read).
    """
    with migrating(database_url) as connection:
        found = _state(connection, migrations)
        if found is DatabaseState.NEWER:
            raise DatabaseNewer(_newer(connection))
        if found is DatabaseState.CURRENT:
            return
        from alembic import command  # noqa: PLC0415 loaded when needed

        config = alembic_config(migrations)
        config.attributes["connection"] = connection
        config.attributes["echo"] = echo
        command.upgrade(config, "head")
        _check_references(connection)


def upgrade_with_backup(
    database_url: str,
    backups: Path,
    *,
    echo: Callable[[str], None],
    migrations: Path = MIGRATIONS,
) -> None:
    """Migrate the database, and copy a SQLite file that holds rows to `backups` before.

    `echo` is told of the copy and, where there are rows, of each step, in a sentence.

    Raises: what `upgrade` raises, and OSError (the copy cannot be written).
    """
    file = sqlite_path(database_url)
    if file is not None and not file.exists():
        upgrade(database_url, migrations=migrations)
        return
    with migrating(database_url) as connection:
        found = _state(connection, migrations)
        has_rows = found is DatabaseState.BEHIND and _has_rows(connection)
    if found is DatabaseState.CURRENT:
        return
    if has_rows and file is not None:
        copy = backup(file, backups)
        echo(f"Copied the database to {copy} before changing its tables.")
    upgrade(database_url, echo=echo if has_rows else None, migrations=migrations)


def try_to_write(database: "Database") -> None:
    """Write to the database what is there already: that it cannot be written shows only then.

    Raises: sqlalchemy.exc.DBAPIError (it cannot).
    """
    noted = table(VERSION_TABLE, column("version_num", String))
    with database.writing() as session, session.begin():
        session.execute(update(noted).values(version_num=noted.c.version_num))


def backup(file: Path, folder: Path) -> Path:
    """Copy a SQLite database to NAME-YYYYMMDD-HHMMSS.sqlite3 (UTC) in the folder, as it stands.

    If the newest copy there is the same to the byte, that one is returned, and none is added: who
    tries again and again to migrate a large database would fill the disk.

    Raises: OSError, sqlite3.Error.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"{file.stem}-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    # It gets its name when it is whole: half a copy must not pass for a backup, and the next one
    # is written over it.
    part = folder / f"{file.stem}.part"
    part.unlink(missing_ok=True)
    copy_sqlite(file, part)
    newest = max(folder.glob(f"{file.stem}-*.sqlite3"), key=_age, default=None)
    if newest is not None and filecmp.cmp(part, newest, shallow=False):
        part.unlink()
        return newest
    shutil.copymode(file, part)
    return part.rename(_unused(folder, stem))


def copy_sqlite(file: Path, target: Path) -> None:
    """Copy a SQLite database, as it is at one moment, to a file that is not there yet.

    Raises: sqlite3.Error.
    """
    with closing(connect(file)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
        # A copy in WAL mode would be three files.
        copy.execute("PRAGMA journal_mode = DELETE")


@contextmanager
def migrating(database_url: str) -> Iterator[Connection]:
    """Open a connection in a transaction that no other migration shares; commit at the end.

    Foreign keys are not enforced in it on SQLite, where a table is altered by copying it.
    """
    url = driver_url(database_url)
    is_sqlite = make_url(url).get_backend_name() == "sqlite"
    waiting = {"timeout": WAIT_SECONDS} if is_sqlite else {"connect_timeout": CONNECT_SECONDS}
    engine = create_engine(url, poolclass=NullPool, connect_args=waiting)
    if is_sqlite:
        event.listen(engine, "do_connect", Opener().connect)
        event.listen(engine, "connect", _leave_transactions_to_us)
        event.listen(engine, "begin", _begin_alone)
    with engine.begin() as connection:
        if not is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": POSTGRES_LOCK})
        yield connection


def _leave_transactions_to_us(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    connection.isolation_level = None
    add_functions(connection)
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = OFF")
    cursor.close()


def _begin_alone(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _state(connection: Connection, migrations: Path) -> DatabaseState:
    tables = inspect(connection).get_table_names()
    heads = noted_revisions(connection)
    if not heads and set(tables) <= {VERSION_TABLE}:
        return DatabaseState.EMPTY
    if not heads:
        message = (
            f"The database holds tables of another program ({', '.join(sorted(tables)[:3])});"
            " set DATABASE_URL to an empty database or to one that Gloss has made."
        )
        raise DatabaseForeign(message)
    known, newest = _revisions(migrations)
    if heads == newest:
        return DatabaseState.CURRENT
    return DatabaseState.BEHIND if heads <= known else DatabaseState.NEWER


def noted_revisions(connection: Connection) -> set[str]:
    """Return the revisions at which the tables are, as Alembic has noted them."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return set()
    noted = select(column("version_num", String)).select_from(table(VERSION_TABLE))
    return set(connection.scalars(noted))


def known_revisions(migrations: Path = MIGRATIONS) -> set[str]:
    """Return all revisions of the tables that this code knows."""
    return _revisions(migrations)[0]


def _revisions(migrations: Path) -> tuple[set[str], set[str]]:
    """Return all revisions of a folder of migrations, and those that none comes after."""
    files = (migrations / "versions").glob("*.py")
    found = [_REVISION.findall(file.read_text(encoding="utf-8")) for file in files]
    pairs = [pair for each in found for pair in each]
    known = {revision for word, revision in pairs if word == "revision"}
    return known, known - {revision for word, revision in pairs if word == "down_revision"}


def _newer(connection: Connection) -> str:
    heads = sorted(noted_revisions(connection))
    return (
        f"The database is at revision {', '.join(heads)}, which this version of Gloss does not"
        " know: a newer version has used it. Run that version, or set DATABASE_URL to another"
        " database."
    )


def _check_references(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return  # PostgreSQL has enforced them all along
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        message = (
            f"The migration would leave {len(broken)} rows that point at nothing"
            f" (the first in {broken[0][0]}); nothing was changed."
        )
        raise BrokenReferences(message)


def _has_rows(connection: Connection) -> bool:
    names = set(inspect(connection).get_table_names()) - {VERSION_TABLE}
    names = {name for name in names if not name.startswith(INDEX)}
    first = (select(literal(1)).select_from(table(name)).limit(1) for name in sorted(names))
    return any(connection.execute(row).first() for row in first)


def _age(copy: Path) -> int:
    return copy.stat().st_mtime_ns


def _unused(folder: Path, stem: str) -> Path:
    copy = folder / f"{stem}.sqlite3"
    number = 2
    while copy.exists():
        copy = folder / f"{stem}-{number}.sqlite3"
        number += 1
    return copy
