"""The list of articles."""

import re
from datetime import date

from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.annotations.service import annotations
from app.articles.queries.articles import current_revision
from app.articles.service.articles import archive
from app.core.clock import now
from app.projects.roles import Role
from tests.harness.builders import (
    Room,
    add_annotation,
    add_article,
    add_member,
    add_project,
    correct,
    sign_in,
)
from tests.harness.pages import PageClient
from tests.harness.server import ROOT

LIST = "/projects/first/articles"


def titles(answer: TestResponse) -> list[str]:
    return re.findall(r'<a class="title"[^>]*>([^<]*)</a>', answer.text)


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
    assert (
        "<bdi>Ada Quill</bdi>&nbsp;· <bdi>The Levee</bdi>&nbsp;· <bdi>13\xa0January\xa02025</bdi>"
        in page.text
    )
    assert '<td class="num in-words">53</td>' in page.text
    assert 'aria-label="claim 1, demand 0, assumption 0, citation 1"' in page.text
    assert "2 annotations" in page.text


def test_the_list_is_searched_by_title_and_author(
    me: PageClient, session: Session, room: Room
) -> None:
    add_article(session, "One.", title="100% of the dam", author="Bo Ek")
    add_article(session, "Two.", title="The Bridge", author="Ada Ek")
    french = add_article(session, "Three.", title="A title", author="Bo")
    french.title, french.author = "“Zoë’s” Évian", "Ådam"  # a change is found, too
    session.commit()
    assert room.article.title == "The River Road"
    for search, found in (
        ("ada", ["The Bridge", "The River Road", "“Zoë’s” Évian"]),
        ("ek ADA", ["The Bridge"]),
        ("river", ["The River Road"]),
        ("100%", ["100% of the dam"]),
        ("river OR bridge", ["The Bridge", "The River Road"]),
        ("ada -bridge", ["The River Road", "“Zoë’s” Évian"]),
        ("_", []),
        ("floods nobody", ["The River Road"]),
        ("ada FLOODS", ["The River Road"]),
        ('"every spring"', ["The River Road"]),
        ("one OR two -three", ["100% of the dam", "The Bridge"]),
        ("  ", ["100% of the dam", "The Bridge", "The River Road", "“Zoë’s” Évian"]),
        ("\0ada\x01", ["The Bridge", "The River Road", "“Zoë’s” Évian"]),
        ("\N{GRINNING FACE}", []),
        ("zoe's", ["“Zoë’s” Évian"]),
        ("‘Zoë’s’ evian åda", ["“Zoë’s” Évian"]),
    ):
        assert sorted(titles(me.get(LIST, query_string={"search": search}))) == found, search
    nothing = me.get(LIST, query_string={"search": "<b>none"})
    assert "No article has “&lt;b&gt;none” in its title, its author or its text." in nothing.text


def test_the_list_says_which_words_were_found_where(
    me: PageClient, session: Session, room: Room
) -> None:
    add_article(session, "A road. Another road? No roads.", title="The Road", author="Bo")
    page = me.get(LIST, query_string={"search": "road", "sort": "title"})
    said = re.findall(r'<small class="found">(.*?)</small>', page.text)
    assert sorted(re.sub("<[^>]+>", "", each) for each in said) == [
        "road: title or author · 2 sentences",
        "road: title or author · 3 sentences",
    ]
    assert f"/articles/{room.article.id}?find=road" in page.text
    both = me.get(LIST, query_string={"search": 'river "a road" -money'})
    assert '<small class="found">' not in both.text
    unread = me.get(LIST, query_string={"search": '"river road'})
    assert "A quotation mark is not closed. So it was searched as plain words." in unread.text
    assert titles(unread) == [room.article.title]
    long = me.get(LIST, query_string={"search": "a" * 201})
    assert "A search has at most 200 characters, and this one has 201." in long.text
    assert titles(long) == []


