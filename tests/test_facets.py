"""Facets count what the list shows and nothing else: held against a slow recount of all its pages, for every reader."""

import random
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.core.facets import FACETS, sorted_counts
from tests.house import Client, TestHouse, TestPerson
from tests.reference import load_small
from tests.results import published

pytestmark = pytest.mark.anyio
Json = dict[str, Any]
TOPICS = ("asthma", "copd", "diabetes", "dementia", "cancer")
PROFESSIONS = ("gp", "practice-nurse", "practice-manager")
REGIONS = ("Y56", "Y59", "wales", "scotland", None)
WORDS = ("inhalers", "screening", "hypertension", "zebras")
# How an item of each list says what is counted.
FIELDS: dict[str, dict[str, str]] = {
    "networks": {
        "topic": "topics", "region": "region", "meets": "meets", "profession": "professions", "kind": "kind",
    },
    "organisations": {"region": "region", "kind": "kind"},
    "people": {"topic": "interests", "region": "region", "profession": "profession"},
    "results": {"topic": "topics", "kind": "kind"},
    "meetings": {"meets": "mode"},
}  # fmt: skip
SPRING = {"from": "2027-03-01T00:00:00Z", "to": "2027-08-01T00:00:00Z"}


def network(chance: random.Random, number: int, *, visibility: str) -> Json:
    return {
        "name": f"{chance.choice(WORDS)} {chance.choice(WORDS)} {number}",
        "purpose": f"Fewer {chance.choice(WORDS)}.",
        "visibility": visibility,
        "join_policy": "open" if visibility in ("open", "restricted") else "invite",
        "topics": chance.sample(TOPICS, chance.randint(0, 3)),
        "professions": chance.sample(PROFESSIONS, chance.randint(0, 2)),
        "region": chance.choice(REGIONS),
        "kind": chance.choice(("learning", "social", "managed")),
        "meets": chance.choice(("virtual", "hybrid", None)),
        "member_offer": chance.choice(WORDS),
        **({"latitude": 51.5, "longitude": chance.uniform(-1, 1)} if chance.random() < 0.6 else {}),
    }


async def made(client: Client, path: str, body: Json) -> Json:
    answer = await client.post(path, body)
    assert answer.status_code == 201, answer.text
    found: Json = answer.json()
    return found


async def fill(house: TestHouse, chance: random.Random) -> dict[str, Client]:
    """Networks of every visibility, on top and below, with meetings and results; and who looks at them."""
    ada, mel = await house.person("Ada"), await house.person("Mel")
    for number in range(28):
        visibility = ("open", "restricted", "private", "confidential")[number % 4]
        top = await made(ada.client, "/v1/networks", network(chance, number, visibility=visibility))
        if number % 3 == 0:
            below = network(
                chance, 100 + number, visibility=chance.choice(("open", "private", "confidential"))
            )
            await made(ada.client, "/v1/networks", {**below, "parent_id": top["id"]})
        if number % 8 < 2:
            await mel.client.post(f"/v1/networks/{top['id']}/join", {})
        await meetings_of(chance, ada, top["id"])
        if number % 7 == 0:
            topics = chance.sample(TOPICS, 2)
            await published(
                house, ada, top["id"], topics=topics, audience=chance.choice(("network", "public"))
            )
    for number in range(12):
        listed = {"listed": chance.random() < 0.6, "region": chance.choice(REGIONS)}
        person = await house.person(f"Person {number}")
        body = {
            **listed,
            "interests": chance.sample(TOPICS, 2),
            "profession": chance.choice(PROFESSIONS),
        }
        assert (await person.client.patch("/v1/me", body)).status_code == 200
    eve, operator = await house.person("Eve"), await house.person("Ola", operator=True)
    return {
        "nobody": house.anonymous, "stranger": eve.client, "member": mel.client, "facilitator": ada.client,
        "operator": operator.client,
    }  # fmt: skip


async def meetings_of(chance: random.Random, ada: TestPerson, network_id: str) -> None:
    body: Json = {
        "network_id": network_id, "title": f"{chance.choice(WORDS)} review",
        "mode": chance.choice(("virtual", "hybrid", "face_to_face")),
        "status": "confirmed",
        "confidentiality": chance.choice(("open", "members")),
    }  # fmt: skip
    when: Json = {"starts_at": "2027-03-17T12:30:00Z"}
    if chance.random() < 0.5:
        when = {
            "local_start": "2027-03-17T12:30:00",
            "recurrence": "FREQ=MONTHLY;BYDAY=3WE;COUNT=4",
        }
    meeting = await made(ada.client, "/v1/meetings", {**body, **when})
    if "recurrence" in when:
        one = {"occurrence": "2027-04-21T12:30:00", "range": "this"}
        path = f"/v1/meetings/{meeting['id']}"
        differs = await ada.client.patch(path, {"mode": "virtual"}, params=one)
        assert differs.status_code == 200, differs.text


@pytest.fixture
async def world(own_url: str) -> AsyncIterator[tuple[TestHouse, dict[str, Client]]]:
    async with TestHouse.over(own_url) as house:
        await load_small(house.app.rooms.house)
        yield house, await fill(house, random.Random(6))


