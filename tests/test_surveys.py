"""Surveys: who opens, answers and reads them, once each, and what is told of so few answers."""

import asyncio
import json
import logging
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.core.survey_questions import CHOICES, MINIMUM, QUESTIONS, SETTLING, tellable
from app.features.surveys.queries import told
from tests.house import TestHouse, TestPerson

pytestmark = pytest.mark.anyio
Json = dict[str, Any]
CODES = tuple(question.code for question in QUESTIONS)


def at(**ahead: float) -> str:
    """An instant from now on, as the contract has it."""
    return (datetime.now(UTC) + timedelta(**ahead)).isoformat().replace("+00:00", "Z")


async def network(house: TestHouse, members: int) -> tuple[list[TestPerson], str]:
    """A network of so many, of whom the first facilitates."""
    people = [await house.person(f"Person {number}") for number in range(members)]
    body = {"name": "Asthma", "purpose": "Fewer attacks", "join_policy": "open"}
    network_id = (await people[0].client.post("/v1/networks", body)).json()["id"]
    for person in people[1:]:
        joined = await person.client.post(f"/v1/networks/{network_id}/join", {})
        assert joined.status_code == 201
    return people, network_id


async def opened(by: TestPerson, network_id: str, **more: Any) -> Json:
    """A round that is open."""
    body = {"title": "How are we doing?", "closes_at": at(days=7), **more}
    made = await by.client.post(f"/v1/networks/{network_id}/survey-rounds", body)
    assert made.status_code == 201, made.text
    found: Json = made.json()
    return found


async def answer(person: TestPerson, round_id: str, **answers: int) -> str:
    """Take part; what came of it."""
    path = f"/v1/survey-rounds/{round_id}/responses"
    said = await person.client.post(path, {"answers": answers})
    return "ok" if said.status_code == 204 else str(said.json()["code"])


async def results(person: TestPerson, round_id: str) -> Json:
    """What the round brought, by question."""
    found = await person.client.get(f"/v1/survey-rounds/{round_id}/results")
    assert found.status_code == 200, found.text
    document: Json = found.json()
    return {**document, "questions": {one["code"]: one for one in document["questions"]}}


async def test_a_round_from_its_opening_to_its_results(house: TestHouse) -> None:
    people, network_id = await network(house, 8)
    fay, out = people[0], await house.person("Out Side")
    made = await opened(fay, network_id)
    path = f"/v1/survey-rounds/{made['id']}"
    assert made["state"] == "open"
    assert [question["code"] for question in made["questions"]] == list(CODES)
    assert made["actions"] == ["update", "close", "answer"]
    assert (await people[1].client.get(path)).json()["actions"] == ["answer"]
    assert (await people[1].client.get(f"{path}/results")).json()["code"] == "survey_open"
    given = [1, 2, 3, 3, 4, 4, 5]
    for person, choice in zip(people, given, strict=False):
        assert await answer(person, made["id"], purpose_clear=choice, feel_welcome=5) == "ok"
    assert await answer(people[7], made["id"], safe_to_share=2) == "ok"
    assert await answer(people[2], made["id"], purpose_clear=1) == "already_answered"
    assert await answer(out, made["id"], purpose_clear=1) == "not_found"
    # Answering moves nothing that anybody reads.
    assert (await fay.client.get(path)).json() == made
    assert (await people[3].client.post(f"{path}/close")).json()["code"] == "forbidden"
    closed = (await fay.client.post(f"{path}/close")).json()
    assert (closed["state"], closed["actions"]) == ("closed", ["update", "read_results"])
    assert await answer(people[2], made["id"], purpose_clear=1) == "survey_closed"
    found = await results(people[3], made["id"])
    assert found["respondents"] == 8
    clear = found["questions"]["purpose_clear"]
    assert clear["status"] == "ok"
    assert (clear["answers"], clear["counts"]) == (7, [1, 1, 2, 2, 1])
    assert clear["mean"] == pytest.approx(22 / 7)
    # All of one mind, too few, and nobody at all look alike.
    for code in ("feel_welcome", "safe_to_share", "know_each_other"):
        one = found["questions"][code]
        shown = [one[name] for name in ("status", "answers", "mean", "counts")]
        assert shown == ["not_enough_data", None, None, None]
    assert (await out.client.get(f"{path}/results")).status_code == 404
    listed = await people[1].client.get(f"/v1/networks/{network_id}/survey-rounds")
    assert [one["id"] for one in listed.json()["items"]] == [made["id"]]
    assert (await out.client.get(f"/v1/networks/{network_id}/survey-rounds")).status_code == 404


class Clock:
    """The time, and what a test has let pass."""

    ahead = timedelta()

    def __call__(self) -> datetime:
        """The time as the house has it."""
        return datetime.now(UTC) + self.ahead


async def common_purpose(reader: TestPerson, network_id: str, **params: str) -> Json:
    """What the wheel says of a survey on common purpose."""
    path = f"/v1/networks/{network_id}/wheel"
    wheel = (await reader.client.get(path, params=params)).json()
    of_c = {one["code"]: one for c in wheel["cs"] for one in c["indicators"]}
    found: Json = of_c["survey_common_purpose"]
    return found


