"""Words in context: which lines stand there, in which order, and how one goes on."""

import html
import re

import pytest
from sqlalchemy.orm import Session

from app.articles.service.articles import archive
from app.findings.pages.passages import PASSAGES_A_PAGE
from app.findings.queries import in_context
from app.search.queries import texts
from tests.harness.builders import Room, add_annotation, add_article
from tests.harness.pages import PageClient
from tests.harness.passages import PASSAGES, words_of

CONTEXT = f"{PASSAGES}?view=context"
MAYOR = "have no money,” said the mayor. She added: “We have no time.”"
PLACE = "The River Road ¶ 2 Paragraph 2"


def lines_of(page: str) -> list[str]:
    """Return the words of each line in context, with its tags and its article."""
    return [
        words_of(line) for line in re.findall(r'<li class="in-context.*?</li>', page, re.DOTALL)
    ]


def test_searched_words_stand_in_context_tagged_or_not(
    me: PageClient, session: Session, room: Room
) -> None:
    add_annotation(session, room.annotator, room.article, "We have no money", tag="demand")
    add_annotation(session, room.curator, room.article, "have no money", tag="claim")
    page = me.get(f"{CONTEXT}&q=have&tag=claim").text
    assert lines_of(page) == [
        f"“We {MAYOR} C Claim D Demand {PLACE}",
        f"“We {MAYOR} not tagged {PLACE}",
    ]
    assert "2 hits" in words_of(page)
    assert '<a href="/projects/first/articles/1?find=have#b2">have</a>' in page
    assert "these filters do not count: tag." in page
    assert ">CSV of these 2</a>" in page
    untagged = me.get(f"{CONTEXT}&q=have&hits=untagged").text
    assert "1 hit " in words_of(untagged)
    assert "no <b>time</b>" not in untagged
    assert "have</a> <b>no</b> time.”" in untagged
    nowhere = me.get(f"{CONTEXT}&q=road&hits=untagged&author=Nobody").text
    assert "None of these articles has these words outside what is tagged." in nowhere


def test_where_most_is_tagged_one_looks_further_for_what_is_not(
    me: PageClient, session: Session, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(in_context, "MOST_LOOKED_AT", 1)
    monkeypatch.setattr(texts, "SENTENCES_AT_ONCE", 1)
    add_annotation(session, room.curator, room.article, "have no money", tag="claim")
    asked = f"{CONTEXT}&q=have&hits=untagged"
    page = me.get(f"{asked}&by=place").text
    assert lines_of(page) == []
    assert "0+ hits" in words_of(page)
    assert "looked at here, the last of them in The River Road" in words_of(page)
    further = re.search(r'rel="next" href="([^"]+)">Look further<', page)
    assert further
    assert lines_of(me.get(html.unescape(further[1])).text) == [f"“We {MAYOR} not tagged {PLACE}"]
    assert "Sort by place to look further." in me.get(asked).text


def test_without_words_the_first_word_of_each_passage_stands_in_context(
    me: PageClient, session: Session, room: Room
) -> None:
    add_annotation(session, room.annotator, room.article, "“We have no money,”", tag="demand")
    add_annotation(session, room.annotator, room.article, "The road floods.")
    page = me.get(f"{CONTEXT}&by=before1&tag=demand").text
    assert lines_of(page) == [f"“ We {MAYOR} D Demand {PLACE}"]
    assert "1 of 2 passages" in words_of(page)
    assert '<a href="/annotations/1">We</a>' in page


def test_lines_of_the_same_word_are_divided_from_others(
    me: PageClient, session: Session, room: Room
) -> None:
    article = add_article(
        session, "A road to town. The road to sea. No road at all.", title="Roads"
    )
    page = me.get(f"{CONTEXT}&q=road&article={article.id}").text
    lines = re.findall(r'<li class="in-context( divided)?">.*?<b>(\w+)</b>', page, re.DOTALL)
    assert room.article.id != article.id
    assert lines == [("", "at"), (" divided", "to"), ("", "to")]


def test_a_search_in_context_goes_on_page_after_page(
    me: PageClient, session: Session, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "\n\n".join(f"Number {number} is a word." for number in range(2 * PASSAGES_A_PAGE + 7))
    add_article(session, text, title="Much")
    monkeypatch.setattr(in_context, "MOST_SORTED", 2 * PASSAGES_A_PAGE)
    for by, count in (("place", 2 * PASSAGES_A_PAGE + 7), ("before1", 2 * PASSAGES_A_PAGE)):
        found: list[str] = []
        address = f"{CONTEXT}&q=word&by={by}"
        while address:
            page = me.get(address).text
            assert "100+ hits" in words_of(page)
            assert ("Only the first" in page) == (by != "place")
            found += lines_of(page)
            following = re.search(r'rel="next" href="([^"]+)"', page)
            address = html.unescape(following[1]) if following else ""
        assert len(set(found)) == len(found) == count
    assert room.article.id == 1


def test_words_are_searched_where_nothing_is_tagged(
    me: PageClient, session: Session, room: Room
) -> None:
    assert f'href="{CONTEXT}">in context</a>' in me.get(PASSAGES).text
    empty = me.get(CONTEXT).text
    assert "Search words to see where they stand." in empty
    assert 'type="search"' in empty
    assert len(lines_of(me.get(f"{CONTEXT}&q=floods").text)) == 3
    wordless = me.get(f"{CONTEXT}&q=!").text
    assert "0 hits" in words_of(wordless)
    assert "There is no word to look for." in wordless
    hidden = add_article(session, "It floods here too.", title="Put away", author="Bo Lind")
    assert len(lines_of(me.get(f"{CONTEXT}&q=floods").text)) == 4
    archive(session, actor=room.curator, article=hidden)
    session.commit()
    assert len(lines_of(me.get(f"{CONTEXT}&q=floods").text)) == 3


def test_searched_words_are_narrowed_down_by_what_articles_have(
    me: PageClient, session: Session, room: Room
) -> None:
    add_article(session, "It floods here too.", title="Elsewhere", author="Bo Lind")
    page = me.get(f"{CONTEXT}&q=floods&author=Bo+Lind&by=place").text
    assert lines_of(page) == ["It floods here too. not tagged Elsewhere ¶ 1 Paragraph 1"]
    assert 'id="facet-author"' in page
    assert 'id="facet-tag"' not in page
    values = me.get(f"{PASSAGES}/by/author?view=context&q=floods").text
    assert re.findall(r'<bdi class="name">([^<]+)</bdi>', values) == [
        room.article.author,
        "Bo Lind",
    ]
    assert "How many" not in values
    assert (
        "There is nothing to choose from here."
        in me.get(f"{PASSAGES}/by/tag?view=context&q=floods").text
    )


def test_a_line_runs_as_its_paragraph_does(me: PageClient, session: Session, room: Room) -> None:
    add_article(session, "שלום road עולם\n\nOne road more.", title="Both ways")
    page = me.get(f"{CONTEXT}&q=road&by=place&author=Ada+Quill&article=2").text
    before = r'<p class="line" dir="(\w+)"><span class="before"><span>([^<]+)</span>'
    assert re.findall(before, page) == [("rtl", "שלום "), ("ltr", "One ")]
    assert room.article.id == 1
