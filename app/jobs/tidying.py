"""What a server clears away while it runs. A failure is noted and tried again later: it never stops anything."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, or_, update

from app.core.work import House
from app.db.database import Transaction
from app.db.types import INSTANT
from app.exchange.privacy import ledger
from app.jobs.retention import retain
from app.models import Installation
from app.settings import Settings
from app.web.logs import note_failed_job

EVERY = 3600.0  # seconds
# Of several servers one does it: whoever comes in the first place, for most of the time until the next one.
TURN = timedelta(seconds=EVERY * 0.9)


def _untold(_job: str, _outcome: str) -> None:
    """Nobody counts."""


async def keep_tidy(
    house: House,
    settings: Settings,
    tell: Callable[[str, str], None] = _untold,
    *,
    every: float = EVERY,
) -> None:
    """Apply the rules of retention and see to erasures, now and every hour, until cancelled.

    `tell` hears the job's name and its outcome, `done` or `failed`.
    """
    while True:
        try:
            if await _take_turn(house):
                await tidy(house, settings)
            tell("tidying", "done")
        except Exception as error:  # noqa: BLE001 - see the module's docstring
            note_failed_job("tidying", error)
            tell("tidying", "failed")
        await asyncio.sleep(every)


async def tidy(house: House, settings: Settings) -> None:
    """One round. Errors: whatever stands in the way."""
    await retain(house, settings)
    await ledger.keep_in_step(house.db, settings)
    await ledger.scrub_after(house, timedelta(seconds=2 * EVERY))


async def _take_turn(house: House) -> bool:
    """Whether this process is to tidy now."""

    def build() -> Any:
        free = or_(
            Installation.tidied_at.is_(None),
            Installation.tidied_at <= bindparam("before", type_=INSTANT),
        )
        mine = update(Installation).where(Installation.id == 1, free)
        return mine.values(tidied_at=bindparam("now", type_=INSTANT)).returning(Installation.id)

    now = house.clock()

    async def run(tx: Transaction) -> bool:
        return bool(await tx.fetch("turn to tidy", build, {"now": now, "before": now - TURN}))

    return await house.db.unit(run)
