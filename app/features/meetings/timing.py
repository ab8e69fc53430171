"""When a meeting is: from what people send to the columns that say it, wall time and instants."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from app.core import recurrence, wall_time
from app.core.errors import refuse
from app.core.json_columns import json_text
from app.core.occurrences import whole_local

FIRST_YEAR, LAST_YEAR = 2000, 2100


def when(fields: Mapping[str, Any], *, settled: bool = False) -> dict[str, Any]:
    """The columns of time for a meeting without exceptions.

    `fields` has `timezone`, `duration_minutes`, `recurrence`, `excluded`, and either `starts_at` (an aware datetime) or
    `local_start` (text). `settled`: nobody chooses this local start now, so it may be one in a gap that a rule gave.
    Errors: `Invalid` naming the field: a zone that is none, a day that does not exist, a gap of the clock, a rule that
    cannot be taken.
    """
    zone = fields["timezone"]
    if not wall_time.known_zone(zone):
        detail = "This is no time zone of the IANA database: give its name, like Europe/London."
        raise refuse("/timezone", "unknown_timezone", detail)
    if fields.get("starts_at") is not None:
        local = shown_in(fields["starts_at"], zone)
    else:
        local = _local(fields["local_start"], zone, settled=settled)
    rule, text = _rule(fields, local, zone), wall_time.local_text(local)
    excluded = _excluded(fields, rule, text, zone)
    series = recurrence.expand(rule, text, zone, tuple(excluded))
    if not series.locals:
        raise refuse("/excluded", "nothing_left", "Every occurrence is left out.")
    starts = fields.get("starts_at") or wall_time.instant_of(local, zone).at
    lasts = timedelta(minutes=fields["duration_minutes"])
    first, last = (
        (datetime.fromtimestamp(series.starts[index], UTC) for index in (0, -1))
        if rule is not None
        else (starts, starts)
    )
    return {
        "starts_at": first,
        "local_start": text,
        "timezone": zone,
        "duration_minutes": fields["duration_minutes"],
        "recurrence": rule,
        "excluded": json_text(excluded),
        "begins_at": first,
        "ends_at": within_the_years(last + lasts),
    }


def shown_in(at: datetime, zone: str) -> datetime:
    """What the clocks of a zone show then (naive). Errors: `Invalid` for a year that no local start is written in."""
    local = wall_time.local_of(at, zone)
    if not FIRST_YEAR <= local.year <= LAST_YEAR:
        detail = f"In {zone} this is not in the years 2000 to 2100."
        raise refuse("/starts_at", "out_of_range", detail)
    return local


def within_the_years(ends_at: datetime) -> datetime:
    """The end of a meeting. Errors: `Invalid` for one in a year that no instant is written in."""
    if ends_at.year > LAST_YEAR:
        raise refuse("/duration_minutes", "out_of_range", "Meetings end by the last day of 2100.")
    return ends_at


def instant_at(text: str, zone: str) -> datetime:
    """The instant of a local start that somebody chose. Errors: `Invalid`, as above."""
    return wall_time.instant_of(_local(text, zone), zone).at


def _local(text: str, zone: str, *, settled: bool = False) -> datetime:
    """Errors: `Invalid`: there is no such day, or no such time on it."""
    try:
        local = wall_time.local_from(text)
    except ValueError:
        raise refuse("/local_start", "no_such_day", "There is no such day.") from None
    moment = wall_time.instant_of(local, zone)
    if moment.in_gap and not settled:
        there = wall_time.local_text(wall_time.local_of(moment.at, zone))
        detail = f"In {zone} the clocks go forward over this time and show {there} instead."
        raise refuse("/local_start", "in_dst_gap", detail)
    if not FIRST_YEAR <= moment.at.year <= LAST_YEAR:
        raise refuse("/local_start", "out_of_range", "Meetings lie in the years 2000 to 2100, UTC.")
    return local


def _rule(fields: Mapping[str, Any], local: datetime, zone: str) -> str | None:
    """Errors: `Invalid`."""
    if fields["recurrence"] is None:
        return None
    try:
        # Whoever copies a rule out of a calendar brings the property's name along.
        return recurrence.canonical(fields["recurrence"].removeprefix("RRULE:"), local, zone)
    except recurrence.Refused as refused:
        raise refuse("/recurrence", refused.code, refused.detail) from None


def _excluded(fields: Mapping[str, Any], rule: str | None, local: str, zone: str) -> list[str]:
    """Errors: `Invalid` for what the rule does not give."""
    if not fields["excluded"]:
        return []
    given = recurrence.expand(rule, local, zone)
    known = set(given.locals) if rule is not None else set()
    found = sorted({whole_local(text) for text in fields["excluded"]})
    for text in found:
        if text not in known:
            detail = f"{text} is no occurrence of this series."
            raise refuse("/excluded", "no_such_occurrence", detail)
    return found
