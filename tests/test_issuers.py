"""Issuers that are slow, broken, hostile or gone, and those that change their keys: whom that touches, and how."""

import asyncio
import gzip
import logging
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest

from app.core.issuers import read_issuers
from app.web.sign_in import fetch, keys
from app.web.sign_in.keys import KeyRing
from tests.house import Client, TestHouse
from tests.issuer import (
    WELL_KNOWN,
    Answer,
    TestIssuer,
    an_issuer,
    compact,
    new_key,
    ok,
    setting,
    whole,
)

pytestmark = pytest.mark.anyio
NOT_MET = 0.5  # seconds of patience in these tests
MOST_TAKEN = 10_000_000  # bytes, what is under way in both kernels' buffers included


class Setup:
    """A service that trusts one issuer that misbehaves and one that does not."""

    def __init__(self, house: TestHouse, issuer: TestIssuer, steady: TestIssuer) -> None:
        self.house = house
        self.issuer = issuer
        self.steady = steady
        self.ahead = 0.0
        sign_in = house.app.rooms.gatekeeper.sign_in
        assert sign_in is not None
        self.ring = sign_in.rings[issuer.address]
        since = self.ring.now
        self.ring.now = lambda: since() + self.ahead

    async def status(self, token: str | None = None) -> tuple[int, str]:
        """What a signed-in request of the issuer's answers, asked anew."""
        await self.house.app.rooms.gatekeeper.forget()
        answer = await Client(self.house.http, token or self.issuer.token()).get("/v1/me")
        if answer.status_code == 503:
            assert int(answer.headers["retry-after"]) > 0
        return answer.status_code, answer.json().get("code", "")

    def wait(self) -> None:
        """The time between two fetches goes by."""
        self.ahead += keys.COOLDOWN


@pytest.fixture
async def setup(own_url: str) -> AsyncIterator[Setup]:
    async with an_issuer() as issuer, an_issuer(new_key("steady")) as steady:
        given = setting(issuer.settings(), steady.settings())
        async with TestHouse.over(own_url, oidc_issuers=given) as house:
            yield Setup(house, issuer, steady)


async def _endless() -> AsyncIterator[bytes]:
    """1 GB of key set."""
    yield b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n" + b'{"keys":[' + b" " * 900
    for _ in range(1_000_000):
        yield b" " * 1000


async def _chunks() -> AsyncIterator[bytes]:
    """The same without saying how much."""
    yield b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    for _ in range(1_000_000):
        yield b"3e8\r\n" + b" " * 1000 + b"\r\n"


async def _drip() -> AsyncIterator[bytes]:
    """A byte now and then."""
    yield b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n"
    for _ in range(200):
        await asyncio.sleep(0.05)
        yield b" "


async def _silence() -> AsyncIterator[bytes]:
    """It takes the request and says nothing."""
    await asyncio.sleep(5)
    yield b""


async def _endless_head() -> AsyncIterator[bytes]:
    """Headers without end."""
    yield b"HTTP/1.1 200 OK\r\n"
    for number in range(1_000_000):
        yield b"X-%d: %s\r\n" % (number, b"x" * 900)


def _keys(value: Any) -> bytes:
    return orjson.dumps({"keys": value})


