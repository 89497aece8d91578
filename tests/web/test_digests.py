"""The daily digest: for who asks, once a day, and ended by one press."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from email.message import EmailMessage

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app import create_app
from app.accounts.service import accounts
from app.config import Config
from app.inbox import service
from app.inbox.views.digests import send_digest, today
from app.integrations.mail import MailServer
from tests.harness.builders import Room, add_annotation, add_comment, csrf_token, sign_in
from tests.harness.mail import MailBox
from tests.harness.pages import PageClient, page_client

URL = "https://gloss.example"
FROM = "gloss@example.org"


@pytest.fixture
def mailing(make_config: Callable[..., Config], box: MailBox) -> Iterator[Flask]:
    """Give the application with a mail server, as others reach it."""
    app = create_app(make_config(PUBLIC_URL=URL, SMTP_URL=box.url, MAIL_FROM=FROM))
    app.testing = True
    yield app
    app.extensions["database"].dispose()


def run(app: Flask, *, fails: bool = False) -> str:
    """Run the command, and return what it says."""
    result = app.test_cli_runner().invoke(args=["accounts", "send-digests"])
    assert (result.exit_code != 0) is fails, result.output
    return result.output


def ask_for_digest(app: Flask, session: Session, room: Room) -> None:
    client = sign_in(page_client(app), session, room.annotator.account)
    fields = {"csrf_token": csrf_token(client), "daily_digest": "y"}
    answer = client.post("/account/digest", data=fields)
    assert answer.headers["Location"] == "/account#digest"
    assert 'name="daily_digest" type="checkbox" value="y"' in client.get("/account").text


def asks(session: Session, room: Room) -> bool:
    """Say whether the annotator asks for a digest."""
    session.rollback()
    session.expire_all()
    found = room.annotator.account.daily_digest
    session.rollback()
    return found


def link_in(message: EmailMessage) -> str:
    """Return the path of the link that ends the digest, and see that the header has it too."""
    found = re.search(rf"{URL}(/digest/\S+)", message.get_content())
    assert found is not None
    assert message["List-Unsubscribe"].strip() == f"<{URL}{found[1]}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    return found[1]


def test_who_asks_gets_what_is_new_once_a_day(
    mailing: Flask, session: Session, room: Room, box: MailBox
) -> None:
    mine = add_annotation(session, room.annotator, room.article)
    add_comment(session, room.curator, mine, "A demand?", is_question=True)
    assert run(mailing) == "Sent 0 digests.\n"  # nobody has asked
    ask_for_digest(mailing, session, room)
    assert run(mailing) == "Sent 1 digest.\n"
    message = box.next_message()
    assert message["To"] == room.annotator.account.email
    text = message.get_content()
    assert "1 thing is new in your inbox" in text
    assert "Cato asked a question, on your claim: A demand?" in text
    assert f"{URL}/annotations/{mine.id}" in text
    add_comment(session, room.curator, mine, "Well?")
    assert run(mailing) == "Sent 0 digests.\n"  # of this day


def test_the_next_day_tells_of_what_came_since_and_is_not_read(
    mailing: Flask, session: Session, room: Room, box: MailBox
) -> None:
    mine = add_annotation(session, room.annotator, room.article)
    add_comment(session, room.curator, mine, "Old.")
    ask_for_digest(mailing, session, room)
    run(mailing)
    box.next_message()
    server = mailing.config["GLOSS"].mail_server
    tomorrow = today() + timedelta(days=1)
    account_id = room.annotator.account_id
    with mailing.app_context():
        assert not send_digest(server, account_id, tomorrow)  # nothing is new
        add_comment(session, room.curator, mine, "New.")
        assert send_digest(server, account_id, tomorrow)
        text = box.next_message().get_content()
        assert "New." in text
        assert "Old." not in text
        comment = add_comment(session, room.curator, mine, "Read already.")
        session.rollback()
        service.mark_all_read(session, account_id=account_id, up_to=10_000)
        session.commit()
        assert comment.id
        assert not send_digest(server, account_id, tomorrow + timedelta(days=1))


def test_of_two_runs_at_once_one_claims_the_digest(session: Session, room: Room) -> None:
    account_id, day = room.annotator.account_id, today()
    claims = [service.claim_digest(session, account_id=account_id, today=day) for _run in range(2)]
    assert claims == [True, False]
    assert service.told(session, account_id) == (0, day)


def test_what_was_claimed_and_never_sent_is_told_the_next_day(
    mailing: Flask, session: Session, room: Room, box: MailBox
) -> None:
    mine = add_annotation(session, room.annotator, room.article)
    add_comment(session, room.curator, mine, "Is it?")
    ask_for_digest(mailing, session, room)
    account_id, day = room.annotator.account_id, today()
    session.rollback()
    assert service.claim_digest(session, account_id=account_id, today=day)
    session.commit()  # and here the process dies
    assert run(mailing) == "Sent 0 digests.\n"
    server = mailing.config["GLOSS"].mail_server
    with mailing.app_context():
        assert send_digest(server, account_id, day + timedelta(days=1))
    assert "Is it?" in box.next_message().get_content()


def test_an_address_that_no_message_can_be_sent_to_keeps_nobody_from_theirs(
    mailing: Flask, session: Session, room: Room, box: MailBox, caplog: pytest.LogCaptureFixture
) -> None:
    for member in (room.annotator, room.curator):
        mine = add_annotation(session, member, room.article)
        add_comment(session, room.owner, mine)
        member.account.daily_digest = True
    room.annotator.account.email_address = "a@["  # as an older version let through
    session.commit()
    said = run(mailing, fails=True)
    assert f"Account {room.annotator.account_id}: not sent" in said
    assert "Sent 1 digest." in said
    assert f"digest of account {room.annotator.account_id} not sent" in caplog.text
    assert "a@[" not in caplog.text
    assert box.next_message()["To"] == room.curator.account.email
    room.annotator.account.email_address = "ada@example.org"
    session.commit()
    assert run(mailing) == "Sent 1 digest.\n"  # it was given back
    assert box.next_message()["To"] == "ada@example.org"


@pytest.mark.sqlite_only
def test_a_digest_that_cannot_be_sent_is_sent_by_a_later_run(
    mailing: Flask, session: Session, room: Room, box: MailBox
) -> None:
    mine = add_annotation(session, room.annotator, room.article)
    add_comment(session, room.curator, mine)
    ask_for_digest(mailing, session, room)
    nowhere = MailServer.from_url("smtp://127.0.0.1:9", FROM)
    with mailing.app_context(), pytest.raises(OSError, match="refused"):
        send_digest(nowhere, room.annotator.account_id, today())
    assert run(mailing) == "Sent 1 digest.\n"
    assert "Is this so?" in box.next_message().get_content()


@pytest.mark.sqlite_only
def test_a_disabled_account_gets_none(
    mailing: Flask, session: Session, room: Room, box: MailBox
) -> None:
    mine = add_annotation(session, room.annotator, room.article)
    add_comment(session, room.curator, mine)
    ask_for_digest(mailing, session, room)
    session.rollback()
    accounts.disable(session, account_id=room.annotator.account_id)
    session.commit()
    assert run(mailing) == "Sent 0 digests.\n"
    assert box.messages.empty()


def test_one_press_ends_it_without_signing_in(
    mailing: Flask, session: Session, room: Room, box: MailBox
) -> None:
    mine = add_annotation(session, room.annotator, room.article)
    add_comment(session, room.curator, mine)
    ask_for_digest(mailing, session, room)
    run(mailing)
    link = link_in(box.next_message())
    stranger = page_client(mailing)
    page = stranger.get(link)
    assert room.annotator.account.email in page.text
    assert asks(session, room)  # to look is not to press
    answer = stranger.post(link, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert "gets no daily digest" in answer.text
    assert not asks(session, room)
    assert stranger.get(f"{link}x").status_code == 404
    assert stranger.post("/digest/forged").status_code == 404


@pytest.mark.sqlite_only
def test_without_a_mail_server_the_command_and_the_account_say_so(
    app: Flask, session: Session, room: Room
) -> None:
    assert "No mail server is configured: set SMTP_URL and MAIL_FROM." in run(app, fails=True)
    client: PageClient = sign_in(page_client(app), session, room.reader.account)
    assert "This server sends no email just now" in client.get("/account").text
