"""The matrix of parties and positions: how many for, how many against, and in which order. Pure.

The order puts those side by side who take the same sides: parties and positions stand by the first
singular vectors of their matrix, found by power iteration. What that comes to is the same for the
same statements, whoever asks and however often.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from math import sqrt
from operator import mul
from typing import NamedTuple

from app.frozen import frozen
from app.statements.statement import AGAINST, FOR, Statement

MOST_STEPS = 200  # of the iteration
STILL = 1e-9  # what moves by less, or is less, counts as nothing
LEAST_SHARED = 10  # positions, below which no line is drawn: thin data makes blocs of chance


class Order(StrEnum):
    """How parties and positions stand: those who agree together, the most first, or by name."""

    BLOCS = "blocs"
    MOST = "most"
    NAME = "name"


class Bloc(StrEnum):
    """On which side of the first axis something stands; between them, what points both ways."""

    ONE = "one"
    BETWEEN = "between"
    TWO = "two"


class MatrixCell(NamedTuple):
    """How many statements are for a position, and how many against it."""

    supporting: int
    opposing: int

    @property
    def all(self) -> int:
        """Return how many there are of both."""
        return self.supporting + self.opposing

    @property
    def lean(self) -> float:
        """Return (for − against) / (for + against): from −1 to 1, 0 where nothing is said."""
        return (self.supporting - self.opposing) / self.all if self.all else 0.0


NOBODY = MatrixCell(0, 0)


class Axis(NamedTuple):
    """Parties or positions in their order, by id, each with its sum and, where drawn, its bloc."""

    ids: Sequence[int]
    sums: Mapping[int, MatrixCell]
    blocs: Mapping[int, Bloc]


@frozen
class Matrix:
    """Who is for and against what; a cell is that of (party, position), and only where any is said.

    `shared` is the number of positions on which two parties or more say something. The axes have
    blocs where the order is by these and enough is shared.
    """

    cells: Mapping[tuple[int, int], MatrixCell]
    parties: Axis
    positions: Axis
    shared: int

    @property
    def total(self) -> MatrixCell:
        """Return how many statements there are in all."""
        return _sum(self.cells.values())


def build_matrix(
    statements: Iterable[Statement],
    *,
    order: Order,
    party_name: Callable[[int], str],
    position_name: Callable[[int], str],
) -> Matrix:
    """Count statements into a matrix, one by one: duplicates are dropped beforehand.

    Those without a position or a side are in no cell. Names, as they are sorted, decide ties.
    """
    counts: Counter[tuple[int, int, str]] = Counter(
        (one.party, one.position, one.side)
        for one in statements
        if one.position is not None and one.side
    )
    keys = {(party, position) for party, position, _side in counts}
    cells = {key: MatrixCell(counts[*key, FOR], counts[*key, AGAINST]) for key in keys}
    by_party: dict[int, list[MatrixCell]] = defaultdict(list)
    by_position: dict[int, list[MatrixCell]] = defaultdict(list)
    for (party, position), cell in cells.items():
        by_party[party].append(cell)
        by_position[position].append(cell)
    shared = sum(len(found) > 1 for found in by_position.values())
    party_sums = {party: _sum(found) for party, found in by_party.items()}
    position_sums = {position: _sum(found) for position, found in by_position.items()}
    parties = sorted(party_sums, key=lambda one: (party_name(one), one))
    positions = sorted(position_sums, key=lambda one: (position_name(one), one))
    if order is Order.MOST:
        parties.sort(key=lambda one: -party_sums[one].all)
        positions.sort(key=lambda one: -position_sums[one].all)
    if order is not Order.BLOCS:
        axes = Axis(parties, party_sums, {}), Axis(positions, position_sums, {})
        return Matrix(cells, *axes, shared)
    return _in_blocs(
        cells, Axis(parties, party_sums, {}), Axis(positions, position_sums, {}), shared
    )


def _in_blocs(
    cells: Mapping[tuple[int, int], MatrixCell], parties: Axis, positions: Axis, shared: int
) -> Matrix:
    party_at = {party: place for place, party in enumerate(parties.ids)}
    position_at = {position: place for place, position in enumerate(positions.ids)}
    entries = sorted(
        (party_at[party], position_at[position], cell.lean)
        for (party, position), cell in cells.items()
    )
    most = [positions.sums[position].all for position in positions.ids]
    u, v = iterate(entries, len(parties.ids), start=most)
    sizes = [0.0] * len(u)
    for i, j, lean in entries:
        sizes[i] += abs(lean * v[j])
    between = [abs(one) < size / 2 - STILL for one, size in zip(u, sizes, strict=True)]
    by_party = {one: _bloc(u[at], is_between=between[at]) for one, at in party_at.items()}
    by_position = {one: _bloc(v[at]) for one, at in position_at.items()}
    party_ids = _in_order(parties.ids, by_party, u)
    position_ids = _in_order(positions.ids, by_position, v)
    if shared < LEAST_SHARED:
        by_party, by_position = {}, {}
    return Matrix(
        cells,
        Axis(party_ids, parties.sums, by_party),
        Axis(position_ids, positions.sums, by_position),
        shared,
    )


def iterate(
    entries: Sequence[tuple[int, int, float]], rows: int, *, start: Sequence[int]
) -> tuple[list[float], list[float]]:
    """Return the first left and right singular vectors, u = M·v and v of length 1, of a matrix.

    It has `rows` rows and as many columns as `start` has numbers; `entries` are row, column and
    value of what is not nothing. The power iteration begins at the column whose number in `start`
    is greatest, the first of several: so it is decided which way the vectors point. A part of the
    matrix that is not joined to that column is 0 in both.
    """
    by_row = _lines(entries, rows)
    by_column = _lines(((j, i, value) for i, j, value in entries), len(start))
    v = [0.0] * len(start)
    if start:
        v[start.index(max(start))] = 1.0
    for _step in range(MOST_STEPS):
        turned = _times(by_column, _times(by_row, v))
        length = sqrt(sum(part * part for part in turned))
        if length < STILL:
            break
        following = [part / length for part in turned]
        moved = max(abs(new - old) for new, old in zip(following, v, strict=True))
        v = following
        if moved < STILL:
            break
    return _times(by_row, v), v


_Line = tuple[list[int], list[float]]
"""What is not nothing in a row or a column: the places, and the values there."""


def _lines(entries: Iterable[tuple[int, int, float]], count: int) -> list[_Line]:
    lines: list[_Line] = [([], []) for _ in range(count)]
    for line, place, value in entries:
        lines[line][0].append(place)
        lines[line][1].append(value)
    return lines


def _times(lines: Iterable[_Line], parts: Sequence[float]) -> list[float]:
    part = parts.__getitem__
    return [sum(map(mul, values, map(part, places))) for places, values in lines]


def _bloc(part: float, *, is_between: bool = False) -> Bloc:
    if is_between or abs(part) < STILL:
        return Bloc.BETWEEN
    return Bloc.ONE if part > 0 else Bloc.TWO


def _in_order(ids: Sequence[int], blocs: Mapping[int, Bloc], parts: Sequence[float]) -> list[int]:
    """Sort ids by bloc and part, falling; those that differ by nothing stay as they are."""
    places = list(Bloc)
    at = dict(zip(ids, parts, strict=True))
    return sorted(ids, key=lambda one: (places.index(blocs[one]), -round(at[one], 8)))


def _sum(cells: Iterable[MatrixCell]) -> MatrixCell:
    found = list(cells)
    return MatrixCell(sum(one.supporting for one in found), sum(one.opposing for one in found))
