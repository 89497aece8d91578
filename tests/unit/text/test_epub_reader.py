"""Books: chapters in the order of the spine, each an article or all one."""

from datetime import date

import pytest

from app.text.dates import DateOrder
from app.text.document import BlockKind, InlineKind
from app.text.readers import Unpacked, read_file, unpack
from tests.harness.files import book
from tests.harness.texts import check_laws, inlines, shapes, texts

K = BlockKind
METADATA = (
    "<dc:title>The Book</dc:title><dc:creator>Ann Lee</dc:creator><dc:creator>Jo Roe</dc:creator>"
    "<dc:language>en-GB</dc:language><dc:date>2020-01-02</dc:date><dc:publisher>Press</dc:publisher>"
)
PUBLISHED = '<dc:date event="publication">2014</dc:date>'
CHAPTERS = {
    "one.xhtml": '<h1>One</h1><p>Said&nbsp;<a id="x"/>so.'
    '<a epub:type="noteref" href="sub/notes%20x.xhtml#n1">1</a></p>',
    "two.xhtml": "<h1>Two</h1><p>More.</p>",
    "sub/notes x.xhtml": '<h1>Notes</h1><p id="n1">1. The note. '
    '<a href="../one.xhtml#x">back</a></p>',
}


def chapters(content: bytes) -> list[Unpacked]:
    return list(unpack("a.epub", content, date_order=DateOrder.MDY, by_chapter=True))


def test_a_book_is_one_article_in_the_order_of_its_spine() -> None:
    article = read_file("a.epub", book(CHAPTERS, METADATA), date_order=DateOrder.MDY)
    check_laws(article)
    assert shapes(article) == [
        (K.HEADING, "One"),
        (K.PARAGRAPH, "Said\u00a0so.1"),
        (K.HEADING, "Two"),
        (K.PARAGRAPH, "More."),
        (K.HEADING, "Notes"),
        (K.FOOTNOTE, "The note. back"),
    ]
    assert inlines(article, InlineKind.FOOTNOTE_MARK) == [("1", "1")]
    assert (article.title, article.author) == ("The Book", "Ann Lee, Jo Roe")
    assert (article.publication, article.published_on) == ("Press", date(2020, 1, 2))
    assert article.language == "en-GB"
    assert set(article.origins.values()) == {"document properties"}


def test_each_chapter_is_an_article_of_the_book() -> None:
    found = chapters(book(CHAPTERS, METADATA))
    assert [one.name for one in found] == ["one.xhtml", "two.xhtml", "notes x.xhtml"]
    article = found[1].article
    assert article is not None
    check_laws(article)
    assert (article.title, article.origins["title"]) == ("Two", "heading")
    assert (article.author, article.publication) == ("Ann Lee, Jo Roe", "The Book")
    assert found[1].content is not None
    assert b"More." in found[1].content


def test_a_bad_chapter_stops_no_other() -> None:
    pages = {"a.xhtml": "<p>Fine.</p>", "b.xhtml": "<script>x</script>", "c.xhtml": "<p>Also.</p>"}
    found = chapters(book(pages))
    assert [one.article and texts(one.article) for one in found] == [["Fine."], None, ["Also."]]
    assert "no text" in found[1].problem


def test_a_page_that_is_no_xml_is_read_as_browsers_do() -> None:
    article = read_file(
        "a.epub", book({"a.xhtml": "<p>One<p>Two & <br>three"}), date_order=DateOrder.MDY
    )
    assert texts(article) == ["One", "Two &\nthree"]


@pytest.mark.parametrize(
    ("metadata", "day", "is_guess"),
    [
        ("<dc:date>2014</dc:date>", date(2014, 1, 1), True),
        ("<dc:date>2014-05</dc:date>", date(2014, 5, 1), True),
        ("<dc:date>2014-05-06T00:00:00Z</dc:date>", date(2014, 5, 6), False),
        ("<dc:date>0101-01-01T00:00:00+00:00</dc:date>", None, False),
        (f'<dc:date event="modification">2020-01-02</dc:date>{PUBLISHED}', date(2014, 1, 1), True),
        (f'<dc:date event="creation">2012-02-03</dc:date>{PUBLISHED}', date(2014, 1, 1), True),
    ],
)
def test_a_date_that_is_a_year_is_a_guess_of_its_day(
    metadata: str, day: date | None, *, is_guess: bool
) -> None:
    content = book({"a.xhtml": "<p>Words.</p>", "b.xhtml": "<p>More.</p>"}, metadata)
    article = read_file("a.epub", content, date_order=DateOrder.MDY)
    assert (article.published_on, "published_on" in article.guessed) == (day, is_guess)
    chapter = chapters(content)[1].article
    assert chapter is not None
    assert (chapter.published_on, "published_on" in chapter.guessed) == (day, is_guess)
