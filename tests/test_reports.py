"""Reporting content, looking into it, deciding; and that nobody learns who reported."""

import asyncio
from typing import Any

import orjson
import pytest
from sqlalchemy import select, update

from app.core.work import Work, perform
from app.models import Change, Meeting, Report, Result
from tests.house import TestHouse, TestPerson
from tests.meetings import SINGLE, Group

pytestmark = pytest.mark.anyio
Json = dict[str, Any]
RESULT = {"title": "Fewer missed retinal screenings", "problem": "One in three missed it."}
NOWHERE = "01900000-0000-4000-8000-00000000dead"


async def published(group: Group, author: TestPerson, **columns: Any) -> Json:
    """A result that the network reads, straight into the table as far as it is published."""
    body = {**RESULT, "network_id": group.network_id, "attribution": "network_only"}
    made = await author.client.post("/v1/results", body)
    assert made.status_code == 201, made.text
    found: Json = made.json()
    values = {"status": "published", "audience": "network", **columns}

    async def command(work: Work) -> None:
        statement = update(Result).where(Result.id == found["id"]).values(**values)
        await work.tx.write_many(object(), lambda: statement, [{}])

    await perform(group.house.app.rooms.house, command)
    return found


async def report(
    person: TestPerson, kind: str, content: Json, status: int = 201, **more: Any
) -> Json:
    """Somebody reports something."""
    body = {"content_kind": kind, "content_id": content["id"], "reason": "offensive", **more}
    answer = await person.client.post("/v1/reports", body)
    assert answer.status_code == status, answer.text
    found: Json = answer.json()
    return found


async def do(person: TestPerson, about: Json, verb: str, status: int = 200, **body: Any) -> Json:
    """POST a verb on a report."""
    answer = await person.client.post(f"/v1/reports/{about['id']}/{verb}", body or None)
    assert answer.status_code == status, answer.text
    found: Json = answer.json()
    return found


async def sees(person: TestPerson, path: str) -> bool:
    """Whether it is there for them."""
    answer = await person.client.get(path)
    assert answer.status_code in (200, 404)
    return answer.status_code == 200


async def feed(person: TestPerson, since: str | None = None) -> tuple[list[Json], str]:
    """What a follower hears, to the end, and where to go on."""
    heard: list[Json] = []
    while True:
        params = {"limit": "100", **({"cursor": since} if since else {})}
        found = (await person.client.get("/v1/changes", params=params)).json()
        heard, since = heard + found["items"], str(found["next_cursor"])
        if not found["has_more"]:
            return heard, since


async def rows(house: TestHouse, model: Any, **where: str) -> list[Json]:
    """A table as it stands."""
    statement = select(*model.__table__.columns).filter_by(**where)
    return [
        dict(row) for row in await house.app.rooms.house.db.fetch(object(), lambda: statement, {})
    ]


class World:
    """A network with two facilitators, four members, an outsider and an operator."""

    def __init__(self, group: Group, people: dict[str, TestPerson]) -> None:
        self.group, self.house, self.people = group, group.house, people
        self.fay, self.mel = group.fay, group.mel

    def __getattr__(self, name: str) -> TestPerson:
        return self.people[name]

    @classmethod
    async def of(cls, house: TestHouse, **network: Any) -> "World":
        group = await Group.of(house, **network)
        people = {name: await house.person(name.title()) for name in ("gus", "ann", "ben", "cat")}
        for person in people.values():
            await group.join(person)
        members = (
            await group.fay.client.get("/v1/members", params={"network_id": group.network_id})
        ).json()["items"]
        (spell,) = [one for one in members if one["person"]["id"] == people["gus"].id]
        role = await group.fay.client.patch(f"/v1/members/{spell['id']}", {"role": "facilitator"})
        assert role.status_code == 200, role.text
        people["out"] = await house.person("Out")
        people["ola"] = await house.person("Ola", operator=True)
        return cls(group, people)


