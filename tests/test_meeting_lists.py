"""Finding meetings: as planned, and in a window of time occurrence by occurrence."""

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import bindparam, select

from app.core.access import INSIDE
from app.core.changes import Told, change
from app.core.work import Work, perform
from app.db.types import ID, instant_from_text
from app.models import Meeting, MeetingException
from tests.house import Client, TestHouse, TestPerson
from tests.test_meetings import network_of

pytestmark = pytest.mark.anyio
Json = dict[str, Any]
WEEKLY = {"local_start": "2027-03-17T12:30:00", "recurrence": "FREQ=WEEKLY;COUNT=4"}
SPRING = {"from": "2027-03-01T00:00:00Z", "to": "2027-05-01T00:00:00Z"}
SECOND, THIRD = "2027-03-24T12:30:00", "2027-03-31T12:30:00"


def at(text: str) -> datetime:
    """An instant of 2027."""
    return datetime.fromisoformat(f"2027-{text}:00").replace(tzinfo=UTC)


async def planned(facilitator: TestPerson, network_id: str, **more: Any) -> Json:
    """A confirmed meeting, online, unless something else is said."""
    body = {"title": "Review", "network_id": network_id, "status": "confirmed", **more}
    made = await facilitator.client.post("/v1/meetings", body)
    assert made.status_code == 201, made.text
    return dict(made.json())


async def items(client: Client, **params: Any) -> list[Json]:
    """Everything that the filters find, in order."""
    answer = await client.get("/v1/meetings", params={"limit": 100, **params})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def starts(client: Client, **params: Any) -> list[str]:
    """When what is found begins, in UTC, to the minute."""
    return [item["starts_at"][5:16] for item in await items(client, **params)]


async def refused(client: Client, **params: Any) -> str:
    """Why a list is none."""
    answer = await client.get("/v1/meetings", params=params)
    assert answer.status_code == 422, answer.text
    return str(answer.json()["errors"][0]["code"])


def _span() -> Any:
    return select(*Meeting.__table__.columns).where(Meeting.id == bindparam("meeting_id", type_=ID))


async def differ(
    house: TestHouse, meeting: Json, occurrence: str, *, to: datetime | None = None, **more: Any
) -> None:
    """Let one occurrence differ, straight in the table, `to` another time: edits are tried elsewhere."""
    status, reason = more.pop("status", None), more.pop("reason", None)

    async def command(work: Work) -> None:
        exception = {
            "meeting_id": meeting["id"], "occurrence": occurrence, "starts_at": to, "sequence": 1,
            "status": status, "reason": reason,
            "overrides": orjson.dumps(more).decode(), "changed_at": work.now,
        }  # fmt: skip
        work.insert(MeetingException, exception)
        (row,) = await work.fetch("span", _span, {"meeting_id": meeting["id"]})
        minutes = int({**meeting, **more}["duration_minutes"])
        begins, ends = (instant_from_text(row[name]) for name in ("begins_at", "ends_at"))
        began = to or datetime.fromisoformat(occurrence).replace(tzinfo=UTC)
        ended = began + timedelta(minutes=minutes)
        span = {"begins_at": min(began, begins), "ends_at": max(ended, ends)}
        told = Told(network_id=meeting["network_id"], tier=INSIDE, outer=False)
        change(work, "meeting.updated", row, span, told)

    await perform(house.app.rooms.house, command)


async def test_a_series_is_listed_once_or_by_its_occurrences(house: TestHouse) -> None:
    fay = await house.person("Fay")
    network_id = await network_of(fay)
    series = await planned(fay, network_id, **WEEKLY)
    (once,) = await items(fay.client, network_id=network_id)
    assert (once["id"], once["occurrence"]) == (series["id"], None)
    found = await items(fay.client, network_id=network_id, **SPRING)
    assert [item["occurrence"][5:] for item in found] == [
        "03-17T12:30:00", "03-24T12:30:00", "03-31T12:30:00", "04-07T12:30:00",
    ]  # fmt: skip
    # The clocks go forward on 28 March: half past twelve stays half past twelve.
    assert [item["starts_at"][11:16] for item in found] == ["12:30", "12:30", "11:30", "11:30"]
    assert [item["ends_at"][11:16] for item in found] == ["13:30", "13:30", "12:30", "12:30"]
    assert {item["local_start"][11:] for item in found} == {"12:30:00"}
    assert {item["last_ends_at"] for item in found} == {once["last_ends_at"]}


