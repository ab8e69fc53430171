"""The pool of connections: who waits gets one, what broke makes room, and nothing is lost when a caller gives up."""

import asyncio
from dataclasses import dataclass, field

import pytest

from app.db.pool import Pool

pytestmark = pytest.mark.anyio


@dataclass(eq=False)
class Connection:
    """As much of a connection as a pool looks at."""

    number: int
    broken: bool = False
    in_transaction: bool = False

    def is_closed(self) -> bool:
        return self.broken

    def is_in_transaction(self) -> bool:
        return self.in_transaction

    def terminate(self) -> None:
        self.broken = True

    async def close(self, timeout: float) -> None:  # noqa: ARG002, ASYNC109 - the driver's signature
        self.broken = True


@dataclass
class Server:
    """Opens connections and remembers them."""

    opened: list[Connection] = field(default_factory=list)
    failing: bool = False

    async def connect(self) -> Connection:
        await asyncio.sleep(0)
        if self.failing:
            raise OSError("nobody there")
        self.opened.append(Connection(len(self.opened)))
        return self.opened[-1]


async def test_a_connection_is_opened_once_and_handed_out_again() -> None:
    server = Server()
    pool = Pool(server.connect, 2, 1)
    for _ in range(5):
        pool.give(await pool.take())
    assert len(server.opened) == 1


async def test_no_more_than_its_size_and_the_first_in_line_is_first() -> None:
    server = Server()
    pool = Pool(server.connect, 2, 1)
    held = [await pool.take(), await pool.take()]
    waiting = [asyncio.ensure_future(pool.take()) for _ in range(2)]
    await asyncio.sleep(0.01)
    assert not any(turn.done() for turn in waiting)
    pool.give(held[0])
    await asyncio.sleep(0.01)
    assert [turn.done() for turn in waiting] == [True, False]
    assert waiting[0].result() is held[0]
    pool.give(held[1])
    assert await waiting[1] is held[1]
    assert len(server.opened) == 2


async def test_who_waits_too_long_hears_so_and_takes_nothing_with_them() -> None:
    server = Server()
    pool = Pool(server.connect, 1, 0.02)
    held = await pool.take()
    with pytest.raises(TimeoutError):
        await pool.take()
    pool.give(held)
    assert await pool.take() is held


async def test_a_caller_who_gives_up_in_the_instant_of_their_turn_passes_it_on() -> None:
    pool = Pool(Server().connect, 1, 1)
    held = await pool.take()
    first, second = (asyncio.ensure_future(pool.take()) for _ in range(2))
    await asyncio.sleep(0.01)
    pool.give(held)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    assert await second is held


@pytest.mark.parametrize("fault", ["broken", "in_transaction"])
async def test_one_that_is_not_fit_to_use_makes_room_for_who_waits(fault: str) -> None:
    server = Server()
    pool = Pool(server.connect, 1, 1)
    held = await pool.take()
    waiting = asyncio.ensure_future(pool.take())
    await asyncio.sleep(0.01)
    setattr(held, fault, True)
    pool.give(held)
    fresh = await waiting
    assert fresh is not held
    assert held.broken
    assert not fresh.broken


async def test_one_that_broke_while_idle_is_not_handed_out() -> None:
    pool = Pool(Server().connect, 1, 1)
    first = await pool.take()
    pool.give(first)
    first.broken = True
    assert await pool.take() is not first


async def test_a_server_that_is_gone_takes_no_place_in_the_pool() -> None:
    server = Server(failing=True)
    pool = Pool(server.connect, 1, 1)
    for _ in range(3):
        with pytest.raises(OSError, match="nobody"):
            await pool.take()
    server.failing = False
    assert (await pool.take()).number == 0


async def test_closing_waits_for_what_is_out_but_not_for_ever() -> None:
    pool = Pool(Server().connect, 2, 1)
    soon, never = await pool.take(), await pool.take()
    closing = asyncio.ensure_future(pool.close(0.05))
    await asyncio.sleep(0.01)
    assert not closing.done()
    pool.give(soon)
    await closing
    assert soon.broken
    assert never.broken


async def test_many_callers_share_few_connections() -> None:
    server = Server()
    pool = Pool(server.connect, 3, 5)
    out: set[Connection] = set()
    most = 0

    async def caller(number: int) -> None:
        nonlocal most
        for turn in range(20):
            connection = await pool.take()
            assert connection not in out
            out.add(connection)
            most = max(most, len(out))
            await asyncio.sleep(0)
            out.discard(connection)
            if (number + turn) % 17 == 0:
                connection.broken = True
            pool.give(connection)

    await asyncio.gather(*(caller(number) for number in range(40)))
    assert most == 3
