"""The doors of charters."""

from fastapi import APIRouter

from app.core.errors import NotFound
from app.core.fetching import fetch_network
from app.core.text import Id
from app.core.viewer import Scope
from app.core.work import Work
from app.features.networks import charter_commands as commands
from app.features.networks import charter_queries as queries
from app.features.networks.charter_schemas import CharterAccept, CharterHistory, CharterInForce
from app.features.networks.histories import charter_version
from app.features.networks.schemas import Charter
from app.web import answers, idempotency
from app.web.call import Answer, Call, CallDep
from app.web.door import Door, needs
from app.web.on_record import note_in_work, note_operator_read

router = APIRouter(prefix="/v1", tags=["charter"], route_class=Door)


async def _written(call: Call, work: Work, network_id: str, operation: str) -> Answer:
    """The charter as it is now inside this transaction; an operator's look at it is on record."""
    await work.flush()
    document = await queries.one_charter(work, call.viewer, network_id)
    if document is None:
        raise NotFound
    await note_in_work(work, network_id, operation)
    return answers.one(call, document, edition=document["version"] + 1)


@router.get("/networks/{network_id}/charter", response_model=CharterInForce)
@needs(Scope.NETWORKS_READ)
async def get_charter(call: CallDep, network_id: Id) -> Answer:
    """Read how the members have agreed to work, as one of them, and how many of them accepted it."""
    document = await queries.one_charter(call.rooms.house.db, call.viewer, network_id)
    if document is None:
        raise NotFound
    if call.viewer.operator:
        await note_operator_read(call, [network_id], "getCharter")
    return answers.one(call, document, edition=document["version"] + 1)


@router.put("/networks/{network_id}/charter", response_model=CharterInForce)
@needs(Scope.NETWORKS_WRITE)
async def write_charter(call: CallDep, network_id: Id, body: Charter) -> Answer:
    """Put a wording into force, whole, as a facilitator: the next version, for members to accept anew.

    The same text again is no new version; one without any section takes the charter back. Send If-Match with the ETag
    that you read to lose nobody's wording. `charter` of the network is the same text.
    """

    async def command(work: Work) -> Answer:
        network = await fetch_network(work, network_id, "charter.write")
        # Version 0 is none.
        answers.if_match(call, await charter_version(work, network_id) + 1)
        await commands.write_charter(work, network, body)
        return await _written(call, work, network_id, "writeCharter")

    return await idempotency.run(call, command)


@router.post("/networks/{network_id}/charter/accept", response_model=CharterInForce)
@needs(Scope.MEMBERS_WRITE)
async def accept_charter(call: CallDep, network_id: Id, body: CharterAccept) -> Answer:
    """Accept the version that you read, as a member. 409 `charter_changed` when another one is in force.

    Members are told how many did; that you did is told to you alone.
    """

    async def command(work: Work) -> Answer:
        await commands.accept_charter(work, network_id, body)
        return await _written(call, work, network_id, "acceptCharter")

    return await idempotency.run(call, command)


@router.get("/networks/{network_id}/charter/versions", response_model=CharterHistory)
@needs(Scope.NETWORKS_READ)
async def list_charter_versions(call: CallDep, network_id: Id) -> Answer:
    """How the charter was worded over time, the oldest first, for members."""
    rows = await queries.charter_editions(call.rooms.house.db, call.viewer, network_id)
    if rows is None:
        raise NotFound
    if call.viewer.operator:
        await note_operator_read(call, [network_id], "listCharterVersions")
    return answers.cached(call, {"items": rows})
