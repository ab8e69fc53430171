"""Vocabularies and the service document: the same for everybody, sent once."""

import pytest

import app as package
from app.reference.load import ATTRIBUTION, Term, read_professions, read_topics
from tests.contract import template_of
from tests.house import TestHouse

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("path", "shipped"),
    [("/v1/topics", list(read_topics())), ("/v1/professions", list(read_professions()))],
)
async def test_a_vocabulary_is_whole_and_in_order(
    reference_house: TestHouse, path: str, shipped: list[Term]
) -> None:
    answer = await reference_house.anonymous.get(path)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=3600"
    items = answer.json()["items"]
    in_order = sorted(shipped, key=lambda term: (term.group.casefold(), term.label.casefold()))
    assert [(item["code"], item["label"], item["group"]) for item in items] == [
        (term.code, term.label, term.group) for term in in_order
    ]


@pytest.mark.parametrize("path", ["/v1/topics", "/v1/professions", "/v1"])
async def test_what_is_known_is_not_sent_again(reference_house: TestHouse, path: str) -> None:
    first = await reference_house.anonymous.get(path)
    etag = first.headers["etag"]
    again = await reference_house.anonymous.get(path, headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["cache-control"] == first.headers["cache-control"]
    changed = await reference_house.anonymous.get(path, headers={"If-None-Match": '"other"'})
    assert changed.status_code == 200


@pytest.mark.parametrize("path", ["/v1/topics", "/v1/professions", "/v1"])
async def test_there_is_nothing_to_ask_for(reference_house: TestHouse, path: str) -> None:
    answer = await reference_house.anonymous.get(path, params={"q": "x"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "?q"


async def test_everybody_reads_the_same(reference_house: TestHouse) -> None:
    person = await reference_house.person("Reader")
    for path in ("/v1/topics", "/v1/professions", "/v1"):
        theirs = await person.client.get(path)
        assert theirs.content == (await reference_house.anonymous.get(path)).content


async def test_the_service_document_says_what_this_is(reference_house: TestHouse) -> None:
    found = (await reference_house.anonymous.get("/v1")).json()
    assert found["version"] == package.__version__
    assert found["licence"]["name"] == "MIT"
    assert found["data"]["attribution"] == ATTRIBUTION


async def test_every_link_of_the_service_document_leads_to_a_door(
    reference_house: TestHouse,
) -> None:
    base = reference_house.app.rooms.settings.base_url
    links = (await reference_house.anonymous.get("/v1")).json()["links"]
    paths = {name: link.removeprefix(base) for name, link in links.items()}
    assert links["self"] == f"{base}/v1"
    assert {name for name, path in paths.items() if template_of(path) is None} == set()
