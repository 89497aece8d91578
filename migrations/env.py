"""Runs the migrations on the connection, or the database URL, that the caller has put beside."""

from alembic import context
from sqlalchemy import Connection

from app.core.migrate import migrating
from app.models import metadata


def run(connection: Connection) -> None:
    """Run in the connection's own transaction: whoever began it commits."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        # SQLite alters a table by making it anew.
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()


connection: Connection | None = context.config.attributes.get("connection")
if connection is not None:
    run(connection)
else:
    with migrating(context.config.attributes["database_url"]) as opened:
        run(opened)
