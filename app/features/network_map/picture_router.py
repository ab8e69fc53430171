"""The door of the map as a picture."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.core.network_names import name_of
from app.core.text import Id
from app.core.viewer import Scope
from app.core.windows import WindowQuery
from app.features.network_map.router import read_map
from app.pictures.network_map import draw_map
from app.web.call import Answer, CallDep
from app.web.door import Door, needs
from app.web.drawn import SVG, DrawingQuery, svg_answer

router = APIRouter(prefix="/v1", tags=["networks"], route_class=Door)


class MapPictureQuery(DrawingQuery, WindowQuery):
    """What counts, and how to draw it."""


@router.get("/networks/{network_id}/map.svg", responses=SVG)
@needs(Scope.NETWORKS_READ)
async def get_network_map_svg(
    call: CallDep, network_id: Id, params: Annotated[MapPictureQuery, Query()]
) -> Answer:
    """Draw the map as SVG, for whom and of what as the map itself: marks without names, and the measures.

    What a tie is made of is said by its line. Your own mark has a shape of its own, in your picture alone.
    """
    document = await read_map(call, network_id, params, "getNetworkMapSvg")
    name = await name_of(call.rooms.house.db, network_id)
    svg = draw_map(document, name, width=params.width, theme=params.theme.value)
    return svg_answer(call, svg, network_id, "map")
