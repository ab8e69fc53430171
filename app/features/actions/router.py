"""The doors of actions."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.core.errors import NotFound
from app.core.paging import cut, open_page
from app.core.text import Id
from app.core.viewer import Scope
from app.core.work import Work
from app.features.actions import commands, queries
from app.features.actions.schemas import (
    ME,
    Action,
    ActionCreate,
    ActionPage,
    ActionPatch,
    ActionQuery,
)
from app.web import answers, idempotency
from app.web.call import Answer, Call, CallDep
from app.web.changes_cursor import seal_position
from app.web.door import Door, needs
from app.web.on_record import note_in_work, note_operator_read

router = APIRouter(prefix="/v1", tags=["actions"], route_class=Door)


async def written(
    call: Call, work: Work, action_id: str, operation: str, *, status: int = 200
) -> Answer:
    """The action as it is now inside this transaction; an operator's look at it is on record."""
    await work.flush()
    document = await queries.one_action(work, call.viewer, action_id)
    if document is None:
        raise NotFound
    await note_in_work(work, document["network_id"], operation)
    location = f"/v1/actions/{action_id}"
    return answers.one(call, document, status=status, location=location)


@router.get("/actions", response_model=ActionPage)
@needs(Scope.MEETINGS_READ)
async def list_actions(call: CallDep, params: Annotated[ActionQuery, Query()]) -> Answer:
    """Actions of your networks: by default what is due first. `owner=me&open=true` is what you have to do.

    Whether one is overdue depends on the day where you are: ask with `open=true&due_before=` and today's date.
    """
    sealer = call.rooms.sealer
    given = params.model_dump(mode="json", exclude={"cursor", "limit"}, exclude_unset=True)
    mine = f" {call.viewer.person_id}" if params.owner == ME else ""
    page = open_page(sealer, f"actions{mine}", given, cursor=params.cursor, limit=params.limit)
    rows, position = await queries.list_actions(call.rooms.house.db, call.viewer, params, page)
    cursor = cut(sealer, page, rows)
    if call.viewer.operator:
        await note_operator_read(call, [row["network_id"] for row in rows], "listActions")
    return answers.page(call, rows, cursor, changes_cursor=await seal_position(call, position))


@router.post("/actions", response_model=Action, status_code=201)
@needs(Scope.MEETINGS_WRITE)
async def create_action(call: CallDep, body: ActionCreate) -> Answer:
    """Write down what somebody took on, at a meeting (`meeting_id`) or not (`network_id`); observers do not.

    The owner is an active member of the network. Of a meeting under the Chatham House Rule, title and detail name no
    member: 422 `names_a_member` says where, not whom.
    """

    async def command(work: Work) -> Answer:
        action_id = await commands.create_action(work, body)
        return await written(call, work, action_id, "createAction", status=201)

    return await idempotency.run(call, command)


@router.get("/actions/{action_id}", response_model=Action)
@needs(Scope.MEETINGS_READ)
async def get_action(call: CallDep, action_id: Id) -> Answer:
    """Read one action of your networks."""
    document = await queries.one_action(call.rooms.house.db, call.viewer, action_id)
    if document is None:
        raise NotFound
    if call.viewer.operator:
        await note_operator_read(call, [document["network_id"]], "getAction")
    return answers.one(call, document)


@router.patch("/actions/{action_id}", response_model=Action)
@needs(Scope.MEETINGS_WRITE)
async def update_action(call: CallDep, action_id: Id, body: ActionPatch) -> Answer:
    """Change an action, as its owner, as who wrote it down, or as a facilitator; `owner_id` hands it on."""

    async def command(work: Work) -> Answer:
        row, network = await commands.action_to_change(work, action_id, "action.update")
        answers.if_match(call, row["_shown_version"])
        await commands.update_action(work, row, network, body)
        return await written(call, work, action_id, "updateAction")

    return await idempotency.run(call, command)


@router.delete("/actions/{action_id}", status_code=204)
@needs(Scope.MEETINGS_WRITE)
async def delete_action(call: CallDep, action_id: Id) -> Answer:
    """Delete an action that was written down by mistake, as who did that or as a facilitator."""

    async def command(work: Work) -> Answer:
        row, _ = await commands.action_to_change(work, action_id, "action.delete")
        answers.if_match(call, row["_shown_version"])
        commands.delete_action(work, row)
        return answers.gone()

    return await idempotency.run(call, command)


@router.post("/actions/{action_id}/complete", response_model=Action)
@needs(Scope.MEETINGS_WRITE)
async def complete_action(call: CallDep, action_id: Id) -> Answer:
    """Say that it is done, as its owner, as who wrote it down, or as a facilitator. 409 `action_done` if it was."""

    async def command(work: Work) -> Answer:
        await commands.complete_action(work, action_id)
        return await written(call, work, action_id, "completeAction")

    return await idempotency.run(call, command)


@router.post("/actions/{action_id}/reopen", response_model=Action)
@needs(Scope.MEETINGS_WRITE)
async def reopen_action(call: CallDep, action_id: Id) -> Answer:
    """Say that it is not done after all. 409 `action_not_done` if it was not."""

    async def command(work: Work) -> Answer:
        await commands.reopen_action(work, action_id)
        return await written(call, work, action_id, "reopenAction")

    return await idempotency.run(call, command)
