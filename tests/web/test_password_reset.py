"""Setting a new password by a link: making one, using it, and all who may not."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app import create_app
from app.accounts.models import PasswordReset, SignIn
from app.accounts.service.reset_tokens import LASTS, UNUSABLE
from app.config import Config
from app.core.clock import now
from app.core.throttle import Attempt
from app.projects.roles import Role
from app.web.link_throttle import WRONG_LINKS_FROM_HOST
from tests.harness.builders import (
    PASSWORD,
    Room,
    add_member,
    add_reset_link,
    csrf_token,
    join,
    sign_in,
)
from tests.harness.pages import PageClient, page_client, without_chance

PEOPLE = "/projects/first/people"
NEW = "another phrase of words"


@pytest.fixture
def owner(client: PageClient, session: Session, room: Room) -> PageClient:
    """Give a client in which the owner is signed in."""
    return sign_in(client, session, room.owner.account)


def make(client: PageClient, account_id: int) -> TestResponse:
    page = client.get(PEOPLE)
    made = client.submit(page, "new-reset-link", {"account": str(account_id)})
    assert made.status_code == 303
    return client.get(made.headers["Location"])


def link(page: TestResponse) -> str:
    """Return the path of the link that a page shows."""
    found = re.search(
        r'id="reset-link" value="http://127\.0\.0\.1:8000(/reset/[\w-]{43})"', page.text
    )
    assert found is not None
    return found[1]


def set_password(client: PageClient, path: str, password: str = NEW) -> TestResponse:
    return client.submit(client.get(path), path, {"password": password})


def try_password(client: PageClient, email: str, password: str) -> int:
    fields = {"email": email, "password": password}
    return client.submit(client.get("/sign-in"), "/sign-in", fields).status_code


# --- using --------------------------------------------------------------------------------------


def test_a_member_is_back_in_by_the_link_of_an_owner_and_every_session_ends(
    app: Flask, owner: PageClient, session: Session, room: Room
) -> None:
    account = room.annotator.account
    elsewhere = sign_in(page_client(app), session, account)
    page = make(owner, account.id)
    assert "The link for Ines" in page.text
    assert "within 24 hours" in page.text
    path = link(page)
    assert path not in owner.get(PEOPLE).text
    client = page_client(app)
    page = client.get(path)
    assert f"For Ines, {account.email}." in page.text
    assert elsewhere.get("/account").status_code == 200  # looking changes nothing
    done = client.submit(page, path, {"password": NEW})
    assert (done.status_code, done.headers["Location"]) == (303, "/")
    page = client.get("/", follow_redirects=True)
    assert "Your password is changed" in page.text
    assert '<span class="name">Ines</span>' in page.text
    assert elsewhere.get("/account").status_code == 302
    assert try_password(page_client(app), account.email, PASSWORD) == 422
    assert try_password(page_client(app), account.email, NEW) == 303
    assert page_client(app).get(path).status_code == 404


def test_who_is_signed_in_as_somebody_else_is_the_account_of_the_link_afterwards(
    app: Flask, session: Session, room: Room
) -> None:
    path = f"/reset/{add_reset_link(session, room.annotator.account)}"
    client = sign_in(page_client(app), session, room.reader.account)
    assert set_password(client, path).status_code == 303
    assert room.annotator.account.email in client.get("/account").text


@pytest.mark.sqlite_only
def test_a_password_that_cannot_be_used_is_said_at_its_field_and_uses_nothing_up(
    app: Flask, session: Session, room: Room
) -> None:
    path = f"/reset/{add_reset_link(session, room.annotator.account)}"
    client = page_client(app)
    for password, said in (("short", "at least 8 characters"), ("x" * 1_001, "at most 1000")):
        refused = set_password(client, path, password)
        assert refused.status_code == 422
        assert said in refused.text
        assert 'aria-invalid="true"' in refused.text
        assert password not in refused.text
    assert session.scalars(select(SignIn)).all() == []
    assert set_password(client, path).status_code == 303


def test_used_expired_and_unknown_links_all_say_the_same(
    app: Flask, session: Session, room: Room
) -> None:
    used, expired = (
        f"/reset/{add_reset_link(session, member.account)}"
        for member in (room.annotator, room.reader)
    )
    set_password(page_client(app), used)
    query = select(PasswordReset).where(PasswordReset.account_id == room.reader.account_id)
    row = session.scalars(query).one()
    row.made_at = now() - LASTS - timedelta(seconds=1)
    row.expires_at = row.made_at + LASTS
    session.commit()
    client = page_client(app)
    paths = [used, expired, "/reset/nothing-like-it"]
    answers = [client.get(path) for path in paths]
    assert {answer.status_code for answer in answers} == {404}
    assert UNUSABLE in answers[0].text
    assert len({without_chance(answer.text) for answer in answers}) == 1
    sign_in(client, session, room.curator.account)
    data = {"csrf_token": csrf_token(client), "password": NEW}
    for path in paths:
        posted = client.post(path, data=data)
        assert (posted.status_code, UNUSABLE in posted.text) == (404, True)


def test_links_cannot_be_guessed_without_end(app: Flask, session: Session, room: Room) -> None:
    right = f"/reset/{add_reset_link(session, room.annotator.account)}"
    client = page_client(app)
    assert client.get("/reset/a-guess").status_code == 404
    assert client.get("/invitations/a-guess").status_code == 404
    session.rollback()
    (key,) = set(session.scalars(select(Attempt.key)))  # guesses of both kinds are one count
    session.add_all([Attempt(key=key, at=now()) for _ in range(WRONG_LINKS_FROM_HOST - 2)])
    session.commit()
    for path in ("/reset/a-guess", right):
        answer = client.get(path)
        assert (answer.status_code, "Wait 15 minutes" in answer.text) == (429, True)


@pytest.mark.sqlite_only
def test_a_link_leaves_the_site_in_no_referrer_no_cache_and_no_log(
    app: Flask, session: Session, room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    path = f"/reset/{add_reset_link(session, room.annotator.account)}"
    answer = page_client(app).get(path)
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store"
    assert not re.search(r'(?:href|src|action)="(?:https?:)?//', answer.text)
    with app.test_request_context(path):
        app.log_exception((None, None, None))
    assert path not in caplog.text
    assert "/reset/<token>" in caplog.text


# --- making -------------------------------------------------------------------------------------


@pytest.mark.sqlite_only
def test_the_page_offers_those_alone_whom_the_owner_may_help(
    owner: PageClient, session: Session, room: Room
) -> None:
    equal = add_member(session, Role.OWNER, "Omar")
    join(session, room.curator.account, Role.READER, "second")
    page = owner.get(PEOPLE).text.partition("Forgotten passwords")[2]
    offered = re.findall(r"<option value=\"\d+\">(\w+)</option>", page.partition("</form>")[0])
    assert offered == ["Ines", "Rita"]
    token = csrf_token(owner)
    for account_id in (room.curator.account_id, equal.account_id, room.owner.account_id):
        data = {"csrf_token": token, "account": str(account_id)}
        refused = owner.post("/projects/first/reset-links", data=data)
        assert refused.status_code == 403
        assert "Ask whoever runs this server to make it." in refused.text
    for nobody in ("99", "", "x", str(add_member(session, slug="second").account_id)):
        data = {"csrf_token": token, "account": nobody}
        assert owner.post("/projects/first/reset-links", data=data).status_code == 404
    assert session.scalars(select(PasswordReset)).all() == []


@pytest.mark.sqlite_only
def test_only_owners_are_offered_to_make_a_link(
    client: PageClient, session: Session, room: Room
) -> None:
    sign_in(client, session, room.curator.account)
    assert "Forgotten passwords" not in client.get(PEOPLE).text


@pytest.mark.sqlite_only
def test_the_link_follows_the_settings_and_never_the_host_header(
    make_config: Callable[..., Config], session: Session, room: Room
) -> None:
    app = create_app(make_config(PUBLIC_URL="https://gloss.example"))
    client = sign_in(page_client(app), session, room.owner.account)
    data = {"csrf_token": csrf_token(client), "account": str(room.reader.account_id)}
    cookie = client.get_cookie("gloss")
    assert cookie is not None
    elsewhere = PageClient(app, use_cookies=False)
    headers = {"Host": "evil.example", "Cookie": f"gloss={cookie.value}"}
    made = elsewhere.post("/projects/first/reset-links", data=data, headers=headers)
    assert made.status_code == 303
    headers["Cookie"] = made.headers["Set-Cookie"].partition(";")[0]
    page = elsewhere.get(PEOPLE, headers=headers)
    assert 'value="https://gloss.example/reset/' in page.text
    assert "evil.example" not in page.text
    app.extensions["database"].dispose()


@pytest.mark.sqlite_only
def test_sign_in_leads_to_a_new_password(client: PageClient, room: Room) -> None:
    assert room.owner.account_id
    page = client.get("/sign-in").text
    assert 'href="/forgotten-password">Forgot your password?</a>' in page
