"""Markdown: its structure is written, its front matter too."""

from datetime import date

import pytest

from app.text.dates import DateOrder
from app.text.document import Block, BlockKind, InlineKind
from app.text.parsed import ParsedArticle
from app.text.readers import Unreadable, read_file

FRONT = """---
title: "Why: it matters"
authors: [Jane Doe, {name: John Roe}]
publication: The Nation
date: 2025-01-13
url: https://example.com/a
lang: no
---
"""


def read(text: str, name: str = "a-file.md") -> ParsedArticle:
    return read_file(name, text.encode(), date_order=DateOrder.MDY)


def blocks(article: ParsedArticle) -> list[tuple[BlockKind, str]]:
    text = article.document.text
    return [(block.kind, text[block.start : block.end]) for block in article.document.blocks]


def only(text: str) -> tuple[Block, str]:
    article = read(text)
    assert len(article.document.blocks) == 1
    return article.document.blocks[0], article.document.text


def inlines(text: str) -> list[tuple[InlineKind, str, str]]:
    document = read(text).document
    return [
        (inline.kind, document.text[inline.start : inline.end], inline.target)
        for inline in document.inlines
    ]


# Front matter


def test_front_matter_says_what_the_article_is() -> None:
    article = read(FRONT + "# A heading\n\nBy Ann Lee, Reuters, 1/2/25\n")
    assert article.title == "Why: it matters"
    assert article.author == "Jane Doe, John Roe"
    assert article.publication == "The Nation"
    assert article.published_on == date(2025, 1, 13)
    assert article.source_url == "https://example.com/a"
    assert article.language == "no"
    assert article.guessed == frozenset()
    assert article.document.text == "A heading\n\nBy Ann Lee, Reuters, 1/2/25"


def test_fields_have_other_names_and_may_be_missing() -> None:
    article = read("---\nAuthor: Jane Doe\npublished: May 3, 2025\nsource_url: x\n---\nText.")
    assert (article.author, article.published_on) == ("Jane Doe", date(2025, 5, 3))
    assert (article.publication, article.source_url, article.language) == ("", "", "")
    assert (article.title, article.guessed) == ("A file", frozenset({"title"}))


@pytest.mark.parametrize(("written", "day"), [("4/5/2025", date(2025, 4, 5)), ("soon", None)])
def test_a_date_in_doubt_is_a_guess(written: str, day: date | None) -> None:
    article = read(f"---\ntitle: T\ndate: {written}\n---\nText.")
    assert (article.published_on, article.guessed) == (day, frozenset({"published_on"}))


def test_a_title_alone_leaves_the_byline_to_the_text() -> None:
    article = read("---\ntitle: T\n---\n*By Jane Doe, Reuters, 1/13/25*\n\nText.")
    assert (article.title, article.author, article.document.text) == ("T", "Jane Doe", "Text.")


@pytest.mark.parametrize(
    ("front", "line"),
    [
        ("title: T\nauthor: [Jane", 3),
        ("title: a: b", 2),
        ("title: T\ndate: 'x\n", 3),
        ("title: T\nauthor: \ufffe", 3),
        ("- a\nb: c", 3),
    ],
)
def test_front_matter_that_is_not_yaml_is_refused_with_its_line(front: str, line: int) -> None:
    with pytest.raises(Unreadable, match=f"not valid YAML in line {line}:"):
        read(f"---\n{front}\n---\nText.")


def test_front_matter_that_would_take_for_ever_is_refused() -> None:
    with pytest.raises(Unreadable, match="too deep"):
        read("---\n" + "[" * 15_000 + "\n---\nText.")
    with pytest.raises(Unreadable, match="20,000"):
        read("---\n" + "a: b\n" * 10_000 + "\n---\nText.")
    with pytest.raises(Unreadable, match="recursive"):
        read("---\nauthors: &a [*a]\n---\nText.")
    lists = "".join(f"a{n}: &a{n} [{f'*a{n - 1}, ' * 9}]\n" for n in range(1, 40))
    bomb = f"a0: &a0 [x]\n{lists}author: *a39\n"
    assert read(f"---\n{bomb}---\nText.").author == ""


def test_text_between_two_rules_is_text() -> None:
    assert read("---\n\nOne.\n\n---\n\nTwo.").document.text == "One.\n\nTwo."
    assert read("---\n\nOne.").document.text == "One."
    assert read("---\n---\nOne.").document.text == "One."


# Blocks


def test_headings_have_levels_and_the_first_is_the_title() -> None:
    article = read("Text.\n\n## First *one*[^1]\n\nSetext\n===\n\n[^1]: Note.")
    assert article.title == "First one"
    assert not article.guessed
    assert [block.level for block in article.document.blocks] == [0, 2, 1, 0]


def test_the_byline_is_looked_for_as_in_plain_text() -> None:
    article = read("# T\n\n**By Jane Doe**  \nThe Nation, 13 January 2025\n\nText.")
    assert (article.author, article.publication) == ("Jane Doe", "The Nation")
    assert article.published_on == date(2025, 1, 13)
    assert article.document.text == "T\n\nText."


def test_quotations_nest() -> None:
    article = read("> One\n> goes on.\n>\n> > Two.\n\nAfter.")
    found = [(block.kind, block.depth) for block in article.document.blocks]
    assert [text for _, text in blocks(article)] == ["One goes on.", "Two.", "After."]
    assert found == [
        (BlockKind.QUOTATION, 1),
        (BlockKind.QUOTATION, 2),
        (BlockKind.PARAGRAPH, 0),
    ]


