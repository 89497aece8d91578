"""The commands, as somebody types them."""

import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account, PasswordReset, SignIn
from app.accounts.passwords import verify_password
from app.accounts.service import accounts, asking, identities
from app.activity.pages.event_text import EventNames, describe
from app.articles.models import Article, Revision
from app.core.clock import now
from app.events.models import Event
from app.exports.queries.formats import FORMATS
from app.projects.models import Member
from app.projects.roles import Role
from tests.harness.builders import (
    PASSWORD,
    Room,
    add_account,
    add_annotation,
    add_article,
    add_project,
    add_reset_link,
    add_room,
    sign_in,
)
from tests.harness.pages import page_client
from tests.harness.server import ROOT, clean_environ
from tests.harness.workbooks import text_of

CREATE = ["accounts", "create", "--name", "Ines", "--email", "Ines@example.org"]


def run(app: Flask, *args: str, typed: str | None = None) -> Result:
    result = app.test_cli_runner().invoke(args=list(args), input=typed)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def error(result: Result) -> str:
    """Return the one line that a refused command printed."""
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    return result.stderr.strip()


def roles(session: Session) -> list[Role]:
    session.rollback()
    return [member.role for member in session.scalars(select(Member).order_by(Member.account_id))]


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


# --- accounts -----------------------------------------------------------------------------------


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
        (["--password", PASSWORD, "--email", "ines"], "Error: Write an e-mail address"),
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


# --- articles -----------------------------------------------------------------------------------


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "a.txt").write_text("The Road\n\nThe council must close the road.\n")
    (folder / "b.txt").write_bytes(b"%PDF-1.7")
    (folder / "c.txt").write_text("The Bridge\n\nNobody crosses the bridge any more.\n")
    return folder


def test_loading_says_what_became_of_each_file_and_one_bad_one_stops_nothing(
    app: Flask, session: Session, files: Path
) -> None:
    add_project(session)
    result = run(app, "articles", "load", str(files), str(files / "nowhere.txt"))
    lines = [line.split("\t") for line in result.stdout.splitlines()]
    assert [(line[0], Path(line[1]).name) for line in lines] == [
        ("loaded", "a.txt"),
        ("refused", "b.txt"),
        ("loaded", "c.txt"),
        ("refused", "nowhere.txt"),
    ]
    assert lines[0][2] == "article 1, “The Road”"
    assert "PDF" in lines[1][2]
    assert result.stderr.splitlines()[-1] == "2 loaded, 2 refused."
    assert "Loading" in result.stderr
    assert result.exit_code == 1
    assert len(session.scalars(select(Article)).all()) == 2


@pytest.mark.sqlite_only
def test_loading_again_is_no_error(app: Flask, session: Session, files: Path) -> None:
    add_project(session)
    (files / "b.txt").unlink()
    assert run(app, "articles", "load", str(files)).exit_code == 0
    again = run(app, "articles", "load", str(files))
    assert (again.exit_code, again.stderr.splitlines()[-1]) == (0, "2 skipped.")


