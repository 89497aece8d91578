"""When nothing can be written any more: what is said, and what still works."""

import logging
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from app.config import Config
from app.core.db import Database
from app.core.write_faults import WriteFault, write_fault
from app.server import prepare
from tests.harness.api import ApiClient
from tests.harness.builders import Room, add_annotation, add_token, csrf_token, sign_in
from tests.harness.pages import PageClient
from tests.harness.postgres import PostgresServer

READ_ONLY = {
    "sqlite": "PRAGMA query_only = ON",
    "postgresql": "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
}
FULL = "PRAGMA max_page_count = 1"  # as many as there are, then


def execute_first(app: Flask, statement: str) -> None:
    """Have every new connection of the application execute a statement first."""
    engine = app.extensions["database"].engine
    engine.dispose()

    def prepare(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        cursor.execute(statement)
        cursor.close()
        if engine.dialect.name == "postgresql":
            connection.commit()

    event.listen(engine, "connect", prepare)


@pytest.fixture
def tagged(session: Session, room: Room) -> Room:
    """Give a room with one annotation."""
    add_annotation(session, room.annotator, room.article)
    return room


def send(client: PageClient, room: Room, token: str, note: str) -> tuple[int, str]:
    fields = {
        "quote": "It floods every spring",
        "tag": "claim",
        "client_key": "k",
        "note": note,
        "csrf_token": token,
    }
    address = f"/projects/first/articles/{room.article.id}/annotations"
    answer = client.post(address, data=fields)
    return answer.status_code, answer.text


def test_a_database_that_may_only_be_read_is_said_and_read_and_exported(
    app: Flask,
    client: PageClient,
    session: Session,
    tagged: Room,
    caplog: pytest.LogCaptureFixture,
) -> None:
    sign_in(client, session, tagged.owner.account)
    token = csrf_token(client)
    program = ApiClient(app, add_token(session, tagged.owner.account))
    execute_first(app, READ_ONLY[session.get_bind().dialect.name])
    status, page = send(client, tagged, token, "What I typed.")
    assert status == 503
    assert "can only be read" in page
    assert "What I typed." in page
    assert client.get(f"/projects/first/articles/{tagged.article.id}").status_code == 200
    with caplog.at_level(logging.ERROR):
        answer = client.get("/projects/first/annotations.csv")
    assert answer.text.count("The council must close the road.") >= 1
    assert "is not recorded" in caplog.text
    address = f"/api/v1/projects/first/articles/{tagged.article.id}/annotations"
    assert program.ask("GET", "/api/v1/projects/first/annotations").status_code == 200
    refused = program.ask("POST", address, json={"quote": "It floods", "tag": "claim"})
    assert (refused.status_code, "can only be read" in refused.json["detail"]) == (503, True)
    caplog.clear()
    with caplog.at_level(logging.ERROR):
        done = app.test_cli_runner().invoke(args=["annotations", "export"])
    assert done.exit_code == 0
    assert "The council must close the road." in done.stdout
    assert "is not recorded" in caplog.text


@pytest.mark.sqlite_only
def test_a_full_disk_is_called_a_full_disk(
    app: Flask, client: PageClient, session: Session, tagged: Room
) -> None:
    sign_in(client, session, tagged.owner.account)
    token = csrf_token(client)
    execute_first(app, FULL)
    status, page = send(client, tagged, token, "Many words. " * 800)
    assert status == 503
    assert "The disk of the server is full" in page
    assert "Many words. Many words." in page
    assert client.get("/projects/first/annotations.csv").status_code == 200


@contextmanager
def no_file_grows() -> Iterator[None]:
    """Have each write to a file fail, with an error that does not say that the disk is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.sqlite_only
def test_a_disk_that_takes_nothing_is_called_that_and_what_is_there_is_exported(
    client: PageClient,
    session: Session,
    tagged: Room,
    caplog: pytest.LogCaptureFixture,
) -> None:
    sign_in(client, session, tagged.owner.account)
    token = csrf_token(client)
    with no_file_grows(), caplog.at_level(logging.ERROR):
        status, page = send(client, tagged, token, "What I typed.")
        answer = client.get("/projects/first/annotations.csv")
    assert status == 503
    assert "The disk of the server fails" in page
    assert "What I typed." in page
    assert "The council must close the road." in answer.text
    assert "disk I/O error" in caplog.text


@pytest.mark.postgres
def test_what_postgresql_says_is_read_by_its_code(
    postgres: PostgresServer, kept_postgres: str
) -> None:
    database = Database(postgres.url(kept_postgres))
    for code, expected in (
        ("53100", WriteFault.FULL),
        ("25006", WriteFault.READ_ONLY),
        ("58030", WriteFault.FAILING),
        ("40001", None),
    ):
        with pytest.raises(DBAPIError) as raised, database.session() as session:
            session.execute(text(f"DO $$ BEGIN RAISE SQLSTATE '{code}'; END $$"))
        assert write_fault(raised.value) is expected
    database.dispose()


@pytest.mark.postgres
def test_the_start_warns_and_goes_on(
    postgres: PostgresServer, migrated_postgresql: str, tmp_path: Path
) -> None:
    name = postgres.create_database(migrated_postgresql)
    url = postgres.url(name)
    given = {"DATABASE_URL": url, "DATA_DIR": str(tmp_path), "SEED_DIRS": str(tmp_path)}
    said: list[str] = []
    prepare(Config.from_env(given), echo=said.append)  # so that nothing is left to load
    said.clear()
    database = Database(url)
    with database.session() as session:
        session.execute(text(f"ALTER DATABASE {name} SET default_transaction_read_only = on"))
        session.commit()
    database.dispose()
    prepare(Config.from_env(given), echo=said.append)
    assert said == [f"Warning: {WriteFault.READ_ONLY} Gloss starts all the same."]
    postgres.drop_database(name)


@contextmanager
def changed(app: Flask, change: str, back: str) -> Iterator[None]:
    """Have the tables of the database otherwise for a while."""
    execute(app, change)
    yield
    execute(app, back)


def execute(app: Flask, statement: str) -> None:
    with app.extensions["database"].writing() as writing:
        writing.execute(text(statement))
        writing.commit()


MISSING = (
    "ALTER TABLE sessions RENAME TO other_sessions",
    "ALTER TABLE other_sessions RENAME TO sessions",
)
OTHER = (
    "ALTER TABLE accounts RENAME COLUMN colour TO other_colour",
    "ALTER TABLE accounts RENAME COLUMN other_colour TO colour",
)
OLDER = (
    "UPDATE alembic_version SET version_num = '0' || version_num",
    "UPDATE alembic_version SET version_num = substr(version_num, 2)",
)


def test_tables_that_are_missing_or_of_another_version_are_called_that(
    app: Flask,
    client: PageClient,
    session: Session,
    tagged: Room,
    caplog: pytest.LogCaptureFixture,
) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    sign_in(client, session, tagged.owner.account)
    address = f"/projects/first/articles/{tagged.article.id}"
    assert client.get("/ready").status_code == 200
    with changed(app, *MISSING), caplog.at_level(logging.ERROR):
        answer, ready = client.get(address), client.get("/ready")
    assert answer.status_code == ready.status_code == 503
    assert "The tables of the database are missing, or are not those of this version" in answer.text
    assert "Tell whoever runs the server" in answer.text
    assert "The tables of the database are missing" in ready.text
    assert "stop Gloss and start it again" in caplog.text
    with changed(app, *OTHER):
        assert "an error that is ours" in client.get(address).text
        with changed(app, *OLDER):
            assert "not those of this version" in client.get(address).text
    assert client.get(address).status_code == 200
