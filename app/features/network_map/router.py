"""The doors of the map of a network."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query

from app.core.errors import NotFound
from app.core.text import Id
from app.core.viewer import Scope
from app.core.windows import WindowQuery, window_of
from app.features.network_map.graphml import GRAPHML, GRAPHML_TYPE, graphml_of
from app.features.network_map.queries import network_map
from app.features.network_map.schemas import NetworkMap
from app.web import answers
from app.web.call import Answer, Call, CallDep
from app.web.door import Door, needs
from app.web.on_record import note_operator_read

router = APIRouter(prefix="/v1", tags=["networks"], route_class=Door)


async def read_map(
    call: Call, network_id: str, params: WindowQuery, operation: str
) -> dict[str, Any]:
    """The map for this caller; an operator's look is on record. Errors: `NotFound`; `Invalid`."""
    house = call.rooms.house
    window = window_of(params, house.clock())
    found = await network_map(house.db, call.rooms.sealer, call.viewer, network_id, window)
    if found is None:
        raise NotFound
    document, sub_groups = found
    if call.viewer.operator:
        await note_operator_read(call, [network_id, *sub_groups], operation)
    return document


@router.get("/networks/{network_id}/map", response_model=NetworkMap)
@needs(Scope.NETWORKS_READ)
async def get_network_map(
    call: CallDep, network_id: Id, params: Annotated[WindowQuery, Query()]
) -> Answer:
    """Read how the members of your network are tied to each other, without names, from ten members on.

    Ties: met at a meeting that at most 30 came to, gave feedback, adopted, in the same sub-group of which you are a
    member. Nothing under the Chatham House Rule counts, and nothing whose author is not named. Where you stand is
    told to you alone. What the measures mean: the guide to the map.
    """
    return answers.cached(call, await read_map(call, network_id, params, "getNetworkMap"))


@router.get("/networks/{network_id}/map.graphml", responses=GRAPHML)
@needs(Scope.NETWORKS_READ)
async def get_network_map_graphml(
    call: CallDep, network_id: Id, params: Annotated[WindowQuery, Query()]
) -> Answer:
    """Read the map of your network as GraphML, for programs that draw and measure graphs.

    A directed graph: a tie without a direction is an edge each way, and an edge has all its `kinds`, with a space
    between them. Where the map has no nodes there is none, and `status` says why.
    """
    document = await read_map(call, network_id, params, "getNetworkMapGraphml")
    media_type = (b"content-type", GRAPHML_TYPE.encode())
    answer = answers.document(call, graphml_of(document).encode(), media_type)
    if answer.status == HTTPStatus.OK:  # what is known already has no body
        name = f'attachment; filename="map-{network_id[:8]}.graphml"'
        answer.headers.append((b"content-disposition", name.encode()))
    return answer
