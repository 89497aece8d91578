"""Opening a SQLite file where nothing can be written beside it: a read-only place, or a full disk.

A database in WAL mode has two files beside it while it is open, even to be read. Where they cannot
be made, SQLite reads one that nobody changes, which is then true: see "Read-Only Databases" in
https://www.sqlite.org/wal.html.
"""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

# https://www.sqlite.org/rescode.html: read-only, I/O error, full, cannot open.
_NOTHING_WRITTEN = frozenset({8, 10, 13, 14})
_PRIMARY = 0xFF  # an extended code has the primary one in its last byte


class Opener:
    """Opens a SQLite file for an engine, in the same way each time.

    Whoever reads it as one that nobody changes would not see what another connection writes: once
    it is decided so, the engine reads alone, until the program is restarted.
    """

    def __init__(self) -> None:
        self._is_fixed: bool | None = None

    def connect(
        self, _dialect: object, _record: object, arguments: list[Any], options: dict[str, Any]
    ) -> sqlite3.Connection | None:
        """Connect, as SQLAlchemy's event `do_connect` asks for; None leaves it to SQLAlchemy."""
        file = Path(arguments[0])
        if self._is_fixed is None:
            self._is_fixed = _must_be_fixed(file)
        return _connect_fixed(file, options) if self._is_fixed else None


def connect(file: Path) -> sqlite3.Connection:
    """Open a SQLite file, to be read where nothing can be written beside it.

    Raises: sqlite3.Error.
    """
    return _connect_fixed(file, {}) if _must_be_fixed(file) else sqlite3.connect(file)


def _connect_fixed(file: Path, options: dict[str, Any]) -> sqlite3.Connection:
    opened: sqlite3.Connection = sqlite3.connect(
        f"{file.absolute().as_uri()}?immutable=1", uri=True, **options
    )
    return opened


def _must_be_fixed(file: Path) -> bool:
    """Tell whether a database can be read only as one that nobody changes, and all of it is there.

    What was committed last may stand in the file beside it.
    """
    beside = file.with_name(file.name + "-wal")
    if not file.exists() or (beside.exists() and beside.stat().st_size):
        return False
    try:
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("PRAGMA schema_version")
    except sqlite3.OperationalError as error:
        return error.sqlite_errorcode & _PRIMARY in _NOTHING_WRITTEN
    except sqlite3.DatabaseError:  # no database: whoever opens it says so
        return False
    return False