ELSEWHERE = "Location: /elsewhere"
# What the key set is instead, as a whole HTTP answer.
HOSTILE: dict[str, Any] = {
    "1 GB": _endless,
    "1 GB in chunks": _chunks,
    "a slow drip": _drip,
    "silence": _silence,
    "headers without end": _endless_head,
    "a hung up line": lambda: whole(b""),
    "no HTTP": lambda: whole(b"220 mail.example.org ESMTP\r\n"),
    "half an answer": lambda: whole(ok(_keys([]))[:-3]),
    "a bomb": lambda: whole(ok(gzip.compress(b" " * 10_000_000), "Content-Encoding: gzip")),
    "301": lambda: whole(ok(b"", ELSEWHERE, status="301 Moved Permanently")),
    "302": lambda: whole(ok(b"", ELSEWHERE, status="302 Found")),
    "307": lambda: whole(ok(b"", ELSEWHERE, status="307 Temporary Redirect")),
    "308": lambda: whole(ok(b"", ELSEWHERE, status="308 Permanent Redirect")),
    "404": lambda: whole(ok(b"{}", status="404 Not Found")),
    "500": lambda: whole(ok(b"{}", status="500 Internal Server Error")),
    "204": lambda: whole(b"HTTP/1.1 204 No Content\r\n\r\n"),
    "HTML": lambda: whole(ok(b"<!doctype html><title>Sign in</title>", "Content-Type: text/html")),
    "XML": lambda: whole(ok(b"<?xml version='1.0'?><keys/>", "Content-Type: application/xml")),
    "nothing": lambda: whole(ok(b"")),
    "a list": lambda: whole(ok(b"[]")),
    "a number": lambda: whole(ok(b"7")),
    "null": lambda: whole(ok(b"null")),
    "JSON nested 10,000 deep": lambda: whole(ok(b"[" * 10_000 + b"]" * 10_000)),
    "keys twice": lambda: whole(ok(b'{"keys":[],"keys":[]}')),
    "bytes that are no text": lambda: whole(ok(b'{"keys":"\xff\xfe"}')),
    "no keys": lambda: whole(ok(_keys([]))),
    "keys as an object": lambda: whole(ok(_keys({"first": {}}))),
    "keys as text": lambda: whole(ok(_keys("first"))),
    "keys of other types": lambda: whole(ok(_keys([None, 1, "x", [], {}, {"kty": 1}, {"kty": ["RSA"]}]))),
    "a thousand keys": lambda: whole(ok(_keys([{"kty": "RSA"}] * 1000))),
    "a key with numbers that are none": lambda: whole(
        ok(_keys([{"kty": "RSA", "n": "A" * 342, "e": "AQAB", "kid": "first"}]))
    ),
    "a key of a giant": lambda: whole(
        ok(_keys([{"kty": "RSA", "n": "x" * 200_000, "e": "AQAB", "kid": "first"}]))
    ),
    "a key with a giant exponent": lambda: whole(
        ok(_keys([{"kty": "RSA", "n": "x" * 342, "e": "x" * 342, "kid": "first"}]))
    ),
    "a key that is nowhere on the curve": lambda: whole(
        ok(_keys([{"kty": "EC", "crv": "P-256", "x": "AAAA", "y": "AAAA", "kid": "first"}]))
    ),
}  # fmt: skip

SLOW = ("a slow drip", "silence")


def _for(path: str, make: Any) -> Answer:
    return lambda asked: make() if asked == path else None


@pytest.mark.parametrize("path", ["/keys", WELL_KNOWN])
async def test_whatever_an_issuer_sends_is_no_fault_of_ours(
    path: str, setup: Setup, monkeypatch: pytest.MonkeyPatch, subtests: pytest.Subtests
) -> None:
    assert (await setup.status(setup.steady.token()))[0] == 200
    patience = fetch.PATIENCE
    for name, make in HOSTILE.items():
        with subtests.test(name):
            setup.wait()
            monkeypatch.setattr(fetch, "PATIENCE", NOT_MET if name in SLOW else patience)
            setup.issuer.answer = _for(path, make)
            setup.issuer.sent = 0
            assert await setup.status() == (503, "issuer_unavailable")
            assert setup.issuer.sent < MOST_TAKEN
            assert (await setup.status(setup.steady.token()))[0] == 200
    assert "/elsewhere" not in setup.issuer.asked, "a redirect was followed"
    monkeypatch.undo()
    setup.issuer.answer = None
    setup.wait()
    assert (await setup.status())[0] == 200


DOCUMENTS: dict[str, dict[str, Any]] = {
    "another issuer's": {"issuer": "https://other.example.org"},
    "with a slash more": {},
    "without jwks_uri": {"jwks_uri": None},
    "jwks_uri as a list": {"jwks_uri": ["http://127.0.0.1/keys"]},
    "jwks_uri over HTTP elsewhere": {"jwks_uri": "http://login.example.org/keys"},
    "jwks_uri as a file": {"jwks_uri": "file:///etc/passwd"},
    "jwks_uri without a host": {"jwks_uri": "https:///keys"},
    "jwks_uri with a password": {"jwks_uri": "https://me:secret@127.0.0.1/keys"},
    "jwks_uri with a line break": {"jwks_uri": "https://login.example.org/\r\nkeys"},
    "jwks_uri of 3000 characters": {"jwks_uri": "https://login.example.org/" + "k" * 3000},
    "jwks_uri with an impossible port": {"jwks_uri": "https://login.example.org:99999/keys"},
}


