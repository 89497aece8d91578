"""Annotations as linked data: what a permalink answers, and the collection with its pages."""

import json
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.annotations.service import annotations
from app.annotations.service.exports import EXPORTED
from app.articles.queries.articles import current_revision
from app.events.models import Event
from app.exports.queries.annotation_pages import PAGE_SIZE
from app.exports.views.web_annotations import PAGES
from tests.harness.api import ApiClient
from tests.harness.builders import (
    Room,
    add_annotation,
    add_article,
    add_many,
    add_token,
    sign_in,
)
from tests.harness.pages import PageClient, page_client
from tests.harness.web_annotations import (
    CONTEXT,
    Object,
    annotations_in,
    broken_requirements,
    graph_of,
)

BASE = "http://127.0.0.1:8000"
COLLECTION = "/projects/first/annotations/"
BY_TOKEN = "/api/v1/projects/first/web-annotations"
LD = f'application/ld+json; profile="{CONTEXT}"'


def read(client: FlaskClient, path: str, accept: str = LD) -> tuple[TestResponse, Object]:
    answer = client.get(path.removeprefix(BASE), headers={"Accept": accept})
    assert answer.status_code == 200
    found: Object = json.loads(answer.text)
    return answer, found


def test_a_permalink_answers_with_the_annotation_where_that_is_asked_for(
    client: PageClient, session: Session, room: Room
) -> None:
    made = add_annotation(session, room.annotator, room.article, note="who?")
    path = f"/annotations/{made.id}"
    sign_in(client, session, room.reader.account)
    for accept in ("application/ld+json", LD, "application/json", "application/json, */*;q=0.1"):
        answer, found = read(client, path, accept)
        kind = "application/json" if "/json" in accept else LD
        assert answer.headers["Content-Type"] == kind
        assert found["id"] == f"{BASE}{path}"
        text = current_revision(session, room.article.id).text
        state = found["target"]["state"]["cached"]
        assert broken_requirements(found, {state: text}) == []
        assert "Accept" in answer.headers["Vary"]
        assert answer.headers["Link"] == '<http://www.w3.org/ns/ldp#Resource>; rel="type"'
    for accept in ("*/*", "text/html,application/xhtml+xml,*/*;q=0.8", "image/png", ""):
        answer = client.get(path, headers={"Accept": accept})
        assert (answer.status_code, "Accept" in answer.headers["Vary"]) == (302, True)
    for address in (found["target"]["source"]["id"], state):
        assert client.get(address.removeprefix(BASE)).status_code in {200, 302}


def test_it_answers_head_options_and_whoever_has_it_already(
    client: PageClient, session: Session, room: Room
) -> None:
    made = add_annotation(session, room.annotator, room.article)
    sign_in(client, session, room.reader.account)
    for path in (f"/annotations/{made.id}", COLLECTION, f"{COLLECTION}?after=0"):
        answer, _found = read(client, path)
        etag = answer.headers["ETag"]
        head = client.head(path, headers={"Accept": LD})
        assert (head.status_code, head.data) == (200, b"")
        assert headers_of(head) == headers_of(answer)
        assert answer.allow.as_set() == client.options(path).allow.as_set()
        assert {"get", "head", "options"} <= answer.allow.as_set()
        assert "Date" not in answer.headers  # the server writes it, once
        same = client.get(path, headers={"Accept": LD, "If-None-Match": etag})
        assert (same.status_code, same.data) == (304, b"")
    path = f"/annotations/{made.id}"
    before = [read(client, each)[0].headers["ETag"] for each in (path, COLLECTION)]
    annotations.change(session, actor=room.annotator, annotation_id=made.id, version=1, note="!")
    made.updated_at += timedelta(seconds=1)
    session.commit()
    after = [read(client, each)[0].headers["ETag"] for each in (path, COLLECTION)]
    assert not set(before) & set(after)
    assert read(client, COLLECTION)[1]["modified"] == read(client, path)[1]["modified"]
    for answer in (client.options(COLLECTION), client.get("/projects/nowhere/annotations/")):
        assert len(answer.headers.getlist("Link")) == 2  # as the protocol asks of each answer
    annotations.delete(session, actor=room.annotator, annotation_id=made.id, version=2)
    session.commit()
    assert client.get(path, headers={"Accept": LD}).status_code == 404
    assert read(client, COLLECTION)[1]["total"] == 0
    assert client.get(f"{COLLECTION}?after=0").status_code == 404


def headers_of(answer: TestResponse) -> dict[str, str]:
    """Return the headers but for the cookie, which the first of several answers may set."""
    return {name: value for name, value in answer.headers if name != "Set-Cookie"}


