"""The rows of charters, of the life cycle and of engagement: members read and accept, facilitators word them."""

from collections.abc import Iterator
from typing import Any

from tests.permissions import oracle
from tests.permissions.facts import Actor, Facts, Net
from tests.permissions.oracle import Outcome, refused
from tests.permissions.table import Cell, everybody, rows_of

Json = dict[str, Any]


def read_inside(facts: Facts, actor: Actor, net: Net) -> Outcome | None:
    """Whoever reads inside the network: its members, and operators on record."""
    if end := oracle.gate(actor, "networks:read"):
        return end
    inside = oracle.membership(facts, actor, net) is not None or actor.operates
    return None if inside else refused("not_found")


def noted(facts: Facts, actor: Actor, net: Net, end: Outcome | None) -> tuple[str, ...]:
    """The network, where an operator's look inside is put on record."""
    return (net.id,) if end is None and oracle.recorded(facts, actor, net) else ()


@rows_of("getCharter")
def get_charter(facts: Facts) -> Iterator[Cell]:
    """Version 1 wherever a charter was given, which nobody accepted."""
    for label, actor, net in everybody(facts):
        end = read_inside(facts, actor, net)

        def check(found: Json, *, actor: Actor = actor, net: Net = net) -> str:
            member = oracle.membership(facts, actor, net) is not None
            expected: list[str] = []
            if not (net.archived or net.elsewhere):
                if "networks:write" in actor.scopes and oracle.facilitates(facts, actor, net):
                    expected.append("update")
                if "members:write" in actor.scopes and member:
                    expected.append("accept")
            said = f"Something {net.marks['charter']}" if "charter" in net.marks else None
            wanted = (1 if said else 0, said, 0, None, expected)
            shown = tuple(
                found[name]
                for name in (
                    "version",
                    "leadership",
                    "accepted_count",
                    "accepted_version",
                    "actions",
                )
            )
            return "" if shown == wanted else f"{shown}, not {wanted}"

        yield Cell(
            "getCharter", label, net.key, actor, "GET", f"/v1/networks/{net.id}/charter", end or (200, None),
            ghost=net.id, check=check, recorded=noted(facts, actor, net, end),
        )  # fmt: skip


@rows_of("listCharterVersions")
def list_charter_versions(facts: Facts) -> Iterator[Cell]:
    """The same readers."""
    for label, actor, net in everybody(facts):
        end = read_inside(facts, actor, net)
        yield Cell(
            "listCharterVersions", label, net.key, actor, "GET", f"/v1/networks/{net.id}/charter/versions",
            end or (200, None), ghost=net.id, recorded=noted(facts, actor, net, end),
        )  # fmt: skip


@rows_of("writeCharter")
def write_charter(facts: Facts) -> Iterator[Cell]:
    """Facilitators and operators, of a network that is alive and at home here."""
    for label, actor, net in everybody(facts):
        end = oracle.gate(actor, "networks:write") or oracle.keeps(facts, actor, net)
        end = end or oracle.still_open(net) or oracle.lives_here(net)
        yield Cell(
            "writeCharter", label, net.key, actor, "PUT", f"/v1/networks/{net.id}/charter", end or (200, None),
            json={"leadership": "We take turns."}, ghost=net.id, recorded=noted(facts, actor, net, end),
        )  # fmt: skip


@rows_of("acceptCharter")
def accept_charter(facts: Facts) -> Iterator[Cell]:
    """Active members, for themselves: an operator who is none has nothing to accept."""
    for label, actor, net in everybody(facts):
        end = oracle.gate(actor, "members:write") or oracle.there(facts, actor, net)
        member = oracle.membership(facts, actor, net) is not None
        end = end or (None if member else refused("forbidden"))
        end = end or oracle.still_open(net) or oracle.lives_here(net)
        for variant, version, outcome in (
            ("", 1, end),
            ("unknown", 2, end or refused("charter_changed")),
        ):
            yield Cell(
                "acceptCharter", label, net.key, actor, "POST", f"/v1/networks/{net.id}/charter/accept",
                outcome or (200, None), variant, {"version": version}, ghost=net.id,
            )  # fmt: skip


@rows_of("getLifecycle")
def get_lifecycle(facts: Facts) -> Iterator[Cell]:
    """The stage that was declared, and since it was; whoever reads inside."""
    for label, actor, net in everybody(facts):
        end = read_inside(facts, actor, net)

        def check(found: Json, *, net: Net = net) -> str:
            said = [one["stage"] for one in found["history"]]
            right = found["stage"] == net.body["lifecycle_stage"] == (said or [None])[-1]
            closed = (found["suggested_stage"] == "transition") == net.archived
            return "" if right and closed else f"{found['stage']}, {said}"

        yield Cell(
            "getLifecycle", label, net.key, actor, "GET", f"/v1/networks/{net.id}/lifecycle", end or (200, None),
            ghost=net.id, check=check, recorded=noted(facts, actor, net, end),
        )  # fmt: skip


@rows_of("getEngagement")
def get_engagement(facts: Facts) -> Iterator[Cell]:
    """How many are members, to whoever reads inside."""
    for label, actor, net in everybody(facts):
        end = read_inside(facts, actor, net)

        def check(found: Json, *, net: Net = net) -> str:
            spells = facts.latest.values()
            members = sum(one.net == net.key and one.status == "active" for one in spells)
            return "" if found["members"] == members else f"{found['members']}, not {members}"

        yield Cell(
            "getEngagement", label, net.key, actor, "GET", f"/v1/networks/{net.id}/engagement", end or (200, None),
            ghost=net.id, check=check, recorded=noted(facts, actor, net, end),
        )  # fmt: skip


@rows_of("listQuietMembers")
def list_quiet_members(facts: Facts) -> Iterator[Cell]:
    """Who has gone quiet is for facilitators, and operators on record."""
    for label, actor, net in everybody(facts):
        end = oracle.gate(actor, "members:read")
        inside = oracle.membership(facts, actor, net) is not None or actor.operates
        end = end or (None if inside else refused("not_found"))
        end = end or (None if oracle.facilitates(facts, actor, net) else refused("forbidden"))

        def check(found: Json, *, net: Net = net) -> str:
            spells = facts.latest.values()
            ids = {one.id for one in spells if one.net == net.key and one.status == "active"}
            strangers = {item["id"] for item in found["items"]} - ids
            return f"{strangers}" if strangers else ""

        yield Cell(
            "listQuietMembers", label, net.key, actor, "GET", f"/v1/networks/{net.id}/engagement/quiet",
            end or (200, None), params={"limit": 100}, ghost=net.id, check=check,
            recorded=noted(facts, actor, net, end),
        )  # fmt: skip
