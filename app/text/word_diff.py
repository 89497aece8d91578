"""What a correction changes, paragraph by paragraph, as a page shows it."""

from collections.abc import Iterator
from typing import NamedTuple

from app.frozen import frozen
from app.text.anchoring import Difference, DifferenceKind, differences
from app.text.document import BLOCK_SEPARATOR, Document
from app.text.footnotes import raise_marks


class DiffPiece(NamedTuple):
    """Words of a paragraph: `kind` is "equal", "deleted" or "inserted"."""

    kind: str
    text: str


@frozen
class WordDiff:
    """The changed paragraphs, each its pieces in order, with how many equal ones come before it.

    `equal_after` is how many come after the last; `deleted` and `inserted` count words.
    """

    paragraphs: list[tuple[int, list[DiffPiece]]]
    equal_after: int
    deleted: int
    inserted: int


def changes_between(old: str, new: str, *, drawn: tuple[str, str] | None = None) -> WordDiff:
    """Compare two texts by words, and leave out the paragraphs that are the same in both.

    `drawn` are both as they are to be shown, character for character.
    """
    paragraphs: list[tuple[int, list[DiffPiece]]] = []
    equal = deleted = inserted = 0
    for pieces in _paragraphs(old, new, *(drawn or (old, new))):
        if all(piece.kind == DifferenceKind.EQUAL for piece in pieces):
            equal += 1
            continue
        deleted += _words(pieces, DifferenceKind.DELETED)
        inserted += _words(pieces, DifferenceKind.INSERTED)
        paragraphs.append((equal, pieces))
        equal = 0
    return WordDiff(paragraphs, equal, deleted, inserted)


def changes_of(old: Document, new: Document) -> WordDiff:
    """Compare two texts as `changes_between` does, with the digits of footnote marks raised."""
    return changes_between(old.text, new.text, drawn=(raise_marks(old), raise_marks(new)))


def pieces_between(old: str, new: str) -> list[DiffPiece]:
    """Compare two short texts by words."""
    return [
        piece for difference in differences(old, new) for piece in _pieces(difference, old, new)
    ]


def _words(pieces: list[DiffPiece], kind: DifferenceKind) -> int:
    return sum(len(piece.text.split()) for piece in pieces if piece.kind == kind)


def _paragraphs(old: str, new: str, drawn_old: str, drawn_new: str) -> Iterator[list[DiffPiece]]:
    """Yield the paragraphs of both texts in order, cut wherever either of them has a blank line."""
    pieces: list[DiffPiece] = []
    for difference in differences(old, new):
        for piece in _pieces(difference, drawn_old, drawn_new):
            first, *others = piece.text.split(BLOCK_SEPARATOR)
            if first:
                pieces.append(DiffPiece(piece.kind, first))
            for text in others:
                if pieces:
                    yield pieces
                pieces = [DiffPiece(piece.kind, text)] if text else []
    if pieces:
        yield pieces


def _pieces(difference: Difference, old: str, new: str) -> Iterator[DiffPiece]:
    was = old[difference.old_start : difference.old_end]
    if difference.kind is DifferenceKind.EQUAL:
        yield DiffPiece(DifferenceKind.EQUAL, was)
        return
    if was:
        yield DiffPiece(DifferenceKind.DELETED, was)
    now = new[difference.new_start : difference.new_end]
    if now:
        yield DiffPiece(DifferenceKind.INSERTED, now)
