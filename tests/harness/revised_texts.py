"""What tests of edited articles share: their blocks, and what becomes of them."""

from dataclasses import replace

from app.text.document import Block, BlockKind, Document, Inline, InlineKind, Piece
from app.text.normalise import normalise
from app.text.parsed import ParsedArticle
from tests.harness.texts import check_laws

REPORT = "https://example.org/report"


def piece(text: str, kind: BlockKind = BlockKind.PARAGRAPH, *inlines: Inline) -> Piece:
    """Make a block with what its kind needs."""
    level = 2 if kind is BlockKind.HEADING else 0
    depth = 1 if kind in {BlockKind.QUOTATION, BlockKind.LIST_ITEM} else 0
    marker = {BlockKind.LIST_ITEM: "\u2022", BlockKind.FOOTNOTE: "1"}.get(kind, "")
    return Piece(text, kind, level, depth, marker, inlines)


def linked(text: str, words: str) -> Piece:
    """Make a paragraph with a hyperlink on some words of it."""
    start = text.index(words)
    return piece(
        text,
        BlockKind.PARAGRAPH,
        Inline(start, start + len(words), InlineKind.HYPERLINK, REPORT),
    )


def document(*pieces: Piece) -> Document:
    """Make an article of blocks."""
    return Document.from_pieces(list(pieces))


def shown(revised: Document) -> list[str]:
    """Return the words of each inline."""
    return [revised.text[inline.start : inline.end] for inline in revised.inlines]


def without_place(block: Block) -> Block:
    """Return a block as it is, wherever it stands."""
    return replace(block, start=0, end=0)


def check(revised: Document) -> None:
    """Check the laws of any article, and that inlines do not cross each other."""
    article = ParsedArticle(
        document=revised, title="", author="", publication="", published_on=None
    )
    check_laws(article)
    assert normalise(revised.text) == revised.text
