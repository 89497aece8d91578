"""The commands about accounts, as somebody types them."""

import re

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account, PasswordReset, SignIn
from app.accounts.passwords import verify_password
from app.accounts.service import accounts, asking, identities
from app.activity.pages.event_text import EventNames, describe
from app.core.clock import now
from app.events.models import Event
from app.projects.models import Member
from app.projects.roles import Role
from tests.harness.builders import (
    PASSWORD,
    Room,
    add_account,
    add_annotation,
    add_reset_link,
    sign_in,
)
from tests.harness.commands import CREATE, error, run
from tests.harness.pages import page_client


def roles(session: Session) -> list[Role]:
    session.rollback()
    return [member.role for member in session.scalars(select(Member).order_by(Member.account_id))]


def test_the_first_account_owns_and_the_next_annotates(app: Flask, session: Session) -> None:
    made = run(app, *CREATE, "--password", PASSWORD)
    assert made.output == "Made the account of Ines <ines@example.org>, owner.\n"
    args = ["accounts", "create", "--name", "Otto", "--email", "o@example.org"]
    assert "annotator" in run(app, *args, "--password", PASSWORD).output
    assert roles(session) == [Role.OWNER, Role.ANNOTATOR]
    account = session.scalars(select(Account).order_by(Account.id)).first()
    assert account is not None
    assert verify_password(PASSWORD, account.password_hash)


@pytest.mark.sqlite_only
def test_owner_makes_another_owner(app: Flask, room: Room, session: Session) -> None:
    assert room.owner.role is Role.OWNER
    assert run(app, *CREATE, "--password", PASSWORD, "--owner").output.endswith(", owner.\n")
    assert roles(session)[-1] is Role.OWNER


@pytest.mark.sqlite_only
def test_a_password_that_is_not_given_is_asked_for_unseen_and_twice(
    app: Flask, session: Session
) -> None:
    result = run(app, *CREATE, typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert result.exit_code == 0
    assert PASSWORD not in result.output
    assert session.scalars(select(Account)).one().email == "ines@example.org"


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--password", "short"], "Error: A password has at least 8 characters."),
        (["--password", PASSWORD, "--name", " "], "Error: Write your name"),
        (["--password", PASSWORD, "--email", "ines"], "Error: Write an email address"),
    ],
)
@pytest.mark.sqlite_only
def test_an_account_that_cannot_be_made_is_one_line(
    app: Flask, session: Session, args: list[str], said: str
) -> None:
    assert error(run(app, *CREATE, *args)).startswith(said)
    assert session.scalars(select(Account)).all() == []


def test_an_address_that_is_taken_is_one_line(app: Flask, session: Session) -> None:
    run(app, *CREATE, "--password", PASSWORD)
    assert "There is an account with this address already." in error(
        run(app, *CREATE, "--password", PASSWORD)
    )
    assert len(roles(session)) == 1


def test_a_reset_link_is_printed_and_lets_its_account_in(app: Flask, session: Session) -> None:
    run(app, *CREATE, "--password", PASSWORD)
    printed = run(app, "accounts", "reset-link", "INES@example.org").stdout
    assert re.fullmatch(r"http://127\.0\.0\.1:8000/reset/[\w-]{43}\n", printed)
    assert "For Ines, ines@example.org." in page_client(app).get(printed.strip()).text
    session.rollback()
    assert session.scalars(select(PasswordReset)).one().made_by_id is None


@pytest.mark.sqlite_only
def test_a_reset_link_for_nobody_is_one_line(app: Flask) -> None:
    said = error(run(app, "accounts", "reset-link", "nobody@example.org"))
    assert said == "Error: There is no account with this address."


def test_accounts_are_listed_with_their_standing(app: Flask, session: Session) -> None:
    bea, ada = add_account(session, "Bea", "b@example.org"), add_account(session, "Ada", "a@x.org")
    accounts.sign_in(session, account_id=ada.id)
    accounts.disable(session, account_id=bea.id)
    session.commit()
    today = now().date().isoformat()
    said = run(app, "accounts", "list").output
    assert said == f"a@x.org\tAda\tin use\t{today}\nb@example.org\tBea\tdisabled\t\n"


