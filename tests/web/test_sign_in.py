"""Signing in and out, as a browser does it."""

import time
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event, select, text, update
from sqlalchemy.orm import Session

from app.accounts.models import SignIn
from app.accounts.service import accounts
from app.accounts.views.my_account import (
    NO_MATCH,
    TRIES_ANYWHERE,
    TRIES_FOR_ADDRESS,
    WINDOW_ANYWHERE,
)
from app.core.clock import now
from app.core.db import Database
from app.core.throttle import count_attempt
from tests.harness.builders import PASSWORD, QUICK_HASH, Room, sign_in
from tests.harness.pages import PageClient, page_client, without_chance
from tests.harness.signing_in import problem, try_password


def test_signing_in_and_out(client: PageClient, session: Session, room: Room) -> None:
    answer = try_password(client, f" {room.owner.account.email.upper()} ", PASSWORD)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    page = client.get("/", follow_redirects=True)
    assert page.status_code == 200
    assert client.get("/sign-out").status_code == 405
    assert client.get("/account").status_code == 200
    cookie = client.get_cookie("gloss")
    assert cookie is not None
    out = client.submit(page, "/sign-out")
    assert (out.status_code, out.headers["Location"]) == (303, "/sign-in")
    assert client.get("/account").status_code == 302
    # The row has ended: whoever kept the cookie has nothing.
    client.set_cookie("gloss", cookie.value)
    assert client.get("/account").status_code == 302
    session.rollback()
    assert all(row.ended_at for row in session.scalars(select(SignIn)))


@pytest.mark.sqlite_only
def test_the_reply_is_the_same_for_an_unknown_address_and_a_wrong_password(
    client: PageClient, room: Room
) -> None:
    known = room.owner.account.email
    answers = [
        try_password(client, email, password)
        for email, password in ((known, "wrong words"), ("x" * len(known), PASSWORD))
    ]
    assert {answer.status_code for answer in answers} == {422}
    assert {problem(answer) for answer in answers} == {NO_MATCH}
    texts = [without_chance(answer.text) for answer in answers]
    pages = [text.replace(known, "-").replace("x" * len(known), "-") for text in texts]
    assert pages[0] == pages[1]


@pytest.mark.sqlite_only
@pytest.mark.parametrize("who", ["a member", "nobody"])
@pytest.mark.sqlite_only
def test_sign_in_is_throttled_by_address_over_all_hosts_too(
    app: Flask, session: Session, room: Room, who: str
) -> None:
    email = {"a member": room.annotator.account.email}.get(who, "nobody@example.org")
    window = WINDOW_ANYWHERE
    for _ in range(TRIES_ANYWHERE - 1):
        count_attempt(session, what=f"sign-in:{email}", limit=TRIES_ANYWHERE, window=window)
    session.commit()
    client = page_client(app)
    assert try_password(client, email, "not the password").status_code == 422
    refused = try_password(client, email.upper(), "not the password")
    assert (refused.status_code, "Wait 60 minutes" in refused.text) == (429, True)
    assert try_password(client, room.reader.account.email, PASSWORD).status_code == 303


@pytest.mark.sqlite_only
def test_the_addresses_of_one_ipv6_network_are_counted_together(
    client: PageClient, room: Room
) -> None:
    page = client.get("/sign-in").text
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    answers = []
    for number in range(TRIES_FOR_ADDRESS + 1):
        form = {"email": room.annotator.account.email, "password": "x", "csrf_token": token}
        house = {"REMOTE_ADDR": f"2001:db8:1:2:{number:x}::1"}
        answers.append(client.post("/sign-in", data=form, environ_overrides=house).status_code)
    assert answers == [422] * TRIES_FOR_ADDRESS + [429]
    neighbour = {"REMOTE_ADDR": "2001:db8:1:3::1"}
    assert client.post("/sign-in", data=form, environ_overrides=neighbour).status_code == 422


def test_sign_in_is_throttled_by_address_and_a_success_begins_again(
    client: PageClient, session: Session, room: Room
) -> None:
    email = room.owner.account.email
    for _ in range(9):
        assert try_password(client, email, "wrong words").status_code == 422
    assert try_password(client, email, PASSWORD).status_code == 303
    client.submit(client.get("/account"), "/sign-out")
    for _ in range(10):
        assert try_password(client, email.upper(), "wrong words").status_code == 422
    refused = try_password(client, email, PASSWORD)
    assert refused.status_code == 429
    assert "Wait 15 minutes" in problem(refused)
    assert try_password(client, room.curator.account.email, PASSWORD).status_code == 303
    session.rollback()


