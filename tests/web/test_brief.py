"""A brief: what a filter shows, as one page to read or print; and the links to files beside it."""

import re
from datetime import date

import pytest
from sqlalchemy.orm import Session

from app.articles.service import articles
from app.exports.pages.brief import MOST_PASSAGES
from app.exports.queries.formats import FORMATS
from tests.harness.builders import (
    TEXT,
    Room,
    add_annotation,
    add_article,
    add_many,
    add_position,
    add_theme,
    correct,
    sign_in,
)
from tests.harness.pages import PageClient

BRIEF = "/projects/first/findings/brief"


def said(page: str) -> str:
    """Return the words of a page's main part, without its elements."""
    words = re.sub(r"<[^>]*>", " ", page.partition("<main")[2].partition(">")[2])
    return " ".join(words.partition("</main>")[0].split())


def test_a_brief_says_what_is_asked_for_and_shows_it_by_article_in_the_order_of_the_text(
    client: PageClient, session: Session, room: Room
) -> None:
    room.article.publication, room.article.published_on = "The Levee", date(2025, 1, 13)
    room.article.source_url = "https://example.org/road"
    theme = add_theme(session, room.curator, "who pays")
    other = add_article(session, TEXT, title="<b>Second</b>")
    add_annotation(session, room.curator, other, "It floods every spring", tag="demand")
    later = add_annotation(
        session,
        room.curator,
        room.article,
        "said the mayor",
        tag="demand",
        note="<i>Who?</i>\nShe.",
    )
    first = add_annotation(
        *(session, room.annotator, room.article, "must close"),
        tag="demand",
        themes=[theme],
        position=add_position(session, room.curator, "<b>Close</b> it."),
        side="for",
    )
    gone = add_annotation(
        session, room.annotator, room.article, "read Dr. Smith’s report", tag="demand"
    )
    add_annotation(session, room.annotator, room.article, "nobody repairs it")
    correct(session, room.curator, room.article, TEXT.replace(gone.quote, "look"))
    sign_in(client, session, room.reader.account)
    page = client.get(f"{BRIEF}?tag=demand&sort=author")
    assert "<title>Brief of 4 passages · Tag: Demand" in page.text
    words = said(page.text)
    assert re.fullmatch(
        r"Passages Brief of 4 passages Project first · Tag: Demand · [^·]+"
        r"The River Road Ada Quill &nbsp;· The Levee &nbsp;· 13\W+January\W+2025 &nbsp;· original "
        r"must close Demand Ines ¶ 1 &nbsp;· \+ &lt;b&gt;Close&lt;/b&gt; it\. who pays "
        r"said the mayor &lt;i&gt;Who\?&lt;/i&gt; She\. Demand Cato ¶ 2 "
        r"read Dr\. Smith’s report Demand Ines in revision 1 "
        r"&lt;b&gt;Second&lt;/b&gt; Ada Quill It floods every spring Demand Cato ¶ 1",
        words,
    ), words
    for each in (first, later):
        assert f'/annotations/{each.id}"' in page.text
    of_article = said(client.get(f"/projects/first/articles/{other.id}/brief").text)
    assert "Brief of 1 passage Project first · &lt;b&gt;Second&lt;/b&gt; ·" in of_article
    assert "must close" not in of_article
    nothing = client.get(f"{BRIEF}?tag=citation")
    assert "Brief of 0 passages" in nothing.text
    assert "No passage matches all of that." in nothing.text


@pytest.mark.sqlite_only
def test_a_brief_says_that_what_may_not_be_seen_yet_is_left_out(
    client: PageClient, session: Session, room: Room
) -> None:
    other = add_article(session, "Another text.", title="Shared")
    articles.set_mode(session, actor=room.curator, article=room.article, mode="independent")
    add_annotation(session, room.annotator, room.article, note="not yet")
    session.commit()
    words = "you may not see yet is left out"
    sign_in(client, session, room.reader.account)
    for path in (BRIEF, f"/projects/first/articles/{room.article.id}/brief"):
        page = client.get(path).text
        assert words in page
        assert "Brief of 0 passages" in page
    assert words not in client.get(f"/projects/first/articles/{other.id}/brief").text
    sign_in(client, session, room.curator.account)
    page = client.get(BRIEF).text
    assert words not in page
    assert "not yet" in page


@pytest.mark.sqlite_only
def test_a_long_brief_says_how_many_it_leaves_out(
    client: PageClient, session: Session, room: Room
) -> None:
    article = add_article(session, "word " * 2_000 + "end.")
    add_many(session, room.annotator, article, MOST_PASSAGES + 2)
    session.commit()
    sign_in(client, session, room.reader.account)
    page = client.get(f"{BRIEF}?annotator={room.annotator.account_id}").text
    assert f"Brief of {MOST_PASSAGES + 2:,} passages" in page
    assert f"at most {MOST_PASSAGES:,} passages. Left out: 2." in page
    assert page.count("<blockquote") == MOST_PASSAGES
    link = re.search(r'<a href="([^"]+)">the CSV</a>, which has all', page)
    assert link
    assert client.get(link[1]).data.count(b"\r\n") == MOST_PASSAGES + 3


@pytest.mark.sqlite_only
def test_every_format_is_offered_by_name_where_the_csv_is(
    client: PageClient, session: Session, room: Room
) -> None:
    add_annotation(session, room.annotator, room.article, tag="demand")
    sign_in(client, session, room.reader.account)
    article = f"/projects/first/articles/{room.article.id}"
    for path, file, brief, query, which in (
        (
            "/projects/first/findings/passages",
            "findings/passages",
            BRIEF,
            "?tag=demand",
            "these ",
        ),
        ("/projects/first/articles", "annotations", BRIEF, "", ""),
        (article, f"articles/{room.article.id}/annotations", f"{article}/brief", "", ""),
    ):
        page = client.get(path + query).text
        dna = f"?article={room.article.id}" if path == article else query
        of = f' of {which}<span class="in-files">1</span>'
        assert f'href="/projects/first/findings/statements-for-dna{dna}">For DNA' in page
        for extension, each in FORMATS.items():
            if each.omissions is not None:
                continue
            address = f"/projects/first/{file}.{extension}{query}"
            assert f'href="{address}"' in page, address
            assert extension == "csv" or f">{each.name}{of}<small>{each.purpose}<" in page
            assert client.get(address).status_code == 200
        assert f'href="{brief}{query}">Brief{of}<small>' in page
