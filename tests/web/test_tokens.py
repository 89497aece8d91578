"""API tokens: made, named, limited and revoked on a page of one's own, and what ends them."""

import io
import logging
import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import ApiToken
from app.accounts.service import accounts, api_tokens
from app.accounts.service.api_tokens import MOST_TOKENS
from app.core.clock import now
from app.events.models import Event
from app.projects.roles import Role
from app.projects.service import memberships, token_audit
from tests.harness.api import ApiClient
from tests.harness.builders import (
    PASSWORD,
    QUICK_HASH,
    Room,
    add_project,
    add_token,
    join,
    sign_in,
)
from tests.harness.pages import PageClient, page_client

TOKENS = "/account/tokens"
PROJECTS = "/api/v1/projects"


def make(client: PageClient, **fields: str) -> str:
    """Make a token on the page and return it, as it is shown once."""
    answer = client.submit(client.get(TOKENS), "new-token", {"name": "Notebook", **fields})
    assert answer.status_code == 303, answer.text
    shown = re.search(r'value="(gloss_[\w-]{43})"', client.get(TOKENS).text)
    assert shown is not None
    assert shown[1] not in client.get(TOKENS).text
    return shown[1]


def status(app: Flask, secret: str) -> int:
    answer = ApiClient(app, secret).ask("GET", PROJECTS)
    return int(answer.status_code)


def test_a_token_is_shown_once_works_and_is_revoked_at_once(
    app: Flask, me: PageClient, session: Session, room: Room
) -> None:
    secret = make(me, scope="read", ends="30")
    page = me.get(TOKENS).text
    assert f"<code>{secret[:12]}…</code>" in page
    assert "read only&nbsp;· all your projects&nbsp;· until" in page
    assert "never used" in page
    kept = session.scalars(select(ApiToken)).one()
    assert secret not in str(vars(kept))
    assert status(app, secret) == status(app, secret) == 200
    assert "last used" in me.get(TOKENS).text
    me.submit(me.get(TOKENS), f"{TOKENS}/{kept.id}/revoke")
    assert status(app, secret) == 401
    assert "You have none." in me.get(TOKENS).text
    session.rollback()  # what it has read is old
    owner = sign_in(page_client(app), session, room.owner.account)
    told = owner.get("/projects/first/activity?kind=sign-ins").text
    for words in (
        "made the API token “Notebook”, which may read until",
        "used the API token “Notebook” for the first time",
        "revoked the API token “Notebook”",
    ):
        assert told.count(words) == 1, words


def test_a_token_of_one_project_is_told_to_its_owners_alone(
    me: PageClient, session: Session, room: Room
) -> None:
    join(session, room.annotator.account, Role.READER, "second")
    make(me, project="second", scope="write", ends="never")
    event = session.scalars(select(Event).where(Event.kind == token_audit.MADE)).one()
    assert event.project_id == add_project(session, "second").id
    assert "read and write&nbsp;· Project second&nbsp;· no end" in me.get(TOKENS).text


@pytest.mark.sqlite_only
def test_what_ends_an_account_ends_its_tokens(
    app: Flask, me: PageClient, session: Session, room: Room
) -> None:
    account = room.annotator.account
    secret = make(me)
    form = {"present": PASSWORD, "password": "other words of mine"}
    assert me.submit(me.get("/account"), "/account/password", form).status_code == 303
    assert status(app, secret) == 401
    session.rollback()
    secret = add_token(session, account)
    ended = app.test_cli_runner().invoke(args=["accounts", "end-sessions", account.email])
    assert ended.exit_code == 0, ended.output
    assert status(app, secret) == 401
    session.rollback()
    secret = add_token(session, account)
    assert ApiClient(app, secret).ask("GET", "/api/v1/projects/first/themes").status_code == 200
    memberships.remove(session, actor=room.owner, account_id=account.id)
    session.commit()
    program = ApiClient(app, secret)
    assert program.ask("GET", "/api/v1/projects/first/themes").status_code == 404
    assert program.ask("GET", PROJECTS).json["items"] == []
    accounts.disable(session, account_id=account.id)
    session.commit()
    assert status(app, secret) == 401
    accounts.enable(session, account_id=account.id)
    accounts.change_password(
        session, account_id=account.id, password_hash=QUICK_HASH, keep_session_id=None
    )
    session.commit()
    assert status(app, secret) == 401


