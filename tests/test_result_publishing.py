"""Publishing a result, taking it back, deleting it: what has to be there, who sees it then, and what the feed says."""

import asyncio

import pytest

from app.core.result_requirements import PARTS
from tests import results
from tests.house import TestHouse
from tests.meetings import Group
from tests.results import WHOLE, drafted, heard, measured, publish, published, read, withdraw

pytestmark = pytest.mark.anyio
CLEARED: dict[str, results.Json] = {
    "summary": {"summary": None},
    "topics": {"topics": []},
    "problem": {"problem": None},
    "aim.text": {"aim": None},
    "change.what": {"change": None},
    "outcome": {"outcome": None},
    "licence": {"licence": None},
    "organisation": {"attribution": "organisation"},
}


async def test_published_for_the_network_and_for_nobody_else(reference_house: TestHouse) -> None:
    """Members, observers, operators read it; a stranger and nobody do not."""
    house = reference_house
    group = await Group.of(house)
    found = await published(house, group.mel, group.network_id)
    assert (found["status"], found["conduct_version"]) == ("published", 0)
    assert found["published_on"] == found["updated_on"]
    assert "withdraw" in found["actions"]
    assert not {"publish", "delete"} & set(found["actions"])
    operator, out = await house.person("Ola", operator=True), await house.person("Out")
    for person, there in ((group.fay, True), (operator, True), (out, False)):
        seen = await read(person, found)
        assert (seen is not None) is there, person
        assert seen is None or seen["authors"][0]["display_name"] == "Mel Brown"
        assert seen is None or not {"update", "withdraw", "delete"} & set(seen["actions"])
    assert await read(house.anonymous, found) is None


async def test_public_where_the_network_is_open(reference_house: TestHouse) -> None:
    """Everybody reads it without an account; where the network is tightened, its members alone."""
    house = reference_house
    group = await Group.of(house)
    found = await published(house, group.mel, group.network_id, audience="public")
    seen = await read(house.anonymous, found)
    assert seen is not None
    assert (seen["mine"], seen["actions"]) == (False, [])
    _, cursor = await heard(house.anonymous)
    path = f"/v1/networks/{group.network_id}"
    tightened = await group.fay.client.patch(path, {"visibility": "restricted"})
    assert tightened.status_code == 200, tightened.text
    assert await read(house.anonymous, found) is None
    assert await read(group.fay, found) is not None
    told = (await house.anonymous.get("/v1/changes", params={"cursor": cursor})).json()["items"]
    assert {(item["kind"], item["op"]) for item in told} == {("network", "scope_changed")}


@pytest.mark.parametrize("missing", sorted(CLEARED))
async def test_what_is_missing_is_named(reference_house: TestHouse, missing: str) -> None:
    """409 with one error for each field, and nothing is published or accepted; then `needed` says the same."""
    house = reference_house
    group = await Group.of(house)
    draft = await drafted(group.mel, group.network_id, **CLEARED[missing])
    await measured(house, draft)
    refused = await publish(group.mel, draft, 409)
    assert refused["code"] == "result_incomplete"
    pointer = "/" + missing.replace(".", "/")
    assert [(e["pointer"], e["code"]) for e in refused["errors"]] == [(pointer, "missing")]
    seen = await read(group.mel, draft)
    assert seen is not None
    assert (seen["status"], seen["completeness"]["needed"]) == ("draft", [missing])
    assert seen["version"] == draft["version"] + 0


@pytest.mark.parametrize(
    ("kind", "needed"),
    [("project", ["measures"]), ("story", []), ("idea", []), ("audit", ["measures"])],
)
async def test_some_kinds_need_less(
    reference_house: TestHouse, kind: str, needed: list[str]
) -> None:
    """A story was measured by nobody; an idea was not tried either."""
    group = await Group.of(reference_house)
    more = {"outcome": None} if kind == "idea" else {}
    draft = await drafted(group.mel, group.network_id, kind=kind, **more)
    assert draft["completeness"]["needed"] == needed
    await publish(group.mel, draft, 409 if needed else 200)


