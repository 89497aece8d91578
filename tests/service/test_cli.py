"""What all commands have in common."""

import subprocess
import sys
from collections.abc import Sequence

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.activity.pages.event_text import EventNames, describe
from app.events.models import Event
from tests.harness.builders import PASSWORD, Room, add_account
from tests.harness.commands import CREATE, run
from tests.harness.server import ROOT, clean_environ


@pytest.mark.parametrize("command", [("verify",), ("accounts", "list"), ("--help",)])
def test_a_setting_that_cannot_be_used_is_all_that_a_command_says(command: Sequence[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app", *command],
        cwd=ROOT,
        env={**clean_environ(), "PORT": "99999"},
        capture_output=True,
        text=True,
        check=False,
    )
    said = "Error: PORT is '99999'; it must be a whole number from 1 to 65535.\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", said)


def test_what_is_done_by_command_is_no_persons_act_and_owners_see_it(
    app: Flask, session: Session, room: Room
) -> None:
    stranger, other = add_account(session, "Sara"), room.reader.account
    emails = (stranger.email, other.email)
    session.rollback()
    run(app, "projects", "add-owner", "first", emails[0])
    run(app, "projects", "add-owner", "first", emails[1])
    run(app, *CREATE, "--password", PASSWORD, "--owner")
    run(app, "accounts", "reset-link", emails[1])
    run(app, "annotations", "export")
    run(app, "annotations", "export", "--article", "1")
    names = EventNames({account.id: account.name for account in session.scalars(select(Account))})
    events = session.scalars(select(Event).order_by(Event.id)).all()
    assert {event.account_id for event in events} == {None}
    assert [describe(event, names) for event in events[1:]] == [
        "took Sara in as owner",
        "changed the role of Rita from reader to owner",
        "took Ines in as owner",
        "made a link that sets the password of Rita",
        "exported all annotations as CSV",
        "exported the annotations of “The River Road” as CSV",
    ]
