"""From rows of what ties people to the document of a map: nodes without names, ties, measures."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from app.core.graph import (
    Parts,
    Rows,
    measures,
    nodes_of,
    parts_of,
    position,
    tie_all,
    turned,
    united,
)
from app.features.network_map.schemas import LEAST_MEMBERS, MOST_DRAWN, MapStatus, TieKind

Row = dict[str, Any]
MUTUAL = (TieKind.MET, TieKind.SUB_GROUP)
DIRECTED = (TieKind.FEEDBACK, TieKind.ADOPTED)


@dataclass(frozen=True, slots=True)
class Tied:
    """Who is tied to whom, by kind; a person is their place in `people`."""

    people: list[str]
    organisations: list[str | None]
    kinds: dict[TieKind, Rows]

    @property
    def directed(self) -> Rows:
        """Ties that have a direction."""
        return united(*(self.kinds[kind] for kind in DIRECTED))

    @property
    def undirected(self) -> Rows:
        """All ties, without it."""
        directed = self.directed
        return united(*(self.kinds[kind] for kind in MUTUAL), directed, turned(directed))


def tied(people: list[str], rows: Iterable[Row]) -> Tied:
    """The ties between these people, in this order, from the rows of `facts`."""
    place = {person: number for number, person in enumerate(people)}
    organisations: list[str | None] = [None] * len(people)
    kinds = {kind: [0] * len(people) for kind in TieKind}
    groups: dict[tuple[str, str], list[int]] = {}
    for row in rows:
        kind, left, node = row["kind"], row["left"], place[row["right"]]
        if kind == "member":
            organisations[node] = left
        elif kind == TieKind.FEEDBACK:
            kinds[TieKind.FEEDBACK][place[left]] |= 1 << node
        else:
            groups.setdefault((kind, left), []).append(node)
    by_organisation: dict[str, list[int]] = {}
    for node, organisation in enumerate(organisations):
        if organisation is not None:
            by_organisation.setdefault(organisation, []).append(node)
    for (kind, left), nodes in groups.items():
        if kind == TieKind.ADOPTED:
            authors = sum(1 << node for node in nodes)
            for node in by_organisation[left]:
                kinds[TieKind.ADOPTED][node] |= authors & ~(1 << node)
        else:
            tie_all(kinds[TieKind(kind)], nodes)
    return Tied(people, organisations, kinds)


def document_of(found: Tied, viewer_id: str | None) -> Row:
    """The part of a map's document that follows from who is tied: status, members, nodes, ties, measures, own."""
    n = len(found.people)
    nothing = {"nodes": None, "ties": None, "measures": None, "own": None}
    if n < LEAST_MEMBERS:
        return {"status": MapStatus.NOT_ENOUGH_DATA, "members": n, **nothing}
    rows = found.undirected
    parts, drawn = parts_of(rows), n <= MOST_DRAWN
    own = found.people.index(viewer_id) if viewer_id in found.people else None
    nodes = [
        {"id": node + 1, "degree": row.bit_count(), "own": node == own}
        for node, row in enumerate(rows)
    ]
    return {
        "status": MapStatus.OK,
        "members": n,
        "nodes": nodes if drawn else None,
        "ties": _listed(found) if drawn else None,
        "measures": asdict(measures(rows, found.directed, found.organisations, parts)),
        "own": None if own is None else _own(rows, parts, own, drawn=drawn),
    }


def _own(rows: Rows, parts: Parts, node: int, *, drawn: bool) -> Row:
    return {"id": node + 1 if drawn else None, **asdict(position(rows, parts, node))}


def _listed(found: Tied) -> list[Row]:
    """Every tie once, with its kinds: those without a direction first, by source and target."""
    told: list[Row] = []
    for kinds in (MUTUAL, DIRECTED):
        for source, row in enumerate(united(*(found.kinds[kind] for kind in kinds))):
            # Without a direction the lower node is the source.
            later = row >> (source + 1) << (source + 1) if kinds is MUTUAL else row
            told += [
                {
                    "source": source + 1,
                    "target": target + 1,
                    "kinds": [k for k in kinds if found.kinds[k][source] >> target & 1],
                    "directed": kinds is DIRECTED,
                }
                for target in nodes_of(later)
            ]
    return told
