"""The doors of saved searches."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.core.errors import NotFound
from app.core.paging import cut, open_page
from app.core.text import Id
from app.core.viewer import Scope
from app.core.work import Work
from app.features.saved_searches import commands, queries
from app.features.saved_searches.looking import look
from app.features.saved_searches.schemas import (
    NewHits,
    NewQuery,
    SavedSearch,
    SavedSearchCreate,
    SavedSearchPage,
    SavedSearchPatch,
    SavedSearchQuery,
)
from app.features.saved_searches.sight import look_for
from app.web import answers, idempotency
from app.web.call import Answer, Call, CallDep
from app.web.changes_cursor import seal_position
from app.web.door import Door, needs
from app.web.on_record import note_operator_read

router = APIRouter(prefix="/v1", tags=["saved-searches"], route_class=Door)


async def written(call: Call, work: Work, saved_id: str, *, status: int = 200) -> Answer:
    """The search as it is now inside this transaction."""
    await work.flush()
    document = await queries.one_saved_search(work, call.viewer, saved_id)
    if document is None:
        raise NotFound
    return answers.one(call, document, status=status, location=f"/v1/saved-searches/{saved_id}")


@router.get("/saved-searches", response_model=SavedSearchPage)
@needs(Scope.SEARCHES_READ)
async def list_saved_searches(
    call: CallDep, params: Annotated[SavedSearchQuery, Query()]
) -> Answer:
    """Your own saved searches, the newest first."""
    sealer, about = call.rooms.sealer, f"saved searches {call.viewer.person_id}"
    page = open_page(sealer, about, {}, cursor=params.cursor, limit=params.limit)
    rows, position = await queries.list_saved_searches(call.rooms.house.db, call.viewer, page)
    cursor = cut(sealer, page, rows)
    return answers.page(call, rows, cursor, changes_cursor=await seal_position(call, position))


@router.post("/saved-searches", response_model=SavedSearch, status_code=201)
@needs(Scope.SEARCHES_WRITE)
async def create_saved_search(call: CallDep, body: SavedSearchCreate) -> Answer:
    """Save a search under a name; what it finds now is not new when you look the next time.

    Its fields are the parameters of `GET /v1/search`. Nobody else sees it, no operator either. A person has 50 at
    most (409 `too_many_saved_searches`).
    """
    params = commands.params_in(body)
    sight = await look_for(call.rooms.house, call.viewer, params)

    async def command(work: Work) -> Answer:
        saved_id = await commands.save_search(work, body, sight)
        return await written(call, work, saved_id, status=201)

    return await idempotency.run(call, command)


@router.get("/saved-searches/{saved_search_id}", response_model=SavedSearch)
@needs(Scope.SEARCHES_READ)
async def get_saved_search(call: CallDep, saved_search_id: Id) -> Answer:
    """Read one of your own saved searches; what it finds is at `GET /v1/search`."""
    db = call.rooms.house.db
    document = await queries.one_saved_search(db, call.viewer, saved_search_id)
    if document is None:
        raise NotFound
    return answers.one(call, document)


@router.get("/saved-searches/{saved_search_id}/new", response_model=NewHits)
@needs(Scope.SEARCHES_READ)
async def list_new_in_saved_search(
    call: CallDep, saved_search_id: Id, params: Annotated[NewQuery, Query()]
) -> Answer:
    """What is new in one of your own saved searches since you looked last: made, come into your sight, or edited so.

    Looking moves the mark: what you were told is not new the next time. `again=true` tells it once more and moves
    nothing, for when an answer was lost; nor does HEAD. Hits are those of `GET /v1/search`, of the kinds that the
    token in hand may read.
    """
    document = await look(
        call.rooms.house,
        call.viewer,
        saved_search_id,
        params,
        call.request_id,
        moving=not call.head,
    )
    network_ids = [hit["network_id"] for hit in document["items"] if hit["network_id"]]
    if call.viewer.operator:
        await note_operator_read(call, network_ids, "listNewInSavedSearch")
    for hit in document["items"]:
        hit["link"] = call.url(hit["link"])
    return answers.cached(call, document)


@router.patch("/saved-searches/{saved_search_id}", response_model=SavedSearch)
@needs(Scope.SEARCHES_WRITE)
async def update_saved_search(call: CallDep, saved_search_id: Id, body: SavedSearchPatch) -> Answer:
    """Change the name or the parameters of one of your own saved searches.

    With other parameters it is another search: what that finds now is not new when you look the next time.
    """
    house = call.rooms.house
    before = await queries.marked_search(house.db, call.viewer, saved_search_id)
    params, sight = commands.params_with(before, body), None
    if params != queries.params_of(before):
        sight = await look_for(house, call.viewer, params)

    async def command(work: Work) -> Answer:
        row = await commands.fetch_saved_search(work, saved_search_id)
        answers.if_match(call, row["version"])
        commands.update_saved_search(work, row, body, params, sight)
        return await written(call, work, saved_search_id)

    return await idempotency.run(call, command)


@router.delete("/saved-searches/{saved_search_id}", status_code=204)
@needs(Scope.SEARCHES_WRITE)
async def delete_saved_search(call: CallDep, saved_search_id: Id) -> Answer:
    """Delete one of your own saved searches, with what it has found."""

    async def command(work: Work) -> Answer:
        row = await commands.fetch_saved_search(work, saved_search_id)
        answers.if_match(call, row["version"])
        commands.delete_saved_search(work, row)
        return answers.gone()

    return await idempotency.run(call, command)
