"""PDSA cycles: numbered on their result, written by its authors, read by whoever sees it."""

from typing import Any

import pytest

from tests.house import TestHouse
from tests.sharing import Shared

pytestmark = pytest.mark.anyio
Json = dict[str, Any]
CYCLE: Json = {
    "title": "Call on two mornings", "started_on": "2026-01-12", "ended_on": "2026-01-23", "plan": "Call everybody.",
    "prediction": "Half book.", "do": "One was ill.", "study": "A third booked.", "act": "In the evening.",
    "decision": "adapt",
}  # fmt: skip


async def written(shared: Shared, status: int = 201, **fields: Any) -> Json:
    """POST a cycle as the author."""
    body = {"result_id": shared.result["id"], **fields}
    answer = await shared.ann.client.post("/v1/pdsa-cycles", body)
    assert answer.status_code == status, answer.text
    found: Json = answer.json()
    return found


async def test_cycles_are_numbered(house: TestHouse) -> None:
    """The next number, or the one that is given; a number that is taken is 409; in order of number."""
    shared = await Shared.of(house)
    first = await written(shared, **CYCLE)
    assert {name: first[name] for name in CYCLE} == CYCLE
    assert (first["number"], first["version"], first["id"][14]) == (1, 1, "4")
    assert (await written(shared, number=7))["title"] == "Cycle 7"
    assert (await written(shared))["number"] == 8
    assert (await written(shared, 409, number=7))["code"] == "cycle_number_taken"
    params = {"result_id": shared.result["id"]}
    for client in (house.anonymous, shared.group.mel.client, shared.ann.client):
        items = (await client.get("/v1/pdsa-cycles", params=params)).json()["items"]
        assert [one["number"] for one in items] == [1, 7, 8]
    last = {**params, "sort": "-number", "limit": "1"}
    page = (await house.anonymous.get("/v1/pdsa-cycles", params=last)).json()
    assert [one["number"] for one in page["items"]] == [8]
    page = await house.anonymous.get(
        "/v1/pdsa-cycles", params={**last, "cursor": page["next_cursor"]}
    )
    assert [one["number"] for one in page.json()["items"]] == [7]


async def test_a_hundred_at_most(house: TestHouse) -> None:
    """The hundred and first is 409."""
    shared = await Shared.of(house)
    for number in range(1, 101):
        await written(shared, number=number)
    assert (await written(shared, 409))["code"] == "too_many_cycles"


async def test_authors_alone_write(house: TestHouse) -> None:
    """403 for whoever sees the result and did not write it; 404 for a draft that is not theirs."""
    shared = await Shared.of(house)
    made = await written(shared)
    path, body = f"/v1/pdsa-cycles/{made['id']}", {"result_id": shared.result["id"]}
    for person in (shared.group.mel, shared.group.fay):
        assert (await person.client.post("/v1/pdsa-cycles", body)).status_code == 403
        assert (await person.client.patch(path, {"act": "Mine"})).status_code == 403
        assert (await person.client.delete(path)).status_code == 403
    await shared.edit(shared.result["id"], status="draft")
    for client in (shared.group.mel.client, shared.group.fay.client, house.anonymous):
        assert (await client.get(path)).status_code == 404
    assert (await shared.group.mel.client.patch(path, {"act": "Mine"})).status_code == 404
    assert (await shared.ann.client.patch(path, {"act": "Ours"})).json()["act"] == "Ours"
    draft = await written(shared)
    feed = await shared.group.fay.client.get(
        "/v1/changes", params={"kind": "pdsa_cycle", "limit": "100"}
    )
    assert draft["id"] not in feed.text


async def test_cycles_are_edited_and_deleted(house: TestHouse) -> None:
    """A merge patch with If-Match; days in order; a deleted one is gone for whoever saw it."""
    shared = await Shared.of(house)
    made = await written(shared, **CYCLE)
    other = await written(shared)
    path = f"/v1/pdsa-cycles/{made['id']}"
    tag = {"If-Match": (await shared.ann.client.get(path)).headers["etag"]}
    answer = await shared.ann.client.patch(path, {"do": None, "decision": "adopt"}, headers=tag)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["do"], answer.json()["decision"], answer.json()["version"]) == (
        None,
        "adopt",
        2,
    )
    assert (await shared.ann.client.patch(path, {"act": "No"}, headers=tag)).status_code == 412
    refused = await shared.ann.client.patch(path, {"ended_on": "2026-01-11"})
    (error,) = refused.json()["errors"]
    assert (refused.status_code, error["code"]) == (422, "ends_before_it_begins")
    taken = await shared.ann.client.patch(path, {"number": other["number"]})
    assert (taken.status_code, taken.json()["code"]) == (409, "cycle_number_taken")
    same = await shared.ann.client.patch(path, {"started_on": "2026-01-12", "number": 1})
    assert same.json()["version"] == 2, "nothing differs"
    assert (await shared.ann.client.delete(path)).status_code == 204
    assert (await house.anonymous.get(path)).status_code == 404
    of_network = {"kind": "pdsa_cycle", "limit": "100", "network_id": shared.group.network_id}
    feed = await house.anonymous.get("/v1/changes", params=of_network)
    assert [one["op"] for one in feed.json()["items"] if one["id"] == made["id"]][-1] == "gone"
    refused = await shared.ann.client.post(
        "/v1/pdsa-cycles",
        {"result_id": shared.result["id"], "started_on": "2026-02-02", "ended_on": "2026-02-01"},
    )
    assert refused.status_code == 422
