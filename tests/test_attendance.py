"""Answering, recording who came, and who reads of it."""

from typing import Any

import httpx2
import pytest
from sqlalchemy import func, select

from app.core.work import Work
from app.models import Change
from tests.gatherings import FIRST, OVER, SECOND, SERIES, SINGLE, Gathering
from tests.house import TestHouse, TestPerson

pytestmark = pytest.mark.anyio
NOBODY = "00000000-0000-7000-8000-000000000000"


def code(answer: httpx2.Response) -> tuple[int, str]:
    """The status, and the code of a problem: of its first field where it has one."""
    problem = answer.json()
    fields = [found["code"] for found in problem["errors"]]
    return answer.status_code, (fields or [problem["code"]])[0]


async def test_an_answer_is_kept_and_read_again(house: TestHouse) -> None:
    """What PUT answers is what GET shows, to the byte."""
    g = await Gathering.of(house, "Mel")
    path = await g.meeting(SINGLE)
    said = await g.answer(path, "Mel", "tentative")
    assert said.status_code == 200, said.text
    first = said.json()
    assert (first["answer"], first["place"], first["position"]) == ("tentative", None, None)
    assert (first["occurrence"], first["came"], first["version"]) == (None, None, 1)
    said = await g.answer(path, "Mel", "accepted")
    assert (said.json()["id"], said.json()["place"]) == (first["id"], "held")
    mel = g.members["Mel"].client
    read = await mel.get(f"/v1/attendance/{first['id']}")
    assert read.content == said.content
    assert read.headers["etag"] == said.headers["etag"]
    page = (await mel.get(f"{path}/attendance")).json()
    assert page["items"] == [read.json()]
    assert page["summary"]["mine"] == read.json()
    seen = (await mel.get(path)).json()
    assert (seen["my_answer"], seen["my_place"]) == ("accepted", "held")


async def test_the_same_answer_again_changes_nothing(house: TestHouse) -> None:
    g = await Gathering.of(house, "Mel")
    path = await g.meeting(SINGLE)
    once = await g.answer(path, "Mel")
    log = await house.app.rooms.house.db.fetch("changes", _changes, {})
    again = await g.answer(path, "Mel")
    assert (again.content, again.headers["etag"]) == (once.content, once.headers["etag"])
    assert await house.app.rooms.house.db.fetch("changes", _changes, {}) == log


def _changes() -> Any:
    return select(func.count(Change.seq).label("rows"))


@pytest.mark.parametrize(
    ("what", "reads"),
    [(SINGLE, 4), ({**SINGLE, "capacity": 1}, 5), ({**SERIES, "capacity": 1}, 6)],
    ids=["single", "with places", "series with places"],
)
async def test_an_answer_takes_few_statements(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch, what: dict[str, Any], reads: int
) -> None:
    """The meeting, its network locked, the meeting again, one's own answer; what the occurrence has alone; counts."""
    g = await Gathering.of(house, "Mel", "Mo")
    path = await g.meeting(what)
    occurrence = FIRST if "recurrence" in what else None
    await g.answer(path, "Mel", "accepted", occurrence)
    asked: list[object] = []
    fetch, flush = Work.fetch, Work.flush

    async def counted(work: Work, key: object, build: Any, values: Any) -> Any:
        asked.append(key)
        return await fetch(work, key, build, values)

    async def sent(work: Work) -> None:
        asked.append("flush")
        await flush(work)

    monkeypatch.setattr(Work, "fetch", counted)
    monkeypatch.setattr(Work, "flush", sent)
    await g.answer(path, "Mo", "accepted", occurrence)
    assert len(asked) == reads, asked
    asked.clear()
    # Giving a place back asks who is the first in line instead.
    await g.answer(path, "Mel", "declined", occurrence)
    assert len(asked) == max(reads, 5), asked


async def test_if_match_guards_an_answer(house: TestHouse) -> None:
    """One that was changed elsewhere since is not overwritten unseen; what is not there has no version."""
    g = await Gathering.of(house, "Mel")
    path = f"{await g.meeting(SINGLE)}/attendance/me"
    mel = g.members["Mel"].client
    for tag in ("*", '"1-x"'):
        early = await mel.put(path, {"answer": "accepted"}, headers={"If-Match": tag})
        assert code(early) == (412, "precondition_failed")
    one = await mel.put(path, {"answer": "accepted"})
    two = await mel.put(path, {"answer": "declined"}, headers={"If-Match": one.headers["etag"]})
    assert two.status_code == 200
    late = await mel.put(path, {"answer": "accepted"}, headers={"If-Match": one.headers["etag"]})
    assert code(late) == (412, "precondition_failed")
    assert (await mel.get(f"/v1/attendance/{one.json()['id']}")).json()["answer"] == "declined"


