"""The doors of resources."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.core.errors import NotFound
from app.core.paging import cut, open_page
from app.core.text import Id
from app.core.viewer import Scope
from app.core.work import Work
from app.features.resources import commands, queries
from app.features.resources.schemas import (
    Resource,
    ResourceCreate,
    ResourcePage,
    ResourcePatch,
    ResourceQuery,
)
from app.web import answers, idempotency
from app.web.call import Answer, Call, CallDep
from app.web.changes_cursor import seal_position
from app.web.door import Door, needs
from app.web.on_record import note_in_work, note_operator_read

router = APIRouter(prefix="/v1", tags=["resources"], route_class=Door)


async def written(
    call: Call, work: Work, resource_id: str, operation: str, *, status: int = 200
) -> Answer:
    """The link as it is now inside this transaction; an operator's look at it is on record."""
    await work.flush()
    document = await queries.one_resource(work, call.viewer, resource_id)
    if document is None:
        raise NotFound
    await note_in_work(work, document["network_id"], operation)
    location = f"/v1/resources/{resource_id}"
    return answers.one(call, document, status=status, location=location)


@router.get("/resources", response_model=ResourcePage)
@needs(Scope.NETWORKS_READ)
async def list_resources(call: CallDep, params: Annotated[ResourceQuery, Query()]) -> Answer:
    """Links that your networks keep, by title."""
    sealer = call.rooms.sealer
    given = params.model_dump(mode="json", exclude={"cursor", "limit"}, exclude_unset=True)
    page = open_page(sealer, "resources", given, cursor=params.cursor, limit=params.limit)
    db = call.rooms.house.db
    rows, position = await queries.list_resources(db, call.viewer, params, page)
    cursor = cut(sealer, page, rows)
    if call.viewer.operator:
        await note_operator_read(call, [row["network_id"] for row in rows], "listResources")
    return answers.page(call, rows, cursor, changes_cursor=await seal_position(call, position))


@router.post("/resources", response_model=Resource, status_code=201)
@needs(Scope.NETWORKS_WRITE)
async def create_resource(call: CallDep, body: ResourceCreate) -> Answer:
    """Add a link that your network is to keep; observers do not. 409 `resource_listed` if the address is there."""

    async def command(work: Work) -> Answer:
        resource_id = await commands.create_resource(work, body)
        return await written(call, work, resource_id, "createResource", status=201)

    return await idempotency.run(call, command)


@router.get("/resources/{resource_id}", response_model=Resource)
@needs(Scope.NETWORKS_READ)
async def get_resource(call: CallDep, resource_id: Id) -> Answer:
    """Read one link of your networks."""
    document = await queries.one_resource(call.rooms.house.db, call.viewer, resource_id)
    if document is None:
        raise NotFound
    if call.viewer.operator:
        await note_operator_read(call, [document["network_id"]], "getResource")
    return answers.one(call, document)


@router.patch("/resources/{resource_id}", response_model=Resource)
@needs(Scope.NETWORKS_WRITE)
async def update_resource(call: CallDep, resource_id: Id, body: ResourcePatch) -> Answer:
    """Change a link, as who added it or as a facilitator."""

    async def command(work: Work) -> Answer:
        row = await commands.resource_to_change(work, resource_id)
        answers.if_match(call, row["version"])
        await commands.update_resource(work, row, body)
        return await written(call, work, resource_id, "updateResource")

    return await idempotency.run(call, command)


@router.delete("/resources/{resource_id}", status_code=204)
@needs(Scope.NETWORKS_WRITE)
async def delete_resource(call: CallDep, resource_id: Id) -> Answer:
    """Take a link out, as who added it or as a facilitator."""

    async def command(work: Work) -> Answer:
        row = await commands.resource_to_change(work, resource_id)
        answers.if_match(call, row["version"])
        commands.delete_resource(work, row)
        return answers.gone()

    return await idempotency.run(call, command)
