"""A document whose plain text was edited: new words, and the structure of what is still there."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace

from app.frozen import frozen
from app.text.anchoring.words import NONE
from app.text.document import Block, BlockKind, Document, Inline, InlineKind, Piece
from app.text.normalise import normalise
from app.text.readers.text_lines import join_lines
from app.text.revising.carrying import Carrier
from app.text.revising.continuing import find_sources
from app.text.revising.written import Written, cut

_EDGE = " \t\n"
# What is no longer the same thing in two pieces: the second one is a paragraph.
_WHOLE = frozenset({BlockKind.HEADING, BlockKind.IMAGE})


def revise(old: Document, text: str) -> Document:
    """Read the edited text of a document, as a browser sends it, into a new document.

    Blank lines part blocks. A block that continues one of the old document is of its kind, and
    keeps the inlines whose words are still there; any other is a paragraph, its lines joined as in
    a plain text file. `revise(old, old.text)` equals `old`.

    Raises: ValueError (the text shows nothing).
    """
    text = normalise(text)
    if text == normalise(old.text) and old.blocks:
        return old
    return _Revision(old, text).document()


@frozen
class _Group:
    """New parts `[first, last)` that make one block, which continues the old block `source`."""

    first: int
    last: int
    source: int


class _Revision:
    """An old document, and the parts of the text that was typed for it."""

    def __init__(self, old: Document, text: str) -> None:
        self._document = old
        self._old, self._new = cut(old.text), cut(text)
        if not self._new.parts:
            message = "a text that shows nothing is no revision"
            raise ValueError(message)
        starts = [block.start for block in old.blocks]
        self._block_of = [bisect_right(starts, start) - 1 for start, _ in self._old.parts]
        self._parts_of: list[list[int]] = [[] for _ in old.blocks]
        for part, block in enumerate(self._block_of):
            self._parts_of[block].append(part)
        self._found = find_sources(self._old, self._new, self._parts_of)

    def document(self) -> Document:
        """Put the new document together."""
        groups = self._groups()
        seen: set[int] = set()
        pieces: list[Piece] = []
        for group in groups:
            pieces.append(self._piece(group, is_first=group.source not in seen))
            seen.add(group.source)
        document = Document.from_pieces(pieces)
        inlines = self._inlines(groups, document)
        tied = _tied(inlines, self._document, document)
        in_order = sorted(tied, key=lambda inline: (inline.start, -inline.end))
        return replace(document, inlines=tuple(in_order))

    def _groups(self) -> list[_Group]:
        """Make one block of each part, but of those that continue a block with blank lines in it.

        What was typed between two parts of such a block belongs to it.
        """
        groups: list[_Group] = []
        for part, source in enumerate(self._found.sources):
            block = self._block_of[source] if source != NONE else NONE
            before = self._before(groups, block)
            if before == NONE:
                groups.append(_Group(part, part + 1, block))
            else:
                groups[before:] = [replace(groups[before], last=part + 1)]
        return groups

    def _before(self, groups: Sequence[_Group], block: int) -> int:
        """Give the group that the next part of a block belongs to, NONE if it begins one."""
        if block == NONE or len(self._parts_of[block]) == 1:
            return NONE
        before = len(groups) - 1
        while before >= 0 and groups[before].source == NONE:
            before -= 1
        return before if before >= 0 and groups[before].source == block else NONE

    def _piece(self, group: _Group, *, is_first: bool) -> Piece:
        typed = _text_of(self._new, group.first, group.last - 1)
        if group.source == NONE:
            return Piece(join_lines(typed.split("\n")))
        block = self._document.blocks[group.source]
        text = self._continued(typed, group.source)
        if is_first:
            return Piece(text, block.kind, block.level, block.depth, block.marker)
        if block.kind in _WHOLE:
            return Piece(text)
        return Piece(text, block.kind, depth=block.depth, marker=_second_marker(block))

    def _continued(self, typed: str, source: int) -> str:
        """Give a block's text: the old one if only white space around it changed."""
        block = self._document.blocks[source]
        old = self._document.text[block.start : block.end]
        parts = self._parts_of[source]
        written = _text_of(self._old, parts[0], parts[-1])
        if _bare(typed, block.kind) == _bare(written, block.kind):
            return old
        return _laid_out(typed, old, block.kind)

    def _inlines(self, groups: Sequence[_Group], document: Document) -> Iterator[Inline]:
        """Yield the inlines of the new document, those of an untouched block as they were."""
        untouched: dict[int, int] = {}
        for group, block in zip(groups, document.blocks, strict=True):
            if group.source != NONE and group.source not in untouched:
                old = self._document.blocks[group.source]
                if (
                    document.text[block.start : block.end]
                    == self._document.text[old.start : old.end]
                ):
                    untouched[group.source] = block.start - old.start
        carrier = Carrier(self._old, self._new, self._found, document)
        starts = [block.start for block in self._document.blocks]
        for inline in self._document.inlines:
            by = untouched.get(bisect_right(starts, inline.start) - 1)
            if by is None:
                yield from carrier.carry(inline)
            else:
                yield replace(inline, start=inline.start + by, end=inline.end + by)


def _text_of(written: Written, first: int, last: int) -> str:
    return written.text[written.parts[first][0] : written.parts[last][1]]


def _bare(text: str, kind: BlockKind) -> str:
    """Cut off the white space that says nothing in a block of a kind."""
    if kind is BlockKind.PREFORMATTED:
        return text.rstrip()
    return text.strip(" ") if kind is BlockKind.TABLE else text.strip()


def _laid_out(typed: str, old: str, kind: BlockKind) -> str:
    """Lay out a block's lines as those of the block that it continues."""
    if kind is BlockKind.PREFORMATTED:
        return typed.rstrip()
    if kind is not BlockKind.TABLE and "\n" not in old:
        return join_lines(typed.split("\n"))
    # A tab parts cells, of which the first and the last may be empty.
    edge = " " if kind is BlockKind.TABLE or "\t" in old else _EDGE
    return "\n".join(line.strip(edge) for line in typed.split("\n"))


def _second_marker(block: Block) -> str:
    """Give the marker of the second part of a block.

    A bullet may stand again; a number may not, since the next item or footnote has the next one.
    """
    return "" if any(map(str.isalnum, block.marker)) else block.marker


def _tied(inlines: Iterator[Inline], old: Document, new: Document) -> Iterator[Inline]:
    """Leave out the marks of footnotes that are there no longer."""
    gone = _notes(old) - _notes(new)
    for inline in inlines:
        if inline.kind is not InlineKind.FOOTNOTE_MARK or inline.target not in gone:
            yield inline


def _notes(document: Document) -> set[str]:
    return {block.marker for block in document.blocks if block.kind is BlockKind.FOOTNOTE}
