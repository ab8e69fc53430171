"""Reports of what others say to a result: feedback and adoptions, measures and cycles; and a safe end of networks."""

from typing import Any

import pytest

from tests.house import TestHouse
from tests.sharing import CODES, Shared
from tests.test_reports import do, feed, report, sees

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


async def test_feedback_goes_out_of_sight_by_itself(house: TestHouse) -> None:
    """For all but who gave it and facilitators; who gave it hears the decision, unnamed as they are."""
    shared = await Shared.of(house)
    ben, cat = [await shared.person(name, None) for name in ("Ben", "Cat")]
    body = {
        "result_id": shared.result["id"], "kind": "comment", "text": "A story of one person.",
        "attribution": "network_only",
    }  # fmt: skip
    given = (await ben.client.post("/v1/feedback", body)).json()
    path = f"/v1/feedback/{given['id']}"
    _, since = await feed(cat)
    assert await sees(cat, path)
    made = await report(cat, "feedback", given, reason="patient_data")
    assert made["hides"] is True
    for person, there in ((cat, False), (shared.ann, False), (ben, True), (shared.group.fay, True)):
        assert await sees(person, path) == there
    heard, since = await feed(cat, since)
    assert (given["id"], "gone") in [(one["id"], one["op"]) for one in heard]
    assert await sees(cat, f"/v1/results/{shared.result['id']}")
    told = (await ben.client.get(f"/v1/reports/{made['id']}")).json()
    assert (told["own_content"], told["reason"], told["detail"]) == (True, "patient_data", None)
    looked = await do(shared.group.fay, made, "decide", decision="dismissed")
    assert ben.id not in str(looked)
    assert await sees(cat, path)
    heard, _ = await feed(cat, since)
    assert (given["id"], "upsert") in [(one["id"], one["op"]) for one in heard]


async def test_who_takes_back_what_was_reported_hears_the_decision(house: TestHouse) -> None:
    """The report stays in their sight, and is still not theirs to look into, facilitator or not."""
    shared = await Shared.of(house)
    ben, cat = [await shared.person(name, None) for name in ("Ben", "Cat")]
    fay = shared.group.fay
    body = {"result_id": shared.result["id"], "kind": "comment", "text": "A story of one person."}
    reports = {}
    for author in (ben, fay):
        given = (await author.client.post("/v1/feedback", body)).json()
        made = await report(cat, "feedback", given, reason="patient_data")
        gone = await author.client.delete(f"/v1/feedback/{given['id']}")
        assert gone.status_code == 204, gone.text
        path = f"/v1/reports/{made['id']}"
        assert await sees(author, path)
        assert (await author.client.get(path)).json()["own_content"] is True
        await do(author, made, "decide", 403, decision="dismissed")
        reports[author.id] = made
    _, since = await feed(ben)
    await do(fay, reports[ben.id], "decide", decision="dismissed")
    heard, _ = await feed(ben, since)
    assert (reports[ben.id]["id"], "upsert") in [(one["id"], one["op"]) for one in heard]


async def test_a_hidden_adoption_does_not_count(house: TestHouse) -> None:
    """Until it is shown again; the sum on the result follows in the same moment."""
    shared = await Shared.of(house)
    ben = await shared.person("Ben", CODES[1])
    cat = await shared.person("Cat", CODES[2])
    first = await shared.report(ben, CODES[1])
    await shared.report(cat, CODES[2])
    assert (await shared.summary(cat.client))["organisations"] == 2
    made = await report(cat, "adoption", first, reason="patient_data")
    assert made["hides"] is True
    assert (await shared.summary(cat.client))["organisations"] == 1
    assert first["id"] not in {one["id"] for one in await shared.listed(cat.client)}
    await do(shared.group.fay, made, "unhide")
    assert (await shared.summary(cat.client))["organisations"] == 2
    assert first["id"] in {one["id"] for one in await shared.listed(cat.client)}


async def test_reporting_ones_own_adoption_tells_nothing(house: TestHouse) -> None:
    """One that counts and one that does not, because it is the authors' own, are refused alike."""
    shared = await Shared.of(house)
    other = await shared.person("Ben", CODES[1])
    colleague = await shared.person("Cat", CODES[0])
    refused = []
    for person, code in ((other, CODES[1]), (colleague, CODES[0])):
        adoption = await shared.report(person, code)
        found = await report(person, "adoption", adoption, 422, reason="spam")
        for name in ("instance", "request_id"):
            found.pop(name, None)
        refused.append(found)
    assert refused[0] == refused[1]


async def test_a_measure_and_a_cycle_are_hidden_with_their_result(house: TestHouse) -> None:
    """The report is of the measure, and all of the result is out of sight; authors know it as their own."""
    shared = await Shared.of(house)
    cat = await shared.person("Cat", None)
    body = {"result_id": shared.result["id"], "title": "First try", "number": 1}
    cycle = (await shared.ann.client.post("/v1/pdsa-cycles", body)).json()
    made = await report(cat, "pdsa_cycle", cycle, reason="patient_data")
    assert (made["content_kind"], made["hides"]) == ("pdsa_cycle", True)
    for path in (f"/v1/results/{shared.result['id']}", f"/v1/pdsa-cycles/{cycle['id']}"):
        assert not await sees(cat, path)
        assert await sees(shared.ann, path)
    told = (await shared.ann.client.get(f"/v1/reports/{made['id']}")).json()
    assert told["own_content"] is True
    await do(shared.group.fay, made, "unhide")
    assert await sees(cat, f"/v1/pdsa-cycles/{cycle['id']}")


async def test_a_network_with_a_report_is_archived_and_not_deleted(house: TestHouse) -> None:
    """What was reported there is part of what happened there, also when the content is gone."""
    fay, out = await house.person("Fay"), await house.person("Out")
    body = {"name": "Asthma", "purpose": "Fewer attacks", "visibility": "open"}
    network = (await fay.client.post("/v1/networks", body)).json()
    await report(out, "network", network)
    assert (await fay.client.delete(f"/v1/networks/{network['id']}")).status_code == 204
    kept = (await fay.client.post("/v1/networks", body)).json()
    task = {"network_id": kept["id"], "title": "Ask around"}
    action = (await fay.client.post("/v1/actions", task)).json()
    await report(fay, "action", action)
    await fay.client.delete(f"/v1/actions/{action['id']}")
    refused = await fay.client.delete(f"/v1/networks/{kept['id']}")
    assert (refused.status_code, refused.json()["code"]) == (409, "network_in_use")
