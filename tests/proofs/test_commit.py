"""There is no 2xx before COMMIT: where the commit fails, the answer says so and nothing is there."""

import asyncio
import random
import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import asyncpg
import httpx2
import pytest
from sqlalchemy import select

from app.core.work import Work, perform
from app.db import postgres
from app.db.errors import Dangling, DatabaseError
from app.models import MemberRole, Network
from tests.house import TestHouse, TestPerson
from tests.proofs.conftest import NewDatabase
from tests.proofs.figures import SEED, Figures, scaled
from tests.proofs.outage import Wire
from tests.proofs.whole import half_written

pytestmark = [pytest.mark.anyio, pytest.mark.prove]
NEW = {"purpose": "To be there, or not.", "join_policy": "open"}
Fail = Callable[[], bool]


class FailingConnection:
    """SQLite's connection, of which some commits fail as on a full disk."""

    def __init__(self, inner: sqlite3.Connection, fails: Fail) -> None:
        """`fails` is asked at each COMMIT."""
        self.inner = inner
        self.fails = fails

    def execute(self, text: str, *values: Any) -> sqlite3.Cursor:
        """As the connection itself."""
        if text == "COMMIT" and self.fails():
            raise sqlite3.OperationalError("database or disk is full")
        return self.inner.execute(text, *values)

    def __getattr__(self, name: str) -> Any:
        """As the connection itself."""
        return getattr(self.inner, name)


def break_commits(house: TestHouse, url: str, fails: Fail, patch: pytest.MonkeyPatch) -> None:
    """Make the commits fail for which `fails` says so: the backend ends in the moment before."""
    db: Any = house.app.rooms.house.db
    if db.name == "sqlite":
        db._writer = FailingConnection(db._writer, fails)
        return
    commit = postgres._commit

    async def broken(connection: Any) -> None:
        if fails():
            other = await asyncpg.connect(url)
            await other.execute("SELECT pg_terminate_backend($1)", connection.get_server_pid())
            await other.close()
        await commit(connection)

    patch.setattr(postgres, "_commit", broken)


@dataclass
class Tally:
    """What the answers said, and what is there."""

    answers: Counter[str] = field(default_factory=Counter)
    failed: int = 0  # commits that did
    lost: int = 0  # 2xx, and not there
    unasked: int = 0  # anything else, and there

    async def write(self, person: TestPerson, times: int) -> None:
        """Make networks one by one, and look for each."""
        for number in range(times):
            name = f"Network {number}"
            answer = await person.client.post("/v1/networks", {**NEW, "name": name})
            code = f" {answer.json()['code']}" if answer.status_code >= 300 else ""
            self.answers[f"{answer.status_code}{code}"] += 1
            if answer.status_code == 503:
                assert answer.headers["retry-after"]
                assert answer.headers["content-type"] == "application/problem+json"
            there = await is_there(person, name)
            self.lost += answer.status_code < 300 and not there
            self.unasked += answer.status_code >= 300 and there

    def fails_half(self) -> Fail:
        """A throw of dice for each commit."""
        dice = random.Random(SEED)

        def fails() -> bool:
            doomed = dice.random() < 0.5
            self.failed += doomed
            return doomed

        return fails


async def is_there(person: TestPerson, name: str) -> bool:
    """Whether a network of this name is among the newest."""
    newest = {"sort": "-created_at", "limit": "2"}
    found = await person.client.get("/v1/networks", params=newest)
    return name in [item["name"] for item in found.json()["items"]]


