"""Reading minutes: facilitators read what is being written, everybody else what was published and when."""

from typing import Any

from sqlalchemy import bindparam, case, false, func, null, or_, select

from app.core import access
from app.core.feed_position import feed_head, with_position
from app.core.meeting_access import (
    edits_minutes,
    facilitates,
    own_role,
    reads_edition,
    roles_of,
    visible_minutes,
)
from app.core.paging import Page, Sort, keyset, page_values
from app.core.viewer import Scope, Viewer
from app.db.database import Database, Reads, fetch_one
from app.db.types import ID
from app.features.minutes.schemas import MinutesAction, MinutesQuery
from app.models import Meeting, Minutes, MinutesEdition, Network

FILTERS = {
    "meeting_id": Minutes.meeting_id,
    "occurrence": Minutes.occurrence,
    "network_id": Minutes.network_id,
}


def _columns(rank: str) -> list[Any]:
    """What both shapes show. For a reader nothing moves with what is being written."""
    writes = edits_minutes(rank)
    return [
        Minutes.id,
        Minutes.meeting_id,
        Minutes.network_id,
        func.nullif(Minutes.occurrence, "").label("occurrence"),
        Minutes.edition,
        Minutes.published_at,
        Minutes.created_at,
        case((writes, Minutes.updated_at), else_=Minutes.outer_updated_at).label("updated_at"),
        case((writes, Minutes.version), else_=Minutes.outer_version).label("version"),
    ]


def _list(rank: str, given: frozenset[str], *, started: bool) -> Any:
    statement = select(*_columns(rank), feed_head().label("_head")).where(
        visible_minutes(rank),
        *(
            column == bindparam(name, type_=column.type)
            for name, column in FILTERS.items()
            if name in given
        ),
    )
    return keyset(statement, Sort("-id", Minutes.id, Minutes.id, descending=True), started=started)


async def list_minutes(
    db: Database, viewer: Viewer, query: MinutesQuery, page: Page
) -> tuple[list[dict[str, Any]], int]:
    """A page of minutes (one row more than the page), and the feed's position before it."""
    given = frozenset(query.model_fields_set) & frozenset(FILTERS)
    values: dict[str, Any] = {
        **access.values(viewer),
        **page_values(page),
        **{name: getattr(query, name) for name in given},
    }
    rank, started = viewer.rank, page.after is not None
    # Of one meeting or network it is a look into an index, else it may be one at all the minutes there are.
    fetch = db.fetch if given & {"meeting_id", "network_id"} else db.fetch_slow
    key = ("list of minutes", rank, given, started)
    return await with_position(
        db, lambda: fetch(key, lambda: _list(rank, given, started=started), values)
    )


def _one(rank: str) -> Any:
    writes = edits_minutes(rank)
    new = or_(Minutes.published_text.is_(None), Minutes.text != Minutes.published_text)
    return (
        select(
            *_columns(rank),
            case((writes, Minutes.text), else_=Minutes.published_text).label("text"),
            case((writes, new), else_=false()).label("unpublished"),
            own_role(rank, Minutes).label("_role"),
            Network.archived_at.is_not(None).label("_archived"),
        )
        .join(Network, Network.id == Minutes.network_id)
        .where(Minutes.id == bindparam("minutes_id", type_=ID), visible_minutes(rank))
    )


async def one_minutes(reads: Reads, viewer: Viewer, minutes_id: str) -> dict[str, Any] | None:
    """Minutes as the contract has them, or None when they are not there for this viewer."""
    rank = viewer.rank
    values = {**access.values(viewer), "minutes_id": minutes_id}
    row = await fetch_one(reads, ("minutes", rank), lambda: _one(rank), values)
    if row is None:
        return None
    roles, archived = roles_of(viewer, row.pop("_role")), row.pop("_archived")
    may = Scope.MEETINGS_WRITE in viewer.scopes and not archived
    may = may and access.allowed("minutes.write", roles)
    row["actions"] = [MinutesAction.UPDATE] if may else []
    if may and row["unpublished"]:
        row["actions"].append(MinutesAction.PUBLISH)
    return row


def _editions(rank: str, *, started: bool) -> Any:
    shown = reads_edition(rank)
    statement = (
        select(
            MinutesEdition.number,
            case((shown, MinutesEdition.text), else_=null()).label("text"),
            case((shown, MinutesEdition.note), else_=null()).label("note"),
            MinutesEdition.published_at,
            case((facilitates(rank, Minutes), MinutesEdition.by_id), else_=null()).label(
                "published_by"
            ),
        )
        .join(Minutes, Minutes.id == MinutesEdition.minutes_id)
        .join(Meeting, Meeting.id == Minutes.meeting_id)
        .where(Minutes.id == bindparam("minutes_id", type_=ID), visible_minutes(rank))
    )
    number = Sort("-number", MinutesEdition.number, MinutesEdition.number, descending=True)
    return keyset(statement, number, started=started)


async def list_editions(
    reads: Reads, viewer: Viewer, page: Page, minutes_id: str
) -> list[dict[str, Any]]:
    """The published wordings of visible minutes, the latest first; one more than the page."""
    rank, started = viewer.rank, page.after is not None
    values = {**access.values(viewer), **page_values(page), "minutes_id": minutes_id}
    key = ("editions", rank, started)
    return await reads.fetch(key, lambda: _editions(rank, started=started), values)
