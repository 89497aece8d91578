"""Who says it, to whom, and the position, on cards: given, proposed, repeated, asked about."""

import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.annotations.service import annotations as service
from app.events.models import Event
from app.parties.models import Affiliation, Party, Position
from app.parties.service import aliases, names
from app.projects.roles import Role
from tests.harness.builders import (
    Room,
    add_annotation,
    add_member,
    add_party,
    add_position,
    add_theme,
    csrf_token,
    sign_in,
)
from tests.harness.pages import PageClient, read, values_of

NAMES = "/projects/first/articles/1/names"


def post(client: PageClient, path: str, **fields: str | list[str]) -> tuple[int, str]:
    """Send a form, and return the status and the page, or where it leads."""
    answer = client.post(path, data={"csrf_token": csrf_token(client), **fields})
    return answer.status_code, answer.headers.get("Location", answer.text)


def form_values(page: str) -> dict[str, str]:
    """Return what the form of a card sends as it stands."""
    form = read(page).find(".//form[@class='note-form']")
    assert form is not None
    return dict(values_of(form))


def saved(session: Session, annotation: Annotation) -> tuple[object, ...]:
    """Return who says it, to whom, the position and the side."""
    session.rollback()
    session.refresh(annotation)
    party = session.get(Party, annotation.party_id) if annotation.party_id else None
    position = session.get(Position, annotation.position_id) if annotation.position_id else None
    addressees = [session.get_one(Party, each).name for each in annotation.addressees]
    return (
        party.name if party else "",
        ";".join(addressees),
        position.sentence if position else "",
        annotation.side,
    )


def test_names_are_given_by_one_save_and_new_ones_asked_about_together(
    me: PageClient, session: Session, room: Room
) -> None:
    port = add_party(session, room.curator, "Ports Authority")
    made = add_annotation(session, room.annotator, room.article, tag="demand")
    path = f"/annotations/{made.id}"
    typed = {
        "note": "heard",
        "party_name": "Branch No. 4",
        "addressee_names": "ports autority; PORTS authority",
        "position_name": "- No toll on the bridge.",
        "theme_names": "money",
    }
    status, page = post(me, path, version="1", **typed)
    assert status == 422
    for asked in ("Branch No. 4", "ports autority", "No toll on the bridge.", "money"):
        assert f"“{asked}” yet</label>" in page
    assert f'<option value="{port.id}">Ports Authority</option>' in page
    assert "heard</textarea>" in page
    values = form_values(page)
    assert (values["party_name"], values["side"]) == ("Branch No. 4", "against")
    assert values["addressees"] == str(port.id)
    assert not saved(session, made)[0]
    answers = {
        "party_answer": "new:Branch No. 4",
        "addressee_answer": str(port.id),
        "position_answer": "new:No toll on the bridge.",
        "theme_answer": "new:money",
    }
    assert post(me, path, **{**values, **answers})[0] == 303
    everything = ("Branch No. 4", "Ports Authority", "No toll on the bridge.", "against")
    assert saved(session, made) == everything
    # What was archived since stays where it is said already, and cannot be given again.
    names.archive(session, Party, actor=room.curator, row_id=made.party_id or 0)
    session.commit()
    values = form_values(me.get(f"{path}/card").text)
    assert post(me, path, **{**values, "note": "Twice."})[0] == 303
    assert saved(session, made) == everything
    other = add_annotation(session, room.annotator, room.article, "said the mayor")
    status, page = post(me, f"/annotations/{other.id}", version="1", party_name="branch no. 4")
    assert (status, "“Branch No. 4” is archived" in page) == (422, True)
    # What is given without the ids of those that are there stands beside them.
    mara = str(add_party(session, room.annotator, "Mara Lind").id)
    for given in ({"addressee_answer": mara}, {"addressee_drop": mara}):
        assert post(me, path, version=str(made.version), **given)[0] == 303
        told = everything[1] if "addressee_drop" in given else "Ports Authority;Mara Lind"
        assert saved(session, made)[1] == told
    # An emptied field takes away; a chip takes off one.
    values = form_values(me.get(f"{path}/card").text)
    assert post(me, path, **{**values, "party_name": "", "side": ""})[0] == 303
    assert saved(session, made)[0] == ""
    version, ids = str(made.version), str(port.id)
    assert post(me, path, version=version, addressees=ids, addressee_drop=ids)[0] == 303
    assert saved(session, made) == ("", "", "No toll on the bridge.", "")
    history = me.get(f"{path}/history").text
    assert "said that “Branch No. 4” demands this" in history.replace("\u2068", "").replace(
        "\u2069", ""
    )


