"""A small database as version 0.1 left it, at revision 0014: with events of every kind of then.

Its rows lie in tests/migrations/rows_of_0014.json, by table in the order of their references. They
were written by that version's own services, and are never written again: they stand for what
installations hold.
"""

import json
from datetime import UTC, date, datetime

from alembic import command
from sqlalchemy import Connection, Date, DateTime, MetaData, Table, insert, select, text

from app.core.migrate import alembic_config, migrating
from tests.harness.server import ROOT

REVISION = "0014"
ROWS = ROOT / "tests" / "migrations" / f"rows_of_{REVISION}.json"


def load(database_url: str) -> None:
    """Make the tables of revision 0014 in an empty database, and fill them with its rows."""
    config = alembic_config()
    config.attributes["database_url"] = database_url
    command.upgrade(config, REVISION)
    with migrating(database_url) as connection:
        metadata = MetaData()
        metadata.reflect(connection)
        for name, rows in json.loads(ROWS.read_text()).items():
            table = metadata.tables[name]
            connection.execute(insert(table), [_typed(table, row) for row in rows])
            _continue_ids(connection, table)


def read(database_url: str) -> dict[str, list[dict[str, object]]]:
    """Return the rows of each table that `load` fills, as its file has them."""
    found: dict[str, list[dict[str, object]]] = {}
    with migrating(database_url) as connection:
        metadata = MetaData()
        metadata.reflect(connection)
        for name in json.loads(ROWS.read_text()):
            table = metadata.tables[name]
            rows = connection.execute(select(table).order_by(*table.primary_key)).mappings()
            found[name] = [{key: _plain(value) for key, value in row.items()} for row in rows]
    return found


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        # SQLite keeps moments in UTC without saying so.
        moment = value if value.tzinfo else value.replace(tzinfo=UTC)
        return moment.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def _typed(table: Table, row: dict[str, object]) -> dict[str, object]:
    """Return a row with the moments and days that JSON has as text."""
    typed = dict(row)
    for name, value in row.items():
        kind = table.c[name].type
        if isinstance(value, str) and isinstance(kind, DateTime):
            typed[name] = datetime.fromisoformat(value)
        elif isinstance(value, str) and isinstance(kind, Date):
            typed[name] = date.fromisoformat(value)
    return typed


def _continue_ids(connection: Connection, table: Table) -> None:
    """Let PostgreSQL give the next row the next id, which SQLite does by itself."""
    if connection.dialect.name == "postgresql" and "id" in table.c:
        connection.execute(
            text(
                f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), max(id))"  # noqa: S608  (our own table)
                f" FROM {table.name}"
            )
        )
