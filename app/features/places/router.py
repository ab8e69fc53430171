"""The door of places: public, the same for everybody."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.core import gazetteer
from app.features.places.schemas import PlaceList, PlaceQuery
from app.web import answers
from app.web.call import Answer, CallDep
from app.web.door import Door, needs

router = APIRouter(prefix="/v1", tags=["places"], route_class=Door)


@router.get("/places", response_model=PlaceList)
@needs(sign_in=False, cache="public, max-age=3600")
async def list_places(call: CallDep, params: Annotated[PlaceQuery, Query()]) -> Answer:
    """Find where a postcode, an outcode or a town of Great Britain is.

    The name itself comes before names that begin so, of these the one with more practices. For places of Northern
    Ireland the answer is 422 `northern_ireland`: give coordinates, or `region=northern_ireland`.
    """
    found = await gazetteer.find(call.rooms.house.db, params.q, "?q")
    items = [
        {
            "kind": spot.kind,
            "name": spot.name,
            "latitude": spot.latitude,
            "longitude": spot.longitude,
            "precision_km": spot.precision_km,
            "region": spot.region,
            "county": spot.county,
            "near": spot.near,
        }
        for spot in found
    ]
    return answers.cached(call, {"items": items})
