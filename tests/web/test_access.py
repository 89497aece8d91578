"""What holds on every address: sign-in, CSRF tokens, other people's projects, headers."""

import re
import uuid
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from app import create_app
from app.accounts.models import SignIn
from app.config import Config
from app.events.models import Event
from app.web.uploads import ADMISSION, Admission
from tests.harness.builders import (
    Room,
    add_annotation,
    add_invitation,
    add_reset_link,
    add_room,
    csrf_token,
    sign_in,
)
from tests.harness.pages import PageClient, page_client
from tests.harness.routes import fill, routes, send

PUBLIC = {
    ("GET", "/sign-in"),
    ("POST", "/sign-in"),
    ("GET", "/sign-in/provider"),
    ("GET", "/sign-in/provider/back"),
    ("GET", "/sign-up"),
    ("POST", "/sign-up"),
    ("GET", "/invitations/<token>"),
    ("POST", "/invitations/<token>/sign-up"),
    ("GET", "/forgotten-password"),
    ("POST", "/forgotten-password"),
    ("GET", "/reset/<token>"),
    ("POST", "/reset/<token>"),
    ("GET", "/digest/<token>"),
    ("POST", "/digest/<token>"),
    ("GET", "/static/<content_hash>/<path:name>"),
    ("GET", "/health"),
    ("GET", "/api/v1/openapi.json"),
    ("GET", "/ready"),
}


SENT_BY_MAIL_PROGRAMS = {"/digest/<token>"}
"""RFC 8058 has them send it without any page of ours; the address itself is signed."""


def events(session: Session) -> int:
    session.rollback()
    return session.scalars(select(func.count()).select_from(Event)).one()


# --- sign-in ------------------------------------------------------------------------------------


@pytest.mark.sqlite_only
def test_every_route_but_the_listed_ones_asks_for_sign_in(
    app: Flask, client: PageClient, session: Session, room: Room
) -> None:
    add_annotation(session, room.annotator, room.article)
    invitation = add_invitation(session, room.owner)[1]
    reset = add_reset_link(session, room.annotator.account)
    before = events(session)
    for method, rule in routes(app):
        token = reset if rule.rule.startswith("/reset/") else invitation
        if rule.rule.startswith("/digest/"):
            token = "x"  # of a mail, signed: see test_digests.py
        answer = send(client, method, fill(rule, token=token))
        if (method, rule.rule) in PUBLIC:
            # There is no provider in these settings, and no mail with this token.
            elsewhere = rule.rule.startswith(("/sign-in/provider", "/digest/"))
            assert answer.status_code in ({404} if elsewhere else {200, 400}), rule
        elif method == "GET":
            assert answer.status_code == 302, rule
            assert answer.headers["Location"].startswith("/sign-in?next=/"), rule
        else:
            assert answer.status_code == 401, rule
    assert events(session) == before
    assert {(method, rule.rule) for method, rule in routes(app)} >= PUBLIC


@pytest.mark.sqlite_only
def test_with_no_account_yet_every_page_leads_to_create_account(
    app: Flask, client: PageClient
) -> None:
    for method, rule in routes(app):
        if method == "GET" and (method, rule.rule) not in PUBLIC:
            assert client.get(fill(rule)).headers["Location"] == "/sign-up", rule


@pytest.mark.sqlite_only
def test_a_signed_out_fragment_is_401_and_no_redirect(client: PageClient, room: Room) -> None:
    answer = client.get(
        f"/projects/first/articles/{room.article.id}/blocks/1", headers={"X-Fragment": "1"}
    )
    assert answer.status_code == 401
    assert "Sign in" in answer.text


@pytest.mark.sqlite_only
def test_a_fragment_asked_for_where_there_is_none_is_the_page(
    app: Flask, client: PageClient, session: Session, room: Room
) -> None:
    add_annotation(session, room.annotator, room.article)
    sign_in(client, session, room.owner.account)
    for method, rule in routes(app):
        if method == "GET":
            answer = client.get(fill(rule), headers={"X-Fragment": "1"})
            assert answer.status_code < 500, rule


