"""The doors of organisations."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.core.errors import NotFound
from app.core.text import OdsCode
from app.core.viewer import Scope
from app.features.organisations import queries
from app.features.organisations.schemas import Organisation, OrganisationPage, OrganisationQuery
from app.web import answers
from app.web.call import Answer, CallDep
from app.web.door import Door, needs
from app.web.listed import begin, listed

router = APIRouter(prefix="/v1", tags=["organisations"], route_class=Door)


@router.get("/organisations", response_model=OrganisationPage)
@needs(Scope.ORGANISATIONS_READ, sign_in=False, cache="private, no-cache")
async def list_organisations(
    call: CallDep, params: Annotated[OrganisationQuery, Query()]
) -> Answer:
    """Find NHS organisations: by words, kind, what they belong to, and place.

    Ordered by relevance when `q` is given, by distance with `near`, else by name. Closed organisations are there too.
    """
    page = begin(call, "organisations", params, queries.chosen_sort(params))
    found = await queries.list_organisations(call.rooms.house, params, page)
    return await listed(call, found, tie="code")


@router.get("/organisations/{code}", response_model=Organisation)
@needs(Scope.ORGANISATIONS_READ, sign_in=False, cache="private, no-cache")
async def get_organisation(call: CallDep, code: OdsCode) -> Answer:
    """Read one organisation by its ODS code, with what it belongs to and what took its place."""
    document = await queries.one_organisation(call.rooms.house.db, code)
    if document is None:
        raise NotFound
    return answers.cached(call, document)
