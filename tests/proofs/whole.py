"""Looking for what is half written: everything that one transaction writes is there, or nothing of it."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, String, case, cast, func, select

from app.db.database import Reads
from app.models import Change, FeedHead, Invitation, Member, MemberRole, Network, Person, Token


def _active(*conditions: ColumnElement[bool]) -> Any:
    """Active members of each network."""
    return (
        select(Member.network_id, func.count().label("rows"))
        .where(Member.status == "active", *conditions)
        .group_by(Member.network_id)
        .subquery()
    )


def _wrong_counts() -> Any:
    active = _active()
    return (
        select(Network.id)
        .outerjoin(active, active.c.network_id == Network.id)
        .where(Network.member_count != func.coalesce(active.c.rows, 0))
    )


def _without_facilitator() -> Any:
    active = _active(Member.role == "facilitator")
    return (
        select(Network.id)
        .outerjoin(active, active.c.network_id == Network.id)
        .where(Network.hosted_at.is_(None), Network.verified.is_(None), active.c.rows.is_(None))
    )


def _wrong_roles() -> Any:
    """An active spell holds one role, any other none."""
    held = (
        select(MemberRole.member_id, func.count().label("rows"))
        .where(MemberRole.to_at.is_(None))
        .group_by(MemberRole.member_id)
        .subquery()
    )
    wanted = case((Member.status == "active", 1), else_=0)
    return (
        select(Member.id)
        .outerjoin(held, held.c.member_id == Member.id)
        .where(func.coalesce(held.c.rows, 0) != wanted)
    )


def _unrecorded(kind: str, model: Any) -> Callable[[], Any]:
    """The last version of every row is the last one in the log."""

    def build() -> Any:
        last = (
            select(Change.resource_id, func.max(Change.version).label("version"))
            .where(Change.kind == kind)
            .group_by(Change.resource_id)
            .subquery()
        )
        return (
            select(model.id)
            .outerjoin(last, last.c.resource_id == cast(model.id, String(36)))
            .where(model.version != func.coalesce(last.c.version, 0))
        )

    return build


def _holes() -> Any:
    """The head, unless the log counts from 1 to it."""
    rows = select(func.count()).select_from(Change).scalar_subquery()
    highest = select(func.coalesce(func.max(Change.seq), 0)).scalar_subquery()
    return select(FeedHead.id).where((FeedHead.seq != rows) | (FeedHead.seq != highest))


QUESTIONS: dict[str, Callable[[], Any]] = {
    "member count": _wrong_counts,
    "no facilitator": _without_facilitator,
    "roles": _wrong_roles,
    "holes in the log": _holes,
    "network and log": _unrecorded("network", Network),
    "member and log": _unrecorded("member", Member),
    "person and log": _unrecorded("person", Person),
    "token and log": _unrecorded("token", Token),
    "invitation and log": _unrecorded("invitation", Invitation),
}


async def half_written(reads: Reads) -> list[str]:
    """Everything that does not fit together, as what and which row."""
    return [
        f"{question}: {row['id']}"
        for question, build in QUESTIONS.items()
        for row in await reads.fetch(("proof whole", question), build, {})
    ]
