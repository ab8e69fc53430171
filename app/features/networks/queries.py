"""Reading networks: one statement for each shape, visibility in SQL, tiers applied to every row."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    bindparam,
    case,
    exists,
    false,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.orm import aliased

from app.core import access
from app.core.access import FRONT, INSIDE, NETWORK_HIDDEN, TIER_NAMES
from app.core.viewer import Viewer
from app.db.database import Reads, fetch_one
from app.db.types import ID, among
from app.models import Member, Network

FRONT_COLUMNS = (
    Network.id, Network.name, Network.slug, Network.purpose, Network.visibility, Network.join_policy,
    Network.parent_id, Network.archived_at, Network.created_at, Network.kind, Network.aims, Network.topics,
    Network.professions, Network.region, Network.icbs, Network.place, Network.latitude, Network.longitude,
    Network.host_code.label("host.code"), Network.host_name.label("host.name"), Network.hosted_at, Network.verified,
    Network.meets, Network.member_offer, Network.lifecycle_stage, Network.member_count, Network.facilitators,
    Network.links, Network.closing_note,
)  # fmt: skip
INSIDE_COLUMNS = (
    Network.engagement_strategy, Network.resourcing, Network.charter, Network.size_target, Network.footprint,
)  # fmt: skip
# A listing: `fetching.lives_elsewhere` in SQL.
LIVES_ELSEWHERE = or_(Network.hosted_at.is_not(None), Network.verified.is_not(None))
DEEPEST = 2  # counted from 0: a network, a sub-group, a sub-group of that


def stamps(rank: str) -> list[Any]:
    """Version and time of the last change for each tier that this viewer may have; `shown` picks.

    Those of a tier that they cannot have on a row stay in the database, for to write an instant out takes it longer
    than to look whose the row is.
    """
    inside = {"operator": true(), "anonymous": false()}.get(rank, mine(yes=True))
    by_tier = [
        ("", inside, Network.version, Network.updated_at),
        ("_outer_", None, Network.outer_version, Network.outer_updated_at),
        ("_name_", Network.outer_tier < FRONT, Network.name_version, Network.name_updated_at),
    ]
    return [
        (stamp if where is None else case((where, stamp))).label(prefix + name)
        for prefix, where, *stamps in by_tier
        for name, stamp in zip(("version", "updated_at"), stamps, strict=True)
    ]


def mine(*, yes: bool) -> ColumnElement[bool]:
    """The viewer is an active member of the network, or is not."""
    member = aliased(Member)
    spells = select(member.network_id).where(
        member.person_id == access.viewer_id(), member.status == "active"
    )
    return Network.id.in_(spells) if yes else Network.id.not_in(spells)


def shown(row: dict[str, Any], viewer: Viewer) -> dict[str, Any]:
    """A row as its reader may see it: fields above the tier are null, inner activity does not show.

    An operator, who may read the inside one at a time, sees that there was some.
    """
    tier = row.pop("_tier")
    front = row.pop("_outer_version"), row.pop("_outer_updated_at")
    name = row.pop("_name_version"), row.pop("_name_updated_at")
    if tier < INSIDE:
        if not viewer.operator:
            row["version"], row["updated_at"] = front if tier >= FRONT else name
        access.masked(row, NETWORK_HIDDEN[tier])
    row["tier"] = TIER_NAMES[tier]
    return row


def _parent_is(rank: str) -> Any:
    """What the parent lets this viewer do below it: nothing while it is archived, nor without being a member of it."""
    parent = aliased(Network)
    archived = exists(
        select(1).where(parent.id == Network.parent_id, parent.archived_at.is_not(None))
    )
    joined = access.active_in(Network.parent_id) if rank != "anonymous" else false()
    return case(
        (Network.parent_id.is_(None), "open"),
        (archived, "archived"),
        (joined, "open"),
        else_="closed",
    )


def _one(rank: str) -> Any:
    mine = aliased(Member)
    statement = select(
        *FRONT_COLUMNS,
        *INSIDE_COLUMNS,
        *stamps(rank),
        (access.standing(rank)).label("_tier"),
        LIVES_ELSEWHERE.label("_elsewhere"),
        Network.depth.label("_depth"),
        _parent_is(rank).label("_parent"),
        Network.edition.label("_edition"),
    ).where(Network.id == bindparam("network_id", type_=ID), access.visible_network(rank))
    if rank == "anonymous":
        nothing = literal(None)
        return statement.add_columns(
            *(nothing.label(f"membership.{name}") for name in ("id", "role", "status"))
        )
    return statement.add_columns(
        mine.id.label("membership.id"),
        mine.role.label("membership.role"),
        mine.status.label("membership.status"),
    ).outerjoin(
        mine,
        and_(
            mine.network_id == Network.id,
            mine.person_id == access.viewer_id(),
            among(mine.status, ["invited", "requested", "active"]),
        ),
    )


async def one_network(reads: Reads, viewer: Viewer, network_id: str) -> dict[str, Any] | None:
    """One network as the contract has it, or None when it is not there for this viewer.

    For an operator the answer is whole; `_on_record` tells that it may have to be recorded, `_edition` is for the ETag.
    """
    values = {**access.values(viewer), "network_id": network_id}
    rank = viewer.rank
    row = await fetch_one(reads, ("network", rank), lambda: _one(rank), values)
    if row is None:
        return None
    tier, elsewhere = row["_tier"], row.pop("_elsewhere")
    if row["membership"]["id"] is None:
        row["membership"] = None
    if viewer.operator:
        row["_tier"] = INSIDE
    row["actions"] = _actions(
        viewer, row, row.pop("_depth"), row.pop("_parent"), elsewhere=elsewhere
    )
    if row["_tier"] < INSIDE:
        row["_edition"] = None  # counts edits that an outsider does not see
    row = shown(row, viewer)
    row["_on_record"] = viewer.operator and tier < INSIDE
    return row


def _actions(
    viewer: Viewer, row: dict[str, Any], depth: int, parent: str, *, elsewhere: bool
) -> list[str]:
    """What this caller may do now, from the same policy that commands obey."""
    if viewer.person_id is None:
        return []
    membership, archived = row["membership"], row["archived_at"] is not None
    status = membership["status"] if membership is not None else None
    active = {membership["role"]} if status == "active" else set()
    roles = access.viewer_roles(viewer) | active
    candidates = ["read_history", "read_audit"]
    if not archived:
        candidates += ["update", "delete", "archive"]
    if archived and parent != "archived":
        candidates.append("reactivate")
    if active and depth < DEEPEST and not (archived or elsewhere):
        candidates.append("create_sub_group")
    found = [name for name in candidates if access.allowed(f"network.{name}", roles)]
    if not (archived or elsewhere):
        if access.allowed("member.add", roles):
            found.append("add_member")
        if access.allowed("network.invite", roles):
            found.append("invite")
        asks = status is None and row["join_policy"] != "invite" and parent == "open"
        if asks or status == "invited":
            found.append("join")
    if active:
        found.append("leave")
    return [name for name in found if access.in_scope(viewer, name, row["id"])]
