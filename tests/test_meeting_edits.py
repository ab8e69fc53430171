"""What is done to a meeting: edit, announce, confirm, cancel, delete; what is refused changes nothing."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import select

from app.models import Action, Attendance, Minutes
from tests.house import TestHouse
from tests.meetings import SERIES, SINGLE, Group

pytestmark = pytest.mark.anyio


async def test_the_life_of_a_meeting(house: TestHouse) -> None:
    """Draft, save the date, confirmed, cancelled; members see it from the announcement on, and the sequence counts."""
    group = await Group.of(house)
    made = await group.plan(SINGLE, status="tentative")
    path = f"/v1/meetings/{made['id']}"
    assert (made["status"], made["announced_at"], made["sequence"]) == ("tentative", None, 0)
    assert set(made["actions"]) >= {"update", "delete", "announce", "confirm", "cancel"}
    await group.edit(made, {"title": "Inhalers"})
    assert (await group.mel.client.get(path)).status_code == 404
    told = await group.do(made, "announce")
    assert (told["status"], told["sequence"]) == ("tentative", 0)
    assert not {"delete", "announce"} & set(told["actions"])
    assert (await group.mel.client.get(path)).json()["title"] == "Inhalers"
    sure = await group.do(made, "confirm")
    assert (sure["status"], sure["sequence"], sure["announced_at"]) == (
        "confirmed", 1, told["announced_at"],
    )  # fmt: skip
    off = await group.do(made, "cancel", body={"reason": "Snow"})
    assert (off["status"], off["cancel_reason"], off["sequence"]) == ("cancelled", "Snow", 2)
    assert not {"update", "cancel", "confirm", "announce", "delete"} & set(off["actions"])
    assert (await group.mel.client.get(path)).json()["cancel_reason"] == "Snow"


async def test_what_is_final_or_told_stays(house: TestHouse) -> None:
    """Cancelled is final, told is never deleted, twice is refused; and nothing is changed by any of it."""
    group = await Group.of(house)
    cancelled = await group.plan(SINGLE)
    await group.do(cancelled, "cancel", body={})
    sure = await group.plan(SINGLE)
    before = await group.state()
    for verb in ("announce", "confirm", "cancel"):
        said = await group.do(cancelled, verb, 409, {} if verb == "cancel" else None)
        assert said["code"] == "illegal_transition"
    edits: tuple[dict[str, Any], ...] = ({}, {"title": "Still"}, {"capacity": 3})
    for edit in edits:
        assert (await group.edit(cancelled, edit, 409))["code"] == "illegal_transition"
    for verb in ("announce", "confirm"):
        assert (await group.do(sure, verb, 409))["code"] == "illegal_transition"
    for meeting in (cancelled, sure):
        answer = await group.fay.client.delete(f"/v1/meetings/{meeting['id']}")
        assert (answer.status_code, answer.json()["code"]) == (409, "meeting_announced")
    assert await group.state() == before


async def test_a_draft_is_deleted(house: TestHouse) -> None:
    """Until anybody was told, and nothing hangs on it; the other facilitators hear that it is gone."""
    group = await Group.of(house)
    draft = await group.plan(SERIES, status="tentative")
    await group.edit(draft, {"title": "One"}, occurrence="2027-04-21T12:30:00")
    _, since = await group.feed(group.fay.client)
    path = f"/v1/meetings/{draft['id']}"
    stale = await group.fay.client.delete(path, headers={"If-Match": '"1-x"'})
    assert stale.status_code == 412
    assert (await group.fay.client.delete(path)).status_code == 204
    assert (await group.fay.client.get(path)).status_code == 404
    items, _ = await group.feed(group.fay.client, since)
    assert [(item["id"], item["op"]) for item in items] == [(draft["id"], "gone")]
    assert [
        item for item in (await group.feed(group.mel.client))[0] if item["id"] == draft["id"]
    ] == []
    held = await group.plan(SINGLE, status="tentative")
    await group.note(Action, held)
    answer = await group.fay.client.delete(f"/v1/meetings/{held['id']}")
    assert (answer.status_code, answer.json()["code"]) == (409, "occurrence_in_use")


async def test_only_what_is_sent_and_differs_is_changed(house: TestHouse) -> None:
    """A merge patch: absent stays, null clears; an edit that changes nothing moves no version."""
    group = await Group.of(house)
    body = {"place": "Surgery", "description": "Bring one", "capacity": 20}
    made = await group.plan(SINGLE, **body)
    again = await group.edit(
        made, {"title": made["title"], "capacity": 20, "starts_at": made["starts_at"]}
    )
    assert (again["version"], again["sequence"]) == (made["version"], 0)
    edited = await group.edit(made, {"description": None, "mode": "hybrid"})
    assert (edited["description"], edited["mode"], edited["place"]) == (None, "hybrid", "Surgery")
    assert (edited["version"], edited["sequence"]) == (made["version"] + 1, 1)
    stale = await group.fay.client.patch(
        f"/v1/meetings/{made['id']}",
        {"title": "Late"},
        headers={"If-Match": f'"{made["version"]}-x"'},
    )
    assert stale.status_code == 412
    found = await group.fay.client.get("/v1/meetings", params={"q": "surgery"})
    if found.status_code == 200:
        assert [item["id"] for item in found.json()["items"]] == [made["id"]]


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"title": None}, "/title", "string_type"),
        ({"starts_at": None}, "/starts_at", "datetime_type"),
        ({"local_start": "2027-03-28T01:30:00"}, "/local_start", "in_dst_gap"),
        ({"local_start": "2027-02-30T10:00:00"}, "/local_start", "no_such_day"),
        ({"local_start": "2027-03-17T12:30:00Z"}, "/local_start", "local_format"),
        ({"local_start": "2027-03-17"}, "/local_start", "local_format"),
        ({"local_start": 20270317}, "/local_start", "local_format"),
        ({"timezone": "Europe/Nowhere"}, "/timezone", "unknown_timezone"),
        ({"timezone": "Central European Time"}, "/timezone", "unknown_timezone"),
        ({"recurrence": "third Wednesday"}, "/recurrence", "bad_recurrence"),
        ({"latitude": 51.5}, "/latitude", "half_a_place"),
        ({"recurrence": "FREQ=DAILY"}, "/recurrence", "endless_recurrence"),
        ({"recurrence": "FREQ=SECONDLY;COUNT=3"}, "/recurrence", "bad_recurrence"),
        ({"excluded": ["2027-03-17T12:30:00"]}, "/excluded", "no_such_occurrence"),
        ({"starts_at": "2027-03-17T12:30:00Z", "local_start": "2027-03-17T12:30:00"}, "/starts_at", "one_start"),
        ({"status": "confirmed"}, "/status", "extra_forbidden"),
        ({"agenda": [{"title": "A", "presenter": "Sam", "chatham_house": True}]}, "/agenda/0/presenter",
         "chatham_house"),
    ],
)  # fmt: skip
async def test_what_cannot_be_is_refused(
    house: TestHouse, body: dict[str, Any], pointer: str, code: str
) -> None:
    """The field is named, and nothing is changed."""
    group = await Group.of(house)
    made = await group.plan(SINGLE)
    before = await group.state()
    error = (await group.edit(made, body, 422))["errors"][0]
    assert (error["pointer"], error["code"]) == (pointer, code)
    assert await group.state() == before


@pytest.mark.parametrize(
    ("body", "example"),
    [
        ({"local_start": "17.3.2027 12:30"}, "2026-03-18T12:30:00"),
        ({"timezone": "London"}, "Europe/London"),
        ({"timezone": "UK time"}, "Europe/London"),
        ({"recurrence": "third Wednesday"}, "FREQ=MONTHLY;BYDAY=3WE;COUNT=12"),
    ],
)
async def test_what_time_looks_like_is_said_by_an_example(
    house: TestHouse, body: dict[str, Any], example: str
) -> None:
    """Nobody has to read a pattern, or to count the characters that are too many."""
    group = await Group.of(house)
    made = await group.plan(SINGLE)
    error = (await group.edit(made, body, 422))["errors"][0]
    assert example in error["detail"]
    assert "pattern" not in error["detail"]


async def test_who_may_not_edit(house: TestHouse) -> None:
    """Strangers and members of another network find nothing; members and outsiders of an open one may not."""
    group = await Group.of(house)
    out = await house.person("Out")
    members, public = await group.plan(SINGLE), await group.plan(SINGLE, confidentiality="open")
    before = await group.state()
    for person, meeting, status in (
        (out, members, 404), (out, public, 403), (group.mel, members, 403), (group.mel, public, 403),
    ):  # fmt: skip
        path = f"/v1/meetings/{meeting['id']}"
        answers = [
            await person.client.patch(path, {"title": "Mine"}),
            await person.client.delete(path),
            await person.client.post(f"{path}/announce"),
            await person.client.post(f"{path}/confirm"),
            await person.client.post(f"{path}/cancel", {}),
        ]
        assert {answer.status_code for answer in answers} == {status}
    await group.fay.client.post(
        f"/v1/networks/{group.network_id}/archive", {"closing_note": "Done"}
    )
    after = await group.state()
    assert (await group.edit(members, {"title": "Late"}, 409))["code"] == "network_archived"
    assert (await group.do(members, "cancel", 409, {}))["code"] == "network_archived"
    assert after[:5] == before[:5]
    assert after == await group.state()


async def test_one_meeting_moves_with_what_hangs_on_it(house: TestHouse) -> None:
    """By an instant or by the clock on the wall; with another zone alone the instant stays."""
    group = await Group.of(house)
    made = await group.plan(SINGLE)
    answer = await group.answer(made, group.mel)
    moved = await group.edit(made, {"local_start": "2027-07-01T09:00:00"})
    assert (moved["starts_at"], moved["sequence"]) == ("2027-07-01T08:00:00.000000Z", 1)
    assert moved["last_ends_at"] == "2027-07-01T09:00:00.000000Z"
    abroad = await group.edit(made, {"timezone": "Europe/Paris"})
    assert (abroad["starts_at"], abroad["local_start"]) == (
        "2027-07-01T08:00:00.000000Z", "2027-07-01T10:00:00",
    )  # fmt: skip
    assert await group.where(Attendance, answer) == (made["id"], "")
    series = await group.edit(made, {"recurrence": "FREQ=WEEKLY;COUNT=3"})
    assert (series["local_start"], series["recurrence"]) == (
        "2027-07-01T10:00:00",
        "FREQ=WEEKLY;COUNT=3",
    )
    assert await group.where(Attendance, answer) == (made["id"], "2027-07-01T10:00:00")
    body = {"recurrence": None, "starts_at": "2027-07-01T10:00:00Z"}
    alone = await group.edit(made, body)
    assert (alone["recurrence"], alone["local_start"]) == (None, "2027-07-01T12:00:00")
    assert await group.where(Attendance, answer) == (made["id"], "")


async def test_two_edits_at_once(house: TestHouse) -> None:
    """One after the other, whoever comes first: nothing is lost, and with If-Match one of them is told."""
    group = await Group.of(house)
    made = await group.plan(SINGLE)
    await asyncio.gather(
        group.edit(made, {"title": "One"}), group.edit(made, {"description": "Two"})
    )
    row = await group.row(made)
    assert (row["title"], row["description"], row["version"], row["sequence"]) == (
        "One",
        "Two",
        3,
        2,
    )
    path, tag = f"/v1/meetings/{made['id']}", {"If-Match": '"3-x"'}
    both = await asyncio.gather(
        *(group.fay.client.patch(path, {"title": title}, headers=tag) for title in ("A", "B"))
    )
    assert sorted(answer.status_code for answer in both) == [200, 412]


async def test_capacity(house: TestHouse) -> None:
    """Not below the places that are held; more places promote who waits, in the order they came."""
    group = await Group.of(house)
    made = await group.plan(SINGLE, capacity=1)
    others = [await house.person(f"Person {number}") for number in range(3)]
    await group.answer(made, group.mel)
    waiting = [
        await group.answer(made, person, place="waiting", queue=number)
        for number, person in enumerate(others)
    ]
    series = await group.plan(SERIES, capacity=1)
    key = "2027-04-21T12:30:00"
    held = await group.answer(series, group.mel, key)
    queued = await group.answer(series, group.fay, key, place="waiting", queue=1)
    await group.edit(made, {"capacity": 3})
    places = [await _place(group, answer) for answer in waiting]
    assert places == ["held", "held", "waiting"]
    before = await group.state()
    assert (await group.edit(made, {"capacity": 2}, 409))["code"] == "places_taken"
    assert await group.state() == before
    later = await group.edit(series, {"capacity": 2}, occurrence=key, range="following")
    assert await _place(group, queued) == "held"
    for answer in (held, queued):
        assert await group.where(Attendance, answer) == (later["id"], key)
    assert (await group.edit(later, {"capacity": 1}, 409, occurrence="2027-04-21T12:30:00"))[
        "code"
    ] == "places_taken"
    await group.edit(later, {"capacity": None}, occurrence=key)


async def _place(group: Group, answer: str) -> str:
    statement = select(Attendance.place).where(Attendance.id == answer)
    (row,) = await group.house.app.rooms.house.db.fetch(object(), lambda: statement, {})
    return str(row["place"])


async def test_narrowing_is_told_to_whom_it_was_open(house: TestHouse) -> None:
    """An open meeting that becomes the members' is gone for everybody else, with its minutes; and comes back."""
    group = await Group.of(house)
    made = await group.plan(SINGLE, confidentiality="open")
    await group.note(
        Minutes,
        made,
        published_text="Agreed",
        published_at=house.app.rooms.house.clock(),
        edition=1,
    )
    out = await house.person("Out")
    for client in (out.client, house.anonymous):
        _, since = await group.feed(client)
        await group.edit(made, {"confidentiality": "members"})
        items, since = await group.feed(client, since)
        assert {(item["kind"], item["op"]) for item in items} == {
            ("meeting", "gone"),
            ("minutes", "gone"),
        }
        await group.edit(made, {"title": f"Not for you {out.id}"})
        items, since = await group.feed(client, since)
        assert items == []
        await group.edit(made, {"confidentiality": "open"})
        items, _ = await group.feed(client, since)
        assert {(item["kind"], item["op"]) for item in items} == {
            ("meeting", "upsert"),
            ("minutes", "upsert"),
        }


