"""A person signs in with a real OpenID provider, which is another project's: the code flow, its token, our API."""

import logging
from collections.abc import AsyncIterator, Iterator

import pytest

from app.web.sign_in import keys
from tests.forged import attacker_key
from tests.house import Client, TestHouse
from tests.issuer import compact, setting
from tests.provider import FRONTEND, Provider, a_provider

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    """One for both engines."""
    with a_provider(tmp_path_factory.mktemp("provider")) as provider:
        yield provider


@pytest.fixture
async def trusting(own_url: str, provider: Provider) -> AsyncIterator[TestHouse]:
    """A service that trusts it."""
    async with TestHouse.over(own_url, oidc_issuers=setting(provider.settings)) as house:
        yield house


def move(house: TestHouse, seconds: float) -> None:
    """Time goes by for the keys of the service's one issuer."""
    sign_in = house.app.rooms.gatekeeper.sign_in
    assert sign_in is not None
    (ring,) = sign_in.rings.values()
    now = ring.now
    ring.now = lambda: now() + seconds


async def test_a_person_signs_in_end_to_end(trusting: TestHouse, provider: Provider) -> None:
    handed_out = await provider.sign_in()
    ada = Client(trusting.http, handed_out["id_token"])
    me = (await ada.get("/v1/me")).json()
    assert (me["display_name"], me["email"], me["listed"]) == (
        "Ada Byron",
        "ada@example.org",
        False,
    )
    (identity,) = me["identities"]
    assert (identity["issuer"], identity["subject"]) == (provider.address, "ada")
    body = {
        "name": "Foot checks",
        "purpose": "Nobody goes a year without one.",
        "join_policy": "open",
    }
    made = (await ada.post("/v1/networks", body)).json()
    assert made["membership"]["role"] == "facilitator"
    again = Client(trusting.http, (await provider.sign_in(nonce="another"))["id_token"])
    assert (await again.get("/v1/me")).json()["id"] == me["id"]
    eve = Client(trusting.http, (await provider.sign_in("eve"))["id_token"])
    other = (await eve.get("/v1/me")).json()
    assert other["id"] != me["id"]
    assert (await eve.get(f"/v1/people/{me['id']}")).status_code == 404
    assert (await eve.post(f"/v1/networks/{made['id']}/join", {})).status_code == 201
    assert (await eve.get(f"/v1/people/{me['id']}")).json()["email"] is None
    opaque = Client(trusting.http, handed_out["access_token"])
    assert (await opaque.get("/v1/me")).status_code == 401


async def test_its_rotated_keys_are_followed(trusting: TestHouse, provider: Provider) -> None:
    old = Client(trusting.http, (await provider.sign_in())["id_token"])
    me = (await old.get("/v1/me")).json()
    provider.rotate()
    new = Client(trusting.http, (await provider.sign_in())["id_token"])
    assert (await new.get("/v1/me")).status_code == 401, "its keys were fetched within the minute"
    move(trusting, keys.COOLDOWN)
    assert (await new.get("/v1/me")).json()["id"] == me["id"]
    await trusting.app.rooms.gatekeeper.forget()
    assert (await old.get("/v1/me")).status_code == 401


async def test_it_is_asked_for_keys_once_a_minute_in_a_flood(
    trusting: TestHouse, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    before = provider.fetches()
    good = Client(trusting.http, (await provider.sign_in())["id_token"])
    assert (await good.get("/v1/me")).status_code == 200
    assert provider.fetches() == before + 1
    token = (await provider.sign_in())["id_token"]
    from app.web.sign_in.token import take_apart

    claims = take_apart(token).claims
    assert claims["aud"] == [FRONTEND]
    for minute in range(3):
        for number in range(200):
            header = {"alg": "RS256", "kid": f"unknown-{minute}-{number}", "typ": "JWT"}
            forged = Client(trusting.http, compact(header, claims, attacker_key().sign))
            assert (await forged.get("/v1/me")).status_code == 401
        assert provider.fetches() == before + 1 + minute
        move(trusting, keys.COOLDOWN)
    assert (await good.get("/v1/me")).status_code == 200
