"""The door of the search."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.core.finding import Asked, counted, find, resolved
from app.core.paging import cut, open_page
from app.core.viewer import Scope
from app.features.search.schemas import SearchPage, SearchQuery, SearchSort
from app.web import answers
from app.web.call import Answer, CallDep
from app.web.door import Door, needs
from app.web.on_record import note_operator_read

router = APIRouter(prefix="/v1", tags=["search"], route_class=Door)


def _asked(params: SearchQuery) -> Asked:
    nearest = params.q is None and params.near is not None
    return Asked(
        q=params.q,
        kinds=tuple(params.kinds),
        topic=tuple(params.topic),
        near=params.near,
        within_km=params.within_km,
        region=params.region,
        icb=params.icb,
        profession=tuple(params.profession),
        open_to_join=params.open_to_join,
        by_distance=params.sort is SearchSort.DISTANCE or (params.sort is None and nearest),
    )


@router.get("/search", response_model=SearchPage)
@needs(
    Scope.NETWORKS_READ,
    Scope.RESULTS_READ,
    Scope.MEETINGS_READ,
    Scope.PEOPLE_READ,
    Scope.ORGANISATIONS_READ,
    sign_in=False,
    cache="private, no-cache",
)
async def search(call: CallDep, params: Annotated[SearchQuery, Query()]) -> Answer:
    """Find networks, results, meetings, people and organisations at once, and read why each was found.

    A token searches the kinds that its scopes read; without one, what is public is searched. Words match only what
    you may read.
    """
    house, viewer, asked = call.rooms.house, call.viewer, _asked(params)
    filters = await resolved(house, viewer, asked)
    sealer = call.rooms.sealer
    unbound = {"cursor", "limit", "facets"}
    given = params.model_dump(mode="json", exclude=unbound, exclude_unset=True)
    page = open_page(sealer, "search", given, cursor=params.cursor, limit=params.limit)
    found = await find(house, viewer, filters, asked, page)
    counts = None
    if params.facets or (params.facets is None and params.cursor is None):
        counts = await counted(house, viewer, filters, asked, found.wanted)
    cursor = cut(sealer, found.page, found.rows, "tie")
    for row in found.rows:
        del row["tie"]
        row["link"] = call.url(row["link"])
    if viewer.operator:
        # Of a network a search tells what its list does; a meeting or a result is a look inside.
        inside = [row["network_id"] for row in found.rows if row["network_id"] is not None]
        await note_operator_read(call, inside, "search")
    loose = found.wanted is not None and found.wanted.loose
    return answers.page(
        call, found.rows, cursor, did_you_mean=found.did_you_mean, loose=loose, facets=counts
    )