async def test_actions_say_what_may_be_done(house: TestHouse) -> None:
    """By the state it is in, by role, for one occurrence; nothing once the network is archived."""
    group = await Group.of(house)
    olly = await house.person("Olly Observer")
    await group.join(olly)
    members = f"/v1/members?network_id={group.network_id}"
    spells = (await group.fay.client.get(members)).json()["items"]
    (spell,) = [one["id"] for one in spells if one["person"]["id"] == olly.id]
    await group.fay.client.patch(f"/v1/members/{spell}", {"role": "observer"})
    draft = await group.plan(SERIES, status="tentative")
    assert draft["actions"] == ["update", "delete", "announce", "confirm", "cancel"]
    path = f"/v1/meetings/{draft['id']}"
    assert (await group.fay.client.get(path)).json()["actions"] == draft["actions"]
    told = await group.do(draft, "announce")
    runs = ["update", "cancel", "answer", "record_attendance", "write_minutes", "add_action"]
    assert told["actions"] == ["update", "confirm", *runs[1:]]
    for person, expected in ((group.mel, ["answer", "add_action"]), (olly, ["answer"])):
        assert (await person.client.get(path)).json()["actions"] == expected
    assert (await group.do(draft, "confirm"))["actions"] == runs
    key = SERIES["local_start"]
    one = await group.do(draft, "cancel", body={"occurrence": key})
    assert one["actions"] == ["write_minutes", "add_action"]
    assert (await group.fay.client.get(path)).json()["actions"] == runs
    await group.fay.client.post(
        f"/v1/networks/{group.network_id}/archive", {"closing_note": "Done"}
    )
    assert (await group.fay.client.get(path)).json()["actions"] == []


