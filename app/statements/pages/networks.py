"""The page of networks: what can be asked for, the files, the picture, and the table of edges."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import url_for

from app.core.errors import Invalid
from app.frozen import frozen
from app.statements.asked import AskedPositions
from app.statements.asked_networks import AskedNetwork
from app.statements.circle import Chord, Circle, CirclePoint, draw_circle
from app.statements.duplicates import CountAs
from app.statements.graph import Edge, Graph, NodeNames
from app.statements.network_files import NETWORK_FORMATS
from app.statements.networks import Network, NetworkKind, Normalise, Relation, make_network
from app.statements.pages.filter_form import COUNTS, Select, ValueChoice
from app.statements.pages.passage_links import PassageLinks
from app.statements.statement import AGAINST, FOR, Statement
from app.web.filters import pluralise
from app.web.responses import FormPage, Pager

EDGES_A_PAGE = 100
BOTH = ("party", "position")
_SMALL = 0.001

WORDS: Mapping[str, tuple[str, Mapping[Any, str]]] = {
    "kind": (
        "Network",
        {
            NetworkKind.PARTY_POSITION: "parties by positions",
            NetworkKind.PARTY_PARTY: "parties by parties",
            NetworkKind.POSITION_POSITION: "positions by positions",
        },
    ),
    "relation": (
        "Sides",
        {
            Relation.NONE: "ignored",
            Relation.CONGRUENCE: "the same (congruence)",
            Relation.CONFLICT: "opposite (conflict)",
            Relation.SUBTRACT: "one less the other (subtract)",
        },
    ),
    "duplicates": ("Count", COUNTS),
    "normalise": (
        "Divide by",
        {
            Normalise.NONE: "nothing",
            Normalise.AVERAGE: "average activity",
            Normalise.JACCARD: "Jaccard",
            Normalise.COSINE: "cosine",
        },
    ),
    "by": (
        "People",
        {CountAs.PERSON: "each by themselves", CountAs.ORGANIZATION: "with their organisation"},
    ),
}
"""The choices of the form: the label of each, and the words of its values."""
HEADS: Mapping[NetworkKind, tuple[str, str]] = {
    NetworkKind.PARTY_POSITION: ("Party", "Position"),
    NetworkKind.PARTY_PARTY: ("Party", "And party"),
    NetworkKind.POSITION_POSITION: ("Position", "And position"),
}
"""What the two ends of an edge are, in a table."""


@frozen
class NetworkFile:
    """A file of the network: its address, its format, what is in it, and what it is good for."""

    address: str
    name: str
    content: str
    purpose: str


@frozen
class EdgeRow:
    """An edge in the table: what it joins, how strong it is, and where its statements are."""

    source: str
    target: str
    weight: str
    supporting: int
    opposing: int
    statements: int
    address: str


@frozen
class PointShown:
    """A node of the picture, and where its statements are."""

    point: CirclePoint
    label: str
    address: str


@frozen
class ChordShown:
    """An edge of the picture, and where its statements are."""

    path: str
    width: str
    is_negative: bool
    label: str
    address: str


@frozen
class Picture:
    """The network on a circle; `about` says what is seen, and of how much where that is a part."""

    about: str
    size: int
    points: Sequence[PointShown]
    chords: Sequence[ChordShown]
    has_negative: bool
    is_of_both: bool


@frozen
class NetworkShown:
    """The network that is asked for; `empty` says what is missing where there is nothing in it."""

    empty: str
    nodes: str
    edges: int
    csv: NetworkFile
    others: Sequence[NetworkFile]
    undated: int
    undated_address: str
    picture: Picture | None
    heads: tuple[str, str]
    lines: Sequence[EdgeRow]
    pager: Pager


@frozen
class NetworksPage(FormPage):
    """The form as it was sent, and the network; None where there is a problem with the form."""

    slug: str
    address: str
    asked: AskedNetwork
    ignored: Sequence[str]
    selects: Sequence[Select]
    problem: str
    field: str
    leaves_out: bool
    found: NetworkShown | None

    @property
    def arguments(self) -> Mapping[str, str]:
        """Return the arguments of this page's address, without the number of the page."""
        return {**dict(self.asked.pairs), "slug": self.slug}


def networks_page(
    statements: Sequence[Statement],
    names: NodeNames,
    asked: AskedNetwork,
    *,
    slug: str,
    ignored: Sequence[str],
    leaves_out: bool,
    number: str | None,
) -> NetworksPage:
    """Build the page of a network of some statements."""
    error: Invalid | None = None
    found: NetworkShown | None = None
    try:
        network = make_network(statements, asked.options)
    except Invalid as invalid:
        error = invalid
    else:
        found = _NetworkBuilder(network, names, statements, asked, slug).build(number)
    return NetworksPage(
        slug=slug,
        address=url_for("networks.networks", slug=slug),
        asked=asked,
        ignored=ignored,
        selects=[_select(name, str(getattr(asked, name))) for name in WORDS],
        problem=error.message if error else "",
        field=error.field if error else "",
        leaves_out=leaves_out,
        found=found,
    )


def _select(name: str, on: str) -> Select:
    label, values = WORDS[name]
    choices = [ValueChoice(str(value), words, str(value) == on) for value, words in values.items()]
    return Select(name, label, choices)


