"""Signing up, in and out, and one's own account, as a browser does it."""

import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event, select, text, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app import create_app
from app.accounts.avatars import Colour
from app.accounts.models import Account, SignIn
from app.accounts.service import accounts
from app.accounts.views.my_account import (
    NO_MATCH,
    TRIES_ANYWHERE,
    TRIES_FOR_ADDRESS,
    WINDOW_ANYWHERE,
)
from app.config import Config
from app.core.clock import now
from app.core.db import Database
from app.core.throttle import count_attempt
from app.projects.models import Member
from app.projects.roles import Role
from app.signup.views.create_account import SIGN_UPS_FROM_HOST, WINDOW
from tests.harness.builders import (
    PASSWORD,
    QUICK_HASH,
    Room,
    add_article,
    add_member,
    add_project,
    csrf_token,
    sign_in,
)
from tests.harness.pages import PageClient, page_client, without_chance

ADA = {"name": "Ada", "email": "Ada@Example.org", "password": PASSWORD}


def sign_up(client: PageClient, **fields: str) -> TestResponse:
    return client.submit(client.get("/sign-up"), "/sign-up", {**ADA, **fields})


def try_password(
    client: PageClient, email: str, password: str, path: str = "/sign-in"
) -> TestResponse:
    return client.submit(client.get(path), "/sign-in", {"email": email, "password": password})


def problem(answer: TestResponse) -> str:
    opening = '<p class="problem" role="alert" tabindex="-1" autofocus>'
    before, _, rest = answer.text.partition(opening)
    assert rest or not before
    return rest.partition("</p>")[0]


# --- signing up ---------------------------------------------------------------------------------


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
        ({"email": "ada"}, "Write an e-mail address"),
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


# --- signing in ---------------------------------------------------------------------------------


def test_signing_in_and_out(client: PageClient, session: Session, room: Room) -> None:
    answer = try_password(client, f" {room.owner.account.email.upper()} ", PASSWORD)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    page = client.get("/", follow_redirects=True)
    assert page.status_code == 200
    assert client.get("/sign-out").status_code == 405
    assert client.get("/account").status_code == 200
    cookie = client.get_cookie("gloss")
    assert cookie is not None
    out = client.submit(page, "/sign-out")
    assert (out.status_code, out.headers["Location"]) == (303, "/sign-in")
    assert client.get("/account").status_code == 302
    # The row has ended: whoever kept the cookie has nothing.
    client.set_cookie("gloss", cookie.value)
    assert client.get("/account").status_code == 302
    session.rollback()
    assert all(row.ended_at for row in session.scalars(select(SignIn)))


@pytest.mark.sqlite_only
def test_the_reply_is_the_same_for_an_unknown_address_and_a_wrong_password(
    client: PageClient, room: Room
) -> None:
    known = room.owner.account.email
    answers = [
        try_password(client, email, password)
        for email, password in ((known, "wrong words"), ("x" * len(known), PASSWORD))
    ]
    assert {answer.status_code for answer in answers} == {422}
    assert {problem(answer) for answer in answers} == {NO_MATCH}
    texts = [without_chance(answer.text) for answer in answers]
    pages = [text.replace(known, "-").replace("x" * len(known), "-") for text in texts]
    assert pages[0] == pages[1]


@pytest.mark.sqlite_only
@pytest.mark.parametrize("who", ["a member", "nobody"])
@pytest.mark.sqlite_only
def test_sign_in_is_throttled_by_address_over_all_hosts_too(
    app: Flask, session: Session, room: Room, who: str
) -> None:
    email = {"a member": room.annotator.account.email}.get(who, "nobody@example.org")
    window = WINDOW_ANYWHERE
    for _ in range(TRIES_ANYWHERE - 1):
        count_attempt(session, what=f"sign-in:{email}", limit=TRIES_ANYWHERE, window=window)
    session.commit()
    client = page_client(app)
    assert try_password(client, email, "not the password").status_code == 422
    refused = try_password(client, email.upper(), "not the password")
    assert (refused.status_code, "Wait 60 minutes" in refused.text) == (429, True)
    assert try_password(client, room.reader.account.email, PASSWORD).status_code == 303


