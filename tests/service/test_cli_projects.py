"""The commands about projects, as somebody types them."""

import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.activity.pages.event_text import EventNames, describe
from app.core.clock import now
from app.events.models import Event
from tests.harness.builders import add_account, add_annotation, add_project, add_room
from tests.harness.commands import error, run


@pytest.mark.sqlite_only
def test_projects_are_listed_by_tabs_with_their_members(app: Flask, session: Session) -> None:
    add_room(session)
    add_project(session, "second").archived_at = now()
    session.commit()
    assert run(app, "projects", "list").output == (
        "first\tProject first\t4\tin use\nsecond\tProject second\t0\tarchived\n"
    )


def test_whoever_runs_the_server_sees_the_members_of_a_project_and_gives_it_an_owner(
    app: Flask, session: Session
) -> None:
    room = add_room(session)
    email = room.reader.account.email
    listed = run(app, "projects", "members", "first").output.splitlines()
    assert f"{email}\tRita\treader" in listed
    assert len(listed) == 4
    for _ in range(2):
        said = run(app, "projects", "add-owner", "first", email.upper()).output
        assert said == f"Rita <{email}> owns first now.\n"
    session.rollback()  # the command wrote beside it
    outside = add_account(session, "Omar")
    run(app, "projects", "add-owner", "first", outside.email)
    listed = run(app, "projects", "members", "first").output.splitlines()
    assert f"{email}\tRita\towner" in listed
    assert f"{outside.email}\tOmar\towner" in listed
    assert "no account" in error(run(app, "projects", "add-owner", "first", "x@example.org"))
    assert "no project" in error(run(app, "projects", "members", "nowhere"))


@pytest.mark.sqlite_only
def test_a_project_is_taken_away_and_brought_back_by_commands(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    room = add_room(session)
    made = add_annotation(session, room.annotator, room.article)
    file = tmp_path / "first.zip"
    done = run(app, "projects", "export", "--output", str(file))
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "")
    again = run(app, "projects", "import", str(file))
    assert re.fullmatch(r"project-first-[0-9a-z]{4}\n", again.stdout)
    slug = again.stdout.strip()
    assert f"projects add-owner {slug} EMAIL" in again.stderr
    email = room.annotator.account.email
    owned = run(app, "projects", "import", str(file), "--as", "Élan vital", "--owner", email)
    assert owned.stderr == ""
    assert owned.stdout.startswith("elan-vital-")
    assert run(app, "verify").exit_code == 0
    rows = [run(app, "annotations", "export", "--project", each).stdout for each in ("first", slug)]
    assert made.quote in rows[0]
    assert len(rows[0].splitlines()) == len(rows[1].splitlines()) == 2
    listed = run(app, "projects", "list").stdout
    assert f"{slug}\tProject first\t0\tin use" in listed
    assert "\tÉlan vital\t1\tin use" in listed
    session.rollback()
    events = session.scalars(select(Event).order_by(Event.id.desc()).limit(4))
    said = [describe(event, EventNames()) for event in events]
    assert said[2:] == [
        "joined as owner",
        "imported the project from an archive of “Project first”",
    ]

    assert "no project" in error(run(app, "projects", "export", "--project", "x", "--output", "y"))
    assert "cannot be written" in error(
        run(app, "projects", "export", "--output", str(tmp_path / "no" / "x.zip"))
    )
    damaged = tmp_path / "damaged.zip"
    damaged.write_bytes(file.read_bytes()[:-100])
    assert "Nothing was imported." in error(run(app, "projects", "import", str(damaged)))
    nobody = run(app, "projects", "import", str(file), "--owner", "x@example.org")
    assert "no account" in error(nobody)
    assert run(app, "projects", "list").stdout == listed
