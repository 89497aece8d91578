"""What tests of readers look at: the blocks and inlines of an article, and the laws of any."""

import html
import re

from app.reading.pages.rendering.ranges import draw_text
from app.text.document import BLOCK_SEPARATOR, Block, BlockKind, Document, InlineKind
from app.text.parsed import ParsedArticle

_TAG = re.compile(r"<[^>]*>")


def text_of(document: Document, block: Block) -> str:
    return document.text[block.start : block.end]


def texts(article: ParsedArticle) -> list[str]:
    """Return the text of each block."""
    return [text_of(article.document, block) for block in article.document.blocks]


def shapes(article: ParsedArticle) -> list[tuple[BlockKind, str]]:
    """Return the kind and the text of each block."""
    return [(block.kind, text_of(article.document, block)) for block in article.document.blocks]


def of_kind(article: ParsedArticle, kind: BlockKind) -> list[str]:
    return [text for found, text in shapes(article) if found is kind]


def inlines(article: ParsedArticle, kind: InlineKind) -> list[tuple[str, str]]:
    """Return the words and the target of each inline of a kind."""
    document = article.document
    return [
        (document.text[inline.start : inline.end], inline.target)
        for inline in document.inlines
        if inline.kind is kind
    ]


def check_laws(article: ParsedArticle) -> None:
    """Check what holds for every article: its ranges, and that drawing loses nothing."""
    document = article.document
    assert document.blocks
    place = 0
    for block in document.blocks:
        assert block.start == place
        assert block.end > block.start
        assert text_of(document, block).strip("\n")
        place = block.end + len(BLOCK_SEPARATOR)
    assert place - len(BLOCK_SEPARATOR) == len(document.text)
    assert BLOCK_SEPARATOR.join(texts(article)) == document.text
    bounds = [(block.start, block.end) for block in document.blocks]
    for inline in document.inlines:
        assert any(start <= inline.start < inline.end <= end for start, end in bounds), inline
        if inline.kind is InlineKind.HYPERLINK:
            assert inline.target.lower().startswith(("http://", "https://", "mailto:")), inline
    for block in document.blocks:
        assert drawn(document, block) == text_of(document, block)
    assert not any(char in document.text for char in "\0\r\f\v\ud800\ufeff")


def drawn(document: Document, block: Block) -> str:
    """Draw a block without annotations, and take the tags out again."""
    inside = [
        (inline.start, inline.end, inline.kind.value, inline.target)
        for inline in document.inlines
        if block.start <= inline.start < block.end
    ]
    out = draw_text(
        document.text,
        block.start,
        block.end,
        [],
        inside,
        footnotes={},
        is_table=block.kind is BlockKind.TABLE,
    )
    return html.unescape(_TAG.sub("", out))
