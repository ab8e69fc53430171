"""An operator may look inside a private or confidential network; that they did is itself on record."""

from typing import Any

from sqlalchemy import bindparam, select

from app.core import access
from app.core.work import Work, perform
from app.db.database import fetch_one
from app.db.types import ID
from app.models import Network, OperatorRead
from app.web.call import Call


def _guarded() -> Any:
    return select(Network.id).where(
        Network.id == bindparam("network_id", type_=ID),
        Network.outer_tier < access.FRONT,
        ~access.active_in(Network.id),
    )


async def note_operator_read(call: Call, network_id: str, operation: str) -> None:
    """Write who looked, where and how, before the answer goes out; not for what is public or one's own."""
    values = {**access.values(call.viewer), "network_id": network_id}
    if await fetch_one(call.rooms.house.db, "guarded network", _guarded, values) is None:
        return

    async def command(work: Work) -> None:
        work.insert(
            OperatorRead,
            {
                "id": work.new_id(),
                "at": work.now,
                "person_id": work.viewer.person_id,
                "network_id": network_id,
                "operation": operation,
                "request_id": work.request_id,
            },
        )

    await perform(call.rooms.house, command, viewer=call.viewer, request_id=call.request_id)
