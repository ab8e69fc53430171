"""What somebody had ahead of them in a network ends when they leave, are removed or erased; what has been stays."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.core.access import INSIDE
from app.core.changes import Told, create
from app.core.viewer import HOUSE
from app.core.work import Work, perform
from app.exchange.privacy import holdings
from app.exchange.privacy.erasing import erase_person
from tests.gatherings import FIRST, OVER, SECOND, SERIES, SINGLE, Gathering
from tests.house import TestHouse, TestPerson

pytestmark = pytest.mark.anyio
WAYS = ("leaves", "is removed", "is erased")


async def part(g: Gathering, name: str, way: str) -> None:
    """Somebody goes, in one of the ways."""
    person, spell = g.members[name], f"/v1/members/{g.spells[name]}"
    if way == "leaves":
        done = await person.client.delete(spell)
    elif way == "is removed":
        done = await g.fay.client.delete(spell)
    else:
        done = await person.client.delete("/v1/me")
    assert done.status_code in (200, 204), done.text


async def take_on(
    g: Gathering, owner: TestPerson, *, meeting: str | None = None, done: bool = False
) -> str:
    """An action that somebody owns, straight into the tables."""

    async def command(work: Work) -> str:
        row: dict[str, Any] = {
            "id": work.new_id(), "network_id": g.network_id, "meeting_id": meeting, "occurrence": "",
            "title": "Ask the pharmacy", "detail": None, "owner_id": owner.id, "due_on": None,
            "done_at": work.now if done else None, "done_by": owner.id if done else None, "created_by": g.fay.id,
        }  # fmt: skip
        create(work, "action.created", row, Told(network_id=g.network_id, tier=INSIDE, outer=False))
        return str(row["id"])

    return await perform(g.house.app.rooms.house, command)


async def actions_of(g: Gathering, kind: str, resource_id: str) -> list[str]:
    """What happened to one thing, the newest first, as its facilitator reads it."""
    params = {"network_id": g.network_id, "kind": kind, "resource_id": resource_id}
    items = (await g.fay.client.get("/v1/audit", params=params)).json()["items"]
    return [one["action"] for one in items]


@pytest.mark.parametrize("way", WAYS)
async def test_answers_ahead_go_and_the_first_in_line_moves_up(house: TestHouse, way: str) -> None:
    """All of them, of a series too; what is over stays, under the emptied person after an erasure."""
    g = await Gathering.of(house, "Mel", "Mo")
    over = await g.meeting(OVER)
    people = [{"person_id": g.members["Mel"].id, "came": True}]
    await g.fay.client.post(f"{over}/attendance/record", {"people": people})
    path = await g.meeting(SINGLE, capacity=1)
    series = await g.meeting(SERIES, capacity=1)
    mine = (await g.answer(path, "Mel")).json()["id"]
    for occurrence in (FIRST, SECOND):
        await g.answer(series, "Mel", "accepted", occurrence)
    assert (await g.answer(path, "Mo")).json()["position"] == 1
    assert (await g.answer(series, "Mo", "accepted", SECOND)).json()["position"] == 1
    await part(g, "Mel", way)
    assert await g.places(path) == {"Mo": "held"}
    assert await g.places(series, FIRST) == {}
    assert await g.places(series, SECOND) == {"Mo": "held"}
    assert [one["answer"] for one in await g.items(path, g.fay)] == ["accepted"]
    (stays,) = await g.items(over, g.fay)
    assert stays["came"] is True
    name = stays["person"]["display_name"]
    assert name.startswith("Former member") if way == "is erased" else name == "Mel"
    assert await actions_of(g, "attendance", mine) == [
        "attendance.withdrawn",
        "attendance.answered",
    ]


@pytest.mark.parametrize("way", WAYS)
async def test_open_actions_lose_their_owner(house: TestHouse, way: str) -> None:
    """What was done stays theirs."""
    g = await Gathering.of(house, "Mel")
    mel = g.members["Mel"]
    open_one, done = await take_on(g, mel), await take_on(g, mel, done=True)
    await part(g, "Mel", way)
    assert await actions_of(g, "action", open_one) == ["action.unassigned", "action.created"]
    assert await actions_of(g, "action", done) == ["action.created"]


async def test_leaving_the_parent_ends_what_was_ahead_in_sub_groups(house: TestHouse) -> None:
    g = await Gathering.of(house, "Mel")
    mel = g.members["Mel"]
    below = {"name": "Asthma in children", "purpose": "Fewer attacks", "join_policy": "open"}
    made = await g.fay.client.post("/v1/networks", {**below, "parent_id": g.network_id})
    inner = Gathering(house, made.json()["id"], g.fay, dict(g.members))
    joined = await mel.client.post(f"/v1/networks/{inner.network_id}/join", {})
    assert joined.status_code == 201, joined.text
    path, action = await inner.meeting(SINGLE), await take_on(inner, mel)
    await inner.answer(path, "Mel")
    other = await Gathering.of(house)
    other.members["Mel"] = mel
    await mel.client.post(f"/v1/networks/{other.network_id}/join", {})
    elsewhere = await other.meeting(SINGLE)
    await other.answer(elsewhere, "Mel")
    assert (await g.leave("Mel")).status_code == 204
    assert await inner.items(path, g.fay) == []
    assert await actions_of(inner, "action", action) == ["action.unassigned", "action.created"]
    assert len(await other.items(elsewhere, other.fay)) == 1


async def test_who_leaves_while_waiting_leaves_the_line(house: TestHouse) -> None:
    g = await Gathering.of(house, "A", "B", "C")
    path = await g.meeting(SINGLE, capacity=1)
    for name in "ABC":
        await g.answer(path, name)
    await g.leave("B")
    assert await g.places(path) == {"A": "held", "C": "1"}


async def test_what_goes_on_now_may_still_be_given_back(own_url: str) -> None:
    """Until it is over it is ahead; who is recorded as there has been there."""
    now = datetime(2099, 3, 18, 12, 45, tzinfo=UTC)
    async with TestHouse.over(own_url, clock=lambda: now) as house:
        g = await Gathering.of(house, "A", "B", "C")
        path = await g.meeting(SINGLE, capacity=2)
        for name in "ABC":
            await g.answer(path, name)
        people = [{"person_id": g.members["A"].id, "came": True}]
        await g.fay.client.post(f"{path}/attendance/record", {"people": people})
        await g.leave("A")
        await g.leave("B")
        shown = {one["person"]["display_name"]: one["place"] for one in await g.items(path, g.fay)}
        assert shown == {"A": "held", "C": "held"}
        now += timedelta(hours=1)
        await g.leave("C")
        assert len(await g.items(path, g.fay)) == 2


async def test_who_comes_back_begins_anew(house: TestHouse) -> None:
    g = await Gathering.of(house, "A", "B")
    path = await g.meeting(SINGLE, capacity=1)
    first = (await g.answer(path, "A")).json()["id"]
    await g.answer(path, "B")
    await g.leave("A")
    await g.join("A")
    again = (await g.answer(path, "A")).json()
    assert (again["place"], again["position"], again["version"]) == ("waiting", 1, 1)
    assert again["id"] != first


async def test_a_replayed_erasure_promotes_too(house: TestHouse) -> None:
    """After a restored backup, the house itself erases again what was erased."""
    g = await Gathering.of(house, "A", "B")
    path = await g.meeting(SINGLE, capacity=1)
    for name in "AB":
        await g.answer(path, name)

    async def command(work: Work) -> None:
        await erase_person(work, await holdings.lock_person(work, g.members["A"].id))

    await perform(house.app.rooms.house, command, viewer=HOUSE)
    assert await g.places(path) == {"B": "held"}
