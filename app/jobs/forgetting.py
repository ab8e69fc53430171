"""What goes by its age: the addresses and messages of invitations that are over."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Integer, bindparam, func, or_, select

from app.core.access import INSIDE
from app.core.changes import Told, change_many
from app.core.viewer import HOUSE
from app.core.work import House, Work, perform
from app.db.database import fetch_one
from app.db.types import INSTANT
from app.models import Invitation

AT_ONCE = 200  # rows in one transaction, so that nobody waits long for it


def _over() -> Any:
    """Used, taken back or expired before `before`, and still known whom it was for or what was said."""
    return (
        func.coalesce(Invitation.ended_at, Invitation.expires_at)
        < bindparam("before", type_=INSTANT),
        or_(Invitation.address.is_not(None), Invitation.message.is_not(None)),
    )


def _count() -> Any:
    return select(func.count(Invitation.id).label("count")).where(*_over())


def _some() -> Any:
    return (
        select(Invitation.id, Invitation.network_id, Invitation.version, Invitation.outer_version)
        .where(*_over())
        .order_by(Invitation.network_id, Invitation.id)
        .limit(bindparam("take", type_=Integer))
        .with_for_update()
    )


async def forget_addresses(house: House, *, ended_before: datetime, dry_run: bool = False) -> int:
    """Empty the address and message of invitations that ended, or expired, before then. Returns how many.

    A dry run counts them and changes nothing. An invitation that is open is never touched, whatever is asked.
    """
    before = min(ended_before, house.clock())
    if dry_run:
        row = await fetch_one(house.db, "invitations over", _count, {"before": before})
        return int(row["count"]) if row else 0
    forgotten = 0

    async def some(work: Work) -> int:
        rows = await work.fetch("some invitations over", _some, {"before": before, "take": AT_ONCE})
        await _forget(work, rows)
        return len(rows)

    while done := await perform(house, some, viewer=HOUSE):
        forgotten += done
    return forgotten


async def _forget(work: Work, rows: Sequence[dict[str, Any]]) -> None:
    for network_id, group in groupby(rows, key=itemgetter("network_id")):
        told = Told(network_id=network_id, tier=INSIDE, outer=False)
        edits = [(row, {"address": None, "message": None}) for row in group]
        await change_many(work, "invitation.forgotten", edits, told)
