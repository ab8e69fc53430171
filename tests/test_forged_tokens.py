"""Forged tokens: none is let in, all are told the same, and each layer of the verifier is what stops some of them."""

import json
import re
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx2
import pytest

from app.web.sign_in import people, token
from tests.forged import (
    CLAIMS,
    CORPUS,
    HEADER,
    SHAPE,
    SIGNATURE,
    Forge,
    curve_key,
    good_key,
    neighbour_key,
    symmetric,
    unusable_keys,
)
from tests.house import TestHouse
from tests.issuer import an_issuer, setting

pytestmark = pytest.mark.anyio
PATH = "/v1/networks"  # needs no token, so a token that is taken for none would answer 200
IDS = re.compile(rb"urn:uuid:[0-9a-f-]{36}")


class Setup:
    """A service, the issuer that it trusts, and another."""

    def __init__(self, house: TestHouse, forge: Forge) -> None:
        self.house = house
        self.forge = forge

    async def send(self, credentials: str) -> httpx2.Response:
        """A request with these."""
        header = f"Bearer {credentials}".encode("latin-1")
        return await self.house.http.get(PATH, headers={b"authorization": header})

    async def is_let_in(self, make: Callable[[Forge], str]) -> bool:
        """Whether a forged token opens anything, asked anew."""
        await self.house.app.rooms.gatekeeper.forget()
        return (await self.send(make(self.forge))).status_code == 200


def seen(answer: httpx2.Response) -> tuple[Any, ...]:
    """All that a caller sees, without the ids of the request."""
    headers = {
        n: v for n, v in answer.headers.items() if n not in ("x-request-id", "x-correlation-id")
    }
    return answer.status_code, IDS.sub(b"", answer.content), headers


@pytest.fixture(scope="module")
async def setup(database_url: str) -> AsyncIterator[Setup]:
    keys = [good_key(), curve_key(), *unusable_keys().values()]
    async with an_issuer(*keys) as issuer, an_issuer(neighbour_key()) as neighbour:
        issuer.more = [symmetric()]
        given = setting(issuer.settings(), neighbour.settings())
        async with TestHouse.over(database_url, oidc_issuers=given) as house:
            yield Setup(house, Forge(issuer, neighbour))


def test_the_corpus_is_large() -> None:
    assert len(CORPUS) == sum(map(len, (SIGNATURE, HEADER, CLAIMS, SHAPE))) >= 60


@pytest.mark.parametrize("name", CORPUS)
async def test_a_forged_token_opens_nothing(name: str, setup: Setup) -> None:
    assert (await setup.send(setup.forge.token())).status_code == 200
    unknown = await setup.send("qi_live_" + "A" * 43)
    assert unknown.status_code == 401
    answer = await setup.send(CORPUS[name](setup.forge))
    assert seen(answer) == seen(unknown)
    assert (await setup.send(setup.forge.token())).status_code == 200


async def test_what_the_verifier_does_not_look_at_is_no_reason_to_refuse(setup: Setup) -> None:
    """The good tokens that the forged ones are made of, so that none is refused for something else."""
    forge = setup.forge
    good: dict[str, str] = {
        "as it is": forge.token(),
        "by the other key": forge.token(key=curve_key()),
        "with application/ before the typ": forge.token({"typ": "application/AT+JWT"}),
        "without kid": forge.token({"kid": ...}),
        "with hints to keys that nobody follows": forge.token(
            {"jku": "https://attacker.example", "x5u": "https://attacker.example", "x5t": "AAAA"}
        ),
        "an unknown header": forge.token({"acr": "x"}),
        "among several audiences": forge.token(claims={"aud": ["another", "qi-networks"]}),
        "with nbf": forge.token(claims=forge.times(nbf=0)),
        "with a clock that is 20 s ahead": forge.token(claims=forge.times(iat=20, nbf=20, exp=320)),
        "that ended 20 s ago": forge.token(claims=forge.times(iat=-320, exp=-20)),
        "a subject of 255 characters": forge.token(claims={"sub": "\u0175" * 255}),
        "raw": forge.raw(),
        "by the neighbour": forge.neighbour.token(),
    }
    for name, credentials in good.items():
        assert (await setup.send(credentials)).status_code == 200, name


async def test_the_log_says_why_and_nothing_of_the_token(
    setup: Setup, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = setup.forge.token(claims={"aud": "another-api-entirely"})
    answer = await setup.send(wrong)
    (line,) = [json.loads(r.message) for r in caplog.records if r.name == "qi_networks.sign_in"]
    assert line.pop("at")
    assert line == {
        "level": "warning",
        "event": "token_refused",
        "request_id": answer.headers["x-request-id"],
        "reason": "another aud",
    }
    for name, make in CORPUS.items():
        caplog.clear()
        credentials = make(setup.forge)
        await setup.send(credentials)
        parts = [part for part in credentials.split(".") if len(part) > 20]
        assert not [part for part in parts if part[:20] in caplog.text], name


def _no_signature(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "signed_by", lambda _ring, _token: True)


def _no_header(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "check_header", lambda _issuer, _token: None)


def _no_claims(monkeypatch: pytest.MonkeyPatch) -> None:
    def all_good(_issuer: Any, claims: dict[str, Any], now: float) -> tuple[str, int]:
        return str(claims.get("sub"))[:255], int(now) + 60

    monkeypatch.setattr(people, "check_claims", all_good)


def _lax_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(token, "parse_json", lambda text, **_: json.loads(text))


@pytest.mark.parametrize(
    ("weaken", "let_in"),
    [
        (_no_signature, ["a signature of zeros", "kid that nobody knows", "an attacker's key"]),
        (_no_header, ["an ID token by its typ", "no typ", "typ of a logout"]),
        (_no_claims, ["aud of another", "expired a minute ago", "exp in the year 9999", "no azp"]),
        (_lax_json, ["sub twice", "a header with a name twice"]),
    ],
)
async def test_a_weakened_verifier_lets_some_in(
    weaken: Callable[[pytest.MonkeyPatch], None],
    let_in: list[str],
    setup: Setup,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in let_in:
        assert not await setup.is_let_in(CORPUS[name])
    weaken(monkeypatch)
    for name in let_in:
        assert await setup.is_let_in(CORPUS[name]), name


async def test_the_scheme_is_bearer_and_the_header_is_given_once(setup: Setup) -> None:
    good = setup.forge.token()
    for scheme in ("bearer", "BEARER"):  # RFC 9110, 11.1: no difference
        answer = await setup.house.http.get(PATH, headers={"Authorization": f"{scheme} {good}"})
        assert answer.status_code == 200
    for header in ("Bearer", "Bearer ", f"Bearer  {good}", f"Basic {good}", good, f"Token {good}"):
        answer = await setup.house.http.get(PATH, headers={"Authorization": header})
        assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token"), header
    twice = [("Authorization", f"Bearer {good}"), ("Authorization", f"Bearer {good}")]
    assert (await setup.house.http.get(PATH, headers=twice)).status_code == 400


@pytest.mark.parametrize("name", ["access_token", "token", "authorization", "bearer_token"])
@pytest.mark.parametrize("path", ["/v1/me", PATH])
async def test_a_token_in_the_query_is_no_token(setup: Setup, name: str, path: str) -> None:
    for value in (setup.forge.token(), f"Bearer {setup.forge.token()}"):
        answer = await setup.house.http.get(path, params={name: value})
        assert (answer.status_code, answer.json()["code"]) == (400, "token_in_address")
