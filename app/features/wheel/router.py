"""The doors of the wheel."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from app.core.text import Id
from app.core.viewer import Scope
from app.features.wheel import queries
from app.features.wheel.schemas import IndicatorList, Wheel, WheelQuery
from app.web import answers
from app.web.call import Answer, Call, CallDep
from app.web.door import Door, needs
from app.web.on_record import note_operator_read

router = APIRouter(prefix="/v1", tags=["wheel"], route_class=Door)


async def read_wheel(
    call: Call, network_id: str, params: WheelQuery, operation: str
) -> dict[str, Any]:
    """The wheel for this caller; an operator's look is on record. Errors: `NotFound`; `Forbidden`; `Invalid`."""
    document = await queries.wheel_of(
        call.rooms.house,
        call.viewer,
        network_id,
        as_of=params.as_of,
        window_days=params.window_days,
    )
    if call.viewer.operator:
        await note_operator_read(call, [network_id], operation)
    return document


@router.get("/networks/{network_id}/wheel", response_model=Wheel)
@needs(Scope.NETWORKS_READ)
async def get_wheel(
    call: CallDep, network_id: Id, params: Annotated[WheelQuery, Query()]
) -> Answer:
    """How a network is doing: the five Cs with their indicators, the trend of eight quarters, and one next step.

    For its members, and for operators on record. Everything is counted from what happened, as of any day that is over
    or today.
    """
    return answers.cached(call, await read_wheel(call, network_id, params, "getWheel"))


@router.get("/indicators", response_model=IndicatorList)
@needs(sign_in=False, cache="public, max-age=3600")
async def list_indicators(call: CallDep) -> Answer:
    """Read every indicator of the wheel: its formula, from where on it is thin, and its source."""
    return answers.cached(call, {"items": queries.catalogue()})