async def test_patient_data_is_hidden_at_once(house: TestHouse) -> None:
    """For everybody but its authors, facilitators and operators; and it comes back."""
    world = await World.of(house)
    result = await published(world.group, world.ann)
    path = f"/v1/results/{result['id']}"
    _, since = await feed(world.cat)
    assert await sees(world.cat, path)
    made = await report(world.ben, "result", result, reason="patient_data", detail="Paragraph 3")
    assert (made["hides"], made["mine"], made["status"]) == (True, True, "open")
    for person, there in (
        (world.cat, False), (world.ben, False), (world.out, False),
        (world.ann, True), (world.fay, True), (world.gus, True), (world.ola, True),
    ):  # fmt: skip
        assert await sees(person, path) == there, person
    assert (await world.ann.client.get(path)).json()["hidden"] is True
    heard, since = await feed(world.cat, since)
    assert [(one["id"], one["op"]) for one in heard] == [(result["id"], "gone")]
    shown = await do(world.fay, made, "unhide")
    assert shown["hides"] is False
    assert await sees(world.cat, path)
    heard, _ = await feed(world.cat, since)
    assert [one["id"] for one in heard] == [result["id"]]
    assert heard[0]["op"] in ("upsert", "scope_changed")


async def test_what_a_reporter_acknowledges_is_about_the_report_alone(house: TestHouse) -> None:
    world = await World.of(house)
    result = await published(world.group, world.ann)
    words = {"reason": "patient_data", "detail": "It says SW1A 1AA", "content_kind": "result"}
    body = {**words, "content_id": result["id"]}
    made = await world.ben.client.post("/v1/reports?acknowledge_warnings=true", body)
    assert made.status_code == 201, made.text
    (filed,) = await rows(house, Change, resource_id=made.json()["id"])
    assert "acknowledged:" in orjson.dumps(filed["fields"]).decode()
    (hidden,) = await rows(house, Change, resource_id=result["id"], action="result.hidden")
    assert "acknowledged:" not in orjson.dumps(hidden["fields"]).decode()


async def test_other_reasons_wait_for_somebody_to_look(house: TestHouse) -> None:
    world = await World.of(house)
    result = await published(world.group, world.ann)
    path = f"/v1/results/{result['id']}"
    made = await report(world.ben, "result", result, reason="inaccurate")
    assert made["hides"] is False
    assert await sees(world.cat, path)
    hidden = await do(world.fay, made, "hide")
    assert hidden["hides"] is True
    assert not await sees(world.cat, path)
    again = await do(world.fay, made, "hide")
    assert again["version"] == hidden["version"]
    done = await do(world.gus, made, "decide", decision="dismissed", note="It is right.")
    assert (done["status"], done["hides"], done["decided_by"]) == (
        "dismissed",
        False,
        world.gus.id,
    )
    assert await sees(world.cat, path)
    for verb, body in (("hide", {}), ("decide", {"decision": "upheld"})):
        late = await do(world.fay, made, verb, 409, **body)
        assert late["code"] == "report_decided"


async def test_what_one_does_not_see_is_as_if_it_never_was(house: TestHouse) -> None:
    """Every kind, byte for byte: a draft, another network's, an id of nothing, one's own draft."""
    world = await World.of(house)
    draft = (
        await world.ann.client.post("/v1/results", {**RESULT, "network_id": world.group.network_id})
    ).json()
    body = {"reason": "patient_data"}
    for person in (world.fay, world.ola, world.ann, world.out):
        hidden = await report(person, "result", draft, 422, **body)
        nothing = await report(person, "result", {"id": NOWHERE}, 422, **body)
        hidden.pop("instance"), nothing.pop("instance")
        hidden.pop("request_id", None), nothing.pop("request_id", None)
        assert hidden == nothing
        assert hidden["errors"][0]["pointer"] == "/content_id"
    meeting = await world.group.plan(SINGLE, announce=True)
    for kind in ("network", "person", "minutes", "action", "feedback", "adoption", "measure"):
        assert (await report(world.ben, kind, meeting, 422))["code"] == "unknown_reference"
    await report(world.out, "meeting", meeting, 422)
    assert await rows(house, Report, network_id=world.group.network_id) == []


