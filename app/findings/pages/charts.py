"""Pictures as plain numbers: what templates draw as SVG, and write into a table beside it.

Lengths along a row are in per cent, so that it is as wide as there is room; heights are in pixels.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from app.annotations.tags import PLURALS, TAGS
from app.findings.queries.summary import ArticleMap, TagCounts
from app.frozen import frozen
from app.web.filters import number, pluralise

COLUMN_HEIGHT = 104  # of the highest
BASE = 126  # where columns stand
TENTHS = 10
_STEP = 2  # marks on a strip are told apart to 1/2 per cent
_THOUSAND = 1_000


@frozen
class ChartMark:
    """A part of a picture: where it is, how large, what it leads to, "" for nothing.

    `label` says the figure: "33 claims, Ada Nowak".
    """

    tag: str
    start: str
    size: str
    count: int
    label: str
    address: str


@frozen
class FigureCell:
    """A figure of a table, and the address of what it counts, "" for none."""

    count: int
    address: str


@frozen
class FigureRow:
    """What a row shows: its name, tally, and what gives the address of a tag, with "" of all.

    A theme stands on a level, 1 at the top, under the name `above`; `branch` is the same of it with
    all beneath it, None where that is no more.
    """

    name: str
    tally: TagCounts
    address: Callable[[str], str]
    level: int = 1
    above: str = ""
    branch: "FigureRow | None" = None

    @property
    def whole(self) -> TagCounts:
        """Return the tally with what stands beneath it."""
        return self.branch.tally if self.branch else self.tally


@frozen
class Bar:
    """A row of a picture: a bar with a part for each tag, and its cells, the sum last."""

    name: str
    marks: Sequence[ChartMark]
    cells: Sequence[FigureCell]
    total: int
    level: int
    above: str
    branch: "Bar | None"

    @property
    def lines(self) -> Sequence["Bar"]:
        """Return the bars that are drawn: it, and below it that of its branch."""
        return [self, self.branch] if self.branch else [self]


@frozen
class TimeColumn:
    """A column over a month or year; `room` is where its hand begins."""

    mark: ChartMark
    room: int
    middle: float
    height: float
    top: float
    above: float
    said: str
    below: str


@frozen
class Multiple:
    """The columns of one tag, beside those of the others."""

    tag: str
    total: int
    width: int
    columns: Sequence[TimeColumn]


@frozen
class Tenth:
    """A tenth of a text: where it begins, in per cent, how much is tagged in it, where it leads."""

    start: int
    count: int
    label: str
    address: str


@frozen
class Strip:
    """A text from its first word to its last: a path of lines for each tag, and its tenths."""

    name: str
    address: str
    paths: Mapping[str, str]
    tenths: Sequence[Tenth]


def words_of(tag: str, count: int) -> str:
    """Return a number with its tag: "1 claim", "1,240 claims"."""
    return pluralise(count, tag, PLURALS[tag])


def sum_of(tally: TagCounts) -> int:
    """Return how many passages a tally counts."""
    return sum(tally.values())


def with_most(rows: Sequence[FigureRow], count: int) -> list[FigureRow]:
    """Return so many rows with the most passages, in their order: each after those above it."""
    ranked = sorted(range(len(rows)), key=lambda place: -sum_of(rows[place].whole))
    return [rows[place] for place in sorted(ranked[:count])]


def draw_bars(rows: Iterable[FigureRow], longest: int) -> Sequence[Bar]:
    """Draw a bar for each row, all on one scale, of which `longest` is the whole width."""
    return [_bar(row, longest) for row in rows]


def _bar(row: FigureRow, longest: int) -> Bar:
    marks = []
    before = 0
    for tag in TAGS:
        count = row.tally.get(tag, 0)
        if count:
            label = f"{words_of(tag, count)}, {row.name}"
            start, size = (_per_cent(each, longest) for each in (before, count))
            marks.append(ChartMark(tag, start, size, count, label, row.address(tag)))
        before += count
    cells = [FigureCell(row.tally.get(tag, 0), row.address(tag)) for tag in TAGS]
    branch = _bar(row.branch, longest) if row.branch else None
    return Bar(
        name=row.name,
        marks=marks,
        cells=[*cells, FigureCell(before, row.address(""))],
        total=before,
        level=row.level,
        above=row.above,
        branch=branch,
    )


def draw_columns(
    periods: Sequence[tuple[str, str, TagCounts, Callable[[str], str]]], width: int
) -> Sequence[Multiple]:
    """Draw a picture for each tag, all on one scale, with a column of `width` for each period.

    A period is its name, what stands below it, its tally, and what gives the address of a tag.
    """
    highest = max((count for _, _, tally, _ in periods for count in tally.values()), default=0)
    multiples = []
    for tag in TAGS:
        columns = []
        for place, (name, below, tally, address) in enumerate(periods):
            count = tally.get(tag, 0)
            height = round(COLUMN_HEIGHT * count / highest, 1) if highest else 0.0
            label = f"{words_of(tag, count)} in {name}"
            start, size = str(place * width + width // 9), str(width - 2 * (width // 9))
            mark = ChartMark(tag, start, size, count, label, address(tag))
            middle, top = (place + 0.5) * width, round(BASE - height, 1)
            columns.append(
                TimeColumn(mark, place * width, middle, height, top, top - 5, _short(count), below)
            )
        total = sum(tally.get(tag, 0) for _, _, tally, _ in periods)
        multiples.append(Multiple(tag, total, width * len(periods), columns))
    return multiples


def draw_strip(
    name: str, address: str, found: ArticleMap, block_address: Callable[[int], str]
) -> Strip:
    """Draw where in a text each tag lies; a tenth leads to the block in which it begins."""
    length = max(1, found.length)
    lanes: dict[str, set[float]] = {tag: set() for tag in TAGS}
    tenths: list[dict[str, int]] = [{} for _ in range(TENTHS)]
    for spot in found.spots:
        lanes[spot.tag].add(round(100 * _STEP * spot.start / length) / _STEP)
        tenth = tenths[tenth_of(spot.start, length)]
        tenth[spot.tag] = tenth.get(spot.tag, 0) + 1
    paths = {
        tag: "".join(f"M{place:g} {3 + 12 * lane}v10" for place in sorted(lanes[tag]))
        for lane, tag in enumerate(TAGS)
    }
    drawn = []
    for place, tally in enumerate(tenths):
        what = [words_of(tag, tally[tag]) for tag in TAGS if tag in tally]
        label = f"{_ORDINALS[place]} tenth: {', '.join(what) or 'nothing'}, {name}"
        begins = block_address(_block_at(found, place * length // TENTHS))
        drawn.append(Tenth(TENTHS * place, sum(tally.values()), label, begins))
    return Strip(name, address, paths, drawn)


def tenth_of(start: int, length: int) -> int:
    """Return in which tenth of a text, from 0, a passage begins."""
    return min(TENTHS - 1, TENTHS * start // length)


def _block_at(found: ArticleMap, offset: int) -> int:
    """Return the number of the last block that begins at an offset or before it."""
    starts = [number for number, (start, _) in enumerate(found.blocks, 1) if start <= offset]
    return starts[-1] if starts else 1


def _per_cent(count: int, of: int) -> str:
    return f"{round(100 * count / of, 2):g}%" if of else "0%"


def _short(count: int) -> str:
    """Write a number within the width of a column: 940, 1.2k, 16k; nothing for 0."""
    if count < _THOUSAND:
        return str(count or "")
    thousands = count / _THOUSAND
    return f"{thousands:.1f}k" if thousands < 9.95 else f"{number(round(thousands))}k"  # noqa: PLR2004  (two digits)


_ORDINALS = (
    "First",
    "Second",
    "Third",
    "Fourth",
    "Fifth",
    "Sixth",
    "Seventh",
    "Eighth",
    "Ninth",
    "Last",
)