@pytest.mark.sqlite_only
def test_a_signed_out_post_keeps_what_was_typed(client: PageClient, room: Room) -> None:
    answer = client.post(
        f"/projects/first/articles/{room.article.id}/annotations",
        data={"quote": "It floods <every> spring", "note": "half a thought", "tag": "claim"},
    )
    assert answer.status_code == 401
    assert "It floods &lt;every&gt; spring</textarea>" in answer.text
    assert "half a thought</textarea>" in answer.text
    assert 'href="/sign-in"' in answer.text
    assert "Sign in, then do it again." in answer.text


@pytest.mark.sqlite_only
def test_who_is_signed_out_and_sends_what_is_too_large_to_be_kept_is_told_so(
    client: PageClient, room: Room
) -> None:
    asked = {ADMISSION: Admission()}  # by the server, without the form
    answer = client.post("/projects/first/articles/add", environ_overrides=asked)
    assert answer.status_code == 401
    assert "What you sent is larger than 1 MiB, so it is not kept here." in answer.text
    assert room.article.id


@pytest.mark.sqlite_only
def test_who_signs_in_after_a_lost_post_comes_back_to_the_page_of_the_form(
    client: PageClient, room: Room
) -> None:
    page = "/projects/first/people"
    for before, leads in (
        (f"http://localhost{page}?a=b", f"/sign-in?next={page}?a%3Db"),
        (f"http://evil.example{page}", "/sign-in"),
        ("http://localhost//evil.example", "/sign-in"),
    ):
        data = {"name": "A new <name>", "question": "Is it a claim?"}
        answer = client.post("/projects", data=data, headers={"Referer": before})
        assert f'href="{leads}">' in answer.text
        assert "A new &lt;name&gt;</textarea>" in answer.text
        assert "Is it a claim?</textarea>" in answer.text
    assert room.article.id


@pytest.mark.sqlite_only
def test_a_fragment_is_kept_by_the_page_that_sent_it_and_a_ticked_box_is_no_text(
    client: PageClient, room: Room
) -> None:
    path = f"/projects/first/articles/{room.article.id}/annotations"
    answer = client.post(path, data={"note": "x"}, headers={"X-Fragment": "1"})
    assert "Sign in, and it will be sent." in answer.text
    ticked = client.post(path, data={"text": "Is it?", "question": "1"})
    assert ticked.text.count("<textarea") == 1


# --- tokens -------------------------------------------------------------------------------------


@pytest.mark.sqlite_only
def test_a_post_without_a_token_is_refused_and_never_acts(
    app: Flask, client: PageClient, session: Session, room: Room
) -> None:
    made = add_annotation(session, room.owner, room.article)
    sign_in(client, session, room.owner.account)
    before = events(session)
    posts = [rule for method, rule in routes(app) if method == "POST"]
    posts = [rule for rule in posts if rule.rule not in SENT_BY_MAIL_PROGRAMS]
    assert len(posts) >= 11
    fields = {
        "quote": "nobody repairs it",
        "tag": "demand",
        "client_key": "k",
        "version": "1",
        "name": "Changed",
        "email": "new@example.org",
        "password": "four plain words",
    }
    for rule in posts:
        for token in ({}, {"csrf_token": "forged"}):
            answer = send(client, "POST", fill(rule), **fields, **token)
            assert answer.status_code == 400, rule
            assert "CSRF token" in answer.text
    assert events(session) == before
    session.expire_all()
    assert (made.tag_name, made.version, made.deleted_at) == ("claim", 1, None)
    assert room.owner.account.name == "Olga"
    assert [row.ended_at for row in session.scalars(select(SignIn))] == [None]


@pytest.mark.sqlite_only
def test_a_refused_post_keeps_what_was_typed(
    client: PageClient, session: Session, room: Room
) -> None:
    sign_in(client, session, room.owner.account)
    path = f"/projects/first/articles/{room.article.id}/annotations"
    answer = client.post(path, data={"note": "half a thought"})
    assert answer.status_code == 400
    assert "half a thought</textarea>" in answer.text


@pytest.mark.sqlite_only
def test_a_token_of_another_session_is_refused(
    app: Flask, client: PageClient, session: Session, room: Room
) -> None:
    other = sign_in(page_client(app), session, room.curator.account)
    sign_in(client, session, room.owner.account)
    csrf_token(client)
    answer = client.post("/account/name", data={"name": "X", "csrf_token": csrf_token(other)})
    assert answer.status_code == 400


# --- other projects -----------------------------------------------------------------------------


