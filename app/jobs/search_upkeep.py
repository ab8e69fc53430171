"""What finding needs while a server runs: the spelling vocabulary every hour, or as soon as it is due.

Words of a new release are made first. A failure is noted and tried again later: it never stops anything.
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, or_, update

from app.core import words
from app.core.vocabulary import note_due
from app.core.work import House
from app.db.database import Transaction
from app.db.types import INSTANT
from app.jobs.words_anew import bring_up_to_date
from app.models import SearchState
from app.web.logs import note_failed_job

LOOK_EVERY = 60.0  # seconds
SETTLE = 2.0  # seconds that a server answers before it begins
EVERY = timedelta(hours=1)
# Of several servers one makes the words of a new release: whoever comes first, unless it is not done by then.
LONG_ENOUGH = timedelta(minutes=10)


async def keep_search_ready(
    house: House,
    tell: Callable[[str, str], None],
    *,
    every: float = LOOK_EVERY,
    settle: float = SETTLE,
) -> None:
    """Look soon, and then every minute, whether something is due, and do it, until cancelled."""
    await asyncio.sleep(settle)
    while True:
        try:
            if await _take_turn(house):
                await _bring_up_to_date(house)
                tell("search", "done")
        except Exception as error:  # noqa: BLE001 - noted and tried again: it stops nothing
            note_failed_job("search", error)
            tell("search", "failed")
        await asyncio.sleep(every)


async def _bring_up_to_date(house: House) -> None:
    try:
        await bring_up_to_date(house, _untold)
    except BaseException:
        await house.db.unit(note_due)
        raise


def _untold(_what: str, _done: int, _total: int) -> None:
    """Nobody waits for progress."""


def _turn() -> Any:
    old = SearchState.words_version != bindparam("version")
    free = or_(
        SearchState.built_at.is_(None),
        SearchState.built_at <= bindparam("before", type_=INSTANT),
        old & (SearchState.built_at <= bindparam("long_before", type_=INSTANT)),
    )
    mine = update(SearchState).where(SearchState.id == 1, free)
    return mine.values(built_at=bindparam("now", type_=INSTANT)).returning(SearchState.id)


async def _take_turn(house: House) -> bool:
    """Whether this process is to do it now: the others then wait for an hour."""
    now = house.clock()
    values = {
        "now": now,
        "before": now - EVERY,
        "long_before": now - LONG_ENOUGH,
        "version": words.VERSION,
    }

    async def run(tx: Transaction) -> bool:
        return bool(await tx.fetch("turn to make words", _turn, values))

    return await house.db.unit(run)
