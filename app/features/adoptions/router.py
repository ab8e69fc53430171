"""The doors of adoptions."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query

from app.core.errors import NotFound, PreconditionFailed
from app.core.paging import cut, open_page
from app.core.text import Id, OdsCode
from app.core.viewer import Scope
from app.core.work import Work
from app.features.adoptions import commands, queries
from app.features.adoptions.schemas import Adoption, AdoptionPage, AdoptionPut, AdoptionQuery
from app.web import answers, idempotency
from app.web.call import Answer, Call, CallDep
from app.web.changes_cursor import seal_position
from app.web.door import Door, needs
from app.web.on_record import note_operator_read

router = APIRouter(prefix="/v1", tags=["adoptions"], route_class=Door)


def _matches(call: Call, version: int | None) -> None:
    """Honour If-Match, also of a report that is not there yet. Errors: `PreconditionFailed`."""
    if version is not None:
        answers.if_match(call, version)
    elif b"if-match" in call.headers:
        raise PreconditionFailed


@router.put(
    "/results/{result_id}/adoptions/{ods_code}",
    response_model=Adoption,
    responses={201: {"model": Adoption, "description": "Reported for the first time."}},
)
@needs(Scope.RESULTS_WRITE)
async def report_adoption(
    call: CallDep, result_id: Id, ods_code: OdsCode, body: AdoptionPut
) -> Answer:
    """Report that an organisation tried a result, and what happened there: all of it, each time that there is news.

    For an organisation that you belong to, by your profile or as its representative in a network; facilitators of the
    result's network for any. The organisation that a result came about at is no adopter: 409 `own_organisation`.
    """
    threshold = call.rooms.settings.small_number_threshold

    async def command(work: Work) -> Answer:
        found = await commands.report_adoption(
            work, result_id, ods_code, body, partial(_matches, call)
        )
        adoption_id, first = found
        await work.flush()
        document = await queries.one_adoption(work, call.viewer, adoption_id, threshold)
        if document is None:
            raise NotFound
        location = f"/v1/adoptions/{adoption_id}" if first else None
        return answers.one(call, document, status=201 if first else 200, location=location)

    return await idempotency.run(call, command)


@router.get("/adoptions", response_model=AdoptionPage)
@needs(Scope.RESULTS_READ, sign_in=False, cache="private, no-cache")
async def list_adoptions(call: CallDep, params: Annotated[AdoptionQuery, Query()]) -> Answer:
    """Who tried which results, the latest report first: with `result_id` of one, with `organisation` by one.

    Small numbers are left out of the figures for everybody but who reported them.
    """
    sealer = call.rooms.sealer
    given = params.model_dump(mode="json", exclude={"cursor", "limit"}, exclude_unset=True)
    mine = f" {call.viewer.person_id}" if params.mine is not None else ""
    page = open_page(sealer, f"adoptions{mine}", given, cursor=params.cursor, limit=params.limit)
    rows, position = await queries.list_adoptions(
        call.rooms.house.db, call.viewer, params, page, call.rooms.settings.small_number_threshold
    )
    cursor = cut(sealer, page, rows)
    if call.viewer.operator:
        await note_operator_read(call, [row["network_id"] for row in rows], "listAdoptions")
    return answers.page(call, rows, cursor, changes_cursor=await seal_position(call, position))


@router.get("/adoptions/{adoption_id}", response_model=Adoption)
@needs(Scope.RESULTS_READ, sign_in=False, cache="private, no-cache")
async def get_adoption(call: CallDep, adoption_id: Id) -> Answer:
    """Read what one organisation reported."""
    db, threshold = call.rooms.house.db, call.rooms.settings.small_number_threshold
    document = await queries.one_adoption(db, call.viewer, adoption_id, threshold)
    if document is None:
        raise NotFound
    if call.viewer.operator:
        await note_operator_read(call, [document["network_id"]], "getAdoption")
    return answers.one(call, document)


@router.delete("/adoptions/{adoption_id}", status_code=204)
@needs(Scope.RESULTS_WRITE)
async def delete_adoption(call: CallDep, adoption_id: Id) -> Answer:
    """Take a report back that should not have been made, as who made it last. What was stopped is `stopped` instead."""

    async def command(work: Work) -> Answer:
        await commands.delete_adoption(work, adoption_id, partial(_matches, call))
        return answers.gone()

    return await idempotency.run(call, command)
