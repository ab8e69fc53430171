"""Load = authorise, for commands about reports: as in `core.fetching_meetings`, the network's lock first."""

from typing import Any

from sqlalchemy import bindparam, select

from app.core import access
from app.core.errors import Forbidden, NotFound
from app.core.errors_of_results import OwnContent
from app.core.fetching import facts, roles_in, sight_member_network
from app.core.moderation_access import CONTENT, OF_RESULT, seen_by_others, visible_report, wrote
from app.core.references import unknown
from app.core.work import Work
from app.db.database import fetch_one
from app.db.types import ID
from app.models import Report

Row = dict[str, Any]


def _report(rank: str) -> Any:
    return select(*facts(Report), wrote(rank).label("_wrote")).where(
        Report.id == bindparam("report_id", type_=ID), visible_report(rank)
    )


async def sight_report(work: Work, report_id: str) -> tuple[Row, Row | None]:
    """A visible report and the network of its content, locked; `_wrote`: the viewer wrote the content.

    Errors: `NotFound`.
    """
    rank = work.viewer.rank
    values = {**access.values(work.viewer), "report_id": report_id}
    key = ("fetch report", rank)
    row = await fetch_one(work, key, lambda: _report(rank), values)
    if row is None:
        raise NotFound
    if row["network_id"] is None:
        return row, None
    network = await sight_member_network(work, row["network_id"])
    # Again, now that nobody else can change it.
    row = await fetch_one(work, key, lambda: _report(rank), values)
    if row is None:
        raise NotFound
    return row, network


async def fetch_report(work: Work, report_id: str) -> tuple[Row, Row | None]:
    """A report that the viewer may decide on, as far as it stands, and the network of its content.

    Errors: `NotFound`; `Forbidden`; `OwnContent` for whoever might, had they not written what was reported.
    """
    row, network = await sight_report(work, report_id)
    again = network is None or (row["status"] == "open" and row["appealed_on"] is not None)
    roles = access.viewer_roles(work.viewer) if network is None else roles_in(work, network)
    if not access.allowed("report.decide_again" if again else "report.decide", roles):
        raise Forbidden
    if row["_wrote"]:
        raise OwnContent
    return row, network


def _content(rank: str, kind: str) -> Any:
    model, sight = CONTENT[kind]
    columns = [model.id]
    if kind not in ("network", "person"):
        columns.append(model.network_id)
    if kind in OF_RESULT:
        columns.append((model.id if kind == "result" else model.result_id).label("result_id"))
    return select(*columns).where(
        model.id == bindparam("content_id", type_=ID), sight(rank), seen_by_others(kind)
    )


async def sight_content(work: Work, kind: str, content_id: str) -> Row:
    """Where the content lies that the viewer sees: `network_id` (locked) and `result_id`, null where it has none.

    Errors: `UnknownReference`, the same for what they do not see and for what was never there.
    """
    rank = work.viewer.rank
    values = {**access.values(work.viewer), "content_id": content_id}
    key = ("reported content", kind, rank)

    async def look() -> Row:
        row = await fetch_one(work, key, lambda: _content(rank, kind), values)
        if row is None:
            raise unknown("/content_id", "There is nothing of this kind here that you can report.")
        return {"network_id": None, "result_id": None, **row}

    row = await look()
    if row["network_id"] is not None:
        network = await sight_member_network(work, row["network_id"])
        row = {**await look(), "_network": network}
    return row
