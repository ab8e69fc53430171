"""The rows of people, of oneself and of tokens."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from tests.permissions import oracle
from tests.permissions.facts import Actor, Facts, Net, Somebody
from tests.permissions.oracle import HIDDEN, PROFILE, PROFILE_FIELDS, SELF, SELF_FIELDS
from tests.permissions.table import GHOST, Cell, everybody, personas, rows_of, same_sets

TIER_NAMES = ("card", "profile", "self")
ABOUT = ("facilitator", "member", "observer", "ex-member", "invited", "requested")
TOPS = ("open", "restricted", "private", "confidential", "private/open")


def cast_of(facts: Facts, net: Net) -> list[Somebody]:
    """The people whom a network makes visible or not, and two whom no network does."""
    keys = [*(f"{net.key}: {role}" for role in ABOUT), "hermit", "listed stranger"]
    return [facts.people[key] for key in keys if key in facts.people]


def fields_of(person: Somebody, seen: int, item: dict[str, Any]) -> str:
    """What is wrong with the fields of a person who is read at this tier."""
    wrong = [
        name
        for names, need in ((PROFILE_FIELDS, PROFILE), (SELF_FIELDS, SELF))
        for name in names
        if name in item and (item[name] is not None) != (seen >= need)
    ]
    if item["tier"] != TIER_NAMES[seen] or item["display_name"] != person.columns["display_name"]:
        wrong.append(f"tier {item['tier']}")
    return f"{person.key}: fields {wrong}" if wrong else ""


@rows_of("getPerson")
def get_person(facts: Facts) -> Iterator[Cell]:
    """A card of a fellow member, the profile of who is listed, everything of oneself."""
    for label, actor, net in everybody(facts):
        for person in cast_of(facts, net):
            seen = oracle.person_tier(facts, actor, person)
            end = oracle.gate(actor, "people:read")
            end = end or (oracle.refused("not_found") if seen == HIDDEN else None)
            yield Cell(
                "getPerson", label, net.key, actor, "GET", f"/v1/people/{person.id}", end or (200, None), person.key,
                ghost=person.id, check=partial(fields_of, person, seen),
            )  # fmt: skip


@rows_of("listPeople")
def list_people(facts: Facts) -> Iterator[Cell]:
    """The directory: who chose to be in it, and everybody for an operator; filters find only among them."""
    for key in (*TOPS, "open/confidential"):
        net = facts.nets[key]
        for label, actor in personas(facts, net):
            yield _people(facts, label, actor, net, "all", {}, lambda _: True)
            for person in cast_of(facts, net):
                for name, column, value in (
                    ("profession", "profession", person.columns["profession"]),
                    ("organisation", "organisation_code", person.columns["organisation_code"]),
                    ("topic", "interests", person.columns["interests"][2:-2]),
                    ("q", "display_name", person.marks["display_name"]),
                ):
                    same = partial(_same, column, person)
                    yield _people(
                        facts, label, actor, net, f"{name} of {person.key}", {name: value}, same
                    )
                # E-mail addresses are for oneself and the operator, and nobody finds by them.
                mail = {"q": person.marks["email"]}
                yield _people(
                    facts, label, actor, net, f"mail of {person.key}", mail, lambda _: False
                )


def _same(column: str, one: Somebody, other: Somebody) -> bool:
    return bool(one.columns[column] == other.columns[column])


def _people(
    facts: Facts, label: str, actor: Actor, net: Net, variant: str, params: dict[str, str],
    matches: Callable[[Somebody], bool],
) -> Cell:  # fmt: skip
    end = oracle.gate(actor, "people:read")

    def check(found: dict[str, Any]) -> str:
        expected = {
            p.id: p for p in facts.people.values() if (p.listed or actor.operates) and matches(p)
        }
        names = {p.id: p.key for p in facts.people.values()}
        wrong = same_sets({item["id"] for item in found["items"]}, set(expected), names)
        for item in found["items"] if not wrong else []:
            person = expected[item["id"]]
            wrong = wrong or fields_of(person, oracle.person_tier(facts, actor, person), item)
        return wrong

    return Cell(
        "listPeople", label, net.key, actor, "GET", "/v1/people", end or (200, None), variant,
        params={**params, "limit": "100"}, check=check,
    )  # fmt: skip


@rows_of("createPerson")
def create_person(facts: Facts) -> Iterator[Cell]:
    """By the operator."""
    for key in TOPS:
        for label, actor in personas(facts, facts.nets[key]):
            end = oracle.gate(actor, "people:write") or (
                None if actor.operates else oracle.refused("forbidden")
            )
            for variant, more in (("plain", {}), ("operator", {"operator": True})):
                yield Cell(
                    "createPerson", label, key, actor, "POST", "/v1/people", end or (201, None), variant,
                    {"display_name": "Somebody new", **more},
                )  # fmt: skip


def _oneself(facts: Facts, *, method: str) -> Iterator[Cell]:
    """Everybody reads and writes themselves, and nobody else this way."""
    operation, scope = ("getMe", "people:read") if method == "GET" else ("updateMe", "people:write")
    for label, actor, net in everybody(facts):
        own = facts.people[actor.person] if actor.person else None

        def check(
            found: dict[str, Any], *, own: Somebody | None = own, actor: Actor = actor
        ) -> str:
            if own is None or found["id"] != own.id:
                return f"somebody else: {found['id']}"
            if set(found["scopes"]) != actor.scopes or found["operator"] != own.operator:
                return "other powers"
            return fields_of(own, SELF, found)

        yield Cell(
            operation, label, net.key, actor, method, "/v1/me", oracle.gate(actor, scope) or (200, None),
            json={"bio": "Changed"} if method == "PATCH" else None, check=check,
        )  # fmt: skip


rows_of("getMe")(partial(_oneself, method="GET"))
rows_of("updateMe")(partial(_oneself, method="PATCH"))


@rows_of("listTokens")
def list_tokens(facts: Facts) -> Iterator[Cell]:
    """One's own, and nobody else's: not even for an operator."""
    for key in TOPS:
        for label, actor in personas(facts, facts.nets[key]):
            end = oracle.gate(actor, "tokens:read")
            own = {
                str(a.token_id)
                for a in facts.actors.values()
                if _lives(a) and a.person == actor.person
            }
            yield Cell(
                "listTokens", label, key, actor, "GET", "/v1/tokens", end or (200, None), params={"limit": "100"},
                check=partial(_only, own),
            )  # fmt: skip


def _one_token(facts: Facts, *, method: str) -> Iterator[Cell]:
    """The same for one of them."""
    operation, scope = (
        ("getToken", "tokens:read") if method == "GET" else ("revokeToken", "tokens:write")
    )
    for key in TOPS:
        for label, actor in personas(facts, facts.nets[key]):
            for other in _some_tokens(facts, key):
                gone = (
                    None
                    if other.person == actor.person and _lives(other)
                    else oracle.refused("not_found")
                )
                end = oracle.gate(actor, scope) or gone or (200 if method == "GET" else 204, None)
                yield Cell(
                    operation, label, key, actor, method, f"/v1/tokens/{other.token_id}", end, other.label,
                    ghost=other.token_id,
                )  # fmt: skip


rows_of("getToken")(partial(_one_token, method="GET"))
rows_of("revokeToken")(partial(_one_token, method="DELETE"))


def _only(expected: set[str], found: dict[str, Any]) -> str:
    return same_sets({item["id"] for item in found["items"]}, expected, {})


def _lives(actor: Actor) -> bool:
    """Not revoked; one that has expired is still listed."""
    return actor.token is not None and not actor.label.endswith("(revoked)")


def _some_tokens(facts: Facts, key: str) -> list[Actor]:
    people = (
        f"{key}: member",
        f"{key}: facilitator",
        "stranger",
        "operator",
        "another: facilitator",
    )
    return [actor for (person, _), actor in facts.actors.items() if person in people]


@rows_of("createToken")
def create_token(facts: Facts) -> Iterator[Cell]:
    """Never wider than the one in hand; for somebody else, by the operator; to provision, for a facilitator."""
    for key in TOPS:
        net = facts.nets[key]
        keeper = facts.people[f"{key}: facilitator"]
        for label, actor in personas(facts, net):
            end = oracle.gate(actor, "tokens:write")
            wider = end or (
                None if "operate" in actor.scopes else oracle.refused("insufficient_scope")
            )
            theirs = end or (None if actor.operates else oracle.refused("forbidden"))
            bound = end or (
                None
                if "members:provision" in actor.scopes
                else oracle.refused("insufficient_scope")
            )
            # Nobody here facilitates and holds the scope, so one's own is an unknown network, hidden or not.
            own = bound or oracle.refused("unknown_reference")
            nobody = theirs or oracle.refused("unknown_reference")
            plain = {"name": "Read", "scopes": ["networks:read"]}
            provision = {"name": "Sync", "scopes": ["members:provision"], "network_id": net.id}
            itself = actor.person == keeper.key
            for variant, body, outcome in (
                ("narrower", plain, end),
                ("wider", {**plain, "scopes": ["operate"]}, wider),
                ("theirs", {**plain, "person_id": keeper.id}, end if itself else theirs),
                ("a ghost's", {**plain, "person_id": GHOST}, nobody),
                ("provisioning", provision, own),
                (
                    "for them",
                    {**provision, "person_id": keeper.id},
                    bound if itself else theirs or bound,
                ),
            ):
                yield Cell(
                    "createToken", label, key, actor, "POST", "/v1/tokens", outcome or (201, None), variant, body,
                    ghost=net.id if "network_id" in body else None,
                )  # fmt: skip
