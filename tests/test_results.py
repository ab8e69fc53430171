"""Writing a result up: a draft, and who reads of it."""

import pytest

from tests.house import TestHouse
from tests.meetings import Group

pytestmark = pytest.mark.anyio

DRAFT = {"title": "Fewer missed retinal screenings", "problem": "One in three missed it."}


async def test_a_draft_is_for_its_authors_alone(house: TestHouse) -> None:
    """No member, facilitator or operator reads a draft; a fellow author does."""
    group = await Group.of(house)
    ann = await house.person("Ann Author")
    await group.join(ann)
    body = {**DRAFT, "network_id": group.network_id, "author_ids": [group.mel.id]}
    made = await ann.client.post("/v1/results", body)
    assert made.status_code == 201, made.text
    found = made.json()
    assert (found["status"], found["mine"], found["published_on"]) == ("draft", True, None)
    assert [card["display_name"] for card in found["authors"]] == ["Ann Author", "Mel Brown"]
    assert {"update", "publish", "delete"} <= set(found["actions"])
    path = made.headers["location"]
    operator = await house.person("Ola Operator", operator=True)
    for person, status in ((ann, 200), (group.mel, 200), (group.fay, 404), (operator, 404)):
        assert (await person.client.get(path)).status_code == status, person
    assert (await house.anonymous.get(path)).status_code == 404


async def test_ids_and_stamps_tell_no_time(house: TestHouse) -> None:
    """The id is a UUIDv4, what is told are days, in the feed too."""
    group = await Group.of(house)
    body = {**DRAFT, "network_id": group.network_id}
    found = (await group.mel.client.post("/v1/results", body)).json()
    assert found["id"][14] == "4"
    assert "created_at" not in found
    feed = (await group.mel.client.get("/v1/changes", params={"limit": "100"})).json()
    (told,) = [item for item in feed["items"] if item["id"] == found["id"]]
    assert told["at"].endswith("T00:00:00.000000Z")
    assert (told["kind"], told["op"]) == ("result", "upsert")


async def test_nobody_hears_of_a_draft(house: TestHouse) -> None:
    """The feed of a member, a facilitator and an operator says nothing."""
    group = await Group.of(house)
    operator = await house.person("Ola Operator", operator=True)
    body = {**DRAFT, "network_id": group.network_id}
    found = (await group.mel.client.post("/v1/results", body)).json()
    for person in (group.fay, operator):
        feed = (await person.client.get("/v1/changes", params={"limit": "100"})).json()
        assert found["id"] not in {item["id"] for item in feed["items"]}


async def test_an_author_is_an_active_member(house: TestHouse) -> None:
    """A stranger as fellow author is refused like nobody at all, and nothing is written."""
    group = await Group.of(house)
    out = await house.person("Out")
    for author in (out.id, "018f4c1e-7a52-7c3b-9d60-3f5b8a1c2d4e"):
        body = {**DRAFT, "network_id": group.network_id, "author_ids": [author]}
        answer = await group.mel.client.post("/v1/results", body)
        assert answer.status_code == 422
        (error,) = answer.json()["errors"]
        assert (error["pointer"], error["code"]) == ("/author_ids", "unknown_reference")


async def test_the_audit_names_no_author(house: TestHouse) -> None:
    """Facilitators and operators find no row of a draft; the author finds their own, with the time."""
    group = await Group.of(house)
    operator = await house.person("Ola Operator", operator=True)
    body = {**DRAFT, "network_id": group.network_id}
    made = (await group.fay.client.post("/v1/results", body)).json()
    params = {"network_id": group.network_id, "resource_id": made["id"]}
    own = (await group.fay.client.get("/v1/audit", params=params)).json()["items"]
    assert [(row["action"], row["actor"]["id"]) for row in own] == [
        ("result.drafted", group.fay.id)
    ]
    for more in (
        {},
        {"actor_id": group.fay.id},
        {"kind": "result"},
        {"from_at": "2000-01-01T00:00:00Z"},
    ):
        seen = await operator.client.get("/v1/audit", params={**params, **more})
        assert (seen.status_code, seen.json()["items"]) == (200, [])
