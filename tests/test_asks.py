"""Requests for support: asked, offered, answered; and whom one may suit, by what every member may read."""

import asyncio
from typing import Any

import pytest

from tests.helping import Scene, heard, hidden, refused, scene
from tests.house import TestHouse, TestPerson

pytestmark = pytest.mark.anyio

ASK = {"title": "Who has set up group consultations?", "skills": ["group consultations"]}


async def offer(one: Scene, by: TestPerson, ask: dict[str, Any]) -> dict[str, Any]:
    """Somebody offers to help."""
    made = await by.client.post(f"/v1/asks/{ask['id']}/offers", {"text": "We have."})
    assert made.status_code == 201, made.text
    document: dict[str, Any] = made.json()
    assert document["network_id"] == one.network_id
    return document


async def test_a_request_is_made_offered_to_and_answered(house: TestHouse) -> None:
    one = await scene(house)
    ask = await one.add(one.mel, "asks", **ASK, needed_by_on="2030-01-01")
    path = f"/v1/asks/{ask['id']}"
    assert (ask["person_id"], ask["status"], ask["skills"]) == (one.mel.id, "open", ASK["skills"])
    edited = await one.mel.client.patch(path, {"skills": [], "needed_by_on": "2030-01-01"})
    assert (edited.json()["skills"], edited.json()["version"]) == ([], 2)
    first, second = [await offer(one, by, ask) for by in (one.ned, one.fay)]
    assert refused(await one.ned.client.post(f"{path}/offers", {"text": "I"})) == (409, "already_offered")  # fmt: skip
    assert refused(await one.mel.client.post(f"{path}/offers", {"text": "I"})) == (409, "own_ask")
    assert refused(await one.mel.client.delete(path)) == (409, "ask_has_offers")
    gone = await one.fay.client.post(f"/v1/offers/{second['id']}/withdraw")
    assert gone.json()["status"] == "withdrawn"
    late = {"helped_by": [second["id"]]}
    assert refused(await one.mel.client.post(f"{path}/answer", late))[0] == 422
    said = {"outcome_note": "We began", "helped_by": [first["id"], first["id"]]}
    answered = await one.mel.client.post(f"{path}/answer", said)
    assert (answered.json()["status"], answered.json()["outcome_note"]) == ("answered", "We began")
    offers = (await one.obs.client.get(f"{path}/offers")).json()["items"]
    assert [item["status"] for item in offers] == ["helped", "withdrawn"]
    for again in (
        await one.mel.client.post(f"{path}/answer", said),
        await one.mel.client.patch(path, {"title": "Other"}),
        await one.mel.client.post(f"{path}/withdraw"),
        await one.fay.client.post(f"{path}/offers", {"text": "I do"}),
        await one.ned.client.post(f"/v1/offers/{first['id']}/withdraw"),
    ):
        assert refused(again) == (409, "ask_closed")
    within = {"network_id": one.network_id}
    for status, expected in (("answered", [ask["id"]]), ("open", [])):
        page = (await one.obs.client.get("/v1/asks", params={**within, "status": status})).json()
        assert [item["id"] for item in page["items"]] == expected


async def test_of_many_offers_at_once_one_is_taken(house: TestHouse) -> None:
    one = await scene(house)
    ask = await one.add(one.mel, "asks", **ASK)
    path = f"/v1/asks/{ask['id']}/offers"
    answers = await asyncio.gather(*(one.ned.client.post(path, {"text": "I"}) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 7]


async def test_who_may(house: TestHouse) -> None:
    one = await scene(house)
    body = {"network_id": one.network_id, **ASK}
    for nobody in (one.obs, one.out):
        assert (await nobody.client.post("/v1/asks", body)).status_code == 403
    ask = await one.add(one.mel, "asks", **ASK)
    path = f"/v1/asks/{ask['id']}"
    made = await offer(one, one.ned, ask)
    assert (await one.obs.client.post(f"{path}/offers", {"text": "I"})).status_code == 403
    for call in ("withdraw", "answer"):
        json: Any = {} if call == "answer" else None
        assert (await one.fay.client.post(f"{path}/{call}", json)).status_code == 403
    assert (await one.fay.client.patch(path, {"title": "Mine"})).status_code == 403
    assert (await one.mel.client.post(f"/v1/offers/{made['id']}/withdraw")).status_code == 403
    for where in (path, f"{path}/offers", f"{path}/matches", f"/v1/offers/{made['id']}"):
        assert (await one.out.client.get(where)).status_code == 404
        assert (await one.obs.client.get(where)).status_code == 200
    bare = await one.add(one.mel, "asks", **ASK)
    assert (await one.mel.client.delete(f"/v1/asks/{bare['id']}")).status_code == 204


async def test_whom_a_request_may_suit(house: TestHouse) -> None:
    """Skills of who is not listed find nobody, for facilitators and operators neither."""
    one = await scene(house)
    knows = {"skills": ["Group consultation"]}
    for person, listed in ((one.ned, True), (one.fay, False)):
        said = await person.client.patch("/v1/me", {**knows, "listed": listed})
        assert said.status_code == 200, said.text
    within = {"network_id": one.network_id, "person_id": one.obs.id}
    (spell,) = (await one.obs.client.get("/v1/members", params=within)).json()["items"]
    offered = {"offer": "I help with group consultations"}
    assert (await one.obs.client.patch(f"/v1/members/{spell['id']}", offered)).status_code == 200
    ask = await one.add(one.mel, "asks", **ASK)
    path = f"/v1/asks/{ask['id']}/matches"
    operator = await house.person("Ada Operator", operator=True)
    for reader in (one.mel, one.fay, operator):
        items = (await reader.client.get(path)).json()["items"]
        found = [(item["person"]["id"], item["score"], item["reasons"]) for item in items]
        assert found == [
            (one.ned.id, 3, [{"field": "skills", "term": "group consultations"}]),
            (one.obs.id, 2, [{"field": "offer", "term": "group consultations"}]),
        ]
    await one.leave(one.ned)
    items = (await one.mel.client.get(path)).json()["items"]
    assert [item["person"]["id"] for item in items] == [one.obs.id]


async def test_what_is_open_ends_with_a_membership(house: TestHouse) -> None:
    one = await scene(house)
    asked = await one.add(one.ned, "asks", **ASK)
    made = await offer(one, one.ned, await one.add(one.mel, "asks", **ASK))
    await one.leave(one.ned)
    for path in (f"/v1/asks/{asked['id']}", f"/v1/offers/{made['id']}"):
        assert (await one.mel.client.get(path)).json()["status"] == "withdrawn"


async def test_what_is_reported_is_hidden(house: TestHouse) -> None:
    one = await scene(house)
    ask = await one.add(one.mel, "asks", **ASK)
    made = await offer(one, one.fay, ask)
    for kind, path, content_id in (
        ("offer", f"/v1/offers/{made['id']}", made["id"]),
        ("ask", f"/v1/asks/{ask['id']}", ask["id"]),
    ):
        await hidden(one, kind, content_id)
        assert (await one.obs.client.get(path)).status_code == 404
        assert (await one.fay.client.get(path)).status_code == 200
        assert (await heard(one.obs.client, one, kind))[-1][:2] == (content_id, "gone")


async def test_offers_go_with_a_request_that_is_hidden(house: TestHouse) -> None:
    one = await scene(house)
    ask = await one.add(one.mel, "asks", **ASK)
    path = f"/v1/offers/{(await offer(one, one.fay, ask))['id']}"
    await hidden(one, "ask", ask["id"])
    assert (await one.obs.client.get(path)).status_code == 404
    assert (await one.fay.client.get(path)).status_code == 200