@pytest.mark.sqlite_only
def test_the_addresses_of_one_ipv6_network_are_counted_together(
    client: PageClient, room: Room
) -> None:
    page = client.get("/sign-in").text
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    answers = []
    for number in range(TRIES_FOR_ADDRESS + 1):
        form = {"email": room.annotator.account.email, "password": "x", "csrf_token": token}
        house = {"REMOTE_ADDR": f"2001:db8:1:2:{number:x}::1"}
        answers.append(client.post("/sign-in", data=form, environ_overrides=house).status_code)
    assert answers == [422] * TRIES_FOR_ADDRESS + [429]
    neighbour = {"REMOTE_ADDR": "2001:db8:1:3::1"}
    assert client.post("/sign-in", data=form, environ_overrides=neighbour).status_code == 422


def test_sign_in_is_throttled_by_address_and_a_success_begins_again(
    client: PageClient, session: Session, room: Room
) -> None:
    email = room.owner.account.email
    for _ in range(9):
        assert try_password(client, email, "wrong words").status_code == 422
    assert try_password(client, email, PASSWORD).status_code == 303
    client.submit(client.get("/account"), "/sign-out")
    for _ in range(10):
        assert try_password(client, email.upper(), "wrong words").status_code == 422
    refused = try_password(client, email, PASSWORD)
    assert refused.status_code == 429
    assert "Wait 15 minutes" in problem(refused)
    assert try_password(client, room.curator.account.email, PASSWORD).status_code == 303
    session.rollback()


@pytest.mark.sqlite_only
def test_next_is_followed_where_it_is_safe(app: Flask, room: Room) -> None:
    email = room.owner.account.email
    for wanted, leads in (
        ("/account", "/account"),
        ("/projects/first/articles?sort=title%26", "/projects/first/articles?sort=title&"),
        ("//evil.example", "/"),
        ("/%5Cevil.example", "/"),
        ("https://evil.example", "/"),
    ):
        answer = try_password(page_client(app), email, PASSWORD, f"/sign-in?next={wanted}")
        assert answer.headers["Location"] == leads
    client = page_client(app)
    forged = {"email": email, "password": PASSWORD, "next": "//evil.example"}
    answer = client.submit(client.get("/sign-in"), "/sign-in", forged)
    assert answer.headers["Location"] == "/"


@pytest.mark.sqlite_only
def test_who_was_sent_to_sign_in_comes_back_to_the_very_page(
    client: PageClient, room: Room
) -> None:
    path = f"/projects/first/articles/{room.article.id}?tag=claim&annotator=2"
    sent = client.get(path, follow_redirects=True)
    assert sent.request.path == "/sign-in"
    fields = {"email": room.owner.account.email, "password": PASSWORD}
    assert client.submit(sent, "/sign-in", fields).headers["Location"] == path


@pytest.mark.sqlite_only
def test_a_signed_in_person_needs_neither_form(
    client: PageClient, session: Session, room: Room
) -> None:
    sign_in(client, session, room.owner.account)
    assert client.get("/sign-in").headers["Location"] == "/"
    assert client.get("/sign-up").headers["Location"] == "/"


def test_noting_that_someone_is_there_and_a_change_of_their_password_never_wait_for_each_other(
    app: Flask, client: PageClient, session: Session, room: Room
) -> None:
    """Each would wait for ever for what the other holds: the row of the session, the account."""
    account_id = room.annotator.account_id
    database: Database = app.extensions["database"]
    sign_in(client, session, room.annotator.account)
    address = f"/projects/first/articles/{room.article.id}"
    page = client.get(f"{address}/tag")
    session.execute(update(SignIn).values(seen_at=now() - timedelta(days=1)))
    session.commit()
    changed: list[str] = []

    def change_it_now(_connection: object, _cursor: object, sql: str, *_rest: object) -> None:
        if changed or not sql.startswith("INSERT INTO annotations"):
            return
        changed.append(sql)
        if database.is_postgresql:  # on SQLite nobody can write now
            with database.writing() as own:
                own.execute(text("SET LOCAL lock_timeout = '2s'"))
                accounts.change_password(
                    own, account_id=account_id, password_hash=QUICK_HASH, keep_session_id=None
                )
                own.commit()

    event.listen(database.engine, "before_cursor_execute", change_it_now)
    passage: dict[str, str | list[str]] = {"quote": "It floods every spring", "tag": "claim"}
    assert client.submit(page, f"{address}/annotations", passage).status_code == 303
    assert changed
    session.rollback()
    row = session.scalars(select(SignIn).execution_options(populate_existing=True)).one()
    assert now() - row.seen_at < timedelta(minutes=1)
    assert (row.ended_at is not None) is database.is_postgresql