async def test_meetings_minutes_and_actions_are_hidden(house: TestHouse) -> None:
    """Each by itself: out of lists, calendars and the feed for members, there for facilitators."""
    world = await World.of(house)
    meeting = await world.group.plan(SINGLE, announce=True, confidentiality="open")
    minutes = (
        await world.fay.client.post(
            "/v1/minutes", {"meeting_id": meeting["id"], "text": "We agreed."}
        )
    ).json()
    await world.fay.client.post(f"/v1/minutes/{minutes['id']}/publish", {})
    action = (
        await world.mel.client.post(
            "/v1/actions", {"network_id": world.group.network_id, "title": "Ask around"}
        )
    ).json()
    for kind, plural, content in (
        ("meeting", "meetings", meeting), ("minutes", "minutes", minutes), ("action", "actions", action),
    ):  # fmt: skip
        path = f"/v1/{plural}/{content['id']}"
        within = {"network_id": world.group.network_id}
        before = (await world.fay.client.get(path)).json()
        (_, since), (_, outside) = await feed(world.cat), await feed(world.out)
        assert await sees(world.cat, path)
        made = await report(world.ben, kind, content, reason="patient_data")
        assert made["hides"], kind
        assert not await sees(world.cat, path), kind
        assert await sees(world.fay, path)
        after = (await world.fay.client.get(path)).json()
        assert after["updated_at"] == before["updated_at"], "the instant would be the reporter's"
        listed = (await world.cat.client.get(f"/v1/{plural}", params=within)).json()["items"]
        assert content["id"] not in {one["id"] for one in listed}
        listed = (await world.fay.client.get(f"/v1/{plural}", params=within)).json()["items"]
        assert content["id"] in {one["id"] for one in listed}
        heard, since = await feed(world.cat, since)
        assert [(one["id"], one["op"]) for one in heard] == [(content["id"], "gone")], kind
        heard, outside = await feed(world.out, outside)
        assert [one["id"] for one in heard] == ([] if kind == "action" else [content["id"]])
        if kind == "meeting":
            calendar = await world.cat.client.get(
                f"/v1/networks/{world.group.network_id}/calendar.ics"
            )
            assert meeting["title"] not in calendar.text
        keeper = world.gus if kind != "action" else world.fay
        await do(keeper, made, "unhide")
        assert await sees(world.cat, path)
        heard, _ = await feed(world.cat, since)
        assert [(one["id"], one["op"]) for one in heard] == [(content["id"], "upsert")], kind


async def test_nobody_decides_about_what_they_wrote(house: TestHouse) -> None:
    """403 own_content for a facilitator or an operator who did; the other one decides, not told who."""
    world = await World.of(house)
    result = await published(world.group, world.gus)
    made = await report(world.ben, "result", result, reason="patient_data", detail="Third line")
    for verb, body in (("hide", {}), ("unhide", {}), ("decide", {"decision": "dismissed"})):
        assert (await do(world.gus, made, verb, 403, **body))["code"] == "own_content"
    seen = (await world.gus.client.get(f"/v1/reports/{made['id']}")).json()
    assert (seen["own_content"], seen["detail"], seen["actions"]) == (True, None, [])
    looked = (await world.fay.client.get(f"/v1/reports/{made['id']}")).json()
    assert (looked["own_content"], looked["detail"]) == (False, "Third line")
    assert set(looked["actions"]) == {"decide", "unhide"}
    assert world.gus.id not in str(looked)
    await do(world.fay, made, "decide", decision="upheld", note="Take it out.")
    meeting = await world.group.plan(SINGLE, announce=True)
    about = await report(world.ben, "meeting", meeting)
    assert not await sees(world.fay, f"/v1/reports/{about['id']}")
    assert set((await do(world.gus, about, "hide"))["actions"]) == {"decide", "unhide"}
    assert (await do(world.fay, about, "decide", 403, decision="dismissed"))["code"] == (
        "own_content"
    )
    await world.gus.client.patch(f"/v1/meetings/{meeting['id']}", {"title": "Another title"})
    assert (await do(world.gus, about, "decide", 403, decision="dismissed"))["code"] == (
        "own_content"
    )


