"""Reading one result."""

from typing import Any

from sqlalchemy import bindparam, func, literal, select

from app.core import access
from app.core.meeting_access import own_role
from app.core.result_access import visible_result
from app.core.result_requirements import needed
from app.core.viewer import Viewer
from app.db.database import Reads, fetch_one
from app.db.types import ID
from app.features.results.completeness import completeness
from app.features.results.may import actions_of
from app.features.results.rows import ALONE, columns, shown
from app.models import Measure, Network, Organisation, PdsaCycle, Result


def _count(model: Any, *conditions: Any) -> Any:
    counted = select(func.count(literal(1))).where(model.result_id == Result.id, *conditions)
    return counted.scalar_subquery()


def _one(rank: str) -> Any:
    return (
        select(
            *columns(rank),
            *ALONE,
            Result.organisation_code.label("_organisation_code"),
            _count(Measure).label("_counts.measures"),
            _count(Measure, Measure.observation_count > 0).label("_counts.observations"),
            _count(PdsaCycle).label("_counts.pdsa_cycles"),
            Network.archived_at.is_not(None).label("_archived"),
            own_role(rank, Result).label("_role"),
        )
        .join(Network, Network.id == Result.network_id)
        .outerjoin(Organisation, Organisation.code == Result.organisation_code)
        .where(Result.id == bindparam("result_id", type_=ID), visible_result(rank))
    )


async def one_result(reads: Reads, viewer: Viewer, result_id: str) -> dict[str, Any] | None:
    """One result as the contract has it, or None when it is not there for this viewer."""
    values = {**access.values(viewer), "result_id": result_id}
    rank = viewer.rank
    row = await fetch_one(reads, ("result", rank), lambda: _one(rank), values)
    if row is None:
        return None
    member, archived = row.pop("_role") is not None, row.pop("_archived")
    counts, code = row.pop("_counts"), row.pop("_organisation_code")
    (document,) = await shown(reads, viewer, [row])
    lacking = needed({**document, "organisation_code": code}, measures=counts["measures"])
    document["completeness"] = completeness(document, counts, lacking)
    document["actions"] = actions_of(viewer, document, member=member, archived=archived)
    return document