def test_a_session_in_use_stays_and_a_forgotten_one_ends(
    client: PageClient, session: Session, room: Room
) -> None:
    sign_in(client, session, room.owner.account)
    row = session.scalars(select(SignIn)).one()
    row.seen_at = now() - timedelta(days=29)
    session.commit()
    assert client.get("/account").status_code == 200
    session.rollback()
    session.refresh(row)
    assert now() - row.seen_at < timedelta(minutes=1)
    row.seen_at = now() - timedelta(days=31)
    session.commit()
    assert client.get("/account").status_code == 302


@pytest.mark.sqlite_only
def test_a_clock_that_is_set_back_signs_nobody_out(
    client: PageClient, session: Session, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client, session, room.annotator.account)
    an_hour_ago = time.time() - 3_600
    monkeypatch.setattr(time, "time", lambda: an_hour_ago)
    assert client.get("/account").status_code == 200
    session.execute(update(SignIn).values(seen_at=now() + timedelta(days=400)))
    session.commit()
    assert client.get("/account").status_code == 200
    # It ends 30 days after it was used last, and not after the clock was wrong.
    session.expire_all()
    assert session.scalars(select(SignIn.seen_at)).one() < now() + timedelta(seconds=1)


def test_a_cookie_is_renewed_at_sign_in(client: PageClient, room: Room) -> None:
    client.get("/sign-in")
    before = client.get_cookie("gloss")
    answer = try_password(client, room.owner.account.email, PASSWORD)
    after = client.get_cookie("gloss")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    assert "Max-Age" in answer.headers["Set-Cookie"] or "Expires" in answer.headers["Set-Cookie"]


# --- one's own account --------------------------------------------------------------------------


def test_a_name_is_changed_and_a_bad_one_is_not(
    client: PageClient, session: Session, room: Room
) -> None:
    sign_in(client, session, room.owner.account)
    page = client.get("/account")
    assert client.submit(page, "/account/name", {"name": " Olga  O. "}).status_code == 303
    page = client.get("/account")
    assert "Your name is changed." in page.text
    assert '<span class="name">Olga O.</span></a>' in page.text
    refused = client.submit(page, "/account/name", {"name": " "})
    assert refused.status_code == 422
    assert "Write your name" in refused.text
    session.rollback()
    session.refresh(room.owner.account)
    assert room.owner.account.name == "Olga O."


@pytest.mark.sqlite_only
def test_single_letter_keys_can_be_switched_off_and_on(
    client: PageClient, session: Session, room: Room
) -> None:
    sign_in(client, session, room.owner.account)
    article = f"/projects/first/articles/{room.article.id}"
    assert 'data-letter-keys="true"' in client.get(article).text
    client.submit(client.get("/account"), "/account/keys", {"letter_keys": []})
    assert 'data-letter-keys="false"' in client.get(article).text
    client.submit(client.get("/account"), "/account/keys", {"letter_keys": "y"})
    assert 'data-letter-keys="true"' in client.get(article).text


@pytest.mark.sqlite_only
def test_a_key_that_tags_selects_the_next_sentence_where_one_asks_for_it(
    client: PageClient, session: Session, room: Room
) -> None:
    sign_in(client, session, room.owner.account)
    article = f"/projects/first/articles/{room.article.id}"
    for chosen, is_on in (([], "false"), ("y", "true"), ([], "false")):
        client.submit(client.get("/account"), "/account/keys", {"steps_on": chosen})
        page = client.get(article).text
        assert f'data-steps-on="{is_on}"' in page
        assert 'data-letter-keys="true"' in page


def test_changing_the_password_ends_the_other_sessions(
    app: Flask, client: PageClient, session: Session, room: Room
) -> None:
    account = room.owner.account
    other = sign_in(page_client(app), session, account)
    sign_in(client, session, account)
    page = client.get("/account")
    wrong = {"present": "not this one", "password": "a new phrase of words"}
    refused = client.submit(page, "/account/password", wrong)
    assert refused.status_code == 422
    assert "not your current password" in refused.text
    assert other.get("/account").status_code == 200
    short = client.submit(page, "/account/password", {"present": PASSWORD, "password": "short"})
    assert (short.status_code, "at least 8 characters" in short.text) == (422, True)
    right = {"present": PASSWORD, "password": "a new phrase of words"}
    assert client.submit(page, "/account/password", right).status_code == 303
    assert client.get("/account").status_code == 200
    assert other.get("/account").status_code == 302
    assert try_password(page_client(app), account.email, PASSWORD).status_code == 422
    new = try_password(page_client(app), account.email, "a new phrase of words")
    assert new.status_code == 303


