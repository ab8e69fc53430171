"""Reading pairs, and one's own wish to be in one."""

from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, false, select, true

from app.core import access
from app.core.feed_position import feed_head, with_position
from app.core.helping_access import visible_pairing
from app.core.paging import Page, Sort, keyset, page_values
from app.core.viewer import Viewer
from app.db.database import Database, Reads, fetch_one
from app.db.types import ID, INSTANT
from app.models import Network, Pairing, PairingWish

Row = dict[str, Any]


def _columns() -> list[Any]:
    names = "id network_id first_id second_id third_id drawn_at created_at updated_at version"
    return [getattr(Pairing, name) for name in names.split()]


def document_of(row: Row) -> Row:
    """A row as the contract has it: who is in it, in the order of their ids, which says nothing."""
    people = [row.pop(name) for name in ("first_id", "second_id", "third_id")]
    row["person_ids"] = sorted(one for one in people if one is not None)
    return row


def _inside(rank: str) -> Any:
    """The network, for its active members and operators."""
    if rank == "anonymous":
        reads: Any = false()
    else:
        reads = true() if rank == "operator" else access.active_in(Network.id)
    return select(Network.id).where(Network.id == bindparam("network_id", type_=ID), reads)


async def is_inside(reads: Reads, viewer: Viewer, network_id: str) -> bool:
    """Whether the viewer reads the inside of this network."""
    values = {**access.values(viewer), "network_id": network_id}
    key, rank = ("inside for pairings", viewer.rank), viewer.rank
    return await fetch_one(reads, key, lambda: _inside(rank), values) is not None


async def list_pairings(
    db: Database, viewer: Viewer, network_id: str, page: Page
) -> tuple[list[Row], int]:
    """A page of the pairs of a network that are there for this viewer, the latest first, and the feed's position."""
    rank, started = viewer.rank, page.after is not None
    values = {**access.values(viewer), **page_values(page), "network_id": network_id}

    def build() -> Any:
        here = Pairing.network_id == bindparam("network_id", type_=ID)
        statement = select(*_columns(), feed_head().label("_head"))
        order = Sort("-drawn_at", Pairing.drawn_at, Pairing.id, descending=True)
        return keyset(statement.where(here, visible_pairing(rank)), order, started=started)

    key = ("pairings", rank, started)
    rows, position = await with_position(db, lambda: db.fetch(key, build, values))
    return [document_of(row) for row in rows], position


def _of_draw() -> Any:
    here = Pairing.network_id == bindparam("network_id", type_=ID)
    at = Pairing.drawn_at == bindparam("drawn_at", type_=INSTANT)
    return select(*_columns()).where(here, at).order_by(Pairing.id)


async def pairings_of_draw(reads: Reads, network_id: str, drawn_at: datetime) -> list[Row]:
    """All pairs of one draw, for the facilitator who drew them."""
    values = {"network_id": network_id, "drawn_at": drawn_at}
    rows = await reads.fetch("pairings of draw", _of_draw, values)
    return [document_of(row) for row in rows]


def _one(rank: str) -> Any:
    here = Pairing.id == bindparam("pairing_id", type_=ID)
    return select(*_columns()).where(here, visible_pairing(rank))


async def one_pairing(reads: Reads, viewer: Viewer, pairing_id: str) -> Row | None:
    """One pair as the contract has it, or None when it is not there for this viewer."""
    rank = viewer.rank
    values = {**access.values(viewer), "pairing_id": pairing_id}
    row = await fetch_one(reads, ("one pairing", rank), lambda: _one(rank), values)
    return None if row is None else document_of(row)


def _wish() -> Any:
    mine = and_(PairingWish.network_id == Network.id, PairingWish.person_id == access.viewer_id())
    return (
        select(Network.id.label("network_id"), PairingWish.from_at)
        .outerjoin(PairingWish, mine)
        .where(Network.id == bindparam("network_id", type_=ID), access.active_in(Network.id))
    )


async def own_wish(reads: Reads, viewer: Viewer, network_id: str) -> Row | None:
    """Whether the viewer wants to be paired, or None where they are no active member."""
    if viewer.person_id is None:
        return None
    values = {**access.values(viewer), "network_id": network_id}
    row = await fetch_one(reads, "own pairing wish", _wish, values)
    return None if row is None else {**row, "wished": row["from_at"] is not None}
