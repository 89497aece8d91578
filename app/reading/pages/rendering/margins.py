"""Margins: which cards come with a drawing, and which when somebody wants to see them.

A block has a card for each passage that touches it. Few of the thousands of an article can be seen
at once, so that a page comes with those of its first blocks, and a block with its first ones.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from operator import itemgetter

from app.annotations.queries.marks import Span
from app.discussion.queries.cards import Card

CARDS_SHOWN = 40  # of one block
CARDS_AT_FIRST = 300  # of a page, as whole blocks

_START, _COUNT = itemgetter(0), itemgetter(5)  # of a span: a block may have hundreds


def by_block(spans: Iterable[Span]) -> dict[int, list[Span]]:
    """Sort passages by the blocks that they touch, in their order."""
    found: dict[int, list[Span]] = defaultdict(list)
    for span in spans:
        first, last = span[3], span[4]
        found[first].append(span)
        if last > first:
            for number in range(first + 1, last + 1):
                found[number].append(span)
    return found


def count_of(spans: Iterable[Span]) -> int:
    """Return how many annotations these passages have."""
    return sum(map(_COUNT, spans))


def choose_blocks(
    spans: Mapping[int, Sequence[Span]], room: int, always: Collection[int] = ()
) -> set[int]:
    """Return the first blocks whose cards have room together, and those that always come."""
    chosen = set(always)
    if room >= CARDS_SHOWN * len(spans):
        return chosen.union(spans)
    for number in sorted(spans):
        room -= min(CARDS_SHOWN, count_of(spans[number]))
        if room < 0:
            break
        chosen.add(number)
    return chosen


def starts_of(spans: Iterable[Sequence[Span]], most: int | None) -> list[int]:
    """Return where the passages start that the first cards of each block are about."""
    starts = set()
    for of_block in spans:
        count = 0
        for span in of_block:
            if most is not None and count >= most:
                break
            starts.add(span[0])
            count += span[5]
    return sorted(starts)


def share_out(
    cards: Iterable[Card], numbers: Collection[int], most: int | None
) -> dict[int, list[Card]]:
    """Give each of the blocks the first cards of the passages that touch it, in their order."""
    shared: dict[int, list[Card]] = defaultdict(list)
    for card in cards:
        for number in range(card.first_block, card.last_block + 1):
            if number in numbers and (most is None or len(shared[number]) < most):
                shared[number].append(card)
    return shared


def places_beyond(
    spans: Sequence[Span], cards: Sequence[Card], start: int, end: int
) -> list[tuple[int, int]]:
    """Return where in a block `[start, end)` passages lie that have more annotations than cards.

    Both come by their starts; there are cards, of the first passages.
    """
    shown = Counter([(card.start, card.end, card.tag) for card in cards])
    after = bisect_right(spans, cards[-1].start, key=_START)
    among = [span for span in spans[:after] if shown[span[0], span[1], span[2]] < span[5]]
    places: list[tuple[int, int]] = []
    reached = -1
    for span in [*among, *spans[after:]]:
        if span[0] > reached:
            reached = min(end, span[1])
            places.append((max(start, span[0]), reached))
        elif span[1] > reached:
            reached = min(end, span[1])
            places[-1] = (places[-1][0], reached)
        if reached == end:
            break
    return places
