"""Organisations as somebody finds them: by words, by place, by what they belong to."""

import math
from collections.abc import Callable
from typing import Any

import pytest

from app.core.json_columns import json_text
from app.core.viewer import PERSONAL_SCOPES, Scope
from app.reference.load import Organisation, read_outcodes
from tests.house import Client, TestHouse
from tests.reference import small_organisations

pytestmark = pytest.mark.anyio
DENSHAM = "A81001"
STOCKTON = "U89141"  # its primary care network
Keep = Callable[[Organisation], bool]


async def listed(client: Client, **params: Any) -> list[dict[str, Any]]:
    """All items of a list, page by page."""
    items: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        answer = await client.get("/v1/organisations", params={"limit": 100, **params, **cursor})
        assert answer.status_code == 200, answer.text
        page = answer.json()
        items += page["items"]
        if page["next_cursor"] is None:
            return items
        cursor = {"cursor": page["next_cursor"]}


async def codes(client: Client, **params: Any) -> list[str]:
    return [item["code"] for item in await listed(client, **params)]


def kilometres(lat: float, lon: float, organisation: Organisation) -> float:
    """The distance by the law of cosines: another formula than the one under test."""
    assert organisation.latitude is not None
    assert organisation.longitude is not None
    here, there = math.radians(lat), math.radians(organisation.latitude)
    turn = math.radians(organisation.longitude - lon)
    cosine = math.sin(here) * math.sin(there) + math.cos(here) * math.cos(there) * math.cos(turn)
    return 6371.0088 * math.acos(min(1.0, cosine))


@pytest.mark.parametrize("near", ["54.5680,-1.3150", "TS18", "ts18 1hu", "TS181HU"])
async def test_near_finds_what_is_near_and_the_nearest_first(
    reference_house: TestHouse, near: str
) -> None:
    outcodes = {row.outcode: (row.latitude, row.longitude) for row in read_outcodes()}
    densham = small_organisations()[DENSHAM]
    places = {"54.5680,-1.3150": (54.568, -1.315), "TS18": outcodes["TS18"]}
    exact = (densham.latitude or 0.0, densham.longitude or 0.0)
    lat, lon = places.get(near, exact)
    distances = {
        code: kilometres(lat, lon, organisation)
        for code, organisation in small_organisations().items()
        if organisation.latitude is not None
    }
    expected = {code for code, distance in distances.items() if distance <= 8}
    assert len(expected) > 20
    found = await listed(reference_house.anonymous, near=near, within_km=8)
    assert {item["code"] for item in found} == expected
    shown = [item["distance_km"] for item in found]
    assert shown == sorted(shown)
    assert shown == pytest.approx([distances[item["code"]] for item in found], abs=0.01)


@pytest.mark.parametrize("near", ["91,0", "ZZ9", "ZZ9 9ZZ"])
async def test_a_place_that_is_nowhere_is_refused(reference_house: TestHouse, near: str) -> None:
    answer = await reference_house.anonymous.get("/v1/organisations", params={"near": near})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "?near"
    assert answer.json()["errors"][0]["code"] == "unknown_place"


@pytest.mark.parametrize(
    "q", [DENSHAM, DENSHAM.lower(), "densham", "Densham Surg", "TS18 1HU", "ts181hu"]
)
async def test_a_practice_is_found_by_code_name_and_postcode(
    reference_house: TestHouse, q: str
) -> None:
    assert DENSHAM in await codes(reference_house.anonymous, q=q)


@pytest.mark.parametrize("q", ["QHM", "Y63", "16C", DENSHAM])
async def test_the_organisation_with_the_code_comes_first(
    reference_house: TestHouse, q: str
) -> None:
    assert (await codes(reference_house.anonymous, q=q))[0] == q


async def test_words_of_the_address_find_and_count_for_less(reference_house: TestHouse) -> None:
    # The board of a town is found by the town too: the shipped synonyms know it.
    expected = {"QHM"} | {
        code
        for code, row in small_organisations().items()
        if "MIDDLESBROUGH" in f"{row.name} {row.address}"
    }
    found = await codes(reference_house.anonymous, q="middlesbrough")
    assert set(found) == expected
    in_name = ["MIDDLESBROUGH" in small_organisations()[code].name for code in found]
    assert in_name == sorted(in_name, reverse=True)
    assert True in in_name
    assert False in in_name


async def test_a_practice_is_found_by_the_name_of_its_network(reference_house: TestHouse) -> None:
    members = {
        code
        for code, row in small_organisations().items()
        if any(p.code == STOCKTON and p.valid_to is None for p in row.parents)
    }
    assert DENSHAM in members
    found = await codes(reference_house.anonymous, q="stockton pcn", kind="gp_practice")
    assert members <= set(found)


async def test_closed_ones_come_after_open_ones(reference_house: TestHouse) -> None:
    found = await listed(reference_house.anonymous, q="pcn")
    in_name = [item["active"] for item in found if "PCN" in item["name"]]
    assert in_name == sorted(in_name, reverse=True)
    assert set(in_name) == {True, False}


@pytest.mark.parametrize("q", ["!!!", "nosuchpracticeanywhere", "nosuchword zzyzx"])
async def test_words_that_nothing_has_find_nothing(reference_house: TestHouse, q: str) -> None:
    assert await codes(reference_house.anonymous, q=q) == []


def belongs_to(code: str) -> Keep:
    return lambda row: any(p.code == code and p.valid_to is None for p in row.parents)


