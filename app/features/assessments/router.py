"""The doors of assessments."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.core.errors import NotFound
from app.core.fetching_listening import fetch_assessment, sees_inside
from app.core.paging import cut, open_page
from app.core.text import Id
from app.core.viewer import Scope
from app.core.work import Work
from app.features.assessments import commands, queries
from app.features.assessments.schemas import (
    Assessment,
    AssessmentCreate,
    AssessmentPage,
    AssessmentPatch,
    AssessmentQuery,
)
from app.web import answers, idempotency
from app.web.call import Answer, Call, CallDep
from app.web.changes_cursor import seal_position
from app.web.door import Door, needs
from app.web.on_record import note_in_work, note_operator_read

router = APIRouter(prefix="/v1", tags=["assessments"], route_class=Door)


async def _written(
    call: Call, work: Work, assessment_id: str, operation: str, *, status: int = 200
) -> Answer:
    """The assessment as it is now inside this transaction; an operator's look at it is on record."""
    await work.flush()
    document = await queries.one_assessment(work, call.viewer, assessment_id)
    if document is None:
        raise NotFound
    await note_in_work(work, document["network_id"], operation)
    location = f"/v1/assessments/{assessment_id}"
    return answers.one(call, document, status=status, location=location)


@router.get("/networks/{network_id}/assessments", response_model=AssessmentPage)
@needs(Scope.NETWORKS_READ)
async def list_assessments(
    call: CallDep, network_id: Id, params: Annotated[AssessmentQuery, Query()]
) -> Answer:
    """What groups of members found about a network that you are a member of, the latest first."""
    db, sealer = call.rooms.house.db, call.rooms.sealer
    if not await sees_inside(db, call.viewer, network_id):
        raise NotFound
    of_list = f"assessments {network_id}"
    page = open_page(sealer, of_list, {}, cursor=params.cursor, limit=params.limit)
    rows, position = await queries.list_assessments(db, call.viewer, network_id, page)
    cursor = cut(sealer, page, rows)
    if call.viewer.operator:
        await note_operator_read(call, [network_id], "listAssessments")
    return answers.page(call, rows, cursor, changes_cursor=await seal_position(call, position))


@router.post("/networks/{network_id}/assessments", response_model=Assessment, status_code=201)
@needs(Scope.NETWORKS_WRITE)
async def create_assessment(call: CallDep, network_id: Id, body: AssessmentCreate) -> Answer:
    """Keep what a group found when it talked about the five Cs, as a facilitator.

    The lowest level counts, and the range shows how far apart the group is: what it is worth lies in the talk.
    """

    async def command(work: Work) -> Answer:
        assessment_id = await commands.create_assessment(work, network_id, body)
        return await _written(call, work, assessment_id, "createAssessment", status=201)

    return await idempotency.run(call, command)


@router.get("/assessments/{assessment_id}", response_model=Assessment)
@needs(Scope.NETWORKS_READ)
async def get_assessment(call: CallDep, assessment_id: Id) -> Answer:
    """Read one assessment of your networks."""
    document = await queries.one_assessment(call.rooms.house.db, call.viewer, assessment_id)
    if document is None:
        raise NotFound
    if call.viewer.operator:
        await note_operator_read(call, [document["network_id"]], "getAssessment")
    return answers.one(call, document)


@router.patch("/assessments/{assessment_id}", response_model=Assessment)
@needs(Scope.NETWORKS_WRITE)
async def update_assessment(call: CallDep, assessment_id: Id, body: AssessmentPatch) -> Answer:
    """Correct what was kept, as a facilitator."""

    async def command(work: Work) -> Answer:
        row, _ = await fetch_assessment(work, assessment_id, "assessment.update")
        answers.if_match(call, row["version"])
        await commands.update_assessment(work, row, body)
        return await _written(call, work, assessment_id, "updateAssessment")

    return await idempotency.run(call, command)


@router.delete("/assessments/{assessment_id}", status_code=204)
@needs(Scope.NETWORKS_WRITE)
async def delete_assessment(call: CallDep, assessment_id: Id) -> Answer:
    """Delete what was kept, as a facilitator."""

    async def command(work: Work) -> Answer:
        row, _ = await fetch_assessment(work, assessment_id, "assessment.delete")
        answers.if_match(call, row["version"])
        commands.delete_assessment(work, row)
        return answers.gone()

    return await idempotency.run(call, command)
