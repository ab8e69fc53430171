"""What is kept of somebody's meetings, written as the doors write it: for tests of export, erasure and retention."""

from datetime import datetime, timedelta
from typing import Any

from app.core.changes import Told, create
from app.core.wall_time import local_of, local_text
from app.core.work import Work, perform
from app.models import MinutesEdition
from tests.house import TestHouse, TestPerson

ZONE = "Europe/London"


def meeting_row(work: Work, network_id: str, start: datetime, **more: Any) -> dict[str, Any]:
    """A confirmed meeting of an hour."""
    ends = start + timedelta(hours=1)
    return {
        "id": work.new_id(), "network_id": network_id, "title": "Inhalers", "description": None,
        "starts_at": start, "local_start": local_text(local_of(start, ZONE)), "timezone": ZONE, "duration_minutes": 60,
        "recurrence": None, "excluded": "[]", "begins_at": start, "ends_at": ends, "mode": "virtual", "place": None,
        "place_private": False, "latitude": None, "longitude": None, "join_url": None, "status": "confirmed",
        "announced_at": work.now, "cancel_reason": None, "capacity": None, "confidentiality": "members",
        "attendance_hidden": False, "agenda": "[]", "sequence": 0, "follows_id": None,
        **{f"search_{name}": "" for name in ("name", "topics", "purpose", "front", "inside")}, **more,
    }  # fmt: skip


def answer_row(work: Work, meeting: dict[str, Any], person_id: str, **more: Any) -> dict[str, Any]:
    """An acceptance with a place."""
    return {
        "id": work.new_id(), "meeting_id": meeting["id"], "network_id": meeting["network_id"], "occurrence": "",
        "person_id": person_id, "answer": "accepted", "place": "held", "queue": None, "answered_at": work.now,
        "came": None, "recorded_by": None, "recorded_at": None, **more,
    }  # fmt: skip


async def meets(house: TestHouse, person: TestPerson, network_id: str) -> dict[str, str]:
    """Ids by name: a meeting that somebody came to, one to come, minutes of theirs, actions, a calendar."""
    made: dict[str, str] = {}

    async def command(work: Work) -> None:
        told = Told(network_id=network_id, outer=False)
        for name, days in (("past", -7), ("coming", 7)):
            meeting = meeting_row(work, network_id, work.now + timedelta(days=days))
            create(work, "meeting.planned", meeting, told)
            came = {"came": True, "recorded_by": person.id, "recorded_at": work.now}
            row = answer_row(work, meeting, person.id, **(came if days < 0 else {}))
            create(work, "attendance.answered", row, told)
            made[name], made[f"{name} answer"] = meeting["id"], row["id"]
        minutes = {
            "id": work.new_id(), "meeting_id": made["past"], "network_id": network_id, "occurrence": "",
            "text": "We agreed.", "published_text": "We agreed.", "published_at": work.now, "edition": 1,
        }  # fmt: skip
        create(work, "minutes.published", minutes, told)
        edition = {"number": 1, "text": "We agreed.", "note": "As sent round"}
        values = {"minutes_id": minutes["id"], "by_id": person.id, "published_at": work.now}
        work.insert(MinutesEdition, {**edition, **values})
        for name, done_at in (("open", None), ("done", work.now)):
            action = {
                "id": work.new_id(), "network_id": network_id, "meeting_id": made["past"], "occurrence": "",
                "title": f"Ask the pharmacist ({name})", "detail": None, "owner_id": person.id, "due_on": None,
                "done_at": done_at, "done_by": person.id if done_at else None, "created_by": person.id,
            }  # fmt: skip
            create(work, "action.created", action, told)
            made[name] = str(action["id"])
        made["calendar"] = calendar(work, person.id, "zqwallchart")

    await perform(house.app.rooms.house, command)
    return made


def calendar(work: Work, person_id: str, name: str, **more: Any) -> str:
    """Make a calendar token; returns its id."""
    row = {
        "id": work.new_id(), "person_id": person_id, "name": name, "secret_hash": work.new_id(), "hint": "x7Qk",
        "feed": "me", "network_id": None, "meeting_id": None, "filters": '{"q":"zqneedle"}', "revoked_at": None,
        "last_used_on": None, **more,
    }  # fmt: skip
    create(work, "calendar_token.created", row, Told(person_id=person_id))
    return str(row["id"])
