"""Row 15: a year of meetings as four parsers read it, two of Python and two of Node. It needs no contract."""

import asyncio
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from app.db.schema import migrate
from openapi.bar.judged import Judged, Row, Verdict
from openapi.bar.tools import HERE, run
from tests import calendars as story
from tests.calendar_parsers import Meets, Reading, by_icalendar, by_ics, expected, reading
from tests.house import TestHouse

YEAR = {"from": "2027-01-01T00:00:00Z", "to": "2028-01-01T00:00:00Z", "limit": "100"}


class Told(NamedTuple):
    """A calendar, and what the list of meetings says of the same year."""

    calendar: bytes
    listed: list[Meets]


async def _told(folder: str) -> Told:
    url = f"sqlite:///{folder}/calendars.db"
    await asyncio.to_thread(migrate, url)
    async with TestHouse.over(url) as house:
        fay = await house.person("Fay")
        network_id = await story.network_of(fay)
        await story.year(fay, network_id)
        answer = await fay.client.get(f"/v1/networks/{network_id}/calendar.ics")
        asked = {**YEAR, "network_id": network_id}
        items = (await fay.client.get("/v1/meetings", params=asked)).json()["items"]
        uids = {item["id"]: f"{item['id']}@qi-networks" for item in items}
        return Told(answer.content, expected(uids, items))


def _readings(folder: Path, calendar: bytes) -> dict[str, Reading]:
    """What each parser says; one that gives up says so in a finding."""
    source, out = folder / "calendar.ics", folder / "read.json"
    source.write_bytes(calendar)
    said = run("node", HERE / "calendars.mjs", source, out)
    if said.status != 0:
        raise ValueError(said.text[-500:])
    of_node: dict[str, Any] = json.loads(out.read_text())
    found = {name: reading(**read) for name, read in of_node.items()}
    return {"icalendar": by_icalendar(calendar), "ics": by_ics(calendar), **found}


def _agree(judged: Judged, spoil: Callable[[bytes], bytes]) -> Verdict:
    with tempfile.TemporaryDirectory(prefix="contract-bar-") as folder:
        told = asyncio.run(_told(folder))
    try:
        readings = _readings(judged.folder("calendars"), spoil(told.calendar))
    except (ValueError, AssertionError) as fault:
        return Verdict("not read", [str(fault)])
    first, found = readings["icalendar"], []
    for name, read in readings.items():
        if read.components != first.components:
            found.append(f"{name} finds other components than icalendar: {read.components}")
        wrong = set(read.occurrences) ^ set(told.listed)
        found += [f"{name} or the list alone has {each}" for each in sorted(map(str, wrong))]
        if len(read.occurrences) != len(told.listed):
            found.append(f"{name} finds {len(read.occurrences)} occurrences")
    counts = f"{len(first.components)} events, {len(told.listed)} occurrences"
    return Verdict(f"{len(readings)} parsers, {counts} in each", found)


def four_parsers(judged: Judged) -> Verdict:
    """All find the same events, and the occurrences that the list of meetings has."""
    return _agree(judged, lambda calendar: calendar)


def _without_what_was_moved(calendar: bytes) -> bytes:
    moved = story.MOVED.replace("-", "").replace(":", "")
    return calendar.replace(f"RECURRENCE-ID;TZID=Europe/London:{moved}\r\n".encode(), b"")


def spoilt(judged: Judged) -> Verdict:
    """The control: one occurrence does not say which one it is."""
    return _agree(judged, _without_what_was_moved)


TITLE = "icalendar, ics, ical.js, node-ical: the same year"
ROWS = (Row("15", TITLE, four_parsers),)
CONTROLS = (Row("15", TITLE, spoilt),)