async def test_a_series_is_answered_one_occurrence_at_a_time(house: TestHouse) -> None:
    g = await Gathering.of(house, "Mel")
    path = await g.meeting(SERIES)
    first = (await g.answer(path, "Mel", "accepted", FIRST)).json()
    second = (await g.answer(path, "Mel", "declined", SECOND[:-3])).json()
    assert (first["occurrence"], second["occurrence"]) == (FIRST, SECOND)
    assert first["id"] != second["id"]
    assert [one["id"] for one in await g.items(path, g.fay, SECOND)] == [second["id"]]
    assert code(await g.answer(path, "Mel")) == (422, "occurrence_required")
    off = "2099-03-19T12:30:00"
    assert code(await g.answer(path, "Mel", "accepted", off)) == (422, "no_such_occurrence")
    mel = g.members["Mel"].client
    assert code(await mel.get(f"{path}/attendance")) == (422, "occurrence_required")
    params = {"occurrence": off}
    assert code(await mel.get(f"{path}/attendance", params=params)) == (422, "no_such_occurrence")
    single = await g.meeting(SINGLE)
    assert code(await g.answer(single, "Mel", "accepted", FIRST)) == (422, "no_such_occurrence")


async def test_who_may_answer(house: TestHouse) -> None:
    """Active members; not outsiders, whatever they read, and not an operator for themselves."""
    g = await Gathering.of(house, "Mel")
    out = await house.person("Out")
    op = await house.person("Op", operator=True)
    accept = {"answer": "accepted"}
    hidden = f"{await g.meeting(SINGLE)}/attendance/me"
    public = f"{await g.meeting(SINGLE, confidentiality='open')}/attendance/me"
    assert code(await out.client.put(hidden, accept)) == (404, "not_found")
    assert code(await out.client.put(public, accept)) == (403, "forbidden")
    assert code(await op.client.put(hidden, accept)) == (403, "forbidden")
    assert code(await house.anonymous.put(public, accept)) == (401, "unauthenticated")
    for path in (hidden, public):
        assert (await g.members["Mel"].client.put(path, accept)).status_code == 200
        assert (await g.fay.client.put(path, accept)).status_code == 200
    await g.leave("Mel")
    assert code(await g.members["Mel"].client.put(hidden, accept)) == (404, "not_found")
    assert code(await g.members["Mel"].client.put(public, accept)) == (403, "forbidden")


async def test_what_cannot_be_answered(house: TestHouse) -> None:
    """A draft, what is over, and nothing in an archived network."""
    g = await Gathering.of(house, "Mel")
    accept = {"answer": "accepted"}
    draft = await g.meeting(SINGLE, status="tentative")
    assert code(await g.answer(draft, "Mel")) == (404, "not_found")
    assert code(await g.fay.client.put(f"{draft}/attendance/me", accept)) == (
        409,
        "meeting_not_announced",
    )
    over = await g.meeting(OVER)
    assert code(await g.answer(over, "Mel")) == (409, "meeting_over")
    path = await g.meeting(SINGLE)
    assert code(await g.answer(path, "Mel", "maybe")) == (422, "enum")
    await g.fay.client.post(f"/v1/networks/{g.network_id}/archive", {"closing_note": "Done."})
    assert code(await g.answer(path, "Mel")) == (409, "network_archived")
    assert await g.items(path, g.fay) == []


async def record(
    who: TestPerson, path: str, people: dict[str, bool], **more: Any
) -> httpx2.Response:
    """Record who came."""
    body = {"people": [{"person_id": one, "came": came} for one, came in people.items()], **more}
    return await who.client.post(f"{path}/attendance/record", body)


async def test_who_came_is_recorded(house: TestHouse) -> None:
    """Of those who answered and of who walked in; again with another word for who was mixed up."""
    g = await Gathering.of(house, "Mel", "Mo", "Max")
    ids = {name: person.id for name, person in g.members.items()}
    path = await g.meeting(SINGLE)
    await g.answer(path, "Mel")
    done = await record(g.fay, path, {ids["Mel"]: True, ids["Mo"]: False, ids["Max"]: True})
    assert done.status_code == 200, done.text
    shown = {one["person"]["display_name"]: one for one in done.json()["items"]}
    assert {name: (one["answer"], one["came"]) for name, one in shown.items()} == {
        "Mel": ("accepted", True),
        "Mo": (None, False),
        "Max": (None, True),
    }
    again = await record(g.fay, path, {ids["Mo"]: True, ids["Max"]: True})
    versions = {one["person"]["display_name"]: one["version"] for one in again.json()["items"]}
    assert versions == {"Mo": 2, "Max": 1}
    page = (await g.fay.client.get(f"{path}/attendance")).json()
    assert page["summary"] == {
        "accepted": 1, "declined": 0, "tentative": 0, "held": 1, "waiting": 0, "came": 3,
        "capacity": None, "places_left": None, "mine": None,
    }  # fmt: skip
    over = await g.meeting(OVER)
    assert (await record(g.fay, over, {ids["Mel"]: True})).status_code == 200


