"""Reading meetings: one of them, or one occurrence of a series."""

from typing import Any

from sqlalchemy import and_, bindparam, literal, null, select
from sqlalchemy.types import Double

from app.core import access
from app.core.errors import refuse
from app.core.meeting_access import facilitates, visible_meeting
from app.core.viewer import Scope, Viewer
from app.db.database import Reads, fetch_one
from app.db.types import ID
from app.features.meetings.finding import with_differences
from app.features.meetings.occurrences import (
    CANCELLED,
    Planned,
    as_it_is,
    as_planned,
    occurrence_at,
    planned_of,
)
from app.features.meetings.rows import columns, text_of
from app.models import Attendance, Meeting

UID_HOST = "qi-networks"  # part of every iCalendar UID: it never changes, wherever the service runs


def _one(rank: str) -> Any:
    statement = select(
        *columns(rank),
        Meeting.agenda,
        Meeting.excluded,
        facilitates(rank, Meeting).label("_facilitates"),
        literal(None, Double()).label("distance_km"),
    ).where(Meeting.id == bindparam("meeting_id", type_=ID), visible_meeting(rank))
    if rank == "anonymous":
        return statement.add_columns(null().label("my_answer"), null().label("my_place"))
    mine = and_(
        Attendance.meeting_id == Meeting.id,
        Attendance.person_id == access.viewer_id(),
        Attendance.occurrence == bindparam("occurrence"),
    )
    return statement.add_columns(
        Attendance.answer.label("my_answer"), Attendance.place.label("my_place")
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
    runs = row.pop("_facilitates") or viewer.operator
    planned = planned_of(row)
    await with_differences(reads, {meeting_id: planned})
    return shown(planned, viewer, runs=runs, occurrence=occurrence)


def shown(
    planned: Planned, viewer: Viewer, *, runs: bool, occurrence: str | None = None
) -> dict[str, Any]:
    """The contract's document of a meeting or one occurrence of it; `runs`: may do all with it. Errors: `Invalid`."""
    if occurrence is None:
        document = as_planned(planned)
        document["exceptions"] = _exceptions(planned)
    else:
        document = _occurrence(planned, occurrence)
    document["ical_uid"] = f"{document['id']}@{UID_HOST}"
    document["actions"] = _actions(viewer, document, may_attend=planned.attends, runs=runs)
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


def _actions(viewer: Viewer, row: dict[str, Any], *, may_attend: bool, runs: bool) -> list[str]:
    """What this caller may do now."""
    if Scope.MEETINGS_WRITE not in viewer.scopes:
        return []
    found: list[str] = []
    draft, over = row["announced_at"] is None, row["status"] == CANCELLED
    if runs:
        found += [] if over else ["update", "cancel"]
        found += ["delete"] if draft else ["record_attendance"]
        found += ["announce"] if draft else []
        found += ["confirm"] if row["status"] == "tentative" else []
        found += ["write_minutes"]
    if may_attend and not draft and not over:
        found += ["answer"]
    if may_attend:
        found += ["add_action"]
    return found
