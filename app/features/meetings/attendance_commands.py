"""Answering an invitation, and recording who came."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import and_, bindparam, select

from app.core import access
from app.core.changes import change, change_many, create, create_many
from app.core.errors import MeetingCancelled, MeetingNotAnnounced, MeetingOver, refuse
from app.core.fetching import facts, roles_in
from app.core.fetching_meetings import as_asked, fetch_meeting
from app.core.occurrence_now import Occurrence
from app.core.references import active_members, unknown
from app.core.seating import HELD, fill_places, of_occurrence, take_place, told_of_attendance
from app.core.work import Work
from app.db.database import fetch_one
from app.db.types import one_of
from app.features.meetings.attendance_queries import position, rendered
from app.features.meetings.attendance_schemas import AttendancePut, AttendanceRecord
from app.features.meetings.schemas import AttendanceAnswer
from app.features.meetings.telling import as_written
from app.models import Attendance

Row = dict[str, Any]
NO_PLACE: Row = {"place": None, "queue": None}


def _takes_place(meeting: Row, occurrence: Occurrence) -> None:
    """Errors: `MeetingNotAnnounced`; `MeetingCancelled`, the meeting or this occurrence."""
    if meeting["announced_at"] is None:
        raise MeetingNotAnnounced
    if occurrence.cancelled:
        raise MeetingCancelled


def _own() -> Any:
    mine = and_(of_occurrence(), Attendance.person_id == access.viewer_id())
    return select(*facts(Attendance), position().label("_position")).where(mine)


async def answer_invitation(
    work: Work, meeting_id: str, body: AttendancePut, seen: Callable[[int | None], None]
) -> Row:
    """Answer for oneself; `seen` is called with the version of the answer so far. Returns it as the contract has it.

    The same answer again changes nothing. Errors: `NotFound`, `Forbidden` for who is no member, `NetworkArchived`;
    `Invalid` for the occurrence; `MeetingNotAnnounced`, `MeetingCancelled`, `MeetingOver`; whatever `seen` raises.
    """
    meeting, network = await fetch_meeting(work, meeting_id, "attendance.answer")
    occurrence = await as_asked(work, meeting, body.occurrence)
    _takes_place(meeting, occurrence)
    if occurrence.ends_at <= work.now:
        raise MeetingOver
    values = {**access.values(work.viewer), "meeting_id": meeting_id, "occurrence": occurrence.name}
    own = await fetch_one(work, "own attendance", _own, values)
    seen(None if own is None else own["version"])
    if own is None or own["answer"] != body.answer:
        row, in_line = await _answered(work, meeting, occurrence, own, body.answer)
    else:
        row, in_line = own, own["_position"]
    me = network["_viewer"]
    card = {"id": row["person_id"], **{name: me[name] for name in ("display_name", "profession")}}
    card["organisation"] = me["organisation"] if me["organisation"]["code"] else None
    return rendered({name: as_written(value) for name, value in row.items()}, card, in_line)


async def _answered(
    work: Work, meeting: Row, occurrence: Occurrence, own: Row | None, answer: AttendanceAnswer
) -> tuple[Row, int | None]:
    """Write an answer that differs and what follows from it. Returns the row, and the position of who waits."""
    place, in_line = NO_PLACE, None
    if answer is AttendanceAnswer.ACCEPTED:
        place, in_line = await take_place(work, meeting, occurrence)
    hidden = bool(meeting["attendance_hidden"])
    values = {"answer": answer.value, **place, "answered_at": work.now}
    if own is None:
        new = _new(work, meeting, occurrence, str(work.viewer.person_id)) | values
        told = told_of_attendance(new, hidden=hidden)
        return create(work, "attendance.answered", new, told), in_line
    told = told_of_attendance(own, hidden=hidden)
    written = change(work, "attendance.answered", own, values, told)
    if own["place"] == HELD:
        await fill_places(work, meeting, occurrence, freed=1)
    return {**own, **written}, in_line


def _new(work: Work, meeting: Row, occurrence: Occurrence, person_id: str) -> Row:
    """A row of attendance that says nothing yet."""
    return {
        "id": work.new_id(),
        "meeting_id": meeting["id"],
        "network_id": meeting["network_id"],
        "occurrence": occurrence.name,
        "person_id": person_id,
        "answer": None,
        **NO_PLACE,
        "answered_at": None,
        "came": None,
        "recorded_by": None,
        "recorded_at": None,
    }


def _recorded() -> Any:
    found = one_of(Attendance.person_id, bindparam("person_ids"))
    return select(*facts(Attendance)).where(of_occurrence(), found)


async def record_attendance(
    work: Work, meeting_id: str, body: AttendanceRecord
) -> tuple[str, list[str]]:
    """Record who came, also of those who had not answered. Returns the network's id and those of the rows.

    Errors: `NotFound`, `Forbidden`, `NetworkArchived`; `Invalid` for the occurrence, or naming a person who is given
    twice; `UnknownReference` naming who is no active member; `MeetingNotAnnounced`, `MeetingCancelled`.
    """
    meeting, network = await fetch_meeting(work, meeting_id, "attendance.record")
    occurrence = await as_asked(work, meeting, body.occurrence)
    _takes_place(meeting, occurrence)
    came = _by_person(body)
    values = {
        "meeting_id": meeting_id,
        "occurrence": occurrence.name,
        "person_ids": list(came),
    }
    rows = await work.fetch("attendance of people", _recorded, values)
    known = {row["person_id"]: row for row in rows}
    members = await active_members(work, network["id"], list(came))
    # Who has left since may still be put right; but where it is hidden who came, this must not tell it either.
    knows = not meeting["attendance_hidden"] or "facilitator" in roles_in(work, network)
    for index, person_id in enumerate(came):
        if person_id not in members and not (knows and person_id in known):
            detail = "This person is no active member of the network."
            raise unknown(f"/people/{index}/person_id", detail)
    noted = {"recorded_by": work.viewer.person_id, "recorded_at": work.now}
    new = [
        _new(work, meeting, occurrence, person_id) | {"came": came[person_id], **noted}
        for person_id in came
        if person_id not in known
    ]
    edits = [
        (row, {"came": came[row["person_id"]], **noted})
        for row in rows
        if row["came"] != came[row["person_id"]]
    ]
    hidden = bool(meeting["attendance_hidden"])

    def told(row: Any) -> Any:
        return told_of_attendance(row, hidden=hidden)

    await create_many(work, "attendance.recorded", new, told)
    await change_many(work, "attendance.recorded", edits, told)
    return network["id"], [row["id"] for row in (*new, *rows)]


def _by_person(body: AttendanceRecord) -> dict[str, bool]:
    """Whether each came. Errors: `Invalid` naming somebody given twice."""
    came: dict[str, bool] = {}
    for index, person in enumerate(body.people):
        if person.person_id in came:
            detail = "This person is given twice."
            raise refuse(f"/people/{index}/person_id", "duplicate", detail)
        came[person.person_id] = person.came
    return came