@pytest.mark.sqlite_only
def test_the_present_password_cannot_be_guessed_without_end(
    client: PageClient, session: Session, room: Room
) -> None:
    sign_in(client, session, room.owner.account)
    data = {"present": "wrong", "password": "x" * 9, "csrf_token": csrf_token(client)}
    answers = [client.post("/account/password", data=data).status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]


# --- sessions -----------------------------------------------------------------------------------

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"


def session_ids(session: Session) -> list[int]:
    session.rollback()
    return list(session.scalars(select(SignIn.id).order_by(SignIn.id)))


def test_the_account_lists_ones_sessions_and_ends_one_at_once(
    app: Flask, client: PageClient, session: Session, room: Room
) -> None:
    account = room.owner.account
    sign_in(page_client(app), session, room.curator.account, "Opera on Windows")
    other = page_client(app)
    other.environ_base["HTTP_USER_AGENT"] = FIREFOX
    assert try_password(other, account.email, PASSWORD).status_code == 303
    sign_in(client, session, account)
    page = client.get("/account")
    assert page.text.count("<b>Firefox on Linux</b>") == 1
    assert page.text.count("<b>A browser that is not known</b>") == 1
    assert page.text.count("this one</span>") == 1
    assert "Opera" not in page.text
    theirs = session_ids(session)[1]
    ended = client.submit(page, f"/account/sessions/{theirs}/end")
    assert (ended.status_code, ended.headers["Location"]) == (303, "/account#sessions")
    assert other.get("/account").status_code == 302
    assert other.post("/account/name", data={"name": "Mallory"}).status_code == 401
    page = client.get("/account")
    assert "that browser is signed out" in page.text
    assert "Firefox" not in page.text
    assert "End all other sessions" not in page.text


def test_all_other_sessions_end_with_one_press_and_nobody_elses(
    app: Flask, client: PageClient, session: Session, room: Room
) -> None:
    others = [sign_in(page_client(app), session, room.owner.account) for _ in range(2)]
    stranger = sign_in(page_client(app), session, room.curator.account)
    sign_in(client, session, room.owner.account)
    page = client.get("/account")
    assert client.submit(page, "/account/sessions/end-others").status_code == 303
    assert [other.get("/account").status_code for other in others] == [302, 302]
    assert stranger.get("/account").status_code == 200
    assert "you are signed in here alone" in client.get("/account").text


@pytest.mark.sqlite_only
def test_someone_elses_session_is_not_there(
    app: Flask, client: PageClient, session: Session, room: Room
) -> None:
    other = sign_in(page_client(app), session, room.curator.account)
    sign_in(client, session, room.owner.account)
    token = csrf_token(client)
    for session_id in (session_ids(session)[0], 99):
        path = f"/account/sessions/{session_id}/end"
        assert client.post(path, data={"csrf_token": token}).status_code == 404
    assert other.get("/account").status_code == 200


@pytest.mark.sqlite_only
def test_who_ends_the_session_that_they_are_in_signs_out(
    client: PageClient, session: Session, room: Room
) -> None:
    sign_in(client, session, room.owner.account)
    path = f"/account/sessions/{session_ids(session)[0]}/end"
    assert client.post(path, data={"csrf_token": csrf_token(client)}).status_code == 303
    assert client.get("/account").headers["Location"].startswith("/sign-in")


# --- the colour of the initials -----------------------------------------------------------------


@pytest.mark.sqlite_only
def test_one_chooses_the_colour_of_ones_initials_by_its_name(
    client: PageClient, session: Session, room: Room
) -> None:
    sign_in(client, session, room.owner.account)
    before = room.owner.account.colour
    page = client.get("/account")
    assert f'<input type="radio" name="colour" value="{before}" checked required>' in page.text
    chosen = "plum" if before != "plum" else "teal"
    answer = client.submit(page, "/account/colour", {"colour": chosen})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account#colour")
    people = client.get("/projects/first/people").text
    avatar = f'<span class="avatar {chosen}" aria-hidden="true">O</span>'
    assert people.count(avatar) == 2  # in the masthead, and in the list


@pytest.mark.sqlite_only
def test_a_colour_that_is_not_there_is_refused(
    client: PageClient, session: Session, room: Room
) -> None:
    sign_in(client, session, room.owner.account)
    answer = client.submit(client.get("/account"), "/account/colour", {"colour": "beige"})
    assert answer.status_code == 422
    assert "Choose one of the colours blue, teal," in answer.text
    session.expire_all()
    assert room.owner.account.colour in set(Colour)
