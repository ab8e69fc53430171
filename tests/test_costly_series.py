"""What is hidden of figures costs no more than it may, whoever asks how often, and whatever the figures are."""

import asyncio
import threading
from datetime import date, timedelta

import pytest

from app.core.series import Observation
from app.core.small_numbers import Measured, suppress
from app.features.measures.hidden import Hidden, Kept

DAYS = 2_000


def daily(*frequencies: str) -> list[Measured]:
    """A measure of every frequency with a figure for each day, one in forty of them small."""
    first = date(2000, 1, 1)
    days = [(first + timedelta(days=at)).isoformat() for at in range(DAYS)]
    return [
        Measured(name, [Observation(on, _figure(at, m)) for at, on in enumerate(days)])
        for m, name in enumerate(frequencies)
    ]


def _figure(at: int, m: int) -> float:
    return 3 if at % 40 == m else 50 + (at * 7 + m * 13) % 31


def hidden_of(measures: list[Measured]) -> list[int]:
    return [sum(row.suppressed for row in shown) for shown in suppress(measures, 7)]


def test_days_that_are_called_years_are_not_followed() -> None:
    """Their periods overlap, and following them takes the square of the time: so nothing of them is shown."""
    assert hidden_of(daily("day", "month", "quarter", "year")) == [DAYS] * 4
    assert all(few < DAYS / 2 for few in hidden_of(daily("day", "day")))


@pytest.mark.anyio
async def test_it_is_worked_out_once_for_all_who_ask_at_once() -> None:
    """And for whoever comes after one who gave up."""
    kept, may_end, begun = Kept(), threading.Event(), []

    def work() -> Hidden:
        begun.append(1)
        may_end.wait(10)
        return {"measure": {"2026-01-01": True}}

    state = (7, ("measure", 1))
    asking = [asyncio.create_task(kept.find(state, work)) for _ in range(5)]
    await asyncio.sleep(0.05)
    asking[0].cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking[0]
    may_end.set()
    found = [await one for one in asking[1:]]
    assert found == [work()] * 4
    assert len(begun) == 2  # once there, once in the line above
    assert kept.get(state) == found[0]
    assert await kept.find(state, work) == found[0]
    assert len(begun) == 2


@pytest.mark.anyio
async def test_who_gives_up_leaves_it_to_the_next() -> None:
    """What takes longer than a request may is there when it is asked for again."""
    kept, may_end = Kept(), threading.Event()

    def work() -> Hidden:
        may_end.wait(10)
        return {}

    alone = asyncio.create_task(kept.find((7,), work))
    await asyncio.sleep(0.05)
    alone.cancel()
    may_end.set()
    for _ in range(200):
        if kept.get((7,)) is not None:
            break
        await asyncio.sleep(0.01)
    assert kept.get((7,)) == {}
