"""A PostgreSQL that hangs: pages say so within limits of time, and the rest goes on."""

import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path

import psycopg
import pytest
from flask import Response
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app import create_app
from app.config import Config
from app.core import patience
from app.core.db import Database
from app.core.migrate import upgrade
from app.core.patience import LOCK_SECONDS, STATEMENT_SECONDS
from app.web.session import get_session
from tests.harness.postgres import PostgresServer, running_postgres
from tests.harness.programs import find_postgres
from tests.harness.server import LOOPBACK, RunningServer
from tests.harness.services import lack

pytestmark = pytest.mark.postgres

SLACK_SECONDS = 4.0  # on a machine with other work
# The server, as soon at the end of its patience as can be: a connection takes two seconds at least.
ANSWER_SECONDS = 3.0
CONNECT_SECONDS = 2
HASTY = f"""
import runpy
from app.core import patience
patience.ANSWER_SECONDS, patience.CONNECT_SECONDS = {ANSWER_SECONDS}, {CONNECT_SECONDS}
runpy.run_module("app.server", run_name="__main__")
"""
STYLE = re.compile(r'href="(/static/[^"]+\.css)"')


@pytest.fixture
def own_postgres() -> Iterator[PostgresServer]:
    """Give a PostgreSQL server that no other test uses."""
    binaries = find_postgres()
    if binaries is None:
        lack("PostgreSQL", "on the PATH or in Debian's folder of it (initdb and postgres)")
    with running_postgres(binaries) as server:
        yield server


@contextmanager
def hanging(server: PostgresServer) -> Iterator[None]:
    """Let every process of a PostgreSQL server stand still."""
    with psycopg.connect(f"host={server.folder} user=postgres dbname=postgres") as connection:
        pids = [pid for (pid,) in connection.execute("SELECT pid FROM pg_stat_activity")]
    pids.insert(0, int((server.folder / "cluster" / "postmaster.pid").read_text().split("\n")[0]))
    stopped = []
    try:
        for pid in pids:
            try:
                os.kill(pid, signal.SIGSTOP)
            except ProcessLookupError:
                continue  # the one that was asked
            stopped.append(pid)
        yield
    finally:
        for pid in stopped:
            with suppress(ProcessLookupError):  # it had ended, and the first now saw to that
                os.kill(pid, signal.SIGCONT)


def ask(server: RunningServer, path: str) -> tuple[int, str, float]:
    """Return the status, the text and the seconds of an answer."""
    began = time.monotonic()
    with closing(HTTPConnection(LOOPBACK, server.port, timeout=90)) as connection:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read().decode(), time.monotonic() - began


def test_pages_say_that_the_database_hangs_and_files_keep_coming(
    tmp_path: Path, own_postgres: PostgresServer
) -> None:
    url = own_postgres.url(own_postgres.create_database())
    settings = {"DATABASE_URL": url}
    with RunningServer(tmp_path / "data", settings, program=("-c", HASTY)) as server:
        status, page, _ = ask(server, "/sign-up")
        assert status == 200
        found = STYLE.search(page)
        assert found is not None
        with hanging(own_postgres):
            status, words, took = ask(server, "/sign-up")
            assert status == 503
            assert "Nothing was lost; try again in a moment." in words
            assert f'href="{found[1]}"' in words
            assert took < ANSWER_SECONDS + CONNECT_SECONDS + SLACK_SECONDS
            status, _, took = ask(server, "/sign-up")
            assert status == 503
            assert took < CONNECT_SECONDS + SLACK_SECONDS
            for path in (found[1], "/health"):
                status, _, took = ask(server, path)
                assert status == 200
                assert took < SLACK_SECONDS
            assert ask(server, "/ready")[0] == 503
        deadline = time.monotonic() + 20
        while (status := ask(server, "/sign-up")[0]) != 200:
            assert time.monotonic() < deadline, status
            time.sleep(0.2)


def test_a_statement_without_an_answer_is_given_up_and_the_next_one_works(
    postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "ANSWER_SECONDS", 0.5)
    url = postgres.url(postgres.create_database())
    database = Database(url, is_serving=True)
    began = time.monotonic()
    with database.session() as session, pytest.raises(OperationalError, match="no answer within"):
        session.execute(text("SELECT pg_sleep(10)"))
    assert time.monotonic() - began < SLACK_SECONDS
    with database.session() as session:
        assert session.scalar(text("SELECT 1")) == 1
    database.dispose()


def test_what_takes_long_by_nature_is_not_cut(
    postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "ANSWER_SECONDS", 0.2)
    url = postgres.url(postgres.create_database())

    def limits_of(database: Database) -> list[str | None]:
        with database.session() as session:
            names = ("lock_timeout", "statement_timeout")
            return [session.scalar(text(f"SHOW {name}")) for name in names]

    patient, serving = Database(url), Database(url, is_serving=True)
    with patient.session() as session:
        session.execute(text("SELECT pg_sleep(0.6)"))
    assert limits_of(patient)[1] == "0"
    assert limits_of(serving) == [f"{LOCK_SECONDS}s", f"{STATEMENT_SECONDS}s"]
    patient.dispose()
    serving.dispose()


def test_an_answer_is_not_lost_with_a_connection_that_breaks_after_it(
    postgres: PostgresServer, tmp_path: Path
) -> None:
    url = postgres.url(postgres.create_database())
    upgrade(url)
    app = create_app(Config.from_env({"DATABASE_URL": url, "DATA_DIR": str(tmp_path)}))
    database: Database = app.extensions["database"]

    @app.after_request
    def break_connection(response: Response) -> Response:
        pid = get_session().scalar(text("SELECT pg_backend_pid()"))
        with database.session() as other:
            other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
        return response

    for _ in range(3):
        answer = app.test_client().get("/sign-up")
        assert (answer.status_code, "Create account" in answer.text) == (200, True)
    database.dispose()
