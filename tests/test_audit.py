"""The audit as operators and facilitators read it, and what it keeps from whom."""

from typing import Any

import pytest

from app.features.audit import queries
from tests.house import Client, TestHouse
from tests.raw import raw

pytestmark = pytest.mark.anyio
NEW = {"name": "Asthma in the valley", "purpose": "Fewer asthma attacks in our patch."}
NOWHERE = "01900000-0000-7000-8000-00000000dead"


async def audit(client: Client, **params: Any) -> list[dict[str, Any]]:
    """Every page, two at a time where nothing else is said."""
    found: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        given = {"limit": 2, **params, **({"cursor": cursor} if cursor else {})}
        answer = await client.get("/v1/audit", params=given)
        assert answer.status_code == 200, answer.text
        found += answer.json()["items"]
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            return found


def told(items: list[dict[str, Any]]) -> list[str]:
    return [item["action"] for item in items]


async def test_a_facilitator_reads_what_happened_in_their_network(house: TestHouse) -> None:
    ada, ben, eve = [await house.person(name) for name in ("Ada", "Ben", "Eve")]
    root = await house.person("Root", operator=True)
    body = {**NEW, "visibility": "private", "join_policy": "request"}
    network = (await ada.client.post("/v1/networks", body)).json()
    within = {"network_id": network["id"]}
    spell = (await ben.client.post(f"/v1/networks/{network['id']}/join", {})).json()
    await ada.client.post(f"/v1/members/{spell['id']}/approve")
    below = {**NEW, "name": "Inhalers", "parent_id": network["id"], "visibility": "confidential"}
    inner = (await ada.client.post("/v1/networks", below)).json()
    await ada.client.patch(f"/v1/networks/{network['id']}", {"purpose": "None at all"})
    assert (await root.client.get("/v1/members", params=within)).status_code == 200

    seen = await audit(ada.client, **within)
    assert told(seen)[0] == "read.network"
    assert {"network.created", "member.requested", "member.approved"} <= set(told(seen))
    look, edit = seen[0], seen[1]
    assert (look["actor"], look["fields"]) == (
        {"id": root.id, "display_name": None},
        ["listMembers"],
    )
    assert edit["actor"] == {"id": ada.id, "display_name": "Ada"}
    assert "purpose" in edit["fields"]
    assert "None at all" not in str(seen)
    assert inner["id"] not in {item["resource_id"] for item in seen}
    mine = {item["token_id"] for item in seen if item["actor"] == edit["actor"]}
    assert None not in mine
    assert {item["token_id"] for item in seen if item["actor"] != edit["actor"]} == {None}
    assert {item["seal"] for item in seen} == {None}

    for other, status in ((ben, 403), (eve, 403)):
        refused = await other.client.get("/v1/audit", params=within)
        assert (refused.status_code, refused.json()["code"]) == (status, "forbidden")
    hidden = await eve.client.get("/v1/audit", params={"network_id": inner["id"]})
    never = await eve.client.get("/v1/audit", params={"network_id": NOWHERE})
    assert hidden.status_code == never.status_code == 404
    assert {**hidden.json(), "instance": ""} == {**never.json(), "instance": ""}
    whole = await ada.client.get("/v1/audit")
    assert (whole.status_code, whole.json()["errors"][0]["pointer"]) == (422, "?network_id")
    assert (await house.anonymous.get("/v1/audit", params=within)).status_code == 401


async def test_an_operator_reads_everything_and_is_on_record_for_it(house: TestHouse) -> None:
    ada, root = await house.person("Ada"), await house.person("Root", operator=True)
    shut = (await ada.client.post("/v1/networks", {**NEW, "visibility": "confidential"})).json()
    free = (await ada.client.post("/v1/networks", NEW)).json()
    everything = await audit(root.client, limit=100)
    assert {"person.created", "token.created", "network.created"} <= set(told(everything))
    assert all(item["seal"] and (item["token_id"] or item["actor"] is None) for item in everything)
    looks = await audit(ada.client, network_id=shut["id"], kind="read")
    assert [look["fields"] for look in looks] == [["listAudit"]] * len(looks) != []
    for named in ({"network_id": shut["id"]}, {"resource_id": shut["id"]}):
        before = len(await audit(ada.client, network_id=shut["id"], kind="read"))
        await root.client.get("/v1/audit", params=named)
        assert len(await audit(ada.client, network_id=shut["id"], kind="read")) == before + 1
    assert await audit(ada.client, network_id=free["id"], kind="read") == []
    assert (await ada.client.delete(f"/v1/networks/{free['id']}")).status_code == 204
    assert (await ada.client.get("/v1/audit", params={"network_id": free["id"]})).status_code == 404
    assert told(await audit(root.client, network_id=free["id"]))[0] == "network.deleted"


