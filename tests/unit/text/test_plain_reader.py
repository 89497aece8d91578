"""Plain text: its structure comes from the shape of its blocks."""

import html
import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from app.text.dates import DateOrder
from app.text.document import BlockKind, InlineKind
from app.text.readers import Unreadable, read_file
from tests.harness.plain_texts import (
    PROSE,
    TITLE,
    blocks,
    inlines,
    of_kind,
    paragraphs,
    read,
    texts,
)

SHARED = Path(__file__).parents[4] / "shared"
SEED = SHARED / "seeds" / "000_bb331ef4a46d670c.txt"
ARTICLES = SHARED / "data" / "articles"


# Blocks


def test_two_blank_lines_make_blocks_of_what_stands_between() -> None:
    article = read("One line\nand its rest.\n\nTwo.\n \t \u00a0\n\n\nThree.\n")
    assert texts(article) == ["One line and its rest.", "Two.", "Three."]
    assert article.document.text == "One line and its rest.\n\nTwo.\n\nThree."


def test_with_fewer_blank_lines_each_line_is_a_block() -> None:
    assert texts(read("One.\nTwo.\n\nThree.")) == ["One.", "Two.", "Three."]


def test_lines_too_long_to_be_wrapped_are_blocks_among_blank_lines_too() -> None:
    long = PROSE + " " + PROSE
    assert texts(read(paragraphs("One.", f"{long}\n{long}", "Three."))) == [
        "One.",
        long,
        long,
        "Three.",
    ]


def test_text_wrapped_by_hand_is_unwrapped_even_without_blank_lines() -> None:
    first = "It was said that the harbour would be opened to all who came in peace and\n" * 3
    second = "and nobody asked what would become of the well-\nknown men who worked in it."
    article = read(f"{first}{second}\n   Nobody asked them.")
    assert len(texts(article)) == 2
    assert texts(article)[0].endswith("of the well-known men who worked in it.")
    assert "\n" not in texts(article)[0]


def test_white_space_collapses_but_a_non_breaking_space_stays() -> None:
    assert texts(read("A  b\tc \u00a0 d 5\u00a0%.")) == ["A b c \u00a0 d 5\u00a0%."]


def test_rules_part_blocks_and_are_none() -> None:
    assert texts(read(paragraphs("One.", "* * *", "Two.", "-----", "Three."))) == [
        "One.",
        "Two.",
        "Three.",
    ]


# Headings


@pytest.mark.parametrize(
    "heading",
    [
        "Moving forward",
        "What should I do?",
        "1. Has nothing changed?",
        "\u201cNegotiations\u201d go nowhere",
        "Antipattern: Laundry lists",
        "What happened on January 6, 2021",
        "\u00bfQu\u00e9 hacer?",
        "\u7d50\u8ad6",
        "\u041a\u043e\u043c\u0443 \u044d\u0442\u043e \u0432\u044b\u0433\u043e\u0434\u043d\u043e?",
        "Dr. Smith and the U.S. Senate",
    ],
)
def test_a_short_line_above_prose_is_a_heading(heading: str) -> None:
    article = read(paragraphs(PROSE, heading, PROSE))
    assert of_kind(article, BlockKind.HEADING) == [heading]


@pytest.mark.parametrize(
    "line",
    [
        "It is so.",
        "It is so,",
        "He wrote:",
        "it is so",
        "It is so\u2026",
        "It is so.1",
        "He left. He knew it",
        "\u041e\u043d \u0443\u0448\u0451\u043b. \u041a\u0442\u043e \u0437\u043d\u0430\u043b?",
        "\u0388\u03c6\u03c5\u03b3\u03b5. \u03a4\u03bf \u03ae\u03be\u03b5\u03c1\u03b5",
        "\u4ed6\u8d70\u4e86\u3002\u8c01\u77e5\u9053\uff1f",
        "But is it so?",
        "The question is: why?",
        "\u201cIt is so.\u201d",
        "\u201cIt is",
        "- It is so",
        "> It is so",
        "https://a.example/b",
        "See https://a.example/b",
        "Paris, January 13, 2025",
        "Photo: Jane Doe",
        "12",
        PROSE.removesuffix(".") + " and longer than all that which follows",
        "Της Ελένης Μαρή, Ανάγνωσμα, 12 Μαρτίου 2024",
    ],
)
def test_other_short_lines_are_none(line: str) -> None:
    article = read(paragraphs(PROSE, line, PROSE))
    assert of_kind(article, BlockKind.HEADING) == []


