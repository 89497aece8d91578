"""Texts cut into pieces, so that a page marks what a search found in them."""

from bisect import bisect_right
from itertools import pairwise
from typing import NamedTuple

from app.search.hits import marked
from app.search.query import Query


class FoundPiece(NamedTuple):
    """Some words, and whether they are what is searched."""

    words: str
    is_found: bool


def pieces_of(query: Query, *parts: str) -> list[list[FoundPiece]]:
    """Cut parts of one text where what is searched begins and ends in it."""
    cuts = [cut for place in marked("".join(parts), query) for cut in place] if query.terms else []
    drawn, start = [], 0
    for part in parts:
        end = start + len(part)
        bounds = [start, *(cut for cut in cuts if start < cut < end), end]
        drawn.append(
            [
                FoundPiece(part[first - start : last - start], bisect_right(cuts, first) % 2 == 1)
                for first, last in pairwise(bounds)
                if first < last
            ]
        )
        start = end
    return drawn