async def test_a_window_is_half_open(house: TestHouse) -> None:
    """In it is what starts before its end and ends after its beginning; what only touches it is not."""
    fay = await house.person("Fay")
    network_id = await network_of(fay)
    await planned(fay, network_id, **WEEKLY)
    await planned(fay, network_id, starts_at="2027-03-24T12:30:00Z", title="Single")
    for begin, end, count in (
        ("03-24T13:30:00Z", "03-31T11:30:00Z", 0), ("03-24T13:29:59.999999Z", "03-31T11:30:00Z", 2),
        ("03-24T13:30:00Z", "03-31T11:30:00.000001Z", 1), ("03-24T12:40:00Z", "03-24T12:41:00Z", 2),
        ("03-24T00:00:00Z", "03-24T12:30:00Z", 0), ("03-24T00:00:00Z", "03-24T12:30:00.000001Z", 2),
    ):  # fmt: skip
        window = {"from": f"2027-{begin}", "to": f"2027-{end}"}
        assert len(await items(fay.client, network_id=network_id, **window)) == count, window


async def test_windows_that_are_none(house: TestHouse) -> None:
    fay = await house.person("Fay")
    network_id = await network_of(fay)
    await planned(
        fay, network_id, local_start="2027-03-17T12:30:00", recurrence="FREQ=MONTHLY;COUNT=40"
    )
    first, here = "2027-04-01T00:00:00Z", {"network_id": network_id}
    # The other end is a year away.
    assert len(await items(fay.client, **here, **{"from": first})) == 12
    assert len(await items(fay.client, **here, to="2028-04-01T00:00:00Z")) == 12
    assert (
        len(await items(fay.client, **here, **{"from": first, "to": "2029-04-01T00:00:00Z"})) == 24
    )
    wide = {"from": first, "to": "2029-04-01T00:00:00.000001Z"}
    assert await refused(fay.client, **wide) == "window_too_wide"
    for end in (first, "2027-03-31T23:59:59Z"):
        backwards = {"from": first, "to": end}
        assert await refused(fay.client, **backwards) == "window_ends_before_it_begins"
    assert await refused(fay.client, sort="distance") == "nothing_to_sort_by"
    assert await refused(fay.client, sort="-score", **{"from": first}) == "nothing_to_sort_by"


@pytest.mark.parametrize(
    ("zone", "local", "expected"),
    [
        # What begins in the hour that does not come is moved on with the clocks.
        ("Europe/London", "2027-03-27T01:30:00", "03-27T01:30 03-28T01:30 03-29T00:30"),
        # Of an hour that comes twice it is the first.
        ("Europe/London", "2027-10-30T01:30:00", "10-30T00:30 10-31T00:30 11-01T01:30"),
        ("America/New_York", "2027-03-13T02:30:00", "03-13T07:30 03-14T07:30 03-15T06:30"),
        ("Australia/Lord_Howe", "2027-04-03T01:45:00", "04-02T14:45 04-03T14:45 04-04T15:15"),
        ("Asia/Kathmandu", "2027-03-28T09:00:00", "03-28T03:15 03-29T03:15 03-30T03:15"),
    ],
)
async def test_changes_of_the_clocks(
    house: TestHouse, zone: str, local: str, expected: str
) -> None:
    fay = await house.person("Fay")
    network_id = await network_of(fay)
    daily = {"local_start": local, "timezone": zone, "recurrence": "FREQ=DAILY;COUNT=3"}
    await planned(fay, network_id, **daily)
    found = await items(fay.client, network_id=network_id, to="2028-01-01T00:00:00Z")
    assert " ".join(item["starts_at"][5:16] for item in found) == expected
    assert {item["occurrence"][11:] for item in found} == {local[11:]}
    for item in found:
        middle = instant_from_text(item["starts_at"]) + timedelta(minutes=30)
        window = {"from": middle.isoformat(), "to": (middle + timedelta(seconds=1)).isoformat()}
        (again,) = await items(fay.client, network_id=network_id, **window)
        assert again == item
    gap = next((item for item in found if item["local_start"] != item["occurrence"]), None)
    if (zone, local[5:7]) in (("Europe/London", "03"), ("America/New_York", "03")):
        assert gap is not None
        assert gap["local_start"][11:16] == f"0{int(local[12]) + 1}:30"
    else:
        assert gap is None
    twice = [item["first_of_two"] for item in found]
    in_autumn = local[5:7] == "10" or zone == "Australia/Lord_Howe"
    assert twice == [False, in_autumn, False]


