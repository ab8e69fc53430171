"""Finding meetings: as planned, and in a window of time occurrence by occurrence."""

from typing import Any

import pytest

from tests.house import Client, TestHouse, TestPerson
from tests.test_meetings import network_of

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


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
    return [item["starts_at"][:16] for item in await items(client, **params)]


async def test_a_series_is_listed_once_or_by_its_occurrences(house: TestHouse) -> None:
    fay = await house.person("Fay")
    network_id = await network_of(fay)
    rule = {"local_start": "2027-03-17T12:30:00", "recurrence": "FREQ=WEEKLY;COUNT=4"}
    series = await planned(fay, network_id, **rule)
    (once,) = await items(fay.client, network_id=network_id)
    assert (once["id"], once["occurrence"]) == (series["id"], None)
    window = {"from": "2027-03-17T13:30:00Z", "to": "2027-04-07T11:30:00Z"}
    found = await items(fay.client, network_id=network_id, **window)
    assert [item["occurrence"] for item in found] == [
        "2027-03-24T12:30:00",
        "2027-03-31T12:30:00",
    ]
    # The clocks go forward on 28 March: half past twelve stays half past twelve.
    assert [item["starts_at"] for item in found] == [
        "2027-03-24T12:30:00.000000Z",
        "2027-03-31T11:30:00.000000Z",
    ]
