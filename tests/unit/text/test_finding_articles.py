"""Finding the article in a web page: what is taken, what is left out, and how it is called."""

import logging
import socket

import pytest

from app.text.dates import DateOrder
from app.text.document import BlockKind
from app.text.parsed import ParsedArticle
from app.text.readers import read_file
from app.text.readers.html_article import is_clutter_name
from tests.harness.shared import shared_case
from tests.harness.texts import check_laws, of_kind, texts

PROSE = [f"Paragraph {n} says something, at some length, about one thing or other." for n in "abc"]
BODY = "".join(f"<p>{text}</p>" for text in PROSE)


def save(html: str) -> ParsedArticle:
    article = read_file("a.html", html.encode(), date_order=DateOrder.MDY)
    check_laws(article)
    return article


def read_case(name: str) -> ParsedArticle:
    return read_file(name, shared_case(f"readers/{name}"), date_order=DateOrder.MDY)


def begins(article: ParsedArticle) -> list[str]:
    """Return the first word of each block."""
    return [text.split()[0] for text in texts(article)]


def test_an_article_in_two_bodies_is_whole() -> None:
    article = read_case("c01-article-in-two-bodies.html")
    assert begins(article) == ["The", "FIRST.", "The", "A", "SECOND.", "Nobody", "The"]
    assert of_kind(article, BlockKind.CAPTION) == ["A bridge."]


def test_a_class_that_merely_contains_a_word_drops_nothing() -> None:
    assert begins(read_case("c03-paywall-class.html")) == ["The", "ONE.", "The", "THREE."]


def test_a_heading_that_the_page_is_called_by_is_the_title() -> None:
    article = read_case("c08-title-wrong-h1.html")
    assert article.title == texts(article)[0] == "What the bridge costs us"


def test_signs_that_lead_to_a_heading_are_none_of_its_words() -> None:
    article = read_case("c09-heading-permalink.html")
    assert article.title == "The Bridge"
    assert of_kind(article, BlockKind.HEADING) == ["The Bridge", "Costs"]


def test_what_is_related_is_left_out() -> None:
    assert begins(read_case("c10-gallery-and-related.html")) == ["The", "Nobody", "The", "A"]


def test_cookies_newsletters_and_links_to_other_articles_are_left_out() -> None:
    first, second = ("".join(f"<p>{n} {PROSE[0]}</p>" for n in some) for some in ("AB", "CD"))
    article = save(
        "<html><body><div class=x-cookie-box><p>We use cookies to make this website work, and "
        "would like to set more of them to see how you use it.</p></div><main>"
        f"<h1>What the bridge costs</h1>{first}<p><b>READ MORE: <a href=/x>The ferry</a></b></p>"
        "<div><h2>Sign up for Harbor Notes</h2><p>Get it every week in your inbox.</p></div>"
        f"{second}</main></body></html>"
    )
    assert begins(article) == ["What", "A", "B", "C", "D"]


def test_the_columns_of_a_page_are_no_table() -> None:
    page = (
        f"<table><tr><td><a href=/>Home</a><td><b>T</b><br><br>{PROSE[0]}<br><br>{PROSE[1]}</table>"
    )
    assert all(block.kind is not BlockKind.TABLE for block in save(page).document.blocks)


@pytest.mark.parametrize("name", ["related-posts", "share_buttons", "jp-relatedposts", "Comments"])
def test_a_name_of_nothing_but_clutter_is_clutter(name: str) -> None:
    assert is_clutter_name(name)


@pytest.mark.parametrize(
    "name", ["social-history", "steady-paywall-container", "article-body", "menu-of-the-day", ""]
)
def test_a_name_that_says_anything_else_is_none(name: str) -> None:
    assert not is_clutter_name(name)


def test_the_opening_before_what_is_taken_is_of_the_article() -> None:
    opening = "The opening stands in a box of its own, and says at some length what follows."
    article = save(
        "<html><body><nav><a href=/>Home</a></nav><header><h1>T</h1>"
        f"<p class=promo-intro-text>{opening}</p></header><article>{BODY}</article>"
    )
    assert texts(article) == ["T", opening, *PROSE]


def test_pictures_are_left_out_and_formulas_are_not() -> None:
    article = save(
        f"<html><article><h1>T</h1>{BODY}<figure><img src=a alt='A cat'><figcaption>A cat asleep, "
        "by R. Roe</figcaption></figure><p><img alt='x^2' class=math> is a square, as is "
        "<img alt='y^2'>.</p></article>"
    )
    assert texts(article)[-2:] == [
        "A cat asleep, by R. Roe",
        "[Image: x^2] is a square, as is [Image: y^2].",
    ]


def test_a_page_without_an_article_is_read_whole() -> None:
    assert texts(save("<html><body><p><a href=https://e.org/>A link alone</a>")) == ["A link alone"]


def test_reading_a_page_opens_no_connection_and_logs_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: object, **__: object) -> None:
        message = "reading a page must not open a connection"
        raise AssertionError(message)

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    caplog.set_level(logging.DEBUG)
    save(
        f"<html><head><link rel=canonical href=https://example.org/a></head><body>{BODY}"
        "<div class=author>Jane Doe</div><a href=https://example.org/b>More</a>"
    )
    save("<p>x")
    assert caplog.records == []