async def test_occurrences_that_differ(house: TestHouse) -> None:
    """Moved into the window and out of it, cancelled, longer: each is found as it is."""
    fay = await house.person("Fay")
    network_id = await network_of(fay)
    series = await planned(fay, network_id, **WEEKLY)
    here = {"network_id": network_id}
    last_of_march = {"from": "2027-03-29T00:00:00Z", "to": "2027-04-01T00:00:00Z"}
    may = {"from": "2027-05-01T00:00:00Z", "to": "2027-06-01T00:00:00Z"}
    assert await starts(fay.client, **here, **last_of_march) == ["03-31T11:30"]
    await differ(house, series, THIRD, to=at("05-05T08:00"), title="Moved", duration_minutes=30)
    assert await starts(fay.client, **here, **last_of_march) == []
    (moved,) = await items(fay.client, **here, **may)
    assert (moved["occurrence"], moved["title"]) == (THIRD, "Moved")
    assert (moved["local_start"], moved["ends_at"][5:16]) == ("2027-05-05T09:00:00", "05-05T08:30")
    await differ(house, series, SECOND, status="cancelled", reason="Nobody can")
    (off,) = await items(fay.client, **here, status="cancelled", **SPRING)
    assert (off["occurrence"], off["cancel_reason"]) == (SECOND, "Nobody can")
    assert await starts(fay.client, **here, status="confirmed", **SPRING) == [
        "03-17T12:30",
        "04-07T11:30",
    ]
    # Two weeks long: it reaches into a window that begins after the usual end.
    await differ(house, series, "2027-04-07T12:30:00", duration_minutes=14 * 24 * 60, mode="hybrid")
    late = {"from": "2027-04-20T00:00:00Z", "to": "2027-04-21T00:00:00Z"}
    assert await starts(fay.client, **here, **late) == ["04-07T11:30"]
    assert await starts(fay.client, **here, mode="hybrid", **SPRING) == ["04-07T11:30"]
    assert await starts(fay.client, **here, mode="virtual", **SPRING) == [
        "03-17T12:30",
        "03-24T12:30",
    ]
    assert await starts(fay.client, **here, mode="hybrid") == []  # the series as planned is virtual


