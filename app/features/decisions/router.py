"""The doors of decisions and of the votes on them."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.core.errors import NotFound, PreconditionFailed
from app.core.paging import cut, open_page
from app.core.text import Id
from app.core.viewer import Scope
from app.core.work import Work
from app.features.decisions import commands, queries, vote_queries
from app.features.decisions.schemas import (
    Decision,
    DecisionClose,
    DecisionCreate,
    DecisionPage,
    DecisionPatch,
    DecisionQuery,
    Vote,
    VotePage,
    VotePut,
    VoteQuery,
)
from app.web import answers, idempotency
from app.web.call import Answer, Call, CallDep
from app.web.changes_cursor import seal_position
from app.web.door import Door, needs
from app.web.on_record import note_in_work, note_operator_read

router = APIRouter(prefix="/v1", tags=["decisions"], route_class=Door)


async def written(
    call: Call, work: Work, decision_id: str, operation: str, *, status: int = 200
) -> Answer:
    """The decision as it is now inside this transaction; an operator's look at it is on record."""
    await work.flush()
    document = await queries.one_decision(work, call.viewer, work.now, decision_id)
    if document is None:
        raise NotFound
    await note_in_work(work, document["network_id"], operation)
    location = f"/v1/decisions/{decision_id}"
    return answers.one(call, document, status=status, location=location)


@router.get("/decisions", response_model=DecisionPage)
@needs(Scope.DECISIONS_READ)
async def list_decisions(call: CallDep, params: Annotated[DecisionQuery, Query()]) -> Answer:
    """Decisions of your networks, the latest first. `status=open&sort=closes_at` is what waits for votes."""
    house, sealer = call.rooms.house, call.rooms.sealer
    given = params.model_dump(mode="json", exclude={"cursor", "limit"}, exclude_unset=True)
    page = open_page(sealer, "decisions", given, cursor=params.cursor, limit=params.limit)
    rows, position = await queries.list_decisions(
        house.db, call.viewer, house.clock(), params, page
    )
    cursor = cut(sealer, page, rows)
    if call.viewer.operator:
        await note_operator_read(call, [row["network_id"] for row in rows], "listDecisions")
    return answers.page(call, rows, cursor, changes_cursor=await seal_position(call, position))


@router.post("/decisions", response_model=Decision, status_code=201)
@needs(Scope.DECISIONS_WRITE)
async def create_decision(call: CallDep, body: DecisionCreate) -> Answer:
    """Put a proposal to the members of a network, as a facilitator or a member of it; observers do not."""

    async def command(work: Work) -> Answer:
        decision_id = await commands.create_decision(work, body)
        return await written(call, work, decision_id, "createDecision", status=201)

    return await idempotency.run(call, command)


@router.get("/decisions/{decision_id}", response_model=Decision)
@needs(Scope.DECISIONS_READ)
async def get_decision(call: CallDep, decision_id: Id) -> Answer:
    """Read one decision with its count and your own vote. From its deadline on it is `closed`."""
    house = call.rooms.house
    document = await queries.one_decision(house.db, call.viewer, house.clock(), decision_id)
    if document is None:
        raise NotFound
    if call.viewer.operator:
        await note_operator_read(call, [document["network_id"]], "getDecision")
    return answers.one(call, document)


@router.patch("/decisions/{decision_id}", response_model=Decision)
@needs(Scope.DECISIONS_WRITE)
async def update_decision(call: CallDep, decision_id: Id, body: DecisionPatch) -> Answer:
    """Change a proposal, as who made it or a facilitator, while nobody has voted: 409 `decision_voted` after that."""

    async def command(work: Work) -> Answer:
        row = await commands.decision_to_change(work, decision_id, "decision.update")
        answers.if_match(call, row["version"])
        commands.update_decision(work, row, body)
        return await written(call, work, decision_id, "updateDecision")

    return await idempotency.run(call, command)


@router.delete("/decisions/{decision_id}", status_code=204)
@needs(Scope.DECISIONS_WRITE)
async def delete_decision(call: CallDep, decision_id: Id) -> Answer:
    """Delete a proposal that nobody has voted on, as who made it or a facilitator; else close it as `withdrawn`."""

    async def command(work: Work) -> Answer:
        row = await commands.decision_to_change(work, decision_id, "decision.delete")
        answers.if_match(call, row["version"])
        commands.delete_decision(work, row)
        return answers.gone()

    return await idempotency.run(call, command)


@router.post("/decisions/{decision_id}/close", response_model=Decision)
@needs(Scope.DECISIONS_WRITE)
async def close_decision(call: CallDep, decision_id: Id, body: DecisionClose) -> Answer:
    """State the outcome, as who proposed it or a facilitator: at any time, and once. The count is kept as it is then.

    `adopted` takes the quorum (409 `quorum_not_met`), `no_quorum` that it was missed (409 `quorum_met`). Over a block
    something is adopted with an `outcome_note` that says how the block was met (409 `block_stands` without one).
    """

    async def command(work: Work) -> Answer:
        await commands.close_decision(work, decision_id, body)
        return await written(call, work, decision_id, "closeDecision")

    return await idempotency.run(call, command)


@router.put("/decisions/{decision_id}/vote", response_model=Vote)
@needs(Scope.DECISIONS_WRITE)
async def cast_vote(call: CallDep, decision_id: Id, body: VotePut) -> Answer:
    """Vote, as a facilitator or a member, or change your vote, until the decision closes.

    409 `decision_closed` after that. Votes are named: members read who voted how, and why. Who blocks says why. The
    same vote again changes nothing.
    """

    async def command(work: Work) -> Answer:
        decision, before = await commands.vote_to_cast(work, decision_id)
        if before is not None:
            answers.if_match(call, before["version"])
        elif b"if-match" in call.headers:
            raise PreconditionFailed
        vote_id = commands.cast_vote(work, decision, before, body)
        await work.flush()
        document = await vote_queries.one_vote(work, call.viewer, vote_id)
        if document is None:
            raise NotFound
        return answers.one(call, document)

    return await idempotency.run(call, command)


@router.get("/decisions/{decision_id}/votes", response_model=VotePage)
@needs(Scope.DECISIONS_READ)
async def list_votes(
    call: CallDep, decision_id: Id, params: Annotated[VoteQuery, Query()]
) -> Answer:
    """Who voted how on a decision, and why, the first vote first."""
    db, sealer, viewer = call.rooms.house.db, call.rooms.sealer, call.viewer
    given = params.model_dump(mode="json", exclude={"cursor", "limit"}, exclude_unset=True)
    name = f"votes {decision_id}"
    page = open_page(sealer, name, given, cursor=params.cursor, limit=params.limit)
    network_id = await vote_queries.network_of(db, viewer, decision_id)
    rows, position = await vote_queries.list_votes(db, viewer, decision_id, params, page)
    cursor = cut(sealer, page, rows)
    if viewer.operator:
        await note_operator_read(call, [network_id], "listVotes")
    return answers.page(call, rows, cursor, changes_cursor=await seal_position(call, position))


@router.get("/votes/{vote_id}", response_model=Vote)
@needs(Scope.DECISIONS_READ)
async def get_vote(call: CallDep, vote_id: Id) -> Answer:
    """Read one vote."""
    document = await vote_queries.one_vote(call.rooms.house.db, call.viewer, vote_id)
    if document is None:
        raise NotFound
    if call.viewer.operator:
        await note_operator_read(call, [document["network_id"]], "getVote")
    return answers.one(call, document)