async def test_no_success_before_commit(
    figures: Figures, new_database: NewDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every other commit fails: that is 503 with Retry-After and nothing there, the others are there."""
    url, times, tally = new_database(), scaled(1_000, 30), Tally()
    async with TestHouse.over(url) as house:
        ada = await house.person("Ada")
        break_commits(house, url, tally.fails_half(), monkeypatch)
        await tally.write(ada, times)
        assert await half_written(house.app.rooms.house.db) == []
    figures.tell(
        writes=times,
        failed=tally.failed,
        lost=tally.lost,
        unasked=tally.unasked,
        answers=dict(tally.answers),
    )
    assert tally.failed > 0
    assert tally.answers == {"201": times - tally.failed, "503 unavailable": tally.failed}
    assert (tally.lost, tally.unasked) == (0, 0)


async def test_no_success_before_commit_control(
    figures: Figures, new_database: NewDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a failed commit is taken for a good one, the same count finds 2xx of nothing."""
    url, tally = new_database(), Tally()
    async with TestHouse.over(url) as house:
        ada = await house.person("Ada")
        break_commits(house, url, tally.fails_half(), monkeypatch)
        db: Any = house.app.rooms.house.db
        commit = db._in_thread if db.name == "sqlite" else postgres._commit

        async def careless(argument: Any) -> None:
            try:
                await commit(argument)
            except DatabaseError:
                if db.name == "sqlite":
                    await commit("ROLLBACK")

        if db.name == "sqlite":
            monkeypatch.setattr(db, "_in_thread", careless)
        else:
            monkeypatch.setattr(postgres, "_commit", careless)
        await tally.write(ada, 20)
    figures.tell(writes=20, failed=tally.failed, lost=tally.lost)
    assert tally.lost == tally.failed > 0


@pytest.mark.parametrize("engine", ["postgresql"], scope="module")
async def test_deferred_constraint(figures: Figures, new_database: NewDatabase) -> None:
    """PostgreSQL finds some faults at COMMIT only: then there is no 2xx either. SQLite has no such rule here."""
    url, times, tally = new_database(), scaled(200, 10), Tally()
    async with TestHouse.over(url) as house:
        ada = await house.person("Ada")
        connection = await asyncpg.connect(url)
        await connection.execute(
            "CREATE TABLE odd (name text PRIMARY KEY); ALTER TABLE network ADD CONSTRAINT fk_odd "
            "FOREIGN KEY (name) REFERENCES odd DEFERRABLE INITIALLY DEFERRED"
        )
        names = [(f"Network {number}",) for number in range(0, times, 2)]
        await connection.executemany("INSERT INTO odd VALUES ($1)", names)
        await connection.close()
        await tally.write(ada, times)
        assert await half_written(house.app.rooms.house.db) == []
    figures.tell(writes=times, lost=tally.lost, unasked=tally.unasked, answers=dict(tally.answers))
    assert tally.answers == {"201": times // 2, "422 unknown_reference": times // 2}
    assert (tally.lost, tally.unasked) == (0, 0)


@pytest.mark.parametrize("engine", ["postgresql"], scope="module")
async def test_swallowed_failure(figures: Figures, new_database: NewDatabase) -> None:
    """A command that overlooks a failed statement is not taken for done: PostgreSQL has given the rest up."""
    async with TestHouse.over(new_database()) as house:
        ada = await house.person("Ada")
        parts = {"member_id": ada.id, "role": "member", "from_at": datetime.now(UTC)}

        async def careless(work: Work) -> None:
            work.insert(MemberRole, {"id": work.new_id(), "to_at": None, "by_id": None, **parts})
            with suppress(Dangling):
                await work.flush()

        with pytest.raises(DatabaseError):
            await perform(house.app.rooms.house, careless)
    figures.tell(refused=1)


async def expect(answer: httpx2.Response, status: int) -> None:
    """The status; 503 is a problem document that says when to come back."""
    assert answer.status_code == status, answer.text
    if status == 503:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["retry-after"]


@pytest.mark.parametrize("engine", ["postgresql"], scope="module")
async def test_outage(figures: Figures, new_database: NewDatabase) -> None:
    """While PostgreSQL cannot be reached everything is 503; the first request after it is back is answered."""
    wire, times = Wire(new_database()), scaled(20, 2)
    await wire.mend()
    slowest = 0.0
    async with TestHouse.over(wire.address) as house:
        ada = await house.person("Ada")
        clients = [*(house.anonymous for _ in range(12)), ada.client]
        for number in range(times):
            await asyncio.gather(*(client.get("/v1/networks") for client in clients))
            await wire.cut()
            began = time.perf_counter()
            for client in clients[-3:]:
                await expect(await client.get("/v1/networks"), 503)
            body = {**NEW, "name": f"Network {number}"}
            await expect(await ada.client.post("/v1/networks", body), 503)
            await expect(await house.anonymous.get("/readyz"), 503)
            await expect(await house.anonymous.get("/livez"), 200)
            slowest = max(slowest, time.perf_counter() - began)
            await wire.mend()
            await expect(await ada.client.post("/v1/networks", body), 201)
            await expect(await house.anonymous.get("/v1/networks"), 200)
            await expect(await house.anonymous.get("/readyz"), 200)
        assert await half_written(house.app.rooms.house.db) == []
        log = await house.app.rooms.house.db.fetch("proof made", lambda: select(Network.name), {})
    await wire.cut()
    assert len(log) == len({row["name"] for row in log}) == times
    figures.tell(outages=times, slowest_answers=round(slowest, 2))


@pytest.mark.parametrize("engine", ["sqlite"], scope="module")
async def test_writer_in_the_way(figures: Figures, new_database: NewDatabase) -> None:
    """While another process writes without end, writes are 503 and reads go on; afterwards all is well."""
    url = new_database()
    async with TestHouse.over(url) as house:
        ada = await house.person("Ada")
        db: Any = house.app.rooms.house.db
        db._writer.execute("PRAGMA busy_timeout = 50")
        with closing(
            sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        ) as other:
            for number in range(scaled(20, 2)):
                other.execute("BEGIN IMMEDIATE")
                body = {**NEW, "name": f"Network {number}"}
                await expect(await ada.client.post("/v1/networks", body), 503)
                await expect(await ada.client.get("/v1/networks"), 200)
                other.execute("ROLLBACK")
                await expect(await ada.client.post("/v1/networks", body), 201)
        assert await half_written(db) == []
    figures.tell(times=scaled(20, 2))


@pytest.mark.parametrize("engine", ["sqlite"], scope="module")
async def test_full_disk(figures: Figures, new_database: NewDatabase) -> None:
    """SQLite may grow no more: writes are 503, reads go on, nothing is half written; with room again all is well."""
    answers: Counter[int] = Counter()
    async with TestHouse.over(new_database()) as house:
        ada = await house.person("Ada")
        db: Any = house.app.rooms.house.db
        (pages,) = db._writer.execute("PRAGMA page_count").fetchone()
        db._writer.execute(f"PRAGMA max_page_count = {pages + 5}")
        for number in range(40):
            body = {"name": f"Network {number}", "purpose": "x" * 1_900}
            answer = await ada.client.post("/v1/networks", body)
            answers[answer.status_code] += 1
            await expect(answer, answer.status_code)
            await expect(await ada.client.get("/v1/networks"), 200)
        db._writer.execute("PRAGMA max_page_count = 1000000")
        await expect(await ada.client.post("/v1/networks", {**NEW, "name": "Room again"}), 201)
        assert await half_written(db) == []
    figures.tell(answers={str(status): count for status, count in answers.items()})
    assert answers.keys() == {201, 503}
