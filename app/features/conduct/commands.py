"""Writing a network's code of conduct, and accepting it."""

from typing import Any

from app.core.access import FRONT
from app.core.changes import change, told_of_network
from app.core.conduct import accept, in_force
from app.core.errors_of_results import ConductChanged, TooManyWordings
from app.core.fetching import fetch_network, fetch_self
from app.core.work import Work
from app.features.conduct.schemas import ConductAccept, ConductWrite
from app.models import Conduct

MOST_WORDINGS = 100  # of a network's own


async def write_conduct(
    work: Work, network: dict[str, Any], version: int, text: str, body: ConductWrite
) -> None:
    """Put another wording into force in a locked network, where it is another one than the `text` of `version`.

    Whoever accepted the one before is asked again when they publish. Errors: `TooManyWordings`.
    """
    if body.text == text:
        return
    if version >= MOST_WORDINGS:
        raise TooManyWordings
    wording = {
        "network_id": network["id"],
        "version": version + 1,
        "text": body.text,
        "from_at": work.now,
        "by_id": work.viewer.person_id,
    }
    work.insert(Conduct, wording)
    change(
        work,
        "network.conduct_written",
        network,
        {},
        told_of_network(network, FRONT),
        also=("conduct",),
    )


async def accept_conduct(work: Work, network_id: str, body: ConductAccept) -> None:
    """Accept the wording that one has read, as an active member. Nothing but one's own row tells of it.

    Errors: `NotFound`, `Forbidden`, `NetworkArchived`, `HostedElsewhere`; `ConductChanged` when it is not in force.
    """
    await fetch_network(work, network_id, "conduct.accept")
    version, _ = await in_force(work, network_id)
    if body.version != version:
        raise ConductChanged(f"Version {version} is in force: read it, then accept that.")
    await fetch_self(work, facilitated=False)  # who is erased meanwhile leaves no acceptance
    await accept(work, network_id, version)
