"""What a server clears away while it runs. A failure is noted and tried again later: it never stops anything."""

import asyncio
import json
import logging
from collections.abc import Callable

from app.core.work import House
from app.web import idempotency

EVERY = 3600.0  # seconds

faults = logging.getLogger("qi_networks.errors")


def _untold(_job: str, _outcome: str) -> None:
    """Nobody counts."""


async def keep_tidy(
    house: House, tell: Callable[[str, str], None] = _untold, *, every: float = EVERY
) -> None:
    """Delete answers kept for Idempotency-Keys that have expired, now and every hour, until cancelled.

    `tell` hears the job's name and its outcome, `done` or `failed`.
    """
    while True:
        try:
            await idempotency.purge(house)
            tell("tidying", "done")
        except Exception as error:  # noqa: BLE001 - see the module's docstring
            faults.error(json.dumps({"job": "tidying", "error": type(error).__name__}))
            tell("tidying", "failed")
        await asyncio.sleep(every)
