"""The doors of meetings."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.core.errors import NotFound
from app.core.fetching_meetings import fetch_meeting
from app.core.text import Id
from app.core.viewer import Scope
from app.core.work import Work
from app.features.meetings import cancelling, commands, listing, queries
from app.features.meetings.aiming import aimed
from app.features.meetings.schemas import (
    EditQuery,
    EditRange,
    Meeting,
    MeetingCancel,
    MeetingCreate,
    MeetingPage,
    MeetingPatch,
    MeetingQuery,
    OccurrenceQuery,
)
from app.web import answers, idempotency
from app.web.call import Answer, Call, CallDep
from app.web.door import Door, needs
from app.web.listed import begin, listed
from app.web.on_record import note_in_work, note_operator_read

router = APIRouter(prefix="/v1", tags=["meetings"], route_class=Door)


async def written(
    call: Call, work: Work, meeting_id: str, operation: str, *, occurrence: str | None = None
) -> Answer:
    """The meeting as it is now inside this transaction; an operator's look at it is on record."""
    await work.flush()
    document = await queries.one_meeting(work, call.viewer, meeting_id, occurrence)
    if document is None:
        raise NotFound
    await note_in_work(work, document["network_id"], operation)
    return answers.one(call, document)


@router.get("/meetings", response_model=MeetingPage)
@needs(Scope.MEETINGS_READ, sign_in=False, cache="private, no-cache")
async def list_meetings(call: CallDep, params: Annotated[MeetingQuery, Query()]) -> Answer:
    """Find meetings: by time, network, place, words and more.

    Without `from` and `to` each meeting comes as it was planned, a series once. With either of them each occurrence
    comes that starts before `to` and ends after `from`; the other end is a year away where it is left out. There are
    at most 731 days between them, and 1,000 occurrences. A filter matches only what you may read.
    """
    page = begin(call, "meetings", params, listing.chosen_sort(params))
    found = await listing.list_meetings(call.rooms.house, call.viewer, params, page)
    answer = await listed(call, found, listing.TIE)
    if call.viewer.operator:
        await note_operator_read(call, {row["network_id"] for row in found.rows}, "listMeetings")
    return answer


@router.get("/meetings/{meeting_id}", response_model=Meeting)
@needs(Scope.MEETINGS_READ, sign_in=False, cache="private, no-cache")
async def get_meeting(
    call: CallDep, meeting_id: Id, params: Annotated[OccurrenceQuery, Query()]
) -> Answer:
    """Read one meeting, a series as it was planned, or with `occurrence` one occurrence of it as it is.

    `actions` lists what you may do now.
    """
    db = call.rooms.house.db
    document = await queries.one_meeting(db, call.viewer, meeting_id, params.occurrence)
    if document is None:
        raise NotFound
    if call.viewer.operator:
        await note_operator_read(call, [document["network_id"]], "getMeeting")
    return answers.one(call, document)


@router.post("/meetings", response_model=Meeting, status_code=201)
@needs(Scope.MEETINGS_WRITE)
async def plan_meeting(call: CallDep, body: MeetingCreate) -> Answer:
    """Plan a meeting or a series. It is a draft that facilitators see, unless it is announced or confirmed at once."""

    async def command(work: Work) -> Answer:
        made = await commands.plan_meeting(work, body)
        await note_in_work(work, made["network_id"], "planMeeting")
        return answers.one(call, made, status=201, location=f"/v1/meetings/{made['id']}")

    return await idempotency.run(call, command)


@router.patch("/meetings/{meeting_id}", response_model=Meeting)
@needs(Scope.MEETINGS_WRITE)
async def update_meeting(
    call: CallDep, meeting_id: Id, params: Annotated[EditQuery, Query()], body: MeetingPatch
) -> Answer:
    """Edit a meeting or a series: JSON merge patch, absent fields stay. Send If-Match with its ETag to lose no update.

    `occurrence` names one occurrence of a series by its original local start. `range` says what is edited: `this` one
    alone, it and all that follow (`following`: the series ends before it, and what you are answered with is a new one
    that begins there), or `all`. What was said of single occurrences stays with them.
    """

    async def command(work: Work) -> Answer:
        row, network = await fetch_meeting(work, meeting_id, "meeting.update")
        answers.if_match(call, row["version"])
        aim = aimed(row, params.occurrence, params.range, "?occurrence")
        edited = await commands.edit_meeting(work, row, network, aim, body)
        place = edited.meeting_id, "updateMeeting"
        return await written(call, work, *place, occurrence=edited.occurrence)

    return await idempotency.run(call, command)


@router.delete("/meetings/{meeting_id}", status_code=204)
@needs(Scope.MEETINGS_WRITE)
async def delete_meeting(call: CallDep, meeting_id: Id) -> Answer:
    """Delete a draft. What people were told of is cancelled, never deleted."""

    async def command(work: Work) -> Answer:
        row, _ = await fetch_meeting(work, meeting_id, "meeting.delete")
        answers.if_match(call, row["version"])
        await cancelling.delete_meeting(work, row)
        return answers.gone()

    return await idempotency.run(call, command)


@router.post("/meetings/{meeting_id}/announce", response_model=Meeting)
@needs(Scope.MEETINGS_WRITE)
async def announce_meeting(call: CallDep, meeting_id: Id) -> Answer:
    """Tell the members of a draft that stays tentative: save the date."""

    async def command(work: Work) -> Answer:
        row, _ = await fetch_meeting(work, meeting_id, "meeting.update")
        await cancelling.announce_meeting(work, row)
        return await written(call, work, meeting_id, "announceMeeting")

    return await idempotency.run(call, command)


@router.post("/meetings/{meeting_id}/confirm", response_model=Meeting)
@needs(Scope.MEETINGS_WRITE)
async def confirm_meeting(call: CallDep, meeting_id: Id) -> Answer:
    """Say that a tentative meeting takes place. The members are told of a draft by this, too."""

    async def command(work: Work) -> Answer:
        row, _ = await fetch_meeting(work, meeting_id, "meeting.update")
        await cancelling.confirm_meeting(work, row)
        return await written(call, work, meeting_id, "confirmMeeting")

    return await idempotency.run(call, command)


@router.post("/meetings/{meeting_id}/cancel", response_model=Meeting)
@needs(Scope.MEETINGS_WRITE)
async def cancel_meeting(call: CallDep, meeting_id: Id, body: MeetingCancel) -> Answer:
    """Call off a meeting, or of a series one `occurrence`, or it and all that follow. It stays to be seen as cancelled.

    What nobody was told of is not kept: a draft ends before the occurrence when it and all that follow are cancelled.
    """

    async def command(work: Work) -> Answer:
        row, network = await fetch_meeting(work, meeting_id, "meeting.update")
        aim = aimed(row, body.occurrence, body.range, "/occurrence")
        await cancelling.cancel_meeting(work, row, network, aim, body.reason)
        one = aim.key if aim.range is EditRange.THIS else None
        return await written(call, work, meeting_id, "cancelMeeting", occurrence=one)

    return await idempotency.run(call, command)
