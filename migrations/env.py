"""Runs the migrations on the connection, or the database URL, that the caller has put beside."""

from typing import Any

from alembic import context
from alembic.runtime.migration import MigrationInfo
from alembic.script import Script
from sqlalchemy import Connection

from app.core.migrate import INDEX, migrating
from app.models import metadata


def tell_step(*, step: MigrationInfo, **_more: Any) -> None:  # noqa: ANN401  (Alembic's)
    """Tell whoever started it which step is done."""
    script, echo = step.up_revision, context.config.attributes.get("echo")
    if echo is not None and step.is_upgrade and isinstance(script, Script):
        echo(f"Step {script.revision} is done: {script.doc}")


def include_name(name: str | None, kind: str, _parents: object) -> bool:
    """Leave out the index of the search, which is made in SQL, with the tables that hold it."""
    return kind != "table" or name is None or not name.startswith(INDEX)


def run(connection: Connection) -> None:
    """Run in the connection's own transaction: whoever began it commits."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        # SQLite alters a table by copying it.
        render_as_batch=connection.dialect.name == "sqlite",
        include_name=include_name,
        compare_type=True,
        compare_server_default=True,
        on_version_apply=tell_step,  # type: ignore[arg-type]  # called by keyword
    )
    with context.begin_transaction():
        context.run_migrations()


connection: Connection | None = context.config.attributes.get("connection")
if connection is not None:
    run(connection)
else:
    with migrating(context.config.attributes["database_url"]) as opened:
        run(opened)