def test_a_heading_is_not_longer_than_what_follows() -> None:
    assert of_kind(read(paragraphs(PROSE, "A heading or not", "No.")), BlockKind.HEADING) == []
    assert of_kind(read(paragraphs(PROSE, PROSE, "The last line")), BlockKind.HEADING) == []


def test_headings_may_follow_each_other_but_verses_are_none() -> None:
    article = read(paragraphs(PROSE, "A section", "A part of it", PROSE))
    assert of_kind(article, BlockKind.HEADING) == ["A section", "A part of it"]
    verses = ["In the room", "The women come", "And go", "Talking of it"]
    assert of_kind(read(paragraphs(PROSE, *verses, PROSE)), BlockKind.HEADING) == []


def test_an_underlined_line_is_a_heading() -> None:
    article = read(paragraphs(PROSE, "lower case\n==========", PROSE))
    assert of_kind(article, BlockKind.HEADING) == ["lower case"]


# Quotations


@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        ("\u201c", "\u201d"),
        ('"', '"'),
        ("\u2018", "\u2019"),
        ("\u00ab", "\u00bb"),
        ("\u201e", "\u201c"),
    ],
)
def test_a_quotation_over_several_blocks_opens_each_and_closes_the_last(
    opening: str, closing: str
) -> None:
    quoted = [f"{opening}One doesn't end.", f"{opening}Nor two", f"{opening}Three does.{closing}1"]
    article = read(paragraphs("He wrote this.", *quoted, "And so on."))
    assert of_kind(article, BlockKind.QUOTATION) == quoted
    assert [block.depth for block in article.document.blocks] == [0, 1, 1, 1, 0]


@pytest.mark.parametrize(
    "lines",
    [
        ["\u201cOne,\u201d he said.", "\u201cTwo,\u201d she said."],
        ["\u201cOne never closes.", "Two is plain."],
        ["\u201cOne never closes.", "\u201cNor does two."],
        ["\u201cOne,\u201d he said, \u201cis open.", "\u201cTwo.\u201d"],
        ["One \u201cis open.", "\u201cTwo closes.\u201d"],
        ['"One," he said.', '"Two," she said.'],
        ["\u2019Twas one.", "\u2019Twas two.\u2019"],
    ],
)
def test_speeches_in_turn_are_no_quotation(lines: list[str]) -> None:
    article = read(paragraphs("Before.", *lines, "After."))
    assert of_kind(article, BlockKind.QUOTATION) == []


def test_a_quotation_inside_a_quotation_does_not_close_it() -> None:
    quoted = ['"He said "yes" to it.', '"And (she "no") so on', '"It ended."']
    assert of_kind(read(paragraphs("Before.", *quoted)), BlockKind.QUOTATION) == quoted


def test_lines_with_angles_are_quotations_by_depth() -> None:
    article = read(paragraphs("Before.", "> One\n> goes on.\n>\n> Two.\n>> Three.", "After > 2."))
    assert of_kind(article, BlockKind.QUOTATION) == ["One goes on.", "Two.", "Three."]
    assert [block.depth for block in article.document.blocks] == [0, 1, 1, 2, 0]


# Lists


def test_bullets_and_numbers_are_markers_beside_the_text() -> None:
    article = read(
        paragraphs("Before:", "- One\n- Two\n  goes on", "* Three", "\u2022 Four", "After.")
    )
    found = [(block.marker, block.depth) for block in article.document.blocks]
    assert of_kind(article, BlockKind.LIST_ITEM) == ["One", "Two goes on", "Three", "Four"]
    assert found == [("", 0), *[("\u2022", 1)] * 4, ("", 0)]
    numbered = read(paragraphs("Before.", "1. One\n2. Two\n3) Three", "4. Four"))
    assert [block.marker for block in numbered.document.blocks] == ["", "1.", "2.", "3)", "4."]


