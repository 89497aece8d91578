"""A network drawn on a circle: where its nodes and edges are, as numbers for SVG. Pure."""

from collections.abc import Mapping, Sequence
from math import cos, pi, sin

from app.frozen import frozen
from app.statements.graph import Edge, Graph, Node

MOST_NODES = 60
MOST_EDGES = 500
LONGEST_NAME = 24  # characters of what a node is called on the drawing
_RADIUS = 230  # in pixels, as all that follows
_BESIDE = 14  # between the middle of a node and its name
_LETTER = 7  # that a character of a name takes, or less
_GAP = 1.5  # nodes that would fit between the parties and the positions of a network of both
_THIN, _THICK = 1.0, 7.0


@frozen
class CirclePoint:
    """Where a node is. Its name is turned by `turn` degrees, and ends there where it `is_left`."""

    node: Node
    short: str
    x: str
    y: str
    text_x: str
    text_y: str
    turn: str
    is_left: bool


@frozen
class Chord:
    """A line from node to node; the greater the weight, the thicker."""

    edge: Edge
    start: CirclePoint
    end: CirclePoint
    width: str


@frozen
class Circle:
    """What is drawn, in pixels; where that is not all, of how many nodes and edges.

    It is as high as it is wide, with room for the names around it.
    """

    size: int
    points: Sequence[CirclePoint]
    chords: Sequence[Chord]
    nodes: int
    edges: int

    @property
    def is_whole(self) -> bool:
        """Say whether it shows every node and every edge."""
        return len(self.points) == self.nodes and len(self.chords) == self.edges


def draw_circle(graph: Graph) -> Circle:
    """Draw a network: its nodes in the order of the matrix, parties before positions.

    Where there are more than `MOST_NODES` or `MOST_EDGES`, the strongest edges are drawn, down to
    the first that would bring one too many, and of the nodes those which they join.
    """
    edges = _strongest(graph)
    nodes = graph.in_order_of_matrix
    if len(nodes) > MOST_NODES:
        joined = {node.key for edge in edges for node in (edge.source, edge.target)}
        nodes = [node for node in nodes if node.key in joined]
    names = {node.key: _short(node.name) for node in nodes}
    longest = max(map(len, names.values()), default=0)
    size = 2 * (_RADIUS + _BESIDE + _LETTER * longest)
    points = _place(nodes, names, size / 2)
    by_key = {point.node.key: point for point in points}
    strongest = max((abs(edge.weight) for edge in edges), default=1)
    chords = [
        Chord(
            edge,
            by_key[edge.source.key],
            by_key[edge.target.key],
            _written(_THIN + (_THICK - _THIN) * abs(edge.weight) / strongest),
        )
        for edge in reversed(edges)  # the strongest is drawn last, above the others
    ]
    return Circle(size, points, chords, len(graph.nodes), len(graph.edges))


def _strongest(graph: Graph) -> Sequence[Edge]:
    edges = graph.edges[:MOST_EDGES]
    if len(graph.nodes) <= MOST_NODES:
        return edges
    joined: set[str] = set()
    for place, edge in enumerate(edges):
        joined |= {edge.source.key, edge.target.key}
        if len(joined) > MOST_NODES:
            return edges[:place]
    return edges


def _short(name: str) -> str:
    if len(name) <= LONGEST_NAME:
        return name
    return f"{name[: LONGEST_NAME - 1].rstrip()}…"


def _place(nodes: Sequence[Node], names: Mapping[str, str], middle: float) -> Sequence[CirclePoint]:
    """Place nodes around the circle, from its top, clockwise, with gaps between the two kinds."""
    parties = sum(node.is_party for node in nodes)
    is_of_both = 0 < parties < len(nodes)
    gap = _GAP if is_of_both else 0
    steps = max(1, len(nodes) + 2 * gap)
    return [
        _point(
            node,
            names[node.key],
            middle,
            (place + (gap if place >= parties else 0) + gap / 2) / steps,
        )
        for place, node in enumerate(nodes)
    ]


def _point(node: Node, name: str, middle: float, share: float) -> CirclePoint:
    """Place a node at a share of the way around."""
    angle = 2 * pi * share - pi / 2
    is_left = share > 1 / 2
    turn = share * 360 - 90 - (180 if is_left else 0)
    beside = _RADIUS + _BESIDE
    return CirclePoint(
        node,
        name,
        _written(middle + _RADIUS * cos(angle)),
        _written(middle + _RADIUS * sin(angle)),
        _written(middle + beside * cos(angle)),
        _written(middle + beside * sin(angle)),
        _written(turn),
        is_left,
    )


def _written(number: float) -> str:
    return f"{round(number, 1):g}"
