"""Reading meetings."""

from datetime import timedelta
from typing import Any

from sqlalchemy import and_, bindparam, case, literal, null, select
from sqlalchemy.types import Double

from app.core import access, wall_time
from app.core.meeting_access import attends, facilitates, reads_place, visible_meeting
from app.core.viewer import Scope, Viewer
from app.db.database import Reads, fetch_one
from app.db.types import ID, instant_from_text, instant_text
from app.models import Attendance, Meeting

UID_HOST = "qi-networks"  # part of every iCalendar UID: it never changes, wherever the service runs
PLAIN = (
    Meeting.id, Meeting.network_id, Meeting.title, Meeting.description, Meeting.starts_at, Meeting.local_start,
    Meeting.timezone, Meeting.duration_minutes, Meeting.recurrence, Meeting.ends_at.label("last_ends_at"),
    Meeting.mode, Meeting.place_private, Meeting.status, Meeting.announced_at, Meeting.cancel_reason, Meeting.capacity,
    Meeting.confidentiality, Meeting.attendance_hidden, Meeting.sequence, Meeting.follows_id, Meeting.created_at,
    Meeting.updated_at, Meeting.version,
)  # fmt: skip


def columns(rank: str) -> list[Any]:
    """What a reader of this rank is shown of a meeting that they see: what is not for them comes as null."""
    there = reads_place(rank)
    place = [
        case((there, column), else_=null()).label(column.key)
        for column in (Meeting.place, Meeting.latitude, Meeting.longitude)
    ]
    join_url = case((attends(rank), Meeting.join_url), else_=null()).label("join_url")
    return [*PLAIN, *place, join_url, attends(rank).label("_attends")]


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


async def one_meeting(reads: Reads, viewer: Viewer, meeting_id: str) -> dict[str, Any] | None:
    """One meeting as the contract has it, or None when it is not there for this viewer."""
    values = {**access.values(viewer), "meeting_id": meeting_id, "occurrence": ""}
    rank = viewer.rank
    row = await fetch_one(reads, ("meeting", rank), lambda: _one(rank), values)
    return None if row is None else shown(row, viewer)


def shown(row: dict[str, Any], viewer: Viewer) -> dict[str, Any]:
    """A row as its reader sees it, with what follows from its time."""
    may_attend, runs = row.pop("_attends"), row.pop("_facilitates")
    local = wall_time.local_from(row["local_start"])
    start = instant_from_text(row["starts_at"])
    row["first_of_two"] = wall_time.instant_of(local, row["timezone"]).first_of_two
    row["ends_at"] = instant_text(start + timedelta(minutes=row["duration_minutes"]))
    row["occurrence"] = None
    row["exceptions"] = []
    row["ical_uid"] = f"{row['id']}@{UID_HOST}"
    row["actions"] = _actions(viewer, row, may_attend=may_attend, runs=runs or viewer.operator)
    return row


def _actions(viewer: Viewer, row: dict[str, Any], *, may_attend: bool, runs: bool) -> list[str]:
    """What this caller may do now."""
    if Scope.MEETINGS_WRITE not in viewer.scopes:
        return []
    found: list[str] = []
    draft, over = row["announced_at"] is None, row["status"] == "cancelled"
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
