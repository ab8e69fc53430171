"""Who hears of what comes of meetings, beyond `seating.told_of_attendance`: in front lies what every reader sees."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, select

from app.core.access import FRONT, INSIDE
from app.core.changes import Told
from app.core.work import Work
from app.db.database import fetch_one
from app.db.types import ID
from app.models import Network


def told_of_minutes(row: Mapping[str, Any], *, published: bool, **more: Any) -> Told:
    """Every reader of what was published; else who writes them: a draft and a correction in the making move nothing."""
    tier = FRONT if published else INSIDE
    return Told(network_id=row["network_id"], tier=tier, outer=published, **more)


def told_of_action(row: Mapping[str, Any], **more: Any) -> Told:
    """Every active member; but that its owner is gone lies inside, for whoever reads who that was (`letting_go`)."""
    return Told(network_id=row["network_id"], tier=FRONT, outer=True, **more)


def told_of_decision(row: Mapping[str, Any], **more: Any) -> Told:
    """Every active member, of a decision and of each vote on it."""
    return Told(network_id=row["network_id"], tier=INSIDE, outer=False, **more)


def told_of_survey_round(row: Mapping[str, Any], **more: Any) -> Told:
    """Every active member; of an answer nobody hears."""
    return Told(network_id=row["network_id"], tier=INSIDE, outer=False, **more)


def told_of_assessment(row: Mapping[str, Any], **more: Any) -> Told:
    """Every active member."""
    return Told(network_id=row["network_id"], tier=INSIDE, outer=False, **more)


def _visibility() -> Any:
    return select(Network.visibility).where(Network.id == bindparam("network_id", type_=ID))


async def reach_outside(work: Work, network: Mapping[str, Any]) -> dict[str, Any] | None:
    """Who sees what is public inside a network besides its members (`meeting_access.public_inside`); None: nobody."""
    if network["open_inside"]:
        return {"reach": "anyone"}
    if network["visibility"] != "open" or network["parent_id"] is None:
        return None
    values = {"network_id": network["parent_id"]}
    parent = await fetch_one(work, "visibility", _visibility, values)
    passes = parent is not None and parent["visibility"] == "open"
    nearest = network["root_id"] if passes else network["parent_id"]
    return {"reach": "member", "reach_network_id": nearest}
