"""Databases whose tables a test may change: copies, since to migrate one takes half a second."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.core.migrate import upgrade
from tests.harness import old_rows
from tests.harness.postgres import PostgresServer
from tests.harness.sqlite_files import make_copyable


@pytest.fixture(scope="session")
def old_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a SQLite file that an earlier version filled and this one has migrated, to be copied."""
    file = tmp_path_factory.mktemp("old") / "gloss.sqlite3"
    fill(f"sqlite:///{file}")
    make_copyable(file)
    return file


@pytest.fixture(scope="session")
def old_postgresql(postgres: PostgresServer) -> str:
    """Give the name of a PostgreSQL database like `old_sqlite`, to be copied."""
    name = postgres.create_database()
    fill(postgres.url(name))
    return name


def fill(database_url: str) -> None:
    old_rows.load(database_url)
    upgrade(database_url)


@pytest.fixture
def copy_of(
    dialect: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Callable[[str], str]]:
    """Give what copies a database of the test's kind: "old" or "migrated". It returns the URL."""
    names = []

    def copy(what: str) -> str:
        database = request.getfixturevalue(f"{what}_{dialect}")
        if dialect == "sqlite":
            file = tmp_path / "gloss.sqlite3"
            shutil.copyfile(database, file)
            return f"sqlite:///{file}"
        names.append(postgres().create_database(database))
        return postgres().url(names[-1])

    def postgres() -> PostgresServer:
        server: PostgresServer = request.getfixturevalue("postgres")
        return server

    yield copy
    for name in names:
        postgres().drop_database(name)
