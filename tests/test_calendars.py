"""Calendars: what is in them is what their reader sees, and an address opens one of them to nobody but its holder."""

from typing import Any
from urllib.parse import urlsplit

import pytest

from tests import calendars, secrets_issued
from tests.calendars import differ, events, network_of, plan
from tests.house import Client, TestHouse, TestPerson

pytestmark = pytest.mark.anyio
OPEN = {
    "confidentiality": "open",
    "place": "Upstairs",
    "place_private": True,
    "latitude": 51.2,
    "longitude": 0.5,
}
SECRET_LINK = "https://meet.example.org/only-for-members"


async def people(house: TestHouse, *names: str) -> list[TestPerson]:
    return [await house.person(name) for name in names]


def titles(body: bytes) -> list[str]:
    return sorted(str(event["SUMMARY"]) for event in events(body))


async def test_a_calendar_is_a_file_that_is_asked_for_again(house: TestHouse) -> None:
    (fay,) = await people(house, "Fay")
    network_id = await network_of(fay)
    meeting = await plan(fay.client, network_id)
    for path, name in (
        (f"/v1/meetings/{meeting['id']}.ics", "A-meeting"),
        (f"/v1/networks/{network_id}/calendar.ics", "Asthma-Kent-and-Medway"),
        ("/v1/me/calendar.ics", "QI-Networks-my-meetings"),
    ):
        answer = await fay.client.get(path)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
        assert answer.headers["cache-control"] == "private, no-cache"
        assert answer.headers["content-disposition"].startswith(f'inline; filename="{name}.ics"; ')
        (event,) = events(answer.content)
        assert event["UID"] == meeting["ical_uid"]
        again = await fay.client.get(path, headers={"If-None-Match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert (await fay.client.request("HEAD", path)).headers["etag"] == answer.headers["etag"]
        wrong = await fay.client.get(path, headers={"Accept": "application/json"})
        assert wrong.status_code == 406


async def test_who_sees_what_in_a_calendar(house: TestHouse) -> None:
    """Drafts for facilitators, the rest for members; outsiders see open meetings, without how to get in."""
    fay, mel, out = await people(house, "Fay", "Mel", "Out")
    network_id = await network_of(fay)
    await mel.client.post(f"/v1/networks/{network_id}/join", {})
    await plan(fay.client, network_id, title="Draft", status="tentative")
    await plan(fay.client, network_id, title="Members")
    await plan(fay.client, network_id, title="Open", join_url=SECRET_LINK, **OPEN)
    path = f"/v1/networks/{network_id}/calendar.ics"
    expected = ((fay, ["Draft", "Members", "Open"]), (mel, ["Members", "Open"]))
    for person, seen in expected:
        for feed in (path, "/v1/me/calendar.ics"):
            answer = await person.client.get(feed)
            assert titles(answer.content) == seen
            assert SECRET_LINK.encode() in answer.content
            assert b"LOCATION:Upstairs" in answer.content
    for client in (out.client, house.anonymous):
        answer = await client.get(path)
        assert titles(answer.content) == ["Open"]
        assert b"meet.example.org" not in answer.content
        assert b"Upstairs" not in answer.content
        assert b"GEO" not in answer.content
    assert titles((await out.client.get("/v1/me/calendar.ics")).content) == []
    assert (await house.anonymous.get("/v1/me/calendar.ics")).status_code == 401


async def test_what_is_hidden_is_not_there(house: TestHouse) -> None:
    """A calendar of what one does not see answers like one of what never was."""
    fay, out = await people(house, "Fay", "Out")
    network_id = await network_of(fay, visibility="confidential", join_policy="invite")
    meeting = await plan(fay.client, network_id, **OPEN)
    nobody = "01900000-0000-7000-8000-00000000dead"
    for real, ghost in (
        (f"/v1/meetings/{meeting['id']}.ics", f"/v1/meetings/{nobody}.ics"),
        (f"/v1/networks/{network_id}/calendar.ics", f"/v1/networks/{nobody}/calendar.ics"),
    ):
        for client in (out.client, house.anonymous):
            found, never = await client.get(real), await client.get(ghost)
            assert (found.status_code, found.json()["code"]) == (404, "not_found")
            same = {**found.json(), "instance": None}
            assert same == {**never.json(), "instance": None}


async def test_an_operators_look_is_on_record(house: TestHouse) -> None:
    fay = await house.person("Fay")
    operator = await house.person("Oli", operator=True)
    network_id = await network_of(fay, visibility="private", join_policy="invite")
    meeting = await plan(fay.client, network_id, join_url=SECRET_LINK)
    for path in (f"/v1/networks/{network_id}/calendar.ics", f"/v1/meetings/{meeting['id']}.ics"):
        assert len(events((await operator.client.get(path)).content)) == 1
    audit = (await fay.client.get(f"/v1/audit?network_id={network_id}")).json()["items"]
    looks = [row["fields"] for row in audit if row["action"] == "read.network"]
    assert looks == [["getMeetingCalendar"], ["getNetworkCalendar"]]


async def test_a_series_is_one_event_with_its_rule_and_what_differs(house: TestHouse) -> None:
    (fay,) = await people(house, "Fay")
    network_id = await network_of(fay)
    series_id = await calendars.year(fay, network_id)
    found = (await fay.client.get(f"/v1/meetings/{series_id}.ics")).content
    series, *differing = events(found)
    assert series["RRULE"].to_ical() == b"FREQ=MONTHLY;COUNT=12;BYDAY=3WE"
    assert series["DTSTART"].dt.isoformat() == "2027-01-20T12:30:00+00:00"
    assert series["DTSTART"].params["TZID"] == "Europe/London"
    assert {event["UID"] for event in events(found)} == {f"{series_id}@qi-networks"}
    shown = {event["RECURRENCE-ID"].dt.strftime("%Y-%m-%dT%H:%M:%S"): event for event in differing}
    assert set(shown) == {calendars.CANCELLED, calendars.MOVED, calendars.RELINKED}
    assert shown[calendars.CANCELLED]["STATUS"] == "CANCELLED"
    assert "Easter" in shown[calendars.CANCELLED]["DESCRIPTION"]
    assert shown[calendars.MOVED]["DTSTART"].dt.isoformat() == "2027-07-22T15:00:00+00:00"
    assert shown[calendars.RELINKED]["URL"] == calendars.NEW_LINK
    # None is behind the series, whose number rose with each edit.
    assert [event["SEQUENCE"] for event in events(found)] == [3, 3, 3, 3]
    assert found.count(b"BEGIN:VTIMEZONE") == 1


async def test_filters_leave_occurrences_out(house: TestHouse) -> None:
    """What a filter does not let in is an EXDATE of its series; a series of which nothing is left is not there."""
    (fay,) = await people(house, "Fay")
    network_id = await network_of(fay)
    await calendars.year(fay, network_id)
    path = f"/v1/networks/{network_id}/calendar.ics"

    async def asked(**params: str) -> list[Any]:
        return events((await fay.client.get(path, params=params)).content)

    assert len(await asked()) == 4 + 1 + 3
    found = await asked(status="cancelled")
    assert [str(event["STATUS"]) for event in found] == ["CONFIRMED", "CANCELLED"]
    assert len(found[0]["EXDATE"].dts) == 11
    window = {"from": "2027-07-01T00:00:00Z", "to": "2027-08-01T00:00:00Z"}
    series, moved = await asked(**window)
    assert len(series["EXDATE"].dts) == 11
    assert moved["RECURRENCE-ID"].dt.strftime("%m-%d") == "07-21"
    assert len(await asked(mode="face_to_face")) == 0
    assert [str(event["SUMMARY"]) for event in await asked(q="planning")] == ["New Year's planning"]
    assert len(await asked(q="...")) == 0
    assert len(await asked(**{"from": "2030-01-01T00:00:00Z"})) == 0
    refused = await fay.client.get(path, params={"sort": "starts_at"})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "?sort")


async def test_what_differs_is_masked_too(house: TestHouse) -> None:
    """An occurrence says no more to an outsider than its series does."""
    fay, out = await people(house, "Fay", "Out")
    network_id = await network_of(fay)
    series = await plan(fay.client, network_id, **{**calendars.SERIES, "confidentiality": "open"})
    hidden = {"join_url": SECRET_LINK, "place": "Cellar", "place_private": True}
    await differ(fay.client, series["id"], calendars.MOVED, **hidden)
    path = f"/v1/meetings/{series['id']}.ics"
    inside = (await fay.client.get(path)).content
    outside = (await out.client.get(path)).content
    for word in (b"only-for-members", b"Cellar"):
        assert word in inside
        assert word not in outside
    assert len(events(inside)) == len(events(outside)) == 2


async def test_names_in_headers_are_names_and_nothing_else(house: TestHouse) -> None:
    (fay,) = await people(house, "Fay")
    name = 'Kent"; filename="x.exe; ü 日本 \N{GRINNING FACE}'
    network_id = await network_of(fay, name=name)
    answer = await fay.client.get(f"/v1/networks/{network_id}/calendar.ics")
    said = answer.headers["content-disposition"]
    assert said.isascii()
    assert said == (
        "inline; filename=\"Kent-filename-x-exe.ics\"; filename*=UTF-8''Kent%22%3B%20filename%3D%22x.exe%3B%20%C3%BC%20"
        "%E6%97%A5%E6%9C%AC%20%F0%9F%98%80.ics"
    )


# --- By an address --------------------------------------------------------------------------------


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
