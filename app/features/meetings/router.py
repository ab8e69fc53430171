"""The doors of meetings."""

from fastapi import APIRouter

from app.core.errors import NotFound
from app.core.text import Id
from app.core.viewer import Scope
from app.core.work import Work
from app.features.meetings import commands, queries
from app.features.meetings.schemas import Meeting, MeetingCreate
from app.web import answers, idempotency
from app.web.call import Answer, Call, CallDep
from app.web.door import Door, needs
from app.web.on_record import note_in_work, note_operator_read

router = APIRouter(prefix="/v1", tags=["meetings"], route_class=Door)


async def written(
    call: Call, work: Work, meeting_id: str, operation: str, *, status: int = 200
) -> Answer:
    """The meeting as it is now inside this transaction; an operator's look at it is on record."""
    await work.flush()
    document = await queries.one_meeting(work, call.viewer, meeting_id)
    if document is None:
        raise NotFound
    await note_in_work(work, document["network_id"], operation)
    location = f"/v1/meetings/{meeting_id}" if status == 201 else None  # noqa: PLR2004 - created
    return answers.one(call, document, status=status, location=location)


@router.get("/meetings/{meeting_id}", response_model=Meeting)
@needs(Scope.MEETINGS_READ, sign_in=False, cache="private, no-cache")
async def get_meeting(call: CallDep, meeting_id: Id) -> Answer:
    """Read one meeting, or a series as it was planned. `actions` lists what you may do now."""
    document = await queries.one_meeting(call.rooms.house.db, call.viewer, meeting_id)
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
