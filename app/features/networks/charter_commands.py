"""Wording a network's charter, and accepting it."""

from typing import Any

from sqlalchemy import bindparam, select

from app.core import access
from app.core.errors_of_keeping import CharterChanged
from app.core.fetching import fetch_network, fetch_self
from app.core.json_columns import plain
from app.core.work import Work
from app.db.database import fetch_one
from app.db.types import ID
from app.features.networks.charter_schemas import CharterAccept
from app.features.networks.commands import update_network
from app.features.networks.histories import charter_version
from app.features.networks.schemas import Charter, NetworkPatch
from app.models import CharterAcceptance


async def write_charter(work: Work, network: dict[str, Any], body: Charter) -> None:
    """Put a wording into force in a loaded network: as an edit of it, so that both say the same.

    The wording in force again writes nothing. Errors: `TooManyCharters`.
    """
    await update_network(work, network, NetworkPatch(charter=body))


def _accepted() -> Any:
    return select(CharterAcceptance.version).where(
        CharterAcceptance.network_id == bindparam("network_id", type_=ID),
        CharterAcceptance.person_id == access.viewer_id(),
        CharterAcceptance.version == bindparam("version"),
    )


async def accept_charter(work: Work, network_id: str, body: CharterAccept) -> None:
    """Accept the wording that one has read, as an active member; twice is once. Nothing but one's own row tells of it.

    Errors: `NotFound`, `Forbidden`, `NetworkArchived`, `HostedElsewhere`; `CharterChanged` when it is not in force.
    """
    network = await fetch_network(work, network_id, "charter.accept")
    version = await charter_version(work, network_id)
    if plain(network["charter"]) is None:
        raise CharterChanged("There is no charter in force.")
    if body.version != version:
        raise CharterChanged(f"Version {version} is in force: read it, then accept that.")
    await fetch_self(work, facilitated=False)  # who is erased meanwhile leaves no acceptance
    values = {"network_id": network_id, "version": version}
    known = {**values, "viewer_id": work.viewer.person_id}
    if await fetch_one(work, "charter accepted", _accepted, known) is None:
        row = {**values, "person_id": work.viewer.person_id, "accepted_at": work.now}
        work.insert(CharterAcceptance, row)
