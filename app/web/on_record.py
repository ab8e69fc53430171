"""An operator may look inside a private or confidential network; that they did is itself on record."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import bindparam, select

from app.core import access
from app.core.changes import record_read
from app.core.viewer import Viewer
from app.core.work import Work, perform
from app.db.database import Reads
from app.db.types import one_of
from app.models import Network
from app.web.call import Call


def _guarded() -> Any:
    return select(Network.id).where(
        one_of(Network.id, bindparam("network_ids")),
        Network.outer_tier < access.FRONT,
        ~access.active_in(Network.id),
    )


async def note_operator_read(call: Call, network_ids: Iterable[str], operation: str) -> None:
    """Write who looked, where and how, before the answer goes out; not for what is public or one's own."""
    guarded = await _guarded_among(call.rooms.house.db, call.viewer, network_ids)
    if not guarded:
        return

    async def command(work: Work) -> None:
        for network_id in guarded:
            record_read(work, network_id, operation)

    await perform(call.rooms.house, command, viewer=call.viewer, request_id=call.request_id)


async def note_in_work(work: Work, network_id: str, operation: str) -> None:
    """The same within a command: what it answers is a look inside too, also where it changed nothing."""
    if work.viewer.operator:
        for guarded in await _guarded_among(work, work.viewer, [network_id]):
            record_read(work, guarded, operation)


async def _guarded_among(reads: Reads, viewer: Viewer, network_ids: Iterable[str]) -> list[str]:
    values = {**access.values(viewer), "network_ids": sorted(set(network_ids))}
    return [row["id"] for row in await reads.fetch("guarded networks", _guarded, values)]
