"""Asking for a new password by email: who gets a link, and what a stranger learns."""

import re
import threading
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app import create_app
from app.accounts.models import PasswordReset
from app.accounts.views.password_reset_request import (
    MAILS_FROM_HOST,
    MAILS_TO_ADDRESS,
    WINDOW,
    _send,
)
from app.config import Config
from app.core.db import Database
from app.core.throttle import count_attempt
from tests.harness.builders import Room, csrf_token, sign_in
from tests.harness.mail import MailBox
from tests.harness.pages import PageClient, page_client

FORGOTTEN = "/forgotten-password"


def ask(client: PageClient, email: str) -> TestResponse:
    return client.submit(client.get(FORGOTTEN), FORGOTTEN, {"email": email})


def test_a_link_comes_by_e_mail_and_sets_the_password(
    mailing: Flask, box: MailBox, session: Session, room: Room
) -> None:
    account = room.annotator.account
    client = page_client(mailing)
    assert f'href="{FORGOTTEN}"' in client.get("/sign-in").text
    asked = ask(client, f" {account.email.upper()} ")
    assert (asked.status_code, asked.headers["Location"]) == (303, "/sign-in")
    assert "If there is an account with this address" in client.get("/sign-in").text
    message = box.next_message()
    assert (message["From"], message["To"]) == ("gloss@example.org", account.email)
    found = re.search(r"\shttp://gloss\.example(/reset/[\w-]{43})\s", message.get_content())
    assert found is not None
    page = client.get(found[1])
    done = client.submit(page, found[1], {"password": "another phrase of words"})
    assert done.status_code == 303
    assert account.email in client.get("/account").text
    session.rollback()
    assert session.scalars(select(PasswordReset)).one().made_by_id is None


@pytest.mark.sqlite_only
def test_a_stranger_learns_not_whether_an_address_is_known(
    mailing: Flask, box: MailBox, session: Session, room: Room
) -> None:
    pages = []
    for email in ("nobody@example.org", room.reader.account.email):
        client = page_client(mailing)
        answer = ask(client, email)
        pages.append((answer.status_code, answer.headers["Location"], answer.text))
        pages.append((0, "", re.sub(r'value="[^"]+"', "", client.get("/sign-in").text)))
    assert pages[:2] == pages[2:]
    assert box.next_message()["To"] == room.reader.account.email  # the only one that was sent
    assert box.messages.empty()
    session.rollback()
    assert len(session.scalars(select(PasswordReset)).all()) == 1


@pytest.mark.sqlite_only
def test_asking_is_throttled_by_address_known_or_not_and_by_host(
    mailing: Flask, database: Database, room: Room
) -> None:
    client = page_client(mailing)
    for email in ("nobody@example.org", room.reader.account.email):
        statuses = [ask(client, email).status_code for _ in range(MAILS_TO_ADDRESS + 1)]
        assert statuses == [303] * MAILS_TO_ADDRESS + [429]
    with database.writing() as own:  # links may be made meanwhile: it waits for its turn
        for _ in range(MAILS_FROM_HOST - 2 * MAILS_TO_ADDRESS):
            what = "forgotten-from:127.0.0.1"
            count_attempt(own, what=what, limit=MAILS_FROM_HOST, window=WINDOW)
        own.commit()
    refused = ask(client, "another@example.org")
    assert (refused.status_code, "Wait 15 minutes" in refused.text) == (429, True)


@pytest.mark.sqlite_only
def test_what_is_no_address_is_said_and_kept(mailing: Flask, room: Room) -> None:
    assert room.owner.account_id
    answer = ask(page_client(mailing), "ines")
    assert answer.status_code == 422
    assert "Write an email address" in answer.text
    assert 'value="ines"' in answer.text


@pytest.mark.sqlite_only
def test_without_a_mail_server_the_page_says_whom_to_ask(
    client: PageClient, session: Session, room: Room
) -> None:
    page = client.get(FORGOTTEN).text
    assert "flask --app app accounts reset-link EMAIL" in page
    assert f'action="{FORGOTTEN}"' not in page
    sign_in(client, session, room.owner.account)
    data = {"email": room.reader.account.email, "csrf_token": csrf_token(client)}
    refused = client.post(FORGOTTEN, data=data)
    assert refused.status_code == 403
    assert "sends no email" in refused.text
    assert session.scalars(select(PasswordReset)).all() == []


@pytest.mark.sqlite_only
def test_a_mail_server_that_does_not_answer_is_logged_without_the_address(
    make_config: Callable[..., Config],
    room: Room,
    free_port: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    settings = {"SMTP_URL": f"smtp://127.0.0.1:{free_port}", "MAIL_FROM": "gloss@example.org"}
    app = create_app(make_config(**settings))
    assert ask(page_client(app), room.reader.account.email).status_code == 303
    for thread in threading.enumerate():
        if thread.name.endswith("(_send)"):
            thread.join(10)
    assert "was not sent: ConnectionRefusedError" in caplog.text
    assert room.reader.account.email not in caplog.text
    app.extensions["database"].dispose()


@pytest.mark.sqlite_only
def test_a_link_that_cannot_be_sent_is_logged_whatever_the_reason(
    mailing: Flask, session: Session, room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    room.reader.account.email_address = "a,b@x"  # as an older version let through
    session.commit()
    _send(mailing, mailing.config["GLOSS"].mail_server, "a,b@x")
    assert "a link for a new password was not sent: EmailSyntaxError in" in caplog.text
    assert "a,b@x" not in caplog.text
