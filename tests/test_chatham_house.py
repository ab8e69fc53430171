"""The Chatham House Rule over a meeting: what it takes, that it only tightens, and who hears of it."""

import time
from typing import Any

import orjson
import pytest

from app.models import Action, Minutes
from tests.house import TestHouse
from tests.meetings import SINGLE, Group

pytestmark = pytest.mark.anyio

Json = dict[str, Any]
WEEKLY = {
    "title": "Wednesdays",
    "local_start": "2027-03-03T12:30:00",
    "recurrence": "FREQ=WEEKLY;COUNT=4",
}
KEYS = [f"2027-03-{day}T12:30:00" for day in ("03", "10", "17", "24")]
UNDER: Json = {"title": "Near misses", "chatham_house": True}


def agenda(**item: Any) -> Json:
    """An agenda whose second point has this."""
    return {"agenda": [{"title": "Welcome"}, {"title": "A case", **item}]}


async def refused(
    group: Group, meeting: Json, body: Json, status: int = 422, **params: str
) -> Json:
    """What an edit is refused with; nothing is changed by it."""
    before = await group.state()
    answer = await group.edit(meeting, body, status, **params)
    assert await group.state() == before
    found: Json = answer["errors"][0] if answer["errors"] else answer
    return found


async def test_what_is_under_the_rule_names_nobody(house: TestHouse) -> None:
    """No presenter, no active member in title or detail; the place is told, not the name. Elsewhere names are free."""
    group = await Group.of(house)
    made = await group.plan(SINGLE)
    fine = agenda(presenter="Mel Brown", detail="With Mel Brown")
    assert (await group.edit(made, fine))["attendance_hidden"] is False
    error = await refused(group, made, agenda(presenter="A guest", chatham_house=True))
    assert (error["pointer"], error["code"]) == ("/agenda/1/presenter", "chatham_house")
    for name, text, place in (
        ("title", "mel BROWN on asthma", 1), ("detail", "What\nMel  Brown's practice did", 6),
    ):  # fmt: skip
        error = await refused(group, made, agenda(**{name: text, "chatham_house": True}))
        assert (error["pointer"], error["code"]) == (f"/agenda/1/{name}", "names_a_member")
        assert f"character {place} " in error["detail"]
        assert "brown" not in str(error).lower()
    error = await refused(group, made, {"confidentiality": "chatham_house"})
    assert (error["pointer"], error["code"]) == ("/agenda/1/presenter", "chatham_house")
    body = {**SINGLE, **agenda(detail="Mel Brown"), "confidentiality": "chatham_house"}
    answer = await group.fay.client.post("/v1/meetings", {**body, "network_id": group.network_id})
    assert answer.json()["errors"][0]["code"] == "names_a_member"
    stranger = agenda(title="Florence Nightingale's notes", chatham_house=True)
    assert (await group.edit(made, stranger))["attendance_hidden"] is True


async def test_a_part_and_a_single_occurrence(house: TestHouse) -> None:
    """One point of the agenda, or that of one occurrence, hides who answers; without answers it may be taken off."""
    group = await Group.of(house)
    made = await group.plan(WEEKLY)
    await group.edit(made, {"agenda": [UNDER]}, occurrence=KEYS[2])
    assert (await group.row(made))["attendance_hidden"] is True
    await group.edit(made, {"agenda": []}, occurrence=KEYS[2])
    assert (await group.row(made))["attendance_hidden"] is False
    named = {"title": "A", "presenter": "Somebody"}
    await group.edit(made, {"agenda": [named]}, occurrence=KEYS[2])
    error = await refused(group, made, {"confidentiality": "chatham_house"})
    assert (error["pointer"], error["code"]) == ("/confidentiality", "chatham_house")
    assert KEYS[2] in error["detail"]


