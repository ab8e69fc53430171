"""Clients give up at any moment: no transaction stays open, no connection is lost, nothing is half written."""

import asyncio
import random
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import asyncpg
import httpx2
import orjson
import pytest

from app.db import to_the_end
from tests.house import TestHouse
from tests.proofs.conftest import NewDatabase
from tests.proofs.figures import SEED, Figures, scaled
from tests.proofs.server import Server
from tests.proofs.whole import half_written

pytestmark = [pytest.mark.anyio, pytest.mark.prove]
NEW = {"purpose": "To be given up.", "join_policy": "open"}
OPEN = (
    "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'qi-networks' "
    "AND datname = current_database() AND state LIKE 'idle in transaction%'"
)


async def open_transactions(url: str) -> int:
    """How many connections of the service wait inside a transaction; SQLite has nobody to ask."""
    if url.startswith("sqlite"):
        return 0
    connection = await asyncpg.connect(url)
    try:
        return int(await connection.fetchval(OPEN))
    finally:
        await connection.close()


@dataclass
class Victim:
    """Requests of all sorts from one person."""

    token: str
    networks: list[str]
    dice: random.Random

    def request(self, number: int) -> tuple[str, str, bytes]:
        """Method, path and body."""
        network_id = self.dice.choice(self.networks)
        body: Any = {}
        throw = self.dice.random()
        if throw < 0.12:
            method, path, body = "POST", "/v1/networks", {**NEW, "name": f"Network {number}"}
        elif throw < 0.24:
            method, path = "POST", f"/v1/networks/{network_id}/join"
        elif throw < 0.36:
            method, path = "PATCH", f"/v1/networks/{network_id}"
            body = {"member_offer": f"Offer {number}", "resourcing": f"Hours {number}"}
        else:
            path = self.dice.choice(
                ("networks?limit=100", "members?limit=100", "changes?limit=100", "networks?q=net")
            )
            return "GET", f"/v1/{path}", b""
        return method, path, orjson.dumps(body)


def raw(victim: Victim, number: int) -> bytes:
    """One request as bytes on the wire."""
    method, path, body = victim.request(number)
    media = "application/merge-patch+json" if method == "PATCH" else "application/json"
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: test",
        f"Authorization: Bearer {victim.token}",
        f"Content-Length: {len(body)}",
        *([f"Content-Type: {media}"] if body else []),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def settled() -> None:
    """Wait until every unit of work that had begun has come to its end; at most a minute."""
    deadline = asyncio.get_running_loop().time() + 60
    while to_the_end._running and asyncio.get_running_loop().time() < deadline:
        await asyncio.wait(to_the_end._running, timeout=1)


async def make_victims(house: TestHouse, number: int) -> list[Victim]:
    """People, each the facilitator of a network that the others may join."""
    people = [await house.person(f"Person {index}") for index in range(number)]
    networks = []
    for person in people:
        made = await person.client.post("/v1/networks", {**NEW, "name": "A network"})
        networks.append(made.json()["id"])
    return [
        Victim(person.token, networks, random.Random(f"{SEED} {index}"))
        for index, person in enumerate(people)
    ]


async def test_aborts(figures: Figures, new_database: NewDatabase) -> None:
    """10,000 connections that break off before, while or after they are answered."""
    url, aborts = new_database(), scaled(10_000, 200)
    async with TestHouse.over(url) as house:
        victims = await make_victims(house, 8)
    server = Server(url)
    await asyncio.to_thread(server.start)

    async def give_up(victim: Victim, number: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        request = raw(victim, number)
        # One in ten does not even finish asking.
        writer.write(request[: len(request) // 2] if victim.dice.random() < 0.1 else request)
        with suppress(TimeoutError):
            async with asyncio.timeout(victim.dice.uniform(0, 0.02)):
                await reader.read(100)
        writer.transport.abort()

    async def keep_giving_up(victim: Victim, index: int) -> None:
        for number in range(aborts // len(victims)):
            await give_up(victim, number * len(victims) + index)

    try:
        await asyncio.gather(*(keep_giving_up(victim, i) for i, victim in enumerate(victims)))
        left_open = await open_transactions(url)
        deadline = time.monotonic() + 60
        while (
            left_open and time.monotonic() < deadline
        ):  # the server is still busy with what was asked
            await asyncio.sleep(0.2)
            left_open = await open_transactions(url)
        async with httpx2.AsyncClient(base_url=server.address, timeout=60) as http:
            for victim in victims:  # everybody is served
                headers = {"Authorization": f"Bearer {victim.token}"}
                body = {**NEW, "name": "Afterwards"}
                answer = await http.post("/v1/networks", json=body, headers=headers)
                assert answer.status_code == 201, answer.text
    finally:
        server.stop()
    async with TestHouse.over(url) as house:
        half = await half_written(house.app.rooms.house.db)
    figures.tell(aborts=aborts, open_transactions=left_open, half_written=len(half))
    assert left_open == 0
    assert half == []


async def test_cancelled_calls(figures: Figures, new_database: NewDatabase) -> None:
    """10,000 calls whose task is cancelled at any await: harder than any client, as at a shutdown."""
    url, calls = new_database(), scaled(10_000, 200)
    outcomes: Counter[str] = Counter()
    async with TestHouse.over(url) as house:
        victims = await make_victims(house, 8)

        async def call(victim: Victim, number: int) -> None:
            method, path, body = victim.request(number)
            path, _, query = path.partition("?")
            media = b"application/merge-patch+json" if method == "PATCH" else b"application/json"
            headers = [
                (b"host", b"test"),
                (b"authorization", b"Bearer " + victim.token.encode()),
                (b"content-type", media),
            ]
            scope = {
                "type": "http", "method": method, "path": path, "raw_path": path.encode(),
                "query_string": query.encode(), "headers": headers,
            }  # fmt: skip

            async def receive() -> dict[str, Any]:
                return {"type": "http.request", "body": body}

            async def send(message: dict[str, Any]) -> None:
                if "status" in message:
                    outcomes[str(message["status"])] += 1

            await house.app(scope, receive, send)

        async def keep_cancelling(victim: Victim, index: int) -> None:
            for number in range(calls // len(victims)):
                task = asyncio.create_task(call(victim, number * len(victims) + index))
                await asyncio.sleep(victim.dice.choice((0, 0, victim.dice.uniform(0, 0.02))))
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
                    continue
                outcomes["cancelled"] += 1

        await asyncio.gather(*(keep_cancelling(victim, i) for i, victim in enumerate(victims)))
        await settled()
        left_open = await open_transactions(url)
        db: Any = house.app.rooms.house.db
        waiting = db._turn.locked() if db.name == "sqlite" else db._writes._out or db._reads._out
        half = await half_written(db)
    figures.tell(
        calls=calls, outcomes=dict(outcomes), open_transactions=left_open, half_written=len(half)
    )
    assert outcomes["cancelled"] > 0
    assert not {"400", "421"} & set(outcomes)  # else nobody was let in
    assert left_open == 0
    assert not waiting, "a connection was not given back"
    assert half == []


@pytest.mark.parametrize("engine", ["postgresql"], scope="module")
async def test_aborts_control(figures: Figures, new_database: NewDatabase) -> None:
    """A transaction that somebody left open is seen."""
    url = new_database()
    connection = await asyncpg.connect(url, server_settings={"application_name": "qi-networks"})
    await connection.execute("BEGIN")
    seen = await open_transactions(url)
    await connection.close()
    figures.tell(left_open=1, seen=seen)
    assert seen == 1
