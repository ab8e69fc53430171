"""What is in a calendar: what the list of meetings finds for the same reader, by the same predicates and masks."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select

from app.core import access, questions
from app.core.errors import refuse
from app.core.viewer import Viewer
from app.db.database import Database, fetch_one
from app.db.types import ID, one_of
from app.exchange.calendar_tokens.schemas import CalendarFeed, CalendarFilters
from app.exchange.ical.calendar import vcalendar
from app.exchange.ical.event import vevent
from app.exchange.ical.held import held
from app.exchange.ical.series import events_of, everything
from app.exchange.ical.zone import vtimezone
from app.features.meetings.finding import Wanted, planned_meetings, wanted_occurrences
from app.features.meetings.occurrences import Planned
from app.models import Network

MOST = 1_000  # meetings and series in a calendar: a megabyte or so
MOST_EVENTS = 2_000  # with single occurrences that differ
MOST_LEFT_OUT = 20_000  # occurrences that filters leave out of series
AT_A_TIME = (
    20  # series, before others are served: to expand one of 1,000 occurrences takes a millisecond
)
LOOKS_BACK = timedelta(days=365)
MINE = "QI Networks: my meetings"


@dataclass(frozen=True, slots=True)
class Calendar:
    """A calendar and its name; `networks` are those whose meetings are in it."""

    name: str
    body: bytes
    networks: frozenset[str]


def _network(rank: str) -> Any:
    asked = Network.id == bindparam("about_id", type_=ID)
    return select(Network.id, Network.name).where(asked, access.visible_network(rank))


def _names(rank: str) -> Any:
    asked = one_of(Network.id, bindparam("network_ids"))
    return select(Network.id, Network.name).where(asked, access.visible_network(rank))


async def calendar(
    db: Database,
    viewer: Viewer,
    feed: CalendarFeed,
    about_id: str | None,
    filters: CalendarFilters,
    now: datetime,
) -> Calendar | None:
    """The calendar as this viewer may read it, or None where its network or meeting is not there for them.

    Errors: `Invalid` for more than a calendar holds.
    """
    values = {**access.values(viewer), "about_id": about_id}
    name, rank = MINE, viewer.rank
    names: dict[str, str] = {}
    if feed is CalendarFeed.NETWORK:
        network = await fetch_one(db, ("calendar of", rank), lambda: _network(rank), values)
        if network is None:
            return None
        name = names[network["id"]] = network["name"]
    wanted = _wanted(feed, about_id, filters)
    found = await _meetings(db, viewer, wanted, now)
    if feed is CalendarFeed.MEETING and not found:
        # With filters an empty calendar is no sign that the meeting is not there.
        alone = await _meetings(db, viewer, Wanted(meeting_id=about_id), now)
        if not alone:
            return None
        name = alone[0].row["title"]
    elif feed is CalendarFeed.MEETING:
        name = found[0].row["title"]
    ids = sorted({planned.row["network_id"] for planned in found} - names.keys())
    if ids:
        values["network_ids"] = ids
        rows = await db.fetch(("calendar names", rank), lambda: _names(rank), values)
        names |= {row["id"]: row["name"] for row in rows}
    return await _written(name, found, wanted, names)


def _wanted(feed: CalendarFeed, about_id: str | None, filters: CalendarFilters) -> Wanted:
    return Wanted(
        network_id=about_id if feed is CalendarFeed.NETWORK else None,
        meeting_id=about_id if feed is CalendarFeed.MEETING else None,
        mine=True if feed is CalendarFeed.ME else None,
        since=filters.from_,
        until=filters.to,
        mode=filters.mode,
        status=filters.status,
        worded=filters.q is not None,
        question=questions.wanted_of(filters.q),
    )


async def _meetings(db: Database, viewer: Viewer, wanted: Wanted, now: datetime) -> list[Planned]:
    """In an order of their own, so that the same calendar is the same bytes. Errors: `Invalid`."""
    found, _ = await planned_meetings(db, viewer, wanted, most=MOST)
    if len(found) > MOST and wanted.since is None:
        recent = replace(wanted, since=now - LOOKS_BACK)
        found, _ = await planned_meetings(db, viewer, recent, most=MOST)
    if len(found) > MOST:
        raise _too_much()
    return sorted(found, key=lambda planned: planned.row["id"])


def _too_much() -> Exception:
    detail = "This is more than a calendar holds: ask for less by `from`, `to` or other filters."
    return refuse("?from", "too_many_occurrences", detail)


async def _written(
    name: str, found: Iterable[Planned], wanted: Wanted, networks: dict[str, str]
) -> Calendar:
    """Errors: `Invalid`."""
    events: list[str] = []
    shown: set[str] = set()
    years: dict[str, tuple[int, int]] = {}
    left_out, unfiltered = 0, everything(wanted)
    for index, planned in enumerate(found):
        if index % AT_A_TIME == AT_A_TIME - 1:
            await asyncio.sleep(0)
        row = planned.row
        network_id = row["network_id"]
        before, network = len(events), networks.get(network_id)
        if planned.is_series:
            ours = list(events_of(planned, wanted, network))
            events += map(vevent, ours)
            left_out += len(ours[0].excluded) if ours else 0
        elif unfiltered or any(wanted_occurrences(planned, wanted)):
            events.append(held.of(planned, network))
        if len(events) == before:
            continue
        if len(events) > MOST_EVENTS or left_out > MOST_LEFT_OUT:
            raise _too_much()
        shown.add(network_id)
        if planned.is_series:
            first, last = years.get(row["timezone"], (9999, 0))
            begins, ends = int(row["starts_at"][:4]), int(row["last_ends_at"][:4])
            years[row["timezone"]] = (min(first, begins), max(last, ends))
    zones = (vtimezone(zone, *span) for zone, span in sorted(years.items()))
    return Calendar(name, vcalendar(name, events, zones), frozenset(shown))
