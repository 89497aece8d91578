"""Live updates without a stream: who may ask, and what has changed since a page was drawn."""

import asyncio
import re
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.annotations.queries.anchors import PassageQuery
from app.annotations.service import annotations
from app.events.queries import last_event_id
from app.live.stream import Live
from app.reading.pages.rendering.changed_blocks import MOST_EVENTS
from app.web.asgi_types import AsgiMessage
from tests.harness.builders import (
    Room,
    add_annotation,
    add_changes,
    add_room,
    correct,
    csrf_token,
    sign_in,
)
from tests.harness.pages import PageClient, page_client, read
from tests.harness.streams import WAIT_SECONDS, wait

FRAGMENT = {"X-Fragment": "1"}  # as the page's own code asks
FIRST = "The council must close the road."
THIRD = "Ask the family"


def since(client: PageClient, room: Room, event_id: int, query: str = "") -> tuple[str, list[str]]:
    """Return a fragment of what changed after an event, and the ids of its blocks."""
    path = f"/projects/first/articles/{room.article.id}/since/{event_id}{query}"
    answer = client.get(path, headers=FRAGMENT)
    assert answer.status_code == 200
    blocks = [e.get("id", "") for e in read(answer.text).iter("section")]
    return answer.text, [block for block in blocks if block.startswith("b")]


@pytest.mark.sqlite_only
def test_a_server_that_holds_no_streams_says_so(me: PageClient, room: Room) -> None:
    place = f"first/{room.article.id}"
    answer = me.get(f"/live?account={room.annotator.account_id}&place={place}", headers=FRAGMENT)
    assert answer.status_code == 501
    assert "reload a page to see changes" in answer.text


@pytest.mark.sqlite_only
def test_who_may_listen_is_asked_before(app: Flask, session: Session, room: Room) -> None:
    other = add_room(session, "second")
    client = page_client(app)
    path = f"/live?account={room.annotator.account_id}&place="
    assert client.get(f"{path}first", headers=FRAGMENT).status_code == 401
    sign_in(client, session, room.annotator.account)
    elsewhere = other.article.id
    for place in ("second", f"second/{elsewhere}", f"first/{elsewhere}", "", "first/x"):
        assert client.get(path + place, headers=FRAGMENT).status_code == 404, place
    for account in (room.owner.account_id, "", "x"):
        answer = client.get(f"/live?account={account}&place=first", headers=FRAGMENT)
        assert answer.status_code == 401, account


def test_what_has_changed_since_comes_drawn(me: PageClient, session: Session, room: Room) -> None:
    before = last_event_id(session, room.article.id)
    add_annotation(session, room.annotator, room.article, FIRST)
    page = last_event_id(session, room.article.id)
    add_annotation(session, room.annotator, room.article, THIRD, tag="demand")
    newest = last_event_id(session, room.article.id)
    text, blocks = since(me, room, before)
    assert blocks == ["b1", "b3"]
    assert f'data-drawn="{newest}"' in text
    assert text.count("<mark") == 2
    assert since(me, room, page)[1] == ["b3"]
    assert since(me, room, newest)[1] == []


def test_both_places_of_a_passage_that_moved_are_drawn(
    me: PageClient, session: Session, room: Room
) -> None:
    made = add_annotation(session, room.annotator, room.article, FIRST)
    before = last_event_id(session, room.article.id)
    annotations.change(
        session,
        actor=room.annotator,
        annotation_id=made.id,
        version=made.version,
        asked=PassageQuery("Ask the family"),
    )
    session.commit()
    assert since(me, room, before)[1] == ["b1", "b3"]


def test_an_answer_never_says_that_it_is_newer_than_it_is(
    me: PageClient, app: Flask, session: Session, room: Room
) -> None:
    engine, token = app.extensions["database"].engine, csrf_token(me)
    committed: list[bool] = []

    def tag_meanwhile(*_statement: object) -> None:
        if committed:
            committed.clear()
            add_annotation(session, room.curator, room.article, FIRST, tag="demand")

    event.listen(engine, "commit", lambda _connection: committed.append(True))
    event.listen(engine, "before_cursor_execute", tag_meanwhile)
    answer = me.post(
        f"/projects/first/articles/{room.article.id}/annotations",
        data={"quote": FIRST, "tag": "claim", "client_key": "key", "csrf_token": token},
        headers=FRAGMENT,
    )
    (drawn,) = re.findall(r'class="block"[^>]* data-drawn="(\d+)"', answer.text)
    has_both = answer.text.count('<details class="card') > 1
    assert len(session.scalars(select(Annotation)).all()) == 2  # the other came meanwhile
    assert has_both or int(drawn) < last_event_id(session, room.article.id)


