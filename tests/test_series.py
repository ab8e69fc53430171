"""Changing series: one occurrence, one and all that follow, or all; and what becomes of what hangs on occurrences."""

import asyncio
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.core.recurrence import expand
from app.models import Action, Attendance, Minutes
from tests.house import TestHouse
from tests.meetings import Group

pytestmark = pytest.mark.anyio

Json = dict[str, Any]
WEEKLY = {
    "title": "Wednesdays",
    "local_start": "2027-03-03T12:30:00",
    "recurrence": "FREQ=WEEKLY;COUNT=8",
}
WEDNESDAYS = expand("FREQ=WEEKLY;COUNT=8", "2027-03-03T12:30:00", "Europe/London").locals
THIRD, FOURTH, FIFTH = WEDNESDAYS[2], WEDNESDAYS[3], WEDNESDAYS[4]


async def of(group: Group, meeting: Json, occurrence: str) -> Json:
    """One occurrence as the facilitator reads it."""
    path = f"/v1/meetings/{meeting['id']}"
    answer = await group.fay.client.get(path, params={"occurrence": occurrence})
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


async def read(group: Group, meeting: Json) -> Json:
    """The series as the facilitator reads it."""
    found: Json = (await group.fay.client.get(f"/v1/meetings/{meeting['id']}")).json()
    return found


async def code_of(group: Group, meeting: Json, body: Json, status: int, **params: str) -> str:
    """The code that an edit is refused with; nothing is changed by it."""
    before = await group.state()
    answer = await group.edit(meeting, body, status, **params)
    assert await group.state() == before
    return str(answer["errors"][0]["code"] if answer["errors"] else answer["code"])


async def test_one_occurrence_differs(house: TestHouse) -> None:
    """It is moved and has another title; the rest stays, and what was taken back is no difference any more."""
    group = await Group.of(house)
    made = await group.plan(WEEKLY)
    body = {"local_start": "2027-03-18T18:00:00", "title": "Evening", "duration_minutes": 90}
    moved = await group.edit(made, body, occurrence=THIRD)
    assert (moved["occurrence"], moved["title"]) == (THIRD, "Evening")
    assert (moved["starts_at"], moved["ends_at"], moved["sequence"]) == (
        "2027-03-18T18:00:00.000000Z", "2027-03-18T19:30:00.000000Z", 1,
    )  # fmt: skip
    assert (await of(group, made, FOURTH))["title"] == "Wednesdays"
    series = await read(group, made)
    assert series["exceptions"] == [
        {"occurrence": THIRD, "status": "confirmed", "starts_at": "2027-03-18T18:00:00.000000Z"}
    ]
    assert (series["version"], series["sequence"]) == (made["version"] + 1, 1)
    same = await group.edit(made, {"title": "Evening"}, occurrence=THIRD)
    assert same["version"] == series["version"]
    back = {"local_start": THIRD, "title": "Wednesdays", "duration_minutes": 60}
    await group.edit(made, back, occurrence=THIRD)
    assert (await read(group, made))["exceptions"] == []


async def test_all_of_it_begins_and_ends_with_the_moved_ones(house: TestHouse) -> None:
    """What a window is compared with spans an occurrence that was moved before the first or after the last."""
    group = await Group.of(house)
    made = await group.plan(WEEKLY)
    await group.edit(made, {"local_start": "2027-02-01T09:00:00"}, occurrence=FOURTH)
    await group.edit(
        made, {"local_start": "2027-06-01T09:00:00", "duration_minutes": 600}, occurrence=FIFTH
    )
    row = await group.row(made)
    assert row["begins_at"] == "2027-02-01T09:00:00.000000Z"
    assert row["ends_at"] == "2027-06-01T18:00:00.000000Z"
    await group.edit(made, {"local_start": FOURTH}, occurrence=FOURTH)
    await group.edit(made, {"local_start": FIFTH, "duration_minutes": 60}, occurrence=FIFTH)
    row = await group.row(made)
    assert (row["begins_at"], row["ends_at"]) == (
        "2027-03-03T12:30:00.000000Z", "2027-04-21T12:30:00.000000Z",
    )  # fmt: skip