async def test_everything_at_once(reference_house: TestHouse) -> None:
    """A bare title is told all of it."""
    group = await Group.of(reference_house)
    body = {"title": "Bare", "network_id": group.network_id}
    draft = (await group.mel.client.post("/v1/results", body)).json()
    refused = await publish(group.mel, draft, 409)
    pointers = {error["pointer"] for error in refused["errors"]}
    assert pointers == {f"/{name.replace('.', '/')}" for name in draft["completeness"]["needed"]}
    assert {f"/{name}/{part}" for name, part in PARTS.items()} < pointers
    assert draft["completeness"]["percent"] == 0


async def test_the_code_of_conduct_comes_first(reference_house: TestHouse) -> None:
    """Without it 409, also for another version; once it is accepted, it need not be said again."""
    group = await Group.of(reference_house)
    first, second = [await drafted(group.mel, group.network_id, kind="story") for _ in range(2)]
    path = f"/v1/results/{first['id']}/publish"
    for body in (None, {}, {"conduct_version": 7}):
        refused = await group.mel.client.post(path, body)
        assert (refused.status_code, refused.json()["code"]) == (409, "conduct_not_accepted"), body
    await publish(group.mel, first)
    again = await group.mel.client.post(f"/v1/results/{second['id']}/publish")
    assert (again.status_code, again.json()["conduct_version"]) == (200, 0)


async def test_publishing_needs_a_membership(reference_house: TestHouse) -> None:
    """An author who left keeps the result, edits and withdraws it, and neither publishes nor widens it."""
    house = reference_house
    group = await Group.of(house)
    shown = await published(house, group.mel, group.network_id, kind="story", audience="network")
    draft = await drafted(group.mel, group.network_id, kind="story")
    members = (await group.mel.client.get(f"/v1/members?network_id={group.network_id}")).json()
    (own,) = [m["id"] for m in members["items"] if m["person"]["id"] == group.mel.id]
    assert (await group.mel.client.delete(f"/v1/members/{own}")).status_code in (200, 204)
    seen = await read(group.mel, draft)
    assert seen is not None
    assert "publish" not in seen["actions"]
    await publish(group.mel, draft, 403)
    await results.edit(group.mel, shown, title="Still mine")
    await results.edit(group.mel, shown, 403, audience="public")
    await withdraw(group.mel, shown)
    await publish(group.mel, shown, 403)


async def test_nobody_else_does_any_of_it(reference_house: TestHouse) -> None:
    """A facilitator, an operator, another member: 403 where they see it, 404 where they do not."""
    house = reference_house
    group = await Group.of(house)
    shown = await published(house, group.mel, group.network_id, kind="story")
    draft = await drafted(group.mel, group.network_id)
    operator = await house.person("Ola", operator=True)
    for person in (group.fay, operator):
        for result, status in ((shown, 403), (draft, 404)):
            await results.edit(person, result, status, title="Theirs")
            await publish(person, result, status)
            await withdraw(person, result, status)
            gone = await person.client.delete(f"/v1/results/{result['id']}")
            assert gone.status_code == status


async def test_taken_back_it_is_gone_for_others(reference_house: TestHouse) -> None:
    """404 for them and `gone` in their feed; its authors keep it, with the reason; then it is published again."""
    house = reference_house
    group = await Group.of(house)
    operator = await house.person("Ola", operator=True)
    draft = await drafted(group.mel, group.network_id, kind="story", audience="public")
    others = [group.fay.client, operator.client, house.anonymous]
    cursors = [(await heard(client))[1] for client in others]
    shown = await publish(group.mel, draft)
    for index, client in enumerate(others):
        (told,), cursors[index] = await heard(client, cursors[index])
        assert (told["id"], told["op"]) == (shown["id"], "scope_changed")
    back = await withdraw(group.mel, shown)
    assert (back["status"], back["withdrawn_reason"]) == ("withdrawn", "The figures were wrong.")
    assert back["published_on"] == shown["published_on"]
    assert {"update", "publish"} <= set(back["actions"])
    for index, client in enumerate(others):
        assert await read(client, shown) is None
        (told,), cursors[index] = await heard(client, cursors[index])
        assert (told["id"], told["op"]) == (shown["id"], "gone")
    refused = await withdraw(group.mel, shown, 409)
    assert refused["code"] == "result_not_published"
    # What it was changed into while nobody else saw it is nobody else's.
    await results.edit(group.mel, back, title="Mended")
    for index, client in enumerate(others):
        assert (await heard(client, cursors[index]))[0] == []
    again = await publish(group.mel, shown)
    assert (again["withdrawn_on"], again["withdrawn_reason"]) == (None, None)
    for index, client in enumerate(others):
        seen = await read(client, shown)
        assert seen is not None
        assert seen["title"] == "Mended"
        told_now = (await heard(client, cursors[index]))[0]
        assert [(item["id"], item["op"]) for item in told_now] == [(shown["id"], "scope_changed")]