async def test_filters_and_pages(own_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """However few rows a page or a statement has: the same rows in the same order."""
    async with TestHouse.over(own_url) as house:
        await _filters_and_pages(house, monkeypatch)


async def _filters_and_pages(house: TestHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    ada, ben = await house.person("Ada"), await house.person("Ben")
    root = await house.person("Root", operator=True)
    network = (await ada.client.post("/v1/networks", {**NEW, "join_policy": "open"})).json()
    spell = (await ben.client.post(f"/v1/networks/{network['id']}/join", {})).json()
    for number in range(4):
        await ada.client.patch(f"/v1/networks/{network['id']}", {"aims": [f"Aim {number}"]})
    everything = await audit(root.client, limit=100)
    third = everything[2]["at"]
    filters: list[tuple[dict[str, Any], Any]] = [
        ({"actor_id": ben.id}, lambda item: (item["actor"] or {}).get("id") == ben.id),
        ({"resource_id": spell["id"]}, lambda item: item["resource_id"] == spell["id"]),
        ({"kind": "member"}, lambda item: item["kind"] == "member"),
        ({"action": "network.updated"}, lambda item: item["action"] == "network.updated"),
        ({"from_at": third}, lambda item: item["at"] >= third),
        (
            {"to_at": third, "kind": "network"},
            lambda item: item["at"] < third and item["kind"] == "network",
        ),
        ({"network_id": network["id"].upper()}, lambda item: item["network_id"] == network["id"]),
        ({"actor_id": NOWHERE}, lambda _: False),
    ]
    for params, wanted in filters:
        expected = [item for item in everything if wanted(item)]
        for limit, stride in ((100, 20_000), (1, 20_000), (3, 1), (100, 2)):
            monkeypatch.setattr(queries, "STRIDE", stride)
            assert await audit(root.client, limit=limit, **params) == expected, params
    monkeypatch.undo()
    ats = [item["at"] for item in everything]
    assert ats == sorted(ats, reverse=True)


async def test_a_cursor_is_for_its_reader_and_its_filters_and_tells_nothing(own_url: str) -> None:
    async with TestHouse.over(own_url) as house:
        await _cursors(house, own_url)


async def _cursors(house: TestHouse, url: str) -> None:
    ada, ben = await house.person("Ada"), await house.person("Ben")
    network = (await ada.client.post("/v1/networks", {**NEW, "join_policy": "open"})).json()
    spell = (await ben.client.post(f"/v1/networks/{network['id']}/join", {})).json()
    await ada.client.patch(f"/v1/members/{spell['id']}", {"role": "facilitator"})
    within = {"network_id": network["id"], "limit": 1}
    cursors = []
    for _ in range(2):
        cursors.append((await ada.client.get("/v1/audit", params=within)).json()["next_cursor"])
        await raw(url, "UPDATE feed_head SET seq = seq + 100000000")
        await raw(url, "UPDATE change SET seq = seq + 100000000")
    assert len(cursors[0]) == len(cursors[1]), "the length of a cursor counts what happened"
    for client, more in ((ben.client, {}), (ada.client, {"kind": "member"})):
        answer = await client.get("/v1/audit", params={**within, **more, "cursor": cursors[1]})
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_cursor")


async def test_a_token_needs_the_scope(house: TestHouse) -> None:
    ada = await house.person("Ada")
    network = (await ada.client.post("/v1/networks", NEW)).json()
    for scopes, status in (('["networks:read", "members:read"]', 403), ('["audit:read"]', 200)):
        client = Client(house.http, await house.token(ada.id, scopes=scopes))
        answer = await client.get("/v1/audit", params={"network_id": network["id"]})
        assert answer.status_code == status
