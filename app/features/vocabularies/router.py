"""The doors of vocabularies: public, the same for everybody, kept for an hour."""

from fastapi import APIRouter

from app.features.vocabularies import queries
from app.features.vocabularies.schemas import Vocabulary
from app.web import answers
from app.web.call import Answer, CallDep
from app.web.door import Door, needs

router = APIRouter(prefix="/v1", tags=["vocabularies"], route_class=Door)


@router.get("/topics", response_model=Vocabulary)
@needs(sign_in=False, cache="public, max-age=3600")
async def list_topics(call: CallDep) -> Answer:
    """Read all topics: what networks, interests and results are about."""
    return answers.cached(call, {"items": await queries.terms(call.rooms.house.db, "topic")})


@router.get("/professions", response_model=Vocabulary)
@needs(sign_in=False, cache="public, max-age=3600")
async def list_professions(call: CallDep) -> Answer:
    """Read all professions and roles that people in primary care have."""
    return answers.cached(call, {"items": await queries.terms(call.rooms.house.db, "profession")})
