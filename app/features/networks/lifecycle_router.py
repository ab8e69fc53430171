"""The door of a network's life cycle."""

from fastapi import APIRouter

from app.core.errors import NotFound
from app.core.text import Id
from app.core.viewer import Scope
from app.features.networks import lifecycle_queries as queries
from app.features.networks.lifecycle_schemas import Lifecycle
from app.web import answers
from app.web.call import Answer, CallDep
from app.web.door import Door, needs
from app.web.on_record import note_operator_read

router = APIRouter(prefix="/v1", tags=["networks"], route_class=Door)


@router.get("/networks/{network_id}/lifecycle", response_model=Lifecycle)
@needs(Scope.NETWORKS_READ)
async def get_lifecycle(call: CallDep, network_id: Id) -> Answer:
    """Read where a network stands in its life: the stage that is declared, and what its numbers suggest, with reasons.

    For its members. A stage is declared by facilitators (`lifecycle_stage` of the network); a suggestion changes
    nothing.
    """
    document = await queries.lifecycle(call.rooms.house, call.viewer, network_id)
    if document is None:
        raise NotFound
    if call.viewer.operator:
        await note_operator_read(call, [network_id], "getLifecycle")
    return answers.cached(call, document)
