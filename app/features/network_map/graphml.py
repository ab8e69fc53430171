"""A map as GraphML, for programs that draw and measure graphs.

Source: GraphML Primer (Brandes, Eiglsperger, Lerner), http://graphml.graphdrawing.org/primer/graphml-primer.html.
"""

from typing import Any, Final
from xml.sax.saxutils import escape

GRAPHML_TYPE: Final = "application/graphml+xml"
NAMESPACE: Final = "http://graphml.graphdrawing.org/xmlns"
# What is known of a graph, a node and an edge: the name, and the type of its values.
KEYS: Final = {
    "graph": {
        "network_id": "string",
        "as_of": "string",
        "from_on": "string",
        "window_days": "int",
        "status": "string",
        "members": "int",
    },
    "node": {"degree": "int", "own": "boolean"},
    "edge": {"kinds": "string"},
}
EXAMPLE: Final = (
    f'<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="{NAMESPACE}">'
    '<graph id="map" edgedefault="directed"></graph></graphml>'
)
GRAPHML: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "content": {
            GRAPHML_TYPE: {
                "schema": {
                    "type": "string",
                    "maxLength": 40_000_000,
                    "pattern": r"^<\?xml ",
                    "examples": [EXAMPLE],
                }
            }
        }
    }
}


def _said(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else escape(str(value))


def _data(of: str, row: dict[str, Any]) -> str:
    return "".join(f'<data key="{of}_{name}">{_said(row[name])}</data>' for name in KEYS[of])


def graphml_of(document: dict[str, Any]) -> str:
    """The nodes and ties that the document has; none where it has none. `kinds` have a space between them.

    Readers refuse a graph of ties with and without a direction, so it is a directed one in which a tie without a
    direction goes both ways: one edge at most from one node to another, with all that ties them that way.
    """
    kinds: dict[tuple[int, int], list[str]] = {}
    for tie in document["ties"] or ():
        ends = (tie["source"], tie["target"])
        for way in (ends,) if tie["directed"] else (ends, ends[::-1]):
            kinds.setdefault(way, []).extend(tie["kinds"])
    keys = "".join(
        f'<key id="{of}_{name}" for="{of}" attr.name="{name}" attr.type="{kind}"/>\n'
        for of, names in KEYS.items()
        for name, kind in names.items()
    )
    nodes = "".join(
        f'<node id="{node["id"]}">{_data("node", node)}</node>\n'
        for node in document["nodes"] or ()
    )
    edges = "".join(
        f'<edge source="{source}" target="{target}">{_data("edge", {"kinds": " ".join(told)})}</edge>\n'
        for (source, target), told in sorted(kinds.items())
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="{NAMESPACE}">\n{keys}'
        f'<graph id="map" edgedefault="directed">\n{_data("graph", document)}\n{nodes}{edges}</graph>\n</graphml>\n'
    )
