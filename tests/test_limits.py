"""How often, how many at once, how long: what is over a limit is told so, and nobody else notices."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from app.db.database import Transaction
from app.settings import Settings
from app.web.client_address import Addresses, neighbourhood
from app.web.hosts import Hosts
from app.web.quota import Quota
from tests.house import TestHouse
from tests.targets import Targets, operations
from tests.wire import Headers, Reply, send

pytestmark = pytest.mark.anyio
NEW = {"name": "A network", "purpose": "To be limited.", "join_policy": "open"}


@asynccontextmanager
async def limited(url: str, **settings: Any) -> AsyncIterator[TestHouse]:
    """A house with these limits."""
    async with TestHouse.over(url, **settings) as house:
        yield house


def told(reply: Reply) -> tuple[str, int, int]:
    """Policy, what is left of it and in how many seconds it is whole again."""
    name, left, seconds = reply.headers["ratelimit"].split(";")
    policy, quota, window = reply.headers["ratelimit-policy"].split(";")
    assert (policy, window) == (name, "w=60")
    assert int(left.removeprefix("r=")) < int(quota.removeprefix("q="))
    return name.strip('"'), int(left.removeprefix("r=")), int(seconds.removeprefix("t="))


def test_a_quota() -> None:
    """Counts in windows that begin with their first request; keys do not touch each other."""
    now = 100.0
    quota = Quota("token", 2, clock=lambda: now)
    assert [quota.hit("a").left for _ in range(4)] == [1, 0, -1, -2]
    assert quota.hit("b").left == 1
    now += 30
    assert quota.hit("a").seconds == 30
    now += 30
    assert (quota.hit("a").left, quota.hit("b").left) == (1, 1)
    now += 1000
    assert quota.hit("c").left == 1
    assert quota.keys <= 3


def test_a_flood_of_keys_stays_small() -> None:
    """Whoever has a million addresses fills a bounded memory."""
    quota = Quota("address", 1, most=1_000, clock=lambda: 0.0)
    for number in range(50_000):
        quota.hit(str(number))
    assert quota.keys <= 2_000
    assert quota.hit("49999").left == -1


def test_whom_a_quota_has_forgotten_begins_anew() -> None:
    """In time at the window's end, and never before it."""
    now = 0.0
    quota = Quota("token", 10, clock=lambda: now)
    for minute in range(10):
        now = minute * 60.0
        quota.hit("other")
        now += 59
        assert quota.hit("a").left == 9 - minute % 1
        assert quota.hit("a").left == 8
        now += 0.5
        assert quota.hit("a").left == 7
        now += 120


async def test_every_operation_says_where_the_caller_stands(own_url: str) -> None:
    """With a token and without; health is never counted."""
    async with limited(own_url, rate_limit_token=5_000, rate_limit_address=5_000) as house:
        targets = await Targets.made(house)
        headers = [(b"authorization", f"Bearer {targets.operator.token}".encode())]
        for operation in operations():
            path = targets.path(operation).encode() + b"?nonsense=1"
            health = operation.path in ("/livez", "/readyz", "/_ping", "/_status", "/metrics")
            for sent, policy in ((headers, "token"), ([], "address")):
                reply = await send(house.app, operation.method, path, sent)
                assert reply.status in (401, 422), operation
                assert reply.faults() == [], operation
                assert ("ratelimit" in reply.headers) is not health, operation
                if not health:
                    # A client proves itself in its own way: no token counts there.
                    assert told(reply)[0] == ("address" if operation.form else policy), operation


