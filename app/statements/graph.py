"""A network whose nodes have names and whose edges lead back to statements, for files and pages."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from itertools import chain

from app.frozen import frozen
from app.statements.duplicates import drop_duplicates
from app.statements.matrix import Matrix, Order, build_matrix
from app.statements.networks import Network, NetworkKind, Relation, what_meets
from app.statements.statement import Statement
from app.text.sorting import fold

PARTY, POSITION = "party", "position"


@frozen
class NodeNames:
    """What the parties and positions of a project are called, by their ids.

    `kinds` are those of the parties: "person", "organization", or "" where nobody said which.
    """

    parties: Mapping[int, str]
    positions: Mapping[int, str]
    kinds: Mapping[int, str]


@frozen
class Node:
    """A party or a position of a network.

    `key` is its own among all of both, such as "party-12"; `kind` is "person", "organization",
    "party" where nobody said which, or "position". `organizations` are the names of those that a
    person spoke for. `bloc` is that of the matrix, "" for none.
    """

    key: str
    id: int
    name: str
    kind: str
    organizations: Sequence[str]
    bloc: str

    @property
    def is_party(self) -> bool:
        """Say whether it is a party, and no position."""
        return self.kind != POSITION


@frozen
class Edge:
    """Two nodes with a weight between them."""

    source: Node
    target: Node
    weight: float


class Graph:
    """A network with the names of its nodes."""

    def __init__(self, network: Network, names: NodeNames) -> None:
        self.network = network
        self._names = names

    @cached_property
    def rows(self) -> Sequence[Node]:
        """Return the nodes of the rows, by name."""
        if self.network.options.kind is NetworkKind.POSITION_POSITION:
            return self._position_nodes(self.network.rows)
        return self._party_nodes(self.network.rows)

    @cached_property
    def columns(self) -> Sequence[Node]:
        """Return the nodes of the columns, by name."""
        if self.network.options.is_two_mode:
            return self._position_nodes(self.network.columns)
        return self.rows

    @property
    def nodes(self) -> Sequence[Node]:
        """Return every node once: parties before positions, each by name."""
        is_two_mode = self.network.options.is_two_mode
        return [*self.rows, *self.columns] if is_two_mode else self.rows

    @cached_property
    def edges(self) -> Sequence[Edge]:
        """Return the edges: the strongest first, whatever its sign, then by name."""
        rows = {node.id: place for place, node in enumerate(self.rows)}
        columns = {node.id: place for place, node in enumerate(self.columns)}
        found = []
        for (one, other), weight in self.network.weights.items():
            ends = rows[one], columns[other]
            if not self.network.options.is_two_mode:
                ends = min(ends), max(ends)
            found.append((-abs(weight), *ends, weight))
        return [
            Edge(self.rows[row], self.columns[column], weight)
            for _strength, row, column, weight in sorted(found)
        ]

    @cached_property
    def in_order_of_matrix(self) -> Sequence[Node]:
        """Return every node once: parties before positions, those that agree side by side.

        What the matrix does not have, since it has no side, comes last.
        """
        last = len(self.nodes)
        places = {
            key: place
            for place, key in enumerate(
                chain(
                    (f"{PARTY}-{each}" for each in self._matrix.parties.ids),
                    (f"{POSITION}-{each}" for each in self._matrix.positions.ids),
                )
            )
        }
        return sorted(self.nodes, key=lambda node: (not node.is_party, places.get(node.key, last)))

    def statements_of(self, edge: Edge) -> Sequence[Statement]:
        """Return the statements that an edge comes of, duplicates too."""
        source, target = edge.source.id, edge.target.id
        options, made_of = self.network.options, self._made_of
        if options.is_two_mode:
            return [
                each
                for (other, _side), some in made_of[source].items()
                if other == target
                for each in some
            ]
        found: dict[int, Statement] = {}
        for (other, side), some in made_of[source].items():
            for key, _sign in what_meets(other, side, options.relation):
                if key in made_of[target]:
                    found |= {each.annotation: each for each in (*some, *made_of[target][key])}
        return list(found.values())

    @cached_property
    def _made_of(self) -> Mapping[int, Mapping[tuple[int, str], Sequence[Statement]]]:
        """Return the statements of each node of a row by the other mode and the side."""
        found: dict[int, dict[tuple[int, str], list[Statement]]] = defaultdict(
            lambda: defaultdict(list)
        )
        options = self.network.options
        for each in self.network.statements:
            if each.position is None:  # as none is that counts
                continue
            node, other = each.party, each.position
            if options.kind is NetworkKind.POSITION_POSITION:
                node, other = other, node
            side = "" if options.relation is Relation.NONE else each.side
            found[node][other, side].append(each)
        return found

    @cached_property
    def _matrix(self) -> Matrix:
        return build_matrix(
            drop_duplicates(self.network.statements, self.network.options.duplicates),
            order=Order.BLOCS,
            party_name=lambda each: fold(self._names.parties[each]),
            position_name=lambda each: fold(self._names.positions[each]),
        )

    def _party_nodes(self, ids: Sequence[int]) -> Sequence[Node]:
        organizations: dict[int, set[int]] = defaultdict(set)
        for each in self.network.statements:
            if each.organization not in {None, each.party}:
                organizations[each.party].add(each.organization)
        names, blocs = self._names.parties, self._matrix.parties.blocs
        return _by_name(
            Node(
                key=f"{PARTY}-{each}",
                id=each,
                name=names[each],
                kind=self._names.kinds.get(each, "") or PARTY,
                organizations=sorted((names[one] for one in organizations[each]), key=fold),
                bloc=blocs[each].value if each in blocs else "",
            )
            for each in ids
        )

    def _position_nodes(self, ids: Sequence[int]) -> Sequence[Node]:
        names, blocs = self._names.positions, self._matrix.positions.blocs
        return _by_name(
            Node(
                key=f"{POSITION}-{each}",
                id=each,
                name=names[each],
                kind=POSITION,
                organizations=(),
                bloc=blocs[each].value if each in blocs else "",
            )
            for each in ids
        )


def sides_of(statements: Iterable[Statement]) -> Sequence[str]:
    """Return the sides that are taken in statements, each once."""
    return sorted({each.side for each in statements if each.side})


def days_of(statements: Iterable[Statement]) -> tuple[date, date] | None:
    """Return the first and the last day of some statements, None where none has a date."""
    days = [each.day for each in statements if each.day is not None]
    return (min(days), max(days)) if days else None


def _by_name(nodes: Iterable[Node]) -> Sequence[Node]:
    return sorted(nodes, key=lambda node: (fold(node.name), node.name, node.id))
