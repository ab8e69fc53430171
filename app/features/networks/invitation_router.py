"""The doors of invitations to an address."""

import uuid
from typing import Annotated, Any

from fastapi import APIRouter, Query

from app.core.errors import NotFound
from app.core.json_columns import plain
from app.core.paging import cut, open_page
from app.core.text import Id
from app.core.tokens import hash_of
from app.core.viewer import Scope
from app.core.work import Work
from app.db.types import instant_text
from app.features.networks import invitation_commands as commands
from app.features.networks import invitation_queries as queries
from app.features.networks.invitation_schemas import (
    Invitation,
    InvitationAccept,
    InvitationAccepted,
    InvitationLook,
    InvitationPage,
    InvitationQuery,
    InvitationsCreate,
    InvitationShown,
    InvitationsMade,
)
from app.web import answers, idempotency
from app.web.call import Answer, Call, CallDep, dump
from app.web.changes_cursor import seal_position
from app.web.door import Door, needs
from app.web.on_record import note_in_work, note_operator_read

router = APIRouter(prefix="/v1", tags=["invitations"], route_class=Door)


@router.post("/networks/{network_id}/invitations", response_model=InvitationsMade)
@needs(Scope.MEMBERS_WRITE)
async def invite_addresses(call: CallDep, network_id: Id, body: InvitationsCreate) -> Answer:
    """Invite up to 200 addresses, as a facilitator. Each link is shown this once: the service sends no mail.

    A link is good for 28 days and one person, whoever has it. An address that has a pending invitation gets a new link,
    and the old one ends. All addresses that are right are invited, or on an error none.
    """

    async def command(work: Work) -> Answer:
        items = await commands.invite(work, network_id, body)
        link = call.rooms.settings.invitation_link
        for item in items:
            item["link"] = None if item["secret"] is None else link(item["secret"])
        kept = dump({"items": [{**item, "secret": None, "link": None} for item in items]})
        shown = answers.one(call, {"items": items})
        return Answer(shown.body, shown.status, shown.headers, kept)

    return await idempotency.run(call, command)


@router.get("/invitations", response_model=InvitationPage)
@needs(Scope.MEMBERS_READ)
async def list_invitations(call: CallDep, params: Annotated[InvitationQuery, Query()]) -> Answer:
    """Invitations into the networks that you facilitate, the newest first; never their secrets."""
    house, sealer = call.rooms.house, call.rooms.sealer
    given = params.model_dump(mode="json", exclude={"cursor", "limit"}, exclude_unset=True)
    page = open_page(sealer, "invitations", given, cursor=params.cursor, limit=params.limit)
    rows, position = await queries.list_invitations(
        house.db, call.viewer, params, page, house.clock()
    )
    cursor = cut(sealer, page, rows)
    if call.viewer.operator:
        await note_operator_read(call, [row["network_id"] for row in rows], "listInvitations")
    return answers.page(call, rows, cursor, changes_cursor=await seal_position(call, position))


@router.get("/invitations/{invitation_id}", response_model=Invitation)
@needs(Scope.MEMBERS_READ)
async def get_invitation(call: CallDep, invitation_id: Id) -> Answer:
    """Read one invitation into a network that you facilitate."""
    house = call.rooms.house
    document = await queries.one_invitation(house.db, call.viewer, invitation_id, house.clock())
    if document is None:
        raise NotFound
    if call.viewer.operator:
        await note_operator_read(call, [document["network_id"]], "getInvitation")
    return answers.one(call, document)


@router.post("/invitations/{invitation_id}/revoke", response_model=Invitation)
@needs(Scope.MEMBERS_WRITE)
async def revoke_invitation(call: CallDep, invitation_id: Id) -> Answer:
    """Take a pending invitation back, as a facilitator: its link opens nothing any more."""

    async def command(work: Work) -> Answer:
        await commands.revoke_invitation(work, invitation_id)
        await work.flush()
        document = await queries.one_invitation(work, call.viewer, invitation_id, work.now)
        if document is None:
            raise NotFound
        await note_in_work(work, document["network_id"], "revokeInvitation")
        return answers.one(call, document)

    return await idempotency.run(call, command)


@router.post("/invitations/look", response_model=InvitationShown)
@needs(Scope.MEMBERS_READ, sign_in=False)
async def look_at_invitation(call: CallDep, body: InvitationLook) -> Answer:
    """What an invitation is for, to whoever has its secret; it changes nothing.

    Unknown, used, taken back or expired: always 404 `invitation_not_valid`.
    """
    idempotency.look_at_key(call)
    house = call.rooms.house
    document = await queries.shown_by_secret(
        house.db, call.viewer, hash_of(body.secret), house.clock()
    )
    return answers.one(call, document)


@router.post("/invitations/accept", response_model=InvitationAccepted, status_code=201)
@needs(Scope.MEMBERS_WRITE, sign_in=False)
async def accept_invitation(call: CallDep, body: InvitationAccept) -> Answer:
    """Join by the secret of an invitation: as who you are, or without a token as somebody new, by `display_name`.

    Somebody new is not listed, and gets a token, shown this once. A secret works once; unknown, used, taken back or
    expired: always 404 `invitation_not_valid`. A sub-group is joined by members of its parent.
    """

    async def command(work: Work) -> Answer:
        return _accepted(call, await commands.accept_invitation(work, body))

    return await idempotency.run(call, command, principal=_bearer(body.secret))


def _bearer(secret: str) -> str:
    """An id for whoever has this secret: what keeps the answer for a repeated request where nobody is signed in."""
    return str(uuid.UUID(hash_of(secret)[:32]))


def _accepted(call: Call, done: commands.Accepted) -> Answer:
    """The membership, and the first token with its secret; what is kept for a repeated request has none."""
    ids = {"network_id": done.network_id, "member_id": done.member_id, "person_id": done.person_id}
    document: dict[str, Any] = {**ids, "role": done.role, "token": None}
    kept = None
    if done.token is not None:
        row, secret = done.token
        token = {
            "id": row["id"],
            "secret": secret,
            "scopes": plain(row["scopes"]),
            "expires_at": instant_text(row["expires_at"]),
        }
        document["token"] = token
        kept = dump({**document, "token": {**token, "secret": None}})
    shown = answers.one(call, document, status=201, location=f"/v1/members/{done.member_id}")
    return Answer(shown.body, shown.status, shown.headers, kept)
