"""Planning a meeting, and who reads of it."""

import pytest

from tests.house import TestHouse, TestPerson

pytestmark = pytest.mark.anyio

SINGLE = {
    "title": "What we learnt about inhalers",
    "starts_at": "2027-03-17T12:30:00Z",
    "join_url": "https://meet.example.org/inhalers",
    "place": "The surgery, upstairs",
    "place_private": True,
}
SERIES = {
    "title": "Third Wednesday",
    "local_start": "2027-03-17T12:30:00",
    "recurrence": "FREQ=MONTHLY;BYDAY=3WE;COUNT=12",
}


async def network_of(facilitator: TestPerson, **more: object) -> str:
    """A network that anybody may join."""
    body = {"name": "Asthma", "purpose": "Fewer attacks", "join_policy": "open", **more}
    return str((await facilitator.client.post("/v1/networks", body)).json()["id"])


async def test_a_draft_is_for_facilitators_alone(house: TestHouse) -> None:
    """A new meeting is read by who runs the network, and not by its members until it is announced."""
    fay, mel = await house.person("Fay"), await house.person("Mel")
    network_id = await network_of(fay)
    await mel.client.post(f"/v1/networks/{network_id}/join", {})
    made = await fay.client.post("/v1/meetings", {**SINGLE, "network_id": network_id})
    assert made.status_code == 201, made.text
    found = made.json()
    assert (found["status"], found["announced_at"]) == ("tentative", None)
    assert found["local_start"] == "2027-03-17T12:30:00"
    assert found["join_url"] == SINGLE["join_url"]
    assert (await fay.client.get(made.headers["location"])).status_code == 200
    assert (await mel.client.get(made.headers["location"])).status_code == 404


@pytest.mark.parametrize("confidentiality", ["open", "members"])
async def test_only_those_who_may_attend_read_how_to_get_in(
    house: TestHouse, confidentiality: str
) -> None:
    """Outsiders read of an open meeting in an open network, but neither its link nor its private place."""
    fay, mel, out = [await house.person(name) for name in ("Fay", "Mel", "Out")]
    network_id = await network_of(fay)
    await mel.client.post(f"/v1/networks/{network_id}/join", {})
    body = {**SINGLE, "network_id": network_id, "status": "confirmed"}
    made = await fay.client.post("/v1/meetings", {**body, "confidentiality": confidentiality})
    path = made.headers["location"]
    inside = (await mel.client.get(path)).json()
    assert (inside["join_url"], inside["place"]) == (SINGLE["join_url"], SINGLE["place"])
    for client in (out.client, house.anonymous):
        answer = await client.get(path)
        if confidentiality == "members":
            assert answer.status_code == 404
        else:
            assert (answer.json()["join_url"], answer.json()["place"]) == (None, None)


async def test_a_series_recurs_by_the_clock(house: TestHouse) -> None:
    """A series keeps its rule in canonical form and knows when its last occurrence ends."""
    fay = await house.person("Fay")
    network_id = await network_of(fay)
    rule = "RRULE:" + SERIES["recurrence"]  # as calendars write it
    made = await fay.client.post(
        "/v1/meetings", {**SERIES, "recurrence": rule, "network_id": network_id}
    )
    assert made.status_code == 201, made.text
    found = made.json()
    assert found["recurrence"] == SERIES["recurrence"]
    assert found["starts_at"] == "2027-03-17T12:30:00.000000Z"
    assert found["last_ends_at"] == "2028-02-16T13:30:00.000000Z"


@pytest.mark.parametrize("when", [SINGLE, SERIES | {"excluded": ["2027-05-19T12:30:00"]}])
@pytest.mark.parametrize("status", ["tentative", "confirmed"])
async def test_what_planning_answers_is_what_is_read(
    house: TestHouse, when: dict[str, object], status: str
) -> None:
    """The answer is made from what was sent: byte for byte what a reading finds, for operators too."""
    fay, olga = await house.person("Fay"), await house.person("Olga", operator=True)
    network_id = await network_of(fay)
    more = {"place_private": True, "latitude": 53.25, "longitude": -2.5, "capacity": 7}
    agenda = [{"title": "Welcome – and “tea”", "minutes": 5}]
    body = {**SINGLE, **more, "agenda": agenda, "status": status}
    body = {**{k: v for k, v in body.items() if k != "starts_at"}, **when, "network_id": network_id}
    for client in (fay.client, olga.client):
        made = await client.post("/v1/meetings", body)
        assert made.status_code == 201, made.text
        read = await client.get(made.headers["location"])
        assert (read.content, read.headers["etag"]) == (made.content, made.headers["etag"])
