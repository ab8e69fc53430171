"""An operator may look inside a private or confidential network; that they did is itself on record."""

from typing import Any

from sqlalchemy import bindparam, select

from app.core import access
from app.core.viewer import Viewer
from app.core.work import Work, perform
from app.db.database import Reads, fetch_one
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
    if not await _is_guarded(call.rooms.house.db, call.viewer, network_id):
        return

    async def command(work: Work) -> None:
        _write(work, network_id, operation)

    await perform(call.rooms.house, command, viewer=call.viewer, request_id=call.request_id)


async def note_in_work(work: Work, network_id: str, operation: str) -> None:
    """The same within a command: what it answers is a look inside too, also where it changed nothing."""
    if work.viewer.operator and await _is_guarded(work, work.viewer, network_id):
        _write(work, network_id, operation)


async def _is_guarded(reads: Reads, viewer: Viewer, network_id: str) -> bool:
    values = {**access.values(viewer), "network_id": network_id}
    return await fetch_one(reads, "guarded network", _guarded, values) is not None


def _write(work: Work, network_id: str, operation: str) -> None:
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
