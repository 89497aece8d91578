"""What holds for every article of every format: its ranges fit, and drawing loses nothing."""

import re
from html import escape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.text.dates import DateOrder
from app.text.normalise import normalise
from app.text.parsed import ParsedArticle
from app.text.readers import Unreadable, read_file, read_pasted_html, unpack
from tests.harness.files import BODY, book, pdf, word, zipped
from tests.harness.texts import check_laws

# What goes wrong: marks that combine, letters of two code units, invisible ones, markup, digits.
LETTERS = st.text(
    st.sampled_from(
        "abc Eé\u0301\u00ad\u200b\u2028\t\n\r\x00<>&\"'*_[]().:1\u00b2"
        "\u2022-#|\U0001f600\u05d0\u4e2d"
    )
    | st.characters(codec="utf-8"),
    max_size=40,
)
PRINTED = st.text(st.sampled_from("abc Eé.,:1-\u2022"), max_size=60)
TAGS = st.sampled_from(
    re.findall(
        r"\w+",
        "p div h1 h3 ul ol li blockquote pre table tr td th caption figure figcaption b i em code "
        "q a span sup br img hr section article aside nav form dl dt dd script svg details",
    )
)
ATTRIBUTES = st.sampled_from(
    [
        "",
        " id=a",
        " id=b",
        " href=#a",
        " href='#b'",
        " href=https://e.org/x",
        " href=javascript:x",
        " alt=words",
        " colspan=3",
        " hidden",
        " class=footnote",
        " style='font-weight:bold'",
    ]
)
PARTS = st.lists(
    LETTERS.map(lambda text: escape(text, quote=False))
    | st.builds("<{}{}>".format, TAGS, ATTRIBUTES)
    | st.builds("</{}>".format, TAGS),
    max_size=30,
)
EVERY = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))


SHY = "audi\u00adtor\u00a0one  two"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", f"\u3000{SHY}\u00a0\n\nMore.\n\nLast.".encode()),
        ("a.md", f"{SHY}\u00a0\n\nMore.\n\nLast.".encode()),
        ("a.html", f"<html><p>\u00a0{SHY} </p><p>More.</p><p>Last.</p>".encode()),
        ("a.docx", word((f"\u00a0{SHY} ", ""), ("More.", ""), ("Last.", ""))),
        ("a.epub", book({"a.xhtml": f"<p>\u3000{SHY}</p><p>More.</p><p>Last.</p>"})),
    ],
)
def test_soft_hyphens_and_blanks_are_the_same_in_every_format(name: str, content: bytes) -> None:
    article = read_file(name, content, date_order=DateOrder.MDY)
    assert article.document.text == "auditor\u00a0one two\n\nMore.\n\nLast."


def check(name: str, content: bytes) -> None:
    """Read a file, which may be refused; what is read keeps the laws."""
    try:
        article = read_file(name, content, date_order=DateOrder.MDY)
    except Unreadable:
        return
    check_whole(article)


def check_whole(article: ParsedArticle) -> None:
    check_laws(article)
    assert article.title
    assert article.guessed <= {"title", "author", "publication", "published_on"}
    fields = ("title", "author", "publication", "published_on", "source_url", "language")
    assert set(article.origins) == {name for name in fields if getattr(article, name)}


@pytest.mark.parametrize("name", ["a.txt", "a.md"])
@given(lines=st.lists(LETTERS, max_size=12))
@EVERY
def test_plain_text_and_markdown_keep_the_laws(name: str, lines: list[str]) -> None:
    check(name, "\n".join(lines).encode(errors="replace"))


@given(parts=PARTS)
@EVERY
def test_a_page_keeps_the_laws_and_a_paste_too(parts: list[str]) -> None:
    html = "".join(parts)
    check("a.html", f"<html>{html}".encode(errors="replace"))
    try:
        article = read_pasted_html(html, date_order=DateOrder.MDY)
    except Unreadable:
        return
    check_whole(article)
    assert normalise(article.document.text) == article.document.text


@given(parts=PARTS)
@EVERY
def test_a_book_keeps_the_laws(parts: list[str]) -> None:
    html = "".join(parts)
    content = book({"a.xhtml": html, "b.xhtml": f"<p>Words</p>{html}"})
    check("a.epub", content)
    for one in unpack("a.epub", content, date_order=DateOrder.MDY, by_chapter=True):
        assert (one.article is None) == bool(one.problem)
        if one.article:
            check_whole(one.article)


@given(texts=st.lists(PRINTED, min_size=1, max_size=6))
@settings(EVERY, max_examples=4)
def test_a_word_file_keeps_the_laws(texts: list[str]) -> None:
    styles = ["", "Heading 1", "List Bullet", "Quote", "Caption", "macro"]
    content = word(*zip(texts, styles, strict=False))
    check("a.docx", content)
    (one,) = unpack("a.zip", zipped({"a.docx": content}), date_order=DateOrder.MDY)
    assert (one.article is None) == bool(one.problem)


@given(texts=st.lists(PRINTED, min_size=1, max_size=8))
@settings(EVERY, max_examples=30)
def test_a_pdf_keeps_the_laws(texts: list[str]) -> None:
    check("a.pdf", pdf(*((escape(text * 3), BODY) for text in texts), head="A head"))
