"""Changing one's own address: what confirms it, what ends, and what nobody learns."""

import re

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.accounts.models import Account, SignIn
from app.accounts.service import addresses
from app.accounts.views.email_change import MAILS, PURPOSE
from app.accounts.views.my_account import TRIES_FOR_ADDRESS
from app.activity.pages.event_text import EventNames, describe
from app.events.models import Event
from app.web.signing import sign
from tests.harness.builders import PASSWORD, Room, add_reset_link, csrf_token, sign_in
from tests.harness.mail import MailBox
from tests.harness.pages import PageClient, page_client

NEW = "ines.new@example.org"
CHANGE = "/account/email"


def ask(client: PageClient, email: str = NEW, password: str = PASSWORD) -> TestResponse:
    form = {"email": email, "present": password}
    return client.submit(client.get("/account"), CHANGE, form)


def address_of(session: Session, account: Account) -> str:
    session.rollback()
    session.refresh(account)
    return account.email


def test_without_mail_the_password_changes_it_and_other_sessions_and_links_end(
    app: Flask, me: PageClient, session: Session, room: Room
) -> None:
    ines = room.annotator.account
    elsewhere = sign_in(page_client(app), session, ines)
    reset = f"/reset/{add_reset_link(session, ines)}"
    for email, password, says in (
        (NEW, "wrong words of mine", "not your current password"),
        ("ines", PASSWORD, "Write an email address"),
        (ines.email.upper(), PASSWORD, "your address already"),
        (room.owner.account.email, PASSWORD, "an account with this address already"),
    ):
        answer = ask(me, email, password)
        assert answer.status_code == 422
        assert says in answer.text
    before = ines.email
    assert address_of(session, ines) == before
    assert ask(me, f" {NEW.upper()} ").status_code == 303
    assert address_of(session, ines) == NEW
    assert "other sessions have ended" in me.get("/account").text
    assert elsewhere.get("/account").status_code == 302
    assert page_client(app).get(reset).status_code == 404
    signing_in = page_client(app)
    for email, status in ((before, 422), (NEW, 303)):
        form = {"email": email, "password": PASSWORD}
        assert signing_in.submit(signing_in.get("/sign-in"), "/sign-in", form).status_code == status
    event = session.scalars(select(Event).where(Event.kind == "account.email_changed")).one()
    assert describe(event, EventNames()) == "changed their address"
    assert "@" not in str((event.before, event.after))


def test_with_mail_a_link_to_the_new_address_changes_it_once_and_the_old_one_is_told(
    mailing: Flask, box: MailBox, session: Session, room: Room
) -> None:
    ines = room.annotator.account
    before = ines.email
    client = sign_in(page_client(mailing), session, ines)
    form = {"email": NEW, "present": PASSWORD, "csrf_token": csrf_token(client)}
    cookie = client.get_cookie("gloss")
    assert cookie is not None
    headers = {"Host": "evil.example", "Cookie": f"gloss={cookie.value}"}
    elsewhere = PageClient(mailing, use_cookies=False)
    asked = elsewhere.post(CHANGE, data=form, headers=headers)
    assert asked.status_code == 303
    message = box.next_message()
    assert message["To"] == NEW
    link = re.search(r"http://gloss\.example(/account/email/\S+)", message.get_content())
    assert link is not None  # it stands on the settings, whatever host was asked for
    assert address_of(session, ines) == before
    stranger = page_client(mailing)
    assert "/sign-in?next=" in stranger.get(link[1]).headers["Location"]
    other = sign_in(page_client(mailing), session, room.curator.account)
    assert other.get(link[1]).status_code == 404
    page = client.get(link[1])
    assert NEW in page.text
    assert address_of(session, ines) == before  # to look changes nothing
    assert client.submit(page, link[1], {}).status_code == 303
    assert address_of(session, ines) == NEW
    notice = box.next_message()
    assert notice["To"] == before
    assert NEW in notice.get_content()
    assert client.get(link[1]).status_code == 404


def test_with_mail_nobody_learns_which_addresses_are_taken(
    mailing: Flask, box: MailBox, session: Session, room: Room
) -> None:
    client = sign_in(page_client(mailing), session, room.annotator.account)
    said = []
    for email in (room.owner.account.email, NEW):
        assert ask(client, email).status_code == 303
        said.append(client.get("/account").text.count(f"A link is on its way to {email}"))
    assert said == [1, 1]
    assert box.next_message()["To"] == NEW
    # It was free when the link was sent.
    with mailing.test_request_context():
        change = addresses.plan(room.annotator.account, room.owner.account.email)
        token = sign(list(change), purpose=PURPOSE)
    page = client.get(f"{CHANGE}/{token}")
    assert client.submit(page, f"{CHANGE}/{token}", {}).status_code == 422


def test_an_old_or_forged_link_and_one_from_before_a_new_password_lead_nowhere(
    app: Flask, me: PageClient, session: Session, room: Room
) -> None:
    ines = room.annotator.account
    with app.test_request_context():
        change = addresses.plan(ines, NEW)
        old = change._replace(asked_at=change.asked_at - int(addresses.LASTS.total_seconds()))
        other = change._replace(proof="x")
        good, *bad = (sign(list(each), purpose=PURPOSE) for each in (change, old, other))
        bad += [sign(list(change), purpose="another"), good[:-1], "x"]
    assert me.get(f"{CHANGE}/{good}").status_code == 200
    assert {me.get(f"{CHANGE}/{token}").status_code for token in bad} == {404}
    assert address_of(session, ines) != NEW


def test_guesses_at_the_password_and_links_are_counted(
    app: Flask, mailing: Flask, session: Session, room: Room
) -> None:
    client = sign_in(page_client(app), session, room.annotator.account)
    guesses = [ask(client, NEW, "wrong words").status_code for _ in range(TRIES_FOR_ADDRESS + 1)]
    assert guesses == [422] * TRIES_FOR_ADDRESS + [429]
    writing = sign_in(page_client(mailing), session, room.curator.account)
    sent = [ask(writing, f"c{number}@example.org").status_code for number in range(MAILS + 1)]
    assert sent == [303] * MAILS + [429]


def test_who_signs_in_by_the_provider_alone_is_asked_for_no_password(
    me: PageClient, session: Session, room: Room
) -> None:
    room.annotator.account.password_hash = ""
    session.commit()
    assert CHANGE not in me.get("/account").text
    assert session.scalars(select(SignIn)).all()
