"""Behind nginx as it ships: a stop that nobody notices, and half-sent requests that hold nobody up."""

import asyncio
import random
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import select

from app.models import Network
from tests.house import TestHouse, TestPerson
from tests.proofs.conftest import NewDatabase
from tests.proofs.figures import SEED, Figures, scaled
from tests.proofs.proxy import nginx
from tests.proofs.server import SERVE, Server, free_port
from tests.proofs.whole import half_written

pytestmark = [pytest.mark.anyio, pytest.mark.prove]
# Two processes serve one database: SQLite has one.
ON_POSTGRESQL = pytest.mark.parametrize("engine", ["postgresql"], scope="module")
NEW = {"purpose": "To be served without a break.", "join_policy": "open"}
DRAIN = {"DRAIN_SECONDS": "3", "TRUSTED_PROXIES": "127.0.0.1"}
CLIENTS = 6


@dataclass
class Load:
    """Clients that read and write all the time and count what goes wrong."""

    people: list[TestPerson]
    networks: list[str]
    writes: float = 0.3
    """The share of requests that nginx may not repeat."""
    outcomes: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    made: list[str] = field(default_factory=list)
    slowest: float = 0.0
    go_on: bool = True

    async def keep_asking(self, port: int, person: TestPerson, dice: random.Random) -> None:
        """One client with its connections, until it is told to stop. Nothing is ever repeated."""
        headers = {"Authorization": f"Bearer {person.token}"}
        base = f"http://127.0.0.1:{port}"
        async with httpx2.AsyncClient(base_url=base, headers=headers, timeout=30) as http:
            while self.go_on:
                began = time.perf_counter()
                method, path, body = self._next(dice)
                try:
                    answer = await http.request(method, path, json=body)
                except httpx2.TransportError as error:
                    self.faults.append(f"{method} {path}: {error!r}")
                    continue
                self.slowest = max(self.slowest, time.perf_counter() - began)
                self.outcomes[f"{method} {answer.status_code}"] += 1
                if answer.status_code not in (200, 201):
                    self.faults.append(f"{method} {path}: {answer.status_code} {answer.text[:200]}")
                elif method == "POST":
                    self.made.append(answer.json()["name"])
                await asyncio.sleep(dice.uniform(0, 0.02))

    def _next(self, dice: random.Random) -> tuple[str, str, Any]:
        if dice.random() < self.writes:
            return "POST", "/v1/networks", {**NEW, "name": f"Made {dice.getrandbits(64)}"}
        if dice.random() < 0.3:
            return "GET", f"/v1/networks/{dice.choice(self.networks)}", None
        return "GET", dice.choice(("/v1/networks?limit=20", "/v1/me", "/v1/topics", "/livez")), None


async def prepare(url: str) -> Load:
    """People with a network each."""
    async with TestHouse.over(url) as house:
        people = [await house.person(f"Person {number}") for number in range(CLIENTS)]
        made = [
            await person.client.post("/v1/networks", {**NEW, "name": "A network"})
            for person in people
        ]
    return Load(people, [answer.json()["id"] for answer in made])


@asynccontextmanager
async def asking(load: Load, port: int) -> AsyncIterator[None]:
    """While this is open, everybody asks."""
    tasks = [
        asyncio.create_task(load.keep_asking(port, person, random.Random(f"{SEED} {number}")))
        for number, person in enumerate(load.people)
    ]
    try:
        yield
    finally:
        load.go_on = False
        await asyncio.gather(*tasks)


async def restart(replica: Server, by: signal.Signals) -> float:
    """Stop a replica and start it again. Returns how long it took to end."""
    process = replica.process
    assert process is not None
    began = time.perf_counter()
    process.send_signal(by)
    await asyncio.to_thread(process.wait, 60)
    took = time.perf_counter() - began
    assert by is signal.SIGKILL or process.returncode == 0
    await asyncio.to_thread(replica.start)
    return took


async def stop_in_turn(replicas: list[Server], stops: int, by: signal.Signals) -> float:
    """Stop two of three at a time, in turn, and start them again. Returns the longest that one took to end."""
    longest = 0.0
    for number in range(0, stops, 2):
        now = [replicas[(number + step) % 3] for step in range(min(2, stops - number))]
        longest = max(longest, *await asyncio.gather(*(restart(one, by) for one in now)))
    return longest


