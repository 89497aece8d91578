"""The people of a project: roles, removing, leaving; what those who have gone leave behind."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.projects.models import Member
from app.projects.roles import Role
from tests.harness.builders import Room, add_annotation, add_member, csrf_token, sign_in
from tests.harness.pages import PageClient, page_client

PEOPLE = "/projects/first/people"


@pytest.fixture
def owner(client: PageClient, session: Session, room: Room) -> PageClient:
    """Give a client in which the owner is signed in."""
    return sign_in(client, session, room.owner.account)


def address(member: Member, act: str) -> str:
    return f"{PEOPLE}/{member.account_id}/{act}"


def submit(client: PageClient, path: str, **fields: str) -> TestResponse:
    return client.submit(client.get(PEOPLE), path, fields)


def role_of(session: Session, member: Member) -> Role | None:
    session.rollback()
    query = select(Member.role_name).where(
        Member.project_id == member.project_id, Member.account_id == member.account_id
    )
    name = session.scalar(query)
    return Role(name) if name else None


def test_everyone_sees_who_is_in_the_project_and_owners_their_addresses(
    app: Flask, owner: PageClient, session: Session, room: Room
) -> None:
    add_annotation(session, room.annotator, room.article)
    page = owner.get(PEOPLE).text
    for name in ("Rita", "Ines", "Cato", "Olga"):
        assert f"<b>{name}</b>" in page
    assert "1 annotation</a>, here since" in page
    assert room.reader.account.email in page
    reader = sign_in(page_client(app), session, room.reader.account).get(PEOPLE).text
    assert "<b>Olga</b>" in reader
    assert "@example.org" not in reader
    assert "/role" not in reader
    assert "/remove" not in reader
    assert "/settings" not in reader


def test_an_owner_changes_a_role(owner: PageClient, session: Session, room: Room) -> None:
    answer = submit(owner, address(room.reader, "role"), role="curator")
    assert answer.status_code == 303
    assert "Rita is here as curator now." in owner.get(PEOPLE).text
    assert role_of(session, room.reader) is Role.CURATOR


@pytest.mark.sqlite_only
def test_what_cannot_be_done_is_said_on_the_page(
    owner: PageClient, session: Session, room: Room
) -> None:
    refused = submit(owner, address(room.reader, "role"), role="king")
    assert refused.status_code == 422
    assert "Choose one of the roles" in refused.text
    # The last owner is not offered it; what is sent all the same is refused.
    assert address(room.owner, "role") not in refused.text
    assert "You are the last owner" in refused.text
    mine = (address(room.owner, "role"), address(room.owner, "remove"), "/projects/first/leave")
    for path in mine:
        answer = owner.post(path, data={"csrf_token": csrf_token(owner), "role": "reader"})
        assert answer.status_code == 409
        assert "at least one owner" in answer.text
    assert role_of(session, room.owner) is Role.OWNER


def test_who_is_removed_finds_nothing_and_what_they_tagged_stays_under_their_name(
    app: Flask, owner: PageClient, session: Session, room: Room
) -> None:
    made = add_annotation(session, room.annotator, room.article, note="Mine.")
    gone = sign_in(page_client(app), session, room.annotator.account)
    article = f"/projects/first/articles/{room.article.id}"
    assert gone.get(article).status_code == 200
    assert submit(owner, address(room.annotator, "remove")).status_code == 303
    for path in (article, "/projects/first/articles", PEOPLE, f"/annotations/{made.id}/card"):
        assert gone.get(path).status_code == 404
    assert "Project first" not in gone.get("/", follow_redirects=True).text
    # Every place that names who tagged still does.
    page = owner.get(article)
    assert f'id="a{made.id}"' in page.text
    assert '<bdi class="by" data-initials="I">Ines</bdi>' in page.text
    assert f'name="annotator" value="{room.annotator.account_id}"' in page.text
    assert ">Ines<" in owner.get(f"/annotations/{made.id}/history").text
    assert "Ines" in owner.get(f"/annotations/{made.id}/card").text
    assert [row["annotator"] for row in owner.csv_rows(f"{article}/annotations.csv")] == ["Ines"]
    people = owner.get(PEOPLE).text
    assert "<b>Ines</b>" in people.partition("No longer here")[2]
    # It can be corrected, deleted and restored by those who may.
    token = csrf_token(owner)
    fields = {"csrf_token": token, "version": "1"}
    assert owner.post(f"/annotations/{made.id}/delete", data=fields).status_code == 303
    assert "by <bdi>Ines</bdi>" in owner.get("/projects/first/trash").text
    answer = owner.post(f"/annotations/{made.id}/restore", data={"csrf_token": token})
    assert answer.status_code == 303


@pytest.mark.sqlite_only
def test_who_was_just_removed_is_no_longer_here_and_the_page_says_so(
    owner: PageClient, session: Session, room: Room
) -> None:
    page = owner.get(PEOPLE)
    owner.submit(page, address(room.reader, "remove"))
    for act in ("remove", "role"):
        answer = owner.submit(page, address(room.reader, act))
        assert answer.status_code == 404
        assert "They are no longer in this project." in answer.text
        assert "<b>Olga</b>" in answer.text
    fields = {"account": str(room.reader.account_id)}
    answer = owner.submit(page, "new-reset-link", fields)
    assert (answer.status_code, "They are no longer in this" in answer.text) == (404, True)
    assert role_of(session, room.reader) is None


@pytest.mark.sqlite_only
def test_an_old_page_does_not_take_another_owners_newer_role_back(
    app: Flask, owner: PageClient, session: Session, room: Room
) -> None:
    other = add_member(session, Role.OWNER, "Omar")
    old = owner.get(PEOPLE)
    omar = sign_in(page_client(app), session, other.account)
    submit(omar, address(room.reader, "role"), role="annotator")
    answer = owner.submit(old, address(room.reader, "role"), {"role": "curator"})
    assert answer.status_code == 409
    assert "Rita is here as annotator by now" in answer.text
    assert role_of(session, room.reader) is Role.ANNOTATOR
    # Both wanted the same: nothing is in the way.
    same = owner.submit(old, address(room.reader, "role"), {"role": "annotator"})
    assert same.status_code == 303
    owner.submit(answer, address(room.reader, "role"), {"role": "curator"})
    assert role_of(session, room.reader) is Role.CURATOR


def test_a_member_leaves(app: Flask, owner: PageClient, session: Session, room: Room) -> None:
    assert owner.get(PEOPLE).status_code == 200
    client = sign_in(page_client(app), session, room.reader.account)
    asked = client.get(PEOPLE).text.partition("<summary>Leave this project…</summary>")[2]
    assert asked.partition("</details>")[0].count('action="/projects/first/leave"') == 1
    answer = submit(client, "/projects/first/leave")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/projects")
    page = client.get("/projects").text
    assert "You have left “Project first”." in page
    assert "You are in no project yet" in page
    assert role_of(session, room.reader) is None


@pytest.mark.sqlite_only
def test_of_two_owners_one_may_step_back(owner: PageClient, session: Session, room: Room) -> None:
    add_member(session, Role.OWNER, "Omar")
    answer = submit(owner, address(room.owner, "role"), role="reader")
    assert answer.status_code == 303
    page = owner.get(PEOPLE).text
    assert "Olga is here as reader now." in page
    assert "/role" not in page


@pytest.mark.sqlite_only
def test_an_owner_who_removes_themselves_stands_on_their_projects(
    owner: PageClient, session: Session, room: Room
) -> None:
    add_member(session, Role.OWNER, "Omar")
    data = {"csrf_token": csrf_token(owner)}
    answer = owner.post(address(room.owner, "remove"), data=data)
    assert answer.headers["Location"] == "/projects"
