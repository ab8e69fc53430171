"""The doors of networks."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from app.core.errors import NotFound
from app.core.fetching import fetch_network
from app.core.text import Id
from app.core.viewer import Scope
from app.core.work import Work
from app.db.errors import Duplicate
from app.features.networks import closing, commands, listing, purposes, queries
from app.features.networks.schemas import (
    Network,
    NetworkArchive,
    NetworkCreate,
    NetworkPage,
    NetworkPatch,
    NetworkQuery,
    PurposeList,
)
from app.web import answers, idempotency
from app.web.call import Answer, Call, CallDep
from app.web.door import Door, needs
from app.web.listed import begin, listed
from app.web.on_record import note_in_work, note_operator_read
from app.web.problems import SLUG_RULE

router = APIRouter(prefix="/v1", tags=["networks"], route_class=Door)


async def read_one(call: Call, network_id: str, *, status: int = 200) -> Answer:
    """One network as this caller sees it; an operator's look inside is put on record first."""
    document = await queries.one_network(call.rooms.house.db, call.viewer, network_id)
    if document is None:
        raise NotFound
    if document.pop("_on_record"):
        await note_operator_read(call, [network_id], "getNetwork")
    return _one(call, document, status)


def _one(call: Call, document: dict[str, Any], status: int) -> Answer:
    edition = document.pop("_edition")
    location = f"/v1/networks/{document['id']}"
    return answers.one(call, document, status=status, location=location, edition=edition)


async def written(
    call: Call, work: Work, network_id: str, operation: str, *, status: int = 200
) -> Answer:
    """The network as it is now inside this transaction; an operator's look at it is on record."""
    await work.flush()
    document = await queries.one_network(work, call.viewer, network_id)
    if document is None:
        raise NotFound
    if document.pop("_on_record"):
        await note_in_work(work, network_id, operation)
    return _one(call, document, status)


@router.get("/networks/{network_id}", response_model=Network)
@needs(Scope.NETWORKS_READ, sign_in=False, cache="private, no-cache")
async def get_network(call: CallDep, network_id: Id) -> Answer:
    """Read one network.

    `tier` says how much of it you see: `name`, `front` or `inside`. Fields above your tier are null. `actions` lists
    what you may do now.
    """
    return await read_one(call, network_id)


@router.get("/networks", response_model=NetworkPage)
@needs(Scope.NETWORKS_READ, sign_in=False, cache="private, no-cache")
async def list_networks(call: CallDep, params: Annotated[NetworkQuery, Query()]) -> Answer:
    """Find networks: by words, topic, profession, place and more.

    Ordered by relevance when `q` is given, by distance with `near`, else by name. A filter matches only what you may
    read. Where few or none have all the words, those follow that have the weightiest of them (`loose`).
    """
    page = begin(call, "networks", params, listing.chosen_sort(params))
    return await listed(
        call, await listing.list_networks(call.rooms.house, call.viewer, params, page)
    )


@router.post("/networks", response_model=Network, status_code=201)
@needs(Scope.NETWORKS_WRITE)
async def create_network(call: CallDep, body: NetworkCreate) -> Answer:
    """Set up a network, or a sub-group of one (`parent_id`). You become its facilitator."""

    async def command(work: Work) -> Answer:
        network_id = await commands.create_network(work, body)
        return await written(call, work, network_id, "createNetwork", status=201)

    try:
        return await idempotency.run(call, command)
    except Duplicate as error:
        if error.rule != SLUG_RULE or body.slug is not None:
            raise
        # Somebody took the slug of this name in the same instant: now it shows, and ours gets a tail.
        return await idempotency.run(call, command)


@router.patch("/networks/{network_id}", response_model=Network)
@needs(Scope.NETWORKS_WRITE)
async def update_network(call: CallDep, network_id: Id, body: NetworkPatch) -> Answer:
    """Edit a network: JSON merge patch, absent fields stay. Send If-Match with its ETag to lose no update."""

    async def command(work: Work) -> Answer:
        row = await fetch_network(work, network_id, "network.update")
        answers.if_match(call, row["edition"])
        await commands.update_network(work, row, body)
        return await written(call, work, network_id, "updateNetwork")

    return await idempotency.run(call, command)


@router.delete("/networks/{network_id}", status_code=204)
@needs(Scope.NETWORKS_WRITE)
async def delete_network(call: CallDep, network_id: Id) -> Answer:
    """Delete a network that nobody else belongs to; the rest are archived."""

    async def command(work: Work) -> Answer:
        row = await fetch_network(work, network_id, "network.delete")
        answers.if_match(call, row["edition"])
        await closing.delete_network(work, row)
        return answers.gone()

    answer = await idempotency.run(call, command)
    await call.rooms.gatekeeper.forget()  # the tokens that were bound to it went with it
    return answer


@router.get("/networks/{network_id}/purposes", response_model=PurposeList)
@needs(Scope.NETWORKS_READ, sign_in=False, cache="private, no-cache")
async def list_purposes(call: CallDep, network_id: Id) -> Answer:
    """How the purpose was worded over time, the oldest first."""
    rows = await purposes.purposes(call.rooms.house.db, call.viewer, network_id)
    if not rows:
        raise NotFound
    return answers.cached(call, {"items": rows})


@router.post("/networks/{network_id}/archive", response_model=Network)
@needs(Scope.NETWORKS_WRITE)
async def archive_network(call: CallDep, network_id: Id, body: NetworkArchive) -> Answer:
    """Close a network with a note on what became of it. It stays readable; its sub-groups close with it."""

    async def command(work: Work) -> Answer:
        await closing.archive_network(work, network_id, body)
        return await written(call, work, network_id, "archiveNetwork")

    return await idempotency.run(call, command)


@router.post("/networks/{network_id}/reactivate", response_model=Network)
@needs(Scope.NETWORKS_WRITE)
async def reactivate_network(call: CallDep, network_id: Id) -> Answer:
    """Open an archived network again."""

    async def command(work: Work) -> Answer:
        await closing.reactivate_network(work, network_id)
        return await written(call, work, network_id, "reactivateNetwork")

    return await idempotency.run(call, command)
