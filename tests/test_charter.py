"""A network's charter: worded in versions, by whichever door; accepted by members, who are told how many did."""

import asyncio
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from app.models import Change, CharterAcceptance, CharterVersion
from tests.house import TestHouse
from tests.meetings import Group

pytestmark = pytest.mark.anyio
SECTIONS = ("leadership", "purpose_and_direction", "communication", "knowledge_and_learning")
OURS = {"leadership": "We take turns.", "communication": "A message a week at most."}


def path_of(group: Group, after: str = "") -> str:
    """The charter of this network."""
    return f"/v1/networks/{group.network_id}/charter{after}"


def sections(found: dict[str, Any]) -> dict[str, Any]:
    return {name: found[name] for name in SECTIONS if found[name] is not None}


async def rows(group: Group, model: Any) -> list[dict[str, Any]]:
    """What a table has of the network."""
    statement = select(*model.__table__.columns).where(model.network_id == group.network_id)
    found = await group.house.app.rooms.house.db.fetch(object(), lambda: statement, {})
    return [dict(row) for row in found]


def fields_of(row: dict[str, Any]) -> list[str]:
    """The names of what changed."""
    return list(orjson.loads(orjson.dumps(row["fields"])))


async def test_a_network_begins_without_one(house: TestHouse) -> None:
    group = await Group.of(house)
    found = (await group.mel.client.get(path_of(group))).json()
    assert found == dict.fromkeys(SECTIONS) | {
        "network_id": group.network_id,
        "version": 0,
        "from_at": None,
        "accepted_count": 0,
        "accepted_version": None,
        "actions": [],
    }
    assert (await group.fay.client.get(path_of(group))).json()["actions"] == ["update"]
    early = await group.mel.client.post(path_of(group, "/accept"), {"version": 1})
    assert (early.status_code, early.json()["code"]) == (409, "charter_changed")
    history = await group.mel.client.get(path_of(group, "/versions"))
    assert history.json() == {"items": []}


async def test_whichever_door_it_is_worded_by_is_a_version(house: TestHouse) -> None:
    """Given with the network, by PATCH of it and by PUT: the network and the charter say the same."""
    group = await Group.of(house, charter={"leadership": "First"})
    network = f"/v1/networks/{group.network_id}"

    async def both() -> tuple[int, dict[str, Any]]:
        charter = (await group.mel.client.get(path_of(group))).json()
        whole = (await group.mel.client.get(network)).json()["charter"]
        assert sections(charter) == sections(whole or dict.fromkeys(SECTIONS))
        return charter["version"], sections(charter)

    assert await both() == (1, {"leadership": "First"})
    for same in ({"leadership": "First"}, {"leadership": "First", "communication": None}):
        assert (await group.fay.client.patch(network, {"charter": same})).is_success
        assert (await group.fay.client.put(path_of(group), same)).is_success
    assert await both() == (1, {"leadership": "First"})
    await group.fay.client.patch(network, {"charter": {"communication": "Second"}})
    assert await both() == (2, {"communication": "Second"})
    await group.fay.client.put(path_of(group), OURS)
    assert await both() == (3, OURS)
    await group.fay.client.put(path_of(group), {"leadership": None})
    assert await both() == (4, {})
    await group.fay.client.patch(network, {"charter": None})
    assert await both() == (4, {})
    history = (await group.mel.client.get(path_of(group, "/versions"))).json()["items"]
    assert [one["version"] for one in history] == [1, 2, 3, 4]
    assert {one["by_id"] for one in history} == {group.fay.id}
    edits = [row for row in await rows(group, Change) if "charter" in fields_of(row)]
    assert {row["action"] for row in edits} == {"network.updated"}
    assert len(edits) == 3


async def test_what_it_says_is_found_by_members(house: TestHouse) -> None:
    group = await Group.of(house)
    await group.fay.client.put(path_of(group), {"leadership": "Rotating xylophones"})
    for person, found in ((group.mel, 1), (await house.person("Out"), 0)):
        page = (await person.client.get("/v1/networks", params={"q": "xylophones"})).json()
        assert len(page["items"]) == found


async def test_members_alone_read_it(house: TestHouse) -> None:
    """Of an open network too; an operator's look into a private one is on record."""
    group = await Group.of(house, charter=OURS)
    private = await Group.of(house, charter=OURS, visibility="private")
    out, operator = await house.person("Out"), await house.person("Ola", operator=True)
    for after in ("", "/versions"):
        assert (await house.anonymous.get(path_of(group, after))).status_code == 401
        for one in (group, private):
            hidden = await out.client.get(path_of(one, after))
            nothing = await out.client.get(f"/v1/networks/{out.id}/charter{after}")
            assert hidden.status_code == nothing.status_code == 404
            assert (await operator.client.get(path_of(one, after))).status_code == 200
    looks = [row for row in await rows(private, Change) if row["kind"] == "read"]
    assert [fields_of(row) for row in looks] == [["getCharter"], ["listCharterVersions"]]


