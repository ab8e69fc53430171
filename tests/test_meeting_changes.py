"""The feed of meetings: whoever may see one hears of it, in step with what lists show them, and nobody else does."""

from typing import Any

import pytest

from app.core import meeting_access
from app.models import Meeting
from tests.house import Client, TestHouse, TestPerson
from tests.test_changes import follow, start
from tests.test_meeting_lists import SECOND, WEEKLY, planned
from tests.test_meetings import network_of

pytestmark = pytest.mark.anyio
Json = dict[str, Any]
Heard = tuple[tuple[str, str], ...]


class Readers:
    """Several readers of one feed, each with where they are in it."""

    def __init__(self, clients: dict[str, Client]) -> None:
        """By name."""
        self.clients = clients
        self.cursors: dict[str, str] = {}

    async def heard(self) -> dict[str, Heard]:
        """What each of those who heard anything heard of networks, meetings and attendance since the last time."""
        told: dict[str, Heard] = {}
        for name, client in self.clients.items():
            before = self.cursors.get(name) or await start(client)
            found, self.cursors[name] = await follow(client, before)
            of_meetings = tuple(item[:2] for item in found if item[1] != "member")
            if of_meetings:
                told[name] = of_meetings
        return told

    async def listed(self, meeting: Json) -> set[str]:
        """Who finds a meeting."""
        found = set()
        for name, client in self.clients.items():
            asked = {"network_id": meeting["network_id"], "limit": 100}
            page = (await client.get("/v1/meetings", params=asked)).json()
            alone = await client.get(f"/v1/meetings/{meeting['id']}")
            listed = meeting["id"] in {item["id"] for item in page["items"]}
            assert listed == (alone.status_code == 200)
            if listed:
                found.add(name)
        return found


async def readers_of(house: TestHouse, network_id: str, fay: TestPerson) -> tuple[Readers, str]:
    """The facilitator, a member, an outsider, nobody and an operator, from now on; and the member's spell."""
    mel, out = await house.person("Mel"), await house.person("Out")
    op = await house.person("Op", operator=True)
    spell = (await mel.client.post(f"/v1/networks/{network_id}/join", {})).json()["id"]
    clients = {"fay": fay.client, "mel": mel.client, "out": out.client, "nobody": house.anonymous}
    readers = Readers({**clients, "op": op.client})
    await readers.heard()
    return readers, spell


UP, GONE, CHANGED = ("upsert", "meeting"), ("gone", "meeting"), ("scope_changed", "network")
INSIDE, ALL = {"fay", "mel", "op"}, {"fay", "mel", "op", "out", "nobody"}


@pytest.mark.parametrize("confidentiality", ["open", "members"])
async def test_from_a_draft_to_its_end(house: TestHouse, confidentiality: str) -> None:
    fay = await house.person("Fay")
    network_id = await network_of(fay)
    readers, _ = await readers_of(house, network_id, fay)
    told = ALL if confidentiality == "open" else INSIDE
    body = {**WEEKLY, "status": "tentative", "confidentiality": confidentiality}
    draft = await planned(fay, network_id, **body)
    path = f"/v1/meetings/{draft['id']}"
    assert await readers.heard() == {"fay": (UP,), "op": (UP,)}
    assert await readers.listed(draft) == {"fay", "op"}
    await fay.client.patch(path, {"title": "Still a draft"})
    assert set(await readers.heard()) == {"fay", "op"}
    for step, sent in (
        ("/announce", None), ("/confirm", None), ("/cancel", {"occurrence": SECOND}), ("/cancel", {}),
    ):  # fmt: skip
        assert (await fay.client.post(path + step, sent)).status_code == 200
        assert await readers.heard() == dict.fromkeys(told, (UP,))
        assert await readers.listed(draft) == told


async def test_a_draft_that_goes(house: TestHouse) -> None:
    fay = await house.person("Fay")
    network_id = await network_of(fay)
    readers, _ = await readers_of(house, network_id, fay)
    draft = await planned(fay, network_id, **WEEKLY, status="tentative", confidentiality="open")
    await readers.heard()
    assert (await fay.client.delete(f"/v1/meetings/{draft['id']}")).status_code == 204
    assert await readers.heard() == {"fay": (GONE,), "op": (GONE,)}


async def test_an_open_meeting_becomes_the_members(house: TestHouse) -> None:
    fay = await house.person("Fay")
    network_id = await network_of(fay)
    readers, _ = await readers_of(house, network_id, fay)
    meeting = await planned(fay, network_id, **WEEKLY, confidentiality="open")
    assert await readers.heard() == dict.fromkeys(ALL, (UP,))
    path = f"/v1/meetings/{meeting['id']}"
    assert (await fay.client.patch(path, {"confidentiality": "members"})).status_code == 200
    gone = dict.fromkeys(("out", "nobody"), (GONE,))
    assert await readers.heard() == {**dict.fromkeys(INSIDE, (UP,)), **gone}
    assert await readers.listed(meeting) == INSIDE
    assert (await fay.client.patch(path, {"confidentiality": "open"})).status_code == 200
    assert await readers.heard() == dict.fromkeys(ALL, (UP,))


