"""The doors of pairs."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.core.errors import NotFound
from app.core.paging import cut, open_page
from app.core.text import Id
from app.core.viewer import Scope
from app.core.work import Work
from app.features.pairings import commands, queries
from app.features.pairings.schemas import (
    Pairing,
    PairingDraw,
    PairingPage,
    PairingQuery,
    PairingWish,
)
from app.web import answers, idempotency
from app.web.call import Answer, CallDep
from app.web.changes_cursor import seal_position
from app.web.door import Door, needs
from app.web.on_record import note_in_work, note_operator_read

router = APIRouter(prefix="/v1", tags=["pairings"], route_class=Door)


@router.get("/networks/{network_id}/pairing-wishes/me", response_model=PairingWish)
@needs(Scope.MEMBERS_READ)
async def get_pairing_wish(call: CallDep, network_id: Id) -> Answer:
    """Whether you want to be paired here, as a member. Only you are told."""
    document = await queries.own_wish(call.rooms.house.db, call.viewer, network_id)
    if document is None:
        raise NotFound
    return answers.cached(call, document)


@router.put("/networks/{network_id}/pairing-wishes/me", response_model=PairingWish)
@needs(Scope.MEMBERS_WRITE)
async def wish_pairing(call: CallDep, network_id: Id) -> Answer:
    """Ask to be paired, in each draw from now on until you take it back or are no member any more."""

    async def command(work: Work) -> Answer:
        await commands.wish(work, network_id)
        await work.flush()
        document = await queries.own_wish(work, call.viewer, network_id)
        if document is None:
            raise NotFound
        return answers.cached(call, document)

    return await idempotency.run(call, command)


@router.delete("/networks/{network_id}/pairing-wishes/me", status_code=204)
@needs(Scope.MEMBERS_WRITE)
async def delete_pairing_wish(call: CallDep, network_id: Id) -> Answer:
    """Be paired no more, from the next draw on; pairs that were drawn stay."""

    async def command(work: Work) -> Answer:
        await commands.unwish(work, network_id)
        return answers.gone()

    return await idempotency.run(call, command)


@router.post("/networks/{network_id}/pairings", response_model=PairingDraw)
@needs(Scope.MEMBERS_WRITE)
async def draw_pairings(call: CallDep, network_id: Id) -> Answer:
    """Pair everybody who asked for it, at random, as a facilitator. 409 `too_few_wishes` where fewer than two did.

    As many as can be get somebody they have not met, nor been paired with; of an odd number three are together. Send an
    Idempotency-Key: another request draws again.
    """

    async def command(work: Work) -> Answer:
        await commands.draw(work, network_id)
        await work.flush()
        await note_in_work(work, network_id, "drawPairings")
        found = await queries.pairings_of_draw(work, network_id, work.now)
        return answers.one(call, {"items": found})

    return await idempotency.run(call, command)


@router.get("/networks/{network_id}/pairings", response_model=PairingPage)
@needs(Scope.MEMBERS_READ)
async def list_pairings(
    call: CallDep, network_id: Id, params: Annotated[PairingQuery, Query()]
) -> Answer:
    """The pairs that you are in, the latest draw first; all of them, as a facilitator."""
    db, sealer = call.rooms.house.db, call.rooms.sealer
    page = open_page(sealer, f"pairings {network_id}", {}, cursor=params.cursor, limit=params.limit)
    if not await queries.is_inside(db, call.viewer, network_id):
        raise NotFound
    rows, position = await queries.list_pairings(db, call.viewer, network_id, page)
    cursor = cut(sealer, page, rows)
    if call.viewer.operator:
        await note_operator_read(call, [network_id], "listPairings")
    return answers.page(call, rows, cursor, changes_cursor=await seal_position(call, position))


@router.get("/pairings/{pairing_id}", response_model=Pairing)
@needs(Scope.MEMBERS_READ)
async def get_pairing(call: CallDep, pairing_id: Id) -> Answer:
    """Read one pair that you are in, or any as a facilitator."""
    document = await queries.one_pairing(call.rooms.house.db, call.viewer, pairing_id)
    if document is None:
        raise NotFound
    if call.viewer.operator:
        await note_operator_read(call, [document["network_id"]], "getPairing")
    return answers.one(call, document)
