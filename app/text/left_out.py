"""What was left out of a page: blocks that are no part of its article, and can be put back."""

from bisect import bisect
from collections.abc import Collection, Sequence
from dataclasses import replace

from app.frozen import frozen
from app.text.document import Document, Piece

MOST_PASSAGES = 400  # of one page
MOST_CHARACTERS = 100_000  # of all of them


@frozen
class LeftOut:
    """A block of a page that was left out, and how many blocks of the article stand before it.

    `place` counts the blocks of the article as it was read, without any that was put back.
    """

    piece: Piece
    place: int
    is_back: bool = False


def gather(pieces: Sequence[Piece], is_article: Sequence[bool]) -> tuple[LeftOut, ...]:
    """Return the blocks that are not the article's, as they follow each other on the page.

    Of more than MOST_PASSAGES, or MOST_CHARACTERS in all, those nearest to the article are kept.
    """
    own = [index for index, is_its in enumerate(is_article) if is_its]
    places = {index: bisect(own, index) for index, is_its in enumerate(is_article) if not is_its}

    def distance(index: int) -> int:
        place = places[index]
        return min(abs(index - near) for near in own[max(place - 1, 0) : place + 1])

    kept: list[int] = []
    room = MOST_CHARACTERS
    for index in sorted(places, key=distance):
        if len(kept) < MOST_PASSAGES and len(pieces[index].text) <= room:
            kept.append(index)
            room -= len(pieces[index].text)
    return tuple(LeftOut(pieces[index], places[index]) for index in sorted(kept))


def without_blocks(left_out: Sequence[LeftOut], indices: Collection[int]) -> tuple[LeftOut, ...]:
    """Return the same where blocks are taken out of the article, by their index (from 0) in it."""
    return tuple(
        replace(one, place=one.place - sum(index < one.place for index in indices))
        for one in left_out
    )


def move(
    document: Document, left_out: Sequence[LeftOut], chosen: Collection[int], *, is_back: bool
) -> tuple[Document, tuple[LeftOut, ...]]:
    """Put the chosen passages, by their index, into the document; or leave them out again.

    Returns the document and the passages as they are then. One that is there already stays.
    """
    own = document.pieces()
    for index in reversed(list(blocks_put_back(left_out).values())):
        del own[index]
    moved = tuple(
        replace(one, is_back=is_back) if index in chosen else one
        for index, one in enumerate(left_out)
    )
    pieces: list[Piece] = []
    taken = 0
    for one in moved:
        if one.is_back:
            pieces += [*own[taken : one.place], one.piece]
            taken = one.place
    return Document.from_pieces([*pieces, *own[taken:]]), moved


def blocks_put_back(left_out: Sequence[LeftOut]) -> dict[int, int]:
    """Return of each passage that was put back, by its index, which block it is (from 0)."""
    back = [index for index, one in enumerate(left_out) if one.is_back]
    return {index: left_out[index].place + before for before, index in enumerate(back)}
