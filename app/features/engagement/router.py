"""The doors of engagement."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.core.errors import NotFound
from app.core.paging import cut, open_page
from app.core.text import Id
from app.core.viewer import Scope
from app.core.windows import WindowQuery, window_of
from app.features.engagement import queries
from app.features.engagement.schemas import Engagement, QuietPage, QuietQuery
from app.web import answers
from app.web.call import Answer, CallDep
from app.web.door import Door, needs
from app.web.on_record import note_operator_read

router = APIRouter(prefix="/v1", tags=["networks"], route_class=Door)


@router.get("/networks/{network_id}/engagement", response_model=Engagement)
@needs(Scope.NETWORKS_READ)
async def get_engagement(
    call: CallDep, network_id: Id, params: Annotated[WindowQuery, Query()]
) -> Answer:
    """Read how members come, take part, stay and go: joins and leaves by month, cohorts by quarter, the active share.

    For members. Of persons only what bears their name counts, and of cohorts of fewer than five nothing is told.
    """
    house = call.rooms.house
    window = window_of(params, house.clock())
    document = await queries.engagement(house, call.viewer, network_id, window)
    if document is None:
        raise NotFound
    if call.viewer.operator:
        await note_operator_read(call, [network_id], "getEngagement")
    return answers.cached(call, document)


@router.get("/networks/{network_id}/engagement/quiet", response_model=QuietPage)
@needs(Scope.MEMBERS_READ)
async def list_quiet_members(
    call: CallDep, network_id: Id, params: Annotated[QuietQuery, Query()]
) -> Answer:
    """Members of whom nothing bears the name in the window, as a facilitator: to ask what would be worth their time.

    Who reads and writes without a name, answers surveys or meets under the Chatham House Rule is quiet here too.
    """
    sealer, window = call.rooms.sealer, window_of(params, call.rooms.house.clock())
    given = {"window_days": params.window_days, "as_of": params.as_of}
    page = open_page(sealer, f"quiet {network_id}", given, cursor=params.cursor, limit=params.limit)
    db = call.rooms.house.db
    rows = await queries.quiet_members(db, call.viewer, network_id, window, page)
    cursor = cut(sealer, page, rows)
    if call.viewer.operator:
        await note_operator_read(call, [network_id], "listQuietMembers")
    return answers.page(call, rows, cursor, **queries.window_shown(window))
