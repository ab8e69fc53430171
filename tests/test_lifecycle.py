"""Where a network stands in its life: what was declared, since when, and what its numbers suggest."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.core import access
from app.core.viewer import PERSONAL_SCOPES, Viewer
from app.db.database import fetch_one
from app.features.networks.lifecycle_queries import _numbers
from app.features.networks.lifecycle_stages import suggested
from app.features.networks.schemas import LifecycleStage
from tests.house import TestHouse, TestPerson
from tests.meetings import Group

pytestmark = pytest.mark.anyio
QUIET: dict[str, Any] = {
    **dict.fromkeys(("members", "facilitators", "meetings", "organisations", "results"), 0),
    **dict.fromkeys(("sub_groups", "adoptions", "members_before", "members_stayed"), 0),
    "days": 400, "quiet_days": 3, "charter": False, "archived": False,
}  # fmt: skip


async def read(person: TestPerson, group: Group) -> dict[str, Any]:
    answer = await person.client.get(f"/v1/networks/{group.network_id}/lifecycle")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def holding(found: dict[str, Any]) -> set[str]:
    return {one["code"] for one in found["reasons"] if one["holds"]}


@pytest.mark.parametrize(
    ("numbers", "stage"),
    [
        ({}, "planning"),
        ({"meetings": 1, "facilitators": 1}, "planning"),
        ({"meetings": 1, "facilitators": 2}, "formation"),
        ({"charter": True, "facilitators": 2}, "formation"),
        ({"organisations": 9, "results": 9, "adoptions": 9}, "planning"),
        ({"meetings": 1, "charter": True, "organisations": 3, "results": 2}, "formation"),
        ({"meetings": 1, "charter": True, "organisations": 3, "sub_groups": 1}, "maturation"),
        (
            {"meetings": 1, "charter": True, "results": 3, "adoptions": 1, "days": 366},
            "sustainability",
        ),
        (
            {"meetings": 1, "charter": True, "results": 3, "adoptions": 1, "days": 365},
            "maturation",
        ),
        ({"members_before": 5, "members_stayed": 4, "meetings": 1, "charter": True}, "formation"),
        ({"quiet_days": 181}, "planning"),
        ({"quiet_days": 182}, "transition"),
        ({"archived": True}, "transition"),
    ],
)
def test_two_hints_of_three_make_a_stage(numbers: dict[str, Any], stage: str) -> None:
    """And the stage before it is reached; silence for six months, or an end, makes a transition."""
    found, hints, note = suggested({**QUIET, **numbers})
    assert found == stage
    assert {hint.stage for hint in hints} & {LifecycleStage(stage)}
    assert ("success" in note) == (numbers.get("quiet_days") == 182)


async def test_what_is_declared_is_kept(house: TestHouse) -> None:
    group = await Group.of(house)
    first = await read(group.mel, group)
    assert (first["stage"], first["suggested_stage"]) == ("planning", "planning")
    assert holding(first) == {"purpose_stated", "few_members", "no_meeting_yet"}
    network = f"/v1/networks/{group.network_id}"
    for stage in ("formation", "formation", "maturation"):
        await group.fay.client.patch(network, {"lifecycle_stage": stage})
    found = await read(group.mel, group)
    assert [one["stage"] for one in found["history"]] == ["planning", "formation", "maturation"]
    assert [one["to_at"] for one in found["history"]][:2] == [
        one["from_at"] for one in found["history"]
    ][1:]
    assert (found["stage"], found["since"]) == ("maturation", found["history"][-1]["from_at"])
    assert {one["by_id"] for one in found["history"]} == {group.fay.id}
    assert found["suggested_stage"] == "planning"


async def test_what_happened_suggests_a_stage(house: TestHouse) -> None:
    """A meeting that somebody came to, and a charter."""
    group = await Group.of(house)
    await group.fay.client.put(
        f"/v1/networks/{group.network_id}/charter", {"leadership": "We take turns."}
    )
    assert (await read(group.mel, group))["suggested_stage"] == "planning"
    meeting = await group.plan({"title": "Spring", "starts_at": "2026-01-07T12:00:00Z"})
    path = f"/v1/meetings/{meeting['id']}/attendance/record"
    came = {"people": [{"person_id": group.mel.id, "came": True}]}
    recorded = await group.fay.client.post(path, came)
    assert recorded.is_success, recorded.text
    found = await read(group.mel, group)
    assert found["suggested_stage"] == "formation"
    assert holding(found) == {"meetings_held", "charter_agreed"}
    assert {one["stage"] for one in found["reasons"]} == {"formation", "maturation"}
    texts = [one["text"] for one in found["reasons"] if one["code"] == "meetings_held"]
    assert texts == ["1 meeting was held; one is a sign of formation."]


async def test_silence_is_a_question_and_an_end_a_success(own_url: str) -> None:
    """After 182 days, and not after 181; whatever members do ends it."""
    at = [datetime(2027, 3, 1, 9, tzinfo=UTC)]
    async with TestHouse.over(own_url, clock=lambda: at[0]) as house:
        group = await Group.of(house)
        at[0] += timedelta(days=181)
        assert (await read(group.mel, group))["suggested_stage"] == "planning"
        at[0] += timedelta(days=1)
        quiet = await read(group.mel, group)
        assert (quiet["suggested_stage"], holding(quiet)) == ("transition", {"quiet_for_months"})
        assert "closing well is a success" in quiet["note"]
        body = {
            "network_id": group.network_id,
            "title": "Films",
            "url": "https://example.org/films",
        }
        assert (await group.mel.client.post("/v1/resources", body)).is_success
        assert (await read(group.mel, group))["suggested_stage"] == "planning"
        closing = {"closing_note": "It worked."}
        await group.fay.client.post(f"/v1/networks/{group.network_id}/archive", closing)
        closed = await read(group.mel, group)
        assert (closed["closing_note"], closed["suggested_stage"]) == ("It worked.", "transition")
        assert (closed["stage"], holding(closed)) == ("planning", {"closed"})
        await group.fay.client.post(f"/v1/networks/{group.network_id}/reactivate")
        again = await read(group.mel, group)
        assert (again["closing_note"], again["suggested_stage"]) == (None, "planning")


async def test_members_read_it(house: TestHouse) -> None:
    group = await Group.of(house)
    out, operator = await house.person("Out"), await house.person("Ola", operator=True)
    path = f"/v1/networks/{group.network_id}/lifecycle"
    assert (await house.anonymous.get(path)).status_code == 401
    assert (await out.client.get(path)).status_code == 404
    assert (await operator.client.get(path)).status_code == 200


async def test_who_stays(own_url: str) -> None:
    """Of those who were members a year ago, those who are now: from five on."""
    at = [datetime(2027, 3, 1, 9, tzinfo=UTC)]
    async with TestHouse.over(own_url, clock=lambda: at[0]) as house:
        group = await Group.of(house)
        people = [await house.person(f"Person {number}") for number in range(3)]
        for person in people:
            await group.join(person)
        at[0] += timedelta(days=366)
        spells = (await group.fay.client.get(f"/v1/members?network_id={group.network_id}")).json()
        ids = {one["person"]["id"]: one["id"] for one in spells["items"]}
        await people[0].client.delete(f"/v1/members/{ids[people[0].id]}")
        db = house.app.rooms.house.db
        viewer = Viewer(person_id=group.mel.id, scopes=PERSONAL_SCOPES)
        values = {**access.values(viewer), "network_id": group.network_id, "today": at[0].date()}
        values["a_year_ago"] = at[0] - timedelta(days=365)
        row = await fetch_one(db, "numbers", lambda: _numbers(viewer.rank), values)
        assert row is not None
        assert (row["members"], row["members_before"], row["members_stayed"]) == (4, 5, 4)
