"""Networks as files: the matrix, the two tables for Gephi, and GraphML as networkx opens it."""

import csv
from datetime import date
from io import BytesIO, StringIO
from zipfile import ZipFile

import networkx as nx

from app.statements.graph import Graph, NodeNames
from app.statements.network_files import NETWORK_FORMATS, write_gephi, write_graphml, write_matrix
from app.statements.networks import NetworkKind, NetworkOptions, Normalise, Relation, make_network
from app.statements.statement import Statement

DOCKERS, HARBOUR, ADA, BO = 1, 2, 3, 4
PUBLIC, LOUD, DEEP = 1, 2, 3
NAMES = NodeNames(
    parties={DOCKERS: "Dockers", HARBOUR: "=Harbour & Co", ADA: "Ada <Nowak>\x07", BO: "Émile, Bo"},
    positions={PUBLIC: "The harbour stays public.", LOUD: "Cranes are “loud”.", DEEP: "Dig."},
    kinds={DOCKERS: "organization", HARBOUR: "organization", ADA: "person", BO: ""},
)
MARCH, MAY = date(2025, 3, 1), date(2025, 5, 2)


def say(
    party: int,
    position: int,
    side: str,
    *,
    article: int = 1,
    day: date | None = MARCH,
    organization: int | None = None,
) -> Statement:
    number = 1_000 * article + 10 * party + position
    return Statement(number, article, 1, "claim", party, organization, position, side, day, 0, 5)


SAID = [
    say(ADA, PUBLIC, "for", organization=DOCKERS),
    say(ADA, PUBLIC, "for", organization=DOCKERS, article=2, day=MAY),
    say(ADA, LOUD, "against", organization=HARBOUR, article=3, day=None),
    say(HARBOUR, PUBLIC, "against"),
    say(HARBOUR, LOUD, ""),
    say(BO, DEEP, ""),
]


def graph(options: NetworkOptions) -> Graph:
    return Graph(make_network(SAID, options), NAMES)


def table(content: str) -> list[list[str]]:
    return list(csv.reader(StringIO(content, newline="")))


def test_the_matrix_has_every_party_and_position_and_runs_nothing() -> None:
    written = write_matrix(graph(NetworkOptions(relation=Relation.SUBTRACT))).decode()
    assert written.startswith("\ufeff,")
    assert table(written.removeprefix("\ufeff")) == [
        ["", "Cranes are “loud”.", "Dig.", "The harbour stays public."],
        ["'=Harbour & Co", "0", "0", "-1"],
        ["Ada <Nowak>\x07", "-1", "0", "2"],
        ["Émile, Bo", "0", "0", "0"],
    ]


def test_the_matrix_of_one_mode_is_the_same_both_ways_with_nothing_on_its_diagonal() -> None:
    options = NetworkOptions(kind=NetworkKind.PARTY_PARTY, normalise=Normalise.AVERAGE)
    rows = table(write_matrix(graph(options)).decode().removeprefix("\ufeff"))
    weight = repr(3 / 2.5)
    assert [row[1:] for row in rows[1:]] == [["0", weight, "0"], [weight, "0", "0"], ["0"] * 3]


def test_gephi_gets_nodes_and_edges_with_their_time() -> None:
    with ZipFile(BytesIO(write_gephi(graph(NetworkOptions())))) as archive:
        nodes, edges = (table(archive.read(f"{name}.csv").decode()) for name in ("nodes", "edges"))
    assert nodes == [
        ["Id", "Label", "Kind", "Organization", "Bloc"],
        ["party-2", "'=Harbour & Co", "organization", "", ""],
        ["party-3", "Ada <Nowak>\x07", "person", "'=Harbour & Co;Dockers", ""],
        ["party-4", "Émile, Bo", "party", "", ""],
        ["position-2", "Cranes are “loud”.", "position", "", ""],
        ["position-3", "Dig.", "position", "", ""],
        ["position-1", "The harbour stays public.", "position", "", ""],
    ]
    undirected = "Undirected"
    assert edges == [
        ["Source", "Target", "Type", "Weight", "Side", "Time Interval"],
        ["party-3", "position-1", undirected, "2", "for", "<[2025-03-01,2025-05-02]>"],
        ["party-2", "position-2", undirected, "1", "", "<[2025-03-01,2025-03-01]>"],
        ["party-2", "position-1", undirected, "1", "against", "<[2025-03-01,2025-03-01]>"],
        ["party-3", "position-2", undirected, "1", "against", ""],
        ["party-4", "position-3", undirected, "1", "", "<[2025-03-01,2025-03-01]>"],
    ]


def test_networkx_opens_graphml_with_names_weights_and_sides() -> None:
    options = NetworkOptions(kind=NetworkKind.PARTY_PARTY, relation=Relation.CONFLICT)
    opened = nx.read_graphml(BytesIO(write_graphml(graph(options))))
    assert not opened.is_directed()
    assert dict(opened.nodes(data=True)) == {
        "party-2": {"label": "=Harbour & Co", "kind": "organization"},
        "party-3": {
            "label": "Ada <Nowak>\ufffd",
            "kind": "person",
            "organization": "=Harbour & Co;Dockers",
        },
        "party-4": {"label": "Émile, Bo", "kind": "party"},
    }
    [edge] = opened.edges(data=True)
    facts = {"weight": 2, "side": "against;for", "first": "2025-03-01", "last": "2025-05-02"}
    assert edge == ("party-2", "party-3", facts)


def test_an_edge_leads_to_the_statements_that_it_comes_of() -> None:
    network = graph(NetworkOptions(kind=NetworkKind.POSITION_POSITION, relation=Relation.CONFLICT))
    [edge] = network.edges
    said = network.statements_of(edge)
    assert {(each.party, each.position) for each in said} == {(ADA, PUBLIC), (ADA, LOUD)}
    assert len(said) == 3


def test_every_format_writes_a_network_of_nothing() -> None:
    empty = Graph(make_network([], NetworkOptions()), NAMES)
    for each in NETWORK_FORMATS.values():
        assert each.write(empty) == each.write(empty)
    assert write_matrix(empty).decode() == '\ufeff""\r\n'
    assert not nx.read_graphml(BytesIO(write_graphml(empty))).nodes
