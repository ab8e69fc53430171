"""What a list answers to words - whole, as they were meant, or nearest - page by page, with every filter and order."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.features.meetings import listing as meetings
from tests.house import Client, TestHouse
from tests.meetings import Group
from tests.reference import load_small

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


@pytest.fixture
async def own(own_url: str) -> AsyncIterator[TestHouse]:
    async with TestHouse.over(own_url) as house:
        await load_small(house.app.rooms.house)
        ada = await house.person("Ada")
        for number in range(9):
            body = {
                "name": f"Inhaler circle {number}", "purpose": "Better breathing." if number else "Spirometry too.",
                "region": "wales" if number % 2 else "scotland", "latitude": 51.5, "longitude": 0.02 * (9 - number),
            }  # fmt: skip
            assert (await ada.client.post("/v1/networks", body)).status_code == 201
        yield house


async def walked(client: Client, path: str, **params: Any) -> tuple[list[str], list[Json]]:
    """The names of all rows, and the pages without them."""
    found, pages = [], []
    asked = {"limit": 2, **params}
    for _ in range(100):
        answer = await client.get(path, params=asked)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found += [
            item.get("name") or item.get("title") or item["display_name"]
            for item in page.pop("items")
        ]
        pages.append(page)
        if page["next_cursor"] is None:
            break
        asked["cursor"] = page["next_cursor"]
    assert len({(page["loose"], page["did_you_mean"]) for page in pages}) == 1
    return found, pages


@pytest.mark.parametrize(
    ("q", "loose", "meant", "count"),
    [
        ("inhaler circle", False, None, 9),
        ("inhalr", False, "inhaler", 9),
        ("inhaler spirometry", True, None, 9),
        ("inhaler xylophones", True, None, 9),
    ],
)
async def test_every_mode_is_paged(
    own: TestHouse, q: str, loose: bool, meant: str | None, count: int
) -> None:
    """Every row once; the best first; with a filter; and the cursor of one question opens no other."""
    nobody = own.anonymous
    names, pages = await walked(nobody, "/v1/networks", q=q)
    assert (len(names), len(set(names))) == (count, count)
    assert (pages[0]["loose"], pages[0]["did_you_mean"]) == (loose, meant)
    if "spirometry" in q:
        assert names[0] == "Inhaler circle 0"
    filtered, _ = await walked(nobody, "/v1/networks", q=q, region="wales")
    assert set(filtered) == {f"Inhaler circle {number}" for number in (1, 3, 5, 7)}
    for sort in ("relevance", "-score"):
        assert (await walked(nobody, "/v1/networks", q=q, sort=sort))[0] == names
    other = {"q": "breathing", "limit": 2, "cursor": pages[0]["next_cursor"]}
    refused = await nobody.get("/v1/networks", params=other)
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_cursor")


async def test_another_order_keeps_to_what_has_all_the_words(own: TestHouse) -> None:
    """What has only a part stands in it where nothing has all."""
    nobody = own.anonymous
    names, pages = await walked(nobody, "/v1/networks", q="inhaler spirometry", sort="name")
    assert (names, pages[0]["loose"]) == (["Inhaler circle 0"], False)
    names, pages = await walked(nobody, "/v1/networks", q="inhaler xylophones", sort="name")
    assert (names, pages[0]["loose"]) == ([f"Inhaler circle {number}" for number in range(9)], True)


async def test_the_nearer_comes_first_among_equals(own: TestHouse) -> None:
    near = {"near": "51.5,0", "within_km": 100}
    names, _ = await walked(own.anonymous, "/v1/networks", q="inhaler circle", **near)
    assert names == [f"Inhaler circle {number}" for number in reversed(range(9))]
    names, _ = await walked(own.anonymous, "/v1/networks", q="inhaler spirometry", **near)
    assert names[0] == "Inhaler circle 0", "what has more of it comes first, however far"


async def test_meetings_as_planned_and_in_a_window(own: TestHouse) -> None:
    group = await Group.of(own)
    when = {"local_start": "2027-03-17T12:30:00", "recurrence": "FREQ=WEEKLY;COUNT=4"}
    await group.plan({"title": "Inhaler review", **when})
    await group.plan({"title": "Spirometry", "starts_at": "2027-03-20T09:00:00Z"})
    window = {"from": "2027-03-01T00:00:00Z", "to": "2027-06-01T00:00:00Z"}
    for params, count in (({}, 2), (window, 5)):
        names, pages = await walked(
            group.mel.client, "/v1/meetings", q="inhaler spirometry", **params
        )
        assert (len(names), pages[0]["loose"]) == (count, True), params
        names, pages = await walked(group.mel.client, "/v1/meetings", q="spirometri", **params)
        assert names == ["Spirometry"]
        names, pages = await walked(group.mel.client, "/v1/meetings", q="inhalr", **params)
        assert set(names) == {"Inhaler review"}
        assert pages[0]["did_you_mean"] == "inhaler"


async def test_too_much_that_has_a_part_is_left_out(
    own: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A window that is full of the nearest is answered by what has all the words, not refused."""
    monkeypatch.setattr(meetings, "MOST_OCCURRENCES", 3)
    group = await Group.of(own)
    when = {"local_start": "2027-03-17T12:30:00", "recurrence": "FREQ=WEEKLY;COUNT=4"}
    await group.plan({"title": "Inhaler review", **when})
    await group.plan({"title": "Inhaler spirometry", "starts_at": "2027-03-20T09:00:00Z"})
    window = {"from": "2027-03-01T00:00:00Z", "to": "2027-06-01T00:00:00Z"}
    names, _ = await walked(group.mel.client, "/v1/meetings", q="inhaler spirometry", **window)
    assert names == ["Inhaler spirometry"]
    full = await group.mel.client.get("/v1/meetings", params={**window, "q": "inhaler"})
    assert (full.status_code, full.json()["errors"][0]["code"]) == (422, "too_many_occurrences")


@pytest.mark.parametrize("path", ["networks", "meetings", "results", "people", "organisations"])
async def test_relevance_needs_words(own: TestHouse, path: str) -> None:
    client = own.people["Ada"].client
    refused = await client.get(f"/v1/{path}", params={"sort": "relevance"})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "nothing_to_sort_by")
    page = (await client.get(f"/v1/{path}", params={"q": "?!", "facets": "true"})).json()
    assert (page["items"], page["loose"], page["did_you_mean"]) == ([], False, None)
    assert not any(page["facets"].values())


async def test_organisations_by_code_postcode_saint_and_icb(own: TestHouse) -> None:
    async def codes(**params: Any) -> list[str]:
        page = (await own.anonymous.get("/v1/organisations", params=params)).json()
        return [item["code"] for item in page["items"]]

    assert (await codes(q="a81001"))[0] == "A81001"
    assert "A81001" in await codes(q="TS181HU")
    assert await codes(icb="QHM", q="densham") == ["A81001"]
    below = await codes(icb="QHM", limit=100)
    assert below == await codes(icb="QHM", parent="QHM", limit=100) != []
    assert await codes(icb="16C") == [], "a sub-ICB is no ICB"
    names, _ = await walked(
        own.anonymous, "/v1/organisations", parent="QHM", sort="name", limit=100
    )
    assert names == sorted(names)