async def test_who_sees_what_of_a_report(house: TestHouse) -> None:
    """The reporter status, decision and note; the author once it hides or was upheld; members and outsiders nothing."""
    world = await World.of(house)
    result = await published(world.group, world.ann)
    made = await report(world.ben, "result", result, reason="unsafe", detail="The dose is wrong")
    path = f"/v1/reports/{made['id']}"
    for person in (world.cat, world.out, world.ann):
        assert not await sees(person, path)
        assert (await person.client.get("/v1/reports")).json()["items"] == []
        for verb, body in (
            ("hide", {}),
            ("decide", {"decision": "upheld"}),
            ("appeal", {"text": "No"}),
        ):
            assert (await do(person, made, verb, 404, **body))["code"] == "not_found"
    assert (await house.anonymous.get(path)).status_code == 401
    for verb, body in (
        ("hide", {}),
        ("decide", {"decision": "upheld"}),
        ("appeal", {"text": "No"}),
    ):
        assert (await do(world.ben, made, verb, 403, **body))["code"] == "forbidden"
    await do(
        world.fay, made, "decide", decision="upheld", note="The dose is wrong indeed.", hide=True
    )
    told = (await world.ben.client.get(path)).json()
    assert (told["status"], told["note"]) == ("upheld", "The dose is wrong indeed.")
    assert told["decided_by"] is None
    author = (await world.ann.client.get(path)).json()
    assert (author["note"], author["hides"]) == ("The dose is wrong indeed.", True)
    assert (author["detail"], author["decided_by"], author["mine"]) == (None, None, False)
    assert author["actions"] == ["appeal"]
    heard, _ = await feed(world.ann)
    assert ("report", made["id"]) in {(one["kind"], one["id"]) for one in heard}
    heard, _ = await feed(world.cat)
    assert made["id"] not in {one["id"] for one in heard}


async def test_an_appeal_is_decided_by_an_operator(house: TestHouse) -> None:
    """Once, without the author's name; a facilitator reads that there is one, and not what it says."""
    world = await World.of(house)
    result = await published(world.group, world.ann)
    made = await report(world.ben, "result", result, reason="patient_data")
    early = await do(world.ann, made, "appeal", 409, text="It is invented.")
    assert early["code"] == "no_appeal"
    await do(world.fay, made, "decide", decision="upheld", note="Somebody would know her.")
    asked = await do(world.ann, made, "appeal", text="It is invented.")
    assert (asked["status"], asked["appeal"]) == ("open", "It is invented.")
    assert asked["first_note"] == "Somebody would know her."
    path = f"/v1/reports/{made['id']}"
    seen = (await world.fay.client.get(path)).json()
    assert (seen["appeal"], seen["actions"]) == (None, [])
    assert seen["appealed_on"] is not None
    assert (await do(world.fay, made, "decide", 403, decision="upheld"))["code"] == "forbidden"
    reader = (await world.ola.client.get(path)).json()
    assert reader["appeal"] == "It is invented."
    assert world.ann.id not in str(reader)
    done = await do(world.ola, made, "decide", decision="dismissed", note="It is.")
    assert (done["status"], done["hides"]) == ("dismissed", False)
    assert await sees(world.cat, f"/v1/results/{result['id']}")
    assert (await do(world.ann, made, "appeal", 409, text="Thanks"))["code"] == "no_appeal"


