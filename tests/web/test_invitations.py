"""Inviting by link, and coming in by one: with an account, with a new one, or not at all."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app import create_app
from app.accounts.models import Account
from app.config import Config
from app.core.clock import now
from app.core.throttle import Attempt
from app.projects.models import Invitation, Member
from app.projects.roles import Role
from app.projects.service.invitations import UNUSABLE
from app.web.link_throttle import WRONG_LINKS_FROM_HOST
from tests.harness.builders import PASSWORD, Room, add_account, add_project, csrf_token, sign_in
from tests.harness.pages import PageClient, page_client

PEOPLE = "/projects/first/people"
NORA = {"name": "Nora", "email": "nora@example.org", "password": PASSWORD}


@pytest.fixture
def owner(client: PageClient, session: Session, room: Room) -> PageClient:
    """Give a client in which the owner is signed in."""
    return sign_in(client, session, room.owner.account)


def invite(client: PageClient, path: str = "/projects/first", **fields: str) -> TestResponse:
    page = client.get(f"{path}/people")
    made = client.submit(page, "new-invitation", fields)
    assert made.status_code == 303
    return client.get(made.headers["Location"])


def link(page: TestResponse) -> str:
    """Return the path of the link that a page shows."""
    found = re.search(
        r'id="link" value="http://127\.0\.0\.1:8000(/invitations/[\w-]{43})"', page.text
    )
    assert found is not None
    return found[1]


def memberships(session: Session, email: str) -> list[tuple[str, Role]]:
    session.rollback()
    query = select(Member).join(Account, Account.id == Member.account_id)
    rows = session.scalars(query.where(Account.email_address == email))
    return [(member.project.slug, member.role) for member in rows]


# --- making -------------------------------------------------------------------------------------


def test_a_link_is_shown_once_and_the_invitation_listed_until_it_is_revoked(
    owner: PageClient, app: Flask
) -> None:
    page = invite(owner, role="curator", days="30", **{"for": "many"})
    path = link(page)
    assert "The link for any number of people as curator, until" in page.text
    again = owner.get(PEOPLE)
    assert path not in again.text
    assert "<b>curator</b> · for any number of people, 0 joined · until" in again.text
    assert "invitation 1, made by Olga" in again.text  # as activity calls it
    stranger = page_client(app)
    assert stranger.get(path).status_code == 200
    answer = owner.submit(again, f"{PEOPLE.removesuffix('people')}invitations/1/revoke")
    assert answer.status_code == 303
    assert "its link lets nobody in any more" in owner.get(PEOPLE).text
    assert stranger.get(path).status_code == 404


@pytest.mark.sqlite_only
def test_the_link_follows_the_settings_and_never_the_host_header(
    make_config: Callable[..., Config], session: Session, room: Room
) -> None:
    app = create_app(make_config(PUBLIC_URL="https://gloss.example"))
    client = sign_in(page_client(app), session, room.owner.account)
    headers = {"Host": "evil.example"}
    token = csrf_token(client)
    cookie = client.get_cookie("gloss")
    assert cookie is not None
    elsewhere = PageClient(app, use_cookies=False)
    headers["Cookie"] = f"gloss={cookie.value}"
    fields = {"csrf_token": token, "role": "reader", "days": "7", "for": "one"}
    made = elsewhere.post("/projects/first/invitations", data=fields, headers=headers)
    assert made.status_code == 303
    headers["Cookie"] = made.headers["Set-Cookie"].partition(";")[0]
    page = elsewhere.get(PEOPLE, headers=headers)
    assert 'value="https://gloss.example/invitations/' in page.text
    assert "evil.example" not in page.text
    app.extensions["database"].dispose()


@pytest.mark.sqlite_only
def test_what_cannot_be_made_keeps_what_was_chosen(owner: PageClient) -> None:
    page = owner.get(PEOPLE)
    fields = {"role": "reader", "days": "365", "for": "many"}
    refused = owner.submit(page, "new-invitation", fields)
    assert refused.status_code == 422
    assert "An invitation lasts 1, 7, 30 days" in refused.text
    assert "<option selected>reader</option>" in refused.text.partition("Invite people")[2]
    assert '<option value="many" selected>' in refused.text


@pytest.mark.sqlite_only
@pytest.mark.parametrize("given", [[], [""], ["0"], ["ten"]])
def test_an_invitation_for_an_unknown_number_lets_nobody_in(
    owner: PageClient, session: Session, given: list[str]
) -> None:
    refused = owner.submit(owner.get(PEOPLE), "new-invitation", {"for": given})
    assert refused.status_code == 422
    assert "for one person or for any number of people." in refused.text
    assert session.scalars(select(Invitation)).all() == []


# --- coming in ----------------------------------------------------------------------------------


def test_a_new_account_joins_the_project_of_the_link_and_no_other_though_registration_is_closed(
    make_config: Callable[..., Config], session: Session, room: Room
) -> None:
    add_project(session, "second")
    session.add(
        Member(
            project_id=add_project(session, "second").id,
            account_id=room.owner.account_id,
            role_name="owner",
            joined_at=now(),
        )
    )
    session.commit()
    app = create_app(make_config(REGISTRATION="closed"))
    owner = sign_in(page_client(app), session, room.owner.account)
    path = link(invite(owner, "/projects/second", role="curator"))
    client = page_client(app)
    page = client.get(path)
    assert "You are invited to Project second" in page.text
    assert "By Olga, as <b>curator</b>." in page.text
    short = client.submit(page, path, {**NORA, "password": "short"})
    assert short.status_code == 422
    assert "at least 8 characters" in short.text
    assert 'value="nora@example.org"' in short.text
    made = client.submit(short, path, NORA)
    assert (made.status_code, made.headers["Location"]) == (303, "/projects/second/articles")
    assert "You are in “Project second” as curator." in client.get(made.headers["Location"]).text
    assert memberships(session, "nora@example.org") == [("second", Role.CURATOR)]
    # It was for one.
    other = page_client(app)
    assert other.get(path).status_code == 404
    app.extensions["database"].dispose()


def test_who_has_an_account_signs_in_comes_back_and_joins(
    app: Flask, owner: PageClient, session: Session
) -> None:
    path = link(invite(owner, role="reader"))
    account = add_account(session, "Nora")
    client = page_client(app)
    page = client.get(path)
    assert f'href="/sign-in?next={path}"' in page.text
    fields = {"email": account.email, "password": PASSWORD}
    signed_in = client.submit(client.get(f"/sign-in?next={path}"), "/sign-in", fields)
    assert signed_in.headers["Location"] == path
    page = client.get(path)
    assert f"You are signed in as Nora, {account.email}." in page.text
    assert "Its owners also see your email address, when you sign in and out" in page.text
    assert "in which kind of browser" in page.text
    assert memberships(session, account.email) == []  # looking is not joining
    joined = client.submit(page, path)
    assert joined.headers["Location"] == "/projects/first/articles"
    assert client.get("/projects/first/articles").status_code == 200
    assert memberships(session, account.email) == [("first", Role.READER)]


@pytest.mark.sqlite_only
def test_who_is_in_already_is_told_so_and_keeps_their_role(
    app: Flask, owner: PageClient, session: Session, room: Room
) -> None:
    path = link(invite(owner, role="owner"))
    client = sign_in(page_client(app), session, room.reader.account)
    led = client.get(path)
    assert (led.status_code, led.headers["Location"]) == (303, "/projects/first/articles")
    assert "You are in “Project first” as reader." in client.get("/projects/first/articles").text
    answer = client.post(path, data={"csrf_token": csrf_token(client)})
    assert answer.status_code == 303
    assert memberships(session, room.reader.account.email) == [("first", Role.READER)]
    assert page_client(app).get(path).status_code == 200  # nothing was used up


@pytest.mark.sqlite_only
def test_a_used_link_leads_who_came_by_it_to_the_project_also_signed_out_in_between(
    app: Flask, owner: PageClient
) -> None:
    path = link(invite(owner))
    client = page_client(app)
    client.submit(client.get(path), path, NORA)
    assert client.get(path).headers["Location"] == "/projects/first/articles"
    client.submit(client.get("/account"), "/sign-out")
    dead = client.get(path)
    assert (dead.status_code, UNUSABLE in dead.text) == (404, True)
    assert f'href="/sign-in?next={path}">Sign in</a>' in dead.text
    fields = {"email": NORA["email"], "password": PASSWORD}
    back = client.submit(client.get(f"/sign-in?next={path}"), "/sign-in", fields)
    assert client.get(back.headers["Location"]).headers["Location"] == "/projects/first/articles"


@pytest.mark.sqlite_only
def test_expired_revoked_used_up_and_unknown_links_all_say_the_same(
    app: Flask, owner: PageClient, session: Session
) -> None:
    paths = [link(invite(owner)) for _ in range(3)]
    rows = session.scalars(select(Invitation).order_by(Invitation.id)).all()
    rows[0].expires_at = now() - timedelta(days=1)
    rows[1].revoked_at = now()
    rows[2].uses = 1
    session.commit()
    client = page_client(app)
    answers = [client.get(path) for path in [*paths, "/invitations/nothing-like-it"]]
    assert {answer.status_code for answer in answers} == {404}
    assert UNUSABLE in answers[0].text
    of_its_own = r"/invitations/[\w-]+|Error <code>\w+"
    assert len({re.sub(of_its_own, "", answer.text) for answer in answers}) == 1
    sign_in(client, session, add_account(session, "Nora"))
    token = csrf_token(client)
    for path in [*paths, "/invitations/nothing-like-it"]:
        posted = client.post(path, data={"csrf_token": token})
        assert (posted.status_code, UNUSABLE in posted.text) == (404, True)


def test_links_cannot_be_guessed_without_end(
    app: Flask, owner: PageClient, session: Session
) -> None:
    right = link(invite(owner))
    client = page_client(app)
    for number in range(3):
        assert client.get(f"/invitations/guess-{number}").status_code == 404
    session.rollback()
    (key,) = set(session.scalars(select(Attempt.key)))
    assert len(session.scalars(select(Attempt.id)).all()) == 3
    assert client.get(right).status_code == 200  # no guess, and not counted
    session.add_all([Attempt(key=key, at=now()) for _ in range(WRONG_LINKS_FROM_HOST - 3)])
    session.commit()
    for path in ("/invitations/guess", right):
        answer = client.get(path)
        assert (answer.status_code, "Wait 15 minutes" in answer.text) == (429, True)


@pytest.mark.sqlite_only
def test_an_invited_person_whose_address_is_taken_is_told_to_sign_in(
    app: Flask, owner: PageClient, session: Session
) -> None:
    path = link(invite(owner))
    account = add_account(session, "Nora")
    client = page_client(app)
    answer = client.submit(client.get(path), path, {**NORA, "email": account.email})
    assert answer.status_code == 422
    assert "There is an account with this address already" in answer.text
    assert memberships(session, account.email) == []


@pytest.mark.sqlite_only
def test_a_link_leaves_the_site_in_no_referrer_and_is_kept_by_no_cache(
    app: Flask, owner: PageClient
) -> None:
    answer = page_client(app).get(link(invite(owner)))
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store"
    assert not re.search(r'(?:href|src|action)="(?:https?:)?//', answer.text)


@pytest.mark.sqlite_only
def test_no_log_names_a_link(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    for path in ("/invitations/a-secret", "/projects/first/articles/7"):
        with app.test_request_context(path):
            app.log_exception((None, None, None))
    assert "a-secret" not in caplog.text
    assert "/invitations/<token>" in caplog.text
    assert "'article_id': 7" in caplog.text
