"""Who wrote a web page and when: by its elements, by what it states, by its byline."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.text.dates import DateOrder
from app.text.parsed import ParsedArticle
from app.text.readers import read_file
from tests.harness.shared import shared_case
from tests.harness.texts import check_laws

PROSE = "".join(
    f"<p>Paragraph {n} says something, at some length, about one thing or other." for n in "abc"
)
DAY = date(2024, 3, 5)


def save(html: str) -> ParsedArticle:
    article = read_file("a.html", html.encode(), date_order=DateOrder.MDY)
    check_laws(article)
    return article


def read_case(name: str) -> ParsedArticle:
    return read_file(name, shared_case(f"readers/{name}"), date_order=DateOrder.MDY)


def json_ld(written: str) -> ParsedArticle:
    return save(
        f"<html><head><script type='application/ld+json'>{written}</script></head>"
        f"<body><article><h1>T</h1>{PROSE}</article>"
    )


def test_microdata_names_the_author() -> None:
    assert read_case("c04-author-itemprop.html").author == "Jane Doe"


def test_a_link_to_the_author_names_them_and_a_time_the_day() -> None:
    article = read_case("c05-author-rel.html")
    assert (article.author, article.published_on) == ("Jane Doe", DAY)
    assert "Jane Doe" not in article.document.text


@pytest.mark.parametrize(
    "byline",
    [
        "<div class=byline>By Jane Doe</div>",
        "<span class='c-byline author-name'>Jane Doe</span>",
        "<p class=author>Jane Doe | March 5, 2024</p>",
        "<address><a rel=author href=/jane>Jane Doe</a></address>",
        "<p itemprop=author>Jane Doe</p>",
        "<p class=story-meta__authors>By <a href=/jane>Jane Doe</a></p>",
        "<p>9 pm by <a class=blog-author-link href=/jane>Jane Doe</a></p>",
        "<aside><address><a rel=author href=/jane>Jane Doe</a></address></aside>",
        "<p class=byline>Jane Doe Follow @jane</p>",
        "<p class=author>Par <b>Jane Doe</b></p>",
        "<p class=author><i class=screen-reader-text>Author</i><b>By</b><a>Jane Doe</a></p>",
    ],
)
def test_elements_beside_the_body_name_the_author(byline: str) -> None:
    page = f"<html><body><header><h1>T</h1>{byline}</header><article>{PROSE}</article>"
    assert save(page).author == "Jane Doe"


def test_the_name_of_a_menu_for_users_is_no_author() -> None:
    menu = "<div class=nav-btn data-menu=user-menu><span class=username>Username</span></div>"
    assert save(f"<html><body>{menu}<article><h1>T</h1>{PROSE}</article>").author == ""


def test_a_class_that_ends_in_byline_names_the_author() -> None:
    byline = "<span class=pb-byline>By <a>Jane Doe</a></span> at 3:57 PM. Follow @jane"
    article = save(f"<html><body><article><h1>T</h1><div>{byline}</div>{PROSE}</article>")
    assert (article.author, article.origins["author"]) == ("Jane Doe", "byline element")


@pytest.mark.parametrize("name", ["comment-author", "author-of-reply", "related-author"])
def test_the_author_of_something_else_is_none(name: str) -> None:
    beside = f"<p class={name}>Ann Other</p>"
    page = f"<html><body><h1>T</h1><article>{PROSE}</article>{beside}"
    assert save(page).origins.get("author") != "byline element"


@pytest.mark.parametrize(
    ("meta", "graph", "byline", "author"),
    [
        ("Big House Press", "Jane Doe", "Jane Doe", "Jane Doe"),
        ("Jane Doe", "Big House Press", "Jane Doe", "Jane Doe"),
        ("Jane Doe", "John Doe", "Ann Other", "Jane Doe"),
        ("janedoe", "", "Jane Doe", "Jane Doe"),
        ("janedoe", "", "", "janedoe"),
        ("Jane Doe", "John Doe", "", "Jane Doe"),
    ],
)
def test_an_author_whom_one_source_names_gives_way_to_one_whom_two_name(
    meta: str, graph: str, byline: str, author: str
) -> None:
    head = f"<meta name=author content='{meta}'><meta property=article:author content='{graph}'>"
    page = f"<head>{head}</head><body><h1>T</h1><p class=byline>{byline}</p>"
    assert save(f"<html>{page}<article>{PROSE}</article>").author == author


def test_authors_who_stand_together_are_all_named() -> None:
    names = "".join(f"<a rel=author href=/{n}>{n} Doe</a>, " for n in ("Jane", "John"))
    other = "<footer><a rel=author href=/x>Ann Other</a></footer>"
    page = f"<html><body><h1>T</h1><p>By {names}</p><article>{PROSE}</article>{other}"
    assert save(page).author == "Jane Doe, John Doe"


def test_who_comments_is_not_the_author() -> None:
    comment = "<div class=comments><span itemprop=author>Ann Other</span><p>Nice!</div>"
    assert save(f"<html><body><article><h1>T</h1>{PROSE}</article>{comment}").author == ""


def test_a_publication_is_not_taken_for_an_author() -> None:
    article = json_ld(
        '{"@type": "Article", "author": "The Nation", "publisher": {"name": "The Nation"}}'
    )
    assert (article.author, article.publication) == ("", "The Nation")


def test_json_ld_is_read_in_cdata_and_by_reference() -> None:
    article = json_ld(
        '//<![CDATA[\n{"@graph": [{"@type": "Article", "author": {"@id": "#jane"},'
        ' "datePublished": "2024-03-05T10:00:00Z", "dateModified": "2025-01-01"},'
        ' {"@type": "Person", "@id": "#jane", "name": "Jane Doe"}]}\n//]]>'
    )
    assert (article.author, article.published_on) == ("Jane Doe", DAY)


def test_the_day_of_publication_goes_before_any_day_of_change() -> None:
    script = '{"@type": "Article", "datePublished": "2024-03-05", "dateModified": "2024-06-01"}'
    article = save(
        "<html><head><meta name=date content=2024-06-01>"
        "<meta property='article:modified_time' content=2024-06-01>"
        f"<script type='application/ld+json'>{script}</script></head>"
        f"<body><article><h1>T</h1>{PROSE}</article>"
    )
    assert article.published_on == DAY


@pytest.mark.parametrize(
    "written",
    ["1970-01-01", "0001-01-01", (datetime.now(UTC).date() + timedelta(days=9)).isoformat()],
)
def test_a_day_that_cannot_be_is_nobodys(written: str) -> None:
    article = save(
        f"<html><head><meta property='article:published_time' content={written}></head>"
        f"<body><h1>T</h1><p>By Jane Doe, March 5, 2024</p>{PROSE}"
    )
    assert article.published_on == DAY


def test_a_role_without_a_publication_leaves_it_a_guess() -> None:
    article = read_case("c07-author-by-name-date-one-line.html")
    assert (article.author, article.published_on) == ("Jane Doe", DAY)
    assert article.publication == "" or "publication" in article.guessed


@pytest.mark.parametrize(
    "lines",
    [
        "<p>Jane Doe | March 5, 2024</p>",
        "<p>Jane Doe \u00b7 March 5, 2024</p>",
        "<p>Jane Doe</p><p>Mar 5, 2024 \u00b7 18 min read</p>",
        "<p>Jane Doe</p><p>Follow</p><p>Mar 5, 2024 \u00b7 18 min read</p>",
    ],
)
def test_a_bare_name_is_the_author_beside_a_day_or_follow(lines: str) -> None:
    article = save(f"<html><body><article><h1>T</h1>{lines}{PROSE}</article>")
    assert (article.author, article.published_on) == ("Jane Doe", DAY)
    assert "Jane Doe" not in article.document.text


def test_a_place_and_a_day_name_no_author() -> None:
    article = save(f"<html><body><article><h1>T</h1><p>Paris | March 5, 2024</p>{PROSE}</article>")
    assert article.author == ""
