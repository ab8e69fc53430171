"""The demo's meetings: they hold together on whatever day it is loaded, and show what meetings can be."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from app.exchange.demo.meetings import occurrences
from app.reference.demo import read_demo
from app.reference.demo_meetings import DemoMeeting, read_demo_meetings
from tests.demo_world import LOADED, every, loaded_demo, whose
from tests.house import TestHouse

MEETINGS = {meeting.key: meeting for meeting in read_demo_meetings()}
DAYS = [datetime(2026, 1, 1, hour, tzinfo=UTC) for hour in (0, 13, 23)]


def named(meeting: DemoMeeting) -> set[int]:
    """The numbers of the occurrences that something is said of."""
    parts = (meeting.moved, meeting.cancelled, meeting.minutes, meeting.actions)
    found = {part.number for some in parts for part in some}
    return found | ({meeting.coming.number} if meeting.coming else set())


@pytest.mark.parametrize("key", MEETINGS)
def test_there_is_always_a_past_and_something_to_come(key: str) -> None:
    """On every day of two years, early and late, each occurrence that is spoken of is there."""
    meeting = MEETINGS[key]
    over = key in (
        "larkwick-weekly-huddle",
        "flu-mondays",
    )  # of an archived network, and of one that fades
    (founded,) = [
        one.founded_days_ago for one in read_demo().networks if one.key == meeting.network
    ]
    for day in range(730):
        for hour in DAYS:
            now = hour + timedelta(days=day)
            found = occurrences(meeting, now)
            assert named(meeting) <= set(found), now
            starts = [start for _, start in found.values()]
            assert starts[0] - timedelta(days=28) > now - timedelta(days=founded), now
            if meeting.repeats is not None:
                assert -1 in found, now
                assert -2 in found, now
                assert (0 in found) is not over, now
                assert starts[-1] < now + timedelta(days=400), now
            else:
                assert set(found) == {0}, now


def test_only_members_are_in_it() -> None:
    """Who answers, leads or has an action belongs to the network; nobody is named where the rule is in force."""
    demo = read_demo()
    names = {person.key: person.display_name for person in demo.people}
    for meeting in MEETINGS.values():
        inside = {
            spell.person
            for spell in demo.members
            if spell.network == meeting.network and spell.status == "active"
        }
        who = {*meeting.regulars, *meeting.now_and_then}
        who |= {person for action in meeting.actions for person in (action.owner, action.by)}
        if meeting.coming is not None:
            answers = (meeting.coming.accepted, meeting.coming.declined, meeting.coming.tentative)
            who |= {person for said in answers for person in said}
        assert who <= inside, meeting.key
        leads = {item["presenter"] for item in meeting.agenda} - {None}
        assert leads <= {names[person] for person in inside}, meeting.key
        assert meeting.join_url is None or meeting.join_url.startswith("https://example.org/")


@pytest.fixture
async def demo(own_url: str) -> AsyncIterator[TestHouse]:
    """The demo as it was loaded on a day in November."""
    async with loaded_demo(own_url) as house:
        yield house


@pytest.mark.anyio
async def test_what_is_loaded_is_what_was_shipped(demo: TestHouse) -> None:
    """A year of meetings, moved and cancelled ones among them, as an operator and as members see them."""
    olga = await whose(demo, "opal-teaselby", operator=True)
    found = {meeting["title"]: meeting for meeting in await every(olga, "/v1/meetings")}
    assert set(found) == {meeting.title for meeting in MEETINGS.values()}
    year = {"from": "2026-02-01T00:00:00Z", "to": "2027-11-23T00:00:00Z"}
    held = await every(olga, "/v1/meetings", **year)
    assert len(held) > 100
    lunch = [one for one in held if one["title"].startswith("Third Wednesday")]
    assert {one["local_start"][11:] for one in lunch} == {"12:30:00"}
    assert [one["mode"] for one in lunch[:4]] == ["virtual", "face_to_face"] * 2
    assert [one["occurrence"][:10] for one in lunch if one["status"] == "cancelled"] == [
        "2026-09-16"
    ]
    moved = [one for one in lunch if one["occurrence"] != one["local_start"]]
    assert [(one["occurrence"][:10], one["local_start"][:10]) for one in moved] == [
        ("2027-02-17", "2027-02-24")
    ]


@pytest.mark.anyio
async def test_places_answers_and_who_came(demo: TestHouse) -> None:
    farida, morgan = [await whose(demo, key) for key in ("farida-saltmarrow", "morgan-bilberrow")]
    (workshop,) = await every(farida, "/v1/meetings", q="spirometry")
    page = (await morgan.get(f"/v1/meetings/{workshop['id']}/attendance")).json()
    summary = page["summary"]
    assert (summary["held"], summary["waiting"], summary["declined"]) == (6, 2, 1)
    assert (summary["mine"]["answer"], summary["mine"]["place"]) == ("accepted", "waiting")
    (lunch,) = [
        one for one in await every(farida, "/v1/meetings") if one["title"].startswith("Third")
    ]
    last = {"occurrence": "2026-11-18T12:30:00"}
    came = (await farida.get(f"/v1/meetings/{lunch['id']}/attendance", params=last)).json()
    assert 5 <= came["summary"]["came"] < came["summary"]["accepted"]


@pytest.mark.anyio
async def test_drafts_and_closed_rooms_are_shut(demo: TestHouse) -> None:
    """The draft is for facilitators; who came to the learning set is for its facilitator and oneself."""
    farida, morgan = [await whose(demo, key) for key in ("farida-saltmarrow", "morgan-bilberrow")]
    amara = await whose(demo, "amara-ottermere")
    assert len(await every(farida, "/v1/meetings", q="schools")) == 1
    assert await every(morgan, "/v1/meetings", q="schools") == []
    # What has all of the words comes first; others have minutes, too.
    closed, *_ = await every(amara, "/v1/meetings", q="ninety minutes")
    assert (closed["confidentiality"], closed["attendance_hidden"]) == ("chatham_house", True)
    nearest = await every(morgan, "/v1/meetings", q="ninety minutes")
    assert closed["id"] not in [one["id"] for one in nearest]
    last = {"occurrence": occurrences(MEETINGS["difficult-cases-set"], LOADED)[-1][0]}
    path = f"/v1/meetings/{closed['id']}/attendance"
    assert len((await farida.get(path, params=last)).json()["items"]) > 3
    assert len((await amara.get(path, params=last)).json()["items"]) == 1
    everybody = await every(demo.anonymous, "/v1/meetings")
    assert {one["title"] for one in everybody} >= {"Data club, alternate months"}
    assert {one["join_url"] for one in everybody} == {None}


@pytest.mark.anyio
async def test_minutes_and_actions_follow(demo: TestHouse) -> None:
    farida, anwen = [await whose(demo, key) for key in ("farida-saltmarrow", "anwen-wrenfold")]
    minutes = await every(farida, "/v1/minutes")
    (corrected,) = [one for one in minutes if one["edition"] == 2]
    editions = (await farida.get(f"/v1/minutes/{corrected['id']}/editions")).json()["items"]
    assert [one["note"] for one in editions] == [
        "56, not 58: one practice had counted a month twice.",
        None,
    ]
    mine = await every(anwen, "/v1/actions", owner="me", open="true")
    assert [one["title"] for one in mine] == ["Try the pharmacist's call before the review"]
    done = await every(farida, "/v1/actions", open="false")
    assert [one["done_at"] is not None for one in done] == [True]


@pytest.mark.anyio
async def test_the_year_is_told_in_its_order(demo: TestHouse) -> None:
    """The log goes from the founding to today; of what may be unattributed it tells days."""
    olga = await whose(demo, "opal-teaselby", operator=True)
    log = await every(olga, "/v1/audit")
    times = [row["at"] for row in log]
    instants = [at for at in times if at[11:19] != "00:00:00"]
    assert instants == sorted(instants, reverse=True)
    assert [at[:10] for at in times] == sorted((at[:10] for at in times), reverse=True)
    assert len(instants) < len(times)
    assert (times[-1][:7], times[0][:10]) == ("2024-08", "2026-11-23")
