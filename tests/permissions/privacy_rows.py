"""The rows of privacy: everybody erases themselves, unless something needs them."""

from collections.abc import Iterator

from tests.permissions import oracle
from tests.permissions.facts import VISIBILITIES, Actor, Facts
from tests.permissions.oracle import Outcome
from tests.permissions.table import Cell, personas, rows_of


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


@rows_of("eraseMe")
def erase_me(facts: Facts) -> Iterator[Cell]:
    """With a confirmation, oneself and nobody else."""
    for key in VISIBILITIES:
        for label, actor in personas(facts, facts.nets[key]):
            end = oracle.gate(actor, "account:write")
            done = end or in_the_way(facts, actor) or (204, None)
            for variant, params, outcome in (
                ("confirmed", {"confirm": "erase"}, done),
                ("not confirmed", {}, end or oracle.refused("invalid")),
                ("confirmed wrongly", {"confirm": "true"}, end or oracle.refused("invalid")),
            ):
                yield Cell(
                    "eraseMe", label, key, actor, "DELETE", "/v1/me", outcome, variant, params=params
                )  # fmt: skip
