"""Load = authorise, for commands: the row, the right to act on it, and the lock the rule depends on.

Locks are taken in a fixed order: the network first (parents before children), then what is in it, people last.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import and_, bindparam, func, literal, or_, select
from sqlalchemy.orm import aliased

from app.core import access
from app.core.access import FRONT, IN_ARCHIVE, NAME
from app.core.errors import (
    Forbidden,
    HostedElsewhere,
    InvitationNotValid,
    NetworkArchived,
    NotFound,
)
from app.core.viewer import Viewer
from app.core.work import Work
from app.db.database import Build, fetch_one
from app.db.types import ID, INSTANT, among
from app.models import Client, Invitation, Member, Network, Organisation, Person, Token

HOSTED_FREE = frozenset(
    {
        "network.update",
        "network.delete",
        "network.archive",
        "network.reactivate",
        "network.read_history",
        "network.read_audit",
        "network.read_purposes",
    }
)


def facts(model: Any) -> list[Any]:
    """All columns but the words for the search, which follow from the others."""
    return [column for column in model.__table__.columns if not column.name.startswith("search_")]


def _version_in_snapshot() -> Any:
    """The network's version as the statement's snapshot has it, whatever it is once the lock is held."""
    before = aliased(Network)
    return (
        select(before.version)
        .where(before.id == bindparam("network_id", type_=ID))
        .scalar_subquery()
    )


def _network(rank: str, *, lock: bool) -> Any:
    mine = aliased(Member)
    spell = and_(
        mine.network_id == Network.id,
        mine.person_id == access.viewer_id(),
        among(mine.status, ["invited", "requested", "active"]),
    )
    statement = (
        select(
            *facts(Network),
            access.standing(rank).label("_tier"),
            _version_in_snapshot().label("_seen_version"),
            mine.id.label("_spell_id"),
            mine.role.label("_role"),
            mine.status.label("_status"),
            Person.display_name.label("_viewer.display_name"),
            Person.profession.label("_viewer.profession"),
            Person.listed.label("_viewer.listed"),
            Organisation.code.label("_viewer.organisation.code"),
            Organisation.name.label("_viewer.organisation.name"),
        )
        .outerjoin(mine, spell)
        .outerjoin(Person, Person.id == access.viewer_id())
        .outerjoin(Organisation, Organisation.code == Person.organisation_code)
        .where(Network.id == bindparam("network_id", type_=ID))
    )
    return statement.with_for_update(of=Network) if lock else statement


def lives_elsewhere(row: Mapping[str, Any]) -> bool:
    """Whether a network row is a listing: at home elsewhere, whether or not its address is known."""
    return row["hosted_at"] is not None or row["verified"] is not None


def roles_in(work: Work, row: dict[str, Any]) -> frozenset[str]:
    """The viewer's roles towards a loaded network."""
    viewer = work.viewer
    roles = set(access.viewer_roles(viewer))
    if row["_status"] == "active":
        roles.add(row["_role"])
        if row["_role"] == "facilitator" and access.provisions(viewer, row["id"]):
            roles.add("provisioner")
    return frozenset(roles)


async def fetch_network(
    work: Work, network_id: str, action: str, *, lock: bool = True
) -> dict[str, Any]:
    """The network row and the right to `action` on it, locked until the commit.

    Besides its columns: `_tier`, the viewer's open spell as `_spell_id`, `_role`, `_status`, and who they are.
    Errors: `NotFound` when it is not there for the viewer; `Forbidden`; `NetworkArchived`; `HostedElsewhere`.
    """
    row = await sight_network(work, network_id, lock=lock)
    if not access.allowed(action, roles_in(work, row)):
        raise Forbidden
    in_a_state_for(row, action)
    return row


def in_a_state_for(row: dict[str, Any], action: str) -> None:
    """Whether a loaded network is open, and at home here, as far as the action asks for it.

    Errors: `NetworkArchived`; `HostedElsewhere`.
    """
    if row["archived_at"] is not None and action not in IN_ARCHIVE:
        raise NetworkArchived
    if lives_elsewhere(row) and action not in HOSTED_FREE:
        if row["_tier"] < FRONT:
            raise HostedElsewhere("This network lives elsewhere; where is not for you to see.")
        if row["hosted_at"] is None:
            raise HostedElsewhere("This network lives elsewhere; its address is not known here.")
        raise HostedElsewhere(hosted_at=row["hosted_at"])


