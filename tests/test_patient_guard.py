"""No text of the whole service takes a patient's number, and what may point at a patient is asked about.

The contract is walked: an operation that is new, or a text that is new in one, is covered as soon as it is served.
"""

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.core import patient_guard
from tests.dumps import held
from tests.house import TestHouse, TestPerson
from tests.targets import Targets
from tests.texts_of_the_contract import (
    GUARDED,
    NO_TEXT,
    NO_TEXT_BY_PATTERN,
    Text,
    guarded,
    spelt,
    texts,
    write,
)
from tests.wire import Reply, send

pytestmark = pytest.mark.anyio
DIGITS = "4505577104"
MEETING = "2030-04-09T12:30:00Z"


@pytest.fixture
async def targets(reference_house: TestHouse) -> Targets:
    return await Targets.made(reference_house)


def loose(text: Text) -> bool:
    """Whether nobody looks for patients in a string that may have any words."""
    if GUARDED in text.schema or text.schema.get("format") in NO_TEXT:
        return False
    return not any(text.schema.get("pattern", "").startswith(known) for known in NO_TEXT_BY_PATTERN)


def test_patients_are_looked_for_in_every_text() -> None:
    """And the search for one in which they are not would find it."""
    found = list(texts())
    assert [str(text) for text in found if loose(text)] == []
    assert len(guarded()) > 100
    plain = {name: value for name, value in guarded()[0].schema.items() if name != GUARDED}
    assert loose(guarded()[0]._replace(schema=plain))


def repeated(said: str) -> list[str]:
    """Where a text has the number in any spelling, also escaped."""
    return re.findall(
        r"4\W{0,9}5\W{0,9}0\W{0,9}5\W{0,9}5\W{0,9}7\W{0,9}7\W{0,9}1\W{0,9}0\W{0,9}4", said
    )


async def not_refused(targets: Targets, places: list[Text]) -> AsyncIterator[tuple[Text, Reply]]:
    """Where a text with a number in it is not refused as such, or comes back."""
    for number, text in enumerate(places):
        headers = [(b"idempotency-key", f"guard {number}".encode())]
        if text.operation.method == "PATCH" and "minutes" in text.operation.path:
            headers.append((b"if-match", b'"1-x"'))
        reply = await write(targets, text, spelt(text, DIGITS), headers)
        told = reply.json.get("errors", []) if reply.status == 422 else []
        codes = {error["pointer"]: error["code"] for error in told}
        refused = codes.get(text.pointer) == "patient_identifier"
        if not refused or repeated(reply.body.decode() + str(reply.headers)):
            yield text, reply