async def surveyed(
    clock: Clock, people: list[TestPerson], network_id: str, choices: list[int]
) -> Json:
    """A round in which so many answer every question alike, and what the wheel says of it a minute later."""
    made = await opened(people[0], network_id)
    for person, choice in zip(people, choices, strict=False):
        assert await answer(person, made["id"], **dict.fromkeys(CODES, choice)) == "ok"
    await people[0].client.post(f"/v1/survey-rounds/{made['id']}/close")
    clock.ahead += SETTLING
    return await common_purpose(people[1], network_id)


@pytest.mark.parametrize("choices", [[], [2, 3, 4, 4], [1] * 5, [4, 4, 4, 4, 2]])
async def test_the_wheel_tells_nothing_that_results_do_not_tell(
    own_url: str, choices: list[int]
) -> None:
    """Nobody, too few, all of one mind, and all but one look alike there too: not even how many they were is told."""
    clock = Clock()
    async with TestHouse.over(own_url, clock=clock) as house:
        people, network_id = await network(house, 6)
        found = await surveyed(clock, people, network_id, choices)
        for one in (found, *found["trend"]):
            shown = [one[name] for name in ("value", "numerator", "denominator", "status")]
            assert shown == [None, None, 0, "not_enough_data"]
        told = await surveyed(clock, people, network_id, [2, 3, 4, 4, 5])
        assert (told["value"], told["numerator"], told["denominator"]) == (3.6, 36, 10)
        again = await surveyed(clock, people, network_id, choices)
        assert (again["value"], again["denominator"], again["why"]) == (None, 0, found["why"])


async def test_the_wheel_tells_no_answer_by_what_it_said_before(own_url: str) -> None:
    """Not while a round is open, on the day it closes either, nor before the last answers are sure to be counted."""
    clock = Clock()
    async with TestHouse.over(own_url, clock=clock) as house:
        people, network_id = await network(house, 7)
        made = await opened(people[0], network_id, closes_at=at(minutes=5))
        said = []
        for person, choice in zip(people, (1, 2, 3, 4, 5, 1, 5), strict=True):
            assert await answer(person, made["id"], **dict.fromkeys(CODES, choice)) == "ok"
            said.append(await common_purpose(person, network_id))
        clock.ahead = timedelta(minutes=5)
        said.append(await common_purpose(people[0], network_id))
        clock.ahead = timedelta(minutes=5) + SETTLING - timedelta(seconds=30)
        said.append(await common_purpose(people[0], network_id))
        assert said == [said[0]] * 9
        assert (said[0]["value"], said[0]["denominator"]) == (None, 0)
        clock.ahead = timedelta(minutes=6)
        told = await common_purpose(people[0], network_id)
        assert (told["value"], told["denominator"]) == (3.0, 14)


async def test_one_round_is_open_at_a_time(house: TestHouse) -> None:
    people, network_id = await network(house, 2)
    fay, path = people[0], f"/v1/networks/{network_id}/survey-rounds"
    first = await opened(fay, network_id)
    body = {"title": "Again", "opens_at": at(days=6), "closes_at": at(days=9)}
    assert (await fay.client.post(path, body)).json()["code"] == "survey_overlaps"
    later = await opened(fay, network_id, opens_at=at(days=8), closes_at=at(days=9))
    assert (later["state"], later["actions"]) == ("planned", ["update", "delete"])
    assert await answer(people[1], later["id"], purpose_clear=3) == "survey_closed"
    longer = await fay.client.patch(
        f"/v1/survey-rounds/{first['id']}", {"closes_at": at(days=8, hours=1)}
    )
    assert longer.json()["code"] == "survey_overlaps"
    renamed = await fay.client.patch(f"/v1/survey-rounds/{first['id']}", {"title": "How now?"})
    assert (renamed.json()["title"], renamed.json()["version"]) == ("How now?", 2)
    moved = await fay.client.patch(f"/v1/survey-rounds/{first['id']}", {"opens_at": at(days=1)})
    assert moved.json()["code"] == "survey_opened"
    assert (await fay.client.delete(f"/v1/survey-rounds/{first['id']}")).json()["code"] == (
        "survey_opened"
    )
    assert (await fay.client.delete(f"/v1/survey-rounds/{later['id']}")).status_code == 204
    for body, pointer in (
        ({"opens_at": at(days=-1), "closes_at": at(days=1)}, "/opens_at"),
        ({"closes_at": at(days=-1)}, "/closes_at"),
        ({"opens_at": at(days=30), "closes_at": at(days=29)}, "/closes_at"),
    ):
        refused = await fay.client.post(path, {"title": "Never", **body})
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["pointer"] == pointer


