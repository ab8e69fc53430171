"""Calendar addresses: shown once, one feed, never more than their person may read, and gone with that right."""

from typing import Any
from urllib.parse import urlsplit

import pytest

from tests import calendars, secrets_issued
from tests.calendars import events, network_of, people, plan
from tests.house import Client, TestHouse, TestPerson

pytestmark = pytest.mark.anyio
SECRET_LINK = "https://meet.example.org/only-for-members"


async def address_of(person: TestPerson, **body: Any) -> str:
    """The path of a new calendar address."""
    made = await person.client.post("/v1/calendar-tokens", {"name": "Phone", "feed": "me", **body})
    assert made.status_code == 201, made.text
    return str(urlsplit(made.json()["address"]).path)


async def test_an_address_is_shown_once_and_opens_one_calendar(house: TestHouse) -> None:
    fay, out = await people(house, "Fay", "Out")
    network_id = await network_of(fay)
    await plan(fay.client, network_id, join_url=SECRET_LINK)
    body = {"name": "Outlook", "feed": "network", "network_id": network_id}
    headers = {"Idempotency-Key": "one"}
    made = await fay.client.post("/v1/calendar-tokens", body, headers=headers)
    document = made.json()
    address = urlsplit(document["address"])
    assert document["webcal"] == document["address"].replace("http:", "webcal:", 1)
    assert address.path.startswith("/v1/calendars/qi_calendar_")
    repeated = (await fay.client.post("/v1/calendar-tokens", body, headers=headers)).json()
    assert repeated == {**document, "address": None, "webcal": None}
    kept = (await fay.client.get(made.headers["location"])).json()
    assert kept == {name: document[name] for name in kept}
    assert not {"address", "webcal", "secret_hash"} & set(kept)
    (listed,) = (await fay.client.get("/v1/calendar-tokens")).json()["items"]
    assert listed == kept
    assert (await out.client.get("/v1/calendar-tokens")).json()["items"] == []
    for path in (made.headers["location"],):
        assert (await out.client.get(path)).status_code == 404
        assert (await out.client.delete(path)).status_code == 404

    answer = await house.anonymous.get(address.path)
    assert SECRET_LINK.encode() in answer.content
    assert answer.headers["x-robots-tag"] == "noindex"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "private, no-cache"
    same = await house.anonymous.get(
        address.path, headers={"If-None-Match": answer.headers["etag"]}
    )
    assert same.status_code == 304
    secret = address.path.removeprefix("/v1/calendars/").removesuffix(".ics")
    for refused in (
        await house.anonymous.get("/v1/me", headers={"Authorization": f"Bearer {secret}"}),
        await house.anonymous.get(
            "/v1/me/calendar.ics", headers={"Authorization": f"Bearer {secret}"}
        ),
    ):
        assert (refused.status_code, refused.json()["code"]) == (401, "invalid_token")
    assert (await house.anonymous.post(address.path)).status_code == 405


async def test_an_address_ends_with_the_right_behind_it(house: TestHouse) -> None:
    """Revoked, unknown, of a network that went out of sight, of somebody erased: the same 404 each time."""
    fay, mel = await house.person("Fay"), await house.person("Mel", listed=True)
    network_id = await network_of(fay, visibility="confidential", join_policy="open")
    meeting = await plan(fay.client, network_id)
    spell = (
        await fay.client.post("/v1/members", {"network_id": network_id, "person_id": mel.id})
    ).json()
    await mel.client.post(f"/v1/members/{spell['id']}/accept")
    of_network = await address_of(mel, feed="network", network_id=network_id)
    of_meeting = await address_of(mel, feed="meeting", meeting_id=meeting["id"])
    of_me, revoked = await address_of(mel), await address_of(mel)
    addresses = (of_network, of_meeting, of_me)
    for path in addresses:
        assert len(events((await house.anonymous.get(path)).content)) == 1
    newest = (await mel.client.get("/v1/calendar-tokens")).json()["items"][0]
    assert (await mel.client.delete(f"/v1/calendar-tokens/{newest['id']}")).status_code == 204
    unknown = await house.anonymous.get(f"/v1/calendars/qi_calendar_{'x' * 43}.ics")

    async def ended(path: str) -> None:
        answer = await house.anonymous.get(path)
        assert answer.status_code == 404
        assert {**answer.json(), "instance": 0} == {**unknown.json(), "instance": 0}
        assert answer.json()["code"] == "calendar_not_valid"
        assert path.rsplit("_", 1)[-1][:20] not in answer.text + str(answer.headers)

    await ended(revoked)
    await mel.client.delete(f"/v1/members/{spell['id']}")
    assert events((await house.anonymous.get(of_me)).content) == []
    await ended(of_network)
    await ended(of_meeting)
    assert (await mel.client.delete("/v1/me")).status_code == 204
    await ended(of_me)


