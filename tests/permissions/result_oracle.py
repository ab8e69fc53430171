"""What the product's rules say of results: pure functions of the facts, nothing from `app`.

"A draft, a withdrawn result and one kept to its authors: they alone, no operator, no facilitator. Published for the
network: its members, operators. For everybody: besides, whoever reads inside what is open all the way up. Hidden: its
authors, facilitators, operators. Who wrote it and where is told as it is attributed, or to its authors."
"""

from tests.permissions import meeting_oracle, oracle
from tests.permissions.facts import Actor, Facts, Shared
from tests.permissions.oracle import Outcome, refused

PARTS = ("measure", "pdsa_cycle", "feedback", "adoption")
SCOPE_OF_KIND = dict.fromkeys(("result", *PARTS), "results")
KINDS = ("result",)


def wrote(actor: Actor, one: Shared) -> bool:
    """One of its authors now."""
    return actor.person is not None and actor.person in one.authors


def sees(facts: Facts, actor: Actor, one: Shared) -> bool:
    """Whether the result is there for this actor."""
    if wrote(actor, one):
        return True
    if one.status != "published" or one.audience == "author":
        return False
    net = facts.nets[one.net]
    if actor.operates or meeting_oracle.leads(facts, actor, one.net):
        return True
    if one.hidden:
        return False
    if oracle.membership(facts, actor, net) is not None:
        return True
    return one.audience == "public" and meeting_oracle.public_inside(facts, actor, net)


def names_authors(actor: Actor, one: Shared) -> bool:
    """Who wrote a visible result is told."""
    return one.attribution == "named" or wrote(actor, one)


def names_organisation(actor: Actor, one: Shared) -> bool:
    """Where a visible result came about is told."""
    return one.attribution != "network_only" or wrote(actor, one)


def there(facts: Facts, actor: Actor, one: Shared) -> Outcome | None:
    """404 for what is not there for you."""
    return None if sees(facts, actor, one) else refused("not_found")


def keeps(facts: Facts, actor: Actor, one: Shared, *, in_archive: bool = False) -> Outcome | None:
    """May this actor do what authors do: is it there, did they write it, is its network alive."""
    gone = there(facts, actor, one)
    if gone:
        return gone
    if not wrote(actor, one):
        return refused("forbidden")
    return None if in_archive else oracle.still_open(facts.nets[one.net])


def recorded(facts: Facts, actor: Actor, one: Shared) -> bool:
    """An operator's look inside is put on record for the network that it looked into."""
    return oracle.recorded(facts, actor, facts.nets[one.net])


def verbs(facts: Facts, actor: Actor, one: Shared) -> list[str]:
    """What `actions` says."""
    if actor.person is None or "results:write" not in actor.scopes:
        return []
    net, mine, shown = facts.nets[one.net], wrote(actor, one), one.status == "published"
    member = oracle.membership(facts, actor, net) is not None
    found = {
        "update": mine and not net.archived,
        "publish": mine and member and not shown and not net.archived,
        "withdraw": mine and shown,
        "delete": mine and one.status == "draft" and not net.archived,
        "give_feedback": shown and not net.archived,
        "report_adoption": shown and not net.archived,
    }
    return [name for name, yes in found.items() if yes]


def may_read_mark(facts: Facts, actor: Actor, key: str) -> bool:
    """Whether a secret word of a result may be in any answer to this actor."""
    return sees(facts, actor, facts.results[key])


def named_as_author(facts: Facts, actor: Actor, person: str) -> bool:
    """The name of this person stands on a result that this actor sees."""
    return any(
        person in one.authors and sees(facts, actor, one) and names_authors(actor, one)
        for one in facts.results.values()
    )


def told(facts: Facts, actor: Actor, within: str | None) -> dict[str, set[str]]:
    """What a feed tells this actor of, by kind; `within` is the id of a network."""
    nets = [net.key for net in facts.nets.values() if within in (None, net.id)]
    seen = [r for r in facts.results.values() if r.net in nets and sees(facts, actor, r)]
    found = {"result": {one.id for one in seen}}
    return found | {kind: {part_id(one, kind) for one in seen} - {""} for kind in PARTS}


def part_id(one: Shared, kind: str) -> str:
    """The id of what belongs to a result; empty where there is none."""
    ids = (one.measure_id, one.cycle_id, one.feedback_id, one.adoption_id)
    return ids[PARTS.index(kind)]


def ids_in(facts: Facts, net: str) -> set[str]:
    """The ids of everything about results that is in this network."""
    every = [one for one in facts.results.values() if one.net == net]
    parts = {part_id(one, kind) for one in every for kind in PARTS}
    return {one.id for one in every} | parts - {""}