async def test_a_document_that_leads_elsewhere_is_not_followed(
    setup: Setup, subtests: pytest.Subtests
) -> None:
    for name, document in DOCUMENTS.items():
        with subtests.test(name):
            setup.wait()
            slash = {"issuer": setup.issuer.address + "/"}
            setup.issuer.document = slash if name == "with a slash more" else document
            assert await setup.status() == (503, "issuer_unavailable")
    assert setup.issuer.fetches == 0


async def test_a_slow_issuer_holds_up_nobody_else(
    setup: Setup, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "PATIENCE", 2 * NOT_MET)
    ada = await setup.house.person("Ada")
    assert (await setup.status(setup.steady.token()))[0] == 200
    setup.issuer.answer = _for("/keys", _silence)
    slow = [asyncio.create_task(setup.status()) for _ in range(5)]
    await asyncio.sleep(0.1)
    for _ in range(20):
        assert (await ada.client.get("/v1/me")).status_code == 200
        assert (await setup.status(setup.steady.token()))[0] == 200
    assert not any(task.done() for task in slow)
    assert await asyncio.gather(*slow) == [(503, "issuer_unavailable")] * 5
    assert setup.issuer.fetches == 1
    setup.issuer.answer = None
    assert await setup.status() == (503, "issuer_unavailable"), "not asked again at once"
    setup.ahead += keys.AFTER_FAILURE
    assert (await setup.status())[0] == 200


async def test_one_who_gives_up_takes_the_fetch_from_nobody(setup: Setup) -> None:
    async def later() -> AsyncIterator[bytes]:
        await asyncio.sleep(0.3)
        yield ok(_keys([key.public() for key in setup.issuer.keys]))

    setup.issuer.answer = _for("/keys", later)
    first, second = (asyncio.create_task(setup.status()) for _ in range(2))
    await asyncio.sleep(0.1)
    first.cancel()
    assert (await second)[0] == 200
    assert setup.issuer.fetches == 1


async def test_a_flood_of_unknown_keys_is_one_fetch_a_minute(setup: Setup) -> None:
    assert (await setup.status())[0] == 200
    assert setup.issuer.fetches == 1
    stranger = new_key("nobody's")

    async def flood(count: int) -> None:
        for number in range(count):
            stranger.kid = f"unknown-{setup.ahead}-{number}"
            assert await setup.status(setup.issuer.token(key=stranger)) == (401, "invalid_token")

    await flood(100)
    assert setup.issuer.fetches == 1, "the keys were fetched just now"
    for minute in range(1, 4):
        setup.wait()
        await flood(50)
        assert setup.issuer.fetches == 1 + minute
    assert (await setup.status())[0] == 200


async def test_many_at_once_share_one_fetch(setup: Setup) -> None:
    assert (await setup.status())[0] == 200
    setup.wait()
    stranger = new_key("nobody's")
    tokens = []
    for number in range(50):
        stranger.kid = f"at-once-{number}"
        tokens.append(setup.issuer.token(key=stranger))
    answers = await asyncio.gather(*(setup.status(token) for token in tokens))
    assert answers == [(401, "invalid_token")] * 50
    assert setup.issuer.fetches == 2


async def test_those_who_wait_for_an_issuer_leave_room_for_others(
    setup: Setup, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "PATIENCE", 4 * NOT_MET)
    setup.issuer.answer = _for("/keys", _silence)
    slow = [asyncio.create_task(setup.status()) for _ in range(keys.MOST_WAITING + 15)]
    done, waiting = await asyncio.wait(slow, timeout=2 * NOT_MET)
    assert (len(done), len(waiting)) == (15, keys.MOST_WAITING)
    assert set(await asyncio.gather(*slow)) == {(503, "issuer_unavailable")}


