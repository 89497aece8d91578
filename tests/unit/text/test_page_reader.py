"""Saved and fetched pages: the article is found in them, and what they say about it."""

from datetime import date

import pytest

from app.text.dates import DateOrder
from app.text.document import BlockKind, InlineKind
from app.text.parsed import ParsedArticle
from app.text.readers import read_file, read_page
from tests.harness.texts import check_laws, inlines, shapes, texts

PROSE = [f"Paragraph {n} says something, at some length, about one thing or other." for n in "abc"]
BODY = "".join(f"<p>{text}</p>" for text in PROSE)
HEAD = """<head><title>Why it matters | The Nation</title>
<meta name="author" content="Ann Lee"><meta property="og:title" content="Why it matters (og)">
<meta property="og:site_name" content="The Nation"><meta property="og:locale" content="en_GB">
<meta property="article:author" content="https://example.org/ann">
<link rel="canonical" href="/2025/why">
<script type="application/ld+json">{"@context": "https://schema.org", "@graph": [
 {"@type": "WebSite", "name": "Site"},
 {"@type": ["NewsArticle"], "headline": "Why it matters",
  "datePublished": "2025-01-13T23:30:00-05:00",
  "author": [{"@type": "Person", "name": "Jane Doe"}, "John Roe"],
  "publisher": {"name": "The Nation"},
  "mainEntityOfPage": {"@id": "https://example.org/ld"}}]}</script></head>"""


def save(html: str, name: str = "a-page.html") -> ParsedArticle:
    article = read_file(name, html.encode(), date_order=DateOrder.MDY)
    check_laws(article)
    return article


def fetch(html: str, url: str = "https://example.org/a/b?c") -> ParsedArticle:
    return read_page(html.encode(), url=url, content_type="text/html", date_order=DateOrder.MDY)


def test_each_field_comes_from_the_first_source_that_states_it() -> None:
    article = fetch(f"<html lang=en-US>{HEAD}<body><article><h1>Other</h1>{BODY}</article>")
    assert article.title == "Why it matters"
    assert article.author == "Ann Lee"
    assert article.publication == "The Nation"
    assert article.published_on == date(2025, 1, 13)
    assert article.source_url == "https://example.org/ld"
    assert article.language == "en-GB"
    assert dict(article.origins) == {
        "title": "JSON-LD",
        "author": "meta element",
        "publication": "JSON-LD",
        "published_on": "JSON-LD",
        "source_url": "JSON-LD",
        "language": "Open Graph",
    }
    assert article.guessed == frozenset()


def test_without_meta_the_text_says_who_and_when() -> None:
    article = save(f"<title>Why - Site</title><h1>Why</h1><p>By Jane Doe, Reuters, 1/13/25{BODY}")
    assert (article.title, article.author, article.publication) == ("Why", "Jane Doe", "Reuters")
    assert article.origins["author"] == "byline"
    assert texts(article) == ["Why", *PROSE]


def test_a_byline_that_says_what_the_page_says_is_not_of_the_text() -> None:
    page = "<html><meta name=author content='Jane Doe'><article>"
    same = save(f"{page}<p>By Jane Doe, January 13, 2025{BODY}")
    assert texts(same) == PROSE
    assert (same.origins["author"], same.origins["published_on"]) == ("meta element", "byline")
    other = save(f"{page}<p>By Ann Lee, January 13, 2025{BODY}")
    assert other.author == "Jane Doe"
    assert texts(other)[0] == "By Ann Lee, January 13, 2025"


def test_a_title_of_the_window_alone_is_a_guess_and_a_name_is_another() -> None:
    assert (save(f"<title>Why - Site</title>{BODY}").title) == "Why - Site"
    assert save(f"<title>Why - Site</title>{BODY}").guessed == {"title"}
    assert save(f"<title>Why</title>{BODY}").guessed == frozenset()
    nameless = save(f"<html>{BODY}", "2025-why_not.html")
    assert (nameless.title, nameless.origins["title"]) == ("Why not", "file name")
    assert nameless.guessed == {"title"}


@pytest.mark.parametrize(
    "page",
    [
        "<nav><a href=/>Home</a></nav><article><h1>T</h1>{}</article><footer>Foot</footer>",
        "<header><h1>T</h1><p>Menu</header><main>{}</main><aside>Read more</aside>",
        (
            "<div class=top><ul><li><a href=/a>Aaaaaa</a><li><a href=/b>Bbbbbb</a><li><a href=/c>"
            "Cccccc</a></ul></div><div id=content><h1>T</h1>{}</div><div id=comments><p>Nice!</div>"
        ),
        "<form><table><tr><td>Left<td><h1>T</h1>{}</table><input></form>",
        (
            "<div class='page sidebar-open'><h1>T</h1><div class=entry-content>{}"
            "<div class=share-buttons>Share</div><form>Sign up<input></form></div>"
            "<div class=related-posts><p>Another article, at some length</div></div>"
        ),
        "<article><h2>Teaser</h2><p>Short.</article><article><h1>T</h1>{}</article>",
        "<h1>T</h1>{}",
    ],
)
def test_the_article_is_found_and_the_rest_dropped(page: str) -> None:
    article = save("<!doctype html><body>" + page.format(BODY))
    if "<table>" in page:
        assert texts(article)[-4:] == ["T", *PROSE]
    else:
        assert texts(article) == ["T", *PROSE]


