"""Reading reports. Who reported is in no answer; what somebody wrote is not theirs to look into."""

from typing import Any

from sqlalchemy import ColumnElement, bindparam, case, not_, null, or_, select, true

from app.core import access
from app.core.access import allowed
from app.core.days import in_days
from app.core.feed_position import feed_head, with_position
from app.core.hiding import HIDEABLE
from app.core.meeting_access import own_role, roles_of
from app.core.moderation_access import OF_RESULT, mine, moderates, visible_report, wrote
from app.core.paging import Page, Sort, keyset, page_values
from app.core.viewer import Scope, Viewer
from app.db.database import Database, Reads, fetch_one
from app.db.types import ID
from app.features.moderation.schemas import ReportQuery, ReportStatus, ReportVerb
from app.models import Report

Row = dict[str, Any]


def _for(who: ColumnElement[bool], column: Any, name: str | None = None) -> Any:
    return case((who, column), else_=null()).label(name or column.key)


def _columns(rank: str) -> list[Any]:
    own, looks, author = mine(rank), moderates(rank), wrote(rank)
    runs = true() if rank == "operator" else author
    return [
        Report.id, Report.content_kind, Report.content_id, Report.network_id, Report.reason, Report.status,
        Report.hides, Report.decision_note.label("note"), Report.decided_on,
        _for(or_(own, looks), Report.detail),
        _for(looks, Report.decided_by),
        _for(runs, Report.appeal),
        _for(or_(looks, author), Report.appealed_on),
        _for(or_(looks, author), Report.first_note),
        own.label("mine"),
        author.label("own_content"),
        Report.created_at, Report.updated_at, Report.version,
    ]  # fmt: skip


def _conditions(rank: str, query: ReportQuery) -> dict[str, ColumnElement[bool]]:
    """The filters that are given, by name; each looks at what every reader of the row reads, or at oneself."""
    own = mine(rank)
    every: dict[str, ColumnElement[bool]] = {
        "status": Report.status == bindparam("status"),
        "network_id": Report.network_id == bindparam("network_id", type_=ID),
        "content_kind": Report.content_kind == bindparam("content_kind"),
        "content_id": Report.content_id == bindparam("content_id", type_=ID),
        "mine": own if query.mine else not_(own),
    }
    return {name: every[name] for name in every if getattr(query, name) is not None}


async def list_reports(
    db: Database, viewer: Viewer, query: ReportQuery, page: Page
) -> tuple[list[Row], int]:
    """A page of reports, the latest day first (one row more than the page, with `_key`), and the feed's position."""
    rank, started = viewer.rank, page.after is not None
    conditions = _conditions(rank, query)
    values: Row = {
        **access.values(viewer),
        **page_values(page),
        **{name: getattr(query, name) for name in conditions},
    }
    sort = Sort("-created_on", Report.created_at, Report.id, descending=True)

    def build() -> Any:
        statement = select(*_columns(rank), feed_head().label("_head"))
        statement = statement.where(visible_report(rank), *conditions.values())
        return keyset(statement, sort, started=started)

    key = ("reports", rank, frozenset(conditions), query.mine, started)
    rows, position = await with_position(db, lambda: db.fetch_slow(key, build, values))
    return [in_days(row) for row in rows], position


def _one(rank: str) -> Any:
    return select(
        *_columns(rank), moderates(rank).label("_moderates"), own_role(rank, Report).label("_role")
    ).where(Report.id == bindparam("report_id", type_=ID), visible_report(rank))


async def one_report(reads: Reads, viewer: Viewer, report_id: str) -> Row | None:
    """One report as the contract has it, or None when it is not there for this viewer."""
    rank = viewer.rank
    values = {**access.values(viewer), "report_id": report_id}
    row = await fetch_one(reads, ("report", rank), lambda: _one(rank), values)
    if row is None:
        return None
    roles, looks = roles_of(viewer, row.pop("_role")), row.pop("_moderates")
    in_days(row)
    row["actions"] = _actions(viewer, row, roles, looks=bool(looks))
    return row


def _actions(viewer: Viewer, row: Row, roles: frozenset[str], *, looks: bool) -> list[ReportVerb]:
    """What this caller may do now, by the policy that commands obey."""
    if Scope.MODERATION_WRITE not in viewer.scopes:
        return []
    undecided = row["status"] == ReportStatus.OPEN
    if not looks:
        appealable = row["status"] == ReportStatus.UPHELD and row["appealed_on"] is None
        may = row["own_content"] and appealable and allowed("report.appeal", roles | {"self"})
        return [ReportVerb.APPEAL] if may else []
    again = row["network_id"] is None or (undecided and row["appealed_on"] is not None)
    if not allowed("report.decide_again" if again else "report.decide", roles):
        return []
    found = [ReportVerb.DECIDE] if undecided else []
    if row["status"] != ReportStatus.DISMISSED and row["content_kind"] in {*HIDEABLE, *OF_RESULT}:
        found.append(ReportVerb.UNHIDE if row["hides"] else ReportVerb.HIDE)
    return found