def test_lists_nest_and_their_markers_stand_beside_the_text() -> None:
    article = read("3. Three\n4. Four\n   - Sub\n\n     More\n\n1) One\n\n> - Quoted")
    text = article.document.text
    assert [
        (text[block.start : block.end], block.marker, block.depth)
        for block in article.document.blocks
    ] == [
        ("Three", "3.", 1),
        ("Four", "4.", 1),
        ("Sub", "\u2022", 2),
        ("More", "", 2),
        ("One", "1)", 1),
        ("Quoted", "\u2022", 2),
    ]


def test_a_table_is_rows_of_cells() -> None:
    block, text = only("| a | *b* |\n|---|---|\n| 1 | x https://t.example |\n| | |")
    assert block.kind is BlockKind.TABLE
    assert text == "a\tb\n1\tx https://t.example\n\t".strip("\n\t") + "\n\t"
    assert [shown for _, shown, _ in inlines("|a|*b*|\n|-|-|\n|1|**c**|")] == ["b", "c"]


def test_code_keeps_its_white_space() -> None:
    block, text = only("```py\ndef f():\n\n\treturn  1\n```")
    assert (block.kind, text) == (BlockKind.PREFORMATTED, "def f():\n\n\treturn  1")
    assert only("    indented\n      more") == (block_of("indented\n  more"), "indented\n  more")


def block_of(text: str) -> Block:
    return Block(0, len(text), BlockKind.PREFORMATTED)


def test_an_image_is_its_words() -> None:
    block, text = only("![a *cat*](x.png)")
    assert (block.kind, text) == (BlockKind.IMAGE, "[Image: a cat]")
    block, text = only("See ![](x.png)")
    assert (block.kind, text) == (BlockKind.PARAGRAPH, "See [Image]")


def test_html_is_text() -> None:
    assert only("a <b>c</b> <script>x</script>")[1] == "a <b>c</b> <script>x</script>"
    assert only("<div>\n*x*\n</div>")[1] == "<div> x </div>"


# Inlines


def test_emphasis_code_and_hyperlinks_are_ranges() -> None:
    text = "An *old **and** new* `x  y` [link *in*](https://a.example 'T') end."
    assert read(text).document.text == "An old and new x  y link in end."
    assert inlines(text) == [
        (InlineKind.EMPHASIS, "old and new", ""),
        (InlineKind.STRONG, "and", ""),
        (InlineKind.CODE, "x  y", ""),
        (InlineKind.HYPERLINK, "link in", "https://a.example"),
        (InlineKind.EMPHASIS, "in", ""),
    ]


def test_only_safe_targets_are_hyperlinks() -> None:
    text = "[a](/a) [b](#b) [c](ftp://c.example) [d](mailto:d@e.example) <https://f.example>"
    assert [(shown, target) for _, shown, target in inlines(text)] == [
        ("d", "mailto:d@e.example"),
        ("https://f.example", "https://f.example"),
    ]
    assert inlines("[x](javascript:alert) [y](data:text/html,z)") == []


def test_bare_addresses_are_hyperlinks_but_not_in_code_or_links() -> None:
    text = "[https://a.example/b_c_d] `https://e.example` [https://f.example](https://g.example)"
    assert [target for kind, _, target in inlines(text) if kind is InlineKind.HYPERLINK] == [
        "https://a.example/b_c_d",
        "https://g.example",
    ]


def test_white_space_is_as_shown() -> None:
    assert only("a  b\nc\td\u00a0 e")[1] == "a b c d\u00a0 e"
    assert only("One  \ntwo\\\nthree")[1] == "One\ntwo\nthree"
    assert only("* *\n\na&#10;b&#8232;c&nbsp;d")[1] == "a b c\u00a0d"
    assert inlines("x **a** ") == [(InlineKind.STRONG, "a", "")]


# Footnotes


def test_footnotes_are_marks_and_blocks_at_the_end() -> None:
    article = read("One.[^1]\n\n[^1]: word\n[^2]:\n    Two\n    *on*.\n\n    More.\n\nThree.[^2]")
    assert blocks(article) == [
        (BlockKind.PARAGRAPH, "One.1"),
        (BlockKind.PARAGRAPH, "Three.2"),
        (BlockKind.FOOTNOTE, "word"),
        (BlockKind.FOOTNOTE, "Two on."),
        (BlockKind.FOOTNOTE, "More."),
    ]
    assert [block.marker for block in article.document.blocks] == ["", "", "1", "2", ""]
    assert inlines("One.[^1]") == [(InlineKind.FOOTNOTE_MARK, "1", "1")]


def test_named_footnotes_are_numbered_in_the_order_of_their_marks() -> None:
    text = "One.[^b] Two.[^a] [^none]\n\n[^a]: Note a.\n\n[^b]: Note b."
    assert read(text).document.text == "One.1 Two.2 [^none]\n\nNote b.\n\nNote a."


def test_code_holds_no_footnotes() -> None:
    assert only("`[^1]`")[1] == "[^1]"
    assert only("```\n[^1]: x\n```")[1] == "[^1]: x"
    assert only("\\[^1]")[1] == "[^1]"