@pytest.mark.parametrize(
    ("params", "keep"),
    [
        ({}, lambda _: True),
        ({"kind": "icb"}, lambda row: row.kind == "icb"),
        ({"region": "wales"}, lambda row: row.region == "wales"),
        ({"active": "false"}, lambda row: not row.active),
        ({"active": "true", "kind": "pcn"}, lambda row: row.active and row.kind == "pcn"),
        ({"parent": "16C"}, belongs_to("16C")),
        ({"parent": "U89141"}, belongs_to("U89141")),
        ({"parent": "7A1", "kind": "gp_practice"}, belongs_to("7A1")),
        ({"parent": "ZZZ"}, lambda _: False),
    ],
)
async def test_filters(reference_house: TestHouse, params: dict[str, str], keep: Keep) -> None:
    rows = small_organisations().values()
    expected = sorted((row.name, row.code) for row in rows if keep(row))
    found = await listed(reference_house.anonymous, **params)
    assert sorted((item["name"], item["code"]) for item in found) == expected
    assert params == {"parent": "ZZZ"} or expected
    assert {item["distance_km"] for item in found} <= {None}


async def test_a_partnership_that_ended_is_history_and_no_filter(
    reference_house: TestHouse,
) -> None:
    code, ended = next(
        (row.code, parent)
        for row in small_organisations().values()
        for parent in row.parents
        if parent.valid_to is not None and not belongs_to(parent.code)(row)
    )
    assert code not in await codes(reference_house.anonymous, parent=ended.code)
    one = (await reference_house.anonymous.get(f"/v1/organisations/{code}")).json()
    assert {
        "code": ended.code,
        "relationship": "pcn",
        "valid_from": str(ended.valid_from),
        "valid_to": str(ended.valid_to),
    }.items() <= next(p for p in one["parents"] if p["valid_to"] == str(ended.valid_to)).items()


@pytest.mark.parametrize(
    "params", [{"kind": "gp_practice"}, {"q": "surgery"}, {"near": "TS18", "within_km": 20}]
)
async def test_pages_make_up_the_list(reference_house: TestHouse, params: dict[str, Any]) -> None:
    whole = await codes(reference_house.anonymous, **params)
    paged = await codes(reference_house.anonymous, **params, limit=7)
    assert len(whole) > 21
    assert paged == whole
    assert len(set(paged)) == len(paged)


async def test_names_are_in_order(reference_house: TestHouse) -> None:
    names = [item["name"] for item in await listed(reference_house.anonymous, kind="sub_icb")]
    assert len(names) == 106
    assert names == sorted(names)


async def test_a_cursor_belongs_to_its_filters(reference_house: TestHouse) -> None:
    client = reference_house.anonymous
    first = await client.get("/v1/organisations", params={"kind": "icb", "limit": 2})
    assert first.headers["link"].endswith('; rel="next"')
    cursor = first.json()["next_cursor"]
    other = await client.get("/v1/organisations", params={"kind": "pcn", "cursor": cursor})
    assert (other.status_code, other.json()["code"]) == (400, "invalid_cursor")


async def test_one_organisation_with_what_it_belongs_to(reference_house: TestHouse) -> None:
    answer = await reference_house.anonymous.get(f"/v1/organisations/{DENSHAM}")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["name"] == "THE DENSHAM SURGERY"
    assert found["ods_roles"] == ["RO177", "RO76"]
    assert (found["valid_from"], found["valid_to"], found["active"]) == ("1974-04-01", None, True)
    assert found["successors"] == []
    assert [(p["code"], p["relationship"], p["valid_from"]) for p in found["parents"]] == [
        ("QHM", "icb", None),
        ("U89141", "pcn", "2019-10-01"),
        ("Y63", "region", None),
        ("16C", "sub_icb", "2020-04-01"),
    ]
    assert {p["code"]: p["name"] for p in found["parents"]} == {
        code: small_organisations()[code].name for code in ("QHM", "U89141", "Y63", "16C")
    }


async def test_a_parent_that_nobody_knows_stays_a_code(reference_house: TestHouse) -> None:
    answer = await reference_house.anonymous.get("/v1/organisations/U08744")
    parents = {p["code"]: p["name"] for p in answer.json()["parents"]}
    assert parents["10D"] is None


@pytest.mark.parametrize("code", ["a81001", "A8", "A81999", "A81001A81001", "A81-01"])
async def test_any_other_code_is_not_found(reference_house: TestHouse, code: str) -> None:
    answer = await reference_house.anonymous.get(f"/v1/organisations/{code}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_an_organisation_that_is_known_is_not_sent_again(
    reference_house: TestHouse,
) -> None:
    path = f"/v1/organisations/{DENSHAM}"
    first = await reference_house.anonymous.get(path)
    assert first.headers["cache-control"] == "private, no-cache"
    etag = first.headers["etag"]
    again = await reference_house.anonymous.get(path, headers={"If-None-Match": etag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    other = await reference_house.anonymous.get(
        "/v1/organisations/QHM", headers={"If-None-Match": etag}
    )
    assert other.status_code == 200


async def test_a_token_needs_the_scope(reference_house: TestHouse) -> None:
    person = await reference_house.person("Without")
    scopes = json_text(sorted(PERSONAL_SCOPES - {Scope.ORGANISATIONS_READ}))
    token = await reference_house.token(person.id, scopes=scopes)
    client = Client(reference_house.http, token)
    for path in ("/v1/organisations", f"/v1/organisations/{DENSHAM}"):
        refused = await client.get(path)
        assert (refused.status_code, refused.json()["code"]) == (403, "insufficient_scope")
        assert (await person.client.get(path)).status_code == 200