async def test_who_words_it(house: TestHouse) -> None:
    group = await Group.of(house)
    out, operator = await house.person("Out"), await house.person("Ola", operator=True)
    for person in (group.mel, out):
        assert (await person.client.put(path_of(group), OURS)).status_code == 403
    assert (await operator.client.put(path_of(group), OURS)).status_code == 200
    identified = {"leadership": "Ask for the patient with NHS number 943 476 5919."}
    refused = await group.fay.client.put(path_of(group), identified)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/leadership")


async def test_accepting_is_of_the_version_in_force(house: TestHouse) -> None:
    """Of members now it is told how many; who, to nobody else."""
    group = await Group.of(house, charter=OURS)
    accepting = path_of(group, "/accept")
    out, operator = await house.person("Out"), await house.person("Ola", operator=True)
    for _ in range(2):
        found = await group.mel.client.post(accepting, {"version": 1})
        shown = found.json()
        assert (shown["accepted_version"], shown["accepted_count"], shown["actions"]) == (1, 1, [])
    theirs = (await group.fay.client.get(path_of(group))).json()
    assert (theirs["accepted_version"], theirs["accepted_count"]) == (None, 1)
    for person in (out, operator):
        assert (await person.client.post(accepting, {"version": 1})).status_code == 403
    await group.fay.client.put(path_of(group), {"leadership": "Another"})
    renewed = (await group.mel.client.get(path_of(group))).json()
    assert (renewed["accepted_version"], renewed["accepted_count"]) == (1, 0)
    assert renewed["actions"] == ["accept"]
    for version in (1, 3):
        late = await group.mel.client.post(accepting, {"version": version})
        assert (late.status_code, late.json()["code"]) == (409, "charter_changed")
    await group.mel.client.post(accepting, {"version": 2})
    await group.fay.client.post(accepting, {"version": 2})
    assert (await group.fay.client.get(path_of(group))).json()["accepted_count"] == 2
    spells = (await group.mel.client.get(f"/v1/members?network_id={group.network_id}")).json()
    (mine,) = [one["id"] for one in spells["items"] if one["person"]["id"] == group.mel.id]
    await group.mel.client.delete(f"/v1/members/{mine}")
    assert (await group.fay.client.get(path_of(group))).json()["accepted_count"] == 1
    kept = [(row["person_id"], row["version"]) for row in await rows(group, CharterAcceptance)]
    assert sorted(kept) == sorted([(group.mel.id, 1), (group.mel.id, 2), (group.fay.id, 2)])


async def test_an_archived_network_is_as_it_was(house: TestHouse) -> None:
    group = await Group.of(house, charter=OURS)
    closing = {"closing_note": "It worked."}
    await group.fay.client.post(f"/v1/networks/{group.network_id}/archive", closing)
    found = (await group.fay.client.get(path_of(group))).json()
    assert (sections(found), found["actions"]) == (OURS, [])
    for answer in (
        await group.fay.client.put(path_of(group), {"leadership": "Another"}),
        await group.mel.client.post(path_of(group, "/accept"), {"version": 1}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "network_archived")


async def test_two_facilitators_at_once_lose_nobodys_wording(house: TestHouse) -> None:
    """Both read the same version and write: one is told that it moved."""
    group = await Group.of(house)
    etag = (await group.fay.client.get(path_of(group))).headers["etag"]
    answers = await asyncio.gather(
        *(
            group.fay.client.put(path_of(group), {"leadership": text}, headers={"If-Match": etag})
            for text in ("One", "Two")
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    assert len(await rows(group, CharterVersion)) == 1


async def test_it_is_worded_a_hundred_times_at_most(house: TestHouse) -> None:
    group = await Group.of(house)
    for number in range(100):
        answer = await group.fay.client.put(path_of(group), {"leadership": f"Wording {number}"})
        assert answer.status_code == 200
    one_more = await group.fay.client.put(path_of(group), {"leadership": "Wording 100"})
    assert (one_more.status_code, one_more.json()["code"]) == (409, "too_many_charters")
    history = (await group.mel.client.get(path_of(group, "/versions"))).json()["items"]
    assert len(history) == 100


async def test_who_goes_takes_their_acceptance_along(house: TestHouse) -> None:
    """The export has what one accepted and worded; an erasure leaves the wording and forgets who accepted."""
    group = await Group.of(house, charter=OURS)
    await group.mel.client.post(path_of(group, "/accept"), {"version": 1})
    mine = (await group.mel.client.get("/v1/me/export")).json()
    assert [(one["network_id"], one["version"]) for one in mine["charter_acceptances"]] == [
        (group.network_id, 1)
    ]
    worded = (await group.fay.client.get("/v1/me/export")).json()
    assert [sections(one) for one in worded["charters"]] == [OURS]
    assert [one["stage"] for one in worded["stages"]] == ["planning"]
    assert (await group.mel.client.delete("/v1/me")).status_code == 204
    assert await rows(group, CharterAcceptance) == []
    assert (await group.fay.client.get(path_of(group))).json()["accepted_count"] == 0
