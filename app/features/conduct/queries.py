"""Reading a network's code of conduct: whoever reads the network's front does, and everybody their own acceptance."""

from typing import Any

from sqlalchemy import bindparam, func, select, true
from sqlalchemy.orm import aliased

from app.core import access
from app.core.access import FRONT, INSIDE
from app.core.conduct import HOUSE_VERSION
from app.core.viewer import Scope, Viewer
from app.db.database import Reads, fetch_one
from app.db.types import ID
from app.features.conduct.schemas import ConductVerb
from app.models import Conduct, ConductAcceptance, Member, Network
from app.reference.conduct import house_conduct


def _role(rank: str) -> Any:
    if rank == "anonymous":
        return None
    return (
        select(Member.role)
        .where(
            Member.network_id == Network.id,
            Member.person_id == access.viewer_id(),
            Member.status == "active",
        )
        .scalar_subquery()
    )


def _seen(rank: str) -> Any:
    """The network, where this viewer reads its front; an operator's look inside is on record."""
    shown = true() if rank == "operator" else access.at_least(FRONT, rank)
    return (Network.id == bindparam("network_id", type_=ID), shown)


def _one(rank: str) -> Any:
    every = aliased(Conduct)
    latest = select(func.max(every.version)).where(every.network_id == Network.id)
    statement = (
        select(
            Network.id.label("network_id"), Conduct.version, Conduct.text, Conduct.from_at,
            Network.archived_at.is_not(None).label("_archived"),
            (Network.hosted_at.is_not(None) | Network.verified.is_not(None)).label("_elsewhere"),
        )
        .outerjoin(
            Conduct,
            (Conduct.network_id == Network.id) & (Conduct.version == latest.scalar_subquery()),
        )
        .where(*_seen(rank))
    )  # fmt: skip
    if rank == "anonymous":
        return statement
    accepted = select(func.max(ConductAcceptance.version)).where(
        ConductAcceptance.network_id == Network.id,
        ConductAcceptance.person_id == access.viewer_id(),
    )
    return statement.add_columns(
        accepted.scalar_subquery().label("accepted_version"), _role(rank).label("_role")
    )


async def one_conduct(reads: Reads, viewer: Viewer, network_id: str) -> dict[str, Any] | None:
    """The code in force as the contract has it, or None where the network's front is not there for this viewer."""
    rank = viewer.rank
    values = {**access.values(viewer), "network_id": network_id}
    row = await fetch_one(reads, ("conduct", rank), lambda: _one(rank), values)
    if row is None:
        return None
    if row["version"] is None:
        row |= {"version": HOUSE_VERSION, "text": house_conduct()}
    row.setdefault("accepted_version", None)
    role = row.pop("_role", None)
    closed = row.pop("_archived") | row.pop("_elsewhere")
    row["actions"] = _actions(viewer, row, role) if not closed else []
    return row


def _actions(viewer: Viewer, row: dict[str, Any], role: str | None) -> list[ConductVerb]:
    if viewer.person_id is None or Scope.MODERATION_WRITE not in viewer.scopes:
        return []
    roles = access.viewer_roles(viewer) | ({role} if role is not None else set())
    found = []
    if access.allowed("conduct.write", roles):
        found.append(ConductVerb.UPDATE)
    if row["accepted_version"] != row["version"] and access.allowed("conduct.accept", roles):
        found.append(ConductVerb.ACCEPT)
    return found


def _editions(rank: str) -> Any:
    return (
        select(
            Conduct.version, Conduct.text, Conduct.from_at, Conduct.by_id,
            access.standing(rank).label("_tier"),
        )
        .select_from(Network)
        .outerjoin(Conduct, Conduct.network_id == Network.id)
        .where(*_seen(rank))
        .order_by(Conduct.version)
    )  # fmt: skip


async def editions(reads: Reads, viewer: Viewer, network_id: str) -> list[dict[str, Any]]:
    """Every wording, the oldest first; empty when the network's front is not there for this viewer."""
    rank = viewer.rank
    values = {**access.values(viewer), "network_id": network_id}
    rows = await reads.fetch(("conduct editions", rank), lambda: _editions(rank), values)
    if not rows:
        return []
    for row in rows:
        if row.pop("_tier") < INSIDE and not viewer.operator:
            row["by_id"] = None
    house = {"version": HOUSE_VERSION, "text": house_conduct(), "from_at": None, "by_id": None}
    return [house, *(row for row in rows if row["version"] is not None)]
