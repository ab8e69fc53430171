"""A repeated POST with the same key has one effect and the same answer."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.house import TestHouse

pytestmark = pytest.mark.anyio
NEW = {"name": "Asthma in the valley", "purpose": "Fewer asthma attacks in our patch."}


async def test_replay(house: TestHouse) -> None:
    ada, eve = await house.person("Ada"), await house.person("Eve")
    key = {"Idempotency-Key": "first-try"}
    first = await ada.client.post("/v1/networks", NEW, headers=key)
    again = await ada.client.post("/v1/networks", NEW, headers=key)
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["idempotent-replayed"] == "true"
    assert again.headers["location"] == first.headers["location"]
    other = await ada.client.post("/v1/networks", {**NEW, "name": "Another"}, headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    hers = await eve.client.post("/v1/networks", NEW, headers=key)
    assert hers.status_code == 201
    assert hers.json()["id"] != first.json()["id"]


async def test_replay_of_a_decline_whose_row_is_out_of_sight(house: TestHouse) -> None:
    ada, eve = await house.person("Ada"), await house.person("Eve")
    network = (await ada.client.post("/v1/networks", NEW)).json()
    spell = (await eve.client.post(f"/v1/networks/{network['id']}/join", {})).json()
    path, key = f"/v1/members/{spell['id']}/decline", {"Idempotency-Key": "no"}
    assert (await ada.client.post(path, headers=key)).status_code == 204
    assert (await ada.client.post(path)).status_code == 404
    assert (await ada.client.post(path, headers=key)).status_code == 204


async def test_a_key_may_be_used_again_after_a_day(database_url: str) -> None:
    now = [datetime(2026, 11, 1, tzinfo=UTC)]
    async with TestHouse.over(database_url, clock=lambda: now[0]) as house:
        ada = await house.person("Ada")
        key = {"Idempotency-Key": "daily"}
        first = await ada.client.post("/v1/networks", NEW, headers=key)
        now[0] += timedelta(hours=25)
        second = await ada.client.post("/v1/networks", {**NEW, "name": "Later"}, headers=key)
        assert (first.status_code, second.status_code) == (201, 201)
        assert first.json()["id"] != second.json()["id"]
