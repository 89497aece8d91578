"""A network as a file: the matrix as CSV, nodes and edges for Gephi, or GraphML. The pure part.

The same statements make the same bytes.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from app.frozen import frozen
from app.statements.graph import Edge, Graph, Node, days_of, sides_of
from app.statements.statement import Statement
from app.text.cells import guard
from app.text.csv_rows import BOM, write_rows
from app.text.xml_text import element, escape, start_tag

BETWEEN_NAMES = ";"
GRAPHML = "http://graphml.graphdrawing.org/xmlns"


def write_matrix(graph: Graph) -> bytes:
    """Return the matrix as CSV: names in the first row and column, and every weight, 0 too.

    UTF-8 with its mark, CRLF, quoted as in RFC 4180.
    """
    lines: list[list[str]] = [["", *(guard(node.name) for node in graph.columns)]]
    lines += (
        [
            guard(row.name),
            *(write_weight(graph.network.weight(row.id, column.id)) for column in graph.columns),
        ]
        for row in graph.rows
    )
    return (BOM + write_rows(lines)).encode()


def write_gephi(graph: Graph) -> bytes:
    """Return a ZIP with nodes.csv and edges.csv, as Gephi's import of spreadsheets has them.

    Columns are those of docs.gephi.org, "Import CSV Data"; an interval of time is that from the
    first day on which an edge was said to the last.
    """
    nodes = [["Id", "Label", "Kind", "Organization", "Bloc"]]
    nodes += (list(map(guard, _facts_of_node(node).values())) for node in graph.nodes)
    edges = [["Source", "Target", "Type", "Weight", "Side", "Time Interval"]]
    edges += (_line_of_edge(edge, graph.statements_of(edge)) for edge in graph.edges)
    content = BytesIO()
    with ZipFile(content, "w", ZIP_DEFLATED) as archive:
        for name, lines in {"nodes.csv": nodes, "edges.csv": edges}.items():
            with archive.open(name, "w") as part:  # undated, unlike what `writestr` writes
                part.write(write_rows(lines).encode())
    return content.getvalue()


def write_graphml(graph: Graph) -> bytes:
    """Return the network as GraphML (graphml.graphdrawing.org, "The GraphML File Format").

    Nodes have label, kind, organization and bloc, edges weight, side and the first and last day on
    which they were said; what is not known is left out.
    """
    of_nodes = ("label", "kind", "organization", "bloc")
    of_edges = {"weight": "double", "side": "string", "first": "string", "last": "string"}
    keys = [_key("node", name, "string") for name in of_nodes]
    keys += [_key("edge", name, kind) for name, kind in of_edges.items()]
    nodes = (
        element("node", {"id": node.key}, _data("node", _facts_of_node(node), of_nodes))
        for node in graph.nodes
    )
    edges = (
        element(
            "edge",
            {"source": edge.source.key, "target": edge.target.key},
            _data("edge", _facts_of_edge(edge, graph.statements_of(edge)), of_edges),
        )
        for edge in graph.edges
    )
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        start_tag("graphml", {"xmlns": GRAPHML}),
        *keys,
        start_tag("graph", {"id": "network", "edgedefault": "undirected"}),
        *nodes,
        *edges,
        "</graph>",
        "</graphml>",
    ]
    return "".join(f"{line}\n" for line in lines).encode()


@frozen
class NetworkFormat:
    """A format of networks; `extension` has no dot, and `name` is as the audit calls it."""

    name: str
    extension: str
    mimetype: str
    purpose: str
    write: Callable[[Graph], bytes]
    is_binary: bool = False


NETWORK_FORMATS: Mapping[str, NetworkFormat] = {
    "csv": NetworkFormat(
        name="CSV",
        extension="csv",
        mimetype="text/csv",
        purpose="the matrix, for R, UCINET or a spreadsheet",
        write=write_matrix,
    ),
    "gephi": NetworkFormat(
        name="Gephi",
        extension="zip",
        mimetype="application/zip",
        purpose="two tables, of nodes and of edges",
        write=write_gephi,
        is_binary=True,
    ),
    "graphml": NetworkFormat(
        name="GraphML",
        extension="graphml",
        mimetype="application/graphml+xml",
        purpose="for visone, Gephi, igraph or networkx",
        write=write_graphml,
    ),
}
"""The formats by what a command calls them."""


def write_weight(weight: float) -> str:
    """Return a weight as it is written: as few digits as give it back."""
    return str(int(weight)) if weight == int(weight) else repr(weight)


def _facts_of_node(node: Node) -> Mapping[str, str]:
    return {
        "id": node.key,
        "label": node.name,
        "kind": node.kind,
        "organization": BETWEEN_NAMES.join(node.organizations),
        "bloc": node.bloc,
    }


def _line_of_edge(edge: Edge, statements: Sequence[Statement]) -> list[str]:
    days = days_of(statements)
    return [
        edge.source.key,
        edge.target.key,
        "Undirected",
        write_weight(edge.weight),
        BETWEEN_NAMES.join(sides_of(statements)),
        "<[{},{}]>".format(*days) if days else "",
    ]


def _facts_of_edge(edge: Edge, statements: Sequence[Statement]) -> Mapping[str, str]:
    first, last = days_of(statements) or ("", "")
    return {
        "weight": write_weight(edge.weight),
        "side": BETWEEN_NAMES.join(sides_of(statements)),
        "first": str(first),
        "last": str(last),
    }


def _key(of: str, name: str, kind: str) -> str:
    facts = {"id": f"{of}-{name}", "for": of, "attr.name": name, "attr.type": kind}
    return element("key", facts)


def _data(of: str, facts: Mapping[str, str], names: Iterable[str]) -> str:
    return "".join(
        element("data", {"key": f"{of}-{name}"}, escape(facts[name]))
        for name in names
        if facts[name]
    )
