"""Reading one's own calendar tokens, and finding whose calendar an address opens."""

from typing import Any

from sqlalchemy import bindparam, select

from app.core import access
from app.core.errors import CalendarNotValid
from app.core.feed_position import feed_head, with_position
from app.core.json_columns import plain
from app.core.meeting_access import visible_calendar_token
from app.core.paging import Page, Sort, keyset, page_values
from app.core.viewer import Viewer
from app.db.database import Database, Reads, fetch_one
from app.db.types import ID
from app.exchange.calendar_tokens.schemas import CalendarFilters
from app.models import CalendarToken, Person

COLUMNS = (
    CalendarToken.id, CalendarToken.name, CalendarToken.hint, CalendarToken.feed, CalendarToken.network_id,
    CalendarToken.meeting_id, CalendarToken.filters, CalendarToken.last_used_on, CalendarToken.created_at,
    CalendarToken.version,
)  # fmt: skip
FILTERS = tuple(field.alias or name for name, field in CalendarFilters.model_fields.items())


def shown(row: dict[str, Any]) -> dict[str, Any]:
    """The row with every filter, null where there is none."""
    filters = plain(row["filters"])
    return {**row, "filters": {name: filters.get(name) for name in FILTERS}}


def _list(rank: str, *, started: bool) -> Any:
    statement = select(*COLUMNS, feed_head().label("_head")).where(visible_calendar_token(rank))
    newest = Sort("-id", CalendarToken.id, CalendarToken.id, descending=True)
    return keyset(statement, newest, started=started)


async def list_calendar_tokens(
    db: Database, viewer: Viewer, page: Page
) -> tuple[list[dict[str, Any]], int]:
    """A page of calendar tokens (one row more than the page, with `_key`), and the feed's position before it."""
    rank, started = viewer.rank, page.after is not None
    values = {**access.values(viewer), **page_values(page)}
    rows, position = await with_position(
        db,
        lambda: db.fetch(
            ("calendar tokens", rank, started), lambda: _list(rank, started=started), values
        ),
    )
    return [shown(row) for row in rows], position


def _one(rank: str) -> Any:
    return select(*COLUMNS).where(
        CalendarToken.id == bindparam("token_id", type_=ID), visible_calendar_token(rank)
    )


async def one_calendar_token(reads: Reads, viewer: Viewer, token_id: str) -> dict[str, Any] | None:
    """One calendar token, or None when it is not the viewer's or was revoked."""
    rank = viewer.rank
    values = {**access.values(viewer), "token_id": token_id}
    row = await fetch_one(reads, ("calendar token", rank), lambda: _one(rank), values)
    return None if row is None else shown(row)


def _by_secret() -> Any:
    columns = (*COLUMNS, CalendarToken.person_id)
    return (
        select(*columns)
        .join(Person, Person.id == CalendarToken.person_id)
        .where(
            CalendarToken.secret_hash == bindparam("hash"),
            CalendarToken.revoked_at.is_(None),
            Person.erased_at.is_(None),
        )
    )


async def calendar_by_secret(reads: Reads, secret_hash: str) -> dict[str, Any]:
    """The calendar token with this secret, and whose it is. Errors: `CalendarNotValid`."""
    row = await fetch_one(reads, "calendar by secret", _by_secret, {"hash": secret_hash})
    if row is None:
        raise CalendarNotValid
    return row
