"""Assessments: what a group found in conversation, the lowest level and the range, kept by facilitators."""

from typing import Any

import pytest

from tests.house import TestHouse
from tests.targets import ASSESSED
from tests.test_surveys import network

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


async def test_the_lowest_level_counts_and_the_range_is_told(house: TestHouse) -> None:
    people, network_id = await network(house, 3)
    fay, mel, out = people[0], people[1], await house.person("Out Side")
    path = f"/v1/networks/{network_id}/assessments"
    made = await fay.client.post(path, ASSESSED)
    assert made.status_code == 201, made.text
    document = made.json()
    level = document["levels"]["common_purpose"]
    assert level == {
        "level": 2, "lowest": 2, "highest": 4, "range": 2, "target": None, "notes": None
    }  # fmt: skip
    own = f"/v1/assessments/{document['id']}"
    assert (await mel.client.get(own)).json()["actions"] == []
    assert (await mel.client.post(path, ASSESSED)).json()["code"] == "forbidden"
    for method, address in (("GET", own), ("GET", path), ("DELETE", own), ("POST", path)):
        body = {"json": ASSESSED} if method == "POST" else {}
        assert (await out.client.request(method, address, **body)).status_code == 404
    wider = {**ASSESSED["levels"], "common_purpose": {"lowest": 1, "highest": 5, "target": 4}}
    changed = (await fay.client.patch(own, {"levels": wider, "notes": "Talk again."})).json()
    assert changed["levels"]["common_purpose"]["range"] == 4
    assert (changed["version"], changed["notes"]) == (2, "Talk again.")
    same = (await fay.client.patch(own, {"levels": wider, "held_on": "2026-03-01"})).json()
    assert same["version"] == 2
    later = await fay.client.post(path, {**ASSESSED, "held_on": "2026-06-01"})
    listed = [one["id"] for one in (await mel.client.get(path)).json()["items"]]
    assert listed == [later.json()["id"], document["id"]]
    assert (await fay.client.delete(own)).status_code == 204
    assert (await fay.client.get(own)).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"held_on": "2999-01-01"}, "/held_on"),
        ({"participants": 0}, "/participants"),
        (
            {"levels": {**ASSESSED["levels"], "critical_mass": {"lowest": 4, "highest": 3}}},
            "/levels/critical_mass",
        ),
        ({"notes": "Her NHS number is 943 476 5919."}, "/notes"),
    ],
)
async def test_what_cannot_be_is_refused(house: TestHouse, wrong: Json, pointer: str) -> None:
    people, network_id = await network(house, 1)
    path = f"/v1/networks/{network_id}/assessments"
    refused = await people[0].client.post(path, {**ASSESSED, **wrong})
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]


async def test_a_hidden_assessment_is_for_facilitators(house: TestHouse) -> None:
    people, network_id = await network(house, 4)
    second = people[3]
    spells = (await people[0].client.get(f"/v1/members?network_id={network_id}")).json()["items"]
    spell = next(one["id"] for one in spells if one["person"]["id"] == second.id)
    await people[0].client.patch(f"/v1/members/{spell}", {"role": "facilitator"})
    made = await people[0].client.post(f"/v1/networks/{network_id}/assessments", ASSESSED)
    own = f"/v1/assessments/{made.json()['id']}"
    said = {"content_kind": "assessment", "content_id": made.json()["id"], "reason": "offensive"}
    report = await people[1].client.post("/v1/reports", said)
    assert report.status_code == 201, report.text
    hide = f"/v1/reports/{report.json()['id']}"
    verdict = {"decision": "upheld", "hide": True, "note": "It names somebody."}
    decided = await second.client.post(f"{hide}/decide", verdict)
    assert decided.status_code == 200, decided.text
    assert (await people[1].client.get(own)).status_code == 404
    assert (await second.client.get(own)).status_code == 200
