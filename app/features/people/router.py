"""The doors of people."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from app.core.errors import NotFound
from app.core.fetching import fetch_self
from app.core.text import Id
from app.core.viewer import Scope
from app.core.work import Work
from app.features.people import commands, queries
from app.features.people.schemas import (
    Me,
    Person,
    PersonCreate,
    PersonPage,
    PersonPatch,
    PersonQuery,
)
from app.web import answers, idempotency
from app.web.call import Answer, Call, CallDep
from app.web.door import Door, needs
from app.web.listed import begin, listed

router = APIRouter(prefix="/v1", tags=["people"], route_class=Door)


def _one(call: Call, document: dict[str, Any] | None, status: int = 200) -> Answer:
    if document is None:
        raise NotFound
    location = f"/v1/people/{document['id']}"
    return answers.one(call, document, status=status, location=location)


@router.get("/people/{person_id}", response_model=Person)
@needs(Scope.PEOPLE_READ)
async def get_person(call: CallDep, person_id: Id) -> Answer:
    """Read one person: oneself, one who chose to be listed, or a fellow member.

    `tier` says how much you see: `card` of a fellow member, `profile` of somebody listed, `self`. Fields above it
    are null.
    """
    return _one(call, await queries.one_person(call.rooms.house.db, call.viewer, person_id))


@router.get("/people", response_model=PersonPage)
@needs(Scope.PEOPLE_READ)
async def list_people(call: CallDep, params: Annotated[PersonQuery, Query()]) -> Answer:
    """Find people who chose to be listed; an operator finds everybody. Ordered by relevance with `q`, else by name."""
    page = begin(call, "people", params, queries.chosen_sort(params))
    return await listed(
        call, await queries.list_people(call.rooms.house, call.viewer, params, page)
    )


@router.post("/people", response_model=Person, status_code=201)
@needs(Scope.PEOPLE_WRITE)
async def create_person(call: CallDep, body: PersonCreate) -> Answer:
    """Make a person, as an operator. Their registrations count as what they say of themselves."""

    async def command(work: Work) -> Answer:
        person_id = await commands.create_person(work, body)
        await work.flush()
        return _one(call, await queries.one_person(work, call.viewer, person_id), 201)

    return await idempotency.run(call, command)


@router.get("/me", response_model=Me)
@needs(Scope.PEOPLE_READ)
async def get_me(call: CallDep) -> Answer:
    """Read oneself, and what the token in hand may be used for."""
    return _one(call, await queries.oneself(call.rooms.house.db, call.viewer))


@router.patch("/me", response_model=Me)
@needs(Scope.PEOPLE_WRITE)
async def update_me(call: CallDep, body: PersonPatch) -> Answer:
    """Change oneself: JSON merge patch, absent fields stay. Send If-Match with the ETag to lose no update."""

    async def command(work: Work) -> Answer:
        shown = bool(commands.SHOWN_BY_NETWORKS & body.model_fields_set)
        row, facilitated = await fetch_self(work, facilitated=shown)
        answers.if_match(call, row["version"])
        await commands.update_person(work, row, facilitated, body)
        await work.flush()
        return _one(call, await queries.oneself(work, call.viewer))

    return await idempotency.run(call, command)
