"""PDF: lines on pages become the blocks that they were."""

import re
from datetime import date
from itertools import pairwise

import pytest
from reportlab.lib.styles import ParagraphStyle

from app.text.dates import DateOrder
from app.text.document import BlockKind, InlineKind
from app.text.parsed import ParsedArticle
from app.text.readers import read_file
from tests.harness.files import BODY, STYLES, pdf, pdf_of_lines
from tests.harness.shared import shared_case
from tests.harness.texts import check_laws, inlines, of_kind, shapes, texts

K = BlockKind
WORDS = re.findall(
    r"\w+",
    "The committee said that it had not understood what it was asked to do and would come back to "
    "the matter in the spring when the figures were in and the members had read them with care",
)
INDENTED = ParagraphStyle("indented", parent=BODY, firstLineIndent=14, spaceBefore=0, spaceAfter=0)


def prose(seed: int, length: int = 90) -> str:
    """Return a paragraph of its own for each seed."""
    words = [WORDS[(seed * 7 + n * (seed + 3)) % len(WORDS)] for n in range(length)]
    return " ".join(words).capitalize() + "."


def read(content: bytes, name: str = "a-file.pdf") -> ParsedArticle:
    article = read_file(name, content, date_order=DateOrder.MDY)
    check_laws(article)
    return article


def lines(*written: str, x: float = 50, y: float = 500) -> list[tuple[float, float, float, str]]:
    return [(x, y - 12 * n, 10, text) for n, text in enumerate(written)]


@pytest.mark.parametrize(
    "style", [BODY, INDENTED, STYLES["BodyText"]], ids=["gap", "indent", "ragged"]
)
def test_paragraphs_are_rebuilt_over_pages_without_heads_and_numbers(style: ParagraphStyle) -> None:
    expected = [prose(n, 60 + 17 * n % 50) for n in range(1, 14)]
    article = read(pdf(*((text, style) for text in expected), head="The Review of All"))
    assert texts(article) == expected


def test_headings_are_known_by_their_size_and_the_title_is_the_largest() -> None:
    flow = [("A title of note", STYLES["Title"]), ("By Jane Doe, Reuters, 1/13/25", BODY)]
    for part in range(3):
        flow += [(f"Section {part}", STYLES["Heading2"]), (prose(part), BODY), (prose(9), BODY)]
    article = read(pdf(*flow, head="The Review of All"))
    assert of_kind(article, K.HEADING) == ["A title of note", *(f"Section {n}" for n in range(3))]
    levels = [b.level for b in article.document.blocks if b.kind is K.HEADING]
    assert levels == [1, 2, 2, 2]
    assert (article.title, article.author) == ("A title of note", "Jane Doe")
    assert (article.publication, article.published_on) == ("Reuters", date(2025, 1, 13))
    assert article.origins["title"] == "heading"
    assert article.origins["published_on"] == "byline"


def test_words_cut_at_a_line_s_end_are_joined_where_they_are_one() -> None:
    article = read(
        pdf_of_lines(
            [
                lines(
                    "A docu- and then more of that which is the docu-",
                    "ment of a well-known man, whom all of them held in self-",
                    "esteem, and a well-",
                    "known one, written in 2019 or 20-",
                    "20 by the X-",
                    "Ray people, whose office was full.",
                )
            ]
        )
    )
    assert article.document.text == (
        "A docu- and then more of that which is the document of a well-known man, whom all of them "
        "held in self-esteem, and a well-known one, written in 2019 or 20- 20 by the X-Ray people, "
        "whose office was full."
    )


def test_lists_hyperlinks_and_looks_are_kept() -> None:
    article = read(
        pdf(
            (prose(1), BODY),
            ("\u2022 One item here", BODY),
            ("\u2022 Two <b>bold</b> items", BODY),
            ('See <a href="https://e.org/x">this page</a> or <i>that</i> one: www.e.org.', BODY),
            ('Not <a href="javascript:x">this</a> one, which is long enough to be a line.', BODY),
        )
    )
    assert of_kind(article, K.LIST_ITEM) == ["One item here", "Two bold items"]
    assert inlines(article, InlineKind.HYPERLINK) == [
        ("this page", "https://e.org/x"),
        ("www.e.org", "https://www.e.org"),
    ]
    assert inlines(article, InlineKind.STRONG) == [("bold", "")]
    assert inlines(article, InlineKind.EMPHASIS) == [("that", "")]


