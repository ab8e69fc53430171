"""Reading a network's charter: for its members, and everybody their own acceptance."""

from typing import Any

from sqlalchemy import and_, exists, func, select

from app.core import access
from app.core.inside import seen_from_inside
from app.core.viewer import Scope, Viewer
from app.db.database import Reads, fetch_one
from app.features.networks.charter_schemas import CharterVerb
from app.features.networks.histories import SECTIONS
from app.features.networks.queries import LIVES_ELSEWHERE
from app.models import CharterAcceptance, CharterVersion, Member, Network

_WORDING = tuple(getattr(CharterVersion, name) for name in SECTIONS)


def _accepted_now() -> Any:
    still = exists(
        select(1).where(
            Member.network_id == CharterAcceptance.network_id,
            Member.person_id == CharterAcceptance.person_id,
            Member.status == "active",
        )
    )
    return (
        select(func.count())
        .select_from(CharterAcceptance)
        .where(
            CharterAcceptance.network_id == Network.id,
            CharterAcceptance.version == CharterVersion.version,
            still,
        )
        .scalar_subquery()
    )


def _one(rank: str) -> Any:
    of_it = CharterVersion.network_id == Network.id
    accepted = select(func.max(CharterAcceptance.version)).where(
        CharterAcceptance.network_id == Network.id,
        CharterAcceptance.person_id == access.viewer_id(),
    )
    role = select(Member.role).where(
        Member.network_id == Network.id,
        Member.person_id == access.viewer_id(),
        Member.status == "active",
    )
    return (
        select(
            Network.id.label("network_id"), CharterVersion.version, *_WORDING, CharterVersion.from_at,
            _accepted_now().label("accepted_count"),
            accepted.scalar_subquery().label("accepted_version"),
            role.scalar_subquery().label("_role"),
            Network.archived_at.is_not(None).label("_archived"),
            LIVES_ELSEWHERE.label("_elsewhere"),
        )
        .outerjoin(CharterVersion, and_(of_it, CharterVersion.version == _latest()))
        .where(*seen_from_inside(rank))
    )  # fmt: skip


def _latest() -> Any:
    every = CharterVersion.__table__.alias()
    latest = select(func.max(every.c.version)).where(every.c.network_id == Network.id)
    return latest.scalar_subquery()


async def one_charter(reads: Reads, viewer: Viewer, network_id: str) -> dict[str, Any] | None:
    """The charter in force as the contract has it, or None where this viewer does not read inside the network."""
    if viewer.person_id is None:
        return None
    rank = viewer.rank
    values = {**access.values(viewer), "network_id": network_id}
    row = await fetch_one(reads, ("charter", rank), lambda: _one(rank), values)
    if row is None:
        return None
    row["version"] = row["version"] or 0
    role = row.pop("_role")
    closed = row.pop("_archived") | row.pop("_elsewhere")
    row["actions"] = [] if closed else _actions(viewer, row, role)
    return row


def _actions(viewer: Viewer, row: dict[str, Any], role: str | None) -> list[CharterVerb]:
    roles = access.viewer_roles(viewer) | ({role} if role is not None else set())
    found = []
    if Scope.NETWORKS_WRITE in viewer.scopes and access.allowed("charter.write", roles):
        found.append(CharterVerb.UPDATE)
    due = row["accepted_version"] != row["version"] and any(row[name] for name in SECTIONS)
    if due and Scope.MEMBERS_WRITE in viewer.scopes and access.allowed("charter.accept", roles):
        found.append(CharterVerb.ACCEPT)
    return found


def _editions(rank: str) -> Any:
    return (
        select(CharterVersion.version, *_WORDING, CharterVersion.from_at, CharterVersion.by_id)
        .select_from(Network)
        .outerjoin(CharterVersion, CharterVersion.network_id == Network.id)
        .where(*seen_from_inside(rank))
        .order_by(CharterVersion.version)
    )


async def charter_editions(
    reads: Reads, viewer: Viewer, network_id: str
) -> list[dict[str, Any]] | None:
    """Every wording, the oldest first, or None where this viewer does not read inside the network."""
    if viewer.person_id is None:
        return None
    rank = viewer.rank
    values = {**access.values(viewer), "network_id": network_id}
    rows = await reads.fetch(("charter editions", rank), lambda: _editions(rank), values)
    return [row for row in rows if row["version"] is not None] if rows else None
