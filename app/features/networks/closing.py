"""Closing networks: archive, open again, delete."""

from typing import Any

from sqlalchemy import bindparam, exists, literal, or_, select

from app.core import access
from app.core.access import NAME
from app.core.changes import Told, change, remove, remove_many, told_of_network
from app.core.errors import NetworkArchived, NetworkInUse, NetworkNotArchived
from app.core.fetching import fetch_below, fetch_network
from app.core.work import Work
from app.db.database import fetch_one
from app.db.types import ID
from app.features.networks.commands import ancestor
from app.features.networks.schemas import NetworkArchive
from app.features.networks.settling import reach_of, words_of
from app.models import (
    Action,
    Ask,
    Client,
    Decision,
    Duty,
    Invitation,
    Meeting,
    Member,
    Network,
    Report,
    Resource,
    Result,
    Token,
)


async def archive_network(work: Work, network_id: str, body: NetworkArchive) -> None:
    """Close a network and the sub-groups below it: read-only from now on, still readable and citable.

    Errors: `NetworkArchived` when it already is.
    """
    row = await fetch_network(work, network_id, "network.archive")
    closing = {"archived_at": work.now, "closing_note": body.closing_note}
    for network in [row, *await fetch_below(work, network_id)]:
        if network["archived_at"] is None:
            values = {
                **closing,
                "edition": network["edition"] + 1,
                **await words_of(work, {**network, **closing}),
            }
            change(work, "network.archived", network, values, told_of_network(network, NAME))


async def reactivate_network(work: Work, network_id: str) -> None:
    """Open an archived network again; its sub-groups stay as they are.

    Errors: `NetworkNotArchived`; `NetworkArchived` when its parent is.
    """
    row = await fetch_network(work, network_id, "network.reactivate")
    if row["archived_at"] is None:
        raise NetworkNotArchived
    if row["parent_id"]:
        parent = await ancestor(work, row["parent_id"])
        if parent["archived_at"] is not None:
            raise NetworkArchived("The parent network is archived: reactivate it first.")
    values = {"archived_at": None, "closing_note": None, "edition": row["edition"] + 1}
    values |= await words_of(work, {**row, "closing_note": None})
    change(work, "network.reactivated", row, values, told_of_network(row, NAME))


def _others() -> Any:
    network_id, viewer = bindparam("network_id", type_=ID), access.viewer_id()
    other = exists(select(1).where(Member.network_id == network_id, Member.person_id != viewer))
    below = exists(select(1).where(Network.parent_id == network_id))
    held = exists(select(1).where(Meeting.network_id == network_id))
    noted = exists(select(1).where(Action.network_id == network_id))
    kept = exists(select(1).where(Duty.network_id == network_id))
    proposed = exists(select(1).where(Decision.network_id == network_id))
    shared = exists(select(1).where(Result.network_id == network_id))
    reported = exists(select(1).where(Report.network_id == network_id))
    asked = exists(select(1).where(Ask.network_id == network_id))
    linked = exists(select(1).where(Resource.network_id == network_id))
    found = or_(asked, other, below, held, noted, kept, proposed, shared, reported, linked)
    return select(literal(1).label("found")).where(found)


def _own_spells() -> Any:
    return select(Member.id, Member.person_id, Member.version, Member.outer_version).where(
        Member.network_id == bindparam("network_id", type_=ID)
    )


def _bound_tokens() -> Any:
    return select(Token.id, Token.person_id, Token.version, Token.outer_version).where(
        Token.network_id == bindparam("network_id", type_=ID)
    )


def _invitations() -> Any:
    return select(Invitation.id, Invitation.version, Invitation.outer_version).where(
        Invitation.network_id == bindparam("network_id", type_=ID)
    )


def _bound_clients() -> Any:
    return select(Client.id, Client.person_id, Client.version, Client.outer_version).where(
        Client.network_id == bindparam("network_id", type_=ID)
    )


async def delete_network(work: Work, row: dict[str, Any]) -> None:
    """Delete a loaded network that nobody else belongs to and that is empty, with the invitations into it.

    Errors: `NetworkInUse`.
    """
    values = {"network_id": row["id"], "viewer_id": work.viewer.person_id}
    if await fetch_one(work, "others in network", _others, values):
        raise NetworkInUse
    for token in await work.fetch("tokens of network", _bound_tokens, values):
        remove(work, "token.revoked", token, Told(person_id=token["person_id"]))
    for client in await work.fetch("clients of network", _bound_clients, values):
        remove(work, "client.revoked", client, Told(person_id=client["person_id"]))
    for spell in await work.fetch("spells of network", _own_spells, values):
        remove(work, "member.gone", spell, Told(network_id=row["id"], person_id=spell["person_id"]))
    invitations = await work.fetch("invitations of network", _invitations, values)
    told = Told(network_id=row["id"], person_id=work.viewer.person_id)
    await remove_many(work, "invitation.gone", invitations, told)
    await work.flush()
    remove(
        work,
        "network.deleted",
        row,
        told_of_network(row, NAME, person_id=work.viewer.person_id, **reach_of(row)),
    )
