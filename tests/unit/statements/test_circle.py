"""A network on a circle: all of it where it is small, else its strongest edges."""

from math import hypot

from app.statements.circle import MOST_NODES, draw_circle
from app.statements.graph import Graph, NodeNames
from app.statements.networks import NetworkKind, NetworkOptions, make_network
from app.statements.statement import Statement


def say(number: int, party: int, position: int, side: str = "for") -> Statement:
    return Statement(number, number, 1, "claim", party, None, position, side, None, 0, 5)


def draw(statements: list[Statement], options: NetworkOptions | None = None) -> Graph:
    names = {each: f"Name {each:03} of some length or other" for each in range(200)}
    network = make_network(statements, options or NetworkOptions())
    return Graph(network, NodeNames(names, names, {}))


def test_a_small_network_is_drawn_whole_in_the_order_of_the_matrix() -> None:
    """Parties 1 and 3 agree against 2: they stand side by side, and the positions after them."""
    graph = draw(
        [say(1, 1, 1), say(2, 3, 1), say(3, 2, 1, "against"), say(4, 3, 2), say(5, 4, 2, "")]
    )
    circle = draw_circle(graph)
    assert [point.node.key for point in circle.points] == [
        *("party-3", "party-1", "party-2", "party-4"),
        *("position-1", "position-2"),
    ]
    assert circle.is_whole
    assert len(circle.chords) == 5
    assert circle.points[0].short == "Name 003 of some length…"
    middle = circle.size / 2
    radii = {round(hypot(float(p.x) - middle, float(p.y) - middle)) for p in circle.points}
    assert len(radii) == 1
    assert len({(point.x, point.y) for point in circle.points}) == 6


def test_a_large_network_shows_its_strongest_edges_and_how_many_there_are() -> None:
    """Party n says position n n times: the strongest are those of the highest numbers."""
    said = [(party, time) for party in range(1, 40) for time in range(party)]
    graph = draw([say(100 * party + time, party, party) for party, time in said])
    circle = draw_circle(graph)
    assert (circle.nodes, circle.edges) == (78, 39)
    assert not circle.is_whole
    assert len(circle.points) == MOST_NODES
    strongest = sorted(int(chord.edge.weight) for chord in circle.chords)
    assert strongest == list(range(10, 40))
    assert float(circle.chords[-1].width) > float(circle.chords[0].width)


def test_what_is_joined_with_nothing_is_drawn_too() -> None:
    graph = draw([say(1, 1, 1), say(2, 2, 2)], NetworkOptions(kind=NetworkKind.PARTY_PARTY))
    circle = draw_circle(graph)
    assert (len(circle.points), len(circle.chords)) == (2, 0)
    assert draw_circle(draw([])).points == []
