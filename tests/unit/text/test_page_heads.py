"""The head of an article in a page: what leads into it stays, what repeats it is left out."""

from datetime import date

import pytest

from app.text.dates import DateOrder
from app.text.parsed import ParsedArticle
from app.text.readers import read_file
from tests.harness.texts import check_laws, texts

PROSE = [f"Paragraph {n} says something, at some length, about one thing or other." for n in "abc"]
BODY = "".join(f"<p>{text}</p>" for text in PROSE)
NAMED = '<meta name="author" content="Jane (J.D.) Doe">'
TITLE = "The bridge that nobody wanted"


def save(head: str, *, meta: str = NAMED, body: str = BODY) -> ParsedArticle:
    html = (
        f"<html><head><title>{TITLE}</title>{meta}</head><body><nav><a href=/>Home</a></nav>"
        f"<header><h1>{TITLE}</h1>{head}</header><article>{body}</article></body></html>"
    )
    article = read_file("a.html", html.encode(), date_order=DateOrder.MDY)
    check_laws(article)
    return article


def left_out(article: ParsedArticle) -> list[str]:
    return [one.piece.text for one in article.left_out]


@pytest.mark.parametrize("tag", ["p", "h2", "div"])
def test_a_standfirst_of_one_short_sentence_stays(tag: str) -> None:
    article = save(f"<{tag}>Words need defenders, too.</{tag}>")
    assert texts(article) == [TITLE, "Words need defenders, too.", *PROSE]


@pytest.mark.parametrize("name", ["class=post-subtitle", "class=dek", "data-gu-name=standfirst"])
def test_a_standfirst_that_is_called_one_stays_whatever_its_form(name: str) -> None:
    article = save(f"<div {name}><h2>Who pays for it</h2></div>")
    assert texts(article) == [TITLE, "Who pays for it", *PROSE]


def test_labels_roles_and_days_below_a_title_are_left_out_and_read() -> None:
    head = (
        "<p>BY JANE DOE</p><p>STAFF WRITERS</p><dl><dt>Published:</dt><dd>March 5, 2024</dd>"
        "<dt>Last updated</dt><dd>March 8, 2024</dd></dl>"
    )
    article = save("", meta="", body=f"{head}{BODY}")
    assert texts(article) == [TITLE, *PROSE]
    assert article.published_on == date(2024, 3, 5)
    assert "Last updated" in left_out(article)


def test_a_short_first_paragraph_stays() -> None:
    article = save("", body=f"<p>It was late when it began.</p>{BODY}")
    assert texts(article)[1] == "It was late when it began."


@pytest.mark.parametrize(
    "head",
    [
        "<h2>Related stories</h2>",
        "<p><a href=/x>Read how it all began, here.</a></p>",
        "<div class=share-bar><p>Tell all of your friends.</p></div>",
        "<div><div><p>This video is not to be seen.</p></div></div>",
    ],
)
def test_labels_links_and_notices_between_title_and_article_do_not(head: str) -> None:
    assert texts(save(head)) == [TITLE, *PROSE]


@pytest.mark.parametrize(
    "line",
    [
        "<a href=/jane>Jane (J.D.) Doe</a>",
        "by Jane (J.D.) Doe (reporting) and R. Roe (photography)",
        "By Jane (J.D.) Doe, who has written on bridges and what they cost for over ten years.",
        "The Post | 5/4/2025, 13:36 | By Jane (J.D.) Doe (with others)",
    ],
)
def test_a_line_with_the_author_that_the_page_states_is_left_out_of_the_text(line: str) -> None:
    article = save("", body=f"<p>{line}</p>{BODY}")
    assert texts(article) == [TITLE, *PROSE]
    assert article.author == "Jane (J.D.) Doe"
    assert left_out(article)[-1].endswith(line.rpartition("<a href=/jane>")[2].removesuffix("</a>"))


def test_a_byline_below_the_standfirst_is_left_out_of_the_text() -> None:
    standfirst = "A standfirst says at some length what the article is about, and who is in it."
    signed = "by Jane (J.D.) Doe (reporting) and R. Roe (photography)"
    article = save("", body=f"<p>{standfirst}</p><p>{signed}</p>{BODY}")
    assert texts(article) == [TITLE, standfirst, *PROSE]


@pytest.mark.parametrize(
    "line",
    [
        "By Richard Roe and by nobody else, as he says.",
        "By Jane (J.D.) Doe's own account it was late.",
        "Jane (J.D.) Doe came late.",
    ],
)
def test_a_sentence_that_only_names_the_author_is_the_text(line: str) -> None:
    assert texts(save("", body=f"<p>{line}</p>{BODY}"))[1] == line


def test_a_first_paragraph_that_a_page_shows_twice_stands_once() -> None:
    standfirst = "A standfirst that is shown twice, once for phones, and is no short sentence."
    twice = f"<div><p>{standfirst}</p></div>" * 2
    assert texts(save("", body=twice + BODY)) == [TITLE, standfirst, *PROSE]


def test_what_an_author_says_twice_side_by_side_stands_twice() -> None:
    article = save("", body=f"<p>{PROSE[0]}</p>{BODY}")
    assert texts(article) == [TITLE, PROSE[0], *PROSE]


def test_a_headline_that_stands_in_the_text_once_more_is_left_out() -> None:
    article = save("", body=f"<p>{TITLE}</p>{BODY}")
    assert texts(article) == [TITLE, *PROSE]
    assert article.title == TITLE