async def sight_network(work: Work, network_id: str, *, lock: bool = True) -> dict[str, Any]:
    """The network row if the viewer sees it at all, whatever they may do. Errors: `NotFound`."""
    row = await _fetch_network_row(work, network_id, lock=lock)
    if row is None or row["_tier"] < NAME:
        raise NotFound
    return row


async def _fetch_network_row(work: Work, network_id: str, *, lock: bool) -> dict[str, Any] | None:
    """The row with the viewer's standing as it is now that the lock is held.

    Who waits for the lock is given the network as it became (PostgreSQL, READ COMMITTED), but beside it the spell as
    it was before. Whatever gives or takes a right in a network moves its version, so a version that moved says that
    the rest is to be read again.
    """
    rank = work.viewer.rank
    values = {"viewer_id": work.viewer.person_id, "network_id": network_id}
    key = ("fetch network", rank, lock)
    row = await fetch_one(work, key, lambda: _network(rank, lock=lock), values)
    if row is not None and row["_seen_version"] != row["version"]:
        row = await fetch_one(work, key, lambda: _network(rank, lock=lock), values)
    return row


def _member(rank: str) -> Any:
    return select(*Member.__table__.columns).where(
        Member.id == bindparam("member_id", type_=ID), access.visible_member(rank)
    )


