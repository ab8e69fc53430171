"""A year with both changes of the clocks, read by two parsers: what they find is what the list of meetings says.

Two more, of Node's, are a row of `make contract`.
"""

from collections.abc import Callable

import pytest

from tests import calendars
from tests.calendar_parsers import Reading, by_icalendar, by_ics, expected
from tests.house import TestHouse

pytestmark = pytest.mark.anyio
YEAR = {"from": "2027-01-01T00:00:00Z", "to": "2028-01-01T00:00:00Z", "limit": "100"}
PARSERS: dict[str, Callable[[bytes], Reading]] = {"icalendar": by_icalendar, "ics": by_ics}


@pytest.mark.parametrize("parser", PARSERS)
async def test_a_parser_finds_what_the_list_says(house: TestHouse, parser: str) -> None:
    fay = await house.person("Fay")
    network_id = await calendars.network_of(fay)
    series_id = await calendars.year(fay, network_id)
    answer = await fay.client.get(f"/v1/networks/{network_id}/calendar.ics")
    found = PARSERS[parser](answer.content)
    listed = (
        await fay.client.get("/v1/meetings", params={**YEAR, "network_id": network_id})
    ).json()
    items = listed["items"]
    assert listed["next_cursor"] is None
    uids = {item["id"]: f"{item['id']}@qi-networks" for item in items}
    assert found.occurrences == expected(uids, items)
    assert (len(found.components), len(found.occurrences)) == (8, 16)
    assert {one.uid for one in found.components} == set(uids.values())
    series = sorted(one[1:] for one in found.occurrences if one.uid == f"{series_id}@qi-networks")
    assert sum(cancelled for _, cancelled, _ in series) == 1
    assert sum(url == calendars.NEW_LINK for *_, url in series) == 1
    assert sorted(one.sequence for one in found.components) == [0, 0, 0, 0, 3, 3, 3, 3]
