"""Ways in that a hostile client with ordinary tokens found, each closed: what they must not learn or keep."""

import asyncio
import json
import logging
import socket
from contextlib import suppress
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest

from app.cli import server
from app.core import fetching
from app.core.viewer import PERSONAL_SCOPES
from app.models import Network
from tests.house import Client, TestHouse, TestPerson
from tests.proofs.loopback import served
from tests.test_waiting_in_line import IN_LINE, locked

pytestmark = pytest.mark.anyio
NEW = {"name": "A network", "purpose": "To be attacked.", "join_policy": "open"}


async def make(person: TestPerson, **fields: Any) -> dict[str, Any]:
    """A network that this person sets up."""
    made = await person.client.post("/v1/networks", {**NEW, **fields})
    assert made.status_code == 201, made.text
    found: dict[str, Any] = made.json()
    return found


async def facilitate(ada: TestPerson, ben: TestPerson, network_id: str) -> str:
    """Ben joins, and Ada makes him a facilitator as well. Returns his spell's id."""
    joined = await ben.client.post(f"/v1/networks/{network_id}/join", {})
    spell: str = joined.json()["id"]
    raised = await ada.client.patch(f"/v1/members/{spell}", {"role": "facilitator"})
    assert raised.status_code == 200, raised.text
    return spell


async def test_a_refusal_names_no_hidden_sub_group(house: TestHouse) -> None:
    """Whoever facilitates the parent cannot see a confidential sub-group, and is not told its name by an error."""
    ada, ben = await house.person("Ada"), await house.person("Ben")
    parent = await make(ada)
    spell = await facilitate(ada, ben, parent["id"])
    inner = await make(ben, name="Quiet enquiry", visibility="confidential", parent_id=parent["id"])
    assert (await ada.client.get(f"/v1/networks/{inner['id']}")).status_code == 404
    refused = await ada.client.delete(f"/v1/members/{spell}")
    assert (refused.status_code, refused.json()["code"]) == (409, "last_facilitator")
    assert "Quiet" not in refused.text
    own = await ben.client.delete(f"/v1/members/{spell}")
    assert (own.status_code, "Quiet enquiry" in own.json()["detail"]) == (409, True)


@pytest.mark.parametrize(("visibility", "told"), [("private", False), ("open", True)])
async def test_a_refusal_says_where_a_listing_lives_to_who_may_read_it(
    house: TestHouse, visibility: str, told: bool
) -> None:
    """The address of a private listing is not of the name tier, and joining it does not bring it out."""
    keeper, ada = await house.person("Keeper", operator=True), await house.person("Ada")
    home = "https://example.org/behind"
    network = await make(keeper, visibility=visibility, hosted_at=home)
    read = (await ada.client.get(f"/v1/networks/{network['id']}")).json()
    refused = await ada.client.post(f"/v1/networks/{network['id']}/join", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "hosted_elsewhere")
    assert (read["hosted_at"] == home, home in refused.text) == (told, told)


async def settle_below_while_removed(house: TestHouse) -> httpx2.Response:
    """Ben sets up a sub-group while he waits behind his own removal from the parent. Returns his answer."""
    ada, ben = await house.person("Ada"), await house.person("Ben")
    parent = await make(ada)
    spell = await facilitate(ada, ben, parent["id"])
    async with locked(house, parent["id"]):
        removing = asyncio.create_task(ada.client.delete(f"/v1/members/{spell}"))
        await asyncio.sleep(IN_LINE)
        body = {**NEW, "parent_id": parent["id"]}
        settling = asyncio.create_task(ben.client.post("/v1/networks", body))
        await asyncio.sleep(IN_LINE)
    assert (await removing).status_code == 204
    return await settling


async def test_a_right_lost_while_waiting_is_lost(house: TestHouse) -> None:
    """Who was removed while their request waited for the network's lock has no right left in it."""
    assert (await settle_below_while_removed(house)).status_code == 403


