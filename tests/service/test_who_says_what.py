"""What an annotation says of who says it: party, addressees, position and side."""

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.annotations.content import said_of, shown_of
from app.annotations.models import Annotation, AnnotationAddressee
from app.annotations.pages.event_text import called_in, describe, tell_undone
from app.annotations.queries.anchors import PassageQuery
from app.annotations.queries.verify import verify
from app.annotations.service import annotations
from app.annotations.service.duplicates import DuplicateAnnotation
from app.annotations.service.undo import redo, undo
from app.annotations.state import AnnotationState
from app.core.errors import Conflict, Invalid
from app.events.models import Event
from app.parties.models import Party, Position
from app.projects.models import Member
from app.statements.queries.uses import list_said
from tests.harness.builders import (
    Room,
    add_annotation,
    add_party,
    add_position,
    add_room,
    correct,
)

QUOTE = "The council must close the road."


def save(session: Session, room: Room, made: Annotation, **typed: str) -> None:
    annotations.change(
        session,
        actor=room.annotator,
        annotation_id=made.id,
        version=made.version,
        asked=None,
        **typed,
    )
    session.commit()


def history(session: Session, made: Annotation) -> list[str]:
    query = select(Event).where(Event.annotation_id == made.id).order_by(Event.id)
    events = session.scalars(query).all()
    called = called_in(session, events)
    return [describe(event, called) for event in events]


def addressed(session: Session, made: Annotation) -> set[int]:
    query = select(AnnotationAddressee.party_id)
    return set(session.scalars(query.where(AnnotationAddressee.annotation_id == made.id)))


def fields_of(made: Annotation) -> tuple[object, ...]:
    return made.party_id, made.addressees, made.position_id, made.side


@pytest.fixture
def mara(session: Session, room: Room) -> Party:
    return add_party(session, room.annotator, "Mara Lind")


@pytest.fixture
def council(session: Session, room: Room) -> Party:
    return add_party(session, room.annotator, "Council")


@pytest.fixture
def closing(session: Session, room: Room) -> Position:
    return add_position(session, room.annotator, "The road is closed.")


def test_every_field_is_kept_told_found_undone_and_done_again(
    session: Session, room: Room, mara: Party, council: Party, closing: Position
) -> None:
    made = add_annotation(session, room.annotator, room.article, QUOTE, tag="demand")
    save(session, room, made, party=str(mara.id))
    save(session, room, made, addressees=f"{council.id};{mara.id}")
    save(session, room, made, addressees=str(council.id))
    save(session, room, made, position=str(closing.id), side="for")
    save(session, room, made, side="against")
    save(session, room, made, party=str(council.id), position="")
    save(session, room, made, party="", addressees="", side="")
    assert history(session, made)[1:] == [
        "said that “Mara Lind” demands this",
        "said that this is demanded of “Council”, “Mara Lind”",
        "no longer said that this is demanded of “Mara Lind”",
        "said that this is for “The road is closed.”",
        "said that this is against “The road is closed.”",
        (
            "changed who says this from “Mara Lind” to “Council”"
            " and took away what this is about, “The road is closed.”"
        ),
        (
            "no longer said that this is said by “Council”"
            " and no longer said that this is demanded of “Council” and took the side against away"
        ),
    ]
    said: list[str] = []
    for number in range(7):
        done = undo(
            session, actor=room.annotator, article_id=room.article.id, client_key=f"undo {number}"
        )
        session.commit()
        said.append(tell_undone(done.act))
        assert addressed(session, made) == {*made.addressees}
    assert said == [f"Who says what is as it was before: “{QUOTE}”"] * 7
    assert fields_of(made) == (None, (), None, "")
    for number in range(4):
        redo(session, actor=room.annotator, article_id=room.article.id, client_key=f"redo {number}")
    session.commit()
    assert fields_of(made) == (mara.id, (council.id,), closing.id, "for")
    assert addressed(session, made) == {council.id}
    assert list(verify(session)) == []


def test_what_is_made_with_its_fields_says_so(
    session: Session, room: Room, mara: Party, closing: Position
) -> None:
    made = add_annotation(
        session, room.annotator, room.article, party=mara, position=closing, side="for"
    )
    assert history(session, made) == [
        (
            "tagged as claim and said that “Mara Lind” claims this"
            " and said that this is for “The road is closed.”"
        )
    ]


