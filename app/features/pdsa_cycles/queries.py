"""Reading PDSA cycles: whoever sees the result sees them."""

from typing import Any

from sqlalchemy import ColumnElement, bindparam, select

from app.core import access
from app.core.days import in_days, midnight
from app.core.feed_position import feed_head, with_position
from app.core.paging import Page, Sort, keyset, page_values
from app.core.result_access import visible_cycle
from app.core.viewer import Viewer
from app.db.database import Database, Reads, fetch_one
from app.db.types import ID, INSTANT
from app.features.pdsa_cycles.schemas import PdsaCycleQuery, PdsaCycleSort
from app.models import PdsaCycle

Row = dict[str, Any]
NARROW = frozenset({"result_id", "network_id"})
COLUMNS = (
    PdsaCycle.id, PdsaCycle.result_id, PdsaCycle.network_id, PdsaCycle.number, PdsaCycle.title, PdsaCycle.started_on,
    PdsaCycle.ended_on, PdsaCycle.plan, PdsaCycle.prediction, PdsaCycle.do_text.label("do"), PdsaCycle.study,
    PdsaCycle.act, PdsaCycle.decision, PdsaCycle.created_at, PdsaCycle.updated_at, PdsaCycle.version,
)  # fmt: skip


def _conditions(query: PdsaCycleQuery) -> dict[str, ColumnElement[bool]]:
    """The filters that are given, by name."""
    every: dict[str, ColumnElement[bool]] = {
        "result_id": PdsaCycle.result_id == bindparam("result_id", type_=ID),
        "network_id": PdsaCycle.network_id == bindparam("network_id", type_=ID),
        "updated_since": PdsaCycle.updated_at >= bindparam("updated_since", type_=INSTANT),
    }
    return {name: every[name] for name in every if getattr(query, name) is not None}


def _sort(name: PdsaCycleSort) -> Sort:
    key: Any = PdsaCycle.updated_at if name is PdsaCycleSort.UPDATED else PdsaCycle.number
    return Sort(str(name), key, PdsaCycle.id, descending=name is not PdsaCycleSort.NUMBER)


async def list_cycles(
    db: Database, viewer: Viewer, query: PdsaCycleQuery, page: Page
) -> tuple[list[Row], int]:
    """A page of cycles (one row more than the page, with `_key`), and the feed's position before it."""
    rank, started, sort = viewer.rank, page.after is not None, query.sort or PdsaCycleSort.NUMBER
    conditions = _conditions(query)
    values: Row = {
        **access.values(viewer),
        **page_values(page),
        **{name: getattr(query, name) for name in conditions},
    }
    if query.updated_since is not None:
        values["updated_since"] = midnight(query.updated_since)

    def build() -> Any:
        statement = select(*COLUMNS, feed_head().label("_head"))
        statement = statement.where(visible_cycle(rank), *conditions.values())
        return keyset(statement, _sort(sort), started=started)

    key = ("cycles", rank, frozenset(conditions), str(sort), started)
    fetch = db.fetch if NARROW & conditions.keys() else db.fetch_slow
    rows, position = await with_position(db, lambda: fetch(key, build, values))
    return [in_days(row) for row in rows], position


def _one(rank: str) -> Any:
    return select(*COLUMNS).where(
        PdsaCycle.id == bindparam("cycle_id", type_=ID), visible_cycle(rank)
    )


async def one_cycle(reads: Reads, viewer: Viewer, cycle_id: str) -> Row | None:
    """One cycle as the contract has it, or None when it is not there for this viewer."""
    rank = viewer.rank
    values = {**access.values(viewer), "cycle_id": cycle_id}
    row = await fetch_one(reads, ("one cycle", rank), lambda: _one(rank), values)
    return None if row is None else in_days(row)