def test_lists_of_links_in_an_article_stay() -> None:
    links = "".join(f"<li><a href=https://e.org/{n}>A report on {n}</a>" for n in range(5))
    article = save(f"<html><article><h1>T</h1>{BODY}<ul>{links}</ul></article>")
    assert sum(kind is BlockKind.LIST_ITEM for kind, _ in shapes(article)) == 5


def test_footnotes_that_stand_outside_the_article_belong_to_it() -> None:
    article = save(
        f"<html><article><h1>T</h1>{BODY}<p>Said.<a href=#fn1 id=r1>1</a></article>"
        "<div class=notes><ol><li id=fn1>The note. <a href=#r1>\u21a9</a></ol></div>"
        "<footer><p>Foot</footer>"
    )
    assert shapes(article)[-2:] == [
        (BlockKind.PARAGRAPH, "Said.1"),
        (BlockKind.FOOTNOTE, "The note."),
    ]


def test_relative_links_start_from_the_page() -> None:
    html = f"<html><article>{BODY}<p><a href=../x>x</a> <a href='?y'>y</a> <a href=//z.org>z</a>"
    assert [target for _, target in inlines(fetch(html), InlineKind.HYPERLINK)] == [
        "https://example.org/x",
        "https://example.org/a/b?y",
        "https://z.org",
    ]
    saved = f"<!-- saved from url=(0024)https://example.org/a/b -->\n{html}"
    article = save(saved)
    assert inlines(article, InlineKind.HYPERLINK)[0] == ("x", "https://example.org/x")
    assert (article.source_url, article.origins["source_url"]) == (
        "https://example.org/a/b",
        "address",
    )


def test_the_source_is_the_canonical_link_or_the_address() -> None:
    assert fetch(f"<html>{BODY}").source_url == "https://example.org/a/b?c"
    canonical = fetch(f"<html><head><link rel=canonical href=/c></head>{BODY}")
    assert canonical.source_url == "https://example.org/c"
    assert canonical.origins["source_url"] == "canonical link"
    evil = fetch(f"<html><head><link rel=canonical href='javascript:x'></head>{BODY}")
    assert evil.source_url == "https://example.org/a/b?c"


def test_a_fetched_file_is_read_as_what_it_is() -> None:
    def read(content: str, url: str, content_type: str) -> ParsedArticle:
        return read_page(
            content.encode(), url=url, content_type=content_type, date_order=DateOrder.MDY
        )

    plain = read("Words.\n\nMore < words.", "https://e.org/a/my-notes", "text/plain; charset=utf-8")
    assert (plain.title, plain.source_url) == ("My notes", "https://e.org/a/my-notes")
    assert read("# T\n\nx", "https://e.org/a.md", "text/plain").title == "T"
    assert read("<p>x", "https://e.org/a.md", "text/html").document.text == "x"


@pytest.mark.parametrize(
    "script",
    [
        '{"@type": "Article", "headline": ',
        "[" * 5000,
        '"x"',
        "null",
        '{"@type": 7, "@graph": 3}',
        '{"@type": "Article", "author": {"name": {"name": []}}, "headline": ["", 5], "url": 9}',
    ],
)
def test_broken_json_is_passed_over(script: str) -> None:
    page = f"<html><script type='application/ld+json'>{script}</script><h1>T</h1>{BODY}"
    assert save(page).title == "T"


def test_the_headline_on_a_page_goes_before_what_the_page_is_called_elsewhere() -> None:
    head = "<title>The Clickable | The Site</title><meta property=og:title content='Clickable'>"
    name = "<meta property=og:site_name content='The Site'>"
    for heading, title in (("The Long Bridge", "The Long Bridge"), ("The Site", "Clickable")):
        page = f"<html><head>{head}{name}</head><body><article><h1>{heading}</h1>{BODY}</article>"
        article = read_file("a.html", page.encode(), date_order=DateOrder.MDY)
        assert article.title == title


def test_links_to_topics_and_who_powers_a_page_are_left_out_but_no_words_about_topics() -> None:
    links = "".join(f"<a href=/t/{word}>{word}</a>, " for word in ("ports", "bridges", "bills"))
    said = "Topics: the bill, the bridge, and who shall pay for both of them in thirty years."
    article = save(
        f"<html><body><article><h1>The bridge</h1><p>Topics: {links}</p>{BODY}<p>{said}</p>"
        f"<p>Powered by Example.com</p>{BODY}</article>"
    )
    assert texts(article) == ["The bridge", *PROSE, said, *PROSE]
    left_out = [one.piece.text for one in article.left_out]
    assert left_out == ["Topics: ports, bridges, bills,", "Powered by Example.com"]
