"""The doors of requests for support and of offers."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.core.errors import NotFound
from app.core.paging import cut, open_page
from app.core.text import Id
from app.core.viewer import Scope
from app.core.work import Work
from app.features.asks import commands, queries
from app.features.asks.schemas import (
    Ask,
    AskAnswer,
    AskCreate,
    AskPage,
    AskPatch,
    AskQuery,
    Matches,
    Offer,
    OfferCreate,
    OfferPage,
    OfferQuery,
)
from app.web import answers, idempotency
from app.web.call import Answer, Call, CallDep
from app.web.changes_cursor import seal_position
from app.web.door import Door, needs
from app.web.on_record import note_in_work, note_operator_read

router = APIRouter(prefix="/v1", tags=["asks"], route_class=Door)


async def written(
    call: Call, work: Work, ask_id: str, operation: str, *, status: int = 200
) -> Answer:
    """The request as it is now inside this transaction; an operator's look at it is on record."""
    await work.flush()
    document = await queries.one_ask(work, call.viewer, ask_id)
    if document is None:
        raise NotFound
    await note_in_work(work, document["network_id"], operation)
    return answers.one(call, document, status=status, location=f"/v1/asks/{ask_id}")


async def written_offer(
    call: Call, work: Work, offer_id: str, operation: str, *, status: int = 200
) -> Answer:
    """The same of an offer."""
    await work.flush()
    document = await queries.one_offer(work, call.viewer, offer_id)
    if document is None:
        raise NotFound
    await note_in_work(work, document["network_id"], operation)
    return answers.one(call, document, status=status, location=f"/v1/offers/{offer_id}")


async def _seen(call: Call, ask_id: str, operation: str) -> dict[str, object]:
    document = await queries.one_ask(call.rooms.house.db, call.viewer, ask_id)
    if document is None:
        raise NotFound
    if call.viewer.operator:
        await note_operator_read(call, [document["network_id"]], operation)
    return document


@router.get("/asks", response_model=AskPage)
@needs(Scope.MEMBERS_READ)
async def list_asks(call: CallDep, params: Annotated[AskQuery, Query()]) -> Answer:
    """Requests for support in your networks, the newest first."""
    sealer = call.rooms.sealer
    given = params.model_dump(mode="json", exclude={"cursor", "limit"}, exclude_unset=True)
    page = open_page(sealer, "asks", given, cursor=params.cursor, limit=params.limit)
    rows, position = await queries.list_asks(call.rooms.house.db, call.viewer, params, page)
    cursor = cut(sealer, page, rows)
    if call.viewer.operator:
        await note_operator_read(call, [row["network_id"] for row in rows], "listAsks")
    return answers.page(call, rows, cursor, changes_cursor=await seal_position(call, position))


@router.post("/asks", response_model=Ask, status_code=201)
@needs(Scope.MEMBERS_WRITE)
async def create_ask(call: CallDep, body: AskCreate) -> Answer:
    """Ask the members of a network for support; observers do not."""

    async def command(work: Work) -> Answer:
        ask_id = await commands.create_ask(work, body)
        return await written(call, work, ask_id, "createAsk", status=201)

    return await idempotency.run(call, command)


@router.get("/asks/{ask_id}", response_model=Ask)
@needs(Scope.MEMBERS_READ)
async def get_ask(call: CallDep, ask_id: Id) -> Answer:
    """Read one request of your networks."""
    return answers.one(call, await _seen(call, ask_id, "getAsk"))


@router.patch("/asks/{ask_id}", response_model=Ask)
@needs(Scope.MEMBERS_WRITE)
async def update_ask(call: CallDep, ask_id: Id, body: AskPatch) -> Answer:
    """Change what you ask for, while it is open."""

    async def command(work: Work) -> Answer:
        row, _ = await commands.ask_to_change(work, ask_id, "ask.update")
        answers.if_match(call, row["version"])
        await commands.update_ask(work, row, body)
        return await written(call, work, ask_id, "updateAsk")

    return await idempotency.run(call, command)


