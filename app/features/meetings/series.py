"""Series as patterns: what occurrences they have, when all of it begins and ends, and how one pattern becomes another.

An occurrence is named by its original local start, its *key*; the one of a single meeting is ''.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from app.core import recurrence
from app.core.errors import refuse
from app.core.json_columns import json_text, plain
from app.core.occurrence_now import as_it_stands, instant
from app.core.occurrences import series_of
from app.features.meetings.timing import within_the_years

Row = dict[str, Any]
RULE = ("local_start", "timezone", "recurrence")
PATTERN = (*RULE, "excluded")
A_DAY = len("2026-03-18")


def keys_of(meeting: Mapping[str, Any], *, left_out: bool = False) -> tuple[str, ...]:
    """The keys of a meeting's occurrences in order; with `left_out` also of those that are left out of the series."""
    if meeting["recurrence"] is None:
        return ("",)
    return series_of({**meeting, "excluded": "[]"} if left_out else meeting).locals


def start_of(meeting: Mapping[str, Any], key: str, exception: Mapping[str, Any] | None) -> datetime:
    """When an occurrence that there is begins, wherever it was moved to."""
    found = as_it_stands(meeting, key, exception)
    if found is None:
        message = f"{meeting['id']} has no occurrence {key}"
        raise LookupError(message)
    return found.starts_at


def extent(meeting: Mapping[str, Any], exceptions: Mapping[str, Row]) -> dict[str, datetime]:
    """The columns that say when the first occurrence begins and the last one ends, moved ones too.

    Errors: `Invalid` where that is after 2100.
    """
    lasts = timedelta(minutes=meeting["duration_minutes"])
    if meeting["recurrence"] is None:
        start = instant(meeting["starts_at"])
        return {"begins_at": start, "ends_at": within_the_years(start + lasts)}
    series = series_of(meeting)
    usual = [
        at for key, at in zip(series.locals, series.starts, strict=True) if key not in exceptions
    ]
    ends = [datetime.fromtimestamp(at, UTC) + lasts for at in usual[-1:]]
    begins = [datetime.fromtimestamp(at, UTC) for at in usual[:1]]
    for key, exception in exceptions.items():
        found = as_it_stands(meeting, key, exception)
        if found is not None:
            begins.append(found.starts_at)
            ends.append(found.ends_at)
    return {"begins_at": min(begins), "ends_at": within_the_years(max(ends))}


def carried(
    old: Mapping[str, Any], new: Mapping[str, Any], keys: Iterable[str], *, left_out: bool = False
) -> dict[str, str] | None:
    """Where each of these keys goes when the pattern changes; None when that cannot be told.

    To the occurrence of the same day, of which there is one at most, where the new pattern has all these days; else,
    when both have as many occurrences and the rule is another one, to the one with the same place in line.
    """
    before, after = keys_of(old, left_out=left_out), keys_of(new, left_out=left_out)
    wanted = list(keys)
    found = on_their_days(old, new, wanted, left_out=left_out)
    if len(found) == len(wanted):
        return found
    same = all(old[name] == new[name] for name in RULE)
    if len(before) == len(after) and not same:  # else others are left out, and nothing has moved
        line = dict(zip(before, after, strict=True))
        if line.keys() >= set(wanted):
            return {key: line[key] for key in wanted}
    return None


def on_their_days(
    old: Mapping[str, Any], new: Mapping[str, Any], keys: Iterable[str], *, left_out: bool = False
) -> dict[str, str]:
    """Where those of these keys go that the new pattern has an occurrence for on the same day."""
    days = {_day(new, key): key for key in keys_of(new, left_out=left_out)}
    return {key: days[_day(old, key)] for key in keys if _day(old, key) in days}


def _day(meeting: Mapping[str, Any], key: str) -> str:
    return (key or str(meeting["local_start"]))[:A_DAY]


def still_left_out(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """What stays left out when the pattern changes and nobody says: as `carried`, and no more than there is."""
    excluded = plain(old["excluded"])
    if not excluded or new["recurrence"] is None:
        return []
    found = carried(old, new, excluded, left_out=True)
    if found is None:
        found = on_their_days(old, new, excluded, left_out=True)
    return sorted(found.values())


def parted(meeting: Row, exceptions: Mapping[str, Row], key: str) -> tuple[Row, Row]:
    """A series as two: what comes before this occurrence, and the rest from it on. Both keep everything else.

    Errors: `Invalid` where nothing comes before it.
    """
    place = meeting["recurrence"], meeting["local_start"], meeting["timezone"], key
    excluded = plain(meeting["excluded"])
    try:
        earlier = {"recurrence": recurrence.ending_before(*place)}
    except recurrence.Refused as refused:
        raise refuse("?occurrence", refused.code, refused.detail) from None
    later = {"recurrence": recurrence.from_on(*place), "local_start": key}
    head = {**meeting, **earlier, "excluded": json_text([x for x in excluded if x < key])}
    rest = {**meeting, **later, "excluded": json_text([x for x in excluded if x > key])}
    head |= extent(head, {x: e for x, e in exceptions.items() if x < key})
    rest["starts_at"] = start_of(meeting, key, None)
    return head, rest
