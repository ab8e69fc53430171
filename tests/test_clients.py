"""Clients: programs that get short access tokens by OAuth 2.0 client credentials, in somebody's name."""

import base64
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote_plus

import httpx2
import pytest

from tests.house import Client, TestHouse, TestPerson

pytestmark = pytest.mark.anyio
NEW = {"name": "Calendar of the practice", "scopes": ["networks:read", "people:read"]}


async def registered(person: TestPerson, **fields: Any) -> dict[str, Any]:
    """A client that may be registered."""
    answer = await person.client.post("/v1/clients", {**NEW, **fields})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def basic(client_id: str, secret: str) -> dict[str, str]:
    """`client_secret_basic`: both parts form-encoded, then joined."""
    pair = f"{quote_plus(client_id)}:{quote_plus(secret)}"
    return {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}


async def ask(
    house: TestHouse, path: str = "/oauth/token", headers: Any = None, **form: str
) -> httpx2.Response:
    """A form to the token endpoint."""
    return await house.anonymous.request(
        "POST", path, data={"grant_type": "client_credentials", **form}, headers=headers or {}
    )


async def access_token(house: TestHouse, made: dict[str, Any], **form: str) -> str:
    """An access token that there must be."""
    answer = await ask(house, headers=basic(made["id"], made["secret"]), **form)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


async def test_a_client_with_a_secret_acts_as_its_person(house: TestHouse) -> None:
    ada = await house.person("Ada")
    made = await registered(ada)
    assert made["secret"].startswith("qi_client_")
    answer = await ask(house, headers=basic(made["id"], made["secret"]), scope="people:read")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert {**found, "access_token": ""} == {
        "access_token": "", "token_type": "Bearer", "expires_in": 3600, "scope": "people:read",
    }  # fmt: skip
    assert answer.headers["cache-control"] == "no-store"
    program = Client(house.http, found["access_token"])
    me = (await program.get("/v1/me")).json()
    assert (me["id"], me["scopes"]) == (ada.id, ["people:read"])
    assert (await program.get("/v1/tokens")).json()["code"] == "insufficient_scope"
    posted = await ask(house, client_id=made["id"], client_secret=made["secret"])
    assert posted.json()["scope"] == "networks:read people:read"
    assert found["access_token"] not in (await ada.client.get("/v1/tokens")).text
    read = (await ada.client.get(f"/v1/clients/{made['id']}")).json()
    assert read["last_used_on"] == datetime.now(UTC).date().isoformat()
    assert "secret" not in read


async def test_revoking_the_client_ends_its_tokens_at_the_next_request(house: TestHouse) -> None:
    ada, eve = await house.person("Ada"), await house.person("Eve")
    made = await registered(ada)
    program = Client(house.http, await access_token(house, made))
    assert (await program.get("/v1/me")).status_code == 200
    path = f"/v1/clients/{made['id']}"
    for other in (eve, await house.person("Olga", operator=True)):
        assert (await other.client.get(path)).status_code == 404
        assert (await other.client.delete(path)).status_code == 404
    assert (await ada.client.delete(path)).status_code == 204
    assert (await program.get("/v1/me")).status_code == 401
    answer = await ask(house, headers=basic(made["id"], made["secret"]))
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert (await ada.client.delete(path)).status_code == 404
