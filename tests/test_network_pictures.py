"""The map of a network as a picture: for whom the JSON is, of the same numbers, kept as long."""

import pytest

from tests.charts import parsed, texts
from tests.house import TestHouse
from tests.mapped import Mapped
from tests.test_charts import check

pytestmark = pytest.mark.anyio


async def test_the_map_as_its_reader_sees_it(house: TestHouse) -> None:
    mapped = await Mapped.of(house)
    await mapped.meet(0, 1, 2)
    fay, path = mapped.people[0].client, mapped.path
    answer = await fay.get(f"{path}.svg", params={"width": 360, "theme": "dark"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")
    assert "sandbox" in answer.headers["content-security-policy"]
    named = f'inline; filename="map-{mapped.group.network_id[:8]}.svg"'
    assert answer.headers["content-disposition"] == named
    check(answer.text)
    root = parsed(answer.text)
    assert (root.get("width"), "10 members" in (root[1].text or "")) == ("360", True)
    assert "You" in texts(root)
    known = {"If-None-Match": answer.headers["etag"]}
    again = await fay.get(f"{path}.svg", params={"width": 360, "theme": "dark"}, headers=known)
    assert (again.status_code, again.content) == (304, b"")


async def test_the_map_of_others_is_not_there(house: TestHouse) -> None:
    mapped, otto = await Mapped.of(house, 9), await house.person()
    path = mapped.path
    told, drawn = await otto.client.get(path), await otto.client.get(f"{path}.svg")
    assert (drawn.status_code, drawn.json()["code"]) == (404, told.json()["code"])
    fay = mapped.people[0].client
    few = await fay.get(f"{path}.svg")
    assert "Too few members" in few.text
    assert "<circle" not in few.text
    for wrong in ({"width": 359}, {"theme": "green"}, {"as_of": "2999-01-01"}, {"window_days": 1}):
        answer = await fay.get(f"{path}.svg", params=wrong)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), wrong
