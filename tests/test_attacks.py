"""Ways in that a hostile client with ordinary tokens found, each closed: what they must not learn or keep."""

import asyncio
from typing import Any

import httpx2
import pytest

from app.core import fetching
from app.models import Network
from tests.house import TestHouse, TestPerson
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
