"""Statements of SQL on a database, as another program would send them."""

from sqlalchemy import create_engine, text

from app.core.database_urls import driver_url


def execute(database_url: str, *statements: str) -> None:
    engine = create_engine(driver_url(database_url))
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()