async def test_rotated_keys_are_followed(setup: Setup) -> None:
    old = setup.issuer.keys[0]
    assert (await setup.status())[0] == 200
    new = new_key("second", "ES256")
    setup.issuer.keys = [old, new]
    setup.wait()
    for key in (new, old):
        assert (await setup.status(setup.issuer.token(key=key)))[0] == 200
    setup.issuer.keys = [new]
    assert (await setup.status(setup.issuer.token(key=old)))[0] == 200, "known until asked again"
    setup.ahead += keys.FRESH
    assert await setup.status(setup.issuer.token(key=old)) == (401, "invalid_token")
    assert (await setup.status(setup.issuer.token(key=new)))[0] == 200


async def test_an_odd_key_takes_the_others_along_nowhere(setup: Setup) -> None:
    """What stands beside a good key in sets that there are, and some that there should not be."""
    odd: list[Any] = [
        {"kty": "OKP", "crv": "Ed25519", "x": "AAAA"}, {"kty": "oct", "k": "AAAA"}, {"kty": "RSA"},
        {"kty": "RSA", "n": 7, "e": "AQAB"}, {"kty": "EC", "crv": ["P-256"]}, {"kty": "EC", "crv": "P-521"},
        {"key_ops": 7, "kty": "RSA", "n": "AAAA", "e": "AQAB"}, {"kty": {}, "kid": []}, None, 7, "x", [],
    ]  # fmt: skip
    (good,) = setup.issuer.keys
    good.published = {
        "nbf": 1,
        "exp": 2,
        "x5c": ["AAAA"],
        "x5t": "A",
        "issuer": "y",
        "key_ops": ["verify"],
    }
    setup.issuer.more = odd
    assert (await setup.status())[0] == 200
    setup.issuer.more = [*odd, {**good.public(), "n": "A" * 342}]  # another of the same name
    setup.ahead += keys.FRESH
    assert (await setup.status())[0] == 200


async def test_keys_without_names_are_followed_too(setup: Setup) -> None:
    def nameless() -> str:
        header = {"alg": "RS256", "typ": "at+jwt"}
        return compact(header, setup.issuer.claims(), setup.issuer.keys[0].sign)

    assert (await setup.status(nameless()))[0] == 200
    setup.issuer.keys = [new_key("first")]
    assert await setup.status(nameless()) == (401, "invalid_token")
    setup.wait()
    assert (await setup.status(nameless()))[0] == 200


async def test_an_issuer_that_is_gone_keeps_its_keys_for_some_hours(setup: Setup) -> None:
    assert (await setup.status())[0] == 200
    setup.issuer.answer = lambda _path: whole(ok(b"", status="503 Service Unavailable"))
    setup.ahead = keys.KEPT - 5
    assert (await setup.status())[0] == 200
    stranger = setup.issuer.token(key=new_key("nobody's"))
    assert await setup.status(stranger) == (401, "invalid_token")
    setup.ahead = keys.KEPT + 5
    assert await setup.status() == (503, "issuer_unavailable")
    setup.issuer.answer = None
    setup.wait()
    assert (await setup.status())[0] == 200


async def test_what_is_refused_anyway_asks_nobody(setup: Setup) -> None:
    for wrong in ({"aud": "another"}, {"exp": 1}, {"iss": "https://attacker.example"}, {"sub": 1}):
        assert await setup.status(setup.issuer.token(**wrong)) == (401, "invalid_token")
    assert setup.issuer.asked == []


async def test_the_log_names_the_issuer_and_the_reason(
    setup: Setup, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "qi_networks.sign_in")
    setup.issuer.answer = _for("/keys", HOSTILE["302"])
    await setup.status()
    (line,) = [orjson.loads(r.message) for r in caplog.records if r.name == "qi_networks.sign_in"]
    assert line.pop("at")
    assert line == {
        "level": "warning",
        "event": "keys_not_fetched",
        "issuer": setup.issuer.address,
        "reason": "status 302",
    }


async def test_a_ring_closes_while_it_asks() -> None:
    async with an_issuer() as issuer:
        issuer.answer = _for("/keys", _silence)
        (given,) = read_issuers(setting(issuer.settings()))
        ring = KeyRing(given)
        asking = asyncio.create_task(ring.renew())
        await asyncio.sleep(0.1)
        await ring.close()
        with pytest.raises(asyncio.CancelledError):
            await asking
