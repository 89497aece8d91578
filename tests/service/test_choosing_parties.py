"""From what is typed while tagging to parties and positions: names, aliases, and what is near."""

import pytest
from sqlalchemy.orm import Session

from app.core.choosing import Chosen
from app.core.errors import Forbidden, Invalid
from app.parties.models import Named, Party, Position
from app.parties.service.choosing import UnknownNamed, choose
from app.parties.service.names import archive
from tests.harness.builders import Room, add_party, add_position


def chosen(session: Session, room: Room, model: type[Named], **typed: str) -> str:
    answers = (typed.pop("answer"),) if "answer" in typed else ()
    choice = Chosen(ids=typed.get("ids", ""), names=typed.get("names", ""), answers=answers)
    return choose(session, model, actor=room.annotator, chosen=choice, field="party_name")


def test_a_name_is_found_whatever_its_case_and_accents(session: Session, room: Room) -> None:
    mara = add_party(session, room.annotator, "Mara Sałkind")
    port = add_party(session, room.annotator, "Port")
    assert chosen(session, room, Party, names=" mara  salkind ") == str(mara.id)
    assert chosen(session, room, Party, names="PORT; Mara Sałkind;port") == f"{port.id};{mara.id}"
    assert chosen(session, room, Party, ids=str(port.id), names="") == str(port.id)


def test_a_position_is_one_sentence_with_or_without_its_full_stop(
    session: Session, room: Room
) -> None:
    typed = "The harbour stays public; nobody buys it."
    position = add_position(session, room.annotator, typed)
    assert position.sentence == typed
    assert chosen(session, room, Position, names=typed.rstrip(".").upper()) == str(position.id)


def test_an_unknown_name_comes_back_with_the_nearest_and_is_made_where_that_is_said(
    session: Session, room: Room
) -> None:
    mara = add_party(session, room.annotator, "Mara Lindqvist")
    add_party(session, room.annotator, "Harbour Board")
    with pytest.raises(UnknownNamed, match="no party of this name yet") as caught:
        chosen(session, room, Party, ids="7", names="Mara Lindquist")
    (unknown,) = caught.value.unknown
    assert (caught.value.field, caught.value.ids) == ("party_name", "7")
    assert (unknown.name, list(unknown.nearest)) == ("Mara Lindquist", [mara])
    made = chosen(session, room, Party, answer=unknown.new)
    party = session.get_one(Party, int(made))
    assert (party.name, party.kind) == ("Mara Lindquist", "")
    assert chosen(session, room, Party, answer=unknown.new) == made
    assert chosen(session, room, Party, answer=str(mara.id)) == str(mara.id)
    assert chosen(session, room, Party, answer="") == ""


def test_what_is_archived_cannot_be_given(session: Session, room: Room) -> None:
    port = add_party(session, room.annotator, "Port")
    archive(session, Party, actor=room.curator, row_id=port.id)
    with pytest.raises(Invalid, match="“Port” is archived"):
        chosen(session, room, Party, names="port")
    with pytest.raises(UnknownNamed) as caught:
        chosen(session, room, Party, names="Ports")
    assert not caught.value.unknown[0].nearest


def test_only_who_may_tag_makes_what_is_new(session: Session, room: Room) -> None:
    choice = Chosen(ids="", answers=("new:Port",))
    with pytest.raises(Forbidden, match="make parties and positions"):
        choose(session, Party, actor=room.reader, chosen=choice, field="party_name")