async def test_over_the_limit(own_url: str) -> None:
    """429 with the seconds to wait; another token and nobody's requests go on."""
    async with limited(own_url, rate_limit_token=3, rate_limit_address=2) as house:
        ada, ben = await house.person("Ada"), await house.person("Ben")
        answers = [await ada.client.get("/v1/me") for _ in range(5)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
        refused = answers[-1]
        assert refused.json()["code"] == "rate_limited"
        assert 1 <= int(refused.headers["retry-after"]) <= 60
        assert refused.headers["ratelimit"].startswith('"token";r=0;t=')
        assert (await ben.client.get("/v1/me")).status_code == 200
        made = await ada.client.post("/v1/networks", NEW)
        assert made.status_code == 429
        anonymous = [(await house.anonymous.get("/v1/networks")).status_code for _ in range(3)]
        assert anonymous == [200, 200, 429]
        for probe in ("/livez", "/readyz", "/_ping", "/_status"):
            assert (await house.anonymous.get(probe)).status_code == 200
        listed = await ben.client.get("/v1/networks")
        assert listed.json()["items"] == []  # nothing was done for whom nothing was left


async def test_no_limit_is_told_of_where_there_is_none(house: TestHouse) -> None:
    answer = await house.anonymous.get("/v1/networks")
    assert not {"ratelimit", "ratelimit-policy"} & set(answer.headers)


# --- Brute force ----------------------------------------------------------------------------------


async def test_brute_force_ends_and_a_good_token_passes(own_url: str) -> None:
    """Guesses are told to stop; they never shut out who has a token, from the very same address."""
    async with limited(own_url, rate_limit_failures=5, rate_limit_address=1_000) as house:
        ada = await house.person("Ada")
        wrong = (b"authorization", b"Bearer qi_live_" + b"a" * 43)
        for number in range(20):
            guess = await send(house.app, "GET", b"/v1/me", [wrong])
            good = await ada.client.get("/v1/me")
            assert good.status_code == 200
            assert guess.status == (401 if number < 5 else 429)
            assert guess.headers["ratelimit"].startswith('"failures";r=')
            assert guess.code == ("invalid_token" if number < 5 else "rate_limited")
            assert guess.faults() == []
        assert (await send(house.app, "GET", b"/v1/me")).status == 401  # no guess


@pytest.mark.parametrize("verb", ["look", "accept"])
async def test_guessing_invitations_ends(own_url: str, verb: str) -> None:
    """A secret that opens nothing counts as a sign-in that failed, with a token or without."""
    async with limited(own_url, rate_limit_failures=5, rate_limit_address=1_000) as house:
        ada = await house.person("Ada")
        path = f"/v1/invitations/{verb}"
        codes = []
        for number in range(8):
            guess = {"secret": f"qi_invite_{number}"} | (
                {} if number % 2 or verb == "look" else {"display_name": "Eve"}
            )
            client = ada.client if number % 2 else house.anonymous
            codes.append((await client.post(path, guess)).json()["code"])
        assert codes == ["invitation_not_valid"] * 5 + ["rate_limited"] * 3


async def test_brute_force_control(house: TestHouse) -> None:
    """Without the limit they go on for ever."""
    wrong = (b"authorization", b"Bearer qi_live_" + b"a" * 43)
    statuses = {(await send(house.app, "GET", b"/v1/me", [wrong])).status for _ in range(50)}
    assert statuses == {401}


# --- Addresses ------------------------------------------------------------------------------------


def came(peer: str | None, *said: str) -> dict[str, Any]:
    """What a server hands over of a connection and its X-Forwarded-For headers."""
    headers = [(b"x-forwarded-for", value.encode()) for value in said]
    return {"client": None if peer is None else (peer, 1), "headers": headers}


@pytest.mark.parametrize(
    ("trusted", "peer", "said", "address"),
    [
        (None, "10.0.0.1", ("1.2.3.4",), "10.0.0.1"),  # nobody is believed
        ("10.0.0.0/8", "10.0.0.1", ("1.2.3.4",), "1.2.3.4"),
        (
            "10.0.0.0/8",
            "10.0.0.1",
            ("6.6.6.6, 1.2.3.4",),
            "1.2.3.4",
        ),  # the left is the client's invention
        ("10.0.0.0/8", "10.0.0.1", ("6.6.6.6", "1.2.3.4"), "1.2.3.4"),
        ("10.0.0.0/8", "10.0.0.1", ("1.2.3.4, 10.9.9.9",), "1.2.3.4"),
        ("10.0.0.0/8, 192.0.2.7", "192.0.2.7", ("10.0.0.2",), "10.0.0.2"),
        ("10.0.0.0/8", "8.8.8.8", ("1.2.3.4",), "8.8.8.8"),  # not from a proxy of ours
        ("10.0.0.0/8", "10.0.0.1", ("nonsense, 10.0.0.2",), "10.0.0.2"),
        ("10.0.0.0/8", "10.0.0.1", ("1.2.3.4:5678",), "1.2.3.4"),
        ("10.0.0.0/8", "10.0.0.1", ("[2001:db8::1]:443",), "2001:db8::1"),
        ("10.0.0.0/8", "::ffff:10.0.0.1", ("1.2.3.4",), "1.2.3.4"),
        ("::1", "::1", ("2001:db8::2",), "2001:db8::2"),
        ("10.0.0.0/8", "10.0.0.1", (), "10.0.0.1"),
        ("10.0.0.0/8", "10.0.0.1", ("",), "10.0.0.1"),
        (None, None, ("1.2.3.4",), "-"),  # a local socket
    ],
)
def test_the_address_of_a_client(
    trusted: str | None, peer: str | None, said: tuple[str, ...], address: str
) -> None:
    assert Addresses(trusted).of(came(peer, *said)) == address


def test_one_address_of_ipv6_is_a_whole_network() -> None:
    assert neighbourhood("2001:db8:1:2:3::9") == neighbourhood("2001:db8:1:2:ffff::1")
    assert neighbourhood("2001:db8:1:3::") != neighbourhood("2001:db8:1:2::")
    assert neighbourhood("::ffff:1.2.3.4") == "1.2.3.4"
    assert neighbourhood("fe80::1%eth0") == "fe80::/64"
    assert (neighbourhood("1.2.3.4"), neighbourhood("-")) == ("1.2.3.4", "-")


@pytest.mark.parametrize("trusted", ["", "127.0.0.1"])
async def test_spoofed_addresses_help_only_behind_a_trusted_proxy(
    own_url: str, trusted: str
) -> None:
    """Inventing a new address for each request is no way around the limit; a trusted proxy's word counts."""
    async with limited(own_url, rate_limit_address=3, trusted_proxies=trusted or None) as house:
        statuses = []
        for number in range(6):
            said = (b"x-forwarded-for", f"203.0.113.{number}".encode())
            statuses.append((await send(house.app, "GET", b"/v1/topics", [said])).status)
    assert statuses == ([200] * 6 if trusted else [200] * 3 + [429] * 3)


@pytest.mark.parametrize("word", ["10.0.0.0/33", "proxy", "10.0.0.1;10.0.0.2", "*"])
def test_a_proxy_is_an_address_or_a_network(word: str) -> None:
    with pytest.raises(ValueError, match="no address and no network"):
        Settings(trusted_proxies=f"127.0.0.1 {word}")


# --- Hosts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "right", "wrong"),
    [
        (
            {},
            ("127.0.0.1:8000", "localhost", "LOCALHOST.:1", "[::1]:8000"),
            ("evil.example", "", "localhost:@evil.example", "[::1]evil.example", "localhost:x"),
        ),
        (
            {"public_url": "https://Networks.example.org/api", "host": "0.0.0.0"},  # noqa: S104 - read, not bound
            ("networks.example.org", "networks.example.org:443", "127.0.0.1", "0.0.0.0:8000"),
            ("example.org", "networks.example.org.evil.example", "evil.example:443"),
        ),
        ({"host": "::1"}, ("[::1]",), ("[::2]:8000",)),
        (
            {"allowed_hosts": "a.example B.example", "public_url": "https://c.example"},
            ("a.example:1", "b.example"),
            ("c.example", "localhost", "a.example@evil.example", "a.example/evil"),
        ),
        ({"allowed_hosts": "*"}, ("anything", ""), ()),
    ],
)
def test_hosts(settings: dict[str, str], right: tuple[str, ...], wrong: tuple[str, ...]) -> None:
    hosts = Hosts(Settings(**settings))  # type: ignore[arg-type]
    for host in right * 2:
        hosts.check(host.encode())
    for host in wrong * 2:
        with pytest.raises(Exception, match=r"host|Host"):
            hosts.check(host.encode())


