"""Lanes: how the passages of one block are drawn where they overlap. Pure.

The block is cut into runs wherever a passage begins or ends. Each run has a ground, the wash of the
shortest passage there, and below the words up to three lines, one a lane. A passage keeps its lane
over its whole extent in the block, so that lines of passages that overlap never touch, and what is
nested lies nearer to the words. What finds no lane has a line in the runs where there is room
outside, and else is counted.
"""

from collections.abc import Iterable, Sequence
from functools import cache, reduce
from itertools import accumulate, pairwise
from operator import and_
from typing import NamedTuple

from app.annotations.tags import Tag

LANES = "abc"
"""The lanes as marks name them; a lies next to the words."""

Passage = tuple[int, int, str, int]
"""Start, end, tag, and the lowest id of those who have these words under this tag."""


class Run(NamedTuple):
    """A stretch of a block that looks the same throughout.

    `css` are the classes of its mark, "" where nothing is tagged; `more` how many passages have no
    line here, said once in a stretch of such runs. `begins` are the tags that cover it, said where
    they begin to, and `ends` says whether others or none cover what comes after it.
    """

    start: int
    end: int
    css: str
    more: int
    begins: str
    ends: bool


def draw_runs(
    start: int, end: int, passages: Iterable[Passage], cuts: Iterable[int] = ()
) -> list[Run]:
    """Cut the block `[start, end)` into runs, at the places `cuts` too, and say how each looks.

    The passages touch the block, in any order; the runs come in order, without gaps. All offsets
    are code points, ends exclusive.
    """
    ordered = order_passages(passages)
    bounds = _bounds(start, end, ordered, cuts)
    if not ordered:
        return [Run(*both, "", 0, "", ends=False) for both in pairwise(bounds)]
    sweep = _Sweep(bounds)
    sweep.take(ordered)
    sweep.take_late()
    heard = sweep.heard()
    begins = [
        tags if tags != before else "" for before, tags in zip(["", *heard], heard, strict=False)
    ]
    ends = [tags not in {after, ""} for tags, after in zip(heard, [*heard[1:], ""], strict=True)]
    counts = count_once(sweep.count_without_line())
    return list(map(Run, bounds, bounds[1:], sweep.classes(), counts, begins, ends))


def order_passages(passages: Iterable[Passage]) -> list[Passage]:
    """Return passages in the order in which they choose, each of the same words and tag once.

    The shortest come first; of equals the one that starts later, then the one made first.
    """
    chosen: dict[tuple[int, int, str], Passage] = {}
    for passage in sorted(passages, key=_by_length):
        chosen.setdefault(passage[:3], passage)
    return list(chosen.values())


def count_once(counts: Sequence[int]) -> list[int]:
    """Keep one count in each stretch of runs that have any: on the last of its deepest."""
    kept = [0] * len(counts)
    deepest = -1
    for number, count in enumerate(counts):
        if not count:
            deepest = -1
        elif deepest < 0 or count >= counts[deepest]:
            if deepest >= 0:
                kept[deepest] = 0
            deepest = number
            kept[number] = count
    return kept


