"""Finding networks: words, places, filters, orders and pages."""

from typing import Any

import pytest

from tests.house import Client, TestHouse

pytestmark = pytest.mark.anyio
PURPOSE = "People who want fewer attacks."


async def names(client: Client, **params: Any) -> list[str]:
    """The names of everything that the filters find, in order."""
    answer = await client.get("/v1/networks", params={**params, "limit": 100})
    assert answer.status_code == 200, answer.text
    return [item["name"] for item in answer.json()["items"]]


async def test_words(house: TestHouse) -> None:
    """Names weigh more than purposes; the last word may be unfinished; stems, case and accents do not matter."""
    ada = await house.person("Ada")
    for name, purpose in (
        ("Inhaler technique", "Better breathing."),
        ("Breathing better", "Inhalers checked."),
        ("Café Sèvres", "Nothing of the kind."),
    ):
        await ada.client.post("/v1/networks", {"name": name, "purpose": purpose})
    nobody = house.anonymous
    assert await names(nobody, q="inhaler") == ["Inhaler technique", "Breathing better"]
    assert await names(nobody, q="INHALERS breathing") == ["Breathing better", "Inhaler technique"]
    assert await names(nobody, q="tech") == ["Inhaler technique"]
    assert await names(nobody, q="cafe sev") == ["Café Sèvres"]
    assert await names(nobody, q="...") == []
    assert await names(nobody, q="zebra") == []


async def test_hidden_words_match_nothing(house: TestHouse) -> None:
    """A word inside finds a network for its members only."""
    ada, eve = await house.person("Ada"), await house.person("Eve")
    body = {
        "name": "Quiet one",
        "purpose": PURPOSE,
        "visibility": "private",
        "member_offer": "Zeppelin rides",
    }
    await ada.client.post(
        "/v1/networks", {**body, "charter": {"leadership": "Rotating xylophones"}}
    )
    assert (
        await names(ada.client, q="zeppelin")
        == await names(ada.client, q="xylophones")
        == ["Quiet one"]
    )
    assert await names(eve.client, q="zeppelin") == await names(eve.client, q="xylophones") == []
    assert await names(eve.client, q="quiet") == ["Quiet one"]


async def test_places(house: TestHouse) -> None:
    """Nearest first, within the circle only, with the distance."""
    ada = await house.person("Ada")
    for name, latitude, longitude in (
        ("Leeds", 53.80, -1.55),
        ("Bradford", 53.79, -1.75),
        ("London", 51.51, -0.13),
    ):
        body = {"name": name, "purpose": PURPOSE, "latitude": latitude, "longitude": longitude}
        assert (await ada.client.post("/v1/networks", body)).status_code == 201
    answer = await house.anonymous.get(
        "/v1/networks", params={"near": "53.79,-1.75", "within_km": 25}
    )
    found = [(item["name"], round(item["distance_km"])) for item in answer.json()["items"]]
    assert found == [("Bradford", 0), ("Leeds", 13)]
    nowhere = await house.anonymous.get("/v1/networks", params={"near": "ZZ99"})
    assert (nowhere.status_code, nowhere.json()["errors"][0]["pointer"]) == (422, "?near")
    unsorted = await house.anonymous.get("/v1/networks", params={"sort": "distance"})
    assert (unsorted.status_code, unsorted.json()["errors"][0]["code"]) == (
        422,
        "nothing_to_sort_by",
    )


@pytest.mark.parametrize("sort", ["name", "-created_at", "-updated_at"])
async def test_pages(house: TestHouse, sort: str) -> None:
    """Every row exactly once, whatever the page size, with equal names in between."""
    ada = await house.person("Ada")
    for index in range(7):
        body = {"name": f"Paged {index // 3}", "purpose": PURPOSE, "region": "wales"}
        await ada.client.post("/v1/networks", body)
    for limit in (1, 2, 3, 100):
        found: list[str] = []
        params: dict[str, Any] = {"region": "wales", "limit": limit, "sort": sort}
        for _ in range(100):
            answer = await house.anonymous.get("/v1/networks", params=params)
            page = answer.json()
            found += [item["id"] for item in page["items"]]
            assert ("link" in answer.headers) == (page["next_cursor"] is not None)
            if page["next_cursor"] is None:
                break
            params["cursor"] = page["next_cursor"]
        assert len(found) == len(set(found)) >= 7
    asked = {"region": "wales", "limit": 1, "sort": sort}
    first = (await house.anonymous.get("/v1/networks", params=asked)).json()
    elsewhere = {**asked, "region": "Y56", "cursor": first["next_cursor"]}
    refused = await house.anonymous.get("/v1/networks", params=elsewhere)
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_cursor")
