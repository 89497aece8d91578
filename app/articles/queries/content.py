"""What never changes of a revision: its text, its blocks and its inlines, read once and kept."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import field
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.articles.models import BlockRow, InlineRow, Revision
from app.core.memory import recall
from app.frozen import frozen
from app.text.direction import has_right_to_left
from app.text.document import BlockKind, InlineKind

ROW_CHARACTERS = 300  # what a block or an inline takes in memory beside its own words


class BlockValues(NamedTuple):
    """A block's row."""

    number: int
    start: int
    end: int
    kind: str
    level: int
    depth: int
    marker: str
    sentences: str


class InlineValues(NamedTuple):
    """An inline's row."""

    start: int
    end: int
    kind: str
    target: str


# Put together once, and read from the bare tables: the ORM would look at every one of thousands of
# rows.
_block = BlockRow.__table__.c
_inline = InlineRow.__table__.c
_TEXT = select(Revision.text).where(Revision.id == bindparam("revision_id"))
_BLOCKS = (
    select(
        _block.number,
        _block.start,
        _block.end,
        _block.kind,
        _block.level,
        _block.depth,
        _block.marker,
        _block.sentences,
    )
    .where(_block.revision_id == bindparam("revision_id"))
    .order_by(_block.number)
)
_INLINES = (
    select(_inline.start, _inline.end, _inline.kind, _inline.target)
    .where(_inline.revision_id == bindparam("revision_id"))
    .order_by(_inline.start, _inline.end.desc())
)


@frozen
class Content:
    """The text of a revision with its blocks by number, counted from 1, and its inlines by start.

    An outer inline stands before those inside it.
    """

    text: str
    blocks: Sequence[BlockValues]
    inlines: Sequence[InlineValues]
    headings_and_footnotes: Sequence[BlockValues] = field(init=False)
    has_right_to_left: bool = field(init=False)
    _footnote_marks: Sequence[tuple[int, int]] = field(init=False)
    _block_starts: Sequence[int] = field(init=False)
    _block_ends: Sequence[int] = field(init=False)
    _inline_starts: Sequence[int] = field(init=False)

    def __post_init__(self) -> None:
        """Sort out what is looked for."""
        kinds = (BlockKind.HEADING, BlockKind.FOOTNOTE)
        found = {
            "headings_and_footnotes": [block for block in self.blocks if block.kind in kinds],
            "has_right_to_left": has_right_to_left(self.text),
            "_footnote_marks": [
                (inline.start, inline.end)
                for inline in self.inlines
                if inline.kind == InlineKind.FOOTNOTE_MARK
            ],
            "_block_starts": [block.start for block in self.blocks],
            "_block_ends": [block.end for block in self.blocks],
            "_inline_starts": [inline.start for inline in self.inlines],
        }
        for name, values in found.items():
            object.__setattr__(self, name, values)

    def __len__(self) -> int:
        """Return about how many characters it takes in memory."""
        rows = len(self.blocks) + len(self.inlines)
        words = sum(len(block.sentences) for block in self.blocks)
        return len(self.text) + words + rows * ROW_CHARACTERS

    def inlines_from(self, start: int, end: int) -> Sequence[InlineValues]:
        """Return the inlines that begin in `[start, end)` of the text, in order."""
        starts = self._inline_starts
        return self.inlines[bisect_left(starts, start) : bisect_left(starts, end)]

    def footnote_marks(self, start: int, end: int) -> list[tuple[int, int]]:
        """Return the ranges of the footnote marks that touch `[start, end)` of the text."""
        return [mark for mark in self._footnote_marks if mark[0] < end and mark[1] > start]

    def block_numbers(self, start: int, end: int) -> tuple[int, int]:
        """Return the numbers of the first and the last block that `[start, end)` touches."""
        return bisect_right(self._block_ends, start) + 1, bisect_left(self._block_starts, end)


def content_of(session: Session, revision_id: int) -> Content:
    """Return what never changes of a revision, from memory where it is kept there."""
    return recall(session, ("content", revision_id), lambda: read_content(session, revision_id))


def read_content(session: Session, revision_id: int) -> Content:
    """Read what never changes of a revision from the database."""
    values = {"revision_id": revision_id}
    return Content(
        text=session.scalars(_TEXT, values).one(),
        blocks=list(map(BlockValues._make, session.execute(_BLOCKS, values).all())),
        inlines=list(map(InlineValues._make, session.execute(_INLINES, values).all())),
    )
