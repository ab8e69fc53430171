"""Content goes out of others' sight while a report is looked into, and comes back: at once, in every channel.

Whatever a report hides stays hidden as long as one report does. What the service hides by itself because somebody
reported it bears no actor, request or time of day, in no kind of thing: they would be the reporter's.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import and_, bindparam, literal, or_, select

from app.core.access import INSIDE
from app.core.adoption_counts import totals
from app.core.changes import Told, change, change_by_service
from app.core.fetching import facts
from app.core.fetching_helping import told_inside
from app.core.telling import reach_outside, told_of_action, told_of_minutes
from app.core.telling_of_results import (
    again,
    part_is_gone,
    saw,
    told_of_edit,
    told_of_part,
    told_of_result,
)
from app.core.work import KINDS, Work
from app.db.database import fetch_one
from app.db.types import ID
from app.models import Report

Row = dict[str, Any]
# What every active member reads, and nobody else.
INSIDE_KINDS = frozenset(
    {"duty", "duty_term", "ask", "offer", "decision", "assessment", "resource"}
)
HIDEABLE = INSIDE_KINDS | {
    *("result", "feedback", "adoption", "meeting", "minutes", "action"),
}


def hidden_with(report: Mapping[str, Any]) -> tuple[str, str] | None:
    """The kind and id of what a report takes out of sight: a measure or a cycle with its result. None: nothing."""
    if report["result_id"] is not None:
        return "result", report["result_id"]
    kind = report["content_kind"]
    return (kind, report["content_id"]) if kind in HIDEABLE else None


def same_content() -> Any:
    """Reports about what a report concerns, or about what is hidden with it."""
    same = and_(
        Report.content_kind == bindparam("content_kind"),
        Report.content_id == bindparam("content_id", type_=ID),
    )
    return or_(same, Report.result_id == bindparam("result_id", type_=ID))


def _also_hides() -> Any:
    return (
        select(literal(1).label("one"))
        .where(Report.id != bindparam("id", type_=ID), Report.hides.is_(True), same_content())
        .limit(1)
    )


async def follow(
    work: Work, network: Mapping[str, Any], report: Mapping[str, Any], *, by_service: bool = False
) -> None:
    """Hide what a report concerns, or show it again, as its `hides` now says; in its locked network."""
    target = hidden_with(report)
    if target is None:
        return
    values = {name: report[name] for name in ("id", "content_kind", "content_id", "result_id")}
    others = await fetch_one(work, "another report hides", _also_hides, values)
    hides = report["hides"] or others is not None
    kind, content_id = target
    row = await _row(work, kind, content_id)
    if row is None or (row["hidden_on"] is not None) == hides:
        return
    hidden_on = work.now.date() if hides else None
    action = f"{kind}.hidden" if hides else f"{kind}.shown"
    edit = change_by_service if by_service else change
    if kind != "adoption":
        told = await _told(work, network, kind, row, hides=hides)
        edit(work, action, row, {"hidden_on": hidden_on}, told)
        if kind == "feedback" and hides:
            await _said_is_gone(work, network, row, edit)
        return
    result = await _row(work, "result", row["result_id"])
    if result is None:  # a foreign key is in the way
        raise LookupError(row["result_id"])
    seen = await saw(work, network, result) if hides else {}
    edit(work, action, row, {"hidden_on": hidden_on}, told_of_part(result, **seen))
    sums = await totals(work, result["id"])
    told = told_of_result(result, **again(seen))
    edit(work, "result.adoptions_counted", result, sums, told)


async def _said_is_gone(
    work: Work, network: Mapping[str, Any], row: Row, edit: Callable[..., object]
) -> None:
    result = await _row(work, "result", row["result_id"])
    if result is not None:
        part_is_gone(work, result, await saw(work, network, result), edit)


def _of_kind(kind: str) -> Any:
    model: Any = KINDS[kind]
    return select(*facts(model)).where(model.id == bindparam("row_id", type_=ID))


async def _row(work: Work, kind: str, row_id: str) -> Row | None:
    """The content, whoever sees it: the report that the viewer may decide on is the right to it."""
    return await fetch_one(work, ("content", kind), lambda: _of_kind(kind), {"row_id": row_id})


async def _told(
    work: Work, network: Mapping[str, Any], kind: str, row: Row, *, hides: bool
) -> Told:
    """Whoever sees the content now; where it is hidden, besides whoever saw it before."""
    if kind == "result":
        return await told_of_edit(
            work, network, row, {**row, "hidden_on": "now" if hides else None}
        )
    if kind == "feedback":
        result = await _row(work, "result", row["result_id"])
        if result is None:  # a foreign key is in the way
            raise LookupError(row["result_id"])
        return told_of_part(result, **(await saw(work, network, result) if hides else {}))
    reach = {"reach": "member"} if hides else {}
    if kind == "action":
        return told_of_action(row, **reach)
    if kind in INSIDE_KINDS:
        # Votes, terms and offers are back with what they belong to.
        whole = {"scope": "all"} if kind in ("decision", "duty", "ask") else {}
        return told_inside(row["network_id"], **reach or whole)
    meeting = row if kind == "meeting" else await _row(work, "meeting", row["meeting_id"])
    drafted = row["announced_at" if kind == "meeting" else "published_at"] is None
    if drafted:  # for facilitators alone as it is
        reach = {}
    elif hides and meeting is not None and meeting["confidentiality"] == "open":
        reach = await reach_outside(work, network) or reach
    if kind == "minutes":
        return told_of_minutes(row, published=not drafted, **reach)
    return Told(network_id=row["network_id"], tier=INSIDE, outer=False, **reach)
