"""Reading the links that networks keep."""

from typing import Any

from sqlalchemy import ColumnElement, Text, and_, bindparam, select

from app.core import access
from app.core.feed_position import feed_head, with_position
from app.core.helping_access import visible_resource
from app.core.meeting_access import own_role, roles_of
from app.core.paging import Page, Sort, keyset, page_values
from app.core.viewer import Scope, Viewer
from app.db.database import Database, Reads, fetch_one
from app.db.types import ID, INSTANT, holding
from app.features.resources.schemas import ResourceQuery, ResourceSort, ResourceVerb
from app.models import Network, Resource

Row = dict[str, Any]
COLUMNS = (
    Resource.id, Resource.network_id, Resource.title, Resource.url, Resource.what_for, Resource.licence,
    Resource.topics, Resource.created_by, Resource.created_at, Resource.updated_at, Resource.version,
)  # fmt: skip


def _conditions(query: ResourceQuery) -> dict[str, ColumnElement[bool]]:
    every: dict[str, ColumnElement[bool]] = {
        "network_id": Resource.network_id == bindparam("network_id", type_=ID),
        "topic": Resource.topics.cast(Text).like(bindparam("topic"), escape="\\"),
        "updated_since": Resource.updated_at >= bindparam("updated_since", type_=INSTANT),
    }
    return {name: every[name] for name in every if getattr(query, name) is not None}


def _sort(name: ResourceSort) -> Sort:
    if name is ResourceSort.TITLE:
        return Sort("title", Resource.title, Resource.id)
    return Sort(str(name), Resource.updated_at, Resource.id, descending=True)


async def list_resources(
    db: Database, viewer: Viewer, query: ResourceQuery, page: Page
) -> tuple[list[Row], int]:
    """A page of links (one row more than the page, with `_key`), and the feed's position before it."""
    rank, started, sort = viewer.rank, page.after is not None, query.sort or ResourceSort.TITLE
    conditions = _conditions(query)
    given = {name: getattr(query, name) for name in conditions}
    if query.topic is not None:
        given["topic"] = holding(f'"{query.topic}"')  # as a code stands in the list
    values = {**access.values(viewer), **page_values(page), **given}

    def build() -> Any:
        statement = select(*COLUMNS, feed_head().label("_head"))
        statement = statement.where(visible_resource(rank), *conditions.values())
        return keyset(statement, _sort(sort), started=started)

    key = ("resources", rank, frozenset(conditions), str(sort), started)
    fetch = db.fetch if query.network_id is not None else db.fetch_slow
    return await with_position(db, lambda: fetch(key, build, values))


def _one(rank: str) -> Any:
    wrote = and_(Resource.created_by.is_not(None), Resource.created_by == access.viewer_id())
    return (
        select(
            *COLUMNS,
            own_role(rank, Resource).label("_role"),
            wrote.label("_wrote"),
            Network.archived_at.is_not(None).label("_archived"),
        )
        .join(Network, Network.id == Resource.network_id)
        .where(Resource.id == bindparam("resource_id", type_=ID), visible_resource(rank))
    )


async def one_resource(reads: Reads, viewer: Viewer, resource_id: str) -> Row | None:
    """One link as the contract has it, or None when it is not there for this viewer."""
    rank = viewer.rank
    values = {**access.values(viewer), "resource_id": resource_id}
    row = await fetch_one(reads, ("one resource", rank), lambda: _one(rank), values)
    if row is None:
        return None
    roles = roles_of(viewer, row.pop("_role")) | ({"self"} if row.pop("_wrote") else set())
    closed = row.pop("_archived") or Scope.NETWORKS_WRITE not in viewer.scopes
    may = not closed and access.allowed("resource.update", roles)
    row["actions"] = list(ResourceVerb) if may else []
    return row
