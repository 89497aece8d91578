"""What tests share: a migrated database of either kind, the application on it, its client."""

import gc
import shutil
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from flask import Flask
from sqlalchemy import Connection, Dialect, Engine, event
from sqlalchemy.orm import Session
from sqlalchemy.util import LRUCache

from app import create_app, hooks
from app.config import Config
from app.core.db import Database
from app.core.migrate import upgrade
from tests.harness import server as servers
from tests.harness.builders import Room, add_room, find_room
from tests.harness.pages import PageClient, page_client
from tests.harness.postgres import PostgresServer, running_postgres
from tests.harness.programs import find_postgres
from tests.harness.server import RunningServer
from tests.harness.services import lack, tell_once
from tests.harness.serving import serving
from tests.harness.sqlite_files import make_copyable

pytest_plugins = ["tests.harness.chromium"]

# The same examples each time: a test that fails must fail again.
hypothesis.settings.register_profile(
    "ci", derandomize=True, deadline=None, database=None, print_blob=True
)
hypothesis.settings.load_profile("ci")

# Tests of services make no application, which would do it.
hooks.register()

TESTS = Path(__file__).parent
SECRET_KEY = "a key for tests, which nothing else uses"
WAITING = ("browser", "live", "start")  # folders whose tests wait for other programs, mostly
DIALECTS: dict[str, Dialect] = {}  # of the first engine of each kind
STATEMENTS: LRUCache[Any, Any] = LRUCache(2_000)


@event.listens_for(Engine, "engine_connect")
def keep_off_the_disk(connection: Connection) -> None:
    """Let nothing in this process wait for the disk: no row of a test outlives a power cut."""
    if connection.dialect.name == "sqlite":
        connection.connection.cursor().execute("PRAGMA synchronous = OFF")  # no statement of ours


@event.listens_for(Engine, "engine_connect")
def keep_statements(connection: Connection) -> None:
    """Let a statement that one test's engine put together serve the next one's too.

    Each engine keeps its own, by its dialect: most of a query's time went into making it again. No
    fault is hidden by that. A statement is kept by the dialect, its tables and its form, as in the
    one engine of a server, which lives longer: what is kept by too little shows here the more. The
    engines of a kind differ in where they connect, not in how they write SQL. What they hang on
    connections and transactions is their own, since none hangs anything on the dialect but how to
    connect, which the pool asks of its engine's.
    """
    own = connection.dialect
    connection.dialect = DIALECTS.setdefault(own.name, own)
    is_alike = (
        type(own) is type(connection.dialect) and own.paramstyle == connection.dialect.paramstyle
    )
    assert is_alike, "this engine writes SQL otherwise than the first of its kind: give it a cache"
    connection.execution_options(compiled_cache=STATEMENTS)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for garbage neither while tests are collected nor, later, among what they consist of."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Spread the files that wait among those that compute, so that there is always both to do.

    The processes of a run take file after file. Those that compute come from the last folder to the
    first, so that small ones are left for the end.
    """
    files = list(dict.fromkeys(item.path for item in items))
    waits = {file: file.relative_to(TESTS).parts[0] in WAITING for file in files}
    places: dict[Path, float] = {}
    for some in ([f for f in files if waits[f]], [f for f in files[::-1] if not waits[f]]):
        places |= {file: number / len(some) for number, file in enumerate(some)}
    items.sort(key=lambda item: places[item.path])


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test on a database once on SQLite and once on PostgreSQL."""
    if "dialect" in metafunc.fixturenames:
        dialects = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
        is_sqlite_only = metafunc.definition.get_closest_marker("sqlite_only") is not None
        metafunc.parametrize("dialect", dialects[:1] if is_sqlite_only else dialects)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Sum up in one line the tests that are skipped for want of a program."""
    report = yield
    tell_once(report)
    return report


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """Give a PostgreSQL server that ends with the tests."""
    binaries = find_postgres()
    if binaries is None:
        lack("PostgreSQL", "on the PATH or in Debian's folder of it (initdb and postgres)")
    with running_postgres(binaries) as server:
        yield server


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a SQLite file with the newest tables and no rows, to be copied."""
    file = tmp_path_factory.mktemp("migrated") / "gloss.sqlite3"
    upgrade(f"sqlite:///{file}")
    make_copyable(file)
    return file


