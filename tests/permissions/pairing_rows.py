"""The rows of pairs: a wish is for who wishes, a pair for who is in it and for who facilitates."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from app.core.changes import Told, create
from app.core.work import House, Work, perform
from app.models import PairingWish
from tests.permissions import meeting_oracle, oracle
from tests.permissions.cast import cast_of
from tests.permissions.facts import Actor, Facts, Helped, Net
from tests.permissions.meeting_world import TRIED
from tests.permissions.oracle import Outcome, refused
from tests.permissions.table import Cell, personas, rows_of, same_sets

Json = dict[str, Any]


async def pair_up(house: House, facts: Facts) -> None:
    """In each network a pair of a member, or an observer, and who facilitates it; both wish for more."""

    async def command(work: Work) -> None:
        for key in TRIED:
            net = facts.nets[key]
            here: list[str] = [role for role in ("member", "observer") if role in cast_of(net)]
            first, second = f"{key}: {(here or ['facilitator'])[0]}", f"{key}: facilitator"
            one = Helped(work.new_id(), "pairing", key, first)
            people = {"first_id": facts.people[first].id, "second_id": facts.people[second].id}
            row = {"id": one.id, "network_id": net.id, "drawn_at": work.now, "third_id": None}
            told = Told(network_id=net.id, tier=2, outer=False)
            create(work, "pairing.drawn", {**row, **people}, told)
            for person_id in set(people.values()):
                wish = {"network_id": net.id, "person_id": person_id, "from_at": work.now}
                work.insert(PairingWish, wish)
            facts.helped.append(one)

    await perform(house, command)


def _everybody(facts: Facts) -> Iterator[tuple[str, Actor, Net, Helped]]:
    for one in facts.helped:
        if one.kind == "pairing":
            net = facts.nets[one.net]
            for label, actor in personas(facts, net):
                yield label, actor, net, one


def _inside(facts: Facts, actor: Actor, net: Net) -> Outcome | None:
    """The pairs of a network are listed for its members, and for operators."""
    there = actor.operates or oracle.membership(facts, actor, net) is not None
    return oracle.gate(actor, "members:read") or (None if there else refused("not_found"))


def _listed(expected: set[str], document: Json) -> str:
    return same_sets({item["id"] for item in document["items"]}, expected, {})


@rows_of("listPairings")
def list_pairings(facts: Facts) -> Iterator[Cell]:
    """Members find those that they are in."""
    for label, actor, net, one in _everybody(facts):
        end = _inside(facts, actor, net)
        seen = {one.id} if meeting_oracle.sees_pair(facts, actor, one) else set()
        recorded = (net.id,) if end is None and oracle.recorded(facts, actor, net) else ()
        yield Cell(
            "listPairings", label, net.key, actor, "GET", f"/v1/networks/{net.id}/pairings", end or (200, None),
            ghost=net.id, recorded=recorded, check=partial(_listed, seen),
        )  # fmt: skip


@rows_of("getPairing")
def get_pairing(facts: Facts) -> Iterator[Cell]:
    """Who is in it, who facilitates, and operators."""
    for label, actor, net, one in _everybody(facts):
        there = meeting_oracle.sees_pair(facts, actor, one)
        end = oracle.gate(actor, "members:read") or (None if there else refused("not_found"))
        recorded = (net.id,) if end is None and oracle.recorded(facts, actor, net) else ()
        yield Cell(
            "getPairing", label, net.key, actor, "GET", f"/v1/pairings/{one.id}", end or (200, None),
            ghost=one.id, recorded=recorded,
        )  # fmt: skip


@rows_of("drawPairings")
def draw_pairings(facts: Facts) -> Iterator[Cell]:
    """Facilitators and operators, where two wish for it."""
    for label, actor, net, one in _everybody(facts):
        end = oracle.gate(actor, "members:write") or oracle.there(facts, actor, net)
        may = actor.operates or meeting_oracle.leads(facts, actor, net.key)
        end = end or (None if may else refused("forbidden"))
        end = end or oracle.still_open(net) or oracle.lives_here(net)
        alone = one.person.endswith((": facilitator", ": observer"))  # who observes is not drawn
        end = end or (refused("too_few_wishes") if alone else None)
        recorded = (net.id,) if end is None and oracle.recorded(facts, actor, net) else ()
        yield Cell(
            "drawPairings", label, net.key, actor, "POST", f"/v1/networks/{net.id}/pairings", end or (200, None),
            ghost=net.id, recorded=recorded,
        )  # fmt: skip


@rows_of("getPairingWish")
def get_pairing_wish(facts: Facts) -> Iterator[Cell]:
    """Members, of themselves; an operator who is none has no wish."""
    for label, actor, net, one in _everybody(facts):
        member = oracle.membership(facts, actor, net) is not None
        end = oracle.gate(actor, "members:read") or (None if member else refused("not_found"))
        wished = actor.person in (one.person, f"{net.key}: facilitator")

        def check(document: Json, *, wished: bool = wished) -> str:
            return "" if document["wished"] is wished else f"wished: {document['wished']}"

        yield Cell(
            "getPairingWish", label, net.key, actor, "GET", f"/v1/networks/{net.id}/pairing-wishes/me",
            end or (200, None), ghost=net.id, check=check,
        )  # fmt: skip


def _of_oneself(facts: Facts, operation: str, method: str, good: int) -> Iterator[Cell]:
    for label, actor, net, _ in _everybody(facts):
        spell = oracle.membership(facts, actor, net)
        writes = spell is not None and spell.role in ("facilitator", "member")
        end = oracle.gate(actor, "members:write") or oracle.there(facts, actor, net)
        end = end or (None if writes else refused("forbidden"))
        end = end or oracle.still_open(net) or oracle.lives_here(net)
        yield Cell(
            operation, label, net.key, actor, method, f"/v1/networks/{net.id}/pairing-wishes/me", end or (good, None),
            ghost=net.id,
        )  # fmt: skip


@rows_of("wishPairing")
def wish_pairing(facts: Facts) -> Iterator[Cell]:
    """Facilitators and members, for themselves."""
    yield from _of_oneself(facts, "wishPairing", "PUT", 200)


@rows_of("deletePairingWish")
def delete_pairing_wish(facts: Facts) -> Iterator[Cell]:
    """The same."""
    yield from _of_oneself(facts, "deletePairingWish", "DELETE", 204)
