"""The doors of duties and their terms."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query

from app.core.errors import NotFound
from app.core.paging import cut, open_page
from app.core.text import Id
from app.core.viewer import Scope
from app.core.work import Work
from app.features.duties import commands, queries
from app.features.duties.schemas import (
    Duty,
    DutyCreate,
    DutyPage,
    DutyPatch,
    DutyQuery,
    DutyTerm,
    TermCreate,
    TermPage,
    TermPatch,
    TermQuery,
)
from app.web import answers, idempotency
from app.web.call import Answer, Call, CallDep
from app.web.changes_cursor import seal_position
from app.web.door import Door, needs
from app.web.on_record import note_in_work, note_operator_read

router = APIRouter(prefix="/v1", tags=["duties"], route_class=Door)


def _today(call: Call) -> date:
    return call.rooms.house.clock().date()


async def written(
    call: Call, work: Work, duty_id: str, operation: str, *, status: int = 200
) -> Answer:
    """The duty as it is now inside this transaction; an operator's look at it is on record."""
    await work.flush()
    document = await queries.one_duty(work, call.viewer, duty_id, work.now.date())
    if document is None:
        raise NotFound
    await note_in_work(work, document["network_id"], operation)
    return answers.one(call, document, status=status, location=f"/v1/duties/{duty_id}")


async def written_term(
    call: Call, work: Work, term_id: str, operation: str, *, status: int = 200
) -> Answer:
    """The same of a term."""
    await work.flush()
    document = await queries.one_term(work, call.viewer, term_id)
    if document is None:
        raise NotFound
    await note_in_work(work, document["network_id"], operation)
    return answers.one(call, document, status=status, location=f"/v1/duty-terms/{term_id}")


@router.get("/duties", response_model=DutyPage)
@needs(Scope.MEMBERS_READ)
async def list_duties(call: CallDep, params: Annotated[DutyQuery, Query()]) -> Answer:
    """Representative duties of your networks, who holds them, until when. `due_soon=true`: where somebody is needed."""
    sealer = call.rooms.sealer
    given = params.model_dump(mode="json", exclude={"cursor", "limit"}, exclude_unset=True)
    page = open_page(sealer, "duties", given, cursor=params.cursor, limit=params.limit)
    db = call.rooms.house.db
    rows, position = await queries.list_duties(db, call.viewer, params, page, _today(call))
    cursor = cut(sealer, page, rows)
    if call.viewer.operator:
        await note_operator_read(call, [row["network_id"] for row in rows], "listDuties")
    return answers.page(call, rows, cursor, changes_cursor=await seal_position(call, position))


@router.post("/duties", response_model=Duty, status_code=201)
@needs(Scope.MEMBERS_WRITE)
async def create_duty(call: CallDep, body: DutyCreate) -> Answer:
    """Write down for whom the network speaks where; observers do not. Facilitators then say who holds it."""

    async def command(work: Work) -> Answer:
        duty_id = await commands.create_duty(work, body)
        return await written(call, work, duty_id, "createDuty", status=201)

    return await idempotency.run(call, command)


@router.get("/duties/{duty_id}", response_model=Duty)
@needs(Scope.MEMBERS_READ)
async def get_duty(call: CallDep, duty_id: Id) -> Answer:
    """Read one duty: who holds it, until when, and whose turn it may be next."""
    db = call.rooms.house.db
    document = await queries.one_duty(db, call.viewer, duty_id, _today(call))
    if document is None:
        raise NotFound
    if call.viewer.operator:
        await note_operator_read(call, [document["network_id"]], "getDuty")
    return answers.one(call, document)


@router.patch("/duties/{duty_id}", response_model=Duty)
@needs(Scope.MEMBERS_WRITE)
async def update_duty(call: CallDep, duty_id: Id, body: DutyPatch) -> Answer:
    """Change what is said of a duty, as who wrote it down or as a facilitator. 409 `duty_ended` once it has."""

    async def command(work: Work) -> Answer:
        row, _ = await commands.duty_to_change(work, duty_id, "duty.update")
        answers.if_match(call, row["version"])
        commands.update_duty(work, row, body)
        return await written(call, work, duty_id, "updateDuty")

    return await idempotency.run(call, command)


