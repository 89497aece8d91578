"""Guidelines: how a project tags, written together, with nothing lost."""

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.core.errors import Conflict
from app.events.models import Event
from app.guidelines import service
from app.guidelines.models import GUIDELINES_LIMIT, Guidelines
from tests.harness.builders import Room, add_room, csrf_token, sign_in
from tests.harness.pages import PageClient, page_client

PATH = "/projects/first/guidelines"
TEXT = """# Claims

Tag *the whole sentence*. [More](https://example.org/more).

> The road floods.

- not a question
- <b>no</b> HTML"""


@pytest.fixture
def curator(client: PageClient, session: Session, room: Room) -> PageClient:
    """Give a client in which the curator is signed in."""
    return sign_in(client, session, room.curator.account)


def write(client: PageClient, text: str, number: int = 0) -> TestResponse:
    fields = {"csrf_token": csrf_token(client), "text": text, "number": str(number)}
    return client.post(PATH, data=fields)


def count(session: Session) -> int:
    session.rollback()
    return session.scalars(select(func.count()).select_from(Guidelines)).one()


def test_what_a_curator_writes_everyone_reads_beside_what_the_tags_mean(
    curator: PageClient, session: Session, room: Room
) -> None:
    assert "Nobody has written down yet" in curator.get(PATH).text
    assert write(curator, TEXT.replace("\n", "\r\n")).headers["Location"] == PATH
    sign_in(curator, session, room.reader.account)
    page = curator.get(PATH).text
    assert "The text takes something for granted" in page
    assert ">Claims</h2>" in page
    assert "<em>the whole sentence</em>" in page
    assert 'href="https://example.org/more"' in page
    assert "&lt;b&gt;no&lt;/b&gt; HTML" in page
    assert "Written by <bdi>Cato</bdi>" in page
    assert "/guidelines/edit" not in page
    event = session.scalars(select(Event).where(Event.kind == service.CHANGED)).one()
    assert (event.account_id, event.after) == (room.curator.account_id, {"number": 1})


def test_every_version_is_kept_with_what_it_changed(curator: PageClient, session: Session) -> None:
    write(curator, TEXT)
    write(curator, TEXT.replace("whole sentence", "shortest passage"), 1)
    write(curator, TEXT.replace("whole sentence", "shortest passage"), 2)  # as it is already
    assert count(session) == 2
    page = curator.get(f"{PATH}/versions/2").text
    assert "<del>whole sentence</del><ins>shortest passage</ins>" in page
    assert "<em>the whole sentence</em>" in curator.get(f"{PATH}/versions/1").text
    assert curator.get(f"{PATH}/versions").text.count(">Version ") == 2
    assert curator.get(f"{PATH}/versions/3").status_code == 404


@pytest.mark.sqlite_only
def test_versions_are_listed_in_pages(curator: PageClient, session: Session, room: Room) -> None:
    for number in range(51):
        service.write(session, actor=room.curator, text=f"Rule {number}.", number=number)
    session.commit()
    first, second = (
        curator.get(f"{PATH}/versions").text,
        curator.get(f"{PATH}/versions?page=2").text,
    )
    assert first.count(">Version ") == 50
    assert ">Version 51</a> <span" in first
    assert second.count(">Version ") == 1
    assert "in force" not in second


def test_an_older_version_is_made_the_one_in_force_again(
    curator: PageClient, session: Session, room: Room
) -> None:
    write(curator, TEXT)
    write(curator, "Other.", 1)
    page = curator.get(f"{PATH}/versions/1")
    assert "*the whole sentence*" in page.text  # its Markdown
    restore = f"{PATH}/versions/1/restore"
    assert curator.submit(page, restore).headers["Location"] == PATH
    shown = curator.get(PATH)
    assert "<em>the whole sentence</em>" in shown.text
    assert count(session) == 3
    assert "/restore" not in curator.get(f"{PATH}/versions/3").text
    curator.submit(shown, f"{PATH}/versions/2/restore")  # Undo
    assert "Other." in curator.get(PATH).text
    answer = curator.submit(page, restore)  # of a form that is out of date
    assert answer.status_code == 409
    assert "Someone has written the guidelines meanwhile" in answer.text
    session.rollback()
    sign_in(curator, session, room.annotator.account)
    assert "/restore" not in curator.get(f"{PATH}/versions/1").text


@pytest.mark.sqlite_only
def test_what_someone_else_restored_meanwhile_is_not_ones_own_to_undo(
    curator: PageClient, session: Session, room: Room
) -> None:
    write(curator, "One.")
    write(curator, "Two.", 1)
    page = curator.get(f"{PATH}/versions/1")
    service.restore(session, actor=room.owner, version=1, number=2)
    session.commit()
    restore = f"{PATH}/versions/1/restore"
    assert curator.submit(page, restore).headers["Location"] == PATH
    shown = curator.get(PATH).text
    assert "The guidelines say this already." in shown
    assert "/restore" not in shown
    assert count(session) == 3


def test_of_two_who_write_at_once_the_second_sees_both(
    curator: PageClient, session: Session, room: Room
) -> None:
    write(curator, "Tag claims.")
    service.write(session, actor=room.owner, text="Tag claims. Tag demands.", number=1)
    session.commit()
    answer = write(curator, "Tag claims. Tag citations.", 1)
    assert answer.status_code == 409
    assert "<ins> Tag demands.</ins>" in answer.text
    assert "Tag claims. Tag citations.</textarea>" in answer.text
    assert 'name="number" value="2"' in answer.text
    assert count(session) == 2
    assert write(curator, "Tag claims. Tag demands and citations.", 2).status_code == 303


def test_of_two_writers_at_the_same_instant_one_is_told(session: Session, room: Room) -> None:
    service.write(session, actor=room.owner, text="One.", number=0)
    with pytest.raises(Conflict, match="written the guidelines meanwhile"):
        service.write(session, actor=room.curator, text="Two.", number=0)


@pytest.mark.sqlite_only
def test_guidelines_that_are_too_long_are_kept_in_the_form(curator: PageClient) -> None:
    answer = write(curator, "x" * (GUIDELINES_LIMIT + 1))
    assert answer.status_code == 422
    assert f"at most {GUIDELINES_LIMIT:,} characters; these have 100,001" in answer.text
    assert "xxx</textarea>" in answer.text


@pytest.mark.sqlite_only
def test_the_guidelines_of_another_project_are_its_own(
    app: Flask, session: Session, room: Room
) -> None:
    other = add_room(session, "second")
    service.write(session, actor=other.owner, text="Their secret.", number=0)
    session.commit()
    client = sign_in(page_client(app), session, room.owner.account)
    assert "Their secret" not in client.get(PATH).text
    assert client.get(f"{PATH}/versions/1").status_code == 404
    assert client.get("/projects/second/guidelines").status_code == 404
