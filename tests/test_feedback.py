"""Feedback: who may give it, who is said to have, answers, and what stays once somebody answered."""

from typing import Any

import pytest

from tests.house import TestHouse, TestPerson
from tests.sharing import CODES, Shared

pytestmark = pytest.mark.anyio
Json = dict[str, Any]
QUESTION = {"kind": "question", "text": "How long did one call take?"}


async def said(shared: Shared, who: TestPerson, status: int = 201, **fields: Any) -> Json:
    """POST feedback on the result."""
    body = {**QUESTION, "result_id": shared.result["id"], **fields}
    answer = await who.client.post("/v1/feedback", body)
    assert answer.status_code == status, answer.text
    found: Json = answer.json()
    return found


async def listed(shared: Shared, client: Any, **params: str) -> list[Json]:
    """The feedback on the result that this client lists."""
    params = {"result_id": shared.result["id"], "limit": "100", **params}
    answer = await client.get("/v1/feedback", params=params)
    assert answer.status_code == 200, answer.text
    found: list[Json] = answer.json()["items"]
    return found


async def test_members_and_signed_in_strangers_give_feedback(house: TestHouse) -> None:
    """On what is public anybody who is signed in; on what is for members, members; nobody without a token."""
    shared = await Shared.of(house)
    out = await shared.person("Out", CODES[2], join=False)
    made = await said(shared, out)
    assert (made["mine"], made["author"]["id"], made["version"]) == (True, out.id, 1)
    assert made["organisation"]["code"] == CODES[2]
    assert "created_at" not in made
    body = {**QUESTION, "result_id": shared.result["id"]}
    assert (await house.anonymous.post("/v1/feedback", body)).status_code == 401
    assert [one["id"] for one in await listed(shared, house.anonymous)] == [made["id"]]
    await shared.edit(shared.result["id"], audience="network")
    await said(shared, out, 404)
    await said(shared, shared.group.mel)
    assert await listed(shared, house.anonymous) == []
    assert (await out.client.get(f"/v1/feedback/{made['id']}")).status_code == 404


async def test_a_draft_takes_no_feedback(house: TestHouse) -> None:
    """404 for others; 409 for its authors."""
    shared = await Shared.of(house)
    await shared.edit(shared.result["id"], status="draft")
    await said(shared, shared.group.mel, 404)
    assert (await said(shared, shared.ann, 409))["code"] == "result_not_published"


@pytest.mark.parametrize("attribution", ["named", "organisation", "network_only"])
async def test_who_said_it_is_told_as_they_chose(house: TestHouse, attribution: str) -> None:
    """To members, facilitators, operators and nobody alike, in lists and alone; they themselves read it all."""
    shared = await Shared.of(house)
    ben = await shared.person("Ben Brown", CODES[1])
    operator = await house.person("Ola", operator=True)
    made = await said(shared, ben, attribution=attribution)
    assert (made["author"]["id"], made["organisation"]["code"]) == (ben.id, CODES[1])
    clients = [shared.group.mel.client, shared.group.fay.client, shared.ann.client]
    for client in (*clients, operator.client, house.anonymous):
        (one,) = await listed(shared, client)
        alone = (await client.get(f"/v1/feedback/{made['id']}")).json()
        assert alone == one
        assert (one["author"] is not None) == (attribution == "named")
        assert (one["organisation"] is not None) == (attribution != "network_only")
        assert (ben.id in str(one)) == (attribution == "named")
        assert one["mine"] is False
    for client in (shared.group.fay.client, operator.client):
        network = shared.group.network_id
        audit = await client.get("/v1/audit", params={"network_id": network, "kind": "feedback"})
        assert [row["actor"] for row in audit.json()["items"]] == [None]


async def test_no_filter_finds_who_does_not_say_it(house: TestHouse) -> None:
    """There is none by person or organisation; `mine` is about oneself alone."""
    shared = await Shared.of(house)
    ben = await shared.person("Ben", CODES[1])
    made = await said(shared, ben, attribution="network_only")
    for name in ("author_id", "author", "organisation", "q", "created_by"):
        answer = await shared.group.fay.client.get("/v1/feedback", params={name: ben.id})
        assert answer.status_code == 422, name
    assert await listed(shared, shared.group.fay.client, mine="true") == []
    assert [one["id"] for one in await listed(shared, ben.client, mine="true")] == [made["id"]]
    assert await listed(shared, ben.client, mine="false") == []


async def test_a_change_of_job_tells_nothing(house: TestHouse) -> None:
    """What was said of an organisation stays with it: a change beside a profile's would say whose it is."""
    shared = await Shared.of(house)
    ben = await shared.person("Ben", CODES[1])
    made = await said(shared, ben, attribution="organisation")
    before = await listed(shared, house.anonymous)
    await ben.client.patch("/v1/me", {"organisation": CODES[3]})
    assert await listed(shared, house.anonymous) == before
    assert before[0]["organisation"]["code"] == CODES[1] == made["organisation"]["code"]
    none = await shared.person("None", None)
    refused = await said(shared, none, 422, attribution="organisation")
    assert [one["code"] for one in refused["errors"]] == ["no_organisation"]


