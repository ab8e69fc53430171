"""A listing of a network that lives elsewhere: kept by the operator, nobody belongs to it or joins it here."""

from typing import Any

import pytest

from tests.house import TestHouse

pytestmark = pytest.mark.anyio
REAL = {"name": "Valley Circle", "purpose": "Learn together.", "verified": "Source page read"}
HOME = "https://example.org/valley"


async def listing(house: TestHouse, **fields: Any) -> dict[str, Any]:
    keeper = await house.person("Keeper", operator=True)
    made = await keeper.client.post("/v1/networks", {**REAL, **fields})
    assert made.status_code == 201, made.text
    found: dict[str, Any] = made.json()
    return found


@pytest.mark.parametrize("hosted_at", [HOME, None])
async def test_nobody_belongs_to_it_here(house: TestHouse, hosted_at: str | None) -> None:
    network = await listing(house, hosted_at=hosted_at)
    assert network["member_count"] == 0
    assert network["facilitators"] == []
    assert network["membership"] is None
    assert network["lifecycle_stage"] is None
    assert not {"join", "add_member", "create_sub_group"} & set(network["actions"])
    ada = await house.person("Ada")
    refused = await ada.client.post(f"/v1/networks/{network['id']}/join", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "hosted_elsewhere")
    assert refused.json().get("hosted_at") == hosted_at
    assert "join" not in (await ada.client.get(f"/v1/networks/{network['id']}")).json()["actions"]
    for hosted in (True, False):
        params = {"hosted": str(hosted).lower(), "slug": network["slug"]}
        found = (await house.anonymous.get("/v1/networks", params=params)).json()["items"]
        assert [item["id"] for item in found] == ([network["id"]] if hosted else [])


async def test_only_the_operator_keeps_it(house: TestHouse) -> None:
    ada = await house.person("Ada")
    assert (await ada.client.post("/v1/networks", REAL)).status_code == 403
    network = await listing(house)
    address = f"/v1/networks/{network['id']}"
    assert (await ada.client.patch(address, {"hosted_at": HOME})).status_code == 403
    keeper = house.people["Keeper"].client
    assert (await keeper.patch(address, {"hosted_at": HOME})).json()["hosted_at"] == HOME
    told = await keeper.patch(address, {"verified": None, "lifecycle_stage": "maturation"})
    assert told.json()["lifecycle_stage"] == "maturation"


async def test_a_network_stays_where_it_lives(house: TestHouse) -> None:
    network = await listing(house)
    keeper = house.people["Keeper"].client
    emptied = await keeper.patch(f"/v1/networks/{network['id']}", {"verified": None})
    assert (emptied.status_code, emptied.json()["errors"][0]["code"]) == (422, "no_members")
    here = (await keeper.post("/v1/networks", {**REAL, "verified": None})).json()
    assert here["member_count"] == 1
    assert here["lifecycle_stage"] == "planning"
    for field, value in (("hosted_at", HOME), ("verified", "Asked them")):
        moved = await keeper.patch(f"/v1/networks/{here['id']}", {field: value})
        assert (moved.status_code, moved.json()["errors"][0]["code"]) == (422, "has_members")
        below = {**REAL, "verified": None, "parent_id": here["id"], field: value}
        refused = await keeper.post("/v1/networks", below)
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "not_here")
