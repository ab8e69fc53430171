"""Reading how a network's purpose was worded over time."""

from typing import Any

from sqlalchemy import bindparam, select

from app.core import access
from app.core.access import INSIDE
from app.core.viewer import Viewer
from app.db.database import Reads
from app.db.types import ID
from app.models import Network, NetworkPurpose


def _purposes(rank: str) -> Any:
    by = NetworkPurpose.person_id.label("by_id")
    return (
        select(
            NetworkPurpose.purpose, NetworkPurpose.from_at, NetworkPurpose.to_at, by,
            access.standing(rank).label("_tier"),
        )
        .join(Network, Network.id == NetworkPurpose.network_id)
        .where(NetworkPurpose.network_id == bindparam("network_id", type_=ID), access.visible_network(rank))
        .order_by(NetworkPurpose.from_at, NetworkPurpose.id)
    )  # fmt: skip


async def purposes(reads: Reads, viewer: Viewer, network_id: str) -> list[dict[str, Any]]:
    """The wordings of the purpose, oldest first; empty when the network is not there for this viewer."""
    rank = viewer.rank
    values = {**access.values(viewer), "network_id": network_id}
    rows = await reads.fetch(("purposes", rank), lambda: _purposes(rank), values)
    for row in rows:
        if row.pop("_tier") < INSIDE:
            row["by_id"] = None
    return rows
