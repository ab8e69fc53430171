"""What is hidden of the measures of a result, kept for as long as none of them changes.

Which figures give a small number away is found in all measures of a result, and takes up to a second where there are
many. It depends on nothing but their versions and the threshold, so it is worked out once for each state: what is kept
are days, never a figure.
"""

import asyncio
from asyncio import Task
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

from app.core.series import Observation

State = tuple[Any, ...]  # the threshold, and id and version of every measure
Hidden = dict[str, dict[str, bool]]  # by measure and day: whether the denominator is hidden too
MOST_DAYS = 100_000  # in all that is kept by one process: some ten megabytes


def what_is_hidden(shown: Sequence[Observation]) -> dict[str, bool]:
    """Of a series as others read it: the days that are left out."""
    return {row.on: row.denominator is None for row in shown if row.suppressed}


def hide(whole: Sequence[Observation], hidden: dict[str, bool]) -> Sequence[Observation]:
    """The series without what is hidden; the same object where nothing is."""
    if not hidden:
        return whole
    return [_left_out(row, all_of_it=hidden[row.on]) if row.on in hidden else row for row in whole]


def _left_out(row: Observation, *, all_of_it: bool) -> Observation:
    denominator = None if all_of_it else row.denominator
    return Observation(row.on, None, denominator, None, row.annotation, suppressed=True)


class Kept:
    """What one process knows of the results that were asked for last."""

    def __init__(self) -> None:
        """Start empty."""
        self._known: OrderedDict[State, Hidden] = OrderedDict()
        self._days = 0
        self._working: dict[State, Task[Hidden]] = {}
        self._one_at_a_time = asyncio.Semaphore(1)

    async def find(self, state: State, work_out: Callable[[], Hidden]) -> Hidden:
        """What is hidden in this state, worked out in a thread of its own unless it is known.

        Whoever asks meanwhile waits for the same; whoever gives up leaves it to the next to ask. Else reading what
        takes longer than a request may would cost the same again at every try, as often at once as anybody likes.
        """
        known = self.get(state)
        if known is not None:
            return known
        working = self._working.get(state)
        if working is None:
            working = asyncio.create_task(self._work_out(state, work_out))
            self._working[state] = working
        return await asyncio.shield(working)

    async def _work_out(self, state: State, work_out: Callable[[], Hidden]) -> Hidden:
        try:
            async with self._one_at_a_time:
                hidden = await asyncio.to_thread(work_out)
            self.put(state, hidden)
            return hidden
        finally:
            del self._working[state]

    def get(self, state: State) -> Hidden | None:
        """What is hidden in this state, if it was worked out."""
        found = self._known.get(state)
        if found is not None:
            self._known.move_to_end(state)
        return found

    def put(self, state: State, hidden: Hidden) -> None:
        """Keep it; what was not asked for the longest goes."""
        if state in self._known:
            return
        self._known[state] = hidden
        self._days += _size(hidden)
        while self._days > MOST_DAYS and len(self._known) > 1:
            _, gone = self._known.popitem(last=False)
            self._days -= _size(gone)


def _size(hidden: Hidden) -> int:
    return sum(len(days) + 1 for days in hidden.values())