def test_a_number_that_does_not_run_on_is_text() -> None:
    article = read(paragraphs("Before.", "12. That is what it cost.", "It was in\n10. And so on."))
    assert texts(article) == ["Before.", "12. That is what it cost.", "It was in 10. And so on."]
    assert of_kind(article, BlockKind.LIST_ITEM) == []


def test_a_name_under_a_quotation_is_no_list() -> None:
    article = read(paragraphs("Before.", "> One.", "- Jane Doe", "After."))
    assert texts(article)[2] == "- Jane Doe"


# Inlines


def test_addresses_are_hyperlinks_without_their_brackets() -> None:
    article = read("See [https://a.example/b] and https://c.example.")
    assert article.document.text == "See [https://a.example/b] and https://c.example."
    assert inlines(article, InlineKind.HYPERLINK) == [
        ("https://a.example/b", "https://a.example/b"),
        ("https://c.example", "https://c.example"),
    ]


def test_footnotes_are_blocks_where_their_numbers_are_those_of_the_marks() -> None:
    body = ["One.1 Two.2", "Three."]
    for parting in ("Notes", "Footnotes:", "---"):
        article = read(paragraphs(*body, parting, "1. First.", "2. Second.\nMore.", "The end."))
        notes = [block for block in article.document.blocks if block.kind is BlockKind.FOOTNOTE]
        assert of_kind(article, BlockKind.FOOTNOTE) == ["First.", "Second. More."]
        assert [note.marker for note in notes] == ["1", "2"]
        assert blocks(article)[-1] == (BlockKind.PARAGRAPH, "The end.")
        assert of_kind(article, BlockKind.HEADING) == ([parting] if "otes" in parting else [])
    unparted = read(paragraphs(*body, "[1] First.\n[2] Second."))
    assert of_kind(unparted, BlockKind.FOOTNOTE) == ["First.", "Second."]


def test_numbers_at_the_end_that_are_not_those_of_the_marks_are_a_list() -> None:
    article = read(paragraphs("One.1", "---", "1. First.", "2. Second."))
    assert of_kind(article, BlockKind.FOOTNOTE) == []
    assert of_kind(article, BlockKind.LIST_ITEM) == ["First.", "Second."]
    unparted = read(paragraphs("One.1 Two.2", "We ask this:", "1. First.", "2. Second."))
    assert of_kind(unparted, BlockKind.LIST_ITEM) == ["First.", "Second."]


# What cannot be read


@pytest.mark.parametrize(
    "text", [" \n\t\n", "\u200b\n\u00a0", "By Jane Doe, Reuters, 1/13/25", "---"]
)
def test_a_file_without_text_is_refused(text: str) -> None:
    with pytest.raises(Unreadable, match="no text"):
        read(text)


def test_a_file_of_another_type_is_refused() -> None:
    with pytest.raises(Unreadable, match=r"Only \.txt, \.md"):
        read("x", "x.xyz")


def test_a_file_too_large_is_refused() -> None:
    with pytest.raises(Unreadable, match="10 MB"):
        read("x" * 10_000_001)
    with pytest.raises(Unreadable, match="5,000,000 characters"):
        read("x" * 5_000_001)


# Real articles


@pytest.mark.skipif(not SEED.exists(), reason="needs ../shared/seeds")
def test_the_shared_article_is_read_as_it_is_meant() -> None:
    article = read_file(SEED.name, SEED.read_bytes(), date_order=DateOrder.DMY)
    kinds = [block.kind for block in article.document.blocks]
    assert (article.author, article.publication) == ("Yves Smith", "Naked Capitalism")
    assert article.published_on == date(2025, 1, 13)
    assert article.guessed == frozenset()
    assert article.title.startswith("Why the Trump ")
    assert len(kinds) == 17
    assert Counter(kinds)[BlockKind.HEADING] == 1
    assert [n for n, kind in enumerate(kinds, 1) if kind is BlockKind.QUOTATION] == [12, 13, 14, 15]
    assert len(inlines(article, InlineKind.HYPERLINK)) == 1
    assert inlines(article, InlineKind.FOOTNOTE_MARK) == [("1", "1"), ("2", "2")]


