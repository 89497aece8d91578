"""Backups while people work, restoring them, and moving from SQLite to PostgreSQL."""

import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from zipfile import ZipFile

import pytest
from flask import Flask
from sqlalchemy import delete, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app import create_app
from app.annotations.models import Annotation
from app.articles.models import Article
from app.config import Config
from app.core.db import Base, Database
from app.core.migrate import DatabaseState, state, upgrade
from app.discussion.models import Comment
from app.events.models import Event
from app.exports.queries.csv_file import csv_chunks
from app.exports.queries.rows import Selection
from app.projects.models import Member
from tests.harness.builders import (
    Room,
    add_annotation,
    add_comment,
    add_room,
    correct,
)
from tests.harness.commands import error, run
from tests.harness.correcting import NEW
from tests.harness.postgres import PostgresServer

ENOUGH = 20  # comments, before and after a backup under load
PATIENCE_SECONDS = 60.0


@pytest.fixture
def new_place(
    dialect: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Flask]]:
    """Give what makes an application on a database of the same kind without tables."""
    apps: list[Flask] = []
    names: list[str] = []

    def make(**settings: str) -> Flask:
        folder = tmp_path / f"new-{len(apps)}"
        url = f"sqlite:///{folder / 'gloss.sqlite3'}"
        if dialect == "postgresql":
            postgres: PostgresServer = request.getfixturevalue("postgres")
            names.append(postgres.create_database())
            url = postgres.url(names[-1])
        given = {"DATA_DIR": str(folder), "DATABASE_URL": url, **settings}
        apps.append(create_app(Config.from_env(given)))
        return apps[-1]

    yield make
    for app in apps:
        app.extensions["database"].dispose()
    for name in names:
        request.getfixturevalue("postgres").drop_database(name)


def made_backup(app: Flask, *options: str) -> Path:
    """Make a backup; return its path, which is all of standard output."""
    done = run(app, "backup", *options)
    assert done.exit_code == 0, done.stderr
    return Path(done.stdout.removesuffix("\n"))