async def test_what_one_occurrence_cannot_be(house: TestHouse) -> None:
    """Not into a gap of the clock, nor what a series has once; not one that there is not, or that is left out."""
    group = await Group.of(house)
    made = await group.plan(WEEKLY, excluded=[FIFTH])
    gap = {"local_start": "2027-03-28T01:30:00"}
    assert await code_of(group, made, gap, 422, occurrence=THIRD) == "in_dst_gap"
    once: tuple[Json, ...] = (
        {"timezone": "Europe/Paris"}, {"recurrence": None}, {"excluded": []}, {"confidentiality": "open"},
    )  # fmt: skip
    for body in once:
        assert await code_of(group, made, body, 422, occurrence=THIRD) == "of_the_series"
    half = {"latitude": 51.5}
    assert await code_of(group, made, half, 422, occurrence=THIRD) == "half_a_place"
    for occurrence in ("2027-03-04T12:30:00", FIFTH):
        for scope in ("this", "following"):
            params = {"occurrence": occurrence, "range": scope}
            assert await code_of(group, made, {"title": "A"}, 422, **params) == "no_such_occurrence"
    for scope in ("this", "following"):
        assert await code_of(group, made, {"title": "A"}, 422, range=scope) == "occurrence_required"
    assert (
        await code_of(group, made, {"starts_at": "2027-03-03T12:30:00Z"}, 422)
        == "local_start_needed"
    )
    await group.do(made, "cancel", body={"occurrence": THIRD})
    assert await code_of(group, made, {"title": "A"}, 409, occurrence=THIRD) == "illegal_transition"


async def test_all_changes_and_what_was_said_of_one_stays(house: TestHouse) -> None:
    """A moved and a cancelled occurrence keep their day and their state when all begin at another time."""
    group = await Group.of(house)
    made = await group.plan(WEEKLY, excluded=[FIFTH])
    await group.edit(made, {"local_start": "2027-03-18T18:00:00"}, occurrence=THIRD)
    await group.do(made, "cancel", body={"occurrence": FOURTH, "reason": "Holidays"})
    answer = await group.answer(made, group.mel, THIRD)
    later = await group.edit(made, {"local_start": "2027-03-03T13:00:00"})
    keys = [day.replace("12:30", "13:00") for day in (THIRD, FOURTH, FIFTH)]
    assert later["excluded"] == [keys[2]]
    assert [one["occurrence"] for one in later["exceptions"]] == keys[:2]
    assert (await of(group, made, keys[0]))["starts_at"] == "2027-03-18T18:00:00.000000Z"
    assert (await of(group, made, keys[1]))["cancel_reason"] == "Holidays"
    assert await group.where(Attendance, answer) == (made["id"], keys[0])
    row = await group.row(made)
    assert {one["sequence"] for one in row["exceptions"].values()} == {row["sequence"]} == {3}


async def test_keys_go_by_day_then_by_place_in_line(house: TestHouse) -> None:
    """To later and to earlier days by the place in line, with nobody's answer in another's place."""
    group = await Group.of(house)
    made = await group.plan(WEEKLY)
    answers = [await group.answer(made, group.mel, key) for key in WEDNESDAYS]
    notes = [await group.note(Minutes, made, key) for key in WEDNESDAYS]
    todo = await group.note(Action, made, THIRD)
    whole = await group.note(Action, made)
    for start in ("2027-03-10T12:30:00", "2027-03-04T12:30:00", "2027-02-18T12:30:00"):
        await group.edit(made, {"local_start": start})
        keys = expand("FREQ=WEEKLY;COUNT=8", start, "Europe/London").locals
        for answer, note, key in zip(answers, notes, keys, strict=True):
            assert await group.where(Attendance, answer) == (made["id"], key)
            assert await group.where(Minutes, note) == (made["id"], key)
        assert await group.where(Action, todo) == (made["id"], keys[2])
    assert await group.where(Action, whole) == (made["id"], "")


async def test_what_hangs_on_an_occurrence_keeps_it(house: TestHouse) -> None:
    """A pattern that has no place for a recorded occurrence is refused, and one that has is taken."""
    group = await Group.of(house)
    made = await group.plan(WEEKLY)
    await group.edit(made, {"title": "Short"}, occurrence=WEDNESDAYS[7])
    answer = await group.answer(made, group.mel, FIFTH)
    for body in (
        {"recurrence": "FREQ=WEEKLY;COUNT=4"},
        {"recurrence": "FREQ=WEEKLY;COUNT=9", "local_start": "2027-03-04T12:30:00"},
        {"recurrence": None},
    ):
        assert await code_of(group, made, body, 409) == "occurrence_in_use"
    daily = await group.edit(made, {"recurrence": "FREQ=DAILY;COUNT=30"})
    assert await group.where(Attendance, answer) == (made["id"], FIFTH)
    assert daily["exceptions"] == []  # its occurrence is no more, and nothing hung on it


