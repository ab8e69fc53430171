"""Measures of a graph of people: exact, explainable, and cheap however many ties there are.

A graph of `n` nodes, 0 to n-1, is a list of `n` rows: bit `j` of row `i` says that `i` is tied to `j`. So a meeting of
thirty is thirty ORs and not 435 pairs, a degree is a count of bits, and nothing below goes over ties one by one: its
cost is n rows of n bits, times log n for the cut vertices. What is undefined is None, never 0/0.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

Rows = list[int]
LEAST_FOR_CENTRALISATION = 3


def tie_all(rows: Rows, nodes: Iterable[int]) -> None:
    """Tie every one of `nodes` to every other, in place."""
    members = set(nodes)
    together = sum(1 << node for node in members)
    for node in members:
        rows[node] |= together & ~(1 << node)


def nodes_of(row: int) -> Iterator[int]:
    """The nodes whose bits are set, lowest first."""
    while row:
        lowest = row & -row
        yield lowest.bit_length() - 1
        row ^= lowest


def turned(rows: Rows) -> Rows:
    """Every directed tie the other way."""
    found = [0] * len(rows)
    for source, row in enumerate(rows):
        for target in nodes_of(row):
            found[target] |= 1 << source
    return found


def united(*graphs: Rows) -> Rows:
    """The ties that any of these graphs of the same nodes has."""
    found = [0] * len(graphs[0])
    for rows in graphs:
        found = [one | other for one, other in zip(found, rows, strict=True)]
    return found


def ties_in(rows: Rows) -> int:
    """How many bits are set: directed ties, or undirected ones twice."""
    return sum(row.bit_count() for row in rows)


@dataclass(frozen=True, slots=True)
class Parts:
    """What an undirected graph falls into: its components, and the nodes that hold one together, as bits."""

    components: tuple[int, ...]
    cut_vertices: int


def parts_of(rows: Rows) -> Parts:
    """Components and cut vertices (articulation points) of an undirected graph, by one depth-first search.

    Of a node that is come to, the tie that leads furthest back up the path is what decides; `within[k]` are the nodes
    of the path down to depth k, so that it is found by halving and not by going over the ties.
    Source: Hopcroft and Tarjan (1973), Algorithm 447, Communications of the ACM 16(6), 372-378.
    """
    unseen, cut, components = (1 << len(rows)) - 1, 0, []
    while unseen:
        root, before = unseen & -unseen, unseen
        unseen ^= root
        path, within, reach, branches = [root.bit_length() - 1], [root], [0], 0
        while path:
            onward = rows[path[-1]] & unseen
            if onward:
                bit = onward & -onward
                unseen ^= bit
                node, depth = bit.bit_length() - 1, len(path)
                branches += depth == 1
                back = rows[node]
                reach.append(
                    bisect_left(range(depth - 1), 1, key=lambda k: 1 if back & within[k] else 0)
                )
                path.append(node)
                within.append(within[-1] | bit)
                continue
            path.pop()
            within.pop()
            furthest, above = reach.pop(), len(path) - 1
            if above >= 0:
                reach[-1] = min(reach[-1], furthest)
            if above > 0 and furthest >= above:  # whoever came after it reaches no higher than it
                cut |= 1 << path[-1]
        if branches > 1:
            cut |= root
        components.append(before ^ unseen)
    return Parts(tuple(components), cut)


@dataclass(frozen=True, slots=True)
class Measures:
    """Of the whole: counts, and shares from 0 to 1; the cross-organisation index from -1 (all within) to 1."""

    ties: int
    directed_ties: int
    density: float | None
    directed_density: float | None
    reciprocity: float | None
    isolates: int
    isolate_share: float | None
    centralisation: float | None
    cross_organisation_index: float | None
    components: int
    largest_component: int
    brokers: int


def measures(
    rows: Rows, directed: Rows, organisations: Sequence[str | None], parts: Parts
) -> Measures:
    """The measures of an undirected graph, and of the directed one of its ties that have a direction.

    `organisations` is where each node belongs, None where that is not known; `parts` is `parts_of(rows)`.
    """
    n, tied, pointed = len(rows), ties_in(rows), ties_in(directed)
    isolates = sum(not row for row in rows)
    return Measures(
        ties=tied // 2,
        directed_ties=pointed,
        density=_share(tied, n * (n - 1)),
        directed_density=_share(pointed, n * (n - 1)),
        reciprocity=reciprocity(directed),
        isolates=isolates,
        isolate_share=_share(isolates, n),
        centralisation=centralisation(rows),
        cross_organisation_index=cross_organisation_index(rows, organisations),
        components=len(parts.components),
        largest_component=max((part.bit_count() for part in parts.components), default=0),
        brokers=parts.cut_vertices.bit_count(),
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def reciprocity(directed: Rows) -> float | None:
    """The share of directed ties that are mutual; None where there is none."""
    mutual = sum(
        (row & other).bit_count() for row, other in zip(directed, turned(directed), strict=True)
    )
    return _share(mutual, ties_in(directed))


def centralisation(rows: Rows) -> float | None:
    """How far the ties hang on one node: 1 is a star, 0 that all have the same number of ties.

    sum(largest degree - degree) / ((n - 1)(n - 2)).
    Source: Freeman (1978), Centrality in social networks: conceptual clarification, Social Networks 1(3), 215-239.
    """
    n = len(rows)
    if n < LEAST_FOR_CENTRALISATION:
        return None
    degrees = [row.bit_count() for row in rows]
    return (n * max(degrees) - sum(degrees)) / ((n - 1) * (n - 2))


def cross_organisation_index(rows: Rows, organisations: Sequence[str | None]) -> float | None:
    """Ties across organisations less those within one, over both; of ties whose two ends state an organisation.

    None where there is no such tie. Source: Krackhardt and Stern (1988), Informal networks and organizational crises:
    an experimental simulation, Social Psychology Quarterly 51(2), 123-140 (the E-I index).
    """
    of: dict[str, int] = {}
    for node, organisation in enumerate(organisations):
        if organisation is not None:
            of[organisation] = of.get(organisation, 0) | 1 << node
    stated = sum(of.values())  # nobody is of two
    every = within = 0
    for row, organisation in zip(rows, organisations, strict=True):
        if organisation is not None:
            every += (row & stated).bit_count()
            within += (row & of[organisation]).bit_count()
    return _share(every - 2 * within, every)


@dataclass(frozen=True, slots=True)
class Position:
    """Where one node stands; the network would fall into more parts without a `broker`."""

    degree: int
    broker: bool
    component_size: int


def position(rows: Rows, parts: Parts, node: int) -> Position:
    """Of one node."""
    bit = 1 << node
    around = next(part for part in parts.components if part & bit)
    return Position(rows[node].bit_count(), bool(parts.cut_vertices & bit), around.bit_count())
