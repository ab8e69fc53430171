"""Under the Chatham House Rule who answered or came is for facilitators and for oneself, in every channel."""

from typing import Any

import pytest

from app.jobs.retention import retain
from tests.gatherings import OVER, SINGLE, Gathering
from tests.house import TestHouse, TestPerson

pytestmark = pytest.mark.anyio
NO_REQUEST = "00000000-0000-0000-0000-000000000000"
RULES: tuple[dict[str, Any], ...] = (
    {"confidentiality": "chatham_house"},
    {"agenda": [{"title": "In confidence", "chatham_house": True}]},
)


async def audit(who: TestPerson, **params: Any) -> list[dict[str, Any]]:
    """What somebody reads of the log."""
    page = await who.client.get("/v1/audit", params={"limit": 100, **params})
    assert page.status_code == 200, page.text
    return list(page.json()["items"])


@pytest.mark.parametrize("rule", RULES, ids=["whole", "part"])
async def test_members_and_operators_read_their_own_alone(
    house: TestHouse, rule: dict[str, Any]
) -> None:
    """How many there are, and who they are, is for facilitators: among few people a number is a name."""
    g = await Gathering.of(house, "Mel", "Mo")
    op = await house.person("Op", operator=True)
    path = await g.meeting(SINGLE, **rule)
    mel = (await g.answer(path, "Mel")).json()
    mo = (await g.answer(path, "Mo")).json()
    assert [one["id"] for one in await g.items(path, g.fay)] == [mel["id"], mo["id"]]
    assert await g.items(path, g.members["Mo"]) == [mo]
    assert await g.items(path, op) == []
    for who, sees in (
        (g.fay, True),
        (g.members["Mel"], True),
        (g.members["Mo"], False),
        (op, False),
    ):
        summary = (await who.client.get(f"{path}/attendance")).json()["summary"]
        told = (2, 2) if who is g.fay else (None, None)
        assert (summary["accepted"], summary["held"]) == told
        read = await who.client.get(f"/v1/attendance/{mel['id']}")
        assert read.status_code == (200 if sees else 404)
        news = (await who.client.get("/v1/changes", params={"kind": "attendance"})).json()["items"]
        assert (mel["id"] in [one["id"] for one in news]) is sees


async def test_the_audit_does_not_name_who_answered(house: TestHouse) -> None:
    """For operators: no actor, token or request, no filter that finds them; facilitators and oneself read it all."""
    g = await Gathering.of(house, "Mel", "Mo")
    op = await house.person("Op", operator=True)
    mel = g.members["Mel"]
    request = "018f4c1e-7a52-7c3b-9d60-3f5b8a1c2d4e"
    path = await g.meeting(SINGLE, confidentiality="chatham_house")
    said = await mel.client.put(
        f"{path}/attendance/me", {"answer": "accepted"}, headers={"X-Request-ID": request}
    )
    of_it = {"resource_id": said.json()["id"]}
    (entry,) = await audit(op, **of_it)
    assert (entry["actor"], entry["token_id"], entry["request_id"]) == (None, None, NO_REQUEST)
    assert await audit(op, actor_id=mel.id, kind="attendance") == []
    assert await audit(op, actor_id=mel.id, **of_it) == []
    (entry,) = await audit(g.fay, network_id=g.network_id, **of_it)
    assert (entry["actor"]["id"], entry["request_id"]) == (mel.id, request)
    plain = await g.meeting(SINGLE)
    await g.answer(plain, "Mel")
    (entry,) = await audit(op, actor_id=mel.id, kind="attendance")
    assert (entry["actor"]["id"], entry["token_id"] is not None) == (mel.id, True)


@pytest.mark.parametrize("hidden", [True, False])
async def test_leaving_does_not_say_to_what_one_would_have_come(
    house: TestHouse, *, hidden: bool
) -> None:
    """A row beside the leaver's own, of the same instant, would: to operators it is not there. Others are."""
    g = await Gathering.of(house, "Mel", "Mo")
    op = await house.person("Op", operator=True)
    confidentiality = "chatham_house" if hidden else "members"
    path = await g.meeting(SINGLE, confidentiality=confidentiality, capacity=1)
    mel, mo = [(await g.answer(path, name)).json()["id"] for name in ("Mel", "Mo")]
    assert (await g.leave("Mel")).status_code == 204
    whole = {"attendance.withdrawn", "attendance.answered", "attendance.promoted"}
    read = await audit(g.fay, network_id=g.network_id, kind="attendance")
    assert {one["action"] for one in read} == whole
    assert all(one["actor"] for one in read)
    read = await audit(op, network_id=g.network_id, kind="attendance")
    assert {one["action"] for one in read} == ({"attendance.answered"} if hidden else whole)
    assert {one["resource_id"] for one in read} == {mel, mo}
    assert [one["actor"] is None for one in read] == [hidden] * len(read)
    left = await audit(op, network_id=g.network_id, action="member.left")
    beside = [one for one in await audit(op, network_id=g.network_id) if one["at"] == left[0]["at"]]
    kinds = {one["kind"] for one in beside}
    assert ("attendance" in kinds) is not hidden


@pytest.mark.parametrize("hidden", [True, False])
async def test_what_goes_by_its_age_stays_as_hidden_as_it_was(
    house: TestHouse, *, hidden: bool
) -> None:
    """When the row is deleted nothing says any more which meeting it was of; its last change says who was told."""
    g = await Gathering.of(house, "Mel")
    op = await house.person("Op", operator=True)
    confidentiality = "chatham_house" if hidden else "members"
    path = await g.meeting(OVER, confidentiality=confidentiality)
    people = {"people": [{"person_id": g.members["Mel"].id, "came": False}]}
    done = await g.fay.client.post(f"{path}/attendance/record", people)
    assert done.status_code == 200, done.text
    outcomes = await retain(house.app.rooms.house, house.app.rooms.settings)
    assert {one.rule: one.rows for one in outcomes}["answers"] == 1
    read = await audit(op, network_id=g.network_id, kind="attendance")
    assert [one["action"] for one in read] == ["attendance.forgotten", "attendance.recorded"]
    assert (read[1]["actor"] is None) is hidden


async def test_an_operator_who_records_learns_nothing_of_others(house: TestHouse) -> None:
    """They may record, and are shown nobody; and who left cannot be told from a stranger."""
    g = await Gathering.of(house, "Mel", "Mo")
    op = await house.person("Op", operator=True)
    path = await g.meeting(OVER, confidentiality="chatham_house")
    people = [{"person_id": g.members[name].id, "came": True} for name in ("Mel", "Mo")]
    done = await op.client.post(f"{path}/attendance/record", {"people": people})
    assert (done.status_code, done.json()) == (200, {"items": []})
    assert len(await g.items(path, g.fay)) == 2
    await g.leave("Mel")
    again = await op.client.post(f"{path}/attendance/record", {"people": people[:1]})
    assert again.json()["errors"][0]["code"] == "unknown_reference"
    again = await g.fay.client.post(f"{path}/attendance/record", {"people": people[:1]})
    assert again.status_code == 200
