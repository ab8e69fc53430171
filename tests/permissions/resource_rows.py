"""The rows of resources: of links that members of each network added, who sees, changes and deletes them."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from tests.permissions import meeting_oracle, oracle
from tests.permissions.charter_rows import noted
from tests.permissions.facts import Actor, Facts, Link, Net
from tests.permissions.oracle import Outcome, refused
from tests.permissions.table import Cell, everybody, personas, rows_of

Json = dict[str, Any]
LINK: Json = {"title": "Films", "url": "https://example.org/films"}


def _adds(facts: Facts, actor: Actor, net: Net) -> Outcome | None:
    """Facilitators and members of a network that is alive and at home here; observers and operators do not."""
    end = oracle.gate(actor, "networks:write") or oracle.there(facts, actor, net)
    spell = oracle.membership(facts, actor, net)
    writes = spell is not None and spell.role in ("facilitator", "member")
    end = end or (None if writes else refused("forbidden"))
    return end or oracle.still_open(net) or oracle.lives_here(net)


@rows_of("createResource")
def create_resource(facts: Facts) -> Iterator[Cell]:
    """Whoever writes in the network."""
    for label, actor, net in everybody(facts):
        yield Cell(
            "createResource", label, net.key, actor, "POST", "/v1/resources",
            _adds(facts, actor, net) or (201, None), json={**LINK, "network_id": net.id}, ghost=net.id,
        )  # fmt: skip


def _links(facts: Facts) -> Iterator[tuple[str, Actor, Link]]:
    """Every persona towards every link."""
    for one in facts.links:
        for label, actor in personas(facts, facts.nets[one.net]):
            yield label, actor, one


def _part(facts: Facts, actor: Actor, one: Link) -> bool:
    """Facilitators and operators, and who added it."""
    runs = oracle.facilitates(facts, actor, facts.nets[one.net])
    return runs or (actor.person is not None and actor.person == one.author)


def _verbs(facts: Facts, actor: Actor, one: Link) -> list[str]:
    closed = facts.nets[one.net].archived or "networks:write" not in actor.scopes
    return ["update", "delete"] if not closed and _part(facts, actor, one) else []


def _there(facts: Facts, actor: Actor, one: Link) -> Outcome | None:
    return None if meeting_oracle.sees_link(facts, actor, one) else refused("not_found")


def _as_read(expected: list[str], found: Json) -> str:
    shown = found["actions"]
    return "" if shown == expected else f"{shown}, not {expected}"


@rows_of("listResources")
def list_resources(facts: Facts) -> Iterator[Cell]:
    """Of each network: a list is empty for whoever reads nothing in it."""
    for label, actor, one in _links(facts):
        end = oracle.gate(actor, "networks:read")
        net = facts.nets[one.net]
        expected = [one.id] if meeting_oracle.sees_link(facts, actor, one) else []

        def check(found: Json, *, expected: list[str] = expected) -> str:
            shown = [item["id"] for item in found["items"]]
            return "" if shown == expected else f"{shown}, not {expected}"

        yield Cell(
            "listResources", label, one.net, actor, "GET", "/v1/resources", end or (200, None),
            params={"network_id": net.id}, check=check,
            recorded=noted(facts, actor, net, end) if expected else (),
        )  # fmt: skip


@rows_of("getResource")
def get_resource(facts: Facts) -> Iterator[Cell]:
    """Active members, and operators on record."""
    for label, actor, one in _links(facts):
        end = oracle.gate(actor, "networks:read") or _there(facts, actor, one)
        yield Cell(
            "getResource", label, one.net, actor, "GET", f"/v1/resources/{one.id}", end or (200, None),
            check=partial(_as_read, _verbs(facts, actor, one)), ghost=one.id,
            recorded=noted(facts, actor, facts.nets[one.net], end),
        )  # fmt: skip


def _changed(facts: Facts, operation: str, method: str, json: Json | None = None) -> Iterator[Cell]:
    for label, actor, one in _links(facts):
        net = facts.nets[one.net]
        end = oracle.gate(actor, "networks:write") or _there(facts, actor, one)
        end = end or (None if _part(facts, actor, one) else refused("forbidden"))
        end = end or oracle.still_open(net)
        looked = noted(facts, actor, net, end) if method == "PATCH" else ()
        yield Cell(
            operation, label, one.net, actor, method, f"/v1/resources/{one.id}",
            end or (200 if method == "PATCH" else 204, None), json=json, ghost=one.id, recorded=looked,
        )  # fmt: skip


@rows_of("updateResource")
def update_resource(facts: Facts) -> Iterator[Cell]:
    """Who added it, facilitators, operators."""
    yield from _changed(facts, "updateResource", "PATCH", {"title": "Another"})


@rows_of("deleteResource")
def delete_resource(facts: Facts) -> Iterator[Cell]:
    """The same."""
    yield from _changed(facts, "deleteResource", "DELETE")