async def test_an_occurrence_that_is_left_out_takes_nothing_of_others_along(
    house: TestHouse,
) -> None:
    """What differs for others stays, and who answered to one date is not given another."""
    group = await Group.of(house)
    made = await group.plan(WEEKLY, excluded=[WEDNESDAYS[6]], status="tentative")
    await group.edit(made, {"title": "Long"}, occurrence=THIRD)
    await group.edit(made, {"title": "Short"}, occurrence=FIFTH)
    left = await group.edit(made, {"excluded": [FIFTH, WEDNESDAYS[6]]})
    assert [one["occurrence"] for one in left["exceptions"]] == [THIRD]
    answer = await group.answer(made, group.mel, FOURTH)
    # As many occurrences as before, but they are the same series and not one that was moved.
    other = {"excluded": [FOURTH, FIFTH]}
    assert await code_of(group, made, other, 409) == "occurrence_in_use"
    assert await group.where(Attendance, answer) == (made["id"], FOURTH)


async def test_nothing_that_people_were_told_of_is_silently_gone(house: TestHouse) -> None:
    """An announced occurrence is cancelled and not left out, and one that is cancelled stays in every new plan."""
    group = await Group.of(house)
    made = await group.plan(WEEKLY)
    await group.do(made, "cancel", body={"occurrence": THIRD})
    before = await group.state()
    for excluded in ([FOURTH], [THIRD]):
        assert await code_of(group, made, {"excluded": excluded}, 409) == "meeting_announced"
    shorter = {"recurrence": "FREQ=WEEKLY;COUNT=2"}
    assert await code_of(group, made, shorter, 409) == "illegal_transition"
    assert await group.state() == before
    fewer = await group.edit(made, {"recurrence": "FREQ=WEEKLY;COUNT=3"})
    assert [one["status"] for one in fewer["exceptions"]] == ["cancelled"]


async def test_a_cancelled_occurrence_does_not_come_back_as_a_single_meeting(
    house: TestHouse,
) -> None:
    group = await Group.of(house)
    made = await group.plan(WEEKLY)
    await group.do(made, "cancel", body={"occurrence": WEDNESDAYS[0]})
    before = await group.state()
    assert await code_of(group, made, {"recurrence": None}, 409) == "illegal_transition"
    assert await group.state() == before
    other = {"recurrence": None, "local_start": WEDNESDAYS[1]}
    assert await code_of(group, made, other, 409) == "illegal_transition"


async def test_what_has_begun_stays_where_it_was(house: TestHouse) -> None:
    """What was recorded of an occurrence that has begun never gets another time; later ones move without it."""
    group = await Group.of(house)
    now = house.app.rooms.house.clock()
    first = (now - timedelta(days=10)).replace(hour=12, minute=0, second=0, microsecond=0)
    start = first.replace(tzinfo=None).isoformat()
    made = await group.plan({**WEEKLY, "timezone": "UTC", "local_start": start})
    keys = expand("FREQ=WEEKLY;COUNT=8", start, "UTC").locals
    await group.answer(made, group.mel, keys[0], came=True)
    hour = {"local_start": start.replace("T12", "T13")}
    assert await code_of(group, made, hour, 409) == "occurrence_in_use"
    assert await code_of(group, made, {"timezone": "Asia/Tokyo"}, 409) == "occurrence_in_use"
    assert (await group.edit(made, {"title": "Still"}))["title"] == "Still"
    later = {"local_start": keys[3].replace("T12", "T13")}
    new = await group.edit(made, later, occurrence=keys[3], range="following")
    assert new["local_start"] == later["local_start"]


