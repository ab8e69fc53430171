"""The doors of attendance."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.core.errors import NotFound, PreconditionFailed
from app.core.paging import cut, open_page
from app.core.text import Id
from app.core.viewer import Scope
from app.core.work import Work
from app.features.meetings import attendance_commands as commands
from app.features.meetings import attendance_queries as queries
from app.features.meetings.attendance_schemas import (
    Attendance,
    AttendancePage,
    AttendancePut,
    AttendanceQuery,
    AttendanceRecord,
    AttendanceRecorded,
)
from app.web import answers, idempotency
from app.web.call import Answer, CallDep
from app.web.changes_cursor import seal_position
from app.web.door import Door, needs
from app.web.on_record import note_in_work, note_operator_read

router = APIRouter(prefix="/v1", tags=["meetings"], route_class=Door)


@router.put("/meetings/{meeting_id}/attendance/me", response_model=Attendance)
@needs(Scope.MEETINGS_WRITE)
async def answer_invitation(call: CallDep, meeting_id: Id, body: AttendancePut) -> Answer:
    """Answer an invitation: accepted, declined or tentative; each again as often as you like, until it is over.

    Accepting gives a place, or where all are taken a position in the line; the first in line gets the next place that
    is given back. The same answer again changes nothing.
    """

    def seen(version: int | None) -> None:
        if version is not None:
            answers.if_match(call, version)
        elif b"if-match" in call.headers:
            raise PreconditionFailed

    async def command(work: Work) -> Answer:
        return answers.one(call, await commands.answer_invitation(work, meeting_id, body, seen))

    return await idempotency.run(call, command)


@router.get("/meetings/{meeting_id}/attendance", response_model=AttendancePage)
@needs(Scope.MEETINGS_READ)
async def list_attendance(
    call: CallDep, meeting_id: Id, params: Annotated[AttendanceQuery, Query()]
) -> Answer:
    """Who answered what and who came, for members of the network; and how many, with your own answer.

    Where all or a part of it is under the Chatham House Rule, facilitators see everybody, others see themselves.
    """
    db, sealer, viewer = call.rooms.house.db, call.rooms.sealer, call.viewer
    given = params.model_dump(mode="json", exclude={"cursor", "limit"}, exclude_unset=True)
    name = f"attendance {meeting_id}"
    page = open_page(sealer, name, given, cursor=params.cursor, limit=params.limit)
    meeting, occurrence = await queries.meeting_to_attend(db, viewer, meeting_id, params.occurrence)
    rows, position = await queries.list_attendance(db, viewer, meeting_id, occurrence.name, page)
    cursor = cut(sealer, page, rows)
    counts = await queries.summary(db, viewer, meeting, occurrence)
    if viewer.operator:
        await note_operator_read(call, [meeting["network_id"]], "listAttendance")
    changes_cursor = await seal_position(call, position)
    return answers.page(call, rows, cursor, summary=counts, changes_cursor=changes_cursor)


@router.post("/meetings/{meeting_id}/attendance/record", response_model=AttendanceRecorded)
@needs(Scope.MEETINGS_WRITE)
async def record_attendance(call: CallDep, meeting_id: Id, body: AttendanceRecord) -> Answer:
    """Record who came, as a facilitator: one person or up to 200, also members who had not answered."""

    async def command(work: Work) -> Answer:
        network_id, ids = await commands.record_attendance(work, meeting_id, body)
        await work.flush()
        items = await queries.some_attendance(work, call.viewer, ids)
        await note_in_work(work, network_id, "recordAttendance")
        return answers.one(call, {"items": items})

    return await idempotency.run(call, command)


@router.get("/attendance/{attendance_id}", response_model=Attendance)
@needs(Scope.MEETINGS_READ)
async def get_attendance(call: CallDep, attendance_id: Id) -> Answer:
    """Read one person's answer to one occurrence."""
    document = await queries.one_attendance(call.rooms.house.db, call.viewer, attendance_id)
    if document is None:
        raise NotFound
    if call.viewer.operator:
        await note_operator_read(call, [document["network_id"]], "getAttendance")
    return answers.one(call, document)
