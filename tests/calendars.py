"""A year of meetings in one calendar, and what a parser has to make of it; for tests of calendars and for Node's."""

from typing import Any

import icalendar

from app.core.json_columns import json_text
from app.core.work import Work, perform
from app.models import MeetingException
from tests.house import Client, TestHouse, TestPerson

# Both changes of the British clocks of 2026 lie in it: 29 March and 25 October.
SINGLES = (
    {"title": "New Year's planning", "starts_at": "2026-01-14T09:00:00Z"},
    {"title": "The morning after the clocks went on", "local_start": "2026-03-30T09:00:00"},
    {"title": "Late, in the hour that comes twice", "local_start": "2026-10-25T01:30:00"},
    {"title": "The morning after the clocks went back", "local_start": "2026-10-26T09:00:00"},
)
SERIES = {
    "title": "Third Wednesday; over lunch, online",
    "description": "Bring your run chart,\nand say what you tried.",
    "local_start": "2026-01-21T12:30:00",
    "recurrence": "FREQ=MONTHLY;BYDAY=3WE;COUNT=12",
    "join_url": "https://meet.example.org/third-wednesday",
    "status": "confirmed",
}
CANCELLED, MOVED, RELINKED = "2026-04-15T12:30:00", "2026-07-15T12:30:00", "2026-11-18T12:30:00"
MOVED_TO, NEW_LINK = "2026-07-16T15:00:00.000000Z", "https://meet.example.org/another"


async def network_of(facilitator: TestPerson, **more: object) -> str:
    """A network that anybody may join."""
    body = {
        "name": "Asthma, Kent; and Medway",
        "purpose": "Fewer attacks",
        "join_policy": "open",
        **more,
    }
    return str((await facilitator.client.post("/v1/networks", body)).json()["id"])


async def plan(client: Client, network_id: str, **fields: Any) -> dict[str, Any]:
    """A confirmed meeting."""
    body = {"title": "A meeting", "status": "confirmed", **fields, "network_id": network_id}
    if "local_start" not in body:
        body.setdefault("starts_at", "2027-03-17T12:30:00Z")
    made = await client.post("/v1/meetings", body)
    assert made.status_code == 201, made.text
    return dict(made.json())


async def differ(house: TestHouse, meeting_id: str, occurrence: str, **columns: Any) -> None:
    """Let one occurrence of a series differ, straight in the database."""
    at = house.app.rooms.house.clock()
    row = {
        "meeting_id": meeting_id, "occurrence": occurrence, "starts_at": None, "status": None, "reason": None,
        "sequence": 1, "changed_at": at, **columns, "overrides": json_text(columns.get("overrides", {})),
    }  # fmt: skip

    async def command(work: Work) -> None:
        work.insert(MeetingException, row)

    await perform(house.app.rooms.house, command)


async def year(house: TestHouse, facilitator: TestPerson, network_id: str) -> str:
    """The meetings of a year, in this network. Returns the id of the series."""
    for single in SINGLES:
        await plan(facilitator.client, network_id, **single)
    series = await plan(facilitator.client, network_id, **SERIES)
    await differ(house, series["id"], CANCELLED, status="cancelled", reason="Easter", sequence=1)
    moved = house.app.rooms.house.clock().fromisoformat(MOVED_TO)
    await differ(house, series["id"], MOVED, starts_at=moved, sequence=2)
    overrides = {"join_url": NEW_LINK}
    await differ(house, series["id"], RELINKED, overrides=overrides, sequence=3)
    return str(series["id"])


def events(calendar: bytes) -> list[Any]:
    """The events as the library reads them, without a fault."""
    parsed = icalendar.Calendar.from_ical(calendar)
    assert parsed.errors == []
    found = list(parsed.walk("VEVENT"))
    assert all(event.errors == [] for event in found)
    return found
