"""Telling people of a meeting, and calling it off: announce, confirm, cancel, and delete while nobody was told."""

from typing import Any

from app.core.changes import remove
from app.core.errors import IllegalTransition, MeetingAnnounced, OccurrenceInUse
from app.core.fetching_meetings import exceptions_of
from app.core.work import Work
from app.features.meetings.aiming import Aim
from app.features.meetings.editing import edit_all, final
from app.features.meetings.exceptions import cancel_occurrences, next_sequence
from app.features.meetings.records import Shift, recorded_keys, shift_records
from app.features.meetings.schemas import EditRange, MeetingStatus
from app.features.meetings.series import keys_of, parted
from app.features.meetings.telling import change_meeting, told_of_meeting

Row = dict[str, Any]


async def announce_meeting(work: Work, row: Row) -> None:
    """Tell the members of a loaded draft, which stays tentative. Errors: `IllegalTransition`."""
    final(row)
    if row["announced_at"] is not None:
        raise IllegalTransition("The members were told of this meeting already.")
    change_meeting(work, "meeting.announced", row, {"announced_at": work.now})
    await shift_records(work, row, Shift(reach={}))


async def confirm_meeting(work: Work, row: Row) -> None:
    """Say that a loaded meeting takes place, which tells the members of a draft. Errors: `IllegalTransition`."""
    final(row)
    if row["status"] == MeetingStatus.CONFIRMED:
        raise IllegalTransition("This meeting is confirmed already.")
    values = {"status": str(MeetingStatus.CONFIRMED), "sequence": next_sequence(row)}
    draft = row["announced_at"] is None
    if draft:
        values["announced_at"] = work.now
    change_meeting(work, "meeting.confirmed", row, values)
    if draft:
        await shift_records(work, row, Shift(reach={}))


async def cancel_meeting(work: Work, row: Row, network: Row, aim: Aim, reason: str | None) -> None:
    """Call off a loaded meeting, one occurrence of it, or one and all that follow; what was called off stays so.

    What people were told of is cancelled, one by one. What nobody was told of goes: the series ends before it.
    Errors: `IllegalTransition`; `OccurrenceInUse`; `TooManyRecords`.
    """
    final(row)
    if aim.range is EditRange.ALL:
        values = {
            "status": str(MeetingStatus.CANCELLED),
            "cancel_reason": reason,
            "sequence": next_sequence(row),
        }
        change_meeting(work, "meeting.cancelled", row, values)
        return
    exceptions = await exceptions_of(work, row["id"])
    if aim.range is EditRange.THIS:
        cancel_occurrences(work, row, exceptions, [aim.key], reason)
    elif row["announced_at"] is None:
        head, _ = parted(row, exceptions, aim.key)
        await edit_all(work, row, network, exceptions, {"recurrence": head["recurrence"]})
    else:
        rest = [key for key in keys_of(row) if key >= aim.key]
        cancel_occurrences(work, row, exceptions, rest, reason)


async def delete_meeting(work: Work, row: Row) -> None:
    """Delete a loaded draft. Errors: `MeetingAnnounced`; `OccurrenceInUse` where anything hangs on it already."""
    if row["announced_at"] is not None:
        raise MeetingAnnounced
    if await recorded_keys(work, {**row, "recurrence": None}):
        raise OccurrenceInUse(
            "Minutes, actions or answers hang on this meeting: cancel it instead."
        )
    remove(work, "meeting.deleted", row, told_of_meeting(row, reach="facilitator"))
