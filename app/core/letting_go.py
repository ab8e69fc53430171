"""What somebody had ahead of them in a network ends with their part in it: answers ahead, open actions, terms.

Called when a person leaves, is removed, or is erased, with the network locked. What has been stays: that they came is
part of the meeting, and an action that is done was done.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import and_, bindparam, select

from app.core.access import INSIDE
from app.core.changes import Told, change_many, remove_many
from app.core.ending_terms import end_terms, withdraw_help
from app.core.fetching import facts
from app.core.occurrence_now import Occurrence, as_it_stands
from app.core.seating import HELD, fill_places, told_of_attendance
from app.core.work import Work
from app.db.types import ID, INSTANT
from app.models import Action, Attendance, Meeting, MeetingException

Row = dict[str, Any]
OF_MEETING = (
    "id", "starts_at", "local_start", "timezone", "duration_minutes", "recurrence", "excluded", "status", "capacity",
    "attendance_hidden",
)  # fmt: skip
OF_EXCEPTION = ("starts_at", "status", "overrides")


async def let_go(work: Work, network: Mapping[str, Any], person_id: str) -> None:
    """End what this person had ahead of them in a locked network; each of it is recorded, and who waits moves up."""
    values = {"network_id": network["id"], "person_id": person_id, "now": work.now}
    await _withdraw(work, await work.fetch("answers ahead", _answers_ahead, values))
    told = Told(network_id=network["id"], person_id=person_id, tier=INSIDE, outer=False)
    open_actions = await work.fetch("open actions of person", _open_actions, values)
    if open_actions:
        await change_many(
            work,
            "action.unassigned",
            [(row, {"owner_id": None}) for row in open_actions],
            told,
        )
    await end_terms(work, network, "person_id", person_id, told)
    await withdraw_help(work, values, told)


def _answers_ahead() -> Any:
    """The person's answers to what may not be over: a meeting's last end is all that SQL can tell of a series."""
    of_occurrence = and_(
        MeetingException.meeting_id == Attendance.meeting_id,
        MeetingException.occurrence == Attendance.occurrence,
    )
    return (
        select(
            *facts(Attendance),
            *(getattr(Meeting, name).label(f"_meeting.{name}") for name in OF_MEETING),
            *(getattr(MeetingException, name).label(f"_exception.{name}") for name in OF_EXCEPTION),
        )
        .join(Meeting, Meeting.id == Attendance.meeting_id)
        .outerjoin(MeetingException, of_occurrence)
        .where(
            Attendance.network_id == bindparam("network_id", type_=ID),
            Attendance.person_id == bindparam("person_id", type_=ID),
            # Whoever is recorded as having come, or not, is part of what has been.
            Attendance.came.is_(None),
            Meeting.ends_at > bindparam("now", type_=INSTANT),
        )
        .order_by(Attendance.id)
    )


async def _withdraw(work: Work, rows: list[Row]) -> None:
    gone, freed = [], []
    for row in rows:
        occurrence = _occurrence(row)
        if occurrence is not None and occurrence.ends_at <= work.now:
            continue
        gone.append(row)
        if occurrence is not None and row["place"] == HELD:
            freed.append((row["_meeting"], occurrence))
    await remove_many(
        work,
        "attendance.withdrawn",
        gone,
        lambda row: told_of_attendance(
            row, hidden=bool(row["_meeting"]["attendance_hidden"]), gone=True
        ),
    )
    for meeting, occurrence in freed:
        await fill_places(work, meeting, occurrence)


def _occurrence(row: Row) -> Occurrence | None:
    exception = row["_exception"] if row["_exception"]["overrides"] is not None else None
    return as_it_stands(row["_meeting"], row["occurrence"], exception)


def _open_actions() -> Any:
    return (
        select(*facts(Action))
        .where(
            Action.network_id == bindparam("network_id", type_=ID),
            Action.owner_id == bindparam("person_id", type_=ID),
            Action.done_at.is_(None),
        )
        .order_by(Action.id)
    )
