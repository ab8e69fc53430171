"""Editing results: what differs, who wrote it, who reads it then; and that nothing tells who is not named."""

import asyncio
from typing import Any

import pytest

from tests.house import TestHouse
from tests.meetings import Group
from tests.results import (
    drafted,
    edit,
    heard,
    listed,
    published,
    read,
    rewritten,
    row_of,
    withdraw,
)

pytestmark = pytest.mark.anyio
PLACE = "Y59"


async def test_only_what_differs(reference_house: TestHouse) -> None:
    """The same again writes nothing; objects are merged field by field; null clears."""
    house = reference_house
    group = await Group.of(house)
    draft = await drafted(group.mel, group.network_id, aim={"text": "Fewer", "target": "10"})
    same = await edit(
        group.mel, draft, title=draft["title"], aim={"text": "Fewer"}, topics=["diabetes"]
    )
    assert same["version"] == draft["version"]
    merged = await edit(group.mel, draft, aim={"target": None, "by_on": "2027-04-01"})
    assert (merged["aim"]["text"], merged["aim"]["target"]) == ("Fewer", None)
    assert (merged["aim"]["by_on"], merged["version"]) == ("2027-04-01", draft["version"] + 1)
    cleared = await edit(group.mel, draft, aim=None, topics=["asthma"])
    assert cleared["aim"] is None
    refused = await edit(group.mel, draft, 422, aim={"target": "5"})
    (error,) = refused["errors"]
    assert (error["pointer"], error["code"]) == ("/aim/text", "nothing_to_merge")
    for topic, found in (("diabetes", []), ("asthma", [draft["id"]])):
        items = await listed(group.mel, topic=topic, network_id=group.network_id)
        assert [item["id"] for item in items] == found


