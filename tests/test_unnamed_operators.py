"""An operator's look inside is on record; what they wrote themselves is not, for the record would name its author."""

from typing import Any

import pytest

from tests.house import TestHouse, TestPerson
from tests.meetings import Group
from tests.results import on, rewritten

Json = dict[str, Any]
pytestmark = pytest.mark.anyio


async def looks(group: Group, operator: TestPerson) -> list[str]:
    """The operations that a facilitator reads of this operator in the audit."""
    query = {"network_id": group.network_id, "limit": "100"}
    rows = (await group.fay.client.get("/v1/audit", params=query)).json()["items"]
    assert rows
    named = [row for row in rows if row["actor"] and row["actor"]["id"] == operator.id]
    return [name for row in named if row["action"] == "read.network" for name in row["fields"]]


async def shared_in(house: TestHouse, group: Group, author: TestPerson) -> Json:
    """A published result of this author."""
    body = {"network_id": group.network_id, "title": "Fewer falls", "kind": "idea"}
    made: Json = (await author.client.post("/v1/results", body)).json()
    await rewritten(house, made, status="published", published_on=on("2026-03-02"))
    return made


async def test_a_report_feedback_and_an_adoption_name_no_operator(house: TestHouse) -> None:
    """Nor is the look noted in other words; a look by itself still is."""
    group = await Group.of(house, visibility="private")
    result = await shared_in(house, group, group.mel)
    operator = await house.person("Olga", operator=True)
    report = {"content_kind": "result", "content_id": result["id"], "reason": "offensive"}
    said = {"result_id": result["id"], "kind": "concern", "text": "Why?"}
    reported = await operator.client.post("/v1/reports", report)
    given = await operator.client.post("/v1/feedback", {**said, "attribution": "network_only"})
    assert (reported.status_code, given.status_code) == (201, 201)
    path = f"/v1/feedback/{given.json()['id']}"
    assert (await operator.client.patch(path, {"text": "Why not?"})).status_code == 200
    assert await looks(group, operator) == []

    assert (await operator.client.get(f"/v1/results/{result['id']}")).status_code == 200
    assert await looks(group, operator) == ["getResult"]


async def test_an_operator_who_wrote_a_result_is_not_named_by_editing_it(house: TestHouse) -> None:
    """Also after they left the network, when they are inside by an operator's right."""
    group = await Group.of(house, visibility="private")
    operator = await house.person("Oscar", operator=True)
    joined = await operator.client.post(f"/v1/networks/{group.network_id}/join", {})
    assert joined.status_code == 201, joined.text
    result = await shared_in(house, group, operator)
    left = await operator.client.delete(f"/v1/members/{joined.json()['id']}")
    assert left.status_code == 204, left.text
    edited = await operator.client.patch(f"/v1/results/{result['id']}", {"title": "Fewer falls!"})
    assert edited.status_code == 200, edited.text
    measure = {"result_id": result["id"], "name": "Falls", "kind": "outcome", "frequency": "month"}
    measured = await operator.client.post("/v1/measures", {**measure, "chart": "run"})
    assert measured.status_code == 201, measured.text
    figures = {"observations": [{"on": "2026-01-01", "numerator": 12}]}
    path = f"/v1/measures/{measured.json()['id']}/observations"
    assert (await operator.client.put(path, figures)).status_code == 200
    assert await looks(group, operator) == []
