"""The doors of codes of conduct."""

from fastapi import APIRouter

from app.core.conduct import in_force
from app.core.errors import NotFound
from app.core.fetching import fetch_network
from app.core.text import Id
from app.core.viewer import Scope
from app.core.work import Work
from app.features.conduct import commands, queries
from app.features.conduct.schemas import Conduct, ConductAccept, ConductHistory, ConductWrite
from app.web import answers, idempotency
from app.web.call import Answer, Call, CallDep
from app.web.door import Door, needs
from app.web.on_record import note_in_work, note_operator_read

router = APIRouter(prefix="/v1", tags=["conduct"], route_class=Door)


async def _written(call: Call, work: Work, network_id: str, operation: str) -> Answer:
    """The code as it is now inside this transaction; an operator's look at it is on record."""
    await work.flush()
    document = await queries.one_conduct(work, call.viewer, network_id)
    if document is None:
        raise NotFound
    await note_in_work(work, network_id, operation)
    return answers.one(call, document, edition=document["version"] + 1)


@router.get("/networks/{network_id}/conduct", response_model=Conduct)
@needs(Scope.MODERATION_READ, sign_in=False, cache="private, no-cache")
async def get_conduct(call: CallDep, network_id: Id) -> Answer:
    """Read the code of conduct in force, as far as you read the network's front: of an open network without a token.

    Publishing a result asks that you have accepted it. Who accepted it is told to nobody.
    """
    document = await queries.one_conduct(call.rooms.house.db, call.viewer, network_id)
    if document is None:
        raise NotFound
    if call.viewer.operator:
        await note_operator_read(call, [network_id], "getConduct")
    return answers.one(call, document, edition=document["version"] + 1)


@router.put("/networks/{network_id}/conduct", response_model=Conduct)
@needs(Scope.MODERATION_WRITE)
async def write_conduct(call: CallDep, network_id: Id, body: ConductWrite) -> Answer:
    """Put a wording of the network's own into force, as a facilitator: the next version.

    The same text again is no new version. Send If-Match with the ETag that you read to lose nobody's wording.
    """

    async def command(work: Work) -> Answer:
        network = await fetch_network(work, network_id, "conduct.write")
        version, text = await in_force(work, network_id)
        answers.if_match(call, version + 1)  # version 0 is the house's own text
        await commands.write_conduct(work, network, version, text, body)
        return await _written(call, work, network_id, "writeConduct")

    return await idempotency.run(call, command)


@router.post("/networks/{network_id}/conduct/accept", response_model=Conduct)
@needs(Scope.MODERATION_WRITE)
async def accept_conduct(call: CallDep, network_id: Id, body: ConductAccept) -> Answer:
    """Accept the version that you read, as a member. 409 `conduct_changed` when another one is in force.

    It is kept with its day, for you alone: no list, count, feed or audit has it.
    """

    async def command(work: Work) -> Answer:
        await commands.accept_conduct(work, network_id, body)
        return await _written(call, work, network_id, "acceptConduct")

    return await idempotency.run(call, command)


@router.get("/networks/{network_id}/conduct/versions", response_model=ConductHistory)
@needs(Scope.MODERATION_READ, sign_in=False, cache="private, no-cache")
async def list_conduct_versions(call: CallDep, network_id: Id) -> Answer:
    """How the code was worded over time, the oldest first."""
    rows = await queries.editions(call.rooms.house.db, call.viewer, network_id)
    if not rows:
        raise NotFound
    if call.viewer.operator:
        await note_operator_read(call, [network_id], "listConductVersions")
    return answers.cached(call, {"items": rows})
