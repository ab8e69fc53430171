"""kill -9 of the server while people write: what was acknowledged is there, once, and nothing is half written."""

import asyncio
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest
from sqlalchemy import select

from app.db.database import Reads
from app.db.schema import migrate
from app.models import Member, Network
from tests.house import TestHouse, TestPerson
from tests.postgres import start_postgres
from tests.proofs.figures import SEED, Figures, scaled
from tests.proofs.server import SERVE, SERVE_EARLY, Server
from tests.proofs.whole import half_written

pytestmark = [pytest.mark.anyio, pytest.mark.prove]
WRITERS = 8
NETWORKS = 10
NEW = {"purpose": "To survive.", "join_policy": "open"}
LOST = (httpx2.TransportError, httpx2.TimeoutException)


@pytest.fixture(scope="module")
def durable_url(
    engine: str, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Iterator[str]:
    """A migrated database of which nothing acknowledged may be lost."""
    if engine == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('durable') / 'kill.db'}"
        migrate(url)
        yield url
        return
    server = start_postgres(durable=True)
    name = f"kill_{worker_id}"
    server.create_database(name)
    migrate(server.url(name))
    yield server.url(name)
    server.drop_database(name)
    server.stop()


@dataclass
class Ledger:
    """What the writers were promised."""

    names: list[str] = field(default_factory=list)  # of networks made
    inside: dict[tuple[str, str], bool] = field(default_factory=dict)  # (person, network)
    offers: dict[str, str] = field(default_factory=dict)  # by person, in the first network
    acknowledged: int = 0
    unanswered: int = 0
    replayed: int = 0


@dataclass
class Writer:
    """Somebody who writes on, whatever becomes of the server, and repeats what was not answered."""

    person: TestPerson
    networks: list[str]
    spell: str  # in the first network, for offers
    http: httpx2.AsyncClient
    ledger: Ledger
    dice: random.Random
    only_offers: bool
    spells: dict[str, str] = field(default_factory=dict)
    made: int = 0

    async def send(self, method: str, path: str, body: Any = None) -> httpx2.Response:
        """Send until there is an answer; every POST has a key, which stays the same."""
        self.made += 1
        headers = {"Authorization": f"Bearer {self.person.token}"}
        if method == "POST":
            headers["Idempotency-Key"] = f"{self.made}"
        if method == "PATCH":
            headers["Content-Type"] = "application/merge-patch+json"
        repeated = False
        while True:
            try:
                answer = await self.http.request(method, path, headers=headers, json=body)
            except LOST:
                self.ledger.unanswered += not repeated
                repeated = True
                await asyncio.sleep(0.1)
                continue
            if answer.status_code == 503:
                await asyncio.sleep(0.1)
                continue
            self.ledger.replayed += repeated and "idempotent-replayed" in answer.headers
            gone = repeated and method == "DELETE" and answer.status_code == 404
            assert answer.status_code < 300 or gone, answer.text
            self.ledger.acknowledged += 1
            return answer

    async def write(self) -> None:
        """One write."""
        throw = self.dice.random()
        if self.only_offers or throw < 0.3:
            offer = f"Offer {self.made}"
            await self.send("PATCH", f"/v1/members/{self.spell}", {"offer": offer})
            self.ledger.offers[self.person.id] = offer
        elif throw < 0.55:
            name = f"Made {self.person.id} {self.made}"
            await self.send("POST", "/v1/networks", {**NEW, "name": name})
            self.ledger.names.append(name)
        else:
            network_id = self.dice.choice(self.networks[1:])
            spell = self.spells.pop(network_id, None)
            if spell is None:
                joined = await self.send("POST", f"/v1/networks/{network_id}/join", {})
                self.spells[network_id] = joined.json()["id"]
            else:
                await self.send("DELETE", f"/v1/members/{spell}")
            self.ledger.inside[self.person.id, network_id] = spell is None