@router.delete("/duties/{duty_id}", status_code=204)
@needs(Scope.MEMBERS_WRITE)
async def delete_duty(call: CallDep, duty_id: Id) -> Answer:
    """Delete a duty that nobody ever held. 409 `duty_has_terms`: end it instead, and who held it stays known."""

    async def command(work: Work) -> Answer:
        row, _ = await commands.duty_to_change(work, duty_id, "duty.update")
        answers.if_match(call, row["version"])
        await commands.delete_duty(work, row)
        return answers.gone()

    return await idempotency.run(call, command)


@router.post("/duties/{duty_id}/end", response_model=Duty)
@needs(Scope.MEMBERS_WRITE)
async def end_duty(call: CallDep, duty_id: Id) -> Answer:
    """Give a duty up, as a facilitator: who holds it held it until today, and terms still to begin are gone."""

    async def command(work: Work) -> Answer:
        await commands.end_duty(work, duty_id)
        return await written(call, work, duty_id, "endDuty")

    return await idempotency.run(call, command)


@router.get("/duties/{duty_id}/terms", response_model=TermPage)
@needs(Scope.MEMBERS_READ)
async def list_duty_terms(
    call: CallDep, duty_id: Id, params: Annotated[TermQuery, Query()]
) -> Answer:
    """Who held a duty from when to when, the latest first, and what they handed over."""
    db, sealer = call.rooms.house.db, call.rooms.sealer
    page = open_page(sealer, f"terms {duty_id}", {}, cursor=params.cursor, limit=params.limit)
    network_id = await queries.network_of_duty(db, call.viewer, duty_id)
    if network_id is None:
        raise NotFound
    rows, position = await queries.list_terms(db, call.viewer, duty_id, page)
    cursor = cut(sealer, page, rows)
    if call.viewer.operator:
        await note_operator_read(call, [network_id], "listDutyTerms")
    return answers.page(call, rows, cursor, changes_cursor=await seal_position(call, position))


@router.post("/duties/{duty_id}/terms", response_model=DutyTerm, status_code=201)
@needs(Scope.MEMBERS_WRITE)
async def create_duty_term(call: CallDep, duty_id: Id, body: TermCreate) -> Answer:
    """Give a duty to a member for a term, as a facilitator. 409 `term_overlaps` where they hold it then already."""

    async def command(work: Work) -> Answer:
        term_id = await commands.create_term(work, duty_id, body)
        return await written_term(call, work, term_id, "createDutyTerm", status=201)

    return await idempotency.run(call, command)


@router.get("/duty-terms/{term_id}", response_model=DutyTerm)
@needs(Scope.MEMBERS_READ)
async def get_duty_term(call: CallDep, term_id: Id) -> Answer:
    """Read one term of a duty."""
    document = await queries.one_term(call.rooms.house.db, call.viewer, term_id)
    if document is None:
        raise NotFound
    if call.viewer.operator:
        await note_operator_read(call, [document["network_id"]], "getDutyTerm")
    return answers.one(call, document)


@router.patch("/duty-terms/{term_id}", response_model=DutyTerm)
@needs(Scope.MEMBERS_WRITE)
async def update_duty_term(call: CallDep, term_id: Id, body: TermPatch) -> Answer:
    """Write the note to hand over, as who holds the duty or as a facilitator, who may also move the end."""

    async def command(work: Work) -> Answer:
        row = await commands.term_to_change(work, term_id, body)
        answers.if_match(call, row["version"])
        await commands.update_term(work, row, body)
        return await written_term(call, work, term_id, "updateDutyTerm")

    return await idempotency.run(call, command)
