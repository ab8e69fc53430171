"""What a network says of itself now and said before: its purpose, its charter, the stage it is in."""

from typing import Any

from sqlalchemy import bindparam, func, select

from app.core.errors_of_keeping import TooManyCharters
from app.core.work import Work
from app.db.database import Reads, fetch_one
from app.db.types import ID
from app.models import CharterVersion, NetworkPurpose, NetworkStage

SECTIONS = ("leadership", "purpose_and_direction", "communication", "knowledge_and_learning")
MOST_CHARTERS = 100  # wordings of one network


def begin_histories(work: Work, network_id: str, given: dict[str, Any]) -> None:
    """What a new network says, as the first of its history; a listing's stage may be None: not known."""
    _begin_purpose(work, network_id, given["purpose"])
    _begin_stage(work, network_id, given["lifecycle_stage"])
    if given["charter"] is not None:
        _begin_charter(work, network_id, given["charter"], 1)


async def change_histories(
    work: Work, network_id: str, values: dict[str, Any], given: dict[str, Any]
) -> None:
    """Note what is another one from now on in a locked network: of `values`, the columns that differ.

    Errors: `TooManyCharters`.
    """
    over = {"network_id": network_id, "to_at": None}
    if "purpose" in values:
        work.update_children(NetworkPurpose, over, {"to_at": work.now})
        _begin_purpose(work, network_id, given["purpose"])
    if "lifecycle_stage" in values:
        work.update_children(NetworkStage, over, {"to_at": work.now})
        _begin_stage(work, network_id, given["lifecycle_stage"])
    if "charter" in values:
        await _word_charter(work, network_id, given["charter"])


def _begin_purpose(work: Work, network_id: str, purpose: str) -> None:
    said = {"id": work.new_id(), "network_id": network_id, "purpose": purpose}
    since = {"from_at": work.now, "to_at": None, "person_id": work.viewer.person_id}
    work.insert(NetworkPurpose, {**said, **since})


def _begin_stage(work: Work, network_id: str, stage: str | None) -> None:
    declared = {"id": work.new_id(), "network_id": network_id, "stage": stage}
    since = {"from_at": work.now, "to_at": None, "person_id": work.viewer.person_id}
    work.insert(NetworkStage, {**declared, **since})


def whole_charter(given: dict[str, Any] | None) -> dict[str, Any] | None:
    """A charter with all four sections; one that says nothing is none."""
    if not given or not any(given.get(name) for name in SECTIONS):
        return None
    return {name: given.get(name) for name in SECTIONS}


def _latest_charter() -> Any:
    return select(func.max(CharterVersion.version).label("version")).where(
        CharterVersion.network_id == bindparam("network_id", type_=ID)
    )


async def charter_version(reads: Reads, network_id: str) -> int:
    """The version of the charter in force; 0 where none was ever written."""
    row = await fetch_one(reads, "charter in force", _latest_charter, {"network_id": network_id})
    return 0 if row is None else row["version"] or 0


async def _word_charter(work: Work, network_id: str, charter: dict[str, Any] | None) -> None:
    """Put another wording of the charter into force; None takes it back. Errors: `TooManyCharters`."""
    version = await charter_version(work, network_id)
    if version >= MOST_CHARTERS:
        raise TooManyCharters
    _begin_charter(work, network_id, charter, version + 1)


def _begin_charter(
    work: Work, network_id: str, charter: dict[str, Any] | None, version: int
) -> None:
    said = charter or dict.fromkeys(SECTIONS)
    since = {"from_at": work.now, "by_id": work.viewer.person_id}
    work.insert(CharterVersion, {"network_id": network_id, "version": version, **said, **since})