def strange_addresses(
    rule: Rule, slug: str, other: Room, annotation_id: int, invitation_id: int
) -> Iterator[str]:
    """Yield addresses of a rule that name something of the other project."""
    names = set(rule.arguments)
    article_id = other.article.id
    if "invitation_id" in names:
        yield fill(rule, slug="first", invitation_id=invitation_id)
    if "account_id" in names:
        yield fill(rule, slug="first", account_id=other.annotator.account_id)
    if "annotation_id" in names:
        yield fill(rule, annotation_id=annotation_id)
    if "slug" in names:
        yield fill(rule, slug=slug, article_id=article_id)
        yield fill(rule, slug="nowhere", article_id=article_id)
    if "article_id" in names:
        yield fill(rule, slug="first", article_id=article_id)
        yield fill(rule, slug=slug, article_id=1)


def test_what_belongs_to_another_project_is_not_there_on_any_route(
    app: Flask, client: PageClient, session: Session, room: Room
) -> None:
    other = add_room(session, "second")
    made = add_annotation(session, other.annotator, other.article)
    invitation, _token = add_invitation(session, other.owner)
    sign_in(client, session, room.owner.account)
    token = csrf_token(client)
    before = events(session)
    asked = 0
    for method, rule in routes(app):
        for path in strange_addresses(rule, "second", other, made.id, invitation.id):
            answer = send(
                client,
                method,
                path,
                csrf_token=token,
                quote="nobody repairs it",
                tag="claim",
                client_key=uuid.uuid4().hex,
                version="1",
                role="reader",
            )
            assert answer.status_code == 404, (method, path)
            asked += 1
    assert asked > 30
    assert events(session) == before
    trash = "/projects/first/trash"
    assert client.get(f"{trash}?article={other.article.id}").status_code == 404
    article = f"/projects/first/articles/{room.article.id}"
    assert client.get(f"{article}?annotation={made.id}").status_code == 404


def test_numbers_and_names_that_no_database_holds_are_not_there(
    app: Flask, client: PageClient, session: Session, room: Room
) -> None:
    sign_in(client, session, room.owner.account)
    token = csrf_token(client)
    for method, rule in routes(app):
        asked = {name for name in rule.arguments if f"{name}>" in rule.rule}  # others are given
        for name in asked - {"slug", "content_hash", "name", "token"}:
            for number in (2**31, 10**25):
                answer = send(client, method, fill(rule, **{name: number}), csrf_token=token)
                assert answer.status_code == 404, (rule, name)
        if "slug" in rule.arguments:
            answer = send(client, method, fill(rule, slug="a%00b"), csrf_token=token)
            assert answer.status_code == 404, rule


# --- what a page offers ---------------------------------------------------------------------------


@pytest.mark.sqlite_only
def test_a_page_offers_only_what_its_reader_may_do(
    client: PageClient, session: Session, room: Room
) -> None:
    made = add_annotation(session, room.annotator, room.article)
    path = f"/projects/first/articles/{room.article.id}"
    sign_in(client, session, room.reader.account)
    page = client.get(path).text
    assert 'data-can-tag="false"' in page
    assert "<form" not in client.get(f"/annotations/{made.id}/card").text.partition("<main")[2]
    assert "Undo" not in page.partition("<main")[2].partition("<dialog")[0]
    sign_in(client, session, room.annotator.account)
    assert 'data-can-tag="true"' in client.get(path).text
    assert "/delete" in client.get(f"/annotations/{made.id}/card").text


# --- headers ------------------------------------------------------------------------------------


@pytest.mark.sqlite_only
def test_every_answer_has_the_headers(client: PageClient, session: Session, room: Room) -> None:
    add_annotation(session, room.owner, room.article)
    paths = ["/sign-in", "/nowhere", "/static/x/css/gloss.css", "/"]
    answers = [send(client, "GET", path) for path in paths]
    sign_in(client, session, room.owner.account)
    paths = [
        "/",
        f"/projects/first/articles/{room.article.id}",
        "/projects/first/annotations.csv",
        "/annotations/99",
    ]
    answers += [client.get(path) for path in paths]
    answers.append(client.post("/sign-out"))
    for answer in answers:
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "data:" not in policy
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "frame-ancestors 'none'" in policy
        assert "base-uri 'none'" in policy
        assert "form-action 'self'" in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        if "/static/" not in answer.request.path:
            assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.sqlite_only
