"""The list of articles, the reading page and the pages around it."""

import re
from datetime import date

import pytest
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.annotations import service
from app.articles.models import Article
from app.core.clock import now
from app.projects.roles import Role
from app.text.document import BlockKind, Inline, InlineKind, Piece
from tests.harness.builders import (
    TEXT,
    Room,
    add_annotation,
    add_article,
    add_many,
    add_member,
    add_project,
    sign_in,
)
from tests.harness.pages import PageClient, read

LIST = "/projects/first/articles"
TAGS = ("claim", "demand", "assumption", "citation")


@pytest.fixture
def me(client: PageClient, session: Session, room: Room) -> PageClient:
    """Give a client in which the annotator is signed in."""
    return sign_in(client, session, room.annotator.account)


def path(article: Article) -> str:
    return f"{LIST}/{article.id}"


def words(answer: TestResponse) -> str:
    return " ".join("".join(read(answer.text).itertext()).split())


def titles(answer: TestResponse) -> list[str]:
    return re.findall(r'<a class="title" href="[^"]+">([^<]*)</a>', answer.text)


def cards(answer: TestResponse) -> list[int]:
    found = re.findall(r'<details class="card [^>]*id="a(\d+)"', answer.text)
    return [int(number) for number in found]


def marks(answer: TestResponse) -> list[tuple[str, str]]:
    return re.findall(r'<mark class="([^"]+)"[^>]*>([^<]*)</mark>', answer.text)


# --- the list -----------------------------------------------------------------------------------


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
    service.delete(session, actor=room.annotator, annotation_id=gone.id, version=1)
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


# --- the article --------------------------------------------------------------------------------


def test_the_outline_leads_to_the_headings(me: PageClient, session: Session, room: Room) -> None:
    article = add_article(
        session,
        [
            Piece("Part & One", BlockKind.HEADING, level=2),
            Piece("Some words."),
            Piece("Detail", BlockKind.HEADING, level=3),
            Piece("More words."),
        ],
    )
    page = me.get(path(article))
    assert '<li class="depth-0"><a href="#b1">Part &amp; One</a></li>' in page.text
    assert '<li class="depth-1"><a href="#b3">Detail</a></li>' in page.text
    assert '<h2 class="text heading">Part &amp; One</h2>' in page.text
    assert '<h3 class="text heading">Detail</h3>' in page.text
    assert "In this article" not in me.get(path(room.article)).text


def test_overlapping_annotations_are_all_visible(
    me: PageClient, session: Session, room: Room
) -> None:
    made = [
        add_annotation(session, room.annotator, room.article, "It floods every"),
        add_annotation(session, room.curator, room.article, "every spring", tag="demand"),
        add_annotation(session, room.owner, room.article, "floods every spring", tag="citation"),
    ]
    page = me.get(path(room.article))
    assert marks(page) == [
        ("claim", "It "),
        ("claim citation", "floods "),
        ("claim demand citation", "every"),
        ("demand citation", " spring"),
    ]
    assert sorted(cards(page)) == [row.id for row in made]
    assert '<span class="total">3 annotations</span>' in page.text


def test_a_passage_over_several_blocks_is_marked_in_each_and_has_one_card(
    me: PageClient, session: Session, room: Room
) -> None:
    quote = (
        "repairs it.\n\n“We have no money,” said the mayor. She added: “We have no time.”\n\nAsk"
    )
    add_annotation(session, room.annotator, room.article, quote)
    page = me.get(path(room.article))
    assert [text for _, text in marks(page)] == quote.split("\n\n")
    assert len(cards(page)) == 1
    assert me.get(f"{path(room.article)}/blocks/2").text.count("<details") == 0


def test_twelve_cards_of_a_block_stand_in_the_margin_and_then_how_many_more(
    me: PageClient, session: Session, room: Room
) -> None:
    add_many(session, room.annotator, room.article, 12)
    assert "more</a>" not in me.get(path(room.article)).text
    add_many(session, room.curator, room.article, 37)
    page = me.get(path(room.article))
    assert len(cards(page)) == 12
    assert f'<a class="more" href="{path(room.article)}/blocks/1">37 more</a>' in page.text
    assert len(cards(me.get(f"{path(room.article)}/blocks/1"))) == 49


def test_a_permalink_opens_the_article_at_the_passage_also_beyond_the_twelfth_card(
    me: PageClient, session: Session, room: Room
) -> None:
    add_many(session, room.curator, room.article, 20)
    quote = "nobody repairs it"
    made = add_annotation(session, room.annotator, room.article, quote, note="a thought")
    sent = me.get(f"/annotations/{made.id}")
    assert sent.status_code == 302
    address = f"{path(room.article)}?annotation={made.id}#b{made.first_block}"
    assert sent.headers["Location"] == address
    page = me.get(address)
    assert len(cards(page)) == 13
    assert "8 more</a>" in page.text
    opened = re.search(rf'<details class="card claim" id="a{made.id}"[^>]*>', page.text)
    assert opened is not None
    assert opened[0].endswith(" open>")
    assert page.text.count(" open>") == 1
    assert "a thought</textarea>" in page.text
    hidden = me.get(f"{path(room.article)}?annotation={made.id}&tag=demand")
    assert cards(hidden) == [made.id]
    assert "more</a>" not in hidden.text
    assert "<mark" not in hidden.text


