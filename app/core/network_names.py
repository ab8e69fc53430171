"""What a network is called, for what is drawn of it."""

from typing import Any

from sqlalchemy import bindparam, select

from app.db.database import Reads, fetch_one
from app.db.types import ID
from app.models import Network


def _name() -> Any:
    return select(Network.name).where(Network.id == bindparam("network_id", type_=ID))


async def name_of(reads: Reads, network_id: str) -> str:
    """Its name, for a caller who is known to read it already; empty where it is gone meanwhile."""
    row = await fetch_one(reads, "network's name", _name, {"network_id": network_id})
    return row["name"] if row else ""
