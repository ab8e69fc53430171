"""The door of recommendations."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.core.paging import cut, open_page
from app.core.viewer import Scope
from app.features.recommendations import queries
from app.features.recommendations.reasons import recommended
from app.features.recommendations.schemas import RecommendationPage, RecommendationQuery
from app.web import answers
from app.web.call import Answer, CallDep
from app.web.door import Door, needs

router = APIRouter(prefix="/v1", tags=["people"], route_class=Door)


@router.get("/me/recommendations", response_model=RecommendationPage)
@needs(Scope.NETWORKS_READ)
async def list_recommendations(
    call: CallDep, params: Annotated[RecommendationQuery, Query()]
) -> Answer:
    """Networks for you, what fits best first, each with its reasons.

    They rest on your interests, your profession, where your organisation is, and what people in the same role have
    joined - where they are at least five. `missing` says what you have not said of yourself and would help. What you
    are or were in, or declined, is not recommended; nor is what one joins by invitation alone.
    """
    db, sealer = call.rooms.house.db, call.rooms.sealer
    profile = await queries.own_profile(db, call.viewer)
    mine = f"recommendations {call.viewer.person_id}"
    page = open_page(sealer, mine, {}, cursor=params.cursor, limit=params.limit)
    rows = await queries.list_recommendations(db, call.viewer, profile, page)
    cursor = cut(sealer, page, rows)
    items = [recommended(row, profile) for row in rows]
    for item in items:
        item["network"]["link"] = call.url(f"/v1/networks/{item['network']['id']}")
    return answers.page(call, items, cursor, missing=profile.missing())
