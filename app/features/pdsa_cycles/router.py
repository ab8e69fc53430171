"""The doors of PDSA cycles."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.core.errors import NotFound
from app.core.fetching_parts import fetch_cycle
from app.core.paging import cut, open_page
from app.core.text import Id
from app.core.viewer import Scope
from app.core.work import Work
from app.features.pdsa_cycles import commands, queries
from app.features.pdsa_cycles.schemas import (
    PdsaCycle,
    PdsaCycleCreate,
    PdsaCyclePage,
    PdsaCyclePatch,
    PdsaCycleQuery,
)
from app.web import answers, idempotency
from app.web.call import Answer, Call, CallDep
from app.web.changes_cursor import seal_position
from app.web.door import Door, needs
from app.web.on_record import note_operator_read

router = APIRouter(prefix="/v1", tags=["pdsa-cycles"], route_class=Door)


async def written(call: Call, work: Work, cycle_id: str, *, status: int = 200) -> Answer:
    """The cycle as it is now inside this transaction. Of one's own no look is on record: it would name its author."""
    await work.flush()
    document = await queries.one_cycle(work, call.viewer, cycle_id)
    if document is None:
        raise NotFound
    location = f"/v1/pdsa-cycles/{cycle_id}"
    return answers.one(call, document, status=status, location=location)


@router.get("/pdsa-cycles", response_model=PdsaCyclePage)
@needs(Scope.RESULTS_READ, sign_in=False, cache="private, no-cache")
async def list_pdsa_cycles(call: CallDep, params: Annotated[PdsaCycleQuery, Query()]) -> Answer:
    """The PDSA cycles of a result (`result_id`), by number; whoever sees the result sees them."""
    sealer = call.rooms.sealer
    given = params.model_dump(mode="json", exclude={"cursor", "limit"}, exclude_unset=True)
    page = open_page(sealer, "cycles", given, cursor=params.cursor, limit=params.limit)
    rows, position = await queries.list_cycles(call.rooms.house.db, call.viewer, params, page)
    cursor = cut(sealer, page, rows)
    if call.viewer.operator:
        await note_operator_read(call, [row["network_id"] for row in rows], "listPdsaCycles")
    return answers.page(call, rows, cursor, changes_cursor=await seal_position(call, position))


@router.post("/pdsa-cycles", response_model=PdsaCycle, status_code=201)
@needs(Scope.RESULTS_WRITE)
async def create_pdsa_cycle(call: CallDep, body: PdsaCycleCreate) -> Answer:
    """Write a cycle down, as an author of the result. It gets the next number, or the one you say."""

    async def command(work: Work) -> Answer:
        cycle_id = await commands.create_cycle(work, body)
        return await written(call, work, cycle_id, status=201)

    return await idempotency.run(call, command)


@router.get("/pdsa-cycles/{cycle_id}", response_model=PdsaCycle)
@needs(Scope.RESULTS_READ, sign_in=False, cache="private, no-cache")
async def get_pdsa_cycle(call: CallDep, cycle_id: Id) -> Answer:
    """Read one cycle of a result that you see."""
    document = await queries.one_cycle(call.rooms.house.db, call.viewer, cycle_id)
    if document is None:
        raise NotFound
    if call.viewer.operator:
        await note_operator_read(call, [document["network_id"]], "getPdsaCycle")
    return answers.one(call, document)


@router.patch("/pdsa-cycles/{cycle_id}", response_model=PdsaCycle)
@needs(Scope.RESULTS_WRITE)
async def update_pdsa_cycle(call: CallDep, cycle_id: Id, body: PdsaCyclePatch) -> Answer:
    """Change a cycle, as an author of its result."""

    async def command(work: Work) -> Answer:
        row, result, _ = await fetch_cycle(work, cycle_id)
        answers.if_match(call, row["version"])
        await commands.update_cycle(work, row, result, body)
        return await written(call, work, cycle_id)

    return await idempotency.run(call, command)


@router.delete("/pdsa-cycles/{cycle_id}", status_code=204)
@needs(Scope.RESULTS_WRITE)
async def delete_pdsa_cycle(call: CallDep, cycle_id: Id) -> Answer:
    """Delete a cycle, as an author of its result. What was given up is a cycle whose decision is `abandon`."""

    async def command(work: Work) -> Answer:
        row, result, network = await fetch_cycle(work, cycle_id)
        answers.if_match(call, row["version"])
        await commands.delete_cycle(work, row, result, network)
        return answers.gone()

    return await idempotency.run(call, command)
