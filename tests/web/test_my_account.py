"""One’s own account, as a browser changes it."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.avatars import Colour
from app.accounts.models import SignIn
from tests.harness.builders import PASSWORD, Room, csrf_token, sign_in
from tests.harness.pages import PageClient, page_client
from tests.harness.signing_in import try_password

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
    assert "you are signed in only here" in client.get("/account").text


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
