"""Who hears of what comes of meetings, beyond `seating.told_of_attendance`: in front lies what every reader sees."""

from collections.abc import Mapping
from typing import Any

from app.core.access import FRONT, INSIDE
from app.core.changes import Told


def told_of_minutes(row: Mapping[str, Any], *, published: bool, **more: Any) -> Told:
    """Every reader of what was published; else who writes them: a draft and a correction in the making move nothing."""
    tier = FRONT if published else INSIDE
    return Told(network_id=row["network_id"], tier=tier, outer=published, **more)


def told_of_action(row: Mapping[str, Any], **more: Any) -> Told:
    """Every active member; but that its owner is gone lies inside, for whoever reads who that was (`letting_go`)."""
    return Told(network_id=row["network_id"], tier=FRONT, outer=True, **more)