@pytest.mark.sqlite_only
def test_a_permalink_of_another_article_opens_nothing(
    me: PageClient, session: Session, room: Room
) -> None:
    other = add_article(session, TEXT)
    made = add_annotation(session, room.annotator, other)
    page = me.get(f"{path(room.article)}?annotation={made.id}")
    assert (page.status_code, cards(page)) == (200, [])
    assert me.get(f"{path(room.article)}?annotation=999").status_code == 404
    assert me.get(f"{path(room.article)}?annotation=x").status_code == 200
    assert me.get("/annotations/999").status_code == 404


# --- the filter ---------------------------------------------------------------------------------


def test_the_page_is_filtered_by_tag_and_annotator_by_its_address(
    me: PageClient, session: Session, room: Room
) -> None:
    quotes = {"claim": "The council", "demand": "must close", "assumption": "It floods"}
    mine = {
        tag: add_annotation(session, room.annotator, room.article, quote, tag=tag).id
        for tag, quote in quotes.items()
    }
    theirs = add_annotation(session, room.curator, room.article, "nobody", tag="claim").id
    ines, cato = room.annotator.account_id, room.curator.account_id
    everything = {*mine.values(), theirs}
    for query, shown in (
        ("", everything),
        ("tag=claim", {mine["claim"], theirs}),
        ("tag=claim&tag=demand", {mine["claim"], mine["demand"], theirs}),
        (f"annotator={cato}", {theirs}),
        (f"annotator={ines}&annotator={cato}", everything),
        (f"tag=claim&annotator={ines}", {mine["claim"]}),
        ("shown=chosen", set()),
        ("shown=chosen&tag=claim", set()),
        (f"shown=chosen&annotator={ines}", set()),
        (f"shown=chosen&tag=claim&annotator={ines}", {mine["claim"]}),
        ("tag=other", set()),
        ("annotator=x", set()),
        ("annotator=99999", set()),
    ):
        page = me.get(f"{path(room.article)}?{query}")
        assert set(cards(page)) == shown, query
        assert len(marks(page)) == len(shown), query
        assert ("some hidden by the filter" in page.text) == bool(query), query
        # The counts beside the boxes are of everything that could be shown.
        assert '<span class="total">4 annotations</span>' in page.text
    page = me.get(f"{path(room.article)}?tag=claim")
    ticked = re.findall(r'name="tag" value="(\w+)"( checked)?', page.text)
    boxes = [(tag, bool(on)) for tag, on in ticked if (tag, on)][:4]
    assert boxes == [(tag, tag == "claim") for tag in TAGS]


@pytest.mark.sqlite_only
def test_the_filters_form_leads_to_an_address_and_links_keep_it(
    me: PageClient, session: Session, room: Room
) -> None:
    add_annotation(session, room.annotator, room.article)
    add_many(session, room.curator, room.article, 14)
    page = me.get(path(room.article))
    chosen = {"tag": ["claim"], "annotator": [str(room.curator.account_id)]}
    form = read(page.text).find(".//form[@class='filter']")
    assert form is not None
    shown = me.get(path(room.article), query_string={"shown": "chosen", **chosen})
    query = f"?shown=chosen&amp;tag=claim&amp;annotator={room.curator.account_id}"
    assert f'/blocks/1{query}">2 more</a>' in shown.text
    assert len(cards(me.get(f"{path(room.article)}/blocks/1{query.replace('&amp;', '&')}"))) == 14


@pytest.mark.sqlite_only
def test_pages_of_a_block_keep_the_filter(me: PageClient, session: Session, room: Room) -> None:
    add_many(session, room.curator, room.article, 101)
    add_annotation(session, room.annotator, room.article, tag="demand")
    page = me.get(f"{path(room.article)}/blocks/1?tag=claim")
    assert "Page 1 of 2" in page.text
    following = re.search(r'rel="next" href="([^"]+)"', page.text)
    assert following is not None
    second = me.get(following[1].replace("&amp;", "&"))
    assert "101 annotations" in second.text
    assert len(cards(second)) == 1


# --- one place, one block -----------------------------------------------------------------------


def test_a_place_lists_every_annotation_there(me: PageClient, session: Session, room: Room) -> None:
    one = add_annotation(session, room.annotator, room.article, "floods every spring", note="n1")
    two = add_annotation(session, room.curator, room.article, "every", tag="demand")
    start = TEXT.index("every")
    for offset, found in (
        (start - 1, [one.id]),
        (start, [one.id, two.id]),
        (start + 4, [one.id, two.id]),
        (start + 5, [one.id]),
        (0, []),
    ):
        for headers in ({}, {"X-Fragment": "1"}):
            page = me.get(f"{path(room.article)}/at/{offset}", headers=headers)
            ids = re.findall(r'href="/annotations/(\d+)"', page.text)
            assert [int(number) for number in ids] == found
            assert ("<html" in page.text) == (not headers)
    assert "Nobody has tagged this place." in page.text
    assert me.get(f"{path(room.article)}/at/{len(TEXT)}").status_code == 404
    filtered = me.get(f"{path(room.article)}/at/{start}?tag=demand")
    assert "1 annotation here" in filtered.text