def wait_until(is_so: Callable[[], bool]) -> None:
    """Wait for what another thread does."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.01)


def csv_of(app: Flask) -> bytes:
    """Return the CSV of the first project as somebody sees it who may see all."""
    return b"".join(csv_chunks(app.extensions["database"], Selection(1, "http://x")))


def tell_all(session: Session, room: Room) -> None:
    """Leave a row of most kinds behind."""
    first = add_annotation(session, room.annotator, room.article, note="Élan, 🙂 and “quotes”")
    add_comment(session, room.curator, first)
    correct(session, room.curator, room.article, NEW)
    add_annotation(session, room.owner, room.article, "nobody repairs it", tag="demand")
    session.commit()


# --- making and restoring ------------------------------------------------------------------------


def test_nothing_acknowledged_before_a_backup_under_load_is_missing_from_it(
    app: Flask, database: Database, session: Session, new_place: Callable[..., Flask]
) -> None:
    room = add_room(session)
    add_comment(session, room.curator, add_annotation(session, room.annotator, room.article))
    acknowledged: list[int] = []
    is_over = threading.Event()

    def tag() -> None:
        while not is_over.is_set():
            with database.writing() as writing:
                made = add_comment(writing, room.owner, writing.get_one(Annotation, 1))
                acknowledged.append(made.id)

    worker = threading.Thread(target=tag)
    worker.start()
    try:
        wait_until(lambda: len(acknowledged) >= ENOUGH)
        before = set(acknowledged)
        file = made_backup(app)
        count = len(acknowledged)
        wait_until(lambda: len(acknowledged) >= count + ENOUGH)  # it stopped nobody
    finally:
        is_over.set()
        worker.join()
    there = new_place()
    done = run(there, "restore", str(file))
    assert done.exit_code == 0, done.stderr
    with there.extensions["database"].session() as reading:
        assert before <= set(reading.scalars(select(Comment.id)))
    assert run(there, "verify").exit_code == 0


def test_a_restored_installation_is_the_same_and_goes_on(
    app: Flask, session: Session, new_place: Callable[..., Flask]
) -> None:
    room = add_room(session)
    tell_all(session, room)
    file = made_backup(app)
    there = new_place()
    assert run(there, "restore", str(file)).exit_code == 0
    assert csv_of(there) == csv_of(app)
    newest = session.scalar(select(func.max(Event.id))) or 0
    with there.extensions["database"].writing() as writing:
        member = writing.get_one(Member, (1, room.annotator.account_id))
        article = writing.get_one(Article, room.article.id)
        add_annotation(writing, member, article, "every spring")
        assert writing.scalar(select(func.max(Event.id))) == newest + 1
    with pytest.raises(DBAPIError), there.extensions["database"].writing() as writing:
        writing.execute(delete(Event))  # the triggers came along
    assert run(there, "verify").exit_code == 0


def test_a_backup_counts_and_hashes_what_is_in_it_and_is_its_owners_alone(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    tell_all(session, add_room(session))
    done = run(app, "backup", "--output", str(tmp_path / "kept"))
    file = Path(done.stdout.removesuffix("\n"))
    assert done.stdout.count("\n") == 1
    assert "The secret key is not in it" in done.stderr
    assert file.parent == tmp_path / "kept"
    assert file.stat().st_mode & 0o777 == 0o600
    assert [each for each in file.parent.iterdir() if each.is_dir()] == []
    with ZipFile(file) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        assert set(archive.namelist()) == {"manifest.json", *manifest["files"]}
        for name, fact in manifest["files"].items():
            content = archive.read(name)
            found = {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            assert found == fact
    assert manifest["rows"]["annotations"] == 2
    assert manifest["rows"]["events"] == session.scalar(select(func.count(Event.id)))


def test_the_secret_key_is_in_a_backup_where_it_is_asked_for(
    app: Flask, session: Session, new_place: Callable[..., Flask]
) -> None:
    add_room(session)
    done = run(app, "backup", "--with-secret-key")
    assert "The secret key is in it" in done.stderr
    file = done.stdout.strip()
    there = new_place()
    assert "The secret key is in" in run(there, "restore", file).stdout
    key_file = there.config["GLOSS"].key_file
    assert key_file.read_text().strip() == app.config["SECRET_KEY"]
    assert key_file.stat().st_mode & 0o777 == 0o600
    own = new_place(SECRET_KEY="a key of one's own, long enough to be one")
    assert "the key in the backup is not used" in run(own, "restore", file).stdout
    # Where a key is given, nothing is wrong with a backup without one.
    without = str(made_backup(app))
    assert "signs in again" in run(new_place(), "restore", without).stdout
    own = new_place(SECRET_KEY="a key of one's own, long enough to be one")
    assert run(own, "restore", without).stdout.count("\n") == 1


@pytest.mark.sqlite_only
def test_as_many_backups_stay_as_one_says(app: Flask, session: Session) -> None:
    add_room(session)
    made = [made_backup(app, "--keep", "2") for _ in range(4)]
    assert len(set(made)) == 4
    assert sorted(made[0].parent.glob("*.zip")) == sorted(made[2:])


# --- refusing -----------------------------------------------------------------------------------


def test_a_backup_is_not_restored_over_rows_or_into_another_kind_of_database(
    app: Flask,
    dialect: str,
    session: Session,
    make_config: Callable[..., Config],
    tmp_path: Path,
) -> None:
    add_room(session)
    file = str(made_backup(app))
    before = csv_of(app)
    assert "already holds tables" in error(run(app, "restore", file))
    assert csv_of(app) == before
    other = f"sqlite:///{tmp_path / 'other.sqlite3'}"
    if dialect == "sqlite":
        other = "postgresql://gloss@127.0.0.1:1/gloss"
    message = error(run(create_app(make_config(DATABASE_URL=other)), "restore", file))
    assert "Restore it into" in message


@pytest.mark.sqlite_only
def test_a_damaged_or_foreign_file_changes_nothing(
    app: Flask, session: Session, new_place: Callable[..., Flask], tmp_path: Path
) -> None:
    add_room(session)
    file = made_backup(app)
    changed: Mapping[str, Mapping[str, tuple[bytes, bytes] | None]] = {
        "no zip": {},
        "without a manifest": {"manifest.json": None},
        "newer": {"manifest.json": (b'"version": 1', b'"version": 2')},
        "other rows": {"manifest.json": (b'"projects": 1', b'"projects": 2')},
        "other bytes": {"database.sqlite3": (b"SQLite format 3", b"SQLite format 4")},
        "a missing file": {"database.sqlite3": None},
    }
    there = new_place()
    for name, changes in changed.items():
        bad = tmp_path / "bad.zip"
        if not changes:
            bad.write_bytes(b"PK, but no more")
        else:
            rewrite(file, bad, changes)
        message = error(run(there, "restore", str(bad)))
        known = ("not a backup made by Gloss", "A newer version of Gloss", "rows that the manifest")
        assert any(words in message for words in known), (name, message)
        assert state(there.config["GLOSS"].database_url) is DatabaseState.EMPTY, name
    assert run(there, "restore", str(file)).exit_code == 0


def rewrite(file: Path, target: Path, changes: Mapping[str, tuple[bytes, bytes] | None]) -> None:
    """Write a backup once more, with files left out (None), or with bytes replaced."""
    with ZipFile(file) as read, ZipFile(target, "w") as written:
        for name in read.namelist():
            change = changes.get(name, (b"", b""))
            if change is not None:
                content = read.read(name)
                written.writestr(name, content.replace(*change) if change[0] else content)


@pytest.mark.sqlite_only
def test_a_folder_that_cannot_be_written_and_a_missing_database_are_said(
    app: Flask, session: Session, make_config: Callable[..., Config], tmp_path: Path
) -> None:
    add_room(session)
    taken = tmp_path / "a file"
    taken.write_text("x")
    message = error(run(app, "backup", "--output", str(taken / "folder")))
    assert message.startswith("Error: The backup cannot be written to")
    nowhere = f"sqlite:///{tmp_path / 'nowhere.sqlite3'}"
    message = error(run(create_app(make_config(DATABASE_URL=nowhere)), "backup"))
    assert "There is no database" in message
    assert not (tmp_path / "nowhere.sqlite3").exists()


def test_a_database_without_tables_is_not_backed_up_and_pushes_no_backup_out(
    app: Flask, session: Session, new_place: Callable[..., Flask], tmp_path: Path
) -> None:
    add_room(session)
    session.commit()
    kept = made_backup(app, "--output", str(tmp_path / "out"))
    empty = new_place()
    error(run(empty, "accounts", "list"))  # it makes an empty file of SQLite
    message = error(run(empty, "backup", "--output", str(tmp_path / "out"), "--keep", "1"))
    assert "holds no tables of Gloss" in message
    assert "Check DATA_DIR and DATABASE_URL" in message
    assert list((tmp_path / "out").glob("*.zip")) == [kept]


@pytest.mark.postgres
@pytest.mark.sqlite_only
def test_a_postgresql_that_asks_for_a_password_is_backed_up_and_restored(
    postgres: PostgresServer, make_config: Callable[..., Config]
) -> None:
    names = [postgres.create_database() for _ in range(2)]
    urls = [postgres.url_with_password(name) for name in names]
    upgrade(urls[0])
    here, there = (create_app(make_config(DATABASE_URL=url)) for url in urls)
    done = run(there, "restore", str(made_backup(here)))
    assert done.exit_code == 0, done.stderr
    assert state(urls[1]) is DatabaseState.CURRENT
    for app, name in zip((here, there), names, strict=True):
        app.extensions["database"].dispose()
        postgres.drop_database(name)


# --- to PostgreSQL ------------------------------------------------------------------------------


@pytest.mark.postgres
@pytest.mark.sqlite_only
def test_an_installation_moves_from_sqlite_to_postgresql(
    app: Flask,
    session: Session,
    postgres: PostgresServer,
    make_config: Callable[..., Config],
) -> None:
    room = add_room(session)
    tell_all(session, room)
    name = postgres.create_database()
    done = run(app, "db", "copy", "--to", postgres.url(name))
    assert done.exit_code == 0, done.stderr
    total = sum(
        session.scalar(select(func.count()).select_from(table)) or 0
        for table in Base.metadata.tables.values()
    )
    assert f"Both have the same {total:,} rows." in done.stdout
    there = create_app(make_config(DATABASE_URL=postgres.url(name)))
    assert csv_of(there) == csv_of(app)
    assert run(there, "verify").exit_code == 0
    with there.extensions["database"].writing() as writing:
        member = writing.get_one(Member, (1, room.annotator.account_id))
        article = writing.get_one(Article, room.article.id)
        add_annotation(writing, member, article, "every spring")  # numbered after the others
    with pytest.raises(DBAPIError), there.extensions["database"].writing() as writing:
        writing.execute(delete(Event))  # the triggers are on again
    assert run(there, "verify").exit_code == 0
    again = error(run(app, "db", "copy", "--to", postgres.url(name)))
    assert "holds rows" in again
    assert "from SQLite" in error(run(app, "db", "copy", "--to", "sqlite:///x"))
    assert "not a database URL" in error(run(app, "db", "copy", "--to", "nonsense"))
    there.extensions["database"].dispose()
    postgres.drop_database(name)
