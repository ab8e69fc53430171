"""The measures of a graph equal those of a library of graphs, on 200 random graphs; and by hand on small ones."""

import random
from dataclasses import asdict
from typing import Any

import networkx as nx
import pytest

from app.core import graph
from app.core.graph import Rows

GRAPHS = 200
CLOSE = 1e-9
SIZES = (0, 1, 2, 3, 4, 5, 7, 10, 16, 33, 64, 65, 120, 250)
DENSITIES = (0.0, 0.005, 0.02, 0.05, 0.1, 0.3, 0.7, 1.0)


def rows_of(network: Any, *, directed: bool = False) -> Rows:
    """The graph as rows of bits."""
    rows = [0] * network.number_of_nodes()
    for source, target in network.edges:
        rows[source] |= 1 << target
        if not directed:
            rows[target] |= 1 << source
    return rows


def random_graph(number: int) -> tuple[Any, Any, list[str | None]]:
    """A directed graph, the undirected one of its ties and more of them, and where each node belongs."""
    chance = random.Random(number)
    n, density = SIZES[number % len(SIZES)], chance.choice(DENSITIES)
    directed = nx.gnp_random_graph(n, density / 2, seed=number, directed=True)
    whole = nx.Graph(directed)
    whole.add_edges_from(nx.gnp_random_graph(n, density / 2, seed=number + GRAPHS).edges)
    if n > 6 and number % 3 == 0:  # chains hang on a clique: many cut vertices, and long paths
        whole.add_edges_from((node, node + 1) for node in range(n // 2))
        whole.add_edges_from((a, b) for a in range(n // 2, n) for b in range(n // 2, a))
    if n > 2 and number % 4 == 0:
        whole.remove_edges_from(list(whole.edges(n - 1)))
        directed.remove_edges_from([*directed.in_edges(n - 1), *directed.out_edges(n - 1)])
    places = ["A", "B", "C", None] if number % 5 else [None]
    return whole, directed, [chance.choice(places) for _ in range(n)]


def expected(whole: Any, directed: Any, places: list[str | None]) -> dict[str, float | None]:
    """What the library says."""
    n, degrees = len(whole), [degree for _, degree in whole.degree]
    stated = [(places[a], places[b]) for a, b in whole.edges if places[a] and places[b]]
    external = sum(a != b for a, b in stated)
    star = nx.star_graph(n - 1) if n > 2 else None
    most = sum(n - 1 - degree for _, degree in star.degree) if star else 0
    return {
        "ties": whole.number_of_edges(),
        "directed_ties": directed.number_of_edges(),
        "density": nx.density(whole) if n > 1 else None,
        "directed_density": nx.density(directed) if n > 1 else None,
        "reciprocity": nx.reciprocity(directed) if directed.number_of_edges() else None,
        "isolates": len(list(nx.isolates(whole))),
        "isolate_share": len(list(nx.isolates(whole))) / n if n else None,
        "centralisation": sum(max(degrees) - one for one in degrees) / most if most else None,
        "cross_organisation_index": (2 * external - len(stated)) / len(stated) if stated else None,
        "components": nx.number_connected_components(whole),
        "largest_component": max(map(len, nx.connected_components(whole)), default=0),
        "brokers": len(set(nx.articulation_points(whole))),
    }


def wrong(number: int) -> list[str]:
    """Where the measures of a random graph differ from the library's."""
    whole, directed, places = random_graph(number)
    rows, parts = rows_of(whole), graph.parts_of(rows_of(whole))
    found = asdict(graph.measures(rows, rows_of(directed, directed=True), places, parts))
    told = []
    for name, value in expected(whole, directed, places).items():
        ours = found.pop(name)
        same = ours == value if value is None or ours is None else abs(ours - value) <= CLOSE
        if not same:
            told.append(f"graph {number}: {name} {ours}, not {value}")
    cut = set(graph.nodes_of(parts.cut_vertices))
    for node in whole:
        position = graph.position(rows, parts, node)
        around = len(nx.node_connected_component(whole, node))
        if (position.degree, position.component_size) != (whole.degree[node], around):
            told.append(f"graph {number}: position of {node} {position}")
    if cut != set(nx.articulation_points(whole)):
        told.append(f"graph {number}: cut vertices {cut}")
    return told + sorted(found)


@pytest.mark.prove
def test_measures_equal_the_library() -> None:
    told = [line for number in range(GRAPHS) for line in wrong(number)]
    assert not told, "\n".join(told[:10])


def test_the_graphs_are_of_all_sorts() -> None:
    """The proof above is worth something: every measure takes many values, and is also undefined."""
    seen: dict[str, set[float | None]] = {}
    for number in range(GRAPHS):
        for name, value in expected(*random_graph(number)).items():
            seen.setdefault(name, set()).add(value)
    few = {name: len(values) for name, values in seen.items() if len(values) < 10}
    assert not few
    undefined = {name for name, values in seen.items() if None in values}
    assert undefined == {
        "density", "directed_density", "reciprocity", "isolate_share", "centralisation", "cross_organisation_index",
    }  # fmt: skip


def test_a_wrong_measure_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: one bit less in one row, and one cut vertex too few."""
    whole = graph.parts_of

    def without_one(rows: Rows) -> graph.Parts:
        parts = whole(rows)
        return graph.Parts(parts.components, parts.cut_vertices & (parts.cut_vertices - 1))

    with monkeypatch.context() as patched:
        patched.setattr(graph, "parts_of", without_one)
        assert any(wrong(number) for number in range(30))
    monkeypatch.setattr(graph, "ties_in", lambda rows: sum(r.bit_count() for r in rows) + 2)
    assert any(wrong(number) for number in range(30))


def test_by_hand() -> None:
    """A star of four with two who speak to each other: 0 is all that holds it together."""
    rows = [0] * 5
    for leaf in (1, 2, 3):
        graph.tie_all(rows, [0, leaf])
    directed = [0b0010, 0b0001, 0b0001, 0, 0]
    parts = graph.parts_of(rows)
    found = graph.measures(rows, directed, ["A", "A", "B", None, None], parts)
    assert found.ties == 3
    assert found.density == 3 / 10
    assert found.reciprocity == 2 / 3
    assert found.isolates == 1
    assert found.centralisation == (0 + 2 + 2 + 2 + 3) / 12
    assert found.cross_organisation_index == 0.0  # one within A, one from A to B
    assert (found.components, found.largest_component, found.brokers) == (2, 4, 1)
    assert graph.position(rows, parts, 0) == graph.Position(3, broker=True, component_size=4)
    assert graph.position(rows, parts, 4) == graph.Position(0, broker=False, component_size=1)


def test_nothing_is_undefined_by_mistake() -> None:
    parts = graph.parts_of([])
    assert asdict(graph.measures([], [], [], parts)) == {
        "ties": 0, "directed_ties": 0, "density": None, "directed_density": None, "reciprocity": None, "isolates": 0,
        "isolate_share": None, "centralisation": None, "cross_organisation_index": None, "components": 0,
        "largest_component": 0, "brokers": 0,
    }  # fmt: skip
