"""The rows of lists and of the feed: who sees what of the whole world, and what each filter may match."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from tests.permissions import oracle
from tests.permissions.facts import Actor, Facts, Net, Spell
from tests.permissions.network_rows import fields_of
from tests.permissions.oracle import FRONT, INSIDE, NAME
from tests.permissions.table import Cell, personas, rows_of, same_sets


def _box(net: Net) -> str:
    """A box of some metres around where it is."""
    lat, lon = net.body["latitude"], net.body["longitude"]
    return f"{lon - 1e-4:.6f},{lat - 1e-4:.6f},{lon + 1e-4:.6f},{lat + 1e-4:.6f}"


# Each filter: the tier that one needs to match by it, and a network's value.
FILTERS: dict[str, tuple[int, Callable[[Net], Any]]] = {
    "topic": (FRONT, lambda net: net.body["topics"][0]),
    "profession": (FRONT, lambda net: net.body["professions"][0]),
    "icb": (FRONT, lambda net: net.body["icbs"][0]),
    "kind": (FRONT, lambda net: net.body["kind"]),
    "region": (FRONT, lambda net: net.body["region"]),
    "meets": (FRONT, lambda net: net.body["meets"]),
    "lifecycle_stage": (FRONT, lambda net: net.body["lifecycle_stage"]),
    "near": (FRONT, lambda net: f"{net.body['latitude']:.6f},{net.body['longitude']}"),
    "bbox": (FRONT, _box),
    "hosted": (FRONT, lambda net: str(net.elsewhere).lower()),
    "join_policy": (NAME, lambda net: net.policy),
    "slug": (NAME, lambda net: net.slug),
    "parent_id": (NAME, lambda net: net.parent),
    "archived": (NAME, lambda net: str(net.archived).lower()),
}
Matches = Callable[[Net], bool]
FIELD_TIERS = {
    "name": NAME,
    "purpose": NAME,
    "engagement_strategy": INSIDE,
    "resourcing": INSIDE,
    "charter": INSIDE,
}
SORTS = ("name", "-created_at", "-updated_at")


# Networks that filters are tried with: every visibility on top, below every other, and what is special.
PROBED = (
    "open", "restricted", "private", "confidential", "open/confidential", "restricted/private", "private/restricted",
    "confidential/open", "open/private/private", "private/open/private", "private archived", "private elsewhere",
)  # fmt: skip


def probed(facts: Facts) -> list[Net]:
    """The networks that filters are tried with."""
    return [facts.nets[key] for key in PROBED]


@rows_of("listNetworks")
def list_networks(facts: Facts) -> Iterator[Cell]:
    """All that one sees, each at its tier; every filter, every word and every sort."""
    for net in probed(facts):
        for label, actor in personas(facts, net):
            for variant, params, matches in _searches(facts, actor, net):
                yield _networks(facts, label, actor, net, variant, params, matches)


def _searches(
    facts: Facts, actor: Actor, net: Net
) -> Iterator[tuple[str, dict[str, str], Matches]]:
    """Each search for what this network has, and which networks it may find."""
    yield "all", {}, _any
    for name, (need, value) in FILTERS.items():
        given = value(net)
        if given is not None:
            sent = facts.nets[given].id if name == "parent_id" else given
            yield name, {name: sent}, partial(_reads, facts, actor, need, value, given)
    for name, word in net.marks.items():
        need = FIELD_TIERS.get(name, FRONT)
        yield f"q in {name}", {"q": word}, partial(_reads, facts, actor, need, _key, net.key)
    for yes in (True, False):
        yield f"mine={yes}", {"mine": str(yes).lower()}, partial(_mine, facts, actor, yes)
    for sort in SORTS:
        yield f"sort={sort}", {"sort": sort}, _any
    near = {"near": "58.0,-1.0", "within_km": "1000", "sort": "distance"}
    yield "by distance", near, partial(_reads, facts, actor, FRONT, _any, True)


def _any(_: object) -> bool:
    return True


def _key(net: Net) -> str:
    return net.key


def _reads(
    facts: Facts, actor: Actor, need: int, value: Callable[[Net], Any], given: Any, net: Net
) -> bool:
    """It has that value, and the actor reads the field that has it."""
    return oracle.listed_tier(facts, actor, net) >= need and value(net) == given


def _mine(facts: Facts, actor: Actor, yes: bool, net: Net) -> bool:
    return (oracle.membership(facts, actor, net) is not None) is yes


def _networks(
    facts: Facts,
    label: str,
    actor: Actor,
    net: Net,
    variant: str,
    params: dict[str, str],
    matches: Matches,
) -> Cell:
    end = oracle.gate(actor, "networks:read", sign_in=False)
    # Archived ones are left out unless they are asked for.
    wanted = params.keys() & {"archived", "slug"}

    def check(found: dict[str, Any]) -> str:
        expected = {
            n.id: n
            for n in facts.nets.values()
            if oracle.there(facts, actor, n) is None and matches(n) and (wanted or not n.archived)
        }
        items = found["items"]
        names = {n.id: n.key for n in facts.nets.values()}
        wrong = same_sets({item["id"] for item in items}, set(expected), names)
        if not wrong:
            for item in items:
                n = expected[item["id"]]
                wrong = wrong or fields_of(
                    facts, n, item, oracle.listed_tier(facts, actor, n), inside=False
                )
        return wrong or _ordered(items, params)

    return Cell(
        "listNetworks", label, net.key, actor, "GET", "/v1/networks", end or (200, None), variant,
        params={**params, "limit": "100"}, check=check,
    )  # fmt: skip


def _ordered(items: list[dict[str, Any]], params: dict[str, str]) -> str:
    """By what is shown: a key that is hidden must not order."""
    sort = params.get(
        "sort", "-score" if "q" in params else "distance" if "near" in params else "name"
    )
    if sort == "-score":
        return ""
    field = "distance_km" if sort == "distance" else sort.removeprefix("-")
    keys = [(item[field], item["id"]) for item in items]
    return "" if keys == sorted(keys, reverse=sort.startswith("-")) else f"not ordered by {sort}"


@rows_of("listMembers")
def list_members(facts: Facts) -> Iterator[Cell]:
    """Whom one sees; a filter finds only among them, and interests only where the profile is read."""
    for net in probed(facts):
        for label, actor in personas(facts, net):
            yield _members(facts, label, actor, net, "all", {}, {})
            yield _members(
                facts, label, actor, net, "in it", {"network_id": net.id}, {"net": net.key}
            )
            for role in ("member", "requested", "observer"):
                spell = facts.spell(f"{net.key}: {role}", net.key)
                if spell is None:
                    continue
                for name, params, wanted in _about(facts, actor, net, spell):
                    yield _members(
                        facts, label, actor, net, f"{name} of the {role}", params, wanted
                    )


def _about(
    facts: Facts, actor: Actor, net: Net, spell: Spell
) -> Iterator[tuple[str, dict[str, str], dict[str, str] | None]]:
    """Each filter with what a spell or its person has, and what a spell must have to be found by it; None for never."""
    person, within, here = facts.people[spell.person], {"network_id": net.id}, {"net": net.key}
    columns = person.columns
    read = oracle.person_tier(facts, actor, person) >= oracle.PROFILE
    topic = {"topic": columns["interests"][2:-2], "person_id": person.id, **within}
    yield "person_id", {"person_id": person.id}, {"person": person.key}
    yield "q", {"q": person.marks["display_name"]}, {"person": person.key}
    yield "q bio", {"q": person.marks["bio"]}, None
    yield "topic", topic, {"person": person.key, **here} if read else None
    for name, value in (
        ("profession", columns["profession"]),
        ("organisation", columns["organisation_code"]),
        ("status", spell.status),
        ("role", spell.role),
    ):
        yield name, {name: value, **within}, {name: value, **here}


def _has(facts: Facts, spell: Spell, wanted: dict[str, str] | None) -> bool:
    columns = facts.people[spell.person].columns
    has = {
        "net": spell.net, "person": spell.person, "status": spell.status, "role": spell.role,
        "profession": columns["profession"], "organisation": columns["organisation_code"],
    }  # fmt: skip
    return wanted is not None and all(has[name] == value for name, value in wanted.items())


def _members(
    facts: Facts,
    label: str,
    actor: Actor,
    net: Net,
    variant: str,
    params: dict[str, str],
    wanted: dict[str, str] | None,
) -> Cell:
    end = oracle.gate(actor, "members:read")
    expected = {
        spell.id: spell
        for spell in facts.spells.values()
        if end is None and oracle.sees_spell(facts, actor, spell) and _has(facts, spell, wanted)
    }

    def check(found: dict[str, Any]) -> str:
        names = {s.id: f"{s.person} in {s.net}" for s in facts.spells.values()}
        wrong = same_sets({item["id"] for item in found["items"]}, set(expected), names)
        said = [
            item["id"]
            for item in found["items"]
            if not wrong
            and item["message"]
            and not oracle.reads_message(facts, actor, expected[item["id"]])
        ]
        return wrong or (f"messages shown: {said}" if said else "")

    looked = {
        facts.nets[s.net].id
        for s in expected.values()
        if oracle.recorded(facts, actor, facts.nets[s.net])
    }
    return Cell(
        "listMembers", label, net.key, actor, "GET", "/v1/members", end or (200, None), variant,
        params={**params, "limit": "100"}, check=check, recorded=tuple(sorted(looked)),
    )  # fmt: skip
