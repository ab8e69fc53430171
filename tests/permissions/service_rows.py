"""The rows of the feed, of what is public, and of the service itself."""

from collections.abc import Iterator
from typing import Any

from tests.permissions import meeting_oracle, oracle, result_oracle
from tests.permissions.facts import Actor, Facts
from tests.permissions.table import Cell, personas, rows_of, same_sets

PUBLIC = {
    "getHome": "/",
    "getLiveness": "/livez",
    "getReadiness": "/readyz",
    "getPing": "/_ping",
    "getStatus": "/_status",
    "getContract": "/openapi.json",
    "getDocumentation": "/docs",
    "getGuide": "/guides/errors",
    "listProblemTypes": "/problems",
    "getProblemType": "/problems/not_found",
    "getService": "/v1",
    "listTopics": "/v1/topics",
    "listIndicators": "/v1/indicators",
    "listProfessions": "/v1/professions",
    "listPlaces": "/v1/places?q=TS18",
}


def _public(operation: str, path: str, *scopes: str) -> None:
    @rows_of(operation)
    def cells(facts: Facts) -> Iterator[Cell]:
        """For anybody; a token that is no good is told so everywhere."""
        # The second network is a sub-group: it has a persona that the first has not.
        seen = {
            **dict(personas(facts, facts.nets["open/open"])),
            **dict(personas(facts, facts.nets["open"])),
        }
        for label, actor in seen.items():
            end = oracle.gate(actor, *scopes, sign_in=False)
            many = {"limit": "100"} if operation == "listOrganisations" else {}
            yield Cell(
                operation,
                label,
                "the installation",
                actor,
                "GET",
                path,
                end or (200, None),
                params=many,
            )


for _operation, _path in PUBLIC.items():
    _public(_operation, _path)
_public("listOrganisations", "/v1/organisations", "organisations:read")
_public("getOrganisation", "/v1/organisations/P0001", "organisations:read")


@rows_of("getMetrics")
def metrics(facts: Facts) -> Iterator[Cell]:
    """For operators with a token that operates."""
    seen = {
        **dict(personas(facts, facts.nets["open/open"])),
        **dict(personas(facts, facts.nets["open"])),
    }
    for label, actor in seen.items():
        end = oracle.gate(actor, "operate")
        may = (200, None) if actor.operates else oracle.refused("forbidden")
        yield Cell("getMetrics", label, "the installation", actor, "GET", "/metrics", end or may)


@rows_of("listChanges")
def list_changes(facts: Facts) -> Iterator[Cell]:
    """Followed from the start, the feed tells of exactly what one sees now; of the rest at most that it is gone."""
    for net in facts.nets.values():
        for label, actor in personas(facts, net):
            end = oracle.gate(actor, "changes:read", sign_in=False)
            for variant, params in (
                ("all", {}),
                ("of it", {"network_id": net.id}),
                ("members", {"kind": "member"}),
            ):
                if variant != "of it" and net.key not in ("open", "confidential", "private/open"):
                    continue
                expected = set() if end else _told(facts, actor, params)

                def check(
                    found: dict[str, Any], *, expected: set[str] = expected, actor: Actor = actor
                ) -> str:
                    items = found["items"]
                    # Who asked or is invited keeps that in sight when the network went out of it.
                    stays = {
                        facts.nets[s.net].id
                        for s in facts.spells.values()
                        if s.person == actor.person and s.status in oracle.OPEN_SPELL
                    } - expected
                    upserts = {
                        item["id"] for item in items
                        if item["op"] == "upsert" or (item["op"] == "scope_changed" and item["id"] not in stays)
                    }  # fmt: skip
                    hidden = {item["id"] for item in items} - _ever(facts, actor)
                    names = {n.id: n.key for n in facts.nets.values()} | {
                        s.id: f"{s.person} in {s.net}" for s in facts.spells.values()
                    }
                    return same_sets(upserts, expected, names) or same_sets(hidden, set(), names)

                yield Cell(
                    "listChanges", label, net.key, actor, "GET", "/v1/changes", end or (200, None), variant,
                    params={**params, "limit": 100}, check=check,
                )  # fmt: skip


def _of_meetings_and_results(facts: Facts, actor: Actor, within: str | None) -> dict[str, set[str]]:
    """The ids of what is there for this actor, by kind."""
    return {
        **meeting_oracle.told(facts, actor, within),
        **result_oracle.told(facts, actor, within),
    }


def _told(facts: Facts, actor: Actor, params: dict[str, Any]) -> set[str]:
    """The ids of everything there now for this actor and this token."""
    kind, within = params.get("kind"), params.get("network_id")
    networks = {
        net.id for net in facts.nets.values()
        if oracle.there(facts, actor, net) is None and within in (None, net.id)
    }  # fmt: skip
    if actor.person is None:
        public = {"network": networks, **_of_meetings_and_results(facts, actor, within)}
        return {one for name, ids in public.items() for one in ids if kind in (None, name)}
    members = {
        spell.id for spell in facts.spells.values()
        if oracle.sees_spell(facts, actor, spell) and within in (None, facts.nets[spell.net].id)
    }  # fmt: skip
    people = {
        p.id
        for p in facts.people.values()
        if oracle.person_tier(facts, actor, p) >= 0 and not within
    }
    tokens = {
        one.token_id for one in facts.actors.values()
        if one.person == actor.person and one.token_id and not within and not (one.dead and "revoked" in one.label)
    }  # fmt: skip
    sent = {
        one.id for one in facts.sent
        if oracle.facilitates(facts, actor, facts.nets[one.net]) and within in (None, facts.nets[one.net].id)
    }  # fmt: skip
    programs = {one.id for one in facts.clients if one.person == actor.person and not within}
    by_kind = {
        "client": programs, **_of_meetings_and_results(facts, actor, within),
        "network": networks, "member": members, "person": people, "token": tokens, "invitation": sent,
    }  # fmt: skip
    scope = {
        "client": "tokens", **meeting_oracle.SCOPE_OF_KIND, **result_oracle.SCOPE_OF_KIND,
        "network": "networks", "member": "members", "person": "people", "token": "tokens", "invitation": "members",
    }  # fmt: skip
    return {
        str(one) for name, ids in by_kind.items() for one in ids
        if kind in (None, name) and f"{scope[name]}:read" in actor.scopes
    }  # fmt: skip


def _ever(facts: Facts, actor: Actor) -> set[str]:
    """The ids that this actor may have heard of: this world was open to all at first, and closed then."""
    known = {net.id for net in facts.nets.values()}
    for ids in _of_meetings_and_results(facts, actor, None).values():
        known |= ids
    if actor.person is None:
        return known
    known |= {spell.id for spell in facts.spells.values() if spell.person == actor.person}
    known |= {
        spell.id for spell in facts.spells.values()
        if actor.operates or facts.spell(actor.person, spell.net) is not None
    }  # fmt: skip
    known |= {one.id for one in facts.sent if oracle.facilitates(facts, actor, facts.nets[one.net])}
    known |= {
        p.id
        for p in facts.people.values()
        if oracle.person_tier(facts, actor, p) >= 0 or actor.operates
    }
    known |= {one.id for one in facts.clients if one.person == actor.person}
    known |= {
        str(one.token_id)
        for one in facts.actors.values()
        if one.person == actor.person or actor.operates
    }
    return known
