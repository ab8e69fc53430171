"""A key makes a POST happen once, however often and at whatever moment it is sent."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import func, select

from app.db.database import Reads, fetch_one
from app.models import Change, Idempotency, Member, Network
from tests.house import Client, TestHouse
from tests.proofs.conftest import NewDatabase
from tests.proofs.figures import Figures, scaled

pytestmark = [pytest.mark.anyio, pytest.mark.prove]
TWINS = 5
NEW = {"purpose": "To be made once.", "join_policy": "open"}
Request = tuple[str, dict[str, Any]]


async def counts(reads: Reads) -> Counter[str]:
    """How many rows there are of everything that a request here can make."""
    found: Counter[str] = Counter()
    for table in (Network, Member, Change, Idempotency):
        build = lambda table=table: select(func.count().label("rows")).select_from(table)  # noqa: E731
        row = await fetch_one(reads, ("proof count", table), build, {})
        found[table.__tablename__] = row["rows"] if row else 0
    return found


async def send_twins(client: Client, request: Request, key: str | None) -> list[httpx2.Response]:
    """The same request five times at once."""
    path, body = request
    headers = {} if key is None else {"Idempotency-Key": key}
    return list(
        await asyncio.gather(*(client.post(path, body, headers=headers) for _ in range(TWINS)))
    )


async def requests_of(house: TestHouse, number: int) -> list[Request]:
    """So many requests, half of them to make a network, half to join one."""
    host = await house.person("Host")
    requests: list[Request] = []
    for index in range(number // 2):
        requests.append(("/v1/networks", {**NEW, "name": f"Network {index}"}))
        made = await host.client.post("/v1/networks", {**NEW, "name": f"Hosted {index}"})
        requests.append((f"/v1/networks/{made.json()['id']}/join", {"offer": "Tea"}))
    return requests


async def test_idempotency(figures: Figures, new_database: NewDatabase) -> None:
    """200 keys, five twins each: one effect, and the same answer for all."""
    async with TestHouse.over(new_database(), write_connections=8) as house:
        reads = house.app.rooms.house.db
        requests = await requests_of(house, scaled(200, 10))
        ada, eve = await house.person("Ada"), await house.person("Eve")
        before = await counts(reads)
        statuses: Counter[int] = Counter()
        for index, request in enumerate(requests):
            answers = await send_twins(ada.client, request, f"key {index}")
            statuses.update(answer.status_code for answer in answers)
            assert len({(answer.status_code, answer.content) for answer in answers}) == 1
            first = [a for a in answers if "idempotent-replayed" not in a.headers]
            assert len(first) == 1
            assert {a.headers.get("location") for a in answers} == {first[0].headers["location"]}
        made = await counts(reads) - before
        half = len(requests) // 2
        assert statuses == {201: len(requests) * TWINS}
        assert made == {
            "network": half, "member": 2 * half, "change": 4 * half, "idempotency": 2 * half,
        }  # fmt: skip

        path, body = requests[0]
        headers = {"Idempotency-Key": "key 0"}
        other = await ada.client.post(path, {**body, "name": "Another"}, headers=headers)
        assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
        theirs = await send_twins(eve.client, requests[0], "key 0")
        assert len({answer.json()["id"] for answer in theirs}) == 1
        assert (
            theirs[0].json()["id"]
            != (await ada.client.post(path, body, headers=headers)).json()["id"]
        )
        figures.tell(keys=len(requests), twins=TWINS, effects=len(requests), answers=dict(statuses))


async def test_idempotency_control(figures: Figures, new_database: NewDatabase) -> None:
    """Without a key, five requests are five networks: the twins above did meet."""
    async with TestHouse.over(new_database(), write_connections=8) as house:
        reads = house.app.rooms.house.db
        ada = await house.person("Ada")
        before, times = await counts(reads), scaled(40, 4)
        for index in range(times):
            request = ("/v1/networks", {**NEW, "name": f"Network {index}"})
            answers = await send_twins(ada.client, request, None)
            assert {answer.status_code for answer in answers} == {201}
        effects = (await counts(reads) - before)["network"]
        figures.tell(requests=times * TWINS, effects=effects)
        assert effects == times * TWINS


async def test_idempotency_expiry(figures: Figures, new_database: NewDatabase) -> None:
    """A key holds for 24 hours; after that five twins have one effect again."""
    now = [datetime(2026, 3, 1, tzinfo=UTC)]
    async with TestHouse.over(new_database(), clock=lambda: now[0], write_connections=8) as house:
        ada = await house.person("Ada")
        rounds = scaled(20, 3)
        for index in range(rounds):
            request = ("/v1/networks", {**NEW, "name": f"Network {index}"})
            seen = set()
            for wait in (timedelta(), timedelta(hours=23, minutes=59), timedelta(minutes=2)):
                now[0] += wait
                answers = await send_twins(ada.client, request, "daily")
                assert {a.status_code for a in answers} == {201}, [a.text for a in answers]
                ids = {answer.json()["id"] for answer in answers}
                assert len(ids) == 1
                seen |= ids
            assert len(seen) == 2
            now[0] += timedelta(days=2)
        figures.tell(rounds=rounds, twins=TWINS, effects=rounds * 2)
