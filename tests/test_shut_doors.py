"""Ways in that are shut: a token in the address, another host, another origin with credentials, half a request.

Brute force and invented client addresses are in tests/test_limits.py.
"""

import asyncio
import logging
import time
from dataclasses import replace
from urllib.parse import quote, urlsplit

import pytest

from app.cli import server
from app.core.tokens import new_secret
from tests.house import TestHouse
from tests.proofs.loopback import served
from tests.targets import Targets, operations
from tests.wire import Headers, Reply, send

pytestmark = pytest.mark.anyio
JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJlc2lnbmF0dXJl"
ORIGIN = "https://app.example.org"


# --- A token in the address -----------------------------------------------------------------------


async def test_a_token_in_the_query_is_refused_and_repeated_nowhere(
    house: TestHouse, caplog: pytest.LogCaptureFixture
) -> None:
    """By every operation, wherever it stands, also a good one, also beside a good one in its right place."""
    caplog.set_level(logging.DEBUG)
    settings = house.app.rooms.settings.model_copy(update={"access_log": True})
    house.app.rooms = replace(house.app.rooms, settings=settings)
    targets = await Targets.made(house)
    token = targets.operator.token
    escaped = "".join(f"%{ord(letter):02x}" for letter in token)
    bearer = (b"authorization", f"Bearer {token}".encode())
    for operation in operations():
        for query in (
            f"access_token={token}",
            f"q={token}",
            token,
            f"limit=1&q=a+{escaped}",
            f"a:{token}",
        ):
            target = f"{targets.path(operation)}?{query}".encode()
            for headers in ([], [bearer]):
                reply = await send(house.app, operation.method, target, headers)
                assert (reply.status, reply.code) == (400, "token_in_address"), (operation, query)
                assert reply.faults() == []
                assert secret_free(reply, token)
    for other in (JWT, new_secret("demo")):
        reply = await send(house.app, "GET", f"/v1/networks?q={other}".encode())
        assert reply.code == "token_in_address"
    assert token not in caplog.text
    assert escaped not in caplog.text


def secret_free(reply: Reply, token: str) -> bool:
    """Neither the body nor a header has it, whole or in part."""
    said = reply.body.decode() + str(reply.headers)
    return token not in said and token[:20] not in said and token[-20:] not in said


async def test_what_only_resembles_a_token_is_no_token(house: TestHouse) -> None:
    """Words that somebody searches for, and cursors, which are random."""
    for word in ("qi_live", "eyJ", "the qi_live_ prefix", "qi", "a_qi_live_" + "a" * 43):
        assert (await house.anonymous.get(f"/v1/networks?q={quote(word)}")).status_code == 200
    cursor = await house.anonymous.get("/v1/networks?cursor=AqieyJqi_AAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
    assert cursor.json()["code"] == "invalid_cursor"


# --- Another host ---------------------------------------------------------------------------------


async def test_another_host_is_refused_and_repeated_nowhere(house: TestHouse) -> None:
    """Links are made of PUBLIC_URL; the host of a request gets into none of them, nor into an error."""
    targets = await Targets.made(house)
    for operation in operations():
        target = targets.path(operation).encode()
        for claimed in (
            [(b"host", b"evil.example")],
            [(b"host", b"test@evil.example")],
            [(b"host", b"test"), (b"host", b"evil.example")],
            [(b"x-forwarded-host", b"evil.example"), (b"forwarded", b"host=evil.example")],
        ):
            reply = await ask_as(house, operation.method, target, claimed)
            assert b"evil" not in reply.body
            assert "evil" not in str(reply.headers)
            health = operation.path in ("/livez", "/readyz", "/_ping", "/_status", "/metrics")
            if not health and claimed[0][0] == b"host":
                refused = (400, "bad_request") if len(claimed) > 1 else (421, "host_refused")
                assert (reply.status, reply.code) == refused, operation


async def ask_as(house: TestHouse, method: str, target: bytes, claimed: Headers) -> Reply:
    """One request with these headers, and no other host where they name one."""

    async def without(scope: dict[str, object], receive: object, sending: object) -> None:
        if any(name == b"host" for name, _ in claimed):
            scope["headers"] = list(claimed)
        await house.app(scope, receive, sending)  # type: ignore[arg-type]

    return await send(without, method, target, claimed)


async def test_links_are_of_the_public_address(own_url: str) -> None:
    """Whatever name the request was for."""
    public = "https://networks.example.org/qi"
    async with TestHouse.over(
        own_url, public_url=public, allowed_hosts="test networks.example.org"
    ) as house:
        for host in ("test", "networks.example.org"):
            answer = await house.http.get("/v1", headers={"Host": host})
            links = answer.json()["links"].values()
            assert all(link.startswith(f"{public}/") for link in links)


# --- Another origin -------------------------------------------------------------------------------


@pytest.mark.parametrize("allowed", ["*", f"https://other.example.org {ORIGIN}"])
async def test_no_origin_gets_credentials(own_url: str, allowed: str) -> None:
    """An origin is repeated only if the operator named it; `null` never is; credentials are not spoken of at all."""
    async with TestHouse.over(own_url, cors_origins=allowed) as house:
        for origin in (
            ORIGIN,
            "null",
            "https://evil.example",
            f"{ORIGIN}.evil.example",
            "",
            ORIGIN.upper(),
        ):
            for method, more in (
                ("GET", []),
                ("OPTIONS", [(b"access-control-request-method", b"GET")]),
            ):
                headers = [(b"origin", origin.encode()), (b"cookie", b"token=a"), *more]
                reply = await send(house.app, method, b"/v1/topics", headers)
                assert reply.status in (200, 204)
                assert "access-control-allow-credentials" not in reply.headers
                assert "Origin" in reply.headers["vary"]
                expected = "*" if allowed == "*" else origin if origin == ORIGIN else None
                assert reply.headers.get("access-control-allow-origin") == expected


async def test_a_cookie_is_no_token(house: TestHouse) -> None:
    """What a browser sends by itself opens nothing."""
    ada = await house.person("Ada")
    cookies = [(b"cookie", f"token={ada.token}; Authorization=Bearer {ada.token}".encode())]
    assert (await send(house.app, "GET", b"/v1/me", cookies)).status == 401


@pytest.mark.parametrize(
    "origin", ["null", "evil.example", "https://a.example,https://b.example x"]
)
def test_an_origin_is_an_address(origin: str) -> None:
    from app.settings import Settings

    with pytest.raises(ValueError, match="cors_origins"):
        Settings(cors_origins=origin)


# --- Half a request -------------------------------------------------------------------------------


@pytest.mark.parametrize("patience", [0.5, 60.0])
async def test_half_a_head_is_hung_up_on(
    own_url: str, monkeypatch: pytest.MonkeyPatch, patience: float
) -> None:
    """Also without a proxy in front, also after a first request; the control has more patience."""
    monkeypatch.setattr(server, "HEAD_WITHIN", patience)
    whole = b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"
    with served(own_url) as address:
        for first in (b"", b"GET /li", whole + b"GET /li"):
            reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(address).port)
            writer.write(first)
            began = time.monotonic()
            try:
                async with asyncio.timeout(5 if patience < 1 else 1.5):
                    got = await reader.read(-1)
            except TimeoutError:
                assert patience > 1
            else:
                assert patience < 1
                assert (got.count(b"HTTP/1.1 200"), time.monotonic() - began < 5) == (
                    first.count(b"\r\n\r\n"),
                    True,
                )
            finally:
                writer.transport.abort()