def test_footnotes_at_the_foot_of_pages_are_taken_out_of_the_flow() -> None:
    first = [
        *lines("This is a sentence of the first page that is", "long.1 And one that goes on"),
        (50, 70, 7, "1 The first note, which is set in small letters."),
    ]
    second = [
        *lines("over the page.2 Then it comes to its end, as", "all of them do."),
        (50, 70, 7, "2 The second note."),
    ]
    article = read(pdf_of_lines([first, second]))
    assert shapes(article)[0] == (
        K.PARAGRAPH,
        (
            "This is a sentence of the first page that is long.1 And one that goes on "
            "over the page.2 Then it comes to its end, as all of them do."
        ),
    )
    assert shapes(article)[1:] == [
        (K.FOOTNOTE, "The first note, which is set in small letters."),
        (K.FOOTNOTE, "The second note."),
    ]
    assert inlines(article, InlineKind.FOOTNOTE_MARK) == [("1", "1"), ("2", "2")]
    assert [b.marker for b in article.document.blocks[1:]] == ["1", "2"]


def test_columns_are_read_one_after_the_other() -> None:
    left = lines("The left column begins", "here and goes on until", "it ends in the", x=40)
    right = lines("right column, and here", "it really ends.", x=230)
    article = read(pdf_of_lines([[*left, *right]]))
    assert texts(article) == [
        (
            "The left column begins here and goes on until it ends in the right column, and here "
            "it really ends."
        )
    ]


def test_a_quotation_is_set_in_from_both_edges() -> None:
    quoted = ParagraphStyle("quoted", parent=BODY, leftIndent=30, rightIndent=30)
    article = read(pdf((prose(1), BODY), (prose(2, 40), quoted), (prose(3), BODY)))
    assert [kind for kind, _ in shapes(article)] == [K.PARAGRAPH, K.QUOTATION, K.PARAGRAPH]


def test_properties_are_used_but_for_what_programs_write() -> None:
    article = read(pdf((prose(1), BODY), title="From the properties"))
    assert (article.title, article.author) == ("From the properties", "")
    assert article.origins["title"] == article.origins["published_on"] == "document properties"
    assert article.guessed == {"title", "published_on"}


def test_lines_stay_in_their_order() -> None:
    article = read(pdf(*((prose(n), BODY) for n in range(1, 30)), head="Head"))
    places = [article.document.text.find(prose(n)) for n in range(1, 30)]
    assert all(first < second for first, second in pairwise(places))


TITLE = "Why the Town Will Pay Twice for a Bridge That Nobody on Either Bank Has Asked For"


@pytest.mark.parametrize(
    "name", ["c22-pdf-title-of-two-lines", "c22b-pdf-title-left", "c22d-pdf-printed-from-browser"]
)
def test_a_title_of_several_lines_is_one_heading(name: str) -> None:
    article = read(shared_case(f"readers/{name}.pdf"))
    assert of_kind(article, K.HEADING)[0] == TITLE
    assert (article.title, article.origins["title"]) == (TITLE, "heading")


def test_headings_of_several_lines_are_one_each() -> None:
    article = read(shared_case("readers/c22d-pdf-printed-from-browser.pdf"))
    assert all(heading[0].isupper() for heading in of_kind(article, K.HEADING))


def test_abstracts_and_addresses_are_paragraphs() -> None:
    article = read(shared_case("readers/c23-pdf-indented-abstract.pdf"))
    assert of_kind(article, K.QUOTATION) == []
    assert any(text.startswith("Abstract. ") for text in of_kind(article, K.PARAGRAPH))
    assert any("jane@example.org" in text for text in of_kind(article, K.PARAGRAPH))
    article = read(shared_case("readers/c22-pdf-title-of-two-lines.pdf"))
    assert of_kind(article, K.QUOTATION) == []


def test_heads_that_run_into_their_paragraph_are_paragraphs() -> None:
    article = read(shared_case("readers/c24-pdf-run-in-heads.pdf"))
    assert [text.partition(":")[0] for text in of_kind(article, K.PARAGRAPH)][:3] == [
        "SUMMARY",
        "DATES",
        "ADDRESSES",
    ]
