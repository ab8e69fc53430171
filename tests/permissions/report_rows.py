"""The rows of reports: who may report what, who reads a report, and who looks into it."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from tests.permissions import meeting_oracle, oracle
from tests.permissions.facts import Actor, Facts, Filed, Net
from tests.permissions.meeting_world import TRIED, towards
from tests.permissions.oracle import Outcome, refused
from tests.permissions.table import Cell, personas, rows_of, same_sets

Json = dict[str, Any]


def _towards(facts: Facts) -> Iterator[tuple[str, Actor, Filed, Net]]:
    """Every persona towards the report in each network."""
    for one in facts.filed:
        net = facts.nets[facts.meets[one.meet].net]
        for label, actor in personas(facts, net):
            yield label, actor, one, net


def _there(facts: Facts, actor: Actor, one: Filed) -> Outcome | None:
    return None if meeting_oracle.sees_report(facts, actor, one) else refused("not_found")


def _looks(facts: Facts, actor: Actor, net: Net) -> bool:
    return actor.operates or meeting_oracle.leads(facts, actor, net.key)


def _as_read(facts: Facts, actor: Actor, one: Filed, item: Json) -> str:
    """What is wrong with a report as this actor reads it: who reported is nowhere but in `mine`."""
    net = facts.nets[facts.meets[one.meet].net]
    expected: Json = {
        "id": one.id, "content_id": facts.meets[one.meet].id, "network_id": net.id, "status": "open",
        "mine": actor.person == one.reporter, "own_content": False, "hides": False, "decided_by": None,
    }  # fmt: skip
    if "actions" in item:
        may = _looks(facts, actor, net) and "moderation:write" in actor.scopes
        expected["actions"] = ["decide", "hide"] if may else []
    wrong = [name for name, value in expected.items() if item[name] != value]
    if facts.people[one.reporter].id in str(item):
        wrong.append("the reporter")
    return f"{wrong}" if wrong else ""


def _cell(
    facts: Facts,
    operation: str,
    who: tuple[str, Actor],
    one: Filed,
    end: Outcome | None,
    **more: Any,
) -> Cell:
    label, actor = who
    net = facts.nets[facts.meets[one.meet].net]
    path, method = f"/v1/reports/{one.id}{more.pop('after', '')}", more.pop("method", "GET")
    looked = end is None and oracle.recorded(facts, actor, net)
    return Cell(
        operation, label, net.key, actor, method, path, end or (200, None), ghost=one.id,
        recorded=(net.id,) if looked else (), **more,
    )  # fmt: skip


@rows_of("getReport")
def get_report(facts: Facts) -> Iterator[Cell]:
    """Who reported, facilitators, operators."""
    for label, actor, one, _ in _towards(facts):
        end = oracle.gate(actor, "moderation:read") or _there(facts, actor, one)
        check = partial(_as_read, facts, actor, one)
        yield _cell(facts, "getReport", (label, actor), one, end, check=check)


@rows_of("listReports")
def list_reports(facts: Facts) -> Iterator[Cell]:
    """Of one network, of all, one's own."""
    for key in TRIED:
        net = facts.nets[key]
        for label, actor in personas(facts, net):
            end = oracle.gate(actor, "moderation:read")
            every = [one for one in facts.filed if meeting_oracle.sees_report(facts, actor, one)]
            here = [one for one in every if facts.meets[one.meet].net == key]
            ways: tuple[tuple[str, Json, list[Filed]], ...] = (
                ("all", {}, every),
                ("of it", {"network_id": net.id}, here),
                ("mine", {"mine": "true"}, [o for o in every if o.reporter == actor.person]),
                ("decided", {"status": "upheld"}, []),
            )
            for variant, params, expected in ways:
                nets = {facts.meets[one.meet].net for one in expected}
                looked = [
                    facts.nets[one].id
                    for one in sorted(nets)
                    if oracle.recorded(facts, actor, facts.nets[one])
                ]
                yield Cell(
                    "listReports", label, key, actor, "GET", "/v1/reports", end or (200, None), variant,
                    params={**params, "limit": 100}, check=partial(_listed, facts, actor, expected),
                    recorded=() if end else tuple(looked),
                )  # fmt: skip


def _listed(facts: Facts, actor: Actor, expected: list[Filed], found: Json) -> str:
    by_id = {one.id: one for one in expected}
    items = {item["id"]: item for item in found["items"]}
    wrong = same_sets(set(items), set(by_id), {})
    return wrong or "".join(_as_read(facts, actor, by_id[one], items[one]) for one in items)


@rows_of("reportContent")
def report_content(facts: Facts) -> Iterator[Cell]:
    """Anybody signed in, of what they see; the rest is as if it never was. A draft is seen by facilitators.

    An operator's is no look on record: it would say who reported.
    """
    for label, actor, meet in towards(facts, "draft", "open", "members"):
        sees = meeting_oracle.sees(facts, actor, meet)
        end = oracle.gate(actor, "moderation:write")
        end = end or (None if sees else refused("unknown_reference"))
        for reason in ("spam", "patient_data"):
            body = {"content_kind": "meeting", "content_id": meet.id, "reason": reason}
            yield Cell(
                "reportContent", label, meet.net, actor, "POST", "/v1/reports", end or (201, None),
                f"{meet.kind} {reason}", body, ghost=meet.id,
            )  # fmt: skip


def _handled(facts: Facts, actor: Actor, one: Filed, net: Net) -> Outcome | None:
    """Facilitators and operators; whoever reported sees it and does not decide."""
    end = oracle.gate(actor, "moderation:write") or _there(facts, actor, one)
    return end or (None if _looks(facts, actor, net) else refused("forbidden"))


@rows_of("hideContent")
def hide_content(facts: Facts) -> Iterator[Cell]:
    """In an archived network too."""
    for label, actor, one, net in _towards(facts):
        end = _handled(facts, actor, one, net)
        yield _cell(facts, "hideContent", (label, actor), one, end, method="POST", after="/hide")


@rows_of("unhideContent")
def unhide_content(facts: Facts) -> Iterator[Cell]:
    """What is not hidden may be shown again: nothing happens."""
    for label, actor, one, net in _towards(facts):
        end = _handled(facts, actor, one, net)
        yield _cell(
            facts, "unhideContent", (label, actor), one, end, method="POST", after="/unhide"
        )


@rows_of("decideReport")
def decide_report(facts: Facts) -> Iterator[Cell]:
    """Either way."""
    for label, actor, one, net in _towards(facts):
        end = _handled(facts, actor, one, net)
        for decision in ("upheld", "dismissed"):
            yield _cell(
                facts, "decideReport", (label, actor), one, end, method="POST", after="/decide",
                variant=decision, json={"decision": decision},
            )  # fmt: skip


@rows_of("appealDecision")
def appeal_decision(facts: Facts) -> Iterator[Cell]:
    """Nobody here wrote the meeting, says the log; that an author appeals is in `tests/test_reports.py`."""
    for label, actor, one, _ in _towards(facts):
        end = oracle.gate(actor, "moderation:write") or _there(facts, actor, one)
        yield _cell(
            facts, "appealDecision", (label, actor), one, end or refused("forbidden"), method="POST",
            after="/appeal", json={"text": "It is right."},
        )  # fmt: skip