@pytest.mark.sqlite_only
def test_a_token_ends_on_its_day(app: Flask, me: PageClient, session: Session, room: Room) -> None:
    today = now().date()
    secret = make(me, ends="day", day=today.isoformat())
    kept = session.scalars(select(ApiToken)).one()
    assert kept.expires_at is not None
    assert now() < kept.expires_at <= now() + timedelta(days=1)
    assert status(app, secret) == 200
    session.rollback()
    kept = session.scalars(select(ApiToken)).one()
    kept.expires_at = now() - timedelta(seconds=1)
    session.commit()
    assert status(app, secret) == 401
    assert '<span class="badge">expired</span>' in me.get(TOKENS).text
    assert room.article.id


@pytest.mark.sqlite_only
def test_what_is_wrong_in_the_form_is_said_and_what_was_typed_is_kept(
    me: PageClient, session: Session, room: Room
) -> None:
    for fields, words in (
        ({"name": " "}, "Give the token a name"),
        ({"name": "n" * 101}, "A name has at most 100 characters; this has 101."),
        ({"scope": "all"}, "Choose whether the token may only read"),
        ({"ends": "7"}, "Choose when the token ends."),
        ({"ends": "day", "day": "31.1.2027"}, "Give the day as year, month and day"),
        ({"ends": "day", "day": "2020-01-31"}, "That day is over."),
        ({"project": "nowhere"}, "You are not in that project any more."),
    ):
        page = me.submit(me.get(TOKENS), "new-token", {"name": "Kept <name>", **fields})
        assert page.status_code == 422, fields
        assert words in page.text
        if "name" not in fields:
            assert 'value="Kept &lt;name&gt;"' in page.text
    for _ in range(MOST_TOKENS):
        add_token(session, room.annotator.account)
    page = me.submit(me.get(TOKENS), "new-token", {"name": "One more"})
    assert page.status_code == 409
    assert f"at most {MOST_TOKENS} API tokens" in page.text


@pytest.mark.sqlite_only
def test_anothers_token_cannot_be_revoked(
    app: Flask, me: PageClient, session: Session, room: Room
) -> None:
    secret = add_token(session, room.curator.account)
    kept = session.scalars(select(ApiToken)).one()
    add_token(session, room.annotator.account)
    page = me.get(TOKENS)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert token is not None
    answer = me.post(f"{TOKENS}/{kept.id}/revoke", data={"csrf_token": token[1]})
    assert answer.status_code == 404
    assert status(app, secret) == 200


@pytest.mark.sqlite_only
def test_no_token_is_in_the_log(app: Flask, session: Session, room: Room) -> None:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    logging.getLogger().addHandler(handler)
    try:
        secret = add_token(session, room.reader.account)
        program = ApiClient(app, secret)
        for path in (PROJECTS, "/api/v1/nowhere", "/api/v1/annotations/1"):
            program.ask("GET", path)
        ApiClient(app, "gloss_a-wrong-one").ask("GET", PROJECTS)
    finally:
        logging.getLogger().removeHandler(handler)
    assert secret not in written.getvalue()
    assert "gloss_a-wrong-one" not in written.getvalue()


def test_who_two_programs_use_a_token_for_the_first_time_is_told_once(
    app: Flask, session: Session, room: Room
) -> None:
    secret = add_token(session, room.reader.account)
    token = api_tokens.find(session, secret)
    assert token is not None
    session.commit()  # what it has read stays as it was
    assert [status(app, secret) for _ in range(2)] == [200, 200]
    assert api_tokens.note_use(session, token) is False  # it was read before the others
    session.rollback()
    used = select(Event).where(Event.kind == token_audit.USED)
    assert len(session.scalars(used).all()) == 1
