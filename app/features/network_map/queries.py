"""Reading the map of a network."""

from typing import Any

from app.core.seal import Sealer
from app.core.viewer import Viewer
from app.core.windows import Window
from app.db.database import Reads
from app.features.network_map.facts import gather
from app.features.network_map.schemas import MapStatus
from app.features.network_map.ties import document_of, tied


async def network_map(
    reads: Reads, sealer: Sealer, viewer: Viewer, network_id: str, window: Window
) -> tuple[dict[str, Any], set[str]] | None:
    """The map as the contract has it, and the sub-groups that were looked into; None when it is not there.

    The order of nodes is one for each caller, network, day and window: two maps cannot be laid side by side.
    """
    rows = await gather(reads, viewer, network_id, window)
    if rows is None:
        return None
    members = [row["right"] for row in rows if row["kind"] == "member"]
    within = f"map {network_id} {viewer.person_id} {window.as_of} {window.days}"
    found = tied(sealer.shuffled(members, within), rows)
    told = document_of(found, viewer.person_id)
    document = {
        "network_id": network_id,
        "as_of": window.as_of.isoformat(),
        "from_on": window.from_on.isoformat(),
        "window_days": window.days,
        **told,
    }
    shown = told["status"] is MapStatus.OK
    return document, {row["left"] for row in rows if shown and row["kind"] == "sub_group"}
