"""What a reader is shown of a meeting: its columns, the mask of what is not for them, what follows from its time."""

from datetime import UTC, datetime, timedelta
from typing import Any

from app.core import meeting_access, wall_time
from app.core.meeting_access import PRIVATE_PLACE
from app.db.types import instant_from_text, instant_text
from app.models import Meeting

Row = dict[str, Any]
SECOND = 1_000_000
_EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
COLUMNS = (
    Meeting.id, Meeting.network_id, Meeting.title, Meeting.description, Meeting.starts_at, Meeting.local_start,
    Meeting.timezone, Meeting.duration_minutes, Meeting.recurrence, Meeting.ends_at.label("last_ends_at"),
    Meeting.mode, Meeting.place, Meeting.place_private, Meeting.latitude, Meeting.longitude, Meeting.join_url,
    Meeting.status, Meeting.announced_at, Meeting.cancel_reason, Meeting.capacity, Meeting.confidentiality,
    Meeting.attendance_hidden, Meeting.sequence, Meeting.follows_id, Meeting.created_at, Meeting.updated_at,
    Meeting.version,
)  # fmt: skip


def columns(rank: str) -> list[Any]:
    """The columns of a meeting in a list, and what `occurrences.planned_of` takes off: no row goes out as it is."""
    attends = meeting_access.attends(rank).label("_attends")
    return [*COLUMNS, attends, Meeting.excluded.label("_excluded")]


def masked(row: Row, *, attends: bool) -> Row:
    """The row with null for what only those who may attend read: how to get in, and a private place. In place.

    Filters, orders and words look at rows that went through here, and so find by nothing that is not shown.
    """
    if not attends:
        row["join_url"] = None
        if row["place_private"]:
            row.update(dict.fromkeys(PRIVATE_PLACE))
    return row


def timed(row: Row) -> Row:
    """The row with what follows from its start, in place: its end, the clock on the wall, whether that comes twice."""
    start, zone = instant_from_text(row["starts_at"]), row["timezone"]
    local = wall_time.local_of(start, zone)
    first = wall_time.instant_of(local, zone)
    row["ends_at"] = instant_text(start + timedelta(minutes=row["duration_minutes"]))
    row["local_start"] = wall_time.local_text(local)
    row["first_of_two"] = first.first_of_two and first.at == start
    return row


def micros(text: str) -> int:
    """An instant as the house writes it, as microseconds since 1970."""
    return micros_of(instant_from_text(text))


def micros_of(at: datetime) -> int:
    """An aware datetime as microseconds since 1970."""
    return (at - _EPOCH) // _MICROSECOND


def text_of(at: int) -> str:
    """The inverse of `micros`."""
    return instant_text(_EPOCH + at * _MICROSECOND)
