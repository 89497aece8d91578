"""Ids for many rows of a table, known before the rows are there."""

from array import array
from collections.abc import Sequence

from sqlalchemy import Table, func, select, text
from sqlalchemy.orm import Session


def reserve_ids(session: Session, table: Table, count: int) -> Sequence[int]:
    """Return so many ids that nobody else gets, ascending: SQLite has one writer.

    No row of the table may ever go: SQLite would give its id again.
    """
    if session.get_bind().dialect.name == "sqlite":
        last: int = session.scalar(select(func.max(table.c.id))) or 0
        return range(last + 1, last + 1 + count)
    statement = text(
        f"SELECT nextval(pg_get_serial_sequence('{table.name}', 'id'))"  # noqa: S608  (a name of ours)
        " FROM generate_series(1, :count)"
    )
    found = session.execute(statement, {"count": count}, execution_options={"yield_per": 10_000})
    return array("I", found.scalars())
