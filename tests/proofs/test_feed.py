"""The feed loses nothing: what was committed is seen once, in order, by everybody who may see it."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest

from app.core.work import House
from app.db.database import CHANGE_COLUMNS as COLUMNS
from app.db.database import Build, ChangeRow, Database, Transaction, Write
from app.db.open import open_database
from app.db.statement import Document
from app.models import Base
from tests.house import TestHouse
from tests.proofs.conftest import NewDatabase
from tests.proofs.feed import Ledger, Lingering, Reader, run_writers
from tests.proofs.feed_world import Verdict, head, judge, make_world
from tests.proofs.figures import SEED, Figures, scaled

pytestmark = [pytest.mark.anyio, pytest.mark.prove]
T = TypeVar("T")
WRITERS = 16
ROOT = Path(__file__).parents[2]
LONGEST = 0.008  # seconds between the writes and the last statement


async def race(
    url: str, commits: int, engine: str, wrap: Callable[[Database], Database] = lambda db: db
) -> tuple[Verdict, dict[str, Any]]:
    """Sixteen writers and three readers on a fresh database; `wrap` may break what the writers write through."""
    async with TestHouse.over(url) as service:
        world = await make_world(service, WRITERS)
        house = service.app.rooms.house
        # As many connections as writers: each is in a transaction of its own. SQLite has one writer, and waits would
        # only add up.
        db = open_database(url, Base.metadata, read_connections=3, write_connections=WRITERS)
        await db.start()
        since = await head(db)
        readers = [
            Reader(house.db, reader, since)
            for reader in (world.insider, world.outsider, world.operator)
        ]
        ledger, stop = Ledger(), asyncio.Event()
        longest = LONGEST if engine == "postgresql" else 0.0
        reading = asyncio.gather(*(reader.follow(stop) for reader in readers))
        writing = House(wrap(db), house.clock, house.new_id)
        try:
            await run_writers(writing, world, ledger, commits=commits, seed=SEED, longest=longest)
        finally:
            stop.set()
            await reading
            await db.stop()
        verdict, rows = await judge(house.db, world, ledger, since, readers)
        return verdict, {
            "commits": len(ledger.committed),
            "rolled_back": len(ledger.rolled_back),
            "refused": dict(ledger.refused),
            "changes": rows,
            "seen": [len(reader.seen) for reader in readers],
            "pages": sum(reader.pages for reader in readers),
            **vars(verdict),
        }


async def test_feed(figures: Figures, new_database: NewDatabase, engine: str) -> None:
    """20,000 commits by 16 writers, a tenth more rolled back, 3 readers: nothing missed, twice or out of order."""
    verdict, counts = await race(new_database(), scaled(20_000), engine)
    figures.tell(writers=WRITERS, **counts)
    assert verdict.sound, counts


async def _in_another_process(task: dict[str, Any], ledger: Ledger) -> None:
    """Let another process write, and add its ledger to ours."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.proofs.feed_process", stdin=PIPE, stdout=PIPE, cwd=ROOT
    )
    out, _ = await process.communicate(json.dumps(task).encode())
    assert process.returncode == 0
    theirs = json.loads(out)
    for request_id, told in theirs["committed"].items():
        ledger.committed[request_id] = [(kind, row_id, version) for kind, row_id, version in told]
    ledger.rolled_back.update(theirs["rolled_back"])
    ledger.refused.update(theirs["refused"])


