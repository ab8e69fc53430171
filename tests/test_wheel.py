"""The wheel: small cases by hand, as of now and as of days that are over."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.core.changes import Told, change
from app.core.work import Work, perform
from app.models import Member
from app.wheel.figures import thin_when
from app.wheel.indicators import BY_CODE, INDICATORS, PRIORITY
from app.wheel.points import months_before
from tests.documents import ROOT
from tests.gatherings import OVER, Gathering
from tests.house import TestHouse
from tests.meetings import Group
from tests.results import published

pytestmark = pytest.mark.anyio
Json = dict[str, Any]
NAMES = ("Ann", "Bob", "Cid", "Dee", "Eve")


async def document(person: Any, network_id: str, **params: Any) -> Json:
    """The wheel as this person reads it."""
    answer = await person.client.get(f"/v1/networks/{network_id}/wheel", params=params)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


async def read(person: Any, network_id: str, **params: Any) -> dict[str, Json]:
    """The indicators by code."""
    found = await document(person, network_id, **params)
    return {one["code"]: one for c in found["cs"] for one in c["indicators"]}


def figure(one: Json) -> tuple[Any, ...]:
    """What is counted."""
    return one["value"], one["numerator"], one["denominator"], one["status"]


async def recent(gathering: Gathering, **more: Any) -> str:
    """A meeting that was the day before yesterday."""
    starts = datetime.now(UTC) - timedelta(days=2)
    what = {**OVER, "starts_at": starts.strftime("%Y-%m-%dT%H:%M:%SZ"), **more}
    return await gathering.meeting(what)


async def came(gathering: Gathering, path: str, **people: bool) -> None:
    """Who came and who did not, as the facilitator records it."""
    given = [
        {"person_id": gathering.members[name].id, "came": there} for name, there in people.items()
    ]
    answer = await gathering.fay.client.post(f"{path}/attendance/record", {"people": given})
    assert answer.status_code == 200, answer.text


async def test_below_five_nothing_is_said(house: TestHouse) -> None:
    group = await Group.of(house)
    found = await read(group.mel, group.network_id)
    assert figure(found["active_rate"]) == (None, None, 2, "not_enough_data")
    assert figure(found["purpose_at_start"]) == (1, 1, 1, "ok")
    assert figure(found["facilitators"]) == (1, 1, 2, "thin")
    assert "fewer than 5" in found["active_rate"]["why"]


async def test_who_came_was_active(house: TestHouse) -> None:
    gathering = await Gathering.of(house, *NAMES)
    path = await recent(gathering)
    await came(gathering, path, Ann=True, Bob=True, Cid=False)
    found = await read(gathering.fay, gathering.network_id)
    assert figure(found["active_rate"]) == (2 / 6, 2, 6, "ok")
    assert figure(found["in_person_share"]) == (None, None, 1, "not_enough_data")
    assert found["attendance_rate"]["denominator"] == 3
    trend = found["active_rate"]["trend"]
    assert [one["status"] for one in trend] == ["not_enough_data"] * 7 + ["ok"]
    assert trend[-1]["value"] == found["active_rate"]["value"]


async def test_who_came_under_the_chatham_house_rule_is_not_looked_at(house: TestHouse) -> None:
    gathering = await Gathering.of(house, *NAMES)
    path = await recent(gathering, confidentiality="chatham_house")
    await came(gathering, path, Ann=True, Bob=True, Cid=False)
    found = await read(gathering.fay, gathering.network_id)
    assert figure(found["active_rate"]) == (0, 0, 6, "thin")
    assert found["attendance_rate"]["denominator"] == 0
    assert found["in_person_share"]["denominator"] == 1, "it was held"


async def test_a_result_without_a_name_makes_nobody_active(reference_house: TestHouse) -> None:
    house = reference_house
    gathering = await Gathering.of(house, *NAMES)
    network_id, ann, bob = gathering.network_id, gathering.members["Ann"], gathering.members["Bob"]
    for number in range(4):
        await published(house, ann, network_id, title=f"Quiet {number}", attribution="network_only")
    assert (await read(bob, network_id))["active_rate"]["numerator"] == 0
    await published(house, ann, network_id, title="Loud", attribution="named", audience="network")
    found = await read(bob, network_id)
    assert found["active_rate"]["numerator"] == 1
    kept_back = found["topic_alignment"]
    assert kept_back["denominator"] <= 5, "what is kept to its authors is not counted"


async def test_members_and_roles_are_those_of_the_day(house: TestHouse) -> None:
    gathering = await Gathering.of(house, *NAMES)
    long_ago = datetime(2024, 1, 10, 9, tzinfo=UTC)
    ids = [gathering.spells[name] for name in NAMES]

    async def earlier(work: Work) -> None:
        for row in await work.fetch("tests: spells", lambda: select(*Member.__table__.columns), {}):
            if row["id"] in ids:
                change(work, "member.updated", row, {"joined_at": long_ago}, Told())

    await perform(house.app.rooms.house, earlier)
    found = await read(gathering.fay, gathering.network_id, as_of="2024-01-31", window_days=30)
    assert found["active_rate"]["denominator"] == 5
    assert figure(found["facilitators"]) == (0, 0, 5, "thin")
    assert found["retention"]["denominator"] == 0
    before = await read(gathering.fay, gathering.network_id, as_of="2024-01-09")
    assert figure(before["facilitators"])[3] == "not_enough_data"


@pytest.mark.parametrize(
    ("params", "pointer"),
    [
        ({"window_days": "29"}, "?window_days"),
        ({"window_days": "1827"}, "?window_days"),
        ({"as_of": "2026-02-30"}, "?as_of"),
        ({"as_of": "2099-01-01"}, "?as_of"),
        ({"q": "x"}, "?q"),
    ],
)
async def test_what_cannot_be_asked(house: TestHouse, params: Json, pointer: str) -> None:
    group = await Group.of(house)
    path = f"/v1/networks/{group.network_id}/wheel"
    answer = await group.fay.client.get(path, params=params)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer


async def test_what_is_known_is_not_sent_again(house: TestHouse) -> None:
    group = await Group.of(house)
    path = f"/v1/networks/{group.network_id}/wheel"
    etag = (await group.fay.client.get(path)).headers["etag"]
    again = await group.fay.client.get(path, headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    assert etag.startswith("W/")


async def test_the_next_step_is_the_first_that_is_thin(house: TestHouse) -> None:
    group = await Group.of(house)
    step = (await document(group.fay, group.network_id))["next_step"]
    assert step["indicator"] == "facilitators"
    assert step["text"] == BY_CODE["facilitators"].step


async def test_the_catalogue_is_for_everybody(house: TestHouse) -> None:
    answer = await house.anonymous.get("/v1/indicators")
    assert answer.status_code == 200
    assert [one["code"] for one in answer.json()["items"]] == [one.code for one in INDICATORS]


def test_every_indicator_has_its_place_in_the_order() -> None:
    assert sorted(PRIORITY) == sorted(BY_CODE)
    assert len(BY_CODE) == len(INDICATORS)


def test_the_page_says_what_the_catalogue_says() -> None:
    page = (ROOT / "docs" / "wheel.md").read_text()
    for one in INDICATORS:
        row = f"| `{one.code}` | {one.formula} | {thin_when(one)} |"
        assert row in page, one.code


def test_months_have_different_lengths() -> None:
    last = datetime(2026, 5, 31, tzinfo=UTC).date()
    assert [months_before(last, months).isoformat() for months in (0, 3, 6, 27)] == [
        "2026-05-31",
        "2026-02-28",
        "2025-11-30",
        "2024-02-29",
    ]