async def test_every_text_refuses_a_patients_number_and_nothing_keeps_it(
    targets: Targets, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.clear()
    kept = [text async for text in not_refused(targets, guarded())]
    assert [(str(text), reply.status, reply.body[:300]) for text, reply in kept] == []
    assert len(caplog.records) >= len(guarded())
    assert repeated(caplog.text) == []
    assert repeated(held(database_url).decode("utf-8", "replace")) == []


async def test_a_text_that_nobody_looks_into_is_seen(
    targets: Targets, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the same requests, while the detector is blind."""
    monkeypatch.setattr(patient_guard, "identifiers", lambda _text: [])
    some = [text for text in guarded() if text.way == ("title",) or text.parameter == "q"]
    kept = [text async for text, _ in not_refused(targets, some)]
    assert kept == some != []


async def test_a_problem_says_what_and_where(house: TestHouse) -> None:
    ada = await house.person("Ada")
    body = {"name": "Falls", "purpose": "\U0001f600 e\u0301 — pt is NHS no. 943 476 5919, seen"}
    refused = await ada.client.post("/v1/networks", body)
    assert refused.status_code == 422
    (error,) = refused.json()["errors"]
    assert (error["pointer"], error["code"]) == ("/purpose", "patient_identifier")
    offset = body["purpose"].index("943")
    assert (
        f"an NHS number (nhs_number) at character {offset + 1} (offset {offset})" in error["detail"]
    )
    for kind, text in {
        "chi_number": "0101701233",
        "hc_number": "320 000 0112",
        "national_insurance_number": "AB 12 34 56 C",
    }.items():
        answer = await ada.client.post("/v1/networks", {**body, "purpose": f"It says {text}."})
        assert f"({kind}) at character 9 (offset 8)" in answer.json()["errors"][0]["detail"]
    # Whatever is acknowledged.
    same = await ada.client.post("/v1/networks?acknowledge_warnings=true", body)
    assert same.json()["errors"] == [error]


async def test_names_that_a_caller_makes_up_are_not_repeated(
    targets: Targets, caplog: pytest.LogCaptureFixture
) -> None:
    """Of fields, of parameters, of paths: neither in the answer nor in the log."""
    caplog.set_level(logging.DEBUG)
    caplog.clear()
    token = (b"authorization", f"Bearer {targets.operator.token}".encode())
    json = (b"content-type", b"application/json")
    body = f'{{"name": "Falls", "purpose": "None", "{DIGITS}": 1, "links": [{{"{DIGITS}": 2}}]}}'.encode()
    twice = f'{{"{DIGITS}": 1, "{DIGITS}": 2}}'.encode()
    for method, target, sent in (
        ("POST", "/v1/networks", body),
        ("POST", "/v1/networks", twice),
        ("POST", f"/v1/networks?{DIGITS}=1", body),
        ("GET", f"/v1/networks?{DIGITS}=1", b""),
        ("GET", "/v1/networks?q=seen+450+557+7104", b""),
        ("GET", f"/v1/networks/{DIGITS}", b""),
        ("GET", f"/v1/organisations/{DIGITS}", b""),
        ("GET", f"/v1/{DIGITS}", b""),
        ("GET", f"/problems/{DIGITS}", b""),
        ("GET", f"/guides/{DIGITS}", b""),
        ("GET", f"/v1/networks?topic={DIGITS}&organisation={DIGITS}", b""),
    ):
        reply = await send(targets.house.app, method, target.encode(), [token, json], sent)
        assert 400 <= reply.status < 500, (target, reply.body)
        assert repeated(reply.body.decode()) == [], (target, reply.body)
    assert repeated(caplog.text) == []


# --- What may point at a patient ------------------------------------------------------------------

POINTS = {
    "date_of_birth": "It began with her, DOB 3 May 1931.",
    "postcode": "He lives in TS5 8SB with his son.",
    "person_and_age": "Mrs X aged 93 fell again.",
}


async def changes_of(person: TestPerson) -> list[dict[str, Any]]:
    audit = await person.client.get("/v1/audit?limit=100")
    assert audit.status_code == 200
    found: list[dict[str, Any]] = audit.json()["items"]
    return found


@pytest.mark.parametrize("kind", POINTS)
async def test_what_points_at_a_patient_is_asked_about_and_recorded_without_it(
    house: TestHouse, kind: str
) -> None:
    ada = await house.person("Ada", operator=True)
    body = {"name": f"Falls {kind}", "purpose": POINTS[kind]}
    asked = await ada.client.post("/v1/networks", body)
    assert asked.status_code == 422
    (error,) = asked.json()["errors"]
    assert (error["pointer"], error["code"]) == ("/purpose", "possible_patient_data")
    assert f"({kind}) at character" in error["detail"]
    assert "acknowledge_warnings=true" in error["detail"]
    made = await ada.client.post("/v1/networks?acknowledge_warnings=true", body)
    assert made.status_code == 201, made.text
    network = made.json()["id"]
    entry = next(one for one in await changes_of(ada) if one["resource_id"] == network)
    assert f"acknowledged:{kind}" in entry["fields"]
    assert POINTS[kind] not in str(await changes_of(ada))
    # It is asked about again with every change, and only what was acknowledged is recorded.
    change = {"purpose": f"{POINTS[kind]} Again."}
    again = await ada.client.patch(f"/v1/networks/{network}", change)
    assert again.status_code == 422
    done = await ada.client.patch(f"/v1/networks/{network}?acknowledge_warnings=true", change)
    assert done.status_code == 200
    plain = await ada.client.patch(
        f"/v1/networks/{network}?acknowledge_warnings=true", {"purpose": "Fewer falls"}
    )
    assert plain.status_code == 200
    entries = [one["fields"] for one in await changes_of(ada) if one["resource_id"] == network]
    named = [[name for name in fields if ":" in name] for fields in entries]
    assert named[:3] == [[], [f"acknowledged:{kind}"], [f"acknowledged:{kind}"]]


async def test_a_place_has_a_postcode(house: TestHouse) -> None:
    ada = await house.person("Ada")
    body = {"name": "Falls", "purpose": "Fewer", "place": "The surgery, Lawson Street, TS18 1HU"}
    made = await ada.client.post("/v1/networks", body)
    assert made.status_code == 201, made.text
    meeting = {"network_id": made.json()["id"], "title": "Spring", "starts_at": MEETING}
    planned = await ada.client.post("/v1/meetings", {**meeting, "place": "Room 2, TS18 1HU"})
    assert planned.status_code == 201, planned.text
    told = await ada.client.post("/v1/meetings", {**meeting, "description": "At TS18 1HU"})
    assert told.json()["errors"][0]["code"] == "possible_patient_data"
    aged = await ada.client.post("/v1/meetings", {**meeting, "place": "With Mrs X aged 93"})
    assert aged.json()["errors"][0]["pointer"] == "/place"


async def test_the_parameter_is_a_plain_yes_of_operations_that_write_texts(
    house: TestHouse,
) -> None:
    ada = await house.person("Ada")
    body = {"name": "Falls", "purpose": POINTS["postcode"]}

    async def said(query: str, method: str = "POST") -> tuple[str, str]:
        answer = await ada.client.request(
            method, f"/v1/networks?{query}", **({"json": body} if method == "POST" else {})
        )
        assert answer.status_code == 422, answer.text
        (error,) = answer.json()["errors"]
        return error["pointer"], error["code"]

    assert await said("acknowledge_warnings=false") == ("/purpose", "possible_patient_data")
    assert await said("acknowledge_warnings=1") == ("?acknowledge_warnings", "bool_type")
    assert await said("acknowledge_warnings=") == ("?acknowledge_warnings", "bool_type")
    twice = "acknowledge_warnings=true&acknowledge_warnings=true"
    assert await said(twice) == ("?acknowledge_warnings", "repeated_parameter")
    assert await said("acknowledge_warnings=true&other=1") == ("?other", "unknown_parameter")
    read = await said("acknowledge_warnings=true", "GET")
    assert read == ("?acknowledge_warnings", "extra_forbidden")
    escaped = await ada.client.post("/v1/networks?%61cknowledge_warnings=true", body)
    assert escaped.status_code == 201
    # Where there is no text to write there is nothing to acknowledge.
    network = escaped.json()["id"]
    nothing = await ada.client.post(f"/v1/networks/{network}/reactivate?acknowledge_warnings=true")
    assert nothing.json()["errors"][0]["code"] == "unknown_parameter"
    # What is stored is asked about when it is written, not when it is found.
    assert (await ada.client.get("/v1/networks?q=TS5+8SB")).status_code == 200


async def test_a_reason_in_the_query_is_a_text_too(house: TestHouse) -> None:
    ada, ben = await house.person("Ada"), await house.person("Ben")
    network = (await ada.client.post("/v1/networks", {"name": "Falls", "purpose": "Fewer"})).json()[
        "id"
    ]
    member = (await ben.client.post(f"/v1/networks/{network}/join", {})).json()["id"]
    path = f"/v1/members/{member}?reason=For+Mrs+X+aged+93"
    asked = await ben.client.delete(path)
    assert asked.json()["errors"][0] | {"detail": ""} == {
        "pointer": "?reason",
        "code": "possible_patient_data",
        "detail": "",
    }
    assert (await ben.client.delete(f"{path}&acknowledge_warnings=true")).status_code == 204


async def test_an_acknowledged_request_is_the_same_request(house: TestHouse) -> None:
    """Under one Idempotency-Key: it is done once, however often it is acknowledged."""
    ada = await house.person("Ada")
    body, key = {"name": "Falls", "purpose": POINTS["postcode"]}, {"Idempotency-Key": "once"}
    path = "/v1/networks?acknowledge_warnings=true"
    assert (await ada.client.post("/v1/networks", body, headers=key)).status_code == 422
    made = await ada.client.post(path, body, headers=key)
    again = await ada.client.post(path, body, headers=key)
    assert (made.status_code, again.status_code) == (201, 201)
    assert made.json() == again.json()
    assert again.headers["idempotent-replayed"] == "true"
    plain, other = {"name": "Falls", "purpose": "Fewer"}, {"Idempotency-Key": "twice"}
    first = await ada.client.post("/v1/networks", plain, headers=other)
    second = await ada.client.post(path, plain, headers=other)
    assert first.json() == second.json()


async def test_one_request_acknowledges_nothing_for_another(house: TestHouse) -> None:
    """Also while both are under way."""
    ada = await house.person("Ada")
    body = {"name": "Falls", "purpose": POINTS["postcode"]}
    paths = ["/v1/networks", "/v1/networks?acknowledge_warnings=true"] * 10
    answers = await asyncio.gather(*(ada.client.post(path, body) for path in paths))
    assert [answer.status_code for answer in answers] == [422, 201] * 10
