"""The doors of calendars: three for who signs in or reads what is public, one for who has an address."""

import re
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query

from app.core.errors import CalendarNotValid, NotFound
from app.core.json_columns import plain
from app.core.text import Id
from app.core.tokens import hash_of
from app.core.viewer import Scope, Viewer
from app.exchange.calendar_tokens.queries import calendar_by_secret
from app.exchange.calendar_tokens.schemas import CalendarFeed, CalendarFilters
from app.exchange.calendar_tokens.using import note_use
from app.exchange.ical.calendar import MEDIA_TYPE
from app.exchange.ical.feed import Calendar, calendar
from app.exchange.ical.schemas import CALENDAR, CalendarQuery, CalendarSecret
from app.web import answers
from app.web.call import Answer, Call, CallDep
from app.web.door import Door, needs
from app.web.on_record import note_operator_read

router = APIRouter(prefix="/v1", tags=["calendars"], route_class=Door)
_TYPE = (b"content-type", f"{MEDIA_TYPE}; charset=utf-8".encode())
_UNNAMEABLE = re.compile(r"[^A-Za-z0-9]+")
LONGEST_FILE_NAME = 60  # characters


def disposition(name: str) -> tuple[bytes, bytes]:
    """Content-Disposition for a calendar of this name, whatever is in it (RFC 6266, RFC 8187)."""
    short = name[:LONGEST_FILE_NAME]
    ascii_name = _UNNAMEABLE.sub("-", short).strip("-") or "calendar"
    exact = quote(f"{short}.ics", safe="", errors="replace")
    value = f"inline; filename=\"{ascii_name}.ics\"; filename*=UTF-8''{exact}"
    return (b"content-disposition", value.encode("ascii"))


def _answer(call: Call, found: Calendar, *more: tuple[bytes, bytes]) -> Answer:
    answer = answers.document(call, found.body, _TYPE, *more)
    if answer.body:
        answer.headers.append(disposition(found.name))
    return answer


async def _read(
    call: Call, feed: CalendarFeed, about_id: str | None, filters: CalendarFilters, operation: str
) -> Answer:
    house = call.rooms.house
    found = await calendar(house.db, call.viewer, feed, about_id, filters, house.clock())
    if found is None:
        raise NotFound
    if call.viewer.operator:
        await note_operator_read(call, found.networks, operation)
    return _answer(call, found)


@router.get("/meetings/{meeting_id}.ics", responses=CALENDAR)
@needs(Scope.MEETINGS_READ, sign_in=False, cache="private, no-cache")
async def get_meeting_calendar(call: CallDep, meeting_id: Id) -> Answer:
    """One meeting, or a series with everything that differs from its rule, as an iCalendar file."""
    filters = CalendarFilters()
    return await _read(call, CalendarFeed.MEETING, meeting_id, filters, "getMeetingCalendar")


@router.get("/networks/{network_id}/calendar.ics", responses=CALENDAR)
@needs(Scope.MEETINGS_READ, sign_in=False, cache="private, no-cache")
async def get_network_calendar(
    call: CallDep, network_id: Id, params: Annotated[CalendarQuery, Query()]
) -> Answer:
    """The meetings of a network that you may see, as iCalendar: a series is one event with its rule.

    Occurrences that a filter leaves out are left out of the series. At most 1,000 meetings: where there are more, those
    of a year ago and older go, and if that does not do it, 422 `too_many_occurrences`.
    """
    return await _read(call, CalendarFeed.NETWORK, network_id, params, "getNetworkCalendar")


@router.get("/me/calendar.ics", responses=CALENDAR)
@needs(Scope.MEETINGS_READ)
async def get_my_calendar(call: CallDep, params: Annotated[CalendarQuery, Query()]) -> Answer:
    """The meetings of the networks that you are an active member of, as iCalendar.

    A calendar program that cannot sign in takes an address from POST /v1/calendar-tokens instead.
    """
    return await _read(call, CalendarFeed.ME, None, params, "getMyCalendar")


@router.get("/calendars/{calendar_secret}.ics", responses=CALENDAR)
@needs(sign_in=False, cache="private, no-cache")
async def get_calendar_by_address(call: CallDep, calendar_secret: CalendarSecret) -> Answer:
    """The calendar behind an address of POST /v1/calendar-tokens, for whoever has it; no token is needed.

    It shows what the person who made it may read now, an operator's rights apart. Unknown, revoked, or no longer
    theirs to read: always 404 `calendar_not_valid`.
    """
    house = call.rooms.house
    row = await calendar_by_secret(house.db, hash_of(calendar_secret))
    reader = Viewer(row["person_id"], row["id"], frozenset({Scope.MEETINGS_READ}))
    filters = CalendarFilters.model_validate(plain(row["filters"]))
    about_id = row["network_id"] or row["meeting_id"]
    feed = CalendarFeed(row["feed"])
    found = await calendar(house.db, reader, feed, about_id, filters, house.clock())
    if found is None:
        raise CalendarNotValid
    await note_use(house, row)
    return _answer(call, found, (b"x-robots-tag", b"noindex"))
