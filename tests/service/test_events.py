"""The events are kept as they were recorded, whoever asks for something else."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.annotations.queries.verify import verify
from app.annotations.service import annotations
from app.events.models import KEPT, Event
from app.events.service import record
from app.events.subjects import Subject
from tests.harness.builders import Room, add_annotation

EMPTYING = "TRUNCATE events CASCADE"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET kind = 'annotation.deleted'",
        "UPDATE events SET account_id = NULL WHERE id = 1",
        "DELETE FROM events",
        "DELETE FROM events WHERE id = 1",
        EMPTYING,
    ],
)
def test_the_database_refuses_to_change_or_delete_an_event(
    session: Session, room: Room, statement: str
) -> None:
    if statement == EMPTYING and session.get_bind().dialect.name == "sqlite":
        statement = "DELETE FROM events WHERE TRUE"  # SQLite has no TRUNCATE
    add_annotation(session, room.annotator, room.article)
    before = [(event.id, event.kind, event.account_id) for event in session.scalars(select(Event))]
    with pytest.raises(DBAPIError, match=KEPT):
        session.execute(text(statement))
    session.rollback()
    after = [(event.id, event.kind, event.account_id) for event in session.scalars(select(Event))]
    assert after == before


def test_nor_does_it_let_a_model_be_changed(session: Session, room: Room) -> None:
    add_annotation(session, room.annotator, room.article)
    session.scalars(select(Event)).all()[-1].kind = "annotation.deleted"
    with pytest.raises(DBAPIError, match=KEPT):
        session.commit()


def test_an_event_of_another_kind_about_something_else_disturbs_nothing(
    session: Session, room: Room
) -> None:
    """No rule hangs on how its kind begins: neither what is a conflict, nor what is sound."""
    made = add_annotation(session, room.annotator, room.article)
    link = Subject("link", 7, article_id=room.article.id, annotation_id=made.id)
    record(session, room.curator, "annotation.linked", link, after={"to": 9})
    changed = annotations.change(
        session, actor=room.annotator, annotation_id=made.id, version=1, note="a note"
    )
    record(session, room.curator, "annotation.linked", link, after={"to": 8})
    with pytest.raises(annotations.EditConflict):
        annotations.change(
            session, actor=room.curator, annotation_id=made.id, version=1, note="mine"
        )
    session.commit()
    assert changed.version == 2
    assert list(verify(session)) == []