@pytest.mark.sqlite_only
def test_a_filter_holds_for_what_has_changed(me: PageClient, session: Session, room: Room) -> None:
    before = last_event_id(session, room.article.id)
    add_annotation(session, room.annotator, room.article, FIRST)
    add_annotation(session, room.annotator, room.article, THIRD, tag="demand")
    text, blocks = since(me, room, before, "?tag=demand")
    assert blocks == ["b1", "b3"]  # what a filter hides may have been shown before
    assert text.count("<mark") == 1


@pytest.mark.sqlite_only
def test_too_much_is_told_and_not_drawn(me: PageClient, session: Session, room: Room) -> None:
    made = add_annotation(session, room.annotator, room.article)
    before = last_event_id(session, room.article.id)
    add_changes(session, made, MOST_EVENTS + 1)
    text, blocks = since(me, room, before)
    assert 'data-too-much="true"' in text
    assert blocks == []
    text, blocks = since(me, room, before + 1)
    assert 'data-too-much="false"' in text
    assert blocks == ["b1"]


@pytest.mark.sqlite_only
def test_a_corrected_text_is_told_by_its_revision(
    me: PageClient, session: Session, room: Room
) -> None:
    before = last_event_id(session, room.article.id)
    correct(session, room.curator, room.article, "The council must mend the road.")
    assert 'data-revision="2"' in since(me, room, before)[0]


@pytest.mark.sqlite_only
def test_a_person_who_follows_the_address_comes_to_the_article(me: PageClient, room: Room) -> None:
    path = f"/projects/first/articles/{room.article.id}"
    answer = me.get(f"{path}/since/0")
    assert (answer.status_code, answer.headers["Location"]) == (303, path)


def open_stream(
    app: Flask, cookie: str, query: str, answered: Callable[[], None] = lambda: None
) -> list[AsgiMessage]:
    """Listen until a change or the end; `answered` runs as the answer begins. Return what came."""
    with ThreadPoolExecutor(1) as thread:  # the tests' own may have Playwright's event loop
        return thread.submit(asyncio.run, _open_stream(app, cookie, query, answered)).result()


async def _open_stream(
    app: Flask, cookie: str, query: str, answered: Callable[[], None]
) -> list[AsgiMessage]:
    live, has_left = Live(app), asyncio.Event()
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/live",
        "query_string": query.encode(),
        "http_version": "1.1",
        "headers": [(b"cookie", cookie.encode()), (b"x-fragment", b"1")],
    }
    came: list[AsgiMessage] = []

    async def receive() -> AsgiMessage:
        await has_left.wait()
        return {"type": "http.disconnect"}

    async def reply(message: AsgiMessage) -> None:
        came.append(message)
        if message["type"] == "http.response.start":
            await asyncio.to_thread(answered)
        if b"event: change" in message.get("body", b""):
            has_left.set()

    async with asyncio.timeout(WAIT_SECONDS):
        await live.respond(scope, receive, reply)
    live.close()
    wait(lambda: all(thread.name != "follower" for thread in threading.enumerate()), "its end")
    return came


def asked_of(me: PageClient, room: Room) -> tuple[str, str]:
    """Return the cookie and the query of a page that does not say what it has heard of."""
    cookie = me.get_cookie("gloss")
    assert cookie is not None
    place = f"first/{room.article.id}"
    return f"gloss={cookie.value}", f"account={room.annotator.account_id}&place={place}"


@pytest.mark.sqlite_only
def test_a_stream_tells_of_all_that_happens_once_its_reader_is_answered(
    me: PageClient, app: Flask, session: Session, room: Room
) -> None:
    add_annotation(session, room.curator, room.article, FIRST)
    made: list[int] = []

    def tag() -> None:
        made.append(add_annotation(session, room.curator, room.article, THIRD).id)

    came = open_stream(app, *asked_of(me, room), tag)
    told = b"".join(message.get("body", b"") for message in came)
    assert told.count(b"event: change") == 1  # and none of what was before
    assert f'"annotation":{made[0]}'.encode() in told


@pytest.mark.sqlite_only
def test_a_stream_that_cannot_ask_the_database_ends_and_is_asked_for_again(
    me: PageClient, app: Flask, room: Room
) -> None:
    asked = asked_of(me, room)

    def fail(_c: object, _cursor: object, statement: str, *_more: object) -> None:
        if "max(events.id)" in statement:
            raise OperationalError(statement, None, sqlite3.OperationalError("disk I/O error"))

    event.listen(app.extensions["database"].engine, "before_cursor_execute", fail)
    came = open_stream(app, *asked)
    assert came[0]["status"] == 200
    assert not any(message.get("body") for message in came)
    assert not came[-1].get("more_body")
