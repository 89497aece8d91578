"""The events are kept as they were recorded, whoever asks for something else."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.events.models import KEPT, Event
from tests.harness.builders import Room, add_annotation


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET kind = 'annotation.deleted'",
        "UPDATE events SET account_id = NULL WHERE id = 1",
        "DELETE FROM events",
        "DELETE FROM events WHERE id = 1",
    ],
)
def test_the_database_refuses_to_change_or_delete_an_event(
    session: Session, room: Room, statement: str
) -> None:
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
