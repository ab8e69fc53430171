"""The rows of members: one spell by itself, the histories, and every move of a spell."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from tests.permissions import oracle
from tests.permissions.facts import Actor, Facts, Net, Spell
from tests.permissions.oracle import Outcome
from tests.permissions.table import GHOST, Cell, everybody, personas, rows_of, same_sets

ABOUT = ("facilitator", "member", "observer", "ex-member", "invited", "requested")


def spells_of(facts: Facts, net: Net, wanted: tuple[str, ...]) -> Iterator[tuple[str, Spell]]:
    """The spells of a network's cast, each by what its person is to the network."""
    for role in wanted:
        spell = facts.spell(f"{net.key}: {role}", net.key)
        if spell is not None:
            yield f"the {role}'s", spell


def _seen(facts: Facts, actor: Actor, spell: Spell, scope: str) -> Outcome | None:
    gate = oracle.gate(actor, scope)
    return gate or (None if oracle.sees_spell(facts, actor, spell) else oracle.refused("not_found"))


def _keeps(facts: Facts, actor: Actor, net: Net) -> Outcome | None:
    return None if oracle.facilitates(facts, actor, net) else oracle.refused("forbidden")


def _own(actor: Actor, spell: Spell) -> Outcome | None:
    return None if actor.person == spell.person else oracle.refused("forbidden")


def _begins_as(status: str, found: dict[str, Any]) -> str:
    return "" if found["status"] == status else f"status {found['status']}"


def _is(spell: Spell, *statuses: str) -> Outcome | None:
    return None if spell.status in statuses else oracle.refused("illegal_transition")


@rows_of("getMember")
def get_member(facts: Facts) -> Iterator[Cell]:
    """One spell; what was said with a request is not for every member."""
    for label, actor, net in everybody(facts):
        for whose, spell in spells_of(facts, net, ABOUT):
            end = _seen(facts, actor, spell, "members:read")
            said = (
                spell.message if end is None and oracle.reads_message(facts, actor, spell) else None
            )

            def check(
                found: dict[str, Any], *, spell: Spell = spell, said: str | None = said
            ) -> str:
                shown = (found["status"], found["role"], found["message"])
                expected = (spell.status, spell.role, said)
                return "" if shown == expected else f"{shown} not {expected}"

            looked = end is None and oracle.recorded(facts, actor, net)
            yield Cell(
                "getMember", label, net.key, actor, "GET", f"/v1/members/{spell.id}", end or (200, None), whose,
                ghost=spell.id, check=check, recorded=(net.id,) if looked else (),
            )  # fmt: skip


@rows_of("updateMember")
def update_member(facts: Facts) -> Iterator[Cell]:
    """What one offers, oneself or a facilitator; roles, a facilitator."""
    for label, actor, net in everybody(facts):
        for whose, spell in spells_of(facts, net, ("facilitator", "member", "invited")):
            keeps = _keeps(facts, actor, net)
            seen = _seen(facts, actor, spell, "members:write")
            active = oracle.still_open(net) or _is(spell, "active")
            offers = seen or (keeps and _own(actor, spell)) or active
            # The network's only facilitator: a network that lives here always keeps one.
            role = seen or keeps or active or (
                oracle.refused("last_facilitator") if spell.role == "facilitator" else None
            )  # fmt: skip
            for variant, body, end in (
                ("offer", {"offer": "A room"}, offers),
                ("role", {"role": "observer"}, role),
            ):
                # A member's card is inside, also for an operator who edits it.
                looked = end is None and oracle.recorded(facts, actor, net)
                yield Cell(
                    "updateMember", label, net.key, actor, "PATCH", f"/v1/members/{spell.id}", end or (200, None),
                    f"{variant} {whose}", body, ghost=spell.id, recorded=(net.id,) if looked else (),
                )  # fmt: skip


@rows_of("endMembership")
def end_membership(facts: Facts) -> Iterator[Cell]:
    """Leaving is always possible but for the last facilitator; removing is for facilitators."""
    for label, actor, net in everybody(facts):
        for whose, spell in spells_of(facts, net, ABOUT):
            end = _seen(facts, actor, spell, "members:write")
            if actor.person != spell.person:
                end = end or _keeps(facts, actor, net) or oracle.still_open(net)
            if end is None and spell.role == "facilitator":
                end = oracle.refused("last_facilitator")
            yield Cell(
                "endMembership", label, net.key, actor, "DELETE", f"/v1/members/{spell.id}", end or (204, None), whose,
                ghost=spell.id,
            )  # fmt: skip


def _answers(facts: Facts, *, verb: str) -> Iterator[Cell]:
    """An invitation is answered by whom it is for, a request by a facilitator."""
    for label, actor, net in everybody(facts):
        for whose, spell in spells_of(facts, net, ("member", "ex-member", "invited", "requested")):
            seen = _seen(facts, actor, spell, "members:write")
            own, keeps, state = (
                _own(actor, spell),
                _keeps(facts, actor, net),
                oracle.still_open(net),
            )
            accept = seen or own or state or _is(spell, "invited")
            approve = seen or keeps or state or _is(spell, "requested")
            decline = seen or (keeps if spell.status == "requested" else own) or state
            decline = decline or _is(spell, "invited", "requested")
            end = {"accept": accept, "approve": approve, "decline": decline}[verb]
            good = 204 if verb == "decline" else 200
            looked = end is None and good == 200 and oracle.recorded(facts, actor, net)
            yield Cell(
                f"{verb}Membership", label, net.key, actor, "POST", f"/v1/members/{spell.id}/{verb}",
                end or (good, None), whose, ghost=spell.id, recorded=(net.id,) if looked else (),
            )  # fmt: skip


