"""Reading meetings: one of them, or one occurrence of a series."""

from typing import Any

from sqlalchemy import and_, bindparam, literal, null, select
from sqlalchemy.types import Double

from app.core import access
from app.core.errors import refuse
from app.core.meeting_access import own_role, roles_of, visible_meeting
from app.core.viewer import Viewer
from app.db.database import Reads, fetch_one
from app.db.types import ID
from app.features.meetings.finding import with_differences
from app.features.meetings.may import actions_of
from app.features.meetings.occurrences import (
    Planned,
    as_it_is,
    as_planned,
    occurrence_at,
    planned_of,
)
from app.features.meetings.rows import columns, text_of
from app.models import Attendance, Meeting, Network

UID_HOST = "qi-networks"  # part of every iCalendar UID: it never changes, wherever the service runs


def _one(rank: str) -> Any:
    statement = select(
        *columns(rank),
        Meeting.agenda,
        Meeting.excluded,
        Network.archived_at.is_not(None).label("_archived"),
        literal(None, Double()).label("distance_km"),
        own_role(rank, Meeting).label("_role"),
    )
    statement = statement.join(Network, Network.id == Meeting.network_id).where(
        Meeting.id == bindparam("meeting_id", type_=ID), visible_meeting(rank)
    )
    if rank == "anonymous":
        nothing = (null().label(name) for name in ("my_answer", "my_place"))
        return statement.add_columns(*nothing)
    mine = and_(
        Attendance.meeting_id == Meeting.id,
        Attendance.person_id == access.viewer_id(),
        Attendance.occurrence == bindparam("occurrence"),
    )
    return statement.add_columns(
        Attendance.answer.label("my_answer"),
        Attendance.place.label("my_place"),
    ).outerjoin(Attendance, mine)


async def one_meeting(
    reads: Reads, viewer: Viewer, meeting_id: str, occurrence: str | None = None
) -> dict[str, Any] | None:
    """One meeting as the contract has it, or None when it is not there for this viewer.

    A series as it was planned, or the `occurrence` with this original local start. Errors: `Invalid` for one that the
    series does not have.
    """
    values = {**access.values(viewer), "meeting_id": meeting_id, "occurrence": occurrence or ""}
    rank = viewer.rank
    row = await fetch_one(reads, ("meeting", rank), lambda: _one(rank), values)
    if row is None:
        return None
    roles, archived = roles_of(viewer, row.pop("_role")), row.pop("_archived")
    planned = planned_of(row)
    await with_differences(reads, {meeting_id: planned})
    document = shown(planned, occurrence)
    document["actions"] = actions_of(viewer, document, roles, archived=archived)
    return document


def shown(planned: Planned, occurrence: str | None = None) -> dict[str, Any]:
    """The contract's document of a meeting or one occurrence of it, but for `actions`. Errors: `Invalid`."""
    if occurrence is None:
        document = as_planned(planned)
        document["exceptions"] = _exceptions(planned)
    else:
        document = _occurrence(planned, occurrence)
    document["ical_uid"] = f"{document['id']}@{UID_HOST}"
    return document


def _exceptions(planned: Planned) -> list[dict[str, Any]]:
    """What differs, in short, in the order in which it was planned."""
    found = (occurrence_at(planned, local) for local in planned.differences)
    return [
        {
            "occurrence": each.local,
            "status": as_it_is(each)["status"],
            "starts_at": text_of(each.starts),
        }
        for each in found
        if each is not None
    ]


def _occurrence(planned: Planned, local: str) -> dict[str, Any]:
    """One occurrence as it is. Errors: `Invalid`."""
    found = occurrence_at(planned, local)
    if found is None:
        detail = "The meeting has no occurrence with this original local start."
        raise refuse("?occurrence", "no_such_occurrence", detail)
    document = as_it_is(found)
    document["exceptions"] = []
    return document