class _NetworkBuilder:
    """Builds what is shown of one network."""

    def __init__(
        self,
        network: Network,
        names: NodeNames,
        statements: Sequence[Statement],
        asked: AskedNetwork,
        slug: str,
    ) -> None:
        self.graph = Graph(network, names)
        self.options = network.options
        self.asked, self.slug = asked, slug
        self._links = PassageLinks(slug, AskedPositions(since=asked.since, until=asked.until))
        # What counts for an organisation is found as that of its person.
        self._as_said = {each.annotation: each for each in statements}

    def build(self, number: str | None) -> NetworkShown:
        edges = self.graph.edges
        pager = Pager.at(number, size=EDGES_A_PAGE, total=len(edges))
        csv, *others = self._files()
        said = self._as_said.values()
        undated = [each for each in said if each.day is None and each.position is not None]
        return NetworkShown(
            empty=self._what_is_missing(),
            nodes=self._nodes_in_words(),
            edges=len(edges),
            csv=csv,
            others=others,
            undated=self.graph.network.undated,
            undated_address=self._links.of(undated, *BOTH),
            picture=self._picture() if edges else None,
            heads=HEADS[self.options.kind],
            lines=[self._line(edge) for edge in edges[pager.offset :][:EDGES_A_PAGE]],
            pager=pager,
        )

    def _nodes_in_words(self) -> str:
        rows, columns = self.graph.rows, self.graph.columns
        if self.options.kind is NetworkKind.POSITION_POSITION:
            return pluralise(len(rows), "position", "positions")
        parties = pluralise(len(rows), "party", "parties")
        if self.options.kind is NetworkKind.PARTY_PARTY:
            return parties
        return f"{parties}, {pluralise(len(columns), 'position', 'positions')}"

    def _what_is_missing(self) -> str:
        if self.graph.nodes:
            return ""
        if self.options.is_of_time:
            return "Nothing was said in this time that you may see: make it longer."
        return "No statement here has a position yet that you may see."

    def _files(self) -> Sequence[NetworkFile]:
        graph = self.graph
        nodes, edges = len(graph.nodes), len(graph.edges)
        of_lists = f"{pluralise(nodes, 'node', 'nodes')}, {pluralise(edges, 'edge', 'edges')}"
        contents = {"csv": f"{len(graph.rows):,} by {len(graph.columns):,}"}
        return [
            NetworkFile(
                address=url_for("networks.file", slug=self.slug, extension=each.extension)
                + self.asked.query,
                name=each.name,
                content=contents.get(name, of_lists),
                purpose=each.purpose,
            )
            for name, each in NETWORK_FORMATS.items()
        ]

    def _picture(self) -> Picture:
        circle = draw_circle(self.graph)
        return Picture(
            about=_about(circle),
            size=circle.size,
            points=[self._point(point) for point in circle.points],
            chords=[self._chord(chord) for chord in circle.chords],
            is_of_both=self.options.is_two_mode,
            has_negative=any(chord.edge.weight < 0 for chord in circle.chords),
        )

    def _point(self, point: CirclePoint) -> PointShown:
        node = point.node
        said = [
            each
            for each in self.graph.network.statements
            if node.id == (each.party if node.is_party else each.position)
        ]
        number = pluralise(len(said), "statement", "statements")
        facet = "party" if node.is_party else "position"
        return PointShown(point, f"{node.name}: {number}", self._address(said, facet))

    def _chord(self, chord: Chord) -> ChordShown:
        edge = chord.edge
        said = self.graph.statements_of(edge)
        label = f"{edge.source.name} – {edge.target.name}: {_weight(edge.weight)}"
        path = f"M{chord.start.x} {chord.start.y}L{chord.end.x} {chord.end.y}"
        return ChordShown(path, chord.width, edge.weight < 0, label, self._address(said, *BOTH))

    def _line(self, edge: Edge) -> EdgeRow:
        said = self.graph.statements_of(edge)
        sides = [each.side for each in said]
        return EdgeRow(
            source=edge.source.name,
            target=edge.target.name,
            weight=_weight(edge.weight),
            supporting=sides.count(FOR),
            opposing=sides.count(AGAINST),
            statements=len(sides),
            address=self._address(said, *BOTH),
        )

    def _address(self, said: Iterable[Statement], *facets: str) -> str:
        """Return where statements are: by some facets, and by sides where these are asked for."""
        if self.options.relation is not Relation.NONE:
            facets = (*facets, "side")
        return self._links.of([self._as_said[each.annotation] for each in said], *facets)


def _weight(weight: float) -> str:
    """Return a weight as a page has it: to three digits after the point, unless it is smaller."""
    size = abs(weight)
    shown = f"{size:,.3f}".rstrip("0").rstrip(".") if size >= _SMALL else f"{size:.1g}"
    return f"−{shown}" if weight < 0 else shown


def _about(circle: Circle) -> str:
    if circle.is_whole:
        return "Those who agree stand side by side; the table has the same."
    edges = pluralise(circle.edges, "edge", "edges")
    return (
        f"The {len(circle.chords):,} strongest of {edges}, "
        f"between {len(circle.points):,} of {circle.nodes:,}; the table and the files have all."
    )
