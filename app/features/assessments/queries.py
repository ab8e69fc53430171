"""Reading assessments: for active members; hidden ones for facilitators."""

from typing import Any

from sqlalchemy import bindparam, select

from app.core import access
from app.core.feed_position import feed_head, with_position
from app.core.listening_access import visible_assessment
from app.core.meeting_access import own_role, roles_of
from app.core.paging import Page, Sort, keyset, page_values
from app.core.viewer import Scope, Viewer
from app.db.database import Database, Reads, fetch_one
from app.db.types import ID
from app.features.assessments.schemas import AssessmentVerb
from app.models import Assessment, Network

Row = dict[str, Any]
COLUMNS = (
    Assessment.id, Assessment.network_id, Assessment.held_on, Assessment.participants, Assessment.levels,
    Assessment.notes, Assessment.created_by, Assessment.created_at, Assessment.updated_at, Assessment.version,
)  # fmt: skip


async def list_assessments(
    db: Database, viewer: Viewer, network_id: str, page: Page
) -> tuple[list[Row], int]:
    """A page of a network's assessments (one row more than the page, with `_key`), and the feed's position before."""
    rank, started = viewer.rank, page.after is not None
    values = {**access.values(viewer), **page_values(page), "network_id": network_id}

    def build() -> Any:
        statement = select(*COLUMNS, feed_head().label("_head")).where(
            Assessment.network_id == bindparam("network_id", type_=ID), visible_assessment(rank)
        )
        sort = Sort("held_on", Assessment.held_on, Assessment.id, descending=True)
        return keyset(statement, sort, started=started)

    key = ("assessments", rank, started)
    return await with_position(db, lambda: db.fetch(key, build, values))


def _one(rank: str) -> Any:
    return (
        select(
            *COLUMNS,
            own_role(rank, Assessment).label("_role"),
            Network.archived_at.is_not(None).label("_archived"),
        )
        .join(Network, Network.id == Assessment.network_id)
        .where(Assessment.id == bindparam("assessment_id", type_=ID), visible_assessment(rank))
    )


async def one_assessment(reads: Reads, viewer: Viewer, assessment_id: str) -> Row | None:
    """One assessment as the contract has it, or None when it is not there for this viewer."""
    rank, values = viewer.rank, {**access.values(viewer), "assessment_id": assessment_id}
    row = await fetch_one(reads, ("one assessment", rank), lambda: _one(rank), values)
    if row is None:
        return None
    roles, archived = roles_of(viewer, row.pop("_role")), row.pop("_archived")
    may = Scope.NETWORKS_WRITE in viewer.scopes and not archived
    verbs = {"assessment.update": AssessmentVerb.UPDATE, "assessment.delete": AssessmentVerb.DELETE}
    row["actions"] = [
        verb for action, verb in verbs.items() if may and access.allowed(action, roles)
    ]
    return row
