"""The doors of reports."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.core.errors import NotFound
from app.core.paging import cut, open_page
from app.core.text import Id
from app.core.viewer import Scope
from app.core.work import Work
from app.features.moderation import commands, deciding, queries
from app.features.moderation.schemas import (
    Report,
    ReportAppeal,
    ReportCreate,
    ReportDecide,
    ReportPage,
    ReportQuery,
)
from app.web import answers, idempotency
from app.web.call import Answer, Call, CallDep
from app.web.changes_cursor import seal_position
from app.web.door import Door, needs
from app.web.on_record import note_in_work, note_operator_read

router = APIRouter(prefix="/v1", tags=["reports"], route_class=Door)


async def _written(
    call: Call, work: Work, report_id: str, operation: str | None = None, *, status: int = 200
) -> Answer:
    """The report as it is now inside this transaction; an operator's look at it is on record by its `operation`.

    Of one's own report or appeal there is none: it would name whoever reported, or wrote what was reported.
    """
    await work.flush()
    document = await queries.one_report(work, call.viewer, report_id)
    if document is None:
        raise NotFound
    if operation is not None and document["network_id"] is not None:
        await note_in_work(work, document["network_id"], operation)
    location = f"/v1/reports/{report_id}"
    return answers.one(call, document, status=status, location=location)


@router.get("/reports", response_model=ReportPage)
@needs(Scope.MODERATION_READ)
async def list_reports(call: CallDep, params: Annotated[ReportQuery, Query()]) -> Answer:
    """Your own reports, those of the networks that you facilitate, and those against what you wrote; the latest first.

    `status=open&mine=false` is what waits for a facilitator or an operator. Who reported is nowhere.
    """
    sealer, viewer = call.rooms.sealer, call.viewer
    given = params.model_dump(mode="json", exclude={"cursor", "limit"}, exclude_unset=True)
    name = f"reports {viewer.person_id}"
    page = open_page(sealer, name, given, cursor=params.cursor, limit=params.limit)
    rows, position = await queries.list_reports(call.rooms.house.db, viewer, params, page)
    cursor = cut(sealer, page, rows)
    if viewer.operator:
        inside = {row["network_id"] for row in rows} - {None}
        await note_operator_read(call, inside, "listReports")
    return answers.page(call, rows, cursor, changes_cursor=await seal_position(call, position))


@router.post("/reports", response_model=Report, status_code=201)
@needs(Scope.MODERATION_WRITE)
async def report_content(call: CallDep, body: ReportCreate) -> Answer:
    """Report content that you see and that should not be there. Nobody is told that it was you.

    `patient_data` hides it at once, until somebody has looked into it. The same content again is the same report while
    that is not done with. Urgent concerns about safety do not wait for anybody here: use your local route.
    """

    async def command(work: Work) -> Answer:
        report_id = await commands.report_content(work, body)
        return await _written(call, work, report_id, status=201)

    return await idempotency.run(call, command)


@router.get("/reports/{report_id}", response_model=Report)
@needs(Scope.MODERATION_READ)
async def get_report(call: CallDep, report_id: Id) -> Answer:
    """Read one report: what became of yours, what to look into, or what was decided against what you wrote."""
    document = await queries.one_report(call.rooms.house.db, call.viewer, report_id)
    if document is None:
        raise NotFound
    if call.viewer.operator and document["network_id"] is not None:
        await note_operator_read(call, [document["network_id"]], "getReport")
    return answers.one(call, document)


@router.post("/reports/{report_id}/hide", response_model=Report)
@needs(Scope.MODERATION_WRITE)
async def hide_content(call: CallDep, report_id: Id) -> Answer:
    """Take what was reported out of others' sight, as a facilitator or an operator who did not write it."""

    async def command(work: Work) -> Answer:
        await deciding.hide_content(work, report_id)
        return await _written(call, work, report_id, "hideContent")

    return await idempotency.run(call, command)


@router.post("/reports/{report_id}/unhide", response_model=Report)
@needs(Scope.MODERATION_WRITE)
async def unhide_content(call: CallDep, report_id: Id) -> Answer:
    """Show it again, as far as no other report hides it: also after a decision, when its author has mended it."""

    async def command(work: Work) -> Answer:
        await deciding.show_content(work, report_id)
        return await _written(call, work, report_id, "unhideContent")

    return await idempotency.run(call, command)


@router.post("/reports/{report_id}/decide", response_model=Report)
@needs(Scope.MODERATION_WRITE)
async def decide_report(call: CallDep, report_id: Id, body: ReportDecide) -> Answer:
    """Uphold or dismiss a report, once: 409 `report_decided` if somebody did. After an appeal, operators do."""

    async def command(work: Work) -> Answer:
        await deciding.decide_report(work, report_id, body)
        return await _written(call, work, report_id, "decideReport")

    return await idempotency.run(call, command)


@router.post("/reports/{report_id}/appeal", response_model=Report)
@needs(Scope.MODERATION_WRITE)
async def appeal_decision(call: CallDep, report_id: Id, body: ReportAppeal) -> Answer:
    """Ask for a second decision about what you wrote, once. It is an operator's, who is not told your name."""

    async def command(work: Work) -> Answer:
        await deciding.appeal_decision(work, report_id, body)
        return await _written(call, work, report_id)

    return await idempotency.run(call, command)
