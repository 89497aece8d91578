"""Plain text: title, standfirst, byline and date at its head, and what a page offers around it."""

import re
from datetime import date

import pytest

from app.text.dates import DateOrder
from app.text.document import BlockKind, Piece
from app.text.left_out import LeftOut, move
from tests.harness.plain_texts import BODY, PROSE, TITLE, blocks, of_kind, paragraphs, read, texts
from tests.harness.shared import shared_case


def test_a_byline_leaves_the_text_and_a_dateline_stays() -> None:
    article = read(
        paragraphs("A Title", "By Jane Doe, Reuters, 1/13/25", "Paris, May 3, 2025", PROSE)
    )
    assert (article.author, article.publication) == ("Jane Doe", "Reuters")
    assert article.published_on == date(2025, 1, 13)
    assert texts(article) == ["A Title", "Paris, May 3, 2025", PROSE]
    assert article.title == "A Title"
    assert article.guessed == frozenset()


def test_a_title_and_a_byline_on_lines_together_are_two() -> None:
    article = read(paragraphs("A Title\nBy Jane Doe\nMay 3, 2025", PROSE, PROSE))
    assert (article.title, article.author) == ("A Title", "Jane Doe")
    assert article.published_on == date(2025, 5, 3)
    assert texts(article) == ["A Title", PROSE, PROSE]


def test_a_date_that_could_be_two_follows_the_order_and_is_guessed() -> None:
    text = f"By Jane Doe, Reuters, 4/5/25\n{PROSE}"
    assert read(text).published_on == date(2025, 4, 5)
    assert read(text, order=DateOrder.DMY).published_on == date(2025, 5, 4)
    assert "published_on" in read(text).guessed


def test_a_heading_of_markdown_gives_the_title_and_stays_in_the_text() -> None:
    article = read("# The River Road #\n\nIt floods every spring.\n\n## Why\n\nNobody knows.")
    assert article.title == "The River Road"
    assert "title" not in article.guessed
    assert texts(article)[0] == "# The River Road #"
    assert read("#road floods\n\nIt does, and nobody knows why.").title == "A file"


def test_the_title_is_the_only_heading_or_the_first_block() -> None:
    assert read(paragraphs(PROSE, "Only Heading", PROSE)).title == "Only Heading"
    first = read(paragraphs("First", PROSE, "Second", PROSE))
    assert first.title == "First"
    assert [block.level for block in first.document.blocks] == [1, 0, 2, 0]
    assert not first.guessed


def test_without_one_the_title_is_the_files_name_and_a_guess() -> None:
    article = read(paragraphs(PROSE, "One", PROSE, "Two", PROSE), "dir/2014-11-13-why_we-do.txt")
    assert article.title == "Why we do"
    assert article.guessed == {"title"}
    assert read(PROSE, "000_bb331ef4.txt").title == "Bb331ef4"
    assert read(PROSE, "2024.txt").title == "2024"


def test_a_heading_over_footnotes_is_no_title() -> None:
    article = read(paragraphs(PROSE + "1", "Notes", "1. First note."), "name.txt")
    assert article.title == "Name"


HEAD = [
    "readers/c15-pasted-head-single-newlines.txt",
    "readers/c15b-title-and-byline-only.txt",
    "readers/c15d-headline-standfirst.txt",
    "readers/c16-byline-after-three-blocks.txt",
    "readers/c16b-byline-heading.txt",
]


@pytest.mark.parametrize("case", HEAD)
def test_title_standfirst_and_byline_of_the_cases_are_told_apart(case: str) -> None:
    article = read(shared_case(case).decode())
    is_long = "standfirst" in case
    title = f"{TITLE} and Nobody Will Pay For" if is_long else TITLE
    assert (article.title, article.author) == (title, "Jane Doe")
    has_date = is_long or "title-and-byline" in case
    assert article.published_on == (None if has_date else date(2024, 3, 5))
    assert not article.guessed
    assert of_kind(article, BlockKind.HEADING) == [title]
    assert not any("Jane Doe" in text or "2024" in text for text in texts(article))
    assert [one.piece.text for one in article.left_out] == (
        {HEAD[3]: ["Share this story"], HEAD[4]: ["Share"]}.get(case, [])
    )
    assert len(of_kind(article, BlockKind.PARAGRAPH)) == {HEAD[1]: 3, HEAD[3]: 5, HEAD[4]: 5}.get(
        case, 4
    )


STANDFIRST = "A town is about to sign for thirty years"


@pytest.mark.parametrize(
    "head",
    [
        f"{TITLE}\n{STANDFIRST}\nBy Jane Doe\nMarch 5, 2024",
        f"{TITLE}\n{STANDFIRST}\n\nBy Jane Doe\nMarch 5, 2024",
        f"{TITLE}\n{STANDFIRST}\n\nBy Jane Doe, March 5, 2024",
        f"{TITLE}\n\n{STANDFIRST}\n\nBy Jane Doe\n\nMarch 5, 2024",
        f"{TITLE}\n{STANDFIRST}\n\nMarch 5, 2024",
    ],
)
def test_a_standfirst_is_a_paragraph_below_the_title(head: str) -> None:
    article = read(paragraphs(head, BODY))
    assert (article.title, article.published_on) == (TITLE, date(2024, 3, 5))
    assert "author" not in article.guessed
    assert texts(article)[:2] == [TITLE, STANDFIRST]
    assert texts(article)[2].startswith(PROSE)
    if "By" in head:
        assert of_kind(article, BlockKind.HEADING) == [TITLE]


