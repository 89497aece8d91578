"""Plain text: whatever it is, it becomes a whole document, in time, or is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text.dates import DateOrder
from app.text.document import BLOCK_SEPARATOR, Block, Document
from app.text.readers import Unreadable, read_file


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