def test_the_cookie_is_for_this_site_alone(
    make_config: Callable[..., Config], session: Session, room: Room
) -> None:
    assert room.owner.account_id
    cookies = {}
    for url in ("", "https://gloss.example"):
        app = create_app(make_config(PUBLIC_URL=url, REGISTRATION="open"))
        answer = page_client(app).get("/sign-in", base_url=url or "http://localhost")
        cookies[url] = answer.headers["Set-Cookie"]
        app.extensions["database"].dispose()
    for cookie in cookies.values():
        assert cookie.startswith("gloss=")
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Domain" not in cookie
    assert "Secure" not in cookies[""]
    assert "Secure" in cookies["https://gloss.example"]
    session.rollback()


@pytest.mark.sqlite_only
def test_no_link_follows_the_host_header(
    app: Flask, client: PageClient, session: Session, room: Room
) -> None:
    made = add_annotation(session, room.owner, room.article)
    sign_in(client, session, room.owner.account)
    token = csrf_token(client)
    cookie = client.get_cookie("gloss")
    assert cookie is not None
    # No jar: it would keep the cookie from another host, as a browser does.
    elsewhere = PageClient(app, use_cookies=False)
    headers = {"Host": "evil.example", "Cookie": f"gloss={cookie.value}"}
    path = f"/projects/first/articles/{room.article.id}"
    answers = [
        elsewhere.get(address, headers=headers)
        for address in (
            "/",
            "/projects/first/articles",
            path,
            f"/annotations/{made.id}",
            f"/annotations/{made.id}/card",
            "/projects/first/annotations.csv",
            "/account",
        )
    ]
    answers.append(elsewhere.post(f"{path}/undo", data={"csrf_token": token}, headers=headers))
    statuses = [answer.status_code for answer in answers]
    assert statuses == [302, 200, 200, 302, 200, 200, 200, 303]
    for answer in answers:
        assert "evil.example" not in answer.text
        assert answer.headers.get("Location", "/").startswith("/")
        assert not answer.headers.get("Location", "/").startswith("//")


@pytest.mark.sqlite_only
def test_an_acts_answer_takes_only_the_filter_from_its_address(
    client: PageClient, session: Session, room: Room
) -> None:
    add_annotation(session, room.owner, room.article)
    sign_in(client, session, room.owner.account)
    token = csrf_token(client)
    path = f"/projects/first/articles/{room.article.id}"
    odd = "slug=x&article_id=9&_external=1&_scheme=evil&_anchor=z&tag=claim"
    answer = client.post(f"{path}/undo?{odd}", data={"csrf_token": token})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{path}?tag=claim#b1")


@pytest.mark.sqlite_only
def test_files_are_immutable_under_the_right_hash_alone(client: PageClient, app: Flask) -> None:
    content_hash = app.extensions["static"].content_hash
    right = send(client, "GET", f"/static/{content_hash}/css/gloss.css")
    wrong = send(client, "GET", "/static/000000000000/css/gloss.css")
    assert right.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert wrong.headers["Cache-Control"] == "no-cache"
    assert "Set-Cookie" not in right.headers
    for name in ("../app/config.py", "..%2fapp%2fconfig.py", "nowhere.css", "css"):
        assert client.get(f"/static/x/{name}").status_code == 404


@pytest.mark.sqlite_only
def test_a_page_names_its_files_by_the_right_hash(client: PageClient, app: Flask) -> None:
    page = client.get("/sign-up").text
    names = re.findall(r'(?:href|src)="?/static/([^/"]+)/([^"]+)"', page)
    assert {content_hash for content_hash, _ in names} == {app.extensions["static"].content_hash}
    for content_hash, name in names:
        assert send(client, "GET", f"/static/{content_hash}/{name}").status_code == 200


@pytest.mark.sqlite_only
def test_an_unknown_address_is_a_page_of_ours(
    client: PageClient, session: Session, room: Room
) -> None:
    sign_in(client, session, room.owner.account)
    for path, status in (("/nowhere", 404), ("/account/name", 405)):
        answer = client.get(path)
        assert answer.status_code == status
        assert "<h1>" in answer.text
        assert "· Gloss</title>" in answer.text
    answer = client.get("/nowhere", headers={"X-Fragment": "1"})
    assert answer.text.startswith('<p class="refused" data-status="404">')
