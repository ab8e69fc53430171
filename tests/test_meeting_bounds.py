"""What one account plans must not make a read that anybody may ask for long or large; and years that have no text."""

from typing import Any

import pytest

from app.features.meetings import exceptions, finding, occurrences
from tests.house import TestHouse
from tests.meetings import Group

pytestmark = pytest.mark.anyio

Json = dict[str, Any]
DAILY = {
    "title": "Huddle",
    "local_start": "2027-03-01T09:00:00",
    "recurrence": "FREQ=DAILY;COUNT=30",
    "confidentiality": "open",
}
MARCH = {"from": "2027-03-01T00:00:00Z", "to": "2027-04-01T00:00:00Z"}
SECOND, LAST = "2027-03-02T09:00:00", "2027-03-30T09:00:00"


async def asked(house: TestHouse, path: str, **params: str) -> tuple[int, str]:
    """The status and the code of a refusal that somebody without an account is given."""
    answer = await house.anonymous.get(path, params=params)
    return answer.status_code, "" if answer.status_code == 200 else answer.json()["errors"][0][
        "code"
    ]


@pytest.mark.parametrize("bound", ["MOST_DIFFERENCES", "MOST_CHARACTERS"])
async def test_what_differs_is_weighed_before_it_is_read(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch, bound: str
) -> None:
    """Lists and calendars refuse what is too much of it, whatever the filters; a smaller window is answered."""
    group = await Group.of(house)
    for _ in range(2):
        made = await group.plan(DAILY)
        body = {"occurrence": SECOND, "range": "following", "reason": "r" * 100}
        await group.do(made, "cancel", body=body)
    window, calendar = {**MARCH, "network_id": group.network_id}, f"/v1/networks/{group.network_id}"
    reads: tuple[tuple[str, Json], ...] = (
        ("/v1/meetings", window),
        ("/v1/meetings", {**window, "status": "tentative"}),
        (f"{calendar}/calendar.ics", {}),
        (f"{calendar}/calendar.ics", {**MARCH, "status": "tentative"}),
    )
    each = 1 if bound == "MOST_DIFFERENCES" else 100 + len("{}")
    monkeypatch.setattr(finding, bound, 2 * 29 * each)
    assert [await asked(house, path, **params) for path, params in reads] == [(200, "")] * 4
    monkeypatch.setattr(finding, bound, 2 * 29 * each - 1)
    refused = (422, "too_many_occurrences")
    assert [await asked(house, path, **params) for path, params in reads] == [refused] * 4
    assert await asked(house, "/v1/meetings", network_id=group.network_id) == (200, "")
    later = {**window, "from": "2027-03-29T00:00:00Z"}
    assert (await asked(house, "/v1/meetings", **later))[0] == 200


async def test_what_is_cancelled_elsewhere_stops_nobodys_search(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Series that do not fit are not read for what was only cancelled or moved; for what says otherwise they are."""
    group = await Group.of(house)
    made = await group.plan(DAILY)
    await group.do(made, "cancel", body={"occurrence": SECOND, "range": "following"})
    monkeypatch.setattr(finding, "MOST_DIFFERENCES", 28)
    search = {**MARCH, "q": "inhalers"}
    assert await asked(house, "/v1/meetings", **search) == (200, "")
    other = await group.plan(DAILY)
    await group.edit(other, {"title": "Inhalers"}, occurrence=LAST)
    page = (await house.anonymous.get("/v1/meetings", params=search)).json()
    assert [item["occurrence"] for item in page["items"]] == [LAST]


async def test_only_what_differs_is_gone_through_where_the_series_does_not_fit(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two years of occurrences that cannot fit cost nothing, however many series have one that differs."""
    group = await Group.of(house)
    made = await group.plan(DAILY)
    await group.edit(made, {"mode": "hybrid"}, occurrence=LAST)
    gone_through: list[str] = []
    really = occurrences.Occurrence

    def counted(*values: Any) -> occurrences.Occurrence:
        found = really(*values)
        gone_through.append(found.local)
        return found

    monkeypatch.setattr(occurrences, "Occurrence", counted)
    window = {**MARCH, "network_id": group.network_id}
    page = (await house.anonymous.get("/v1/meetings", params={**window, "mode": "hybrid"})).json()
    assert [item["occurrence"] for item in page["items"]] == [LAST]
    assert gone_through == [LAST]
    page = (await house.anonymous.get("/v1/meetings", params={**window, "mode": "virtual"})).json()
    assert page["next_cursor"] is not None
    assert len(gone_through) == 1 + 30


async def test_a_series_differs_only_so_much(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever reads a series reads all that differs, so that is bounded; what is shorter is taken again."""
    group = await Group.of(house)
    made = await group.plan(DAILY)
    monkeypatch.setattr(exceptions, "MOST_CHARACTERS", 1_000)
    await group.edit(made, {"description": "d" * 800}, occurrence=SECOND)
    before = await group.state()
    answer = await group.edit(made, {"description": "e" * 800}, 422, occurrence=LAST)
    assert answer["errors"][0]["code"] == "too_much_differs"
    assert await group.state() == before
    await group.edit(made, {"description": "short"}, occurrence=SECOND)
    await group.edit(made, {"description": "e" * 800}, occurrence=LAST)


@pytest.mark.parametrize(
    ("starts_at", "zone"),
    [
        ("2100-12-31T20:00:00Z", "Pacific/Kiritimati"),
        ("2000-01-01T00:00:00Z", "America/New_York"),
    ],
)
async def test_a_year_that_the_clocks_do_not_show(
    house: TestHouse, starts_at: str, zone: str
) -> None:
    """An instant within the years whose local start lies outside them is refused, wherever it is given."""
    group = await Group.of(house)
    body = {"title": "Fireworks", "starts_at": starts_at, "network_id": group.network_id}
    refused = await group.fay.client.post("/v1/meetings", {**body, "timezone": zone})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/starts_at")
    assert refused.json()["errors"][0]["code"] == "out_of_range"
    made = await group.plan({**body, "timezone": "UTC"})
    assert (await group.edit(made, {"timezone": zone}, 422))["errors"][0]["code"] == "out_of_range"
    series = await group.plan({**DAILY, "timezone": zone})
    answer = await group.edit(series, {"starts_at": starts_at}, 422, occurrence=SECOND)
    assert answer["errors"][0]["code"] == "out_of_range"


async def test_a_meeting_that_ends_after_the_years(house: TestHouse) -> None:
    """It is refused when it is planned, made longer, or moved, alone and for one occurrence."""
    group = await Group.of(house)
    body = {"title": "Fireworks", "starts_at": "2100-12-31T20:00:00Z", "duration_minutes": 239}
    made = await group.plan(body)
    new = {**body, "network_id": group.network_id, "duration_minutes": 240}
    refused = await group.fay.client.post("/v1/meetings", new)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "out_of_range")
    answer = await group.edit(made, {"duration_minutes": 240}, 422)
    assert answer["errors"][0]["pointer"] == "/duration_minutes"
    series = await group.plan(DAILY)
    for late in ({"starts_at": "2100-12-31T23:30:00Z"}, {"local_start": "2100-12-31T23:30:00"}):
        answer = await group.edit(series, late, 422, occurrence=SECOND)
        assert answer["errors"][0]["code"] == "out_of_range"
    await group.edit(series, {"starts_at": "2100-12-31T22:30:00Z"}, occurrence=SECOND)
    answer = await group.edit(series, {"duration_minutes": 120}, 422, occurrence=SECOND)
    assert answer["errors"][0]["code"] == "out_of_range"
