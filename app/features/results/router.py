"""The doors of results."""

from fastapi import APIRouter

from app.core.errors import NotFound
from app.core.text import Id
from app.core.viewer import Scope
from app.core.work import Work
from app.features.results import commands, queries
from app.features.results.schemas import Result, ResultCreate
from app.web import answers, idempotency
from app.web.call import Answer, Call, CallDep
from app.web.door import Door, needs
from app.web.on_record import note_in_work, note_operator_read

router = APIRouter(prefix="/v1", tags=["results"], route_class=Door)


async def written(
    call: Call, work: Work, result_id: str, operation: str, *, status: int = 200
) -> Answer:
    """The result as it is now inside this transaction; an operator's look at it is on record."""
    await work.flush()
    document = await queries.one_result(work, call.viewer, result_id)
    if document is None:
        raise NotFound
    await note_in_work(work, document["network_id"], operation)
    location = f"/v1/results/{result_id}" if status == 201 else None  # noqa: PLR2004 - created
    return answers.one(call, document, status=status, location=location)


@router.post("/results", response_model=Result, status_code=201)
@needs(Scope.RESULTS_WRITE)
async def create_result(call: CallDep, body: ResultCreate) -> Answer:
    """Begin to write a result up, as an active member of its network who is no observer.

    It is a draft that its authors alone see. Publish it when it says enough; until then a title will do.
    """

    async def command(work: Work) -> Answer:
        result_id = await commands.create_result(work, body)
        return await written(call, work, result_id, "createResult", status=201)

    return await idempotency.run(call, command)


@router.get("/results/{result_id}", response_model=Result)
@needs(Scope.RESULTS_READ, sign_in=False, cache="private, no-cache")
async def get_result(call: CallDep, result_id: Id) -> Answer:
    """Read one result. `actions` lists what you may do now.

    Who wrote it, and where, is told as its attribution says; its authors see it all.
    """
    document = await queries.one_result(call.rooms.house.db, call.viewer, result_id)
    if document is None:
        raise NotFound
    if call.viewer.operator:
        await note_operator_read(call, [document["network_id"]], "getResult")
    return answers.one(call, document)