@pytest.mark.sqlite_only
def test_pages_follow_one_another_with_every_annotation_once(
    client: PageClient, session: Session, room: Room
) -> None:
    article = add_article(session, "word " * 400 + "end.")
    add_annotation(session, room.annotator, room.article)
    add_many(session, room.curator, article, 2 * PAGE_SIZE - 1)
    sign_in(client, session, room.reader.account)
    answer, found = read(client, COLLECTION, "*/*")
    assert answer.headers["Content-Type"] == LD
    assert answer.headers["Content-Location"] == found["id"] == f"{BASE}{COLLECTION}"
    graph_of(found)
    assert lengths_of_pages(client, session, found) == [PAGE_SIZE, PAGE_SIZE]
    add_annotation(session, room.curator, room.article)
    found = read(client, COLLECTION)[1]
    assert lengths_of_pages(client, session, found) == [PAGE_SIZE, PAGE_SIZE, 1]


@pytest.mark.sqlite_only
def test_a_token_reads_the_pages_at_addresses_of_its_own(
    app: Flask, session: Session, room: Room
) -> None:
    add_many(session, room.curator, room.article, PAGE_SIZE + 1)
    program = ApiClient(app, add_token(session, room.reader.account, scope="read"))
    found = read(program, BY_TOKEN)[1]
    assert (found["id"], found["total"]) == (f"{BASE}{BY_TOKEN}", PAGE_SIZE + 1)
    lengths, at = [], found["first"]
    while at is not None:
        page = read(program, at)[1]
        assert at.startswith(f"{BASE}{BY_TOKEN}?after=")
        assert broken_requirements(page, texts_of(session, page)) == []
        lengths.append(len(annotations_in(page)))
        at = page.get("next")
    assert lengths == [PAGE_SIZE, 1]


def test_pages_that_one_person_reads_within_the_hour_are_one_export(
    app: Flask, client: PageClient, session: Session, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = add_annotation(session, room.annotator, room.article)
    add_annotation(session, room.annotator, room.article, "It floods every spring")
    sign_in(client, session, room.reader.account)
    program = ApiClient(app, add_token(session, room.reader.account))

    def exports() -> list[str]:
        session.rollback()
        rows = session.scalars(select(Event).where(Event.kind == EXPORTED).order_by(Event.id))
        return [f"{row.account_id} {(row.after or {})['format']}" for row in rows]

    client.head(f"{COLLECTION}?after=0")
    for reader in (client, program):
        read(reader, COLLECTION if reader is client else BY_TOKEN)
    assert exports() == []
    # Not only the first page: nobody reads past the audit by beginning at another.
    read(client, f"{COLLECTION}?after={made.id}")
    read(client, f"{COLLECTION}?after=0")
    read(program, f"{BY_TOKEN}?after=0")
    once = f"{room.reader.account_id} {PAGES}"
    assert exports() == [once]
    read(sign_in(page_client(app), session, room.owner.account), f"{COLLECTION}?after=0")
    others = f"{room.owner.account_id} {PAGES}"
    assert exports() == [once, others]
    monkeypatch.setattr("app.annotations.service.exports.ONE_READING", timedelta(0))
    read(client, f"{COLLECTION}?after=0")
    assert exports() == [once, others, once]


def lengths_of_pages(client: PageClient, session: Session, found: Object) -> list[int]:
    """Go through a collection from its first page; return how many annotations each page has."""
    lengths: list[int] = []
    seen: set[str] = set()
    before, at = None, found["first"]
    while at is not None:
        _answer, page = read(client, at)
        assert (page["id"], page.get("prev"), page["startIndex"]) == (at, before, len(seen))
        assert (page["partOf"]["id"], page["partOf"]["total"]) == (found["id"], found["total"])
        assert broken_requirements(page, texts_of(session, page)) == []
        ids = [one["id"] for one in annotations_in(page)]
        assert read(client, ids[0])[1]["id"] == ids[0]
        seen.update(ids)
        lengths.append(len(ids))
        before, at = at, page.get("next")
    assert before == found["last"]
    assert len(seen) == sum(lengths) == found["total"]
    return lengths


def texts_of(session: Session, page: Object) -> dict[str, str]:
    """Return the text of each annotation's article, by the address that its state names."""
    targets = [one["target"] for one in annotations_in(page)]
    sources = {target["state"]["cached"]: target["source"]["id"] for target in targets}
    return {
        address: current_revision(session, int(source.rpartition("/")[2])).text
        for address, source in sources.items()
    }


def test_a_page_that_is_not_there_says_where_to_begin(
    client: PageClient, session: Session, room: Room
) -> None:
    sign_in(client, session, room.reader.account)
    for after in ("0", "x", "999999999", ""):
        answer = client.get(f"{COLLECTION}?after={after}")
        assert answer.status_code == 404
        assert "Begin with the first page of the collection." in answer.text
    assert client.get("/projects/nowhere/annotations/").status_code == 404