async def test_two_who_edit_what_they_read(reference_house: TestHouse) -> None:
    """With If-Match one of them is told that it was changed."""
    group = await Group.of(reference_house)
    draft = await drafted(group.mel, group.network_id, author_ids=[group.fay.id])
    path = f"/v1/results/{draft['id']}"
    etag = (await group.mel.client.get(path)).headers["etag"]
    answers = await asyncio.gather(
        *(
            person.client.patch(path, {"title": f"By {person.id}"}, headers={"If-Match": etag})
            for person in (group.mel, group.fay)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412]


@pytest.mark.parametrize(
    "body",
    [{"summary": None}, {"topics": []}, {"aim": None}, {"outcome": None}, {"licence": None}],
)
async def test_what_is_published_stays_whole(
    reference_house: TestHouse, body: dict[str, Any]
) -> None:
    """409 naming it, and nothing is changed; once it is withdrawn it may go."""
    house = reference_house
    group = await Group.of(house)
    made = await published(house, group.mel, group.network_id, kind="story")
    refused = await edit(group.mel, made, 409, title="Less", **body)
    assert refused["code"] == "result_incomplete"
    assert [error["pointer"].split("/")[1] for error in refused["errors"]] == list(body)
    assert (await read(group.mel, made) or {})["title"] == made["title"]
    await withdraw(group.mel, made)
    await edit(group.mel, made, **body)


async def test_search_follows(reference_house: TestHouse) -> None:
    """New words find it, old ones do not; neither who wrote it nor where does, ever."""
    house = reference_house
    group = await Group.of(house)
    made = await published(house, group.mel, group.network_id, kind="story", organisation=PLACE)
    inside = {"network_id": group.network_id}
    assert len(await listed(group.fay, q="retinal", **inside)) == 1
    await edit(group.mel, made, title="Fewer falls", learning="Handrails help")
    for words, number in (
        ("retinal", 0),
        ("falls", 1),
        ("handrail", 1),
        ("Mel Brown", 0),
        ("east", 0),
    ):
        assert len(await listed(group.fay, q=words, **inside)) == number, words


@pytest.mark.parametrize(
    ("attribution", "by_author", "by_place"),
    [("named", 1, 1), ("organisation", 0, 1), ("network_only", 0, 0)],
)
async def test_filters_match_what_is_shown(
    reference_house: TestHouse, attribution: str, by_author: int, by_place: int
) -> None:
    """For member, facilitator, operator and nobody alike; its author finds it by all of them."""
    house = reference_house
    group = await Group.of(house)
    operator, other = await house.person("Ola", operator=True), await house.person("Oda")
    await group.join(other)
    made = await published(
        house, group.mel, group.network_id, kind="story", organisation=PLACE, audience="public",
        attribution=attribution,
    )  # fmt: skip
    inside = {"network_id": group.network_id}
    for person in (other, group.fay, operator, house.anonymous):
        assert len(await listed(person, author_id=group.mel.id, **inside)) == by_author
        assert len(await listed(person, organisation=PLACE, **inside)) == by_place
        seen = await read(person, made)
        assert seen is not None
        assert len(seen["authors"]) == by_author
        assert (seen["organisation"] is not None) is bool(by_place)
        assert seen["mine"] is False
    own = {"author_id": group.mel.id, "organisation": PLACE, "mine": "true", **inside}
    assert len(await listed(group.mel, **own)) == 1


async def test_who_is_no_author_any_more(reference_house: TestHouse) -> None:
    """It is gone for them, once; nothing of what comes later reaches them. Taken in again, they hear of it."""
    house = reference_house
    group = await Group.of(house)
    draft = await drafted(group.mel, group.network_id, author_ids=[group.fay.id])
    _, cursor = await heard(group.fay.client)
    await edit(group.mel, draft, author_ids=[group.mel.id])
    assert await read(group.fay, draft) is None
    told, cursor = await heard(group.fay.client, cursor)
    assert [(item["id"], item["op"]) for item in told] == [(draft["id"], "gone")]
    await edit(group.mel, draft, title="Alone")
    told, cursor = await heard(group.fay.client, cursor)
    assert told == []
    # Whoever replays from the beginning is told that it went, of the two changes that were theirs to hear of.
    told, _ = await heard(group.fay.client)
    assert [item["op"] for item in told if item["id"] == draft["id"]] == ["gone", "gone"]
    await edit(group.mel, draft, author_ids=[group.mel.id, group.fay.id])
    told, _ = await heard(group.fay.client, cursor)
    assert [(item["id"], item["op"]) for item in told] == [(draft["id"], "scope_changed")]


async def test_who_leaves_and_who_stays(reference_house: TestHouse) -> None:
    """Nobody takes out who began it; they may leave, where another one is left; then the result goes on."""
    house = reference_house
    group = await Group.of(house)
    draft = await drafted(group.mel, group.network_id, author_ids=[group.fay.id])
    kept = await edit(group.fay, draft, author_ids=[group.fay.id])
    assert [card["id"] for card in kept["authors"]] == [group.mel.id, group.fay.id]
    refused = await edit(group.mel, draft, 422, author_ids=[])
    assert refused["errors"][0]["code"] == "no_author_left"
    assert await edit(group.mel, draft, 204, author_ids=[group.fay.id]) == {}
    assert await read(group.mel, draft) is None
    assert [card["id"] for card in (await read(group.fay, draft) or {})["authors"]] == [
        group.fay.id
    ]
    out = await house.person("Out")
    await edit(group.fay, draft, 422, author_ids=[group.fay.id, out.id])


async def test_who_left_asks_nobody_who_is_a_member(reference_house: TestHouse) -> None:
    """An author who is no member any more brings in nobody: a member and a stranger are refused alike."""
    group = await Group.of(reference_house)
    draft = await drafted(group.mel, group.network_id)
    out = await reference_house.person("Out")
    await edit(group.mel, draft, author_ids=[group.mel.id, group.fay.id])
    await edit(group.mel, draft, author_ids=[group.mel.id])
    spells = (await group.mel.client.get(f"/v1/members?network_id={group.network_id}")).json()
    (spell,) = [one["id"] for one in spells["items"] if one["person"]["id"] == group.mel.id]
    assert (await group.mel.client.delete(f"/v1/members/{spell}")).is_success
    refusals = [
        await edit(group.mel, draft, 403, author_ids=[group.mel.id, person.id])
        for person in (group.fay, out)
    ]
    assert len({refusal["detail"] for refusal in refusals}) == 1
    assert (await edit(group.mel, draft, title="Mine still"))["title"] == "Mine still"


async def test_a_narrower_audience(reference_house: TestHouse) -> None:
    """It is gone for outsiders, and stays for members; then for these too."""
    house = reference_house
    group = await Group.of(house)
    made = await published(house, group.mel, group.network_id, kind="story", audience="public")
    clients = {"nobody": house.anonymous, "fay": group.fay.client}
    cursors = {name: (await heard(client))[1] for name, client in clients.items()}
    for audience, ops in (
        ("network", {"nobody": ["gone"], "fay": ["scope_changed"]}),
        ("author", {"nobody": [], "fay": ["gone"]}),
    ):
        await edit(group.mel, made, audience=audience)
        for name, client in clients.items():
            told, cursors[name] = await heard(client, cursors[name])
            assert [item["op"] for item in told] == ops[name], (audience, name)
            assert (await read(client, made) is None) is ("gone" in ops[name] or not ops[name])


async def test_hidden_for_all_but_those_who_decide(reference_house: TestHouse) -> None:
    """Its authors, facilitators and operators still read it; it is in nobody else's list."""
    house = reference_house
    group = await Group.of(house)
    other = await house.person("Oda")
    await group.join(other)
    operator = await house.person("Ola", operator=True)
    made = await published(house, group.mel, group.network_id, kind="story", audience="public")
    await rewritten(house, made, hidden_on=house.app.rooms.house.clock().date())
    for person, there in (
        (group.mel, True),
        (group.fay, True),
        (operator, True),
        (other, False),
        (house.anonymous, False),
    ):
        seen = await read(person, made)
        assert (seen is not None) is there
        assert seen is None or seen["hidden"]
        assert len(await listed(person, network_id=group.network_id)) == there


async def test_pages_by_days_with_ties(reference_house: TestHouse) -> None:
    """Every order gives each result once, however many there are of a day; ties go by the random id."""
    house = reference_house
    group = await Group.of(house)
    made = [
        await published(house, group.mel, group.network_id, kind="story", title=f"Story {n % 3}")
        for n in range(7)
    ]
    mine = await drafted(group.mel, group.network_id, title="Story of mine")
    inside = {"network_id": group.network_id}
    ids = {result["id"] for result in made}
    for sort in ("-published_on", "-updated_on", "title", "-adoptions"):
        whole = await listed(group.fay, sort=sort, **inside)
        parts = await listed(group.fay, sort=sort, limit=2, **inside)
        assert [item["id"] for item in whole] == [item["id"] for item in parts]
        assert {item["id"] for item in whole} == ids, sort
    found = await listed(group.fay, q="story", limit=2, **inside)
    assert {item["id"] for item in found} == ids
    assert mine["id"] in {item["id"] for item in await listed(group.mel, **inside)}
    days = [item["id"] for item in await listed(group.fay, **inside)]
    assert days == sorted(days, reverse=True)
    refused = await group.fay.client.get("/v1/results", params={"sort": "-score"})
    assert refused.json()["errors"][0]["code"] == "nothing_to_sort_by"


async def test_since_is_a_day(reference_house: TestHouse) -> None:
    """No bisecting finds a time of day: an instant of today finds what was written today, before or after."""
    house = reference_house
    group = await Group.of(house)
    await published(house, group.mel, group.network_id, kind="story")
    day = (await row_of(house, (await listed(group.fay, network_id=group.network_id))[0]))[
        "updated_at"
    ][:10]
    for since, number in (
        (f"{day}T00:00:00Z", 1),
        (f"{day}T23:59:59.999999Z", 1),
        ("2099-01-01T00:00:00Z", 0),
    ):
        found = await listed(group.fay, updated_since=since, network_id=group.network_id)
        assert len(found) == number
