"""The doors of minutes."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.core.errors import NotFound
from app.core.fetching_follow_up import fetch_minutes
from app.core.paging import cut, open_page
from app.core.text import Id
from app.core.viewer import Scope
from app.core.work import Work
from app.features.minutes import commands, queries
from app.features.minutes.schemas import (
    Minutes,
    MinutesCreate,
    MinutesEditionPage,
    MinutesEditionQuery,
    MinutesPage,
    MinutesPatch,
    MinutesPublish,
    MinutesQuery,
)
from app.web import answers, idempotency
from app.web.call import Answer, Call, CallDep
from app.web.changes_cursor import seal_position
from app.web.door import Door, needs
from app.web.on_record import note_in_work, note_operator_read

router = APIRouter(prefix="/v1", tags=["minutes"], route_class=Door)
SAVED_MEANWHILE = (
    "Somebody else saved these minutes since you read them: read them again, put your changes into the text that is "
    "there now, and send it with its ETag."
)


async def written(
    call: Call, work: Work, minutes_id: str, operation: str, *, status: int = 200
) -> Answer:
    """The minutes as they are now inside this transaction; an operator's look at them is on record."""
    await work.flush()
    document = await queries.one_minutes(work, call.viewer, minutes_id)
    if document is None:
        raise NotFound
    await note_in_work(work, document["network_id"], operation)
    location = f"/v1/minutes/{minutes_id}"
    return answers.one(call, document, status=status, location=location)


@router.get("/minutes", response_model=MinutesPage)
@needs(Scope.MEETINGS_READ, sign_in=False, cache="private, no-cache")
async def list_minutes(call: CallDep, params: Annotated[MinutesQuery, Query()]) -> Answer:
    """Published minutes of the meetings that you see, the newest first, without text; facilitators: drafts too."""
    sealer = call.rooms.sealer
    given = params.model_dump(mode="json", exclude={"cursor", "limit"}, exclude_unset=True)
    page = open_page(sealer, "minutes", given, cursor=params.cursor, limit=params.limit)
    rows, position = await queries.list_minutes(call.rooms.house.db, call.viewer, params, page)
    cursor = cut(sealer, page, rows)
    if call.viewer.operator:
        await note_operator_read(call, [row["network_id"] for row in rows], "listMinutes")
    return answers.page(call, rows, cursor, changes_cursor=await seal_position(call, position))


@router.post("/minutes", response_model=Minutes, status_code=201)
@needs(Scope.MEETINGS_WRITE)
async def write_minutes(call: CallDep, body: MinutesCreate) -> Answer:
    """Begin the minutes of a meeting or of one occurrence of a series, as a facilitator.

    They are a draft until they are published. An occurrence has one set of minutes: 409 `minutes_exist` names those
    that are there. Under the Chatham House Rule they name no member of the network: 422 `names_a_member` says where,
    not whom.
    """

    async def command(work: Work) -> Answer:
        minutes_id = await commands.write_minutes(work, body)
        return await written(call, work, minutes_id, "writeMinutes", status=201)

    return await idempotency.run(call, command)


@router.get("/minutes/{minutes_id}", response_model=Minutes)
@needs(Scope.MEETINGS_READ, sign_in=False, cache="private, no-cache")
async def get_minutes(call: CallDep, minutes_id: Id) -> Answer:
    """Read minutes: as they were published last, or for facilitators as they are being written."""
    document = await queries.one_minutes(call.rooms.house.db, call.viewer, minutes_id)
    if document is None:
        raise NotFound
    if call.viewer.operator:
        await note_operator_read(call, [document["network_id"]], "getMinutes")
    return answers.one(call, document)


@router.patch("/minutes/{minutes_id}", response_model=Minutes)
@needs(Scope.MEETINGS_WRITE)
async def update_minutes(call: CallDep, minutes_id: Id, body: MinutesPatch) -> Answer:
    """Change the text that is being written, as a facilitator; readers see it when it is published.

    `If-Match` is needed here, with the ETag of what you read: without it 428, and 412 when somebody else saved
    meanwhile, so that of two people who write at once neither loses a word.
    """

    async def command(work: Work) -> Answer:
        row, network = await fetch_minutes(work, minutes_id, "minutes.write")
        answers.must_match(call, row["version"], SAVED_MEANWHILE)
        await commands.edit_minutes(work, row, network, body)
        return await written(call, work, minutes_id, "updateMinutes")

    return await idempotency.run(call, command)


@router.post("/minutes/{minutes_id}/publish", response_model=Minutes)
@needs(Scope.MEETINGS_WRITE)
async def publish_minutes(call: CallDep, minutes_id: Id, body: MinutesPublish) -> Answer:
    """Publish the text as it is now, as a facilitator; a correction needs a `note` that says what was corrected.

    Send `If-Match` to publish what you read and nothing newer. 409 `minutes_unchanged` when readers see it already.
    """

    async def command(work: Work) -> Answer:
        row, network = await fetch_minutes(work, minutes_id, "minutes.write")
        answers.if_match(call, row["version"])
        await commands.publish_minutes(work, row, network, body)
        return await written(call, work, minutes_id, "publishMinutes")

    return await idempotency.run(call, command)


@router.get("/minutes/{minutes_id}/editions", response_model=MinutesEditionPage)
@needs(Scope.MEETINGS_READ, sign_in=False, cache="private, no-cache")
async def list_minutes_editions(
    call: CallDep, minutes_id: Id, params: Annotated[MinutesEditionQuery, Query()]
) -> Answer:
    """What was published, the latest first, and what each edition corrected."""
    db, sealer = call.rooms.house.db, call.rooms.sealer
    page = open_page(sealer, f"editions {minutes_id}", {}, cursor=params.cursor, limit=params.limit)
    document = await queries.one_minutes(db, call.viewer, minutes_id)
    if document is None:
        raise NotFound
    rows = await queries.list_editions(db, call.viewer, page, minutes_id)
    cursor = cut(sealer, page, rows, tie="number")
    if call.viewer.operator:
        await note_operator_read(call, [document["network_id"]], "listMinutesEditions")
    return answers.page(call, rows, cursor)
