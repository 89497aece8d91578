"""What an address says that nobody knows: a file is refused, a page names it, ours have none."""

import re
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.events.models import Event
from app.exports.views.files import PLACES_FORMATS
from app.web.routing import view_of
from app.web.view_marks import Work, work_of
from tests.harness.builders import Room, add_annotation, sign_in
from tests.harness.pages import PageClient
from tests.harness.routes import fill_each, routes
from tests.harness.world import World, add_world

FINDINGS = "/projects/first/findings"
PAGES = ("passages", "summary", "positions", "positions/list", "parties", "changes", "networks")
ROOMS_OF_FILES = ("exports.", "web_annotations.")
LINK = re.compile(r'href="(/projects/first/[^"#]*)')
FORM = re.compile(r'<form[^>]* method="get" action="([^"]*)"(.*?)</form>', re.DOTALL)
FIELD = re.compile(r'<(?:input|select|button)[^>]* name="([^"]+)"')


@pytest.fixture
def world(session: Session) -> World:
    """Give a project in which much is tagged."""
    return add_world(session)


def files(app: Flask) -> list[str]:
    """Return the address of every file of a project, in each format."""
    return [
        address
        for method, rule in routes(app)
        if method == "GET"
        and "<slug>" in rule.rule
        and (
            work_of(view_of(app, rule.endpoint)) is Work.DOWNLOAD
            or rule.endpoint.startswith(ROOMS_OF_FILES)
        )
        for address in fill_each(rule)
        if "/places." not in address or address.endswith(PLACES_FORMATS)
    ]


@pytest.mark.sqlite_only
def test_a_file_is_refused_whose_address_has_a_name_that_nobody_knows(
    app: Flask, client: PageClient, session: Session, room: Room
) -> None:
    add_annotation(session, room.annotator, room.article)
    sign_in(client, session, room.owner.account)
    before = session.scalar(select(func.max(Event.id)))
    asked = files(app)
    assert len(asked) > 20
    for address in asked:
        refused = client.get(f"{address}?q=road&month=2026-05")
        assert refused.status_code == 422, address
        assert re.search("There is no parameter “(q|month)” here", refused.text), address
    session.rollback()
    assert session.scalar(select(func.max(Event.id))) == before


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("findings/passages.csv?month=2026-05", "This address can have q, in, tag, annotator, "),
        ("annotations.csv?tag=claim", "no parameter “tag” here. This address can have sep, bom."),
        ("archive.zip?tag=claim&x=1", "no parameter “tag” here. This address has none."),
        ("findings/positions.csv?q=road", "This address can have tag, annotator, article, "),
        ("findings/changes.csv?since=2025-01-01", "can have party, position, article, which, "),
        (
            "findings/networks.graphml?tag=claim",
            "can have kind, relation, duplicates, normalise, by, ",
        ),
        (
            "annotations.csv?bom=no",
            "A text begins with a byte order mark, or has none with “?bom=0”",
        ),
    ],
)
@pytest.mark.sqlite_only
def test_a_refusal_names_what_is_not_known_and_what_is(
    client: PageClient, session: Session, room: Room, path: str, told: str
) -> None:
    sign_in(client, session, room.owner.account)
    refused = client.get(f"/projects/first/{path}")
    assert (refused.status_code, told in refused.text) == (422, True)


@pytest.mark.sqlite_only
@pytest.mark.parametrize("page", PAGES)
def test_a_page_names_what_it_does_not_know_but_for_what_counters_of_links_add(
    client: PageClient, session: Session, room: Room, page: str
) -> None:
    add_annotation(session, room.annotator, room.article)
    sign_in(client, session, room.reader.account)
    shown = client.get(f"{FINDINGS}/{page}?month=2026-05&utm_source=letter&fbclid=x").text
    assert "left out of what is asked: <code>month=2026-05</code></p>" in shown
    answer = client.get(f"{FINDINGS}/{page}?utm_source=letter", follow_redirects=True)
    assert (answer.status_code, "Not known here" in answer.text) == (200, False)


@pytest.mark.sqlite_only
def test_no_link_or_form_of_ours_asks_for_what_nobody_knows(
    client: PageClient, session: Session, world: World
) -> None:
    sign_in(client, session, world.members[2].account)
    asked: dict[str, set[str]] = {}
    waiting = [f"{FINDINGS}/{page}" for page in (*PAGES, "passages?view=context&q=so")]
    while waiting:
        address = waiting.pop()
        parts = urlsplit(address)
        names = {name for name, _value in parse_qsl(parts.query, keep_blank_values=True)}
        known = asked.setdefault(re.sub("[0-9]+", "1", parts.path), set())
        if "/findings/" not in parts.path or (known and names <= known):
            continue
        known |= names | {""}
        answer = client.get(address)
        assert answer.status_code in {200, 303}, address
        if answer.mimetype == "text/html":
            assert "Not known here" not in answer.text, address
            waiting += map(unescape, LINK.findall(answer.text))
            for action, fields in FORM.findall(answer.text):
                said = "&".join(f"{name}=" for name in dict.fromkeys(FIELD.findall(fields)))
                waiting.append(f"{action}?{said}")
    for path in ("passages.csv", "places.xlsx", "positions.csv", "brief", "parties/1"):
        assert len(asked[f"{FINDINGS}/{path}"]) > 1, path