@pytest.fixture(scope="session")
def room_sqlite(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a SQLite file with the newest tables and the rows of `room`, to be copied."""
    file = tmp_path_factory.mktemp("room") / "gloss.sqlite3"
    shutil.copyfile(migrated_sqlite, file)
    fill_with_room(f"sqlite:///{file}")
    return file


def fill_with_room(url: str) -> None:
    database = Database(url)
    with database.session() as session:
        add_room(session)
    database.dispose()


@pytest.fixture(scope="session")
def migrated_postgresql(postgres: PostgresServer) -> str:
    """Give the name of a PostgreSQL database with the newest tables and no rows, to be copied."""
    name = postgres.create_database()
    upgrade(postgres.url(name))
    return name


@pytest.fixture(scope="session")
def kept_postgres(postgres: PostgresServer, migrated_postgresql: str) -> str:
    """Give the name of a migrated database that is emptied after each test: a copy takes longer.

    The rows of `room` are kept beside its tables.
    """
    name = postgres.create_database(migrated_postgresql)
    fill_with_room(postgres.url(name))
    postgres.keep_rows(name)
    postgres.empty_database(name)
    return name


@pytest.fixture
def empty_database_url(
    dialect: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[str]:
    """Give the URL of a database without tables, of the test's own."""
    if dialect == "sqlite":
        yield f"sqlite:///{tmp_path / 'gloss.sqlite3'}"
    else:
        postgres: PostgresServer = request.getfixturevalue("postgres")
        name = postgres.create_database()
        yield postgres.url(name)
        postgres.drop_database(name)


@pytest.fixture
def database_url(dialect: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """Give the URL of a migrated database, whose tables the test leaves alone.

    It has the rows of `room` for a test that asks for it, and no others.
    """
    has_room = "room" in request.fixturenames
    if dialect == "sqlite":
        file = tmp_path / "gloss.sqlite3"
        copied = "room_sqlite" if has_room else "migrated_sqlite"
        shutil.copyfile(request.getfixturevalue(copied), file)
        yield f"sqlite:///{file}"
    else:
        postgres: PostgresServer = request.getfixturevalue("postgres")
        name = request.getfixturevalue("kept_postgres")
        if has_room:
            postgres.fill_database(name)
        yield postgres.url(name)
        postgres.empty_database(name)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Give the test's database, with connections of its own."""
    database = Database(database_url)
    yield database
    database.dispose()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """Give a session on the database that `app` and `client` use; they see what it commits."""
    with database.session() as session:
        yield session


@pytest.fixture
def room(session: Session) -> Room:
    """Give a project with one article and a member of each role: made once, and copied."""
    return find_room(session)


@pytest.fixture
def make_config(database_url: str, tmp_path: Path) -> Callable[..., Config]:
    """Give what makes a configuration on the test's database; takes settings by their names."""

    def make(**settings: str) -> Config:
        return Config.from_env(
            {
                "DATA_DIR": str(tmp_path / "instance"),
                "DATABASE_URL": database_url,
                "SECRET_KEY": SECRET_KEY,
                "SEED_DIRS": str(tmp_path / "seeds"),
                **settings,
            }
        )

    return make


@pytest.fixture
def config(make_config: Callable[..., Config]) -> Config:
    """Give the default configuration on the test's database; its folder of seeds is empty."""
    return make_config()


@pytest.fixture(scope="session")
def built_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """Give the application, made once a process: its routes and templates take long to compile."""
    folder = str(tmp_path_factory.mktemp("built"))
    app = create_app(Config.from_env({"DATA_DIR": folder, "SECRET_KEY": SECRET_KEY}))
    app.testing = True
    return app


@pytest.fixture
def app(built_app: Flask, config: Config) -> Iterator[Flask]:
    """Give the application on the test's database; what it raises by mistake reaches the test.

    All that it keeps between requests is the test's own. For settings other than `config` make
    another, with `create_app(make_config(…))`.
    """
    with serving(built_app, config):
        yield built_app


@pytest.fixture
def client(app: Flask) -> PageClient:
    """Give a client that refuses bad pages, without cookies."""
    return page_client(app)


@pytest.fixture
def free_port() -> int:
    """Give a TCP port of the loopback address that nobody listens on."""
    return servers.free_port()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    """Give the real server, running on SQLite with the checkout's seeds."""
    with RunningServer(tmp_path / "instance") as server:
        yield server
