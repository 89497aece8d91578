"""Signing up, as a browser does it."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app import create_app
from app.accounts.models import Account
from app.config import Config
from app.core.throttle import count_attempt
from app.projects.models import Member
from app.projects.roles import Role
from app.signup.views.create_account import SIGN_UPS_FROM_HOST, WINDOW
from tests.harness.builders import PASSWORD, Room, add_article, add_member, add_project
from tests.harness.pages import PageClient, page_client
from tests.harness.signing_in import problem

ADA = {"name": "Ada", "email": "Ada@Example.org", "password": PASSWORD}


def sign_up(client: PageClient, **fields: str) -> TestResponse:
    return client.submit(client.get("/sign-up"), "/sign-up", {**ADA, **fields})


def test_the_first_account_owns_is_signed_in_and_stands_on_the_list(
    client: PageClient, session: Session
) -> None:
    add_article(session)
    assert "owns the project" in client.get("/sign-up").text
    made = sign_up(client)
    assert (made.status_code, made.headers["Location"]) == (303, "/")
    page = client.get("/", follow_redirects=True)
    assert page.request.path == "/projects/first/articles"
    assert "The River Road" in page.text
    session.rollback()
    member = session.scalars(select(Member)).one()
    assert (member.role, member.account.email) == (Role.OWNER, "ada@example.org")


def test_the_next_account_annotates(app: Flask, client: PageClient, session: Session) -> None:
    add_project(session)
    sign_up(client)
    second = page_client(app)
    assert "owns the project" not in second.get("/sign-up").text
    sign_up(second, email="bea@example.org")
    session.rollback()
    roles = [row.role for row in session.scalars(select(Member).order_by(Member.account_id))]
    assert roles == [Role.OWNER, Role.ANNOTATOR]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": " "}, "Write your name"),
        ({"email": "ada"}, "Write an email address"),
        ({"password": "short"}, "at least 8 characters"),
    ],
)
@pytest.mark.sqlite_only
def test_what_cannot_be_used_is_said_at_its_field_and_the_rest_is_kept(
    client: PageClient, session: Session, fields: dict[str, str], said: str
) -> None:
    add_project(session)
    form = {**ADA, **fields}
    answer = client.submit(client.get("/sign-up"), "/sign-up", form)
    assert answer.status_code == 422
    assert said in answer.text
    assert f'value="{form["name"]}"' in answer.text
    assert PASSWORD not in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert session.scalars(select(Account)).all() == []


def test_an_address_that_is_taken_is_said(app: Flask, client: PageClient, session: Session) -> None:
    add_project(session)
    sign_up(client)
    answer = sign_up(page_client(app), email="ADA@example.org")
    assert answer.status_code == 422
    assert "There is an account with this address already" in answer.text


@pytest.mark.sqlite_only
def test_closed_registration_makes_no_account_and_says_who_does(
    make_config: Callable[..., Config], session: Session
) -> None:
    add_project(session)
    app = create_app(make_config(REGISTRATION="closed"))
    client = page_client(app)
    page = client.get("/", follow_redirects=True)
    assert page.request.path == "/sign-up"
    assert "flask --app app accounts create" in page.text
    assert '<form method="post" action="/sign-up"' not in page.text
    add_member(session)
    token = client.get("/sign-in").text.partition('name="csrf_token" value="')[2].partition('"')[0]
    answer = client.post("/sign-up", data={**ADA, "csrf_token": token})
    assert answer.status_code == 403
    assert "Ask them for one" in problem(answer)
    session.rollback()
    assert [row.name for row in session.scalars(select(Account))] == ["Ines"]
    app.extensions["database"].dispose()


@pytest.mark.sqlite_only
def test_sign_up_is_throttled(client: PageClient, session: Session, room: Room) -> None:
    assert room.owner.account_id
    for _ in range(SIGN_UPS_FROM_HOST - 1):
        count_attempt(
            session, what="sign-up-from:127.0.0.1", limit=SIGN_UPS_FROM_HOST, window=WINDOW
        )
    session.commit()
    page = client.get("/sign-up")
    answers = [client.submit(page, "/sign-up", {**ADA, "password": ""}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [422, 429]
    assert "Wait 60 minutes" in problem(answers[1])
