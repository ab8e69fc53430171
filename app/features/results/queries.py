"""Reading results."""

from typing import Any

from sqlalchemy import bindparam, select

from app.core import access
from app.core.meeting_access import own_role
from app.core.result_access import visible_result
from app.core.viewer import Viewer
from app.db.database import Reads, fetch_one
from app.db.types import ID
from app.features.results.may import actions_of
from app.features.results.rows import ALONE, columns, shown
from app.models import Network, Organisation, Result


def _one(rank: str) -> Any:
    return (
        select(
            *columns(rank),
            *ALONE,
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
    (document,) = await shown(reads, viewer, [row])
    document["actions"] = actions_of(viewer, document, member=member, archived=archived)
    return document