async def set_up(url: str) -> tuple[list[TestPerson], list[str], list[str]]:
    """The writers, the networks, and each writer's spell in the first one."""
    async with TestHouse.over(url) as house:
        host = await house.person("Host")
        networks = []
        for number in range(NETWORKS):
            made = await host.client.post("/v1/networks", {**NEW, "name": f"Network {number}"})
            networks.append(made.json()["id"])
        people = [await house.person(f"Writer {number}") for number in range(WRITERS)]
        joined = [
            await person.client.post(f"/v1/networks/{networks[0]}/join", {}) for person in people
        ]
        return people, networks, [answer.json()["id"] for answer in joined]


async def onslaught(url: str, writes: int, kills: int, command: tuple[str, ...]) -> Ledger:
    """Let the writers write while the server is killed at random moments."""
    people, networks, spells = await set_up(url)
    ledger, server = Ledger(), Server(url, command)
    dice = random.Random(SEED)
    moments = sorted(dice.sample(range(writes // 20, writes), kills))
    await asyncio.to_thread(server.start)
    async with httpx2.AsyncClient(base_url=server.address, timeout=20) as http:
        writers = [
            Writer(
                person,
                networks,
                spell,
                http,
                ledger,
                random.Random(f"{SEED} {person.id}"),
                command is SERVE_EARLY,
            )
            for person, spell in zip(people, spells, strict=True)
        ]

        one_at_a_time = asyncio.Lock()

        async def keep_writing(writer: Writer) -> None:
            while ledger.acknowledged < writes:
                await writer.write()
                if moments and ledger.acknowledged >= moments[0]:
                    moments.pop(0)
                    async with one_at_a_time:
                        await asyncio.sleep(dice.uniform(0, 0.02))  # while the others write
                        server.kill()
                        await asyncio.to_thread(server.start)

        try:
            await asyncio.gather(*map(keep_writing, writers))
        finally:
            server.stop()
    return ledger


async def missing(reads: Reads, ledger: Ledger) -> dict[str, int]:
    """What was acknowledged and is not there, and what is there more often than it was asked for."""
    rows = await reads.fetch("proof names", lambda: select(Network.name), {})
    there = [row["name"] for row in rows if row["name"].startswith("Made ")]
    build = lambda: select(Member.person_id, Member.network_id, Member.offer).where(  # noqa: E731 - one line, used once
        Member.status == "active"
    )
    active = await reads.fetch("proof active", build, {})
    inside = {(row["person_id"], row["network_id"]) for row in active}
    offers = {row["person_id"]: row["offer"] for row in active if row["offer"] is not None}
    return {
        "networks_lost": len(set(ledger.names) - set(there)),
        "networks_twice": len(there) - len(set(there)),
        "networks_unasked": len(set(there) - set(ledger.names)),
        "memberships_wrong": sum(
            (place in inside) != state for place, state in ledger.inside.items()
        ),
        "offers_lost": sum(offers.get(person) != offer for person, offer in ledger.offers.items()),
    }


async def test_kill(figures: Figures, durable_url: str) -> None:
    """1,000 acknowledged writes, the server killed twenty times: none lost, none doubled, nothing half written."""
    kills = scaled(20)
    ledger = await onslaught(durable_url, scaled(1_000, 100), kills, SERVE)
    async with TestHouse.over(durable_url) as house:
        reads = house.app.rooms.house.db
        wrong, half = await missing(reads, ledger), await half_written(reads)
    figures.tell(
        kills=kills, acknowledged=ledger.acknowledged, unanswered=ledger.unanswered, replayed=ledger.replayed,
        half_written=len(half), **wrong,
    )  # fmt: skip
    assert half == []
    assert not any(wrong.values()), wrong


async def test_kill_control(figures: Figures, durable_url: str) -> None:
    """A server that answers before it has written is found out."""
    ledger = await onslaught(durable_url, 60, 1, SERVE_EARLY)
    async with TestHouse.over(durable_url) as house:
        wrong = await missing(house.app.rooms.house.db, ledger)
    figures.tell(kills=1, acknowledged=ledger.acknowledged, **wrong)
    assert wrong["offers_lost"] > 0
