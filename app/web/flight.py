"""Requests in flight: no more at once than a worker can serve, and none longer than it may take.

What is over the limit is refused at once and never queued: a queue only makes everybody wait for answers that nobody
waits for any more. A clock that looks at the oldest request costs a request a fifth of what a timer of its own does.
"""

import asyncio
from asyncio import Task
from typing import Any

from app.core.errors import Overloaded

LOOKS = 4  # in the time that a request may take


class Flight:
    """The requests that a worker is busy with."""

    def __init__(self, most: int, seconds: float) -> None:
        """`most` at once and `seconds` for each; 0 is no limit."""
        self.most = most
        self.seconds = seconds
        self.waiting = 0  # of them, those whose body has not arrived
        self._tasks: dict[Task[Any], float] = {}  # by when they began, the oldest first
        self._overdue: set[Task[Any]] = set()
        self._clock: asyncio.TimerHandle | None = None

    @property
    def count(self) -> int:
        """How many are served now."""
        return len(self._tasks)

    def enter(self, task: Task[Any]) -> None:
        """Take a request on board. Errors: `Overloaded`."""
        if self.most and len(self._tasks) - self.waiting >= self.most:
            raise Overloaded
        loop = task.get_loop()
        self._tasks[task] = loop.time()
        if self._clock is None and self.seconds:
            self._clock = loop.call_later(self.seconds / LOOKS, self._look, loop)

    def leave(self, task: Task[Any]) -> None:
        """It has been answered."""
        self._tasks.pop(task, None)

    def took_too_long(self, task: Task[Any]) -> bool:
        """Whether it was cancelled from here; then it may go on, to say so."""
        if task not in self._overdue:
            return False
        self._overdue.discard(task)
        task.uncancel()
        return True

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """Cancel what is overdue. A unit of work that has begun comes to its end (app/db/to_the_end.py)."""
        too_early = loop.time() - self.seconds
        for task, began in list(self._tasks.items()):
            if began > too_early:
                break
            if task not in self._overdue:
                self._overdue.add(task)
                task.cancel("it took too long")
        self._clock = (
            loop.call_later(self.seconds / LOOKS, self._look, loop) if self._tasks else None
        )
