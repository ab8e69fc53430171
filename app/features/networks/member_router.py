"""The doors of members."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.core.errors import NotFound
from app.core.fetching import fetch_member, fetch_network
from app.core.paging import cut, open_page
from app.core.text import Id
from app.core.viewer import Scope
from app.core.work import Work, perform
from app.features.networks import member_commands as commands
from app.features.networks import member_queries as queries
from app.features.networks.member_schemas import (
    HistoryQuery,
    Member,
    MemberCreate,
    MemberPage,
    MemberPatch,
    MemberQuery,
    MemberRemoval,
    NetworkJoin,
    SpellPage,
)
from app.web import answers, idempotency
from app.web.call import Answer, Call, CallDep
from app.web.changes_cursor import seal_position
from app.web.door import Door, needs
from app.web.on_record import note_in_work, note_operator_read

router = APIRouter(prefix="/v1", tags=["members"], route_class=Door)


async def written(
    call: Call, work: Work, member_id: str, operation: str, *, status: int = 200
) -> Answer:
    """The spell as it is now inside this transaction; an operator's look at it is on record."""
    await work.flush()
    document = await queries.one_member(work, call.viewer, member_id)
    if document is None:
        raise NotFound
    await note_in_work(work, document["network_id"], operation)
    location = f"/v1/members/{member_id}"
    return answers.one(call, document, status=status, location=location)


@router.get("/members", response_model=MemberPage)
@needs(Scope.MEMBERS_READ)
async def list_members(call: CallDep, params: Annotated[MemberQuery, Query()]) -> Answer:
    """Members of your networks: active ones; facilitators also see requests and invitations, everybody their own."""
    sealer = call.rooms.sealer
    given = params.model_dump(mode="json", exclude={"cursor", "limit"}, exclude_unset=True)
    page = open_page(sealer, "members", given, cursor=params.cursor, limit=params.limit)
    rows, position = await queries.list_members(call.rooms.house.db, call.viewer, params, page)
    cursor = cut(sealer, page, rows)
    if call.viewer.operator:
        await note_operator_read(call, [row["network_id"] for row in rows], "listMembers")
    return answers.page(call, rows, cursor, changes_cursor=await seal_position(call, position))


@router.get("/members/{member_id}", response_model=Member)
@needs(Scope.MEMBERS_READ)
async def get_member(call: CallDep, member_id: Id) -> Answer:
    """Read one membership."""
    document = await queries.one_member(call.rooms.house.db, call.viewer, member_id)
    if document is None:
        raise NotFound
    if call.viewer.operator:
        await note_operator_read(call, [document["network_id"]], "getMember")
    return answers.one(call, document)


@router.post("/networks/{network_id}/join", response_model=Member, status_code=201)
@needs(Scope.MEMBERS_WRITE)
async def join_network(call: CallDep, network_id: Id, body: NetworkJoin) -> Answer:
    """Join a network: at once where it is open or you are invited, as a request where a facilitator approves."""

    async def command(work: Work) -> Answer:
        document = await commands.join_network(work, network_id, body)
        return answers.one(call, document, status=201, location=f"/v1/members/{document['id']}")

    return await idempotency.run(call, command)


@router.post("/members", response_model=Member, status_code=201)
@needs(Scope.MEMBERS_WRITE, Scope.MEMBERS_PROVISION)
async def add_member(call: CallDep, body: MemberCreate) -> Answer:
    """Invite a person you can see; a token with `members:provision` for this network adds them at once."""

    async def command(work: Work) -> Answer:
        member_id = await commands.add_member(work, body)
        return await written(call, work, member_id, "addMember", status=201)

    return await idempotency.run(call, command)


@router.patch("/members/{member_id}", response_model=Member)
@needs(Scope.MEMBERS_WRITE)
async def update_member(call: CallDep, member_id: Id, body: MemberPatch) -> Answer:
    """Change what a member offers and represents; facilitators also hand over roles."""

    async def command(work: Work) -> Answer:
        spell, network = await fetch_member(work, member_id)
        answers.if_match(call, spell["version"])
        await commands.update_membership(work, spell, network, body)
        return await written(call, work, member_id, "updateMember")

    return await idempotency.run(call, command)


@router.delete("/members/{member_id}", status_code=204)
@needs(Scope.MEMBERS_WRITE)
async def end_membership(
    call: CallDep, member_id: Id, params: Annotated[MemberRemoval, Query()]
) -> Answer:
    """Leave a network, or as a facilitator remove a member (`reason` is kept in the history)."""

    async def command(work: Work) -> Answer:
        spell, network = await fetch_member(work, member_id)
        answers.if_match(call, spell["version"])
        await commands.end_membership(work, spell, network, params.reason)
        return answers.gone()

    return await idempotency.run(call, command)


@router.post("/members/{member_id}/accept", response_model=Member)
@needs(Scope.MEMBERS_WRITE)
async def accept_membership(call: CallDep, member_id: Id) -> Answer:
    """Accept an invitation to oneself."""

    async def command(work: Work) -> Answer:
        await commands.accept_membership(work, member_id)
        return await written(call, work, member_id, "acceptMembership")

    return await idempotency.run(call, command)


@router.post("/members/{member_id}/approve", response_model=Member)
@needs(Scope.MEMBERS_WRITE)
async def approve_membership(call: CallDep, member_id: Id) -> Answer:
    """Approve a request, as a facilitator."""

    async def command(work: Work) -> Answer:
        await commands.approve_membership(work, member_id)
        return await written(call, work, member_id, "approveMembership")

    return await idempotency.run(call, command)


@router.post("/members/{member_id}/decline", status_code=204)
@needs(Scope.MEMBERS_WRITE)
async def decline_membership(call: CallDep, member_id: Id) -> Answer:
    """Decline one's own invitation, or somebody's request as a facilitator; it is gone from the lists then."""

    async def command(work: Work) -> Answer:
        await commands.decline_membership(work, member_id)
        return answers.gone()

    return await idempotency.run(call, command)


@router.get("/networks/{network_id}/member-history", response_model=SpellPage)
@needs(Scope.MEMBERS_READ)
async def list_member_history(
    call: CallDep, network_id: Id, params: Annotated[HistoryQuery, Query()]
) -> Answer:
    """Every membership there ever was in a network, for its facilitators; the newest first."""
    page = open_page(
        call.rooms.sealer, f"history {network_id}", {}, cursor=params.cursor, limit=params.limit
    )

    async def command(work: Work) -> Answer:
        await fetch_network(work, network_id, "network.read_history", lock=False)
        rows = await queries.history(work, call.viewer, page, network_id)
        return answers.page(call, rows, cut(call.rooms.sealer, page, rows))

    if call.viewer.operator:
        await note_operator_read(call, [network_id], "listMemberHistory")
    return await perform(call.rooms.house, command, viewer=call.viewer, request_id=call.request_id)


@router.get("/me/history", response_model=SpellPage)
@needs(Scope.MEMBERS_READ)
async def list_own_history(call: CallDep, params: Annotated[HistoryQuery, Query()]) -> Answer:
    """Every membership you ever had, the newest first."""
    page = open_page(
        call.rooms.sealer,
        f"own history {call.viewer.person_id}",
        {},
        cursor=params.cursor,
        limit=params.limit,
    )
    rows = await queries.history(call.rooms.house.db, call.viewer, page)
    return answers.page(call, rows, cut(call.rooms.sealer, page, rows))