async def recounted(client: Client, kind: str, params: Json) -> tuple[Json, Json]:
    """The facets of a list, the same on every page; and its items counted one by one."""
    times: dict[str, Counter[str]] = {name: Counter() for name in FIELDS[kind]}
    asked: Json = {**params, "facets": "true", "limit": 13}
    facets: list[Json] = []
    while True:
        answer = await client.get(f"/v1/{kind}", params=asked)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        facets.append(page["facets"])
        for item in page["items"]:
            for name, field in FIELDS[kind].items():
                value = item[field]
                several = value if isinstance(value, list) else [value]
                codes = (one["code"] if isinstance(one, dict) else one for one in several)
                times[name].update(code for code in codes if code is not None)
        if page["next_cursor"] is None:
            break
        asked["cursor"] = page["next_cursor"]
    assert all(said == facets[0] for said in facets), "facets of all pages"
    return facets[0], {name: dict(count) for name, count in times.items()}


SEARCHES: dict[str, tuple[Json, ...]] = {
    "networks": (
        {}, {"q": "inhalers"}, {"q": "hypertension inhalers"}, {"q": "screening xylophones"}, {"q": "screning"},
        {"topic": "asthma"}, {"near": "51.5,0", "within_km": 40}, {"q": "zebras", "near": "51.5,0", "within_km": 60},
        {"q": "zebras", "sort": "name"}, {"mine": "true"}, {"q": "..."},
    ),
    "organisations": ({}, {"q": "surgery"}, {"kind": "gp_practice"}, {"icb": "QHM"}),
    "people": ({}, {"q": "asthma"}, {"region": "wales"}),
    "results": ({}, {"q": "screenings"}, {"topic": "asthma"}),
    "meetings": ({}, {"q": "review"}, SPRING, {**SPRING, "q": "zebras"}, {**SPRING, "mode": "virtual"}),
}  # fmt: skip


async def test_facets_are_what_a_recount_of_the_list_gives(
    world: tuple[TestHouse, dict[str, Client]],
) -> None:
    """For nobody, a stranger, a member, a facilitator and an operator; every list, words and filters."""
    _, readers = world
    counted = 0
    for reader, client in readers.items():
        for kind, searches in SEARCHES.items():
            if kind == "people" and reader == "nobody":
                continue
            for params in searches:
                facets, times = await recounted(client, kind, params)
                assert set(facets) == set(FACETS)
                for name, said in facets.items():
                    if name not in FIELDS[kind]:
                        assert said is None, (kind, name)
                        continue
                    found = {value["value"]: value["count"] for value in said}
                    assert found == times[name], (reader, kind, params, name)
                    order = [(-value["count"], value["value"]) for value in said]
                    assert order == sorted(order)
                    counted += len(found)
    assert counted > 500, "so much was counted that a fault would have shown"


async def test_what_is_hidden_moves_no_count(world: tuple[TestHouse, dict[str, Client]]) -> None:
    """A confidential network and the front of a private one count for their members alone."""
    house, readers = world

    async def told(reader: str) -> Json:
        asked = {"facets": "true", "limit": 1}
        facets: Json = (await readers[reader].get("/v1/networks", params=asked)).json()["facets"]
        return facets

    before = {reader: await told(reader) for reader in readers}
    hal = await house.person("Hal")
    for visibility in ("private", "confidential"):
        body = network(random.Random(1), 900, visibility=visibility)
        await made(hal.client, "/v1/networks", {**body, "topics": ["dementia"], "region": "Y56"})
    assert {reader: await told(reader) for reader in readers} == before
    own = (await hal.client.get("/v1/networks", params={"facets": "true", "mine": "true"})).json()
    assert own["facets"]["topic"] == [{"value": "dementia", "label": "Dementia", "count": 2}]
    assert own["facets"]["region"] == [{"value": "Y56", "label": "London", "count": 2}]


async def test_nothing_is_counted_unless_it_is_asked_for(house: TestHouse) -> None:
    page = (await house.anonymous.get("/v1/networks", params={"limit": 1})).json()
    assert page["facets"] is None
    refused = await house.anonymous.get("/v1/networks", params={"facets": "topic"})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "?facets")


def test_the_fifty_most_frequent_come_first() -> None:
    rows = [
        {"facet": "topic", "value": f"t{n:02}", "count": 1 + n % 3, "label": "T"} for n in range(60)
    ]
    found = sorted_counts(("topic", "kind"), rows)
    assert (found["kind"], found["region"]) == ([], None)
    topics = found["topic"] or []
    assert len(topics) == 50
    assert [(row["count"], row["value"]) for row in topics[:2]] == [(3, "t02"), (3, "t05")]
    assert topics[-1] == {"value": "t27", "label": "T", "count": 1}


def test_values_are_called_as_people_call_them() -> None:
    rows = [
        {"facet": "kind", "value": value, "count": 1}
        for value in ("gp_practice", "case_study", "pdsa")
    ]
    said = [row["label"] for row in sorted_counts(("kind",), rows)["kind"] or []]
    assert said == ["Case study", "GP practice", "PDSA"]