@pytest.mark.parametrize(
    ("rule", "head", "rest"),
    [
        ("FREQ=WEEKLY;COUNT=8", "FREQ=WEEKLY;COUNT=3", "FREQ=WEEKLY;COUNT=5"),
        (
            "FREQ=WEEKLY;UNTIL=20270421T113000Z",
            "FREQ=WEEKLY;UNTIL=20270317T123000Z",
            "FREQ=WEEKLY;UNTIL=20270421T113000Z",
        ),
    ],
)
async def test_a_series_becomes_two(house: TestHouse, rule: str, head: str, rest: str) -> None:
    """It ends before the occurrence; a new one begins there and takes along what was said and what hangs on it."""
    group = await Group.of(house)
    made = await group.plan({**WEEKLY, "recurrence": rule}, excluded=[WEDNESDAYS[1], WEDNESDAYS[6]])
    await group.edit(made, {"title": "First", "mode": "hybrid"}, occurrence=WEDNESDAYS[0])
    await group.edit(made, {"local_start": "2027-05-01T09:00:00"}, occurrence=FIFTH)
    await group.do(made, "cancel", body={"occurrence": WEDNESDAYS[5]})
    stays, goes = [await group.answer(made, group.mel, key) for key in (THIRD, FOURTH)]
    note, todo = await group.note(Minutes, made, FOURTH), await group.note(Action, made, FOURTH)
    _, since = await group.feed(group.mel.client)
    new = await group.edit(made, {"place": "Town hall"}, occurrence=FOURTH, range="following")
    old = await read(group, made)
    assert (old["recurrence"], old["excluded"], old["place"]) == (head, [WEDNESDAYS[1]], None)
    assert (new["recurrence"], new["excluded"], new["place"]) == (
        rest,
        [WEDNESDAYS[6]],
        "Town hall",
    )
    assert (new["follows_id"], new["local_start"], new["sequence"]) == (made["id"], FOURTH, 0)
    assert (new["status"], new["announced_at"]) == (made["status"], made["announced_at"])
    assert old["last_ends_at"] == "2027-03-17T13:30:00.000000Z"
    assert new["last_ends_at"] == "2027-05-01T09:00:00.000000Z"
    assert [one["occurrence"] for one in old["exceptions"]] == [WEDNESDAYS[0]]
    assert [(one["occurrence"], one["status"]) for one in new["exceptions"]] == [
        (FIFTH, "confirmed"), (WEDNESDAYS[5], "cancelled"),
    ]  # fmt: skip
    assert await group.where(Attendance, stays) == (made["id"], THIRD)
    for model, one in ((Attendance, goes), (Minutes, note), (Action, todo)):
        assert await group.where(model, one) == (new["id"], FOURTH)
    items, _ = await group.feed(group.mel.client, since)
    told = {(item["kind"], item["id"]) for item in items}
    assert told == {
        ("meeting", made["id"]),
        ("meeting", new["id"]),
        ("attendance", goes),
        ("action", todo),
    }
    await group.edit(new, {"title": "Again"}, occurrence=FIFTH, range="following")
    assert (
        await code_of(group, made, {"title": "A"}, 422, occurrence=FOURTH)
    ) == "no_such_occurrence"


async def test_from_the_first_on_is_all(house: TestHouse) -> None:
    """Also where what the rule gives before it is left out; and an edit that changes nothing splits nothing."""
    group = await Group.of(house)
    made = await group.plan(WEEKLY, excluded=list(WEDNESDAYS[:2]))
    found = await group.edit(made, {"title": "All"}, occurrence=THIRD, range="following")
    assert (found["id"], found["title"], found["follows_id"]) == (made["id"], "All", None)
    same = await group.edit(made, {"title": "All"}, occurrence=FIFTH, range="following")
    assert (same["id"], same["version"]) == (made["id"], found["version"])


async def test_a_split_in_a_gap_of_the_clock(house: TestHouse) -> None:
    """A rule may lay an occurrence into a gap, and a series may be split there; nobody may choose such a start."""
    group = await Group.of(house)
    body = {**WEEKLY, "local_start": "2027-03-14T01:30:00", "recurrence": "FREQ=WEEKLY;COUNT=4"}
    made = await group.plan(body)
    gap = "2027-03-28T01:30:00"
    new = await group.edit(made, {"title": "Spring"}, occurrence=gap, range="following")
    assert (new["starts_at"], new["recurrence"]) == (
        "2027-03-28T01:30:00.000000Z",
        "FREQ=WEEKLY;COUNT=2",
    )
    edited = await group.edit(new, {"duration_minutes": 30})
    assert edited["starts_at"] == new["starts_at"]
    assert await code_of(group, new, {"local_start": gap}, 422) == "in_dst_gap"


