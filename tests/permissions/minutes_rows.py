"""The rows of minutes: who reads what was published, who reads what is being written, and who writes."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from tests.permissions import meeting_oracle, oracle
from tests.permissions.facts import Actor, Facts, Minuted, Net
from tests.permissions.meeting_world import TRIED, towards
from tests.permissions.oracle import Outcome, refused
from tests.permissions.table import Cell, personas, rows_of, same_sets

Json = dict[str, Any]


def _minuted(facts: Facts) -> Iterator[tuple[str, Actor, Minuted, Net]]:
    """Every persona towards every set of minutes."""
    for one in facts.minutes:
        net = facts.nets[facts.meets[one.meet].net]
        if net.key in TRIED:
            for label, actor in personas(facts, net):
                yield label, actor, one, net


def _there(facts: Facts, actor: Actor, one: Minuted) -> Outcome | None:
    return None if meeting_oracle.sees_minutes(facts, actor, one) else refused("not_found")


def _writes(facts: Facts, actor: Actor, one: Minuted) -> bool:
    net = facts.meets[one.meet].net
    return actor.operates or meeting_oracle.leads(facts, actor, net)


def _cell(
    facts: Facts,
    operation: str,
    who: tuple[str, Actor],
    one: Minuted,
    end: Outcome | None,
    **more: Any,
) -> Cell:
    label, actor = who
    meet = facts.meets[one.meet]
    path, method = f"/v1/minutes/{one.id}{more.pop('after', '')}", more.pop("method", "GET")
    good = end is None or end[0] == 200
    looked = good and meeting_oracle.recorded(facts, actor, meet)
    return Cell(
        operation, label, meet.net, actor, method, path, end or (200, None), meet.kind, ghost=one.id,
        recorded=(facts.nets[meet.net].id,) if looked else (), **more,
    )  # fmt: skip


def _as_read(facts: Facts, actor: Actor, one: Minuted, item: Json) -> str:
    """What is wrong with minutes as this actor reads them."""
    writes = _writes(facts, actor, one)
    word = one.marks["draft" if writes else "published"]
    may = writes and not facts.nets[facts.meets[one.meet].net].archived
    may = may and "meetings:write" in actor.scopes
    expected = {
        "id": one.id,
        "edition": int(one.published),
        "unpublished": writes,
        "actions": ["update", "publish"] if may else [],
    }
    wrong = [name for name, value in expected.items() if item[name] != value]
    if wrong:
        return f"{wrong}"
    return "" if word in item["text"] else f"no {word}"


@rows_of("getMinutes")
def get_minutes(facts: Facts) -> Iterator[Cell]:
    """As published, or as they are being written."""
    for label, actor, one, _ in _minuted(facts):
        end = oracle.gate(actor, "meetings:read", sign_in=False) or _there(facts, actor, one)
        check = partial(_as_read, facts, actor, one)
        yield _cell(facts, "getMinutes", (label, actor), one, end, check=check)


def _history(facts: Facts, actor: Actor, one: Minuted, document: Json) -> str:
    leads = meeting_oracle.leads(facts, actor, facts.meets[one.meet].net)
    said = [(item["number"], bool(item["published_by"])) for item in document["items"]]
    return "" if said == ([(1, leads)] if one.published else []) else f"{said}"


@rows_of("listMinutesEditions")
def list_minutes_editions(facts: Facts) -> Iterator[Cell]:
    """What was published, and for facilitators by whom."""
    for label, actor, one, _ in _minuted(facts):
        end = oracle.gate(actor, "meetings:read", sign_in=False) or _there(facts, actor, one)
        check = partial(_history, facts, actor, one)
        yield _cell(
            facts, "listMinutesEditions", (label, actor), one, end, after="/editions", check=check
        )


@rows_of("listMinutes")
def list_minutes(facts: Facts) -> Iterator[Cell]:
    """Of a network, and of one of its meetings."""
    for key in TRIED:
        net = facts.nets[key]
        for label, actor in personas(facts, net):
            end = oracle.gate(actor, "meetings:read", sign_in=False)
            inside = [one for one in facts.minutes if facts.meets[one.meet].net == key]
            ways: list[tuple[str, Json, list[Minuted]]] = [("all", {"network_id": net.id}, inside)]
            ways += [
                (facts.meets[one.meet].kind, {"meeting_id": facts.meets[one.meet].id}, [one])
                for one in inside
            ]
            for variant, params, among in ways:
                seen = {one.id for one in among if meeting_oracle.sees_minutes(facts, actor, one)}
                looked = not end and seen and oracle.recorded(facts, actor, net)
                yield Cell(
                    "listMinutes", label, key, actor, "GET", "/v1/minutes", end or (200, None), variant,
                    params={**params, "limit": 100}, check=partial(_found, seen),
                    recorded=(net.id,) if looked else (),
                )  # fmt: skip


def _found(expected: set[str], document: Json) -> str:
    return same_sets({item["id"] for item in document["items"]}, expected, {})


@rows_of("writeMinutes")
def write_minutes(facts: Facts) -> Iterator[Cell]:
    """Facilitators begin them, once for each meeting that was announced."""
    for label, actor, meet in towards(facts, "draft", "open", "part", "series", "cancelled"):
        end = oracle.gate(actor, "meetings:write") or meeting_oracle.runs(facts, actor, meet)
        body: Json = {"meeting_id": meet.id, "text": "Agreed"}
        if meet.occurrences:
            body["occurrence"] = meet.occurrences[1]
        state = {"draft": "meeting_not_announced", "open": "minutes_exist"}.get(meet.kind)
        end = end or ((409, state) if state else (201, None))
        looked = end[0] == 201 and meeting_oracle.recorded(facts, actor, meet)
        yield Cell(
            "writeMinutes", label, meet.net, actor, "POST", "/v1/minutes", end, meet.kind, body, ghost=meet.id,
            recorded=(facts.nets[meet.net].id,) if looked else (),
        )  # fmt: skip


def _changes(facts: Facts, actor: Actor, one: Minuted) -> Outcome | None:
    end = oracle.gate(actor, "meetings:write") or _there(facts, actor, one)
    return end or meeting_oracle.runs(facts, actor, facts.meets[one.meet])


@rows_of("updateMinutes")
def update_minutes(facts: Facts) -> Iterator[Cell]:
    """Whoever may is asked which version they read; that it is saved then is in `tests/test_minutes.py`."""
    for label, actor, one, _ in _minuted(facts):
        end = _changes(facts, actor, one) or (428, "precondition_required")
        yield _cell(
            facts, "updateMinutes", (label, actor), one, end, method="PATCH", json={"text": "New"}
        )


@rows_of("publishMinutes")
def publish_minutes(facts: Facts) -> Iterator[Cell]:
    """Facilitators publish, and correct what was published."""
    for label, actor, one, _ in _minuted(facts):
        end = _changes(facts, actor, one)
        body = {"note": "Better"}
        yield _cell(
            facts, "publishMinutes", (label, actor), one, end, method="POST", after="/publish", json=body
        )  # fmt: skip