async def test_words_and_places_of_single_occurrences(house: TestHouse) -> None:
    """What differs is found by what it has, and no longer by what the series has."""
    fay = await house.person("Fay")
    network_id = await network_of(fay)
    leeds, york = (53.80, -1.55), (53.96, -1.08)
    body = {
        "title": "Inhaler review",
        "place": "Town hall",
        "latitude": leeds[0],
        "longitude": leeds[1],
    }
    series = await planned(fay, network_id, **WEEKLY, **body)
    await differ(
        house, series, SECOND, title="Spirometry", place="Minster", latitude=york[0], longitude=york[1]
    )  # fmt: skip
    here = {"network_id": network_id}
    usual = ["03-17T12:30", "03-31T11:30", "04-07T11:30"]
    found: list[tuple[Json, list[str]]] = [
        ({"q": "inhalers"}, usual), ({"q": "spiro"}, ["03-24T12:30"]), ({"q": "minster"}, ["03-24T12:30"]),
        ({"q": "town hall"}, usual), ({"q": "inhaler spirometry"}, ["03-24T12:30", *usual]), ({"q": "..."}, []),
        ({"near": "53.80,-1.55", "within_km": 10}, usual),
        ({"near": "53.96,-1.08", "within_km": 10}, ["03-24T12:30"]),
        ({"near": "53.96,-1.08", "within_km": 100}, ["03-24T12:30", *usual]),
    ]  # fmt: skip
    for params, expected in found:
        assert await starts(fay.client, **here, **params, **SPRING) == expected, params
    near = {"near": "53.96,-1.08", "within_km": 100}
    by_distance = await items(fay.client, **here, **near, **SPRING)
    assert [round(item["distance_km"]) for item in by_distance] == [0, 36, 36, 36]
    # As planned it is the series that is looked at.
    assert len(await items(fay.client, **here, q="spirometry")) == 0
    (once,) = await items(fay.client, **here, q="inhaler", **near)
    assert round(once["distance_km"]) == 36
    await planned(
        fay, network_id, title="Another", description="Spirometry", starts_at="2027-03-20T09:00:00Z"
    )
    by_score = [item["title"] for item in await items(fay.client, **here, q="spirometry", **SPRING)]
    assert by_score == ["Spirometry", "Another"]


@pytest.mark.parametrize("sort", ["starts_at", "-starts_at", "-updated_at", "distance", "-score"])
@pytest.mark.parametrize("window", [{}, SPRING], ids=["as planned", "window"])
async def test_pages(house: TestHouse, sort: str, window: Json) -> None:
    """Everything exactly once, whatever the page size, with equal starts in between."""
    fay = await house.person("Fay")
    network_id = await network_of(fay)
    place = {"latitude": 53.8, "longitude": -1.55}
    for _ in range(3):
        await planned(fay, network_id, starts_at="2027-03-24T12:30:00Z", **place)
    several = [await planned(fay, network_id, **WEEKLY, **place) for _ in range(2)]
    await differ(house, several[0], THIRD, to=at("03-24T12:30"))
    asked = {"network_id": network_id, "sort": sort, "q": "review", "near": "53.8,-1.5", **window}
    whole = await items(fay.client, **asked)
    assert len(whole) == (11 if window else 5)
    if sort.endswith("starts_at"):
        assert [item["starts_at"] for item in whole] == sorted(
            (item["starts_at"] for item in whole), reverse=sort.startswith("-")
        )
    for limit in (1, 2, 5):
        found: list[Json] = []
        params = {**asked, "limit": limit}
        for _ in range(20):
            page = (await fay.client.get("/v1/meetings", params=params)).json()
            found += page["items"]
            if page["next_cursor"] is None:
                break
            params["cursor"] = page["next_cursor"]
        assert found == whole
    first = (await fay.client.get("/v1/meetings", params={**asked, "limit": 1})).json()
    elsewhere = {**asked, "cursor": first["next_cursor"], "within_km": 3}
    answer = await fay.client.get("/v1/meetings", params=elsewhere)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_cursor")


async def test_a_thousand_and_no_more(house: TestHouse) -> None:
    """What one does not see does not count."""
    fay, mel = await house.person("Fay"), await house.person("Mel")
    network_id = await network_of(fay)
    await mel.client.post(f"/v1/networks/{network_id}/join", {})
    daily = {"local_start": "2027-01-01T12:30:00", "title": "Daily"}
    await planned(fay, network_id, **daily, recurrence="FREQ=DAILY;COUNT=1000")
    await planned(fay, network_id, **daily, recurrence="FREQ=DAILY;COUNT=269")
    window = {
        "from": "2027-01-01T00:00:00Z",
        "to": "2029-01-01T00:00:00Z",
        "network_id": network_id,
    }
    count, params = 0, {**window, "limit": 100}
    for _ in range(20):
        page = (await fay.client.get("/v1/meetings", params=params)).json()
        count += len(page["items"])
        if page["next_cursor"] is None:
            break
        params["cursor"] = page["next_cursor"]
    assert count == 1000
    one = {"title": "Once", "starts_at": "2027-06-01T09:00:00Z", "status": "tentative"}
    await planned(fay, network_id, **one)
    assert await refused(fay.client, **window) == "too_many_occurrences"
    assert len(await items(mel.client, **window)) == 100
    assert len(await items(fay.client, **window, status="tentative")) == 1
    assert len(await items(fay.client, **window, q="once")) == 1


