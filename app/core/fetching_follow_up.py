"""Load = authorise, for commands about minutes and actions: as in `core.fetching_meetings`, with the network locked."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import bindparam, case, select

from app.core import access
from app.core.errors import NotFound
from app.core.fetching import facts, require, sight_member_network
from app.core.meeting_access import reads_owner, visible_action, visible_minutes
from app.core.work import Work
from app.db.database import fetch_one
from app.db.types import ID
from app.models import Action, Meeting, Minutes

Row = dict[str, Any]


def _minutes(rank: str) -> Any:
    return (
        select(*facts(Minutes), Meeting.attendance_hidden.label("_names_nobody"))
        .join(Meeting, Meeting.id == Minutes.meeting_id)
        .where(Minutes.id == bindparam("row_id", type_=ID), visible_minutes(rank))
    )


async def fetch_minutes(work: Work, minutes_id: str, action: str) -> tuple[Row, Row]:
    """Visible minutes and their network, both locked, and the right to `action`; `_names_nobody` is the meeting's rule.

    Errors: `NotFound`; `Forbidden`; `NetworkArchived`.
    """
    row, network = await _in_network(work, "minutes", _minutes, minutes_id)
    require(work, action, network)
    return row, network


def _action(rank: str) -> Any:
    # What If-Match compares is the version that this viewer was shown.
    version = case((reads_owner(rank), Action.version), else_=Action.outer_version)
    return (
        select(
            *facts(Action),
            Meeting.attendance_hidden.label("_names_nobody"),
            version.label("_shown_version"),
        )
        .outerjoin(Meeting, Meeting.id == Action.meeting_id)
        .where(Action.id == bindparam("row_id", type_=ID), visible_action(rank))
    )


async def fetch_action(work: Work, action_id: str) -> tuple[Row, Row]:
    """A visible action and its network, both locked; the caller asks `require` what it needs. Errors: `NotFound`."""
    return await _in_network(work, "action", _action, action_id)


async def _in_network(
    work: Work, kind: str, build: Callable[[str], Any], row_id: str
) -> tuple[Row, Row]:
    rank = work.viewer.rank
    values = {**access.values(work.viewer), "row_id": row_id}
    key = ("fetch follow-up", kind, rank)
    found = await fetch_one(work, key, lambda: build(rank), values)
    if found is None:
        raise NotFound
    network = await sight_member_network(work, found["network_id"])
    # Again, now that nobody else can change it.
    row = await fetch_one(work, key, lambda: build(rank), values)
    if row is None:
        raise NotFound
    return row, network
