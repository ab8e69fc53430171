"""The doors of results."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from app.core.errors import NotFound
from app.core.fetching_results import fetch_result
from app.core.text import Id
from app.core.viewer import Scope
from app.core.work import Work
from app.features.results import (
    commands,
    editing,
    listing,
    publishing,
    queries,
)
from app.features.results.listing_schemas import ResultPage, ResultQuery
from app.features.results.schemas import (
    Result,
    ResultCreate,
    ResultPatch,
    ResultPublish,
    ResultWithdraw,
)
from app.web import answers, idempotency
from app.web.call import Answer, Call, CallDep
from app.web.door import Door, needs
from app.web.listed import begin, listed
from app.web.on_record import note_operator_read

router = APIRouter(prefix="/v1", tags=["results"], route_class=Door)
LEFT: dict[int | str, dict[str, Any]] = {204: {"description": "It is out of your sight now"}}
NOTHING, NO_REASON = ResultPublish(), ResultWithdraw()


async def written(
    call: Call, work: Work, result_id: str, *, status: int = 200, left: bool = False
) -> Answer:
    """The result as it is now inside this transaction. Of one's own no look is on record: it would name its author.

    With `left`, nothing where it went out of the caller's own sight.
    """
    await work.flush()
    document = await queries.one_result(work, call.viewer, result_id)
    if document is None and left:
        return answers.gone()
    if document is None:
        raise NotFound
    location = f"/v1/results/{result_id}"
    return answers.one(call, document, status=status, location=location)


@router.get("/results", response_model=ResultPage)
@needs(Scope.RESULTS_READ, sign_in=False, cache="private, no-cache")
async def list_results(call: CallDep, params: Annotated[ResultQuery, Query()]) -> Answer:
    """Results that were published to you, and your own: by default the latest first.

    Every filter and order looks at what you are shown: who wrote a result finds it only where that is said. Orders are
    by the day; within one day they are no order of time.
    """
    mine = f" {call.viewer.person_id}" if params.mine is not None else ""
    page = begin(call, f"results{mine}", params, listing.chosen_sort(params))
    found = await listing.list_results(call.rooms.house, call.viewer, params, page)
    answer = await listed(call, found)
    if call.viewer.operator:
        await note_operator_read(call, [row["network_id"] for row in found.rows], "listResults")
    return answer


@router.post("/results", response_model=Result, status_code=201)
@needs(Scope.RESULTS_WRITE)
async def create_result(call: CallDep, body: ResultCreate) -> Answer:
    """Begin to write a result up, as an active member of its network who is no observer.

    It is a draft that its authors alone see. Publish it when it says enough; until then a title will do.
    """

    async def command(work: Work) -> Answer:
        result_id = await commands.create_result(work, body)
        return await written(call, work, result_id, status=201)

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


@router.patch("/results/{result_id}", response_model=Result, responses=LEFT)
@needs(Scope.RESULTS_WRITE)
async def update_result(call: CallDep, result_id: Id, body: ResultPatch) -> Answer:
    """Change a result, as one of its authors. What a published one has to have cannot be taken away.

    `aim`, `context` and `change` are merged field by field, lists are replaced as a whole. Whoever leaves themselves
    out of `author_ids` may not see it any more: then 204.
    """

    async def command(work: Work) -> Answer:
        row, network = await fetch_result(work, result_id, "result.update")
        answers.if_match(call, row["version"])
        await editing.update_result(work, row, network, body)
        return await written(call, work, result_id, left=True)

    return await idempotency.run(call, command)


@router.delete("/results/{result_id}", status_code=204)
@needs(Scope.RESULTS_WRITE)
async def delete_result(call: CallDep, result_id: Id) -> Answer:
    """Delete a result that was never published, with its measures and cycles. One that was is withdrawn instead."""

    async def command(work: Work) -> Answer:
        row, _ = await fetch_result(work, result_id, "result.delete")
        answers.if_match(call, row["version"])
        await publishing.delete_result(work, row)
        return answers.gone()

    return await idempotency.run(call, command)


@router.post("/results/{result_id}/publish", response_model=Result)
@needs(Scope.RESULTS_WRITE)
async def publish_result(call: CallDep, result_id: Id, body: ResultPublish = NOTHING) -> Answer:
    """Show a result to its audience, as one of its authors and an active member of its network; also once more.

    409 `result_incomplete` names what is missing. The network's code of conduct is accepted before, or with this by
    `conduct_version`: else 409 `conduct_not_accepted`.
    """

    async def command(work: Work) -> Answer:
        row, network = await fetch_result(work, result_id, "result.publish")
        answers.if_match(call, row["version"])
        await publishing.publish_result(work, row, network, body)
        return await written(call, work, result_id)

    return await idempotency.run(call, command)


@router.post("/results/{result_id}/withdraw", response_model=Result)
@needs(Scope.RESULTS_WRITE)
async def withdraw_result(call: CallDep, result_id: Id, body: ResultWithdraw = NO_REASON) -> Answer:
    """Take a published result back, as one of its authors: from then on they alone see it. It may be published again.

    The reason is for its authors.
    """

    async def command(work: Work) -> Answer:
        row, network = await fetch_result(work, result_id, "result.withdraw")
        await publishing.withdraw_result(work, row, network, body)
        return await written(call, work, result_id)

    return await idempotency.run(call, command)
