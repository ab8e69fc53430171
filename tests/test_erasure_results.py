"""Erasure and results: what none but the person reads goes, what others read stays without a name."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select

from app.models import Adoption, ConductAcceptance, Feedback, Measure, Result
from tests.dumps import dump, held, hits
from tests.house import TestHouse
from tests.meetings import Group
from tests.reference import load_small
from tests.results import drafted, measured, publish, published, withdraw
from tests.sharing import CODES, organisations

pytestmark = pytest.mark.anyio


@pytest.fixture
async def own(own_url: str) -> AsyncIterator[TestHouse]:
    """A service with a database of its own."""
    async with TestHouse.over(own_url) as house:
        await load_small(house.app.rooms.house)
        yield house


async def titles(house: TestHouse) -> set[str]:
    """Of the results that are kept."""
    rows = await house.app.rooms.house.db.fetch("titles", lambda: select(Result.title), {})
    return {row["title"] for row in rows}


async def test_drafts_go_and_what_was_shared_stays(own: TestHouse, own_url: str) -> None:
    """A draft and a withdrawn result of theirs alone are deleted with all that belongs to them."""
    group = await Group.of(own)
    zora = await own.person("Zora Quibble")
    await group.join(zora)
    draft = await drafted(zora, group.network_id, title="Zqdraft", problem="Zqsecret")
    await measured(own, draft, name="Zqmeasure")
    shared = await drafted(zora, group.network_id, title="Together", author_ids=[group.mel.id])
    taken = await published(own, zora, group.network_id, title="Zqtaken")
    await withdraw(zora, taken)
    named = await published(own, zora, group.network_id, title="Named")
    secret = await published(
        own, zora, group.network_id, title="Unnamed", attribution="network_only"
    )
    assert hits(dump(own_url), ["zqdraft", "zqsecret", "zqmeasure", "zqtaken"]) != []

    before = (await group.mel.client.get(f"/v1/results/{secret['id']}")).content
    cursor = (await group.mel.client.get("/v1/results")).json()["changes_cursor"]
    assert (await zora.client.delete("/v1/me")).status_code == 204

    assert await titles(own) == {"Together", "Named", "Unnamed"}
    assert hits(held(own_url), ["zqdraft", "zqsecret", "zqmeasure", "zqtaken"]) == []
    measures = await own.app.rooms.house.db.fetch("measures", lambda: select(Measure.name), {})
    assert len(measures) == 2
    left = (await group.mel.client.get(f"/v1/results/{named['id']}")).json()
    assert [card["display_name"][:13] for card in left["authors"]] == ["Former member"]
    assert (await group.mel.client.get(f"/v1/results/{secret['id']}")).content == before
    feed = (await group.mel.client.get("/v1/changes", params={"cursor": cursor})).json()
    assert not {item["id"] for item in feed["items"]} & {draft["id"], taken["id"], secret["id"]}
    both = (await group.mel.client.get(f"/v1/results/{shared['id']}")).json()
    assert both["mine"]
    await measured(own, both)
    assert (await publish(group.mel, both))["status"] == "published"
    kept = await own.app.rooms.house.db.fetch(
        "acceptances", lambda: select(ConductAcceptance.person_id), {}
    )
    assert [row["person_id"] for row in kept] == [group.mel.id]


async def test_a_withdrawn_result_goes_with_what_others_said_to_it(own: TestHouse) -> None:
    """Nobody reads it any more, and it holds nothing back."""
    group = await Group.of(own)
    zora = await own.person("Zora Quibble")
    await group.join(zora)
    result = await published(own, zora, group.network_id)
    said = {"result_id": result["id"], "kind": "question", "text": "Does it last?"}
    asked = await group.mel.client.post("/v1/feedback", said)
    assert asked.status_code == 201, asked.text
    answer = {**said, "kind": "comment", "answer_to": asked.json()["id"]}
    assert (await zora.client.post("/v1/feedback", answer)).status_code == 201
    await withdraw(zora, result)
    assert (await zora.client.delete("/v1/me")).status_code == 204
    rows = await own.app.rooms.house.db.fetch("said", lambda: select(Feedback.id), {})
    assert (await titles(own), rows) == (set(), [])


async def test_what_only_its_reporter_saw_goes(own: TestHouse) -> None:
    """An adoption by the authors' own organisation that does not count; one that counts stays."""
    await organisations(own, CODES[0])
    group = await Group.of(own)
    zora = await own.person("Zora Quibble", organisation_code=CODES[0])
    ann = await own.person("Ann", organisation_code=CODES[0])
    for person in (zora, ann):
        await group.join(person)
    result = await published(own, ann, group.network_id, attribution="network_only")
    theirs = await published(own, group.mel, group.network_id)
    said = {"stage": "testing", "effect": "unknown"}
    for one in (result, theirs):
        path = f"/v1/results/{one['id']}/adoptions/{CODES[0]}"
        answer = await zora.client.put(path, said)
        assert answer.status_code == 201, answer.text
    assert (await zora.client.delete("/v1/me")).status_code == 204
    rows = await own.app.rooms.house.db.fetch("adoptions", lambda: select(Adoption.result_id), {})
    assert [row["result_id"] for row in rows] == [theirs["id"]]