async def test_one_occurrence(house: TestHouse) -> None:
    """As it is, by its original local start; what differs shows in the series as well."""
    fay = await house.person("Fay")
    network_id = await network_of(fay)
    series = await planned(fay, network_id, **WEEKLY, agenda=[{"title": "Usual"}])
    path = f"/v1/meetings/{series['id']}"
    await differ(
        house, series, THIRD, to=at("04-01T09:00"), agenda=[{"title": "Other", "minutes": None, "presenter": None,
        "detail": None, "chatham_house": False}], capacity=5
    )  # fmt: skip
    await differ(house, series, SECOND, status="cancelled", reason="Snow")
    whole = (await fay.client.get(path)).json()
    assert [tuple(each.values()) for each in whole["exceptions"]] == [
        (SECOND, "cancelled", "2027-03-24T12:30:00.000000Z"),
        (THIRD, "confirmed", "2027-04-01T09:00:00.000000Z"),
    ]
    for text in (THIRD, THIRD[:16]):
        one = (await fay.client.get(path, params={"occurrence": text})).json()
        assert (one["occurrence"], one["local_start"]) == (THIRD, "2027-04-01T10:00:00")
        assert [point["title"] for point in one["agenda"]] == ["Other"]
        assert (one["capacity"], one["sequence"], one["exceptions"]) == (5, 1, [])
    off = (await fay.client.get(path, params={"occurrence": SECOND})).json()
    assert (off["status"], off["cancel_reason"]) == ("cancelled", "Snow")
    assert "answer" not in off["actions"]
    usual = (await fay.client.get(path, params={"occurrence": "2027-03-17T12:30:00"})).json()
    assert [point["title"] for point in usual["agenda"]] == ["Usual"]
    (listed,) = await items(fay.client, network_id=network_id, to="2027-03-18T00:00:00Z")
    assert listed == {name: usual[name] for name in listed}
    single = await planned(fay, network_id, starts_at="2027-03-24T12:30:00Z")
    for where, text in ((path, "2027-03-18T12:30:00"), (f"/v1/meetings/{single['id']}", SECOND)):
        answer = await fay.client.get(where, params={"occurrence": text})
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (
            422,
            "no_such_occurrence",
        )


async def test_what_i_answered(house: TestHouse) -> None:
    fay, mel = await house.person("Fay"), await house.person("Mel")
    network_id = await network_of(fay)
    await mel.client.post(f"/v1/networks/{network_id}/join", {})
    later = {"local_start": "2099-03-18T12:30:00", "recurrence": "FREQ=WEEKLY;COUNT=3"}
    series = await planned(fay, network_id, **later)
    single = await planned(fay, network_id, starts_at="2099-03-19T12:30:00Z", title="Single")
    for meeting, occurrence in ((series, {"occurrence": "2099-03-25T12:30:00"}), (single, {})):
        body = {"answer": "accepted", **occurrence}
        said = await mel.client.put(f"/v1/meetings/{meeting['id']}/attendance/me", body)
        assert said.status_code in (200, 201), said.text
    window = {"from": "2099-03-01T00:00:00Z", "network_id": network_id}
    mine = [(item["my_answer"], item["my_place"]) for item in await items(mel.client, **window)]
    yes, nothing = ("accepted", "held"), (None, None)
    assert mine == [nothing, yes, yes, nothing]
    assert {item["my_answer"] for item in await items(fay.client, **window)} == {None}
    planned_ones = await items(mel.client, network_id=network_id)
    assert [item["my_answer"] for item in planned_ones] == [None, "accepted"]
    where = f"/v1/meetings/{series['id']}"
    one = (await mel.client.get(where, params={"occurrence": "2099-03-25T12:30:00"})).json()
    assert (one["my_answer"], one["my_place"]) == yes
