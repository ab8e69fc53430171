"""The doors of measures."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.core.errors import NotFound
from app.core.fetching_parts import fetch_measure
from app.core.paging import cut, open_page
from app.core.text import Id
from app.core.viewer import Scope
from app.core.work import Work
from app.features.measures import commands, queries
from app.features.measures.schemas import (
    Measure,
    MeasureCreate,
    MeasurePage,
    MeasurePatch,
    MeasureQuery,
)
from app.web import answers, idempotency
from app.web.call import Answer, Call, CallDep
from app.web.changes_cursor import seal_position
from app.web.door import Door, needs
from app.web.on_record import note_operator_read

router = APIRouter(prefix="/v1", tags=["measures"], route_class=Door)


async def written(call: Call, work: Work, measure_id: str, *, status: int = 200) -> Answer:
    """The measure as it is now inside this transaction. Of one's own no look is on record: it would name its author."""
    await work.flush()
    document = await queries.one_measure(work, call.viewer, measure_id)
    if document is None:
        raise NotFound
    location = f"/v1/measures/{measure_id}"
    return answers.one(call, document, status=status, location=location)


@router.get("/measures", response_model=MeasurePage)
@needs(Scope.RESULTS_READ, sign_in=False, cache="private, no-cache")
async def list_measures(call: CallDep, params: Annotated[MeasureQuery, Query()]) -> Answer:
    """Measures of the results that you see: of one with `result_id`, in the order that its authors gave them."""
    sealer = call.rooms.sealer
    given = params.model_dump(mode="json", exclude={"cursor", "limit"}, exclude_unset=True)
    page = open_page(sealer, "measures", given, cursor=params.cursor, limit=params.limit)
    rows, position = await queries.list_measures(call.rooms.house.db, call.viewer, params, page)
    cursor = cut(sealer, page, rows)
    if call.viewer.operator:
        await note_operator_read(call, [row["network_id"] for row in rows], "listMeasures")
    return answers.page(call, rows, cursor, changes_cursor=await seal_position(call, position))


@router.post("/measures", response_model=Measure, status_code=201)
@needs(Scope.RESULTS_WRITE)
async def create_measure(call: CallDep, body: MeasureCreate) -> Answer:
    """Say what a result is measured by, as one of its authors; its figures come next.

    A result has twenty measures at most. An XmR chart by the rules of Making Data Count suits most series.
    """

    async def command(work: Work) -> Answer:
        measure_id = await commands.create_measure(work, body)
        return await written(call, work, measure_id, status=201)

    return await idempotency.run(call, command)


@router.get("/measures/{measure_id}", response_model=Measure)
@needs(Scope.RESULTS_READ, sign_in=False, cache="private, no-cache")
async def get_measure(call: CallDep, measure_id: Id) -> Answer:
    """Read one measure. `actions` lists what you may do now."""
    document = await queries.one_measure(call.rooms.house.db, call.viewer, measure_id)
    if document is None:
        raise NotFound
    if call.viewer.operator:
        await note_operator_read(call, [document["network_id"]], "getMeasure")
    return answers.one(call, document)


@router.patch("/measures/{measure_id}", response_model=Measure)
@needs(Scope.RESULTS_WRITE)
async def update_measure(call: CallDep, measure_id: Id, body: MeasurePatch) -> Answer:
    """Change a measure, as an author of its result: what it is called, how it is defined, drawn and judged.

    A chart that is changed without a ruleset is read by its own rules.
    """

    async def command(work: Work) -> Answer:
        row, result, _ = await fetch_measure(work, measure_id)
        answers.if_match(call, row["version"])
        commands.update_measure(work, row, result, body)
        return await written(call, work, measure_id)

    return await idempotency.run(call, command)


@router.delete("/measures/{measure_id}", status_code=204)
@needs(Scope.RESULTS_WRITE)
async def delete_measure(call: CallDep, measure_id: Id) -> Answer:
    """Delete a measure with all its figures, as an author of its result.

    A published result keeps its last one, but for a story and an idea.
    """

    async def command(work: Work) -> Answer:
        row, result, network = await fetch_measure(work, measure_id)
        answers.if_match(call, row["version"])
        await commands.delete_measure(work, row, result, network)
        return answers.gone()

    return await idempotency.run(call, command)
