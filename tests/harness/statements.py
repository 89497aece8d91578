"""Counting the SQL statements of a piece of work, so that it stays at a number."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

from flask import Flask
from sqlalchemy import Engine, event

from app.core.db import Database

# What begins and ends transactions: the drivers send it in different ways, some of it unseen.
CONTROL = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


@contextmanager
def recorded_statements(engine: Engine) -> Iterator[list[str]]:
    """Give a list that grows by each SQL statement that the engine's connections execute.

    Transaction control is left out. One statement for many rows (`executemany`) counts once.
    """
    statements: list[str] = []

    def add(*arguments: Any) -> None:  # noqa: ANN401  (the event's own arguments)
        statement: str = arguments[2]
        if not statement.startswith(CONTROL):
            statements.append(statement)

    event.listen(engine, "before_cursor_execute", add)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", add)


def most_between(engine: Engine, pieces: Iterable[bytes]) -> int:
    """Read a stream; return the most statements that one waits for until it gives way."""
    counts = [0]
    with recorded_statements(engine) as statements:
        counts += [len(statements) for _ in pieces]
    return max(after - before for before, after in pairwise(counts))


@contextmanager
def requested_statements(app: Flask) -> Iterator[list[str]]:
    """Give a list that grows by each SQL statement of the requests that an application answers."""
    database: Database = app.extensions["database"]
    with recorded_statements(database.engine) as statements:
        yield statements
