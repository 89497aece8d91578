"""Markdown: its structure is written, its front matter too."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text.dates import DateOrder
from app.text.document import Block, BlockKind, InlineKind
from app.text.parsed import ParsedArticle
from app.text.readers import Unreadable, read_file
from tests.harness.shared import shared_case

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


def words_of(text: str) -> list[str]:
    return [words for _kind, words in blocks(read(text))]


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


def test_html_is_what_it_means() -> None:
    assert only("a <b>c</b> <script>x</script> d")[1] == "a c d"
    assert only("<div>\nwords &amp; more\n</div>")[1] == "words & more"
    assert inlines("a <b>c *d</b> e* <a href='https://a.example?x=1&amp;y=2'>f</a> <em>g") == [
        (InlineKind.STRONG, "c d", ""),
        (InlineKind.EMPHASIS, "d e", ""),
        (InlineKind.HYPERLINK, "f", "https://a.example?x=1&y=2"),
    ]
    assert inlines("<a href='javascript:x'>f</a>") == []
    assert only("a<br>b <!-- c --> <q>d</q> <img src=x alt='e f'>")[1] == (
        "a\nb \u201cd\u201d [Image: e f]"
    )
    assert only("H<sub>2</sub>O")[1] == "H2O"
    assert blocks(read("<h2>Head</h2>\n<ul><li>one</ul>\n\n</div>\n\n<!-- no -->\n")) == [
        (BlockKind.HEADING, "Head"),
        (BlockKind.LIST_ITEM, "one"),
    ]


def test_a_word_in_angle_brackets_is_a_word() -> None:
    words = "Fill in <your name> and <placeholder>."
    assert only(words)[1] == words
    assert only("<placeholder>\nwords")[1] == "<placeholder> words"


def test_an_element_that_is_never_closed_hides_no_more_than_a_browser_would() -> None:
    assert only("a <meta charset=x> b <input> c")[1] == "a b c"
    assert only("a <video> b")[1] == "a b"


def test_tags_that_never_close_take_no_longer_than_others() -> None:
    assert only("<b>" * 20_000 + "word" + "</i>" * 20_000)[1] == "word"


@pytest.mark.parametrize(
    "shortcode",
    [
        '{{< figure src="a_b_c.png" title="x *y* z" >}}',
        "{{% notice tip %}}",
        "{% include x.html %}",
        "{{ page.title }}",
        "{: .lead}",
    ],
)
def test_shortcodes_are_left_out_but_in_code(shortcode: str) -> None:
    assert only(f"Before {shortcode} after.")[1] == "Before after."
    assert only(f"`{shortcode}` is one.")[1] == f"{shortcode} is one."
    assert words_of(f"One.\n\n{shortcode}\n\nTwo.") == ["One.", "Two."]


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("See [[The Ferry]] now.", "See The Ferry now."),
        ("See [[Notes/Ferry|the *old* ferry]].", "See the old ferry."),
        ("A ==marked **word**== here.", "A marked word here."),
        ("One %%a comment%% two ![[bridge.png]] three.", "One two three."),
        ("> [!note]- A callout", "A callout"),
        ("See [the budget]({% post_url 2024-01-01-budget %}).", "See the budget."),
        ("See [the budget]({{< ref budget.md >}}#sum).", "See the budget."),
        ("[[1]](https://example.org) a==b [x]", "[1] a==b [x]"),
        ("`[[a]] ==b==` [[ ]", "[[a]] ==b== [[ ]"),
    ],
)
def test_notebooks_and_sites_write_links_of_their_own(written: str, words: str) -> None:
    assert only(written)[1] == words


def test_the_front_matter_of_a_notebook_links_to_people() -> None:
    article = read(
        '---\nauthor:\n  - "[[Jane Doe]]"\n  - "[[people/roe|John Roe]]"\n'
        "source: https://example.org/x\n---\nA text."
    )
    assert article.author == "Jane Doe, John Roe"
    assert article.source_url == "https://example.org/x"


def test_the_id_of_a_heading_is_none_of_its_words() -> None:
    assert only("## Costs {#the-costs}")[1] == "Costs"


def test_braces_that_are_no_shortcode_stay() -> None:
    for words in ("a {b} c", "{{ unclosed", "{% unclosed", "{ {< x >} }"):
        assert only(words)[1] == words


def test_soft_hyphens_are_left_out() -> None:
    assert only("audi\u00adtor and exem&shy;plary `a\u00adb`")[1] == "auditor and exemplary ab"


def test_a_shared_file_with_toml_front_matter() -> None:
    article = read_file(
        "a.md", shared_case("readers/c18-toml-front-matter.md"), date_order=DateOrder.MDY
    )
    assert (article.title, article.author) == ("The Bridge", "Jane Doe")
    assert article.published_on == date(2024, 3, 5)
    assert "+++" not in article.document.text


def test_a_shared_file_with_html_in_its_lines() -> None:
    content = shared_case("readers/c19-inline-html-in-markdown.md")
    article = read_file("a.md", content, date_order=DateOrder.MDY)
    assert article.document.text.startswith("See the report and read it.\nNobody")
    link = next(i for i in article.document.inlines if i.kind is InlineKind.HYPERLINK)
    words = article.document.text[link.start : link.end]
    assert (words, link.target) == ("the report", "https://example.org/report")


@pytest.mark.parametrize(
    ("front", "language"),
    [("---\nlang: en_US\n---\n", "en-US"), ('+++\nlanguage = "de"\n+++\n', "de")],
)
def test_a_language_may_be_written_as_pages_do(front: str, language: str) -> None:
    assert read(f"{front}A text.").language == language


def test_a_number_that_is_too_long_is_refused_in_plain_words() -> None:
    with pytest.raises(Unreadable, match="a number that is too long"):
        read(f"+++\nweight = {'9' * 5_000}\n+++\nA text.")


def test_toml_that_is_none_names_its_line() -> None:
    with pytest.raises(Unreadable, match="not valid TOML in line 3"):
        read("+++\ntitle = 'A'\nauthor = \n+++\nWords.")
    assert read("+++\ntitle = 'A'\n+++\nWords.").title == "A"
    assert read("+++\ndate = 2024-03-05T10:00:00Z\n+++\nWords.").published_on == date(2024, 3, 5)
    assert words_of("+++\n\nWords.") == ["+++", "Words."]


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


SHORTCODES = (
    *("{{< GONE >}}", '{{< GONE src="a.png" >}}', "{{% GONE %}}", "{{% /GONE %}}", "{% GONE x %}"),
    *("{% endGONE %}", "{{ GONE.title }}", "{{- GONE | upper }}", "{: .GONE}", "{#GONE}"),
)
AROUND = ("{}", "**{}**", "*{}*", "[{}](https://example.org/a)", "> {}", "- {}", "1. {}", "# {}")
# A brace by itself is a word of the text.
OTHERS = ("WORD", "WORD {WORD}", "WORD { WORD }", "`{{< KEPT >}}` WORD", "<b>WORD</b>")
LINES = st.lists(st.sampled_from((*OTHERS, *SHORTCODES)), min_size=1, max_size=5).map(" ".join)
PLACED = st.builds(lambda around, line: around.format(line), st.sampled_from(AROUND), LINES)


@given(st.lists(PLACED, min_size=1, max_size=5), st.sampled_from(["\n\n", "\n"]))
def test_shortcodes_are_left_out_with_no_word_beside_them(lines: list[str], between: str) -> None:
    written = between.join(["Begin.", *lines])
    count = written.count("WORD")
    for number in range(count):
        written = written.replace("WORD", f"word{number}", 1)
    text = read(written).document.text
    assert re.findall(r"word[0-9]+|GONE", text) == [f"word{number}" for number in range(count)]
    assert text.count("{{< KEPT >}}") == written.count("KEPT")
