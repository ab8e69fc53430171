"""A unit of work that has begun comes to its end, whoever gives up waiting for it."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
# The loop itself holds tasks weakly: one that nobody waits for any more could vanish in the middle.
_running: set[asyncio.Task[Any]] = set()


async def to_the_end(unit: Coroutine[Any, Any, T]) -> T:
    """What the unit returns. Cancelling the caller leaves the unit running."""
    task = asyncio.create_task(unit)
    _running.add(task)
    task.add_done_callback(_ended)
    return await asyncio.shield(task)


def _ended(task: asyncio.Task[Any]) -> None:
    _running.discard(task)
    if not task.cancelled():
        task.exception()  # looked at, should nobody be there to raise it to
