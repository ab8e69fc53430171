"""The wheel: small cases by hand, as of now and as of days that are over."""

from typing import Any

import pytest

from tests.house import TestHouse
from tests.meetings import Group

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


async def read(person: Any, network_id: str, **params: Any) -> dict[str, Json]:
    """The indicators by code."""
    answer = await person.client.get(f"/v1/networks/{network_id}/wheel", params=params)
    assert answer.status_code == 200, answer.text
    return {one["code"]: one for c in answer.json()["cs"] for one in c["indicators"]}


async def test_a_young_network(house: TestHouse) -> None:
    group = await Group.of(house)
    found = await read(group.mel, group.network_id)
    assert found["purpose_at_start"]["value"] == 1
    assert found["facilitators"]["value"] == 1
    assert found["active_rate"]["status"] == "not_enough_data"
