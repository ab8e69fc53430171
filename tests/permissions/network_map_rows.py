"""The rows of the map: for active members, and for operators on record, with what their sub-groups tie."""

from collections.abc import Iterator
from typing import Any

from tests.permissions import oracle
from tests.permissions.facts import Actor, Facts, Net
from tests.permissions.table import Cell, everybody, rows_of

LEAST = 10


def _in(facts: Facts, net: Net) -> set[str]:
    """Who is an active member."""
    return {s.person for s in facts.spells.values() if s.net == net.key and s.status == "active"}


def _looked_into(facts: Facts, actor: Actor, net: Net) -> list[Net]:
    """The network, and the sub-groups whose ties this actor is told."""
    enough = len(_in(facts, net)) >= LEAST
    return [net] + [
        below
        for below in facts.children(net.key)
        if enough
        and below.rule in ("open", "restricted")
        and not below.archived
        and (actor.operates or oracle.membership(facts, actor, below))
    ]


def _wrong(facts: Facts, actor: Actor, net: Net, found: dict[str, Any]) -> str:
    """The members, whether that is enough, which ties of sub-groups, and who is told where they stand."""
    there = _in(facts, net)
    if found["members"] != len(there):
        return f"{found['members']} members, not {len(there)}"
    if (found["status"] == "ok") != (len(there) >= LEAST):
        return str(found["status"])
    if found["status"] != "ok":
        return "" if found["measures"] is found["nodes"] is found["own"] is None else "told"
    pairs = {
        frozenset((one, other))
        for below in _looked_into(facts, actor, net)[1:]
        for one in _in(facts, below) & there
        for other in _in(facts, below) & there
        if one != other
    }
    tied = sum("sub_group" in tie["kinds"] for tie in found["ties"])
    if tied != len(pairs):
        return f"{tied} ties of sub-groups, not {len(pairs)}"
    own = oracle.membership(facts, actor, net) is not None
    marked = sum(node["own"] for node in found["nodes"])
    return "" if (found["own"] is not None, marked) == (own, int(own)) else "own"


def _cells(operation: str, ending: str, facts: Facts) -> Iterator[Cell]:
    for label, actor, net in everybody(facts):
        end = oracle.gate(actor, "networks:read")
        if end is None and not (actor.operates or oracle.membership(facts, actor, net)):
            end = oracle.refused("not_found")
        recorded = [
            one.id
            for one in _looked_into(facts, actor, net)
            if end is None and oracle.recorded(facts, actor, one)
        ]

        def check(found: dict[str, Any], actor: Actor = actor, net: Net = net) -> str:
            return _wrong(facts, actor, net, found)

        yield Cell(
            operation, label, net.key, actor, "GET", f"/v1/networks/{net.id}/map{ending}", end or (200, None),
            ghost=net.id, check=None if ending else check, recorded=tuple(recorded),
        )  # fmt: skip


@rows_of("getNetworkMap")
def get_network_map(facts: Facts) -> Iterator[Cell]:
    """The map; outsiders are answered as if there was no such network, however much of it they read."""
    return _cells("getNetworkMap", "", facts)


@rows_of("getNetworkMapGraphml")
def get_network_map_graphml(facts: Facts) -> Iterator[Cell]:
    """The same for programs."""
    return _cells("getNetworkMapGraphml", ".graphml", facts)


@rows_of("getNetworkMapSvg")
def get_network_map_svg(facts: Facts) -> Iterator[Cell]:
    """The same as a picture."""
    return _cells("getNetworkMapSvg", ".svg", facts)
