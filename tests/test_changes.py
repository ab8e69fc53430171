"""The feed: what a caller may see of what happened, in order, and nothing of the rest."""

from typing import Any

import pytest

from app.exchange.sync import queries
from tests.house import Client, TestHouse

pytestmark = pytest.mark.anyio
NEW = {"name": "Asthma in the valley", "purpose": "Fewer asthma attacks in our patch."}


async def follow(
    client: Client, cursor: str | None, **params: Any
) -> tuple[list[tuple[str, str, str]], str]:
    """Everything since the cursor as (op, kind, id), and where to go on."""
    found: list[tuple[str, str, str]] = []
    while True:
        answer = (
            await client.get(
                "/v1/changes", params={**params, **({"cursor": cursor} if cursor else {})}
            )
        ).json()
        found += [(item["op"], item["kind"], item["id"]) for item in answer["items"]]
        cursor = answer["next_cursor"]
        assert cursor is not None
        if not answer["has_more"]:
            return found, cursor


async def start(client: Client) -> str:
    """A cursor from a list."""
    cursor: str = (await client.get("/v1/networks", params={"limit": 1})).json()["changes_cursor"]
    return cursor


async def test_a_restricted_network_as_each_reader_sees_it(house: TestHouse) -> None:
    """Joins show outside as a network whose count moved; who joined shows inside only."""
    ada, ben, eve = [await house.person(name) for name in ("Ada", "Ben", "Eve")]
    here, outside, nobody = (
        await start(ada.client),
        await start(eve.client),
        await start(house.anonymous),
    )
    network = (
        await ada.client.post(
            "/v1/networks", {**NEW, "visibility": "restricted", "join_policy": "open"}
        )
    ).json()
    spell = (await ben.client.post(f"/v1/networks/{network['id']}/join", {})).json()
    mine, here = await follow(ada.client, here)
    assert mine[0] == ("scope_changed", "network", network["id"])
    assert mine[-2:] == [("upsert", "member", spell["id"]), ("upsert", "network", network["id"])]
    seen, outside = await follow(eve.client, outside)
    assert seen == [("upsert", "network", network["id"])] * 2
    assert (await follow(house.anonymous, nobody))[0] == seen

    await ada.client.patch(f"/v1/networks/{network['id']}", {"resourcing": "An hour a week"})
    assert (await follow(eve.client, outside))[0] == []
    assert (await follow(ada.client, here))[0] == [("upsert", "network", network["id"])]


async def test_leaving_and_going_out_of_sight(house: TestHouse) -> None:
    """A leaver hears that the scope changed; outsiders hear `gone` when a network becomes confidential."""
    ada, ben, eve = [await house.person(name) for name in ("Ada", "Ben", "Eve")]
    network = (await ada.client.post("/v1/networks", {**NEW, "join_policy": "open"})).json()
    spell = (await ben.client.post(f"/v1/networks/{network['id']}/join", {})).json()
    ada_at, ben_at, eve_at = (
        await start(ada.client),
        await start(ben.client),
        await start(eve.client),
    )
    await ben.client.delete(f"/v1/members/{spell['id']}")
    gone = ("gone", "member", spell["id"])
    assert (await follow(ada.client, ada_at))[0] == [gone, ("upsert", "network", network["id"])]
    seen, ben_at = await follow(ben.client, ben_at)
    assert seen == [gone, ("scope_changed", "network", network["id"])]
    seen, eve_at = await follow(eve.client, eve_at)
    assert seen == [("upsert", "network", network["id"])]

    await ada.client.patch(f"/v1/networks/{network['id']}", {"visibility": "confidential"})
    assert (await follow(eve.client, eve_at))[0] == [("gone", "network", network["id"])]
    eve_at = (await follow(eve.client, eve_at))[1]
    await ada.client.patch(f"/v1/networks/{network['id']}", {"name": "Not for Eve"})
    assert (await follow(eve.client, eve_at))[0] == []
    await ada.client.patch(f"/v1/networks/{network['id']}", {"visibility": "open"})
    assert (await follow(eve.client, eve_at))[0] == [("scope_changed", "network", network["id"])]


async def test_a_declined_request_is_nobody_elses_business(house: TestHouse) -> None:
    """Plain members hear neither of the request nor of its end."""
    ada, ben, eve = [await house.person(name) for name in ("Ada", "Ben", "Eve")]
    network = (await ada.client.post("/v1/networks", {**NEW, "join_policy": "open"})).json()
    await ben.client.post(f"/v1/networks/{network['id']}/join", {})
    await ada.client.patch(f"/v1/networks/{network['id']}", {"join_policy": "request"})
    ada_at, ben_at = await start(ada.client), await start(ben.client)
    spell = (await eve.client.post(f"/v1/networks/{network['id']}/join", {})).json()
    seen, ada_at = await follow(ada.client, ada_at)
    assert seen == [("upsert", "member", spell["id"])]
    assert (await ada.client.post(f"/v1/members/{spell['id']}/decline")).status_code == 204
    assert (await follow(ada.client, ada_at))[0] == [("gone", "member", spell["id"])]
    assert (await follow(ben.client, ben_at))[0] == []


async def test_cursors(house: TestHouse) -> None:
    """A cursor is its owner's, has one length, and is refused when it is anything else."""
    ada, eve = await house.person("Ada"), await house.person("Eve")
    cursor = await start(ada.client)
    assert len(cursor) == len(await start(eve.client))
    other = await eve.client.get("/v1/changes", params={"cursor": cursor})
    assert (other.status_code, other.json()["code"]) == (400, "invalid_cursor")
    other_letter = "A" if cursor[20] != "A" else "B"
    changed = f"{cursor[:20]}{other_letter}{cursor[21:]}"
    broken = await ada.client.get("/v1/changes", params={"cursor": changed})
    assert broken.status_code == 400


async def test_a_page_is_found_stretch_by_stretch(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However few positions one statement looks at: the same rows, the same pages, nothing at their borders lost."""
    ada, eve = await house.person("Ada"), await house.person("Eve")
    for visibility in ("open", "confidential", "confidential", "open", "confidential"):
        await ada.client.post("/v1/networks", {**NEW, "visibility": visibility})
    cursor = await start(eve.client)
    for limit in (1, 2, 100):
        at_once, end = await follow(eve.client, None, limit=limit)
        assert len({found[2] for found in at_once}) >= 2
        for stride in (1, 2, 3):
            monkeypatch.setattr(queries, "STRIDE", stride)
            assert (await follow(eve.client, None, limit=limit))[0] == at_once
            assert (await follow(eve.client, cursor, limit=limit))[0] == []
            assert (await follow(eve.client, end, limit=limit))[0] == []
        monkeypatch.undo()


async def test_an_operator_hears_nothing_of_other_peoples_tokens(house: TestHouse) -> None:
    """They read none but their own, so there is nothing to keep a copy of."""
    ada, root = await house.person("Ada"), await house.person("Root", operator=True)
    here, hers = await start(root.client), await start(ada.client)
    made = await ada.client.post("/v1/tokens", {"name": "Mine", "scopes": ["networks:read"]})
    own = await root.client.post("/v1/tokens", {"name": "Own", "scopes": ["networks:read"]})
    assert (await ada.client.delete(f"/v1/tokens/{made.json()['id']}")).status_code == 204
    heard = (await follow(root.client, here))[0]
    assert heard == [("upsert", "token", own.json()["id"])]
    assert ("gone", "token", made.json()["id"]) in (await follow(ada.client, hers))[0]
