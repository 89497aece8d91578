"""Lanes: how the passages of one block are drawn where they overlap. Pure.

The block is cut into runs wherever a passage begins or ends. Each run has a ground, the wash of the
shortest passage there, and below the words up to three lines, one a lane. A passage keeps its lane
over its whole extent in the block, so that lines of passages that overlap never touch, and what is
nested lies nearer to the words. What finds no lane has a line in the runs where there is room
outside, and else is counted.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, reduce
from itertools import accumulate, pairwise, repeat
from operator import and_, sub
from types import MappingProxyType
from typing import NamedTuple

from app.annotations.tags import Tag
from app.frozen import frozen

LANES = "abc"
"""The lanes as marks name them; a lies next to the words."""

LanePassage = tuple[int, int, str, int]
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


NOT_KNOWN: Mapping[LanePassage, int | None] = MappingProxyType({})

Steps = dict[str, dict[int, int]]
"""By tag, at each place where one begins or ends: how many more passages cover what comes after."""


@frozen
class Layout:
    """How the passages of the block `[start, end)` look, and what drawing more of them needs.

    `bounds` are those of its runs, and `lines` how many lines each run has. `drawn` are those that
    have a ground or a line, in the order in which they choose, and perhaps some that have lost it
    to others since; `lanes` the lanes of those who found one.
    """

    start: int
    end: int
    steps: Steps
    bounds: list[int]
    lines: list[int]
    drawn: list[LanePassage]
    lanes: dict[LanePassage, int]
    runs: list[Run]

    def with_more(self, added: Sequence[LanePassage], passages: Iterable[LanePassage]) -> "Layout":
        """Return the layout with words under a tag that it has not, of all the passages there are.

        Who is drawn nowhere takes nothing from anyone, and who has a lane keeps it. So only those
        choose again who are drawn, some 70 of 430 where much is tagged, and only in the runs that
        the words touch. But where somebody has to leave a lane there may be room for anyone.
        """
        steps = _with_steps(self.steps, added, self.start, self.end)
        first = bisect_right(self.bounds, min(passage[0] for passage in added)) - 1
        beyond = bisect_left(self.bounds, max(passage[1] for passage in added))
        first, beyond = max(first, 0), min(beyond, len(self.bounds) - 1)
        here = self.bounds[first : beyond + 1]
        start, end = here[0], here[-1]
        places = {place for passage in added for place in passage[:2] if start < place < end}
        here = sorted(places.union(here))
        drawn = self.drawn.copy()
        for passage in added:
            insort(drawn, passage, key=_by_length)
        near = [passage for passage in drawn if passage[0] < end and start < passage[1]]
        known = {passage: self.lanes.get(passage) for passage in near if passage not in added}
        sweep = _Sweep(here, self.start, self.end)
        if not sweep.take(near, known):
            bounds = sorted(places.union(self.bounds))
            return _draw(steps, bounds, order_passages(passages))
        looks = [run.css for run in self.runs]
        looks[first:beyond] = sweep.classes()
        lines = self.lines.copy()
        lines[first:beyond] = sweep.count_lines()
        bounds = [*self.bounds[:first], *here, *self.bounds[beyond + 1 :]]
        return _join(steps, bounds, looks, lines, drawn=drawn, lanes={**self.lanes, **sweep.lanes})


def lay_out(
    start: int, end: int, passages: Iterable[LanePassage], cuts: Iterable[int] = ()
) -> Layout:
    """Cut the block `[start, end)` into runs, at the places `cuts` too, and say how each looks.

    The passages touch the block, in any order; the runs come in order, without gaps. All offsets
    are code points, ends exclusive.
    """
    ordered = order_passages(passages)
    steps = _with_steps({}, ordered, start, end)
    inside = [cut for cut in cuts if start <= cut <= end]
    bounds = sorted({start, end, *inside}.union(*steps.values()))
    return _draw(steps, bounds, ordered)


def draw_runs(
    start: int, end: int, passages: Iterable[LanePassage], cuts: Iterable[int] = ()
) -> list[Run]:
    """Return the runs of a layout alone."""
    return lay_out(start, end, passages, cuts).runs


def order_passages(passages: Iterable[LanePassage]) -> list[LanePassage]:
    """Return passages in the order in which they choose, each of the same words and tag once.

    The shortest come first; of equals the one that starts later, then the one made first.
    """
    chosen: dict[tuple[int, int, str], LanePassage] = {}
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


def _draw(steps: Steps, bounds: list[int], passages: Sequence[LanePassage]) -> Layout:
    """Let passages take their places in a block, in their order. The steps are of all of them."""
    sweep = _Sweep(bounds, bounds[0], bounds[-1])
    sweep.take(passages)
    looks, lines = list(sweep.classes()), sweep.count_lines()
    return _join(steps, bounds, looks, lines, drawn=sweep.drawn, lanes=sweep.lanes)


def _join(
    steps: Steps,
    bounds: list[int],
    looks: Sequence[str],
    lines: list[int],
    *,
    drawn: list[LanePassage],
    lanes: dict[LanePassage, int],
) -> Layout:
    """Make a layout of runs that look so: say where tags begin and end, and count the rest."""
    counts = [_sums(steps.get(tag, {}), bounds) for tag in Tag]
    heard = list(map(_tags, *[map(bool, of_tag) for of_tag in counts]))
    is_new = [tags != before for before, tags in pairwise(["", *heard, ""])]
    begins = [tags if is_said else "" for tags, is_said in zip(heard, is_new, strict=False)]
    ends = [is_end and tags != "" for tags, is_end in zip(heard, is_new[1:], strict=True)]
    covering = map(sum, zip(*counts, strict=True))
    more = count_once(list(map(sub, covering, lines)))
    runs = list(map(Run, bounds, bounds[1:], looks, more, begins, ends))
    return Layout(bounds[0], bounds[-1], steps, bounds, lines, drawn, lanes, runs)


class _Sweep:
    """What runs of the block `[start, end)` show, as passages take their places in turn.

    A set of runs is a number: bit n stands for run n. So thousands of passages on a few hundred
    runs take milliseconds. What a run shows is written as its passage takes it: there are far more
    passages than lines.
    """

    def __init__(self, bounds: Sequence[int], start: int, end: int) -> None:
        count = len(bounds) - 1
        self._bounds = bounds
        self._block = start, end
        self._grounds = [""] * count
        self._lines = [[""] * count for _lane in LANES]
        self.drawn: list[LanePassage] = []
        self.lanes: dict[LanePassage, int] = {}

    def take(
        self, passages: Sequence[LanePassage], known: Mapping[LanePassage, int | None] = NOT_KNOWN
    ) -> bool:
        """Give each a ground where there is none yet, and the nearest lane that is free.

        Who found no lane has a line in each run where there is room outside. Of some it may be
        `known` which lane they found, None for none: say whether they can keep it.
        """
        # One loop over local names: here the time goes.
        before = {bound: (1 << number) - 1 for number, bound in enumerate(self._bounds)}
        bare = everything = before[self._bounds[-1]]
        taken = [0] * len(LANES)
        full = 0  # the runs where no lane is free any more, as it soon is where many lie
        drawn = set()
        waiting = []
        for passage in passages:
            # One that is not all in the block has no place outside, one after it covers nothing.
            covered = before.get(passage[1], everything) ^ before.get(passage[0], 0)
            if covered & bare:
                self._draw_ground(passage, covered & bare)
                bare &= ~covered
                drawn.add(passage)
            if passage in known:
                lane = known[passage]
                if lane is not None and taken[lane] & covered:
                    return False
            else:
                lane = None if covered & full else _free_lane(taken, covered)
            if lane is None:
                waiting.append((passage, covered))
            elif covered:
                taken[lane] |= covered
                full = reduce(and_, taken)
                self.lanes[passage] = lane
                self._draw_line(lane, passage, _lowest(covered), covered.bit_length())
        free = [everything & ~runs for runs in reversed(taken)]
        late = _choose_late(waiting, [*accumulate(free, and_), 0])
        for number, here in late.items():
            for lane, passage in enumerate(here, start=len(LANES) - len(here)):
                self._draw_line(lane, passage, number, number + 1)
        drawn.update(self.lanes, *late.values())
        self.drawn = [passage for passage in passages if passage in drawn]
        return True

    def count_lines(self) -> list[int]:
        """Return how many lines each run has."""
        return [len(LANES) - lines.count("") for lines in zip(*self._lines, strict=True)]

    def classes(self) -> Iterable[str]:
        """Return the classes of each run: its ground, then the line in each lane from the words."""
        return map("".join, zip(self._grounds, *self._lines, strict=True))

    def _draw_ground(self, passage: LanePassage, runs: int) -> None:
        start, end, css, _number = passage
        bounds, grounds = self._bounds, self._grounds
        if start < self._block[0] or self._block[1] < end:
            css += " wide"
        for number in _numbers(runs):
            grounds[number] = css
            if bounds[number] == start:
                grounds[number] += " g-starts"
            if bounds[number + 1] == end:
                grounds[number] += " g-ends"

    def _draw_line(self, lane: int, passage: LanePassage, first: int, beyond: int) -> None:
        """Draw the line of a passage in the runs from `first` to before `beyond`."""
        letter, lines = LANES[lane], self._lines[lane]
        lines[first:beyond] = [f" {letter}-{passage[2]}"] * (beyond - first)
        if passage[0] == self._bounds[first]:  # and not at a cut, or the bound of the block
            lines[first] += f" {letter}-starts"
        if passage[1] == self._bounds[beyond]:
            lines[beyond - 1] += f" {letter}-ends"


def _free_lane(taken: Sequence[int], covered: int) -> int | None:
    """Return the nearest lane that is free over all of some runs, None for none."""
    for lane, runs in enumerate(taken):
        if not runs & covered:
            return lane
    return None


def _choose_late(
    waiting: Iterable[tuple[LanePassage, int]], rooms: Sequence[int]
) -> dict[int, list[LanePassage]]:
    """Return who has a line in which run, of those who found no lane, each with what it covers.

    `rooms` are the runs with room for more than none, one, two … such lines, up to none at all.
    """
    late: dict[int, list[LanePassage]] = {}
    has_room = rooms[0]
    for passage, covered in waiting:
        if not covered & has_room:  # as soon nearly always
            continue
        for number in _numbers(covered & has_room):
            here = late.setdefault(number, [])
            here.append(passage)
            if not rooms[len(here)] >> number & 1:
                has_room ^= 1 << number
    return late


def _with_steps(before: Steps, added: Iterable[LanePassage], start: int, end: int) -> Steps:
    """Count more passages of the block `[start, end)`."""
    steps = {tag: by_place.copy() for tag, by_place in before.items()}
    for first, beyond, tag, _number in added:
        by_place = steps.setdefault(tag, {})
        here = first if start < first else start  # noqa: FURB136  (a call takes three times as long)
        by_place[here] = by_place.get(here, 0) + 1
        here = beyond if beyond < end else end  # noqa: FURB136  (as above)
        by_place[here] = by_place.get(here, 0) - 1
    return steps


def _sums(steps: dict[int, int], bounds: Sequence[int]) -> list[int]:
    """Return how many passages of a tag cover each run."""
    return list(accumulate(map(steps.get, bounds[:-1], repeat(0))))


@cache
def _tags(*flags: bool) -> str:
    return " ".join(tag for tag, flag in zip(Tag, flags, strict=True) if flag)


def _by_length(passage: LanePassage) -> tuple[int, int, int]:
    start = passage[0]
    return passage[1] - start, -start, passage[3]


def _lowest(runs: int) -> int:
    """Return the lowest number of a set of runs."""
    return (runs & -runs).bit_length() - 1


def _numbers(runs: int) -> Iterable[int]:
    """Yield the numbers of a set of runs."""
    while runs:
        lowest = runs & -runs
        yield lowest.bit_length() - 1
        runs ^= lowest