def test_the_list_says_how_many_of_all_articles_match(
    me: PageClient, session: Session, room: Room
) -> None:
    bridge = add_article(session, "A bridge.", title="The Bridge")
    add_article(session, "A dam.", title="The Dam")
    assert "Show all" not in me.get(LIST).text
    found = me.get(LIST, query_string={"search": "bridge"}).text
    assert f'1 of 3 articles · <a href="{LIST}">Show all</a>' in found
    archive(session, actor=room.curator, article=bridge)
    session.commit()
    found = me.get(LIST, query_string={"search": "bridge", "archived": "1"}).text
    assert f'1 of 1 article · <a href="{LIST}?archived=1">Show all</a>' in found


def test_an_earlier_text_is_not_searched(me: PageClient, session: Session, room: Room) -> None:
    before = current_revision(session, room.article.id).text
    correct(session, room.curator, room.article, before.replace("mayor", "clerk"))
    assert titles(me.get(LIST, query_string={"search": "mayor"})) == []
    assert titles(me.get(LIST, query_string={"search": "clerk"})) == [room.article.title]


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


CASES = ROOT.parent / "shared" / "data" / "cases" / "other" / "sort"


def test_titles_of_many_languages_are_sorted_as_a_person_would(
    me: PageClient, session: Session, room: Room
) -> None:
    expected = ["1945 and after", "Ångström units", "apple orchards", "eager beavers", "Élan vital"]
    expected += ["Mist over the Quay", "Öl und Wasser", "“Quoted” titles", "The River Road"]
    expected += ["Zebra Crossing", "Zoë’s ferry", "Ναυπηγείο", "Мост без города"]
    for title in sorted(expected):
        if title != room.article.title:
            add_article(session, f"About {title}.", title=title)
    page = me.get(LIST, query_string={"sort": "title"})
    assert titles(page) == expected
    if CASES.is_dir():
        files = (path.read_text(encoding="utf-8") for path in CASES.glob("*.md"))
        assert {file.split("title: ")[1].split("\n")[0] for file in files} <= set(expected)


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


def test_who_is_alone_sees_nothing_of_assignments(client: PageClient, session: Session) -> None:
    add_project(session)
    owner = add_member(session, Role.OWNER)
    add_article(session, "The road floods.")
    sign_in(client, session, owner.account)
    words = ("ssign", "Mine to do", "to do<", ">Due<", "Progress", 'type="checkbox"')
    page = client.get(LIST).text
    assert [word for word in words if word in page] == []
    add_member(session, Role.READER, "Rita")
    assert "ssign" not in client.get(LIST).text  # who reads is assigned nothing
    add_member(session, Role.ANNOTATOR, "Ada")
    page = client.get(LIST).text
    assert [word for word in words if word not in page] == []


def test_filters_fold_and_are_open_where_one_is_in_force(me: PageClient) -> None:
    assert '<details class="filters">' in me.get(LIST, query_string={"search": "river"}).text
    for query in ({"state": "done"}, {"thread": "question"}, {"assignee": "nobody"}):
        page = me.get(LIST, query_string=query).text
        assert '<details class="filters" open>' in page
        assert "Clear the filter" in page


def test_a_text_without_spaces_between_its_words_is_counted_by_characters(
    client: PageClient, session: Session, room: Room
) -> None:
    article = add_article(
        session, "\u6a4b\u306f\u306a\u3044\u3002\n\n\u5831\u544a\u3002", title="\u6a4b"
    )
    session.commit()
    sign_in(client, session, room.owner.account)
    page = client.get("/projects/first/articles").text
    assert '<td class="num">8 characters</td>' in page
    read = client.get(f"/projects/first/articles/{article.id}").text
    assert '<bdi class="unbroken">8 characters</bdi>' in read
    revisions = client.get(f"/projects/first/articles/{article.id}/revisions").text
    assert "8 characters" in revisions


def test_titles_and_authors_from_the_right_do_not_turn_the_line_about(
    client: PageClient, session: Session, room: Room
) -> None:
    title, author = "\u05d4\u05d2\u05e9\u05e8", "\u05de\u05e8\u05d4"
    add_article(session, "One.", title=title, author=author)
    session.commit()
    sign_in(client, session, room.owner.account)
    page = client.get("/projects/first/articles").text
    assert re.search(rf'<a class="title" dir="auto" href="[^"]+">{title}</a>', page)
    assert f"<bdi>{author}</bdi>" in page
