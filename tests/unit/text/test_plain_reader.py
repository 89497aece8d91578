"""Plain text: its structure comes from the shape of its blocks."""

import html
import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text.dates import DateOrder
from app.text.document import BLOCK_SEPARATOR, Block, BlockKind, Document, InlineKind, Piece
from app.text.left_out import LeftOut, move
from app.text.parsed import ParsedArticle
from app.text.readers import Unreadable, read_file
from tests.harness.shared import shared_case

SHARED = Path(__file__).parents[4] / "shared"
SEED = SHARED / "seeds" / "000_bb331ef4a46d670c.txt"
ARTICLES = SHARED / "data" / "articles"
PROSE = "This is a paragraph of prose, long enough that a heading may well stand above it."


def read(text: str, name: str = "a-file.txt", order: DateOrder = DateOrder.MDY) -> ParsedArticle:
    return read_file(name, text.encode(), date_order=order)


def blocks(article: ParsedArticle) -> list[tuple[BlockKind, str]]:
    text = article.document.text
    return [(block.kind, text[block.start : block.end]) for block in article.document.blocks]


def texts(article: ParsedArticle) -> list[str]:
    return [text for _, text in blocks(article)]


def of_kind(article: ParsedArticle, kind: BlockKind) -> list[str]:
    return [text for block_kind, text in blocks(article) if block_kind is kind]


def inlines(article: ParsedArticle, kind: InlineKind) -> list[tuple[str, str]]:
    text = article.document.text
    return [
        (text[inline.start : inline.end], inline.target)
        for inline in article.document.inlines
        if inline.kind is kind
    ]


def paragraphs(*parts: str) -> str:
    return "\n\n".join(parts)


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


# Byline and title


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


# Every text


@given(st.text(st.characters(), max_size=400), st.sampled_from(["a.txt", "a.md"]))
def test_any_text_is_read_into_a_whole_document_or_refused(text: str, name: str) -> None:
    content = text.encode("utf-8", "replace")
    try:
        article = read_file(name, content, date_order=DateOrder.MDY)
    except Unreadable:
        return
    check(article.document)
    assert read_file(name, content, date_order=DateOrder.MDY) == article


PARTS = [
    *(
        "\n",
        "\n\n",
        " ",
        "\t",
        "By Jane Doe",
        ", ",
        "1/2/25",
        "A Heading",
        "word.1 ",
        "word\u201d2 ",
    ),
    *(
        "\u201c",
        "\u201d",
        '"',
        "> ",
        "- ",
        "* ",
        "1. ",
        "[1] ",
        "[^1]",
        "[^1]: ",
        "https://a.example ",
    ),
    *(
        "[",
        "]",
        "(",
        ")",
        "---",
        "===",
        "# ",
        "| a | b |\n|--|--|\n",
        "`",
        "**",
        "_",
        "    ",
        "![a](b)",
    ),
    *(
        "<b>",
        "&nbsp;",
        "&#8232;",
        "\\",
        "```\n",
        "Notes",
        "title: x",
        "\u00a0",
        "\U0001f469\u200d\U0001f467",
    ),
]


@given(st.lists(st.sampled_from(PARTS), max_size=40), st.sampled_from(["a.txt", "a.md"]))
def test_any_shape_is_read_into_a_whole_document_or_refused(parts: list[str], name: str) -> None:
    try:
        article = read_file(name, "".join(parts).encode(), date_order=DateOrder.MDY)
    except Unreadable:
        return
    check(article.document)
    assert article.title


def check(document: Document) -> None:
    """Blocks join to the text in order; each inline lies inside one block."""
    shown = [document.text[block.start : block.end] for block in document.blocks]
    assert shown
    assert all(text.strip() for text in shown)
    assert BLOCK_SEPARATOR.join(shown) == document.text
    end = -len(BLOCK_SEPARATOR)
    for block in document.blocks:
        assert block.start == end + len(BLOCK_SEPARATOR)
        end = block.end
    assert end == len(document.text)
    for inline in document.inlines:
        assert any(_holds(block, inline.start, inline.end) for block in document.blocks)


def _holds(block: Block, start: int, end: int) -> bool:
    return block.start <= start < end <= block.end


@pytest.mark.parametrize("name", ["a.txt", "a.md"])
@pytest.mark.parametrize(
    "unit",
    [
        *(
            "(",
            '"""',
            "1.1.1.1",
            "by by by ",
            "\u201c",
            "word.1\u201d",
            "[",
            "](",
            "https://a.b)",
            "`",
        ),
        *(
            "\u0316\u0300",
            "- ",
            "> ",
            "By A, ",
            "a\u201c\n\n",
            "\u201ca\n",
            "*a **b ",
            "| a ",
            "[^1]",
        ),
    ],
)
def test_long_repetitions_are_read_in_time_that_grows_with_length_alone(
    unit: str, name: str
) -> None:
    content = (unit * (50_000 // len(unit))).encode()
    try:
        article = read_file(name, content, date_order=DateOrder.MDY)
    except Unreadable as error:
        assert "no text" in str(error)  # noqa: PT017 "> " alone holds none
    else:
        assert article.document.blocks


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


# The head of a text that was copied from a page


HEAD = [
    "readers/c15-pasted-head-single-newlines.txt",
    "readers/c15b-title-and-byline-only.txt",
    "readers/c15d-headline-standfirst.txt",
    "readers/c16-byline-after-three-blocks.txt",
    "readers/c16b-byline-heading.txt",
]
TITLE = "The Bridge Nobody Asked For"


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
BODY = paragraphs(*[f"{PROSE} {PROSE} {PROSE}"] * 3)


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
