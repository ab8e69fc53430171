"""What random people do with meetings and with what comes of them; each verb as in `actions`."""

import random
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import httpx2
from sqlalchemy import select

from app.models import Action, Meeting, Minutes

if TYPE_CHECKING:
    from tests.house import TestPerson
    from tests.proofs.actions import Stage

FIRST, SECOND = "2030-03-20T12:30:00", "2030-03-27T12:30:00"
MOST_MEETINGS = 8
RULES = ("open", "open", "members", "chatham_house")
Maybe = httpx2.Response | None


def shown_meetings() -> Any:
    """What there is of meetings, for those who are about to do something with them."""
    return select(
        Meeting.id, Meeting.network_id, Meeting.recurrence, Meeting.local_start, Meeting.status, Meeting.announced_at
    ).order_by(Meeting.id)  # fmt: skip


def shown_minutes() -> Any:
    """The minutes there are."""
    return select(Minutes.id, Minutes.network_id, Minutes.version).order_by(Minutes.id)


def shown_actions() -> Any:
    """The actions there are."""
    return select(Action.id, Action.network_id, Action.owner_id, Action.done_at).order_by(Action.id)


def _meeting(stage: "Stage", dice: random.Random) -> dict[str, Any] | None:
    """A meeting, mostly one that is not over."""
    alive = [m for m in stage.meetings if m["status"] != "cancelled"]
    found = alive if alive and dice.random() < 0.9 else stage.meetings
    return dice.choice(found) if found else None


def _member(stage: "Stage", dice: random.Random, network_id: str) -> "TestPerson":
    """Somebody who belongs to the network; seldom anybody."""
    inside = {
        s["person_id"]
        for s in stage.spells
        if (s["network_id"], s["status"]) == (network_id, "active")
    }
    found = [actor for actor in (*stage.actors, *stage.mortals) if actor.id in inside]
    return dice.choice(found if found and dice.random() < 0.95 else stage.actors)


def _when(meeting: dict[str, Any]) -> dict[str, str]:
    """Of a series its first occurrence."""
    return {"occurrence": meeting["local_start"]} if meeting["recurrence"] else {}


def _path(meeting: dict[str, Any]) -> str:
    return f"/v1/meetings/{meeting['id']}"


async def _plan(stage: "Stage", dice: random.Random) -> Maybe:
    network = stage.network(dice)
    if network is None or len(stage.meetings) >= MOST_MEETINGS:
        return None
    body = {
        "network_id": network["id"], "title": f"Meeting {dice.randint(1, 999)}", "confidentiality": dice.choice(RULES),
        "place": f"Room {dice.randint(1, 9)}", "place_private": dice.random() < 0.5, "local_start": FIRST,
        "join_url": "https://example.org/1", "capacity": dice.choice((None, 1, 1, 2)),
        "announce": dice.random() < 0.7,
    }  # fmt: skip
    if dice.random() < 0.4:
        body["recurrence"] = "FREQ=WEEKLY;COUNT=4"
    if dice.random() < 0.2:
        body["agenda"] = [{"title": "In confidence", "chatham_house": True}]
    return await stage.facilitator(dice, network["id"]).client.post("/v1/meetings", body)


async def _edit_meeting(stage: "Stage", dice: random.Random) -> Maybe:
    meeting = _meeting(stage, dice)
    if meeting is None:
        return None
    number = dice.randint(1, 999)
    body: dict[str, Any] = dice.choice(
        (
            {"title": f"Renamed {number}"},
            {"join_url": f"https://example.org/{number}"},
            {"place": f"Hall {number}", "place_private": dice.random() < 0.5},
            {"capacity": dice.choice((None, 1, 2, 3))},
            {"confidentiality": dice.choice(RULES)},
            {"confidentiality": dice.choice(RULES)},
            {"agenda": [{"title": f"Point {number}", "chatham_house": dice.random() < 0.5}]},
            {"agenda": []},
            {"local_start": f"2030-03-20T{number % 24:02}:30:00"},
            {"duration_minutes": number},
        )
    )
    params = {}
    if meeting["recurrence"] and dice.random() < 0.5:
        params = {"occurrence": dice.choice((FIRST, SECOND, meeting["local_start"]))}
        params["range"] = dice.choice(("this", "this", "following", "all"))
    actor = stage.facilitator(dice, meeting["network_id"])
    return await actor.client.patch(_path(meeting), body, params=params)


async def _settle_meeting(stage: "Stage", dice: random.Random) -> Maybe:
    meeting = _meeting(stage, dice)
    if meeting is None:
        return None
    client = stage.facilitator(dice, meeting["network_id"]).client
    if meeting["announced_at"] is None and dice.random() < 0.3:
        return await client.delete(_path(meeting))
    verb = dice.choice(("announce", "confirm", "confirm", "cancel"))
    body: dict[str, Any] = {}
    if verb == "cancel":
        body["reason"] = "Snow"
        body |= _when(meeting) if dice.random() < 0.5 else {}
    return await client.post(f"{_path(meeting)}/{verb}", body if verb == "cancel" else None)


