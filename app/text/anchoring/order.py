"""Which words of a text stand in its correction in the order that they had."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from app.text.anchoring.words import NONE


def runs_in_order(links: Iterable[tuple[int, int]]) -> list[tuple[int, int, int]]:
    """List the runs of words that stand in both texts in one order, without those that moved.

    `links` are places of words in the old text and in the new one, of which the old ones rise. A
    run is where it stands in each, and how many words it has; both places rise.
    """
    runs: list[tuple[int, int, int]] = []
    start = new_start = 0
    end = new_end = NONE
    for i, j in links:
        if i != end or j != new_end:
            if end > start:
                runs.append((start, new_start, end - start))
            start, new_start = i, j
        end, new_end = i + 1, j + 1
    if end > start:
        runs.append((start, new_start, end - start))
    return [runs[at] for at in _heaviest_rise([(j, length) for _, j, length in runs])]


def _heaviest_rise(runs: Sequence[tuple[int, int]]) -> list[int]:
    """Give the places of the rising part that weighs most, of runs `(value, weight)`.

    `tops` are the ends of the best parts so far, each of a greater value and a greater weight than
    the one before, so that the best one that ends below a value is found by bisection.
    """
    tops: list[tuple[int, int, int]] = []  # value, weight of the whole part, place
    before: list[int] = []
    for place, (value, weight) in enumerate(runs):
        at = bisect_left(tops, (value,))
        total = weight + (tops[at - 1][1] if at else 0)
        before.append(tops[at - 1][2] if at else NONE)
        after = at
        while after < len(tops) and tops[after][1] <= total:
            after += 1
        tops[at:after] = [(value, total, place)]
    rise: list[int] = []
    place = tops[-1][2] if tops else NONE
    while place != NONE:
        rise.append(place)
        place = before[place]
    return rise[::-1]