def test_a_passage_is_tagged_with_all_that_it_says(
    me: PageClient, session: Session, room: Room
) -> None:
    add_party(session, room.curator, "Mara Lind")
    page = me.get("/projects/first/articles/1/tag")
    fields = {
        "quote": "nobody repairs it",
        "tag": "claim",
        "party_name": "mara lind",
        "position_name": "+The road floods.",
    }
    to = "/projects/first/articles/1/annotations"
    asked = me.submit(page, to, fields)
    assert asked.status_code == 422
    answer = me.submit(asked, to, {"position_answer": "new:The road floods."})
    assert answer.status_code == 303
    made = session.scalars(select(Annotation)).one()
    assert saved(session, made) == ("Mara Lind", "", "The road floods.", "for")


def test_a_conflict_shows_both_versions_and_a_change_of_tag_keeps_all(
    me: PageClient, session: Session, room: Room
) -> None:
    port, union = (add_party(session, room.curator, name) for name in ("Port", "Union"))
    toll = add_position(session, room.curator, "No toll.")
    made = add_annotation(session, room.annotator, room.article, tag="demand", addressees=[port])
    path = f"/annotations/{made.id}"
    service.change(
        session, actor=room.curator, annotation_id=made.id, version=1, party=str(port.id)
    )
    session.commit()
    status, page = post(
        me, path, version="1", party=str(union.id), position=str(toll.id), side="for"
    )
    assert status == 409
    now, yours = re.findall(r"<p><b>(?:Now|Yours):</b>(.*?)</p>", page)
    assert "Who: <bdi>Port</bdi>. To whom: <bdi>Port</bdi>" in now
    assert "Who: <bdi>Union</bdi>. Position: " in yours
    assert "<bdi>No toll.</bdi>" in yours
    assert post(me, path, **form_values(page))[0] == 303
    assert saved(session, made) == ("Union", "Port", "No toll.", "for")
    assert post(me, path, version=str(made.version), tag="claim")[0] == 303
    page = me.get(f"{path}/card").text
    assert "To whom" not in page
    assert post(me, path, version=str(made.version + 1), tag="demand")[0] == 303
    assert saved(session, made) == ("Union", "Port", "No toll.", "for")
    # Who only reads sees it in words, and names no party of another project.
    sign_in(me, session, room.reader.account)
    page = me.get(f"{path}/card").text
    assert "Who: <bdi>Union</bdi>" in page
    assert "To whom: <bdi>Port</bdi>" in page


def offered(client: PageClient, kind: str, typed: str) -> list[str]:
    """Return what is offered for words that are typed."""
    page = client.get(f"{NAMES}/{kind}", query_string={"q": typed}).text
    items = re.findall(r"<li[^>]*>(.*?)</li>", page)
    return [re.sub(r"<.*?>", "", each) for each in items]


def test_names_are_offered_by_their_words_and_what_is_used_here_first(
    me: PageClient, session: Session, room: Room
) -> None:
    made = {
        name: add_party(session, room.curator, name, kind)
        for name, kind in (
            ("Ärzte am Hafen", "organization"),
            ("Hafenamt", "organization"),
            ("Port Office", ""),
            ("Mara Lind", "person"),
        )
    }
    made["Mara Lind"].affiliations = [Affiliation(organization_id=made["Port Office"].id)]
    session.commit()
    aliases.merge(
        session,
        Party,
        actor=room.curator,
        row_id=made["Port Office"].id,
        into_id=made["Hafenamt"].id,
    )
    session.commit()
    assert offered(me, "parties", "haf") == [
        "Ärzte am Hafen organisation",
        "Hafenamt organisation",
        "Mara Lind of Hafenamt",
    ]
    assert offered(me, "parties", "port") == ["Port Office other name of Hafenamt"]
    assert offered(me, "parties", "arzte haf") == ["Ärzte am Hafen organisation"]
    assert offered(me, "parties", "fen") == []
    assert offered(me, "parties", "Hafenampt") == ["Hafenamt organisation"]
    assert 'data-is-known="true"' in me.get(f"{NAMES}/parties?q=HAFENAMT").text
    add_annotation(session, room.annotator, room.article, party=made["Port Office"])
    assert offered(me, "parties", "haf")[0] == "Hafenamt organisation"
    add_annotation(
        session,
        room.annotator,
        room.article,
        "said the mayor",
        tag="demand",
        addressees=[made["Mara Lind"], made["Ärzte am Hafen"]],
        party=made["Mara Lind"],
    )
    assert offered(me, "parties", "haf")[0] == "Mara Lind of Hafenamt"
    add_position(session, room.curator, "The harbour stays public.")
    assert offered(me, "positions", "pub harb") == ["The harbour stays public."]
    for number in range(9):
        add_party(session, room.curator, f"Hafen {number}")
    assert len(offered(me, "parties", "haf")) == 7
    sign_in(me, session, room.reader.account)
    assert me.get(f"{NAMES}/parties").status_code == 403