async def test_an_author_gives_nobody_away_by_answering(house: TestHouse) -> None:
    """Left out, the attribution of an author's answer is the result's; and nothing marks it as theirs."""
    shared = await Shared.of(house)
    ben, eve = await shared.person("Ben", CODES[1]), await shared.person("Eve", CODES[0])
    question = await said(shared, ben)
    by_author = await said(shared, shared.ann, answer_to=question["id"], kind="comment")
    by_other = await said(
        shared, eve, answer_to=question["id"], kind="comment", attribution="network_only"
    )
    assert by_author["attribution"] == "network_only"
    for client in (ben.client, shared.group.fay.client, house.anonymous):
        found = {one["id"]: one for one in await listed(shared, client, answer_to=question["id"])}
        one, two = found[by_author["id"]], found[by_other["id"]]
        assert {name: value for name, value in one.items() if name != "id"} == {
            name: value for name, value in two.items() if name != "id"
        }


async def test_answers_are_one_level_deep(house: TestHouse) -> None:
    """An answer to an answer is 422, and so is one to feedback on another result, or to what is not there."""
    shared = await Shared.of(house)
    mel = shared.group.mel
    question = await said(shared, mel)
    answer = await said(shared, shared.group.fay, answer_to=question["id"], kind="comment")
    refused = await said(shared, mel, 422, answer_to=answer["id"])
    (error,) = refused["errors"]
    assert (error["pointer"], error["code"]) == ("/answer_to", "answer_to_an_answer")
    other = await shared.published(shared.ann)
    for wrong in (
        {"result_id": other["id"], "answer_to": question["id"]},
        {"answer_to": other["id"]},
    ):
        refused = await said(shared, mel, 422, **wrong)
        assert [one["code"] for one in refused["errors"]] == ["unknown_reference"]


async def test_what_was_answered_stays(house: TestHouse) -> None:
    """Who said it edits and deletes it until somebody answers; nobody else does, facilitators included."""
    shared = await Shared.of(house)
    mel, fay = shared.group.mel, shared.group.fay
    made = await said(shared, mel)
    path = f"/v1/feedback/{made['id']}"
    for person in (fay, shared.ann):
        assert (await person.client.patch(path, {"text": "Mine"})).status_code == 403
        assert (await person.client.delete(path)).status_code == 403
    tag = {"If-Match": (await mel.client.get(path)).headers["etag"]}
    edited = await mel.client.patch(path, {"text": "How many calls?"}, headers=tag)
    assert (edited.status_code, edited.json()["version"]) == (200, 2)
    assert (await mel.client.patch(path, {"text": "Again"}, headers=tag)).status_code == 412
    answer = await said(shared, fay, answer_to=made["id"], kind="comment")
    for refused in (
        await mel.client.patch(path, {"text": "Never said"}),
        await mel.client.delete(path),
    ):
        assert (refused.status_code, refused.json()["code"]) == (409, "feedback_answered")
    assert (await fay.client.delete(f"/v1/feedback/{answer['id']}")).status_code == 204
    assert (await mel.client.delete(path)).status_code == 204
    feed = await house.anonymous.get("/v1/changes", params={"limit": "100", "kind": "feedback"})
    ops = {one["id"]: one["op"] for one in feed.json()["items"]}
    assert (ops[made["id"]], ops[answer["id"]]) == ("gone", "gone")


async def test_lists_are_paged_by_day_and_say_no_more(house: TestHouse) -> None:
    """Every page once; ids are random, and the same order for everybody."""
    shared = await Shared.of(house)
    made = [await said(shared, shared.group.mel, text=f"Question {n}") for n in range(5)]
    seen: list[str] = []
    params = {"result_id": shared.result["id"], "limit": "2"}
    for _ in range(4):
        page = (await house.anonymous.get("/v1/feedback", params=params)).json()
        seen += [one["id"] for one in page["items"]]
        if page["next_cursor"] is None:
            break
        params["cursor"] = page["next_cursor"]
    assert sorted(seen) == sorted(one["id"] for one in made)
    assert seen == sorted(seen, reverse=True), "within a day the random id is the order"
    assert {one[14] for one in seen} == {"4"}


async def test_an_archived_network_takes_no_more(house: TestHouse) -> None:
    """409 for new feedback and edits; what was said is read on."""
    shared = await Shared.of(house)
    made = await said(shared, shared.group.mel)
    archive = f"/v1/networks/{shared.group.network_id}/archive"
    await shared.group.fay.client.post(archive, {"closing_note": "Done."})
    assert (await said(shared, shared.group.mel, 409))["code"] == "network_archived"
    path = f"/v1/feedback/{made['id']}"
    assert (await shared.group.mel.client.patch(path, {"text": "New"})).status_code == 409
    assert (await house.anonymous.get(path)).status_code == 200
