"""What an event keeps of an annotation: a field more needs one line, and no event of before."""

from dataclasses import fields, replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.annotations.state import CLAIM, PLACE, AnnotationState, state_after, states_of
from app.events.models import Event, Snapshot
from tests.harness.builders import Room, add_annotation, add_comment
from tests.harness.later import LaterState

KEPT: Snapshot = {
    "tag": "claim",
    "note": "",
    "revision": 1,
    "start": 0,
    "end": 9,
    "quote": "The words",
    "block": 1,
    "deleted": False,
}
"""As the first version of Gloss wrote it."""
LATER: Snapshot = {"themes": [], "party": None, "addressees": [], "position": None, "side": ""}
"""What came later, as an annotation of then has it."""


def test_a_state_is_written_as_it_is_read() -> None:
    state = AnnotationState.from_json(KEPT)
    assert state.to_json() == {**KEPT, **LATER}
    assert AnnotationState.from_json(state.to_json()) == state
    with_themes = state.with_fields({"themes": (3, 17)})
    assert with_themes.to_json() == {**KEPT, **LATER, "themes": [3, 17]}
    assert AnnotationState.from_json({**KEPT, **LATER, "themes": [3, 17]}) == with_themes


def test_a_field_that_an_older_event_does_not_hold_has_its_default() -> None:
    later = LaterState.from_json(KEPT)
    assert later == LaterState(**KEPT)
    assert later.to_json() == {**KEPT, **LATER, "voice": "author"}
    assert LaterState.from_json({**KEPT, "voice": "quoted"}) != later


def test_a_field_that_only_a_later_event_holds_is_passed_over() -> None:
    assert AnnotationState.from_json({**KEPT, "voice": "quoted"}) == AnnotationState.from_json(KEPT)


def test_a_state_adds_to_another_what_is_said_in_any_field_and_not_there() -> None:
    mine = LaterState.from_json({**KEPT, "note": "mine"})
    for changes, adds in (
        ({}, False),
        ({"note": ""}, False),
        ({"start": 4, "block": 2}, False),
        ({"note": "another"}, True),
        ({"voice": "quoted"}, True),
        ({"themes": (3,)}, True),
    ):
        assert mine.with_fields(changes).adds_to(mine) is adds, changes
    assert not mine.adds_to(mine.with_fields({"voice": "quoted"}))
    more = mine.with_fields({"themes": (3, 17)})
    assert not mine.with_fields({"themes": (17,)}).adds_to(more)
    assert mine.with_fields({"themes": (4, 17)}).adds_to(more)


def test_what_an_older_event_kept_equals_an_annotation_that_has_the_default(
    session: Session, room: Room
) -> None:
    made = add_annotation(session, room.annotator, room.article)
    event = session.scalars(select(Event).where(Event.annotation_id == made.id)).one()
    made.voice = "author"  # type: ignore[attr-defined]  # the column of a later version
    later = LaterState.of(made)
    assert LaterState.from_json(event.after or {}) == later
    replace(later, voice="quoted", note="a note").write_content(made)
    assert (made.voice, made.note) == ("quoted", "a note")  # type: ignore[attr-defined]  # a later field


def test_the_names_of_place_and_claim_are_fields() -> None:
    assert {*PLACE, *CLAIM} <= {field.name for field in fields(AnnotationState)}


def test_what_is_said_of_an_annotation_is_no_state_of_it(session: Session, room: Room) -> None:
    made = add_annotation(session, room.annotator, room.article)
    add_comment(session, room.curator, made)
    first, *_rest, last = session.scalars(
        select(Event).where(Event.annotation_id == made.id).order_by(Event.id)
    )
    assert states_of(first) == (None, AnnotationState.of(made))
    assert states_of(last) == (None, None)
    with pytest.raises(ValueError, match="not about an annotation"):
        state_after(last)