async def test_recording_takes_everybody_or_nobody(house: TestHouse) -> None:
    g = await Gathering.of(house, "Mel")
    out = await house.person("Out")
    path, mel = await g.meeting(SINGLE), g.members["Mel"]
    for stranger in (out.id, NOBODY):
        refused = await record(g.fay, path, {mel.id: True, stranger: True})
        assert code(refused) == (422, "unknown_reference")
        assert refused.json()["errors"][0]["pointer"] == "/people/1/person_id"
    twice = {"people": [{"person_id": mel.id, "came": came} for came in (True, False)]}
    refused = await g.fay.client.post(f"{path}/attendance/record", twice)
    assert code(refused) == (422, "duplicate")
    assert refused.json()["errors"][0]["pointer"] == "/people/1/person_id"
    assert await g.items(path, g.fay) == []
    assert code(await record(mel, path, {mel.id: True})) == (403, "forbidden")
    assert code(await record(g.fay, path, {})) == (422, "too_short")
    draft = await g.meeting(SINGLE, status="tentative")
    assert code(await record(g.fay, draft, {mel.id: True})) == (409, "meeting_not_announced")


async def test_members_read_of_each_other_and_outsiders_do_not(house: TestHouse) -> None:
    g = await Gathering.of(house, "Mel", "Mo")
    out, op = await house.person("Out"), await house.person("Op", operator=True)
    path = await g.meeting(SINGLE, confidentiality="open")
    said = (await g.answer(path, "Mel")).json()
    for who in (g.members["Mo"], g.fay, op):
        assert await g.items(path, who) == [said]
        assert (await who.client.get(f"/v1/attendance/{said['id']}")).json() == said
    assert code(await out.client.get(f"{path}/attendance")) == (403, "forbidden")
    assert code(await out.client.get(f"/v1/attendance/{said['id']}")) == (404, "not_found")


async def test_who_left_is_named_to_facilitators_alone(house: TestHouse) -> None:
    """What has been stays with its counts; who is no fellow member any more is nobody's to read about."""
    g = await Gathering.of(house, "Mel", "Mo")
    over, mel = await g.meeting(OVER), g.members["Mel"]
    await record(g.fay, over, {mel.id: True})
    await g.leave("Mel")
    (fay_reads,) = await g.items(over, g.fay)
    (mo_reads,) = await g.items(over, g.members["Mo"])
    assert (fay_reads["person"]["display_name"], mo_reads["person"]) == ("Mel", None)
    assert (mo_reads["came"], mo_reads["id"]) == (True, fay_reads["id"])
    own = (await mel.client.get(f"/v1/attendance/{fay_reads['id']}")).json()
    assert own["person"]["display_name"] == "Mel"


async def test_pages_of_attendance(house: TestHouse) -> None:
    names = [f"M{number}" for number in range(5)]
    g = await Gathering.of(house, *names)
    path = await g.meeting(SINGLE)
    for name in names:
        await g.answer(path, name)
    params: dict[str, Any] = {"limit": 2}
    found: list[str] = []
    while True:
        page = await g.fay.client.get(f"{path}/attendance", params=params)
        found += [one["person"]["display_name"] for one in page.json()["items"]]
        assert page.json()["summary"]["accepted"] == len(names)
        if page.json()["next_cursor"] is None:
            break
        params["cursor"] = page.json()["next_cursor"]
    assert found == names
    params["cursor"] = params["cursor"][:-2] + "xx"
    assert code(await g.fay.client.get(f"{path}/attendance", params=params))[0] == 400


async def test_a_reader_of_the_feed_keeps_in_step(house: TestHouse) -> None:
    """Each answer is a change, and each that went out of sight is gone."""
    g = await Gathering.of(house, "Mel", "Mo")
    path = await g.meeting(SINGLE)
    mo = g.members["Mo"]
    cursor = (await mo.client.get(f"{path}/attendance")).json()["changes_cursor"]

    async def news() -> list[tuple[str, str]]:
        nonlocal cursor
        params = {"cursor": cursor, "kind": "attendance"}
        page = (await mo.client.get("/v1/changes", params=params)).json()
        cursor = page["next_cursor"]
        return [(one["op"], one["id"]) for one in page["items"]]

    said = (await g.answer(path, "Mel")).json()["id"]
    assert await news() == [("upsert", said)]
    await g.answer(path, "Mel", "declined")
    assert await news() == [("upsert", said)]
    await g.leave("Mel")
    assert await news() == [("gone", said)]
