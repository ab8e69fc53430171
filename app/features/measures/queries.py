"""Reading measures; their figures are read in `series`."""

from typing import Any

from sqlalchemy import ColumnElement, bindparam, select

from app.core import access
from app.core.days import in_days, midnight
from app.core.feed_position import feed_head, with_position
from app.core.paging import Page, Sort, keyset, page_values
from app.core.result_access import authored, visible_measure
from app.core.viewer import Scope, Viewer
from app.db.database import Database, Reads, fetch_one
from app.db.types import ID, INSTANT
from app.features.measures.schemas import MeasureAction, MeasureQuery, MeasureSort
from app.models import Measure, Network

Row = dict[str, Any]
COLUMNS = [
    column
    for column in Measure.__table__.columns
    if column.name not in ("outer_version", "outer_updated_at")
]
SORTS = {
    MeasureSort.POSITION: Sort("position", Measure.position, Measure.id),
    MeasureSort.UPDATED: Sort("-updated_on", Measure.updated_at, Measure.id, descending=True),
}
FILTERS: dict[str, ColumnElement[bool]] = {
    "result_id": Measure.result_id == bindparam("result_id", type_=ID),
    "network_id": Measure.network_id == bindparam("network_id", type_=ID),
    "kind": Measure.kind == bindparam("kind"),
    "updated_since": Measure.updated_at >= bindparam("updated_since", type_=INSTANT),
}
NARROW = frozenset({"result_id", "network_id"})


async def list_measures(
    db: Database, viewer: Viewer, query: MeasureQuery, page: Page
) -> tuple[list[Row], int]:
    """A page of measures (one row more than the page, with `_key`), and the feed's position before it."""
    rank, started, sort = viewer.rank, page.after is not None, query.sort or MeasureSort.POSITION
    given = [name for name in FILTERS if getattr(query, name) is not None]
    values: Row = {
        **access.values(viewer),
        **page_values(page),
        **{name: getattr(query, name) for name in given},
    }
    if query.updated_since is not None:
        values["updated_since"] = midnight(query.updated_since)

    def build() -> Any:
        statement = select(*COLUMNS, feed_head().label("_head"))
        statement = statement.where(visible_measure(rank), *(FILTERS[name] for name in given))
        return keyset(statement, SORTS[sort], started=started)

    key = ("measures", rank, frozenset(given), str(sort), started)
    fetch = db.fetch if NARROW & set(given) else db.fetch_slow
    rows, position = await with_position(db, lambda: fetch(key, build, values))
    return [in_days(row) for row in rows], position


def _one(rank: str) -> Any:
    return (
        select(
            *COLUMNS,
            authored(rank, Measure.result_id).label("_authored"),
            Network.archived_at.is_not(None).label("_archived"),
        )
        .join(Network, Network.id == Measure.network_id)
        .where(Measure.id == bindparam("measure_id", type_=ID), visible_measure(rank))
    )


async def one_measure(reads: Reads, viewer: Viewer, measure_id: str) -> Row | None:
    """One measure as the contract has it, or None when it is not there for this viewer."""
    rank = viewer.rank
    values = {**access.values(viewer), "measure_id": measure_id}
    row = await fetch_one(reads, ("measure", rank), lambda: _one(rank), values)
    if row is None:
        return None
    author = row.pop("_authored") and access.allowed("result.update", frozenset({"self"}))
    may = author and not row.pop("_archived") and Scope.RESULTS_WRITE in viewer.scopes
    row.pop("_archived", None)
    row["actions"] = list(MeasureAction) if may else []
    return in_days(row)