async def test_feed_of_two_processes(
    figures: Figures, new_database: NewDatabase, engine: str
) -> None:
    """Two processes write into one database, a third follows: the position is the database's, not a process's."""
    url, ledger, stop = new_database(), Ledger(), asyncio.Event()
    async with TestHouse.over(url) as service:
        world = await make_world(service, WRITERS)
        db = service.app.rooms.house.db
        since = await head(db)
        readers = [Reader(db, reader, since) for reader in (world.insider, world.operator)]
        reading = asyncio.gather(*(reader.follow(stop) for reader in readers))
        people = [str(writer.person_id) for writer in world.writers]
        task: dict[str, Any] = {
            "url": url, "networks": world.networks, "insider": world.insider.person_id,
            "commits": scaled(4_000) // 2, "longest": LONGEST if engine == "postgresql" else 0,
        }  # fmt: skip
        halves = (people[: WRITERS // 2], people[WRITERS // 2 :])
        try:
            await asyncio.gather(
                *(
                    _in_another_process({**task, "writers": half, "seed": SEED + number}, ledger)
                    for number, half in enumerate(halves)
                )
            )
        finally:
            stop.set()
            await reading
        verdict, rows = await judge(db, world, ledger, since, readers)
    figures.tell(
        processes=2, commits=len(ledger.committed), rolled_back=len(ledger.rolled_back),
        refused=dict(ledger.refused), changes=rows, **vars(verdict),
    )  # fmt: skip
    assert verdict.sound, verdict
    assert len(ledger.committed) >= task["commits"] * 2


@dataclass
class EarlyTransaction:
    """What one would write without knowing better: the position comes from a sequence, drawn at the beginning."""

    inner: Any
    first: int

    async def fetch(self, key: object, build: Build, values: Mapping[str, Any]) -> list[Document]:
        """As the transaction itself."""
        rows: list[Document] = await self.inner.fetch(key, build, values)
        return rows

    async def write(self, writes: Sequence[Write]) -> None:
        """As the transaction itself."""
        await self.inner.write(writes)

    async def write_many(
        self, key: object, build: Build, rows: Sequence[Mapping[str, Any]]
    ) -> None:
        """As the transaction itself."""
        await self.inner.write_many(key, build, rows)

    async def finish(self, writes: Sequence[Write], changes: Sequence[ChangeRow]) -> None:
        """The writes, and the change rows under the numbers drawn before."""
        await self.inner.write(writes)
        holders = ", ".join(f"${number}" for number in range(1, len(COLUMNS) + 2))
        insert = f"INSERT INTO change (seq, {', '.join(COLUMNS)}) VALUES ({holders})"
        rows = [(self.first + index, *astuple(change)) for index, change in enumerate(changes)]
        await self.inner._connection.executemany(insert, rows)
        move = "UPDATE feed_head SET seq = greatest(seq, $1::bigint)"
        await self.inner._connection.execute(move, self.first + len(rows) - 1)


class EarlyPositions(Lingering):
    """A database that gives positions from a sequence."""

    async def unit(self, run: Callable[[Transaction], Awaitable[T]]) -> T:
        """As the database itself, but for the position."""

        async def early(tx: Any) -> T:
            first = await tx._connection.fetchval("SELECT nextval('early_position')")
            return await run(EarlyTransaction(tx, first))

        return await self.inner.unit(early)


async def _no_pause() -> None:
    """EarlyPositions adds none of its own."""


@pytest.mark.parametrize("engine", ["postgresql"], scope="module")
async def test_feed_control(figures: Figures, new_database: NewDatabase, engine: str) -> None:
    """The same race with a sequence as the position loses rows. SQLite has one writer: there it cannot."""
    verdict, counts, attempts = Verdict(), dict[str, Any](), 0
    while not verdict.missed and attempts < 5:
        attempts += 1
        url = new_database()
        async with TestHouse.over(url) as service:
            pool = service.app.rooms.house.db._writes  # type: ignore[attr-defined]
            connection = await pool.take()
            await connection.execute("CREATE SEQUENCE early_position START 1000 INCREMENT 10")
            pool.give(connection)
        verdict, counts = await race(
            url, scaled(2_000, 300), engine, lambda db: EarlyPositions(db, _no_pause, db.name)
        )
    figures.tell(writers=WRITERS, attempts=attempts, **counts)
    assert verdict.missed > 0, "a sequence as the position lost nothing: the race is no race"