def test_what_a_tag_lacks_is_kept_and_not_shown(
    session: Session, room: Room, mara: Party, council: Party
) -> None:
    made = add_annotation(
        session, room.annotator, room.article, tag="demand", party=mara, addressees=[council]
    )
    save(session, room, made, tag="claim")
    assert [one.addressees for one in list_said(session, room.reader, mara)] == [()]
    assert shown_of(AnnotationState.of(made))["addressees"] == ()
    assert said_of(made)["addressees"] == str(council.id)
    save(session, room, made, tag="demand")
    assert shown_of(AnnotationState.of(made))["addressees"] == (council.id,)


def test_who_saves_over_another_sees_both(
    session: Session, room: Room, mara: Party, council: Party
) -> None:
    made = add_annotation(session, room.annotator, room.article)

    def save_first_version(actor: Member, party: Party) -> None:
        annotations.change(
            session, actor=actor, annotation_id=made.id, version=1, party=str(party.id)
        )
        session.commit()

    save_first_version(room.curator, mara)
    with pytest.raises(annotations.EditConflict) as caught:
        save_first_version(room.annotator, council)
    assert said_of(caught.value.annotation)["party"] == str(mara.id)
    save_first_version(room.annotator, mara)
    assert made.version == 2


def test_the_same_tag_on_the_same_words_adds_who_says_it(
    session: Session, room: Room, mara: Party, council: Party
) -> None:
    made = add_annotation(session, room.annotator, room.article, party=mara)
    assert add_annotation(session, room.annotator, room.article).id == made.id
    assert add_annotation(session, room.annotator, room.article, party=mara).id == made.id
    for party, side in ((council, ""), (mara, "for")):
        with pytest.raises(DuplicateAnnotation):
            add_annotation(session, room.annotator, room.article, party=party, side=side)


def test_a_retry_with_other_fields_is_no_retry(
    session: Session, room: Room, mara: Party, council: Party
) -> None:
    def send(party: Party) -> Annotation:
        return annotations.create(
            session,
            actor=room.annotator,
            article_id=room.article.id,
            asked=PassageQuery(QUOTE),
            client_key="one key",
            tag="claim",
            party=str(party.id),
        )

    assert send(mara).id == send(mara).id
    with pytest.raises(Conflict, match="sent before, for something else"):
        send(council)


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("party", "1;2", "has one party"),
        ("party", "Mara", "names no party"),
        ("party", "999", "belongs to another project"),
        ("position", "1;2", "has one position"),
        ("position", "999", "belongs to another project"),
        ("addressees", ";".join(map(str, range(1, 22))), "at most 20 addressees; these are 21"),
        ("addressees", "999", "belongs to another project"),
        ("side", "neutral", "for, against"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(
    session: Session, room: Room, field: str, typed: str, message: str
) -> None:
    made = add_annotation(session, room.annotator, room.article)
    with pytest.raises(Invalid, match=message) as caught:
        save(session, room, made, **{field: typed})
    assert caught.value.field == field


def test_nothing_of_another_project_is_given(session: Session, room: Room) -> None:
    other = add_party(session, add_room(session, "second").annotator, "Mara Lind")
    made = add_annotation(session, room.annotator, room.article)
    with pytest.raises(Invalid, match="belongs to another project"):
        save(session, room, made, party=str(other.id))


def test_fields_go_along_into_a_corrected_text(
    session: Session, room: Room, mara: Party, council: Party, closing: Position
) -> None:
    made = add_annotation(
        session,
        room.annotator,
        room.article,
        QUOTE,
        tag="demand",
        party=mara,
        addressees=[council],
        position=closing,
        side="for",
    )
    correct(session, room.curator, room.article, f"A new beginning. {QUOTE}")
    session.refresh(made)
    assert made.quote == QUOTE
    assert fields_of(made) == (mara.id, (council.id,), closing.id, "for")
    assert history(session, made)[-1] == "took it along into a corrected text"
    assert list(verify(session)) == []


def test_verify_tells_what_is_of_another_project_or_not_found(
    session: Session, room: Room, mara: Party
) -> None:
    made = add_annotation(session, room.annotator, room.article, tag="demand", addressees=[mara])
    other = add_room(session, "second").annotator
    strays = {
        "party_id": add_party(session, other, "Other").id,
        "position_id": add_position(session, other, "Another.").id,
    }
    session.delete(session.get_one(AnnotationAddressee, (made.id, mara.id)))
    name = f"annotation {made.id}"
    # It forgets all that the session holds.
    assert list(verify(session)) == [f"{name}: it is not found by the addressees that it has"]
    session.rollback()
    session.execute(update(Annotation).values(strays))
    assert [line for line in verify(session) if "project" in line] == [
        f"{name}: it has a party of another project",
        f"{name}: it has a position of another project",
    ]
    session.rollback()
