"""Which database the application serves: it is made once a process, and the database a test."""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

from flask import Flask

from app.config import Config
from app.core.db import Database
from app.reading.pages.article_rail import Overviews
from app.reading.pages.rendering.cache import Drawings


@contextmanager
def serving(app: Flask, config: Config) -> Iterator[None]:
    """Let the application serve a database; all that it keeps between requests is of that alone."""
    database = Database(config.database_url)
    kept = {"database": database, "drawings": Drawings(), "overviews": Overviews()}
    before = app.config["GLOSS"], {**app.extensions}
    app.config["GLOSS"] = config
    app.extensions |= kept
    try:
        yield
    finally:
        database.dispose()
        app.config["GLOSS"] = before[0]
        app.extensions.clear()
        app.extensions |= before[1]


@contextmanager
def serving_a_copy(app: Flask) -> Iterator[None]:
    """Let the application serve a copy of its SQLite database, made now, until the block ends."""
    config: Config = app.config["GLOSS"]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "gloss.sqlite3"
        with (
            closing(sqlite3.connect(config.database_url.removeprefix("sqlite:///"))) as source,
            closing(sqlite3.connect(file)) as target,
        ):
            source.backup(target)
        with serving(app, replace(config, database_url=f"sqlite:///{file}")):
            yield
