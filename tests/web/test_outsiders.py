"""Annotators without an account: shown and exported like anybody, and let in nowhere."""

import csv
import io

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.accounts.service import accounts, reset_tokens
from app.annotations.models import Annotation
from app.annotations.queries.verify import verify
from app.annotations.service import annotations
from app.core.errors import Forbidden, Invalid
from app.inbox.queries.inbox import who_asked_for_digests
from app.projects.roles import Role
from app.projects.service.members import add_member
from tests.harness.builders import Room, add_annotation, add_comment, sign_in
from tests.harness.builders import add_member as join
from tests.harness.pages import PageClient, read, visible

QUOTE = "It floods every spring"
NAME = "Prof. Odile Aubert"


@pytest.fixture
def outsider(session: Session) -> Account:
    """Give somebody without an account."""
    made = accounts.make_outsider(session, f"  {NAME} ")
    session.commit()
    return made


@pytest.fixture
def theirs(session: Session, room: Room, outsider: Account) -> Annotation:
    """Give an annotation of an outsider's, as an import leaves it: recorded as the importer's."""
    made = add_annotation(session, room.curator, room.article, QUOTE, note="From the survey.")
    made.account_id = outsider.id
    session.commit()
    session.refresh(made)
    return made


def test_their_annotations_are_on_the_page_under_their_name(
    me: PageClient, theirs: Annotation
) -> None:
    page = me.get("/projects/first/articles/1")
    card = me.get(f"/annotations/{theirs.id}/card")
    assert QUOTE in "".join("".join(mark.itertext()) for mark in read(page.text).iter("mark"))
    assert NAME in visible(page)
    assert NAME in visible(card)
    assert "From the survey." in visible(card)


@pytest.mark.usefixtures("theirs")
def test_a_page_is_narrowed_down_to_them_and_to_others(
    me: PageClient, session: Session, room: Room, outsider: Account
) -> None:
    add_annotation(session, room.annotator, room.article, "nobody repairs it")

    def marked(annotator_id: int) -> list[str]:
        page = me.get(f"/projects/first/articles/1?annotator={annotator_id}")
        return ["".join(mark.itertext()) for mark in read(page.text).iter("mark")]

    assert marked(outsider.id) == [QUOTE]
    assert marked(room.annotator.account_id) == ["nobody repairs it"]


def test_what_becomes_of_theirs_has_a_history(
    client: PageClient, session: Session, room: Room, theirs: Annotation
) -> None:
    curator = sign_in(client, session, room.curator.account)
    annotations.change(
        session, actor=room.curator, annotation_id=theirs.id, version=1, tag="demand"
    )
    add_comment(session, room.curator, theirs, "Is it one?")
    annotations.delete(session, actor=room.curator, annotation_id=theirs.id, version=2)
    session.commit()
    history = visible(curator.get(f"/annotations/{theirs.id}/history"))
    assert "Cato changed the tag from claim to demand" in history
    assert "Is it one?" in history
    assert NAME in visible(curator.get("/projects/first/trash"))
    assert list(verify(session)) == []


def test_they_are_in_the_csv(me: PageClient, theirs: Annotation) -> None:
    written = me.get("/projects/first/annotations.csv?bom=0").text
    (row,) = csv.DictReader(io.StringIO(written, newline=""))
    assert (row["annotation_id"], row["annotator"]) == (str(theirs.id), NAME)


@pytest.mark.usefixtures("theirs")
def test_the_list_of_people_says_that_they_have_no_account(me: PageClient) -> None:
    page = read(me.get("/projects/first/people").text)
    section = page.find(".//section[@aria-labelledby='outsiders-title']")
    assert section is not None
    assert NAME in "".join(section.itertext())
    assert "1 annotation" in "".join(section.itertext())
    assert page.find(".//section[@aria-labelledby='gone-title']") is None


def test_nobody_is_let_in_as_an_outsider(
    app: Flask, client: PageClient, session: Session, room: Room, outsider: Account
) -> None:
    with pytest.raises(Forbidden, match="nobody can sign in"):
        accounts.sign_in(session, account_id=outsider.id)
    with pytest.raises(Forbidden, match="nobody can sign in"):
        reset_tokens.make(session, account_id=outsider.id, made_by_id=None)
    with pytest.raises(Forbidden, match="nobody can sign in"):
        add_member(
            session,
            project_id=room.owner.project_id,
            account_id=outsider.id,
            role=Role.READER,
            actor_id=None,
        )
    assert accounts.find_by_email(session, "") is None
    client.post("/sign-in", data={"email": "", "password": ""})
    assert client.get("/projects/first/people").status_code == 302
    listed = app.test_cli_runner().invoke(args=["accounts", "list"]).output
    assert NAME not in listed
    assert room.owner.account.email in listed


@pytest.mark.usefixtures("outsider")
def test_whoever_comes_first_still_does_where_outsiders_are(session: Session) -> None:
    assert not accounts.has_accounts(session)
    join(session)
    assert accounts.has_accounts(session)


def test_no_mail_is_for_them(session: Session, outsider: Account) -> None:
    assert outsider.email == ""
    assert outsider.id not in who_asked_for_digests(session)


def test_two_may_have_one_name_and_nobody_has_none(session: Session, outsider: Account) -> None:
    other = accounts.make_outsider(session, NAME)
    assert (other.name, other.email) == (outsider.name, outsider.email)
    assert session.scalars(select(Account).where(Account.name == NAME)).all() == [outsider, other]
    with pytest.raises(Invalid, match="Write your name"):
        accounts.make_outsider(session, " ")