def test_a_disabled_account_is_signed_out_and_cannot_sign_in_by_a_password_or_a_link(
    app: Flask, session: Session, room: Room
) -> None:
    account = room.annotator.account
    email, account_id = account.email, account.id
    add_annotation(session, room.annotator, room.article)
    client = sign_in(page_client(app), session, account)
    link = f"/reset/{add_reset_link(session, account)}"
    assert client.get("/projects/first/articles").status_code == 200
    session.rollback()
    assert run(app, "accounts", "disable", email).output == f"{email} is disabled.\n"
    assert run(app, "accounts", "disable", email).output == f"{email} is disabled already.\n"
    assert client.get("/projects/first/articles").status_code == 302
    assert client.get(link).status_code == 404
    form = {"email": email, "password": PASSWORD}
    refused = client.submit(client.get("/sign-in"), "/sign-in", form)
    assert (refused.status_code, "This account is disabled." in refused.text) == (403, True)
    wrong = client.submit(refused, "/sign-in", {**form, "password": "not the password"})
    assert (wrong.status_code, "disabled" in wrong.text) == (422, False)  # only who knows it
    assert "disabled" in error(run(app, "accounts", "reset-link", email))
    owner = sign_in(page_client(app), session, room.owner.account)
    article = owner.get(f"/projects/first/articles/{room.article.id}").text
    assert '<bdi class="by" data-initials="I">Ines</bdi>' in article
    asked = owner.submit(
        owner.get("/projects/first/people"), "new-reset-link", {"account": str(account_id)}
    )
    assert (asked.status_code, "This account is disabled." in asked.text) == (403, True)
    assert run(app, "accounts", "enable", email).output == f"{email} is in use again.\n"
    assert run(app, "accounts", "enable", email).output == f"{email} is in use already.\n"
    assert client.submit(client.get("/sign-in"), "/sign-in", form).status_code == 303


@pytest.mark.sqlite_only
def test_a_session_that_began_as_its_account_was_disabled_does_not_last(
    session: Session, room: Room
) -> None:
    account = room.annotator.account
    token = accounts.sign_in(session, account_id=account.id)
    account.disabled_at = now()
    session.commit()
    session_id = session.scalars(select(SignIn.id)).one()
    assert asking.find_session(session, token) is None
    assert accounts.living_sessions(session, [session_id]) == set()
    account.disabled_at = None
    session.commit()
    found = asking.find_session(session, token)
    assert found is not None
    assert found.session_id == session_id
    assert accounts.living_sessions(session, [session_id]) == {session_id}


def test_sessions_are_ended_and_connections_taken_by_command_and_owners_see_it(
    app: Flask, session: Session, room: Room
) -> None:
    account = room.annotator.account
    client = sign_in(page_client(app), session, account)
    identities.add(session, account_id=account.id, issuer="https://login.example", subject="i")
    session.commit()
    email = account.email
    session.rollback()
    ended = ("Ended 1 session", "Ended 0 sessions")
    for said in ended:
        assert run(app, "accounts", "end-sessions", email).output == f"{said} of {email}.\n"
    assert client.get("/account").status_code == 302
    for said in ("is not connected with the provider any more", "was not connected"):
        assert run(app, "accounts", "disconnect", email).output == f"{email} {said}.\n"
    session.rollback()
    assert identities.find_account(session, issuer="https://login.example", subject="i") is None
    for command in ("disable", "disable", "enable"):
        run(app, "accounts", command, email)
    session.rollback()
    names = EventNames({account.id: account.name for account in session.scalars(select(Account))})
    events = session.scalars(select(Event).where(Event.kind.like("account.%")).order_by(Event.id))
    assert [(event.account_id, describe(event, names)) for event in events] == [
        (None, "ended 1 session of Ines"),
        (None, "took the connection with the provider from the account of Ines"),
        (None, "disabled the account of Ines"),
        (None, "enabled the account of Ines again"),
    ]


def test_an_address_is_changed_by_command(app: Flask, session: Session, room: Room) -> None:
    account, taken = room.annotator.account, room.curator.account.email
    client = sign_in(page_client(app), session, account)
    before = account.email
    for new, says in ((taken, "an account with this address"), ("x", "Write an email address")):
        assert says in error(run(app, "accounts", "set-email", before, new))
    assert client.get("/account").status_code == 200
    said = run(app, "accounts", "set-email", before.upper(), "Ines@New.example").output
    assert said == "Ines signs in as ines@new.example now.\n"
    assert client.get("/account").status_code == 302
    assert "no account with" in error(run(app, "accounts", "set-email", before, "a@b.example"))
    session.rollback()
    event = session.scalars(select(Event).where(Event.kind == "account.email_changed")).one()
    assert describe(event, EventNames({account.id: "Ines"})) == "changed the address of Ines"


@pytest.mark.parametrize("command", ["end-sessions", "disable", "enable", "disconnect"])
@pytest.mark.sqlite_only
def test_a_command_about_an_account_names_one_that_is_there(app: Flask, command: str) -> None:
    said = error(run(app, "accounts", command, "nobody@example.org"))
    assert said == "Error: There is no account with this address."
