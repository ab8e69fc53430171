"""A network's code of conduct: which wording is in force, and who accepted it.

Who accepted is for that person alone, in every channel: few people publish, so a list of them, or a small count, would
point at the author of an unattributed result. An acceptance is therefore no resource: no feed and no audit has it.
"""

from typing import Any

from sqlalchemy import bindparam, func, select

from app.core.errors_of_results import ConductNotAccepted
from app.core.work import Work
from app.db.database import Reads, fetch_one
from app.db.types import ID
from app.models import Conduct, ConductAcceptance
from app.reference.conduct import house_conduct

HOUSE_VERSION = 0  # the text that ships with the service


def _in_force() -> Any:
    return (
        select(Conduct.version, Conduct.text)
        .where(Conduct.network_id == bindparam("network_id", type_=ID))
        .order_by(Conduct.version.desc())
        .limit(1)
    )


async def in_force(reads: Reads, network_id: str) -> tuple[int, str]:
    """The version and text that count now: the network's last one, or the house's as version 0."""
    row = await fetch_one(reads, "conduct in force", _in_force, {"network_id": network_id})
    return (HOUSE_VERSION, house_conduct()) if row is None else (row["version"], row["text"])


def _accepted() -> Any:
    return select(func.max(ConductAcceptance.version).label("version")).where(
        ConductAcceptance.network_id == bindparam("network_id", type_=ID),
        ConductAcceptance.person_id == bindparam("person_id", type_=ID),
    )


async def accepted(reads: Reads, network_id: str, person_id: str) -> int | None:
    """The latest version that this person accepted; for that person alone."""
    values = {"network_id": network_id, "person_id": person_id}
    row = await fetch_one(reads, "conduct accepted", _accepted, values)
    return None if row is None else row["version"]


async def accept(work: Work, network_id: str, version: int) -> None:
    """Note that the viewer accepts this version of a locked network's code; twice is once."""
    person_id = str(work.viewer.person_id)
    before = await accepted(work, network_id, person_id)
    if before is not None and before >= version:
        return
    acceptance = {
        "network_id": network_id,
        "person_id": person_id,
        "version": version,
        "accepted_on": work.now.date(),
    }
    work.insert(ConductAcceptance, acceptance)


async def accepted_now(work: Work, network_id: str) -> int:
    """The version in force, which the viewer accepted: what publishing in a locked network asks for.

    Errors: `ConductNotAccepted` naming where to read and accept it.
    """
    version, _ = await in_force(work, network_id)
    if await accepted(work, network_id, str(work.viewer.person_id)) != version:
        where = f"/v1/networks/{network_id}/conduct"
        detail = f"Read it (GET {where}) and accept it (POST {where}/accept, version {version})."
        raise ConductNotAccepted(detail)
    return version