async def test_calling_the_rest_off(house: TestHouse) -> None:
    """What people were told of is cancelled one by one, and what nobody was told of goes."""
    group = await Group.of(house)
    made = await group.plan(WEEKLY)
    await group.edit(made, {"title": "Fifth"}, occurrence=FIFTH)
    await group.do(made, "cancel", body={"occurrence": WEDNESDAYS[6], "reason": "Snow"})
    body = {"occurrence": FOURTH, "range": "following", "reason": "No money"}
    series = await group.do(made, "cancel", body=body)
    assert (series["status"], series["recurrence"]) == ("confirmed", "FREQ=WEEKLY;COUNT=8")
    assert [(one["occurrence"], one["status"]) for one in series["exceptions"]] == [
        (key, "cancelled") for key in WEDNESDAYS[3:]
    ]
    reasons = [(await of(group, made, key))["cancel_reason"] for key in WEDNESDAYS[3:]]
    assert reasons == ["No money", "No money", "No money", "Snow", "No money"]
    assert (await of(group, made, FIFTH))["title"] == "Fifth"
    assert (await group.do(made, "cancel", 409, body))["code"] == "illegal_transition"
    whole = await group.do(made, "cancel", body={"occurrence": WEDNESDAYS[0], "range": "following"})
    assert whole["status"] == "cancelled"
    draft = await group.plan(WEEKLY, status="tentative")
    short = await group.do(draft, "cancel", body={"occurrence": FOURTH, "range": "following"})
    assert (short["recurrence"], short["exceptions"], short["sequence"]) == (
        "FREQ=WEEKLY;COUNT=3",
        [],
        0,
    )


async def test_cancel_against_split(house: TestHouse) -> None:
    """At the same time, ten times over: whoever comes second finds what the first one left, and nothing is lost."""
    group = await Group.of(house)
    for _ in range(10):
        made = await group.plan(WEEKLY)
        path = f"/v1/meetings/{made['id']}"
        params = {"occurrence": FOURTH, "range": "following"}
        split, cancel = await asyncio.gather(
            group.fay.client.patch(path, {"title": "New"}, params=params),
            group.fay.client.post(f"{path}/cancel", {"occurrence": FIFTH}),
        )
        assert split.status_code == 200
        new = split.json()
        cancelled = await group.row(new)
        if cancel.status_code == 200:
            assert list(cancelled["exceptions"]) == [FIFTH]
        else:
            assert (cancel.status_code, cancel.json()["errors"][0]["code"]) == (
                422,
                "no_such_occurrence",
            )
            assert cancelled["exceptions"] == {}
        assert (await group.row(made))["exceptions"] == {}


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_is_done_to_a_series(house: TestHouse, seed: int) -> None:
    """Random edits: what a list shows of a window of years is what the rows say, and nothing that was there is lost."""
    group = await Group.of(house)
    chance = random.Random(seed)
    made = await group.plan(WEEKLY)
    for key in WEDNESDAYS[1::2]:
        await group.answer(made, group.mel, key)
    known = [made]
    for step in range(14):
        meeting = chance.choice(known)
        shown = await _occurrences(group, meeting)
        key = chance.choice(shown)["occurrence"]
        params = chance.choice(({}, {"occurrence": key}, {"occurrence": key, "range": "following"}))
        at = datetime(2027, 3, chance.randint(1, 27), chance.randint(8, 20), tzinfo=UTC)
        moves = {"local_start": at.replace(tzinfo=None).isoformat()}
        body = chance.choice((moves, {"title": f"Step {step}"}, {"duration_minutes": 30 + step}))
        path = f"/v1/meetings/{meeting['id']}"
        if chance.random() < 0.2:
            answer = await group.fay.client.post(f"{path}/cancel", {"occurrence": key})
        else:
            answer = await group.fay.client.patch(path, body, params=params)
        assert answer.status_code in (200, 409, 422), answer.text
        if answer.status_code == 200 and answer.json()["id"] not in [one["id"] for one in known]:
            known.append(answer.json())
        for one in known:
            await _holds(group, one)
    answered = [len(await group.keys(one)) for one in known]
    assert sum(answered) == len(WEDNESDAYS[1::2])


async def _occurrences(group: Group, meeting: Json) -> list[Json]:
    params = {"from": "2026-12-01T00:00:00Z", "to": "2028-06-01T00:00:00Z", "limit": "100"}
    params["network_id"] = group.network_id
    items = (await group.fay.client.get("/v1/meetings", params=params)).json()["items"]
    return [item for item in items if item["id"] == meeting["id"]]


async def _holds(group: Group, meeting: Json) -> None:
    row, shown = await group.row(meeting), await _occurrences(group, meeting)
    assert row["begins_at"] == min(item["starts_at"] for item in shown)
    assert row["ends_at"] == max(item["ends_at"] for item in shown)
    keys = {item["occurrence"] for item in shown}
    assert set(row["exceptions"]) <= keys
    found = await group.fay.client.get(f"/v1/meetings/{meeting['id']}")
    assert [one["occurrence"] for one in found.json()["exceptions"]] == sorted(row["exceptions"])
    assert await group.keys(meeting) <= keys
