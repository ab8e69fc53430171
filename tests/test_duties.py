"""Duties: who holds one from when to when, whose turn it is next, and what ends with a membership."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from app.features.duties.commands import last_day
from tests.helping import Scene, heard, hidden, refused, scene
from tests.house import TestHouse, TestPerson

pytestmark = pytest.mark.anyio

DUTY = {"title": "Speaks for practices", "body": "Wound care group", "term_months": 12}


def today() -> date:
    return datetime.now(UTC).date()


def ago(days: int) -> str:
    return (today() - timedelta(days=days)).isoformat()


async def give(one: Scene, duty: dict[str, Any], person: TestPerson, **more: Any) -> dict[str, Any]:
    """Give a duty to somebody, as Fay."""
    body = {"person_id": person.id, "from_on": ago(0), **more}
    made = await one.fay.client.post(f"/v1/duties/{duty['id']}/terms", body)
    assert made.status_code == 201, made.text
    document: dict[str, Any] = made.json()
    assert made.headers["location"] == f"/v1/duty-terms/{document['id']}"
    return document


@pytest.mark.parametrize(
    ("first", "months", "last"),
    [
        ("2026-03-01", 12, "2027-02-28"),
        ("2026-03-15", 1, "2026-04-14"),
        ("2026-01-31", 1, "2026-02-27"),
        ("2027-12-01", 2, "2028-01-31"),
        ("2027-02-28", 12, "2028-02-27"),
    ],
)
def test_how_long_a_term_lasts(first: str, months: int, last: str) -> None:
    assert last_day(date.fromisoformat(first), months).isoformat() == last


async def test_a_duty_is_set_up_held_handed_over_and_ended(house: TestHouse) -> None:
    one = await scene(house)
    duty = await one.add(one.mel, "duties", **DUTY)
    path = f"/v1/duties/{duty['id']}"
    assert (duty["holders"], duty["ends_on"], duty["ended_on"]) == ([], None, None)
    assert duty["actions"] == ["update", "delete"]
    edited = await one.mel.client.patch(path, {"detail": "Monthly"})
    assert (edited.json()["detail"], edited.json()["version"]) == ("Monthly", 2)
    term = await give(one, duty, one.ned)
    assert term["to_on"] == last_day(today(), 12).isoformat()
    read = (await one.obs.client.get(path)).json()
    assert [card["id"] for card in read["holders"]] == [one.ned.id]
    assert (read["ends_on"], read["actions"]) == (term["to_on"], [])
    assert (await one.fay.client.get(path)).json()["actions"] == ["update", "appoint", "end"]
    note = {"handover_note": "Papers come a week before."}
    noted = await one.ned.client.patch(f"/v1/duty-terms/{term['id']}", note)
    assert noted.json()["handover_note"] == note["handover_note"]
    assert refused(await one.fay.client.delete(path)) == (409, "duty_has_terms")
    ended = await one.fay.client.post(f"{path}/end")
    assert (ended.json()["ended_on"], ended.json()["suggested"]) == (ago(0), [])
    (left,) = (await one.obs.client.get(f"{path}/terms")).json()["items"]
    assert left["to_on"] == ago(0)
    assert refused(await one.fay.client.post(f"{path}/end")) == (409, "duty_ended")
    assert refused(await one.fay.client.patch(path, {"title": "Other"})) == (409, "duty_ended")
    again = {"person_id": one.mel.id, "from_on": ago(0)}
    assert refused(await one.fay.client.post(f"{path}/terms", again)) == (409, "duty_ended")
    longer = await one.fay.client.patch(f"/v1/duty-terms/{term['id']}", {"to_on": None})
    assert refused(longer) == (409, "duty_ended")


async def test_terms_of_a_person_do_not_overlap(house: TestHouse) -> None:
    one = await scene(house)
    duty = await one.add(one.fay, "duties", **DUTY)
    path = f"/v1/duties/{duty['id']}/terms"
    first = await give(one, duty, one.ned, from_on="2027-03-01")
    assert first["to_on"] == "2028-02-29"
    overlaps: list[dict[str, Any]] = [
        {"from_on": "2028-02-29"},
        {"from_on": "2026-03-02"},
        {"from_on": "2026-01-01", "to_on": None},
    ]
    for body in overlaps:
        again = await one.fay.client.post(path, {"person_id": one.ned.id, **body})
        assert refused(again) == (409, "term_overlaps")
    second = await give(one, duty, one.ned, from_on="2028-03-01", to_on=None)
    await give(one, duty, one.mel, from_on="2027-03-01")  # two may hold it
    moved = await one.fay.client.patch(f"/v1/duty-terms/{first['id']}", {"to_on": "2028-03-01"})
    assert refused(moved) == (409, "term_overlaps")
    back = await one.fay.client.patch(f"/v1/duty-terms/{first['id']}", {"to_on": "2027-02-28"})
    assert (back.status_code, back.json()["errors"][0]["pointer"]) == (422, "/to_on")
    early = {"person_id": one.obs.id, "from_on": "2027-03-01", "to_on": "2027-02-28"}
    assert (await one.fay.client.post(path, early)).json()["code"] == "invalid"
    shorter = await one.fay.client.patch(f"/v1/duty-terms/{second['id']}", {"to_on": "2028-03-01"})
    assert (shorter.json()["to_on"], shorter.json()["version"]) == ("2028-03-01", 2)
    same = await one.fay.client.patch(f"/v1/duty-terms/{second['id']}", {"to_on": "2028-03-01"})
    assert same.json()["version"] == 2


async def test_of_many_terms_given_at_once_one_is_taken(house: TestHouse) -> None:
    one = await scene(house)
    duty = await one.add(one.fay, "duties", **DUTY)
    body = {"person_id": one.ned.id, "from_on": ago(0)}
    path = f"/v1/duties/{duty['id']}/terms"
    answers = await asyncio.gather(*(one.fay.client.post(path, body) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 7]
    assert len((await one.fay.client.get(path)).json()["items"]) == 1


async def test_whose_turn_it_is(house: TestHouse) -> None:
    one = await scene(house)
    first, second = [await one.add(one.fay, "duties", **DUTY) for _ in range(2)]
    # Fay carried ten days, of which two at once; Mel three; Ned is to begin; Obs observes.
    await give(one, first, one.fay, from_on=ago(300), to_on=ago(292))
    await give(one, second, one.fay, from_on=ago(1), to_on=ago(1))
    await give(one, second, one.mel, from_on=ago(2), to_on=None)
    await give(one, second, one.ned, from_on=ago(-5))
    read = (await one.obs.client.get(f"/v1/duties/{first['id']}")).json()
    turns = [(turn["person"]["id"], turn["days_carried"]) for turn in read["suggested"]]
    assert turns == [(one.ned.id, 0), (one.mel.id, 3), (one.fay.id, 10)]
    other = (await one.obs.client.get(f"/v1/duties/{second['id']}")).json()
    assert [turn["person"]["id"] for turn in other["suggested"]] == [one.ned.id, one.fay.id]
    # Of those who carried as little, who is the longest a member comes first; five at most.
    more = [await house.person(f"New {number}") for number in range(5)]
    for person in more:
        await person.client.post(f"/v1/networks/{one.network_id}/join", {})
    read = (await one.obs.client.get(f"/v1/duties/{first['id']}")).json()
    expected = [one.ned.id, *(person.id for person in more[:4])]
    assert [turn["person"]["id"] for turn in read["suggested"]] == expected


async def test_what_is_due_soon(house: TestHouse) -> None:
    one = await scene(house)
    empty, ending, lasting, ahead, given_up = [
        await one.add(one.fay, "duties", **{**DUTY, "title": f"Duty {number}"}) for number in range(5)
    ]  # fmt: skip
    await give(one, ending, one.ned, to_on=ago(-60))
    await give(one, lasting, one.ned, to_on=ago(-60))
    await give(one, lasting, one.mel, to_on=ago(-61))
    await give(one, ahead, one.ned, from_on=ago(-1))
    await one.fay.client.post(f"/v1/duties/{given_up['id']}/end")

    async def found(**params: Any) -> set[str]:
        params = {"network_id": one.network_id, **params}
        page = (await one.obs.client.get("/v1/duties", params=params)).json()
        return {item["id"] for item in page["items"]}

    due = {duty["id"] for duty in (empty, ending, ahead)}
    assert await found(due_soon="true") == due
    assert await found(due_soon="false") == {lasting["id"], given_up["id"]}
    assert await found(ended="true") == {given_up["id"]}
    assert await found(ended="false") == due | {lasting["id"]}
    await one.leave(one.mel)
    assert lasting["id"] in await found(due_soon="true")


async def test_who_may(house: TestHouse) -> None:
    one = await scene(house)
    body = {"network_id": one.network_id, **DUTY}
    assert (await one.obs.client.post("/v1/duties", body)).status_code == 403
    assert (await one.out.client.post("/v1/duties", body)).status_code == 403
    duty = await one.add(one.mel, "duties", **DUTY)
    path = f"/v1/duties/{duty['id']}"
    assert (await one.ned.client.patch(path, {"title": "Mine"})).status_code == 403
    assert (await one.ned.client.delete(path)).status_code == 403
    assert (await one.mel.client.post(f"{path}/end")).status_code == 403
    term = {"person_id": one.mel.id, "from_on": ago(0)}
    assert (await one.mel.client.post(f"{path}/terms", term)).status_code == 403
    stranger = await one.fay.client.post(f"{path}/terms", {**term, "person_id": one.out.id})
    assert refused(stranger) == (422, "unknown_reference")
    held = await give(one, duty, one.ned)
    at = f"/v1/duty-terms/{held['id']}"
    assert (await one.mel.client.patch(at, {"handover_note": "No"})).status_code == 403
    assert (await one.ned.client.patch(at, {"to_on": ago(0)})).status_code == 403
    for where in (path, f"{path}/terms", at):
        assert (await one.out.client.get(where)).status_code == 404
        assert (await house.anonymous.get(where)).status_code == 401
    assert (await one.out.client.patch(at, {"handover_note": "No"})).status_code == 404
    nobodys = await one.add(one.mel, "duties", **DUTY)
    assert (await one.mel.client.delete(f"/v1/duties/{nobodys['id']}")).status_code == 204


async def test_a_term_ends_with_a_membership(house: TestHouse) -> None:
    one = await scene(house)
    duty = await one.add(one.fay, "duties", **DUTY)
    now = await give(one, duty, one.ned, from_on=ago(10), to_on=None)
    ahead = await give(one, duty, one.mel, from_on=ago(-10))
    await one.leave(one.ned)
    await one.leave(one.mel)
    path = f"/v1/duties/{duty['id']}"
    assert (await one.fay.client.get(path)).json()["holders"] == []
    (left,) = (await one.fay.client.get(f"{path}/terms")).json()["items"]
    assert (left["id"], left["to_on"], left["version"]) == (now["id"], ago(0), 2)
    assert (ahead["id"], "gone") in [
        told[:2] for told in await heard(one.obs.client, one, "duty_term")
    ]


async def test_what_is_reported_is_hidden(house: TestHouse) -> None:
    one = await scene(house)
    duty = await one.add(one.fay, "duties", **DUTY)
    term = await give(one, duty, one.ned)
    for kind, path, content_id in (
        ("duty_term", f"/v1/duty-terms/{term['id']}", term["id"]),
        ("duty", f"/v1/duties/{duty['id']}", duty["id"]),
    ):
        await hidden(one, kind, content_id)
        assert (await one.mel.client.get(path)).status_code == 404
        assert (await one.fay.client.get(path)).status_code == 200
        assert (await heard(one.mel.client, one, kind))[-1][:2] == (content_id, "gone")
    assert (await one.mel.client.get(f"/v1/duties/{duty['id']}/terms")).status_code == 404


async def test_terms_go_with_a_duty_that_is_hidden(house: TestHouse) -> None:
    one = await scene(house)
    duty = await one.add(one.fay, "duties", **DUTY)
    term = await give(one, duty, one.ned)
    await hidden(one, "duty", duty["id"])
    path = f"/v1/duty-terms/{term['id']}"
    assert (await one.mel.client.get(path)).status_code == 404
    assert (await one.fay.client.get(path)).status_code == 200
    assert all(op == "gone" for _, op, _ in await heard(one.mel.client, one, "duty_term"))
