"""Commands: `flask --app app …`. Thin, over the services."""

from flask import Flask

from app.cli import (
    accounts,
    annotations,
    archives,
    articles,
    database,
    imports,
    networks,
    projects,
)


def register(app: Flask) -> None:
    """Add every command."""
    for group in (accounts, projects, articles, annotations, imports, archives, networks, database):
        group.register(app)
