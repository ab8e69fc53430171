"""Reading the log as an audit, the newest first."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Integer, and_, bindparam, case, not_, or_, select

from app.core import access
from app.core.audit_access import NO_REQUEST, blind, came_of_going, hidden, unread
from app.core.days import at_midnight, midnight
from app.core.viewer import Viewer
from app.db.database import Database, fetch_one
from app.db.types import ID, INSTANT
from app.features.audit.schemas import AuditQuery
from app.models import Change, FeedHead, Person

# Positions that one statement looks at where no index knows the filter: see the feed's.
STRIDE = 20_000
NARROW = frozenset({"network_id", "actor_id", "resource_id"})


def _at(compared: Any, end: str) -> Any:
    """An end of time. What is shown with its day alone is found by that: `…_day` is the next midnight."""
    exact, by_day = (bindparam(f"{end}_{name}", type_=INSTANT) for name in ("at", "day"))
    return case((blind(), compared(by_day)), else_=compared(exact))


FILTERS: dict[str, Any] = {
    "network_id": Change.network_id == bindparam("network_id", type_=ID),
    "actor_id": Change.actor_id == bindparam("actor_id", type_=ID),
    "resource_id": Change.resource_id == bindparam("resource_id"),
    "kind": Change.kind == bindparam("kind"),
    "action": Change.action == bindparam("action"),
    "from_at": _at(Change.at.__ge__, "from"),
    "to_at": _at(Change.at.__lt__, "to"),
}


def shape(rank: str, given: frozenset[str]) -> Any:
    """The SELECT of a page for one who may read it: the rows of the log with these filters, from a position down."""
    name = case((access.visible_person(rank), Person.display_name), else_=None)
    statement = (
        select(
            Change.at, Change.action, Change.kind, Change.resource_id, Change.network_id,
            Change.actor_id.label("actor.id"), name.label("actor.display_name"), Change.token_id, Change.request_id,
            Change.fields, Change.seal, Change.seq.label("_seq"),
            or_(blind(), hidden(rank)).label("_hidden"), blind().label("_blind"),
        )
        .outerjoin(Person, Person.id == Change.actor_id)
        .where(Change.seq < bindparam("before", type_=BigInteger), Change.seq >= bindparam("floor", type_=BigInteger))
        .where(not_(unread()), *(FILTERS[name] for name in sorted(given)))
        .order_by(Change.seq.desc())
        .limit(bindparam("take", type_=Integer))
    )  # fmt: skip
    # Who it was is no answer, and so no question either.
    if "actor_id" in given:
        return statement.where(not_(blind()), not_(hidden(rank)))
    if rank != "operator":
        return statement
    return statement.where(not_(and_(came_of_going(), hidden(rank))))


def _ends() -> Any:
    return select(FeedHead.seq, FeedHead.kept_from).where(FeedHead.id == 1)


async def list_audit(
    db: Database, viewer: Viewer, query: AuditQuery, before: int | None
) -> tuple[list[dict[str, Any]], int | None]:
    """A page of the audit behind the position `before`, and the position of its last row when there are more.

    The caller has checked that the viewer may read it.
    """
    given = query.model_fields_set & FILTERS.keys()
    ends = await fetch_one(db, "ends of log", _ends, {}) or {"seq": 0, "kept_from": 1}
    rank, start, end = viewer.rank, before or ends["seq"] + 1, ends["kept_from"]
    values = {**access.values(viewer), **{name: getattr(query, name) for name in given}}
    values |= {
        f"{name.removesuffix('_at')}_day": next_midnight(values[name])
        for name in ("from_at", "to_at")
        if name in given
    }
    # Without a filter, or with one that has an index, the rows of the page are all that is looked at.
    stride = start if not given or given & NARROW else STRIDE
    rows: list[dict[str, Any]] = []
    while start > end and len(rows) <= query.limit:
        floor = max(start - stride, end)
        bounds = {"before": start, "floor": floor, "take": query.limit + 1 - len(rows)}
        key = ("audit", rank, frozenset(given))
        rows += await db.fetch_slow(
            key, lambda: shape(rank, frozenset(given)), {**values, **bounds}
        )
        start = floor
    more = len(rows) > query.limit
    rows = rows[: query.limit]
    last = rows[-1]["_seq"] if more else None
    return [shown(row, viewer) for row in rows], last


def next_midnight(at: datetime) -> datetime:
    """The first midnight that is not before this instant."""
    day = midnight(at)
    return day if day == at else day + timedelta(days=1)


def shown(row: dict[str, Any], viewer: Viewer) -> dict[str, Any]:
    """A row as its reader may see it.

    Seals are for operators: from two of them and the rows between one can tell whether anything else was written
    meanwhile, in networks that one knows nothing of.
    """
    del row["_seq"]
    if row.pop("_blind"):
        row["at"] = at_midnight(row["at"])
    if row.pop("_hidden"):
        row |= {"actor": {"id": None}, "token_id": None, "request_id": NO_REQUEST}
    if row["actor"]["id"] is None:
        row["actor"] = None
    if not viewer.operator:
        row["seal"] = None
        if row["actor"] is None or row["actor"]["id"] != viewer.person_id:
            row["token_id"] = None
    return row