async def test_what_was_upheld_stays_hidden_until_it_is_shown(house: TestHouse) -> None:
    """The author edits it, a moderator shows it again; a dismissed decision cannot hide."""
    world = await World.of(house)
    result = await published(world.group, world.ann)
    made = await report(world.ben, "result", result, reason="patient_data")
    refused = await do(world.fay, made, "decide", 422, decision="dismissed", hide=True)
    assert refused["errors"][0]["code"] == "dismissed_hides"
    done = await do(world.fay, made, "decide", decision="upheld")
    assert (done["hides"], done["actions"]) == (True, ["unhide"])
    await do(world.gus, made, "unhide")
    assert await sees(world.cat, f"/v1/results/{result['id']}")


async def test_it_stays_hidden_as_long_as_one_report_hides(house: TestHouse) -> None:
    world = await World.of(house)
    result = await published(world.group, world.ann)
    first = await report(world.ben, "result", result, reason="offensive")
    second = await report(world.cat, "result", result, reason="patient_data")
    await do(world.fay, first, "hide")
    await do(world.fay, second, "decide", decision="dismissed")
    assert not await sees(world.mel, f"/v1/results/{result['id']}")
    await do(world.fay, first, "decide", decision="dismissed")
    assert await sees(world.mel, f"/v1/results/{result['id']}")


async def test_the_same_report_twice_is_one(house: TestHouse) -> None:
    """Also when it hid the content from its reporter, and when both come at once."""
    world = await World.of(house)
    result = await published(world.group, world.ann)
    made = await report(world.ben, "result", result, reason="patient_data")
    again = await report(world.ben, "result", result, reason="spam", detail="Else")
    assert again == made
    meeting = await world.group.plan(SINGLE, announce=True)
    twins = await asyncio.gather(*(report(world.cat, "meeting", meeting) for _ in range(4)))
    assert len({twin["id"] for twin in twins}) == 1
    assert len(await rows(house, Report, network_id=world.group.network_id)) == 2


async def test_one_person_cannot_keep_everything_hidden(house: TestHouse) -> None:
    """Five at once; none again what was dismissed; and a report that hides nothing is still one."""
    world = await World.of(house)
    results = [await published(world.group, world.ann) for _ in range(7)]
    made = [await report(world.ben, "result", one, reason="patient_data") for one in results[:6]]
    assert [one["hides"] for one in made] == [True] * 5 + [False]
    for one in made:
        await do(world.fay, one, "decide", decision="dismissed")
    again = await report(world.ben, "result", results[0], reason="patient_data")
    assert again["id"] != made[0]["id"]
    assert again["hides"] is False
    other = await report(world.cat, "result", results[0], reason="patient_data")
    assert other["hides"] is True, "somebody else may be right"
    await do(world.fay, other, "decide", decision="dismissed")
    third = await report(world.mel, "result", results[0], reason="patient_data")
    assert third["hides"] is False, "looked at twice"
    assert await sees(world.cat, f"/v1/results/{results[0]['id']}")


async def test_twenty_reports_a_day(house: TestHouse) -> None:
    world = await World.of(house)
    for _ in range(20):
        meeting = await world.group.plan(SINGLE, announce=True)
        await report(world.ben, "meeting", meeting)
    meeting = await world.group.plan(SINGLE, announce=True)
    assert (await report(world.ben, "meeting", meeting, 409))["code"] == "too_many_reports"
    await report(world.cat, "meeting", meeting)


