"""One occurrence of a meeting as it stands now: when it is, whether it takes place, how many places it has.

An occurrence is named by its original local start, whatever it was moved to; a single meeting's name is empty.
"""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from app.core.json_columns import plain
from app.core.occurrences import series_of
from app.db.types import instant_from_text


@dataclass(frozen=True, slots=True)
class Occurrence:
    """What differs from one occurrence to the next, as far as answering it goes; `name` is '' for a single meeting."""

    name: str
    starts_at: datetime
    ends_at: datetime
    cancelled: bool
    capacity: int | None


def as_it_stands(
    meeting: Mapping[str, Any], name: str, exception: Mapping[str, Any] | None
) -> Occurrence | None:
    """The occurrence of this name, with what differs for it alone (a row of `meeting_exception`); None: it has none.

    `meeting` is a row as commands and queries read it.
    """
    starts_at = _planned(meeting, name)
    if starts_at is None:
        return None
    differs: dict[str, Any] = {} if exception is None else plain(exception["overrides"]) or {}
    cancelled = meeting["status"] == "cancelled"
    if exception is not None:
        cancelled = cancelled or exception["status"] == "cancelled"
        if exception["starts_at"] is not None:
            starts_at = instant(exception["starts_at"])
    lasts = timedelta(minutes=differs.get("duration_minutes", meeting["duration_minutes"]))
    capacity = differs.get("capacity", meeting["capacity"])
    return Occurrence(name, starts_at, starts_at + lasts, cancelled, capacity)


def _planned(meeting: Mapping[str, Any], name: str) -> datetime | None:
    """When the rule says it starts."""
    if meeting["recurrence"] is None:
        return instant(meeting["starts_at"]) if name == "" else None
    series = series_of(meeting)
    index = bisect_left(series.locals, name)
    if series.locals[index : index + 1] != (name,):
        return None
    return datetime.fromtimestamp(series.starts[index], UTC)


def instant(value: str | datetime) -> datetime:
    """As read, or as a command is about to write it."""
    return value if isinstance(value, datetime) else instant_from_text(value)
