"""SQLite files that tests copy."""

import sqlite3
from contextlib import closing
from pathlib import Path


def make_copyable(file: Path) -> None:
    """Turn a file to WAL. Else each copy of it is when it is opened, and waits for the disk."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
