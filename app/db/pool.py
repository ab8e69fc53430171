"""Connections that stay open and are handed out again; the driver's own pool was a third of what a read cost.

The connection given back last goes out first, so that few stay warm and the rest idle. None needs a reset: nothing in
this room sets session state, and one that comes back inside a transaction is thrown away. One that broke is noticed
when its turn comes, and makes room for a new one.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any


class Pool:
    """At most `size` connections; who finds none waits in line."""

    def __init__(
        self, connect: Callable[[], Coroutine[Any, Any, Any]], size: int, wait: float
    ) -> None:
        """`connect` opens one; `wait` is the longest time in line, in seconds."""
        self._connect = connect
        self._size = size
        self._wait = wait
        self._idle: list[Any] = []
        self._out: set[Any] = set()
        self._opening: set[asyncio.Task[Any]] = set()
        self._line: deque[asyncio.Future[Any]] = deque()
        self._back = asyncio.Event()

    def figures(self) -> dict[str, int]:
        """How many there may be, are in use, are idle, and how many wait for one."""
        waiting = sum(not turn.done() for turn in self._line)
        out, idle = len(self._out), len(self._idle)
        return {"size": self._size, "busy": out, "idle": idle, "waiting": waiting}

    async def take(self) -> Any:
        """An open connection; give it back with `give`. Errors: `TimeoutError`; whatever `connect` raises."""
        while True:
            while self._idle:
                connection = self._idle.pop()
                if not connection.is_closed():
                    self._out.add(connection)
                    return connection
            if len(self._out) + len(self._opening) < self._size:
                return await self._open()
            connection = await self._in_line()
            if connection is not None:
                return connection

    def give(self, connection: Any) -> None:
        """Hand a connection to the first in line, or keep it."""
        self._out.discard(connection)
        if not connection.is_closed() and connection.is_in_transaction():
            connection.terminate()
        self._pass_on(None if connection.is_closed() else connection)
        self._back.set()

    async def close(self, within: float) -> None:
        """Wait until all are given back, at most so many seconds, and close them."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                if self._opening:
                    await asyncio.wait(self._opening)
                while self._out:
                    self._back.clear()
                    await self._back.wait()
        for connection in (*self._idle, *self._out):
            try:
                await connection.close(timeout=1)
            except (OSError, TimeoutError):
                connection.terminate()
        self._idle.clear()
        self._out.clear()

    async def _open(self) -> Any:
        """Open one more. Who gives up meanwhile leaves it to others: the driver minds being stopped here."""
        opening = asyncio.create_task(self._connect())
        self._opening.add(opening)
        try:
            connection = await asyncio.shield(opening)
        except asyncio.CancelledError:
            opening.add_done_callback(self._opened_for_others)
            raise
        except BaseException:
            self._opening.discard(opening)
            self._pass_on(None)
            raise
        self._opening.discard(opening)
        self._out.add(connection)
        return connection

    def _opened_for_others(self, opening: asyncio.Task[Any]) -> None:
        self._opening.discard(opening)
        failed = opening.cancelled() or opening.exception() is not None
        self._pass_on(None if failed else opening.result())

    async def _in_line(self) -> Any:
        """What somebody gives back; None when there is room for a new one instead."""
        turn = asyncio.get_running_loop().create_future()
        self._line.append(turn)
        try:
            async with asyncio.timeout(self._wait):
                return await turn
        except BaseException:
            # It may have come in the same instant: then it is the next one's.
            if turn.done() and not turn.cancelled():
                self._out.discard(turn.result())
                self._pass_on(turn.result())
            turn.cancel()
            raise

    def _pass_on(self, connection: Any) -> None:
        while self._line:
            turn = self._line.popleft()
            if not turn.done():
                if connection is not None:
                    self._out.add(connection)
                turn.set_result(connection)
                return
        if connection is not None:
            self._idle.append(connection)
