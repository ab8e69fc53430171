"""Inviting addresses, taking invitations back, and coming in by one.

An invitation is a secret, and whoever has it may use it, once: the service sends no mail and knows of no address whose
it is. So an address says nothing about anybody here, and is looked up nowhere but among the network's own invitations.
Why it is like that: docs/decisions/0014.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import bindparam, func, literal, select

from app.core.access import INSIDE
from app.core.changes import Told, change, change_many, create_many
from app.core.errors import (
    AlreadyMember,
    IllegalTransition,
    ParentMembershipRequired,
    TooManyInvitations,
    refuse,
)
from app.core.fetching import (
    fetch_invitation,
    fetch_network,
    fetch_redeemable,
    in_a_state_for,
    require,
)
from app.core.newcomers import create_newcomer
from app.core.text import EmailAddress
from app.core.tokens import LIFETIME, create_token, hash_of, new_secret
from app.core.viewer import PERSONAL_SCOPES, Viewer
from app.core.work import Work
from app.db.types import ID, INSTANT, instant_text, one_of
from app.features.networks.invitation_schemas import (
    AddressFault,
    AddressStatus,
    InvitationAccept,
    InvitationsCreate,
)
from app.features.networks.member_commands import count_person, in_parent, spell_now
from app.features.networks.spells import activate, begin_spell
from app.models import Invitation

VALID_FOR = timedelta(days=28)
MOST_OPEN = 1_000  # for one network at a time
# As it was sent, folded for comparison, and what is wrong with it.
Read = tuple[str, str | None, AddressFault | None]
ADDRESS: TypeAdapter[str] = TypeAdapter(EmailAddress)


def _told(network_id: str) -> Told:
    """Only those who see an invitation hear of it: the facilitators."""
    return Told(network_id=network_id, tier=INSIDE, outer=False)


def read_addresses(given: list[str]) -> list[Read]:
    """Each as it was sent, folded for comparison, or what is wrong with it. Asks nobody: this is syntax alone."""
    found: list[Read] = []
    known: set[str] = set()
    for text in given:
        try:
            folded = ADDRESS.validate_python(text)
        except ValidationError:
            found.append((text, None, AddressFault.NOT_AN_ADDRESS))
            continue
        fault = AddressFault.REPEATED if folded in known else None
        known.add(folded)
        found.append((text, None if fault else folded, fault))
    return found


def _pending() -> Any:
    return (
        select(Invitation.id, Invitation.address, Invitation.version, Invitation.outer_version, Invitation.expires_at)
        .where(
            Invitation.network_id == bindparam("network_id", type_=ID),
            Invitation.status == "pending",
            one_of(Invitation.address, bindparam("addresses")),
        )
        .order_by(Invitation.id)
        .with_for_update()
    )  # fmt: skip


def _open() -> Any:
    return select(func.count(literal(1)).label("count")).where(
        Invitation.network_id == bindparam("network_id", type_=ID),
        Invitation.status == "pending",
        Invitation.expires_at > bindparam("now", type_=INSTANT),
    )


async def invite(work: Work, network_id: str, body: InvitationsCreate) -> list[dict[str, Any]]:
    """Invite addresses; one that has a pending invitation gets a new secret for it, and the old one ends.

    Returns what became of each, in order. Errors: `Forbidden`; `NetworkArchived`; `HostedElsewhere`;
    `TooManyInvitations`, and then nobody was invited.
    """
    network = await fetch_network(work, network_id, "network.invite")
    read = read_addresses(body.addresses)
    addresses = [folded for _, folded, _ in read if folded is not None]
    values = {"network_id": network["id"], "addresses": addresses, "now": work.now}
    pending = {row["address"]: row for row in await work.fetch("pending", _pending, values)}
    (count,) = await work.fetch("open invitations", _open, values)
    now = instant_text(work.now)
    renewed = sum(row["expires_at"] > now for row in pending.values())
    if count["count"] - renewed + len(addresses) > MOST_OPEN:
        raise TooManyInvitations(
            f"A network has at most {MOST_OPEN} open invitations; this one has {count['count']}."
        )
    secrets_of = {address: new_secret("invite") for address in addresses}
    said: dict[str, Any] = {
        "role": str(body.role),
        "message": body.message,
        "invited_by": work.viewer.person_id,
        "expires_at": work.now + VALID_FOR,
    }
    ids = {
        address: pending[address]["id"] if address in pending else work.new_id()
        for address in addresses
    }
    new = [
        _row(network["id"], ids[address], address, secrets_of[address], said)
        for address in addresses
        if address not in pending
    ]
    again = [
        (row, {**said, "secret_hash": hash_of(secrets_of[address])})
        for address, row in pending.items()
    ]
    await create_many(work, "invitation.created", new, _told(network["id"]))
    await change_many(work, "invitation.renewed", again, _told(network["id"]))
    return [_became(one, ids, secrets_of, said["expires_at"]) for one in read]


def _became(
    read: Read, ids: Mapping[str, str], secrets_of: Mapping[str, str], expires_at: datetime
) -> dict[str, Any]:
    """What became of one address."""
    text, folded, fault = read
    return {
        "address": text,
        "status": AddressStatus.INVALID if fault else AddressStatus.INVITED,
        "fault": fault,
        "invitation_id": ids.get(folded or ""),
        "secret": secrets_of.get(folded or ""),
        "expires_at": None if fault else instant_text(expires_at),
    }


def _row(
    network_id: str, invitation_id: str, address: str, secret: str, said: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "id": invitation_id,
        "network_id": network_id,
        "address": address,
        "secret_hash": hash_of(secret),
        "status": "pending",
        "ended_at": None,
        "accepted_by": None,
        **said,
    }


async def revoke_invitation(work: Work, invitation_id: str) -> None:
    """Take a pending invitation back: its link ends. Errors: `NotFound`; `NetworkArchived`; `IllegalTransition`."""
    row, network = await fetch_invitation(work, invitation_id)
    require(work, "network.invite", network)
    if row["status"] != "pending" or row["expires_at"] <= instant_text(work.now):
        status = "expired" if row["status"] == "pending" else row["status"]
        raise IllegalTransition(f"The invitation is {status}, not pending.")
    values = {"status": "revoked", "ended_at": work.now}
    change(work, "invitation.revoked", row, values, _told(network["id"]))


@dataclass(frozen=True, slots=True)
class Accepted:
    """What came of a secret; `token` is the row and the secret of somebody new."""

    network_id: str
    member_id: str
    person_id: str
    role: str
    token: tuple[dict[str, Any], str] | None


async def accept_invitation(work: Work, body: InvitationAccept) -> Accepted:
    """Join by the secret of an invitation: the person signed in, or a new one who gets a token.

    Errors: `InvitationNotValid` whatever is wrong with the secret; `NetworkArchived`, `HostedElsewhere`,
    `AlreadyMember`, `ParentMembershipRequired`, and the invitation stays as it is then; `Invalid`.
    """
    _name_is_asked(work, body)
    invitation, network = await fetch_redeemable(work, hash_of(body.secret))
    in_a_state_for(network, "network.join")
    token = None
    if work.viewer.person_id is None:
        token = await _come_in(work, network, str(body.display_name))
    person_id = str(work.viewer.person_id)
    member_id, role = await _join(work, network, person_id, invitation)
    values = {"status": "accepted", "ended_at": work.now, "accepted_by": person_id}
    change(work, "invitation.accepted", invitation, values, _told(network["id"]))
    return Accepted(network["id"], member_id, person_id, role, token)


def _name_is_asked(work: Work, body: InvitationAccept) -> None:
    """Errors: `Invalid`."""
    if work.viewer.person_id is None and body.display_name is None:
        detail = "Nobody is signed in: say who comes, or sign in first."
        raise refuse("/display_name", "missing", detail)


async def _come_in(
    work: Work, network: dict[str, Any], display_name: str
) -> tuple[dict[str, Any], str]:
    """Make the person, who acts from here on, and their first token. Nothing is taken from the address.

    Errors: `ParentMembershipRequired`: somebody new is a member of nothing.
    """
    if network["parent_id"] is not None:
        raise ParentMembershipRequired("Sign in as a member of the parent network first.")
    person_id = create_newcomer(work, display_name=display_name)
    work.viewer = Viewer(person_id=person_id)
    return await create_token(
        work,
        person_id=person_id,
        name=f"Invitation to {network['name']}"[:200],
        scopes=PERSONAL_SCOPES,
        expires_at=work.now + LIFETIME,
    )


async def _join(
    work: Work, network: dict[str, Any], person_id: str, invitation: dict[str, Any]
) -> tuple[str, str]:
    """Begin a spell, or make one that waits active; an invitation to the person keeps its role. Returns id and role.

    Errors: `AlreadyMember`; `ParentMembershipRequired`.
    """
    waiting = await spell_now(work, network["_spell_id"]) if network["_spell_id"] else None
    status = waiting["status"] if waiting else None
    role = str(invitation["role"])
    if status == "active":
        raise AlreadyMember
    await in_parent(work, network, person_id)
    if waiting is not None and status in ("invited", "requested"):
        role = waiting["role"] if status == "invited" else role
        activate(work, network, waiting, "member.accepted", role=role)
        member_id = str(waiting["id"])
    else:
        spell = begin_spell(
            work, network, person_id, role=role, status="active", added_by=invitation["invited_by"]
        )
        member_id = str(spell["id"])
    facilitates = role == "facilitator"
    await count_person(work, network, person_id, +1, facilitators=facilitates)
    return member_id, role
