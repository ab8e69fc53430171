"""One search over everything, as somebody uses it who does not know the name of what they want."""

from typing import Any

import pytest

from tests.house import Client, TestHouse

pytestmark = pytest.mark.anyio


async def found(client: Client, **params: Any) -> dict[str, Any]:
    answer = await client.get("/v1/search", params=params)
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page


def titles(page: dict[str, Any]) -> list[str]:
    return [hit["title"] for hit in page["items"]]


def marked(text: str, marks: list[dict[str, int]]) -> list[str]:
    return [text[mark["start"] : mark["end"]] for mark in marks]


async def network(house: TestHouse, **fields: Any) -> dict[str, Any]:
    keeper = await house.person("Keeper", operator=True)
    body = {"name": "Valley Circle", "purpose": "Learn together.", "visibility": "open", **fields}
    made = await keeper.client.post("/v1/networks", body)
    assert made.status_code == 201, made.text
    kept: dict[str, Any] = made.json()
    return kept


async def test_a_hit_says_why_it_was_found(house: TestHouse) -> None:
    made = await network(
        house, name="Greener Breathing", purpose="Better asthma care, with fewer inhalers."
    )
    page = await found(house.anonymous, q="asthma inhaler")
    (hit,) = page["items"]
    assert (hit["kind"], hit["id"]) == ("network", made["id"])
    assert hit["link"].endswith(f"/v1/networks/{made['id']}")
    snippet = hit["snippet"]
    assert marked(snippet["text"], snippet["marks"]) == ["asthma", "inhalers"]
    assert hit["matched"]["fields"] == ["purpose"]
    assert hit["matched"]["open_to_join"] is True
    assert (page["did_you_mean"], page["loose"]) == (None, True)  # fewer than five


async def test_what_means_the_same_is_found(house: TestHouse) -> None:
    made = await network(house, purpose="We treat hypertension well.")
    (hit,) = (await found(house.anonymous, q="high blood pressure"))["items"]
    assert hit["id"] == made["id"]
    assert marked(hit["snippet"]["text"], hit["snippet"]["marks"]) == ["hypertension"]


async def test_a_slip_is_forgiven_where_nothing_was_found(house: TestHouse) -> None:
    made = await network(house, purpose="We look after people with chilblains.")
    page = await found(house.anonymous, q="Chilblians care")
    assert [hit["id"] for hit in page["items"]] == [made["id"]]
    assert page["did_you_mean"] == "chilblains care"


async def test_what_somebody_may_not_read_is_not_found(house: TestHouse) -> None:
    await network(house, name="Hidden", purpose="Zeppelins.", visibility="confidential")
    shut = await network(
        house, name="Shut", purpose="Airships.", aims=["Zeppelins"], visibility="private"
    )
    for q in ("zeppelins", "zeppelin", "zepelins"):
        page = await found(house.anonymous, q=q)
        assert (page["items"], page["did_you_mean"]) == ([], None)
    (hit,) = (await found(house.anonymous, q="airships"))["items"]
    assert hit["id"] == shut["id"]


async def test_nothing_asked_is_refused(house: TestHouse) -> None:
    refused = await house.anonymous.get("/v1/search", params={"kinds": "network"})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "nothing_asked")


async def test_pages_fit(house: TestHouse) -> None:
    made = {(await network(house, name=f"Circle {n}", purpose="Gout."))["id"] for n in range(7)}
    seen: list[str] = []
    more: dict[str, str] = {}
    while True:
        page = await found(house.anonymous, q="gout circle", limit=3, **more)
        seen += [hit["id"] for hit in page["items"]]
        if page["next_cursor"] is None:
            break
        more = {"cursor": page["next_cursor"]}
    assert len(seen) == len(made)
    assert set(seen) == made


async def test_everything_that_is_found_is_counted(reference_house: TestHouse) -> None:
    house = reference_house
    await network(house, name="Chilled", purpose="Frostbite.", topics=["asthma"], meets="virtual")
    await network(
        house, name="Colder", purpose="Frostbite.", topics=["asthma", "copd"], region="Y56"
    )
    await network(house, name="Shut", purpose="Frostbite.", topics=["copd"], visibility="private")
    page = await found(house.anonymous, q="frostbite", limit=1)
    counts = {
        facet: {value["value"]: value["count"] for value in values}
        for facet, values in page["facets"].items()
    }
    # A private network is found by its purpose; what it is about is its members' alone.
    assert counts["kind"] == {"network": 3}
    assert counts["topic"] == {"asthma": 2, "copd": 1}
    assert (counts["meets"], counts["region"]) == ({"virtual": 1}, {"Y56": 1})
    more = await found(house.anonymous, q="frostbite", limit=1, cursor=page["next_cursor"])
    assert more["facets"] is None
    asked = await found(house.anonymous, q="frostbite", facets="false")
    assert asked["facets"] is None
    nothing = await found(house.anonymous, q="!?")
    assert nothing["facets"]["kind"] == []


@pytest.mark.parametrize(
    "asked",
    [
        {"kinds": "person"},
        {"kinds": "person", "near": "51.5,-0.1"},
        {"kinds": "result", "open_to_join": "true"},
    ],
)
async def test_where_no_kind_can_answer_nothing_is_found_and_counted(
    house: TestHouse, asked: dict[str, str]
) -> None:
    page = await found(house.anonymous, q="asthma", facets="true", **asked)
    assert page["items"] == []
    assert not any(page["facets"].values()), page["facets"]
