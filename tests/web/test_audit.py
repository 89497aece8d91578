"""What owners see of signing in and of exports: who, when and how, and of their project alone."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.service import accounts, asking
from app.accounts.views.audit import REFUSALS_AN_HOUR, REFUSED
from app.events.models import Event
from app.events.queries import last_event_id
from app.projects.models import Project
from app.projects.roles import Role
from tests.harness.builders import (
    PASSWORD,
    Room,
    add_article,
    add_reset_link,
    add_room,
    csrf_token,
    join,
    sign_in,
)
from tests.harness.pages import PageClient, page_client, read

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
ACTIVITY = "/projects/first/activity"


@pytest.fixture
def owner(app: Flask, session: Session, room: Room) -> PageClient:
    """Give a client in which the owner is signed in."""
    return sign_in(page_client(app), session, room.owner.account)


def lines(client: PageClient, path: str = f"{ACTIVITY}?kind=sign-ins") -> list[str]:
    """Return what each line says, the oldest first."""

    def words() -> Iterator[str]:
        for each in read(client.get(path).text).iter("p"):
            if (name := each.find("b")) is not None and name.text:
                yield f"{name.text} {' '.join((name.tail or '').split())}"

    return list(words())[::-1]


def try_password(client: PageClient, email: str, password: str) -> int:
    form = {"email": email, "password": password}
    headers = {"User-Agent": FIREFOX}
    token = client.get("/sign-in").text.partition('name="csrf_token" value="')[2].partition('"')[0]
    return client.post("/sign-in", data={**form, "csrf_token": token}, headers=headers).status_code


def count(session: Session, kind: str | None = None) -> int:
    session.rollback()
    query = select(func.count()).select_from(Event)
    return session.scalars(query.where(Event.kind == kind) if kind else query).one()


def test_an_owner_sees_who_signed_in_and_out_how_and_in_which_browser(
    app: Flask, owner: PageClient, session: Session, room: Room
) -> None:
    ines = room.annotator.account
    client = page_client(app)
    assert try_password(client, ines.email, "not the password at all") == 422
    assert try_password(client, ines.email, PASSWORD) == 303
    client.submit(client.get("/account"), "/sign-out", {})
    session.rollback()
    link = f"/reset/{add_reset_link(session, ines)}"
    client.submit(client.get(link), link, {"password": PASSWORD})
    page = client.get("/account")
    form = {"present": PASSWORD, "password": "other words of mine"}
    assert client.submit(page, "/account/password", form).status_code == 303
    session.rollback()
    sign_in(page_client(app), session, ines)
    client.submit(client.get("/account"), "/account/sessions/end-others", {})
    assert lines(owner) == [
        "Ines was refused: a wrong password for their address, in Firefox on Linux",
        "Ines signed in by a password, in Firefox on Linux",
        "Ines signed out",
        "Ines set a new password by a link",
        "Ines signed in by a link for a new password",
        "Ines changed their password",
        "Ines ended 1 session of theirs",
    ]
    kept = str([(event.before, event.after) for event in session.scalars(select(Event))])
    for secret in ("127.0.0.1", PASSWORD, "not the password", "other words", ines.email):
        assert secret not in kept
    of_person = f"{ACTIVITY}?kind=sign-ins&person={room.curator.account_id}"
    assert lines(owner, of_person) == []


def test_a_change_of_name_is_told_to_owners_with_the_name_before(
    app: Flask, owner: PageClient, session: Session, room: Room
) -> None:
    client = sign_in(page_client(app), session, room.annotator.account)
    for name in ("Olga", " Olga "):  # as the owner is called; and once more the same
        answer = client.submit(client.get("/account"), "/account/name", {"name": name})
        assert answer.status_code == 303
    path = f"{ACTIVITY}?kind=people"
    assert lines(owner, path) == ["Olga changed their own name from “Ines” to “Olga”"]
    page = owner.get("/projects/first/people")
    owner.submit(page, f"/projects/first/people/{room.reader.account_id}/remove", {})
    people = owner.get(path).text.partition("</select>")[0]
    for member in (room.annotator, room.owner):
        assert f">Olga ({member.account_id})</option>" in people
    reader = sign_in(page_client(app), session, room.curator.account)
    assert lines(reader, path) == []


@pytest.mark.sqlite_only
def test_what_did_not_happen_to_a_session_is_not_told(
    app: Flask, owner: PageClient, session: Session, room: Room
) -> None:
    ines = room.annotator.account
    other = accounts.sign_in(session, account_id=ines.id)
    found = asking.find_session(session, other)
    assert found is not None
    path = f"/account/sessions/{found.session_id}/end"
    client = sign_in(page_client(app), session, ines)
    page = client.get("/account")
    for act in (path, path, "/account/sessions/end-others"):
        token = csrf_token(client)
        assert client.post(act, data={"csrf_token": token}).status_code == 303
    assert "There was no other session" in client.get("/account").text
    assert page.status_code == 200
    assert lines(owner) == ["Ines ended 1 session of theirs"]


@pytest.mark.sqlite_only
def test_signing_in_again_in_one_browser_ends_the_session_before(
    app: Flask, owner: PageClient, session: Session, room: Room
) -> None:
    client = page_client(app)
    page = client.get("/sign-in")
    for member in (room.annotator, room.curator):
        form = {"email": member.account.email, "password": PASSWORD}
        session.rollback()
        if member is room.curator:  # a page that was open since before the first
            form["csrf_token"] = csrf_token(client)
            assert client.post("/sign-in", data=form).status_code == 303
        else:
            assert client.submit(page, "/sign-in", form).status_code == 303
    session.rollback()
    assert accounts.list_sessions(session, room.annotator.account_id) == []
    assert len(accounts.list_sessions(session, room.curator.account_id)) == 1
    assert lines(owner) == [
        "Ines signed in by a password",
        "Ines signed out",
        "Cato signed in by a password",
    ]


@pytest.mark.sqlite_only
def test_nobody_but_owners_sees_sign_ins_and_exports(
    app: Flask, session: Session, room: Room
) -> None:
    try_password(page_client(app), room.annotator.account.email, PASSWORD)
    for member in (room.reader, room.annotator, room.curator):
        session.rollback()
        client = sign_in(page_client(app), session, member.account)
        client.get("/projects/first/annotations.csv")
        for kind in ("sign-ins", "exports"):
            assert lines(client, f"{ACTIVITY}?kind={kind}") == []
        assert "signed in by" not in client.get(ACTIVITY).text
        assert "exported" not in client.get(ACTIVITY).text


@pytest.mark.sqlite_only
def test_an_owner_sees_a_member_while_they_are_one_and_nothing_of_elsewhere(
    app: Flask, owner: PageClient, session: Session, room: Room
) -> None:
    other = add_room(session, "second")
    both = room.annotator.account
    try_password(page_client(app), other.annotator.account.email, PASSWORD)
    assert lines(owner) == []
    try_password(page_client(app), both.email, PASSWORD)
    session.rollback()
    join(session, both, Role.READER, "second")
    try_password(page_client(app), both.email, PASSWORD)
    session.rollback()
    theirs = sign_in(page_client(app), session, other.owner.account)
    assert len(lines(owner)) == 2
    in_second = lines(theirs, "/projects/second/activity?kind=sign-ins")
    assert [line.partition(" ")[0] for line in in_second] == ["Ines", "Ines"]
    page = owner.get("/projects/first/people")
    path = f"/projects/first/people/{both.id}/remove"
    assert owner.submit(page, path, {}).status_code == 303
    try_password(page_client(app), both.email, PASSWORD)
    assert len(lines(owner)) == 2


def test_refused_sign_ins_cannot_fill_the_table(app: Flask, session: Session, room: Room) -> None:
    for number in range(REFUSALS_AN_HOUR + 2):
        try_password(page_client(app), room.annotator.account.email, f"wrong words {number}")
        try_password(page_client(app), "nobody@example.org", f"wrong words {number}")
    assert count(session, REFUSED) == REFUSALS_AN_HOUR


def test_an_owner_sees_every_export_and_the_article_looks_no_newer(
    owner: PageClient, session: Session, room: Room, app: Flask
) -> None:
    before = last_event_id(session, room.article.id)
    reader = sign_in(page_client(app), session, room.reader.account)
    assert reader.get("/projects/first/annotations.csv").status_code == 200
    path = f"/projects/first/articles/{room.article.id}/annotations.csv"
    assert reader.get(path).status_code == 200
    assert reader.get(path.replace(".csv", ".xlsx")).status_code == 200
    asked = "?sort=author&tag=demand&tag=claim&publication=A%20%26%20B"
    assert reader.get(f"/projects/first/findings/passages.xlsx{asked}").status_code == 200
    assert reader.get("/projects/first/findings/passages.csv?sort=author").status_code == 200
    assert reader.get("/projects/first/findings/brief?tag=claim").status_code == 200
    assert reader.get(path.replace("annotations.csv", "brief")).status_code == 200
    assert reader.get("/projects/first/annotations.jsonl").status_code == 200
    asked = "?view=context&q=must+close&hits=untagged&author=Ada%20Quill"
    assert reader.get(f"/projects/first/findings/places.csv{asked}").status_code == 200
    assert reader.get("/projects/first/findings/places.xlsx?q=road").status_code == 200
    for name in ("positions.csv", "positions.csv?from=2025-01-01", "changes.csv?which=time"):
        assert reader.get(f"/projects/first/findings/{name}").status_code == 200
    assert lines(owner, f"{ACTIVITY}?kind=exports") == [
        "Rita exported all annotations as CSV",
        "Rita exported the annotations of “The River Road” as CSV",
        "Rita exported the annotations of “The River Road” as XLSX",
        "Rita exported passages as XLSX: tag=claim, tag=demand, publication=A & B",
        "Rita exported all annotations as CSV",
        "Rita exported passages as a brief: tag=claim",
        "Rita exported the annotations of “The River Road” as a brief",
        "Rita exported all annotations as JSON Lines",
        "Rita exported the places of words as CSV: q=must close, author=Ada Quill, hits=untagged",
        "Rita exported the places of words as XLSX: q=road",
        "Rita exported the positions as CSV",
        "Rita exported the positions as CSV: from=2025-01-01",
        "Rita exported the changes as CSV: which=time",
    ]
    session.rollback()
    assert last_event_id(session, room.article.id) == before


@pytest.mark.sqlite_only
def test_what_takes_nothing_away_is_no_export(
    app: Flask, client: PageClient, session: Session, room: Room
) -> None:
    before = count(session)
    assert client.get("/projects/first/annotations.csv").status_code == 302
    reader = sign_in(page_client(app), session, room.reader.account)
    for path in ("annotations.csv", "findings/places.csv?q=road", "findings/brief"):
        assert reader.head(f"/projects/first/{path}").status_code == 200
    assert reader.get("/projects/first/articles/99/annotations.csv").status_code == 404
    assert reader.get("/projects/nowhere/annotations.csv").status_code == 404
    assert count(session) == before


@pytest.mark.sqlite_only
def test_an_export_of_an_archived_project_is_recorded_too(
    owner: PageClient, session: Session, room: Room
) -> None:
    add_article(session)
    session.get_one(Project, room.owner.project_id).archived_at = room.owner.joined_at
    session.commit()
    assert owner.get("/projects/first/annotations.csv").status_code == 200
    assert len(lines(owner, f"{ACTIVITY}?kind=exports")) == 1