for _verb in ("accept", "approve", "decline"):
    rows_of(f"{_verb}Membership")(partial(_answers, verb=_verb))


@rows_of("joinNetwork")
def join_network(facts: Facts) -> Iterator[Cell]:
    """Oneself: at once, as a request, or not at all; and accepting by joining."""
    for label, actor, net in everybody(facts):
        end = oracle.gate(actor, "members:write") or oracle.there(facts, actor, net)
        end = end or oracle.still_open(net) or oracle.lives_here(net)
        spell = facts.spell(actor.person, net.key)
        status = spell.status if spell else None
        if end is None and status in ("requested", "active"):
            end = oracle.refused("already_member")
        elif end is None and status != "invited":
            if net.policy == "invite":
                end = oracle.refused("invitation_required")
            elif net.parent and not oracle.membership(facts, actor, facts.nets[net.parent]):
                end = oracle.refused("parent_membership_required")
        becomes = "active" if status == "invited" or net.policy == "open" else "requested"
        yield Cell(
            "joinNetwork", label, net.key, actor, "POST", f"/v1/networks/{net.id}/join", end or (201, None), json={},
            ghost=net.id, check=partial(_begins_as, becomes),
        )  # fmt: skip


@rows_of("addMember")
def add_member(facts: Facts) -> Iterator[Cell]:
    """A facilitator invites whom they can see; an integrator for this network adds anybody at once."""
    for label, actor, net in everybody(facts):
        for person in ("listed stranger", "hermit", f"{net.key}: member", "a ghost"):
            if person not in facts.people and person != "a ghost":
                continue
            some = facts.people.get(person)
            provisions = oracle.provisions(facts, actor, net)
            end = oracle.gate(actor, "members:write", "members:provision") or oracle.keeps(
                facts, actor, net
            )
            end = end or oracle.still_open(net) or oracle.lives_here(net)
            if end is None and not provisions and "members:write" not in actor.scopes:
                end = oracle.refused("forbidden")
            hidden = some is None or (oracle.person_tier(facts, actor, some) < 0 and not provisions)
            if end is None and hidden:
                end = oracle.refused("unknown_reference")
            elif end is None:
                end = _new_spell(facts, person, net)
            becomes = "active" if provisions else "invited"
            looked = end is None and oracle.recorded(facts, actor, net)
            ids = {"network_id": net.id, "person_id": some.id if some else GHOST}
            # Whichever of the two is hidden must answer like one that never was.
            ghost = (
                net.id
                if oracle.there(facts, actor, net)
                else ids["person_id"]
                if end and end[0] == 422
                else None
            )
            yield Cell(
                "addMember", label, net.key, actor, "POST", "/v1/members", end or (201, None), person, ids,
                ghost=ghost, recorded=(net.id,) if looked else (), introduces=person,
                check=partial(_begins_as, becomes),
            )  # fmt: skip


def _new_spell(facts: Facts, person: str, net: Net) -> Outcome | None:
    """One is a member of the parent first, and has one open spell in a network at most."""
    parent = facts.spell(person, net.parent) if net.parent else None
    if net.parent and (parent is None or parent.status != "active"):
        return oracle.refused("parent_membership_required")
    spell = facts.spell(person, net.key)
    return oracle.refused("already_member") if spell and spell.status in oracle.OPEN_SPELL else None


@rows_of("listMemberHistory")
def list_member_history(facts: Facts) -> Iterator[Cell]:
    """Every spell there ever was, for facilitators."""
    for label, actor, net in everybody(facts):
        end = oracle.gate(actor, "members:read") or oracle.keeps(facts, actor, net)
        spells = {spell.id for spell in facts.spells.values() if spell.net == net.key}

        def check(found: dict[str, Any], *, spells: set[str] = spells) -> str:
            return same_sets({item["id"] for item in found["items"]}, spells, {})

        looked = end is None and oracle.recorded(facts, actor, net)
        yield Cell(
            "listMemberHistory", label, net.key, actor, "GET", f"/v1/networks/{net.id}/member-history",
            end or (200, None), params={"limit": 100}, ghost=net.id, check=check, recorded=(net.id,) if looked else (),
        )  # fmt: skip


@rows_of("listOwnHistory")
def list_own_history(facts: Facts) -> Iterator[Cell]:
    """Every spell one ever had; a network that is out of sight now keeps its name to itself."""
    for net in facts.nets.values():
        for label, actor in personas(facts, net):
            end = oracle.gate(actor, "members:read")
            expected = {
                spell.id: facts.nets[spell.net].body["name"]
                if oracle.there(facts, actor, facts.nets[spell.net]) is None
                else None
                for spell in facts.spells.values()
                if spell.person == actor.person
            }

            def check(found: dict[str, Any], *, expected: dict[str, Any] = expected) -> str:
                shown = {item["id"]: item["network"]["name"] for item in found["items"]}
                return "" if shown == expected else f"{shown} not {expected}"

            yield Cell(
                "listOwnHistory", label, net.key, actor, "GET", "/v1/me/history", end or (200, None),
                params={"limit": 100}, check=check,
            )  # fmt: skip
