"""Signing in with an issuer's token: who that makes somebody, once, and what they may."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from app.core.viewer import PERSONAL_SCOPES
from app.models import Change, Identity, Person
from tests.house import Client, TestHouse
from tests.issuer import TestIssuer, an_issuer, new_key, setting

pytestmark = pytest.mark.anyio


@dataclass
class Signing:
    """A service and an issuer that it trusts."""

    house: TestHouse
    issuer: TestIssuer

    def client(self, subject: str = "ada", **claims: Any) -> Client:
        """Somebody signed in."""
        return Client(self.house.http, self.issuer.token(subject, **claims))

    async def me(self, subject: str = "ada", **claims: Any) -> dict[str, Any]:
        """Who that is."""
        answer = await self.client(subject, **claims).get("/v1/me")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


@pytest.fixture
async def signing(own_url: str) -> AsyncIterator[Signing]:
    async with (
        an_issuer() as issuer,
        TestHouse.over(own_url, oidc_issuers=setting(issuer.settings())) as house,
    ):
        yield Signing(house, issuer)


async def rows(house: TestHouse, *columns: Any) -> list[dict[str, Any]]:
    """A whole table."""
    key = ("all of", *(str(column) for column in columns))
    return await house.app.rooms.house.db.fetch(key, lambda: select(*columns), {})


async def test_the_first_sign_in_makes_an_unlisted_person(signing: Signing) -> None:
    me = await signing.me("ada", name="Ada Byron", email="ada@example.org", email_verified=True)
    assert (me["display_name"], me["email"], me["listed"]) == (
        "Ada Byron",
        "ada@example.org",
        False,
    )
    assert me["operator"] is False
    assert me["scopes"] == sorted(PERSONAL_SCOPES)
    again = await signing.me("ada", name="Augusta King", email="other@example.org")
    assert again == me
    assert (await signing.me("eve", email="ada@example.org"))["id"] != me["id"]
    changes = await rows(signing.house, Change.action, Change.resource_id, Change.token_id)
    assert {"action": "person.created", "resource_id": me["id"], "token_id": None} in changes


async def test_two_first_requests_at_once_make_one_person(signing: Signing) -> None:
    token = signing.issuer.token("ada")
    answers = await asyncio.gather(
        *(Client(signing.house.http, token).get("/v1/me") for _ in range(12))
    )
    assert [answer.status_code for answer in answers] == [200] * 12
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(await rows(signing.house, Identity.person_id)) == 1
    assert len(await rows(signing.house, Person.id)) == 1
    assert signing.issuer.fetches == 1


async def test_all_algorithms_of_the_list(own_url: str) -> None:
    names = ["RS256", "PS256", "ES256"]
    async with an_issuer(*(new_key(name, name) for name in names)) as issuer:
        given = setting(issuer.settings(algorithms=names))
        async with TestHouse.over(own_url, oidc_issuers=given) as house:
            for key in issuer.keys:
                client = Client(house.http, issuer.token("ada", key=key))
                assert (await client.get("/v1/me")).status_code == 200
