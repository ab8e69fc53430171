"""The rows of actions: who sees them, whose they are shown to be, and who may do what."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from tests.permissions import meeting_oracle, oracle
from tests.permissions.facts import Actor, Facts, Todo
from tests.permissions.meeting_world import TRIED, towards
from tests.permissions.oracle import Outcome, refused
from tests.permissions.table import Cell, personas, rows_of, same_sets

Json = dict[str, Any]


def _todos(facts: Facts) -> Iterator[tuple[str, Actor, Todo]]:
    """Every persona towards every action."""
    for one in facts.todos:
        if one.net in TRIED:
            for label, actor in personas(facts, facts.nets[one.net]):
                yield label, actor, one


def _kind(facts: Facts, one: Todo) -> str:
    of = facts.meets[one.meet].kind if one.meet else "no meeting"
    return f"{of} done" if one.done else of


def _reads(facts: Facts, actor: Actor, one: Todo, person: str | None) -> bool:
    """Who stands there; under the Chatham House Rule that is for facilitators and for the person alone."""
    if person is None:
        return False
    hidden = one.meet is not None and facts.meets[one.meet].hidden
    return not hidden or meeting_oracle.leads(facts, actor, one.net) or person == actor.person


def _as_read(facts: Facts, actor: Actor, one: Todo, item: Json) -> str:
    """What is wrong with an action as this actor reads it."""
    done_by = one.owner if one.done else None
    people = {"owner_id": one.owner, "created_by": one.author, "done_by": done_by}
    expected: Json = {
        name: facts.people[person].id if person and _reads(facts, actor, one, person) else None
        for name, person in people.items()
    }
    expected |= {"id": one.id, "meeting_id": facts.meets[one.meet].id if one.meet else None}
    if "actions" in item:
        expected["actions"] = _verbs(facts, actor, one)
    wrong = [name for name, value in expected.items() if item[name] != value]
    return f"{wrong}" if wrong else ""


def _verbs(facts: Facts, actor: Actor, one: Todo) -> list[str]:
    if facts.nets[one.net].archived or "meetings:write" not in actor.scopes:
        return []
    turn = "reopen" if one.done else "complete"
    found = ["update", turn] if _part(facts, actor, one, one.owner, one.author) else []
    return found + (["delete"] if _part(facts, actor, one, one.author) else [])


def _part(facts: Facts, actor: Actor, one: Todo, *selves: str | None) -> bool:
    """Facilitators and operators; and these people themselves."""
    runs = actor.operates or meeting_oracle.leads(facts, actor, one.net)
    return runs or (actor.person is not None and actor.person in selves)


def _recorded(facts: Facts, actor: Actor, one: Todo, end: Outcome | None) -> tuple[str, ...]:
    net = facts.nets[one.net]
    good = end is None or end[0] == 200
    return (net.id,) if good and oracle.recorded(facts, actor, net) else ()


@rows_of("getAction")
def get_action(facts: Facts) -> Iterator[Cell]:
    """Active members see them."""
    for label, actor, one in _todos(facts):
        end = oracle.gate(actor, "meetings:read") or _there(facts, actor, one)
        yield Cell(
            "getAction", label, one.net, actor, "GET", f"/v1/actions/{one.id}", end or (200, None), _kind(facts, one),
            check=partial(_as_read, facts, actor, one), ghost=one.id, recorded=_recorded(facts, actor, one, end),
        )  # fmt: skip


def _there(facts: Facts, actor: Actor, one: Todo) -> Outcome | None:
    return None if meeting_oracle.sees_todo(facts, actor, one) else refused("not_found")


@rows_of("listActions")
def list_actions(facts: Facts) -> Iterator[Cell]:
    """Of a network, of a meeting, and by who owns them, as far as one reads that."""
    for key in TRIED:
        net = facts.nets[key]
        every = [one for one in facts.todos if one.net == key]
        owners = sorted({one.owner for one in every if one.owner})
        for label, actor in personas(facts, net):
            end = oracle.gate(actor, "meetings:read")
            seen = [one for one in every if meeting_oracle.sees_todo(facts, actor, one)]
            ways: list[tuple[str, Json, list[Todo]]] = [("all", {}, seen)]
            ways += [
                (
                    f"owned by {owner}",
                    {"owner": facts.people[owner].id},
                    [o for o in seen if o.owner == owner and _reads(facts, actor, o, owner)],
                )
                for owner in owners
            ]
            own = [one for one in seen if one.owner is not None and one.owner == actor.person]
            ways.append(("mine", {"owner": "me"}, own))
            for kind in ("members", "chatham"):
                if meet := facts.meets.get(f"{key}: {kind}"):
                    of = [one for one in seen if one.meet == meet.key]
                    ways.append((kind, {"meeting_id": meet.id}, of))
            for variant, params, found in ways:
                looked = not end and found and oracle.recorded(facts, actor, net)
                yield Cell(
                    "listActions", label, key, actor, "GET", "/v1/actions", end or (200, None), variant,
                    params={**params, "network_id": net.id, "limit": 100}, recorded=(net.id,) if looked else (),
                    check=partial(_list, facts, actor, found),
                )  # fmt: skip


def _list(facts: Facts, actor: Actor, expected: list[Todo], document: Json) -> str:
    items = {item["id"]: item for item in document["items"]}
    wrong = same_sets(set(items), {one.id for one in expected}, {})
    return wrong or next(
        filter(None, (_as_read(facts, actor, one, items[one.id]) for one in expected)), ""
    )


@rows_of("createAction")
def create_action(facts: Facts) -> Iterator[Cell]:
    """Facilitators and members write them down: of a network, and of a meeting that was announced."""
    for key in TRIED:
        net = facts.nets[key]
        for label, actor in personas(facts, net):
            end = oracle.gate(actor, "meetings:write") or oracle.there(facts, actor, net)
            end = end or _notes(facts, actor, key)
            body = {"title": "Ask around", "network_id": net.id}
            yield _created(label, actor, key, "no meeting", end, body, net.id)
    for label, actor, meet in towards(facts, "draft", "members", "chatham", "open"):
        end = oracle.gate(actor, "meetings:write") or meeting_oracle.there(facts, actor, meet)
        end = end or _notes(facts, actor, meet.net)
        end = end or (None if meet.announced else (409, "meeting_not_announced"))
        body = {"title": "Ask around", "meeting_id": meet.id}
        yield _created(label, actor, meet.net, meet.kind, end, body, meet.id)


def _notes(facts: Facts, actor: Actor, key: str) -> Outcome | None:
    spell = oracle.membership(facts, actor, facts.nets[key])
    if spell is None or spell.role not in ("facilitator", "member"):
        return refused("forbidden")
    return oracle.still_open(facts.nets[key])


def _created(
    label: str, actor: Actor, key: str, variant: str, end: Outcome | None, body: Json, ghost: str
) -> Cell:
    done = end or (201, None)
    return Cell(
        "createAction", label, key, actor, "POST", "/v1/actions", done, variant, body, ghost=ghost
    )


def _changed(
    facts: Facts, operation: str, method: str, after: str = "", json: Json | None = None
) -> Iterator[Cell]:
    for label, actor, one in _todos(facts):
        selves = [one.author] if method == "DELETE" else [one.author, one.owner]
        end = oracle.gate(actor, "meetings:write") or _there(facts, actor, one)
        if not end and not _part(facts, actor, one, *selves):
            end = refused("forbidden")
        end = end or oracle.still_open(facts.nets[one.net])
        if not end and after:
            state = {"/complete": (one.done, "action_done"), "/reopen": (not one.done, "action_not_done")}  # fmt: skip
            stands, code = state[after]
            end = (409, code) if stands else None
        path = f"/v1/actions/{one.id}{after}"
        done = end or ((204, None) if method == "DELETE" else (200, None))
        looked = _recorded(facts, actor, one, end) if method != "DELETE" else ()
        yield Cell(
            operation, label, one.net, actor, method, path, done, _kind(facts, one), json, ghost=one.id,
            recorded=looked,
        )  # fmt: skip


@rows_of("updateAction")
def update_action(facts: Facts) -> Iterator[Cell]:
    """The owner, who wrote it down, facilitators."""
    yield from _changed(facts, "updateAction", "PATCH", json={"title": "Ask all"})


@rows_of("completeAction")
def complete_action(facts: Facts) -> Iterator[Cell]:
    """The same, once."""
    yield from _changed(facts, "completeAction", "POST", "/complete")


@rows_of("reopenAction")
def reopen_action(facts: Facts) -> Iterator[Cell]:
    """The same, where it is done."""
    yield from _changed(facts, "reopenAction", "POST", "/reopen")


@rows_of("deleteAction")
def delete_action(facts: Facts) -> Iterator[Cell]:
    """Who wrote it down, and facilitators: what was given to somebody is not theirs to wipe out."""
    yield from _changed(facts, "deleteAction", "DELETE")
