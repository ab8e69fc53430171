"""What a database needs that was taken back in time, before anybody is served from it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from sqlalchemy import bindparam, update

from app.core.work import House
from app.db.database import Transaction, Write
from app.db.types import ID
from app.exchange.privacy.ledger import Entry, Replayed, entries_in, replay
from app.features.audit.verify import Report, Verified, verify
from app.models import FeedHead


@dataclass(frozen=True, slots=True)
class Renewed:
    """What was found, and what was done about it."""

    log: Verified
    replayed: Replayed


def _new_epoch() -> Any:
    return update(FeedHead).where(FeedHead.id == 1).values(epoch=bindparam("epoch", type_=ID))


async def renew(house: House, entries: Iterable[Entry], report: Report) -> Renewed:
    """Prove the log, give the feed a new epoch, and erase everybody again who is in the ledger.

    Positions are given a second time after a restore: under a new epoch, cursors from before are answered 410 instead
    of skipping something. Errors: `ChainBroken`, and then nothing is written.
    """
    log = await verify(house.db, report)
    known = {entry.person_id: entry for entry in (*entries, *await entries_in(house.db))}

    async def rotate(tx: Transaction) -> None:
        epoch = str(uuid4())
        await tx.write([Write("new epoch", _new_epoch, {"epoch": epoch}, ("feed_head", epoch))])

    await house.db.unit(rotate)
    return Renewed(log, await replay(house, known.values()))
