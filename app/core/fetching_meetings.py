"""Load = authorise, for commands about meetings: like `core.fetching`, and with the network's lock first.

The lock of the network's row orders everything that happens to its meetings: answers, places, edits, leaving.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, select

from app.core import access
from app.core.errors import NotFound
from app.core.fetching import facts, require, sight_member_network
from app.core.meeting_access import attends, visible_meeting
from app.core.occurrence_now import Occurrence, as_it_stands
from app.core.occurrences import occurrence_of
from app.core.work import Work
from app.db.database import Reads, fetch_one
from app.db.types import ID
from app.models import Meeting, MeetingException

Row = dict[str, Any]


def _meeting(rank: str) -> Any:
    return select(*facts(Meeting), attends(rank).label("_attends")).where(
        Meeting.id == bindparam("meeting_id", type_=ID), visible_meeting(rank)
    )


async def sight_meeting(work: Work, meeting_id: str) -> tuple[Row, Row]:
    """A visible meeting and its network, both locked (the network first). Errors: `NotFound`."""
    rank = work.viewer.rank
    values = {**access.values(work.viewer), "meeting_id": meeting_id}
    found = await fetch_one(work, ("fetch meeting", rank), lambda: _meeting(rank), values)
    if found is None:
        raise NotFound
    network = await sight_member_network(work, found["network_id"])
    # Again, now that nobody else can change it.
    row = await fetch_one(work, ("fetch meeting", rank), lambda: _meeting(rank), values)
    if row is None:
        raise NotFound
    return row, network


async def fetch_meeting(work: Work, meeting_id: str, action: str) -> tuple[Row, Row]:
    """A visible meeting, its network, and the right to `action`. Errors: `NotFound`; `Forbidden`; `NetworkArchived`."""
    row, network = await sight_meeting(work, meeting_id)
    require(work, action, network)
    return row, network


def _exceptions() -> Any:
    return (
        select(*MeetingException.__table__.columns)
        .where(MeetingException.meeting_id == bindparam("meeting_id", type_=ID))
        .order_by(MeetingException.occurrence)
    )


async def exceptions_of(work: Work, meeting_id: str) -> dict[str, Row]:
    """The exceptions of a locked series, by occurrence."""
    rows = await work.fetch("exceptions of meeting", _exceptions, {"meeting_id": meeting_id})
    return {row["occurrence"]: row for row in rows}


def _exception() -> Any:
    return select(*MeetingException.__table__.columns).where(
        MeetingException.meeting_id == bindparam("meeting_id", type_=ID),
        MeetingException.occurrence == bindparam("occurrence"),
    )


async def as_asked(
    reads: Reads, meeting: Mapping[str, Any], given: str | None, pointer: str = "/occurrence"
) -> Occurrence:
    """The occurrence that a caller named, as it stands. Errors: `Invalid`, see `occurrences.occurrence_of`."""
    name = occurrence_of(meeting, given, pointer)
    exception = None
    if name:
        values = {"meeting_id": meeting["id"], "occurrence": name}
        exception = await fetch_one(reads, "exception", _exception, values)
    found = as_it_stands(meeting, name, exception)
    if found is None:  # only a single meeting could, and it has no name
        raise NotFound
    return found