async def test_an_address_never_has_an_operators_rights(house: TestHouse) -> None:
    fay = await house.person("Fay")
    operator = await house.person("Oli", operator=True)
    hidden = await network_of(fay, visibility="confidential", join_policy="invite")
    meeting = await plan(fay.client, hidden)
    for about in (
        {"feed": "network", "network_id": hidden},
        {"feed": "meeting", "meeting_id": meeting["id"]},
    ):
        refused = await operator.client.post("/v1/calendar-tokens", {"name": "All", **about})
        assert (refused.status_code, refused.json()["code"]) == (422, "unknown_reference")
    private = await network_of(fay, visibility="private", join_policy="invite")
    await plan(fay.client, private)
    path = await address_of(operator, feed="network", network_id=private)
    assert events((await house.anonymous.get(path)).content) == []
    seen = (await operator.client.get(f"/v1/networks/{private}/calendar.ics")).content
    assert len(events(seen)) == 1


async def test_what_an_address_is_made_of(house: TestHouse) -> None:
    """A feed and what it is of go together; filters are kept; the token in hand reads meetings; 20 are enough."""
    (fay,) = await people(house, "Fay")
    network_id = await network_of(fay)
    await calendars.year(fay, network_id)
    for wrong in (
        {"feed": "network"},
        {"feed": "me", "network_id": network_id},
        {"feed": "meeting", "network_id": network_id},
        {"feed": "everything"},
    ):
        refused = await fay.client.post("/v1/calendar-tokens", {"name": "Phone", **wrong})
        assert refused.status_code == 422, wrong
    narrow = Client(house.http, await house.token(fay.id, scopes='["tokens:write", "tokens:read"]'))
    refused = await narrow.post("/v1/calendar-tokens", {"name": "Phone", "feed": "me"})
    assert (refused.status_code, refused.json()["code"]) == (403, "insufficient_scope")
    filters = {
        "from": "2027-07-01T00:00:00.000000Z",
        "to": "2027-08-01T00:00:00.000000Z",
        "mode": "virtual",
    }
    path = await address_of(fay, filters=filters)
    (shown,) = (await fay.client.get("/v1/calendar-tokens")).json()["items"]
    assert shown["filters"] == {**filters, "status": None, "q": None}
    assert len(events((await house.anonymous.get(path)).content)) == 2
    for _ in range(19):
        await address_of(fay)
    full = await fay.client.post("/v1/calendar-tokens", {"name": "Phone", "feed": "me"})
    assert (full.status_code, full.json()["code"]) == (409, "too_many_calendars")
    await fay.client.delete(f"/v1/calendar-tokens/{shown['id']}")
    await address_of(fay)


async def test_the_day_of_the_last_use_is_noted_once(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    (fay,) = await people(house, "Fay")
    path = await address_of(fay)
    units: list[int] = []
    unit = house.app.rooms.house.db.unit

    async def counting(work: Any) -> Any:
        units.append(1)
        return await unit(work)

    monkeypatch.setattr(house.app.rooms.house.db, "unit", counting)
    for _ in range(3):
        await house.anonymous.get(path)
    monkeypatch.undo()
    (shown,) = (await fay.client.get("/v1/calendar-tokens")).json()["items"]
    assert shown["last_used_on"] == house.app.rooms.house.clock().date().isoformat()
    assert len(units) == 1


async def test_guessed_addresses_are_counted_and_logged_without_them(own_url: str) -> None:
    """Like tokens that are no good; a good address from there is none the worse."""
    async with TestHouse.over(own_url, rate_limit_failures=3) as house:
        (fay,) = await people(house, "Fay")
        good = await address_of(fay)
        guess = f"/v1/calendars/qi_calendar_{'g' * 43}.ics"
        statuses = [(await house.anonymous.get(guess)).status_code for _ in range(5)]
        assert statuses == [404, 404, 404, 429, 429]
        assert (await house.anonymous.get(good)).status_code == 200
        logged = secrets_issued.logs.said()
        assert b"g" * 20 not in logged
        assert b'"calendar_not_valid"' in logged
        assert b'"/v1/calendars/*"' in logged
        assert b'"getCalendarByAddress"' in logged
        secret = good.removeprefix("/v1/calendars/").removesuffix(".ics").encode()
        assert secrets_issued.found_in(secret) != []  # the guard of the suite knows it
        assert secret[12:] not in logged
        assert secret[12:] not in house.app.rooms.contract()
