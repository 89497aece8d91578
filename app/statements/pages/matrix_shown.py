"""The matrix as it is drawn, and its lines as a table: heads, cells, marks and where they lead."""

from collections.abc import Collection, Mapping, Sequence
from itertools import groupby, pairwise

from app.frozen import frozen
from app.statements.matrix import Axis, Bloc, MatrixCell
from app.statements.pages.passage_links import PassageLinks
from app.statements.queries.positions import CellKey, PartyPosition, Positions
from app.statements.statement import AGAINST, FOR, Statement
from app.web.filters import pluralise

MOST_PARTIES, MOST_POSITIONS = 500, 200  # of the matrix; the table and the file have all
_BLOCS: Mapping[Bloc, str] = {Bloc.ONE: "Bloc 1", Bloc.BETWEEN: "Between", Bloc.TWO: "Bloc 2"}


@frozen
class MatrixMark:
    """How many are for, or against, and the address of their passages."""

    side: str
    count: int
    address: str


@frozen
class CellShown:
    """A cell of the matrix: whose it is, and its marks; a line stands before it or does not.

    One without marks may be several columns wide.
    """

    party: str
    marks: Sequence[MatrixMark]
    has_line: bool
    columns: int = 1


@frozen
class MatrixHead:
    """A party or a position at the edge of the matrix, with its sums.

    A line stands before it where another bloc begins.
    """

    name: str
    address: str
    sums: MatrixCell
    has_line: bool


@frozen
class MatrixRow:
    """A position with its cells, which are as wide as there are parties."""

    head: MatrixHead
    cells: Sequence[CellShown]


@frozen
class BlocShown:
    """What stands above the parties of a bloc, and how many columns it is wide."""

    words: str
    columns: int


@frozen
class MatrixShown:
    """The matrix as it is drawn; `hidden` says how much of it is not, "" for nothing."""

    parties: Sequence[MatrixHead]
    blocs: Sequence[BlocShown]
    rows: Sequence[MatrixRow]
    total: MatrixCell
    hidden: str


@frozen
class PairRow:
    """A line of the table: a pair, and the addresses of party, position and passages."""

    pair: PartyPosition
    party_address: str
    position_address: str
    address: str
    quotes: int


def matrix_shown(found: Positions, passages: PassageLinks) -> MatrixShown:
    """Draw the matrix; of what is too large, the parties and positions with the most statements."""
    matrix = found.matrix
    party_ids = _most(matrix.parties, MOST_PARTIES)
    position_ids = _most(matrix.positions, MOST_POSITIONS)
    party_lines = _lines(party_ids, matrix.parties.blocs)
    position_lines = _lines(position_ids, matrix.positions.blocs)
    by_position: dict[int, list[Statement]] = {one: [] for one in matrix.positions.ids}
    for (_party, position), statements in found.statements.items():
        by_position[position] += statements
    parties = [
        MatrixHead(
            name=found.names.parties[party],
            address=passages.of_party(party),
            sums=matrix.parties.sums[party],
            has_line=party in party_lines,
        )
        for party in party_ids
    ]
    rows = []
    for position in position_ids:
        head = MatrixHead(
            name=found.names.positions[position],
            address=passages.of(by_position[position], "position"),
            sums=matrix.positions.sums[position],
            has_line=position in position_lines,
        )
        cells = _row_cells(position, party_ids, party_lines, found, passages)
        rows.append(MatrixRow(head, cells))
    blocs = [
        BlocShown(f"{_BLOCS[bloc]}, {pluralise(len(some), 'party', 'parties')}", len(some))
        for bloc, found_here in groupby(party_ids, key=matrix.parties.blocs.get)
        if bloc is not None and (some := list(found_here))
    ]
    return MatrixShown(
        parties, blocs, rows, matrix.total, _hidden(matrix.parties, matrix.positions)
    )


def _row_cells(
    position: int,
    party_ids: Sequence[int],
    party_lines: Collection[int],
    found: Positions,
    passages: PassageLinks,
) -> list[CellShown]:
    """Draw a row. Where nothing is said side by side, and no line is between, that is one cell.

    So a browser has a cell for each number, and not one for each pair of a party and a position.
    """
    keys = [(party, position) for party in party_ids]
    said = [place for place, key in enumerate(keys) if key in found.matrix.cells]
    lines = [place for place, party in enumerate(party_ids) if party in party_lines]
    begins = {0, *said, *(place + 1 for place in said), *lines, len(keys)}
    cells = []
    for start, end in pairwise(sorted(begins)):
        has_line = party_ids[start] in party_lines
        if keys[start] in found.matrix.cells:
            cells.append(_cell(keys[start], found, passages, has_line=has_line))
        else:
            cells.append(CellShown("", (), has_line, end - start))
    return cells


def _most(axis: Axis, most: int) -> Sequence[int]:
    """Return the ids in their order, of too many those with the most statements alone."""
    if len(axis.ids) <= most:
        return axis.ids
    kept = {*sorted(axis.ids, key=lambda one: -axis.sums[one].all)[:most]}
    return [one for one in axis.ids if one in kept]


def _lines(ids: Sequence[int], blocs: Mapping[int, Bloc]) -> frozenset[int]:
    """Return before which a line is drawn, since another bloc begins."""
    return frozenset(one for before, one in pairwise(ids) if blocs.get(before) != blocs.get(one))


def _hidden(parties: Axis, positions: Axis) -> str:
    if len(parties.ids) <= MOST_PARTIES and len(positions.ids) <= MOST_POSITIONS:
        return ""
    return (
        f"The matrix shows at most the {MOST_PARTIES} parties and {MOST_POSITIONS} positions with "
        "the most statements; its sums, the table and the CSV have all."
    )


def _cell(key: CellKey, found: Positions, passages: PassageLinks, *, has_line: bool) -> CellShown:
    party, _position = key
    cell = found.matrix.cells[key]
    statements = found.statements[key]
    marks = [
        MatrixMark(
            side,
            count,
            passages.of(
                [one for one in statements if one.side == side], "party", "position", "side"
            ),
        )
        for side, count in ((FOR, cell.supporting), (AGAINST, cell.opposing))
        if count
    ]
    return CellShown(found.names.parties[party], marks, has_line)


def line_of(pair: PartyPosition, found: Positions, passages: PassageLinks) -> PairRow:
    """Draw a pair as a line of the table."""
    statements = found.statements[pair.key]
    return PairRow(
        pair=pair,
        party_address=passages.of_party(pair.key[0]),
        position_address=passages.of(statements, "position"),
        address=passages.of(statements, "party", "position"),
        quotes=len(statements),
    )
