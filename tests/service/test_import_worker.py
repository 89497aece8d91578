"""The process that reads and adds large files: it works by itself, and may be ended."""

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.core.db import Database
from app.imports.models import Import
from app.imports.service import imports, running
from app.imports.views import WORKER, WORKER_URL
from app.integrations.background import Job
from tests.harness.builders import Room

PATIENCE = 60.0  # seconds


def start(database: Database, url: str, import_id: int, run: int) -> Job:
    on_end = partial(running.note_end, database, import_id, run)
    return Job(WORKER, [str(import_id), str(run)], {WORKER_URL: url}, on_end)


def wait_for(is_so: Callable[[], object]) -> None:
    until = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.02)


def begin(session: Session, room: Room) -> Import:
    made = imports.begin(
        session,
        actor=room.curator,
        file_name="x.csv",
        file_format="csv",
        content=b"article_id,tag,quote\n1,claim,money\n1,demand,time\n",
    )
    session.commit()
    return made


def count(session: Session) -> int:
    session.rollback()
    return session.scalars(select(func.count()).select_from(Annotation)).one()


@pytest.mark.sqlite_only
def test_a_process_reads_and_adds(
    database: Database, database_url: str, session: Session, room: Room
) -> None:
    one = begin(session, room)
    assert start(database, database_url, one.id, 1).wait(PATIENCE)
    session.refresh(one)
    assert (one.state, one.problem, one.done, one.total) == (imports.READY, "", 2, 2)
    run = imports.go_on(session, actor=room.curator, import_id=one.id)
    session.commit()
    assert start(database, database_url, one.id, run).wait(PATIENCE)
    session.refresh(one)
    assert (one.state, one.problem, count(session)) == (imports.ADDED, "", 2)


@pytest.mark.sqlite_only
def test_one_that_is_killed_has_added_nothing_and_can_be_started_again(
    database: Database,
    database_url: str,
    session: Session,
    room: Room,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SECRET_KEY", "k" * 40)
    one = begin(session, room)
    running.run_import(database, one.id, 1)
    run = imports.go_on(session, actor=room.curator, import_id=one.id)
    session.commit()
    with database.writing() as other:
        other.scalar(select(func.count()).select_from(Annotation))  # nobody else writes now
        job = start(database, database_url, one.id, run)
        wait_for(lambda: job.process)
        assert job.process is not None
        assert not job.wait(2.0)
        environ = Path(f"/proc/{job.process.pid}/environ").read_bytes()
        assert b"PATH=" in environ
        assert b"SECRET_KEY" not in environ
        job.process.kill()
    assert job.wait(PATIENCE)
    session.refresh(one)
    assert (one.state, one.problem, count(session)) == (imports.READY, running.FAILED, 0)
    again = imports.go_on(session, actor=room.curator, import_id=one.id)
    session.commit()
    running.run_import(database, one.id, again)
    assert count(session) == 2
