"""Reading actions. Who stands behind one of a meeting under the Chatham House Rule is for them and for facilitators."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, func, literal, null, select

from app.core import access
from app.core.feed_position import feed_head, with_position
from app.core.meeting_access import (
    own_role,
    reads_owner,
    reads_person,
    roles_of,
    visible_action,
)
from app.core.paging import Page, Sort, keyset, page_values
from app.core.viewer import Scope, Viewer
from app.db.database import Database, Reads, fetch_one
from app.db.types import DAY, ID, INSTANT
from app.features.actions.schemas import ME, ActionQuery, ActionSort, ActionVerb
from app.models import Action, Network

NEVER = date(9999, 12, 31)  # after every day to be done by
NARROW = frozenset({"network_id", "meeting_id", "owner"})


def _as_shown(rank: str, whole: Any, outer: Any) -> Any:
    """A stamp as far as the viewer sees what moved it: that an owner left is not told where they are not."""
    return case((reads_owner(rank), whole), else_=outer)


def _columns(rank: str) -> list[Any]:
    people = [
        case((reads_person(rank, column), column), else_=null()).label(column.key)
        for column in (Action.owner_id, Action.done_by, Action.created_by)
    ]
    return [
        Action.id,
        Action.network_id,
        Action.meeting_id,
        func.nullif(Action.occurrence, "").label("occurrence"),
        Action.title,
        Action.detail,
        Action.due_on,
        Action.done_at,
        *people,
        Action.created_at,
        _as_shown(rank, Action.updated_at, Action.outer_updated_at).label("updated_at"),
        _as_shown(rank, Action.version, Action.outer_version).label("version"),
    ]


def _conditions(rank: str, query: ActionQuery) -> dict[str, ColumnElement[bool]]:
    """The filters that are given, by name; what they look at must be read by the viewer."""
    owner: Any = access.viewer_id() if query.owner == ME else bindparam("owner", type_=ID)
    updated_at = _as_shown(rank, Action.updated_at, Action.outer_updated_at)
    every: dict[str, ColumnElement[bool]] = {
        "network_id": Action.network_id == bindparam("network_id", type_=ID),
        "meeting_id": Action.meeting_id == bindparam("meeting_id", type_=ID),
        "owner": and_(Action.owner_id == owner, reads_owner(rank)),
        "open": Action.done_at.is_(None) if query.open else Action.done_at.is_not(None),
        "due_before": Action.due_on < bindparam("due_before", type_=DAY),
        "updated_since": updated_at >= bindparam("updated_since", type_=INSTANT),
    }
    return {name: every[name] for name in every if getattr(query, name) is not None}


def _sort(rank: str, name: ActionSort) -> Sort:
    if name is ActionSort.DUE:
        due: Any = func.coalesce(Action.due_on, literal(NEVER, DAY), type_=DAY)
        return Sort("due_on", due, Action.id)
    key = Action.created_at
    if name is ActionSort.UPDATED:
        key = _as_shown(rank, Action.updated_at, Action.outer_updated_at)
    return Sort(str(name), key, Action.id, descending=True)


async def list_actions(
    db: Database, viewer: Viewer, query: ActionQuery, page: Page
) -> tuple[list[dict[str, Any]], int]:
    """A page of actions (one row more than the page, with `_key`), and the feed's position before it."""
    rank, started, sort = viewer.rank, page.after is not None, query.sort or ActionSort.DUE
    conditions = _conditions(rank, query)
    values: dict[str, Any] = {
        **access.values(viewer),
        **page_values(page),
        **{name: getattr(query, name) for name in conditions},
    }

    def build() -> Any:
        statement = select(*_columns(rank), feed_head().label("_head"))
        statement = statement.where(visible_action(rank), *conditions.values())
        return keyset(statement, _sort(rank, sort), started=started)

    mine = query.owner == ME
    key = ("actions", rank, frozenset(conditions), query.open, mine, str(sort), started)
    # Of one network, meeting or person it is a look into an index, else it may be one at all that there is.
    fetch = db.fetch if NARROW & conditions.keys() else db.fetch_slow
    return await with_position(db, lambda: fetch(key, build, values))


def _one(rank: str) -> Any:
    written = Action.created_by == access.viewer_id()
    return (
        select(
            *_columns(rank),
            own_role(rank, Action).label("_role"),
            and_(Action.owner_id.is_not(None), Action.owner_id == access.viewer_id()).label(
                "_owns"
            ),
            and_(Action.created_by.is_not(None), written).label("_wrote"),
            Network.archived_at.is_not(None).label("_archived"),
        )
        .join(Network, Network.id == Action.network_id)
        .where(Action.id == bindparam("action_id", type_=ID), visible_action(rank))
    )


async def one_action(reads: Reads, viewer: Viewer, action_id: str) -> dict[str, Any] | None:
    """One action as the contract has it, or None when it is not there for this viewer."""
    rank = viewer.rank
    values = {**access.values(viewer), "action_id": action_id}
    row = await fetch_one(reads, ("one action", rank), lambda: _one(rank), values)
    if row is None:
        return None
    own, wrote = row.pop("_owns"), row.pop("_wrote")
    roles, archived = roles_of(viewer, row.pop("_role")), row.pop("_archived")
    found: list[ActionVerb] = []
    if Scope.MEETINGS_WRITE in viewer.scopes and not archived:
        turn = ActionVerb.COMPLETE if row["done_at"] is None else ActionVerb.REOPEN
        author = roles | ({"self"} if wrote else set())
        may_update = access.allowed("action.update", author | ({"self"} if own else set()))
        found += [ActionVerb.UPDATE, turn] if may_update else []
        found += [ActionVerb.DELETE] if access.allowed("action.delete", author) else []
    row["actions"] = found
    return row
