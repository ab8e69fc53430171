"""What people type finds what a judge of the records says it should, among real networks and practices.

The sets and how they were judged: tests/data/search/README.md. Both databases, by the search over all kinds and by the
lists; `-rP` prints the figures of a run that holds.
"""

import random
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any, Final

import pytest

from app.exchange.demo.load import listing_body
from app.exchange.ods.load import load_baseline
from app.reference.demo import read_listed_networks
from app.reference.load import read_organisations, read_regions
from tests.house import TestHouse
from tests.judged import SETS, Judged, Told, mean, read_judged, score, table
from tests.reference import quiet

pytestmark = pytest.mark.anyio
RECALL, RANK, RECALL_OF_MISSPELT = 0.95, 0.85, 0.85
SHOWN = 20
REGIONS: Final = {region.label: region.code for region in read_regions()}
# The search finds organisations of all kinds, and the judge knows practices alone.
PRACTICES: Final = frozenset(o.code for o in read_organisations() if o.kind == "gp_practice")

Ask = Callable[[Judged, str], Awaitable[list[str]]]


@pytest.fixture
async def judged_house(house: TestHouse) -> TestHouse:
    """The service with all organisations and listed networks that ship, loaded once for this module."""
    await load_baseline(house.app.rooms.house, quiet)
    shipped = list(read_listed_networks())
    there = await house.anonymous.get("/v1/networks", params={"limit": 100})
    if len(there.json()["items"]) < len(shipped):
        keeper = await house.person("Keeper", operator=True)
        for listing in shipped:
            body = listing_body(listing).model_dump(mode="json", exclude_unset=True)
            made = await keeper.client.post("/v1/networks", body)
            assert made.status_code == 201, made.text
    return house


def by_list(house: TestHouse) -> Ask:
    """Ask the list of the kind."""

    async def ask(judged: Judged, q: str) -> list[str]:
        given: dict[str, Any] = {"q": q, "limit": SHOWN, **filters_of(judged)}
        if judged.kind == "organisation":
            given["kind"] = "gp_practice"
            if "icb" in given:
                given["parent"] = given.pop("icb")
        answer = await house.anonymous.get(f"/v1/{judged.kind}s", params=given)
        assert answer.status_code == 200, answer.text
        key = "slug" if judged.kind == "network" else "code"
        return [item[key] for item in answer.json()["items"]]

    return ask


def filters_of(judged: Judged) -> dict[str, str]:
    """The filters of a judged query in the words of the API."""
    given = dict(judged.filters)
    if "region" in given:
        given["region"] = REGIONS[given["region"]]
    return given


async def by_search(house: TestHouse) -> Ask:
    """Ask the search over all kinds for one."""
    listed = await house.anonymous.get("/v1/networks", params={"limit": 100})
    slugs = {item["id"]: item["slug"] for item in listed.json()["items"]}

    async def ask(judged: Judged, q: str) -> list[str]:
        given = {"q": q, "kinds": judged.kind, "limit": 100, **filters_of(judged)}
        answer = await house.anonymous.get("/v1/search", params=given)
        assert answer.status_code == 200, answer.text
        found = [item["id"] for item in answer.json()["items"]]
        if judged.kind == "network":
            return [slugs[one] for one in found]
        return [one for one in found if one in PRACTICES]

    return ask


async def told_of(name: str, ask: Ask) -> tuple[list[Told], list[Told]]:
    """Ask all of a set as it should be typed, and as it is misspelt."""
    right: list[Told] = []
    misspelt: list[Told] = []
    for judged in read_judged(name):
        for told, typed in ((right, (judged.q,)), (misspelt, judged.typos)):
            for q in typed:
                answer = await ask(judged, q)
                told.append(Told(judged, q, tuple(answer), score(answer, judged)))
    return right, misspelt


def good_enough(right: Sequence[Told], misspelt: Sequence[Told]) -> bool:
    """The bounds."""
    figures = mean(right)
    return (
        figures.recall >= RECALL
        and figures.reciprocal_rank >= RANK
        and mean(misspelt).recall >= RECALL_OF_MISSPELT
    )


@pytest.mark.parametrize("door", ["search", "list"])
@pytest.mark.parametrize("name", SETS)
async def test_what_people_type_finds_what_they_want(
    judged_house: TestHouse, name: str, door: str, engine: str
) -> None:
    ask = by_list(judged_house) if door == "list" else await by_search(judged_house)
    right, misspelt = await told_of(name, ask)
    figures = table(f"{name} by {door} on {engine}", right, misspelt)
    sys.stdout.write(f"{figures}\n")
    assert good_enough(right, misspelt), figures


def an_answer(judged: Judged) -> list[str]:
    """What a perfect search would answer: the best first, then others."""
    best = sorted(judged.relevant, key=lambda key: -judged.relevant[key])
    return [*best, *(f"other-{number}" for number in range(20))]


@pytest.mark.parametrize("name", SETS)
def test_the_bounds_tell_a_good_order_from_a_shuffled_one(name: str) -> None:
    perfect = [
        Told(judged, judged.q, (), score(an_answer(judged), judged)) for judged in read_judged(name)
    ]
    assert mean(perfect).recall == mean(perfect).reciprocal_rank == mean(perfect).gain == 1
    assert good_enough(perfect, perfect)
    shuffled = []
    chance = random.Random(6)  # the same order in every run
    for judged in read_judged(name):
        answer = an_answer(judged)
        chance.shuffle(answer)
        shuffled.append(Told(judged, judged.q, (), score(answer, judged)))
    assert not good_enough(shuffled, shuffled)
    silent = [replace(told, score=score([], told.judged)) for told in perfect]
    assert mean(silent).recall == mean(silent).reciprocal_rank == mean(silent).gain == 0
    assert not good_enough(perfect, silent)


def test_what_is_judged_is_in_the_records() -> None:
    slugs = {network.slug for network in read_listed_networks()}
    judged = [one for name in SETS for one in read_judged(name)]
    assert len({one.id for one in judged}) == len(judged) == 121
    for one in judged:
        assert set(one.relevant) <= (slugs if one.kind == "network" else PRACTICES), one.id
        assert one.required, one.id
        assert len({one.q, *one.typos}) == 1 + 2, one.id
