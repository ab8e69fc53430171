"""The rows of results: who reads them, whose they are said to be, and what authors do with them."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from tests.permissions import oracle, result_oracle
from tests.permissions.facts import Actor, Facts, Shared
from tests.permissions.meeting_world import TRIED
from tests.permissions.oracle import Outcome, refused
from tests.permissions.result_world import KINDS, shared_towards
from tests.permissions.table import Cell, everybody, personas, rows_of, same_sets

Json = dict[str, Any]


def as_read(facts: Facts, actor: Actor, one: Shared, item: Json) -> str:
    """What is wrong with a result as this actor reads it."""
    authors = [facts.people[key].id for key in one.authors]
    organisation = one.organisation if result_oracle.names_organisation(actor, one) else None
    expected: Json = {
        "id": one.id, "network_id": facts.nets[one.net].id, "status": one.status, "audience": one.audience,
        "attribution": one.attribution, "hidden": one.hidden, "mine": result_oracle.wrote(actor, one),
    }  # fmt: skip
    if "actions" in item:
        expected["actions"] = result_oracle.verbs(facts, actor, one)
    wrong = [name for name, value in expected.items() if item[name] != value]
    cards = [card["id"] for card in item["authors"]]
    if cards != (authors if result_oracle.names_authors(actor, one) else []):
        wrong.append(f"authors {len(cards)}")
    if (item["organisation"] or {}).get("code") != organisation:
        wrong.append("organisation")
    return f"{one.key}: {wrong}" if wrong else ""


def _recorded(facts: Facts, actor: Actor, one: Shared, end: Outcome | None) -> tuple[str, ...]:
    looked = (end is None or end[0] == 200) and result_oracle.recorded(facts, actor, one)
    return (facts.nets[one.net].id,) if looked else ()


@rows_of("getResult")
def get_result(facts: Facts) -> Iterator[Cell]:
    """One result, of every kind."""
    for label, actor, one in shared_towards(facts):
        end = oracle.gate(actor, "results:read", sign_in=False)
        end = end or result_oracle.there(facts, actor, one)
        yield Cell(
            "getResult", label, one.net, actor, "GET", f"/v1/results/{one.id}", end or (200, None), one.kind,
            ghost=one.id, check=partial(as_read, facts, actor, one), recorded=_recorded(facts, actor, one, end),
        )  # fmt: skip


@rows_of("getResultText")
def get_result_text(facts: Facts) -> Iterator[Cell]:
    """The same as text: its words are looked for in it, and the names of who wrote it."""
    for label, actor, one in shared_towards(facts):
        end = oracle.gate(actor, "results:read", sign_in=False)
        end = end or result_oracle.there(facts, actor, one)
        yield Cell(
            "getResultText", label, one.net, actor, "GET", f"/v1/results/{one.id}.md", end or (200, None), one.kind,
            ghost=one.id, recorded=_recorded(facts, actor, one, end),
        )  # fmt: skip


Matches = Callable[[Shared], bool]


def _searches(facts: Facts, actor: Actor, key: str) -> Iterator[tuple[str, Json, Matches]]:
    """Every filter, with what it finds among what one sees."""
    some = {kind: facts.results[f"{key}: {kind}"] for kind in KINDS}
    yield "all", {}, lambda _: True
    for kind in ("draft", "named", "withdrawn", "hidden"):
        yield f"{kind} by its words", {"q": some[kind].marks["problem"]}, partial(_is, some[kind])
    yield "reason", {"q": some["withdrawn"].marks["withdrawn_reason"]}, lambda _: False
    organisation = {"organisation": some["draft"].organisation}
    yield "organisation", organisation, partial(result_oracle.names_organisation, actor)
    for role in ("member", "facilitator", "ex-member"):
        person = facts.people.get(f"{key}: {role}")
        if person is not None:
            yield f"by the {role}", {"author_id": person.id}, partial(_by, actor, person.key)
    for yes in (True, False):
        mine = {"mine": str(yes).lower()}
        yield f"mine={yes}", mine, partial(_mine, actor, yes)
    for status in ("draft", "published", "withdrawn"):
        yield status, {"status": status}, partial(_in, status)
    yield "public", {"audience": "public"}, lambda one: one.audience == "public"
    yield "adopted", {"has_adoptions": "true"}, lambda _: False
    yield "by adoptions", {"sort": "-adoptions", "has_adoptions": "false"}, lambda _: True
    number = facts.nets[key].number
    yield "topic", {"topic": f"topic-{number}", "sort": "title"}, lambda _: True
    yield "since", {"updated_since": "2020-01-01T00:00:00Z", "sort": "-updated_on"}, lambda _: True


def _mine(actor: Actor, yes: bool, one: Shared) -> bool:
    return result_oracle.wrote(actor, one) is yes


def _in(status: str, one: Shared) -> bool:
    return one.status == status


def _is(found: Shared, one: Shared) -> bool:
    return one is found


def _by(actor: Actor, person: str, one: Shared) -> bool:
    return person in one.authors and result_oracle.names_authors(actor, one)


@rows_of("listResults")
def list_results(facts: Facts) -> Iterator[Cell]:
    """What one sees of a network's results, by each filter; who wrote one finds it where that is told."""
    for key in TRIED:
        net = facts.nets[key]
        every = [one for one in facts.results.values() if one.net == key]
        for label, actor in personas(facts, net):
            end = oracle.gate(actor, "results:read", sign_in=False)
            seen = [] if end else [o for o in every if result_oracle.sees(facts, actor, o)]
            for variant, params, matches in _searches(facts, actor, key):
                found = [one for one in seen if matches(one)]
                looked = found and oracle.recorded(facts, actor, net)
                yield Cell(
                    "listResults", label, key, actor, "GET", "/v1/results", end or (200, None), variant,
                    params={**params, "network_id": net.id, "limit": 100}, recorded=(net.id,) if looked else (),
                    check=partial(_list, facts, actor, found),
                )  # fmt: skip


