"""Reading one's own saved searches; what they have found is not among what is shown."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, select

from app.core import access
from app.core.errors import NotFound
from app.core.feed_position import feed_head, with_position
from app.core.json_columns import plain
from app.core.paging import Page, Sort, keyset, page_values
from app.core.search_access import visible_saved_search
from app.core.viewer import Viewer
from app.db.database import Database, Reads, fetch_one
from app.db.types import ID
from app.features.saved_searches.schemas import SearchParams
from app.models import SavedSearch

COLUMNS = (
    SavedSearch.id, SavedSearch.name, SavedSearch.params, SavedSearch.looked_at, SavedSearch.created_at,
    SavedSearch.updated_at, SavedSearch.version,
)  # fmt: skip
# What was not there to be asked when a search was saved asks nothing.
ASKS_NOTHING: dict[str, Any] = SearchParams().model_dump(mode="json")
PARAMS = tuple(ASKS_NOTHING)


def params_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of a stored search: each, also where it asks nothing."""
    return {**ASKS_NOTHING, **plain(row["params"])}


def shown(row: dict[str, Any]) -> dict[str, Any]:
    """The row with each of its parameters as a field."""
    params = params_of(row)
    del row["params"]
    return {**row, **params}


def _list(rank: str, *, started: bool) -> Any:
    columns = (*COLUMNS, feed_head().label("_head"))
    newest = Sort("-id", SavedSearch.id, SavedSearch.id, descending=True)
    return keyset(select(*columns).where(visible_saved_search(rank)), newest, started=started)


async def list_saved_searches(
    db: Database, viewer: Viewer, page: Page
) -> tuple[list[dict[str, Any]], int]:
    """A page of saved searches (one row more than the page, with `_key`), and the feed's position before it."""
    rank, started = viewer.rank, page.after is not None
    values = {**access.values(viewer), **page_values(page)}
    key = ("saved searches", rank, started)
    rows, position = await with_position(
        db, lambda: db.fetch(key, lambda: _list(rank, started=started), values)
    )
    return [shown(row) for row in rows], position


def _own(rank: str, *columns: Any) -> Any:
    asked = SavedSearch.id == bindparam("saved_id", type_=ID)
    return select(*columns).where(asked, visible_saved_search(rank))


async def one_saved_search(reads: Reads, viewer: Viewer, saved_id: str) -> dict[str, Any] | None:
    """One saved search, or None when it is not the viewer's."""
    rank = viewer.rank
    values = {**access.values(viewer), "saved_id": saved_id}
    row = await fetch_one(reads, ("saved search", rank), lambda: _own(rank, *COLUMNS), values)
    return None if row is None else shown(row)


async def marked_search(reads: Reads, viewer: Viewer, saved_id: str) -> dict[str, Any]:
    """One of the viewer's saved searches with its marks. Errors: `NotFound`, also for another person's."""
    rank = viewer.rank
    values = {**access.values(viewer), "saved_id": saved_id}
    columns = tuple(SavedSearch.__table__.columns)
    row = await fetch_one(reads, ("marked search", rank), lambda: _own(rank, *columns), values)
    if row is None:
        raise NotFound
    return row
