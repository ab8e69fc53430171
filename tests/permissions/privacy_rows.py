"""The rows of privacy: everybody erases themselves, and takes what is kept of them."""

from collections.abc import Iterator
from typing import Any

from tests.permissions import oracle
from tests.permissions.facts import VISIBILITIES, Actor, Facts, Net, Somebody
from tests.permissions.oracle import Outcome
from tests.permissions.saved_search_rows import typed
from tests.permissions.table import Cell, personas, rows_of, same_sets


def in_the_way(facts: Facts, actor: Actor) -> Outcome | None:
    """Whoever leads a live network alone hands it over first; so does the only operator."""
    for net in facts.nets.values():
        spell = oracle.membership(facts, actor, net)
        if spell is None or spell.role != "facilitator" or net.archived:
            continue
        others = [
            other
            for other in facts.latest.values()
            if other.net == net.key
            and other.person != actor.person
            and (other.status, other.role) == ("active", "facilitator")
        ]
        if not others:
            return oracle.refused("last_facilitator")
    operators = [key for key, person in facts.people.items() if person.operator]
    return oracle.refused("last_operator") if operators == [actor.person] else None


def _most(facts: Facts) -> Iterator[tuple[str, Actor, Net]]:
    """Every persona, towards a network of each visibility and a sub-group: an erasure takes its time."""
    for key in (*VISIBILITIES, "open/open"):
        for label, actor in personas(facts, facts.nets[key]):
            yield label, actor, facts.nets[key]


@rows_of("exportMe")
def export_me(facts: Facts) -> Iterator[Cell]:
    """Everybody themselves, on record."""
    for label, actor, net in _most(facts):
        end = oracle.gate(actor, "account:read")
        own = facts.people[actor.person] if actor.person else None

        def check(found: dict[str, Any], *, own: Somebody | None = own) -> str:
            if own is None or found["person"]["id"] != own.id:
                return f"somebody else: {found['person']['id']}"
            spells = {spell.id for spell in facts.spells.values() if spell.person == own.key}
            return same_sets({item["id"] for item in found["memberships"]}, spells, {})

        yield Cell(
            "exportMe", label, net.key, actor, "GET", "/v1/me/export", end or (200, None), check=check,
            recorded=(own.id,) if own and not end else (), typed=typed(facts, actor),
        )  # fmt: skip


@rows_of("eraseMe")
def erase_me(facts: Facts) -> Iterator[Cell]:
    """Oneself and nobody else."""
    for label, actor, net in _most(facts):
        end = oracle.gate(actor, "account:write")
        done = end or in_the_way(facts, actor) or (204, None)
        yield Cell("eraseMe", label, net.key, actor, "DELETE", "/v1/me", done)
