"""The reading page and the pages around it."""

import re

import pytest
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.annotations.service import annotations
from app.articles.queries.articles import current_revision
from app.articles.service.tagging_modes import set_project_mode
from app.projects.tagging_modes import Mode
from app.reading.pages.rendering.margins import CARDS_SHOWN
from app.text.document import BlockKind, Inline, InlineKind, Piece
from tests.harness.builders import TEXT, Room, add_annotation, add_article, add_many, correct
from tests.harness.pages import PageClient
from tests.harness.reading import LIST, cards, marks, path, words


def thin_cards(answer: TestResponse) -> list[int]:
    found = re.findall(r'<details class="card \w+ thin" [^>]*data-annotation="(\d+)"', answer.text)
    return [int(number) for number in found]


# --- the article --------------------------------------------------------------------------------


def test_the_outline_leads_to_the_headings(me: PageClient, session: Session, room: Room) -> None:
    pieces = [
        Piece("Part & One", BlockKind.HEADING, level=2),
        Piece("Some words."),
        Piece("Detail", BlockKind.HEADING, level=3),
        Piece("More words."),
    ]
    page = me.get(path(add_article(session, pieces)))
    assert '<li class="depth-0"><a href="#b1"><bdi>Part &amp; One</bdi></a></li>' in page.text
    assert '<li class="depth-1"><a href="#b3"><bdi>Detail</bdi></a></li>' in page.text
    assert '<h2 class="text heading">Part &amp; One</h2>' in page.text
    assert '<h3 class="text heading">Detail</h3>' in page.text
    assert "In this article" not in me.get(path(room.article)).text
    # Where the text begins with the title, this stands once, and the byline below it.
    text = me.get(path(add_article(session, pieces, title="Part & One"))).text
    assert text.index('id="b1"') < text.index('class="byline"') < text.index('id="b2"')
    assert '<li class="depth-0"><a href="#b3"><bdi>Detail</bdi></a></li>' in text
    assert '<a href="#b1">Part' not in text


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
        ("claim g-starts b-claim b-starts", "It "),
        ("claim b-claim c-citation c-starts", "floods "),
        ("demand g-starts a-demand a-starts b-claim b-ends c-citation", "every"),
        ("demand g-ends a-demand a-ends c-citation c-ends", " spring"),
    ]
    assert sorted(cards(page)) == [row.id for row in made]
    assert '<span class="total">3 annotations</span>' in page.text


def test_a_passage_over_several_blocks_has_a_mark_and_a_card_in_each(
    me: PageClient, session: Session, room: Room
) -> None:
    quote = (
        "repairs it.\n\n“We have no money,” said the mayor. She added: “We have no time.”\n\nAsk"
    )
    made = add_annotation(session, room.annotator, room.article, quote)
    page = me.get(path(room.article))
    assert [text for _, text in marks(page)] == quote.split("\n\n")
    assert [css.split(" ")[:2] for css, _ in marks(page)] == [["claim", "wide"]] * 3
    assert cards(page) == [made.id]
    assert thin_cards(page) == [made.id] * 2
    assert page.text.count("<summary>1 annotation</summary>") == 3
    assert cards(me.get(f"{path(room.article)}/blocks/2")) == [made.id]
    assert cards(me.get(f"{path(room.article)}/blocks/4")) == []


def test_a_block_comes_with_its_first_cards_and_says_where_the_others_lie(
    me: PageClient, session: Session, room: Room
) -> None:
    add_many(session, room.annotator, room.article, CARDS_SHOWN)
    assert "more</a>" not in me.get(path(room.article)).text
    add_many(session, room.curator, room.article, CARDS_SHOWN + 9)
    page = me.get(path(room.article))
    assert len(cards(page)) == CARDS_SHOWN
    link = (
        f'<a class="rest" href="{path(room.article)}/blocks/1" data-places="[0-9 -]+">49 more</a>'
    )
    assert re.search(link, page.text)
    assert len(cards(me.get(f"{path(room.article)}/blocks/1"))) == 2 * CARDS_SHOWN + 9
    margins = f"{path(room.article)}/margins/1-3"
    fragment = {"X-Fragment": "1"}
    assert len(cards(me.get(margins, headers=fragment))) == CARDS_SHOWN
    assert len(cards(me.get(f"{margins}?all=1", headers=fragment))) == 2 * CARDS_SHOWN + 9
    assert me.get(margins).headers["Location"] == f"{path(room.article)}/blocks/1"


