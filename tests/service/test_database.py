"""How the database is reached, and what is set on each connection to it."""

from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import text

from app import create_app
from app.config import Config
from app.core import db
from app.core.db import Database
from tests.harness.commands import run
from tests.harness.postgres import PostgresServer


@pytest.mark.postgres
def test_postgresql_compiles_no_query_before_it_runs_it(
    postgres: PostgresServer, kept_postgres: str
) -> None:
    """To compile the conditions on what is seen takes longer than all the rest of a page."""
    database = Database(postgres.url(kept_postgres))
    for opened in (database.session, database.writing):
        with opened() as session:
            assert session.scalar(text("SHOW jit")) == "off"
            session.rollback()
            assert session.scalar(text("SHOW jit")) == "off"
    database.dispose()


@pytest.mark.postgres
def test_connections_that_broke_while_they_rested_are_replaced(
    postgres: PostgresServer, kept_postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "IDLE_SECONDS", 0)
    database, other = (Database(postgres.url(kept_postgres)) for _ in range(2))
    sessions = [database.session() for _ in range(3)]
    broken = {session.scalar(text("SELECT pg_backend_pid()")) for session in sessions}
    for session in sessions:
        session.close()
    with other.session() as session:
        for number in broken:
            session.execute(text("SELECT pg_terminate_backend(:number, 5000)"), {"number": number})
    for _ in range(3):
        with database.session() as session:
            assert session.scalar(text("SELECT pg_backend_pid()")) not in broken
    database.dispose()
    other.dispose()


@pytest.mark.postgres
def test_of_several_servers_the_one_that_answers_is_used(
    postgres: PostgresServer, migrated_postgresql: str, tmp_path: Path
) -> None:
    hosts = ",".join(quote(str(folder), safe="") for folder in (tmp_path, postgres.folder))
    url = f"postgresql://postgres@{hosts}/{{}}?target_session_attrs=read-write"
    used, new = postgres.create_database(migrated_postgresql), postgres.create_database()
    app, other = (
        create_app(
            Config.from_env({"DATABASE_URL": url.format(name), "DATA_DIR": str(tmp_path / name)})
        )
        for name in (used, new)
    )
    backup = run(app, "backup")
    assert backup.exit_code == 0, backup.stderr
    assert run(other, "restore", backup.stdout.strip()).exit_code == 0
    assert run(other, "verify").exit_code == 0
    for made, name in ((app, used), (other, new)):
        made.extensions["database"].dispose()
        postgres.drop_database(name)
