"""The rows of saved searches, and the searches themselves: a person's own affair, an operator's too."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import orjson

from app.core.changes import Told, create
from app.core.work import House, Work, perform
from tests.permissions import oracle
from tests.permissions.facts import Actor, Facts, Saved
from tests.permissions.table import Cell, personas, rows_of, same_sets

TOPS = ("open", "restricted", "private", "confidential", "private/open")


async def save_searches(house: House, facts: Facts) -> None:
    """Save one for a few people, each for the name of a network, straight into the table: nothing of it was seen."""

    async def command(work: Work) -> None:
        for person, net in (
            ("open: member", "open"),
            ("private: facilitator", "confidential"),
            ("confidential: member", "confidential"),
            ("stranger", "private"),
            ("operator", "confidential"),
        ):
            one = Saved(work.new_id(), person, facts.nets[net].marks["name"])
            row = {
                "id": one.id, "person_id": facts.people[person].id, "name": f"For {one.q}", "seen": "{}",
                "params": orjson.dumps({"q": one.q}).decode(), "seen_before": "{}", "looked_at": work.now,
                "looked_before_at": None,
            }  # fmt: skip
            create(work, "saved_search.created", row, Told(person_id=str(row["person_id"])))
            facts.saved.append(one)

    await perform(house, command)


def typed(facts: Facts, actor: Actor) -> frozenset[str]:
    """What one searches for is what one typed, wherever one had it from."""
    return frozenset(one.q for one in facts.saved if one.person == actor.person)


@rows_of("listSavedSearches")
def list_saved_searches(facts: Facts) -> Iterator[Cell]:
    """One's own, and nobody else's: not even for an operator."""
    for key in TOPS:
        for label, actor in personas(facts, facts.nets[key]):
            end = oracle.gate(actor, "searches:read")
            own = {one.id for one in facts.saved if one.person == actor.person}

            def check(found: dict[str, Any], *, own: set[str] = own) -> str:
                return same_sets({item["id"] for item in found["items"]}, own, {})

            yield Cell(
                "listSavedSearches", label, key, actor, "GET", "/v1/saved-searches", end or (200, None),
                params={"limit": "100"}, check=check, typed=typed(facts, actor),
            )  # fmt: skip


@rows_of("createSavedSearch")
def create_saved_search(facts: Facts) -> Iterator[Cell]:
    """Everybody who is signed in, by a token for it."""
    for key in TOPS:
        for label, actor in personas(facts, facts.nets[key]):
            end = oracle.gate(actor, "searches:write")
            yield Cell(
                "createSavedSearch", label, key, actor, "POST", "/v1/saved-searches", end or (201, None),
                json={"name": "Wounds", "q": "wound"},
            )  # fmt: skip


def _one(facts: Facts, *, operation: str, method: str) -> Iterator[Cell]:
    """The same for one of them."""
    for key in TOPS:
        for label, actor in personas(facts, facts.nets[key]):
            for one in facts.saved:
                own = None if one.person == actor.person else oracle.refused("not_found")
                scope = "searches:read" if method == "GET" else "searches:write"
                end = oracle.gate(actor, scope) or own
                yield Cell(
                    operation, label, key, actor, method, f"/v1/saved-searches/{one.id}",
                    end or (204 if method == "DELETE" else 200, None), one.person, ghost=one.id,
                    json={"name": "Other wounds"} if method == "PATCH" else None, typed=typed(facts, actor),
                )  # fmt: skip


@rows_of("listNewInSavedSearch")
def list_new_in_saved_search(facts: Facts) -> Iterator[Cell]:
    """What one may find oneself, and nothing for anybody else. That a look was told once moves nothing (HEAD: too)."""
    for key in TOPS:
        for label, actor in personas(facts, facts.nets[key]):
            for one in facts.saved:
                own = None if one.person == actor.person else oracle.refused("not_found")
                end = oracle.gate(actor, "searches:read") or own
                expected = _found(facts, actor, one) if end is None else set()

                def check(found: dict[str, Any], *, expected: set[str] = expected) -> str:
                    return same_sets({item["id"] for item in found["items"]}, expected, {})

                for variant, params in (("again", {"again": "true"}), ("", {})):
                    yield Cell(
                        "listNewInSavedSearch", label, key, actor, "GET",
                        f"/v1/saved-searches/{one.id}/new", end or (200, None), variant,
                        params={**params, "limit": "100"}, ghost=one.id, check=check,
                        moves=None if params else one.id,
                    )  # fmt: skip


def _found(facts: Facts, actor: Actor, one: Saved) -> set[str]:
    """The networks whose name has the word, where the actor is told it."""
    named = [net for net in facts.nets.values() if net.marks.get("name") == one.q]
    return {net.id for net in named if oracle.listed_tier(facts, actor, net) >= oracle.NAME}


for _operation, _method in (
    ("getSavedSearch", "GET"),
    ("updateSavedSearch", "PATCH"),
    ("deleteSavedSearch", "DELETE"),
):
    rows_of(_operation)(partial(_one, operation=_operation, method=_method))
