"""What is said over time, as plain numbers that a template draws as SVG. Pure.

A mark is the day and the side of some statements, with their number inside. Places are in per cent
of the width, so that a picture is as wide as there is room; marks that would lie nearer than their
own width where it is narrowest are joined.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Generic, NamedTuple, TypeVar

from app.frozen import frozen

MARK = 26  # pixels that a mark is wide
NARROWEST = 560  # pixels of a picture
APART = 100 * MARK / NARROWEST  # per cent between the middles of two marks
FIRST, LAST = 5.0, 95.0  # per cent, where the axis begins and ends
MOST_TICKS = 7
_MONTHS = 12
# Months from one tick to the next.
_STEPS = (1, 3, 6, 12, 24, 60, 120, 240, 600, 1_200, 6_000, 12_000, 24_000)

Key = TypeVar("Key", bound=Hashable)


class Dated(NamedTuple, Generic[Key]):
    """A statement in a row of a picture: its row, its side, its article, and the day of that.

    The day is None where the article has none.
    """

    row: Key
    side: str
    article: int
    day: date | None


@frozen
class TimelineMark:
    """Some statements of one side, with their days and articles; several days were joined."""

    at: float
    side: str
    count: int
    days: tuple[date, ...]
    articles: frozenset[int]


@frozen
class Tick:
    """A month's first day on the axis."""

    at: float
    day: date


@frozen
class Timeline(Generic[Key]):
    """The ticks of an axis, the marks of each row, and how many of it have no day, by side."""

    ticks: Sequence[Tick]
    marks: Mapping[Key, Sequence[TimelineMark]]
    undated: Mapping[Key, Counter[str]]


def build_timeline(statements: Iterable[Dated[Key]]) -> Timeline[Key]:
    """Put statements that take a side onto an axis, from the month of the first to the last's."""
    dated: dict[Key, dict[tuple[date, str], list[int]]] = {}
    undated: dict[Key, Counter[str]] = {}
    for row, side, article, day in statements:
        if day is None:
            undated.setdefault(row, Counter())[side] += 1
        else:
            dated.setdefault(row, {}).setdefault((day, side), []).append(article)
    days = [day for row in dated.values() for day, _side in row]
    if not days:
        return Timeline((), {}, undated)
    axis = _Axis(_month_number(min(days)), _month_number(max(days)) + 1)
    marks = {row: _marks(found, axis) for row, found in dated.items()}
    return Timeline(axis.ticks, marks, undated)


class _Axis(NamedTuple):
    """Time from the beginning of one month to that of another, as numbers of months."""

    first: int
    last: int

    def at(self, day: date) -> float:
        start, end = _day(self.first).toordinal(), _day(self.last).toordinal()
        return FIRST + (LAST - FIRST) * (day.toordinal() - start) / (end - start)

    @property
    def ticks(self) -> Sequence[Tick]:
        step = next(
            (step for step in _STEPS if (self.last - self.first) // step < MOST_TICKS), _STEPS[-1]
        )
        numbers = range(-(-self.first // step) * step, self.last + 1, step)
        return [Tick(self.at(_day(number)), _day(number)) for number in numbers]


def _marks(dated: Mapping[tuple[date, str], Sequence[int]], axis: _Axis) -> Sequence[TimelineMark]:
    """Join what lies too near to the first of those that are joined, each side by itself."""
    marks: list[TimelineMark] = []
    last: dict[str, int] = {}  # the place of each side's last mark
    for day, side in sorted(dated):
        articles = dated[day, side]
        mark = TimelineMark(axis.at(day), side, len(articles), (day,), frozenset(articles))
        before = marks[last[side]] if side in last else None
        if before is not None and mark.at - before.at < APART:
            marks[last[side]] = _joined(before, mark)
        else:
            last[side] = len(marks)
            marks.append(mark)
    return marks


def _joined(first: TimelineMark, other: TimelineMark) -> TimelineMark:
    return replace(
        first,
        count=first.count + other.count,
        days=first.days + other.days,
        articles=first.articles | other.articles,
    )


def _month_number(day: date) -> int:
    return day.year * _MONTHS + day.month - 1


def _day(number: int) -> date:
    year, month = divmod(number, _MONTHS)
    return date(year, month + 1, 1) if year <= date.max.year else date.max
