"""A network's code of conduct: worded in versions, accepted for oneself alone."""

import asyncio
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from app.core.conduct import accepted, accepted_now, in_force
from app.core.errors_of_results import ConductNotAccepted
from app.core.viewer import PERSONAL_SCOPES, Viewer
from app.core.work import Work, perform
from app.models import Change, ConductAcceptance
from app.reference.conduct import house_conduct
from tests.house import TestHouse, TestPerson
from tests.meetings import Group

pytestmark = pytest.mark.anyio
OURS = {"text": "Be kind.\n\nWrite nothing about patients."}


def path_of(group: Group, after: str = "") -> str:
    """The code of this network."""
    return f"/v1/networks/{group.network_id}/conduct{after}"


async def rows(group: Group, model: Any) -> list[dict[str, Any]]:
    """What a table has of the network."""
    statement = select(*model.__table__.columns).where(model.network_id == group.network_id)
    found = await group.house.app.rooms.house.db.fetch(object(), lambda: statement, {})
    return [dict(row) for row in found]


async def test_every_network_begins_with_the_text_of_the_house(house: TestHouse) -> None:
    group = await Group.of(house)
    found = (await house.anonymous.get(path_of(group))).json()
    assert found == {
        "network_id": group.network_id,
        "version": 0,
        "text": house_conduct(),
        "from_at": None,
        "accepted_version": None,
        "actions": [],
    }
    for said in ("recogni", "Candour is safe", "national reporting service", "999"):
        assert said in found["text"]
    assert (await group.mel.client.get(path_of(group))).json()["actions"] == ["accept"]
    assert (await group.fay.client.get(path_of(group))).json()["actions"] == ["update", "accept"]


async def test_a_changed_text_is_the_next_version(house: TestHouse) -> None:
    """The same text again is none; If-Match keeps two facilitators apart; the history tells who to members."""
    group = await Group.of(house)
    read = await group.fay.client.get(path_of(group))
    first = await group.fay.client.put(
        path_of(group), OURS, headers={"If-Match": read.headers["etag"]}
    )
    assert first.json()["version"] == 1
    again = await group.fay.client.put(path_of(group), {"text": f"  {OURS['text']}\r\n"})
    assert again.json()["version"] == 1
    late = await group.fay.client.put(
        path_of(group), {"text": "Be brief."}, headers={"If-Match": read.headers["etag"]}
    )
    assert late.status_code == 412
    second = await group.fay.client.put(path_of(group), {"text": "Be brief."})
    assert (second.json()["version"], second.json()["text"]) == (2, "Be brief.")
    history = (await group.mel.client.get(path_of(group, "/versions"))).json()["items"]
    assert [one["version"] for one in history] == [0, 1, 2]
    assert [one["by_id"] for one in history] == [None, group.fay.id, group.fay.id]
    outside = (await house.anonymous.get(path_of(group, "/versions"))).json()["items"]
    assert [one["by_id"] for one in outside] == [None, None, None]
    written = [row for row in await rows(group, Change) if row["action"].startswith("network.con")]
    assert len(written) == 2


async def test_who_reads_it(house: TestHouse) -> None:
    """Whoever reads the network's front; a private network's is for its members and, on record, operators."""
    group = await Group.of(house, visibility="private", join_policy="request")
    out, operator = await house.person("Out"), await house.person("Ola", operator=True)
    for after in ("", "/versions"):
        for caller in (house.anonymous, out.client):
            hidden = await caller.get(path_of(group, after))
            nothing = await caller.get(f"/v1/networks/{out.id}/conduct{after}")
            assert hidden.status_code == nothing.status_code == 404
        assert (await group.fay.client.get(path_of(group, after))).status_code == 200
        assert (await operator.client.get(path_of(group, after))).status_code == 200
    looks = [row for row in await rows(group, Change) if row["kind"] == "read"]
    fields = [orjson.loads(orjson.dumps(row["fields"])) for row in looks]
    assert fields == [["getConduct"], ["listConductVersions"]]


async def test_who_writes_it(house: TestHouse) -> None:
    group = await Group.of(house)
    out, operator = await house.person("Out"), await house.person("Ola", operator=True)
    for person in (group.mel, out):
        assert (await person.client.put(path_of(group), OURS)).status_code == 403
    assert (await house.anonymous.put(path_of(group), OURS)).status_code == 401
    assert (await operator.client.put(path_of(group), OURS)).status_code == 200