async def made_once(url: str, load: Load) -> tuple[int, int]:
    """How many networks are missing, and how many are there that nobody was told of."""
    async with TestHouse.over(url) as house:
        reads = house.app.rooms.house.db
        rows = await reads.fetch("proof names", lambda: select(Network.name), {})
        assert await half_written(reads) == []
    there = Counter(row["name"] for row in rows if row["name"].startswith("Made "))
    promised = Counter(load.made)
    return (promised - there).total(), (there - promised).total()


async def onslaught(
    url: str, folder: Path, stops: int, by: signal.Signals = signal.SIGTERM
) -> tuple[Load, float]:
    """Three replicas behind nginx, one of them of two workers, stopped in turn while everybody asks."""
    load = await prepare(url)
    load.writes = 1.0 if by is signal.SIGKILL else load.writes
    commands = (SERVE, SERVE, SERVE if by is signal.SIGKILL else (*SERVE, "--workers", "2"))
    replicas = [Server(url, command, settings=DRAIN) for command in commands]
    try:
        await asyncio.gather(*(asyncio.to_thread(replica.start) for replica in replicas))
        with nginx(folder, [replica.port for replica in replicas]) as port:
            async with asking(load, port):
                longest = await stop_in_turn(replicas, stops, by)
    finally:
        for replica in replicas:
            replica.end()
    return load, longest


@ON_POSTGRESQL
async def test_stops(figures: Figures, new_database: NewDatabase, tmp_path: Path) -> None:
    """100 stops by SIGTERM, each with a process started in its place: no request fails, none is done twice."""
    url, stops = new_database(), scaled(100, 3)
    load, longest = await onslaught(url, tmp_path / "nginx", stops)
    lost, unasked = await made_once(url, load)
    figures.tell(
        stops=stops, requests=load.outcomes.total(), failed=len(load.faults), outcomes=dict(load.outcomes),
        lost=lost, unasked=unasked, slowest_answer=round(load.slowest, 2), longest_stop=round(longest, 2),
    )  # fmt: skip
    assert load.faults == []
    assert (lost, unasked) == (0, 0)
    assert {name.split()[0] for name in load.outcomes} == {"GET", "POST"}
    assert longest < 25


@ON_POSTGRESQL
async def test_stops_control(figures: Figures, new_database: NewDatabase, tmp_path: Path) -> None:
    """A process that is killed instead is noticed."""
    load, _ = await onslaught(new_database(), tmp_path / "nginx", 6, signal.SIGKILL)
    figures.tell(stops=6, requests=load.outcomes.total(), failed=len(load.faults))
    assert load.faults != []


# --- Half a request -------------------------------------------------------------------------------

HALF_A_HEAD = b"POST /v1/networks HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: appl"
HALF_A_BODY = (
    b"POST /v1/networks HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\n"
    b"Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
)
PATIENCE = 15.0  # seconds


async def half(port: int, sent: bytes) -> float | None:
    """Send half a request and wait. Returns after how many seconds the other side was done with it, None for never."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    began = time.perf_counter()
    try:
        async with asyncio.timeout(PATIENCE):
            with suppress(ConnectionError):
                while await reader.read(1000):
                    pass
        return time.perf_counter() - began
    except TimeoutError:
        return None
    finally:
        writer.transport.abort()


async def half_sent(
    url: str, folder: Path, count: int, old: str = "", new: str = ""
) -> tuple[list[float | None], Load]:
    """So many half-sent requests, while others ask."""
    load = await prepare(url)
    server = Server(url, settings=DRAIN)
    try:
        await asyncio.to_thread(server.start)
        with nginx(folder, [server.port], old, new) as port:
            bodies = HALF_A_BODY % load.people[0].token.encode()
            async with asking(load, port):
                ends = await asyncio.gather(
                    *(half(port, (HALF_A_HEAD, bodies)[number % 2]) for number in range(count))
                )
    finally:
        server.stop()
    return ends, load


async def test_half_sent_requests(
    figures: Figures, new_database: NewDatabase, tmp_path: Path
) -> None:
    """300 requests of which half the head or half the body comes: closed within 15 s, and all others are served."""
    ends, load = await half_sent(new_database(), tmp_path / "nginx", scaled(300, 60))
    closed = [end for end in ends if end is not None]
    figures.tell(
        half_sent=len(ends), closed=len(closed), last_after=round(max(closed, default=0), 1),
        requests=load.outcomes.total(), failed=len(load.faults), slowest_answer=round(load.slowest, 2),
    )  # fmt: skip
    assert len(closed) == len(ends)
    assert load.faults == []
    assert load.outcomes.total() > CLIENTS


@ON_POSTGRESQL
async def test_half_sent_requests_control(
    figures: Figures, new_database: NewDatabase, tmp_path: Path
) -> None:
    """With nginx's own patience they stay."""
    slow = ("client_header_timeout 10s;", "client_header_timeout 60s;")
    ends, _ = await half_sent(new_database(), tmp_path / "nginx", 10, *slow)
    stayed = sum(end is None for end in ends)
    figures.tell(half_sent=len(ends), stayed=stayed)
    assert stayed == 5  # the heads


