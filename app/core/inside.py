"""Reading what belongs to the inside of a network and has no row of its own: who may, before anything is counted."""

from typing import Any

from sqlalchemy import ColumnElement, bindparam, select, true

from app.core import access
from app.core.access import INSIDE
from app.core.errors import Forbidden, NotFound
from app.core.viewer import Viewer
from app.db.database import Reads, fetch_one
from app.db.types import ID
from app.models import Network


def seen_from_inside(rank: str) -> tuple[ColumnElement[bool], ...]:
    """The network that is asked for, where a signed-in viewer reads inside it: what there is for a view of its own.

    To anybody else the view is not there. An operator's look is for the door to put on record.
    """
    inside = true() if rank == "operator" else access.active_in(Network.id)
    return (Network.id == bindparam("network_id", type_=ID), inside)


def _standing(rank: str) -> Any:
    return select(access.standing(rank).label("tier")).where(
        Network.id == bindparam("network_id", type_=ID), access.visible_network(rank)
    )


async def reads_inside(reads: Reads, viewer: Viewer, network_id: str) -> None:
    """Let members and operators pass; an operator's look is for the door to put on record.

    Errors: `NotFound` where the network is not there for the viewer; `Forbidden` where they see it from outside.
    """
    values = {**access.values(viewer), "network_id": network_id}
    rank = viewer.rank
    row = await fetch_one(reads, ("inside", rank), lambda: _standing(rank), values)
    if row is None:
        raise NotFound
    if row["tier"] < INSIDE and not viewer.operator:
        raise Forbidden
