"""The doors of surveys."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.core.errors import NotFound
from app.core.errors_of_surveys import SurveyOpen
from app.core.fetching_listening import fetch_survey_round, hold_survey_round, sees_inside
from app.core.paging import cut, open_page
from app.core.survey_questions import SETTLING
from app.core.text import Id
from app.core.viewer import Scope
from app.core.work import Work, perform
from app.db.types import instant_from_text
from app.features.surveys import commands, queries
from app.features.surveys.schemas import (
    SurveyResponse,
    SurveyResults,
    SurveyRound,
    SurveyRoundCreate,
    SurveyRoundPage,
    SurveyRoundPatch,
    SurveyRoundQuery,
)
from app.web import answers, idempotency
from app.web.call import Answer, Call, CallDep
from app.web.changes_cursor import seal_position
from app.web.door import Door, needs
from app.web.on_record import note_in_work, note_operator_read

router = APIRouter(prefix="/v1", tags=["surveys"], route_class=Door)


async def _written(
    call: Call, work: Work, round_id: str, operation: str, *, status: int = 200
) -> Answer:
    """The round as it is now inside this transaction; an operator's look at it is on record."""
    await work.flush()
    document = await queries.one_round(work, call.viewer, round_id, work.now)
    if document is None:
        raise NotFound
    await note_in_work(work, document["network_id"], operation)
    location = f"/v1/survey-rounds/{round_id}"
    return answers.one(call, document, status=status, location=location)


@router.get("/networks/{network_id}/survey-rounds", response_model=SurveyRoundPage)
@needs(Scope.NETWORKS_READ)
async def list_survey_rounds(
    call: CallDep, network_id: Id, params: Annotated[SurveyRoundQuery, Query()]
) -> Answer:
    """Rounds of a network that you are a member of, the one that closes last first."""
    house, sealer = call.rooms.house, call.rooms.sealer
    if not await sees_inside(house.db, call.viewer, network_id):
        raise NotFound
    of_list = f"survey rounds {network_id}"
    page = open_page(sealer, of_list, {}, cursor=params.cursor, limit=params.limit)
    rows, position = await queries.list_rounds(
        house.db, call.viewer, network_id, page, house.clock()
    )
    cursor = cut(sealer, page, rows)
    if call.viewer.operator:
        await note_operator_read(call, [network_id], "listSurveyRounds")
    return answers.page(call, rows, cursor, changes_cursor=await seal_position(call, position))


@router.post("/networks/{network_id}/survey-rounds", response_model=SurveyRound, status_code=201)
@needs(Scope.NETWORKS_WRITE)
async def create_survey_round(call: CallDep, network_id: Id, body: SurveyRoundCreate) -> Answer:
    """Ask all members the questions about the five Cs, as a facilitator: now, or from `opens_at` on.

    One round of a network is open at a time: 409 `survey_overlaps`.
    """

    async def command(work: Work) -> Answer:
        round_id = await commands.create_round(work, network_id, body)
        return await _written(call, work, round_id, "createSurveyRound", status=201)

    return await idempotency.run(call, command)


@router.get("/survey-rounds/{survey_round_id}", response_model=SurveyRound)
@needs(Scope.NETWORKS_READ)
async def get_survey_round(call: CallDep, survey_round_id: Id) -> Answer:
    """Read a round with its questions. Whether somebody took part is told to nobody, not to themselves either."""
    house = call.rooms.house
    document = await queries.one_round(house.db, call.viewer, survey_round_id, house.clock())
    if document is None:
        raise NotFound
    if call.viewer.operator:
        await note_operator_read(call, [document["network_id"]], "getSurveyRound")
    return answers.one(call, document)


@router.patch("/survey-rounds/{survey_round_id}", response_model=SurveyRound)
@needs(Scope.NETWORKS_WRITE)
async def update_survey_round(call: CallDep, survey_round_id: Id, body: SurveyRoundPatch) -> Answer:
    """Change the title, or when it opens or closes as long as that has not come, as a facilitator.

    A round that is closed stays closed: 409 `survey_closed`.
    """

    async def command(work: Work) -> Answer:
        row, _ = await fetch_survey_round(work, survey_round_id, "survey_round.update")
        answers.if_match(call, row["version"])
        await commands.update_round(work, row, body)
        return await _written(call, work, survey_round_id, "updateSurveyRound")

    return await idempotency.run(call, command)


@router.delete("/survey-rounds/{survey_round_id}", status_code=204)
@needs(Scope.NETWORKS_WRITE)
async def delete_survey_round(call: CallDep, survey_round_id: Id) -> Answer:
    """Delete a round before it opens, as a facilitator; afterwards 409 `survey_opened`."""

    async def command(work: Work) -> Answer:
        row, _ = await fetch_survey_round(work, survey_round_id, "survey_round.delete")
        answers.if_match(call, row["version"])
        commands.delete_round(work, row)
        return answers.gone()

    return await idempotency.run(call, command)


@router.post("/survey-rounds/{survey_round_id}/close", response_model=SurveyRound)
@needs(Scope.NETWORKS_WRITE)
async def close_survey_round(call: CallDep, survey_round_id: Id) -> Answer:
    """Close an open round before its time, as a facilitator; it does not open again."""

    async def command(work: Work) -> Answer:
        row, _ = await fetch_survey_round(work, survey_round_id, "survey_round.update")
        commands.close_round(work, row, work.now)
        return await _written(call, work, survey_round_id, "closeSurveyRound")

    return await idempotency.run(call, command)


@router.post("/survey-rounds/{survey_round_id}/responses", status_code=204)
@needs(Scope.MEMBERS_WRITE, nameless=True)
async def answer_survey_round(call: CallDep, survey_round_id: Id, body: SurveyResponse) -> Answer:
    """Take part in an open round of a network that you are an active member of: once, and without a way back.

    Answers are counted and kept nowhere. An Idempotency-Key is taken and not kept, since a digest of few answers could
    be tried out: whoever repeats the request is told 409 `already_answered`.
    """
    idempotency.look_at_key(call)
    house, sealer = call.rooms.house, call.rooms.sealer

    async def command(work: Work) -> Answer:
        await commands.answer_round(work, sealer, house.clock, survey_round_id, body.answers)
        return answers.gone()

    return await perform(house, command, viewer=call.viewer, request_id=call.request_id)


@router.get("/survey-rounds/{survey_round_id}/results", response_model=SurveyResults)
@needs(Scope.NETWORKS_READ)
async def list_survey_results(call: CallDep, survey_round_id: Id) -> Answer:
    """What a round brought, for members, once it is closed: 409 `survey_open` until then.

    A question is told from five answers on, and where they differ enough that nobody's follows from others'.
    """
    house = call.rooms.house
    now = house.clock()
    found = await queries.results(house.db, call.viewer, survey_round_id, now)
    if found is None:
        raise NotFound
    if not found.pop("_closed"):
        raise SurveyOpen
    if now - instant_from_text(found.pop("_closed_at")) < SETTLING:
        await _settled(call, survey_round_id)
        found = await queries.results(house.db, call.viewer, survey_round_id, now) or found
        found = {name: value for name, value in found.items() if not name.startswith("_")}
    if call.viewer.operator:
        await note_operator_read(call, [found["network_id"]], "listSurveyResults")
    return answers.cached(call, found)


async def _settled(call: Call, round_id: str) -> None:
    """Return when every answer that came in time is counted: who saw results before and after one would know it."""

    async def command(work: Work) -> None:
        await hold_survey_round(work, round_id)

    await perform(call.rooms.house, command, viewer=call.viewer, request_id=call.request_id)