# --- What nginx itself says -----------------------------------------------------------------------


async def test_what_nginx_says(figures: Figures, new_database: NewDatabase, tmp_path: Path) -> None:
    """Its errors are problem documents, it hides the metrics, and it passes on nobody's word for an address."""
    url = new_database()
    async with TestHouse.over(url) as house:
        keeper = await house.person("Keeper", operator=True)
    spoofed = {"X-Forwarded-For": "203.0.113.9"}
    server = Server(url, settings={**DRAIN, "RATE_LIMIT_ADDRESS": "5"})
    try:
        await asyncio.to_thread(server.start)
        with nginx(tmp_path / "nginx", [server.port]) as port:
            async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as http:
                answers = {
                    "too large": await http.post("/v1/networks", content=b"x" * 1_100_000),
                    "hidden": await http.get(
                        "/metrics", headers={"Authorization": f"Bearer {keeper.token}"}
                    ),
                    "long": await http.get("/v1/networks?q=" + "x" * 20_000),
                }
                counted = [
                    (await http.get("/v1/topics", headers=spoofed)).status_code for _ in range(7)
                ]
                server.stop()
                answers["gone"] = await http.get("/v1/topics")
    finally:
        server.stop()
    figures.tell(answers={name: answer.status_code for name, answer in answers.items()})
    statuses = {name: answer.status_code for name, answer in answers.items()}
    assert statuses == {"too large": 413, "hidden": 404, "long": 400, "gone": 503}
    assert counted == [200] * 5 + [429] * 2
    for answer in answers.values():
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == answer.status_code
        assert answer.json()["instance"] == f"urn:uuid:{answer.headers['x-request-id']}"
    assert answers["gone"].headers["retry-after"] == "2"


ADDRESS = f"qi_calendar_{'n' * 43}"
LOGGED = "access_log off;"
UNLOGGED = "error_log /dev/null;"


async def written(folder: Path, old: str, new: str) -> str:
    """What nginx writes down of a calendar that nobody serves."""
    with nginx(folder, [free_port()], old, new.format(folder=folder)) as port:
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as http:
            for path in (f"/v1/calendars/{ADDRESS}.ics", f"//v1/calendars//{ADDRESS}.ics?x=1"):
                answer = await http.get(path)
                assert answer.status_code == 503
                assert ADDRESS not in answer.text + str(answer.headers)
    files = await asyncio.to_thread(lambda: sorted(folder.glob("*.log")))
    return "".join(file.read_text() for file in files)


async def test_the_address_of_a_calendar_is_in_no_log(figures: Figures, tmp_path: Path) -> None:
    """Neither in the log of errors nor in that of requests, where one is switched on; other addresses are."""
    said = await written(tmp_path / "shipped", LOGGED, "access_log {folder}/access.log qi;")
    figures.tell(lines=said.count("\n"), with_the_secret=said.count(ADDRESS))
    assert said.count("/v1/calendars/*") == 2
    assert ADDRESS not in said


@pytest.mark.parametrize(
    ("old", "new"), [(LOGGED, "access_log {folder}/access.log combined;"), (UNLOGGED, "")]
)
async def test_the_address_of_a_calendar_control(tmp_path: Path, old: str, new: str) -> None:
    """With a log of whole addresses, or with errors noted, it would be."""
    assert ADDRESS in await written(tmp_path / "open", old, new)