@pytest.mark.parametrize("middle", ["open", "restricted"])
async def test_narrowing_in_a_sub_group(house: TestHouse, middle: str) -> None:
    """Open below what is not open: who is a member above saw it, and is told; who never saw it is not."""
    root = await Group.of(house, visibility="restricted")
    ids, parent = [], root.network_id
    for rule in (middle, "open"):
        body = {
            "name": rule, "purpose": "Part", "join_policy": "open", "visibility": rule, "parent_id": parent,
        }  # fmt: skip
        parent = (await root.fay.client.post("/v1/networks", body)).json()["id"]
        ids.append(parent)
    above, below = root.mel, await house.person("Between")
    await root.join(below)
    await below.client.post(f"/v1/networks/{ids[0]}/join", {})
    out = await house.person("Out")
    made = await root.plan(SINGLE, network_id=ids[1], confidentiality="open")
    path = f"/v1/meetings/{made['id']}"
    saw = {
        person.id: (await person.client.get(path)).status_code == 200
        for person in (above, below, out)
    }
    assert saw == {above.id: middle == "open", below.id: True, out.id: False}
    since = {person.id: (await root.feed(person.client))[1] for person in (above, below, out)}
    await root.edit(made, {"confidentiality": "members"})
    for person in (above, below, out):
        items, _ = await root.feed(person.client, since[person.id])
        told = [(item["id"], item["op"]) for item in items]
        assert told == ([(made["id"], "gone")] if saw[person.id] else [])
