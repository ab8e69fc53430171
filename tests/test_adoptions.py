"""Adoptions: who may report for whom, what is refused, and the sum on the result."""

import pytest

from tests.house import TestHouse
from tests.sharing import CODES, REPORT, Shared

pytestmark = pytest.mark.anyio


async def test_an_organisation_is_reported_once_and_then_anew(house: TestHouse) -> None:
    """201 with the address, then 200 and the same row; the sum on the result follows."""
    shared = await Shared.of(house)
    ben = await shared.person("Ben", CODES[1])
    path = f"/v1/results/{shared.result['id']}/adoptions/{CODES[1]}"
    first = await ben.client.put(path, {"stage": "planning"})
    assert first.status_code == 201, first.text
    made = first.json()
    assert first.headers["location"] == f"/v1/adoptions/{made['id']}"
    assert (made["mine"], made["counted"], made["version"]) == (True, True, 1)
    assert made["organisation"]["code"] == CODES[1]
    again = await ben.client.put(path, REPORT, headers={"If-Match": first.headers["etag"]})
    assert again.status_code == 200, again.text
    assert (again.json()["id"], again.json()["version"]) == (made["id"], 2)
    stale = await ben.client.put(path, REPORT, headers={"If-Match": first.headers["etag"]})
    assert stale.status_code == 412
    summary = await shared.summary(house.anonymous)
    assert summary["organisations"] == 1
    assert summary["stages"]["adopted"] == summary["effects"]["better"] == 1
    assert summary["stages"]["planning"] == 0
    assert summary["last_reported_on"] == made["last_reported_on"]
    assert [one["id"] for one in await shared.listed(house.anonymous)] == [made["id"]]
