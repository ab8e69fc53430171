"""The rows of attendance: answering for oneself, who reads of whom, and recording who came."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from tests.permissions import meeting_oracle, oracle
from tests.permissions.cast import cast_of
from tests.permissions.facts import Actor, Answer, Facts, Meet
from tests.permissions.meeting_world import towards
from tests.permissions.oracle import Outcome, refused
from tests.permissions.table import GHOST, Cell, rows_of, same_sets

Json = dict[str, Any]
OVER, AHEAD, MOVED, CANCELLED = 0, 3, 4, 5  # of the occurrences of a series


def _occurrences(meet: Meet) -> list[str]:
    """Those to try: nothing for a single meeting; of a series each sort, and none."""
    if not meet.occurrences:
        return [""]
    return ["", *(meet.occurrences[index] for index in (OVER, AHEAD, MOVED, CANCELLED))]


def _state(meet: Meet, occurrence: str, *, answers: bool) -> Outcome | None:
    """Which occurrence, and is it in a state for an answer, or for a record of who came."""
    if meet.occurrences and not occurrence:
        return 422, "invalid"
    if not meet.announced:
        return refused("meeting_not_announced")
    if meet.status == "cancelled" or (occurrence and occurrence == meet.cancelled):
        return refused("meeting_cancelled")
    over = meet.kind == "chatham" or occurrence == (*meet.occurrences, "")[OVER]
    return (
        refused("meeting_over")
        if answers and over and (occurrence or meet.kind == "chatham")
        else None
    )


def _of(facts: Facts, meet: Meet, occurrence: str) -> list[Answer]:
    return [one for one in facts.answers if (one.meet, one.occurrence) == (meet.key, occurrence)]


def _named(facts: Facts, actor: Actor, one: Answer) -> bool:
    """Who it was is read of fellow members; of who has left by facilitators, operators and themselves."""
    meet = facts.meets[one.meet]
    spell = facts.spell(one.person, meet.net)
    member = spell is not None and spell.status == "active"
    leads = meeting_oracle.leads(facts, actor, meet.net)
    return member or leads or actor.operates or one.person == actor.person


def as_read(facts: Facts, actor: Actor, one: Answer, item: Json) -> str:
    """What is wrong with a row as this actor reads it."""
    meet = facts.meets[one.meet]
    card = {"id": facts.people[one.person].id} if _named(facts, actor, one) else None
    expected = {
        "id": one.id, "meeting_id": meet.id, "occurrence": one.occurrence or None, "answer": one.answer,
        "place": one.place, "came": one.came, "position": None,
    }  # fmt: skip
    wrong = [name for name, value in expected.items() if item[name] != value]
    found = item["person"] and {"id": item["person"]["id"]}
    return (
        f"{one.person}: {[*wrong, *(['person'] if found != card else [])]}"
        if (wrong or found != card)
        else ""
    )


@rows_of("answerInvitation")
def answer_invitation(facts: Facts) -> Iterator[Cell]:
    """Who may attend says whether they come, as long as it is to come; one place there is taken."""
    for label, actor, meet in towards(facts):
        gone = oracle.gate(actor, "meetings:write") or meeting_oracle.there(facts, actor, meet)
        if gone is None and not meeting_oracle.attends(facts, actor, meet):
            gone = refused("forbidden")
        gone = gone or oracle.still_open(facts.nets[meet.net])
        for occurrence in _occurrences(meet):
            end = gone or _state(meet, occurrence, answers=True)
            body = {"answer": "accepted"} | ({"occurrence": occurrence} if occurrence else {})
            taken = [one.person for one in _of(facts, meet, occurrence) if one.place == "held"]
            waits = meet.capacity == 1 and taken not in ([], [actor.person])
            yield Cell(
                "answerInvitation", label, meet.net, actor, "PUT", f"/v1/meetings/{meet.id}/attendance/me",
                end or (200, None), f"{meet.kind} {occurrence}", body, ghost=meet.id,
                check=partial(_answered, facts, actor, waits),
            )  # fmt: skip


def _answered(facts: Facts, actor: Actor, waits: bool, item: Json) -> str:
    place = ("waiting", 1) if waits else ("held", None)
    mine = item["person"]["id"] == facts.people[str(actor.person)].id
    right = mine and (item["place"], item["position"]) == place and item["answer"] == "accepted"
    return "" if right else f"{item['place']} {item['position']}, expected {place}"


@rows_of("listAttendance")
def list_attendance(facts: Facts) -> Iterator[Cell]:
    """Rows of whom one may know of, counts of everybody; nothing for outsiders of an open meeting."""
    for label, actor, meet in towards(facts):
        gone = oracle.gate(actor, "meetings:read") or meeting_oracle.there(facts, actor, meet)
        may = actor.operates or meeting_oracle.attends(facts, actor, meet)
        gone = gone or (None if may else refused("forbidden"))
        for occurrence in _occurrences(meet):
            end = gone or ((422, "invalid") if meet.occurrences and not occurrence else None)
            looked = end is None and meeting_oracle.recorded(facts, actor, meet)
            yield Cell(
                "listAttendance", label, meet.net, actor, "GET", f"/v1/meetings/{meet.id}/attendance",
                end or (200, None), f"{meet.kind} {occurrence}", ghost=meet.id,
                params={"occurrence": occurrence} if occurrence else {},
                check=partial(_listed, facts, actor, meet, occurrence),
                recorded=(facts.nets[meet.net].id,) if looked else (),
            )  # fmt: skip


def _listed(facts: Facts, actor: Actor, meet: Meet, occurrence: str, found: Json) -> str:
    everybody = _of(facts, meet, occurrence)
    seen = {one.id: one for one in everybody if meeting_oracle.sees_answer(facts, actor, one)}
    items = {item["id"]: item for item in found["items"]}
    wrong = same_sets(set(items), set(seen), {})
    for key, one in seen.items() if not wrong else ():
        wrong = wrong or as_read(facts, actor, one, items[key])
    told = ("accepted", "declined", "tentative", "held", "waiting", "came")
    counts: dict[str, int | None] = dict.fromkeys(told, 0)
    for one in everybody:
        for what in (one.answer, one.place, "came" if one.came else None):
            if what is not None:
                counts[what] = (counts[what] or 0) + 1
    if not meeting_oracle.told_how_many(facts, actor, meet):
        counts = dict.fromkeys(told)
    summary = found["summary"]
    wrong = wrong or str([name for name in counts if summary[name] != counts[name]] or "")
    mine = next((one.id for one in everybody if one.person == actor.person), None)
    return wrong or ("" if (summary["mine"] or {}).get("id") == mine else "not mine")


@rows_of("getAttendance")
def get_attendance(facts: Facts) -> Iterator[Cell]:
    """One row: one's own, a fellow's, or under the Chatham House Rule what one facilitates."""
    for label, actor, meet in towards(facts):
        for one in facts.answers:
            if one.meet != meet.key:
                continue
            end = oracle.gate(actor, "meetings:read")
            if end is None and not meeting_oracle.sees_answer(facts, actor, one):
                end = refused("not_found")
            looked = end is None and meeting_oracle.recorded(facts, actor, meet)
            yield Cell(
                "getAttendance", label, meet.net, actor, "GET", f"/v1/attendance/{one.id}", end or (200, None),
                f"{meet.kind} {one.person} {one.occurrence}", ghost=one.id, check=partial(as_read, facts, actor, one),
                recorded=(facts.nets[meet.net].id,) if looked else (),
            )  # fmt: skip


@rows_of("recordAttendance")
def record_attendance(facts: Facts) -> Iterator[Cell]:
    """Facilitators say who came, of what was and of what is to come; of members, and of nobody else."""
    for label, actor, meet in towards(facts):
        gone = oracle.gate(actor, "meetings:write") or meeting_oracle.runs(facts, actor, meet)
        role = "member" if "member" in cast_of(facts.nets[meet.net]) else "facilitator"
        for occurrence in _occurrences(meet):
            end = gone or _state(meet, occurrence, answers=False)
            for who, person_id in (
                ("a member", facts.people[f"{meet.net}: {role}"].id),
                ("nobody", GHOST),
            ):
                came = end or ((422, "unknown_reference") if person_id == GHOST else None)
                body: Json = {"people": [{"person_id": person_id, "came": True}]}
                looked = came is None and meeting_oracle.recorded(facts, actor, meet)
                yield Cell(
                    "recordAttendance", label, meet.net, actor, "POST", f"/v1/meetings/{meet.id}/attendance/record",
                    came or (200, None), f"{meet.kind} {occurrence} {who}",
                    body | ({"occurrence": occurrence} if occurrence else {}),
                    ghost=None if person_id == GHOST else meet.id, check=partial(_noted, facts, actor, meet),
                    recorded=(facts.nets[meet.net].id,) if looked else (),
                )  # fmt: skip


def _noted(facts: Facts, actor: Actor, meet: Meet, found: Json) -> str:
    shown = not meet.hidden or meeting_oracle.leads(facts, actor, meet.net)
    came = [item["came"] for item in found["items"]]
    return "" if came == ([True] if shown else []) else f"shown: {came}"