async def test_accepting_is_of_the_version_in_force(house: TestHouse) -> None:
    group = await Group.of(house)
    out, operator = await house.person("Out"), await house.person("Ola", operator=True)
    accepting = path_of(group, "/accept")
    found = await group.mel.client.post(accepting, {"version": 0})
    assert (found.json()["accepted_version"], found.json()["actions"]) == (0, [])
    await group.fay.client.put(path_of(group), OURS)
    for version in (0, 2):
        late = await group.mel.client.post(accepting, {"version": version})
        assert (late.status_code, late.json()["code"]) == (409, "conduct_changed")
    for _ in range(2):
        assert (await group.mel.client.post(accepting, {"version": 1})).status_code == 200
    for person in (out, operator):
        assert (await person.client.post(accepting, {"version": 1})).status_code == 403
    kept = [(row["person_id"], row["version"]) for row in await rows(group, ConductAcceptance)]
    assert sorted(kept) == [(group.mel.id, 0), (group.mel.id, 1)]


async def test_publishing_asks_for_the_version_in_force(house: TestHouse) -> None:
    """What the commands of results ask: the version that was accepted, or a refusal that says where."""
    group = await Group.of(house)
    viewer = Viewer(person_id=group.mel.id, scopes=PERSONAL_SCOPES)

    async def ask(work: Work) -> int:
        return await accepted_now(work, group.network_id)

    with pytest.raises(ConductNotAccepted, match=f"{group.network_id}/conduct/accept, version 0"):
        await perform(house.app.rooms.house, ask, viewer=viewer)
    await group.mel.client.post(path_of(group, "/accept"), {"version": 0})
    assert await perform(house.app.rooms.house, ask, viewer=viewer) == 0
    await group.fay.client.put(path_of(group), OURS)
    with pytest.raises(ConductNotAccepted):
        await perform(house.app.rooms.house, ask, viewer=viewer)
    db = house.app.rooms.house.db
    assert await in_force(db, group.network_id) == (1, OURS["text"])
    assert await accepted(db, group.network_id, group.mel.id) == 0
    assert await accepted(db, group.network_id, group.fay.id) is None


async def test_nobody_learns_who_accepted(house: TestHouse) -> None:
    """Everything that others can read is the same, byte for byte, before and after: versions, feed and audit."""
    group = await Group.of(house)
    operator = await house.person("Ola", operator=True)
    others = (group.fay, operator)

    async def read(person: TestPerson) -> list[bytes]:
        audit = {"network_id": group.network_id, "limit": "100"}
        found = [
            await person.client.get(path, params=params)
            for path, params in (
                (path_of(group), {}),
                (path_of(group, "/versions"), {}),
                (f"/v1/networks/{group.network_id}", {}),
                ("/v1/members", {"network_id": group.network_id}),
                ("/v1/changes", {"limit": "100"}),
                ("/v1/audit", audit),
            )
        ]
        assert {one.status_code for one in found} == {200}
        return [
            orjson_without_cursors(one.content) if "cursor" in one.text else one.content
            for one in found
        ]

    before = [await read(person) for person in others]
    assert (await group.mel.client.post(path_of(group, "/accept"), {"version": 0})).is_success
    assert [await read(person) for person in others] == before


def orjson_without_cursors(body: bytes) -> bytes:
    """Cursors are sealed anew each time."""
    document = orjson.loads(body)
    return orjson.dumps({key: value for key, value in document.items() if "cursor" not in key})


async def test_two_facilitators_at_once_lose_nobodys_wording(house: TestHouse) -> None:
    """Both read the same version and write: one is told that it moved."""
    group = await Group.of(house)
    etag = (await group.fay.client.get(path_of(group))).headers["etag"]
    answers = await asyncio.gather(
        *(
            group.fay.client.put(path_of(group), {"text": text}, headers={"If-Match": etag})
            for text in ("One", "Two")
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412]


async def test_a_text_that_says_nothing_is_refused(house: TestHouse) -> None:
    group = await Group.of(house)
    for text in ("", "   ", "x" * 10_001, None):
        answer = await group.fay.client.put(path_of(group), {"text": text})
        assert answer.status_code == 422
    assert (await group.fay.client.get(path_of(group))).json()["version"] == 0