class _Sweep:
    """What the runs of a block show, as passages take their places in turn.

    A set of runs is a number: bit n stands for run n. So thousands of passages on a few hundred
    runs take milliseconds. What a run shows is written as its passage takes it: there are far more
    passages than lines.
    """

    def __init__(self, bounds: Sequence[int]) -> None:
        count = len(bounds) - 1
        self._bounds = bounds
        self._place = {bound: number for number, bound in enumerate(bounds)}
        self._grounds = [""] * count
        self._lines = [[""] * count for _lane in LANES]
        self._bare = (1 << count) - 1
        self._taken = [0] * len(LANES)
        self._by_tag: dict[str, int] = dict.fromkeys(Tag, 0)
        self._covering = [0] * (count + 1)
        self._waiting: list[tuple[Passage, int]] = []

    def take(self, passages: Iterable[Passage]) -> None:
        """Give each a ground where there is none yet, and the nearest lane that is free."""
        # One loop over local names: here the time goes.
        place, covering, by_tag, taken = self._place, self._covering, self._by_tag, self._taken
        count, bare, waiting = len(self._grounds), self._bare, self._waiting
        full = 0  # the runs where no lane is free any more, as it soon is where many lie
        for passage in passages:
            start, end, tag, _number = passage
            # One that is not all in the block has no place outside.
            first, beyond = place.get(start, 0), place.get(end, count)
            if first == beyond:  # it lies in the line feeds after the block
                continue
            covered = (1 << beyond) - (1 << first)
            by_tag[tag] |= covered
            covering[first] += 1
            covering[beyond] -= 1
            if covered & bare:
                self._draw_ground(passage, _numbers(covered & bare))
                bare &= ~covered
            lane = None if covered & full else self._free_lane(covered)
            if lane is None:
                waiting.append((passage, covered))
            else:
                taken[lane] |= covered
                full = reduce(and_, taken)
                self._draw_line(lane, passage, first, beyond)
        self._bare = bare

    def take_late(self) -> None:
        """Give those who found no lane a line in each run where there is room outside."""
        late: dict[int, list[Passage]] = {}
        has_room = (1 << len(self._grounds)) - 1 & ~self._taken[-1]
        for passage, covered in self._waiting:
            if not covered & has_room:
                continue
            for number in _numbers(covered & has_room):
                here = late.setdefault(number, [])
                here.append(passage)
                if len(here) == self._room(number):
                    has_room &= ~(1 << number)
        for number, here in late.items():
            for lane, passage in enumerate(here, start=len(LANES) - len(here)):
                self._draw_line(lane, passage, number, number + 1)

    def count_without_line(self) -> list[int]:
        """Return how many of those who cover each run have no line there."""
        drawn = zip(*self._lines, strict=True)
        covering = accumulate(self._covering[:-1])
        return [count - sum(map(bool, lines)) for count, lines in zip(covering, drawn, strict=True)]

    def heard(self) -> list[str]:
        """Return the tags that cover each run, in the order of their keys: "claim citation"."""
        flags = [_flags(self._by_tag[tag], len(self._grounds)) for tag in Tag]
        return list(map(_tags, *flags))

    def classes(self) -> list[str]:
        """Return the classes of each run: its ground, then the line in each lane from the words."""
        return list(map("".join, zip(self._grounds, *self._lines, strict=True)))

    def _free_lane(self, covered: int) -> int | None:
        """Return the nearest lane that is free over all of some runs, None for none."""
        for lane, taken in enumerate(self._taken):
            if not taken & covered:
                return lane
        return None

    def _draw_ground(self, passage: Passage, numbers: Iterable[int]) -> None:
        start, end, css, _number = passage
        bounds, grounds = self._bounds, self._grounds
        if start < bounds[0] or bounds[-1] < end:
            css += " wide"
        for number in numbers:
            grounds[number] = css
            if bounds[number] == start or bounds[number + 1] == end:
                grounds[number] += _edges("g", passage, bounds[number], bounds[number + 1])

    def _draw_line(self, lane: int, passage: Passage, first: int, beyond: int) -> None:
        """Draw the line of a passage in the runs from `first` to before `beyond`."""
        letter, lines, bounds = LANES[lane], self._lines[lane], self._bounds
        css = f" {letter}-{passage[2]}"
        lines[first:beyond] = [css] * (beyond - first)
        for number in {first, beyond - 1}:  # nowhere else does it begin or end
            lines[number] = css + _edges(letter, passage, bounds[number], bounds[number + 1])

    def _room(self, number: int) -> int:
        """Return how many lanes lie outside those that are used in a run."""
        for lane in reversed(range(len(LANES))):
            if self._taken[lane] >> number & 1:
                return len(LANES) - 1 - lane
        return len(LANES)


@cache
def _tags(*flags: str) -> str:
    return " ".join(tag for tag, flag in zip(Tag, flags, strict=True) if flag == "1")


def _by_length(passage: Passage) -> tuple[int, int, int]:
    start, end, _tag, number = passage
    return end - start, -start, number


def _bounds(start: int, end: int, passages: Sequence[Passage], cuts: Iterable[int]) -> list[int]:
    bounds = {start, end, *cuts}
    bounds.update([passage[0] for passage in passages], [passage[1] for passage in passages])
    return sorted(bound for bound in bounds if start <= bound <= end)


def _edges(letter: str, passage: Passage, start: int, end: int) -> str:
    """Say where in a run a passage truly begins or ends: nowhere at a cut or at a block's bound."""
    starts = f" {letter}-starts" if passage[0] == start else ""
    return f"{starts} {letter}-ends" if passage[1] == end else starts


def _numbers(runs: int) -> Iterable[int]:
    """Yield the numbers of a set of runs."""
    while runs:
        lowest = runs & -runs
        yield lowest.bit_length() - 1
        runs ^= lowest


def _flags(runs: int, count: int) -> str:
    """Return a set of runs as a sign for each: "1" for those in it, in order."""
    return bin(runs | 1 << count)[:2:-1]