@pytest.mark.sqlite_only
def test_an_encoding_that_is_hardly_known_is_refused_unless_it_is_said(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    add_project(session)
    file = tmp_path / "odd.txt"
    file.write_bytes(b"\xa6\xa3\xd0\xfe")
    refused = run(app, "articles", "load", str(file))
    assert refused.exit_code == 1
    assert "its encoding is a guess" in refused.stdout
    assert "--encoding" in refused.stdout
    assert run(app, "articles", "load", str(file), "--encoding", "no such").exit_code == 2
    assert run(app, "articles", "load", str(file), "--encoding", "mac roman").exit_code == 0
    assert len(session.scalars(select(Article)).all()) == 1


@pytest.mark.sqlite_only
def test_an_encoding_that_is_plain_is_read_without_being_said(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    add_project(session)
    words = "\u041d\u0438\u043a\u0442\u043e \u043d\u0435 \u0441\u043a\u0430\u0437\u0430\u043b."
    (tmp_path / "a.txt").write_bytes(f"{words}\n\nOne.".encode("cp1251"))
    (tmp_path / "b.txt").write_text("Two.\n\nNa\u00efve.", encoding="cp1252")
    assert run(app, "articles", "load", str(tmp_path)).exit_code == 0
    found = session.scalars(select(Revision.text).order_by(Revision.id)).all()
    assert list(found) == [f"{words}\n\nOne.", "Two.\n\nNa\u00efve."]


@pytest.mark.sqlite_only
def test_a_project_that_is_not_there_is_one_line(app: Flask, files: Path, session: Session) -> None:
    add_project(session)
    assert session.get(Article, 1) is None
    for args in (
        ["articles", "load", str(files), "--project", "nowhere"],
        ["articles", "list", "--project", "nowhere"],
        ["annotations", "export", "--project", "nowhere"],
    ):
        assert error(run(app, *args)) == "Error: There is no project “nowhere”."


@pytest.mark.sqlite_only
def test_nothing_is_loaded_into_an_archived_project(
    app: Flask, files: Path, session: Session
) -> None:
    add_project(session).archived_at = now()
    session.commit()
    result = run(app, "articles", "load", str(files))
    assert error(result) == "Error: The project “first” is archived. An owner can restore it."


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


def test_articles_are_listed_by_tabs_untruncated_and_one_a_line(
    app: Flask, session: Session, room: Room
) -> None:
    title = "A very long title\twith a tab and\na line feed, " + "word " * 60 + "end"
    add_article(session, "Three words here.", title=title)
    gone = add_article(session, "Archived.")
    gone.archived_at = now()
    session.commit()
    add_room(session, "second")
    lines = run(app, "articles", "list").output.splitlines()
    assert lines[0].split("\t") == ["1", "The River Road", "Ada Quill", "", "", "53"]
    cells = lines[1].split("\t")
    assert cells == ["2", " ".join(title.split()), "Ada Quill", "", "", "3"]
    assert len(lines) == 2
    assert room.article.id == 1


# --- accounts, later -----------------------------------------------------------------------------


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
    assert found.id == session_id
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
    for new, says in ((taken, "an account with this address"), ("x", "Write an e-mail address")):
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


# --- what is left of a command ----------------------------------------------------------------


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


# --- annotations --------------------------------------------------------------------------------


def test_export_writes_the_bytes_that_the_pages_offer(
    app: Flask, session: Session, room: Room, tmp_path: Path
) -> None:
    add_annotation(session, room.annotator, room.article, "repairs it.\n\n“We have", note="=1")
    client = sign_in(page_client(app), session, room.reader.account)
    for path, args in (
        ("/projects/first/annotations.csv", []),
        ("/projects/first/annotations.csv", ["--project", "first"]),
        (f"/projects/first/articles/{room.article.id}/annotations.csv", ["--article", "1"]),
    ):
        offered = client.get(path).data
        assert offered.count(b"\r\n") == 2
        assert run(app, "annotations", "export", *args).stdout_bytes == offered
        output = tmp_path / "out.csv"
        assert run(app, "annotations", "export", *args, "--output", str(output)).stdout == ""
        assert output.read_bytes() == offered
    assert [path.name for path in tmp_path.glob("out*")] == ["out.csv"]
    offered = client.get("/projects/first/annotations.csv?sep=semicolon").data
    assert run(app, "annotations", "export", "--sep", "semicolon").stdout_bytes == offered
    for extension, each in FORMATS.items():
        output = tmp_path / f"out.{extension}"
        run(app, "annotations", "export", "--format", extension, "--output", str(output))
        offered = client.get(f"/projects/first/annotations.{extension}").data
        assert output.read_bytes() == offered
        words = text_of(offered) if each.is_binary else offered.decode()
        assert ("We have" in words) == (each.tell is None)  # nobody says it, so it is no statement


@pytest.mark.sqlite_only
def test_an_article_is_exported_from_its_own_project(
    app: Flask, session: Session, room: Room
) -> None:
    other = add_room(session, "second")
    add_annotation(session, other.annotator, other.article)
    number = str(other.article.id)
    assert run(app, "annotations", "export", "--article", number).stdout_bytes.count(b"\r\n") == 2
    args = ["annotations", "export", "--project", "first", "--article", number]
    assert error(run(app, *args)) == "Error: There is no such article in this project."
    assert error(run(app, "annotations", "export", "--article", "99")).startswith("Error: There is")
    assert room.article.id != other.article.id


@pytest.mark.sqlite_only
def test_a_file_that_cannot_be_written_is_one_line(app: Flask, room: Room, tmp_path: Path) -> None:
    output = tmp_path / "nowhere" / "out.csv"
    said = error(run(app, "annotations", "export", "--output", str(output)))
    assert said == f"Error: {output} cannot be written: No such file or directory."
    (tmp_path / "a file").write_text("x")
    output = tmp_path / "a file" / "out.csv"
    said = error(run(app, "annotations", "export", "--output", str(output)))
    assert said == f"Error: {output} cannot be written: Not a directory."
    assert room.article.id


# --- project archives ---------------------------------------------------------------------------


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
