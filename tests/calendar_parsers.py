"""What four parsers make of one calendar: two of Python here, two of Node's by `openapi/bar/calendars.mjs`.

A reading is the same for all: every component as (UID, original start or none, start, SEQUENCE), and every occurrence
once it is expanded as (UID, start, whether it is cancelled, address). Instants are seconds since 1970.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import icalendar
import ics
from dateutil.rrule import rrulestr


class Component(NamedTuple):
    """A VEVENT."""

    uid: str
    original: int | None
    start: int
    sequence: int


class Meets(NamedTuple):
    """One time that people meet, or would have met."""

    uid: str
    start: int
    cancelled: bool
    url: str | None


class Reading(NamedTuple):
    """What a parser says of a calendar, both sorted."""

    components: list[Component]
    occurrences: list[Meets]


def reading(components: Iterable[Any], occurrences: Iterable[Any]) -> Reading:
    """From lists, as JSON has them, or from tuples."""
    return Reading(
        sorted((Component(*one) for one in components), key=str),
        sorted((Meets(*one) for one in occurrences), key=str),
    )


def expected(calendar_uid: dict[str, str], listed: Iterable[dict[str, Any]]) -> list[Meets]:
    """The same of what the list of meetings says in a window; `calendar_uid` by the meetings' ids."""
    return sorted(
        (
            Meets(
                calendar_uid[item["id"]],
                int(datetime.fromisoformat(item["starts_at"]).timestamp()),
                item["status"] == "cancelled",
                item["join_url"],
            )
            for item in listed
        ),
        key=str,
    )


class _Event(NamedTuple):
    """An event as either Python library gives it out; times as they stand."""

    uid: str
    start: datetime
    original: datetime | None
    rule: str | None
    excluded: tuple[datetime, ...]
    sequence: int
    cancelled: bool
    url: str | None


def _read(events: list[_Event]) -> Reading:
    """Expand what neither library expands, by a third one: `dateutil`, by the clocks of the zone."""
    differing = {(e.uid, _seconds(e.original)): e for e in events if e.original is not None}
    components, occurrences = [], []
    for event in events:
        original = None if event.original is None else _seconds(event.original)
        components.append(Component(event.uid, original, _seconds(event.start), event.sequence))
        if original is not None:
            continue
        for start in _starts(event):
            one = differing.pop((event.uid, start), event)
            at = start if one is event else _seconds(one.start)
            occurrences.append(Meets(one.uid, at, one.cancelled, one.url))
    assert not differing, "an occurrence of no series"
    return reading(components, occurrences)


def _starts(event: _Event) -> Iterator[int]:
    if event.rule is None:
        yield _seconds(event.start)
        return
    zone, excluded = event.start.tzinfo, {_seconds(each) for each in event.excluded}
    for local in rrulestr(event.rule, dtstart=event.start.replace(tzinfo=None)):
        start = _seconds(local.replace(tzinfo=zone))
        if start not in excluded:
            yield start


def _seconds(at: datetime) -> int:
    return int(at.astimezone(UTC).timestamp())


def by_icalendar(calendar: bytes) -> Reading:
    """As `icalendar` reads it, without a fault."""
    parsed = icalendar.Calendar.from_ical(calendar)
    assert parsed.errors == []
    found = []
    for one in parsed.walk("VEVENT"):
        event: Any = one
        assert event.errors == []
        excluded = event.get("EXDATE", [])
        found.append(
            _Event(
                str(event["UID"]),
                event["DTSTART"].dt,
                event["RECURRENCE-ID"].dt if "RECURRENCE-ID" in event else None,
                event["RRULE"].to_ical().decode() if "RRULE" in event else None,
                tuple(each.dt for each in getattr(excluded, "dts", [])),
                int(event["SEQUENCE"]),
                event["STATUS"] == "CANCELLED",
                str(event["URL"]) if "URL" in event else None,
            )
        )
    return _read(found)


def by_ics(calendar: bytes) -> Reading:
    """As `ics` reads it. Series it knows nothing of: their lines it hands out as they are."""
    found = []
    for one in ics.Calendar(calendar.decode()).events:
        lines = {line.name: line for line in one.extra if hasattr(line, "value")}
        rule, original, excluded = (
            lines.get(name) for name in ("RRULE", "RECURRENCE-ID", "EXDATE")
        )
        found.append(
            _Event(
                one.uid,
                _local(one.begin.datetime, rule or original),
                None if original is None else _instants(original)[0],
                None if rule is None else rule.value,
                () if excluded is None else tuple(_instants(excluded)),
                int(lines["SEQUENCE"].value),
                one.status == "CANCELLED",
                one.url,
            )
        )
    return _read(found)


def _local(start: datetime, of_a_series: Any) -> datetime:
    """With its zone by name, which `ics` makes an offset of."""
    return start.astimezone(ZoneInfo("Europe/London")) if of_a_series else start


def _instants(line: Any) -> list[datetime]:
    (zone,) = line.params["TZID"]
    return [
        datetime.strptime(value, "%Y%m%dT%H%M%S").replace(tzinfo=ZoneInfo(zone))
        for value in line.value.split(",")
    ]