def test_a_block_has_a_page_and_a_fragment(me: PageClient, session: Session, room: Room) -> None:
    add_annotation(session, room.annotator, room.article, "said the mayor")
    page = me.get(f"{path(room.article)}/blocks/2")
    assert "Paragraph 2 of 4" in page.text
    assert marks(page) == [("claim", "said the mayor")]
    assert len(cards(page)) == 1
    fragment = me.get(f"{path(room.article)}/blocks/2", headers={"X-Fragment": "1"})
    assert fragment.text.lstrip().startswith('<section class="block" id="b2"')
    whole = me.get(path(room.article))
    block = re.search(r'(<section class="block" id="b2".*?</section>)', whole.text, re.DOTALL)
    assert block is not None
    assert block[1] == fragment.text.strip()
    for number in (0, 5, 999):
        assert me.get(f"{path(room.article)}/blocks/{number}").status_code == 404


@pytest.mark.sqlite_only
def test_a_page_without_the_footnotes_does_not_link_to_them(
    me: PageClient, session: Session, room: Room
) -> None:
    mark = Inline(3, 4, InlineKind.FOOTNOTE_MARK, "1")
    pieces = [Piece("So.1", inlines=(mark,)), Piece("See it.", BlockKind.FOOTNOTE, marker="1")]
    article = add_article(session, pieces)
    assert '<a href="#b2" draggable="false">1</a>' in me.get(path(article)).text
    page = me.get(f"{path(article)}/blocks/1")
    assert '<sup class="footnote-mark">1</sup>' in page.text
    assert room.article.id != article.id


# --- every page ---------------------------------------------------------------------------------


def test_what_people_write_is_never_markup(me: PageClient, session: Session, room: Room) -> None:
    evil = "<script>alert(1)</script>\"'&amp;"
    article = add_article(session, f"Some words {evil} here.", title=evil, author=evil)
    article.publication = evil
    room.annotator.account.name = evil
    made = add_annotation(session, room.annotator, article, "Some words", note=evil)
    gone = add_annotation(session, room.annotator, article, "words", note=evil)
    service.delete(session, actor=room.annotator, annotation_id=gone.id, version=1)
    session.commit()
    for address in (
        LIST,
        path(article),
        f"{path(article)}?annotation={made.id}",
        f"{path(article)}/blocks/1",
        f"{path(article)}/at/6",
        f"{path(article)}/tag",
        f"/annotations/{made.id}/card",
        f"/annotations/{made.id}/history",
        f"/projects/first/trash?article={article.id}",
        "/account",
    ):
        page = me.get(address)
        assert page.status_code == 200
        assert "<script>alert" not in page.text, address
        assert "&lt;script&gt;alert" in page.text, address


@pytest.mark.sqlite_only
def test_downloads_are_linked_by_the_files_own_address(
    me: PageClient, session: Session, room: Room
) -> None:
    session.commit()
    for address, file in (
        (LIST, "/projects/first/annotations.csv"),
        (path(room.article), f"{path(room.article)}/annotations.csv"),
    ):
        page = me.get(address)
        link = re.search(rf'<a [^>]*href="{re.escape(file)}"[^>]*>([^<]*)</a>', page.text)
        assert link is not None
        assert "CSV" in link[1]
        assert "get a leading apostrophe" in words(page)
        answer = me.get(file)
        assert (answer.status_code, answer.mimetype) == (200, "text/csv")
        assert answer.headers["Content-Disposition"].startswith('attachment; filename="first-')


# --- what is kept drawn -------------------------------------------------------------------------


def test_a_page_shows_what_has_just_happened(me: PageClient, session: Session, room: Room) -> None:
    address = path(room.article)
    before = cards(me.get(address))
    assert cards(me.get(address)) == before
    made = add_annotation(session, room.curator, room.article, tag="demand")
    assert cards(me.get(address)) == [*before, made.id]
    service.delete(session, actor=room.curator, annotation_id=made.id, version=made.version)
    session.commit()
    assert cards(me.get(address)) == before


def test_a_page_shows_an_annotator_s_new_name(me: PageClient, session: Session, room: Room) -> None:
    add_annotation(session, room.curator, room.article)
    me.get(path(room.article))
    room.curator.account.name = "Inês Álvarez"
    session.commit()
    assert '<span class="by">Inês Álvarez</span>' in me.get(path(room.article)).text


def test_a_filter_has_a_drawing_of_its_own(me: PageClient, session: Session, room: Room) -> None:
    made = add_annotation(session, room.annotator, room.article, tag="demand")
    address = path(room.article)
    assert made.id in cards(me.get(address))
    assert made.id not in cards(me.get(f"{address}?tag=claim"))
    assert made.id in cards(me.get(f"{address}?tag=demand"))