def test_a_page_comes_with_the_cards_of_its_first_blocks_and_the_others_have_links(
    me: PageClient, session: Session, room: Room
) -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    article = add_article(session, [Piece(f"{letters} {n}") for n in range(1, 13)])
    text = current_revision(session, article.id).text
    for start in range(len(letters)):
        add_annotation(session, room.annotator, article, text[start:])
    made = add_annotation(session, room.annotator, article, f"{letters} 12")
    page = me.get(path(article))
    link = f'<a class="margin far" href="{path(article)}/blocks/12">27 annotations</a>'
    assert link in page.text
    assert page.text.count('class="margin"') == 11
    margins = me.get(f"{path(article)}/margins/12-12", headers={"X-Fragment": "1"})
    assert cards(margins) == [made.id]
    assert len(thin_cards(margins)) == 26
    opened = me.get(f"{path(article)}?annotation={made.id}")
    assert "margin far" not in opened.text


def test_a_permalink_opens_the_article_at_the_passage_also_beyond_the_first_cards(
    me: PageClient, session: Session, room: Room
) -> None:
    add_many(session, room.curator, room.article, CARDS_SHOWN + 8)
    quote = "nobody repairs it"
    made = add_annotation(session, room.annotator, room.article, quote, note="a thought")
    sent = me.get(f"/annotations/{made.id}")
    assert sent.status_code == 302
    address = f"{path(room.article)}?annotation={made.id}#b{made.first_block}"
    assert sent.headers["Location"] == address
    page = me.get(address)
    assert len(cards(page)) == CARDS_SHOWN + 1
    assert "8 more</a>" in page.text
    opened = re.search(rf'<details class="card claim" id="a{made.id}"[^>]*>', page.text)
    assert opened is not None
    assert opened[0].endswith(" open>")
    assert '<details class="margin" open>' in page.text
    assert page.text.count(" open>") == 2
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
    assert marks(page) == [("claim g-starts g-ends a-claim a-starts a-ends", "said the mayor")]
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
    annotations.delete(session, actor=room.annotator, annotation_id=gone.id, version=1)
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
def test_downloads_are_linked_by_the_files_own_address_with_what_they_hold(
    me: PageClient, session: Session, room: Room
) -> None:
    add_annotation(session, room.annotator, room.article, "It floods every spring")
    add_annotation(session, room.annotator, room.article)
    add_annotation(session, room.curator, room.article, "We have no money")  # seen by nobody yet
    correct(session, room.curator, room.article, "Nothing else. It floods every spring.")
    set_project_mode(session, actor=room.owner, mode=Mode.INDEPENDENT)
    session.commit()
    for address, file in (
        (LIST, "/projects/first/annotations.csv"),
        (path(room.article), f"{path(room.article)}/annotations.csv"),
    ):
        page = me.get(address)
        link = re.search(rf'<a [^>]*href="{re.escape(file)}"[^>]*>(.*?)</a>', page.text)
        assert link is not None
        assert "CSV" in link[1]
        assert re.findall(r"\d+", link[1]) == ["2"], link[1]
        assert "get a leading apostrophe" in words(page)
        answer = me.get(file)
        assert (answer.status_code, answer.mimetype) == (200, "text/csv")
        assert answer.data.count(b"\r\n") == 1 + 2
        assert answer.headers["Content-Disposition"].startswith('attachment; filename="first-')


# --- what is kept drawn -------------------------------------------------------------------------


def test_a_page_shows_what_has_just_happened(me: PageClient, session: Session, room: Room) -> None:
    address = path(room.article)
    before = cards(me.get(address))
    assert cards(me.get(address)) == before
    made = add_annotation(session, room.curator, room.article, tag="demand")
    assert cards(me.get(address)) == [*before, made.id]
    annotations.delete(session, actor=room.curator, annotation_id=made.id, version=made.version)
    session.commit()
    assert cards(me.get(address)) == before


def test_a_page_shows_an_annotator_s_new_name(me: PageClient, session: Session, room: Room) -> None:
    add_annotation(session, room.curator, room.article)
    me.get(path(room.article))
    room.curator.account.name = "Inês Álvarez"
    session.commit()
    assert (
        '<bdi class="by" data-initials="IÁ">Inês Álvarez</bdi>' in me.get(path(room.article)).text
    )


def test_a_filter_has_a_drawing_of_its_own(me: PageClient, session: Session, room: Room) -> None:
    made = add_annotation(session, room.annotator, room.article, tag="demand")
    address = path(room.article)
    assert made.id in cards(me.get(address))
    assert made.id not in cards(me.get(f"{address}?tag=claim"))
    assert made.id in cards(me.get(f"{address}?tag=demand"))
