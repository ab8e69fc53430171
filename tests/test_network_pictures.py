"""The wheel and the map of a network as pictures: for whom the JSON is, of the same numbers, kept as long."""

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


async def test_the_wheel_as_svg_and_png(house: TestHouse) -> None:
    mapped, otto = await Mapped.of(house, 5), await house.person()
    fay, path = mapped.people[0].client, f"/v1/networks/{mapped.group.network_id}/wheel"
    wheel = (await fay.get(path)).json()
    answer = await fay.get(f"{path}.svg", params={"width": 1200})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")
    check(answer.text)
    told = set(texts(parsed(answer.text)))
    assert {c["label"] for c in wheel["cs"]} <= told | {"Collective", "Co-operative"}
    picture = await fay.get(f"{path}.png", params={"scale": 1, "width": 360})
    assert (picture.headers["content-type"], picture.content[:4]) == ("image/png", b"\x89PNG")
    for one in (answer, picture):
        again = await fay.get(str(one.request.url), headers={"If-None-Match": one.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
    for ending in (".svg", ".png"):
        told_them, drawn = await otto.client.get(path), await otto.client.get(path + ending)
        assert drawn.status_code == told_them.status_code in (403, 404)
        assert (await fay.get(path + ending, params={"width": 359})).status_code == 422
