"""Reading decisions. Past its deadline one is closed, whoever has or has not stated the outcome."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, or_, select
from sqlalchemy.orm import aliased

from app.core import access
from app.core.decision_access import visible_decision
from app.core.feed_position import feed_head, with_position
from app.core.meeting_access import own_role, roles_of
from app.core.paging import Page, Sort, keyset, page_values
from app.core.viewer import Scope, Viewer
from app.db.database import Database, Reads, fetch_one
from app.db.types import ID, INSTANT
from app.features.decisions.schemas import (
    DecisionQuery,
    DecisionSort,
    DecisionStatus,
    DecisionVerb,
)
from app.features.decisions.tally import CHOICES, tally_of
from app.models import Decision, Network, Vote

SHOWN = (
    *("id", "network_id", "title", "proposal", "quorum_percent", "closes_at"),
    *("outcome", "outcome_note", "closed_at", "closed_by", "created_by"),
    *("created_at", "updated_at", "version"),
)


def _closed() -> ColumnElement[bool]:
    return or_(Decision.status == "closed", Decision.closes_at <= bindparam("now", type_=INSTANT))


def _columns() -> list[Any]:
    status = case((_closed(), "closed"), else_="open").label("status")
    return [*(getattr(Decision, name) for name in SHOWN), status]


def _conditions(query: DecisionQuery) -> dict[str, ColumnElement[bool]]:
    """The filters that are given, by name."""
    closed = query.status is DecisionStatus.CLOSED
    every: dict[str, ColumnElement[bool]] = {
        "network_id": Decision.network_id == bindparam("network_id", type_=ID),
        "status": _closed() if closed else ~_closed(),
        "updated_since": Decision.updated_at >= bindparam("updated_since", type_=INSTANT),
    }
    return {name: every[name] for name in every if getattr(query, name) is not None}


def _sort(name: DecisionSort) -> Sort:
    if name is DecisionSort.CLOSES:
        return Sort(str(name), Decision.closes_at, Decision.id)
    key = Decision.updated_at if name is DecisionSort.UPDATED else Decision.created_at
    return Sort(str(name), key, Decision.id, descending=True)


async def list_decisions(
    db: Database, viewer: Viewer, now: datetime, query: DecisionQuery, page: Page
) -> tuple[list[dict[str, Any]], int]:
    """A page of decisions (one row more than the page, with `_key`), and the feed's position before it."""
    rank, started, sort = viewer.rank, page.after is not None, query.sort or DecisionSort.LATEST
    conditions = _conditions(query)
    values: dict[str, Any] = {
        **access.values(viewer),
        **page_values(page),
        "now": now,
        **{name: getattr(query, name) for name in conditions if name != "status"},
    }

    def build() -> Any:
        statement = select(*_columns(), feed_head().label("_head"))
        statement = statement.where(visible_decision(rank), *conditions.values())
        return keyset(statement, _sort(sort), started=started)

    key = ("decisions", rank, frozenset(conditions), query.status, str(sort), started)
    # Of one network it is a look into an index, else it may be one at all that there is.
    fetch = db.fetch if "network_id" in conditions else db.fetch_slow
    return await with_position(db, lambda: fetch(key, build, values))


def _one(rank: str) -> Any:
    mine, anybody = aliased(Vote), aliased(Vote)
    wrote = and_(Decision.created_by.is_not(None), Decision.created_by == access.viewer_id())
    own = (mine.decision_id == Decision.id, mine.person_id == access.viewer_id())
    return (
        select(
            *_columns(),
            *(getattr(Decision, name).label(f"_{name}") for name in (*CHOICES, "electorate")),
            select(mine.vote).where(*own).scalar_subquery().label("my_vote"),
            select(anybody.id)
            .where(anybody.decision_id == Decision.id)
            .limit(1)
            .scalar_subquery()
            .label("_voted"),
            own_role(rank, Decision).label("_role"),
            wrote.label("_wrote"),
            Network.archived_at.is_not(None).label("_archived"),
        )
        .join(Network, Network.id == Decision.network_id)
        .where(Decision.id == bindparam("decision_id", type_=ID), visible_decision(rank))
    )


async def one_decision(
    reads: Reads, viewer: Viewer, now: datetime, decision_id: str
) -> dict[str, Any] | None:
    """One decision as the contract has it, or None when it is not there for this viewer."""
    rank = viewer.rank
    values = {**access.values(viewer), "decision_id": decision_id, "now": now}
    row = await fetch_one(reads, ("one decision", rank), lambda: _one(rank), values)
    if row is None:
        return None
    kept = {name: row.pop(f"_{name}") for name in (*CHOICES, "electorate")}
    row["tally"] = await tally_of(reads, {**row, **kept}, now)
    roles = roles_of(viewer, row.pop("_role")) | ({"self"} if row.pop("_wrote") else set())
    voted, archived = row.pop("_voted") is not None, row.pop("_archived")
    may = Scope.DECISIONS_WRITE in viewer.scopes and not archived and row["outcome"] is None
    possible = {
        DecisionVerb.UPDATE: not voted,
        DecisionVerb.DELETE: not voted,
        DecisionVerb.VOTE: row["status"] == "open",
        DecisionVerb.CLOSE: True,
    }
    row["actions"] = [
        verb
        for verb, now_possible in possible.items()
        if may and now_possible and access.allowed(f"decision.{verb}", roles)
    ]
    return row
