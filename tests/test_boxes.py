"""`bbox` of lists: what it takes, what it refuses, with other filters, and of whom it finds nothing."""

from typing import Any

import pytest

from tests.house import TestHouse

pytestmark = pytest.mark.anyio
PATHS = ("/v1/networks", "/v1/organisations", "/v1/meetings")
PURPOSE = "Less waiting"


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("bbox", "code"),
    [
        ("-1.1,54.4,-1.6,54.8", "not_a_box"),  # west after east
        ("179,-1,-179,1", "not_a_box"),  # across the date line
        ("-1.6,54.8,-1.1,54.4", "not_a_box"),
        ("-181,0,0,1", "not_a_box"),
        ("0,0,1,90.1", "not_a_box"),
        ("0,0,999,1", "not_a_box"),
        ("1,2,3", "string_too_short"),
        ("1,2,3,4,5", "string_pattern_mismatch"),
        ("1,2,3,nan", "string_pattern_mismatch"),
        ("1e1,2,3,4", "string_pattern_mismatch"),
        ("1,2,3,4;--", "string_pattern_mismatch"),
        ("-,-,-,-", "string_pattern_mismatch"),
    ],
)
async def test_what_is_no_box_is_refused(house: TestHouse, path: str, bbox: str, code: str) -> None:
    answer = await house.anonymous.get(path, params={"bbox": bbox})
    assert answer.status_code == 422
    error = answer.json()["errors"][0]
    assert error["pointer"] == "?bbox"
    assert error["code"] == code


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("bbox", ["-180,-90,180,90", "0,0,0,0", "-0.0,-0,0,0.0000000001"])
async def test_the_globe_and_a_point_are_boxes(house: TestHouse, path: str, bbox: str) -> None:
    assert (await house.anonymous.get(path, params={"bbox": bbox})).status_code == 200


async def test_networks_in_a_box_with_other_filters_and_its_edges(house: TestHouse) -> None:
    ada, eve = await house.person("Ada"), await house.person("Eve")
    for name, latitude, longitude, visibility in (
        ("Box Leeds", 53.80, -1.55, "open"),
        ("Box Bradford", 53.79, -1.75, "open"),
        ("Box Hidden", 53.80, -1.56, "private"),
        ("Box London", 51.51, -0.13, "open"),
    ):
        body = {
            "latitude": latitude,
            "longitude": longitude,
            "visibility": visibility,
            "region": "wales",
        }
        answer = await ada.client.post("/v1/networks", {"name": name, "purpose": PURPOSE, **body})
        assert answer.status_code == 201, answer.text

    async def names(client: Any, **params: Any) -> list[str]:
        answer = await client.get("/v1/networks", params=params)
        assert answer.status_code == 200, answer.text
        return [item["name"] for item in answer.json()["items"]]

    both = "-1.75,53.79,-1.55,53.8"  # each on a corner
    assert await names(eve.client, bbox=both) == ["Box Bradford", "Box Leeds"]
    assert await names(house.anonymous, bbox=both) == ["Box Bradford", "Box Leeds"]
    assert await names(ada.client, bbox=both) == ["Box Bradford", "Box Hidden", "Box Leeds"]
    assert await names(eve.client, bbox="-1.7499999,53.79,-1.55,53.8") == ["Box Leeds"]
    assert await names(eve.client, bbox=both, region="wales", near="53.8,-1.55") == [
        "Box Leeds",
        "Box Bradford",
    ]
    assert await names(eve.client, bbox=both, near="53.8,-1.55", within_km=5) == ["Box Leeds"]
    assert await names(eve.client, bbox=both, region="scotland") == []
    assert await names(eve.client, bbox=both, q="leeds", sort="-score") == ["Box Leeds"]
    # Page by page, and a cursor is of its box alone.
    answer = await eve.client.get("/v1/networks", params={"bbox": both, "limit": 1})
    cursor = answer.json()["next_cursor"]
    assert await names(eve.client, bbox=both, limit=1, cursor=cursor) == ["Box Leeds"]
    other = {"bbox": "-2,53,-1,54", "limit": 1, "cursor": cursor}
    assert (await eve.client.get("/v1/networks", params=other)).status_code == 400