async def fetch_member(work: Work, member_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A visible spell and its network, both locked (the network first); the caller asks `require` what it needs.

    Errors: `NotFound`.
    """
    rank = work.viewer.rank
    values = {**access.values(work.viewer), "member_id": member_id}
    found = await fetch_one(work, ("fetch member", rank), lambda: _member(rank), values)
    if found is None:
        raise NotFound
    network = await sight_member_network(work, found["network_id"])
    # Again, now that nobody else can change it: its state decides.
    row = await fetch_one(work, ("fetch member", rank), lambda: _member(rank), values)
    if row is None:
        raise NotFound
    return row, network


async def sight_member_network(work: Work, network_id: str) -> dict[str, Any]:
    """The network of a spell the viewer sees: there even for one who is only invited to what they cannot see."""
    row = await _fetch_network_row(work, network_id, lock=True)
    if row is None:
        raise NotFound
    return row


def require(work: Work, action: str, network: dict[str, Any], *, about: str | None = None) -> None:
    """The right to `action` on a spell in this network; `about` is the person of the spell.

    Errors: `Forbidden`; `NetworkArchived`.
    """
    roles = roles_in(work, network)
    if about is not None and about == work.viewer.person_id:
        roles |= {"self"}
    if not access.allowed(action, roles):
        raise Forbidden
    if network["archived_at"] is not None and action not in IN_ARCHIVE:
        raise NetworkArchived


def _invitation(rank: str) -> Any:
    return select(*Invitation.__table__.columns).where(
        Invitation.id == bindparam("invitation_id", type_=ID), access.visible_invitation(rank)
    )


async def fetch_invitation(work: Work, invitation_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """An invitation into a network that the viewer facilitates, and the network, both locked. Errors: `NotFound`."""
    values = {**access.values(work.viewer), "invitation_id": invitation_id}
    return await _invitation_row(
        work, ("invitation", work.viewer.rank), lambda: _invitation(work.viewer.rank), values
    )


def redeemable() -> Any:
    """The invitation is pending and has this secret. Whatever else it is, nothing is found, and as fast."""
    return and_(
        Invitation.secret_hash == bindparam("hash"),
        Invitation.status == "pending",
        Invitation.expires_at > bindparam("now", type_=INSTANT),
    )


def _redeemable() -> Any:
    return select(*Invitation.__table__.columns).where(redeemable())


async def fetch_redeemable(work: Work, secret_hash: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The pending invitation with this secret, and its network, both locked: who has the secret has the right.

    Errors: `InvitationNotValid`.
    """
    try:
        return await _invitation_row(
            work, "redeemable", _redeemable, {"hash": secret_hash, "now": work.now}
        )
    except NotFound:
        raise InvitationNotValid from None


async def _invitation_row(
    work: Work, key: object, build: Build, values: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """An invitation is locked by its network: it is read again when that is held."""
    found = await fetch_one(work, key, build, values)
    if found is None:
        raise NotFound
    network = await sight_member_network(work, found["network_id"])
    row = await fetch_one(work, key, build, values)
    if row is None:
        raise NotFound
    return row, network


def _facilitators() -> Any:
    return select(func.count(literal(1)).label("count")).where(
        Member.network_id == bindparam("network_id", type_=ID),
        Member.status == "active",
        Member.role == "facilitator",
    )


async def is_last_facilitator(work: Work, network_id: str) -> bool:
    """Whether a network that this work has locked has one active facilitator at most."""
    row = await fetch_one(work, "facilitators", _facilitators, {"network_id": network_id})
    return row is None or int(row["count"]) <= 1


def _below() -> Any:
    return (
        select(*facts(Network))
        .where(
            or_(
                Network.parent_id == bindparam("network_id", type_=ID),
                and_(Network.root_id == bindparam("network_id", type_=ID), Network.depth > 0),
            )
        )
        .order_by(Network.depth, Network.id)
        .with_for_update()
    )


async def fetch_below(work: Work, network_id: str) -> list[dict[str, Any]]:
    """Every sub-group below a network that this work has locked, nearest first, locked too."""
    values = {"network_id": network_id}
    if not await work.fetch("below", _below, values):
        return []
    # Again, now that nobody can add to them: one may have been made below one of them while this waited.
    return await work.fetch("below", _below, values)


def _facilitated() -> Any:
    return (
        select(*facts(Network))
        .where(Network.id.in_(access.facilitated_networks()))
        .order_by(Network.depth, Network.id)
        .with_for_update()
    )


def _self() -> Any:
    # Who is erased while this waited has nothing more to say of themselves.
    oneself = and_(Person.id == access.viewer_id(), Person.erased_at.is_(None))
    return select(*facts(Person)).where(oneself).with_for_update()


async def fetch_self(
    work: Work, *, facilitated: bool
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The viewer's own row, locked, and if asked for the networks they facilitate, locked too.

    Errors: `NotFound`.
    """
    values = {"viewer_id": work.viewer.person_id}
    if facilitated:
        await work.fetch("facilitated", _facilitated, values)
    row = await fetch_one(work, "fetch self", _self, values)
    if row is None:
        raise NotFound
    # Again, now that nobody else can copy the name anywhere: this list is whole.
    networks = await work.fetch("facilitated", _facilitated, values) if facilitated else []
    return row, networks


def _facilitates() -> Any:
    return select(Member.id).where(
        Member.network_id == bindparam("network_id", type_=ID),
        Member.person_id == bindparam("person_id", type_=ID),
        Member.status == "active",
        Member.role == "facilitator",
    )


async def facilitates(work: Work, person_id: str, network_id: str) -> bool:
    """Whether a person is an active facilitator of a network."""
    values = {"person_id": person_id, "network_id": network_id}
    return await fetch_one(work, "facilitates", _facilitates, values) is not None


def _token(viewer: Viewer) -> Any:
    return (
        select(*Token.__table__.columns)
        .where(Token.id == bindparam("token_id", type_=ID), access.revocable_token(viewer))
        .with_for_update()
    )


async def fetch_token(work: Work, token_id: str) -> dict[str, Any]:
    """A token that the viewer may revoke, locked. Errors: `NotFound`, also for another person's."""
    viewer = work.viewer
    values = {**access.values(viewer), "token_id": token_id}
    key = ("fetch token", viewer.rank, viewer.house)
    row = await fetch_one(work, key, lambda: _token(viewer), values)
    if row is None:
        raise NotFound
    return row


def _client(viewer: Viewer) -> Any:
    return (
        select(*Client.__table__.columns)
        .where(Client.id == bindparam("client_id", type_=ID), access.revocable_client(viewer))
        .with_for_update()
    )


async def fetch_client(work: Work, client_id: str) -> dict[str, Any]:
    """A client that the viewer may revoke, locked. Errors: `NotFound`, also for another person's."""
    viewer = work.viewer
    values = {**access.values(viewer), "client_id": client_id}
    key = ("fetch client", viewer.rank, viewer.house)
    row = await fetch_one(work, key, lambda: _client(viewer), values)
    if row is None:
        raise NotFound
    return row
