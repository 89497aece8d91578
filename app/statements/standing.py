"""With whom a party stands, and against whom: what two say of the positions they share. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

BOTH = "both"

Sides = Mapping[int, str]
"""The side that a party takes of each position, by its id: "for", "against" or BOTH."""


class Shared(NamedTuple):
    """On how many of the positions that two parties take a side of they agree, or do not.

    A position of which either takes both sides is shared, and counts for neither.
    """

    party: int
    same: int
    opposite: int
    shared: int


def sides_taken(said: Iterable[tuple[int, int, str]]) -> Mapping[int, Sides]:
    """Return the sides that parties take; each thing said is a party, a position and a side."""
    sides: dict[int, dict[int, str]] = defaultdict(dict)
    for party, position, side in said:
        taken = sides[party].setdefault(position, side)
        if taken != side:
            sides[party][position] = BOTH
    return sides


def compare(own: Sides, others: Mapping[int, Sides]) -> list[Shared]:
    """Return what a party shares with each of the others, those with nothing in common left out."""
    found = []
    for party, sides in others.items():
        pairs = [(own[position], side) for position, side in sides.items() if position in own]
        clear = [pair for pair in pairs if BOTH not in pair]
        same = sum(mine == theirs for mine, theirs in clear)
        if pairs:
            found.append(Shared(party, same, len(clear) - same, len(pairs)))
    return found
