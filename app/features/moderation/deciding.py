"""Looking into a report: hide, show again, decide; and an appeal, which an operator decides on.

The log of it is the audit: who hid, showed and decided stands there, who reported and who appealed does not.
"""

from typing import Any

from app.core import access
from app.core.changes import change
from app.core.errors import Forbidden
from app.core.errors_of_results import CannotBeHidden, NoAppeal, ReportDecided
from app.core.fetching_reports import fetch_report, sight_report
from app.core.hiding import follow, hidden_with
from app.core.work import Work
from app.features.moderation.commands import told_of_report
from app.features.moderation.schemas import ReportAppeal, ReportDecide, Verdict

Row = dict[str, Any]


async def hide_content(work: Work, report_id: str) -> None:
    """Take what was reported out of others' sight until it is shown again.

    Errors: `NotFound`; `Forbidden`; `OwnContent`; `ReportDecided` when it was dismissed; `CannotBeHidden`.
    """
    row, network = await fetch_report(work, report_id)
    if row["status"] == "dismissed":
        raise ReportDecided("It was dismissed: report the content again.")
    if hidden_with(row) is None:
        raise CannotBeHidden
    if not row["hides"]:
        values = {"hides": True, "told_author": True}
        await _write(work, "report.hidden", row, network, values)


async def show_content(work: Work, report_id: str) -> None:
    """Show it again, as far as no other report hides it. Errors: `NotFound`; `Forbidden`; `OwnContent`."""
    row, network = await fetch_report(work, report_id)
    if row["hides"]:
        await _write(work, "report.shown", row, network, {"hides": False})


async def decide_report(work: Work, report_id: str, body: ReportDecide) -> None:
    """Uphold a report or dismiss it, once. Dismissed, it hides nothing any more.

    Errors: `NotFound`; `Forbidden`; `OwnContent`; `ReportDecided`; `CannotBeHidden`.
    """
    row, network = await fetch_report(work, report_id)
    if row["status"] != "open":
        raise ReportDecided
    upheld = body.decision is Verdict.UPHELD
    hides = upheld and (row["hides"] if body.hide is None else body.hide)
    if hides and hidden_with(row) is None:
        raise CannotBeHidden
    values = {
        "status": body.decision.value,
        "hides": hides,
        "told_author": row["told_author"] or upheld,
        "decision_note": body.note,
        "decided_by": work.viewer.person_id,
        "decided_on": work.now.date(),
    }
    await _write(work, "report.decided", row, network, values)


async def appeal_decision(work: Work, report_id: str, body: ReportAppeal) -> None:
    """Ask for a second decision against what one wrote: an operator's, and the last.

    Errors: `NotFound`; `Forbidden` for whoever did not write it; `NoAppeal`.
    """
    row, network = await sight_report(work, report_id)
    roles = frozenset({"self"}) if row["_wrote"] else frozenset()
    if not access.allowed("report.appeal", roles):
        raise Forbidden
    if row["status"] != "upheld" or row["appealed_on"] is not None:
        raise NoAppeal
    values = {
        "status": "open",
        "appeal": body.text,
        "appealed_on": work.now.date(),
        "first_note": row["decision_note"],
        **dict.fromkeys(("decision_note", "decided_by", "decided_on")),
    }
    await _write(work, "report.appealed", row, network, values)


async def _write(work: Work, action: str, row: Row, network: Row | None, values: Row) -> None:
    """Write the report, and have the content follow."""
    change(work, action, row, values, told_of_report(row))
    if network is not None:
        await follow(work, network, {**row, **values})
