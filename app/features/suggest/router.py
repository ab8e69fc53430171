"""The door of suggestions."""

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query

from app.features.suggest import queries
from app.features.suggest.schemas import Suggestions, SuggestQuery
from app.web import answers
from app.web.call import Answer, Call, CallDep
from app.web.door import Door, needs

router = APIRouter(prefix="/v1", tags=["search"], route_class=Door)
# Where each leads: what is open to look at, or what to look for next.
LINKS = {
    "topic": "/v1/networks?topic={}",
    "network": "/v1/networks/{}",
    "organisation": "/v1/organisations/{}",
    "person": "/v1/people/{}",
}


@router.get("/suggest", response_model=Suggestions)
@needs(sign_in=False, cache="private, no-cache")
async def suggest(call: CallDep, params: Annotated[SuggestQuery, Query()]) -> Answer:
    """Suggest topics, networks, organisations, places, people and words for what was typed so far.

    Only what the caller may read, and what their token has the scope for.
    """
    rooms = call.rooms
    rows = await queries.suggest(rooms.house.db, call.viewer, rooms.kept, params.q)
    return answers.cached(call, {"items": [{**row, "link": _link(call, row)} for row in rows]})


def _link(call: Call, row: dict[str, Any]) -> str:
    kind = row["kind"]
    if kind in LINKS:
        return call.url(LINKS[kind].format(quote(row["id"], safe="")))
    looked = "/v1/places" if kind == "place" else "/v1/search"
    return call.url(f"{looked}?q={quote(row['text'], safe='')}")