async def test_what_was_published_is_not_deleted(reference_house: TestHouse) -> None:
    """A draft is, with its measures; what others may have read is withdrawn."""
    house = reference_house
    group = await Group.of(house)
    draft = await drafted(group.mel, group.network_id, author_ids=[group.fay.id])
    await measured(house, draft)
    _, cursor = await heard(group.fay.client)
    stale = {"If-Match": '"7-x"'}
    path = f"/v1/results/{draft['id']}"
    assert (await group.mel.client.delete(path, headers=stale)).status_code == 412
    assert (await group.mel.client.delete(path)).status_code == 204
    assert await read(group.mel, draft) is None
    (told,), _ = await heard(group.fay.client, cursor)
    assert (told["id"], told["op"]) == (draft["id"], "gone")
    shown = await published(house, group.mel, group.network_id, kind="story")
    for result in (shown, await withdraw(group.mel, shown)):
        refused = await group.mel.client.delete(f"/v1/results/{result['id']}")
        assert (refused.status_code, refused.json()["code"]) == (409, "result_published")


async def test_two_who_publish_at_once(reference_house: TestHouse) -> None:
    """One does, the other is told that it is published."""
    house = reference_house
    group = await Group.of(house)
    draft = await drafted(group.mel, group.network_id, kind="story", author_ids=[group.fay.id])
    for author in (group.mel, group.fay):
        first = await drafted(author, group.network_id, kind="story")
        await publish(author, first)  # the code of conduct is accepted
    path = f"/v1/results/{draft['id']}/publish"
    answers = await asyncio.gather(*(a.client.post(path) for a in (group.mel, group.fay)))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    (lost,) = [answer.json() for answer in answers if answer.status_code == 409]
    assert lost["code"] == "result_published"


async def test_an_archived_network_is_read_only_but_for_taking_back(
    reference_house: TestHouse,
) -> None:
    """A published result stays to be read; its authors may still withdraw it."""
    house = reference_house
    group = await Group.of(house)
    shown = await published(house, group.mel, group.network_id, kind="story")
    closed = await group.fay.client.post(
        f"/v1/networks/{group.network_id}/archive", {"closing_note": "Done"}
    )
    assert closed.status_code == 200
    seen = await read(group.mel, shown)
    assert seen is not None
    assert seen["actions"] == ["withdraw"]
    refused = await results.edit(group.mel, shown, 409, title="Late")
    assert refused["code"] == "network_archived"
    await withdraw(group.mel, shown)


async def test_a_network_with_results_is_not_deleted(reference_house: TestHouse) -> None:
    """A draft is content too."""
    house = reference_house
    fay = await house.person("Fay Alone")
    made = await fay.client.post("/v1/networks", {"name": "Mine", "purpose": "Alone"})
    network_id = made.json()["id"]
    draft = await drafted(fay, network_id)
    refused = await fay.client.delete(f"/v1/networks/{network_id}")
    assert (refused.status_code, refused.json()["code"]) == (409, "network_in_use")
    assert (await fay.client.delete(f"/v1/results/{draft['id']}")).status_code == 204
    assert (await fay.client.delete(f"/v1/networks/{network_id}")).status_code == 204


async def test_published_for_authors_alone_is_published_to_nobody(
    reference_house: TestHouse,
) -> None:
    """Neither the facilitator nor an operator reads it or hears of it, until it is for the network."""
    house = reference_house
    group = await Group.of(house)
    operator = await house.person("Ola", operator=True)
    kept = await published(house, group.mel, group.network_id, kind="story", audience="author")
    for person in (group.fay, operator):
        assert await read(person, kept) is None
        items, _ = await heard(person.client)
        assert kept["id"] not in {item["id"] for item in items}
    _, cursor = await heard(group.fay.client)
    await results.edit(group.mel, kept, audience="network")
    assert await read(group.fay, kept) is not None
    (told,), _ = await heard(group.fay.client, cursor)
    assert (told["id"], told["op"]) == (kept["id"], "scope_changed")
    assert WHOLE["title"] == (await read(operator, kept) or {})["title"]