@pytest.mark.skipif(not ARTICLES.exists(), reason="needs ../shared/data/articles")
def test_headings_are_found_as_precisely_as_promised() -> None:
    right = found = stated = 0
    for path in sorted(ARTICLES.glob("20*.txt")):
        article = read_file(path.name, path.read_bytes(), date_order=DateOrder.MDY)
        expected = Counter(_headings_of(path.with_suffix(".html")))
        got = Counter(of_kind(article, BlockKind.HEADING))
        right += (expected & got).total()
        found += got.total()
        stated += expected.total()
    assert stated == 66
    assert right >= found * 0.95
    assert right >= stated * 0.85


def _headings_of(path: Path) -> list[str]:
    """Return the headings of a page but its title, which the plain text does not have."""
    found = re.findall(r"<h[1-6][^>]*>(.*?)</h[1-6]>", path.read_text(), re.DOTALL)
    plain = (html.unescape(re.sub("<[^>]+>", "", heading)) for heading in found)
    return [" ".join(heading.split()) for heading in plain][1:]


@pytest.mark.parametrize("stop", ["", ".", ")"])
@pytest.mark.parametrize("between", ["\n", "\n\n"])
def test_plain_numbers_at_the_foot_are_footnotes_where_the_text_has_their_marks(
    stop: str, between: str
) -> None:
    notes = between.join([f"1{stop} See the minutes.", f"2{stop} “The price”, p. 3."])
    marked = ["Nobody has said.1 Not once.", "They gave a price,2 and left.", "So it ends."]
    article = read(paragraphs(TITLE, *marked, notes))
    assert of_kind(article, BlockKind.FOOTNOTE) == ["See the minutes.", "“The price”, p. 3."]
    assert inlines(article, InlineKind.FOOTNOTE_MARK) == [("1", "1"), ("2", "2")]
    markers = [block.marker for block in article.document.blocks if block.marker]
    assert markers == ["1", "2"]
    # After a rule in the midst of the text, too.
    article = read(paragraphs(TITLE, marked[0], "* * *", *marked[1:], notes))
    assert len(of_kind(article, BlockKind.FOOTNOTE)) == 2
    # With other numbers they are a list, or paragraphs.
    for wrong in ([marked[0]], [*marked, "And that.3 So."], ["Nobody has said."]):
        assert of_kind(read(paragraphs(TITLE, *wrong, PROSE, notes)), BlockKind.FOOTNOTE) == []


def test_a_wrapped_line_that_begins_with_a_number_is_no_footnote() -> None:
    article = read(paragraphs(PROSE, "Said.1 So.2 It is.", "1 man in\n2 of these towns went."))
    assert texts(article)[-1] == "1 man in 2 of these towns went."


# Mail

MAIL = "From: Jane Doe <jane@example.org>\nTo: x@example.org\n{date}\nSubject: {subject}\n\n"


@pytest.mark.parametrize(
    "head",
    [
        MAIL.format(date="Date: Tue, 5 Mar 2024 10:00:00 +0100", subject="The bridge"),
        "---------- Forwarded message ---------\n"
        + MAIL.format(date="Sent: Tue, Mar 5, 2024 at 10:00 AM", subject="Re: Fwd: The bridge"),
        "Von: Jane Doe\nDatum: 5. März 2024\nBetreff: AW: The bridge\n",
    ],
)
def test_the_head_of_a_mail_says_who_wrote_it_when_and_about_what(head: str) -> None:
    article = read(f"{head}{paragraphs('One.', PROSE, PROSE)}")
    assert (article.title, article.author) == ("The bridge", "Jane Doe")
    assert article.published_on == date(2024, 3, 5)
    assert texts(article)[0] == "One."
    assert article.left_out[0].piece.text == head.strip("\n")


@pytest.mark.parametrize(
    "text", ["From: here\n\nTo: there\n\nSubject: none", "From: a\nSubject: b"]
)
def test_what_only_begins_like_a_mail_is_read_whole(text: str) -> None:
    article = read(text)
    assert "From: " in article.document.text
    assert "Subject: " in article.document.text
