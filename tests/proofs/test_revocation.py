"""What ends in one process is refused by another one at the next request: tokens, membership, a role."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import httpx2
import pytest

from tests.house import TestHouse, TestPerson
from tests.proofs.conftest import NewDatabase
from tests.proofs.figures import Figures, scaled
from tests.proofs.server import ROOT, SERVE, Server

pytestmark = [pytest.mark.anyio, pytest.mark.prove]
# A worker that believes its kept rows for their second, whatever happens: the control.
DEAF = (sys.executable, "-m", "tests.proofs.deaf_server")
NEW = {"name": "To be revoked", "scopes": ["networks:read"]}


@contextmanager
def two(url: str, command: tuple[str, ...]) -> Iterator[tuple[Server, Server]]:
    """Two server processes over one database."""
    servers = Server(url), Server(url, command)
    try:
        for server in servers:
            server.start()
        yield servers
    finally:
        for server in servers:
            server.stop()


@asynccontextmanager
async def both(
    url: str, command: tuple[str, ...] = SERVE
) -> AsyncIterator[tuple[httpx2.AsyncClient, httpx2.AsyncClient]]:
    """A client of each."""
    with two(url, command) as (one, other):
        async with (
            httpx2.AsyncClient(base_url=one.address, timeout=30) as here,
            httpx2.AsyncClient(base_url=other.address, timeout=30) as there,
        ):
            yield here, there


def as_(token: str) -> dict[str, str]:
    """The header that a token goes in."""
    return {"Authorization": f"Bearer {token}"}


async def known(here: httpx2.AsyncClient, there: httpx2.AsyncClient, ada: TestPerson) -> Any:
    """A new token that the other process has got to know."""
    made = (await here.post("/v1/tokens", json=NEW, headers=as_(ada.token))).json()
    for _ in range(3):
        assert await opens(there, made["secret"])
    return made


async def opens(client: httpx2.AsyncClient, token: str) -> bool:
    """Whether the next request with it is served."""
    answer = await client.get("/v1/networks?limit=1", headers=as_(token))
    assert answer.status_code in (200, 401), answer.text
    return answer.status_code == 200


async def revoked_here(
    here: httpx2.AsyncClient, there: httpx2.AsyncClient, ada: TestPerson
) -> tuple[bool, float]:
    """Revoke a token that both know; whether the other process serves it all the same, and how long it took."""
    made = await known(here, there, ada)
    began = time.perf_counter()
    ended = await here.delete(f"/v1/tokens/{made['id']}", headers=as_(ada.token))
    took = time.perf_counter() - began
    assert ended.status_code == 204
    return await opens(there, made["secret"]), took


async def test_a_revoked_token_is_refused_by_the_other_process(
    figures: Figures, new_database: NewDatabase
) -> None:
    url, late, took, times = new_database(), 0, [], scaled(200, 20)
    async with TestHouse.over(url) as house:
        ada = await house.person("Ada")
    async with both(url) as (here, there):
        for _ in range(times):
            was_late, seconds = await revoked_here(here, there, ada)
            late += was_late
            took.append(seconds)
    took.sort()
    median, slowest = (round(seconds * 1000, 1) for seconds in (took[times // 2], took[-1]))
    figures.tell(revocations=times, late=late, median_ms=median, slowest_ms=slowest)
    assert late == 0


async def test_a_token_revoked_at_the_command_line_is_refused_by_every_process(
    figures: Figures, new_database: NewDatabase
) -> None:
    url, late, times = new_database(), 0, scaled(40, 2)
    async with TestHouse.over(url) as house:
        ada = await house.person("Ada")
    async with both(url) as (here, there):
        for _ in range(times):
            made = await known(here, there, ada)
            assert await opens(here, made["secret"])
            command = await asyncio.create_subprocess_exec(
                *SERVE[:-1], "token", "revoke", made["id"], cwd=ROOT, env={**os.environ, "DATABASE_URL": url},
                stderr=asyncio.subprocess.DEVNULL,
            )  # fmt: skip
            assert await command.wait() == 0
            late += await opens(here, made["secret"])
            late += await opens(there, made["secret"])
    figures.tell(revocations=times, late=late)
    assert late == 0


async def test_who_leaves_or_is_removed_is_outside_at_the_other_process(
    figures: Figures, new_database: NewDatabase
) -> None:
    url, late, times = new_database(), 0, scaled(200, 10)
    async with TestHouse.over(url) as house:
        ada, ben = await house.person("Ada"), await house.person("Ben")
        body = {"name": "N", "purpose": "P.", "visibility": "private", "join_policy": "open"}
        made = await ada.client.post("/v1/networks", body)
        path = f"/v1/networks/{made.json()['id']}"
    async with both(url) as (here, there):
        for number in range(times):
            joined = await here.post(f"{path}/join", json={}, headers=as_(ben.token))
            spell = f"/v1/members/{joined.json()['id']}"
            assert (await there.get(spell, headers=as_(ben.token))).status_code == 200
            by = (ben if number % 2 else ada).token
            assert (await here.delete(spell, headers=as_(by))).status_code == 204
            seen = await there.get(path, headers=as_(ben.token))
            late += bool(seen.json()["tier"] == "inside")
    figures.tell(ends=times, late=late)
    assert late == 0


async def test_revocation_control(figures: Figures, new_database: NewDatabase) -> None:
    """The other process believes what it keeps for a second, whatever it is told: it is late."""
    url = new_database()
    async with TestHouse.over(url) as house:
        ada = await house.person("Ada")
    async with both(url, DEAF) as (here, there):
        late = sum([(await revoked_here(here, there, ada))[0] for _ in range(10)])
    figures.tell(revocations=10, late=late)
    assert late >= 5