async def test_two_who_decide_at_once(house: TestHouse) -> None:
    """One decision counts, the other one is told."""
    world = await World.of(house)
    result = await published(world.group, world.ann)
    made = await report(world.ben, "result", result)
    answers = await asyncio.gather(
        *(
            person.client.post(f"/v1/reports/{made['id']}/decide", {"decision": decision})
            for person, decision in ((world.fay, "upheld"), (world.gus, "dismissed"))
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    (late,) = [answer.json() for answer in answers if answer.status_code == 409]
    assert late["code"] == "report_decided"
    log = await rows(house, Change, resource_id=made["id"])
    assert [row["action"] for row in log].count("report.decided") == 1


async def test_networks_and_people_are_for_operators(house: TestHouse) -> None:
    """Facilitators see nothing of it; nothing is hidden; two operators at once make one decision."""
    world = await World.of(house)
    network = {"id": world.group.network_id}
    about = await report(world.ben, "network", network, reason="patient_data")
    person = await report(world.ben, "person", {"id": world.ann.id})
    for made in (about, person):
        assert (made["network_id"], made["hides"]) == (None, False)
        for somebody in (world.fay, world.gus, world.ann):
            assert not await sees(somebody, f"/v1/reports/{made['id']}")
        assert (await do(world.ola, made, "hide", 409))["code"] == "cannot_be_hidden"
    pia = await house.person("Pia", operator=True)
    answers = await asyncio.gather(
        *(
            one.client.post(f"/v1/reports/{about['id']}/decide", {"decision": "upheld"})
            for one in (world.ola, pia)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert (await world.fay.client.get(f"/v1/reports/{about['id']}")).json()["own_content"]


async def test_the_list_and_its_filters(house: TestHouse) -> None:
    world = await World.of(house)
    results = [await published(world.group, world.ann) for _ in range(3)]
    made = [await report(world.ben, "result", one) for one in results]
    await do(world.fay, made[0], "decide", decision="dismissed")
    own = await report(world.fay, "result", results[0])

    async def ids(person: TestPerson, **params: str) -> set[str]:
        found: set[str] = set()
        cursor: str | None = None
        while True:
            asked = {"limit": "2", **params, **({"cursor": cursor} if cursor else {})}
            page = (await person.client.get("/v1/reports", params=asked)).json()
            found |= {one["id"] for one in page["items"]}
            cursor = page["next_cursor"]
            if cursor is None:
                return found

    every = {one["id"] for one in (*made, own)}
    here = {"network_id": world.group.network_id}
    assert await ids(world.fay) == await ids(world.ola, **here) == await ids(world.gus) == every
    assert await ids(world.fay, status="open", mine="false") == {one["id"] for one in made[1:]}
    assert await ids(world.fay, mine="true") == {own["id"]}
    assert await ids(world.gus, mine="true") == set()
    assert await ids(world.ben) == {one["id"] for one in made}
    assert await ids(world.gus, network_id=NOWHERE) == set()
    assert await ids(world.gus, content_kind="meeting") == set()
    assert await ids(world.gus, content_id=results[0]["id"]) == {made[0]["id"], own["id"]}


async def test_ids_and_stamps_tell_no_time(house: TestHouse) -> None:
    world = await World.of(house)
    meeting = await world.group.plan(SINGLE, announce=True)
    made = await report(world.ben, "meeting", meeting, reason="patient_data")
    assert made["id"][14] == "4"
    audit = {"network_id": world.group.network_id, "limit": "100"}
    log = (await world.gus.client.get("/v1/audit", params=audit)).json()["items"]
    (filed,) = [row for row in log if row["action"] == "report.filed"]
    (hidden,) = [row for row in log if row["action"] == "meeting.hidden"]
    for row in (filed, hidden):
        assert row["at"].endswith("T00:00:00.000000Z")
        assert (row["actor"], row["token_id"]) == (None, None)
        assert row["request_id"].strip("0-") == ""
    log = await rows(house, Change, resource_id=meeting["id"])
    (stored,) = [row for row in log if row["action"] == "meeting.hidden"]
    assert stored["actor_id"] is None
    heard, _ = await feed(world.gus)
    told = [one for one in heard if one["id"] in (made["id"], meeting["id"])]
    assert told[-1]["at"].endswith("T00:00:00.000000Z")
    (kept,) = await rows(house, Meeting, id=meeting["id"])
    assert kept["hidden_on"] is not None
