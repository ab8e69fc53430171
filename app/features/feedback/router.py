"""The doors of feedback."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.core.errors import NotFound
from app.core.paging import cut, open_page
from app.core.text import Id
from app.core.viewer import Scope
from app.core.work import Work
from app.features.feedback import commands, queries
from app.features.feedback.schemas import (
    Feedback,
    FeedbackCreate,
    FeedbackPage,
    FeedbackPatch,
    FeedbackQuery,
)
from app.web import answers, idempotency
from app.web.call import Answer, Call, CallDep
from app.web.changes_cursor import seal_position
from app.web.door import Door, needs
from app.web.on_record import note_operator_read

router = APIRouter(prefix="/v1", tags=["feedback"], route_class=Door)


async def written(call: Call, work: Work, feedback_id: str, *, status: int = 200) -> Answer:
    """The feedback as it is now inside this transaction. Of one's own words no look is on record."""
    await work.flush()
    document = await queries.one_feedback(work, call.viewer, feedback_id)
    if document is None:
        raise NotFound
    location = f"/v1/feedback/{feedback_id}"
    return answers.one(call, document, status=status, location=location)


@router.get("/feedback", response_model=FeedbackPage)
@needs(Scope.RESULTS_READ, sign_in=False, cache="private, no-cache")
async def list_feedback(call: CallDep, params: Annotated[FeedbackQuery, Query()]) -> Answer:
    """What was said to a result (`result_id`) and the answers to it, the latest day first.

    Who gave it is told as they chose; no filter finds who does not say it.
    """
    sealer = call.rooms.sealer
    given = params.model_dump(mode="json", exclude={"cursor", "limit"}, exclude_unset=True)
    mine = f" {call.viewer.person_id}" if params.mine is not None else ""
    page = open_page(sealer, f"feedback{mine}", given, cursor=params.cursor, limit=params.limit)
    rows, position = await queries.list_feedback(call.rooms.house.db, call.viewer, params, page)
    cursor = cut(sealer, page, rows)
    if call.viewer.operator:
        await note_operator_read(call, [row["network_id"] for row in rows], "listFeedback")
    return answers.page(call, rows, cursor, changes_cursor=await seal_position(call, position))


@router.post("/feedback", response_model=Feedback, status_code=201)
@needs(Scope.RESULTS_WRITE)
async def give_feedback(call: CallDep, body: FeedbackCreate) -> Answer:
    """Ask, comment, thank or raise a concern about a result that you see, or answer.

    `answer_to` names what is answered, one level deep. `attribution` says what others are told of who you are.
    """

    async def command(work: Work) -> Answer:
        feedback_id = await commands.give_feedback(work, body)
        return await written(call, work, feedback_id, status=201)

    return await idempotency.run(call, command)


@router.get("/feedback/{feedback_id}", response_model=Feedback)
@needs(Scope.RESULTS_READ, sign_in=False, cache="private, no-cache")
async def get_feedback(call: CallDep, feedback_id: Id) -> Answer:
    """Read one feedback on a result that you see."""
    document = await queries.one_feedback(call.rooms.house.db, call.viewer, feedback_id)
    if document is None:
        raise NotFound
    if call.viewer.operator:
        await note_operator_read(call, [document["network_id"]], "getFeedback")
    return answers.one(call, document)


@router.patch("/feedback/{feedback_id}", response_model=Feedback)
@needs(Scope.RESULTS_WRITE)
async def update_feedback(call: CallDep, feedback_id: Id, body: FeedbackPatch) -> Answer:
    """Change what you said, while nobody has answered: 409 `feedback_answered` afterwards."""

    async def command(work: Work) -> Answer:
        row, result, _ = await commands.feedback_to_change(work, feedback_id)
        answers.if_match(call, row["version"])
        await commands.update_feedback(work, row, result, body)
        return await written(call, work, feedback_id)

    return await idempotency.run(call, command)


@router.delete("/feedback/{feedback_id}", status_code=204)
@needs(Scope.RESULTS_WRITE)
async def delete_feedback(call: CallDep, feedback_id: Id) -> Answer:
    """Take back what you said, while nobody has answered: 409 `feedback_answered` afterwards."""

    async def command(work: Work) -> Answer:
        row, result, network = await commands.feedback_to_change(work, feedback_id)
        answers.if_match(call, row["version"])
        await commands.delete_feedback(work, row, result, network)
        return answers.gone()

    return await idempotency.run(call, command)
