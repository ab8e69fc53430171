"""The cursor of the change feed: a position and an epoch, sealed, and bound to the caller.

Every cursor has the same length, so that it tells nothing of how much happened.
"""

import struct
from typing import Any

from sqlalchemy import select

from app.core.errors import ResyncRequired
from app.db.database import fetch_one
from app.models import FeedHead
from app.web.call import Call

_LAYOUT = struct.Struct(">Q16s")


def _bound_to(call: Call) -> str:
    return f"changes 1 {call.viewer.person_id or 'anonymous'}"


def _epoch() -> Any:
    return select(FeedHead.epoch).where(FeedHead.id == 1)


async def epoch(call: Call) -> bytes:
    """The epoch of this database's feed, 16 bytes; it never changes while a process runs."""
    kept = call.rooms.kept
    if "epoch" not in kept:
        row = await fetch_one(call.rooms.house.db, "epoch", _epoch, {})
        kept["epoch"] = bytes.fromhex(str(row["epoch"]).replace("-", "")) if row else bytes(16)
    found: bytes = kept["epoch"]
    return found


async def seal_position(call: Call, position: int) -> str:
    """A cursor that starts behind this position."""
    return call.rooms.sealer.seal(_LAYOUT.pack(position, await epoch(call)), _bound_to(call))


async def open_position(call: Call, cursor: str) -> int:
    """The position. Errors: `InvalidCursor` for somebody else's; `ResyncRequired` for another epoch's."""
    position, its_epoch = _LAYOUT.unpack(call.rooms.sealer.open(cursor, _bound_to(call)))
    if its_epoch != await epoch(call):
        raise ResyncRequired
    return int(position)