async def test_a_key_is_taken_and_not_kept(house: TestHouse) -> None:
    people, network_id = await network(house, 2)
    made = await opened(people[0], network_id)
    path = f"/v1/survey-rounds/{made['id']}/responses"
    said = [
        await people[1].client.post(
            path, {"answers": {"purpose_clear": 4}}, headers={"Idempotency-Key": "mine"}
        )
        for _ in range(2)
    ]
    assert [one.status_code for one in said] == [204, 409]
    bad = await people[0].client.post(
        path, {"answers": {"purpose_clear": 4}}, headers={"Idempotency-Key": "x" * 256}
    )
    assert bad.status_code == 422
    empty = await people[0].client.post(path, {"answers": {}})
    assert empty.status_code == 422


async def test_counters_are_exact_when_everybody_answers_at_once(house: TestHouse) -> None:
    """Twelve people send theirs five times each in parallel: each counts once."""
    people, network_id = await network(house, 12)
    made = await opened(people[0], network_id)
    given = {
        person.id: {code: (number + place) % 5 + 1 for place, code in enumerate(CODES)}
        for number, person in enumerate(people)
    }
    said = await asyncio.gather(
        *(answer(person, made["id"], **given[person.id]) for person in people for _ in range(5))
    )
    assert Counter(said) == {"ok": 12, "already_answered": 48}
    await people[0].client.post(f"/v1/survey-rounds/{made['id']}/close")
    found = await results(people[1], made["id"])
    assert found["respondents"] == 12
    for code in CODES:
        expected = Counter(one[code] for one in given.values())
        assert found["questions"][code]["counts"] == [expected[choice] for choice in CHOICES]


async def test_what_is_counted_at_the_moment_of_closing_is_in_every_result(
    house: TestHouse,
) -> None:
    """Whoever was told that theirs counts is in the first results, and nobody comes after those."""
    people, network_id = await network(house, 12)
    fay = people[0]
    made = await opened(fay, network_id)
    path = f"/v1/survey-rounds/{made['id']}"

    async def close_and_read() -> Json:
        await fay.client.post(f"{path}/close")
        return await results(fay, made["id"])

    said, found = await asyncio.gather(
        asyncio.gather(*(answer(person, made["id"], purpose_clear=3) for person in people)),
        close_and_read(),
    )
    counted = Counter(said)
    assert set(counted) <= {"ok", "survey_closed"}
    assert found["respondents"] == (counted["ok"] if counted["ok"] >= MINIMUM else None)
    assert await results(fay, made["id"]) == found


async def test_nobody_hears_of_an_answer(house: TestHouse) -> None:
    """No change in the feed, none in the audit, and no token in the log of requests."""
    people, network_id = await network(house, 3)
    made = await opened(people[0], network_id)
    feed = (await people[1].client.get("/v1/changes", params={"limit": 100})).json()
    audit = f"/v1/audit?network_id={network_id}&limit=100"
    before = (await people[0].client.get(audit)).json()["items"]
    assert await answer(people[2], made["id"], purpose_clear=2) == "ok"
    more = await people[1].client.get("/v1/changes", params={"cursor": feed["next_cursor"]})
    assert more.json()["items"] == []
    assert (await people[0].client.get(audit)).json()["items"] == before


async def test_the_log_of_requests_has_no_token_of_an_answer(
    house: TestHouse, caplog: pytest.LogCaptureFixture
) -> None:
    people, network_id = await network(house, 2)
    made = await opened(people[0], network_id)
    rooms = house.app.rooms
    settings = rooms.settings.model_copy(update={"log_client_address": True})
    house.app.rooms = replace(rooms, settings=settings)
    caplog.set_level(logging.INFO, "qi_networks.access")
    assert await answer(people[1], made["id"], purpose_clear=2) == "ok"
    assert await answer(people[1], made["id"], purpose_clear=2) == "already_answered"
    await people[1].client.get(f"/v1/survey-rounds/{made['id']}")
    own = (await people[1].client.get("/v1/tokens")).json()["items"][0]["id"]
    lines = [json.loads(record.message) for record in caplog.records][:3]
    assert [line["operation"] for line in lines] == [
        "answerSurveyRound", "answerSurveyRound", "getSurveyRound"
    ]  # fmt: skip
    assert [line["token_id"] for line in lines] == [None, None, own]
    assert ["client" in line for line in lines] == [False, False, True]


def test_one_who_knows_their_own_answer_knows_nobody_elses() -> None:
    """For every way in which up to nine may answer: what is told leaves at least two options for the others."""

    def ways(people: int, options: int) -> list[list[int]]:
        if options == 1:
            return [[people]]
        return [
            [first, *rest]
            for first in range(people + 1)
            for rest in ways(people - first, options - 1)
        ]

    told_at_all = 0
    for people in range(10):
        for counts in ways(people, 5):
            if told(counts)["status"] == "not_enough_data":
                continue
            told_at_all += 1
            for own in (place for place, count in enumerate(counts) if count):
                others = [count - (place == own) for place, count in enumerate(counts)]
                assert sum(count > 0 for count in others) >= 2
            assert people >= MINIMUM
            assert tellable(counts)
    assert told_at_all > 1_000
