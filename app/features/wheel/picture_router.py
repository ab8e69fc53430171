"""The doors of the wheel as a picture."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.core.network_names import name_of
from app.core.text import Id
from app.core.viewer import Scope
from app.features.wheel.router import read_wheel
from app.features.wheel.schemas import WheelQuery
from app.pictures.wheel import draw_wheel
from app.web.call import Answer, Call, CallDep
from app.web.door import Door, needs
from app.web.drawn import PNG, SVG, DrawingQuery, RasterQuery, png_answer, svg_answer

router = APIRouter(prefix="/v1", tags=["wheel"], route_class=Door)


class WheelPictureQuery(DrawingQuery, WheelQuery):
    """How far to look back, and how to draw it."""


class WheelRasterQuery(RasterQuery, WheelPictureQuery):
    """How far to look back, how to draw it, and how finely."""


async def _svg(call: Call, network_id: str, params: WheelPictureQuery, operation: str) -> str:
    document = await read_wheel(call, network_id, params, operation)
    name = await name_of(call.rooms.house.db, network_id)
    return draw_wheel(document, name, width=params.width, theme=params.theme.value)


@router.get("/networks/{network_id}/wheel.svg", responses=SVG)
@needs(Scope.NETWORKS_READ)
async def get_wheel_svg(
    call: CallDep, network_id: Id, params: Annotated[WheelPictureQuery, Query()]
) -> Answer:
    """Draw the wheel as SVG, for whom as the wheel itself: a ring of indicators, their numbers, and one next step.

    A segment is filled, striped or dotted as its indicator is ok, thin or without enough data; no colour is needed.
    """
    svg = await _svg(call, network_id, params, "getWheelSvg")
    return svg_answer(call, svg, network_id, "wheel")


@router.get("/networks/{network_id}/wheel.png", responses=PNG)
@needs(Scope.NETWORKS_READ)
async def get_wheel_png(
    call: CallDep, network_id: Id, params: Annotated[WheelRasterQuery, Query()]
) -> Answer:
    """Draw the wheel as PNG, for documents and slides that take no SVG."""
    svg = await _svg(call, network_id, params, "getWheelPng")
    return await png_answer(call, svg, params.scale, network_id, "wheel")
