"""The positions of a project with who is for and against them, as an address asks for them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy.orm import Session

from app.frozen import frozen
from app.projects.models import Member
from app.statements.asked import AskedPositions
from app.statements.duplicates import CountAs, counted_as, drop_duplicates
from app.statements.graph import NodeNames
from app.statements.matrix import Matrix, MatrixCell, build_matrix
from app.statements.queries.listing import list_statements
from app.statements.queries.networks import find_node_names
from app.statements.statement import Statement
from app.text.sorting import sort_key

MOST_COLUMNS = 24  # parties, past which people stand for their organisations

CellKey = tuple[int, int]
"""A party and a position, by their ids."""


class PartyPosition(NamedTuple):
    """A party and a position with how many for and against, and the names of both.

    `organization` is what the party spoke for, "" for nothing; several are joined by "; ".
    """

    key: CellKey
    position: str
    party: str
    organization: str
    cell: MatrixCell


@frozen
class Positions:
    """What is counted: the matrix, and the statements of each of its cells.

    `by` says as what people count, `can_fold` whether any speaks for an organisation. `undated` are
    left out since days are asked for; `without_side` have a position.
    """

    matrix: Matrix
    statements: Mapping[CellKey, Sequence[Statement]]
    names: NodeNames
    by: CountAs
    can_fold: bool
    undated: Sequence[Statement]
    without_position: Sequence[Statement]
    without_side: Sequence[Statement]

    @property
    def pairs(self) -> Sequence[PartyPosition]:
        """Return the cells one by one, in the order of the positions and then of the parties."""
        matrix = self.matrix
        row = {position: place for place, position in enumerate(matrix.positions.ids)}
        column = {party: place for place, party in enumerate(matrix.parties.ids)}
        keys = sorted(matrix.cells, key=lambda key: (row[key[1]], column[key[0]]))
        return [
            PartyPosition(
                key=(party, position),
                position=self.names.positions[position],
                party=self.names.parties[party],
                organization=self._organization(party, position),
                cell=matrix.cells[party, position],
            )
            for party, position in keys
        ]

    def _organization(self, party: int, position: int) -> str:
        """Return what a party spoke for; nothing of those who stand for it here."""
        ids = {
            one.organization
            for one in self.statements[party, position]
            if one.organization is not None and one.organization != party
        }
        return "; ".join(sorted(self.names.parties[one] for one in ids))


def count_positions(session: Session, member: Member, asked: AskedPositions) -> Positions:
    """Count what is asked for and what a member may see of it."""
    found, without_date = _in_time(list_statements(session, member, asked.filters), asked)
    said = [one for one in found if _is_in_cell(one)]
    by = asked.by or _fitting(said)
    counted = [counted_as(one, by) for one in said]
    names = find_node_names(session, member.project_id)
    matrix = build_matrix(
        drop_duplicates(counted, asked.duplicates),
        order=asked.sort,
        party_name=lambda party: sort_key(names.parties[party]),
        position_name=lambda position: sort_key(names.positions[position]),
    )
    statements: dict[CellKey, list[Statement]] = defaultdict(list)
    for one, shown in zip(said, counted, strict=True):
        if shown.position is not None:
            statements[shown.party, shown.position].append(one)
    return Positions(
        matrix=matrix,
        statements=statements,
        names=names,
        by=by,
        can_fold=any(one.organization is not None for one in said),
        undated=[one for one in without_date if _is_in_cell(one)],
        without_position=[one for one in found if one.position is None],
        without_side=[one for one in found if one.position is not None and not one.side],
    )


def _is_in_cell(statement: Statement) -> bool:
    return statement.position is not None and bool(statement.side)


def _in_time(
    statements: Sequence[Statement], asked: AskedPositions
) -> tuple[Sequence[Statement], Sequence[Statement]]:
    """Return those of the days that are asked for, and those that have no date then."""
    if not asked.is_of_time:
        return statements, []
    first, last = asked.first_day or date.min, asked.last_day or date.max
    in_time = [one for one in statements if one.day is not None and first <= one.day <= last]
    return in_time, [one for one in statements if one.day is None]


def _fitting(statements: Collection[Statement]) -> CountAs:
    """Return as what people count where nobody says it."""
    parties = {one.party for one in statements}
    return CountAs.ORGANIZATION if len(parties) > MOST_COLUMNS else CountAs.PERSON