async def _answer(stage: "Stage", dice: random.Random) -> Maybe:
    meeting = _meeting(stage, dice)
    if meeting is None:
        return None
    actor = _member(stage, dice, meeting["network_id"])
    answer = dice.choice(("accepted", "accepted", "declined", "tentative"))
    body = {"answer": answer, **_when(meeting)}
    return await actor.client.request("PUT", f"{_path(meeting)}/attendance/me", json=body)


async def _record(stage: "Stage", dice: random.Random) -> Maybe:
    meeting = _meeting(stage, dice)
    if meeting is None:
        return None
    people = {_member(stage, dice, meeting["network_id"]).id for _ in range(2)}
    came = [{"person_id": one, "came": dice.random() < 0.7} for one in sorted(people)]
    actor = stage.facilitator(dice, meeting["network_id"])
    body = {"people": came, **_when(meeting)}
    return await actor.client.post(f"{_path(meeting)}/attendance/record", body)


async def _write_minutes(stage: "Stage", dice: random.Random) -> Maybe:
    number = dice.randint(1, 999)
    if stage.minutes and dice.random() < 0.7:
        minutes = dice.choice(stage.minutes)
        client = stage.facilitator(dice, minutes["network_id"]).client
        path = f"/v1/minutes/{minutes['id']}"
        if dice.random() < 0.5:
            return await client.post(f"{path}/publish", {"note": f"Corrected {number}"})
        etag = (await client.get(path)).headers.get("etag", '"1-x"')
        return await client.patch(path, {"text": f"We said {number}"}, headers={"If-Match": etag})
    meeting = _meeting(stage, dice)
    if meeting is None:
        return None
    body = {"meeting_id": meeting["id"], "text": f"We said {number}", **_when(meeting)}
    return await stage.facilitator(dice, meeting["network_id"]).client.post("/v1/minutes", body)


async def _take_on(stage: "Stage", dice: random.Random) -> Maybe:
    meeting, network = _meeting(stage, dice), stage.network(dice)
    if network is None or len(stage.todos) >= MOST_MEETINGS:
        return None
    where: dict[str, Any] = {"network_id": network["id"]}
    if meeting is not None and dice.random() < 0.8:
        where = {"meeting_id": meeting["id"], **_when(meeting)}
        network = {"id": meeting["network_id"]}
    actor, owner = (_member(stage, dice, network["id"]) for _ in range(2))
    body = {
        "title": f"Task {dice.randint(1, 999)}",
        "owner_id": dice.choice((None, owner.id, owner.id)),
        **where,
    }
    return await actor.client.post("/v1/actions", body)


async def _see_to(stage: "Stage", dice: random.Random) -> Maybe:
    """Edit an action, hand it on, complete it, or delete it."""
    if not stage.todos:
        return None
    todo = dice.choice(stage.todos)
    path = f"/v1/actions/{todo['id']}"
    client = stage.facilitator(dice, todo["network_id"]).client
    owner = stage.who(todo["owner_id"])
    if owner is not None and dice.random() < 0.6:
        client = owner.client
    throw = dice.random()
    if throw < 0.1:
        return await client.delete(path)
    if throw < 0.5:
        return await client.post(f"{path}/{'reopen' if todo['done_at'] else 'complete'}")
    heir = _member(stage, dice, todo["network_id"])
    body = dice.choice(({"title": f"Task {dice.randint(1, 999)}"}, {"owner_id": heir.id}))
    return await client.patch(path, body)


async def _subscribe(stage: "Stage", dice: random.Random) -> Maybe:
    """Make an address for a calendar, or revoke one."""
    actor = dice.choice(stage.actors)
    mine = (await actor.client.get("/v1/calendar-tokens")).json().get("items", [])
    if mine and dice.random() < 0.5:
        return await actor.client.delete(f"/v1/calendar-tokens/{mine[0]['id']}")
    return await actor.client.post("/v1/calendar-tokens", {"name": "My phone", "feed": "me"})


async def _search_again(stage: "Stage", dice: random.Random) -> Maybe:
    """Save a search, look at one, edit it or delete it."""
    actor = dice.choice(stage.actors)
    mine = (await actor.client.get("/v1/saved-searches")).json().get("items", [])
    if not mine or dice.random() < 0.3:
        body = {"name": "What there is", "q": dice.choice(("network", "meeting", None))}
        return await actor.client.post("/v1/saved-searches", body)
    path = f"/v1/saved-searches/{mine[0]['id']}"
    if dice.random() < 0.2:
        return await actor.client.delete(path)
    if dice.random() < 0.3:
        return await actor.client.patch(path, {"q": dice.choice(("network", "task", None))})
    return await actor.client.get(path)


MEETING_VERBS: dict[str, tuple[Callable[["Stage", random.Random], Awaitable[Maybe]], int]] = {
    "plan": (_plan, 14),
    "edit_meeting": (_edit_meeting, 16),
    "settle_meeting": (_settle_meeting, 8),
    "answer": (_answer, 18),
    "record": (_record, 6),
    "write_minutes": (_write_minutes, 10),
    "take_on": (_take_on, 8),
    "see_to": (_see_to, 9),
    "subscribe": (_subscribe, 2),
    "search_again": (_search_again, 3),
}