async def test_a_right_lost_while_waiting_control(
    house: TestHouse, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the look at the version the stale right is used, where writers wait inside a statement."""
    monkeypatch.setattr(fetching, "_version_in_snapshot", lambda: Network.version)
    waits_inside = engine == "postgresql"
    answer = await settle_below_while_removed(house)
    assert answer.status_code == (201 if waits_inside else 403)


async def test_a_key_does_not_open_what_an_operator_was_told(house: TestHouse) -> None:
    """An operator's token that does not operate gets no kept answer of one that does."""
    keeper = await house.person("Keeper", operator=True)
    scopes = json.dumps(sorted(PERSONAL_SCOPES))
    narrow = Client(house.http, await house.token(keeper.id, scopes=scopes))
    body = {"display_name": "Sam Patel", "email": f"sam.{keeper.id}@example.org"}
    headers = {"Idempotency-Key": "made once"}
    first = await keeper.client.post("/v1/people", body, headers=headers)
    again = await keeper.client.post("/v1/people", body, headers=headers)
    assert (first.status_code, again.json()) == (201, first.json())
    refused = await narrow.post("/v1/people", body, headers=headers)
    assert refused.status_code in {403, 422}
    assert first.json()["id"] not in refused.text


@pytest.mark.parametrize(
    ("path", "logged"),
    [
        ("/v1/tokens/qi_live_" + "a" * 43, "/v1/tokens/*"),
        ("/v1/qi_live_" + "a" * 43, "/v1/*"),
        ("/v1/people/sam.patel@example.org", "/v1/people/*"),
        ("/v1/people/Sam%20Patel%0A", "/v1/people/*"),
        ("/v1/networks/018f4c1e-7a52-7c3b-9d60-3f5b8a1c2d4e/purposes", None),
        ("/v1/organisations/QKS", None),
    ],
)
async def test_the_log_has_no_name_and_no_token(
    house: TestHouse, caplog: pytest.LogCaptureFixture, path: str, logged: str | None
) -> None:
    """What somebody puts into a path by mistake stays out of the log; ids and codes are in it."""
    rooms = house.app.rooms
    settings = rooms.settings.model_copy(update={"access_log": True})
    house.app.rooms = replace(rooms, settings=settings)
    caplog.set_level(logging.INFO, "qi_networks.access")
    await house.http.get(path)
    assert [json.loads(record.message)["path"] for record in caplog.records] == [logged or path]


def begins_and_goes_on(address: str, size: int) -> bytes:
    """The first bytes answered to a request whose one header has this size."""
    place = urlsplit(address)
    with socket.create_connection((place.hostname, place.port or 80), timeout=10) as connection:
        with suppress(OSError):  # the server hangs up
            connection.sendall(b"GET /livez HTTP/1.1\r\nHost: here\r\nX-Long: ")
            for _ in range(size // 10_000):
                connection.sendall(b"x" * 10_000)
            connection.sendall(b"\r\nConnection: close\r\n\r\n")
        with suppress(ConnectionResetError):
            return connection.recv(12)
    return b""


@pytest.mark.parametrize(
    ("limit", "size", "answers"),
    [
        (server.LONGEST_HEAD, 20_000, {b"HTTP/1.1 200"}),
        (server.LONGEST_HEAD, 3_000_000, {b"HTTP/1.1 400", b""}),
        (10_000_000, 3_000_000, {b"HTTP/1.1 200"}),  # the control: the parser takes any number
    ],
)
def test_headers_without_an_end(
    own_url: str, monkeypatch: pytest.MonkeyPatch, limit: int, size: int, answers: set[bytes]
) -> None:
    """A client that only ever sends headers is hung up on."""
    monkeypatch.setattr(server, "LONGEST_HEAD", limit)
    with served(own_url) as address:
        assert begins_and_goes_on(address, size) in answers
        assert begins_and_goes_on(address, 0) == b"HTTP/1.1 200"