def _list(facts: Facts, actor: Actor, expected: list[Shared], document: Json) -> str:
    items = {item["id"]: item for item in document["items"]}
    names = {one.id: one.key for one in facts.results.values()}
    wrong = same_sets(set(items), {one.id for one in expected}, names)
    return wrong or next(
        filter(None, (as_read(facts, actor, one, items[one.id]) for one in expected)), ""
    )


@rows_of("createResult")
def create_result(facts: Facts) -> Iterator[Cell]:
    """Facilitators and members write one up; in every network there is."""
    for label, actor, net in everybody(facts):
        end = oracle.gate(actor, "results:write") or oracle.there(facts, actor, net)
        spell = oracle.membership(facts, actor, net)
        if not end and (spell is None or spell.role not in ("facilitator", "member")):
            end = refused("forbidden")
        end = end or oracle.still_open(net)
        looked = end is None and oracle.recorded(facts, actor, net)
        yield Cell(
            "createResult", label, net.key, actor, "POST", "/v1/results", end or (201, None), "draft",
            {"title": "Fewer falls", "network_id": net.id}, ghost=net.id, recorded=(net.id,) if looked else (),
        )  # fmt: skip


def _done(
    facts: Facts, operation: str, method: str, after: str = "", json: Json | None = None
) -> Iterator[Cell]:
    """What authors alone do; the state decides then."""
    done: Outcome = (204, None) if method == "DELETE" else (200, None)
    for label, actor, one in shared_towards(facts):
        end = oracle.gate(actor, "results:write")
        end = end or result_oracle.keeps(facts, actor, one, in_archive=after == "/withdraw")
        end = end or _state(facts, actor, one, after or method)
        yield Cell(
            operation, label, one.net, actor, method, f"/v1/results/{one.id}{after}", end or done, one.kind, json,
            ghost=one.id,
        )  # fmt: skip


def _state(facts: Facts, actor: Actor, one: Shared, what: str) -> Outcome | None:
    """What stands in the way, the right apart."""
    if what == "/publish" and oracle.membership(facts, actor, facts.nets[one.net]) is None:
        return refused("forbidden")
    wrong = {
        "/publish": (one.status == "published", "result_published"),
        "/withdraw": (one.status != "published", "result_not_published"),
        "DELETE": (one.status != "draft", "result_published"),
    }
    stands, code = wrong.get(what, (False, ""))
    return (409, code) if stands else None


@rows_of("updateResult")
def update_result(facts: Facts) -> Iterator[Cell]:
    """Its authors, whatever state it is in."""
    yield from _done(facts, "updateResult", "PATCH", json={"limitations": "Few people."})


@rows_of("publishResult")
def publish_result(facts: Facts) -> Iterator[Cell]:
    """Its authors, who are active members."""
    yield from _done(facts, "publishResult", "POST", "/publish", {"conduct_version": 0})


@rows_of("withdrawResult")
def withdraw_result(facts: Facts) -> Iterator[Cell]:
    """Its authors, in an archived network too."""
    yield from _done(facts, "withdrawResult", "POST", "/withdraw", {"reason": "Wrong figures."})


@rows_of("deleteResult")
def delete_result(facts: Facts) -> Iterator[Cell]:
    """Its authors, what was never published."""
    yield from _done(facts, "deleteResult", "DELETE")
