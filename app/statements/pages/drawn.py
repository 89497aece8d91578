"""A timeline as the template draws it: a row for each position of a party, or party of a position.

For stands above the line of a row, and against below it, so that both can be of one day.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from app.annotations.models import SIDES
from app.frozen import frozen
from app.statements.timeline import MARK, Dated, Timeline, TimelineMark, build_timeline
from app.web.filters import day, number

ROWS_SHOWN = 12
MOST_ROWS = 200  # of the table
_MARK_HEIGHT = 24
_GAP = 4
_WIDE = 99  # a larger number needs more room
_SIGNS: Mapping[str, str] = {"for": "+", "against": "−"}


@frozen
class MarkDrawn:
    """A mark: its middle in per cent, its shape in pixels, and the words that say the figure."""

    at: str
    side: str
    left: float
    width: int
    top: int
    radius: int
    middle: int
    words: str
    when: str
    label: str
    is_joined: bool
    address: str


@frozen
class RowDrawn:
    """A row: what it is of, its height and the middle of it in pixels, its marks, its sums.

    `undated` says what has no day, "" for nothing.
    """

    name: str
    address: str
    height: int
    line: int
    marks: Sequence[MarkDrawn]
    supporting: int
    opposing: int
    undated: str


@frozen
class Drawn:
    """A timeline: the words at its ticks, the rows of the picture, and those of its table.

    `more` are the rows that the table has not room for.
    """

    ticks: Sequence[tuple[str, str]]
    rows: Sequence[RowDrawn]
    table: Sequence[RowDrawn]
    more: int

    @property
    def has_picture(self) -> bool:
        """Say whether anything has a day."""
        return any(row.marks for row in self.rows)

    @property
    def has_joined(self) -> bool:
        """Say whether marks of several days are joined."""
        return any(mark.is_joined for row in self.rows for mark in row.marks)


class Rows(NamedTuple):
    """What the rows of a picture are, by their ids: their names, and where they are.

    `passages` gives the address of the passages of a row, of one side and in some articles.
    """

    name: Callable[[int], str]
    address: Callable[[int], str]
    passages: Callable[[int, str, Collection[int]], str]


def draw(statements: Iterable[Dated[int]], rows: Rows) -> Drawn:
    """Draw statements, the rows with the most of them first."""
    every = list(statements)
    sums = Counter((one.row, one.side) for one in every)
    totals = Counter(one.row for one in every)
    order = sorted(totals, key=lambda row: (-totals[row], rows.name(row)))
    timeline = build_timeline(every)
    drawn = [_row(timeline, sums, row, rows) for row in order[:MOST_ROWS]]
    ticks = [
        (f"{tick.at:.2f}%", str(tick.day.year) if tick.day.month == 1 else f"{tick.day:%b %Y}")
        for tick in timeline.ticks
    ]
    return Drawn(ticks, drawn[:ROWS_SHOWN], drawn, max(len(order) - MOST_ROWS, 0))


def _row(
    timeline: Timeline[int], sums: Mapping[tuple[int, str], int], row: int, rows: Rows
) -> RowDrawn:
    marks = timeline.marks.get(row, ())
    lanes = [side for side in SIDES if any(mark.side == side for mark in marks)]
    tops = {side: _GAP + place * (_MARK_HEIGHT + _GAP) for place, side in enumerate(lanes)}
    height = _GAP + max(len(lanes), 1) * (_MARK_HEIGHT + _GAP)
    undated = timeline.undated.get(row, Counter())
    return RowDrawn(
        name=rows.name(row),
        address=rows.address(row),
        height=height,
        line=height // 2,
        marks=[_mark(mark, tops[mark.side], row, rows) for mark in marks],
        supporting=sums.get((row, "for"), 0),
        opposing=sums.get((row, "against"), 0),
        undated=", ".join(f"{number(undated[side])} {side}" for side in SIDES if undated[side]),
    )


def _mark(mark: TimelineMark, top: int, row: int, rows: Rows) -> MarkDrawn:
    width = MARK if mark.count <= _WIDE else MARK + 12
    when, days = day(mark.days[0]), len(mark.days)
    if days > 1:
        when = f"{when} to {day(mark.days[-1])}, {number(days)} days joined"
    return MarkDrawn(
        at=f"{mark.at:.2f}%",
        side=mark.side,
        left=-width / 2,
        width=width,
        top=top,
        radius=3 if mark.side == "for" else 12,
        middle=top + 17,
        words=f"{_SIGNS[mark.side]}{number(mark.count)}",
        when=when,
        label=f"{number(mark.count)} {mark.side}, {when}: {rows.name(row)}",
        is_joined=days > 1,
        address=rows.passages(row, mark.side, mark.articles),
    )
