"""What this database is: empty, a demo, or somebody's own. The mark is set with the demo and never taken off."""

import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, exists, select, update

from app.db.database import Reads, Transaction, fetch_one
from app.models import Installation, Network, Person


@dataclass(frozen=True, slots=True)
class Mark:
    """`demo_key` seals the cursors of a demo, so that they outlive a restart.

    `furnished` says that it has reference data, `inhabited` that it has people or networks.
    """

    demo: bool
    demo_key: str | None
    furnished: bool
    inhabited: bool


def _mark() -> Any:
    people, networks = exists(select(Person.id)), exists(select(Network.id))
    return select(
        Installation.demo,
        Installation.demo_key,
        Installation.baseline,
        (people | networks).label("inhabited"),
    ).where(Installation.id == 1)


async def read_mark(reads: Reads) -> Mark:
    """What the database is. Errors: LookupError when it was never migrated to the end."""
    row = await fetch_one(reads, "mark", _mark, {})
    if row is None:
        message = "this database has no installation row"
        raise LookupError(message)
    furnished = row["baseline"] is not None
    return Mark(bool(row["demo"]), row["demo_key"], furnished, bool(row["inhabited"]))


def _set_mark() -> Any:
    values = {"demo": True, "demo_key": bindparam("key")}
    return update(Installation).where(Installation.id == 1).values(values)


async def set_mark(tx: Transaction) -> None:
    """Mark the database as a demo, with a fresh random key of 256 bits."""
    await tx.write_many("set mark", _set_mark, [{"key": secrets.token_urlsafe(32)}])
