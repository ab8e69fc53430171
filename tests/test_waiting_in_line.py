"""Who waits for a lock goes by what is true when it is theirs, not by what they saw before they waited."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from app.core.fetching import sight_network
from app.core.work import Work, perform
from tests.house import TestHouse

pytestmark = pytest.mark.anyio
NEW = {
    "name": "A busy network",
    "purpose": "Where two things happen at once.",
    "visibility": "open",
}
IN_LINE = 0.15  # seconds; long enough to reach the lock, far below the lock timeout


@asynccontextmanager
async def locked(house: TestHouse, network_id: str) -> AsyncIterator[None]:
    """Somebody else works on this network; on leaving they are done, and whoever waits comes in order."""
    holding, done = asyncio.Event(), asyncio.Event()

    async def hold(work: Work) -> None:
        await sight_network(work, network_id)
        holding.set()
        await done.wait()

    holder = asyncio.create_task(perform(house.app.rooms.house, hold))
    await holding.wait()
    try:
        yield
    finally:
        done.set()
        await holder


async def test_an_invitation_is_accepted_once(house: TestHouse) -> None:
    """Two joins of one invited person wait together: one counts."""
    ada, ben = await house.person("Ada"), await house.person("Ben", listed=True)
    network = (await ada.client.post("/v1/networks", NEW)).json()
    path = f"/v1/networks/{network['id']}"
    invited = await ada.client.post(
        "/v1/members", {"network_id": network["id"], "person_id": ben.id}
    )
    assert invited.status_code == 201, invited.text
    async with locked(house, network["id"]):
        joins = [asyncio.create_task(ben.client.post(f"{path}/join", {})) for _ in range(2)]
        await asyncio.sleep(IN_LINE)
    answers = sorted([await join for join in joins], key=lambda answer: answer.status_code)
    assert [answer.status_code for answer in answers] == [201, 409]
    assert answers[1].json()["code"] == "already_member"
    assert (await ada.client.get(path)).json()["member_count"] == 2


async def test_what_is_new_below_is_tightened_too(house: TestHouse) -> None:
    """A sub-group of a sub-group that is made while the network at the top turns confidential is hidden with it."""
    ada = await house.person("Ada")
    top = (await ada.client.post("/v1/networks", NEW)).json()
    middle = (await ada.client.post("/v1/networks", {**NEW, "parent_id": top["id"]})).json()
    async with locked(house, middle["id"]):
        making = asyncio.create_task(
            ada.client.post("/v1/networks", {**NEW, "parent_id": middle["id"]})
        )
        await asyncio.sleep(IN_LINE)
        hiding = asyncio.create_task(
            ada.client.patch(f"/v1/networks/{top['id']}", {"visibility": "confidential"})
        )
        await asyncio.sleep(IN_LINE)
    made, hidden = await making, await hiding
    assert (made.status_code, hidden.status_code) == (201, 200), (made.text, hidden.text)
    for network in (top, middle, made.json()):
        assert (await house.anonymous.get(f"/v1/networks/{network['id']}")).status_code == 404