def test_a_proposal_is_stored_only_by_a_yes(me: PageClient, session: Session, room: Room) -> None:
    made = [
        add_annotation(session, room.annotator, room.article, quote)
        for quote in ("It floods every spring", "said the mayor", "The road floods.")
    ]
    paths = [f"/annotations/{each.id}" for each in made]
    page = me.get(f"{paths[0]}/card").text
    assert 'placeholder="Ada Quill"' in page
    assert "Yes, Ada Quill says it" in page
    assert "Ada Quill says all 3 of my passages here" in page
    values = form_values(page)
    assert post(me, paths[0], **{**values, "note": "A note alone."})[0] == 303
    assert saved(session, made[0])[0] == ""
    assert session.scalars(select(Party)).all() == []
    # Yes makes the party and gives it; then it is proposed in its paragraph alone.
    assert post(me, paths[0], version="2", party_answer="new:Ada Quill")[0] == 303
    assert saved(session, made[0])[0] == "Ada Quill"
    mara = add_party(session, room.annotator, "Mara Lind")
    add_annotation(session, room.curator, room.article, "nobody repairs it", party=mara)
    late = add_annotation(session, room.annotator, room.article, "close the road")
    assert 'placeholder="Mara Lind"' in me.get(f"/annotations/{late.id}/card").text
    assert 'placeholder="Ada Quill"' in me.get(f"{paths[1]}/card").text
    # One act for all of one's own that say not who, and one way back.
    theirs = add_annotation(session, room.curator, room.article, "said the mayor")
    assert post(me, f"{paths[1]}/author", party_answer="new:Ada Quill")[0] == 303
    page = me.get(f"{paths[1]}/card").text
    assert "Named “Ada Quill” as who says 3 passages." in page
    assert [saved(session, each)[0] for each in (*made, late)] == ["Ada Quill"] * 4
    assert saved(session, theirs)[0] == ""
    activity = me.get("/projects/first/activity").text
    assert "as who says 3 passages of an article, as one act" in activity
    event = session.scalars(select(Event.id).where(Event.kind.like("%changed_together"))).one()
    assert (
        "Named “Ada Quill” as who says 3 passages."
        in me.get(f"/projects/first/findings/acts/{event}").text
    )
    assert post(me, f"{paths[1]}/author/undo", event=str(event))[0] == 303
    assert [saved(session, each)[0] for each in (*made, late)] == ["Ada Quill", "", "", ""]
    status, _page = post(me, f"{paths[1]}/author/undo", event=str(event))
    assert status == 409


def test_an_annotation_repeats_what_ones_last_of_its_tag_says(
    me: PageClient, session: Session, room: Room
) -> None:
    port, union = (add_party(session, room.curator, name) for name in ("Port", "Union"))
    toll = add_position(session, room.curator, "No toll.")
    money, ports = (add_theme(session, room.curator, name) for name in ("money", "ports"))
    made = add_annotation(session, room.annotator, room.article, "said the mayor", themes=[ports])
    path = f"/annotations/{made.id}/repeat"
    status, page = post(me, path, version="1")
    assert (status, "says who or a position yet" in page) == (409, True)
    add_annotation(session, room.curator, room.article, "It floods", party=union, position=toll)
    for quote, party in (("It floods every spring", union), ("nobody repairs it", port)):
        add_annotation(
            session,
            room.annotator,
            room.article,
            quote,
            party=party,
            position=toll,
            side="for",
            themes=[money],
        )
    add_annotation(session, room.annotator, room.article, "the flags", tag="demand", party=union)
    assert post(me, path, version="1")[0] == 303
    assert saved(session, made) == ("Port", "", "No toll.", "for")
    assert made.themes == (money.id, ports.id)


@pytest.mark.sqlite_only
def test_a_position_that_begins_with_a_sign_says_no_side_when_it_is_saved_again(
    me: PageClient, session: Session, room: Room
) -> None:
    position = add_position(session, room.curator, "-5 degrees are enough.")
    made = add_annotation(session, room.annotator, room.article, position=position)
    values = form_values(me.get(f"/annotations/{made.id}/card").text)
    assert post(me, f"/annotations/{made.id}", **{**values, "note": "Cold."})[0] == 303
    assert saved(session, made) == ("", "", "-5 degrees are enough.", "")


@pytest.mark.sqlite_only
def test_a_form_names_no_party_of_another_project(
    me: PageClient, session: Session, room: Room
) -> None:
    theirs = add_party(session, add_member(session, Role.CURATOR, slug="other"), "Elsewhere")
    made = add_annotation(session, room.annotator, room.article)
    status, page = post(me, f"/annotations/{made.id}", version="1", party=str(theirs.id))
    assert status == 422
    assert "Elsewhere" not in page
