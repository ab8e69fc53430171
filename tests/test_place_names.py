"""Places as people type them: postcodes, outcodes, towns, their beginnings, homonyms; and what is not there."""

from typing import Any

import pytest

from app.reference.load import read_outcodes
from tests.house import TestHouse
from tests.reference import small_organisations, small_outcodes, small_towns

pytestmark = pytest.mark.anyio
DENSHAM = small_organisations()["A81001"]


async def found(house: TestHouse, q: str) -> list[dict[str, Any]]:
    """The items for what was typed."""
    answer = await house.anonymous.get("/v1/places", params={"q": q})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def refused(house: TestHouse, q: str) -> tuple[str, str, str]:
    """Pointer, code and detail of a 422."""
    answer = await house.anonymous.get("/v1/places", params={"q": q})
    assert answer.status_code == 422, answer.text
    error = answer.json()["errors"][0]
    return error["pointer"], error["code"], error["detail"]


@pytest.mark.parametrize("q", ["TS18 1HU", "ts181hu", " TS18 1HU ", "ts18  1hu", "Ts181hU"])
async def test_a_postcode_of_an_organisation_is_exact(reference_house: TestHouse, q: str) -> None:
    assert await found(reference_house, q) == [
        {
            "kind": "postcode", "name": "TS18 1HU", "latitude": DENSHAM.latitude, "longitude": DENSHAM.longitude,
            "precision_km": 0.1, "region": "Y63", "county": None, "near": "54.56163,-1.31899",
        }
    ]  # fmt: skip


@pytest.mark.parametrize("q", ["TS18", "ts18", "TS18 9ZZ", "ts189zz", "ts18 1h", "TS18 1"])
async def test_any_other_postcode_is_the_centre_of_its_outcode(
    reference_house: TestHouse, q: str
) -> None:
    centre = small_outcodes()["TS18"]
    assert await found(reference_house, q) == [
        {
            "kind": "outcode", "name": "TS18", "latitude": centre.latitude, "longitude": centre.longitude,
            "precision_km": centre.p90_km, "region": "Y63", "county": None,
            "near": f"{centre.latitude:.5f},{centre.longitude:.5f}",
        }
    ]  # fmt: skip


async def test_an_outcode_comes_before_those_that_begin_with_it(reference_house: TestHouse) -> None:
    names = [item["name"] for item in await found(reference_house, "ts1")]
    begin = [name for name in small_outcodes() if name.startswith("TS1")]
    assert names == sorted(begin, key=lambda name: (len(name), name))[:10]
    assert len(names) > 1
    assert names[0] == "TS1"


TYPED = (
    "stockton", "Stockton on tees", "STOCKTON-ON-TEES", "stöckton ôn", "Stockton, Cleveland", "stockton on tees, north",
)  # fmt: skip


@pytest.mark.parametrize("q", TYPED)
async def test_a_town_by_its_name_or_its_beginning(reference_house: TestHouse, q: str) -> None:
    first = (await found(reference_house, q))[0]
    town = small_towns()["stockton-on-tees"]
    assert (first["kind"], first["name"], first["county"], first["region"]) == (
        "town", "Stockton-on-Tees", "Cleveland", "Y63",
    )  # fmt: skip
    assert (first["latitude"], first["longitude"]) == (town.latitude, town.longitude)
    assert first["near"] == f"{town.latitude:.5f},{town.longitude:.5f}"


async def test_homonyms_are_places_of_their_own_and_the_larger_comes_first(
    reference_house: TestHouse,
) -> None:
    items = await found(reference_house, "newport")
    assert [(item["name"], item["county"]) for item in items[:3]] == [
        ("Newport", "Gwent"), ("Newport", "Isle of Wight"), ("Newport", "Shropshire"),
    ]  # fmt: skip
    exact = [item["name"] == "Newport" for item in items]
    assert exact == sorted(exact, reverse=True)
    for q in ("Newport, Isle of Wight", "newport isle", "Newport, Shropshire", "newport midlands"):
        (only,) = await found(reference_house, q)
        assert only["county"] in ("Isle of Wight", "Shropshire")


async def test_a_town_in_wales_by_its_welsh_name(reference_house: TestHouse) -> None:
    (welsh,), english = (
        await found(reference_house, "Y Drenewydd"),
        await found(reference_house, "newtown"),
    )
    assert welsh["near"] == next(one["near"] for one in english if one["region"] == "wales")


async def test_nothing_is_guessed(reference_house: TestHouse) -> None:
    for q in (
        "TS18 IHU",
        "stokton",
        "ZZ99",
        "ZZ99 9ZZ",
        "%",
        "_",
        "((((",
        "54.5,-1.3",
        "tees",
        "東京",
        "'",
    ):
        assert await found(reference_house, q) == [], q


async def test_at_most_ten(reference_house: TestHouse) -> None:
    assert len(await found(reference_house, "s")) <= 10
    assert len(await found(reference_house, "ts")) <= 10


@pytest.mark.parametrize("q", ["BT1 1AA", "bt11aa", "BT1", "Belfast", "derry", "Northern Ireland"])
async def test_for_northern_ireland_it_says_so(reference_house: TestHouse, q: str) -> None:
    pointer, code, detail = await refused(reference_house, q)
    assert (pointer, code) == ("?q", "northern_ireland")
    assert "lat,lon" in detail
    assert "region=northern_ireland" in detail
    near = await reference_house.anonymous.get("/v1/networks", params={"near": q})
    assert near.status_code == 422
    assert (near.json()["errors"][0]["pointer"], near.json()["errors"][0]["code"]) == (
        "?near", "northern_ireland",
    )  # fmt: skip


@pytest.mark.parametrize("path", ["/v1/organisations", "/v1/networks", "/v1/meetings"])
async def test_near_takes_a_town(reference_house: TestHouse, path: str) -> None:
    town = small_towns()["stockton-on-tees"]
    by_name, by_point = [
        await reference_house.anonymous.get(path, params={"near": near, "within_km": 8})
        for near in ("Stockton on Tees", f"{town.latitude},{town.longitude}")
    ]
    assert by_name.status_code == 200
    assert by_name.json()["items"] == by_point.json()["items"]
    assert path != "/v1/organisations" or by_name.json()["items"]


async def test_near_a_name_of_more_than_one_place_says_which(reference_house: TestHouse) -> None:
    async def near(name: str) -> tuple[int, str, str]:
        answer = await reference_house.anonymous.get("/v1/organisations", params={"near": name})
        error = (
            answer.json()["errors"][0] if answer.status_code == 422 else {"code": "", "detail": ""}
        )
        return answer.status_code, error["code"], error["detail"]

    status, code, detail = await near("newport")
    assert (status, code) == (422, "ambiguous_place")
    assert "Newport, Gwent; Newport, Isle of Wight" in detail
    assert (await near("Newport, Gwent"))[0] == 200
    assert (await near("Newport, Wales"))[0] == 200  # the other one there is a village
    assert (await near("richmond"))[1] == "ambiguous_place"
    assert (await near("Richmond, London"))[0] == 200
    # So much larger than the others of its name that nobody else is meant.
    assert (await near("Preston"))[0] == 200
    assert (await near("stockton"))[0] == 200
    assert (await near("Atlantis"))[1] == "unknown_place"
    assert (await near("TS1 9ZZ"))[0] == 200


def test_outcodes_of_scotland_are_there() -> None:
    assert {"EH1", "G1", "AB10", "ZE1", "CF10", "TS18"} <= {row.outcode for row in read_outcodes()}
