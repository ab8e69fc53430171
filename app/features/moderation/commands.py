"""Reporting content. What may identify a patient is hidden at once, within bounds that nobody hides everything by.

Why it is like that: docs/decisions/0032.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, case, func, literal, or_, select

from app.core.access import INSIDE, allowed, viewer_id, viewer_roles
from app.core.changes import Told, create, stamp
from app.core.errors import Forbidden
from app.core.errors_of_results import TooManyReports
from app.core.fetching import fetch_self
from app.core.fetching_reports import sight_content
from app.core.hiding import follow, hidden_with, same_content
from app.core.work import Work
from app.db.database import fetch_one
from app.db.types import ID, INSTANT, among
from app.features.moderation.schemas import ReportCreate, ReportReason
from app.models import Report

Row = dict[str, Any]
MOST_REPORTS = 20  # of one person on one day
MOST_AT_ONCE = 5  # of one person: undecided, or of today
MOST_WRONG = 3  # of one person that were dismissed within `REMEMBERED`
MOST_REFUTED = 2  # about the same content, whoever reported
REMEMBERED = timedelta(days=90)


def told_of_report(report: Row) -> Told:
    """Whoever sees the report."""
    return Told(network_id=report["network_id"], tier=INSIDE, outer=False)


async def report_content(work: Work, body: ReportCreate) -> str:
    """Report what the viewer sees; reported before and not done with, it is the same report. Returns its id.

    Errors: `UnknownReference` for what is not there for them; `TooManyReports`.
    """
    if not allowed("report.create", viewer_roles(work.viewer)):
        raise Forbidden
    before = await _mine(work, body)
    if before is not None:  # they may not see any more what they hid by it
        return before
    content = await sight_content(work, body.content_kind, body.content_id)
    await fetch_self(work, facilitated=False)  # one report of one person after the other
    before = await _mine(work, body)
    if before is not None:
        return before
    row: Row = {
        "id": work.blind_id(),
        **body.model_dump(mode="json"),
        "network_id": content["network_id"],
        "result_id": content["result_id"],
        "reporter_id": work.viewer.person_id,
        "status": "open",
        **dict.fromkeys(("decision_note", "decided_by", "decided_on", "appeal", "appealed_on")),
        "first_note": None,
    }
    hides = await _hides_at_once(work, row)
    row |= {"hides": hides, "at_once": hides, "told_author": hides}
    create(work, "report.filed", row, told_of_report(row))
    if hides:
        await follow(work, content["_network"], row, by_service=True)
    return str(row["id"])


def _mine_about() -> Any:
    pending = or_(Report.status == "open", and_(Report.status == "upheld", Report.hides.is_(True)))
    return (
        select(Report.id)
        .where(
            Report.reporter_id == viewer_id(),
            Report.content_kind == bindparam("content_kind"),
            Report.content_id == bindparam("content_id", type_=ID),
            pending,
        )
        .order_by(Report.id)
        .limit(1)
    )


async def _mine(work: Work, body: ReportCreate) -> str | None:
    """The viewer's own report of the same content, undecided or with its content still hidden."""
    values = {
        "viewer_id": work.viewer.person_id,
        "content_kind": body.content_kind.value,
        "content_id": body.content_id,
    }
    row = await fetch_one(work, "own report", _mine_about, values)
    return None if row is None else row["id"]


def _number(condition: Any) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _of_reporter() -> Any:
    today = Report.created_at >= bindparam("today", type_=INSTANT)
    wrong = and_(Report.at_once.is_(True), Report.status == "dismissed")
    undecided = and_(Report.at_once.is_(True), or_(Report.status == "open", today))
    lately = Report.updated_at >= bindparam("since", type_=INSTANT)
    return select(
        _number(today).label("today"),
        _number(undecided).label("at_once"),
        _number(and_(wrong, lately)).label("wrong"),
        _number(and_(Report.status == "dismissed", same_content())).label("here"),
    ).where(Report.reporter_id == viewer_id())


def _refuted() -> Any:
    return select(func.count(literal(1)).label("count")).where(
        among(Report.reason, [ReportReason.PATIENT_DATA.value]),
        Report.status == "dismissed",
        same_content(),
    )


async def _hides_at_once(work: Work, row: Row) -> bool:
    """Whether a report of patient data hides the content before anybody looks. Errors: `TooManyReports`."""
    today: datetime = stamp(work, "report")
    values = {
        "viewer_id": work.viewer.person_id,
        "today": today,
        "since": today - REMEMBERED,
        **{name: row[name] for name in ("content_kind", "content_id", "result_id")},
    }
    counts = await fetch_one(work, "reports of reporter", _of_reporter, values)
    if counts is None:  # a sum is always there
        raise LookupError("reports of reporter")
    if counts["today"] >= MOST_REPORTS:
        raise TooManyReports
    if row["reason"] != ReportReason.PATIENT_DATA or hidden_with(row) is None or counts["here"]:
        return False
    if counts["at_once"] >= MOST_AT_ONCE or counts["wrong"] >= MOST_WRONG:
        return False
    refuted = await fetch_one(work, "refuted reports", _refuted, values)
    return refuted is None or int(refuted["count"]) < MOST_REFUTED
