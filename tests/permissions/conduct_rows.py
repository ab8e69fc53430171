"""The rows of codes of conduct: who reads a network's, who writes it, who accepts it."""

from collections.abc import Iterator
from typing import Any

from tests.permissions import oracle
from tests.permissions.facts import Actor, Facts, Net
from tests.permissions.oracle import FRONT, Outcome, refused
from tests.permissions.table import Cell, everybody, rows_of

Json = dict[str, Any]


def _read(facts: Facts, actor: Actor, net: Net) -> Outcome | None:
    """Whoever reads the front of the network."""
    gone = oracle.gate(actor, "moderation:read", sign_in=False)
    return gone or (None if oracle.one_tier(facts, actor, net) >= FRONT else refused("not_found"))


def _recorded(facts: Facts, actor: Actor, net: Net, end: Outcome | None) -> tuple[str, ...]:
    return (net.id,) if end is None and oracle.recorded(facts, actor, net) else ()


@rows_of("getConduct")
def get_conduct(facts: Facts) -> Iterator[Cell]:
    """Version 0 everywhere, which nobody accepted."""
    for label, actor, net in everybody(facts):
        end = _read(facts, actor, net)

        def check(found: Json, *, actor: Actor = actor, net: Net = net) -> str:
            expected: list[str] = []
            if "moderation:write" in actor.scopes and not (net.archived or net.elsewhere):
                expected += ["update"] if oracle.facilitates(facts, actor, net) else []
                expected += ["accept"] if oracle.membership(facts, actor, net) else []
            shown = (found["version"], found["accepted_version"], found["actions"])
            return "" if shown == (0, None, expected) else f"{shown}, not {expected}"

        yield Cell(
            "getConduct", label, net.key, actor, "GET", f"/v1/networks/{net.id}/conduct", end or (200, None),
            ghost=net.id, check=check, recorded=_recorded(facts, actor, net, end),
        )  # fmt: skip


@rows_of("listConductVersions")
def list_conduct_versions(facts: Facts) -> Iterator[Cell]:
    """The same readers."""
    for label, actor, net in everybody(facts):
        end = _read(facts, actor, net)
        yield Cell(
            "listConductVersions", label, net.key, actor, "GET", f"/v1/networks/{net.id}/conduct/versions",
            end or (200, None), ghost=net.id, recorded=_recorded(facts, actor, net, end),
        )  # fmt: skip


@rows_of("writeConduct")
def write_conduct(facts: Facts) -> Iterator[Cell]:
    """Facilitators and operators, of a network that is alive and at home here."""
    for label, actor, net in everybody(facts):
        end = oracle.gate(actor, "moderation:write") or oracle.keeps(facts, actor, net)
        end = end or oracle.still_open(net) or oracle.lives_here(net)
        yield Cell(
            "writeConduct", label, net.key, actor, "PUT", f"/v1/networks/{net.id}/conduct", end or (200, None),
            json={"text": "Be kind."}, ghost=net.id, recorded=_recorded(facts, actor, net, end),
        )  # fmt: skip


@rows_of("acceptConduct")
def accept_conduct(facts: Facts) -> Iterator[Cell]:
    """Active members, for themselves: an operator who is none has nothing to accept."""
    for label, actor, net in everybody(facts):
        end = oracle.gate(actor, "moderation:write") or oracle.there(facts, actor, net)
        member = oracle.membership(facts, actor, net) is not None
        end = end or (None if member else refused("forbidden"))
        end = end or oracle.still_open(net) or oracle.lives_here(net)
        for variant, version, outcome in (
            ("", 0, end),
            ("unknown", 1, end or refused("conduct_changed")),
        ):
            yield Cell(
                "acceptConduct", label, net.key, actor, "POST", f"/v1/networks/{net.id}/conduct/accept",
                outcome or (200, None), variant, {"version": version}, ghost=net.id,
            )  # fmt: skip