@pytest.mark.parametrize(
    "signature",
    [
        ["Jane Doe", "March 5, 2024 · 6 min read"],
        ["Jane Doe", "Follow", "6 min read · Mar 5, 2024"],
        ["Jane Doe", "·", "Follow", "18 min read", "·", "Mar 5, 2024"],
        ["Jane Doe\nFollow\nMar 5, 2024 · 18 min read"],
    ],
)
def test_a_bare_name_is_an_author_above_follow_or_a_date_with_a_reading_time(
    signature: list[str],
) -> None:
    head = [TITLE, f"{STANDFIRST}.", *signature, "Share"]
    if "\n" in signature[0]:
        head = [f"{TITLE}\n{signature[0]}"]
    article = read(paragraphs(*head, BODY))
    assert (article.title, article.author) == (TITLE, "Jane Doe")
    assert article.published_on == date(2024, 3, 5)
    assert not article.guessed
    assert of_kind(article, BlockKind.HEADING) == [TITLE]
    assert not re.search("Jane|Follow|min read", article.document.text)


@pytest.mark.parametrize(
    "below", [["New York", "March 5, 2024"], ["Jane Doe", PROSE], ["Jane", "Follow"]]
)
def test_any_other_bare_line_is_no_author(below: list[str]) -> None:
    article = read(paragraphs(TITLE, *below, BODY))
    assert article.author == ""
    assert below[0] in texts(article)


@pytest.mark.parametrize(
    "day", ["5 mars 2024", "5. März 2024", "5 de marzo de 2024", "5 марта 2024", "2024年3月5日"]
)
def test_a_date_in_any_language_is_no_heading(day: str) -> None:
    article = read(paragraphs(TITLE, STANDFIRST, PROSE, day, BODY))
    assert day not in of_kind(article, BlockKind.HEADING)
    heading = "4 lessons from 2024"
    assert heading in of_kind(read(paragraphs(TITLE, BODY, heading, BODY)), BlockKind.HEADING)


@pytest.mark.parametrize(
    ("author", "day"),
    [
        ("Par Élodie Martin", "4 février 2025"),
        ("Von Jörg Weiß", "3. November 2024"),
        ("Анна Кольцова", "12 марта 2025"),
        ("Sam Rowe", "March 3, 2025"),
    ],
)
def test_a_head_on_lines_of_its_own_is_cut_by_its_day_in_any_language(
    author: str, day: str
) -> None:
    article = read(paragraphs(f"{TITLE}\n{author}\n{day}", PROSE, BODY))
    assert article.title == TITLE
    assert author in texts(article)


def test_a_wrapped_first_paragraph_stays_one() -> None:
    first = "Nobody in the harbour had seen the bill that the\nTown had to pay in the end."
    article = read(paragraphs(first, PROSE, PROSE, PROSE))
    assert texts(article)[0] == first.replace("\n", " ")


@pytest.mark.parametrize(
    "offer",
    [
        "Share this story",
        "Share",
        "SHARE THIS ARTICLE ON TWITTER",
        "Share on Facebook",
        "Tweet",
        "Print this page",
        "Email this article",
        "Follow",
        "Follow us on Mastodon",
        "Save this story",
        "Listen to this article",
        "12 Comments",
        "Leave a comment",
        "Copy link",
    ],
)
def test_what_a_page_offers_is_left_out_above_its_article_and_hides_no_byline(offer: str) -> None:
    standfirst = f"{STANDFIRST}."
    article = read(paragraphs(TITLE, standfirst, offer, "By Jane Doe", "March 5, 2024", BODY))
    assert (article.title, article.author) == (TITLE, "Jane Doe")
    assert article.left_out == (LeftOut(Piece(offer), 2),)
    back, _ = move(article.document, article.left_out, [0], is_back=True)
    assert [piece.text for piece in back.pieces()][:3] == [TITLE, standfirst, offer]
    below = read(paragraphs(TITLE, BODY, offer, BODY))
    is_plain = " " in offer
    assert ((BlockKind.PARAGRAPH, offer) in blocks(below)) is not is_plain
    assert bool(below.left_out) is is_plain


@pytest.mark.parametrize(
    "row",
    [
        ["Share", "Facebook", "Twitter", "Email"],
        ["Share this article", "Facebook | Twitter | LinkedIn", "12"],
        ["Print", "Save", "Comments"],
        ["Partager", "Facebook"],
    ],
)
def test_a_row_of_offers_is_left_out_wherever_it_stands(row: list[str]) -> None:
    article = read(paragraphs(TITLE, BODY, *row, BODY))
    assert [one.piece.text for one in article.left_out] == row
    assert texts(article) == texts(read(paragraphs(TITLE, BODY, BODY)))


@pytest.mark.parametrize(
    "rows", [["Facebook", "Twitter"], ["Print"], ["12"], ["Share the burden of it"], ["Follow him"]]
)
def test_words_that_offer_nothing_stay(rows: list[str]) -> None:
    article = read(paragraphs(TITLE, BODY, *rows, BODY))
    assert article.left_out == ()
    assert set(rows) <= set(texts(article))


@pytest.mark.parametrize(
    "heading", ["Share and share alike", "Follow the money", "Print is dead", "Tweets and truth"]
)
def test_a_heading_that_begins_like_an_offer_is_one(heading: str) -> None:
    assert (BlockKind.HEADING, heading) in blocks(read(paragraphs(TITLE, BODY, heading, BODY)))
