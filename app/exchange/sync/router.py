"""The door of the change feed."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.core.errors import ResyncRequired
from app.core.viewer import Scope
from app.exchange.sync import queries
from app.exchange.sync.schemas import ChangePage, ChangeQuery
from app.web.answers import JSON
from app.web.call import Answer, CallDep, dump
from app.web.changes_cursor import open_position, seal_position
from app.web.door import Door, needs

router = APIRouter(prefix="/v1", tags=["changes"], route_class=Door)


@router.get("/changes", response_model=ChangePage)
@needs(Scope.CHANGES_READ, sign_in=False)
async def list_changes(call: CallDep, params: Annotated[ChangeQuery, Query()]) -> Answer:
    """Follow what happened, in the order in which it became true, as far as you may see it.

    `upsert`: read the resource again. `gone`: forget it, and for a network everything in it and below it.
    `scope_changed`: the rows of that network and of the sub-groups below it came into or went out of your sight as a
    whole; list them again. A person's change also shows in the members that carry their card. 410 `resync_required`:
    list everything again.
    """
    db = call.rooms.house.db
    if params.cursor is None:
        since = (await queries.position(db))[1] - 1
    else:
        since = await open_position(call, params.cursor)
    filters = params.model_dump(mode="json", include={"network_id", "kind"}, exclude_unset=True)
    rows, more, reached = await queries.page(db, call.viewer, since, params.limit, filters)
    # Afterwards, for the log may be shortened while a page is read: then rows may be missing from it.
    if params.cursor is not None and since < (await queries.position(db))[1] - 1:
        raise ResyncRequired
    cursor = await seal_position(call, reached)
    return Answer(dump({"items": rows, "next_cursor": cursor, "has_more": more}), 200, [JSON])