@pytest.mark.sqlite_only
def test_next_is_followed_where_it_is_safe(app: Flask, room: Room) -> None:
    email = room.owner.account.email
    for wanted, leads in (
        ("/account", "/account"),
        ("/projects/first/articles?sort=title%26", "/projects/first/articles?sort=title&"),
        ("//evil.example", "/"),
        ("/%5Cevil.example", "/"),
        ("https://evil.example", "/"),
    ):
        answer = try_password(page_client(app), email, PASSWORD, f"/sign-in?next={wanted}")
        assert answer.headers["Location"] == leads
    client = page_client(app)
    forged = {"email": email, "password": PASSWORD, "next": "//evil.example"}
    answer = client.submit(client.get("/sign-in"), "/sign-in", forged)
    assert answer.headers["Location"] == "/"


@pytest.mark.sqlite_only
def test_who_was_sent_to_sign_in_comes_back_to_the_very_page(
    client: PageClient, room: Room
) -> None:
    path = f"/projects/first/articles/{room.article.id}?tag=claim&annotator=2"
    sent = client.get(path, follow_redirects=True)
    assert sent.request.path == "/sign-in"
    fields = {"email": room.owner.account.email, "password": PASSWORD}
    assert client.submit(sent, "/sign-in", fields).headers["Location"] == path


@pytest.mark.sqlite_only
def test_a_signed_in_person_needs_neither_form(
    client: PageClient, session: Session, room: Room
) -> None:
    sign_in(client, session, room.owner.account)
    assert client.get("/sign-in").headers["Location"] == "/"
    assert client.get("/sign-up").headers["Location"] == "/"


def test_noting_that_someone_is_there_and_a_change_of_their_password_never_wait_for_each_other(
    app: Flask, client: PageClient, session: Session, room: Room
) -> None:
    """Each would wait for ever for what the other holds: the row of the session, the account."""
    account_id = room.annotator.account_id
    database: Database = app.extensions["database"]
    sign_in(client, session, room.annotator.account)
    address = f"/projects/first/articles/{room.article.id}"
    page = client.get(f"{address}/tag")
    session.execute(update(SignIn).values(seen_at=now() - timedelta(days=1)))
    session.commit()
    changed: list[str] = []

    def change_it_now(_connection: object, _cursor: object, sql: str, *_rest: object) -> None:
        if changed or not sql.startswith("INSERT INTO annotations"):
            return
        changed.append(sql)
        if database.is_postgresql:  # on SQLite nobody can write now
            with database.writing() as own:
                own.execute(text("SET LOCAL lock_timeout = '2s'"))
                accounts.change_password(
                    own, account_id=account_id, password_hash=QUICK_HASH, keep_session_id=None
                )
                own.commit()

    event.listen(database.engine, "before_cursor_execute", change_it_now)
    passage: dict[str, str | list[str]] = {"quote": "It floods every spring", "tag": "claim"}
    assert client.submit(page, f"{address}/annotations", passage).status_code == 303
    assert changed
    session.rollback()
    row = session.scalars(select(SignIn).execution_options(populate_existing=True)).one()
    assert now() - row.seen_at < timedelta(minutes=1)
    assert (row.ended_at is not None) is database.is_postgresql


def test_a_session_in_use_stays_and_a_forgotten_one_ends(
    client: PageClient, session: Session, room: Room
) -> None:
    sign_in(client, session, room.owner.account)
    row = session.scalars(select(SignIn)).one()
    row.seen_at = now() - timedelta(days=29)
    session.commit()
    assert client.get("/account").status_code == 200
    session.rollback()
    session.refresh(row)
    assert now() - row.seen_at < timedelta(minutes=1)
    row.seen_at = now() - timedelta(days=31)
    session.commit()
    assert client.get("/account").status_code == 302


@pytest.mark.sqlite_only
def test_a_clock_that_is_set_back_signs_nobody_out(
    client: PageClient, session: Session, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client, session, room.annotator.account)
    an_hour_ago = time.time() - 3_600
    monkeypatch.setattr(time, "time", lambda: an_hour_ago)
    assert client.get("/account").status_code == 200
    session.execute(update(SignIn).values(seen_at=now() + timedelta(days=400)))
    session.commit()
    assert client.get("/account").status_code == 200
    # It ends 30 days after it was used last, and not after the clock was wrong.
    session.expire_all()
    assert session.scalars(select(SignIn.seen_at)).one() < now() + timedelta(seconds=1)


def test_a_cookie_is_renewed_at_sign_in(client: PageClient, room: Room) -> None:
    client.get("/sign-in")
    before = client.get_cookie("gloss")
    answer = try_password(client, room.owner.account.email, PASSWORD)
    after = client.get_cookie("gloss")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    assert "Max-Age" in answer.headers["Set-Cookie"] or "Expires" in answer.headers["Set-Cookie"]
