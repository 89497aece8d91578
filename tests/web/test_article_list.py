"""The list of articles."""

import re
from datetime import date

from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.annotations.service import annotations
from app.core.clock import now
from app.projects.roles import Role
from tests.harness.builders import (
    Room,
    add_annotation,
    add_article,
    add_member,
    add_project,
    sign_in,
)
from tests.harness.pages import PageClient

LIST = "/projects/first/articles"


def titles(answer: TestResponse) -> list[str]:
    return re.findall(r'<a class="title" href="[^"]+">([^<]*)</a>', answer.text)


def test_an_empty_list_says_what_to_do(client: PageClient, session: Session) -> None:
    add_project(session)
    sign_in(client, session, add_member(session, Role.OWNER).account)
    page = client.get(LIST)
    assert "There are no articles here yet." in page.text
    assert "flask --app app articles load" in page.text
    assert "0 articles" in page.text


def test_a_line_says_what_an_article_is_and_how_it_is_tagged(
    me: PageClient, session: Session, room: Room
) -> None:
    room.article.publication, room.article.published_on = "The Levee", date(2025, 1, 13)
    for tag in ("claim", "citation"):
        add_annotation(session, room.annotator, room.article, tag=tag)
    gone = add_annotation(session, room.annotator, room.article, "nobody", tag="demand")
    annotations.delete(session, actor=room.annotator, annotation_id=gone.id, version=1)
    session.commit()
    page = me.get(LIST)
    assert "Ada Quill · The Levee · 13 January 2025" in page.text
    assert '<td class="num">53</td>' in page.text
    assert 'aria-label="claim 1, demand 0, assumption 0, citation 1"' in page.text
    assert "2 passages" in page.text


def test_the_list_is_searched_by_title_and_author(
    me: PageClient, session: Session, room: Room
) -> None:
    add_article(session, "One.", title="100% of the dam", author="Bo Ek")
    add_article(session, "Two.", title="The Bridge", author="Ada Ek")
    assert room.article.title == "The River Road"
    for search, found in (
        ("ada", ["The Bridge", "The River Road"]),
        ("ek ADA", ["The Bridge"]),
        ("river", ["The River Road"]),
        ("100%", ["100% of the dam"]),
        ("%", ["100% of the dam"]),
        ("_", []),
        ("  ", ["100% of the dam", "The Bridge", "The River Road"]),
        ("\0ada\x01", ["The Bridge", "The River Road"]),
        ("\N{GRINNING FACE}", []),
    ):
        assert sorted(titles(me.get(LIST, query_string={"search": search}))) == found, search
    nothing = me.get(LIST, query_string={"search": "<b>none"})
    assert "No title or author holds “&lt;b&gt;none”." in nothing.text


def test_the_list_is_sorted_as_asked(me: PageClient, session: Session, room: Room) -> None:
    bridge = add_article(session, "Two words.", title="a bridge", author="zoe")
    bridge.published_on = date(2025, 1, 1)
    dam = add_article(session, "word " * 100, title="The Dam", author="Bo")
    dam.published_on = date(2025, 2, 1)
    session.commit()
    add_annotation(session, room.annotator, bridge, "words")
    orders = {
        "added": ["The Dam", "a bridge", "The River Road"],
        "title": ["a bridge", "The Dam", "The River Road"],
        "author": ["The River Road", "The Dam", "a bridge"],
        "published": ["The Dam", "a bridge", "The River Road"],
        "words": ["The Dam", "The River Road", "a bridge"],
    }
    for sort, expected in orders.items():
        page = me.get(LIST, query_string={"sort": sort})
        assert titles(page) == expected, sort
        assert f'<option value="{sort}" selected>' in page.text
    assert titles(me.get(LIST, query_string={"sort": "touched"}))[0] == "a bridge"
    assert titles(me.get(LIST, query_string={"sort": "drop table"})) == orders["added"]


def test_the_list_has_pages_that_keep_search_and_sort(
    me: PageClient, session: Session, room: Room
) -> None:
    for number in range(51):
        add_article(session, f"Text {number}.", title=f"Part {number:02}", author="Bo & Co")
    first = me.get(LIST, query_string={"search": "bo &", "sort": "title"})
    assert titles(first) == [f"Part {number:02}" for number in range(50)]
    assert "Page 1 of 2" in first.text
    following = re.search(r'rel="next" href="([^"]+)"', first.text)
    assert following is not None
    second = me.get(following[1].replace("&amp;", "&"))
    assert titles(second) == ["Part 50"]
    assert titles(me.get(LIST, query_string={"page": "99", "sort": "title"}))[-1] == (
        room.article.title
    )
    for page in ("0", "-1", "x", "9" * 40):
        assert "Page 1 of 2" in me.get(LIST, query_string={"page": page}).text


def test_an_archived_article_is_not_listed(me: PageClient, session: Session, room: Room) -> None:
    room.article.archived_at = now()
    session.commit()
    page = me.get(LIST)
    assert titles(page) == []
    assert "0 articles" in page.text
