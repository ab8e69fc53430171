"""Links that a network keeps: added by members, each address once, read by members alone."""

import asyncio
from typing import Any

import pytest

from tests.house import TestHouse, TestPerson
from tests.meetings import Group

pytestmark = pytest.mark.anyio
LINK = {
    "title": "Seven films",
    "url": "https://example.org/films",
    "what_for": "To show in a review.",
}


async def added(person: TestPerson, group: Group, **more: Any) -> dict[str, Any]:
    answer = await person.client.post(
        "/v1/resources", {"network_id": group.network_id, **LINK, **more}
    )
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def test_a_member_adds_and_members_read(reference_house: TestHouse) -> None:
    house = reference_house
    group = await Group.of(house)
    out = await house.person("Out")
    made = await added(group.mel, group, licence="CC-BY-4.0", topics=["diabetes"])
    assert (made["created_by"], made["actions"]) == (group.mel.id, ["update", "delete"])
    await added(group.fay, group, title="Another", url="https://example.org/another")
    within = {"network_id": group.network_id}

    async def titles(person: TestPerson, **params: str) -> list[str]:
        page = await person.client.get("/v1/resources", params={**within, **params})
        return [one["title"] for one in page.json()["items"]]

    assert await titles(group.fay) == ["Another", "Seven films"]
    assert await titles(group.fay, topic="diabetes") == ["Seven films"]
    assert await titles(group.fay, topic="diabete") == []
    assert await titles(group.fay, sort="-updated_at") == ["Another", "Seven films"]
    assert await titles(out) == []
    path = f"/v1/resources/{made['id']}"
    hidden, nothing = [await out.client.get(one) for one in (path, f"/v1/resources/{out.id}")]
    assert hidden.status_code == nothing.status_code == 404
    assert (await group.fay.client.get(path)).json()["actions"] == ["update", "delete"]
    unknown = {**LINK, **within, "url": "https://example.org/x", "topics": ["nothing"]}
    refused = await group.mel.client.post("/v1/resources", unknown)
    assert (refused.status_code, refused.json()["code"]) == (422, "unknown_reference")


async def test_an_address_stands_once_in_a_network(house: TestHouse) -> None:
    """Also where two add it at once; another network may keep it too."""
    group, other = await Group.of(house), await Group.of(house)
    body = {"network_id": group.network_id, **LINK}
    answers = await asyncio.gather(
        *(one.client.post("/v1/resources", body) for one in (group.fay, group.mel))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    await added(other.mel, other)
    second = await added(group.mel, group, url="https://example.org/second")
    patched = await group.mel.client.patch(f"/v1/resources/{second['id']}", {"url": LINK["url"]})
    assert (patched.status_code, patched.json()["code"]) == (409, "resource_listed")


async def test_an_address_is_https_and_has_no_credentials(house: TestHouse) -> None:
    group = await Group.of(house)
    for url in (
        "http://example.org/films",
        "https://sam:secret@example.org/films",
        "https://sam@example.org",
        "javascript:alert(1)",
        "ftp://example.org/films",
        "example.org/films",
        "https://example.org/ films",
        "https://example.org/943-476-5919",
    ):
        body = {"network_id": group.network_id, **LINK, "url": url}
        refused = await group.mel.client.post("/v1/resources", body)
        assert refused.status_code == 422, url
        assert {error["pointer"] for error in refused.json()["errors"]} == {"/url"}


async def test_who_changes_and_deletes_it(house: TestHouse) -> None:
    """Who added it, and facilitators; not another member, an observer adds none."""
    group = await Group.of(house)
    ben, ola = await house.person("Ben"), await house.person("Ola")
    for person in (ben, ola):
        await group.join(person)
    spells = (await ola.client.get(f"/v1/members?network_id={group.network_id}")).json()["items"]
    (spell,) = [one["id"] for one in spells if one["person"]["id"] == ola.id]
    await group.fay.client.patch(f"/v1/members/{spell}", {"role": "observer"})
    made = await added(group.mel, group)
    path = f"/v1/resources/{made['id']}"
    watched = await ola.client.post("/v1/resources", {"network_id": group.network_id, **LINK})
    assert watched.status_code == 403
    for person in (ben, ola):
        assert (await person.client.patch(path, {"title": "Mine"})).status_code == 403
        assert (await person.client.delete(path)).status_code == 403
    same = await group.mel.client.patch(path, {"title": LINK["title"]})
    assert same.json()["version"] == 1
    changed = await group.fay.client.patch(path, {"title": "Eight films", "what_for": None})
    assert (changed.json()["title"], changed.json()["what_for"]) == ("Eight films", None)
    stale = await group.mel.client.delete(path, headers={"If-Match": '"1-x"'})
    assert stale.status_code == 412
    assert (await group.mel.client.delete(path)).status_code == 204
    assert (await group.mel.client.get(path)).status_code == 404
    feed = (await ben.client.get("/v1/changes", params={"kind": "resource", "limit": 100})).json()
    assert [(one["id"], one["op"]) for one in feed["items"]][-1] == (made["id"], "gone")


async def test_an_archived_network_keeps_what_it_has(house: TestHouse) -> None:
    group = await Group.of(house)
    made = await added(group.mel, group)
    closing = {"closing_note": "It worked."}
    await group.fay.client.post(f"/v1/networks/{group.network_id}/archive", closing)
    path = f"/v1/resources/{made['id']}"
    assert (await group.mel.client.get(path)).json()["actions"] == []
    for answer in (
        await group.mel.client.patch(path, {"title": "Mine"}),
        await group.mel.client.delete(path),
        await group.mel.client.post("/v1/resources", {"network_id": group.network_id, **LINK}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "network_archived")


async def test_what_was_reported_is_hidden_and_comes_back(house: TestHouse) -> None:
    """From members at once, not from facilitators; the feed says so to who read it before."""
    group = await Group.of(house)
    ben = await house.person("Ben")
    await group.join(ben)
    made = await added(group.mel, group)
    path = f"/v1/resources/{made['id']}"
    report = {"content_kind": "resource", "content_id": made["id"], "reason": "patient_data"}
    filed = await ben.client.post("/v1/reports", report)
    assert filed.status_code == 201, filed.text
    assert (await ben.client.get(path)).status_code == 404
    assert (await group.fay.client.get(path)).status_code == 200
    within = {"network_id": group.network_id}
    assert (await ben.client.get("/v1/resources", params=within)).json()["items"] == []
    feed = (await ben.client.get("/v1/changes", params={"kind": "resource", "limit": 100})).json()
    assert [one["op"] for one in feed["items"]][-1] == "gone"
    decided = await group.fay.client.post(
        f"/v1/reports/{filed.json()['id']}/decide", {"decision": "dismissed"}
    )
    assert decided.is_success, decided.text
    assert (await ben.client.get(path)).status_code == 200


async def test_the_export_has_what_one_added(house: TestHouse) -> None:
    group = await Group.of(house)
    made = await added(group.mel, group)
    (mine,) = (await group.mel.client.get("/v1/me/export")).json()["resources"]
    assert (mine["id"], mine["title"], mine["url"]) == (made["id"], LINK["title"], LINK["url"])
    assert (await group.fay.client.get("/v1/me/export")).json()["resources"] == []
    assert (await group.mel.client.delete("/v1/me")).status_code == 204
    kept = (await group.fay.client.get(f"/v1/resources/{made['id']}")).json()
    assert kept["title"] == LINK["title"]
