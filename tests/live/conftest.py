"""Fixtures for tests of live updates: processes of the server, shared by the tests of a file."""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from app.core.db import Database
from tests.harness.postgres import PostgresServer
from tests.harness.server import USUAL, RunningServer
from tests.live import hasty
from tests.live.live_site import Site


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
)
def site(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """Give one process on SQLite, and two on one PostgreSQL database."""
    folder = tmp_path_factory.mktemp("site")
    if request.param == "sqlite":
        shutil.copyfile(request.getfixturevalue("migrated_sqlite"), folder / "gloss.sqlite3")
        url, count = f"sqlite:///{folder / 'gloss.sqlite3'}", 1
    else:
        postgres: PostgresServer = request.getfixturevalue("postgres")
        name = postgres.create_database(request.getfixturevalue("migrated_postgresql"))
        url, count = postgres.url(name), 2
    yield from running(url, folder, [USUAL] * count)


@pytest.fixture(scope="module")
def hasty_site(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Give a process on SQLite that has little patience."""
    folder = tmp_path_factory.mktemp("hasty")
    shutil.copyfile(migrated_sqlite, folder / "gloss.sqlite3")
    yield from running(f"sqlite:///{folder / 'gloss.sqlite3'}", folder, [hasty.PROGRAM])


def running(url: str, folder: Path, programs: Sequence[Sequence[str]]) -> Iterator[Site]:
    database = Database(url)
    with database.writing() as session:
        site = Site(database, url, folder, session)
        try:
            for number, program in enumerate(programs):
                server = RunningServer(folder / f"data-{number}", site.settings, program=program)
                site.servers.append(server.start())
            yield site
        finally:
            site.close()
    database.dispose()