@router.delete("/asks/{ask_id}", status_code=204)
@needs(Scope.MEMBERS_WRITE)
async def delete_ask(call: CallDep, ask_id: Id) -> Answer:
    """Delete a request to which nobody offered anything. 409 `ask_has_offers`: withdraw it instead."""

    async def command(work: Work) -> Answer:
        row, _ = await commands.ask_to_change(work, ask_id, "ask.update")
        answers.if_match(call, row["version"])
        await commands.delete_ask(work, row)
        return answers.gone()

    return await idempotency.run(call, command)


@router.post("/asks/{ask_id}/withdraw", response_model=Ask)
@needs(Scope.MEMBERS_WRITE)
async def withdraw_ask(call: CallDep, ask_id: Id) -> Answer:
    """Ask no longer; what was offered stays readable. 409 `ask_closed` if it was answered or withdrawn."""

    async def command(work: Work) -> Answer:
        row, _ = await commands.ask_to_change(work, ask_id, "ask.update")
        commands.withdraw_ask(work, row)
        return await written(call, work, ask_id, "withdrawAsk")

    return await idempotency.run(call, command)


@router.post("/asks/{ask_id}/answer", response_model=Ask)
@needs(Scope.MEMBERS_WRITE)
async def answer_ask(call: CallDep, ask_id: Id, body: AskAnswer) -> Answer:
    """Say, as who asked, that it is answered, what came of it, and whose offers helped."""

    async def command(work: Work) -> Answer:
        await commands.answer_ask(work, ask_id, body)
        return await written(call, work, ask_id, "answerAsk")

    return await idempotency.run(call, command)


@router.get("/asks/{ask_id}/offers", response_model=OfferPage)
@needs(Scope.MEMBERS_READ)
async def list_offers(call: CallDep, ask_id: Id, params: Annotated[OfferQuery, Query()]) -> Answer:
    """The offers to a request, the first one first."""
    db, sealer = call.rooms.house.db, call.rooms.sealer
    page = open_page(sealer, f"offers {ask_id}", {}, cursor=params.cursor, limit=params.limit)
    await _seen(call, ask_id, "listOffers")
    rows, position = await queries.list_offers(db, call.viewer, ask_id, page)
    cursor = cut(sealer, page, rows)
    return answers.page(call, rows, cursor, changes_cursor=await seal_position(call, position))


@router.post("/asks/{ask_id}/offers", response_model=Offer, status_code=201)
@needs(Scope.MEMBERS_WRITE)
async def create_offer(call: CallDep, ask_id: Id, body: OfferCreate) -> Answer:
    """Offer to help, as another member; observers do not. One open offer each (409 `already_offered`)."""

    async def command(work: Work) -> Answer:
        offer_id = await commands.create_offer(work, ask_id, body)
        return await written_offer(call, work, offer_id, "createOffer", status=201)

    return await idempotency.run(call, command)


@router.get("/asks/{ask_id}/matches", response_model=Matches)
@needs(Scope.MEMBERS_READ)
async def list_matches(call: CallDep, ask_id: Id) -> Answer:
    """Members whom a request may suit, best first, and why: by what every member may read of them."""
    ask = await _seen(call, ask_id, "listMatches")
    return answers.one(call, {"items": await queries.matches(call.rooms.house.db, ask)})


@router.get("/offers/{offer_id}", response_model=Offer)
@needs(Scope.MEMBERS_READ)
async def get_offer(call: CallDep, offer_id: Id) -> Answer:
    """Read one offer."""
    document = await queries.one_offer(call.rooms.house.db, call.viewer, offer_id)
    if document is None:
        raise NotFound
    if call.viewer.operator:
        await note_operator_read(call, [document["network_id"]], "getOffer")
    return answers.one(call, document)


@router.post("/offers/{offer_id}/withdraw", response_model=Offer)
@needs(Scope.MEMBERS_WRITE)
async def withdraw_offer(call: CallDep, offer_id: Id) -> Answer:
    """Offer it no longer, as who offered. 409 `ask_closed` once it helped or was withdrawn."""

    async def command(work: Work) -> Answer:
        await commands.withdraw_offer(work, offer_id)
        return await written_offer(call, work, offer_id, "withdrawOffer")

    return await idempotency.run(call, command)