async def test_it_is_kept_once_anybody_answered(house: TestHouse) -> None:
    """Of the whole, of a part, of a single occurrence, and of the half of a series that answered under it."""
    group = await Group.of(house)
    whole = await group.plan(SINGLE, confidentiality="chatham_house")
    part = await group.plan(SINGLE, agenda=[UNDER])
    series = await group.plan(WEEKLY)
    await group.edit(series, {"agenda": [UNDER]}, occurrence=KEYS[1])
    for meeting, key in ((whole, ""), (part, ""), (series, KEYS[3])):
        await group.answer(meeting, group.mel, key)
    for meeting, body, params in (
        (whole, {"confidentiality": "members"}, {}),
        (whole, {"confidentiality": "open", "agenda": [UNDER]}, {}),
        (part, {"agenda": []}, {}),
        (series, {"agenda": []}, {"occurrence": KEYS[1]}),
    ):
        assert (await refused(group, meeting, body, 409, **params))["code"] == "chatham_house_kept"
    assert (await group.edit(part, {"agenda": [UNDER, {"title": "More"}]}))["attendance_hidden"]
    rest = await group.edit(series, {"title": "Rest"}, occurrence=KEYS[3], range="following")
    assert rest["attendance_hidden"] is True  # answered while the whole was under it
    assert (await group.edit(rest, {"title": "Still"}))["attendance_hidden"] is True
    free = await group.plan(SINGLE, confidentiality="chatham_house")
    assert (await group.edit(free, {"confidentiality": "members"}))["attendance_hidden"] is False


async def test_coming_under_the_rule_takes_answers_out_of_sight(house: TestHouse) -> None:
    """Members are told that others' answers are gone and that actions changed; facilitators and oneself keep theirs."""
    group = await Group.of(house)
    sam = await house.person("Sam White")
    await group.join(sam)
    made = await group.plan(SINGLE)
    mine, theirs = await group.answer(made, group.mel), await group.answer(made, sam)
    owned = await group.note(Action, made, owner_id=sam.id)
    ada = await house.person("Ada Operator", operator=True)
    everybody = (group.fay, group.mel, ada)
    cursors = {person.id: (await group.feed(person.client))[1] for person in everybody}
    await group.edit(made, {"confidentiality": "chatham_house"})
    heard = {}
    for person in everybody:
        items, _ = await group.feed(person.client, cursors[person.id])
        heard[person.id] = {(item["kind"], item["id"], item["op"]) for item in items}
    both = {
        ("meeting", made["id"], "upsert"),
        ("attendance", mine, "upsert"),
        ("action", owned, "upsert"),
    }
    assert heard[group.fay.id] == {*both, ("attendance", theirs, "upsert")}
    assert heard[group.mel.id] == {*both, ("attendance", theirs, "gone")}
    gone = {("attendance", one, "gone") for one in (mine, theirs)}
    assert {one for one in heard[ada.id] if one[0] == "attendance"} == gone


async def test_what_was_written_must_name_nobody_first(house: TestHouse) -> None:
    """Minutes and actions that name a member stand in the way, and are named by their address."""
    group = await Group.of(house)
    made = await group.plan(SINGLE)
    note = await group.note(Minutes, made, text="Mel Brown will ask")
    error = await refused(group, made, {"confidentiality": "chatham_house"}, 409)
    assert (error["pointer"], error["code"]) == (f"/v1/minutes/{note}", "names_a_member")


@pytest.mark.parametrize("what", ["agenda", "excluded"])
async def test_too_much_is_refused_at_once(house: TestHouse, what: str) -> None:
    """Five megabytes of agenda and a million exclusions cost next to nothing to refuse."""
    group = await Group.of(house)
    made = await group.plan(WEEKLY)
    value = (
        [{"title": "x" * 190}] * 25_000 if what == "agenda" else ["2027-03-03T12:30:00"] * 1_000_000
    )
    content = orjson.dumps({what: value})
    assert len(content) > 5_000_000
    options = {"content": content, "headers": {"Content-Type": "application/merge-patch+json"}}
    before, start = await group.state(), time.process_time()
    answer = await group.fay.client.request("PATCH", f"/v1/meetings/{made['id']}", **options)
    spent = time.process_time() - start
    assert (answer.status_code, answer.json()["code"]) == (413, "payload_too_large")
    assert spent < 0.1, "seconds of CPU; it takes about 1.5 ms"
    assert await group.state() == before
    many = {what: value[:1_001]}
    error = (await group.edit(made, many, 422))["errors"][0]
    assert (error["pointer"], error["code"]) == (f"/{what}", "too_long")
