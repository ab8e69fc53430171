"""Reading where a network stands in its life: the declared stages, and the numbers behind a suggestion."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, and_, bindparam, case, cast, exists, func, or_, select
from sqlalchemy.orm import aliased

from app.core import access
from app.core.inside import seen_from_inside
from app.core.viewer import Viewer
from app.core.work import House
from app.db.database import fetch_one
from app.db.types import DAY, INSTANT, among
from app.features.networks.histories import SECTIONS
from app.features.networks.lifecycle_stages import YEAR_DAYS, suggested
from app.models import (
    Adoption,
    Ask,
    Attendance,
    CharterVersion,
    Decision,
    DutyTerm,
    Feedback,
    Meeting,
    MeetingException,
    Member,
    Network,
    NetworkStage,
    Resource,
    Result,
)

Row = dict[str, Any]
MOST_STAGES = 1_000


def _count(model: Any, *where: Any) -> Any:
    found = select(func.count()).select_from(model).where(model.network_id == Network.id, *where)
    return found.scalar_subquery()


def _held() -> Any:
    """Occurrences that somebody came to, with their days."""
    start = func.coalesce(func.nullif(Attendance.occurrence, ""), Meeting.local_start)
    exception = and_(
        MeetingException.meeting_id == Attendance.meeting_id,
        MeetingException.occurrence == Attendance.occurrence,
    )
    planned = cast(func.substr(cast(start, String), 1, 10), DAY)
    day = case((MeetingException.starts_at.is_(None), planned))
    return (
        select(
            Attendance.network_id,
            Attendance.meeting_id,
            Attendance.occurrence,
            func.max(day, type_=DAY).label("on"),
            func.max(MeetingException.starts_at, type_=INSTANT).label("moved_to"),
        )
        .join(Meeting, Meeting.id == Attendance.meeting_id)
        .outerjoin(MeetingException, exception)
        .where(
            Attendance.came.is_(True),
            Meeting.announced_at.is_not(None),
            Meeting.status != "cancelled",
            Meeting.hidden_on.is_(None),
        )
        .group_by(Attendance.network_id, Attendance.meeting_id, Attendance.occurrence)
        .subquery()
    )


def _shared() -> tuple[Any, ...]:
    """A result that all members may read."""
    return (
        Result.status == "published",
        Result.audience != "author",
        Result.hidden_on.is_(None),
    )


def _adopted() -> tuple[Any, ...]:
    of_shared = exists(select(1).where(Result.id == Adoption.result_id, *_shared()))
    tried = ~among(Adoption.stage, ["interested", "planning"])
    return (Adoption.counted.is_(True), Adoption.hidden_on.is_(None), tried, of_shared)


def _charter() -> Any:
    """Whether the latest wording says anything."""
    latest = aliased(CharterVersion)
    last = select(func.max(latest.version)).where(latest.network_id == Network.id).scalar_subquery()
    says = or_(*(getattr(CharterVersion, name).is_not(None) for name in SECTIONS))
    here = (CharterVersion.network_id == Network.id, CharterVersion.version == last, says)
    return exists(select(1).where(*here))


def _latest(column: Any, *where: Any) -> Any:
    table = column.class_
    return select(func.max(column)).where(table.network_id == Network.id, *where).scalar_subquery()


def _members_then(*, still: bool) -> Any:
    """How many were members a year ago; with `still`, how many of those are now."""
    then, now = aliased(Member), aliased(Member)
    ago = bindparam("a_year_ago", type_=INSTANT)
    there = [
        then.network_id == Network.id,
        then.joined_at <= ago,
        or_(then.ended_at.is_(None), then.ended_at > ago),
    ]
    if still:
        stays = (now.person_id == then.person_id, now.status == "active")
        there.append(exists(select(1).where(now.network_id == Network.id, *stays)))
    return select(func.count(then.person_id.distinct())).where(*there).scalar_subquery()


def _numbers(rank: str) -> Any:
    held, below = _held(), aliased(Network)
    here = held.c.network_id == Network.id
    seen = among(below.visibility, ["open", "restricted"])
    groups = select(func.count()).where(
        below.parent_id == Network.id, below.archived_at.is_(None), seen
    )
    bodies = select(func.count(Member.representing.distinct())).where(
        Member.network_id == Network.id, Member.status == "active"
    )
    active = Member.status == "active"
    today = bindparam("today", type_=DAY)
    return select(
        Network.id.label("network_id"), Network.lifecycle_stage.label("stage"), Network.archived_at,
        Network.closing_note, Network.created_at.label("_created_at"),
        _count(Member, active).label("members"),
        _count(Member, active, Member.role == "facilitator").label("facilitators"),
        select(func.count()).select_from(held).where(here).scalar_subquery().label("meetings"),
        _charter().label("charter"),
        bodies.scalar_subquery().label("organisations"),
        _count(Result, *_shared()).label("results"),
        groups.scalar_subquery().label("sub_groups"),
        _count(Adoption, *_adopted()).label("adoptions"),
        _members_then(still=False).label("members_before"),
        _members_then(still=True).label("members_stayed"),
        select(func.max(held.c.on)).where(here).scalar_subquery().label("_last_1"),
        select(func.max(held.c.moved_to)).where(here).scalar_subquery().label("_last_0"),
        _latest(Result.published_on, *_shared()).label("_last_2"),
        _latest(Adoption.last_reported_on, *_adopted()).label("_last_3"),
        _latest(Feedback.created_at, Feedback.hidden_on.is_(None)).label("_last_4"),
        _latest(Decision.created_at, Decision.hidden_on.is_(None)).label("_last_5"),
        _latest(Ask.created_at, Ask.hidden_on.is_(None)).label("_last_6"),
        _latest(Resource.created_at, Resource.hidden_on.is_(None)).label("_last_7"),
        _latest(DutyTerm.from_on, DutyTerm.hidden_on.is_(None), DutyTerm.from_on <= today).label("_last_8"),
        _latest(Member.joined_at).label("_last_9"),
    ).where(*seen_from_inside(rank))  # fmt: skip


def _stages() -> Any:
    return (
        select(
            NetworkStage.stage,
            NetworkStage.from_at,
            NetworkStage.to_at,
            NetworkStage.person_id.label("by_id"),
        )
        .join(Network, Network.id == NetworkStage.network_id)
        .where(*seen_from_inside("operator"))
        .order_by(NetworkStage.from_at.desc(), NetworkStage.to_at.is_(None).desc(), NetworkStage.id)
        .limit(MOST_STAGES)
    )


def _days(since: str, now: datetime) -> int:
    """Whole days from a day or an instant, as the database gives it, to now."""
    return max((now.date() - datetime.fromisoformat(since[:10]).date()).days, 0)


async def lifecycle(house: House, viewer: Viewer, network_id: str) -> Row | None:
    """The life cycle as the contract has it, or None where this viewer does not read inside the network."""
    if viewer.person_id is None:
        return None
    now, rank = house.clock(), viewer.rank
    values = {
        **access.values(viewer),
        "network_id": network_id,
        "today": now.date(),
        "a_year_ago": now - timedelta(days=YEAR_DAYS),
    }
    row = await fetch_one(house.db, ("lifecycle", rank), lambda: _numbers(rank), values)
    if row is None:
        return None
    spells = await house.db.fetch("declared stages", _stages, {"network_id": network_id})
    lasts = [row.pop(name) for name in list(row) if name.startswith("_last_")]
    created_at = row.pop("_created_at")
    happened = [one for one in lasts if one is not None]
    of = {name: row.pop(name) for name in list(row) if name not in KEPT}
    of |= {
        "days": _days(created_at, now),
        "quiet_days": min(_days(one, now) for one in [created_at, *happened]),
        "archived": row["archived_at"] is not None,
    }
    stage, hints, note = suggested(of)
    return {
        **row,
        "since": spells[0]["from_at"] if spells else None,
        "suggested_stage": stage,
        "reasons": [
            {"code": hint.code, "stage": hint.stage, "holds": bool(hint.holds), "text": hint.text}
            for hint in hints
        ],
        "note": note,
        "history": spells[::-1],
    }


KEPT = ("network_id", "stage", "archived_at", "closing_note")
