"""A text with its structure beside it: blocks and inlines are ranges, the text has no markup."""

from bisect import bisect_right
from dataclasses import replace
from enum import StrEnum
from typing import Self

from app.frozen import frozen

BLOCK_SEPARATOR = "\n\n"


class BlockKind(StrEnum):
    """What a block is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    QUOTATION = "quotation"
    LIST_ITEM = "list_item"
    TABLE = "table"
    CAPTION = "caption"
    PREFORMATTED = "preformatted"
    FOOTNOTE = "footnote"
    IMAGE = "image"


class InlineKind(StrEnum):
    """What a range inside a block is."""

    HYPERLINK = "hyperlink"
    EMPHASIS = "emphasis"
    STRONG = "strong"
    CODE = "code"
    FOOTNOTE_MARK = "footnote_mark"


@frozen
class Block:
    """One paragraph, heading, list item …: the range `[start, end)` of the document's text.

    Offsets are Unicode code points. `level` is 1 to 6 for a heading, else 0. `depth` counts the
    lists or quotations around the block (1 for a plain quotation or list item, 0 otherwise).
    `marker` is a list item's bullet or number, which is not in the text ("•", "3."), or a
    footnote's number; "" otherwise.
    """

    start: int
    end: int
    kind: BlockKind
    level: int = 0
    depth: int = 0
    marker: str = ""


@frozen
class Inline:
    """A range inside one block. `target` is a hyperlink's URL or a footnote mark's number."""

    start: int
    end: int
    kind: InlineKind
    target: str = ""


@frozen
class Piece:
    """A block on its way into a document: its own text, with inlines counted from its start."""

    text: str
    kind: BlockKind = BlockKind.PARAGRAPH
    level: int = 0
    depth: int = 0
    marker: str = ""
    inlines: tuple[Inline, ...] = ()


@frozen
class Document:
    """An immutable text and the ranges over it.

    The text is the blocks' texts joined by a blank line. Blocks come in order, never overlap and
    cover everything but the blank lines; every inline lies inside one block.
    """

    text: str
    blocks: tuple[Block, ...]
    inlines: tuple[Inline, ...]

    @classmethod
    def from_pieces(cls, pieces: list[Piece]) -> Self:
        """Join pieces into one text and move their ranges to where they stand in it.

        Raises: ValueError (a piece has no text, or an inline leaves its piece).
        """
        blocks: list[Block] = []
        inlines: list[Inline] = []
        start = 0
        for piece in pieces:
            if not piece.text:
                message = "a block needs text"
                raise ValueError(message)
            end = start + len(piece.text)
            blocks.append(Block(start, end, piece.kind, piece.level, piece.depth, piece.marker))
            for inline in piece.inlines:
                if not 0 <= inline.start < inline.end <= len(piece.text):
                    message = f"an inline leaves its block: {inline}"
                    raise ValueError(message)
                inlines.append(
                    Inline(start + inline.start, start + inline.end, inline.kind, inline.target)
                )
            start = end + len(BLOCK_SEPARATOR)
        text = BLOCK_SEPARATOR.join(piece.text for piece in pieces)
        return cls(text, tuple(blocks), tuple(inlines))

    def pieces(self) -> list[Piece]:
        """Take the document apart: `from_pieces` of what is returned is the document again."""
        inlines: list[list[Inline]] = [[] for _ in self.blocks]
        starts = [block.start for block in self.blocks]
        for inline in self.inlines:
            index = bisect_right(starts, inline.start) - 1
            start = starts[index]
            moved = replace(inline, start=inline.start - start, end=inline.end - start)
            inlines[index].append(moved)
        return [
            Piece(
                self.text[block.start : block.end],
                block.kind,
                block.level,
                block.depth,
                block.marker,
                tuple(own),
            )
            for block, own in zip(self.blocks, inlines, strict=True)
        ]
