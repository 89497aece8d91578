"""`verify` finds each kind of damage, names it, and ends with code 1."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.annotations.service import annotations
from app.articles.models import Article
from app.core.db import Database
from app.projects.models import Member
from app.text.document import Inline, InlineKind, Piece
from tests.harness.builders import (
    TEXT,
    Room,
    add_annotation,
    add_article,
    add_project,
    add_theme,
    correct,
)

SOUND = "Every quote equals its text, and every event has its row.\n"


def drop_triggers(execute: Callable[[str], object]) -> None:
    """Let a SQLite database take what it would refuse: a change of its events."""
    for past in ("changed", "deleted"):
        execute(f"DROP TRIGGER events_are_not_{past}")


@contextmanager
def without_foreign_keys(database: Database) -> Iterator[Callable[[str], object]]:
    """Give what runs a statement that the database itself would refuse."""
    is_sqlite = database.engine.dialect.name == "sqlite"
    switch = "PRAGMA foreign_keys = {}" if is_sqlite else "SET session_replication_role = {}"
    with database.engine.connect() as connection:
        connection.rollback()
        raw = connection.connection.driver_connection
        assert raw is not None
        cursor = raw.cursor()
        if is_sqlite:
            drop_triggers(cursor.execute)
        cursor.execute(switch.format("OFF" if is_sqlite else "replica"))
        yield cursor.execute
        cursor.execute(switch.format("ON" if is_sqlite else "DEFAULT"))
        raw.commit()


def verify(app: Flask) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["verify"])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


@pytest.fixture
def damage(session: Session, room: Room) -> Callable[[str], None]:
    """Give what damages a database of one annotation with a history, by a statement of SQL."""
    themes = [add_theme(session, room.annotator, name) for name in ("ports", "fishing")]
    quote = "It floods every spring"
    made = add_annotation(session, room.annotator, room.article, quote, themes=themes[:1])
    annotations.change(
        session, actor=room.annotator, annotation_id=made.id, version=1, note="a note"
    )
    session.commit()

    def run(statement: str) -> None:
        if "events" in statement:
            drop_triggers(lambda drop: session.execute(text(drop)))
        session.execute(text(statement))
        session.commit()

    return run


def test_a_database_in_use_is_sound(app: Flask, session: Session, room: Room) -> None:
    made = add_annotation(session, room.annotator, room.article, "every spring, and nobody")
    across = "repairs it.\n\n“We have no money,”"
    over = add_annotation(session, room.curator, room.article, across, tag="demand")
    annotations.delete(session, actor=room.annotator, annotation_id=made.id, version=1)
    annotations.restore(session, actor=room.annotator, annotation_id=made.id)
    annotations.delete(session, actor=room.curator, annotation_id=over.id, version=1)
    pieces = [Piece("See it", inlines=(Inline(0, 3, InlineKind.STRONG),)), Piece("x")]
    add_article(session, pieces)
    assert verify(app) == (0, SOUND)


def test_an_empty_database_is_sound(app: Flask) -> None:
    assert verify(app) == (0, SOUND)


DAMAGES = [
    ("UPDATE annotations SET quote = 'It flooded'", "annotation 1: its quote is not the text"),
    ("UPDATE annotations SET start = start + 1", "annotation 1: its quote is not the text"),
    ('UPDATE annotations SET "end" = 100000', "annotation 1: its place lies beyond the end"),
    ("UPDATE annotations SET prefix = 'x'", "annotation 1: its context is not the text"),
    ("UPDATE annotations SET suffix = ''", "annotation 1: its context is not the text"),
    ("UPDATE annotations SET last_block = 2", "annotation 1: it does not touch the blocks"),
    ("UPDATE annotations SET tag = 'demand'", "annotation 1: it is not what its last event"),
    ("UPDATE annotations SET note = ''", "annotation 1: it is not what its last event"),
    ("UPDATE annotations SET version = 7", "annotation 1: it is not what its last event"),
    (
        "UPDATE annotations SET deleted_at = created_at",
        "annotation 1: it is not what its last event",
    ),
    (
        "DELETE FROM events WHERE kind = 'annotation.created'",
        "annotation 1: no event says that it was made",
    ),
    (
        "UPDATE annotation_counts SET living = living + 1",
        "article 1: its sums of annotations are not what is there",
    ),
    (
        "UPDATE annotations SET themes = '2'",
        "annotation 1: it is not what its last event says",
    ),
    ("UPDATE themes SET name = 'quays'", "theme 1: it is not what its last event says"),
    (
        "DELETE FROM annotation_themes",
        "annotation 1: it is not found by the themes that it has",
    ),
    (
        "UPDATE annotation_counts SET with_note = 1 - with_note",
        "article 1: its sums of annotations are not what is there",
    ),
    (
        "UPDATE annotation_counts SET tagged_month = tagged_month + 1",
        "article 1: its sums of annotations are not what is there",
    ),
    ("DELETE FROM annotation_counts", "article 1: its sums of annotations are not what is there"),
    (
        "UPDATE articles SET current_revision_id = NULL",
        "article 1: what is read is not its newest revision",
    ),
    ("DELETE FROM events", "annotation 1: no event says that it was made"),
    (
        "DELETE FROM events WHERE kind = 'annotation.changed'",
        "annotation 1: it is not what its last event",
    ),
    (
        "UPDATE revisions SET text = replace(text, 'mayor', 'major')",
        "article 1, revision 1: its text does not fit its hash",
    ),
    ("DELETE FROM blocks WHERE number = 4", "article 1, revision 1: its blocks do not cover"),
    ("UPDATE blocks SET start = start + 1 WHERE number = 2", "its blocks do not cover"),
    (
        """INSERT INTO inlines (revision_id, start, "end", kind, target)
        VALUES (1, 75, 90, 'code', '')""",
        "article 1, revision 1: the code at 75 lies outside every block",
    ),
]


@pytest.mark.sqlite_only
@pytest.mark.parametrize(("statement", "said"), DAMAGES)
def test_damage_is_found(
    app: Flask, damage: Callable[[str], None], statement: str, said: str
) -> None:
    damage(statement)
    code, output = verify(app)
    assert code == 1
    assert said in output
    assert output.splitlines()[-1].startswith("Found ")


def test_an_annotation_in_another_articles_revision_is_found(
    app: Flask, session: Session, damage: Callable[[str], None]
) -> None:
    other = add_article(session)
    assert other.id == 2
    damage("UPDATE annotations SET article_id = 2")
    assert "annotation 1: its revision belongs to another article" in verify(app)[1]


def test_an_annotation_in_another_articles_project_is_found(
    app: Flask, session: Session, damage: Callable[[str], None]
) -> None:
    add_project(session, "second")
    damage("UPDATE annotations SET project_id = (SELECT max(id) FROM projects)")
    assert "annotation 1: its project is not that of its article" in verify(app)[1]


IN_REVISION_1 = "(SELECT min(event_id) FROM earlier_places)"
EARLIER_DAMAGES = [
    (
        f"""UPDATE events SET before = replace(before, '"It', '"At') WHERE id = {IN_REVISION_1}""",  # noqa: S608  (no value from outside)
        "annotation 1: its quote in revision 1 is not the text at its place",
    ),
    (
        f"UPDATE events SET before = NULL WHERE id = {IN_REVISION_1}",  # noqa: S608  (the same)
        "annotation 1: the event of its correction does not say what it was in revision 1",
    ),
]


@pytest.mark.sqlite_only
@pytest.mark.parametrize(("statement", "said"), EARLIER_DAMAGES)
def test_damage_of_what_a_corrected_revision_showed_is_found(
    app: Flask, session: Session, damage: Callable[[str], None], statement: str, said: str
) -> None:
    article = session.get_one(Article, 1)
    curator = session.scalars(select(Member).where(Member.role_name == "curator")).one()
    correct(session, curator, article, TEXT + "\n\nIt was mended.")
    damage(statement)
    code, output = verify(app)
    assert code == 1
    assert said in output


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE events SET annotation_id = 99 WHERE annotation_id = 1", "no annotation 99"),
        ("UPDATE events SET article_id = 99 WHERE article_id = 1", "no article 99"),
    ],
)
def test_an_event_without_its_row_is_found(
    app: Flask,
    database: Database,
    damage: Callable[[str], None],
    statement: str,
    said: str,
) -> None:
    damage("UPDATE annotations SET version = version")
    with without_foreign_keys(database) as execute:
        execute(statement)
    code, output = verify(app)
    assert code == 1
    assert f"there is {said}" in output
