"""Calendars: what is in them is what their reader sees in the list of meetings."""

from typing import Any

import pytest
from sqlalchemy import true

from tests import calendars
from tests.calendars import differ, events, network_of, people, plan
from tests.house import TestHouse

pytestmark = pytest.mark.anyio
OPEN = {
    "confidentiality": "open",
    "place": "Upstairs",
    "place_private": True,
    "latitude": 51.2,
    "longitude": 0.5,
}
SECRET_LINK = "https://meet.example.org/only-for-members"


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
        kept = "no-store" if "/me/" in path else "private, no-cache"
        assert answer.headers["cache-control"] == kept
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


# --- Negative controls ----------------------------------------------------------------------------


@pytest.mark.parametrize("guard", ["who sees it", "what of it", "who is told of a look"])
async def test_a_broken_guard_is_noticed(
    own_url: str, monkeypatch: pytest.MonkeyPatch, guard: str
) -> None:
    """A feed that shows everything, or all of everything, or that nobody is told of."""
    story = test_who_sees_what_in_a_calendar
    if guard == "who sees it":
        monkeypatch.setattr("app.features.meetings.finding.visible_meeting", lambda _: true())
    elif guard == "what of it":
        monkeypatch.setattr("app.exchange.ical.series.masked", lambda row, **_: row)
    else:
        story = test_an_operators_look_is_on_record
        monkeypatch.setattr("app.exchange.ical.router.note_operator_read", _look_away)
    async with TestHouse.over(own_url) as house:
        with pytest.raises(AssertionError):
            await story(house)


async def _look_away(*_: object) -> None:
    """Note nothing."""
