"""Rebuilding the index out of all that it is of."""

from sqlalchemy import Connection

from app.search.triggers import FILL


def rebuild(connection: Connection) -> None:
    """Rebuild the index in the connection's own transaction: until its end nobody else writes."""
    for statement in FILL[connection.dialect.name]:
        connection.exec_driver_sql(statement)
