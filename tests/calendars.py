"""A year of meetings in one calendar, and what a parser has to make of it; for tests of calendars and for Node's."""

from typing import Any

import icalendar

from tests.house import Client, TestHouse, TestPerson

# Both changes of the British clocks of 2027 lie in it: 28 March and 31 October.
SINGLES = (
    {"title": "New Year's planning", "starts_at": "2027-01-13T09:00:00Z"},
    {"title": "The morning after the clocks went on", "local_start": "2027-03-29T09:00:00"},
    {"title": "Late, in the hour that comes twice", "local_start": "2027-10-31T01:30:00"},
    {"title": "The morning after the clocks went back", "local_start": "2027-11-01T09:00:00"},
)
SERIES = {
    "title": "Third Wednesday; over lunch, online",
    "description": "Bring your run chart,\nand say what you tried.",
    "local_start": "2027-01-20T12:30:00",
    "recurrence": "FREQ=MONTHLY;BYDAY=3WE;COUNT=12",
    "join_url": "https://meet.example.org/third-wednesday",
    "status": "confirmed",
}
CANCELLED, MOVED, RELINKED = "2027-04-21T12:30:00", "2027-07-21T12:30:00", "2027-11-17T12:30:00"
MOVED_TO, NEW_LINK = "2027-07-22T15:00:00Z", "https://meet.example.org/another"


async def people(house: TestHouse, *names: str) -> list[TestPerson]:
    """New people."""
    return [await house.person(name) for name in names]


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


async def differ(client: Client, meeting_id: str, occurrence: str, **fields: Any) -> None:
    """Let one occurrence of a series differ."""
    path = f"/v1/meetings/{meeting_id}?occurrence={occurrence}"
    edited = await client.patch(path, fields)
    assert edited.status_code == 200, edited.text


async def year(facilitator: TestPerson, network_id: str) -> str:
    """The meetings of a year, in this network. Returns the id of the series."""
    client = facilitator.client
    for single in SINGLES:
        await plan(client, network_id, **single)
    series_id = str((await plan(client, network_id, **SERIES))["id"])
    cancel = {"occurrence": CANCELLED, "reason": "Easter"}
    cancelled = await client.post(f"/v1/meetings/{series_id}/cancel", cancel)
    assert cancelled.status_code == 200, cancelled.text
    await differ(client, series_id, MOVED, starts_at=MOVED_TO)
    await differ(client, series_id, RELINKED, join_url=NEW_LINK)
    return series_id


def events(calendar: bytes) -> list[Any]:
    """The events as the library reads them, without a fault."""
    parsed = icalendar.Calendar.from_ical(calendar)
    assert parsed.errors == []
    found = list(parsed.walk("VEVENT"))
    assert all(event.errors == [] for event in found)
    return found