# --- At once, and how long ------------------------------------------------------------------------


async def test_over_the_number_at_once(own_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Told at once, not put in line; the process still says that it lives. Afterwards all is as before."""
    async with limited(own_url, concurrency_limit=2) as house:
        go, there = asyncio.Event(), asyncio.Semaphore(0)
        door = house.app.doors.find("/v1/topics")[0]["GET"]
        right = door.run

        async def slow(**given: Any) -> Any:
            there.release()
            await go.wait()
            return await right(**given)

        monkeypatch.setattr(door, "run", slow)
        busy = [asyncio.create_task(house.anonymous.get("/v1/topics")) for _ in range(2)]
        async with asyncio.timeout(10):
            await there.acquire()
            await there.acquire()
            over = await house.anonymous.get("/v1/professions")
        assert (over.status_code, over.json()["code"]) == (503, "overloaded")
        assert over.headers["retry-after"] == "2"
        for path in ("/livez", "/_ping"):
            assert (await house.anonymous.get(path)).status_code == 200
        assert house.app.flight.count == 2
        go.set()
        assert {answer.status_code for answer in await asyncio.gather(*busy)} == {200}
        assert house.app.flight.count == 0
        assert (await house.anonymous.get("/v1/professions")).status_code == 200
        assert house.app.rooms.metrics.refused["overloaded"] == 1


async def test_a_body_that_has_yet_to_come_takes_nobodys_place(own_url: str) -> None:
    """Half-sent requests are no load, and end in 408 with the connection."""
    async with limited(own_url, concurrency_limit=1, body_timeout=1) as house:
        ada = await house.person("Ada")
        statuses: list[int] = []
        closes: list[bytes] = []

        async def never() -> dict[str, Any]:
            await asyncio.sleep(60)
            return {}

        async def note(message: dict[str, Any]) -> None:
            if "status" in message:
                statuses.append(message["status"])
                closes.append(dict(message["headers"])[b"connection"])

        headers: Headers = [
            (b"host", b"test"),
            (b"authorization", f"Bearer {ada.token}".encode()),
            (b"content-type", b"application/json"),
            (b"content-length", b"100"),
        ]
        scope = {
            "type": "http", "method": "POST", "path": "/v1/networks", "raw_path": b"/v1/networks",
            "query_string": b"", "headers": headers, "client": ("127.0.0.1", 1),
        }  # fmt: skip
        halves = []
        for number in range(5):
            halves.append(asyncio.create_task(house.app(scope, never, note)))
            async with asyncio.timeout(0.9):
                while house.app.flight.waiting <= number:  # noqa: ASYNC110 - its token is being looked up
                    await asyncio.sleep(0.01)
        assert (await house.anonymous.get("/v1/networks")).status_code == 200
        async with asyncio.timeout(10):
            await asyncio.gather(*halves)
        assert (statuses, closes) == ([408] * 5, [b"close"] * 5)
        assert (house.app.flight.waiting, house.app.flight.count) == (0, 0)


async def test_a_request_that_takes_too_long(own_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """503 after the time it may take, with the request's id; the next one is served."""
    async with limited(own_url, request_timeout=1) as house:
        door = house.app.doors.find("/v1/topics")[0]["GET"]

        async def stuck(**_: Any) -> Any:
            await asyncio.sleep(60)

        with monkeypatch.context() as patch:
            patch.setattr(door, "run", stuck)
            async with asyncio.timeout(10):
                late = await house.anonymous.get("/v1/topics")
        assert (late.status_code, late.json()["code"]) == (503, "request_timed_out")
        assert late.headers["retry-after"] == "2"
        assert (await house.anonymous.get("/v1/topics")).status_code == 200
        assert house.app.flight.count == 0


Unit = Callable[[Callable[[Transaction], Awaitable[Any]]], Awaitable[Any]]


@pytest.mark.parametrize("slow_after", ["everything was written", "nothing was"])
async def test_a_command_that_takes_too_long_is_done_whole_or_not_at_all(
    own_url: str, monkeypatch: pytest.MonkeyPatch, slow_after: str
) -> None:
    """The caller is told to try again; with the key of the first try there is one effect, and only one."""
    async with limited(own_url, request_timeout=1) as house:
        ada = await house.person("Ada")
        db: Any = house.app.rooms.house.db
        unit: Unit = db.unit
        ended = asyncio.Event()

        async def slow_unit(run: Callable[[Transaction], Awaitable[Any]]) -> Any:
            async def slowly(tx: Transaction) -> Any:
                if slow_after == "nothing was":
                    await asyncio.sleep(2)
                result = await run(tx)
                if slow_after != "nothing was":
                    await asyncio.sleep(2)
                ended.set()
                return result

            return await unit(slowly)

        key = {"Idempotency-Key": "once"}
        with monkeypatch.context() as patch:
            patch.setattr(db, "unit", slow_unit)
            async with asyncio.timeout(20):
                late = await ada.client.post("/v1/networks", NEW, headers=key)
                assert (late.status_code, late.json()["code"]) == (503, "request_timed_out")
                assert not ended.is_set()
                await ended.wait()
        again = await ada.client.post("/v1/networks", NEW, headers=key)
        assert again.status_code == 201
        assert again.headers.get("idempotent-replayed") == "true"
        found = await ada.client.get("/v1/networks?mine=true")
        assert [network["id"] for network in found.json()["items"]] == [again.json()["id"]]


async def test_guesses_at_a_clients_secret_are_failed_sign_ins(own_url: str) -> None:
    """Whoever asks for a token with a wrong secret is told to stop like whoever sends wrong tokens."""
    async with limited(own_url, rate_limit_failures=2) as house:
        form = b"grant_type=client_credentials&client_id=" + b"0" * 8 + b"&client_secret=wrong"
        kind = (b"content-type", b"application/x-www-form-urlencoded")
        statuses = [
            (await send(house.app, "POST", b"/oauth/token", [kind], form)).status for _ in range(4)
        ]
    assert statuses == [401, 401, 429, 429]
