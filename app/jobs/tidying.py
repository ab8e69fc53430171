"""What a server clears away while it runs. A failure is noted and tried again later: it never stops anything."""

import asyncio
import json
import logging

from app.core.work import House
from app.web import idempotency

EVERY = 3600.0  # seconds

faults = logging.getLogger("qi_networks.errors")


async def keep_tidy(house: House, *, every: float = EVERY) -> None:
    """Delete answers kept for Idempotency-Keys that have expired, now and every hour, until cancelled."""
    while True:
        try:
            await idempotency.purge(house)
        except Exception as error:  # noqa: BLE001 - see the module's docstring
            faults.error(json.dumps({"job": "tidying", "error": type(error).__name__}))
        await asyncio.sleep(every)
