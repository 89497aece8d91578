"""Moving a whole installation from SQLite to PostgreSQL: every row, compared afterwards."""

from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest

from sqlalchemy import (
    Column,
    Connection,
    ForeignKeyConstraint,
    MetaData,
    NullPool,
    RowMapping,
    String,
    Table,
    bindparam,
    create_engine,
    event,
    func,
    make_url,
    select,
    text,
    update,
)
from sqlalchemy.exc import DBAPIError

from app.core.database_urls import driver_url, sqlite_path
from app.core.migrate import DatabaseState, UnfitDatabase, state, upgrade
from app.core.sqlite_files import Opener

ROWS_AT_ONCE = 2_000


class CopyError(UnfitDatabase):
    """The database cannot be copied; the message is a sentence, and nothing was changed."""


def copy_database(
    source_url: str,
    target_url: str,
    tables: MetaData,
    *,
    echo: Callable[[str], None],
    finish: Callable[[Connection], None],
) -> int:
    """Copy every row of a SQLite database to a PostgreSQL one without rows; return their number.

    It reads the source as it is at one moment and writes the target in one transaction: whoever
    ends it in the middle leaves nothing there but empty tables. `tables` are all that there are;
    `echo` is told of each, a sentence. `finish` makes in the target, at the end, what is no
    table of both.

    Raises: UnfitDatabase, sqlalchemy.exc.DBAPIError (one of them cannot be reached or written).
    """
    if sqlite_path(source_url) is None or not _is_postgresql(target_url):
        message = "Rows are copied from SQLite (DATABASE_URL) to PostgreSQL (--to) alone."
        raise CopyError(message)
    if state(source_url) is not DatabaseState.CURRENT:
        message = "The database is not ready for this version. Start Gloss once: it makes it ready."
        raise CopyError(message)
    upgrade(target_url)
    source = create_engine(driver_url(source_url), poolclass=NullPool)
    event.listen(source, "do_connect", Opener().connect)
    target = create_engine(driver_url(target_url), poolclass=NullPool)
    with source.connect() as reading, target.begin() as writing:
        reading.exec_driver_sql("BEGIN")  # the driver would begin only at a write
        ordered = tables.sorted_tables
        for table in ordered:
            if writing.execute(select(table).limit(1)).first() is not None:
                message = (
                    f"The database named by --to holds rows in {table.name}. Give an empty one."
                )
                raise CopyError(message)
        for table in ordered:
            _set_triggers(writing, table, "DISABLE")
        total = 0
        for table in ordered:
            count = _copy_rows(reading, writing, table)
            echo(f"{table.name}: {count:,} copied.")
            total += count
        for table in ordered:
            _fill_circles(reading, writing, table)
        for table in ordered:
            _set_triggers(writing, table, "ENABLE")
            _set_sequence(writing, table)
            _compare(reading, writing, table)
        finish(writing)
    return total


def _is_postgresql(url: str) -> bool:
    return make_url(driver_url(url)).get_backend_name() == "postgresql"


def _set_triggers(connection: Connection, table: Table, word: str) -> None:
    """Our triggers keep sums, which are copied as they are. Foreign keys stay enforced."""
    name = connection.dialect.identifier_preparer.format_table(table)
    connection.execute(text(f"ALTER TABLE {name} {word} TRIGGER USER"))


def _circular(table: Table) -> list[Column[object]]:
    """Return the columns that point at tables which are filled later."""
    late = (
        constraint
        for constraint in table.constraints
        if isinstance(constraint, ForeignKeyConstraint) and constraint.use_alter
    )
    return [column for constraint in late for column in constraint.columns]


def _copy_rows(reading: Connection, writing: Connection, table: Table) -> int:
    late = {column.name: None for column in _circular(table)}
    count = 0
    for rows in _rows(reading, table):
        values = [{**row, **late} for row in rows]
        try:
            writing.execute(table.insert(), values)
        except DBAPIError as error:
            reason = " ".join(str(error.orig).split())
            message = f"A row of {table.name} does not go into PostgreSQL: {reason}"
            raise CopyError(message) from error
        count += len(rows)
    return count


def _fill_circles(reading: Connection, writing: Connection, table: Table) -> None:
    late = _circular(table)
    if not late:
        return
    keys = list(table.primary_key)
    change = (
        update(table)
        .where(*(key == bindparam(f"key_{key.name}") for key in keys))
        .values({column: bindparam(f"new_{column.name}") for column in late})
    )
    for rows in _rows(reading, table):
        writing.execute(
            change,
            [
                {f"key_{key.name}": row[key] for key in keys}
                | {f"new_{column.name}": row[column] for column in late}
                for row in rows
            ],
        )


def _set_sequence(connection: Connection, table: Table) -> None:
    """Have new rows numbered on after the ones that were copied."""
    column = table.autoincrement_column
    if column is None:
        return
    sequence = connection.scalar(select(func.pg_get_serial_sequence(table.name, column.name)))
    largest = connection.scalar(select(func.max(column)))
    if sequence is not None and largest is not None:
        connection.execute(select(func.setval(sequence, largest)))


def _compare(reading: Connection, writing: Connection, table: Table) -> None:
    pairs = zip_longest(_each(reading, table), _each(writing, table))
    for here, there in pairs:
        if here is None or there is None or dict(here) != dict(there):
            message = f"A row of {table.name} is not the same after it was copied: {here or there}"
            raise CopyError(message)


def _each(connection: Connection, table: Table) -> Iterator[RowMapping]:
    for rows in _rows(connection, table):
        yield from rows


def _rows(connection: Connection, table: Table) -> Iterator[Sequence[RowMapping]]:
    """Read a table piece by piece, in the order of its key."""
    # Both databases put texts in one order only by their bytes.
    is_postgresql = connection.dialect.name == "postgresql"
    keys = (
        column.collate("C") if is_postgresql and isinstance(column.type, String) else column
        for column in table.primary_key
    )
    query = select(table).order_by(*keys).execution_options(yield_per=ROWS_AT_ONCE)
    yield from connection.execute(query).mappings().partitions()