@pytest.mark.parametrize("visibility", ["restricted", "private", "confidential"])
async def test_a_network_that_closes(house: TestHouse, visibility: str) -> None:
    """What it had for everybody goes with it, and comes back with it: they are told of the network as a whole."""
    fay = await house.person("Fay")
    network_id = await network_of(fay)
    readers, _ = await readers_of(house, network_id, fay)
    meeting = await planned(fay, network_id, **WEEKLY, confidentiality="open")
    await readers.heard()
    path = f"/v1/networks/{network_id}"
    assert (await fay.client.patch(path, {"visibility": visibility})).status_code == 200
    away = ("gone", "network") if visibility == "confidential" else CHANGED
    outside = dict.fromkeys(("out", "nobody"), (away,))
    assert await readers.heard() == {**dict.fromkeys(INSIDE, (CHANGED,)), **outside}
    assert await readers.listed(meeting) == INSIDE
    edited = await fay.client.patch(f"/v1/meetings/{meeting['id']}", {"title": "Inside"})
    assert edited.status_code == 200
    assert await readers.heard() == dict.fromkeys(INSIDE, (UP,))
    assert (await fay.client.patch(path, {"visibility": "open"})).status_code == 200
    assert await readers.heard() == dict.fromkeys(ALL, (CHANGED,))
    assert await readers.listed(meeting) == ALL


async def test_a_network_above_that_closes(house: TestHouse) -> None:
    """A sub-group's open meetings are for everybody while everything above is open."""
    fay = await house.person("Fay")
    above = await network_of(fay)
    below = await network_of(fay, parent_id=above)
    readers, _ = await readers_of(house, above, fay)
    meeting = await planned(fay, below, **WEEKLY, confidentiality="open")
    assert await readers.heard() == dict.fromkeys(ALL, (UP,))
    assert await readers.listed(meeting) == ALL
    await fay.client.patch(f"/v1/networks/{above}", {"visibility": "restricted"})
    heard = await readers.heard()
    assert set(heard) == ALL
    assert all(item == CHANGED for items in heard.values() for item in items)
    # Mel is a member above: what they pass to get there is their own.
    assert await readers.listed(meeting) == INSIDE


async def test_leaving(house: TestHouse) -> None:
    """Who leaves hears that the scope changed, and nothing of its meetings from then on."""
    fay = await house.person("Fay")
    network_id = await network_of(fay, visibility="restricted")
    readers, spell = await readers_of(house, network_id, fay)
    later = {"local_start": "2099-03-18T12:30:00", "recurrence": "FREQ=WEEKLY;COUNT=3"}
    meeting = await planned(fay, network_id, **later)
    await readers.heard()
    mel = readers.clients["mel"]
    answer = {"answer": "accepted", "occurrence": "2099-03-18T12:30:00"}
    said = await mel.put(f"/v1/meetings/{meeting['id']}/attendance/me", answer)
    assert said.status_code in (200, 201), said.text
    attended = ("upsert", "attendance")
    heard = await readers.heard()
    assert {name: items.count(attended) for name, items in heard.items()} == dict.fromkeys(
        INSIDE, 1
    )
    assert (await mel.delete(f"/v1/members/{spell}")).status_code == 204
    heard = await readers.heard()
    assert CHANGED in heard["mel"]
    assert ("gone", "attendance") in heard["mel"]
    assert ("gone", "attendance") in heard["fay"]
    assert await readers.listed(meeting) == {"fay", "op"}
    await fay.client.patch(f"/v1/meetings/{meeting['id']}", {"title": "Without Mel"})
    assert await readers.heard() == {"fay": (UP,), "op": (UP,)}


async def test_operators_hear_of_no_attendance_under_the_rule(house: TestHouse) -> None:
    """Neither that somebody answered nor that they do no more."""
    fay = await house.person("Fay")
    network_id = await network_of(fay)
    readers, spell = await readers_of(house, network_id, fay)
    hidden = {"starts_at": "2099-03-18T12:30:00Z", "confidentiality": "chatham_house"}
    meeting = await planned(fay, network_id, **hidden)
    await readers.heard()
    mel = readers.clients["mel"]
    path = f"/v1/meetings/{meeting['id']}/attendance/me"
    said = await mel.put(path, {"answer": "accepted"})
    assert said.status_code in (200, 201), said.text
    heard = await readers.heard()
    assert {name for name, items in heard.items() if ("upsert", "attendance") in items} == {
        "fay",
        "mel",
    }
    assert (await mel.delete(f"/v1/members/{spell}")).status_code == 204
    heard = await readers.heard()
    assert {name for name, items in heard.items() if ("gone", "attendance") in items} == {
        "fay",
        "mel",
    }


async def test_a_list_says_where_the_feed_goes_on(house: TestHouse) -> None:
    """As planned, in a window, and where nothing was found: what comes after the list is in the feed from there."""
    fay = await house.person("Fay")
    network_id = await network_of(fay)
    for params in (
        {},
        {"from": "2027-01-01T00:00:00Z"},
        {"q": "nothing"},
        {"q": "...", "to": "2027-01-01T00:00:00Z"},
    ):
        asked = {"network_id": network_id, **params}
        cursor = (await fay.client.get("/v1/meetings", params=asked)).json()["changes_cursor"]
        made = await planned(fay, network_id, **WEEKLY)
        found, _ = await follow(fay.client, cursor)
        assert found == [("upsert", "meeting", made["id"])]


async def test_a_broken_guard_is_seen(house: TestHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: a feed that takes everybody for a reader of drafts fails the first of these tests."""
    monkeypatch.setattr(meeting_access, "visible_meeting", lambda *_: Meeting.id.is_not(None))
    with pytest.raises(AssertionError):
        await test_from_a_draft_to_its_end(house, "open")
